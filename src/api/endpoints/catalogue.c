/* GET /v1/series and /v1/series/{series}: what there is, since when, with which gaps. */
#include "../endpoints.h"
#include "../represent.h"
#include "exportstat/stats/records.h"

static const char *const series_columns[] = {
    "id",
    "title",
    "description",
    "unit",
    "frequency",
    "aggregation",
    "fiscal_year_start",
    "part_of",
    "default",
    "first_period",
    "last_period",
    "months_known",
    "months_missing",
    NULL,
};

static void represent_coverage(struct out *out, const struct view *view)
{
    size_t known = known_months(view);
    size_t derived = 0;
    for (size_t i = 0; i < view->n; i++)
        derived += view->at[i].known && view->at[i].derived;
    if (out->csv && view->n > 0) {
        represent_month(out, "first_period", view->first);
        represent_month(out, "last_period", view_last(view));
    }
    if (out->csv) {
        out_integer(out, "months_known", (int64_t)known);
        out_integer(out, "months_missing", (int64_t)(view->n - known));
        return;
    }
    out_object(out, "coverage");
    if (view->n > 0) {
        represent_month(out, "from", view->first);
        represent_month(out, "to", view_last(view));
    } else {
        out_null(out, "from");
        out_null(out, "to");
        represent_missing(out, MISSING_NOT_REPORTED);
    }
    out_integer(out, "months", (int64_t)view->n);
    out_integer(out, "reported", (int64_t)(known - derived));
    out_integer(out, "derived", (int64_t)derived);
    out_integer(out, "missing", (int64_t)(view->n - known));
    out_object_end(out);
}

/* Runs of missing months, as periods. */
static void represent_gaps(struct out *out, const struct view *view)
{
    out_array(out, "gaps");
    for (size_t i = 0; i < view->n; i++) {
        size_t end = i;
        while (end < view->n && !view->at[end].known)
            end++;
        if (end == i)
            continue;
        struct span gap = {view->first + (int32_t)i, view->first + (int32_t)end - 1};
        enum frequency frequency = gap.first == gap.last ? FREQUENCY_MONTH : FREQUENCY_RANGE;
        represent_period(out, NULL, gap, frequency, 1);
        i = end;
    }
    out_array_end(out);
}

static void represent_entry(struct call *call, const struct selected *selected)
{
    struct out *out = call->out;
    const struct series_info *info = selected->info;
    out_text(out, "id", info->id);
    out_text(out, "title", info->title);
    out_text(out, "description", info->description);
    out_text(out, "unit", info->unit);
    out_text(out, "frequency", "month");
    out_text(out, "aggregation", info->aggregation);
    out_integer(out, "fiscal_year_start", info->fiscal_year_start);
    out_text(out, "part_of", info->part_of);
    out_boolean(out, "default", info->is_default);
    represent_coverage(out, &selected->view);
    represent_gaps(out, &selected->view);
    represent_freshness(call, selected);
}

bool get_series_one(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    if (out->csv) {
        out_rows(out, "", series_columns);
        out->series = NULL;
        out_row(out);
        represent_entry(call, selected);
        out_row_end(out);
        out_rows_end(out);
        return true;
    }
    represent_entry(call, selected);
    return true;
}

/* One of many: held, and its view kept, only for as long as it takes to write it. */
static bool represent_listed(struct call *call, const char *id, struct arena *each)
{
    struct selected selected = {0};
    if (!call_look(call, id, &selected.volume))
        return false;
    selected.info = &selected.volume->info;
    selected.view = view_of(each, &selected.volume->resolved, call_as_of(call), RELEASE_LATEST);
    out_row(call->out);
    represent_entry(call, &selected);
    out_row_end(call->out);
    library_return(call->library, selected.volume);
    arena_clear(each);
    return true;
}

/* So many series are resolved and written within some milliseconds; more are slow work. */
enum { SERIES_AT_ONCE = 20 };

bool get_series_list(struct call *call)
{
    struct out *out = call->out;
    struct error err;
    struct series_list list;
    int64_t limit = arg(call, PARAM_PAGE)->number;
    struct series_filter filter = {
        .words = arg(call, PARAM_WORDS)->given ? arg(call, PARAM_WORDS)->text : NULL,
        .after = arg(call, PARAM_AFTER)->given ? arg(call, PARAM_AFTER)->text : NULL,
        .descending = arg(call, PARAM_ORDER)->number == ORDER_DESC,
        .limit = limit + 1,
    };
    struct series_info known;
    /* Words that many series have are looked up one by one. */
    if (filter.words && !call_slow(call))
        return false;
    if (filter.after && !store_series(call->store, call->arena, filter.after, &known, &err))
        return err.kind == ERROR_NOT_FOUND
                   ? problem_invalid(call->problem, "after", NULL, "expected the id of a series")
                   : problem_from(call->problem, &err);
    if (!store_series_list(call->store, call->arena, &filter, &list, &err))
        return problem_from(call->problem, &err);
    bool more = list.n > (size_t)limit;
    size_t n = more ? (size_t)limit : list.n;
    if (n > SERIES_AT_ONCE && !call_slow(call))
        return false;
    out_integer(out, "total", list.total);
    if (more)
        call_next(call, PARAM_AFTER, list.at[n - 1].id);
    out_rows(out, "series", series_columns);
    struct arena each = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = represent_listed(call, list.at[i].id, &each);
    arena_release(&each);
    out_rows_end(out);
    return ok;
}
