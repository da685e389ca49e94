/* Revisions: changes of an observation by more than rounding, as its history tells them. */
#pragma once

#include "exportstat/stats/view.h"

struct revision {
    struct span span;
    date revised;
    const struct version *from; /* not known where the period had lost its value before */
    const struct version *to;   /* not known where a ruling took out the only report */
};

struct revisions {
    const struct revision *at;
    size_t n;
};

/* The revisions of one period up to a date, oldest first. */
struct revisions revisions_of(struct arena *arena, const struct history *history, date as_of);

/* The revisions of all months of a series up to a date, ordered by date, then month. */
struct revisions revisions_all(struct arena *arena, const struct resolved *resolved, date as_of);

/* Ages at which first releases were revised, in days from the first release. */
enum { REVISION_AGES = 5 };

struct revision_age {
    int from_days;
    int to_days;   /* INT32_MAX: open */
    int revisions; /* from one value to another at this age */
    wide absolute_change;
    wide from; /* the sum of the values before */
};

/* How the first releases of months fared, as of a date: over the months that have a value now, the value
 * now less the first one. */
struct revision_statistics {
    int months;   /* that have or had a value */
    int revised;  /* of them, revised at least once */
    int compared; /* that have a value now: what follows is about these */
    int up;       /* by more than rounding */
    int down;
    wide change;          /* the sum of the differences */
    wide absolute_change; /* and of their magnitudes */
    wide first;           /* the sum of the first values */
    int delays;           /* revisions in all, from one value to another */
    int median_days;      /* from the first release to a revision; where delays > 0 */
    struct revision_age ages[REVISION_AGES];
};

struct revision_statistics revision_statistics(struct arena *arena, const struct resolved *resolved,
                                               date as_of);
