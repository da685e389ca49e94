#include "exportstat/base/period.h"

#include <string.h>

#include "check_main.h"
#include "exportstat/base/text.h"

static const struct {
    const char *text;
    int start; /* of the fiscal year */
    const char *months;
    const char *again; /* NULL: as it was read */
} parse_cases[] = {
    {"2025-12", 7, "2025-12", NULL},
    {"1900-01", 7, "1900-01", NULL},
    {"2199-12", 7, "2199-12", NULL},
    {"2025-Q1", 7, "2025-01/2025-03", NULL},
    {"2025-Q4", 7, "2025-10/2025-12", NULL},
    {"2025", 7, "2025-01/2025-12", NULL},
    {"FY2026", 7, "2025-07/2026-06", NULL},
    {"FY2026-Q1", 7, "2025-07/2025-09", NULL},
    {"FY2026-Q2", 7, "2025-10/2025-12", NULL},
    {"FY2026-Q4", 7, "2026-04/2026-06", NULL},
    {"FY2026-H1", 7, "2025-07/2025-12", NULL},
    {"FY2026-H2", 7, "2026-01/2026-06", NULL},
    {"FY2026", 1, "2026-01/2026-12", NULL}, /* the calendar year */
    {"FY2026-Q2", 1, "2026-04/2026-06", NULL},
    {"FY2026", 4, "2025-04/2026-03", NULL}, /* India, Japan */
    {"FY2026", 10, "2025-10/2026-09", NULL},
    {"FY2026", 12, "2025-12/2026-11", NULL},
    {"FY2026", 2, "2025-02/2026-01", NULL},
    {"2025", 4, "2025-01/2025-12", NULL},
    {"2025-07/2025-12", 7, "2025-07/2025-12", NULL},
    {"2025-07--2025-12", 7, "2025-07/2025-12", "2025-07/2025-12"},
    {"2025-12/2026-01", 7, "2025-12/2026-01", NULL},
    {"1900-01/1999-12", 7, "1900-01/1999-12", NULL}, /* 1,200 months */
};

START_TEST(parses)
{
    char text[PERIOD_TEXT];
    struct period period;
    const char *given = parse_cases[_i].text;
    ck_assert_msg(period_parse(given, strlen(given), &period), "'%s' refused", given);
    struct span span = period_span(period, parse_cases[_i].start);
    span_format(span, FREQUENCY_RANGE, parse_cases[_i].start, text);
    ck_assert_msg(strcmp(text, parse_cases[_i].months) == 0, "'%s': %s", given, text);
    period_format(period, text);
    ck_assert_str_eq(text, parse_cases[_i].again ? parse_cases[_i].again : given);
    if (period.frequency != FREQUENCY_RANGE) {
        span_format(span, period.frequency, parse_cases[_i].start, text);
        ck_assert_str_eq(text, given);
        ck_assert_int_eq(frequency_months(period.frequency), span_months(span));
    }
}
END_TEST

static const char *const refused[] = {
    "",
    "2",
    "202",
    "20256",
    "1899",
    "2200",
    "abcd",
    "-202",
    "2025-",
    "2025-1",
    "2025-13",
    "2025-00",
    "2025-1x",
    "1899-12",
    "2200-01",
    "2025-Q0",
    "2025-Q5",
    "2025-Qx",
    "2025-q1",
    "2025/Q1",
    "1899-Q1",
    "2025-H1",
    "2025_12",
    "2025-012",
    "2025-12 ",
    " 2025-12",
    "FY",
    "FY20",
    "FY202",
    "FY1899",
    "FY2200",
    "FYabcd",
    "fy2026",
    "FX2026",
    "FY2026-",
    "FY2026-Q",
    "FY2026-Q0",
    "FY2026-Q5",
    "FY2026-H0",
    "FY2026-H3",
    "FY2026-X1",
    "FY2026/Q1",
    "FY2026-q1",
    "FY2026-Q12",
    "2025-07/2025-07",
    "2025-07--2025-07",
    "2025-12/2025-07",
    "1900-01/2000-01",
    "2025-07-2025-12",
    "2025-07//2025-12",
    "2025-07-/2025-12",
    "2025-07/2025-13",
    "2025-13/2025-12",
    "2025-07/2025-Q4",
    "2025-07--2025-1",
    "2025-12-18",
    "2025-07 /2025-12",
    "2025-07/2025-12/",
};

START_TEST(refuses)
{
    struct period period = {.year = 4711};
    const char *text = refused[_i];
    ck_assert_msg(!period_parse(text, strlen(text), &period), "'%s' accepted", text);
    ck_assert_msg(period.year == 4711, "'%s' touched the result", text);
}
END_TEST

static const struct {
    const char *months;
    int start;
    const char *name;
} name_cases[] = {
    {"2025-12", 7, "2025-12"},
    {"2025-07/2026-06", 7, "FY2026"},
    {"2025-01/2025-12", 7, "2025"},
    {"2025-01/2025-12", 1, "FY2025"}, /* where both are the same, the fiscal year is said first */
    {"2025-07/2025-12", 7, "2025-07/2025-12"},
    {"2025-10/2025-12", 7, "2025-10/2025-12"},
    {"2025-07/2027-06", 7, "2025-07/2027-06"},
    {"2024-08/2025-07", 7, "2024-08/2025-07"},
    {"2025-04/2026-03", 4, "FY2026"},
};

START_TEST(names_spans)
{
    char name[PERIOD_TEXT];
    struct period period;
    const char *months = name_cases[_i].months;
    ck_assert(period_parse(months, strlen(months), &period));
    span_name(period_span(period, 7), name_cases[_i].start, name);
    ck_assert_str_eq(name, name_cases[_i].name);
}
END_TEST

/* Every frequency divides the months without gap or overlap, for every start of the fiscal year. */
START_TEST(frequencies_divide_time)
{
    for (int start = 1; start <= 12; start++) {
        for (int f = 0; f < FREQUENCY_RANGE; f++) {
            enum frequency frequency = (enum frequency)f;
            for (int32_t month = 1990 * 12; month < 2010 * 12; month++) {
                struct span span = frequency_span(frequency, month, start);
                struct span next = frequency_span(frequency, span.last + 1, start);
                ck_assert(span.first <= month && month <= span.last);
                ck_assert_int_eq(span_months(span), frequency_months(frequency));
                ck_assert_int_eq(next.first, span.last + 1);
            }
        }
    }
}
END_TEST

START_TEST(fiscal_year_is_named_after_its_end)
{
    for (int start = 1; start <= 12; start++) {
        for (int32_t month = 1990 * 12; month < 2010 * 12; month++) {
            struct span year = frequency_span(FREQUENCY_FISCAL_YEAR, month, start);
            ck_assert_int_eq(year.first % 12, start - 1);
            ck_assert_int_eq(fiscal_year_of(month, start), year.last / 12);
        }
    }
}
END_TEST

START_TEST(frequency_names_are_those_of_the_contract)
{
    static const char *const names[] = {"month", "quarter",     "fiscal_quarter",
                                        "half",  "fiscal_year", "year"};
    for (size_t i = 0; i < COUNT(names); i++)
        ck_assert_str_eq(frequency_names[i], names[i]);
    ck_assert_ptr_null(frequency_names[COUNT(names)]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("period");
    tcase_add_loop_test(tests, parses, 0, COUNT(parse_cases));
    tcase_add_loop_test(tests, refuses, 0, COUNT(refused));
    tcase_add_loop_test(tests, names_spans, 0, COUNT(name_cases));
    tcase_add_test(tests, frequencies_divide_time);
    tcase_add_test(tests, fiscal_year_is_named_after_its_end);
    tcase_add_test(tests, frequency_names_are_those_of_the_contract);
    return check_main(tests);
}
