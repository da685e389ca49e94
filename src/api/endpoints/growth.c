/* GET /v1/exports/growth, and /v1/exports/share: rates and shares, period by period. */
#include <string.h>

#include "../endpoints.h"
#include "../explain.h"
#include "exportstat/stats/share.h"

static const char *const growth_columns[] = {
    "series", "period",  "value_period", "value",          "base_period", "base",
    "change", "percent", "unlike_bases", "missing_reason", NULL,
};
static const char *const share_columns[] = {
    "series", "period", "value", "of_value", "percent", "missing_reason", NULL,
};

bool get_growth(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    const struct window *window = &selected->window;
    enum frequency frequency = (enum frequency)arg(call, PARAM_FREQUENCY)->number;
    enum growth_basis basis = (enum growth_basis)arg(call, PARAM_BASIS)->number;
    int start = selected->info->fiscal_year_start;
    if (frequency != FREQUENCY_MONTH && basis != GROWTH_YOY)
        return problem_invalid(call->problem, "basis", "yoy",
                               "%s compares months; with a larger frequency only yoy is possible",
                               growth_basis_names[basis]);
    out_text(out, "basis", growth_basis_names[basis]);
    if (frequency != FREQUENCY_MONTH)
        out_text(out, "frequency", frequency_names[frequency]);
    out_rows(out, "growth", growth_columns);
    for (size_t i = 0; i < window->n; i++) {
        struct growth growth = growth_of(&selected->view, window->at[i], basis);
        out_row(out);
        represent_period(out, "period", window->at[i], frequency, start);
        if (!span_equal(growth.now.span, window->at[i]))
            represent_period(out, "value_period", growth.now.span, FREQUENCY_RANGE, start);
        if (growth.now.known)
            out_amount(out, "value", growth.now.value);
        else
            out_null(out, "value");
        represent_growth(call, selected, &growth, growth_frequency(basis, frequency));
        out_row_end(out);
    }
    out_rows_end(out);
    return true;
}

/* The series that the share is of; false where there are none or they can not be added up. */
static bool share_wholes(struct call *call, const struct selected *selected,
                         struct selected *wholes, size_t *ret_n)
{
    const struct arg *of = arg(call, PARAM_OF);
    *ret_n = of->given ? of->n : 1;
    if (!of->given && !selected->info->part_of)
        return problem_invalid(
            call->problem, "of", NULL,
            "'%s' is part of no other series: name those that it is to be a share of",
            selected->info->id);
    for (size_t i = 0; i < *ret_n; i++) {
        if (!call_series(call, of->given ? of->texts[i] : selected->info->part_of, &wholes[i]))
            return false;
        if (strcmp(wholes[i].info->unit, selected->info->unit) != 0)
            return problem_invalid(call->problem, "of", NULL, "'%s' is in %s, '%s' in %s",
                                   wholes[i].info->id, wholes[i].info->unit, selected->info->id,
                                   selected->info->unit);
    }
    return true;
}

static void share_explain(struct call *call, const struct selected *selected,
                          const struct selected *wholes, size_t n, const struct share *share)
{
    struct span period = share->part.span;
    struct band whole = {0};
    struct range range;
    for (size_t i = 0; i < n; i++) {
        struct figure figure = figure_of(&wholes[i].view, period);
        whole = band_sum(whole, band_of(&figure));
    }
    bool known = share->has_percent && band_share(band_of(&share->part), whole, &range);
    explain_formula(call, "100 * value / of_value", known ? &range : NULL);
    explain_inputs(call);
    explain_input(call, selected, share->part);
    for (size_t i = 0; i < n; i++)
        explain_input(call, &wholes[i], figure_of(&wholes[i].view, period));
    explain_inputs_end(call);
}

static void share_row(struct call *call, const struct selected *selected, const struct share *share)
{
    struct out *out = call->out;
    represent_period(out, "period", share->part.span,
                     (enum frequency)arg(call, PARAM_FREQUENCY)->number,
                     selected->info->fiscal_year_start);
    if (share->part.known)
        out_amount(out, "value", share->part.value);
    else
        out_null(out, "value");
    if (share->whole_known)
        out_amount(out, "of_value", share->whole);
    else
        out_null(out, "of_value");
    if (share->has_percent)
        out_ratio(out, "percent", share->percent);
    else
        out_null(out, "percent");
    represent_missing(out, share->missing);
}

bool get_share(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    const struct window *window = &selected->window;
    struct selected *wholes = ARENA_ARRAY(call->arena, SERIES_MAX, struct selected);
    struct view *views = ARENA_ARRAY(call->arena, SERIES_MAX, struct view);
    const char **ids = ARENA_ARRAY(call->arena, SERIES_MAX, const char *);
    size_t n;
    if (!share_wholes(call, selected, wholes, &n))
        return false;
    for (size_t i = 0; i < n; i++) {
        views[i] = wholes[i].view;
        ids[i] = wholes[i].info->id;
    }
    if (arg(call, PARAM_FREQUENCY)->number != FREQUENCY_MONTH)
        out_text(out, "frequency", frequency_names[arg(call, PARAM_FREQUENCY)->number]);
    out_names(out, "of", ids, n);
    out_rows(out, "share", share_columns);
    for (size_t i = 0; i < window->n; i++) {
        struct share share = share_of(&selected->view, views, n, window->at[i]);
        out_row(out);
        share_row(call, selected, &share);
        if (call_explain(call))
            share_explain(call, selected, wholes, n, &share);
        out_row_end(out);
    }
    out_rows_end(out);
    return true;
}
