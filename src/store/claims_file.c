/* Claims that are read from a file, to be looked at rather than stored. */
#include <assert.h>
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

/* Reads all rows, growing the list, until the end or too many faults. */
static bool claims_read(struct rows *rows, struct arena *arena, struct claim_list *ret)
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
        if (ret->n == room) {
            room = room ? room * 2 : 256;
            struct claim_row *larger = ARENA_ARRAY(arena, room, struct claim_row);
            if (ret->n > 0)
                memcpy(larger, at, ret->n * sizeof *at);
            ret->at = at = larger;
        }
        assert(at);
        if (!claim_read(rows, arena, &at[ret->n], &ok))
            return false;
        ret->n += ok;
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
        .reterr = reterr,
    };
    bool ok = rows_header(&rows);
    if (ok && rows.kind != IMPORT_CLAIMS)
        ok = error_set(reterr, ERROR_INPUT, "%s:1: these are %s, not claims", file->name,
                       import_kind_names[rows.kind]);
    ok = ok && rows_prepare(&rows) && claims_read(&rows, arena, ret);
    if (ok && rows.n_faults > 0)
        ok = error_set(reterr, ERROR_INPUT, "%d%s faulty row%s: nothing was audited", rows.n_faults,
                       rows.n_faults >= IMPORT_FAULTS_MAX ? " or more" : "",
                       rows.n_faults == 1 ? "" : "s");
    rows_release(&rows);
    return ok;
}
