#include "exportstat/base/metric.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *const metric_names[] = {
    [METRIC_LEVEL] = "level",
    [METRIC_MOM] = "mom_pct",
    [METRIC_YOY] = "yoy_pct",
    [METRIC_FYTD_LEVEL] = "fytd_level",
    [METRIC_FYTD_YOY] = "fytd_yoy_pct",
    [METRIC_RECORD_HIGH] = "record_high",
    [METRIC_PREVIOUS_RECORD] = "previous_record",
    [METRIC_THRESHOLD] = "threshold_first_crossed",
    [METRIC_STREAK] = "growth_streak_months",
    [METRIC_AVERAGE] = "trailing_12m_average",
    [METRIC_SHARE] = "share_of_total_exports_pct",
    [METRIC_PROJECTION_LOW] = "fy_projection_low",
    [METRIC_PROJECTION_HIGH] = "fy_projection_high",
    [METRIC_TARGET] = "fy_target",
    NULL,
};

enum metric metric_find(const char *name)
{
    enum metric metric = 0;
    while (metric < METRICS && strcmp(metric_names[metric], name) != 0)
        metric++;
    return metric;
}

bool metric_is_percent(enum metric metric)
{
    return metric == METRIC_MOM || metric == METRIC_YOY || metric == METRIC_FYTD_YOY ||
           metric == METRIC_SHARE;
}

bool metric_is_outcome(enum metric metric)
{
    return metric == METRIC_PROJECTION_LOW || metric == METRIC_PROJECTION_HIGH ||
           metric == METRIC_TARGET;
}

const char *metric_refuses_period(enum metric metric, struct span span, int fiscal_year_start)
{
    struct span year = frequency_span(FREQUENCY_FISCAL_YEAR, span.first, fiscal_year_start);
    if (metric_is_outcome(metric))
        return span_equal(span, year) ? NULL : "this metric is of a fiscal year, such as FY2026";
    switch (metric) {
    case METRIC_FYTD_LEVEL:
    case METRIC_FYTD_YOY:
        return span.first == year.first && span.last <= year.last
                   ? NULL
                   : "this metric is of months that begin with a fiscal year and stay within it";
    case METRIC_STREAK:
        return span.first == span.last ? NULL : "this metric is of a month, such as 2025-12";
    default:
        return NULL;
    }
}

const char *metric_refuses_value(enum metric metric, amount value)
{
    if (metric == METRIC_STREAK && (value <= 0 || value % AMOUNT_SCALE != 0))
        return "months in a row are a whole number above zero";
    return NULL;
}

const char *claim_refuses_precision(amount value, amount precision)
{
    amount magnitude = value < 0 ? -value : value;
    if (precision <= 0 || precision > (magnitude > AMOUNT_SCALE ? magnitude : AMOUNT_SCALE))
        return "a rounding step is above zero, and at most 1 or the value, whichever is larger";
    return NULL;
}

/* The unit as it is written where the series is. */
static const char *plain_unit(enum metric metric, const char *series_unit)
{
    if (metric_is_percent(metric))
        return "percent";
    return metric == METRIC_STREAK ? "months" : series_unit;
}

static void spell(const char *unit, char text[static UNIT_TEXT])
{
    snprintf(text, UNIT_TEXT, "%s", unit);
    for (char *at = text; *at; at++)
        *at = (char)(*at == ' ' ? '_' : tolower((unsigned char)*at));
}

void metric_unit(enum metric metric, const char *series_unit, char text[static UNIT_TEXT])
{
    spell(plain_unit(metric, series_unit), text);
}

bool metric_takes_unit(enum metric metric, const char *series_unit, const char *unit,
                       char ret_reason[static UNIT_REASON])
{
    const char *plain = plain_unit(metric, series_unit);
    char expected[UNIT_TEXT];
    char given[UNIT_TEXT];
    spell(plain, expected);
    spell(unit, given);
    if (strlen(unit) < UNIT_TEXT && strcmp(given, expected) == 0)
        return true;
    bool differ = strcmp(plain, expected) != 0;
    snprintf(ret_reason, UNIT_REASON, "expected '%s'%s%s%s for %s of this series", expected,
             differ ? " or '" : "", differ ? plain : "", differ ? "'" : "", metric_names[metric]);
    return false;
}
