#include "sql.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exportstat/base/text.h"

void sql_take_back(const char *path)
{
    struct buffer journal = {0};
    sqlite3 *db = NULL;
    char *real = realpath(
        path, NULL); /* SQLite follows links, and the journal stands beside the file itself */
    buffer_format(&journal, "%s-journal", real ? real : path);
    free(real);
    if (access(journal.bytes, F_OK) == 0 &&
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
        sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    sqlite3_close(db);
    buffer_release(&journal);
}

bool sql_fault(sqlite3 *db, const char *doing, struct error *reterr)
{
    int code = sqlite3_errcode(db);
    if (code == SQLITE_NOTADB)
        return error_set(reterr, ERROR_STORE, "this is not a database, or its header is damaged");
    if (code == SQLITE_BUSY)
        return error_set(reterr, ERROR_STORE,
                         "the database is in use by another process, perhaps for a large import: "
                         "try again when it has ended");
    if (code == SQLITE_READONLY)
        return error_set(reterr, ERROR_STORE,
                         "the database, or its folder, can not be written by this user, which is "
                         "needed also to take back what a killed process left");
    if (code == SQLITE_CORRUPT) {
        return error_set(reterr, ERROR_STORE,
                         "the database is damaged (%s while %s): restore a backup",
                         sqlite3_errmsg(db), doing);
    }
    return error_set(reterr, ERROR_STORE, "database: %s while %s", sqlite3_errmsg(db), doing);
}

bool sql_execute(sqlite3 *db, const char *sql, struct error *reterr)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || sql_fault(db, sql, reterr);
}

bool sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct error *reterr)
{
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) == SQLITE_OK ||
           sql_fault(db, sql, reterr);
}

bool sql_step(sqlite3_stmt *statement, bool *ret_row, struct error *reterr)
{
    int code = sqlite3_step(statement);
    *ret_row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return true;
    return sql_fault(sqlite3_db_handle(statement), sqlite3_sql(statement), reterr);
}

bool sql_run(sqlite3_stmt *statement, struct error *reterr)
{
    bool row;
    bool ok = sql_step(statement, &row, reterr);
    sqlite3_reset(statement);
    return ok;
}

bool sql_integer(sqlite3_stmt *statement, int64_t *ret, struct error *reterr)
{
    bool row;
    bool ok = sql_step(statement, &row, reterr);
    if (ok && row)
        *ret = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return ok &&
           (row || error_set(reterr, ERROR_STORE, "the database is damaged: '%s' has no answer",
                             sqlite3_sql(statement)));
}

bool sql_ask(sqlite3 *db, const char *sql, int64_t *ret, struct error *reterr)
{
    sqlite3_stmt *statement = NULL;
    bool ok = sql_prepare(db, sql, &statement, reterr) && sql_integer(statement, ret, reterr);
    sqlite3_finalize(statement);
    return ok;
}

/* SQLite does not always wait for others that are at it too. */
bool sql_use_log(sqlite3 *db, struct error *reterr)
{
    enum { PAUSE_MILLISECONDS = 10 };
    bool ok = false;
    sqlite3_busy_timeout(db, PAUSE_MILLISECONDS);
    for (int waited = 0; !ok && waited < BUSY_MILLISECONDS; waited += PAUSE_MILLISECONDS) {
        ok = sql_execute(db, "PRAGMA journal_mode = WAL", reterr);
        if (!ok && sqlite3_errcode(db) != SQLITE_BUSY)
            break;
        if (!ok)
            sqlite3_sleep(PAUSE_MILLISECONDS);
    }
    sqlite3_busy_timeout(db, BUSY_MILLISECONDS);
    return ok;
}

bool sql_finding_holds(const char *finding, struct error *reterr)
{
    static const char no_memory[] = "error code=7"; /* SQLITE_NOMEM */
    const char *at = finding ? strstr(finding, no_memory) : NULL;
    return !at || (at[sizeof no_memory - 1] != '\0' && at[sizeof no_memory - 1] != '\n') ||
           error_set(reterr, ERROR_STORE, "database: out of memory while looking through it");
}

bool sql_look_through(sqlite3 *db, bool *ret_whole, struct error *reterr)
{
    sqlite3_stmt *check = NULL;
    bool row = false;
    bool ok =
        sql_prepare(db, "SELECT quick_check FROM pragma_quick_check LIMIT 1", &check, reterr) &&
        sql_step(check, &row, reterr);
    const char *finding = row ? (const char *)sqlite3_column_text(check, 0) : NULL;
    ok = ok && sql_finding_holds(finding, reterr);
    *ret_whole = finding && strcmp(finding, "ok") == 0;
    sqlite3_finalize(check);
    return ok;
}

void sql_bind_text(sqlite3_stmt *statement, const char *name, const char *text)
{
    int at = sqlite3_bind_parameter_index(statement, name);
    assert(at > 0);
    int code = sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
    assert(code == SQLITE_OK);
    (void)code;
}

void sql_bind_integer(sqlite3_stmt *statement, const char *name, int64_t value)
{
    int at = sqlite3_bind_parameter_index(statement, name);
    assert(at > 0);
    int code = sqlite3_bind_int64(statement, at, value);
    assert(code == SQLITE_OK);
    (void)code;
}

const char *sql_text(struct arena *arena, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (!text)
        return NULL;
    return arena_text(arena, text, (size_t)sqlite3_column_bytes(statement, column));
}

sqlite3_stmt *store_statement(struct store *store, enum sql which, struct error *reterr)
{
    if (!store->statement[which])
        sql_prepare(store->db, sql_texts[which], &store->statement[which], reterr);
    return store->statement[which];
}

void sql_reset(sqlite3_stmt **statement)
{
    if (!*statement)
        return;
    sqlite3_reset(*statement);
    sqlite3_clear_bindings(*statement);
}
