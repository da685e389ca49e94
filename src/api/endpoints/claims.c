/* GET /v1/claims and /v1/claims/{claim}: what sources derived, with verdicts. */
#include <string.h>

#include "../desk.h"
#include "../endpoints.h"
#include "../represent.h"

static const char *const claim_columns[] = {
    "id",
    "source",
    "series",
    "metric",
    "period",
    "value",
    "unit",
    "precision",
    "published",
    "verdict",
    "verdict_at_publication",
    "computed",
    "low",
    "high",
    "basis",
    "reading",
    "statement",
    NULL,
};

void represent_claim(struct out *out, const struct claim_row *claim)
{
    out_text(out, "id", claim->id);
    out_text(out, "source", claim->source);
    out_text(out, "series", claim->series);
    out_text(out, "metric", claim->metric);
    out_text(out, "period", claim->period);
    out_amount(out, "value", claim->value);
    out_text(out, "unit", claim->unit);
    out_amount(out, "precision", claim->precision);
    out_text(out, "published", claim->published);
    out_text(out, "statement", claim->statement);
}

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

/* A claim with its audit. */
struct audited {
    const struct claim_row *row;
    struct claim claim;
    struct audit audit;
};

/* Audits all claims of the filter, and keeps those of the verdict asked for. */
static bool audit_all(struct call *call, const struct claim_filter *filter, struct audit_desk *desk,
                      struct audited **ret, size_t *ret_n)
{
    const struct arg *verdict = arg(call, PARAM_VERDICT);
    struct claim_list claims;
    struct error err;
    if (!audit_desk_open(call, desk))
        return false;
    if (!store_claims(call->store, call->arena, filter, &claims, &err))
        return problem_from(call->problem, &err);
    struct audited *at = ARENA_ARRAY(call->arena, claims.n, struct audited);
    size_t n = 0;
    for (size_t i = 0; i < claims.n; i++) {
        struct claim claim = claim_of_row(desk, &claims.at[i]);
        struct audit audit = audit_claim(&desk->desk, &claim);
        if (!verdict->given || (int64_t)audit.verdict == verdict->number)
            at[n++] = (struct audited){&claims.at[i], claim, audit};
    }
    *ret = at;
    *ret_n = n;
    return true;
}

static void represent_counts(struct out *out, const struct audited *at, size_t n)
{
    int64_t counts[VERDICTS] = {0};
    for (size_t i = 0; i < n; i++)
        counts[at[i].audit.verdict]++;
    out_object(out, "verdicts");
    for (int i = 0; i < VERDICTS; i++)
        out_integer(out, verdict_names[i], counts[i]);
    out_object_end(out);
}

bool get_claims(struct call *call)
{
    struct out *out = call->out;
    const struct arg *after = arg(call, PARAM_AFTER);
    size_t limit = (size_t)arg(call, PARAM_PAGE)->number;
    bool descending = arg(call, PARAM_ORDER)->number == ORDER_DESC;
    struct claim_filter filter;
    struct audit_desk desk;
    struct audited *at;
    size_t n;
    size_t start = 0;
    if (!filter_of(call, &filter) || !audit_all(call, &filter, &desk, &at, &n))
        return false;
    while (after->given && start < n &&
           strcmp(at[descending ? n - 1 - start : start].row->id, after->text) != 0)
        start++;
    if (after->given && start++ == n)
        return problem_invalid(call->problem, "after", NULL,
                               "expected the id of a row, as `next` has it");
    size_t end = n - start > limit ? start + limit : n;
    out_integer(out, "total", (int64_t)n);
    if (end < n)
        call_next(call, PARAM_AFTER, at[descending ? n - end : end - 1].row->id);
    represent_counts(out, at, n);
    out_rows(out, "claims", claim_columns);
    for (size_t i = start; i < end; i++) {
        const struct audited *audited = &at[descending ? n - 1 - i : i];
        out_row(out);
        represent_claim(out, audited->row);
        represent_verdict(call, &desk, &audited->audit);
        out_row_end(out);
    }
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
    struct audited *audited;
    size_t n;
    if (!audit_all(call, &filter, &desk, &audited, &n))
        return false;
    if (n == 0)
        return problem_set(call->problem, PROBLEM_NOT_FOUND, "There is no claim '%s'%s", filter.id,
                           arg(call, PARAM_AS_OF)->given ? " published by then" : "");
    if (call->out->csv) {
        out_rows(call->out, "", claim_columns);
        out_row(call->out);
        represent_claim(call->out, audited->row);
        represent_verdict(call, &desk, &audited->audit);
        out_row_end(call->out);
        out_rows_end(call->out);
        return true;
    }
    represent_claim(call->out, audited->row);
    represent_audit(call, &desk, &audited->audit, &audited->claim);
    return true;
}
