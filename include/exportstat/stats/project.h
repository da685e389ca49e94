/* The projection of a fiscal year: what its twelve months will add up to, and how sure that is.
 *
 * The default is bes (bes.h), with rules for the months that are not as it wants them: too few, missing, zero,
 * below zero. Scenarios stand beside it, never instead: what if the pace stays as it is. Everything here is a
 * function of the months known at an origin, so that a backtest asks the same questions of less.
 *
 * This and what it is made of compute in floating point; results are rounded once, when written. */
#pragma once

#include "exportstat/stats/spread.h"
#include "exportstat/stats/view.h"

/* A month's value, if there is one; of an unknown one `value` is not read. */
struct monthly {
    bool known;
    double value;
};

/* Months in a row, as they are known at the origin. */
struct months {
    int32_t first;
    const struct monthly *at;
    size_t n;
};

/* The months of a view. */
struct months months_of(struct arena *arena, const struct view *view);

/* The same months up to the one given, as if nothing later were known. */
struct months months_until(const struct months *months, int32_t last);

enum scenario {
    SCENARIO_BES, /* the default: the only one that knows how sure it is */
    /* The total of the known months, divided by the share that the same months had in the latest complete
     * years before (at most SCENARIO_YEARS_MAX, taken together). */
    SCENARIO_SEASONAL_SHARE,
    SCENARIO_RUN_RATE,    /* twelve times the average of the known months */
    SCENARIO_PRIOR_YEAR,  /* last year, scaled by the growth of the known months on the same */
    SCENARIO_RECENT_PACE, /* each remaining month as the average of the three newest known ones */
    SCENARIO_SAME_AS_LAST_YEAR, /* each remaining month as the same of last year */
    SCENARIOS,
};

/* "bes", "seasonal_share", "run_rate", …; NULL-terminated. */
extern const char *const scenario_names[];

enum {
    SCENARIO_YEARS_MAX = 3,
    SCENARIO_PACE_MONTHS = 3,
    PROJECT_KNOWN_MIN = 6,    /* known months below which bes is not asked */
    PROJECT_SHORT = 24,       /* months before the year below which the history is short, */
    PROJECT_INDICATIVE = 12,  /* and the answer indicative */
    PROJECT_GAP_MAX = 6,      /* missing months in a row that the history may have */
    PROJECT_MISSING_MAX = 25, /* percent of the history that may be missing */
    PROJECT_ZEROS_FEW = 10,   /* percent of zeros that may be gaps in disguise */
    PROJECT_ZEROS_MAX = 30,   /* percent of zeros above which months come and go */
};

/* What a reader has to know about an answer. */
enum projection_flag {
    FLAG_SHORT_HISTORY,        /* 12 to 23 months before the year */
    FLAG_INDICATIVE,           /* fewer: no skill is claimed */
    FLAG_INSUFFICIENT_HISTORY, /* fewer than 6 known months: the run rate instead, without interval */
    FLAG_ESTIMATED_MONTHS, /* months of the year before the newest known one are estimated too */
    FLAG_CUMULATIVE_TOTAL, /* a reported total of the first months stands for months not known */
    FLAG_MISSING_MONTHS,   /* the history has gaps; they are passed over, not filled */
    FLAG_HISTORY_CUT,      /* only the months after a long gap are used */
    FLAG_ZEROS_AS_MISSING, /* a few zeros among much higher months */
    FLAG_IDENTITY_SCALE,   /* zeros or values below zero: no logarithms */
    FLAG_INTERMITTENT,     /* mostly zeros: the average, and past sums of as many months */
    FLAG_OUTLIERS,         /* months far off what was foretold count less in the fit */
    FLAG_LATEST_OUTLIER,   /* and the newest is one of them */
    FLAGS,
};

/* "short_history", …; NULL-terminated. */
extern const char *const projection_flag_names[];

/* A reported sum of the first months of the fiscal year; none where `months` is 0. It wins over what would be
 * estimated, never over months that are known. */
struct cumulative {
    int months;
    double total;
};

struct projected_month {
    bool known;
    bool estimated; /* before the newest known month */
    struct spread spread;
};

/* A month that is far off; it counts in full in totals, and as `fitted` in the fit. */
struct projected_outlier {
    int32_t month;
    double value;
    double foretold;
    double fitted;
};

struct projection {
    bool known;
    enum missing missing;   /* why not */
    enum scenario scenario; /* what was used: the run rate where there is too little for bes */
    unsigned flags;         /* bit by enum projection_flag */
    int32_t first;          /* the first month of the year */
    int known_months;       /* of the year */
    int fitted_months;      /* that the fit rests on; 0 of other scenarios */
    struct spread total;
    struct projected_month month[12];
    const struct projected_outlier *outliers; /* by month */
    size_t n_outliers;
};

/* What is asked. */
struct project_request {
    struct months months;
    int32_t first; /* of the fiscal year */
    struct cumulative reported;
    enum scenario scenario;
};

/* Projects the year. A complete year is its sum. The arena holds what the answer points to, and the working
 * memory: about 100 KB for bes. */
struct projection project(struct arena *arena, const struct project_request *request);
