/* Rows of reports: where there are hundreds of anything else there are millions of these, and to run a statement for
 * each took longer than all else. So one statement inserts many: SQLite reads them from a virtual table that is the
 * file, row by row as it asks for them, already checked. */
#include <string.h>

#include "ahead.h"

/* The columns of the virtual table; the last is hidden, and is given the run as a pointer. */
enum {
    INCOMING_SERIES,
    INCOMING_FIRST,
    INCOMING_LAST,
    INCOMING_SOURCE,
    INCOMING_PERIOD,
    INCOMING_VALUE,
    INCOMING_PRECISION,
    INCOMING_NOTE,
    INCOMING_RUN,
};

static const char incoming_columns[] = "CREATE TABLE incoming (series, first, last, source, "
                                       "period, value, precision, note, run HIDDEN)";

/* What SQLite's pointers are known by. */
static const char run_type[] = "run of reports";

/* One run of the statement. */
struct run {
    struct rows *rows;
    struct statement_row row; /* the current one */
    int64_t left;             /* rows that it may still read */
    int64_t given;            /* rows without a fault */
    int64_t skipped;          /* of these, which are there already */
    int64_t refused;          /* and which contradict what is there */
    bool is_row;              /* whether there is a current one */
    bool is_end;              /* of the file */
    bool has_failed;          /* reading did, and said why */
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct run *run;
};

/* The next row of the file, and what it says, from wherever it is read. */
static bool fields_next(struct run *run, struct report_fields *ret)
{
    struct rows *rows = run->rows;
    if (rows->ahead)
        return ahead_next(rows->ahead, &rows->csv, ret, &run->is_end, rows->reterr);
    if (!csv_next(&rows->csv, &run->is_end, rows->reterr))
        return false;
    if (!run->is_end && !*rows->csv.fault)
        report_read(&rows->csv, rows->column, ret);
    return true;
}

/* Takes over what the current row says where nothing is wrong with it, and else names all of its faults. False where the
 * database failed. */
static bool row_take(struct run *run, const struct report_fields *fields)
{
    struct rows *rows = run->rows;
    struct statement_row *row = &run->row;
    const struct looked_up *found;
    if (!fields->is_right) {
        bool ignored;
        bool ok = read_statement(rows, REPORT_SERIES, REPORT_PERIOD, REPORT_VALUE, REPORT_PRECISION,
                                 REPORT_SOURCE, row, &ignored);
        check_text(rows, REPORT_NOTE, 0, TEXT_MAX);
        return ok;
    }
    if (!look_up(rows, ROW_SERIES_NUMBER, REPORT_SERIES, &found))
        return false;
    run->is_row = found != NULL;
    if (found) {
        row->series = found->number;
        row->span = period_span(fields->period, found->start);
    }
    if (!look_up(rows, ROW_SOURCE_NUMBER, REPORT_SOURCE, &found))
        return false;
    run->is_row = found && run->is_row;
    if (found)
        row->source = found->number;
    memcpy(row->period, fields->period_text, sizeof row->period);
    row->value = fields->value;
    row->precision = fields->precision;
    return true;
}

/* Goes to the next row without a fault. */
static int run_next(struct run *run)
{
    struct rows *rows = run->rows;
    struct report_fields fields = {0};
    run->is_row = false;
    while (!run->is_row && run->left > 0 && rows->n_faults < rows->faults_max) {
        run->left--;
        run->has_failed = !fields_next(run, &fields);
        /* First: a file that can not be read to its end has come to an end, too. */
        if (run->has_failed)
            return SQLITE_ERROR;
        if (run->is_end)
            break;
        if (!row_whole(rows))
            continue;
        run->has_failed = !row_take(run, &fields);
        if (run->has_failed)
            return SQLITE_ERROR;
    }
    if (run->is_row)
        touch(rows, run->row.series);
    run->given += run->is_row;
    return SQLITE_OK;
}

static int incoming_connect(sqlite3 *db, void *nothing, int n, const char *const *arguments,
                            sqlite3_vtab **ret, char **ret_error)
{
    (void)nothing, (void)n, (void)arguments, (void)ret_error;
    *ret = sqlite3_malloc(sizeof **ret);
    if (!*ret)
        return SQLITE_NOMEM;
    **ret = (sqlite3_vtab){0};
    return sqlite3_declare_vtab(db, incoming_columns);
}

static int incoming_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

/* There is one way to read it: once through, with its run. */
static int incoming_best_index(sqlite3_vtab *table, sqlite3_index_info *ret)
{
    (void)table;
    for (int i = 0; i < ret->nConstraint; i++) {
        if (ret->aConstraint[i].usable && ret->aConstraint[i].iColumn == INCOMING_RUN) {
            ret->aConstraintUsage[i].argvIndex = 1;
            ret->aConstraintUsage[i].omit = 1;
            return SQLITE_OK;
        }
    }
    return SQLITE_CONSTRAINT;
}

static int incoming_open(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
    (void)table;
    struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (!cursor)
        return SQLITE_NOMEM;
    *cursor = (struct cursor){0};
    *ret = &cursor->base;
    return SQLITE_OK;
}

static int incoming_close(sqlite3_vtab_cursor *base)
{
    sqlite3_free(base);
    return SQLITE_OK;
}

static struct run *run_of(sqlite3_vtab_cursor *base)
{
    return ((struct cursor *)base)->run;
}

static int incoming_filter(sqlite3_vtab_cursor *base, int index, const char *name, int n,
                           sqlite3_value **arguments)
{
    (void)index, (void)name;
    struct run *run = n == 1 ? sqlite3_value_pointer(arguments[0], run_type) : NULL;
    ((struct cursor *)base)->run = run;
    return run ? run_next(run) : SQLITE_MISUSE;
}

static int incoming_next(sqlite3_vtab_cursor *base)
{
    return run_next(run_of(base));
}

static int incoming_eof(sqlite3_vtab_cursor *base)
{
    return !run_of(base)->is_row;
}

static int incoming_column(sqlite3_vtab_cursor *base, sqlite3_context *ret, int column)
{
    const struct run *run = run_of(base);
    const struct statement_row *row = &run->row;
    switch (column) {
    case INCOMING_SERIES:
        sqlite3_result_int64(ret, row->series);
        break;
    case INCOMING_FIRST:
        sqlite3_result_int(ret, row->span.first);
        break;
    case INCOMING_LAST:
        sqlite3_result_int(ret, row->span.last);
        break;
    case INCOMING_SOURCE:
        sqlite3_result_int64(ret, row->source);
        break;
    case INCOMING_PERIOD:
        sqlite3_result_text(ret, row->period, -1, SQLITE_STATIC);
        break;
    case INCOMING_VALUE:
        sqlite3_result_int64(ret, row->value);
        break;
    case INCOMING_PRECISION:
        sqlite3_result_int64(ret, row->precision);
        break;
    case INCOMING_NOTE:
        sqlite3_result_text(ret, row_field(run->rows, REPORT_NOTE),
                            (int)row_length(run->rows, REPORT_NOTE), SQLITE_STATIC);
        break;
    default:
        break;
    }
    return SQLITE_OK;
}

static int incoming_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
    *ret = run_of(base)->given;
    return SQLITE_OK;
}

/* stands(run, value, precision): asked of the stored report under whose key the current row wants to be added. It stays
 * in any case; the answer is false. */
static void stands(sqlite3_context *ret, int n, sqlite3_value **arguments)
{
    (void)n;
    struct run *run = sqlite3_value_pointer(arguments[0], run_type);
    sqlite3_result_int(ret, 0);
    if (compare_amounts(run->rows, &run->row, sqlite3_value_int64(arguments[1]),
                        sqlite3_value_int64(arguments[2]), REPORT_VALUE) == ROW_SKIPPED)
        run->skipped++;
    else
        run->refused++;
}

bool reports_prepare(struct rows *rows)
{
    static const sqlite3_module incoming = {
        .xConnect = incoming_connect,
        .xBestIndex = incoming_best_index,
        .xDisconnect = incoming_disconnect,
        .xOpen = incoming_open,
        .xClose = incoming_close,
        .xFilter = incoming_filter,
        .xNext = incoming_next,
        .xEof = incoming_eof,
        .xColumn = incoming_column,
        .xRowid = incoming_rowid,
    };
    sqlite3 *db = rows->store->db;
    return (sqlite3_create_module(db, "incoming", &incoming, NULL) == SQLITE_OK &&
            sqlite3_create_function(db, "stands", 3, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, stands,
                                    NULL, NULL) == SQLITE_OK) ||
           sql_fault(db, "preparing an import", rows->reterr);
}

/* An index of many rows is made in half the time after them. Where this file brings more than the store had, the index of
 * what was there is made anew with it; readers keep the old one until the batch is there. */
static bool index_drop(struct rows *rows, int64_t given)
{
    sqlite3_stmt *statement = NULL;
    int64_t is_small = 0;
    bool ok = sql_prepare(
        rows->store->db, "SELECT (SELECT count(*) FROM (SELECT 1 FROM report LIMIT :many)) < :many",
        &statement, rows->reterr);
    if (ok) {
        sql_bind_integer(statement, ":many", 2 * given);
        ok = sql_integer(statement, &is_small, rows->reterr);
    }
    sqlite3_finalize(statement);
    rows->is_index_dropped = is_small;
    return ok &&
           (!is_small || sql_execute(rows->store->db, "DROP INDEX report_by_source", rows->reterr));
}

bool rows_end(struct rows *rows)
{
    if (!rows->is_index_dropped)
        return true;
    rows->is_index_dropped = false;
    /* As the migration that made it. */
    return sql_execute(rows->store->db, "CREATE INDEX report_by_source ON report (source)",
                       rows->reterr);
}

/* A long file is read ahead; a pipe is not, since its thread might wait for more of it when nobody else does. */
static void read_ahead(struct rows *rows)
{
    if (rows_bytes(rows->csv.file) > 0)
        rows->ahead = ahead_begin(&rows->csv, rows->column);
}

bool reports_add(struct rows *rows, int64_t max, bool *ret_end)
{
    sqlite3_stmt *add = rows->statement[ROW_ADD];
    struct run run = {.rows = rows, .left = max};
    struct error why;
    bool is_first = rows->csv.line == 1;
    sqlite3_bind_pointer(add, 1, &run, run_type, NULL);
    sqlite3_bind_int64(add, 2, rows->import);
    bool ok = sql_run(add, &why);
    sqlite3_clear_bindings(add);
    if (!ok && !run.has_failed)
        *rows->reterr = why;
    rows->added += run.given - run.skipped - run.refused;
    rows->skipped += run.skipped;
    *ret_end = run.is_end;
    if (run.is_end) {
        ahead_end(rows->ahead, &rows->csv);
        rows->ahead = NULL;
    }
    if (ok && is_first && !run.is_end) {
        read_ahead(rows);
        ok = index_drop(rows, run.given);
    }
    return ok;
}
