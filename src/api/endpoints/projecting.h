/* A projection on its way into an answer. Part of the endpoints of projections. */
#pragma once

#include "../endpoints.h"
#include "../explain.h"
#include "exportstat/stats/fiscal.h"
#include "exportstat/stats/project.h"
#include "exportstat/stats/replay.h"

enum { PROJECTING_LEVELS_MAX = 3 };

/* The levels of intervals: 80 and 95, and another that is asked for. As CSV they stand side by side. */
struct levels {
    int at[PROJECTING_LEVELS_MAX];
    int n;
    char bounds[PROJECTING_LEVELS_MAX][2][20]; /* "low_80", "high_80" */
};

/* What is being projected. */
struct projecting {
    struct call *call;
    const struct selected *selected;
    int32_t number; /* of the fiscal year */
    struct fiscal_year year;
    struct months months;
    enum scenario method;         /* asked for */
    struct projection projection; /* by that, or what answers instead */
    struct levels levels;
};

/* Whether the series has totals to project; else that is the problem. */
bool has_totals(struct call *call, const struct selected *selected);

void levels_of(const struct call *call, struct levels *ret);

/* The columns, and after them those of the levels; `columns` has room for OUT_COLUMNS_MAX. */
void levels_columns(const struct levels *levels, const char *const *first, const char **columns);

/* Projects a fiscal year by a method, from what a view knows. */
struct projection year_project(struct call *call, const struct view *view,
                               const struct fiscal_year *year, enum scenario method);

/* A projection as fields: its method and version, flags, total and intervals. */
void represent_projected(const struct projecting *of, const struct projection *projection);

/* total and intervals, and why they are missing. */
void represent_total(const struct projecting *of, const struct projection *projection);
void represent_intervals(struct out *out, const struct levels *levels, const struct spread *spread);

/* Flags by their names. */
void represent_flags(struct call *call, unsigned flags);

/* "outliers", with the values that they have. */
void represent_outliers(const struct projecting *of);

/* Formula and inputs. */
void represent_explanation(const struct projecting *of);

/* The backtest of a method over the years before a month; that of bes is made once for each generation. */
struct replay replay_of(struct call *call, const struct selected *selected, enum scenario method,
                        int32_t before);

/* "methods": each with its total and its record. */
void represent_methods(const struct projecting *of);

/* "published": what sources projected, the low and high of one source together. */
bool represent_published(const struct projecting *of);

/* "required": what it would take to reach the target asked for, or else the newest published one. */
bool represent_required(const struct projecting *of);
