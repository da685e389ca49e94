/* The transforms of a series of figures. */
#include <math.h>

#include "check_main.h"
#include "exportstat/stats/growth.h"
#include "stats/growth_text.h"

/* Of numbers in binary, with the digits of a calculator beside. */
static const struct {
    const char *name;
    const char *period;
    enum frequency frequency;
    enum transform transform;
    const char *exact; /* an amount or a ratio; NULL: see `real` */
    double real;
    enum missing missing;
} transform_cases[] = {
    {"level", "2024-08", FREQUENCY_MONTH, TRANSFORM_LEVEL, "99", 0, MISSING_NOT},
    {"level of a gap", "2024-10", FREQUENCY_MONTH, TRANSFORM_LEVEL, NULL, 0, MISSING_NOT_REPORTED},
    {"level of a quarter", "2024-Q4", FREQUENCY_QUARTER, TRANSFORM_LEVEL, "431", 0, MISSING_NOT},
    {"change", "2024-08", FREQUENCY_MONTH, TRANSFORM_CHANGE, "-26", 0, MISSING_NOT},
    {"change from below zero", "2023-12", FREQUENCY_MONTH, TRANSFORM_CHANGE, "160", 0, MISSING_NOT},
    {"change without base", "2024-11", FREQUENCY_MONTH, TRANSFORM_CHANGE, NULL, 0, MISSING_NO_BASE},
    {"change of a gap", "2024-10", FREQUENCY_MONTH, TRANSFORM_CHANGE, NULL, 0,
     MISSING_NOT_REPORTED},
    {"change of a quarter", "2025-Q1", FREQUENCY_QUARTER, TRANSFORM_CHANGE, "659", 0, MISSING_NOT},
    {"change of a year", "FY2025", FREQUENCY_FISCAL_YEAR, TRANSFORM_CHANGE, "1420", 0, MISSING_NOT},
    {"yoy_change", "2024-08", FREQUENCY_MONTH, TRANSFORM_YOY_CHANGE, "-11", 0, MISSING_NOT},
    {"yoy_change of a quarter", "2024-Q3", FREQUENCY_QUARTER, TRANSFORM_YOY_CHANGE, "14", 0,
     MISSING_NOT},
    {"yoy_change without base", "2023-08", FREQUENCY_MONTH, TRANSFORM_YOY_CHANGE, NULL, 0,
     MISSING_NO_BASE},
    {"percent", "2024-08", FREQUENCY_MONTH, TRANSFORM_PERCENT, "-20.8", 0, MISSING_NOT},
    {"percent of a quarter", "2025-Q1", FREQUENCY_QUARTER, TRANSFORM_PERCENT, "152.9002", 0,
     MISSING_NOT},
    {"percent from zero", "2023-11", FREQUENCY_MONTH, TRANSFORM_PERCENT, NULL, 0,
     MISSING_ZERO_BASE},
    {"yoy_percent", "2024-08", FREQUENCY_MONTH, TRANSFORM_YOY_PERCENT, "-10", 0, MISSING_NOT},
    {"yoy_percent from zero", "2024-10", FREQUENCY_MONTH, TRANSFORM_YOY_PERCENT, NULL, 0,
     MISSING_NOT_REPORTED},
    {"yoy_percent from below zero", "2024-11", FREQUENCY_MONTH, TRANSFORM_YOY_PERCENT, NULL, 0,
     MISSING_NEGATIVE_BASE},
    {"annualised_percent of months", "2023-08", FREQUENCY_MONTH, TRANSFORM_ANNUALISED_PERCENT, NULL,
     213.8428376721, MISSING_NOT}, /* 100 (1.1^12 - 1) */
    {"annualised_percent of quarters", "2024-Q2", FREQUENCY_QUARTER, TRANSFORM_ANNUALISED_PERCENT,
     NULL, 91.5685875409, MISSING_NOT}, /* 100 ((600/510)^4 - 1) */
    {"annualised_percent of years", "FY2025", FREQUENCY_FISCAL_YEAR, TRANSFORM_ANNUALISED_PERCENT,
     NULL, 89.8734177215, MISSING_NOT},
    {"annualised_percent to zero", "2023-10", FREQUENCY_MONTH, TRANSFORM_ANNUALISED_PERCENT, NULL,
     -100, MISSING_NOT},
    {"annualised_percent from zero", "2023-11", FREQUENCY_MONTH, TRANSFORM_ANNUALISED_PERCENT, NULL,
     0, MISSING_ZERO_BASE},
    {"log_percent", "2023-08", FREQUENCY_MONTH, TRANSFORM_LOG_PERCENT, NULL, 9.5310179804,
     MISSING_NOT},
    {"log_percent to zero", "2023-10", FREQUENCY_MONTH, TRANSFORM_LOG_PERCENT, NULL, 0,
     MISSING_ZERO_BASE},
    {"log_percent from below zero", "2023-12", FREQUENCY_MONTH, TRANSFORM_LOG_PERCENT, NULL, 0,
     MISSING_NEGATIVE_BASE},
    {"annualised_log_percent of months", "2023-08", FREQUENCY_MONTH,
     TRANSFORM_ANNUALISED_LOG_PERCENT, NULL, 114.3722157652, MISSING_NOT},
    {"annualised_log_percent of quarters", "2024-Q2", FREQUENCY_QUARTER,
     TRANSFORM_ANNUALISED_LOG_PERCENT, NULL, 65.0075717999, MISSING_NOT},
    {"annualised_log_percent without base", "2023-07", FREQUENCY_MONTH,
     TRANSFORM_ANNUALISED_LOG_PERCENT, NULL, 0, MISSING_NO_BASE},
    {"log", "2023-07", FREQUENCY_MONTH, TRANSFORM_LOG, NULL, 4.6051701860, MISSING_NOT},
    {"log of zero", "2023-10", FREQUENCY_MONTH, TRANSFORM_LOG, NULL, 0, MISSING_ZERO_BASE},
    {"log of less", "2023-11", FREQUENCY_MONTH, TRANSFORM_LOG, NULL, 0, MISSING_NEGATIVE_BASE},
    {"log of a gap", "2024-10", FREQUENCY_MONTH, TRANSFORM_LOG, NULL, 0, MISSING_NOT_REPORTED},
};

START_TEST(transforms)
{
    struct store store = {0};
    const char *name = transform_cases[_i].name;
    struct view view = growth_read(&store);
    struct transformed got =
        transform_of(&view, span_of(transform_cases[_i].period), transform_cases[_i].frequency,
                     transform_cases[_i].transform);
    ck_assert_msg(got.known == (transform_cases[_i].missing == MISSING_NOT), "%s", name);
    ck_assert_msg(got.missing == transform_cases[_i].missing, "%s: %d", name, got.missing);
    if (got.known && transform_cases[_i].exact) {
        ck_assert_msg(got.kind != TRANSFORMED_REAL, "%s", name);
        ck_assert_str_eq(got.kind == TRANSFORMED_AMOUNT ? amount_text(got.amount)
                                                        : ratio_text(got.ratio),
                         transform_cases[_i].exact);
    } else if (got.known) {
        ck_assert_msg(got.kind == TRANSFORMED_REAL, "%s", name);
        ck_assert_msg(fabs(got.real - transform_cases[_i].real) < 1e-9, "%s: %.10f", name,
                      got.real);
    }
    store_release(&store);
}
END_TEST

START_TEST(a_power_too_large_to_write_is_absent)
{
    struct store store = {0};
    struct view view = series_read(&store, "2025-01", "0.001 900000000", "", 7);
    struct span period = span_of("2025-02");
    ck_assert(!transform_of(&view, period, FREQUENCY_MONTH, TRANSFORM_ANNUALISED_PERCENT).known);
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("transform");
    tcase_add_loop_test(tests, transforms, 0, COUNT(transform_cases));
    tcase_add_test(tests, a_power_too_large_to_write_is_absent);
    return check_main(tests);
}
