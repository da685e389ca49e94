#include "exportstat/stats/quality.h"

#include "check_main.h"
#include "stats/series_text.h"

/* Six months around 100, with a place for one more of them. */
#define AROUND(value)                        \
    "2024-01 100 1 2024-02-18 2 a/1\n"       \
    "2024-02 104 1 2024-03-18 2 a/2\n"       \
    "2024-03 98 1 2024-04-18 2 a/3\n"        \
    "2024-04 " value " 1 2024-05-18 2 a/4\n" \
    "2024-05 110 1 2024-06-18 2 a/5\n"       \
    "2024-06 95 1 2024-07-18 2 a/6\n"        \
    "2024-07 101 1 2024-08-18 2 a/7\n"

/* A finding is "KIND PERIOD VALUE EXPECTED SOURCES"; several are told apart by a semicolon. */
static const struct {
    const char *name;
    const char *series;
    const char *total; /* what it is part of, or NULL */
    const char *expected;
} cases[] = {
    {"nothing to find", AROUND("105"), NULL, ""},
    {"a tenth of the months around", AROUND("10"), NULL, "out_of_scale 2024-04 10 98 a/4"},
    {"tenfold", AROUND("1040"), NULL, "out_of_scale 2024-04 1040 98 a/4"},
    {"growth is no misprint", AROUND("260"), NULL, ""},
    {"a slump is none", AROUND("40"), NULL, ""},
    {"a hundredth is another matter", AROUND("1"), NULL, ""},
    {"zero is no tenth", AROUND("0"), NULL, ""},
    {"the neighbours of a misprint are right", AROUND("10") "2024-08 103 1 2024-09-18 2 a/8", NULL,
     "out_of_scale 2024-04 10 98 a/4"},
    {"two misprints side by side",
     "2024-01 100 1 2024-02-18 2 a/1\n2024-02 104 1 2024-03-18 2 a/2\n2024-03 98 1 2024-04-18 2 "
     "a/3\n"
     "2024-04 10 1 2024-05-18 2 a/4\n2024-05 11 1 2024-06-18 2 a/5\n2024-06 95 1 2024-07-18 2 a/6\n"
     "2024-07 101 1 2024-08-18 2 a/7\n2024-08 99 1 2024-09-18 2 a/8",
     NULL, "out_of_scale 2024-04 10 98 a/4; out_of_scale 2024-05 11 95 a/5"},
    {"one neighbour is too few", "2024-01 100 1 2024-02-18 2 a/1\n2024-02 10 1 2024-03-18 2 a/2",
     NULL, ""},
    {"two against one",
     "2024-01 100 1 2024-02-18 2 a/1\n2024-02 10 1 2024-03-18 2 a/2\n2024-03 12 1 2024-04-18 2 a/3",
     NULL, "out_of_scale 2024-01 100 10 a/1"},
    {"another report of the month knows better", AROUND("104") "2024-04 10.4 0.1 2024-05-19 2 b/1",
     NULL, "out_of_scale 2024-04 10.4 104 b/1"},
    {"a rejected report has been found already",
     AROUND("104") "2024-04 10.4 0.1 2024-05-19 2 b/1\nreject 2024-04 10.4 0.1 2024-06-01", NULL,
     ""},
    {"a total that is a tenth of its months", AROUND("105") "2024-01/2024-06 61 1 2024-07-18 2 b/1",
     NULL,
     "months_against_sum 2024-01/2024-06 61 612 b/1; out_of_scale 2024-01/2024-06 61 612 b/1"},
    {"a year that is tenfold",
     "FY2020 1000 10 2020-07-18 2 a/1\nFY2021 1100 10 2021-07-18 2 a/2\nFY2022 12000 10 2022-07-18 "
     "2 a/3\n"
     "FY2023 1300 10 2023-07-18 2 a/4",
     NULL, "out_of_scale FY2022 12000 1100 a/3"},
    {"the first report that is not rejected stands for a total",
     AROUND("105") "2024-01/2024-06 650 1 2024-07-18 2 b/1\n2024-01/2024-06 650.4 0.1 2024-07-19 2 "
                   "c/1\n"
                   "reject 2024-01/2024-06 650 1 2024-08-01",
     NULL, "months_against_sum 2024-01/2024-06 650.4 612 c/1"},
    {"a part above the whole", "2024-01 100 1 2024-02-18 2 a/1", "2024-01 90 1 2024-02-18 2 b/1",
     "part_above_total 2024-01 100 90"},
    {"a part above the whole within rounding", "2024-01 100 1 2024-02-18 2 a/1",
     "2024-01 99 1 2024-02-18 2 b/1", ""},
    {"before the month was over", "2024-01 100 1 2024-01-30 2 a/1", NULL, "early 2024-01 a/1"},
    {"on its last day", "2024-01 100 1 2024-01-31 2 a/1", NULL, ""},
    {"twice by one publisher", "2024-01 100 1 2024-02-18 2 a/1\n2024-01 100 1 2024-02-18 2 a/2",
     NULL, "duplicate 2024-01 a/1 a/2"},
};

static void findings_print(struct buffer *out, const struct findings *findings)
{
    char text[AMOUNT_TEXT];
    buffer_text(out, "");
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *finding = &findings->at[i];
        char period[PERIOD_TEXT];
        span_name(finding->span, 7, period);
        buffer_format(out, "%s%s %s", i > 0 ? "; " : "", finding_names[finding->kind], period);
        if (finding->has_values) {
            amount_format(finding->value, text);
            buffer_format(out, " %s", text);
            amount_format(finding->expected, text);
            buffer_format(out, " %s", text);
        }
        for (size_t k = 0; k < COUNT(finding->reports); k++) {
            if (finding->reports[k])
                buffer_format(out, " %s", finding->reports[k]->source);
        }
    }
}

START_TEST(what_is_found)
{
    struct store series = {0};
    struct store whole = {0};
    struct buffer got = {0};
    struct view total;
    store_read(&series, cases[_i].series, 7);
    struct view view = view_of(&series.arena, &series.resolved, DATE_ALL, RELEASE_LATEST);
    if (cases[_i].total) {
        store_read(&whole, cases[_i].total, 7);
        total = view_of(&whole.arena, &whole.resolved, DATE_ALL, RELEASE_LATEST);
    }
    struct findings findings = findings_of(&series.arena, &view, cases[_i].total ? &total : NULL);
    findings_print(&got, &findings);
    ck_assert_msg(strcmp(got.bytes, cases[_i].expected) == 0, "%s: %s", cases[_i].name, got.bytes);
    buffer_release(&got);
    store_release(&series);
    store_release(&whole);
}
END_TEST

/* What is published later is no evidence yet. */
START_TEST(as_of_a_date)
{
    struct store series = {0};
    store_read(&series, AROUND("10"), 7);
    struct view view =
        view_of(&series.arena, &series.resolved, date_read("2024-05-17"), RELEASE_LATEST);
    ck_assert_uint_eq(findings_of(&series.arena, &view, NULL).n, 0);
    view = view_of(&series.arena, &series.resolved, date_read("2024-05-18"), RELEASE_LATEST);
    ck_assert_uint_eq(findings_of(&series.arena, &view, NULL).n, 1);
    store_release(&series);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("quality");
    tcase_add_loop_test(tests, what_is_found, 0, COUNT(cases));
    tcase_add_test(tests, as_of_a_date);
    return check_main(tests);
}
