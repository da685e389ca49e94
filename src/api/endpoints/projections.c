/* GET /v1/exports/projections: what a fiscal year will add up to, by each method, with its record. */
#include "projecting.h"

#include <stdio.h>

/* The levels of intervals: 80 and 95, and another that is asked for. */
static void levels_of(struct projecting *of)
{
    static const char *const fields[] = {"series", "fiscal_year", "method", "period", "value"};
    const struct arg *level = arg(of->call, PARAM_LEVEL);
    size_t n = 0;
    of->levels[of->n_levels++] = 80;
    of->levels[of->n_levels++] = 95;
    if (level->given && level->number != 80 && level->number != 95)
        of->levels[of->n_levels++] = (int)level->number;
    for (; n < COUNT(fields); n++)
        of->columns[n] = fields[n];
    for (int i = 0; i < of->n_levels; i++) {
        snprintf(of->bounds[i][0], sizeof of->bounds[i][0], "low_%d", of->levels[i]);
        snprintf(of->bounds[i][1], sizeof of->bounds[i][1], "high_%d", of->levels[i]);
        of->columns[n++] = of->bounds[i][0];
        of->columns[n++] = of->bounds[i][1];
    }
    of->columns[n] = NULL;
}

/* Where it is first put it stays: its columns point into it. */
static void projecting_begin(struct projecting *of, struct call *call,
                             const struct selected *selected)
{
    const struct arg *fy = arg(call, PARAM_FY);
    const struct arg *method = arg(call, PARAM_METHOD);
    *of = (struct projecting){.call = call, .selected = selected};
    of->number = fy->given ? fy->period.year : fiscal_year_default(&selected->view);
    of->year = fiscal_year_known(&selected->view, of->number);
    of->method = method->given ? (enum projection_method)method->number
                               : projection_default(&selected->view, &of->year);
    levels_of(of);
}

/* Intervals around a forecast; a complete year is its own. */
static void represent_intervals(const struct projecting *of, const double *errors, int n,
                                double forecast, double floor)
{
    struct out *out = of->call->out;
    out_array(out, "intervals");
    for (int i = 0; i < of->n_levels; i++) {
        struct interval interval = {true, forecast, forecast};
        if (of->year.n_known < 12)
            interval = interval_of(errors, n, forecast, of->levels[i], floor);
        if (!interval.known)
            continue;
        out_object(out, NULL);
        out_integer(out, "level", of->levels[i]);
        out_real(out, "low", interval.low);
        out_real(out, "high", interval.high);
        out_object_end(out);
    }
    out_array_end(out);
    for (int i = 0; out->csv && i < of->n_levels; i++) {
        struct interval interval = interval_of(errors, n, forecast, of->levels[i], floor);
        if (interval.known) {
            out_real(out, of->bounds[i][0], interval.low);
            out_real(out, of->bounds[i][1], interval.high);
        }
    }
}

static void represent_months(const struct projecting *of, const struct forecast *forecast)
{
    struct out *out = of->call->out;
    double errors[BACKTEST_ORIGINS_MAX];
    char fiscal_year[PERIOD_TEXT];
    span_name(of->year.span, of->selected->info->fiscal_year_start, fiscal_year);
    out_rows(out, "months", of->columns);
    for (int i = 0; i < 12 && forecast->known; i++) {
        if (of->year.known & (1U << i))
            continue;
        int n =
            backtest_month(&of->selected->view, of->number, of->year.known, of->method, i, errors);
        out_row(out);
        if (out->csv) {
            out_text(out, "fiscal_year", fiscal_year);
            out_text(out, "method", projection_method_names[of->method]);
        }
        represent_month(out, "period", of->year.span.first + i);
        out_real(out, "value", forecast->month[i]);
        represent_intervals(of, errors, n, forecast->month[i], 0);
        out_row_end(out);
    }
    out_rows_end(out);
}

static const char *const formulas[] = {
    [PROJECTION_SEASONAL_SHARE] = "total = known total / (the same months' sum over the latest "
                                  "complete years before, at most "
                                  "three / those years' totals)",
    [PROJECTION_RUN_RATE] = "total = 12 * known total / known months",
    [PROJECTION_PRIOR_YEAR] =
        "total = last year's total * known total / the same months' sum of last year",
};

static void represent_explanation(const struct projecting *of)
{
    struct call *call = of->call;
    int32_t before = of->method == PROJECTION_RUN_RATE ? 0 : 1;
    if (of->method == PROJECTION_SEASONAL_SHARE)
        before = PROJECTION_YEARS_MAX;
    explain_formula(call, formulas[of->method], NULL);
    explain_inputs(call);
    for (int32_t year = of->number - before; year <= of->number; year++) {
        struct fiscal_year known = fiscal_year_known(&of->selected->view, year);
        for (int i = 0; i < 12; i++) {
            int32_t month = known.span.first + i;
            if (known.known & (1U << i))
                explain_input(call, of->selected,
                              figure_of(&of->selected->view, (struct span){month, month}));
        }
    }
    explain_inputs_end(call);
}

/* The method's total with its intervals; writes null and a reason where there is none. */
static struct forecast represent_total(const struct projecting *of, enum projection_method method,
                                       const struct backtest *backtest)
{
    struct out *out = of->call->out;
    struct forecast forecast =
        forecast_year(&of->selected->view, of->number, of->year.known, method);
    if (forecast.known) {
        out_real(out, "total", forecast.total);
        represent_intervals(of, backtest->error, backtest->origins, forecast.total,
                            amount_real(of->year.total));
    } else {
        out_null(out, "total");
        represent_missing(out, forecast.missing);
        out_array(out, "intervals");
        out_array_end(out);
    }
    return forecast;
}

static void represent_projection(const struct projecting *of, bool brief)
{
    struct out *out = of->call->out;
    struct backtest backtest =
        backtest_of(&of->selected->view, of->number, of->year.known, of->method);
    out_object(out, "projection");
    if (brief)
        represent_span(out, "fiscal_year", of->year.span, of->selected->info->fiscal_year_start);
    out_text(out, "method", projection_method_names[of->method]);
    struct forecast forecast = represent_total(of, of->method, &backtest);
    if (!brief)
        represent_months(of, &forecast);
    if (!brief && call_explain(of->call))
        represent_explanation(of);
    out_object_end(out);
}

/* `missing` says why there are no scores, where there are none. */
static void represent_scores(struct out *out, const struct backtest *backtest, enum missing missing)
{
    out_integer(out, "origins", backtest->origins);
    if (backtest->origins > 0) {
        out_real(out, "mape", backtest->mape);
        out_real(out, "bias", backtest->bias);
    } else {
        out_null(out, "mape");
        out_null(out, "bias");
    }
    if (backtest->has_hits) {
        out_integer(out, "hits_80", backtest->hits_80);
        out_ratio(out, "coverage_80", ratio_percent(backtest->hits_80, backtest->origins));
    } else {
        out_null(out, "hits_80");
        out_null(out, "coverage_80");
    }
    if (!backtest->has_hits)
        represent_missing(out, missing);
}

static void represent_method(const struct projecting *of, enum projection_method method)
{
    struct out *out = of->call->out;
    const struct view *view = &of->selected->view;
    struct backtest backtest = backtest_of(view, of->number, of->year.known, method);
    out_object(out, NULL);
    out_text(out, "id", projection_method_names[method]);
    represent_total(of, method, &backtest);
    out_object(out, "backtest");
    /* That a sum of twelve known months is right is no merit of a method. */
    if (of->year.n_known == 12)
        represent_scores(out, &(struct backtest){0}, MISSING_COMPLETE_PERIOD);
    else
        represent_scores(out, &backtest, MISSING_INSUFFICIENT_HISTORY);
    out_array(out, "by_known_months");
    for (int known = 1; known < 12; known++) {
        struct backtest at = backtest_of(view, of->number, (1U << known) - 1, method);
        out_object(out, NULL);
        out_integer(out, "known_months", known);
        represent_scores(out, &at, MISSING_INSUFFICIENT_HISTORY);
        out_object_end(out);
    }
    out_array_end(out);
    out_object_end(out);
    out_object_end(out);
}

static void represent_known(const struct projecting *of)
{
    struct out *out = of->call->out;
    unsigned known = of->year.known;
    out_object(out, "known");
    out_integer(out, "months", of->year.n_known);
    if (known) {
        represent_month(out, "from", of->year.span.first + __builtin_ctz(known));
        represent_month(out, "to", of->year.span.first + 31 - __builtin_clz(known));
        out_amount(out, "total", of->year.total);
    } else {
        out_null(out, "from");
        out_null(out, "to");
        out_null(out, "total");
        represent_missing(out, MISSING_NOT_REPORTED);
    }
    out_object_end(out);
}

void represent_projection_brief(struct call *call, const struct selected *selected)
{
    if (selected->view.n == 0) {
        out_null(call->out, "projection");
        return;
    }
    struct projecting of;
    projecting_begin(&of, call, selected);
    represent_projection(&of, true);
}

static void represent_nothing(struct call *call)
{
    struct out *out = call->out;
    struct projecting nothing = {.call = call};
    levels_of(&nothing);
    out_null(out, "fiscal_year");
    out_null(out, "known");
    out_null(out, "projection");
    represent_missing(out, MISSING_INSUFFICIENT_HISTORY);
    out_rows(out, "methods", nothing.columns);
    out_rows_end(out);
    out_array(out, "published");
    out_array_end(out);
    out_null(out, "required");
}

bool get_projections(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    if (selected->view.n == 0) {
        represent_nothing(call);
        return true;
    }
    if (!call_slow(call))
        return false;
    struct projecting of;
    projecting_begin(&of, call, selected);
    represent_span(out, "fiscal_year", of.year.span, selected->info->fiscal_year_start);
    represent_known(&of);
    represent_projection(&of, false);
    out_array(out, "methods");
    for (enum projection_method method = 0; method < PROJECTION_METHODS; method++)
        represent_method(&of, method);
    out_array_end(out);
    return represent_published(&of) && represent_required(&of);
}
