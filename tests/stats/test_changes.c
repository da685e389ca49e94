#include "exportstat/stats/changes.h"

#include "check_main.h"
#include "stats/changes_text.h"
#include "stats/series_text.h"

static const struct {
    const char *name;
    const char *evidence;
    const char *since; /* NULL: all */
    const char *as_of;
    const char *text;
} cases[] = {
    {"nothing", "", NULL, "2199-12-31", ""},
    {"the first month is the first record", "2025-01 100 1 2025-02-18 2 a/1", NULL, "2199-12-31",
     "2025-02-18 2025-01 appeared none to 100/1; 2025-02-18 2025-01 record_set none to 100/1; "},
    {"a lower one after it is no record, nor is an equal one",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-02 90 1 2025-03-18 2 a/2\n2025-03 100 1 2025-04-18 2 "
     "a/3",
     "2025-02-18", "2199-12-31",
     "2025-03-18 2025-02 appeared none to 90/1; 2025-04-18 2025-03 appeared none to 100/1; "},
    {"a higher earlier month takes a record, on the day on which it becomes known",
     "2025-02 100 1 2025-03-18 2 a/1\n2025-01 110 1 2025-05-01 2 a/2", "2025-03-18", "2199-12-31",
     "2025-05-01 2025-01 appeared none to 110/1; 2025-05-01 2025-01 record_set none to 110/1; "
     "2025-05-01 2025-02 record_lost 100/1 to 100/1; "},
    {"a revision downwards loses the record, and another month gets it",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-02 120 1 2025-03-18 3 a/2\n2025-03 110 1 2025-04-18 3 "
     "a/3\n2025-02 90 1 2025-05-18 3 a/4",
     "2025-04-18", "2199-12-31",
     "2025-05-18 2025-02 revised 120/1 to 90/1; 2025-05-18 2025-02 record_lost 120/1 to 90/1; "
     "2025-05-18 2025-03 record_set 110/1 to 110/1; "},
    {"a refinement is none", "2025-01 100 10 2025-02-18 2 a/1\n2025-01 104 1 2025-03-01 2 a/2",
     "2025-02-18", "2199-12-31", ""},
    {"but a record may be lost by it",
     "2025-01 101 1 2025-02-18 2 a/1\n2025-02 102 10 2025-03-18 2 a/2\n2025-02 101 1 2025-04-01 2 "
     "a/3",
     "2025-03-18", "2199-12-31", "2025-04-01 2025-02 record_lost 102/10 to 101/1; "},
    {"a challenger disputes, the next one revises and settles",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-03-01 2 b/1\n2025-01 110 1 2025-03-05 2 "
     "c/1",
     "2025-02-18", "2199-12-31",
     "2025-03-01 2025-01 disputed 100/1 to 100/1; 2025-03-05 2025-01 revised 100/1 to 110/1; "
     "2025-03-05 2025-01 settled 100/1 to 110/1; "},
    {"two reports of one day: there at once, and disputed",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-18 2 b/1", NULL, "2199-12-31",
     "2025-02-18 2025-01 appeared none to 100/1; 2025-02-18 2025-01 disputed none to 100/1; "
     "2025-02-18 2025-01 record_set none to 100/1; "},
    {"a value lost and found",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-03-01\n2025-01 101 1 2025-03-02 2 "
     "b/1",
     "2025-02-18", "2199-12-31",
     "2025-03-01 2025-01 revised 100/1 to -; 2025-03-01 2025-01 disputed 100/1 to -; "
     "2025-03-01 2025-01 record_lost 100/1 to -; 2025-03-02 2025-01 revised - to 101/1; "
     "2025-03-02 2025-01 record_set - to 101/1; "},
    {"what never had a value is not disputed",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-02-18", NULL, "2199-12-31", ""},
    {"derived, then reported",
     "2024-12 300 1 2025-02-01 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "2025-01 390 1 2025-03-01 2 b/1",
     "2025-02-01", "2199-12-31",
     "2025-02-18 2025-01 appeared none to ~400/2; 2025-02-18 2025-01 record_set none to ~400/2; "
     "2025-03-01 2025-01 revised ~400/2 to 390/1; "},
    {"a longer period has no changes of its own",
     "2025-01/2025-02 700 1 2025-02-18 2 a/2\n2025-01/2025-02 800 1 2025-02-19 3 a/3", NULL,
     "2199-12-31", ""},
    {"not on the day of `since`, but on that of `as_of`",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-03-01 3 a/2\n2025-01 120 1 2025-03-02 3 "
     "a/3\n2025-01 130 1 2025-03-03 3 a/4",
     "2025-03-01", "2025-03-02", "2025-03-02 2025-01 revised 110/1 to 120/1; "},
};

START_TEST(of_a_window)
{
    struct store store = {0};
    struct buffer text = {0};
    date since = cases[_i].since ? date_read(cases[_i].since) : DATE_NONE;
    store_read(&store, cases[_i].evidence, 7);
    print_changes(&text,
                  changes_of(&store.arena, &store.resolved, since, date_read(cases[_i].as_of)));
    ck_assert_msg(strcmp(text.bytes, cases[_i].text) == 0, "%s: %s", cases[_i].name, text.bytes);
    buffer_release(&text);
    store_release(&store);
}
END_TEST

/* Two states of a store, as of the end of time. */
static const struct {
    const char *name;
    const char *then;
    const char *now;
    const char *text;
} pairs[] = {
    {"nothing and nothing", "", "", ""},
    {"nothing changed", "2025-01 100 1 2025-02-18 2 a/1", "2025-01 100 1 2025-02-18 2 a/1", ""},
    {"all is new", "", "2025-01 100 1 2025-02-18 2 a/1\n2025-02 90 1 2025-03-18 2 a/2",
     "2025-02-18 2025-01 appeared none to 100/1; 2025-02-18 2025-01 record_set none to 100/1; "
     "2025-03-18 2025-02 appeared none to 90/1; "},
    {"all is gone", "2025-01 100 1 2025-02-18 2 a/1", "",
     "2025-02-18 2025-01 revised 100/1 to none; 2025-02-18 2025-01 record_lost 100/1 to none; "},
    {"only what has come of it, not the way there", "2025-01 100 1 2025-02-18 3 a/1",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-03-01 3 a/2\n2025-01 120 1 2025-03-02 3 "
     "a/3",
     "2025-03-02 2025-01 revised 100/1 to 120/1; "},
    {"an older report that came late", "2025-01 100 1 2025-02-18 2 a/1",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-11 2 b/1",
     "2025-02-11 2025-01 revised 100/1 to 110/1; 2025-02-18 2025-01 disputed 100/1 to 110/1; "},
    {"a dispute on the day on which it came", "2025-01 100 1 2025-02-18 2 a/1",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-03-01 2 b/1",
     "2025-03-01 2025-01 disputed 100/1 to 100/1; "},
    {"and its end when it ended, though the value is finer since",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-03-01 2 b/1",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-03-01 2 b/1\n"
     "2025-01 110 1 2025-03-10 2 c/1\n2025-01 110.2 0.1 2025-04-01 2 c/2",
     "2025-03-10 2025-01 settled 100/1 to 110.2/0.1; 2025-04-01 2025-01 revised 100/1 to "
     "110.2/0.1; "},
    {"a record on the day on which an earlier month took it away",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-02 120 1 2025-03-18 3 a/2",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-02 120 1 2025-03-18 3 a/2\n2025-01 130 1 2025-04-18 3 "
     "a/3",
     "2025-04-18 2025-01 revised 100/1 to 130/1; 2025-04-18 2025-02 record_lost 120/1 to 120/1; "},
    {"a month before and one after", "2025-02 100 1 2025-03-18 2 a/1",
     "2025-01 110 1 2025-02-18 2 a/2\n2025-02 100 1 2025-03-18 2 a/1\n2025-04 120 1 2025-05-18 2 "
     "a/3",
     "2025-02-18 2025-01 appeared none to 110/1; 2025-02-18 2025-01 record_set none to 110/1; "
     "2025-03-18 2025-02 record_lost 100/1 to 100/1; 2025-05-18 2025-04 appeared none to 120/1; "
     "2025-05-18 2025-04 record_set none to 120/1; "},
    {"found and lost meanwhile", "",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-03-01",
     "2025-03-01 2025-01 disputed none to -; "},
};

START_TEST(between_states)
{
    struct store then = {0};
    struct store now = {0};
    struct buffer text = {0};
    store_read(&then, pairs[_i].then, 7);
    store_read(&now, pairs[_i].now, 7);
    print_changes(&text, changes_between(&now.arena, &then.resolved, &now.resolved, DATE_ALL));
    ck_assert_msg(strcmp(text.bytes, pairs[_i].text) == 0, "%s: %s", pairs[_i].name, text.bytes);
    buffer_release(&text);
    store_release(&then);
    store_release(&now);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("changes");
    tcase_add_loop_test(tests, of_a_window, 0, COUNT(cases));
    tcase_add_loop_test(tests, between_states, 0, COUNT(pairs));
    return check_main(tests);
}
