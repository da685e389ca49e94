/* Months, periods and frequencies.
 *
 * A month is an index, year * 12 + month - 1, so that arithmetic on months is subtraction. A span is
 * a first and a last month, both included. A period is what a person writes:
 *
 *   2025-12            a month                 FY2026      the fiscal year that ends in 2026
 *   2025-Q4            a calendar quarter      FY2026-Q2   a fiscal quarter
 *   2025               a calendar year         FY2026-H1   a fiscal half
 *   2025-07/2025-12    a range of two or more months; 2025-07--2025-12 where a slash can not stand
 *
 * Which months a fiscal period covers depends on the month that the series' fiscal year starts in. A
 * fiscal year is named after the calendar year it ends in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exportstat/base/date.h"

struct span {
    int32_t first;
    int32_t last;
};

enum frequency {
    FREQUENCY_MONTH,
    FREQUENCY_QUARTER,
    FREQUENCY_FISCAL_QUARTER,
    FREQUENCY_HALF,
    FREQUENCY_FISCAL_YEAR,
    FREQUENCY_YEAR,
    FREQUENCY_RANGE, /* any other run of months; not something to ask rows by */
};

struct period {
    enum frequency frequency;
    int32_t year;      /* of a quarter, half or year; fiscal where the frequency is */
    int32_t part;      /* 1 to 4 or 1 to 2 */
    struct span range; /* of a month or a range */
};

enum {
    MONTH_MIN = YEAR_MIN * 12,
    MONTH_MAX = YEAR_MAX * 12 + 11,
    PERIOD_MONTHS_MAX = 1200, /* the longest range that is accepted */
    PERIOD_TEXT = 24,
};

/* Names as they stand in parameters and answers: "month", "quarter", …; NULL-terminated. */
extern const char *const frequency_names[];

/* Reads a period; false where the text is none, a month or year is outside YEAR_MIN to YEAR_MAX, a
 * range is backwards, of a single month, or longer than PERIOD_MONTHS_MAX. */
bool period_parse(const char *text, size_t length, struct period *ret);

/* The months that a period covers where the fiscal year starts in month `fiscal_year_start`, 1 to 12. */
struct span period_span(struct period period, int fiscal_year_start);

/* Writes the period itself, independent of any series; a range with the slash. */
void period_format(struct period period, char text[static PERIOD_TEXT]);

/* Writes the name of a span as a period of that frequency; the span must be one. */
void span_format(struct span span, enum frequency frequency, int fiscal_year_start,
                 char text[static PERIOD_TEXT]);

/* Writes a span by its plainest name: a month, a fiscal year, a calendar year, else a range. */
void span_name(struct span span, int fiscal_year_start, char text[static PERIOD_TEXT]);

/* The number of months in one period of the frequency (not FREQUENCY_RANGE). */
int frequency_months(enum frequency frequency);

/* The period of the frequency that contains the month. */
struct span frequency_span(enum frequency frequency, int32_t month, int fiscal_year_start);

/* The number of the period of the frequency that begins with the month: periods of one name have the same one,
 * whatever month their fiscal years start in, and that of the next is one more. */
int32_t frequency_ordinal(enum frequency frequency, int32_t first, int fiscal_year_start);

/* The fiscal year, by its number, that contains the month. */
int32_t fiscal_year_of(int32_t month, int fiscal_year_start);

static inline int32_t span_months(struct span span)
{
    return span.last - span.first + 1;
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.first == b.first && a.last == b.last;
}
