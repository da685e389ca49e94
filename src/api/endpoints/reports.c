/* GET /v1/reports: the reports as they were read, filtered and paged. */
#include "reports.h"

#include <string.h>

#include "../endpoints.h"

static const char *const report_columns[] = {
    "id",        "series",    "period",    "value", "precision", "source",
    "publisher", "published", "authority", "note",  NULL,
};

void report_id(struct buffer *to, const struct report_row *report)
{
    to->length = 0;
    buffer_format(to, "%s.%s.%s", report->source, report->series, report->period);
}

static void represent_report_row(struct call *call, const struct report_row *report,
                                 struct buffer *id)
{
    struct out *out = call->out;
    report_id(id, report);
    out_row(out);
    out_text(out, "id", id->bytes);
    out_text(out, "series", report->series);
    out_text(out, "period", report->period);
    out_amount(out, "value", report->value);
    out_amount(out, "precision", report->precision);
    out_text(out, "source", report->source);
    out_text(out, "publisher", report->publisher);
    out_text(out, "published", report->published);
    out_integer(out, "authority", report->authority);
    out_text(out, "note", *report->note ? report->note : NULL);
    out_row_end(out);
}

void represent_report_rows(struct call *call, const struct report_row *at, size_t n)
{
    struct buffer id = {0};
    out_rows(call->out, "reports", report_columns);
    for (size_t i = 0; i < n; i++)
        represent_report_row(call, &at[i], &id);
    out_rows_end(call->out);
    buffer_release(&id);
}

/* Finds the place of a row by its id. */
static bool after_read(struct call *call, struct report_filter *filter)
{
    const char *id = arg(call, PARAM_AFTER)->text;
    size_t source_length = strcspn(id, ".");
    size_t series_length = id[source_length] ? strcspn(id + source_length + 1, ".") : 0;
    const char *end = id + source_length + 1 + series_length;
    struct source_info source;
    struct series_info series;
    struct period period;
    struct error err = {.kind = ERROR_NOT_FOUND};
    if (series_length > 0 && *end == '.' && period_parse(end + 1, strlen(end + 1), &period) &&
        store_source(call->store, call->arena, arena_text(call->arena, id, source_length), &source,
                     &err) &&
        store_series(call->store, call->arena,
                     arena_text(call->arena, id + source_length + 1, series_length), &series,
                     &err)) {
        struct report_place *place = ARENA_NEW(call->arena, struct report_place);
        *place = (struct report_place){
            .series = series.id,
            .span = period_span(period, series.fiscal_year_start),
            .published = source.published_day,
            .source = source.id,
        };
        filter->after = place;
        return true;
    }
    if (err.kind != ERROR_NOT_FOUND)
        return problem_from(call->problem, &err);
    return problem_invalid(call->problem, "after", NULL,
                           "expected the id of a row, as `next` has it");
}

/* The filter that the arguments ask for. */
static bool filter_read(struct call *call, struct report_filter *filter)
{
    const struct arg *source = arg(call, PARAM_SOURCE);
    const struct arg *period = arg(call, PARAM_PERIOD_FILTER);
    struct selected selected = {0};
    bool given = arg(call, PARAM_SERIES_FILTER)->given;
    /* Without a series, the default one's fiscal year is meant. */
    if (!call_series(call, given ? arg(call, PARAM_SERIES_FILTER)->text : NULL, &selected) && given)
        return false;
    int start = selected.info ? selected.info->fiscal_year_start : 1;
    if (given)
        filter->series = selected.info;
    if (source->given) {
        struct source_info *info = ARENA_NEW(call->arena, struct source_info);
        if (!source_find(call, source->text, info))
            return false;
        filter->source = info;
    }
    if (window_backwards(call, filter->series))
        return false;
    if (arg(call, PARAM_FROM)->given)
        filter->within.first = period_span(arg(call, PARAM_FROM)->period, start).first;
    if (arg(call, PARAM_TO)->given)
        filter->within.last = period_span(arg(call, PARAM_TO)->period, start).last;
    if (period->given)
        filter->exactly = period_span(period->period, start);
    return !arg(call, PARAM_AFTER)->given || after_read(call, filter);
}

bool get_reports(struct call *call)
{
    struct out *out = call->out;
    struct error err;
    struct report_list list;
    int64_t limit = arg(call, PARAM_PAGE)->number;
    struct report_filter filter = {
        .as_of = call_as_of(call),
        .within = REPORTS_ALL_MONTHS,
        .descending = arg(call, PARAM_ORDER)->number == ORDER_DESC,
        .limit = limit + 1,
    };
    if (!filter_read(call, &filter))
        return false;
    /* All reports are looked through for those that fit, and counted. */
    if (!filter.series && !filter.source && !call_slow(call))
        return false;
    if (!store_reports(call->store, call->arena, &filter, &list, &err))
        return problem_from(call->problem, &err);
    bool more = list.n > (size_t)limit;
    size_t n = more ? (size_t)limit : list.n;
    out_integer(out, "total", list.total);
    if (more) {
        struct buffer id = {0};
        report_id(&id, &list.at[n - 1]);
        call_next(call, PARAM_AFTER, id.bytes);
        buffer_release(&id);
    }
    represent_report_rows(call, list.at, n);
    return true;
}
