/* A chart of one series: what is drawn, and where. Part of the api.
 *
 * chart.c gathers the points, chart_axes.c divides the axes, chart_svg.c draws. All values are exact until they become
 * places on the drawing; their labels are written from the exact ones. */
#pragma once

#include "../call.h"
#include "exportstat/stats/growth.h"

enum { CHART_TICKS_MAX = 16, CHART_LABEL = 64 };

struct chart_point {
    struct span period;
    bool known;
    bool derived;
    bool disputed;
    double value;
    const char *label; /* the value as it is written elsewhere */
};

/* A division of the axis of values. */
struct chart_scale {
    double low;
    double high;
    double step;
    int decimals; /* of the labels */
    int n_ticks;
};

struct chart {
    struct call *call;
    const struct series_info *info;
    enum frequency frequency;
    enum transform transform;
    const struct chart_point *at; /* in order of time */
    size_t n;
    const struct chart_point *newest; /* the last known one, or NULL */
    struct chart_scale scale;
    const char *sources; /* who published the reports behind it */
    date as_of;
    bool has_as_of;
};

/* Divides the axis from the lowest to the highest of the values, and zero where it is to be there, by round numbers. */
struct chart_scale chart_scale_of(double low, double high, bool with_zero, int ticks);

/* The label of a tick. */
void chart_tick_label(const struct chart_scale *scale, double value, char ret[static CHART_LABEL]);

/* Writes the name of a period of the chart's frequency. */
void chart_period(const struct chart *chart, struct span period, char ret[static PERIOD_TEXT]);

/* Writes the whole answer; false where the problem says why it can not. */
bool chart_draw(const struct chart *chart);
