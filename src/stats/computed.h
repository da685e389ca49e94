/* What the observations say in the place of a claim. Part of audit. */
#pragma once

#include "exportstat/stats/audit.h"

/* The series as of one date. */
struct bench {
    struct desk *desk;
    const struct view *views;
};

/* Which of the two values of a longer period: the sum of its months, or its own report. */
enum choice_of { CHOICE_SUM, CHOICE_OWN, CHOICES };

/* The new record that a claim of a previous record does not name. */
struct successor {
    enum {
        SUCCESSOR_KNOWN,   /* `span` is it */
        SUCCESSOR_UNKNOWN, /* `span` is a period that may be, but is not known */
        SUCCESSOR_NONE,    /* all later periods are known: `span` is the newest record */
    } kind;
    struct span span;
};

/* What a claim of this kind amounts to: *ret is known, or says what is missing. `now` and `base` choose among sums and
 * own reports where a period has both; false, with nothing set, where the period has not that one, so that there is
 * nothing new to try. `successor` matters to previous records alone. */
bool compute(const struct bench *bench, const struct reading *as, const struct claim *claim,
             enum choice_of now, enum choice_of base, struct successor successor,
             struct computed *ret);

/* The newest record of a view among the periods like `like` (months, quarters, or the same months of each year) that had
 * ended by a date, where it is later than `like`; else SUCCESSOR_NONE. */
struct successor successor_newest(const struct view *view, struct span like, date by);

/* The first period after `like`, ended by the date, that is above it; where there is none, the first that is not known
 * and may be. */
struct successor successor_next(const struct view *view, struct span like, date by);

/* What the computations of the metrics are made of. */

/* Sets *ret to: not known, since a series is missing in a period. Returns true, which is what compute answers then. */
bool not_known(struct computed *ret, enum missing why, size_t series, struct span missing);

/* Adds a figure to the inputs, of which there are AUDIT_INPUTS_MAX at most. */
void input_add(struct computed *computed, size_t series, const struct figure *figure);

/* Sets the value and its interval, which are amounts: known, and exact. */
void value_from(struct computed *computed, struct band band);

/* One for each metric, or several that are alike; they answer as compute does. */
bool compute_level(const struct bench *bench, const struct reading *as, enum choice_of now,
                   struct computed *ret);
bool compute_record(const struct bench *bench, const struct reading *as, enum choice_of now,
                    struct computed *ret);
bool compute_previous_record(const struct bench *bench, const struct reading *as,
                             const struct claim *claim, struct successor successor,
                             struct computed *ret);
bool compute_threshold(const struct bench *bench, const struct reading *as,
                       const struct claim *claim, enum choice_of now, struct computed *ret);
bool compute_streak(const struct bench *bench, const struct reading *as, const struct claim *claim,
                    struct computed *ret);
