/* Months in a row with growth. */
#include "check_main.h"
#include "exportstat/stats/records.h"
#include "stats/series_text.h"

/* "current / longest" as months, from, to; "ended by" a month and why. */
static const struct {
    const char *name;
    const char *values; /* from 2024-01 on */
    enum growth_basis basis;
    int32_t current, longest;
    const char *longest_from, *longest_to, *ended_by;
    enum missing missing;
} streak_cases[] = {
    {"nothing", "", GROWTH_MOM, 0, 0, NULL, NULL, NULL, MISSING_NOT},
    {"one month has no growth", "100", GROWTH_MOM, 0, 0, NULL, NULL, "2024-01", MISSING_NO_BASE},
    {"growth to the newest month", "100 110 120", GROWTH_MOM, 2, 2, "2024-02", "2024-03", "2024-01",
     MISSING_NO_BASE},
    {"equal is not growth", "100 110 110 120", GROWTH_MOM, 1, 1, "2024-02", "2024-02", "2024-03",
     MISSING_NOT},
    {"ended by a fall in the newest month", "100 110 120 119", GROWTH_MOM, 0, 2, "2024-02",
     "2024-03", "2024-04", MISSING_NOT},
    {"a missing month ends it", "100 110 - 120 130", GROWTH_MOM, 1, 1, "2024-02", "2024-02",
     "2024-04", MISSING_NO_BASE},
    {"a base of zero ends it", "0 10 20", GROWTH_MOM, 1, 1, "2024-03", "2024-03", "2024-02",
     MISSING_ZERO_BASE},
    {"a base below zero ends it", "-5 10 20", GROWTH_MOM, 1, 1, "2024-03", "2024-03", "2024-02",
     MISSING_NEGATIVE_BASE},
    {"the earliest of equally long ones", "1 2 3 2 3 4 3 4 5", GROWTH_MOM, 2, 2, "2024-02",
     "2024-03", "2024-07", MISSING_NOT},
    {"the longest is in the middle", "5 4 5 6 7 6 7", GROWTH_MOM, 1, 3, "2024-03", "2024-05",
     "2024-06", MISSING_NOT},
    {"on the year", "1 1 1 1 1 1 1 1 1 1 1 1 1 2 2 2", GROWTH_YOY, 3, 3, "2025-02", "2025-04",
     "2025-01", MISSING_NOT},
    {"on the year, without base before", "1 1 1 1 1 1 1 1 1 1 1 1 2 2", GROWTH_YOY, 2, 2, "2025-01",
     "2025-02", "2024-12", MISSING_NO_BASE},
    {"on the year, the month itself missing", "1 1 1 1 1 1 1 1 1 1 1 1 2 - 2", GROWTH_YOY, 1, 1,
     "2025-01", "2025-01", "2025-02", MISSING_NOT_REPORTED},
    {"on the year, its base missing", "1 - 1 1 1 1 1 1 1 1 1 1 2 2 2", GROWTH_YOY, 1, 1, "2025-01",
     "2025-01", "2025-02", MISSING_NO_BASE},
};

START_TEST(streaks)
{
    struct store store = {0};
    const char *name = streak_cases[_i].name;
    struct view view = series_read(&store, "2024-01", streak_cases[_i].values, "", 7);
    struct streaks got = streaks_of(&view, streak_cases[_i].basis);
    ck_assert_msg(got.current.months == streak_cases[_i].current, "%s: %d", name,
                  got.current.months);
    ck_assert_msg(got.longest.months == streak_cases[_i].longest, "%s: %d", name,
                  got.longest.months);
    if (got.longest.months > 0) {
        ck_assert_msg(got.longest.from == span_of(streak_cases[_i].longest_from).first, "%s", name);
        ck_assert_msg(got.longest.to == span_of(streak_cases[_i].longest_to).first, "%s", name);
    }
    ck_assert_msg(got.current.ended == (streak_cases[_i].ended_by != NULL), "%s", name);
    if (got.current.ended) {
        ck_assert_msg(got.current.ended_by == span_of(streak_cases[_i].ended_by).first, "%s", name);
        ck_assert_msg(got.current.missing == streak_cases[_i].missing, "%s: %d", name,
                      got.current.missing);
    }
    if (got.current.months > 0) {
        ck_assert_int_eq(got.current.to, view_last(&view));
        ck_assert_int_eq(got.current.from, view_last(&view) - got.current.months + 1);
    }
    store_release(&store);
}
END_TEST

START_TEST(streak_that_a_month_ends)
{
    struct store store = {0};
    struct view view = series_read(&store, "2024-01", "5 4 5 6 7 6 7", "", 7);
    ck_assert_int_eq(streak_at(&view, GROWTH_MOM, span_of("2024-04").first).months, 2);
    ck_assert_int_eq(streak_at(&view, GROWTH_MOM, span_of("2024-02").first).months, 0);
    ck_assert_int_eq(streak_at(&view, GROWTH_MOM, span_of("2030-02").first).months, 0);
    ck_assert_int_eq(streak_at(&view, GROWTH_MOM, span_of("2020-02").first).months, 0);
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("streaks");
    tcase_add_loop_test(tests, streaks, 0, COUNT(streak_cases));
    tcase_add_test(tests, streak_that_a_month_ends);
    return check_main(tests);
}
