/* Claims that are read from a file, to be looked at rather than stored. */
#include <assert.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"

/* The texts of a row, which it loses with the next one. */
static const char *keep(const struct rows *rows, struct arena *arena, size_t column)
{
    return arena_text(arena, row_field(rows, column), row_length(rows, column));
}

static bool claim_read(struct rows *rows, struct arena *arena, struct claim_row *ret, bool *ret_ok)
{
    struct statement_row row = {0};
    struct source_info source;
    if (!claim_check(rows, &row, ret_ok))
        return false;
    if (!*ret_ok)
        return true;
    if (!store_source(rows->store, arena, row_field(rows, CLAIM_SOURCE), &source, rows->reterr))
        return false;
    *ret = (struct claim_row){
        .id = keep(rows, arena, CLAIM_ID),
        .source = source.id,
        .series = keep(rows, arena, CLAIM_SERIES),
        .metric = keep(rows, arena, CLAIM_METRIC),
        .period = arena_text(arena, row.period, strlen(row.period)),
        .span = row.span,
        .value = row.value,
        .unit = keep(rows, arena, CLAIM_UNIT),
        .precision = row.precision,
        .published = source.published,
        .published_day = source.published_day,
        .statement = keep(rows, arena, CLAIM_STATEMENT),
    };
    return true;
}

/* Where an id was read. */
struct place {
    const char *id;
    long line;
};

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct place *)a)->id, ((const struct place *)b)->id);
}

static void leave(void *place)
{
    (void)place; /* it is the arena's */
}

/* Notes the place of a claim's id in a tree of them; a fault where it has been read before. */
static bool note_place(struct rows *rows, struct arena *arena, void **tree, const char *id)
{
    struct place *place = ARENA_NEW(arena, struct place);
    *place = (struct place){id, rows->csv.line};
    struct place **there = (struct place **)tsearch(place, tree, by_id);
    if (!there)
        abort(); /* memory is out, as in must_calloc */
    return *there == place || row_fault(rows, CLAIM_ID, "line %ld has this id too", (*there)->line);
}

/* Reads all rows, growing the list, until the end or too many faults. */
static bool claims_read(struct rows *rows, struct arena *arena, void **ids, struct claim_list *ret)
{
    struct claim_row *at = NULL;
    size_t room = 0;
    for (*ret = (struct claim_list){0}; rows->n_faults < IMPORT_FAULTS_MAX;) {
        bool end;
        bool ok;
        if (!csv_next(&rows->csv, &end, rows->reterr))
            return false;
        if (end)
            return true;
        if (!row_whole(rows))
            continue;
        if (ret->n == room) {
            room = room ? room * 2 : 256;
            struct claim_row *larger = ARENA_ARRAY(arena, room, struct claim_row);
            if (ret->n > 0)
                memcpy(larger, at, ret->n * sizeof *at);
            ret->at = at = larger;
        }
        assert(at);
        if (ret->n == CLAIMS_OF_FILE_MAX)
            return error_set(rows->reterr, ERROR_INPUT, "%s:%ld: more than %d claims",
                             rows->csv.name, rows->csv.line, CLAIMS_OF_FILE_MAX);
        if (!claim_read(rows, arena, &at[ret->n], &ok))
            return false;
        ret->n += ok && note_place(rows, arena, ids, at[ret->n].id);
    }
    return true;
}

bool store_read_claims(struct store *store, struct arena *arena, const struct import_file *file,
                       struct claim_list *ret, struct buffer *ret_faults, struct error *reterr)
{
    struct rows rows = {
        .store = store,
        .csv = {.file = file->file, .name = file->name},
        .faults = ret_faults,
        .faults_max = IMPORT_FAULTS_MAX,
        .reterr = reterr,
    };
    void *ids = NULL;
    bool ok = rows_header(&rows);
    if (ok && rows.kind != IMPORT_CLAIMS)
        ok = error_set(reterr, ERROR_INPUT, "%s:1: these are %s, not claims", file->name,
                       import_kind_names[rows.kind]);
    ok = ok && rows_prepare(&rows) && claims_read(&rows, arena, &ids, ret);
    tdestroy(ids, leave);
    if (ok && rows.n_faults > 0)
        ok = error_set(reterr, ERROR_INPUT, "%d%s faulty row%s: nothing was audited", rows.n_faults,
                       rows.n_faults >= IMPORT_FAULTS_MAX ? " or more" : "",
                       rows.n_faults == 1 ? "" : "s");
    rows_release(&rows);
    return ok;
}
