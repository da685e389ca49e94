#include "exportstat/api/audited.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "represent.h"

const char *const audited_columns[] = {
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
    "computed_period",
    "missing_reason",
    "missing_series",
    "missing_period",
    NULL,
};

const char *const audit_total_exports[2] = {"pk-goods-bop", "pk-services"};

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

struct audit_desk audit_desk_of(struct arena *arena, const struct series_info **info,
                                const struct resolved **resolved, size_t n, size_t n_others,
                                date as_of)
{
    struct audit_desk desk = {.info = info, .n = n};
    size_t *units = ARENA_ARRAY(arena, n, size_t);
    for (size_t i = 0; i < n; i++) {
        while (units[i] < i && strcmp(info[units[i]]->unit, info[i]->unit) != 0)
            units[i]++;
    }
    desk.desk = desk_of(arena, resolved, n, place_of(&desk, audit_total_exports[0]),
                        place_of(&desk, audit_total_exports[1]), as_of);
    desk.desk.n_others = n_others < OTHER_SERIES_MAX ? n_others : OTHER_SERIES_MAX;
    desk.desk.units = units;
    return desk;
}

bool audit_desk_read(struct store *store, struct arena *arena, date as_of, struct audit_desk *ret,
                     struct error *reterr)
{
    struct series_list list;
    struct series_filter every = {.limit = INT64_MAX};
    if (!store_series_list(store, arena, &every, &list, reterr))
        return false;
    const struct series_info **info = ARENA_ARRAY(arena, list.n, const struct series_info *);
    const struct resolved **all = ARENA_ARRAY(arena, list.n, const struct resolved *);
    for (size_t i = 0; i < list.n; i++) {
        struct resolved *resolved = ARENA_NEW(arena, struct resolved);
        struct evidence evidence;
        if (!store_evidence(store, arena, &list.at[i], &evidence, reterr))
            return false;
        *resolved = resolve(arena, evidence, list.at[i].fiscal_year_start, list.at[i].adds_up);
        info[i] = &list.at[i];
        all[i] = resolved;
    }
    *ret = audit_desk_of(arena, info, all, list.n, list.n, as_of);
    return true;
}

static struct claim claim_of_row(const struct audit_desk *desk, const struct claim_row *row)
{
    struct claim claim = {
        .metric = metric_find(row->metric),
        .span = row->span,
        .value = row->value,
        .precision = row->precision,
        .published = row->published_day,
    };
    bool found = audit_desk_find(desk, row->series, &claim.series);
    assert(found && claim.metric < METRICS); /* the caller's desk, and the store's promise */
    return claim;
}

static int by_publication(const void *a, const void *b)
{
    const struct audited *left = *(const struct audited *const *)a;
    const struct audited *right = *(const struct audited *const *)b;
    return (left->claim.published.day > right->claim.published.day) -
           (left->claim.published.day < right->claim.published.day);
}

/* In order of publication, so that the desk has to look at each day once. */
static void audit_in_order(struct audit_desk *desk, struct audited *at, size_t n)
{
    struct audited **order = ARENA_ARRAY(desk->desk.arena, n, struct audited *);
    for (size_t i = 0; i < n; i++)
        order[i] = &at[i];
    qsort(order, n, sizeof(void *), by_publication);
    for (size_t i = 0; i < n; i++)
        order[i]->audit = audit_claim(&desk->desk, &order[i]->claim);
}

struct audited_list audit_list(struct audit_desk *desk, const struct claim_list *claims,
                               enum verdict verdict)
{
    struct audited *at = ARENA_ARRAY(desk->desk.arena, claims->n, struct audited);
    struct audited_list list = {.at = at};
    for (size_t i = 0; i < claims->n; i++) {
        at[i].row = &claims->at[i];
        at[i].claim = claim_of_row(desk, at[i].row);
    }
    audit_in_order(desk, at, claims->n);
    for (size_t i = 0; i < claims->n; i++) {
        if (verdict == VERDICTS || at[i].audit.verdict == verdict)
            at[list.n++] = at[i];
    }
    return list;
}

enum verdict audit_verdict(struct audit_desk *desk, const struct claim_row *row)
{
    struct claim claim = claim_of_row(desk, row);
    return audit_claim(&desk->desk, &claim).verdict;
}

void audit_count(const struct audited_list *list, int64_t ret[static VERDICTS])
{
    for (int i = 0; i < VERDICTS; i++)
        ret[i] = 0;
    for (size_t i = 0; i < list->n; i++)
        ret[list->at[i].audit.verdict]++;
}

void represent_verdicts(struct out *out, const int64_t counts[static VERDICTS])
{
    out_object(out, "verdicts");
    for (int i = 0; i < VERDICTS; i++)
        out_integer(out, verdict_names[i], counts[i]);
    out_object_end(out);
}

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

/* Half of the smallest part of an amount is its seventh decimal: amounts and their intervals fit exactly. */
enum { EXACT_DECIMALS = AMOUNT_DECIMALS + 1 };

void represent_computed(struct out *out, const struct computed *computed)
{
    const struct range *range = &computed->range;
    int decimals = out->decimals;
    if (computed->is_exact)
        out->decimals = EXACT_DECIMALS;
    if (computed->known)
        out_ratio(out, "computed", range->value);
    else
        out_null(out, "computed");
    if (computed->known && !range->open_low)
        out_low(out, "low", range->low);
    else
        out_null(out, "low");
    if (computed->known && !range->open_high)
        out_high(out, "high", range->high);
    else
        out_null(out, "high");
    out->decimals = decimals;
}

const char *basis_of(const struct computed *computed)
{
    const struct figure *figure = computed->n_inputs > 0 ? &computed->inputs[0].figure : NULL;
    if (!figure || span_months(figure->span) == 1)
        return NULL;
    return figure->is_sum ? "sum_of_months" : "reported";
}

const char *missing_series_of(const struct audit_desk *desk, const struct computed *computed)
{
    size_t place = computed->missing_series;
    return place < desk->n ? desk->info[place]->id : audit_total_exports[place - desk->n];
}

const char *missing_period_of(const struct audit_desk *desk, const struct computed *computed,
                              char text[static PERIOD_TEXT])
{
    size_t place = computed->missing_series;
    struct period period;
    span_name(computed->missing, place < desk->n ? desk->info[place]->fiscal_year_start : 1, text);
    return period_parse(text, strlen(text), &period) ? text : NULL;
}

void represent_remarks(struct out *out, const struct audit_desk *desk, const struct claim *claim,
                       const struct computed *computed)
{
    char period[PERIOD_TEXT];
    if (computed->at.last > 0)
        represent_span(out, "computed_period", computed->at,
                       desk->info[claim->series]->fiscal_year_start);
    if (computed->why == MISSING_NOT)
        return;
    represent_missing(out, computed->why);
    out_text(out, "missing_series", missing_series_of(desk, computed));
    out_text(out, "missing_period", missing_period_of(desk, computed, period));
}

void represent_reading(struct out *out, const struct audit_desk *desk, const struct audit *audit)
{
    const struct series_info *info = desk->info[audit->reading.series];
    out_text(out, "metric", metric_names[audit->reading.metric]);
    out_text(out, "series", info->id);
    represent_span(out, "period", audit->reading.span, info->fiscal_year_start);
    represent_computed(out, &audit->read);
}

/* The same as a value of a row; in CSV it is one of three texts. */
static void represent_reading_cell(struct out *out, const struct audit_desk *desk,
                                   const struct audit *audit)
{
    char period[PERIOD_TEXT];
    if (!audit->has_reading) {
        out_null(out, "reading");
    } else if (out->csv) {
        const struct series_info *info = desk->info[audit->reading.series];
        const char *parts[] = {metric_names[audit->reading.metric], info->id, period};
        span_name(audit->reading.span, info->fiscal_year_start, period);
        out_names(out, "reading", parts, COUNT(parts));
    } else {
        out_object(out, "reading");
        represent_reading(out, desk, audit);
        out_object_end(out);
    }
}

void represent_verdict(struct out *out, const struct audit_desk *desk, const struct claim *claim,
                       const struct audit *audit)
{
    const struct computed *computed = &audit->now.computed;
    out_text(out, "verdict", verdict_names[audit->verdict]);
    out_text(out, "verdict_at_publication",
             claim->is_undated ? NULL : verdict_names[audit->then.verdict]);
    represent_computed(out, computed);
    represent_remarks(out, desk, claim, computed);
    out_text(out, "basis", basis_of(computed));
}

void represent_audited(struct out *out, const struct audit_desk *desk,
                       const struct audited *audited)
{
    out_row(out);
    represent_claim(out, audited->row);
    represent_verdict(out, desk, &audited->claim, &audited->audit);
    represent_reading_cell(out, desk, &audited->audit);
    out_row_end(out);
}
