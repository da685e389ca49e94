/* Whether a series is up to date, judged by when its months were usually published.
 *
 * Only months whose first report came within FRESHNESS_DAYS of their end count: later ones were found in
 * later publications. */
#pragma once

#include "exportstat/stats/view.h"

enum {
    FRESHNESS_DAYS = 60,
    FRESHNESS_MONTHS = 12, /* the newest months that the usual day is learned from */
};

enum freshness_status { FRESHNESS_UNKNOWN, FRESHNESS_ON_TIME, FRESHNESS_DUE, FRESHNESS_LATE };

/* "unknown", "on_time", "due", "late" */
extern const char *const freshness_names[];

struct freshness {
    enum freshness_status status;
    bool has_last;
    int32_t last_month; /* the newest known month */
    date last_released; /* when it first had a value */
    int learned_from;   /* how many months' releases; 0: what follows is not set */
    int usual_days;     /* the median of days from a month's end to its first report */
    int longest_days;   /* the most among them */
    date next_expected; /* for the month after the last known one */
};

/* Nothing is expected where nothing has been learned, or the next release would lie beyond the years that have a name.
 * `on_time` up to the day on which the next month is usually published, `due` as long as it has been later
 * than that before, then `late`. */
struct freshness freshness_of(const struct view *view, date today);
