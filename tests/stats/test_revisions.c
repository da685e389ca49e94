#include "exportstat/stats/revisions.h"

#include "check_main.h"
#include "stats/print_text.h"
#include "stats/series_text.h"

static void print_version(struct buffer *out, const struct version *version)
{
    print_value(out, version->known, version->derived, version->value, version->precision);
}

/* "2025-01 on 2025-03-01: 100/1 to 110/1; " for each revision. */
static void revisions_print(struct buffer *out, struct revisions revisions)
{
    buffer_text(out, "");
    for (size_t i = 0; i < revisions.n; i++) {
        print_span(out, revisions.at[i].span);
        buffer_text(out, " on ");
        print_date(out, revisions.at[i].revised);
        buffer_text(out, ": ");
        print_version(out, revisions.at[i].from);
        buffer_text(out, " to ");
        print_version(out, revisions.at[i].to);
        buffer_text(out, "; ");
    }
}

static const struct {
    const char *name;
    const char *evidence; /* about 2025-01 */
    const char *as_of;
    const char *text;
} cases[] = {
    {"none", "2025-01 100 1 2025-02-18 2 a/1", "2199-12-31", ""},
    {"more than rounding", "2025-01 100 1 2025-02-18 3 a/1\n2025-01 102 1 2025-03-01 3 a/2",
     "2199-12-31", "2025-01 on 2025-03-01: 100/1 to 102/1; "},
    {"a refinement is none", "2025-01 100 10 2025-02-18 3 a/1\n2025-01 104 1 2025-03-01 3 a/2",
     "2199-12-31", ""},
    {"a dispute is none", "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-03-01 2 b/1",
     "2199-12-31", ""},
    {"not before its date", "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-03-01 3 a/2",
     "2025-02-28", ""},
    {"on its date", "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-03-01 3 a/2", "2025-03-01",
     "2025-01 on 2025-03-01: 100/1 to 110/1; "},
    {"by a ruling", "2025-01 100 1 2025-02-18 2 a/1\naccept 2025-01 110 1 2025-03-01", "2199-12-31",
     "2025-01 on 2025-03-01: 100/1 to 110/1; "},
    {"an accepting ruling within rounding is none",
     "2025-01 100 1 2025-02-18 2 a/1\naccept 2025-01 100.5 0.1 2025-03-01", "2199-12-31", ""},
    {"a report that contradicts a derived value",
     "2024-12 300 1 2025-02-01 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "2025-01 390 1 2025-03-01 2 b/1",
     "2199-12-31", "2025-01 on 2025-03-01: ~400/2 to 390/1; "},
    {"and one that does not",
     "2024-12 300 1 2025-02-01 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "2025-01 401 1 2025-03-01 2 b/1",
     "2199-12-31", ""},
    {"each of several",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-03-01 3 a/2\n2025-01 120 1 2025-03-02 3 "
     "a/3",
     "2199-12-31",
     "2025-01 on 2025-03-01: 100/1 to 110/1; 2025-01 on 2025-03-02: 110/1 to 120/1; "},
    {"a value lost and found",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-03-01\n2025-01 101 1 2025-03-02 2 "
     "b/1",
     "2199-12-31", "2025-01 on 2025-03-01: 100/1 to -; 2025-01 on 2025-03-02: - to 101/1; "},
    {"losing a value close to zero",
     "2025-01 0.4 1 2025-02-18 2 a/1\nreject 2025-01 0.4 1 2025-03-01", "2199-12-31",
     "2025-01 on 2025-03-01: 0.4/1 to -; "},
};

START_TEST(of_a_month)
{
    struct store store = {0};
    struct buffer text = {0};
    store_read(&store, cases[_i].evidence, 7);
    const struct history *history = history_find(&store.resolved, span_of("2025-01"));
    revisions_print(&text, revisions_of(&store.arena, history, date_read(cases[_i].as_of)));
    ck_assert_msg(strcmp(text.bytes, cases[_i].text) == 0, "%s: %s", cases[_i].name, text.bytes);
    buffer_release(&text);
    store_release(&store);
}
END_TEST

/* Four months: up, down and up again, refined, gone; and one that is not revised. */
static const char series_evidence[] =
    "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-05-02 3 a/2\n"
    "2025-02 200 1 2025-03-18 3 a/3\n2025-02 190 1 2025-05-01 3 a/4\n2025-02 195 1 2025-05-03 3 "
    "a/5\n"
    "2025-03 300 10 2025-04-18 3 a/6\n2025-03 302 1 2025-05-02 3 a/7\n"
    "2025-04 400 1 2025-05-02 3 a/8\nreject 2025-04 400 1 2025-05-02\n"
    "2025-05 400 1 2025-05-10 3 a/9\nreject 2025-05 400 1 2025-05-12\n"
    "2025-06 150 1 2025-04-02 3 a/10\n2025-06 160 1 2025-05-02 3 a/13\n"
    "2025-01/2025-02 300 1 2025-03-18 3 a/11\n2025-01/2025-02 400 1 2025-03-19 3 a/12\n";

START_TEST(of_all_months_by_date)
{
    struct store store = {0};
    struct buffer text = {0};
    store_read(&store, series_evidence, 7);
    revisions_print(&text, revisions_all(&store.arena, &store.resolved, DATE_ALL));
    ck_assert_str_eq(text.bytes, "2025-02 on 2025-05-01: 200/1 to 190/1; "
                                 "2025-01 on 2025-05-02: 100/1 to 110/1; "
                                 "2025-06 on 2025-05-02: 150/1 to 160/1; "
                                 "2025-02 on 2025-05-03: 190/1 to 195/1; "
                                 "2025-05 on 2025-05-12: 400/1 to -; ");
    text.length = 0;
    revisions_print(&text, revisions_all(&store.arena, &store.resolved, date_read("2025-05-01")));
    ck_assert_str_eq(text.bytes, "2025-02 on 2025-05-01: 200/1 to 190/1; ");
    ck_assert_uint_eq(revisions_all(&store.arena, &store.resolved, date_read("2025-01-01")).n, 0);
    buffer_release(&text);
    store_release(&store);
}
END_TEST

START_TEST(statistics)
{
    struct store store = {0};
    store_read(&store, series_evidence, 7);
    struct revision_statistics got = revision_statistics(&store.arena, &store.resolved, DATE_ALL);
    ck_assert_int_eq(got.months, 5);  /* April never had a value on any date */
    ck_assert_int_eq(got.revised, 4); /* January, February, May, June */
    ck_assert_int_eq(got.compared, 4);
    ck_assert_int_eq(got.up, 2);
    ck_assert_int_eq(got.down, 1);
    ck_assert(got.change == (10 - 5 + 2 + 10) * (wide)AMOUNT_SCALE);
    ck_assert(got.absolute_change == (10 + 5 + 2 + 10) * (wide)AMOUNT_SCALE);
    ck_assert(got.first == (100 + 200 + 300 + 150) * (wide)AMOUNT_SCALE);
    got = revision_statistics(&store.arena, &store.resolved, date_read("2025-05-01"));
    ck_assert_int_eq(got.months, 4);
    ck_assert_int_eq(got.revised, 1);
    ck_assert(got.change == -10 * (wide)AMOUNT_SCALE);
    got = revision_statistics(&store.arena, &store.resolved, date_read("2025-01-01"));
    ck_assert(got.months == 0 && got.compared == 0 && got.first == 0);
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("revisions");
    tcase_add_loop_test(tests, of_a_month, 0, COUNT(cases));
    tcase_add_test(tests, of_all_months_by_date);
    tcase_add_test(tests, statistics);
    return check_main(tests);
}
