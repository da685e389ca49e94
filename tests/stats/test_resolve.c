#include "exportstat/stats/resolve.h"

#include "check_main.h"
#include "stats/evidence_text.h"
#include "stats/print_text.h"

/* Each row tells the whole history of the month 2025-01, whose fiscal year starts in July. */
static const struct {
    const char *name;
    const char *evidence;
    const char *history;
} cases[] = {
    {"nothing at all", "", ""},
    {"nothing about this month", "2025-03 100 1 2025-04-10 2 a/1", ""},
    {"the first report is the observation", "2025-01 100 1 2025-02-18 2 a/1", "2025-02-18 100/1"},
    {"a date known to the month counts as its last day", "2025-01 100 1 2025-02 2 a/1",
     "2025-02-28 100/1"},
    {"zero and negative values are values",
     "2025-01 0 1 2025-02-18 2 a/1\n2025-01 -5 1 2025-02-19 3 b/1",
     "2025-02-18 0/1; 2025-02-19 -5/1"},

    /* Rules 3 and 4: one authority. */
    {"the same again", "2025-01 100 1 2025-02-18 2 a/1\n2025-01 100 1 2025-02-19 2 b/1",
     "2025-02-18 100/1"},
    {"a finer one refines", "2025-01 100 1 2025-02-18 2 a/1\n2025-01 100.4 0.1 2025-02-19 2 b/1",
     "2025-02-18 100/1; 2025-02-19 100.4/0.1"},
    {"the same publisher may refine",
     "2025-01 100 10 2025-02-18 2 a/1\n2025-01 102 1 2025-02-19 2 a/2",
     "2025-02-18 100/10; 2025-02-19 102/1"},
    {"a coarser one corroborates only",
     "2025-01 104 1 2025-02-18 2 a/1\n2025-01 100 10 2025-02-19 2 b/1", "2025-02-18 104/1"},
    {"as fine and compatible corroborates only",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 101 1 2025-02-19 2 b/1", "2025-02-18 100/1"},
    {"half the sum of the precisions is compatible",
     "2025-01 100 10 2025-02-18 2 a/1\n2025-01 105.5 1 2025-02-19 2 b/1",
     "2025-02-18 100/10; 2025-02-19 105.5/1"},
    {"a little more contradicts",
     "2025-01 100 10 2025-02-18 2 a/1\n2025-01 105.500001 1 2025-02-19 2 b/1", "2025-02-18 100/10"},
    {"one contradiction is a dispute",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1", "2025-02-18 100/1"},
    {"a second publisher makes it a revision",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 110 1 2025-02-20 2 c/1",
     "2025-02-18 100/1; 2025-02-20 110/1"},
    {"the same publisher does not second itself",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 110 1 2025-02-20 2 b/2",
     "2025-02-18 100/1"},
    {"nor after another one had its turn",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 120 1 2025-02-20 2 c/1\n2025-01 110 1 2025-02-21 2 b/2",
     "2025-02-18 100/1"},
    {"the first publisher may change its mind and second another",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 110 1 2025-02-20 2 a/2",
     "2025-02-18 100/1; 2025-02-20 110/1"},
    {"the later report's value and precision are taken",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 112 10 2025-02-20 2 c/1",
     "2025-02-18 100/1; 2025-02-20 112/10"},
    {"which may be finer",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 10 2025-02-19 2 b/1\n"
     "2025-01 110.5 0.1 2025-02-20 2 c/1",
     "2025-02-18 100/1; 2025-02-20 110.5/0.1"},
    {"challengers that disagree do not second one another",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 120 1 2025-02-20 2 c/1",
     "2025-02-18 100/1"},
    {"three values, the third seconded",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 120 1 2025-02-20 2 c/1\n2025-01 120 1 2025-02-21 2 d/1",
     "2025-02-18 100/1; 2025-02-21 120/1"},
    {"another challenger stays one after a revision",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 120 1 2025-02-20 2 c/1\n2025-01 120 1 2025-02-21 2 d/1\n"
     "2025-01 110 1 2025-02-22 2 e/1",
     "2025-02-18 100/1; 2025-02-21 120/1; 2025-02-22 110/1"},
    {"supporters of a displaced value are no challengers",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 100 1 2025-02-18 2 b/1\n"
     "2025-01 110 1 2025-02-19 2 c/1\n2025-01 110 1 2025-02-20 2 d/1\n"
     "2025-01 100 1 2025-02-21 2 e/1",
     "2025-02-18 100/1; 2025-02-20 110/1"},
    {"but two new reports bring a displaced value back",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 c/1\n"
     "2025-01 110 1 2025-02-20 2 d/1\n2025-01 100 1 2025-02-21 2 e/1\n"
     "2025-01 100 1 2025-02-22 2 f/1",
     "2025-02-18 100/1; 2025-02-20 110/1; 2025-02-22 100/1"},
    {"challengers compatible with the new value lapse",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 110 1 2025-02-20 2 c/1\n2025-01 100 1 2025-02-21 2 d/1\n"
     "2025-01 100 1 2025-02-22 2 e/1\n2025-01 110 1 2025-02-23 2 f/1",
     "2025-02-18 100/1; 2025-02-20 110/1; 2025-02-22 100/1"},

    /* One day. */
    {"of one day, source ids give the order",
     "2025-01 110 1 2025-02-18 2 b/1\n2025-01 100 1 2025-02-18 2 a/1", "2025-02-18 100/1"},
    {"in byte order", "2025-01 110 1 2025-02-18 2 a/1\n2025-01 100 1 2025-02-18 2 B/1",
     "2025-02-18 100/1"},
    {"a revision within one day leaves the last",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-18 2 b/1\n"
     "2025-01 110 1 2025-02-18 2 c/1",
     "2025-02-18 110/1"},

    /* Rule 2: authorities. */
    {"a lower authority does not refine",
     "2025-01 100 10 2025-02-18 2 a/1\n2025-01 102 1 2025-02-19 1 b/1", "2025-02-18 100/10"},
    {"lower authorities do not second one another against a higher",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 1 b/1\n"
     "2025-01 110 1 2025-02-20 1 c/1",
     "2025-02-18 100/1"},
    {"nor a challenger of the deciding authority",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 110 1 2025-02-20 1 c/1",
     "2025-02-18 100/1"},
    {"a challenge from below is none to second",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 1 b/1\n"
     "2025-01 110 1 2025-02-20 2 c/1",
     "2025-02-18 100/1"},
    {"a higher authority that contradicts replaces at once",
     "2025-01 100 1 2025-02-18 1 a/1\n2025-01 110 1 2025-02-19 2 b/1",
     "2025-02-18 100/1; 2025-02-19 110/1"},
    {"even with a coarser value", "2025-01 100 1 2025-02-18 1 a/1\n2025-01 120 10 2025-02-19 2 b/1",
     "2025-02-18 100/1; 2025-02-19 120/10"},
    {"a compatible coarser observation gives way",
     "2025-01 100 10 2025-02-18 1 a/1\n2025-01 102 1 2025-02-19 2 b/1",
     "2025-02-18 100/10; 2025-02-19 102/1"},
    {"a compatible one as fine stays",
     "2025-01 100 1 2025-02-18 1 a/1\n2025-01 101 1 2025-02-19 2 b/1", "2025-02-18 100/1"},
    {"a compatible finer one stays",
     "2025-01 102 1 2025-02-18 1 a/1\n2025-01 100 10 2025-02-19 2 b/1", "2025-02-18 102/1"},
    {"but from then on the higher authority decides",
     "2025-01 102 1 2025-02-18 1 a/1\n2025-01 100 10 2025-02-19 2 b/1\n"
     "2025-01 110 1 2025-02-20 1 c/1\n2025-01 110 1 2025-02-21 1 d/1",
     "2025-02-18 102/1"},
    {"challengers of a lower authority lapse",
     "2025-01 100 1 2025-02-18 1 a/1\n2025-01 110 1 2025-02-19 1 b/1\n"
     "2025-01 100 1 2025-02-20 2 c/1\n2025-01 110 1 2025-02-21 2 d/1",
     "2025-02-18 100/1"},
    {"a higher authority speaks a first time only once",
     "2025-01 100 1 2025-02-18 1 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 120 1 2025-02-20 2 c/1",
     "2025-02-18 100/1; 2025-02-19 110/1"},
    {"an official report that contradicts an official one revises",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-02-19 3 a/2",
     "2025-02-18 100/1; 2025-02-19 110/1"},
    {"an official one need not stand alone",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-02-19 3 a/2\n"
     "2025-01 100 1 2025-02-20 3 a/3",
     "2025-02-18 100/1; 2025-02-19 110/1; 2025-02-20 100/1"},
    {"an official report refines an official one",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 100.2 0.1 2025-02-19 3 a/2",
     "2025-02-18 100/1; 2025-02-19 100.2/0.1"},
    {"the press does not revise what is official",
     "2025-01 100 1 2025-02-18 3 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "2025-01 110 1 2025-02-20 2 c/1",
     "2025-02-18 100/1"},

    /* Rule 5: rulings. */
    {"an accepting ruling is the observation from its date",
     "2025-01 100 1 2025-02-18 2 a/1\naccept 2025-01 110 1 2025-02-20",
     "2025-02-18 100/1; 2025-02-20 110/1"},
    {"even where nobody reported", "accept 2025-01 110 1 2025-02-20", "2025-02-20 110/1"},
    {"reports do not move it, however many",
     "2025-01 100 1 2025-02-18 2 a/1\naccept 2025-01 110 1 2025-02-20\n"
     "2025-01 120 1 2025-02-21 2 b/1\n2025-01 120 1 2025-02-22 2 c/1\n"
     "2025-01 110.2 0.1 2025-02-23 2 d/1",
     "2025-02-18 100/1; 2025-02-20 110/1"},
    {"a later accepting ruling replaces it",
     "accept 2025-01 110 1 2025-02-20\naccept 2025-01 120 1 2025-02-25",
     "2025-02-20 110/1; 2025-02-25 120/1"},
    {"an official report after it ends it",
     "2025-01 100 1 2025-02-18 2 a/1\naccept 2025-01 110 1 2025-02-20\n"
     "2025-01 120 1 2025-02-25 3 b/1",
     "2025-02-18 100/1; 2025-02-20 110/1; 2025-02-25 120/1"},
    {"then all reports are passed over again",
     "2025-01 100 1 2025-02-18 3 a/1\naccept 2025-01 110 1 2025-02-20\n"
     "2025-01 100 1 2025-02-25 3 a/2",
     "2025-02-18 100/1; 2025-02-20 110/1; 2025-02-25 100/1"},
    {"an official report of the same day does not end it",
     "accept 2025-01 110 1 2025-02-20\n2025-01 120 1 2025-02-20 3 b/1", "2025-02-20 110/1"},
    {"nor one before it", "2025-01 120 1 2025-02-19 3 b/1\naccept 2025-01 110 1 2025-02-20",
     "2025-02-19 120/1; 2025-02-20 110/1"},
    {"nor one of a value that is rejected",
     "accept 2025-01 110 1 2025-02-20\nreject 2025-01 120 1 2025-02-21\n"
     "2025-01 120 1 2025-02-25 3 b/1",
     "2025-02-20 110/1"},
    {"a ruling after the official report stands again",
     "accept 2025-01 110 1 2025-02-20\n2025-01 120 1 2025-02-25 3 b/1\n"
     "accept 2025-01 115 1 2025-03-01",
     "2025-02-20 110/1; 2025-02-25 120/1; 2025-03-01 115/1"},
    {"a rejecting ruling takes the report out",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "reject 2025-01 100 1 2025-02-25",
     "2025-02-18 100/1; 2025-02-25 110/1"},
    {"with the only report the observation goes",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-02-25",
     "2025-02-18 100/1; 2025-02-25 -"},
    {"and comes back with the next one",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-02-25\n"
     "2025-01 110 1 2025-03-01 2 b/1",
     "2025-02-18 100/1; 2025-02-25 -; 2025-03-01 110/1"},
    {"exactly that value only", "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100.1 1 2025-02-25",
     "2025-02-18 100/1"},
    {"of whatever precision", "2025-01 100 10 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-02-25",
     "2025-02-18 100/10; 2025-02-25 -"},
    {"every report of the value, later ones too",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-02-25\n"
     "2025-01 100 1 2025-03-01 3 b/1",
     "2025-02-18 100/1; 2025-02-25 -"},
    {"a rejected challenger no longer counts",
     "2025-01 100 1 2025-02-18 2 a/1\n2025-01 110 1 2025-02-19 2 b/1\n"
     "reject 2025-01 110 1 2025-02-20\n2025-01 110.5 1 2025-02-21 2 c/1",
     "2025-02-18 100/1"},
    {"rejected from the start", "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01 100 1 2025-01-01",
     ""},
    {"rulings on another period do not touch this one",
     "2025-01 100 1 2025-02-18 2 a/1\nreject 2025-01/2025-02 100 1 2025-02-20\n"
     "accept 2025-02 110 1 2025-02-20",
     "2025-02-18 100/1"},
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

/* A longer period is resolved by the same rules, and never derived. */
START_TEST(longer_periods)
{
    struct store store = {0};
    struct buffer text = {0};
    struct span year = {2024 * 12 + 6, 2025 * 12 + 5};
    store_read(&store,
               "FY2025 1000 10 2025-07-18 2 a/1\n2024-07/2025-06 1003 1 2025-07-19 2 b/1\n"
               "2024-07/2024-12 500 1 2025-01-18 2 a/2\n2025-01/2025-06 503 1 2025-07-18 2 a/3\n",
               7);
    ck_assert_uint_eq(store.resolved.n_spans, 3);
    print_history(&text, history_find(&store.resolved, year));
    ck_assert_str_eq(text.bytes, "2025-07-18 1000/10; 2025-07-19 1003/1");
    ck_assert_ptr_null(history_find(&store.resolved, (struct span){year.first, year.last + 1}));
    ck_assert_ptr_null(history_find(&store.resolved, (struct span){year.first + 1, year.last}));
    ck_assert_ptr_null(history_find(&store.resolved, (struct span){year.first, year.last - 1}));
    buffer_release(&text);
    store_release(&store);
}
END_TEST

START_TEST(months_have_no_gaps)
{
    struct store store = {0};
    store_read(&store,
               "2025-01 1 1 2025-02-01 2 a/1\n2024-10/2024-12 3 1 2025-01-01 2 a/2\n"
               "2025-06 1 1 2025-07-01 2 a/3",
               7);
    ck_assert_uint_eq(store.resolved.n_months, 9);
    for (int32_t i = 0; i < 9; i++) {
        struct span month = {2024 * 12 + 9 + i, 2024 * 12 + 9 + i};
        const struct history *found = history_find(&store.resolved, month);
        ck_assert_ptr_eq(found, &store.resolved.months[i]);
        ck_assert(span_equal(found->span, month));
    }
    ck_assert_ptr_null(history_find(&store.resolved, (struct span){2024 * 12 + 8, 2024 * 12 + 8}));
    ck_assert_ptr_null(history_find(&store.resolved, (struct span){2025 * 12 + 6, 2025 * 12 + 6}));
    store_release(&store);
}
END_TEST

START_TEST(nothing_resolves_to_nothing)
{
    struct store store = {0};
    store_read(&store, "", 7);
    ck_assert(store.resolved.n_months == 0 && store.resolved.n_spans == 0);
    ck_assert_ptr_null(history_find(&store.resolved, (struct span){2025 * 12, 2025 * 12}));
    ck_assert_ptr_null(history_find(&store.resolved, (struct span){2025 * 12, 2025 * 12 + 11}));
    store_release(&store);
}
END_TEST

static const struct {
    const char *name;
    amount a, a_precision, b, b_precision;
    bool compatible;
} compatible_cases[] = {
    {"equal", 100, 2, 100, 2, true},
    {"touching", 100, 2, 102, 2, true},
    {"apart", 100, 2, 103, 2, false},
    {"unlike precisions", 100, 20, 111, 2, true},
    {"unlike precisions, apart", 100, 20, 112, 2, false},
    {"an odd sum is not rounded", 100, 1, 101, 2, true},
    {"an odd sum is not rounded up", 100, 1, 102, 2, false},
    {"across zero", -1, 2, 1, 2, true},
    {"largest apart", AMOUNT_LIMIT, 1, -AMOUNT_LIMIT, 1, false},
};

START_TEST(compatible_values)
{
    amount a = compatible_cases[_i].a;
    amount b = compatible_cases[_i].b;
    amount pa = compatible_cases[_i].a_precision;
    amount pb = compatible_cases[_i].b_precision;
    ck_assert_msg(compatible(a, pa, b, pb) == compatible_cases[_i].compatible, "%s",
                  compatible_cases[_i].name);
    ck_assert(compatible(b, pb, a, pa) == compatible_cases[_i].compatible);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("resolve");
    tcase_add_loop_test(tests, history, 0, COUNT(cases));
    tcase_add_test(tests, longer_periods);
    tcase_add_test(tests, months_have_no_gaps);
    tcase_add_test(tests, nothing_resolves_to_nothing);
    tcase_add_loop_test(tests, compatible_values, 0, COUNT(compatible_cases));
    return check_main(tests);
}
