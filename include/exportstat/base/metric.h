/* What a claim can be about: the metrics, and which periods and values each of them takes. */
#pragma once

#include "exportstat/base/amount.h"
#include "exportstat/base/period.h"

enum metric {
    METRIC_LEVEL,
    METRIC_MOM,
    METRIC_YOY,
    METRIC_FYTD_LEVEL,
    METRIC_FYTD_YOY,
    METRIC_RECORD_HIGH,
    METRIC_PREVIOUS_RECORD,
    METRIC_THRESHOLD,
    METRIC_STREAK,
    METRIC_AVERAGE,
    METRIC_SHARE,
    METRIC_PROJECTION_LOW,
    METRIC_PROJECTION_HIGH,
    METRIC_TARGET,
    METRICS,
};

/* As claims name them: "level", "mom_pct", …; NULL-terminated. */
extern const char *const metric_names[];

/* The metric of the name; METRICS where there is none. */
enum metric metric_find(const char *name);

/* Whether it is in percent, whatever the series' unit. */
bool metric_is_percent(enum metric metric);

/* Whether it is about how a fiscal year turns out, which may lie ahead of all that is known. */
bool metric_is_outcome(enum metric metric);

/* What the metric expects of a claim's period, or of its value, where this one is not it; NULL where it is. */
const char *metric_refuses_period(enum metric metric, struct span span, int fiscal_year_start);
const char *metric_refuses_value(enum metric metric, amount value);

/* The same of the rounding step of a claim's value. */
const char *claim_refuses_precision(amount value, amount precision);

/* A unit is at most 100 bytes long. */
enum { UNIT_TEXT = 101, UNIT_REASON = 2 * UNIT_TEXT + 80 };

/* The unit of a metric of a series, as claims spell it: "percent", "months", or "usd_million" where the series' is
 * "USD million". */
void metric_unit(enum metric metric, const char *series_unit, char text[static UNIT_TEXT]);

/* Whether it is that unit; capitals, and blanks for underscores, do not matter. Where it is not, *ret_reason says
 * what is expected. */
bool metric_takes_unit(enum metric metric, const char *series_unit, const char *unit,
                       char ret_reason[static UNIT_REASON]);
