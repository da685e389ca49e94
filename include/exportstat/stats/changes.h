/* What changed: observations that appeared, were revised, came into dispute or left it, records set or lost.
 *
 * Changes are those of months. They are the differences between what is said of a month on one day and on the
 * next, or between what two states of the store say of it. */
#pragma once

#include "exportstat/stats/view.h"

/* In the order in which changes of one month on one day stand. */
enum change_kind {
    CHANGE_APPEARED, /* had a value for the first time */
    CHANGE_REVISED,  /* by more than rounding, lost its value, or found one again */
    CHANGE_DISPUTED,
    CHANGE_SETTLED, /* not disputed any more */
    CHANGE_RECORD_SET,
    CHANGE_RECORD_LOST, /* an earlier month is at least as high now, or it has no value any more */
};

/* "appeared", …; NULL-terminated. */
extern const char *const change_kind_names[];

struct change {
    enum change_kind kind;
    struct span span;
    date when;
    const struct version *from; /* just before, and from then on; NULL where there was none */
    const struct version *to;
};

/* Ordered by date, month, kind. */
struct changes {
    const struct change *at;
    size_t n;
};

/* Before every date that can be read. */
#define DATE_NONE ((date){INT32_MIN})

/* The changes after a date (DATE_NONE: all) up to another one. A month that never had a value by then is not
 * disputed: there is nothing to be. */
struct changes changes_of(struct arena *arena, const struct resolved *resolved, date since,
                          date as_of);

/* The differences between a series as it was resolved then and as it is now, both as of a date. Disputes and records
 * carry the date of the newest change of that kind among those of `changes_of` now; the others, and what is not among
 * these, the date since when the month has its value now, or had it where there is nothing about it any more. */
struct changes changes_between(struct arena *arena, const struct resolved *then,
                               const struct resolved *now, date as_of);
