#include "projecting.h"

#include <stdio.h>

#include "exportstat/stats/bes.h"

bool has_totals(struct call *call, const struct selected *selected)
{
    return selected->info->adds_up ||
           problem_set(call->problem, PROBLEM_NO_TOTAL,
                       "'%s' is a stock or a rate (aggregation %s): it has no fiscal-year total "
                       "that could be projected",
                       selected->info->id, selected->info->aggregation);
}

void levels_of(const struct call *call, struct levels *ret)
{
    const struct arg *level = arg(call, PARAM_LEVEL);
    *ret = (struct levels){.at = {80, 95}, .n = 2};
    if (level->given && level->number != 80 && level->number != 95)
        ret->at[ret->n++] = (int)level->number;
    for (int i = 0; i < ret->n; i++) {
        snprintf(ret->bounds[i][0], sizeof ret->bounds[i][0], "low_%d", ret->at[i]);
        snprintf(ret->bounds[i][1], sizeof ret->bounds[i][1], "high_%d", ret->at[i]);
    }
}

void levels_columns(const struct levels *levels, const char *const *first, const char **columns)
{
    while (*first)
        *columns++ = *first++;
    for (int i = 0; i < levels->n; i++) {
        *columns++ = levels->bounds[i][0];
        *columns++ = levels->bounds[i][1];
    }
    *columns = NULL;
}

struct projection year_project(struct call *call, const struct view *view,
                               const struct fiscal_year *year, enum scenario method)
{
    struct project_request request = {
        .months = months_of(call->arena, view),
        .first = year->span.first,
        .scenario = method,
    };
    if (year->reported) {
        request.reported.months = span_months(year->reported->span);
        request.reported.total = amount_real(year->reported->value);
    }
    return project(call->arena, &request);
}

/* A bound of what is certain is exact, as the amount that it is the bound of. */
static void represent_bound(struct out *out, const char *key, const struct spread *spread,
                            double bound)
{
    int decimals = out->decimals;
    if (spread->kind != SPREAD_EXACT) {
        out_estimate(out, key, bound);
        return;
    }
    out->decimals = AMOUNT_DECIMALS;
    out_real(out, key, bound);
    out->decimals = decimals;
}

void represent_intervals(struct out *out, const struct levels *levels, const struct spread *spread)
{
    struct bounds bounds;
    bool any = false;
    out_array(out, "intervals");
    for (int i = 0; i < levels->n; i++) {
        if (!spread_interval(spread, levels->at[i], &bounds))
            continue;
        any = true;
        out_object(out, NULL);
        out_integer(out, "level", levels->at[i]);
        represent_bound(out, "low", spread, bounds.low);
        represent_bound(out, "high", spread, bounds.high);
        out_object_end(out);
    }
    out_array_end(out);
    if (!any)
        out_text(out, "intervals_missing_reason", missing_names[MISSING_NO_INTERVAL]);
    for (int i = 0; out->csv && i < levels->n; i++) {
        if (spread_interval(spread, levels->at[i], &bounds)) {
            represent_bound(out, levels->bounds[i][0], spread, bounds.low);
            represent_bound(out, levels->bounds[i][1], spread, bounds.high);
        }
    }
}

void represent_total(const struct projecting *of, const struct projection *projection)
{
    struct out *out = of->call->out;
    if (!projection->known) {
        out_null(out, "total");
        represent_missing(out, projection->missing);
        represent_intervals(out, &of->levels, &(struct spread){0});
        return;
    }
    if (projection->total.kind == SPREAD_EXACT)
        out_amount(out, "total", of->year.certain_total);
    else
        out_estimate(out, "total", spread_point(&projection->total));
    represent_intervals(out, &of->levels, &projection->total);
}

void represent_flags(struct call *call, unsigned flags)
{
    const char *names[FLAGS];
    size_t n = 0;
    for (int i = 0; i < FLAGS; i++) {
        if (flags & (1U << i))
            names[n++] = projection_flag_names[i];
    }
    out_names(call->out, "flags", names, n);
}

void represent_projected(const struct projecting *of, const struct projection *projection)
{
    struct out *out = of->call->out;
    out_text(out, "method", scenario_names[projection->scenario]);
    out_text(out, "method_version", projection->scenario == SCENARIO_BES ? BES_VERSION : NULL);
    represent_flags(of->call, projection->flags);
    represent_total(of, projection);
}

void represent_outliers(const struct projecting *of)
{
    struct out *out = of->call->out;
    out_array(out, "outliers");
    for (size_t i = 0; i < of->projection.n_outliers; i++) {
        const struct projected_outlier *outlier = &of->projection.outliers[i];
        out_object(out, NULL);
        represent_month(out, "period", outlier->month);
        out_amount(out, "value", view_month(&of->selected->view, outlier->month)->value);
        out_estimate(out, "foretold", outlier->foretold);
        out_estimate(out, "fitted", outlier->fitted);
        out_object_end(out);
    }
    out_array_end(out);
}

static const char *const formulas[SCENARIOS] = {
    [SCENARIO_BES] =
        ("total = known total + exp(sum over the models of weight * ln(the months that "
         "remain)): a weighted average of 168 seasonal exponential-smoothing models, "
         "as docs/projections.md has it"),
    [SCENARIO_SEASONAL_SHARE] = ("total = known total / (the same months' sum over the latest "
                                 "complete years before, at most three / those years' totals)"),
    [SCENARIO_RUN_RATE] = "total = 12 * known total / known months",
    [SCENARIO_PRIOR_YEAR] =
        "total = last year's total * known total / the same months' sum of last year",
    [SCENARIO_RECENT_PACE] =
        "total = known total + remaining months * average of the three newest known months",
    [SCENARIO_SAME_AS_LAST_YEAR] =
        "total = known total + last year's sum of the months that remain",
};

/* The first month that the method looks at. */
static int32_t inputs_first(const struct projecting *of)
{
    const struct view *view = &of->selected->view;
    int32_t first = of->year.span.first;
    int32_t month = view_last(view);
    switch (of->projection.scenario) {
    case SCENARIO_BES:
        return view->first;
    case SCENARIO_SEASONAL_SHARE:
        return first - 12 * SCENARIO_YEARS_MAX;
    case SCENARIO_PRIOR_YEAR:
    case SCENARIO_SAME_AS_LAST_YEAR:
        return first - 12;
    case SCENARIO_RECENT_PACE:
        for (int n = 0; month >= view->first && n < SCENARIO_PACE_MONTHS; month--)
            n += view_month(view, month)->known;
        return month + 1 < first ? month + 1 : first;
    default:
        return first;
    }
}

void represent_explanation(const struct projecting *of)
{
    struct call *call = of->call;
    const struct view *view = &of->selected->view;
    bool is_sum = of->projection.total.kind == SPREAD_EXACT;
    int32_t month = is_sum ? of->year.span.first : inputs_first(of);
    int32_t last = view_last(view);
    if (of->year.span.last < last)
        last = of->year.span.last;
    explain_formula(call, is_sum ? "total = sum of the months" : formulas[of->projection.scenario],
                    NULL);
    explain_inputs(call);
    for (; month <= last; month++) {
        const struct observation *at = view_month(view, month);
        if (at && at->known)
            explain_input(call, of->selected, figure_of(view, at->span));
    }
    if (of->year.reported)
        explain_input(call, of->selected, (struct figure){.own = *of->year.reported});
    explain_inputs_end(call);
}
