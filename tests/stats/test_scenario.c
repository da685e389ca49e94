/* The scenarios beside the default, by hand. */
#include <string.h>

#include "check_main.h"
#include "exportstat/base/text.h"
#include "exportstat/stats/project.h"

enum { MONTHS = 42, FIRST = 2018 * 12 + 6, KNOWN = 6 };

/* Three years and a half; a year has 10 a month at first and 20 later, then 20 and 30, 30 and 50, and then 50. */
static struct months example(struct monthly at[static MONTHS])
{
    static const double half[] = {10, 20, 20, 30, 30, 50, 50};
    for (int t = 0; t < MONTHS; t++)
        at[t] = (struct monthly){true, half[t / 6]};
    return (struct months){FIRST, at, MONTHS};
}

static const struct {
    const char *name;
    enum scenario scenario;
    int gone;     /* a month that is not known, or -1 */
    double value; /* of the last known month */
    struct cumulative reported;
    enum missing missing;
    double total;
    double last; /* the last month of the year */
} cases[] = {
    {"run rate", SCENARIO_RUN_RATE, -1, 50, {0}, MISSING_NOT, 600, 50},
    {"run rate of five", SCENARIO_RUN_RATE, 38, 50, {0}, MISSING_NOT, 600, 50},
    {"recent pace", SCENARIO_RECENT_PACE, -1, 80, {0}, MISSING_NOT, 330 + 360, 60},
    {"recent pace over a gap", SCENARIO_RECENT_PACE, 40, 80, {0}, MISSING_NOT, 280 + 7 * 60, 60},
    {"same as last year", SCENARIO_SAME_AS_LAST_YEAR, -1, 50, {0}, MISSING_NOT, 600, 50},
    {"of a month that is not known", SCENARIO_SAME_AS_LAST_YEAR, 30, 50, {0}, MISSING_NO_BASE},
    {"of one that is not needed", SCENARIO_SAME_AS_LAST_YEAR, 24, 50, {0}, MISSING_NOT, 600, 50},
    {"prior year", SCENARIO_PRIOR_YEAR, -1, 50, {0}, MISSING_NOT, 480 * 300 / 180.0, 250 / 3.0},
    {"incomplete prior year", SCENARIO_PRIOR_YEAR, 24, 50, {0}, MISSING_NO_BASE},
    {"share", SCENARIO_SEASONAL_SHARE, -1, 50, {0}, MISSING_NOT, 300 / 360.0 * 960, 250 / 3.0},
    {"share of two years",
     SCENARIO_SEASONAL_SHARE,
     30,
     50,
     {0},
     MISSING_NOT,
     300 * 480 / 180.0,
     250 / 3.0},
    {"a reported total", SCENARIO_RUN_RATE, 38, 50, {3, 240}, MISSING_NOT, 780, 65},
    {"that nobody needs", SCENARIO_RUN_RATE, -1, 50, {3, 240}, MISSING_NOT, 600, 50},
};

START_TEST(totals)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct project_request request = {
        .months = example(at),
        .first = FIRST + 36,
        .reported = cases[_i].reported,
        .scenario = cases[_i].scenario,
    };
    const char *name = cases[_i].name;
    at[MONTHS - 1].value = cases[_i].value;
    if (cases[_i].gone >= 0)
        at[cases[_i].gone].known = false;
    struct projection got = project(&arena, &request);
    ck_assert_msg(got.missing == cases[_i].missing, "%s: %d", name, got.missing);
    ck_assert_msg(got.known == (got.missing == MISSING_NOT), "%s", name);
    if (got.known) {
        ck_assert_double_eq_tol(spread_point(&got.total), cases[_i].total, 1e-9);
        ck_assert_double_eq_tol(spread_point(&got.month[11].spread), cases[_i].last, 1e-9);
    }
    arena_release(&arena);
}
END_TEST

START_TEST(bases_of_zero_and_less)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct project_request request = {.months = example(at), .first = FIRST + 36};
    request.scenario = SCENARIO_PRIOR_YEAR;
    for (int t = 24; t < 30; t++)
        at[t].value = 0;
    ck_assert_int_eq(project(&arena, &request).missing, MISSING_ZERO_BASE);
    at[24].value = -1;
    ck_assert_int_eq(project(&arena, &request).missing, MISSING_NEGATIVE_BASE);
    for (int t = 24; t < 30; t++)
        at[t].value = 1e-14;
    ck_assert_int_eq(project(&arena, &request).missing, MISSING_OUT_OF_RANGE);
    arena_release(&arena);
}
END_TEST

START_TEST(nothing_known_of_the_year)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct project_request request = {.months = example(at), .first = FIRST + 36};
    request.months.n = 36;
    for (int scenario = SCENARIO_SEASONAL_SHARE; scenario < SCENARIOS; scenario++) {
        request.scenario = (enum scenario)scenario;
        bool can = scenario == SCENARIO_RECENT_PACE || scenario == SCENARIO_SAME_AS_LAST_YEAR;
        ck_assert(project(&arena, &request).known == can);
    }
    arena_release(&arena);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(scenario_names[SCENARIO_BES], "bes");
    ck_assert_str_eq(scenario_names[SCENARIO_SEASONAL_SHARE], "seasonal_share");
    ck_assert_str_eq(scenario_names[SCENARIO_RUN_RATE], "run_rate");
    ck_assert_str_eq(scenario_names[SCENARIO_PRIOR_YEAR], "prior_year");
    ck_assert_ptr_null(scenario_names[SCENARIOS]);
    ck_assert_ptr_null(projection_flag_names[FLAGS]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("scenario");
    tcase_add_loop_test(tests, totals, 0, COUNT(cases));
    tcase_add_test(tests, bases_of_zero_and_less);
    tcase_add_test(tests, nothing_known_of_the_year);
    tcase_add_test(tests, names);
    return check_main(tests);
}
