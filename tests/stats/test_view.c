#include "exportstat/stats/view.h"

#include "check_main.h"
#include "stats/print_text.h"
#include "stats/series_text.h"

/* Each row looks at 2025-01 as of a date. */
static const struct {
    const char *name;
    const char *evidence;
    const char *as_of; /* NULL: all */
    enum release release;
    const char *text;
} cases[] = {
    {"before anything", "2025-01 100 1 2025-02-18 2 a/1", "2025-02-17", RELEASE_LATEST,
     "- publishers 0"},
    {"from its date on", "2025-01 100 1 2025-02-18 2 a/1", "2025-02-18", RELEASE_LATEST,
     "100/1 first 2025-02-18 since 2025-02-18 publishers 1 sources a/1"},
    {"a month as its last day: not before", "2025-01 100 1 2025-02 2 a/1", "2025-02-27",
     RELEASE_LATEST, "- publishers 0"},
    {"different publishers count once each",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 100 1 2025-02-19 2 a/2\n2025-01 101 1 2025-02-19 1 "
     "b/1",
     NULL, RELEASE_LATEST,
     "100/1 first 2025-02-18 since 2025-02-18 publishers 2 sources a/1,a/2,b/1"},
    {"only those of the day asked for",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 100 1 2025-02-19 2 b/1", "2025-02-18", RELEASE_LATEST,
     "100/1 first 2025-02-18 since 2025-02-18 publishers 1 sources a/1"},
    {"a dispute", "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1", NULL,
     RELEASE_LATEST, "100/1 first 2025-02-18 since 2025-02-18 publishers 1 disputed sources a/1"},
    {"not before it was made", "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1",
     "2025-02-18", RELEASE_LATEST,
     "100/1 first 2025-02-18 since 2025-02-18 publishers 1 sources a/1"},
    {"a dispute from below", "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-02-19 1 b/1", NULL,
     RELEASE_LATEST, "100/1 first 2025-02-18 since 2025-02-18 publishers 1 disputed sources a/1"},
    {"on the day of the release", "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-18 2 b/1",
     NULL, RELEASE_LATEST,
     "100/1 first 2025-02-18 since 2025-02-18 publishers 1 disputed sources a/1"},
    {"after a revision older values are no dispute",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n2025-01 110 1 2025-02-20 2 "
     "c/1",
     NULL, RELEASE_LATEST, "110/1 first 2025-02-18 since 2025-02-20 publishers 2 sources b/1,c/1"},
    {"but those of its day are",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 110 1 2025-02-20 2 c/1\n2025-01 100 1 2025-02-20 2 d/1",
     NULL, RELEASE_LATEST,
     "110/1 first 2025-02-18 since 2025-02-20 publishers 2 disputed sources b/1,c/1"},
    {"a refinement of the value is a new release",
     "2025-01 100 10 2025-02-18 2 a/1\n2025-01 102 1 2025-02-19 2 b/1", NULL, RELEASE_LATEST,
     "102/1 first 2025-02-18 since 2025-02-19 publishers 2 sources a/1,b/1"},
    {"of the precision alone is not",
     "2025-01 100 10 2025-02-18 2 a/1\n2025-01 100 1 2025-02-19 2 b/1", NULL, RELEASE_LATEST,
     "100/1 first 2025-02-18 since 2025-02-18 publishers 2 sources a/1,b/1"},
    {"a value that comes back is released again",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-02-19 3 a/2\n2025-01 100 1 2025-02-20 3 "
     "a/3",
     NULL, RELEASE_LATEST, "100/1 first 2025-02-18 since 2025-02-20 publishers 1 sources a/1,a/3"},
    {"a rejected report is a dispute and no publisher",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 100.5 1 2025-02-10 2 b/1\n"
     "reject 2025-01 100.5 1 2025-03-01",
     NULL, RELEASE_LATEST,
     "100/1 first 2025-02-10 since 2025-03-01 publishers 1 disputed sources a/1"},
    {"not before it was rejected",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 100.5 1 2025-02-10 2 b/1\n"
     "reject 2025-01 100.5 1 2025-03-01",
     "2025-02-28", RELEASE_LATEST,
     "100.5/1 first 2025-02-10 since 2025-02-10 publishers 2 sources b/1,a/1"},
    {"missing after the only report was rejected",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-03-01", NULL, RELEASE_LATEST,
     "- first 2025-02-18 since 2025-03-01 publishers 0 disputed"},
    {"missing after a value of zero", "2025-01 0 1 2025-02-18 2 a/1\nreject 2025-01 0 1 2025-03-01",
     NULL, RELEASE_LATEST, "- first 2025-02-18 since 2025-03-01 publishers 0 disputed"},
    {"zero after nothing",
     "2025-01 9 1 2025-02-18 2 a/1\nreject 2025-01 9 1 2025-03-01\n2025-01 0 1 2025-03-02 2 b/1",
     NULL, RELEASE_LATEST,
     "0/1 first 2025-02-18 since 2025-03-02 publishers 1 disputed sources b/1"},
    {"accepted: compatible reports stand behind it, later ones dispute it",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "accept 2025-01 110 1 2025-03-01\n2025-01 100 1 2025-03-05 2 c/1",
     NULL, RELEASE_LATEST,
     "110/1 first 2025-02-18 since 2025-03-01 publishers 1 disputed sources b/1"},
    {"accepted without any report", "accept 2025-01 110 1 2025-03-01", NULL, RELEASE_LATEST,
     "110/1 first 2025-03-01 since 2025-03-01 publishers 0"},
    {"accepting what stands is no release",
     "2025-01 100 1 2025-02-18 2 a/1\naccept 2025-01 100 1 2025-03-01", NULL, RELEASE_LATEST,
     "100/1 first 2025-02-18 since 2025-02-18 publishers 1 sources a/1"},
    {"derived: its terms stand behind it",
     "2024-12 300 1 2025-02-01 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 b/2", NULL, RELEASE_LATEST,
     "~400/2 first 2025-02-18 since 2025-02-18 publishers 2 sources b/2,a/1"},
    {"derived: terms of one publisher count once",
     "2024-12 300 1 2025-02-01 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2", NULL, RELEASE_LATEST,
     "~400/2 first 2025-02-18 since 2025-02-18 publishers 1 sources a/2,a/1"},
    {"derived is never disputed",
     "2024-12 300 1 2025-02-01 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "2025-01 390 1 2025-02-20 2 b/1\nreject 2025-01 390 1 2025-02-21",
     NULL, RELEASE_LATEST, "~400/2 first 2025-02-18 since 2025-02-21 publishers 1 sources a/2,a/1"},
    {"a report of a derived value is no new release",
     "2024-12 300 1 2025-02-01 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "2025-01 400 1 2025-02-20 2 b/1",
     NULL, RELEASE_LATEST, "400/1 first 2025-02-18 since 2025-02-18 publishers 1 sources b/1"},
    {"the first release", "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-02-19 3 a/2", NULL,
     RELEASE_FIRST, "100/1 first 2025-02-18 since 2025-02-18 publishers 1 disputed sources a/1"},
    {"the first release, derived",
     "2024-12 300 1 2025-02-01 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 b/2\n"
     "2025-01 390 1 2025-02-20 2 c/1",
     NULL, RELEASE_FIRST, "~400/2 first 2025-02-18 since 2025-02-18 publishers 2 sources b/2,a/1"},
    {"the first release of a value that is gone",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-03-01", NULL, RELEASE_FIRST,
     "100/1 first 2025-02-18 since 2025-02-18 publishers 0 disputed"},
    {"no first release before it", "2025-01 100 1 2025-02-18 2 a/1", "2025-02-17", RELEASE_FIRST,
     "- publishers 0"},
};

START_TEST(observations)
{
    struct store store = {0};
    struct buffer text = {0};
    date as_of = cases[_i].as_of ? date_read(cases[_i].as_of) : DATE_ALL;
    store_read(&store, cases[_i].evidence, 7);
    const struct history *history = history_find(&store.resolved, span_of("2025-01"));
    struct observation observation = observe(history, as_of, cases[_i].release);
    print_observation(&text, &store.arena, &observation, as_of);
    ck_assert_msg(strcmp(text.bytes, cases[_i].text) == 0, "%s: %s", cases[_i].name, text.bytes);
    buffer_release(&text);
    store_release(&store);
}
END_TEST

START_TEST(view_runs_from_the_first_to_the_last_known_month)
{
    struct store store = {0};
    struct view view = series_read(&store, "2025-01", "100 - 120",
                                   "2024-10/2024-12 300 1 2025-01-18 2 a/1\n"
                                   "2025-01/2025-06 700 1 2025-07-18 2 a/2\n",
                                   7);
    ck_assert_int_eq(view.first, 2025 * 12);
    ck_assert_uint_eq(view.n, 3);
    ck_assert_int_eq(view_last(&view), 2025 * 12 + 2);
    ck_assert(view.at[0].known && !view.at[1].known && view.at[2].known);
    ck_assert_ptr_eq(view_month(&view, 2025 * 12 + 1), &view.at[1]);
    ck_assert_ptr_null(view_month(&view, 2025 * 12 - 1));
    ck_assert_ptr_null(view_month(&view, 2025 * 12 + 3));
    view = view_of(&store.arena, &store.resolved, date_read("2025-03-01"), RELEASE_LATEST);
    ck_assert_uint_eq(view.n, 1);
    view = view_of(&store.arena, &store.resolved, date_read("2025-01-20"), RELEASE_LATEST);
    ck_assert_uint_eq(view.n, 0);
    ck_assert_ptr_null(view_month(&view, 2025 * 12));
    store_release(&store);
}
END_TEST

START_TEST(names_of_what_is_missing)
{
    ck_assert_ptr_null(missing_names[MISSING_NOT]);
    ck_assert_str_eq(missing_names[MISSING_NOT_REPORTED], "not_reported");
    ck_assert_str_eq(missing_names[MISSING_INCOMPLETE_PERIOD], "incomplete_period");
    ck_assert_str_eq(missing_names[MISSING_NO_BASE], "no_base");
    ck_assert_str_eq(missing_names[MISSING_ZERO_BASE], "zero_base");
    ck_assert_str_eq(missing_names[MISSING_NEGATIVE_BASE], "negative_base");
    ck_assert_str_eq(missing_names[MISSING_INSUFFICIENT_HISTORY], "insufficient_history");
}
END_TEST

/* The newest day that counts, of a store of reports on months and a longer period, and a ruling. */
static const struct {
    const char *name;
    const char *evidence;
    const char *as_of; /* NULL: all */
    const char *day;   /* NULL: none */
} known[] = {
    {"nothing", "", NULL, NULL},
    {"before anything", "2025-01 100 1 2025-02-18 2 a/1", "2025-02-17", NULL},
    {"a report", "2025-01 100 1 2025-02-18 2 a/1", NULL, "2025-02-18"},
    {"a later dispute, which changes no value",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-04-19 1 b/1", NULL, "2025-04-19"},
    {"not after the date", "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-04-19 1 b/1",
     "2025-04-18", "2025-02-18"},
    {"of a longer period", "2025-01 100 1 2025-02-18 3 a/1\nFY2025 1200 1 2025-08-01 3 a/2", NULL,
     "2025-08-01"},
    {"a ruling", "2025-01 100 1 2025-02-18 3 a/1\nreject 2025-01 100 1 2025-09-01", NULL,
     "2025-09-01"},
};

START_TEST(since_when_it_is_known)
{
    struct store store = {0};
    store_read(&store, known[_i].evidence, 7);
    date as_of = known[_i].as_of ? date_read(known[_i].as_of) : DATE_ALL;
    struct view view = view_of(&store.arena, &store.resolved, as_of, RELEASE_LATEST);
    date day;
    char text[DATE_TEXT];
    ck_assert_int_eq(view_known_on(&view, &day), known[_i].day != NULL);
    if (known[_i].day) {
        date_format(day, text);
        ck_assert_str_eq(text, known[_i].day);
    }
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("view");
    tcase_add_loop_test(tests, observations, 0, COUNT(cases));
    tcase_add_test(tests, view_runs_from_the_first_to_the_last_known_month);
    tcase_add_test(tests, names_of_what_is_missing);
    tcase_add_loop_test(tests, since_when_it_is_known, 0, COUNT(known));
    return check_main(tests);
}
