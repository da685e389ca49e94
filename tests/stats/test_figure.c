/* Months, sums of months and reports of longer periods in one view. */
#include "check_main.h"
#include "exportstat/stats/view.h"
#include "stats/series_text.h"

/* 2024-07 to 2024-12 known but for October; 2025-01 to 2025-03 known. */
static const char figure_evidence[] =
    "2024-07 100 1 2024-08-18 2 a/1\n2024-08 110 1 2024-09-18 2 a/2\n"
    "2024-09 120 10 2024-10-18 2 a/3\n2024-09 130 1 2024-12-18 3 b/3\n"
    "2024-11 140 1 2024-12-18 2 a/5\n2024-12 150 1 2025-01-18 2 a/6\n"
    "2025-01 160 1 2025-02-18 2 a/7\n2025-02/2025-03 350 1 2025-04-18 2 a/8\n"
    "2025-03 180 1 2025-04-20 2 a/9\n"
    "2024-07/2024-09 341 1 2024-10-18 2 a/10\n2024-07/2024-12 800 1 2025-08-18 2 a/11\n";

static const struct {
    const char *name;
    const char *period;
    bool known, is_sum, is_reported, derived;
    const char *value, *precision;
    int months_present;
    enum missing missing;
    const char *first_released, *released;
} figure_cases[] = {
    {"a month", "2024-08", true, false, false, false, "110", "1", 1, MISSING_NOT, "2024-09-18",
     "2024-09-18"},
    {"a missing month", "2024-10", false, false, false, false, "0", "0", 0, MISSING_NOT_REPORTED,
     NULL, NULL},
    {"a month nobody spoke of", "2030-01", false, false, false, false, "0", "0", 0,
     MISSING_NOT_REPORTED, NULL, NULL},
    {"a derived month", "2025-02", true, false, false, true, "170", "2", 1, MISSING_NOT,
     "2025-04-20", "2025-04-20"},
    {"all months known: the sum, not the own report", "FY2025-Q1", true, true, false, false, "340",
     "3", 3, MISSING_NOT, "2024-10-18", "2024-12-18"},
    {"a sum with a derived month", "2025-Q1", true, true, false, true, "510", "4", 3, MISSING_NOT,
     "2025-04-20", "2025-04-20"},
    {"a month missing: the own report", "FY2025-H1", true, false, true, false, "800", "1", 5,
     MISSING_NOT, "2025-08-18", "2025-08-18"},
    {"a month missing and no own report", "2024-Q4", false, false, false, false, "0", "0", 2,
     MISSING_INCOMPLETE_PERIOD, NULL, NULL},
    {"no month at all", "FY2019", false, false, false, false, "0", "0", 0, MISSING_NOT_REPORTED,
     NULL, NULL},
    {"in part outside of the view", "FY2025", false, false, false, false, "0", "0", 8,
     MISSING_INCOMPLETE_PERIOD, NULL, NULL},
    {"a range", "2024-08/2024-09", true, true, false, false, "240", "2", 2, MISSING_NOT,
     "2024-10-18", "2024-12-18"},
};

START_TEST(figures)
{
    struct store store = {0};
    const char *name = figure_cases[_i].name;
    store_read(&store, figure_evidence, 7);
    struct view view = view_of(&store.arena, &store.resolved, DATE_ALL, RELEASE_LATEST);
    struct figure figure = figure_of(&view, span_of(figure_cases[_i].period));
    ck_assert_msg(figure.known == figure_cases[_i].known, "%s", name);
    ck_assert_msg(figure.missing == figure_cases[_i].missing, "%s: %d", name, figure.missing);
    ck_assert_msg(!figure.known || figure.is_sum == figure_cases[_i].is_sum, "%s", name);
    ck_assert_msg(figure.is_reported == figure_cases[_i].is_reported, "%s", name);
    ck_assert_msg(figure.derived == figure_cases[_i].derived, "%s", name);
    ck_assert_int_eq(figure.months_present, figure_cases[_i].months_present);
    ck_assert(span_equal(figure.span, span_of(figure_cases[_i].period)));
    if (figure.known) {
        ck_assert_str_eq(amount_text(figure.value), figure_cases[_i].value);
        ck_assert_str_eq(amount_text(figure.precision), figure_cases[_i].precision);
        ck_assert_int_eq(figure.first_released.day, date_read(figure_cases[_i].first_released).day);
        ck_assert_int_eq(figure.released.day, date_read(figure_cases[_i].released).day);
    }
    store_release(&store);
}
END_TEST

START_TEST(a_sum_shows_its_own_report_beside)
{
    struct store store = {0};
    store_read(&store, figure_evidence, 7);
    struct view view = view_of(&store.arena, &store.resolved, DATE_ALL, RELEASE_LATEST);
    struct figure quarter = figure_of(&view, span_of("FY2025-Q1"));
    ck_assert(quarter.own.known);
    ck_assert_str_eq(amount_text(quarter.value - quarter.own.value), "-1");
    ck_assert(!figure_of(&view, span_of("2024-08/2024-09")).own.known);
    /* Before the refinement of September, and by first releases, the sum is another. */
    view = view_of(&store.arena, &store.resolved, date_read("2024-12-17"), RELEASE_LATEST);
    ck_assert_str_eq(amount_text(figure_of(&view, span_of("FY2025-Q1")).value), "330");
    view = view_of(&store.arena, &store.resolved, DATE_ALL, RELEASE_FIRST);
    ck_assert_str_eq(amount_text(figure_of(&view, span_of("FY2025-Q1")).value), "330");
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("figure");
    tcase_add_loop_test(tests, figures, 0, COUNT(figure_cases));
    tcase_add_test(tests, a_sum_shows_its_own_report_beside);
    return check_main(tests);
}
