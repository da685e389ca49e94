/* Rule 6: months that the reports of longer periods leave. */
#include "check_main.h"
#include "exportstat/stats/resolve.h"
#include "stats/evidence_text.h"
#include "stats/print_text.h"

/* Each row tells the history of 2025-01; a derived value begins with a tilde. */
static const struct {
    const char *name;
    const char *evidence;
    const char *history;
} cases[] = {
    {"a range less one month before it",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2", "2025-02-18 ~400/2"},
    {"a range less one month after it",
     "2025-02 300 1 2025-03-18 2 a/1\n2025-01/2025-02 700 1 2025-03-20 2 a/2", "2025-03-20 ~400/2"},
    {"released with the latest of its terms",
     "2024-12/2025-01 700 1 2025-02-18 2 a/2\n2024-12 300 1 2025-02-25 2 a/1", "2025-02-25 ~400/2"},
    {"a range less a shorter one",
     "2024-07/2024-12 1800 1 2025-01-18 2 a/1\n2024-07/2025-01 2200 1 2025-02-18 2 a/2",
     "2025-02-18 ~400/2"},
    {"a range less a shorter one and three months",
     "2024-07/2024-12 1800 1 2025-04-18 2 a/1\n2024-07/2025-04 3400 1 2025-05-18 2 a/2\n"
     "2025-02 390 1 2025-03-18 2 b/2\n2025-03 400 1 2025-04-18 2 b/3\n"
     "2025-04 410 1 2025-05-10 2 b/4",
     "2025-05-18 ~400/5"},
    {"months between the shorter range and this one",
     "2024-07/2024-10 1000 1 2025-01-18 2 a/1\n2024-11 390 1 2025-01-18 2 b/1\n"
     "2024-12 410 1 2025-01-18 2 b/2\n2024-07/2025-01 2200 1 2025-02-18 2 a/2",
     "2025-02-18 ~400/4"},
    {"never four other months",
     "2024-07/2024-12 1800 1 2025-05-18 2 a/1\n2024-07/2025-05 3820 1 2025-06-18 2 a/2\n"
     "2025-02 390 1 2025-03-18 2 b/2\n2025-03 400 1 2025-04-18 2 b/3\n"
     "2025-04 410 1 2025-05-10 2 b/4\n2025-05 420 1 2025-06-10 2 b/5",
     ""},
    {"a fiscal year is a range",
     "2024-07/2024-12 1800 1 2025-06-18 2 a/1\nFY2025 3400 1 2025-07-18 2 a/2\n"
     "2025-02/2025-06 1200 1 2025-07-18 2 a/3",
     ""}, /* but what follows is not a shorter one with the same first month */
    {"a fiscal year less a shorter range and months",
     "2024-07/2025-03 2600 1 2025-04-18 2 a/1\nFY2025 3800 1 2025-07-18 2 a/2\n"
     "2024-07/2024-12 1800 1 2025-04-18 2 a/3\n2025-02 200 1 2025-04-18 2 a/4\n"
     "2025-03 200 1 2025-04-18 2 a/5",
     "2025-04-18 ~400/4"},
    {"two shorter ranges are never taken",
     "2024-07/2024-12 1800 1 2025-04-18 2 a/1\n2024-07/2025-03 2600 1 2025-04-18 2 a/2", ""},
    {"a month is no shorter range, but one of the others",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-02 1000 1 2025-03-18 2 a/2\n"
     "2025-02 300 1 2025-03-18 2 a/3",
     "2025-03-18 ~400/3"},
    {"a shorter range that ends with the month leaves nothing",
     "2024-12/2025-01 700 1 2025-02-18 2 a/1\n2024-12/2025-02 1000 1 2025-03-18 2 a/2", ""},
    {"the month before is missing", "2024-12/2025-01 700 1 2025-02-18 2 a/1", ""},
    {"never from derived months",
     "2024-10/2024-12 1000 1 2025-01-18 2 a/1\n2024-10 300 1 2025-01-18 2 a/2\n"
     "2024-11 300 1 2025-01-18 2 a/3\n2024-12/2025-01 800 1 2025-02-18 2 a/4",
     ""},
    {"never from accepting rulings",
     "accept 2024-12 300 1 2025-01-18\n2024-12/2025-01 700 1 2025-02-18 2 a/2", ""},
    {"nor to their value: the reports count",
     "2024-12 300 1 2025-01-18 2 a/1\naccept 2024-12 290 1 2025-01-20\n"
     "2024-12/2025-01 700 1 2025-02-18 2 a/2",
     "2025-02-18 ~400/2"},
    {"nor from observations: a displaced report counts",
     "2024-12 300 1 2025-01-10 2 a/1\n2024-12 320 0.1 2025-01-18 3 b/1\n"
     "2024-12/2025-01 700 1 2025-01-10 2 a/2",
     "2025-01-10 ~400/2; 2025-01-18 ~380/1.1"},
    {"of any authority", "2024-12 300 1 2025-02-18 1 a/1\n2024-12/2025-01 700 1 2025-02-18 3 b/2",
     "2025-02-18 ~400/2"},
    {"a rejected term does not count, from the ruling's date on",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "reject 2024-12 300 1 2025-03-01",
     "2025-02-18 ~400/2; 2025-03-01 -"},
    {"a rejected range does not count",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "2024-12/2025-01 710 1 2025-02-20 2 a/3\nreject 2024-12/2025-01 700 1 2025-03-01",
     "2025-02-18 ~400/2; 2025-03-01 ~410/2"},

    /* The limits. */
    {"a tenth of the result is sharp enough",
     "2024-12 600 10 2025-01-18 2 a/1\n2024-12/2025-01 800 10 2025-02-18 2 a/2",
     "2025-02-18 ~200/20"},
    {"a little more is not",
     "2024-12 600.000001 10 2025-01-18 2 a/1\n2024-12/2025-01 800 10 2025-02-18 2 a/2", ""},
    {"nothing negative is sharp enough",
     "2024-12 900 1 2025-01-18 2 a/1\n2024-12/2025-01 800 1 2025-02-18 2 a/2", ""},
    {"nor zero", "2024-12 800 1 2025-01-18 2 a/1\n2024-12/2025-01 800 1 2025-02-18 2 a/2", ""},
    {"120 days are one vintage",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 1 2025-05-18 2 a/2", "2025-05-18 ~400/2"},
    {"121 days are not", "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 1 2025-05-19 2 a/2",
     ""},
    {"the days between the earliest and the latest count",
     "2024-11 300 1 2025-01-01 2 a/1\n2024-12 300 1 2025-05-02 2 a/2\n"
     "2024-11/2025-01 1000 1 2025-03-01 2 a/3",
     ""},
    {"a newer report of the same month is of the vintage",
     "2024-12 310 1 2025-01-01 2 a/1\n2024-12 300 1 2025-05-01 2 b/1\n"
     "2024-12/2025-01 700 1 2025-05-18 2 a/2",
     "2025-05-18 ~400/2"},

    /* The preferences, each where those before it tie. */
    {"the finest precision first, though the days are more",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12 310 0.1 2025-01-10 2 b/1\n"
     "2024-12/2025-01 700 1 2025-01-18 2 a/2",
     "2025-01-18 ~390/1.1"},
    {"then the fewest days, though the terms are more",
     "2024-12/2025-01 700 2 2025-02-18 2 a/1\n2024-12 290 2 2025-02-01 2 a/2\n"
     "2024-11/2025-01 1000 1 2025-02-18 2 a/3\n2024-11 300 1 2025-02-10 2 a/4\n"
     "2024-12 300 2 2025-02-10 2 a/5",
     "2025-02-18 ~400/4"},
    {"then the fewest terms, though another release is later",
     "2024-12/2025-01 700 2 2025-02-10 2 a/1\n2024-12 290 2 2025-02-10 2 a/2\n"
     "2024-11/2025-01 1000 1 2025-02-18 2 a/3\n2024-11 300 1 2025-02-18 2 a/4\n"
     "2024-12 300 2 2025-02-18 2 a/5",
     "2025-02-10 ~410/4"},
    {"then the latest release, though the value is larger",
     "2024-12/2025-01 700 1 2025-02-10 2 a/1\n2024-12 300 1 2025-02-10 2 a/2\n"
     "2024-12/2025-01 720 1 2025-02-20 2 a/3\n2024-12 300 1 2025-02-20 2 a/4",
     "2025-02-10 ~400/2; 2025-02-20 ~420/2"},
    {"then the smallest value",
     "2024-12/2025-01 700 1 2025-02-10 2 a/1\n2024-12 300 1 2025-02-10 2 a/2\n"
     "2024-12 310 1 2025-02-10 2 a/3\n2024-12/2025-01 690 1 2025-02-10 2 a/4",
     "2025-02-10 ~380/2"},

    /* Derived values and reports. */
    {"gives way to the first report",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "2025-01 401 10 2025-02-20 1 b/1",
     "2025-02-18 ~400/2; 2025-02-20 401/10"},
    {"is not taken while there is one",
     "2025-01 390 1 2025-02-10 1 b/1\n2024-12 300 1 2025-01-18 3 a/1\n"
     "2024-12/2025-01 700 1 2025-02-18 3 a/2",
     "2025-02-10 390/1"},
    {"comes in where the only report is rejected",
     "2025-01 390 1 2025-02-10 2 b/1\n2024-12 300 1 2025-01-18 2 a/1\n"
     "2024-12/2025-01 700 1 2025-02-18 2 a/2\nreject 2025-01 390 1 2025-03-01",
     "2025-02-10 390/1; 2025-03-01 ~400/2"},
    {"a value accepted by a ruling goes before it",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 1 2025-02-18 2 a/2\n"
     "accept 2025-01 410 1 2025-03-01",
     "2025-02-18 ~400/2; 2025-03-01 410/1"},
    {"a better sum replaces it",
     "2024-12 300 1 2025-01-18 2 a/1\n2024-12/2025-01 700 10 2025-02-18 2 a/2\n"
     "2024-12/2025-01 702 1 2025-02-19 2 b/2",
     "2025-02-18 ~400/11; 2025-02-19 ~402/2"},
};

START_TEST(history)
{
    struct store store = {0};
    struct buffer text = {0};
    struct span january = {2025 * 12, 2025 * 12};
    buffer_text(&text, "");
    store_read(&store, cases[_i].evidence, 7);
    print_history(&text, history_find(&store.resolved, january));
    ck_assert_msg(strcmp(text.bytes, cases[_i].history) == 0, "%s: %s", cases[_i].name, text.bytes);
    buffer_release(&text);
    store_release(&store);
}
END_TEST

static const struct version *derived_january(struct store *store, const char *evidence)
{
    store_read(store, evidence, 7);
    const struct history *of = history_find(&store->resolved, (struct span){2025 * 12, 2025 * 12});
    return &of->versions[of->n_versions - 1];
}

START_TEST(terms_begin_with_the_range)
{
    struct store store = {0};
    const struct version *version =
        derived_january(&store, "2024-07/2024-11 1500 1 2025-01-10 2 a/1\n"
                                "2024-12 300 1 2025-01-18 2 a/2\n2025-02 300 1 2025-03-18 2 a/3\n"
                                "2024-07/2025-02 2500 1 2025-03-20 2 a/4\n");
    static const char *const sources[] = {"a/4", "a/1", "a/2", "a/3"};
    ck_assert(version->derived && !version->ruling);
    ck_assert_uint_eq(version->n_terms, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(version->terms[i]->source, sources[i]);
    store_release(&store);
}
END_TEST

START_TEST(equal_reports_of_one_day_count_once)
{
    struct store store = {0};
    const struct version *version =
        derived_january(&store, "2024-12 300 1 2025-01-18 2 b/1\n2024-12 300 1 2025-01-18 2 a/1\n"
                                "2024-12/2025-01 700 1 2025-02-18 2 a/2");
    ck_assert_uint_eq(version->n_terms, 2);
    ck_assert_str_eq(version->terms[1]->source, "a/1");
    store_release(&store);
}
END_TEST

/* Thirty reports of each of four terms, with one fit among 30^4 combinations, at the end. */
START_TEST(many_reports_take_no_long_search)
{
    struct store store = {0};
    struct buffer lines = {0};
    for (int i = 0; i < 30; i++) {
        int day = i % 28 + 1;
        buffer_format(&lines, "2024-12 3%02d 10 2025-02-%02d 2 p%d/1\n", i, day, i);
        buffer_format(&lines, "2025-02 3%02d 10 2025-03-%02d 2 p%d/2\n", i, day, i);
        buffer_format(&lines, "2025-03 3%02d 10 2025-04-%02d 2 p%d/3\n", i, day, i);
        buffer_format(&lines, "2024-12/2025-03 13%02d 10 2025-04-%02d 2 p%d/4\n", i, day, i);
    }
    buffer_text(&lines, "2024-12/2025-03 1310 1 2025-04-30 2 q/1");
    ck_assert_int_eq(derived_january(&store, lines.bytes)->precision, 31 * (amount)AMOUNT_SCALE);
    buffer_release(&lines);
    store_release(&store);
}
END_TEST

/* Every first month from 2023-01 on, each with every shorter range: far more ways than terms. */
START_TEST(many_ways_lead_to_the_month)
{
    struct store store = {0};
    struct buffer lines = {0};
    for (int first = 0; first < 24; first++) {
        for (int last = first + 1; last < 25; last++) {
            buffer_format(&lines, "%d-%02d/%d-%02d %d 1 2025-02-18 2 a/%d.%d\n", 2023 + first / 12,
                          first % 12 + 1, 2023 + last / 12, last % 12 + 1, 100 * (last - first + 1),
                          first, last);
        }
    }
    buffer_text(&lines, "2024-12 110 1 2025-02-18 2 b/1\n");
    const struct version *version = derived_january(&store, lines.bytes);
    ck_assert_int_eq(version->value, 90 * (amount)AMOUNT_SCALE); /* they tie but for the value */
    ck_assert_int_eq(version->precision, 2 * (amount)AMOUNT_SCALE);
    buffer_release(&lines);
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("derive");
    tcase_add_loop_test(tests, history, 0, COUNT(cases));
    tcase_add_test(tests, terms_begin_with_the_range);
    tcase_add_test(tests, equal_reports_of_one_day_count_once);
    tcase_add_test(tests, many_reports_take_no_long_search);
    tcase_add_test(tests, many_ways_lead_to_the_month);
    return check_main(tests);
}
