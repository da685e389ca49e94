/* Seasonal adjustment takes the season away, and nothing else. */
#include "exportstat/stats/adjust.h"

#include <math.h>

#include "check_main.h"
#include "exportstat/base/text.h"

enum { MONTHS = 60, FIRST = 2018 * 12 + 6 };

static double trend(int t)
{
    return 100 * exp(0.01 * t);
}

static struct months example(struct monthly at[static MONTHS], int n)
{
    for (int t = 0; t < n; t++)
        at[t] = (struct monthly){true, trend(t) * exp(0.2 * sin(t * M_PI / 6))};
    return (struct months){FIRST, at, (size_t)n};
}

START_TEST(what_remains_is_the_trend)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct months months = example(at, MONTHS);
    struct adjusted got = adjust(&arena, &months);
    ck_assert(got.known && got.scale == BES_LOG && got.months.n == MONTHS);
    for (int t = 0; t < MONTHS; t++) {
        double value = got.months.at[t].value;
        ck_assert_msg(fabs(value / trend(t) - 1) < 0.03, "%d: %f, %f", t, value, trend(t));
        ck_assert_double_eq_tol(value * got.season[t], at[t].value, 1e-9);
    }
    /* September to March: sin is highest in October. */
    ck_assert(got.by_month[9] > 1.15 && got.by_month[3] < 0.87);
    arena_release(&arena);
}
END_TEST

START_TEST(gaps_and_negatives)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct months months = example(at, MONTHS);
    at[30].known = false;
    at[20].value = -1;
    struct adjusted got = adjust(&arena, &months);
    ck_assert(got.known && got.scale == BES_IDENTITY && !got.months.at[30].known);
    ck_assert_double_eq_tol(got.months.at[20].value + got.season[20], -1, 1e-9);
    arena_release(&arena);
}
END_TEST

/* A zero among much higher months is no month to learn from, not even at the end. */
START_TEST(zeros_at_the_end)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct months months = example(at, MONTHS);
    at[59].value = 0;
    struct adjusted got = adjust(&arena, &months);
    ck_assert(got.known && got.scale == BES_LOG && got.months.n == MONTHS);
    ck_assert(got.months.at[59].known && got.months.at[59].value == 0 && got.season[59] > 0.5);
    arena_release(&arena);
}
END_TEST

START_TEST(too_few_months)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct months months = example(at, 35);
    ck_assert_int_eq(adjust(&arena, &months).missing, MISSING_INSUFFICIENT_HISTORY);
    months = example(at, 36);
    ck_assert(adjust(&arena, &months).known);
    months.n = 0;
    ck_assert(!adjust(&arena, &months).known);
    arena_release(&arena);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("adjust");
    tcase_set_timeout(tests, 120); /* slow machines, sanitizers */
    tcase_add_test(tests, what_remains_is_the_trend);
    tcase_add_test(tests, gaps_and_negatives);
    tcase_add_test(tests, zeros_at_the_end);
    tcase_add_test(tests, too_few_months);
    return check_main(tests);
}
