/* GET /v1/changes: what changed since a date or a generation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../represent.h"
#include "changing.h"

static const char *const change_columns[] = {
    "id", "series", "period", "kind", "date", "from", "to", "status", "missing_reason", NULL,
};

void change_id(const struct change_row *row, char text[static CHANGE_ID])
{
    char period[PERIOD_TEXT];
    char day[DATE_TEXT];
    span_name(row->change.span, 1, period);
    date_format(row->change.when, day);
    snprintf(text, CHANGE_ID, "%s.%s.%s.%s", row->info->id, period,
             change_kind_names[row->change.kind], day);
}

/* The series as the store knew it at the generation, compared with what it knows now. */
static bool changes_since_generation(struct call *call, const struct volume *volume,
                                     struct arena *arena, struct changes *ret)
{
    int64_t generation = arg(call, PARAM_SINCE)->number;
    struct evidence evidence;
    struct error err;
    if (!store_evidence_then(call->store, arena, &volume->info, generation, &evidence, &err))
        return problem_from(call->problem, &err);
    struct resolved *then = ARENA_NEW(arena, struct resolved);
    *then = resolve(arena, evidence, volume->info.fiscal_year_start, volume->info.adds_up);
    *ret = changes_between(arena, then, &volume->resolved, call_as_of(call));
    return true;
}

static bool changes_of_series(struct call *call, const struct volume *volume, struct arena *arena,
                              struct changes *ret)
{
    const struct arg *since = arg(call, PARAM_SINCE);
    if (since->given && since->number > 0)
        return changes_since_generation(call, volume, arena, ret);
    *ret = changes_of(arena, &volume->resolved, since->given ? since->day : DATE_NONE,
                      call_as_of(call));
    return true;
}

/* A year alone is a number like a generation: its first month may be meant. */
static bool refuse_generation(struct call *call, int64_t number)
{
    char month[16] = "";
    if (number >= YEAR_MIN && number <= YEAR_MAX)
        snprintf(month, sizeof month, "%d-01", (int)number);
    return problem_invalid(call->problem, "since", *month ? month : NULL,
                           "generation %lld is yet to come, the store is at %lld; a date has a "
                           "month: 2025-12 or 2025-12-31",
                           (long long)number, (long long)call->state.generation);
}

static bool since_fits(struct call *call)
{
    const struct arg *since = arg(call, PARAM_SINCE);
    const struct arg *as_of = arg(call, PARAM_AS_OF);
    if (!since->given)
        return true;
    if (since->number > call->state.generation)
        return refuse_generation(call, since->number);
    if (since->number == 0 && as_of->given && since->day.day > as_of->day.day)
        return problem_invalid(call->problem, "since", NULL, "comes after `as_of`");
    return true;
}

static int rows_order(const void *a, const void *b)
{
    const struct change_row *left = a;
    const struct change_row *right = b;
    const struct change *one = &left->change;
    const struct change *other = &right->change;
    if (one->when.day != other->when.day)
        return one->when.day < other->when.day ? -1 : 1;
    int order = strcmp(left->info->id, right->info->id);
    if (order != 0)
        return order;
    if (one->span.first != other->span.first)
        return one->span.first < other->span.first ? -1 : 1;
    return (one->kind > other->kind) - (one->kind < other->kind);
}

/* Changes as they are collected, series by series. */
struct rows {
    struct change_row *at;
    size_t n;
    size_t room;
};

static const struct ruling *keep_ruling(struct call *call, const struct ruling *ruling)
{
    if (!ruling)
        return NULL;
    struct ruling *kept = ARENA_NEW(call->arena, struct ruling);
    *kept = *ruling;
    kept->reason = arena_text(call->arena, ruling->reason, strlen(ruling->reason));
    return kept;
}

/* A copy of what an answer says of a version; its terms go with the series. */
static const struct version *keep_version(struct call *call, const struct version *version)
{
    if (!version)
        return NULL;
    struct version *kept = ARENA_NEW(call->arena, struct version);
    *kept = *version;
    kept->ruling = keep_ruling(call, version->ruling);
    kept->terms = NULL;
    kept->n_terms = 0;
    return kept;
}

/* Copies those of the kind asked for. */
static void keep_rows(struct call *call, const struct series_info *info,
                      const struct changes *changes, struct rows *rows)
{
    const struct arg *kind = arg(call, PARAM_CHANGE);
    const struct series_info *kept = changes->n > 0 ? call_keep_info(call, info) : NULL;
    if (rows->n + changes->n > rows->room) {
        rows->room = (rows->n + changes->n) * 2;
        struct change_row *more = ARENA_ARRAY(call->arena, rows->room, struct change_row);
        memcpy(more, rows->at, rows->n * sizeof *more);
        rows->at = more;
    }
    for (size_t i = 0; i < changes->n; i++) {
        struct change change = changes->at[i];
        if (kind->given && (int64_t)change.kind != kind->number)
            continue;
        change.from = keep_version(call, change.from);
        change.to = keep_version(call, change.to);
        rows->at[rows->n++] = (struct change_row){kept, change};
    }
}

/* Looks at one series, which is given back. */
static bool collect(struct call *call, const char *id, struct rows *rows)
{
    struct arena arena = {0};
    const struct volume *volume;
    struct changes changes;
    if (!call_look(call, id, &volume))
        return false;
    bool ok = changes_of_series(call, volume, &arena, &changes);
    if (ok)
        keep_rows(call, &volume->info, &changes, rows);
    library_return(call->library, volume);
    arena_release(&arena);
    return ok;
}

/* All changes of the series and of the kind asked for, oldest first. */
static bool all_rows(struct call *call, struct changing *changing, struct change_row **ret)
{
    struct rows rows = {.room = 64};
    rows.at = ARENA_ARRAY(call->arena, rows.room, struct change_row);
    for (size_t i = 0; i < changing->n_series; i++) {
        if (!collect(call, changing->series[i], &rows))
            return false;
    }
    if (rows.n > 0)
        qsort(rows.at, rows.n, sizeof *rows.at, rows_order);
    changing->total = rows.n;
    *ret = rows.at;
    return true;
}

/* Passes over the pages before; false where `after` is no change. */
static bool skip_to(struct call *call, const struct change_row *rows, size_t n, size_t *ret_start)
{
    const struct arg *after = arg(call, PARAM_AFTER);
    char id[CHANGE_ID];
    *ret_start = 0;
    for (size_t i = 0; after->given && i < n; i++) {
        change_id(&rows[i], id);
        if (strcmp(id, after->text) == 0) {
            *ret_start = i + 1;
            return true;
        }
    }
    return !after->given || problem_invalid(call->problem, "after", NULL,
                                            "expected the id of a row, as `next` has it");
}

bool changes_gather(struct call *call, bool descending, struct changing *ret)
{
    size_t limit = (size_t)arg(call, PARAM_PAGE)->number;
    struct change_row *rows;
    size_t start;
    *ret = (struct changing){0};
    if (!since_fits(call) || !call_series_ids(call, &ret->series, &ret->n_series) ||
        !all_rows(call, ret, &rows))
        return false;
    for (size_t i = 0; descending && i < ret->total / 2; i++) {
        struct change_row row = rows[i];
        rows[i] = rows[ret->total - 1 - i];
        rows[ret->total - 1 - i] = row;
    }
    if (!skip_to(call, rows, ret->total, &start))
        return false;
    ret->at = rows + start;
    ret->n = ret->total - start;
    ret->more = ret->n > limit;
    if (ret->more)
        ret->n = limit;
    return true;
}

static void represent_value(struct out *out, const char *key, const struct version *version)
{
    if (version && version->known)
        out_amount(out, key, version->value);
    else
        out_null(out, key);
}

static void represent_change(struct out *out, const struct change_row *row)
{
    const struct change *change = &row->change;
    const struct version *to = change->to;
    bool both = change->from && change->from->known && to && to->known;
    char id[CHANGE_ID];
    change_id(row, id);
    out_text(out, "id", id);
    out_text(out, "series", row->info->id);
    represent_month(out, "period", change->span.first);
    out_text(out, "kind", change_kind_names[change->kind]);
    out_date(out, "date", change->when);
    represent_value(out, "from", change->from);
    represent_value(out, "to", to);
    if (to && to->known)
        out_text(out, "status", to->derived ? "derived" : "reported");
    else
        out_text(out, "status", "missing");
    represent_missing(out, both ? MISSING_NOT : MISSING_NOT_REPORTED);
}

static void represent_since(struct call *call)
{
    const struct arg *since = arg(call, PARAM_SINCE);
    if (!since->given)
        out_null(call->out, "since");
    else if (since->number > 0)
        out_integer(call->out, "since", since->number);
    else
        out_date(call->out, "since", since->day);
}

bool get_changes(struct call *call)
{
    struct out *out = call->out;
    struct changing changing;
    char id[CHANGE_ID];
    if (!changes_gather(call, arg(call, PARAM_FEED_ORDER)->number == ORDER_DESC, &changing))
        return false;
    represent_since(call);
    out_names(out, "series", changing.series, changing.n_series);
    out_integer(out, "total", (int64_t)changing.total);
    if (changing.more) {
        change_id(&changing.at[changing.n - 1], id);
        call_next(call, PARAM_AFTER, id);
    }
    out_rows(out, "changes", change_columns);
    for (size_t i = 0; i < changing.n; i++) {
        out_row(out);
        represent_change(out, &changing.at[i]);
        out_row_end(out);
    }
    out_rows_end(out);
    return true;
}
