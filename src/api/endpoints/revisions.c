/* GET /v1/exports/revisions: how observations changed, by more than rounding. */
#include "exportstat/stats/revisions.h"

#include <stdio.h>
#include <string.h>

#include "../endpoints.h"
#include "../represent.h"

static const char *const revision_columns[] = {
    "series",         "id",          "period", "revised_on",   "from",
    "from_precision", "from_status", "to",     "to_precision", "to_status",
    "change",         "percent",     NULL,
};

static void represent_side(struct out *out, const struct version *version, const char *value,
                           const char *precision, const char *status)
{
    if (version->known) {
        out_amount(out, value, version->value);
        out_amount(out, precision, version->precision);
        out_text(out, status, version->derived ? "derived" : "reported");
    } else {
        out_null(out, value);
        out_null(out, precision);
        out_text(out, status, "missing");
    }
}

void represent_revision(struct out *out, const struct revision *revision)
{
    bool both = revision->from->known && revision->to->known;
    amount change = revision->to->value - revision->from->value;
    out_date(out, "revised_on", revision->revised);
    represent_side(out, revision->from, "from", "from_precision", "from_status");
    represent_side(out, revision->to, "to", "to_precision", "to_status");
    if (both)
        out_amount(out, "change", change);
    else
        out_null(out, "change");
    if (both && revision->from->value > 0)
        out_ratio(out, "percent", ratio_percent(change, revision->from->value));
    else
        out_null(out, "percent");
    if (!both)
        represent_missing(out, MISSING_NOT_REPORTED);
    else if (revision->from->value <= 0)
        represent_missing(out,
                          revision->from->value == 0 ? MISSING_ZERO_BASE : MISSING_NEGATIVE_BASE);
    if (revision->to->ruling)
        out_text(out, "reason", revision->to->ruling->reason);
}

/* One period is revised at most once a day. */
enum { REVISION_ID = PERIOD_TEXT + DATE_TEXT };

static void revision_id(const struct revision *revision, char text[static REVISION_ID])
{
    char period[PERIOD_TEXT];
    char day[DATE_TEXT];
    span_name(revision->span, 1, period);
    date_format(revision->revised, day);
    snprintf(text, REVISION_ID, "%s.%s", period, day);
}

static void represent_ages(struct out *out, const struct revision_statistics *statistics)
{
    out_array(out, "by_age");
    for (size_t i = 0; i < REVISION_AGES; i++) {
        const struct revision_age *age = &statistics->ages[i];
        out_object(out, NULL);
        out_integer(out, "from_days", age->from_days);
        if (age->to_days < INT32_MAX)
            out_integer(out, "to_days", age->to_days);
        else
            out_null(out, "to_days");
        out_integer(out, "revisions", age->revisions);
        if (age->from > 0)
            out_ratio(out, "absolute_change_percent",
                      ratio_percent(age->absolute_change, age->from));
        else
            out_null(out, "absolute_change_percent");
        out_object_end(out);
    }
    out_array_end(out);
}

static void represent_statistics(struct call *call, const struct selected *selected)
{
    struct out *out = call->out;
    struct revision_statistics statistics =
        revision_statistics(call->arena, &selected->volume->resolved, call_as_of(call));
    wide n = (wide)statistics.compared * AMOUNT_SCALE;
    out_object(out, "statistics");
    out_integer(out, "months", statistics.months);
    out_integer(out, "revised", statistics.revised);
    out_integer(out, "compared", statistics.compared);
    out_integer(out, "up", statistics.up);
    out_integer(out, "down", statistics.down);
    if (statistics.compared > 0) {
        out_ratio(out, "mean_change", ratio_of(statistics.change, n));
        out_ratio(out, "mean_absolute_change", ratio_of(statistics.absolute_change, n));
    } else {
        out_null(out, "mean_change");
        out_null(out, "mean_absolute_change");
    }
    if (statistics.first > 0) {
        out_ratio(out, "change_percent", ratio_percent(statistics.change, statistics.first));
        out_ratio(out, "absolute_change_percent",
                  ratio_percent(statistics.absolute_change, statistics.first));
    } else {
        out_null(out, "change_percent");
        out_null(out, "absolute_change_percent");
        represent_missing(out, statistics.first == 0 ? MISSING_ZERO_BASE : MISSING_NEGATIVE_BASE);
    }
    if (statistics.delays > 0)
        out_integer(out, "median_days", statistics.median_days);
    else
        out_null(out, "median_days");
    represent_ages(out, &statistics);
    out_object_end(out);
}

/* The revisions of the asked-for months, in the asked-for order. */
static size_t revisions_choose(struct call *call, const struct selected *selected,
                               struct revisions all, struct revision *chosen)
{
    int start = selected->info->fiscal_year_start;
    const struct arg *from = arg(call, PARAM_FROM);
    const struct arg *to = arg(call, PARAM_TO);
    int32_t first = from->given ? period_span(from->period, start).first : MONTH_MIN;
    int32_t last = to->given ? period_span(to->period, start).last : MONTH_MAX;
    bool descending = arg(call, PARAM_ORDER)->number == ORDER_DESC;
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        const struct revision *revision = &all.at[descending ? all.n - 1 - i : i];
        if (revision->span.first >= first && revision->span.first <= last)
            chosen[n++] = *revision;
    }
    return n;
}

/* Passes over the page before; false where `after` is no revision. */
static bool revisions_after(struct call *call, const struct revision *chosen, size_t n,
                            size_t *ret_start)
{
    const struct arg *after = arg(call, PARAM_AFTER);
    char id[REVISION_ID];
    *ret_start = 0;
    for (size_t i = 0; after->given && i < n; i++) {
        revision_id(&chosen[i], id);
        if (strcmp(id, after->text) == 0) {
            *ret_start = i + 1;
            return true;
        }
    }
    return !after->given || problem_invalid(call->problem, "after", NULL,
                                            "expected the id of a row, as `next` has it");
}

bool get_revisions(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    struct revisions all =
        revisions_all(call->arena, &selected->volume->resolved, call_as_of(call));
    struct revision *chosen = ARENA_ARRAY(call->arena, all.n, struct revision);
    size_t limit = (size_t)arg(call, PARAM_PAGE)->number;
    char id[REVISION_ID];
    size_t start;
    if (window_backwards(call, selected->info))
        return false;
    size_t n = revisions_choose(call, selected, all, chosen);
    if (!revisions_after(call, chosen, n, &start))
        return false;
    size_t end = n - start > limit ? start + limit : n;
    represent_statistics(call, selected);
    out_integer(out, "total", (int64_t)n);
    if (end < n) {
        revision_id(&chosen[end - 1], id);
        call_next(call, PARAM_AFTER, id);
    }
    out_rows(out, "revisions", revision_columns);
    for (size_t i = start; i < end; i++) {
        revision_id(&chosen[i], id);
        out_row(out);
        out_text(out, "id", id);
        represent_month(out, "period", chosen[i].span.first);
        represent_revision(out, &chosen[i]);
        out_row_end(out);
    }
    out_rows_end(out);
    return true;
}
