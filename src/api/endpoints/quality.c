/* GET /v1/quality: where reports and observations do not fit together. */
#include "exportstat/stats/quality.h"

#include <stdio.h>
#include <string.h>

#include "../endpoints.h"
#include "../explain.h"

static const char *const quality_columns[] = {
    "id",       "kind",       "series",       "period",  "value",
    "expected", "difference", "total_series", "sources", NULL,
};

/* The findings of all series asked for, one after the other. */
struct row {
    const struct series_info *info;
    const struct selected *selected;
    const struct selected *against; /* the series that `expected` is of */
    const struct finding *finding;
};

static void represent_values(struct out *out, const struct finding *finding)
{
    if (finding->has_values) {
        out_amount(out, "value", finding->value);
        out_amount(out, "expected", finding->expected);
        out_amount(out, "difference", finding->value - finding->expected);
    } else {
        out_amount(out, "value", finding->reports[0]->value);
        out_null(out, "expected");
        out_null(out, "difference");
    }
}

static void represent_evidence(struct out *out, const struct finding *finding)
{
    const char *sources[COUNT(finding->reports)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(finding->reports); i++) {
        if (finding->reports[i])
            sources[n++] = finding->reports[i]->source;
    }
    out_names(out, "sources", sources, n);
    out_array(out, "evidence");
    for (size_t i = 0; i < n; i++) {
        const struct report *report = finding->reports[i];
        out_object(out, NULL);
        out_text(out, "source", report->source);
        out_text(out, "publisher", report->publisher);
        out_date(out, "published_on", report->published);
        out_amount(out, "value", report->value);
        out_amount(out, "precision", report->precision);
        out_object_end(out);
    }
    out_array_end(out);
}

/* Both numbers by what they rest on: observations with their periods and sources, a sum month by month. */
static void represent_sides(struct call *call, const struct row *row)
{
    const struct finding *finding = row->finding;
    out_array(call->out, "observed");
    if (finding->kind == FINDING_PART_ABOVE_TOTAL)
        explain_input(call, row->selected, figure_of(&row->selected->view, finding->span));
    out_array_end(call->out);
    out_array(call->out, "against");
    if (finding->has_values)
        explain_input(call, row->against, finding->against);
    out_array_end(call->out);
}

/* Two identifiers of at most IDENTIFIER_MAX bytes, a kind and a period. */
enum { FINDING_ID = 200 };

static void finding_id(const struct row *row, char text[static FINDING_ID])
{
    char period[PERIOD_TEXT];
    span_name(row->finding->span, row->info->fiscal_year_start, period);
    const struct report *report = row->finding->reports[0];
    snprintf(text, FINDING_ID, "%s.%s.%s.%s", row->info->id, finding_names[row->finding->kind],
             period, report ? report->source : "");
}

static bool collect(struct call *call, const char *id, struct row **rows, size_t *n, size_t *room)
{
    const struct arg *kind = arg(call, PARAM_KIND);
    struct selected *selected = ARENA_NEW(call->arena, struct selected);
    struct selected *total = ARENA_NEW(call->arena, struct selected);
    if (!call_series(call, id, selected))
        return false;
    const char *part_of = selected->info->part_of;
    if (part_of && !call_series(call, part_of, total))
        return false;
    struct findings findings =
        findings_of(call->arena, &selected->view, part_of ? &total->view : NULL);
    if (*n + findings.n > *room) {
        struct row *more = ARENA_ARRAY(call->arena, (*n + findings.n) * 2, struct row);
        if (*n > 0)
            memcpy(more, *rows, *n * sizeof *more);
        *room = (*n + findings.n) * 2;
        *rows = more;
    }
    for (size_t i = 0; i < findings.n; i++) {
        const struct finding *finding = &findings.at[i];
        bool is_part = finding->kind == FINDING_PART_ABOVE_TOTAL;
        if (!kind->given || kind->number == (int64_t)finding->kind)
            (*rows)[(*n)++] =
                (struct row){selected->info, selected, is_part ? total : selected, finding};
    }
    return true;
}

static bool collect_all(struct call *call, struct row **rows, size_t *ret_n)
{
    const char *const *ids;
    size_t n;
    size_t room = 0;
    *rows = NULL;
    *ret_n = 0;
    if (!call_series_ids(call, &ids, &n))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!collect(call, ids[i], rows, ret_n, &room))
            return false;
    }
    return true;
}

static void represent_finding(struct call *call, const struct row *row)
{
    struct out *out = call->out;
    char id[FINDING_ID];
    finding_id(row, id);
    out_row(out);
    out_text(out, "id", id);
    out_text(out, "kind", finding_names[row->finding->kind]);
    out_text(out, "series", row->info->id);
    represent_span(out, "period", row->finding->span, row->info->fiscal_year_start);
    represent_values(out, row->finding);
    out_text(out, "total_series",
             row->finding->kind == FINDING_PART_ABOVE_TOTAL ? row->info->part_of : NULL);
    represent_evidence(out, row->finding);
    represent_sides(call, row);
    out_row_end(out);
}

bool get_quality(struct call *call)
{
    struct out *out = call->out;
    const struct arg *after = arg(call, PARAM_AFTER);
    size_t limit = (size_t)arg(call, PARAM_PAGE)->number;
    char id[FINDING_ID];
    struct row *rows;
    size_t n;
    size_t start = 0;
    if (!collect_all(call, &rows, &n))
        return false;
    for (bool found = !after->given; !found; start++) {
        if (start == n)
            return problem_invalid(call->problem, "after", NULL,
                                   "expected the id of a row, as `next` has it");
        finding_id(&rows[start], id);
        found = strcmp(id, after->text) == 0;
    }
    size_t end = n - start > limit ? start + limit : n;
    out_integer(out, "total", (int64_t)n);
    if (end < n) {
        finding_id(&rows[end - 1], id);
        call_next(call, PARAM_AFTER, id);
    }
    out_rows(out, "findings", quality_columns);
    for (size_t i = start; i < end; i++)
        represent_finding(call, &rows[i]);
    out_rows_end(out);
    return true;
}
