/* The computation of bes against what it promises. */
#include "exportstat/stats/bes.h"

#include <math.h>

#include "check_main.h"
#include "exportstat/base/text.h"

enum { MONTHS = 60, ASKED = 6 };

/* A series that grows, with a season, a wobble, and nothing by chance. */
static double month_value(int t)
{
    return 100 * exp(0.01 * t + 0.2 * sin(t * M_PI / 6) + 0.03 * sin(t * 2.39996));
}

struct example {
    double value[MONTHS];
    bool known[MONTHS];
    struct bes_question question;
};

static void example_init(struct example *example, int n)
{
    for (int t = 0; t < MONTHS; t++) {
        example->value[t] = month_value(t);
        example->known[t] = true;
    }
    example->question = (struct bes_question){
        .value = example->value, .known = example->known, .n = n, .n_targets = ASKED};
    for (int i = 0; i < ASKED; i++)
        example->question.target[i] = n + i;
}

static bool near(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}

START_TEST(foretells_what_goes_on)
{
    struct arena arena = {0};
    struct example example;
    example_init(&example, 54);
    struct bes_answer got = bes_answer(&arena, &example.question);
    double actual = 0;
    double sum = 0;
    for (int i = 0; i < ASKED; i++) {
        actual += month_value(54 + i);
        sum += got.month[i].median;
        ck_assert_msg(near(got.month[i].median, month_value(54 + i), 0.1), "%d: %f", i,
                      got.month[i].median);
        ck_assert(got.month[i].s > 0);
    }
    ck_assert_msg(near(got.total.median, actual, 0.03), "%f, %f", got.total.median, actual);
    ck_assert(near(sum, got.total.median, 1e-12));
    ck_assert_int_eq(got.n_known, 54);
    arena_release(&arena);
}
END_TEST

START_TEST(scales_with_the_values)
{
    struct arena arena = {0};
    struct example example;
    static const double factors[] = {1e-6, 3, 1e9};
    for (int scale = BES_LOG; scale <= BES_IDENTITY; scale++) {
        example_init(&example, 54);
        example.value[30] *= 4;
        example.question.scale = (enum bes_scale)scale;
        struct bes_answer one = bes_answer(&arena, &example.question);
        for (int t = 0; t < MONTHS; t++)
            example.value[t] *= factors[_i];
        struct bes_answer got = bes_answer(&arena, &example.question);
        double s = scale == BES_LOG ? one.total.s : factors[_i] * one.total.s;
        ck_assert(near(got.total.median, factors[_i] * one.total.median, 1e-9));
        ck_assert(near(got.total.s, s, 1e-9));
        ck_assert(got.n_outliers == one.n_outliers);
        arena_clear(&arena);
    }
    arena_release(&arena);
}
END_TEST

START_TEST(a_spike_is_an_outlier)
{
    struct arena arena = {0};
    struct example example;
    example_init(&example, 54);
    double clean = bes_answer(&arena, &example.question).total.median;
    example.value[40] *= 3;
    struct bes_answer got = bes_answer(&arena, &example.question);
    bool found = false;
    for (int i = 0; i < got.n_outliers; i++) {
        if (got.outliers[i].place != 40)
            continue;
        found = true;
        ck_assert(got.outliers[i].foretold < got.outliers[i].fitted);
        ck_assert(got.outliers[i].fitted < example.value[40]);
    }
    ck_assert(found);
    ck_assert_msg(near(got.total.median, clean, 0.05), "%f, %f", got.total.median, clean);
    arena_release(&arena);
}
END_TEST

/* The value of a month that is not known is never read. */
START_TEST(months_may_be_missing)
{
    struct arena arena = {0};
    struct example example;
    example_init(&example, 54);
    example.known[20] = example.known[33] = example.known[50] = false;
    example.value[20] = example.value[33] = example.value[50] = NAN;
    example.question.target[0] = 50;
    for (int i = 1; i < ASKED; i++)
        example.question.target[i] = 53 + i;
    struct bes_answer got = bes_answer(&arena, &example.question);
    ck_assert_int_eq(got.n_known, 51);
    ck_assert_msg(near(got.month[0].median, month_value(50), 0.1), "%f", got.month[0].median);
    /* A month between known ones is better known than the next one. */
    ck_assert(got.month[0].s < got.month[1].s * 1.05);
    arena_release(&arena);
}
END_TEST

START_TEST(a_constant_series_goes_on)
{
    struct arena arena = {0};
    struct example example;
    for (int scale = BES_LOG; scale <= BES_IDENTITY; scale++) {
        example_init(&example, 30);
        example.question.scale = (enum bes_scale)scale;
        for (int t = 0; t < MONTHS; t++)
            example.value[t] = 7;
        struct bes_answer got = bes_answer(&arena, &example.question);
        ck_assert_msg(near(got.total.median, 42, 1e-6), "%.9f", got.total.median);
        ck_assert(got.total.s < 0.01);
        arena_clear(&arena);
    }
    arena_release(&arena);
}
END_TEST

START_TEST(seasonal_terms)
{
    struct arena arena = {0};
    struct example example;
    example_init(&example, 60);
    ck_assert_ptr_null(bes_answer(&arena, &example.question).seasonal);
    example.question.seasonal = true;
    struct bes_answer got = bes_answer(&arena, &example.question);
    for (int t = 48; t < 60; t++)
        ck_assert_msg(fabs(got.seasonal[t] - 0.2 * sin(t * M_PI / 6)) < 0.04, "%d: %f", t,
                      got.seasonal[t]);
    arena_release(&arena);
}
END_TEST

START_TEST(multipliers)
{
    ck_assert_double_eq_tol(bes_multiplier(80, 31), 1.310415, 1e-5);
    ck_assert_double_eq_tol(bes_multiplier(95, 31), 1.07 * 2.042272, 1e-5);
    for (int level = 51; level <= 99; level++)
        ck_assert(bes_multiplier(level, 31) > bes_multiplier(level - 1, 31));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("bes");
    tcase_set_timeout(tests, 120); /* slow machines, sanitizers */
    tcase_add_test(tests, foretells_what_goes_on);
    tcase_add_loop_test(tests, scales_with_the_values, 0, 3);
    tcase_add_test(tests, a_spike_is_an_outlier);
    tcase_add_test(tests, months_may_be_missing);
    tcase_add_test(tests, a_constant_series_goes_on);
    tcase_add_test(tests, seasonal_terms);
    tcase_add_test(tests, multipliers);
    return check_main(tests);
}
