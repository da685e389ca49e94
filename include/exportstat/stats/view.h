/* A resolved series as of a date: what every statistic is computed from.
 *
 * A view is the slice of observations from the first to the last known month, gaps included. Sums of
 * months and the reports of longer periods come together in figures. */
#pragma once

#include "exportstat/stats/resolve.h"

/* Why a number is absent. */
enum missing {
    MISSING_NOT, /* it is present */
    MISSING_NOT_REPORTED,
    MISSING_INCOMPLETE_PERIOD,
    MISSING_NO_BASE,
    MISSING_ZERO_BASE,
    MISSING_NEGATIVE_BASE,
    MISSING_INSUFFICIENT_HISTORY,
    MISSING_OUT_OF_RANGE,    /* larger than any number that is written */
    MISSING_NOT_REACHED,     /* a threshold that no month has come to yet */
    MISSING_COMPLETE_PERIOD, /* nothing remains to be told */
    MISSING_NO_INTERVAL,     /* the method does not say how sure it is */
    MISSING_FEW_YEARS,       /* too few for a percentage to be evidence */
    MISSING_NOT_ADDITIVE,    /* a sum of averages, or of what there is at the end of each month */
};

/* "not_reported", …; indexed by enum missing, NULL for MISSING_NOT. */
extern const char *const missing_names[];

struct observation {
    struct span span;
    bool known;
    bool derived;
    amount value;
    amount precision;
    date first_released; /* when the period first had a value */
    date released;       /* since when it has had this one */
    const struct history *history;
    const struct version *version; /* NULL where there is none yet */
};

/* Who stands behind an observation. */
struct backing {
    const struct report *const *reports; /* compatible ones that no ruling rejects, in order of */
    size_t n_reports;                    /* publication; of a derived observation, its terms */
    int publishers;                      /* how many different ones among them */
    bool disputed;
};

/* Which of the values that a period has had. */
enum release { RELEASE_LATEST, RELEASE_FIRST };

struct view {
    const struct resolved *resolved;
    date as_of;
    enum release release;
    int32_t first; /* the first known month */
    const struct observation *at;
    size_t n; /* months from the first to the last known one; 0 where none is known */
};

/* The observation of one period's history as of a date. */
struct observation observe(const struct history *history, date as_of, enum release release);

struct view view_of(struct arena *arena, const struct resolved *resolved, date as_of,
                    enum release release);

/* The same in room that is there already, which holds one view of the series at a time. */
struct observation *view_room(struct arena *arena, const struct resolved *resolved);
struct view view_in(struct observation *room, const struct resolved *resolved, date as_of,
                    enum release release);

/* The newest day, up to the view's date, on which a report of the series was published, of whatever period, or a ruling
 * on it made: as of any day from then on, the same is known. False where there is none. */
bool view_known_on(const struct view *view, date *ret);

/* The observation of a month, or NULL outside of the view. */
const struct observation *view_month(const struct view *view, int32_t month);

/* The last month of the view; the view must not be empty. */
int32_t view_last(const struct view *view);

/* The history of a period by its months, or NULL where nothing was ever said about it. */
const struct history *history_find(const struct resolved *resolved, struct span span);

/* Who stands behind the observation as of the date; the arena holds the array. */
struct backing backing_of(struct arena *arena, const struct observation *observation, date as_of);

/* The value of a month or of a longer period. A longer one is the sum of its months where all are known and add up,
 * else its own report, else missing. */
struct figure {
    struct span span;
    bool known;
    enum missing missing;
    bool derived;     /* or, of a sum, one of its months is */
    bool is_sum;      /* of months, with precisions added */
    bool is_reported; /* a longer period's own report is the value */
    amount value;
    amount precision;
    date first_released; /* of a sum: when its last month came, or its own report before that */
    date released;
    int months_present;
    struct observation own; /* of a longer period: its own report, known or not */
};

struct figure figure_of(const struct view *view, struct span span);
