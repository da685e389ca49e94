/* One series as a share of the sum of others. */
#pragma once

#include "exportstat/stats/view.h"

struct share {
    struct figure part;
    bool whole_known; /* every one of the others is */
    amount whole;
    bool has_percent;
    struct ratio percent; /* 100 part / whole */
    enum missing missing; /* why there is no percentage */
};

/* The sums of up to a year's months of as many series as a request can name fit an amount. The period is one
 * of a frequency.
 *
 * The share that `part` has of the views in `of` together, in a period. */
struct share share_of(const struct view *part, const struct view *of, size_t n, struct span period);
