/* Data quality: where reports and observations do not fit together, each finding with its evidence.
 *
 * The scale of a report is judged by the observation of its period where they contradict; else, of a longer period,
 * by the sum of its months; else by most of the periods around it, which for a month are those up to three months
 * away, for a longer period the same months up to two years away.
 *
 * Nothing is changed by a finding: what the service stands by follows from reports and rulings alone. */
#pragma once

#include "exportstat/stats/view.h"

enum finding_kind {
    FINDING_PART_ABOVE_TOTAL,   /* a part is above what it is part of, by more than rounding */
    FINDING_MONTHS_AGAINST_SUM, /* a longer period's report is not the sum of its months */
    FINDING_OUT_OF_SCALE,       /* a report is about a tenth of what is expected, or tenfold */
    FINDING_EARLY,              /* a report was published before its period's end */
    FINDING_DUPLICATE,          /* one publisher says the same twice on one day */
    FINDING_KINDS,
};

/* "part_above_total", …; NULL-terminated. */
extern const char *const finding_names[];

struct finding {
    enum finding_kind kind;
    struct span span;
    bool has_values; /* what stands, and what it would be expected to be or not to exceed */
    amount value;
    amount expected;
    struct figure against; /* what `expected` is of: of the total, the months, the period */
    const struct report *reports[2]; /* the evidence; NULL where it is an observation itself */
};

struct findings {
    const struct finding *at;
    size_t n;
};

/* The findings about one series as of the view's date, by kind, then period; `total` is the view of the series
 * that it is part of, or NULL. Rejected reports are no findings: they have been found already. */
struct findings findings_of(struct arena *arena, const struct view *view, const struct view *total);
