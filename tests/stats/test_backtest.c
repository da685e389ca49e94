/* How projections are judged, and the intervals that follow from it. */
#include "check_main.h"
#include "exportstat/stats/projection.h"
#include "stats/years_text.h"

/* Prior year in FY2022 to FY2024 from the first half: 180 x 2 = 360, 300 x 1.5 = 450, 480 x 4/3 =
 * 640 against 300, 480, 660. */
START_TEST(backtests)
{
    struct store store = {0};
    struct view view = years_read(&store);
    struct backtest got = backtest_of(&view, 2025, FIRST_HALF, PROJECTION_PRIOR_YEAR);
    ck_assert_int_eq(got.origins, 3);
    ck_assert(near(got.error[0], log(300 / 360.0)));
    ck_assert(near(got.error[1], log(480 / 450.0)));
    ck_assert(near(got.error[2], log(660 / 640.0)));
    ck_assert(near(got.mape, (20 + 6.25 + 2000 / 660.0) / 3));
    ck_assert(near(got.bias, (-20 + 6.25 + 2000 / 660.0) / 3));
    ck_assert(!got.has_hits); /* two errors would be left to judge the third by */
    got = backtest_of(&view, 2023, FIRST_HALF, PROJECTION_PRIOR_YEAR);
    ck_assert_int_eq(got.origins, 2); /* without the year asked about */
    got = backtest_of(&view, 2025, FIRST_HALF, PROJECTION_RUN_RATE);
    ck_assert_int_eq(got.origins, 4);
    ck_assert(got.has_hits);
    store_release(&store);
}
END_TEST

START_TEST(backtests_of_a_month)
{
    struct store store = {0};
    double errors[BACKTEST_ORIGINS_MAX];
    struct view view = years_read(&store);
    int n = backtest_month(&view, 2025, FIRST_HALF, PROJECTION_PRIOR_YEAR, 11, errors);
    ck_assert_int_eq(n, 3);
    ck_assert(near(errors[0], log(30 / 40.0)));
    ck_assert(near(errors[2], log(70 / (50 * 4 / 3.0))));
    store_release(&store);
}
END_TEST

/* What is left out of the backtest: years with a gap, forecasts or totals of zero or less. */
START_TEST(backtests_pass_over_what_has_no_logarithm)
{
    struct store store = {0};
    struct view view = series_read(&store, "2020-07",
                                   "0 0 0 0 0 0 20 20 20 20 20 20 "
                                   "20 20 20 20 20 20 -60 30 30 30 -200 30 "
                                   "30 30 30 30 30 30 50 50 50 50 50 - "
                                   "40 40 40 40 40 40 70 70 70 70 70 70",
                                   "", 7);
    struct backtest got = backtest_of(&view, 2030, FIRST_HALF, PROJECTION_RUN_RATE);
    ck_assert_int_eq(got.origins, 1);
    ck_assert(near(got.error[0], log(660 / 480.0)));
    store_release(&store);
    view = series_read(&store, "2020-07", "", "", 7);
    ck_assert_int_eq(backtest_of(&view, 2030, FIRST_HALF, PROJECTION_RUN_RATE).origins, 0);
    store_release(&store);
}
END_TEST

/* One year of four is ten times the rest. With its own error among those it is judged by, it would
 * hit. */
START_TEST(hits_are_counted_without_the_year_itself)
{
    struct store store = {0};
    struct buffer values = {0};
    static const int second_half[] = {100, 101, 99, 1000};
    for (size_t i = 0; i < COUNT(second_half); i++) {
        for (int month = 0; month < 12; month++)
            buffer_format(&values, "%d ", month < 6 ? 100 : second_half[i]);
    }
    buffer_text(&values, "100");
    struct view view = series_read(&store, "2020-07", values.bytes, "", 7);
    struct backtest got = backtest_of(&view, 2025, FIRST_HALF, PROJECTION_RUN_RATE);
    ck_assert_int_eq(got.origins, 4);
    ck_assert_int_eq(got.hits_80, 3);
    buffer_release(&values);
    store_release(&store);
}
END_TEST

/* f exp(mean -/+ t s sqrt(1 + 1/n)): the errors 0.1, 0.2, 0.3 have mean 0.2 and s 0.1; t(2) is
 * 1.885618 at 80 percent and 4.302653 at 95. */
START_TEST(intervals)
{
    static const double errors[] = {0.1, 0.2, 0.3};
    double s = 0.1 * sqrt(4 / 3.0);
    struct interval got = interval_of(errors, 3, 1000, 80, 0);
    ck_assert(got.known);
    ck_assert_double_eq_tol(got.low, 1000 * exp(0.2 - 1.885618083 * s), 1e-4);
    ck_assert_double_eq_tol(got.high, 1000 * exp(0.2 + 1.885618083 * s), 1e-4);
    got = interval_of(errors, 3, 1000, 95, 0);
    ck_assert_double_eq_tol(got.low, 1000 * exp(0.2 - 4.302652730 * s), 1e-4);
    got = interval_of(errors, 3, 1000, 95, 900); /* never below what is known */
    ck_assert_double_eq(got.low, 900);
    got = interval_of(errors, 3, 1000, 95, 9000);
    ck_assert(near(got.low, 9000) && near(got.high, 9000));
    ck_assert(!interval_of(errors, 2, 1000, 80, 0).known);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("backtest");
    tcase_add_test(tests, backtests);
    tcase_add_test(tests, backtests_of_a_month);
    tcase_add_test(tests, backtests_pass_over_what_has_no_logarithm);
    tcase_add_test(tests, hits_are_counted_without_the_year_itself);
    tcase_add_test(tests, intervals);
    return check_main(tests);
}
