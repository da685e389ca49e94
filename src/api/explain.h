/* explain=true: the formula, the exact result, what rounding leaves of it, and the inputs with their sources. Part
 * of the api. */
#pragma once

#include "exportstat/stats/band.h"
#include "exportstat/stats/records.h"
#include "represent.h"

/* "formula", "exact" (in lowest terms) and "interval"; the latter two null where `range` is NULL. */
void explain_formula(struct call *call, const char *formula, const struct range *range);

/* "inputs": the figures that a number follows from, a sum month by month, a derived month with its terms. */
void explain_inputs(struct call *call);
void explain_input(struct call *call, const struct selected *selected, struct figure figure);
void explain_inputs_end(struct call *call);

/* All of it for a growth rate. */
void explain_growth(struct call *call, const struct selected *selected,
                    const struct growth *growth);

/* All of it for what a month is among the months: a record or not, `previous` the highest one before it (NULL: none); the
 * one that a formula picks (NULL: none); a streak, with the months that it compares. */
void explain_record(struct call *call, const struct selected *selected,
                    const struct observation *month, const struct observation *previous);
void explain_month(struct call *call, const struct selected *selected, const char *formula,
                   const struct observation *month);
void explain_streak(struct call *call, const struct selected *selected, struct streak streak,
                    enum growth_basis basis);

/* "explanations" of the fields `record`, `rank` and `yoy_streak_months` of a known month. */
void explain_standing(struct call *call, const struct selected *selected,
                      const struct observation *month, const struct observation *previous);

/* "terms" of a derived observation, the range first, then what is taken from it. */
void explain_terms(struct call *call, const struct selected *selected,
                   const struct observation *observation);
