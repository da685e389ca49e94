/* What the world said: the input of all statistics.
 *
 * These are plain values. The store fills them, the statistics read them; texts and arrays live in the
 * arena of whoever loaded them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "exportstat/base/amount.h"
#include "exportstat/base/date.h"
#include "exportstat/base/period.h"

enum authority {
    AUTHORITY_REPRINT = 1, /* blog, aggregator, reprint, trade site */
    AUTHORITY_PRESS = 2,   /* news agency or newspaper */
    AUTHORITY_OFFICIAL = 3,
};

/* One source's statement of a series in one period. */
struct report {
    struct span span;
    amount value;
    amount precision; /* the rounding step of the printed figure, above zero */
    date published;
    const char
        *dated; /* the same as its source has it: a day, or a month where only that is known */
    enum authority authority;
    const char *source;
    const char *publisher;
};

/* An editor's decision on a value of one period. */
struct ruling {
    struct span span;
    bool accept; /* else reject */
    amount value;
    amount precision;
    date ruled;
    const char *reason;
};

/* Reports ordered by span (first month, then last), then date, then source id in byte order; rulings by
 * span, then date, then value. */
struct evidence {
    const struct report *reports;
    size_t n_reports;
    const struct ruling *rulings;
    size_t n_rulings;
};
