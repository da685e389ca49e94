/* What was known of a series when one of its months was the newest: the data of a backtest that is true to its time.
 *
 * That is the view on the day of the month's first release. It is told only where the reports allow it: the month
 * was released within FRESHNESS_DAYS of its end, and with it all months of its fiscal year up to it and of the year
 * before were known. Elsewhere reports came in later or are not at hand, and what was not known is a matter of this
 * store rather than of the time. */
#pragma once

#include "exportstat/stats/replay.h"

struct vintages {
    const struct view *view;  /* what is known now */
    struct months latest;     /* its months */
    struct observation *room; /* for the view of another day */
};

struct vintages vintages_of(struct arena *arena, const struct view *view);

/* The months of a struct vintages, for struct replay_request. */
replay_known vintage_known;
