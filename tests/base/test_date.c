#include "exportstat/base/date.h"

#include <string.h>
#include <time.h>

#include "check_main.h"
#include "exportstat/base/text.h"

static const struct {
    const char *text;
    const char *as; /* NULL: refused */
} parse_cases[] = {
    {"2025-12-18", "2025-12-18"},
    {"1900-01-01", "1900-01-01"},
    {"2199-12-31", "2199-12-31"},
    {"2024-02-29", "2024-02-29"},
    {"2000-02-29", "2000-02-29"},
    {"2025-12", "2025-12-31"}, /* a month counts as its last day */
    {"2024-02", "2024-02-29"},
    {"2025-02", "2025-02-28"},
    {"2025-04", "2025-04-30"},
    {"1900-02", "1900-02-28"},
    {"2025-02-29", NULL},
    {"2100-02-29", NULL},
    {"2025-04-31", NULL},
    {"2025-12-32", NULL},
    {"2025-12-00", NULL},
    {"2025-13-01", NULL},
    {"2025-00-01", NULL},
    {"2025-13", NULL},
    {"2025-00", NULL},
    {"1899-12-31", NULL},
    {"2200-01-01", NULL},
    {"1899-12", NULL},
    {"2025", NULL},
    {"", NULL},
    {"2025-1-01", NULL},
    {"2025/12/18", NULL},
    {"2025-12/18", NULL},
    {"2025-12-1x", NULL},
    {"2025-1x-18", NULL},
    {"+025-12-18", NULL},
    {" 025-12-18", NULL},
    {"2025-12-18 ", NULL},
    {"2025-12-18T", NULL},
    {"2025-12-", NULL},
    {"20251218", NULL},
};

START_TEST(parses)
{
    char again[DATE_TEXT];
    const char *text = parse_cases[_i].text;
    date when = {4711};
    bool ok = date_parse(text, strlen(text), &when);
    ck_assert_msg(ok == (parse_cases[_i].as != NULL), "'%s': %d", text, ok);
    if (ok) {
        date_format(when, again);
        ck_assert_str_eq(again, parse_cases[_i].as);
    } else {
        ck_assert_msg(when.day == 4711, "'%s' touched the result", text);
    }
}
END_TEST

START_TEST(counts_days_from_1970)
{
    ck_assert_int_eq(date_of(1970, 1, 1).day, 0);
    ck_assert_int_eq(date_of(1969, 12, 31).day, -1);
    ck_assert_int_eq(date_of(2000, 3, 1).day, 11017);
    ck_assert_int_eq(date_of(2026, 11, 21).day, 20778);
}
END_TEST

/* Every day there is, against the C library. */
START_TEST(agrees_with_the_c_library)
{
    int32_t expected = date_of(YEAR_MIN, 1, 1).day;
    for (int year = YEAR_MIN; year <= YEAR_MAX; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= month_days(year, month); day++, expected++) {
                date when = date_of(year, month, day);
                time_t seconds = (time_t)when.day * 86400;
                struct tm tm;
                int back;
                ck_assert_int_eq(when.day, expected);
                ck_assert_int_eq(date_month(when, &back), year * 12 + month - 1);
                ck_assert_int_eq(back, day);
                ck_assert(gmtime_r(&seconds, &tm));
                ck_assert(tm.tm_year + 1900 == year && tm.tm_mon + 1 == month && tm.tm_mday == day);
            }
        }
    }
}
END_TEST

START_TEST(month_ends)
{
    for (int32_t month = YEAR_MIN * 12; month < YEAR_MAX * 12 + 11; month++) {
        int day;
        date end = date_month_end(month);
        ck_assert_int_eq(date_month(end, &day), month);
        ck_assert_int_eq(date_month((date){end.day + 1}, &day), month + 1);
        ck_assert_int_eq(day, 1);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("date");
    tcase_add_loop_test(tests, parses, 0, COUNT(parse_cases));
    tcase_add_test(tests, counts_days_from_1970);
    tcase_add_test(tests, agrees_with_the_c_library);
    tcase_add_test(tests, month_ends);
    return check_main(tests);
}
