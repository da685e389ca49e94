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

/* What a claim of this kind amounts to. `now` and `base` choose among sums and own reports where a period has
 * both; false where the period has not that one, so that there is nothing new to try. `record` is the month or
 * period that had become the record when the claim was published. */
bool compute(const struct bench *bench, const struct reading *as, const struct claim *claim,
             enum choice_of now, enum choice_of base, struct span record, struct computed *ret);

/* The newest record among periods like `like` (months, or the same months of each year). */
struct span newest_record(const struct view *view, struct span like);

/* The first later period of the kind that is above the record, or the record where none is known. */
struct span next_record(const struct view *view, struct span record);
