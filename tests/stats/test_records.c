#include "exportstat/stats/records.h"

#include "check_main.h"
#include "stats/series_text.h"

static void month_print(struct buffer *out, const struct observation *month)
{
    char text[PERIOD_TEXT];
    if (!month) {
        buffer_text(out, "none");
        return;
    }
    span_name(month->span, 7, text);
    buffer_format(out, "%s %s", text, amount_text(month->value));
}

/* From 2024-01 on; the ledger as "month value stood-months". */
static const struct {
    const char *name;
    const char *values;
    const char *ledger;
    size_t missing_before;
} record_cases[] = {
    {"nothing", "", "", 0},
    {"the first month is the first record", "100", "2024-01 100 0;", 0},
    {"strictly above", "100 100 99 101", "2024-01 100 3; 2024-04 101 0;", 0},
    {"a record stands to the next one or the newest month", "100 90 110 100 105",
     "2024-01 100 2; 2024-03 110 2;", 0},
    {"gaps are passed over, and counted up to the last record", "100 - - 110 - 90",
     "2024-01 100 3; 2024-04 110 2;", 2},
    {"gaps before the first known month do not count", "- 100 110", "2024-02 100 1; 2024-03 110 0;",
     0},
    {"below zero", "-10 -20 -5", "2024-01 -10 2; 2024-03 -5 0;", 0},
    {"by the smallest part", "100 100.000001", "2024-01 100 1; 2024-02 100.000001 0;", 0},
    {"falling", "5 4 3 2 1", "2024-01 5 4;", 0},
};

START_TEST(records)
{
    struct store store = {0};
    struct buffer text = {0};
    struct view view = series_read(&store, "2024-01", record_cases[_i].values, "", 7);
    struct records got = records_of(&store.arena, &view);
    buffer_text(&text, "");
    for (size_t i = 0; i < got.n; i++) {
        if (i > 0)
            buffer_char(&text, ' ');
        month_print(&text, got.at[i].month);
        buffer_format(&text, " %d;", got.at[i].stood_months);
        ck_assert_ptr_eq(got.at[i].previous, i > 0 ? got.at[i - 1].month : NULL);
    }
    ck_assert_msg(strcmp(text.bytes, record_cases[_i].ledger) == 0, "%s: %s", record_cases[_i].name,
                  text.bytes);
    ck_assert_uint_eq(got.missing_before, record_cases[_i].missing_before);
    buffer_release(&text);
    store_release(&store);
}
END_TEST

START_TEST(ranks)
{
    struct store store = {0};
    struct view view = series_read(&store, "2024-01", "100 - 300 200 200", "", 7);
    ck_assert_uint_eq(rank_of(&view, amount_read("300")), 1);
    ck_assert_uint_eq(rank_of(&view, amount_read("301")), 1);
    ck_assert_uint_eq(rank_of(&view, amount_read("200")), 2);
    ck_assert_uint_eq(rank_of(&view, amount_read("199")), 4);
    ck_assert_uint_eq(rank_of(&view, amount_read("100")), 4);
    ck_assert_uint_eq(rank_of(&view, amount_read("0")), 5);
    ck_assert_uint_eq(known_months(&view), 4);
    store_release(&store);
}
END_TEST

/* The largest 1, 2 or 5 times a power of ten that is not above a quarter of the record. */
static const struct {
    const char *record;
    const char *step;
} step_cases[] = {
    {"437", "100"},
    {"400", "100"},
    {"399.999999", "50"},
    {"200", "50"},
    {"199", "20"},
    {"80", "20"},
    {"79", "10"},
    {"40", "10"},
    {"39", "5"},
    {"3223", "500"},
    {"2000", "500"},
    {"1999", "200"},
    {"800", "200"},
    {"799", "100"},
    {"4", "1"},
    {"1", "0.2"},
    {"0.000004", "0.000001"},
    {"0.000003", "0"},
    {"0", "0"},
    {"-437", "0"},
    {"999999999", "200000000"},
};

START_TEST(threshold_steps)
{
    amount step = threshold_step(amount_read(step_cases[_i].record));
    ck_assert_msg(step == amount_read(step_cases[_i].step), "%s: %s", step_cases[_i].record,
                  amount_text(step));
}
END_TEST

START_TEST(thresholds)
{
    struct store store = {0};
    struct view view = series_read(&store, "2024-01", "95 - 200 150 400", "", 7);
    const struct observation *month = threshold_crossed(&view, amount_read("100"));
    ck_assert_int_eq(month->span.first, 2024 * 12 + 2);
    ck_assert_ptr_eq(threshold_crossed(&view, amount_read("200")), month);
    ck_assert_int_eq(threshold_crossed(&view, amount_read("200.000001"))->span.first,
                     2024 * 12 + 4);
    ck_assert_ptr_null(threshold_crossed(&view, amount_read("401")));
    store_release(&store);
}
END_TEST

START_TEST(best_of_calendar_months)
{
    struct store store = {0};
    struct buffer text = {0};
    struct view view = series_read(&store, "2024-01", "5 4 - 1 1 1 1 1 1 1 1 -3 5 6 - 1", "", 7);
    month_print(&text, best_of_month(&view, 0)); /* the earliest of equals */
    buffer_char(&text, ' ');
    month_print(&text, best_of_month(&view, 1));
    buffer_char(&text, ' ');
    month_print(&text, best_of_month(&view, 2));
    buffer_char(&text, ' ');
    month_print(&text, best_of_month(&view, 11));
    ck_assert_str_eq(text.bytes, "2024-01 5 2025-02 6 none 2024-12 -3");
    buffer_release(&text);
    store_release(&store);
}
END_TEST

/* With an earlier date, records and streaks are what could have been said that day. */
START_TEST(as_of_a_date)
{
    struct store store = {0};
    series_read(&store, "2024-01", "100 110 120",
                "2024-02 90 1 2024-06-01 3 b/1\n2024-01 130 1 2024-06-02 3 b/2\n", 7);
    date before = date_read("2024-05-31");
    struct view view = view_of(&store.arena, &store.resolved, before, RELEASE_LATEST);
    ck_assert_uint_eq(records_of(&store.arena, &view).n, 3);
    ck_assert_int_eq(streaks_of(&view, GROWTH_MOM).current.months, 2);
    view = view_of(&store.arena, &store.resolved, DATE_ALL, RELEASE_LATEST);
    ck_assert_uint_eq(records_of(&store.arena, &view).n, 1);
    ck_assert_int_eq(streaks_of(&view, GROWTH_MOM).current.months, 1);
    view = view_of(&store.arena, &store.resolved, DATE_ALL, RELEASE_FIRST);
    ck_assert_uint_eq(records_of(&store.arena, &view).n, 3);
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("records");
    tcase_add_loop_test(tests, records, 0, COUNT(record_cases));
    tcase_add_test(tests, ranks);
    tcase_add_loop_test(tests, threshold_steps, 0, COUNT(step_cases));
    tcase_add_test(tests, thresholds);
    tcase_add_test(tests, best_of_calendar_months);
    tcase_add_test(tests, as_of_a_date);
    return check_main(tests);
}
