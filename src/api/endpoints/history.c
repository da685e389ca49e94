/* GET /v1/exports/projections/history: what would have been projected at each release of a month of the year. */
#include <math.h>
#include <stdlib.h>

#include "projecting.h"

/* The fiscal year, and the months of it in the order of their release. */
struct outlook {
    struct call *call;
    const struct selected *selected;
    int32_t number;
    enum scenario method;
    struct figure actual;
    struct levels levels;
    const struct observation *month[12];
    int n;
};

static const char *const columns_first[] = {
    "series", "fiscal_year", "as_of",         "released", "known_months",
    "method", "total",       "error_percent", "flags",    NULL,
};

static int by_release(const void *a, const void *b)
{
    const struct observation *left = *(const struct observation *const *)a;
    const struct observation *right = *(const struct observation *const *)b;
    if (left->first_released.day != right->first_released.day)
        return left->first_released.day < right->first_released.day ? -1 : 1;
    return left->span.first < right->span.first ? -1 : 1;
}

static void outlook_begin(struct outlook *of, struct call *call, const struct selected *selected)
{
    const struct arg *fy = arg(call, PARAM_FY);
    *of = (struct outlook){
        .call = call,
        .selected = selected,
        .number = fy->given ? fy->period.year : fiscal_year_default(&selected->view),
        .method = (enum scenario)arg(call, PARAM_METHOD)->number,
    };
    struct fiscal_year year = fiscal_year_known(call->arena, &selected->view, of->number);
    of->actual = figure_of(&selected->view, year.span);
    levels_of(call, &of->levels);
    for (int i = 0; i < 12; i++) {
        if (year.known & (1U << i))
            of->month[of->n++] = view_month(&selected->view, year.span.first + i);
    }
    qsort(of->month, (size_t)of->n, sizeof(void *), by_release);
}

static void represent_error(const struct outlook *of, const struct projection *projection)
{
    struct out *out = of->call->out;
    double actual = amount_real(of->actual.value);
    if (!of->actual.known || !projection->known || actual == 0)
        out_null(out, "error_percent");
    else
        out_estimate(out, "error_percent",
                     100 * (actual - spread_point(&projection->total)) / fabs(actual));
}

/* What was released on one day, from the i-th month on; returns how many there are. */
static int represent_release(const struct outlook *of, int i)
{
    struct out *out = of->call->out;
    date day = of->month[i]->first_released;
    char names[12][PERIOD_TEXT];
    const char *texts[12];
    int n = 0;
    for (; i + n < of->n && of->month[i + n]->first_released.day == day.day; n++) {
        span_format(of->month[i + n]->span, FREQUENCY_MONTH, 1, names[n]);
        texts[n] = names[n];
    }
    struct view view =
        view_of(of->call->arena, of->selected->view.resolved, day, of->selected->view.release);
    struct projecting projecting = {
        .call = of->call,
        .selected = of->selected,
        .number = of->number,
        .year = fiscal_year_known(of->call->arena, &view, of->number),
        .levels = of->levels,
    };
    struct projection projection = year_project(of->call, &view, &projecting.year, of->method);
    out_row(out);
    if (out->csv)
        represent_span(out, "fiscal_year", of->actual.span, of->selected->info->fiscal_year_start);
    out_date(out, "as_of", day);
    out_names(out, "released", texts, (size_t)n);
    out_integer(out, "known_months", projecting.year.n_known);
    represent_projected(&projecting, &projection);
    represent_error(of, &projection);
    out_row_end(out);
    return n;
}

bool get_projection_history(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    struct outlook of = {0};
    const char *columns[OUT_COLUMNS_MAX];
    if (!has_totals(call, selected))
        return false;
    if (selected->view.n > 0) {
        if (!call_slow(call))
            return false;
        outlook_begin(&of, call, selected);
        represent_span(out, "fiscal_year", of.actual.span, selected->info->fiscal_year_start);
    } else {
        out_null(out, "fiscal_year");
        levels_of(call, &of.levels);
    }
    if (of.actual.known)
        out_amount(out, "actual", of.actual.value);
    else
        out_null(out, "actual");
    represent_missing(out, selected->view.n > 0 ? of.actual.missing : MISSING_INSUFFICIENT_HISTORY);
    levels_columns(&of.levels, columns_first, columns);
    out_rows(out, "history", columns);
    for (int i = 0; i < of.n;)
        i += represent_release(&of, i);
    out_rows_end(out);
    return true;
}
