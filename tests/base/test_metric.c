#include "exportstat/base/metric.h"

#include <string.h>

#include "check_main.h"
#include "exportstat/base/text.h"

static struct span span_read(const char *text, int start)
{
    struct period period;
    ck_assert_msg(period_parse(text, strlen(text), &period), "%s", text);
    return period_span(period, start);
}

static const struct {
    enum metric metric;
    const char *period;
    int start; /* of the fiscal year */
    bool taken;
} periods[] = {
    {METRIC_TARGET, "FY2026", 7, true},
    {METRIC_TARGET, "2025-07/2026-06", 7, true},
    {METRIC_TARGET, "2025", 1, true},
    {METRIC_TARGET, "2025", 7, false},
    {METRIC_TARGET, "2025-12", 7, false},
    {METRIC_PROJECTION_LOW, "FY2026-H1", 7, false},
    {METRIC_PROJECTION_HIGH, "2025-07/2026-05", 7, false},
    {METRIC_FYTD_LEVEL, "2025-07/2025-12", 7, true},
    {METRIC_FYTD_LEVEL, "2025-07", 7, true},
    {METRIC_FYTD_LEVEL, "FY2026-Q1", 7, true},
    {METRIC_FYTD_YOY, "FY2026", 7, true},
    {METRIC_FYTD_YOY, "2025-01/2025-03", 1, true},
    {METRIC_FYTD_YOY, "2025-08/2025-12", 7, false},
    {METRIC_FYTD_YOY, "2025-07/2026-07", 7, false},
    {METRIC_FYTD_LEVEL, "2025", 7, false},
    {METRIC_STREAK, "2025-12", 7, true},
    {METRIC_STREAK, "FY2026", 7, false},
    {METRIC_STREAK, "2025-11/2025-12", 7, false},
    {METRIC_LEVEL, "2025-08/2025-12", 7, true},
    {METRIC_AVERAGE, "FY2026", 7, true},
};

START_TEST(periods_are_taken)
{
    struct span span = span_read(periods[_i].period, periods[_i].start);
    const char *refused = metric_refuses_period(periods[_i].metric, span, periods[_i].start);
    ck_assert_msg(!refused == periods[_i].taken, "%s of %s: %s", metric_names[periods[_i].metric],
                  periods[_i].period, refused ? refused : "taken");
}
END_TEST

static const struct {
    enum metric metric;
    amount value;
    bool taken;
} values[] = {
    {METRIC_STREAK, AMOUNT_SCALE, true},
    {METRIC_STREAK, (amount)15 * AMOUNT_SCALE, true},
    {METRIC_STREAK, AMOUNT_SCALE / 2, false},
    {METRIC_STREAK, AMOUNT_SCALE + 1, false},
    {METRIC_STREAK, 0, false},
    {METRIC_STREAK, -AMOUNT_SCALE, false},
    {METRIC_LEVEL, -1, true},
    {METRIC_MOM, AMOUNT_SCALE / 2, true},
};

START_TEST(values_are_taken)
{
    const char *refused = metric_refuses_value(values[_i].metric, values[_i].value);
    ck_assert_msg(!refused == values[_i].taken, "%d: %s", _i, refused ? refused : "taken");
}
END_TEST

static const struct {
    amount value;
    amount precision;
    bool taken;
} precisions[] = {
    {437 * AMOUNT_SCALE, AMOUNT_SCALE, true},
    {437 * AMOUNT_SCALE, 437 * AMOUNT_SCALE, true},
    {-437 * AMOUNT_SCALE, 437 * AMOUNT_SCALE, true},
    {437 * AMOUNT_SCALE, 437 * AMOUNT_SCALE + 1, false},
    {0, AMOUNT_SCALE, true},
    {AMOUNT_SCALE / 2, AMOUNT_SCALE + 1, false},
    {0, 0, false},
    {437 * AMOUNT_SCALE, -1, false},
};

START_TEST(precisions_are_taken)
{
    const char *refused = claim_refuses_precision(precisions[_i].value, precisions[_i].precision);
    ck_assert_msg(!refused == precisions[_i].taken, "%d: %s", _i, refused ? refused : "taken");
}
END_TEST

static const struct {
    enum metric metric;
    const char *series; /* its unit */
    const char *unit;
    const char *refused; /* NULL: taken */
} units[] = {
    {METRIC_LEVEL, "USD million", "USD million", NULL},
    {METRIC_LEVEL, "USD million", "usd_million", NULL},
    {METRIC_LEVEL, "USD million", "Usd_Million", NULL},
    {METRIC_LEVEL, "USD million", "",
     "expected 'usd_million' or 'USD million' for level of this series"},
    {METRIC_TARGET, "tons", "ton", "expected 'tons' for fy_target of this series"},
    {METRIC_YOY, "USD million", "percent", NULL},
    {METRIC_SHARE, "USD million", "usd_million",
     "expected 'percent' for share_of_total_exports_pct of this series"},
    {METRIC_STREAK, "percent", "months", NULL},
    {METRIC_STREAK, "percent", "percent",
     "expected 'months' for growth_streak_months of this series"},
};

START_TEST(units_are_taken)
{
    char reason[UNIT_REASON] = "";
    bool taken = metric_takes_unit(units[_i].metric, units[_i].series, units[_i].unit, reason);
    ck_assert_msg(taken == !units[_i].refused, "%d: %s", _i, reason);
    ck_assert_str_eq(reason, units[_i].refused ? units[_i].refused : "");
}
END_TEST

START_TEST(every_name_is_found)
{
    for (enum metric metric = 0; metric < METRICS; metric++)
        ck_assert_int_eq(metric_find(metric_names[metric]), metric);
    ck_assert_int_eq(metric_find("levle"), METRICS);
    ck_assert_int_eq(metric_find(""), METRICS);
    ck_assert_ptr_null(metric_names[METRICS]);
}
END_TEST

START_TEST(percentages)
{
    for (enum metric metric = 0; metric < METRICS; metric++)
        ck_assert_msg(metric_is_percent(metric) == (strstr(metric_names[metric], "_pct") != NULL),
                      "%s", metric_names[metric]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("metric");
    tcase_add_loop_test(tests, periods_are_taken, 0, COUNT(periods));
    tcase_add_loop_test(tests, values_are_taken, 0, COUNT(values));
    tcase_add_loop_test(tests, precisions_are_taken, 0, COUNT(precisions));
    tcase_add_loop_test(tests, units_are_taken, 0, COUNT(units));
    tcase_add_test(tests, every_name_is_found);
    tcase_add_test(tests, percentages);
    return check_main(tests);
}
