/* Seasonal adjustment by the models of bes: indicative, and not an official one.
 *
 * The season of a month is what the weighted models expected it to add, less the mean of the twelve. It knows
 * nothing of working days or of holidays that move. */
#pragma once

#include "exportstat/stats/bes.h"
#include "exportstat/stats/project.h"

/* Known months below which a season is not told. */
enum { ADJUST_KNOWN_MIN = 36 };

struct adjusted {
    bool known;
    enum missing missing;
    unsigned flags; /* by enum projection_flag: the history that it was learned from */
    enum bes_scale
        scale; /* BES_LOG: a month is divided by its season, which is a factor; BES_IDENTITY: */
    struct months months; /* the season is taken away from it; these are the adjusted months, */
    const double *season; /* and the season of each */
    double by_month[12];  /* at the end of the series, by calendar month, January first */
};

/* Adjusts the months from which a projection would be made, without those before a gap that is too long. A month
 * that is not known stays so; one that is an outlier is adjusted in full. */
struct adjusted adjust(struct arena *arena, const struct months *months);
