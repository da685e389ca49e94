/* explain=true: the formula, the exact result, what rounding leaves of it, and the inputs with their sources. Part
 * of the api. */
#pragma once

#include "exportstat/stats/band.h"
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

/* "terms" of a derived observation, the range first, then what is taken from it. */
void explain_terms(struct call *call, const struct selected *selected,
                   const struct observation *observation);
