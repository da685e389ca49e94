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
