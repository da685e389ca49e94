#include "exportstat/base/period.h"

#include <stdio.h>
#include <string.h>

#include "exportstat/base/text.h"

const char *const frequency_names[] = {
    [FREQUENCY_MONTH] = "month",
    [FREQUENCY_QUARTER] = "quarter",
    [FREQUENCY_FISCAL_QUARTER] = "fiscal_quarter",
    [FREQUENCY_HALF] = "half",
    [FREQUENCY_FISCAL_YEAR] = "fiscal_year",
    [FREQUENCY_YEAR] = "year",
    NULL,
};

static const int months_of[] = {
    [FREQUENCY_MONTH] = 1, [FREQUENCY_QUARTER] = 3,      [FREQUENCY_FISCAL_QUARTER] = 3,
    [FREQUENCY_HALF] = 6,  [FREQUENCY_FISCAL_YEAR] = 12, [FREQUENCY_YEAR] = 12,
};

static bool year_parse(const char *text, int32_t *ret)
{
    int year;
    if (!digits_parse(text, 4, &year) || year < YEAR_MIN || year > YEAR_MAX)
        return false;
    *ret = year;
    return true;
}

static bool month_parse(const char *text, int32_t *ret)
{
    int32_t year;
    int month;
    if (!year_parse(text, &year) || text[4] != '-' || !digits_parse(text + 5, 2, &month))
        return false;
    if (month < 1 || month > 12)
        return false;
    *ret = year * 12 + month - 1;
    return true;
}

/* "-Q2" or "-H1" */
static bool part_parse(const char *text, char letter, int parts, int32_t *ret)
{
    if (text[0] != '-' || text[1] != letter || text[2] < '1' || text[2] > '0' + parts)
        return false;
    *ret = text[2] - '0';
    return true;
}

static bool fiscal_parse(const char *text, size_t length, struct period *ret)
{
    if (memcmp(text, "FY", 2) != 0 || !year_parse(text + 2, &ret->year))
        return false;
    if (length == 6) {
        ret->frequency = FREQUENCY_FISCAL_YEAR;
        return true;
    }
    if (length != 9)
        return false;
    ret->frequency = text[7] == 'Q' ? FREQUENCY_FISCAL_QUARTER : FREQUENCY_HALF;
    return part_parse(text + 6, 'Q', 4, &ret->part) || part_parse(text + 6, 'H', 2, &ret->part);
}

static bool range_parse(const char *text, size_t length, struct period *ret)
{
    size_t gap = length == 15 ? 1 : 2;
    if (length == 15 ? text[7] != '/' : memcmp(text + 7, "--", 2) != 0)
        return false;
    ret->frequency = FREQUENCY_RANGE;
    return month_parse(text, &ret->range.first) && month_parse(text + 7 + gap, &ret->range.last) &&
           ret->range.first < ret->range.last && span_months(ret->range) <= PERIOD_MONTHS_MAX;
}

bool period_parse(const char *text, size_t length, struct period *ret)
{
    struct period period = {.frequency = FREQUENCY_MONTH};
    bool ok = false;
    if (length == 4) {
        period.frequency = FREQUENCY_YEAR;
        ok = year_parse(text, &period.year);
    } else if (length >= 6 && text[0] == 'F') {
        ok = fiscal_parse(text, length, &period);
    } else if (length == 7 && text[5] == 'Q') {
        period.frequency = FREQUENCY_QUARTER;
        ok = year_parse(text, &period.year) && part_parse(text + 4, 'Q', 4, &period.part);
    } else if (length == 7) {
        ok = month_parse(text, &period.range.first);
        period.range.last = period.range.first;
    } else if (length == 15 || length == 16) {
        ok = range_parse(text, length, &period);
    }
    if (ok)
        *ret = period;
    return ok;
}

/* The first month of a fiscal year. */
static int32_t fiscal_first(int32_t year, int start)
{
    return year * 12 - (13 - start) % 12;
}

struct span period_span(struct period period, int fiscal_year_start)
{
    int32_t first = period.year * 12;
    int32_t months = months_of[period.frequency % FREQUENCY_RANGE];
    if (period.frequency == FREQUENCY_MONTH || period.frequency == FREQUENCY_RANGE)
        return period.range;
    if (period.frequency != FREQUENCY_QUARTER && period.frequency != FREQUENCY_YEAR)
        first = fiscal_first(period.year, fiscal_year_start);
    if (period.part > 0)
        first += (period.part - 1) * months;
    return (struct span){first, first + months - 1};
}

void period_format(struct period period, char text[static PERIOD_TEXT])
{
    int year = (int)period.year;
    int part = (int)period.part;
    switch (period.frequency) {
    case FREQUENCY_QUARTER:
        snprintf(text, PERIOD_TEXT, "%04d-Q%d", year, part);
        break;
    case FREQUENCY_FISCAL_QUARTER:
        snprintf(text, PERIOD_TEXT, "FY%04d-Q%d", year, part);
        break;
    case FREQUENCY_HALF:
        snprintf(text, PERIOD_TEXT, "FY%04d-H%d", year, part);
        break;
    case FREQUENCY_FISCAL_YEAR:
        snprintf(text, PERIOD_TEXT, "FY%04d", year);
        break;
    case FREQUENCY_YEAR:
        snprintf(text, PERIOD_TEXT, "%04d", year);
        break;
    case FREQUENCY_MONTH:
    case FREQUENCY_RANGE:
        span_format(period.range, period.frequency, 1, text);
        break;
    }
}

static size_t month_format(int32_t month, char *text)
{
    int year = (int)(month / 12);
    int number = (int)(month % 12) + 1;
    const char digits[] = {(char)('0' + year / 1000),
                           (char)('0' + year / 100 % 10),
                           (char)('0' + year / 10 % 10),
                           (char)('0' + year % 10),
                           '-',
                           (char)('0' + number / 10),
                           (char)('0' + number % 10),
                           '\0'};
    memcpy(text, digits, sizeof digits);
    return sizeof digits - 1;
}

void span_format(struct span span, enum frequency frequency, int fiscal_year_start,
                 char text[static PERIOD_TEXT])
{
    struct period period = {.frequency = frequency, .year = span.first / 12};
    int32_t into_year = span.first % 12;
    if (frequency == FREQUENCY_MONTH || frequency == FREQUENCY_RANGE) {
        size_t length = month_format(span.first, text);
        if (span.last != span.first) {
            text[length] = '/';
            month_format(span.last, text + length + 1);
        }
        return;
    }
    if (frequency != FREQUENCY_QUARTER && frequency != FREQUENCY_YEAR) {
        period.year = fiscal_year_of(span.first, fiscal_year_start);
        into_year = span.first - fiscal_first(period.year, fiscal_year_start);
    }
    period.part = into_year / months_of[frequency] + 1;
    period_format(period, text);
}

void span_name(struct span span, int fiscal_year_start, char text[static PERIOD_TEXT])
{
    enum frequency frequency = span.first == span.last ? FREQUENCY_MONTH : FREQUENCY_RANGE;
    if (span_equal(span, frequency_span(FREQUENCY_FISCAL_YEAR, span.first, fiscal_year_start)))
        frequency = FREQUENCY_FISCAL_YEAR;
    else if (span_equal(span, frequency_span(FREQUENCY_YEAR, span.first, fiscal_year_start)))
        frequency = FREQUENCY_YEAR;
    span_format(span, frequency, fiscal_year_start, text);
}

int frequency_months(enum frequency frequency)
{
    return months_of[frequency];
}

struct span frequency_span(enum frequency frequency, int32_t month, int fiscal_year_start)
{
    int32_t months = months_of[frequency];
    int32_t origin = 0;
    if (frequency != FREQUENCY_QUARTER && frequency != FREQUENCY_YEAR)
        origin = fiscal_year_start - 1;
    int32_t first = month - (month - origin) % months;
    return (struct span){first, first + months - 1};
}

int32_t frequency_ordinal(enum frequency frequency, int32_t first, int fiscal_year_start)
{
    bool is_fiscal = frequency == FREQUENCY_FISCAL_QUARTER || frequency == FREQUENCY_HALF ||
                     frequency == FREQUENCY_FISCAL_YEAR;
    return (first + (is_fiscal ? (13 - fiscal_year_start) % 12 : 0)) / months_of[frequency];
}

int32_t fiscal_year_of(int32_t month, int fiscal_year_start)
{
    return (month + (13 - fiscal_year_start) % 12) / 12;
}
