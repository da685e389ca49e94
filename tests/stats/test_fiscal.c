#include "exportstat/stats/fiscal.h"

#include "check_main.h"
#include "stats/years_text.h"

START_TEST(known_months_of_a_year)
{
    struct store store = {0};
    struct view view = series_read(&store, "2024-06", "1 2 - 4 - - 7", "", 7);
    struct fiscal_year year = fiscal_year_known(&store.arena, &view, 2025);
    ck_assert(span_equal(year.span, span_of("FY2025")));
    ck_assert_uint_eq(year.known, 1U << 0 | 1U << 2 | 1U << 5);
    ck_assert_int_eq(year.n_known, 3);
    ck_assert_int_eq(fiscal_year_elapsed(&year), 6);
    ck_assert_str_eq(amount_text(year.total), "13");
    ck_assert_str_eq(amount_text(year.value[2]), "4");
    ck_assert_int_eq(fiscal_year_known(&store.arena, &view, 2030).n_known, 0);
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

/* What is reported of the first months together counts where it says something of months that are not known. */
static const struct {
    const char *name;
    const char *reports; /* beside July 2024 = 10 and October 2024 = 40 */
    const char *period;  /* whose report counts; NULL: none */
    unsigned certain;
    const char *certain_total;
} reported_cases[] = {
    {"nothing", "", NULL, 0x009, "50"},
    {"the first quarter", "2024-07/2024-09 60 1 2024-10-20 2 a/q", "FY2025-Q1", 0x00F, "100"},
    {"the longest", "2024-07/2024-09 60 1 2024-10-20 2 a/q\n2024-07/2024-12 200 1 2025-01-20 2 a/6",
     "2024-07/2024-12", 0x03F, "200"},
    {"too coarse to say more", "2024-07/2024-11 150 50 2024-12-20 2 a/5", NULL, 0x009, "50"},
    {"less than what is known", "2024-07/2024-11 45 1 2024-12-20 2 a/5", NULL, 0x009, "50"},
    {"the whole year", "2024-07/2025-06 500 1 2025-07-20 2 a/y", "FY2025", 0xFFF, "500"},
    {"not from its start", "2024-08/2024-09 60 1 2024-10-20 2 a/q", NULL, 0x009, "50"},
};

START_TEST(reported_in_sum)
{
    struct store store = {0};
    const char *name = reported_cases[_i].name;
    struct view view = series_read(&store, "2024-07", "10 - - 40", reported_cases[_i].reports, 7);
    struct fiscal_year year = fiscal_year_known(&store.arena, &view, 2025);
    ck_assert_msg((year.reported != NULL) == (reported_cases[_i].period != NULL), "%s", name);
    if (year.reported)
        ck_assert(span_equal(year.reported->span, span_of(reported_cases[_i].period)));
    ck_assert_msg(year.certain == reported_cases[_i].certain, "%s: %x", name, year.certain);
    ck_assert_str_eq(amount_text(year.certain_total), reported_cases[_i].certain_total);
    ck_assert_uint_eq(year.known, 0x009);
    ck_assert_int_eq(fiscal_year_elapsed(&year), 4);
    struct required got = required_for(&view, &year, amount_read("500"));
    ck_assert_int_eq(got.remaining, 12 - __builtin_popcount(year.certain));
    store_release(&store);
}
END_TEST

/* FY2025 needs 900 - 300 in six months, where FY2024 had 420: 42.8571 percent more. The second half
 * grew on the year by 50, 66.67 and 40 percent before. */
START_TEST(required_run_rate)
{
    struct store store = {0};
    struct view view = years_read(&store);
    struct fiscal_year year = fiscal_year_known(&store.arena, &view, 2025);
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
    struct fiscal_year year = fiscal_year_known(&store.arena, &view, 2025);
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
    struct fiscal_year year = fiscal_year_known(&store.arena, &view, 2024);
    struct required got = required_for(&view, &year, amount_read("900"));
    ck_assert(got.remaining == 0 && !got.has_growth);
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("fiscal");
    tcase_add_test(tests, known_months_of_a_year);
    tcase_add_test(tests, default_year);
    tcase_add_loop_test(tests, reported_in_sum, 0, COUNT(reported_cases));
    tcase_add_test(tests, required_run_rate);
    tcase_add_loop_test(tests, required_without_base, 0, COUNT(required_cases));
    tcase_add_test(tests, nothing_is_required_of_a_complete_year);
    return check_main(tests);
}
