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

/* A claim that a request asks for, but for the verdict. */
struct judged {
    int64_t number;
    int64_t verdict;
};

struct judged_list {
    const struct judged *at; /* in order of publication */
    size_t n;
};

/* Everything that a list of judged claims depends on, as a name in the library. */
static const char *name_of(struct call *call, const struct claim_filter *filter)
{
    struct buffer name = {0};
    buffer_format(&name, "verdicts %d %d %s %s %s %d %d %d %d", filter->as_of.day,
                  (int)arg(call, PARAM_RELEASE)->number, filter->series ? filter->series : "*",
                  filter->source ? filter->source : "*", filter->metric ? filter->metric : "*",
                  filter->within.first, filter->within.last, filter->exactly.first,
                  filter->exactly.last);
    const char *kept = arena_text(call->arena, name.bytes, name.length);
    buffer_release(&name);
    return kept;
}

/* Audits all claims of the filter. */
static bool judge(struct call *call, const struct claim_filter *filter, struct judged_list *ret)
{
    struct claim_list claims;
    struct audit_desk desk;
    struct error err;
    if (!store_claims(call->store, call->arena, filter, &claims, &err))
        return problem_from(call->problem, &err);
    if (!audit_desk_open_for(call, &claims, &desk))
        return false;
    struct judged *at = ARENA_ARRAY(call->arena, claims.n, struct judged);
    for (size_t i = 0; i < claims.n; i++)
        at[i] = (struct judged){claims.at[i].number, audit_verdict(&desk, &claims.at[i])};
    *ret = (struct judged_list){at, claims.n};
    return true;
}

/* The verdicts of all claims of the filter, which every page needs for its counts: they are found once in a
 * generation, and kept. */
static bool find_judged(struct call *call, const struct claim_filter *filter,
                        struct judged_list *ret)
{
    const char *name = name_of(call, filter);
    const void *kept;
    size_t size;
    if (library_find(call->library, call->era, call->state.generation, name, &kept, &size)) {
        struct judged *at = arena_take(call->arena, size);
        memcpy(at, kept, size);
        library_return(call->library, kept);
        *ret = (struct judged_list){at, size / sizeof *at};
        return true;
    }
    if (!call_slow(call) || !judge(call, filter, ret))
        return false;
    library_put(call->library, call->era, call->state.generation, name, ret->at,
                ret->n * sizeof *ret->at);
    return true;
}

static bool refuse_after(struct call *call)
{
    return problem_invalid(call->problem, "after", NULL,
                           "expected the id of a row, as `next` has it");
}

/* The number of the claim after which the page begins, 0 where there is none. What is no claim is refused before
 * the audit, since that takes its time. */
static bool find_after(struct call *call, int64_t *ret)
{
    struct claim_row row = {0};
    struct error err;
    if (arg(call, PARAM_AFTER)->given &&
        !store_claim(call->store, call->arena, arg(call, PARAM_AFTER)->text, &row, &err))
        return err.kind == ERROR_NOT_FOUND ? refuse_after(call) : problem_from(call->problem, &err);
    *ret = row.number;
    return true;
}

/* The numbers of this page in the order asked for, out of the claims with the verdict asked for. */
struct page {
    int64_t *at;
    size_t n;
    size_t total; /* of all pages */
    bool more;
    int64_t counts[VERDICTS];
};

static bool cut_page(struct call *call, const struct judged_list *judged, int64_t after,
                     struct page *ret)
{
    const struct arg *verdict = arg(call, PARAM_VERDICT);
    bool descending = arg(call, PARAM_ORDER)->number == ORDER_DESC;
    size_t limit = (size_t)arg(call, PARAM_PAGE)->number;
    bool begun = after == 0;
    *ret = (struct page){
        .at = ARENA_ARRAY(call->arena, limit < judged->n ? limit : judged->n, int64_t)};
    for (size_t i = 0; i < judged->n; i++) {
        const struct judged *claim = &judged->at[descending ? judged->n - 1 - i : i];
        if (verdict->given && claim->verdict != verdict->number)
            continue;
        ret->total++;
        ret->counts[claim->verdict]++;
        if (!begun)
            begun = claim->number == after;
        else if (ret->n < limit)
            ret->at[ret->n++] = claim->number;
        else
            ret->more = true;
    }
    return begun || refuse_after(call);
}

static bool read_page(struct call *call, const struct page *page, struct claim_list *ret)
{
    struct claim_row *at = ARENA_ARRAY(call->arena, page->n, struct claim_row);
    struct error err;
    *ret = (struct claim_list){at, page->n};
    for (size_t i = 0; i < page->n; i++) {
        if (!store_claim_numbered(call->store, call->arena, page->at[i], &at[i], &err))
            return problem_from(call->problem, &err);
    }
    return true;
}

bool get_claims(struct call *call)
{
    struct out *out = call->out;
    struct claim_filter filter;
    struct judged_list judged = {0};
    struct page page;
    struct claim_list claims;
    struct audit_desk desk;
    int64_t after = 0;
    if (!filter_of(call, &filter) || !find_after(call, &after) ||
        !find_judged(call, &filter, &judged) || !cut_page(call, &judged, after, &page) ||
        !read_page(call, &page, &claims) || !audit_desk_open_for(call, &claims, &desk))
        return false;
    struct audited_list list = audit_list(&desk, &claims, VERDICTS);
    out_integer(out, "total", (int64_t)page.total);
    if (page.more)
        call_next(call, PARAM_AFTER, claims.at[claims.n - 1].id);
    represent_verdicts(out, page.counts);
    out_rows(out, "claims", audited_columns);
    for (size_t i = 0; i < list.n; i++)
        represent_audited(out, &desk, &list.at[i]);
    out_rows_end(out);
    return true;
}

bool get_claim(struct call *call)
{
    const char *id = arg(call, PARAM_CLAIM_ID)->text;
    struct claim_row row;
    struct claim_list claims = {&row, 1};
    struct audit_desk desk;
    struct error err;
    bool found = store_claim(call->store, call->arena, id, &row, &err);
    if (!found && err.kind != ERROR_NOT_FOUND)
        return problem_from(call->problem, &err);
    if (!found || row.published_day.day > call_as_of(call).day)
        return problem_set(call->problem, PROBLEM_NOT_FOUND, "There is no claim '%s'%s", id,
                           arg(call, PARAM_AS_OF)->given ? " published by then" : "");
    if (!audit_desk_open_for(call, &claims, &desk))
        return false;
    struct audited_list list = audit_list(&desk, &claims, VERDICTS);
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
