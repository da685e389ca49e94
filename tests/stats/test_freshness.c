#include "exportstat/stats/freshness.h"

#include "check_main.h"
#include "stats/series_text.h"

/* Months of 2025, published so many days after their ends: 18, 20, 17, then 25. */
static const char usual[] = "2025-01 100 1 2025-02-18 2 a/1\n2025-02 100 1 2025-03-20 2 a/2\n"
                            "2025-03 100 1 2025-04-17 2 a/3\n2025-04 100 1 2025-05-25 2 a/4\n";

static const struct {
    const char *name;
    const char *evidence;
    const char *today;
    enum freshness_status status;
    int learned_from, usual_days, longest_days;
    const char *next_expected; /* NULL: not set */
} cases[] = {
    {"before the usual day", usual, "2025-06-01", FRESHNESS_ON_TIME, 4, 18, 25, "2025-06-18"},
    {"on the usual day", usual, "2025-06-18", FRESHNESS_ON_TIME, 4, 18, 25, "2025-06-18"},
    {"the day after", usual, "2025-06-19", FRESHNESS_DUE, 4, 18, 25, "2025-06-18"},
    {"as late as it has been", usual, "2025-06-25", FRESHNESS_DUE, 4, 18, 25, "2025-06-18"},
    {"later than ever", usual, "2025-06-26", FRESHNESS_LATE, 4, 18, 25, "2025-06-18"},
    {"years later", usual, "2031-01-01", FRESHNESS_LATE, 4, 18, 25, "2025-06-18"},
    {"60 days after its end counts", "2025-01 100 1 2025-04-01 2 a/1", "2025-03-01",
     FRESHNESS_ON_TIME, 1, 60, 60, "2025-04-29"},
    {"61 days does not", "2025-01 100 1 2025-04-02 2 a/1", "2025-03-01", FRESHNESS_UNKNOWN, 0, 0, 0,
     NULL},
    {"the first report of a month counts",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 100 1 2025-03-18 2 b/1", "2025-03-01",
     FRESHNESS_ON_TIME, 1, 18, 18, "2025-03-18"},
    {"months first found in later publications do not",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-02 100 1 2025-09-18 2 a/2", "2025-03-01",
     FRESHNESS_ON_TIME, 1, 18, 18, "2025-04-18"},
    {"what was said before the month's end is no release",
     "2025-01 100 1 2025-01-20 2 a/1\n2025-01 100 1 2025-02-18 2 a/2", "2025-03-01",
     FRESHNESS_ON_TIME, 1, 18, 18, "2025-03-18"},
    {"the last release that has a date", "2199-10 100 1 2199-11-18 2 a/1", "2199-12-01",
     FRESHNESS_ON_TIME, 1, 18, 18, "2199-12-18"},
    {"one that would come in 2200", "2199-11 100 1 2199-12-18 2 a/1", "2199-12-31",
     FRESHNESS_UNKNOWN, 0, 0, 0, NULL},
    {"a derived month is judged by its own reports alone",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 1 2025-02-20 2 a/2", "2025-02-21",
     FRESHNESS_ON_TIME, 1, 18, 18, "2025-03-18"},
};

START_TEST(statuses)
{
    struct store store = {0};
    const char *name = cases[_i].name;
    store_read(&store, cases[_i].evidence, 7);
    struct view view = view_of(&store.arena, &store.resolved, DATE_ALL, RELEASE_LATEST);
    struct freshness got = freshness_of(&view, date_read(cases[_i].today));
    ck_assert(got.has_last && got.last_month == view_last(&view));
    ck_assert_msg(got.status == cases[_i].status, "%s: %d", name, got.status);
    ck_assert_msg(got.learned_from == cases[_i].learned_from, "%s: %d", name, got.learned_from);
    if (got.learned_from > 0) {
        ck_assert_msg(got.usual_days == cases[_i].usual_days, "%s: %d", name, got.usual_days);
        ck_assert_msg(got.longest_days == cases[_i].longest_days, "%s: %d", name, got.longest_days);
        ck_assert_int_eq(got.next_expected.day, date_read(cases[_i].next_expected).day);
    }
    store_release(&store);
}
END_TEST

START_TEST(nothing_known)
{
    struct store store = {0};
    struct view view = series_read(&store, "2025-01", "", "", 7);
    struct freshness got = freshness_of(&view, date_read("2025-06-01"));
    ck_assert(got.status == FRESHNESS_UNKNOWN && !got.has_last && got.learned_from == 0);
    store_release(&store);
}
END_TEST

/* The newest twelve months teach the usual day: what was long before does not. */
START_TEST(learns_from_twelve_months)
{
    struct store store = {0};
    struct view view = series_read(&store, "2024-02", "1 1 1 1 1 1 1 1 1 1 1 1",
                                   "2024-01 1 1 2024-03-25 2 b/1", 7);
    struct freshness got = freshness_of(&view, date_read("2025-02-01"));
    ck_assert_int_eq(got.learned_from, 12);
    ck_assert_int_eq(got.longest_days, 18);
    ck_assert_int_eq(got.last_released.day, date_read("2025-02-18").day);
    store_release(&store);
}
END_TEST

START_TEST(as_of_a_date)
{
    struct store store = {0};
    store_read(&store, usual, 7);
    date as_of = date_read("2025-04-01");
    struct view view = view_of(&store.arena, &store.resolved, as_of, RELEASE_LATEST);
    struct freshness got = freshness_of(&view, as_of);
    ck_assert_int_eq(got.last_month, 2025 * 12 + 1);
    ck_assert_int_eq(got.learned_from, 2);
    ck_assert_int_eq(got.usual_days, 18); /* the lower of two middle ones */
    store_release(&store);
}
END_TEST

START_TEST(names)
{
    ck_assert_str_eq(freshness_names[FRESHNESS_UNKNOWN], "unknown");
    ck_assert_str_eq(freshness_names[FRESHNESS_ON_TIME], "on_time");
    ck_assert_str_eq(freshness_names[FRESHNESS_DUE], "due");
    ck_assert_str_eq(freshness_names[FRESHNESS_LATE], "late");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("freshness");
    tcase_add_loop_test(tests, statuses, 0, COUNT(cases));
    tcase_add_test(tests, nothing_known);
    tcase_add_test(tests, learns_from_twelve_months);
    tcase_add_test(tests, as_of_a_date);
    tcase_add_test(tests, names);
    return check_main(tests);
}
