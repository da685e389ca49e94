/* A projection on its way into an answer. Part of the endpoint of projections. */
#pragma once

#include "../endpoints.h"
#include "../explain.h"
#include "exportstat/stats/projection.h"

/* What is being projected. */
struct projecting {
    struct call *call;
    const struct selected *selected;
    int32_t number; /* of the fiscal year */
    struct fiscal_year year;
    enum projection_method method;
    int levels[PROJECTION_LEVELS_MAX];
    int n_levels;
    /* As CSV the levels of a month stand side by side. */
    char bounds[PROJECTION_LEVELS_MAX][2][20]; /* "low_80", "high_80" */
    const char *columns[OUT_COLUMNS_MAX];
};

/* "published": what sources projected, the low and high of one source together. */
bool represent_published(const struct projecting *of);

/* "required": what it would take to reach the target asked for, or else the newest published one. */
bool represent_required(const struct projecting *of);
