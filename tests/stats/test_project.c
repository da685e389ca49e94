/* Which method answers when, and what holds of every answer. */
#include "exportstat/stats/project.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check_main.h"
#include "exportstat/base/text.h"

enum { MONTHS = 84, FIRST = 2018 * 12 + 6 }; /* July 2018: seven fiscal years */

struct example {
    struct arena arena;
    struct monthly at[MONTHS];
    struct project_request request;
};

/* Seven years that grow, with a season and a wobble; n of the months are known, and the year asked about is the
 * one of the last. */
static void example_init(struct example *example, int n)
{
    *example = (struct example){0};
    for (int t = 0; t < MONTHS; t++) {
        double value = 100 * exp(0.01 * t + 0.2 * sin(t * M_PI / 6) + 0.03 * sin(t * 2.39996));
        example->at[t] = (struct monthly){t < n, value};
    }
    example->request = (struct project_request){
        .months = {FIRST, example->at, (size_t)n},
        .first = FIRST + (n > 0 ? (n - 1) / 12 : 0) * 12,
    };
}

static struct projection ask(struct example *example)
{
    return project(&example->arena, &example->request);
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

static const char *flags_text(unsigned flags)
{
    static char text[400];
    int length = 0;
    text[0] = '\0';
    for (int i = 0; i < FLAGS; i++) {
        if (flags & (1U << i))
            length += snprintf(text + length, sizeof text - (size_t)length, "%s%s",
                               length > 0 ? " " : "", projection_flag_names[i]);
    }
    return text;
}

/* Changes to the example: from month `at` on, `n` months become unknown, or take the value. */
struct change {
    int at;
    int n;
    double value;
};

#define GONE NAN

static const struct {
    const char *name;
    int n;
    struct change change[3];
    enum scenario scenario; /* that answers */
    const char *flags;
    bool has_interval;
} rule_cases[] = {
    {"five years", 66, {{0}}, SCENARIO_BES, "", true},
    {"two years before", 30, {{0}}, SCENARIO_BES, "", true},
    {"a month less", 30, {{0, 1, GONE}}, SCENARIO_BES, "short_history", true},
    {"one year before", 18, {{0}}, SCENARIO_BES, "short_history", true},
    {"a month less", 18, {{0, 1, GONE}}, SCENARIO_BES, "indicative", true},
    {"six months of the first year", 6, {{0}}, SCENARIO_BES, "indicative", true},
    {"five", 5, {{0}}, SCENARIO_RUN_RATE, "insufficient_history", false},
    {"a gap in the history", 66, {{20, 6, GONE}}, SCENARIO_BES, "missing_months", true},
    {"a longer one", 66, {{20, 7, GONE}}, SCENARIO_BES, "history_cut", true},
    {"a quarter is missing",
     66,
     {{20, 6, GONE}, {30, 6, GONE}, {40, 4, GONE}},
     SCENARIO_BES,
     "missing_months",
     true},
    {"more",
     66,
     {{20, 6, GONE}, {30, 6, GONE}, {40, 5, GONE}},
     SCENARIO_BES,
     "short_history missing_months history_cut",
     true},
    {"a gap in the year",
     66,
     {{62, 2, GONE}},
     SCENARIO_BES,
     "estimated_months missing_months",
     true},
    {"few zeros", 66, {{20, 2, 0}}, SCENARIO_BES, "zeros_as_missing", true},
    {"few zeros, and months near them",
     66,
     {{20, 2, 0}, {22, 1, 0.5}},
     SCENARIO_BES,
     "identity_scale outliers",
     true},
    {"more zeros", 66, {{20, 7, 0}}, SCENARIO_BES, "identity_scale outliers", true},
    {"a negative month", 66, {{20, 1, -5}}, SCENARIO_BES, "identity_scale outliers", true},
    {"mostly zeros", 66, {{0, 25, 0}}, SCENARIO_BES, "intermittent", true},
    {"nothing but zeros", 66, {{0, 66, 0}}, SCENARIO_BES, "intermittent", true},
    {"a spike", 66, {{40, 1, 1000}}, SCENARIO_BES, "outliers", true},
    {"a spike at the end", 66, {{65, 1, 1000}}, SCENARIO_BES, "outliers latest_outlier", true},
};

static void change_months(struct example *example, const struct change *change)
{
    for (int t = change->at; t < change->at + change->n; t++)
        example->at[t] = (struct monthly){!isnan(change->value), change->value};
}

START_TEST(rules)
{
    struct example example;
    struct bounds bounds;
    const char *name = rule_cases[_i].name;
    example_init(&example, rule_cases[_i].n);
    for (size_t i = 0; i < COUNT(rule_cases[_i].change); i++)
        change_months(&example, &rule_cases[_i].change[i]);
    struct projection got = ask(&example);
    ck_assert_msg(got.known && got.scenario == rule_cases[_i].scenario, "%s", name);
    ck_assert_msg(strcmp(flags_text(got.flags), rule_cases[_i].flags) == 0, "%s: %s", name,
                  flags_text(got.flags));
    ck_assert_msg(spread_interval(&got.total, 80, &bounds) == rule_cases[_i].has_interval, "%s",
                  name);
    arena_release(&example.arena);
}
END_TEST

/* Whatever the months are like. */
START_TEST(every_answer_is_in_order)
{
    struct example example;
    example_init(&example, rule_cases[_i].n);
    for (size_t i = 0; i < COUNT(rule_cases[_i].change); i++)
        change_months(&example, &rule_cases[_i].change[i]);
    struct projection got = ask(&example);
    struct bounds last = {0};
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += spread_point(&got.month[i].spread);
    ck_assert_msg(near(sum, spread_point(&got.total)), "%f %f", sum, spread_point(&got.total));
    for (int level = SPREAD_LEVEL_MIN; rule_cases[_i].has_interval && level <= 99; level++) {
        struct bounds bounds;
        ck_assert(spread_interval(&got.total, level, &bounds));
        ck_assert(bounds.low <= spread_point(&got.total));
        ck_assert(bounds.high >= spread_point(&got.total));
        ck_assert(level == SPREAD_LEVEL_MIN || bounds.low <= last.low);
        ck_assert(level == SPREAD_LEVEL_MIN || bounds.high >= last.high);
        last = bounds;
    }
    arena_release(&example.arena);
}
END_TEST

START_TEST(twelve_known_months_are_their_sum)
{
    struct example example;
    struct bounds bounds;
    double sum = 0;
    example_init(&example, 72);
    for (int t = 60; t < 72; t++)
        sum += example.at[t].value;
    for (int scenario = 0; scenario < SCENARIOS; scenario++) {
        example.request.scenario = (enum scenario)scenario;
        struct projection got = ask(&example);
        ck_assert(got.known && got.known_months == 12 && near(spread_point(&got.total), sum));
        ck_assert(spread_interval(&got.total, 99, &bounds));
        ck_assert(bounds.low == bounds.high);
        ck_assert_str_eq(flags_text(got.flags), "");
    }
    arena_release(&example.arena);
}
END_TEST

START_TEST(no_known_month_of_the_year)
{
    struct example example;
    struct bounds bounds;
    example_init(&example, 72);
    example.request.first = FIRST + 72;
    struct projection got = ask(&example);
    ck_assert(got.known && got.known_months == 0 && got.total.known == 0);
    ck_assert(spread_interval(&got.total, 80, &bounds) && bounds.low > 0);
    example.request.first += 12; /* the year after next is farther than any answer goes */
    got = ask(&example);
    ck_assert(got.known);
    example.request.first += 12;
    got = ask(&example);
    ck_assert(!got.known && got.missing == MISSING_INSUFFICIENT_HISTORY);
    arena_release(&example.arena);
}
END_TEST

START_TEST(nothing_known_at_all)
{
    struct example example;
    example_init(&example, 0);
    for (int scenario = 0; scenario < SCENARIOS; scenario++) {
        example.request.scenario = (enum scenario)scenario;
        ck_assert(!ask(&example).known);
    }
    arena_release(&example.arena);
}
END_TEST

/* What comes after the origin has no say. */
START_TEST(only_what_was_known)
{
    struct example example;
    struct example same;
    example_init(&example, 84);
    example_init(&same, 64);
    example.request.months = months_until(&example.request.months, FIRST + 63);
    example.request.first = same.request.first;
    struct projection got = ask(&example);
    struct projection expected = ask(&same);
    ck_assert(got.total.rest == expected.total.rest && got.total.s == expected.total.s);
    ck_assert(months_until(&same.request.months, FIRST - 1).n == 0);
    ck_assert(months_until(&same.request.months, FIRST + 500).n == 64);
    arena_release(&example.arena);
    arena_release(&same.arena);
}
END_TEST

START_TEST(intervals_shrink_as_months_become_known)
{
    double widths[12] = {0};
    for (int year = 3; year < 7; year++) {
        for (int known = 0; known < 12; known++) {
            struct example example;
            struct bounds bounds;
            example_init(&example, year * 12 + known);
            example.request.first = FIRST + year * 12;
            struct projection got = ask(&example);
            ck_assert(spread_interval(&got.total, 80, &bounds));
            widths[known] += (bounds.high - bounds.low) / spread_point(&got.total);
            arena_release(&example.arena);
        }
    }
    for (int known = 1; known < 12; known++)
        ck_assert_msg(widths[known] < widths[known - 1], "%d: %f, %f", known, widths[known - 1],
                      widths[known]);
}
END_TEST

/* A month of a series that nobody would publish: gaps, zeros, values below zero, jumps, all by chance. */
static struct monthly odd_month(unsigned *seed, unsigned odd)
{
    unsigned dice[4];
    for (size_t i = 0; i < COUNT(dice); i++) {
        *seed = *seed * 1103515245U + 12345U;
        dice[i] = *seed >> 16 & 0xFF;
    }
    double value = exp(dice[0] * (odd & 1 ? 0.1 : 0.002));
    if (odd & 2 && dice[1] < 30)
        value = 0;
    if (odd & 4 && dice[1] > 220)
        value = -value;
    if (odd & 8 && dice[1] < 120)
        value = 0;
    return (struct monthly){!(odd & 16 && dice[2] < 60) && !(odd & 32 && dice[2] < 200), value};
}

static void check_in_order(const struct projection *got)
{
    struct bounds inner;
    struct bounds outer;
    double point = spread_point(&got->total);
    double sum = 0;
    double p;
    ck_assert(isfinite(point));
    for (int i = 0; i < 12; i++)
        sum += spread_point(&got->month[i].spread);
    ck_assert_msg(fabs(sum - point) <= 1e-6 * fmax(1, fabs(sum) + fabs(point)), "%g %g", sum,
                  point);
    if (spread_interval(&got->total, 95, &outer)) {
        ck_assert(spread_interval(&got->total, 80, &inner));
        ck_assert_msg(outer.low <= inner.low && inner.low <= point, "%g %g %g", outer.low,
                      inner.low, point);
        ck_assert_msg(outer.high >= inner.high && inner.high >= point, "%g %g %g", outer.high,
                      inner.high, point);
    }
    if (spread_reaches(&got->total, point * 1.01, &p))
        ck_assert(p >= 0 && p <= 1);
}

START_TEST(any_series_is_answered_in_order)
{
    struct example example;
    unsigned seed = (unsigned)_i;
    for (int round = 0; round < 12; round++) {
        example_init(&example, 1 + round * 7);
        for (size_t t = 0; t < example.request.months.n; t++)
            example.at[t] = odd_month(&seed, (unsigned)_i);
        example.request.first += round % 4 == 3 ? 12 : 0;
        if (round % 5 == 0)
            example.request.reported = (struct cumulative){1 + round % 12, 100};
        for (int scenario = 0; scenario < SCENARIOS; scenario++) {
            example.request.scenario = (enum scenario)scenario;
            struct projection got = ask(&example);
            if (got.known)
                check_in_order(&got);
            else
                ck_assert(got.missing != MISSING_NOT);
        }
        arena_release(&example.arena);
    }
}
END_TEST

/* A reported total of the first months wins over what would be estimated. */
START_TEST(reported_totals)
{
    struct example example;
    double sum = 0;
    example_init(&example, 66);
    for (int t = 60; t < 66; t++)
        sum += example.at[t].value;
    struct projection plain = ask(&example);
    example.at[62].known = example.at[63].known = false;
    example.request.reported = (struct cumulative){5, sum - example.at[65].value};
    struct projection got = ask(&example);
    ck_assert_str_eq(flags_text(got.flags), "cumulative_total missing_months");
    ck_assert(near(got.total.known, sum));
    ck_assert_msg(fabs(spread_point(&got.total) / spread_point(&plain.total) - 1) < 0.02, "%f %f",
                  spread_point(&got.total), spread_point(&plain.total));
    double both = spread_point(&got.month[2].spread) + spread_point(&got.month[3].spread);
    ck_assert(near(both, example.at[62].value + example.at[63].value));
    ck_assert(got.month[2].estimated && got.month[2].spread.kind == SPREAD_UNKNOWN);
    example.at[63].known = true; /* one alone follows exactly */
    got = ask(&example);
    ck_assert(got.month[2].spread.kind == SPREAD_EXACT);
    ck_assert(near(spread_point(&got.month[2].spread), example.at[62].value));
    example.request.reported = (struct cumulative){12, 2000};
    got = ask(&example);
    ck_assert(got.known && got.total.kind == SPREAD_EXACT && got.total.known == 2000);
    arena_release(&example.arena);
}
END_TEST

START_TEST(reaching_a_target)
{
    struct example example;
    struct bounds bounds;
    double p;
    double before = 1;
    example_init(&example, 66);
    struct projection got = ask(&example);
    ck_assert(spread_reaches(&got.total, spread_point(&got.total), &p));
    ck_assert_double_eq_tol(p, 0.5, 1e-9);
    ck_assert(spread_interval(&got.total, 80, &bounds));
    ck_assert(spread_reaches(&got.total, bounds.low, &p));
    ck_assert_double_eq_tol(p, 0.9, 1e-9);
    ck_assert(spread_reaches(&got.total, bounds.high, &p));
    ck_assert_double_eq_tol(p, 0.1, 1e-9);
    ck_assert(spread_reaches(&got.total, got.total.known, &p) && p == 1);
    for (double target = 0; target < 2 * spread_point(&got.total); target += 100) {
        ck_assert(spread_reaches(&got.total, target, &p) && p <= before);
        before = p;
    }
    example.request.scenario = SCENARIO_RUN_RATE;
    got = ask(&example);
    ck_assert(!spread_reaches(&got.total, 1000, &p));
    arena_release(&example.arena);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("project");
    tcase_set_timeout(tests, 120); /* slow machines, sanitizers */
    tcase_add_loop_test(tests, rules, 0, COUNT(rule_cases));
    tcase_add_loop_test(tests, every_answer_is_in_order, 0, COUNT(rule_cases));
    tcase_add_loop_test(tests, any_series_is_answered_in_order, 0, 64);
    tcase_add_test(tests, twelve_known_months_are_their_sum);
    tcase_add_test(tests, no_known_month_of_the_year);
    tcase_add_test(tests, nothing_known_at_all);
    tcase_add_test(tests, only_what_was_known);
    tcase_add_test(tests, intervals_shrink_as_months_become_known);
    tcase_add_test(tests, reported_totals);
    tcase_add_test(tests, reaching_a_target);
    return check_main(tests);
}
