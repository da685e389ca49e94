#include "desk.h"

#include <stdlib.h>
#include <string.h>

#include "represent.h"

/* Series as they are put on a desk. */
struct laying {
    const struct series_info **info;
    const struct resolved **resolved;
    size_t n;
};

static bool lay(struct call *call, struct laying *laying, const char *id)
{
    const struct volume *volume;
    struct error err;
    if (!call_hold(call, id, &volume, &err))
        return err.kind == ERROR_NOT_FOUND || problem_from(call->problem, &err);
    for (size_t i = 0; i < laying->n; i++) {
        if (laying->info[i] == &volume->info)
            return true;
    }
    laying->info[laying->n] = &volume->info;
    laying->resolved[laying->n++] = &volume->resolved;
    return true;
}

bool audit_desk_open(struct call *call, const char *const *ids, size_t n, struct audit_desk *ret)
{
    struct series_list list;
    struct laying laying = {0};
    struct error err;
    int64_t total;
    if (!store_series_list(call->store, call->arena, NULL, false, OTHER_SERIES_MAX, &list, &total,
                           &err))
        return problem_from(call->problem, &err);
    size_t room = list.n + n + COUNT(audit_total_exports);
    laying.info = ARENA_ARRAY(call->arena, room, const struct series_info *);
    laying.resolved = ARENA_ARRAY(call->arena, room, const struct resolved *);
    for (size_t i = 0; i < list.n; i++) {
        if (!lay(call, &laying, list.at[i].id))
            return false;
    }
    for (size_t i = 0; i < COUNT(audit_total_exports); i++) {
        if (!lay(call, &laying, audit_total_exports[i]))
            return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!lay(call, &laying, ids[i]))
            return false;
    }
    *ret = audit_desk_of(call->arena, laying.info, laying.resolved, laying.n, list.n,
                         call_as_of(call));
    ret->desk.release = (enum release)arg(call, PARAM_RELEASE)->number;
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool audit_desk_open_for(struct call *call, const struct claim_list *claims, struct audit_desk *ret)
{
    const char **ids = ARENA_ARRAY(call->arena, claims->n, const char *);
    if (claims->n > AUDITS_AT_ONCE && !call_slow(call))
        return false;
    for (size_t i = 0; i < claims->n; i++)
        ids[i] = claims->at[i].series;
    if (claims->n > 0)
        qsort(ids, claims->n, sizeof *ids, by_text);
    size_t n = 0;
    for (size_t i = 0; i < claims->n; i++) {
        if (n == 0 || strcmp(ids[n - 1], ids[i]) != 0)
            ids[n++] = ids[i];
    }
    return audit_desk_open(call, ids, n, ret);
}

static void represent_inputs_of(struct call *call, const struct audit_desk *desk,
                                const struct computed *computed, date as_of)
{
    struct out *out = call->out;
    out_array(out, "inputs");
    for (size_t i = 0; i < computed->n_inputs; i++) {
        size_t series = computed->inputs[i].series;
        const struct series_info *info = desk->info[series];
        const struct figure *figure = &computed->inputs[i].figure;
        struct backing backing = backing_of_figure(call, desk->desk.series[series], figure, as_of);
        const char **sources = ARENA_ARRAY(call->arena, backing.n_reports, const char *);
        for (size_t k = 0; k < backing.n_reports; k++)
            sources[k] = backing.reports[k]->source;
        out_object(out, NULL);
        out_text(out, "series", info->id);
        represent_span(out, "period", figure->span, info->fiscal_year_start);
        out_amount(out, "value", figure->value);
        out_amount(out, "precision", figure->precision);
        out_date(out, "released_on", figure->released);
        if (span_months(figure->span) > 1)
            out_text(out, "basis", figure->is_sum ? "sum_of_months" : "reported");
        out_texts(out, "sources", sources, backing.n_reports);
        out_object_end(out);
    }
    out_array_end(out);
}

static void represent_judgement(struct call *call, const struct audit_desk *desk, const char *key,
                                const struct judgement *judgement, date as_of,
                                int fiscal_year_start)
{
    struct out *out = call->out;
    const struct computed *computed = &judgement->computed;
    out_object(out, key);
    if (as_of.day == DATE_ALL.day)
        out_null(out, "as_of");
    else
        out_date(out, "as_of", as_of);
    out_text(out, "verdict", verdict_names[judgement->verdict]);
    represent_computed(out, computed);
    if (computed->why != MISSING_NOT) {
        represent_missing(out, computed->why);
        out_text(out, "missing_series", desk->info[computed->missing_series]->id);
        represent_span(out, "missing_period", computed->missing, fiscal_year_start);
    }
    if (computed->is_statement && computed->known)
        out_boolean(out, "holds", computed->holds);
    if (computed->at.last > 0)
        represent_span(out, "computed_period", computed->at, fiscal_year_start);
    out_text(out, "basis", basis_of(computed));
    represent_inputs_of(call, desk, computed, as_of);
    out_object_end(out);
}

void represent_audit(struct call *call, const struct audit_desk *desk, const struct audit *audit,
                     const struct claim *claim)
{
    int start = desk->info[claim->series]->fiscal_year_start;
    represent_verdict(call->out, desk, audit);
    out_text(call->out, "formula", metric_formula(claim->metric));
    represent_judgement(call, desk, "at_publication", &audit->then, claim->published, start);
    represent_judgement(call, desk, "now", &audit->now, desk->desk.now, start);
}
