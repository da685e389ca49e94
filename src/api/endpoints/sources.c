/* GET /v1/sources, /v1/sources/{source} and /v1/reports: who said what. */
#include <string.h>

#include "../desk.h"
#include "../endpoints.h"
#include "../represent.h"

static const char *const source_columns[] = {
    "id",   "publisher", "title",   "url",    "published", "date_basis",
    "kind", "authority", "reports", "claims", NULL,
};
static const char *const report_columns[] = {
    "id",        "series",    "period",    "value", "precision", "source",
    "publisher", "published", "authority", "note",  NULL,
};

static void represent_source(struct out *out, const struct source_info *source)
{
    out_text(out, "id", source->id);
    out_text(out, "publisher", source->publisher);
    out_text(out, "title", source->title);
    out_text(out, "url", source->url);
    out_text(out, "published", source->published);
    out_text(out, "date_basis", source->date_basis);
    out_text(out, "kind", source->kind);
    out_integer(out, "authority", source->authority);
}

bool get_sources(struct call *call)
{
    struct out *out = call->out;
    struct error err;
    struct source_info after;
    struct source_list list;
    int64_t limit = arg(call, PARAM_PAGE)->number;
    struct source_filter filter = {
        .as_of = call_as_of(call),
        .publisher = arg(call, PARAM_PUBLISHER)->text,
        .authority = (int)arg(call, PARAM_AUTHORITY)->number,
        .descending = arg(call, PARAM_ORDER)->number == ORDER_DESC,
        .limit = limit + 1,
    };
    if (arg(call, PARAM_AFTER)->given) {
        if (!store_source(call->store, call->arena, arg(call, PARAM_AFTER)->text, &after, &err))
            return err.kind == ERROR_NOT_FOUND ? problem_invalid(call->problem, "after", NULL,
                                                                 "expected the id of a source")
                                               : problem_from(call->problem, &err);
        filter.after = &after;
    }
    if (!store_sources(call->store, call->arena, &filter, &list, &err))
        return problem_from(call->problem, &err);
    bool more = list.n > (size_t)limit;
    size_t n = more ? (size_t)limit : list.n;
    out_integer(out, "total", list.total);
    if (more)
        call_next(call, PARAM_AFTER, list.at[n - 1].id);
    out_rows(out, "sources", source_columns);
    for (size_t i = 0; i < n; i++) {
        out_row(out);
        represent_source(out, &list.at[i]);
        out_integer(out, "reports", list.at[i].n_reports);
        out_integer(out, "claims", list.at[i].n_claims);
        out_row_end(out);
    }
    out_rows_end(out);
    return true;
}

/* source.series.period: neither of the ids has a point in it. */
static void report_id(struct buffer *to, const struct report_row *report)
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

static void represent_report_rows(struct call *call, const struct report_row *at, size_t n)
{
    struct buffer id = {0};
    out_rows(call->out, "reports", report_columns);
    for (size_t i = 0; i < n; i++)
        represent_report_row(call, &at[i], &id);
    out_rows_end(call->out);
    buffer_release(&id);
}

/* The address of what follows a row in a listing of what this source said. */
static void address_after(struct call *call, const char *listing, const char *id, struct buffer *to)
{
    const char *variable;
    size_t length;
    struct args args = *call->args;
    struct call other = *call;
    args.v[PARAM_SOURCE] = args.v[PARAM_SOURCE_ID];
    other.args = &args;
    other.route = route_match(listing, strlen(listing), &variable, &length);
    call_link_to(&other, PARAM_AFTER, id, to);
}

/* How many there are, and the address of those that are not here: null where all are. */
static void represent_rest(struct call *call, const char *key, const char *key_next, int64_t total,
                           const struct buffer *next)
{
    out_integer(call->out, key, total);
    out_text(call->out, key_next, next->length > 0 ? next->bytes : NULL);
}

/* Its claims with their verdicts, as the listing of claims has them. */
static bool represent_claims(struct call *call, const struct claim_list *claims)
{
    struct out *out = call->out;
    struct audit_desk desk;
    if (!audit_desk_open_for(call, claims, &desk))
        return false;
    struct audited_list list = audit_list(&desk, claims, VERDICTS);
    out_rows(out, "claims", audited_columns);
    for (size_t i = 0; i < list.n; i++)
        represent_audited(out, &desk, &list.at[i]);
    out_rows_end(out);
    return true;
}

/* Fiscal years reach beyond the years that can be named. */
static const struct span all_months = {INT32_MIN, INT32_MAX};

/* Says which source was perhaps meant, among the newest. */
static bool no_source(struct call *call, const char *id)
{
    enum { COMPARED_MAX = 1000 };
    struct source_filter filter = {
        .as_of = call_as_of(call), .descending = true, .limit = COMPARED_MAX};
    struct source_list list;
    struct error err;
    if (!store_sources(call->store, call->arena, &filter, &list, &err))
        return problem_from(call->problem, &err);
    const char **ids = ARENA_ARRAY(call->arena, list.n + 1, const char *);
    for (size_t i = 0; i < list.n; i++)
        ids[i] = list.at[i].id;
    const char *nearest = nearest_name(id, ids);
    return problem_set(call->problem, PROBLEM_NOT_FOUND,
                       "There is no source '%s'%s%s%s /v1/sources lists all %lld", id,
                       nearest ? "; did you mean '" : ".", nearest ? nearest : "",
                       nearest ? "'?" : "", (long long)list.total);
}

static bool source_find(struct call *call, const char *id, struct source_info *ret)
{
    struct error err;
    if (store_source(call->store, call->arena, id, ret, &err))
        return true;
    if (err.kind != ERROR_NOT_FOUND)
        return problem_from(call->problem, &err);
    return no_source(call, id);
}

/* What is above the limit is cut off; *ret_next is the address where it goes on. */
static void cut(struct call *call, struct report_list *reports, struct claim_list *claims,
                struct buffer *ret_reports, struct buffer *ret_claims)
{
    size_t limit = (size_t)arg(call, PARAM_PAGE)->number;
    struct buffer id = {0};
    if (reports->n > limit) {
        reports->n = limit;
        report_id(&id, &reports->at[limit - 1]);
        address_after(call, "/v1/reports", id.bytes, ret_reports);
    }
    if (claims->n > limit) {
        claims->n = limit;
        address_after(call, "/v1/claims", claims->at[limit - 1].id, ret_claims);
    }
    buffer_release(&id);
}

static bool represent_said(struct call *call, const struct source_info *source,
                           struct report_list *reports, struct claim_list *claims)
{
    struct buffer next_reports = {0};
    struct buffer next_claims = {0};
    bool ok = true;
    cut(call, reports, claims, &next_reports, &next_claims);
    if (call->out->csv && next_reports.length > 0)
        buffer_add(call->link, next_reports.bytes, next_reports.length);
    if (!call->out->csv) {
        represent_source(call->out, source);
        represent_rest(call, "reports_total", "reports_next", reports->total, &next_reports);
        represent_rest(call, "claims_total", "claims_next", source->n_claims, &next_claims);
    }
    represent_report_rows(call, reports->at, reports->n);
    if (!call->out->csv)
        ok = represent_claims(call, claims);
    buffer_release(&next_reports);
    buffer_release(&next_claims);
    return ok;
}

bool get_source(struct call *call)
{
    struct error err;
    struct source_info source;
    struct report_list reports;
    struct claim_list claims;
    int64_t limit = arg(call, PARAM_PAGE)->number;
    if (!source_find(call, arg(call, PARAM_SOURCE_ID)->text, &source))
        return false;
    if (source.published_day.day > call_as_of(call).day)
        return problem_set(call->problem, PROBLEM_NOT_FOUND,
                           "The source '%s' was published on %s, after the date asked for",
                           source.id, source.published);
    struct report_filter filter = {
        .as_of = DATE_ALL, .source = &source, .within = all_months, .limit = limit + 1};
    if (!store_reports(call->store, call->arena, &filter, &reports, &err) ||
        !store_claims_of_source(call->store, call->arena, &source, limit + 1, &claims, &err))
        return problem_from(call->problem, &err);
    return represent_said(call, &source, &reports, &claims);
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
        .within = all_months,
        .descending = arg(call, PARAM_ORDER)->number == ORDER_DESC,
        .limit = limit + 1,
    };
    if (!filter_read(call, &filter))
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
