/* GET /v1/exports/projections: what a fiscal year will add up to, by each method, with its record. */
#include "projecting.h"

static const char *const columns_first[] = {"series", "fiscal_year", "method",
                                            "period", "value",       NULL};

static void projecting_begin(struct projecting *of, struct call *call,
                             const struct selected *selected)
{
    const struct arg *fy = arg(call, PARAM_FY);
    *of = (struct projecting){.call = call, .selected = selected, .method = SCENARIO_BES};
    if (arg(call, PARAM_METHOD)->given)
        of->method = (enum scenario)arg(call, PARAM_METHOD)->number;
    of->number = fy->given ? fy->period.year : fiscal_year_default(&selected->view);
    of->year = fiscal_year_known(call->arena, &selected->view, of->number);
    of->projection = year_project(call, &selected->view, &of->year, of->method);
    levels_of(call, &of->levels);
}

static void represent_months(const struct projecting *of)
{
    struct out *out = of->call->out;
    const struct projection *projection = &of->projection;
    const char *columns[OUT_COLUMNS_MAX];
    levels_columns(&of->levels, columns_first, columns);
    out_rows(out, "months", columns);
    for (int i = 0; i < 12 && projection->known; i++) {
        const struct projected_month *month = &projection->month[i];
        if (month->known)
            continue;
        out_row(out);
        if (out->csv) {
            represent_span(out, "fiscal_year", of->year.span,
                           of->selected->info->fiscal_year_start);
            out_text(out, "method", scenario_names[projection->scenario]);
        }
        represent_month(out, "period", of->year.span.first + i);
        out_estimate(out, "value", spread_point(&month->spread));
        out_boolean(out, "estimated", month->estimated);
        represent_intervals(out, &of->levels, &month->spread);
        out_row_end(out);
    }
    out_rows_end(out);
}

static void represent_projection(const struct projecting *of)
{
    struct call *call = of->call;
    out_object(call->out, "projection");
    represent_projected(of, &of->projection);
    represent_outliers(of);
    represent_months(of);
    if (call_explain(call))
        represent_explanation(of);
    out_object_end(call->out);
}

/* What is reported of the first months together, where it stands for months that are not known. */
static void represent_reported(const struct projecting *of)
{
    struct call *call = of->call;
    const struct observation *reported = of->year.reported;
    if (!reported) {
        out_null(call->out, "reported");
        return;
    }
    out_object(call->out, "reported");
    represent_span(call->out, "period", reported->span, of->selected->info->fiscal_year_start);
    represent_observation(call, reported, false);
    out_object_end(call->out);
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
    represent_reported(of);
    out_object_end(out);
}

void represent_projection_brief(struct call *call, const struct selected *selected)
{
    struct projecting of;
    if (selected->view.n == 0 || !selected->info->adds_up) {
        out_null(call->out, "projection");
        if (!selected->info->adds_up)
            out_text(call->out, "projection_missing_reason", missing_names[MISSING_NOT_ADDITIVE]);
        return;
    }
    projecting_begin(&of, call, selected);
    out_object(call->out, "projection");
    represent_span(call->out, "fiscal_year", of.year.span, selected->info->fiscal_year_start);
    represent_projected(&of, &of.projection);
    out_object_end(call->out);
}

static void represent_nothing(struct call *call)
{
    struct out *out = call->out;
    struct levels levels;
    const char *columns[OUT_COLUMNS_MAX];
    levels_of(call, &levels);
    levels_columns(&levels, columns_first, columns);
    out_null(out, "fiscal_year");
    out_null(out, "known");
    out_null(out, "projection");
    represent_missing(out, MISSING_INSUFFICIENT_HISTORY);
    out_rows(out, "methods", columns);
    out_rows_end(out);
    out_array(out, "published");
    out_array_end(out);
    out_null(out, "required");
}

bool get_projections(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    if (!has_totals(call, selected))
        return false;
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
    represent_projection(&of);
    if (out->csv)
        return true; /* its rows are the months */
    represent_methods(&of);
    return represent_published(&of) && represent_required(&of);
}
