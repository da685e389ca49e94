/* GET /v1/sources and /v1/sources/{source}: who said what. */
#include <string.h>

#include "../desk.h"
#include "../endpoints.h"
#include "../represent.h"
#include "reports.h"

static const char *const source_columns[] = {
    "id",   "publisher", "title",   "url",    "published", "date_basis",
    "kind", "authority", "reports", "claims", NULL,
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
    /* They are counted, and looked through for those that fit. */
    if (!call_slow(call))
        return false;
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

bool source_find(struct call *call, const char *id, struct source_info *ret)
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
        .as_of = DATE_ALL, .source = &source, .within = REPORTS_ALL_MONTHS, .limit = limit + 1};
    if (!store_reports(call->store, call->arena, &filter, &reports, &err) ||
        !store_claims_of_source(call->store, call->arena, &source, limit + 1, &claims, &err))
        return problem_from(call->problem, &err);
    return represent_said(call, &source, &reports, &claims);
}
