/* GET /v1/claims and /v1/claims/{claim}: what sources derived, with verdicts. */
#include <string.h>

#include "../desk.h"
#include "../endpoints.h"
#include "../represent.h"

static bool series_exists(struct call *call, const char *id)
{
    struct selected selected;
    return call_series(call, id, &selected);
}

static bool source_exists(struct call *call, const char *id)
{
    struct source_info source;
    struct error err;
    return store_source(call->store, call->arena, id, &source, &err) ||
           problem_from(call->problem, &err);
}

static bool filter_of(struct call *call, struct claim_filter *ret)
{
    const struct arg *series = arg(call, PARAM_SERIES_FILTER);
    const struct arg *source = arg(call, PARAM_SOURCE);
    const struct arg *metric = arg(call, PARAM_METRIC);
    const struct arg *period = arg(call, PARAM_PERIOD_FILTER);
    struct selected selected = {0};
    *ret = (struct claim_filter){
        .as_of = call_as_of(call),
        .series = series->given ? series->text : NULL,
        .source = source->given ? source->text : NULL,
        .metric = metric->given ? metric_names[metric->number] : NULL,
        .within = {MONTH_MIN, MONTH_MAX},
    };
    if ((series->given && !series_exists(call, series->text)) ||
        (source->given && !source_exists(call, source->text)))
        return false;
    /* Without a series, the default one's fiscal year is meant. */
    if (!call_series(call, ret->series, &selected) && series->given)
        return false;
    int start = selected.info ? selected.info->fiscal_year_start : 1;
    if (window_backwards(call, selected.info))
        return false;
    if (arg(call, PARAM_FROM)->given)
        ret->within.first = period_span(arg(call, PARAM_FROM)->period, start).first;
    if (arg(call, PARAM_TO)->given)
        ret->within.last = period_span(arg(call, PARAM_TO)->period, start).last;
    if (period->given)
        ret->exactly = period_span(period->period, start);
    return true;
}

static bool refuse_after(struct call *call)
{
    return problem_invalid(call->problem, "after", NULL,
                           "expected the id of a row, as `next` has it");
}

static bool after_is_among(struct call *call, const struct claim_list *claims)
{
    const struct arg *after = arg(call, PARAM_AFTER);
    size_t i = 0;
    while (after->given && i < claims->n && strcmp(claims->at[i].id, after->text) != 0)
        i++;
    return !after->given || i < claims->n;
}

/* Audits all claims of the filter, and keeps those of the verdict asked for. What is to be refused is so before,
 * since an audit takes its time. */
static bool audit_all(struct call *call, const struct claim_filter *filter, struct audit_desk *desk,
                      struct audited_list *ret)
{
    const struct arg *verdict = arg(call, PARAM_VERDICT);
    struct claim_list claims;
    struct error err;
    if (!store_claims(call->store, call->arena, filter, &claims, &err))
        return problem_from(call->problem, &err);
    if (!after_is_among(call, &claims))
        return refuse_after(call);
    if (!audit_desk_open_for(call, &claims, desk))
        return false;
    *ret = audit_list(desk, &claims, verdict->given ? (enum verdict)verdict->number : VERDICTS);
    return true;
}

bool get_claims(struct call *call)
{
    struct out *out = call->out;
    const struct arg *after = arg(call, PARAM_AFTER);
    size_t limit = (size_t)arg(call, PARAM_PAGE)->number;
    bool descending = arg(call, PARAM_ORDER)->number == ORDER_DESC;
    struct claim_filter filter;
    struct audit_desk desk;
    struct audited_list list = {0};
    int64_t counts[VERDICTS];
    size_t start = 0;
    if (!filter_of(call, &filter) || !audit_all(call, &filter, &desk, &list))
        return false;
    while (after->given && start < list.n &&
           strcmp(list.at[descending ? list.n - 1 - start : start].row->id, after->text) != 0)
        start++;
    if (after->given && start++ == list.n)
        return refuse_after(call);
    size_t end = list.n - start > limit ? start + limit : list.n;
    out_integer(out, "total", (int64_t)list.n);
    if (end < list.n)
        call_next(call, PARAM_AFTER, list.at[descending ? list.n - end : end - 1].row->id);
    audit_count(&list, counts);
    represent_verdicts(out, counts);
    out_rows(out, "claims", audited_columns);
    for (size_t i = start; i < end; i++)
        represent_audited(out, &desk, &list.at[descending ? list.n - 1 - i : i]);
    out_rows_end(out);
    return true;
}

bool get_claim(struct call *call)
{
    struct claim_filter filter = {
        .as_of = call_as_of(call),
        .id = arg(call, PARAM_CLAIM_ID)->text,
        .within = {MONTH_MIN, MONTH_MAX},
    };
    struct audit_desk desk;
    struct audited_list list = {0};
    if (!audit_all(call, &filter, &desk, &list))
        return false;
    if (list.n == 0)
        return problem_set(call->problem, PROBLEM_NOT_FOUND, "There is no claim '%s'%s", filter.id,
                           arg(call, PARAM_AS_OF)->given ? " published by then" : "");
    if (call->out->csv) {
        out_rows(call->out, "", audited_columns);
        represent_audited(call->out, &desk, list.at);
        out_rows_end(call->out);
        return true;
    }
    represent_claim(call->out, list.at->row);
    represent_audit(call, &desk, &list.at->audit, &list.at->claim);
    return true;
}
