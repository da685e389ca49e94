#include "exportstat/stats/share.h"

#include "check_main.h"
#include "stats/series_text.h"

/* The part against two others, 2025-01 on. */
static const struct {
    const char *name;
    const char *part, *first, *second;
    const char *period;
    const char *whole, *percent; /* NULL: not known */
    enum missing missing;
} cases[] = {
    {"a month", "437", "2000", "800", "2025-01", "2800", "15.6071", MISSING_NOT},
    {"a quarter", "100 110 120", "200 200 200", "100 100 100", "2025-Q1", "900", "36.6667",
     MISSING_NOT},
    {"more than the whole", "300", "100", "100", "2025-01", "200", "150", MISSING_NOT},
    {"a negative part", "-10", "100", "100", "2025-01", "200", "-5", MISSING_NOT},
    {"the part is missing", "- 1", "100", "100", "2025-01", "200", NULL, MISSING_NOT_REPORTED},
    {"the part is incomplete", "100 110", "1 1 1", "1 1 1", "2025-Q1", "6", NULL,
     MISSING_INCOMPLETE_PERIOD},
    {"one of the whole is missing", "100", "200", "- 1", "2025-01", NULL, NULL, MISSING_NO_BASE},
    {"one of the whole is incomplete", "1 1 1", "2 2 2", "1 1", "2025-Q1", NULL, NULL,
     MISSING_NO_BASE},
    {"a whole of zero", "1", "100", "-100", "2025-01", "0", NULL, MISSING_ZERO_BASE},
    {"a whole below zero", "1", "100", "-101", "2025-01", "-1", NULL, MISSING_NEGATIVE_BASE},
};

START_TEST(shares)
{
    struct store part = {0};
    struct store first = {0};
    struct store second = {0};
    const char *name = cases[_i].name;
    struct view view = series_read(&part, "2025-01", cases[_i].part, "", 7);
    struct view of[] = {series_read(&first, "2025-01", cases[_i].first, "", 7),
                        series_read(&second, "2025-01", cases[_i].second, "", 7)};
    struct share share = share_of(&view, of, 2, span_of(cases[_i].period));
    ck_assert_msg(share.missing == cases[_i].missing, "%s: %d", name, share.missing);
    ck_assert_msg(share.whole_known == (cases[_i].whole != NULL), "%s", name);
    ck_assert_msg(share.has_percent == (cases[_i].percent != NULL), "%s", name);
    if (cases[_i].whole)
        ck_assert_str_eq(amount_text(share.whole), cases[_i].whole);
    if (cases[_i].percent)
        ck_assert_str_eq(ratio_text(share.percent), cases[_i].percent);
    store_release(&part);
    store_release(&first);
    store_release(&second);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("share");
    tcase_add_loop_test(tests, shares, 0, COUNT(cases));
    return check_main(tests);
}
