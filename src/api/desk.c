#include "desk.h"

#include <stdlib.h>
#include <string.h>

#include "explain.h"
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
    struct series_filter filter = {.limit = OTHER_SERIES_MAX};
    if (!store_series_list(call->store, call->arena, &filter, &list, &err))
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

/* Where a judgement was made: on a desk, as of a date. */
struct scene {
    struct call *call;
    const struct audit_desk *desk;
    date as_of;
};

/* What stands behind a figure of a month, or of a longer period by itself. */
static void represent_support(const struct scene *scene, size_t series, const struct figure *figure)
{
    struct call *call = scene->call;
    struct out *out = call->out;
    const struct selected selected = {.info = scene->desk->info[series]};
    struct backing backing =
        backing_of_figure(call, scene->desk->desk.series[series], figure, scene->as_of);
    const char **sources = ARENA_ARRAY(call->arena, backing.n_reports, const char *);
    for (size_t k = 0; k < backing.n_reports; k++)
        sources[k] = backing.reports[k]->source;
    out_amount(out, "value", figure->value);
    out_amount(out, "precision", figure->precision);
    out_date(out, "released_on", figure->released);
    if (span_months(figure->span) > 1)
        out_text(out, "basis", figure->is_sum ? "sum_of_months" : "reported");
    out_names(out, "sources", sources, backing.n_reports);
    if (!figure->is_sum && figure->derived)
        explain_terms(call, &selected, &figure->own);
}

/* A month as of the scene's date; false where it was not known. */
static bool month_then(const struct scene *scene, size_t series, int32_t month, struct figure *ret)
{
    const struct history *history =
        history_find(scene->desk->desk.series[series], (struct span){month, month});
    if (!history)
        return false;
    struct observation own = observe(history, scene->as_of, scene->desk->desk.release);
    *ret = (struct figure){
        .span = own.span,
        .known = own.known,
        .derived = own.derived,
        .value = own.value,
        .precision = own.precision,
        .released = own.released,
        .own = own,
    };
    return own.known;
}

/* The months of a sum, each with what stands behind it. */
static void represent_months(const struct scene *scene, size_t series, struct span span)
{
    struct out *out = scene->call->out;
    struct figure figure;
    out_array(out, "months");
    for (int32_t month = span.first; month <= span.last; month++) {
        if (!month_then(scene, series, month, &figure))
            continue;
        out_object(out, NULL);
        represent_month(out, "period", month);
        represent_support(scene, series, &figure);
        out_object_end(out);
    }
    out_array_end(out);
}

static void represent_input(const struct scene *scene, size_t series, const struct figure *figure)
{
    struct out *out = scene->call->out;
    const struct series_info *info = scene->desk->info[series];
    out_object(out, NULL);
    out_text(out, "series", info->id);
    represent_span(out, "period", figure->span, info->fiscal_year_start);
    represent_support(scene, series, figure);
    if (figure->is_sum)
        represent_months(scene, series, figure->span);
    out_object_end(out);
}

/* The months that growth was looked for in, and those a year before, the newest first. */
static void represent_streak(const struct scene *scene, size_t series, struct span streak)
{
    struct figure figure;
    for (int32_t month = streak.last; month >= streak.first - 12; month--) {
        bool is_input = month >= streak.first || month <= streak.last - 12;
        if (is_input && month_then(scene, series, month, &figure))
            represent_input(scene, series, &figure);
    }
}

static void represent_inputs_of(const struct scene *scene, const struct computed *computed)
{
    out_array(scene->call->out, "inputs");
    if (computed->streak.last > 0)
        represent_streak(scene, computed->inputs[0].series, computed->streak);
    for (size_t i = 0; computed->streak.last == 0 && i < computed->n_inputs; i++)
        represent_input(scene, computed->inputs[i].series, &computed->inputs[i].figure);
    out_array_end(scene->call->out);
}

static void represent_judgement(const struct scene *scene, const char *key,
                                const struct judgement *judgement, const struct claim *claim)
{
    struct out *out = scene->call->out;
    const struct computed *computed = &judgement->computed;
    out_object(out, key);
    if (scene->as_of.day == DATE_ALL.day)
        out_null(out, "as_of");
    else
        out_date(out, "as_of", scene->as_of);
    out_text(out, "verdict", verdict_names[judgement->verdict]);
    represent_computed(out, computed);
    represent_remarks(out, scene->desk, claim, computed);
    if (computed->is_statement && computed->known)
        out_boolean(out, "holds", computed->holds);
    out_text(out, "basis", basis_of(computed));
    represent_inputs_of(scene, computed);
    out_object_end(out);
}

void represent_audit(struct call *call, const struct audit_desk *desk, const struct audit *audit,
                     const struct claim *claim)
{
    struct out *out = call->out;
    struct scene then = {call, desk, claim->published};
    struct scene now = {call, desk, desk->desk.now};
    represent_verdict(out, desk, claim, audit);
    if (audit->has_reading) {
        out_object(out, "reading");
        represent_reading(out, desk, audit);
        represent_inputs_of(&then, &audit->read);
        out_object_end(out);
    } else {
        out_null(out, "reading");
    }
    out_text(out, "formula", metric_formula(claim->metric));
    if (claim->is_undated)
        out_null(out, "at_publication");
    else
        represent_judgement(&then, "at_publication", &audit->then, claim);
    represent_judgement(&now, "now", &audit->now, claim);
}
