/* A series written as a row of values, for statistics that do not care about reports. */
#pragma once

#include "exportstat/base/text.h"
#include "exportstat/stats/view.h"
#include "stats/evidence_text.h"

/* "100 - 120.5" from a first month on: each value is reported once, to the unit, on the 18th of the
 * next month; "-" is a month without a report. `more` are further lines of evidence. */
static inline struct view series_read(struct store *store, const char *first, const char *values,
                                      const char *more, int fiscal_year_start)
{
    struct buffer lines = {0};
    int32_t month = span_read(first, 1).first;
    buffer_text(&lines, more);
    for (; *values; month++) {
        int length = (int)strcspn(values, " ");
        if (lines.length > 0 && lines.bytes[lines.length - 1] != '\n')
            buffer_char(&lines, '\n');
        if (*values != '-' || length > 1) {
            int32_t next = month + 1;
            buffer_format(&lines, "%04d-%02d %.*s 1 %04d-%02d-18 2 a/%d", month / 12,
                          month % 12 + 1, length, values, next / 12, next % 12 + 1, month);
        }
        values += length;
        values += *values == ' ';
    }
    store_read(store, lines.bytes, fiscal_year_start);
    buffer_release(&lines);
    return view_of(&store->arena, &store->resolved, DATE_ALL, RELEASE_LATEST);
}

static inline struct span span_of(const char *period)
{
    return span_read(period, 7);
}

/* A quotient as it would be written with four decimals. */
static inline const char *ratio_text(struct ratio ratio)
{
    static char text[AMOUNT_TEXT];
    ratio_format(ratio, 4, text);
    return text;
}

static inline const char *amount_text(amount value)
{
    static char text[AMOUNT_TEXT];
    amount_format(value, text);
    return text;
}
