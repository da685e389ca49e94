/* What was resolved, as text to compare: "437/1" is a value and its precision, "~209.98/2" a
 * derived one, "-" a missing one. */
#pragma once

#include <string.h>

#include "exportstat/base/text.h"
#include "exportstat/stats/view.h"

static inline void print_value(struct buffer *out, bool known, bool derived, amount value,
                               amount precision)
{
    char text[AMOUNT_TEXT];
    if (!known) {
        buffer_char(out, '-');
        return;
    }
    if (derived)
        buffer_char(out, '~');
    amount_format(value, text);
    buffer_text(out, text);
    buffer_char(out, '/');
    amount_format(precision, text);
    buffer_text(out, text);
}

static inline void print_date(struct buffer *out, date when)
{
    char text[DATE_TEXT];
    date_format(when, text);
    buffer_text(out, text);
}

static inline void print_span(struct buffer *out, struct span span)
{
    char text[PERIOD_TEXT];
    span_format(span, span.first == span.last ? FREQUENCY_MONTH : FREQUENCY_RANGE, 1, text);
    buffer_text(out, text);
}

static inline bool version_reads_like(const struct version *a, const struct version *b)
{
    return a->known == b->known && a->derived == b->derived && a->value == b->value &&
           a->precision == b->precision;
}

/* "2025-12-18 356/1; 2026-01-20 366/1": the changes of the observation. Versions that differ in
 * what stands behind them alone are told once. */
static inline void print_history(struct buffer *out, const struct history *history)
{
    for (size_t i = 0; history && i < history->n_versions; i++) {
        const struct version *version = &history->versions[i];
        if (i > 0 && version_reads_like(version, version - 1))
            continue;
        if (i > 0)
            buffer_text(out, "; ");
        print_date(out, version->since);
        buffer_char(out, ' ');
        print_value(out, version->known, version->derived, version->value, version->precision);
    }
}

/* "356/1 first 2025-12-18 since 2025-12-18 publishers 3 disputed sources a/1,b/2" */
static inline void print_observation(struct buffer *out, struct arena *arena,
                                     const struct observation *observation, date as_of)
{
    print_value(out, observation->known, observation->derived, observation->value,
                observation->precision);
    if (observation->version) {
        buffer_text(out, " first ");
        print_date(out, observation->first_released);
        buffer_text(out, " since ");
        print_date(out, observation->released);
    }
    struct backing backing = backing_of(arena, observation, as_of);
    buffer_format(out, " publishers %d", backing.publishers);
    if (backing.disputed)
        buffer_text(out, " disputed");
    for (size_t i = 0; i < backing.n_reports; i++) {
        buffer_text(out, i == 0 ? " sources " : ",");
        buffer_text(out, backing.reports[i]->source);
    }
}
