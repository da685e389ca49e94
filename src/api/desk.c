#include "desk.h"

#include <string.h>

#include "represent.h"

bool audit_desk_find(const struct audit_desk *desk, const char *series, size_t *ret)
{
    for (*ret = 0; *ret < desk->n; ++*ret) {
        if (strcmp(desk->info[*ret]->id, series) == 0)
            return true;
    }
    return false;
}

static int place_of(const struct audit_desk *desk, const char *series)
{
    size_t place;
    return audit_desk_find(desk, series, &place) ? (int)place : AUDIT_NONE;
}

bool audit_desk_open(struct call *call, struct audit_desk *ret)
{
    struct series_list list;
    struct error err;
    int64_t total;
    if (!store_series_list(call->store, call->arena, NULL, false, DESK_SERIES_MAX, &list, &total,
                           &err))
        return problem_from(call->problem, &err);
    const struct resolved **resolved = ARENA_ARRAY(call->arena, list.n, const struct resolved *);
    ret->info = ARENA_ARRAY(call->arena, list.n, const struct series_info *);
    ret->n = list.n;
    for (size_t i = 0; i < list.n; i++) {
        const struct volume *volume;
        if (!call_hold(call, list.at[i].id, &volume, &err))
            return problem_from(call->problem, &err);
        ret->info[i] = &volume->info;
        resolved[i] = &volume->resolved;
    }
    ret->desk = desk_of(call->arena, resolved, list.n, place_of(ret, "pk-goods-bop"),
                        place_of(ret, "pk-services"), call_as_of(call));
    return true;
}

struct claim claim_of_row(const struct audit_desk *desk, const struct claim_row *row)
{
    struct claim claim = {
        .span = row->span,
        .value = row->value,
        .precision = row->precision,
        .published = row->published_day,
    };
    while (strcmp(metric_names[claim.metric], row->metric) != 0)
        claim.metric++;
    audit_desk_find(desk, row->series, &claim.series);
    return claim;
}

static void represent_computed(struct out *out, const struct computed *computed)
{
    if (!computed->known) {
        out_null(out, "computed");
        out_null(out, "low");
        out_null(out, "high");
        return;
    }
    out_ratio(out, "computed", computed->value);
    out_ratio(out, "low", computed->low);
    out_ratio(out, "high", computed->high);
}

static const char *basis_of(const struct computed *computed)
{
    const struct figure *figure = computed->n_inputs > 0 ? &computed->inputs[0].figure : NULL;
    if (!figure || span_months(figure->span) == 1)
        return NULL;
    return figure->is_sum ? "sum_of_months" : "reported";
}

static void represent_reading(struct call *call, const struct audit_desk *desk,
                              const struct audit *audit)
{
    struct out *out = call->out;
    if (!audit->has_reading) {
        out_null(out, "reading");
        return;
    }
    const struct series_info *info = desk->info[audit->reading.series];
    char period[PERIOD_TEXT];
    span_name(audit->reading.span, info->fiscal_year_start, period);
    if (out->csv) {
        const char *parts[] = {metric_names[audit->reading.metric], info->id, period};
        out_texts(out, "reading", parts, COUNT(parts));
        return;
    }
    out_object(out, "reading");
    out_text(out, "metric", metric_names[audit->reading.metric]);
    out_text(out, "series", info->id);
    out_text(out, "period", period);
    represent_computed(out, &audit->read);
    out_object_end(out);
}

void represent_verdict(struct call *call, const struct audit_desk *desk, const struct audit *audit)
{
    struct out *out = call->out;
    out_text(out, "verdict", verdict_names[audit->verdict]);
    out_text(out, "verdict_at_publication", verdict_names[audit->then.verdict]);
    represent_computed(out, &audit->now.computed);
    out_text(out, "basis", basis_of(&audit->now.computed));
    represent_reading(call, desk, audit);
}

static void represent_inputs_of(struct call *call, const struct audit_desk *desk,
                                const struct computed *computed, date as_of)
{
    struct out *out = call->out;
    out_array(out, "inputs");
    for (size_t i = 0; i < computed->n_inputs; i++) {
        const struct series_info *info = desk->info[computed->inputs[i].series];
        const struct figure *figure = &computed->inputs[i].figure;
        struct backing backing = {0};
        if (!figure->is_sum && figure->own.history)
            backing = backing_of(call->arena, &figure->own, as_of);
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
    if (!computed->known) {
        represent_missing(out, MISSING_NOT_REPORTED);
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
    represent_verdict(call, desk, audit);
    out_text(call->out, "formula", metric_formula(claim->metric));
    represent_judgement(call, desk, "at_publication", &audit->then, claim->published, start);
    represent_judgement(call, desk, "now", &audit->now, desk->desk.now, start);
}
