#include "exportstat/stats/projection.h"

#include "check_main.h"
#include "stats/years_text.h"

START_TEST(known_months_of_a_year)
{
    struct store store = {0};
    struct view view = series_read(&store, "2024-06", "1 2 - 4 - - 7", "", 7);
    struct fiscal_year year = fiscal_year_known(&view, 2025);
    ck_assert(span_equal(year.span, span_of("FY2025")));
    ck_assert_uint_eq(year.known, 1U << 0 | 1U << 2 | 1U << 5);
    ck_assert_int_eq(year.n_known, 3);
    ck_assert_str_eq(amount_text(year.total), "13");
    ck_assert_str_eq(amount_text(year.value[2]), "4");
    ck_assert_int_eq(fiscal_year_known(&view, 2030).n_known, 0);
    store_release(&store);
}
END_TEST

START_TEST(default_year)
{
    struct store store = {0};
    struct view view = years_read(&store);
    ck_assert_int_eq(fiscal_year_default(&view), 2025);
    store_release(&store);
    view = series_read(&store, "2024-07", "1 1 1 1 1 1 1 1 1 1 1 1", "", 7);
    ck_assert_int_eq(fiscal_year_default(&view), 2026); /* complete: the next one */
    store_release(&store);
    view = series_read(&store, "2024-07", "1 1 1 1 1 1 - 1 1 1 1 1", "", 7);
    ck_assert_int_eq(fiscal_year_default(&view), 2025);
    store_release(&store);
}
END_TEST

/* 300 in the first half of FY2025; in FY2022 to FY2024 it was 540 of 1440, in FY2024 240 of 660. */
static const struct {
    const char *name;
    int32_t year;
    unsigned known;
    enum projection_method method;
    bool is_known;
    double total, last_month;
    enum missing missing;
} forecast_cases[] = {
    {"seasonal share of the latest three years", 2025, FIRST_HALF, PROJECTION_SEASONAL_SHARE, true,
     300 * 1440 / 540.0, 150 * 300 / 540.0, MISSING_NOT},
    {"run rate", 2025, FIRST_HALF, PROJECTION_RUN_RATE, true, 600, 50, MISSING_NOT},
    {"prior year", 2025, FIRST_HALF, PROJECTION_PRIOR_YEAR, true, 660 * 300 / 240.0, 87.5,
     MISSING_NOT},
    {"of fewer known months than there are", 2025, 1, PROJECTION_RUN_RATE, true, 600, 50,
     MISSING_NOT},
    {"of a later month alone", 2024, 1U << 11, PROJECTION_PRIOR_YEAR, true, 480 * 70 / 50.0, 70,
     MISSING_NOT},
    {"share of the years there are", 2022, FIRST_HALF, PROJECTION_SEASONAL_SHARE, true, 360, 40,
     MISSING_NOT},
    {"no year before", 2021, FIRST_HALF, PROJECTION_SEASONAL_SHARE, false, 0, 0,
     MISSING_INSUFFICIENT_HISTORY},
    {"no last year", 2021, FIRST_HALF, PROJECTION_PRIOR_YEAR, false, 0, 0, MISSING_NO_BASE},
    {"last year is not complete", 2026, FIRST_HALF, PROJECTION_PRIOR_YEAR, false, 0, 0,
     MISSING_NO_BASE},
    {"no month known", 2026, 0, PROJECTION_RUN_RATE, false, 0, 0, MISSING_INSUFFICIENT_HISTORY},
    {"a complete year is its own total", 2024, 0xFFF, PROJECTION_SEASONAL_SHARE, true, 660, 0,
     MISSING_NOT},
};

START_TEST(forecasts)
{
    struct store store = {0};
    const char *name = forecast_cases[_i].name;
    struct view view = years_read(&store);
    struct forecast got = forecast_year(&view, forecast_cases[_i].year, forecast_cases[_i].known,
                                        forecast_cases[_i].method);
    ck_assert_msg(got.known == forecast_cases[_i].is_known, "%s", name);
    ck_assert_msg(got.missing == forecast_cases[_i].missing, "%s: %d", name, got.missing);
    if (got.known) {
        ck_assert_msg(near(got.total, forecast_cases[_i].total), "%s: %.9f", name, got.total);
        ck_assert_msg(near(got.month[11], forecast_cases[_i].last_month), "%s: %.9f", name,
                      got.month[11]);
    }
    store_release(&store);
}
END_TEST

START_TEST(months_add_up_to_the_year)
{
    struct store store = {0};
    struct view view = years_read(&store);
    for (int method = 0; method < PROJECTION_METHODS; method++) {
        struct forecast got =
            forecast_year(&view, 2025, FIRST_HALF, (enum projection_method)method);
        double total = 300;
        for (int i = 6; i < 12; i++)
            total += got.month[i];
        ck_assert_msg(near(total, got.total), "method %d: %.9f", method, total);
    }
    store_release(&store);
}
END_TEST

START_TEST(no_base_to_scale_by)
{
    struct store store = {0};
    struct view view = series_read(&store, "2023-07", "0 5 5 5 5 5 5 5 5 5 5 5 7", "", 7);
    ck_assert_int_eq(forecast_year(&view, 2025, 1, PROJECTION_PRIOR_YEAR).missing,
                     MISSING_ZERO_BASE);
    store_release(&store);
    view = series_read(&store, "2023-07", "-1 5 5 5 5 5 5 5 5 5 5 5 7", "", 7);
    ck_assert_int_eq(forecast_year(&view, 2025, 1, PROJECTION_SEASONAL_SHARE).missing,
                     MISSING_NEGATIVE_BASE);
    store_release(&store);
}
END_TEST

static const struct {
    const char *name;
    const char *first; /* month of the values */
    int32_t year;
    enum projection_method method;
} default_cases[] = {
    {"three complete years", "2020-07", 2024, PROJECTION_SEASONAL_SHARE},
    {"two: last year", "2020-07", 2023, PROJECTION_PRIOR_YEAR},
    {"none: the run rate", "2020-07", 2021, PROJECTION_RUN_RATE},
    {"last year not complete", "2020-08", 2022, PROJECTION_RUN_RATE},
};

START_TEST(default_method)
{
    struct store store = {0};
    struct view view = years_from(&store, default_cases[_i].first);
    struct fiscal_year year = fiscal_year_known(&view, default_cases[_i].year);
    year.known = FIRST_HALF;
    ck_assert_msg(projection_default(&view, &year) == default_cases[_i].method, "%s",
                  default_cases[_i].name);
    store_release(&store);
}
END_TEST

/* FY2025 needs 900 - 300 in six months, where FY2024 had 420: 42.8571 percent more. The second half
 * grew on the year by 50, 66.67 and 40 percent before. */
START_TEST(required_run_rate)
{
    struct store store = {0};
    struct view view = years_read(&store);
    struct fiscal_year year = fiscal_year_known(&view, 2025);
    struct required got = required_for(&view, &year, amount_read("900"));
    ck_assert_int_eq(got.remaining, 6);
    ck_assert_str_eq(ratio_text(got.average), "100");
    ck_assert(got.has_growth && got.missing == MISSING_NOT);
    ck_assert_str_eq(ratio_text(got.growth_percent), "42.8571");
    ck_assert_int_eq(got.years_before, 3);
    ck_assert_int_eq(got.reached_before, 2);
    got = required_for(&view, &year, amount_read("888")); /* 40 percent: as much counts */
    ck_assert_int_eq(got.reached_before, 3);
    got = required_for(&view, &year, amount_read("888.000001"));
    ck_assert_int_eq(got.reached_before, 2);
    got = required_for(&view, &year, amount_read("240")); /* met already */
    ck_assert_str_eq(ratio_text(got.average), "-10");
    ck_assert_str_eq(ratio_text(got.growth_percent), "-114.2857");
    store_release(&store);
}
END_TEST

static const struct {
    const char *name;
    const char *values; /* from 2023-07 on */
    enum missing missing;
} required_cases[] = {
    {"last year lacks a month", "1 1 1 1 1 1 1 1 1 1 1 - 1", MISSING_NO_BASE},
    {"one that is not needed may lack", "- 1 1 1 1 1 1 1 1 1 1 1 1", MISSING_NOT},
    {"last year had nothing", "1 0 0 0 0 0 0 0 0 0 0 0 1", MISSING_ZERO_BASE},
    {"or less", "1 0 0 0 0 0 0 0 0 0 0 -1 1", MISSING_NEGATIVE_BASE},
};

START_TEST(required_without_base)
{
    struct store store = {0};
    struct view view = series_read(&store, "2023-07", required_cases[_i].values, "", 7);
    struct fiscal_year year = fiscal_year_known(&view, 2025);
    struct required got = required_for(&view, &year, amount_read("23"));
    ck_assert_int_eq(got.remaining, 11);
    ck_assert_str_eq(ratio_text(got.average), "2");
    ck_assert_msg(got.missing == required_cases[_i].missing, "%s: %d", required_cases[_i].name,
                  got.missing);
    ck_assert(got.has_growth == (got.missing == MISSING_NOT));
    store_release(&store);
}
END_TEST

START_TEST(nothing_is_required_of_a_complete_year)
{
    struct store store = {0};
    struct view view = years_read(&store);
    struct fiscal_year year = fiscal_year_known(&view, 2024);
    struct required got = required_for(&view, &year, amount_read("900"));
    ck_assert(got.remaining == 0 && !got.has_growth);
    store_release(&store);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(projection_method_names[PROJECTION_SEASONAL_SHARE], "seasonal_share");
    ck_assert_str_eq(projection_method_names[PROJECTION_RUN_RATE], "run_rate");
    ck_assert_str_eq(projection_method_names[PROJECTION_PRIOR_YEAR], "prior_year");
    ck_assert_ptr_null(projection_method_names[PROJECTION_METHODS]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("projection");
    tcase_add_test(tests, known_months_of_a_year);
    tcase_add_test(tests, default_year);
    tcase_add_loop_test(tests, forecasts, 0, COUNT(forecast_cases));
    tcase_add_test(tests, months_add_up_to_the_year);
    tcase_add_test(tests, no_base_to_scale_by);
    tcase_add_loop_test(tests, default_method, 0, COUNT(default_cases));
    tcase_add_test(tests, required_run_rate);
    tcase_add_loop_test(tests, required_without_base, 0, COUNT(required_cases));
    tcase_add_test(tests, nothing_is_required_of_a_complete_year);
    tcase_add_test(tests, names);
    return check_main(tests);
}
