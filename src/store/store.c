#include "exportstat/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sql.h"

enum { APPLICATION_ID = 0x45585053 }; /* "EXPS" in the file's header */

static bool configure(sqlite3 *db, enum store_mode mode, struct error *reterr)
{
    sqlite3_extended_result_codes(db, 0);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (mode == STORE_READ)
        return sql_execute(db, "PRAGMA query_only = 1", reterr);
    /* What an import changes stays in memory as far as it fits, rather than going to the log page by page. */
    return sql_execute(db, "PRAGMA foreign_keys = 1; PRAGMA cache_size = -65536", reterr) &&
           sql_use_log(db, reterr) && sql_execute(db, "PRAGMA synchronous = FULL", reterr);
}

bool store_recognise(sqlite3 *db, const char *path, enum store_mode mode, struct error *reterr)
{
    int64_t application = 0;
    int64_t version = 0;
    int64_t objects = 0;
    /* One look at all three: another process may be migrating a new file just now. */
    bool ok = sql_execute(db, "BEGIN", reterr) &&
              sql_ask(db, "PRAGMA application_id", &application, reterr) &&
              sql_ask(db, "PRAGMA user_version", &version, reterr) &&
              sql_ask(db, "SELECT count(*) FROM sqlite_schema", &objects, reterr);
    /* Nothing more where that failed: its code tells whether another attempt may go well. */
    if (!ok)
        return error_prefix(reterr, "%s", path);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (application != APPLICATION_ID && (objects > 0 || version != 0 || application != 0)) {
        return error_set(reterr, ERROR_STORE, "%s: this is a database of another program", path);
    }
    if (version < 0) {
        return error_set(reterr, ERROR_STORE,
                         "%s: the database is damaged (schema version %lld): restore a backup",
                         path, (long long)version);
    }
    if (version > store_schema_version()) {
        return error_set(
            reterr, ERROR_STORE,
            "%s: the database has schema version %lld, this program knows %d: use a newer "
            "exportstat",
            path, (long long)version, store_schema_version());
    }
    if (mode == STORE_READ && version < store_schema_version()) {
        return error_set(reterr, ERROR_STORE,
                         "%s: the database has schema version %lld, this program needs %d: run "
                         "'exportstat migrate'",
                         path, (long long)version, store_schema_version());
    }
    return true;
}

/* Reads every page of a file that is small enough for it to take no time; `exportstat check` reads any. */
static bool look_through(sqlite3 *db, const char *path, struct error *reterr)
{
    enum { PAGES_MAX = 8192 };
    int64_t pages = 0;
    bool is_whole;
    if (!sql_ask(db, "PRAGMA page_count", &pages, reterr))
        return error_prefix(reterr, "%s", path);
    if (pages > PAGES_MAX)
        return true;
    if (!sql_look_through(db, &is_whole, reterr))
        return error_prefix(reterr, "%s", path);
    return is_whole ||
           error_set(reterr, ERROR_STORE,
                     "%s: the database is damaged: 'exportstat check' tells more; restore a backup",
                     path);
}

/* *ret_again where another attempt may go well: the last of other processes to close the file may be taking its
 * log away just now, which SQLite then tells as a failure to read; or who held it was killed while we waited, and left
 * something to be taken back, which is then a failure to write. */
static bool open_once(const char *path, enum store_mode mode, struct store **ret, bool *ret_again,
                      struct error *reterr)
{
    int flags = SQLITE_OPEN_NOMUTEX |
                (mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                (mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0);
    struct store *store = must_calloc(1, sizeof *store);
    bool ok = true;
    if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK)
        ok = error_set(reterr, ERROR_STORE, "%s: %s", path, sqlite3_errmsg(store->db));
    else /* from the first look on: others may be starting on the same file */
        sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
    ok = ok && store_recognise(store->db, path, mode, reterr) &&
         (configure(store->db, mode, reterr) || error_prefix(reterr, "%s", path)) &&
         (mode == STORE_READ || look_through(store->db, path, reterr));
    int code = sqlite3_errcode(store->db);
    *ret_again = !ok && (code == SQLITE_IOERR || code == SQLITE_READONLY);
    if (ok)
        *ret = store;
    else
        store_close(store);
    return ok;
}

bool store_open(const char *path, enum store_mode mode, struct store **ret, struct error *reterr)
{
    enum { ATTEMPTS = 20, PAUSE_MILLISECONDS = 10, HEADER_BYTES = 100 };
    struct stat file;
    bool is_there = stat(path, &file) == 0;
    bool again = true;
    if (mode != STORE_WRITE && !is_there)
        return error_set(reterr, ERROR_STORE, "%s: there is no such database", path);
    if (is_there && !S_ISREG(file.st_mode))
        return error_set(reterr, ERROR_STORE, "%s: this is not a file", path);
    /* SQLite would take a file that is too short to have a header for a new one. */
    if (is_there && file.st_size > 0 && file.st_size < HEADER_BYTES)
        return error_set(reterr, ERROR_STORE, "%s: this is not a database", path);
    for (int attempt = 0; again && attempt < ATTEMPTS; attempt++) {
        if (attempt > 0)
            sqlite3_sleep(PAUSE_MILLISECONDS);
        sql_take_back(path);
        if (open_once(path, mode, ret, &again, reterr))
            return true;
    }
    return false;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (int i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(store->statement[i]);
    sqlite3_close(store->db);
    free(store);
}

bool store_moved(struct store *store)
{
    int has_moved = 0;
    sqlite3_file_control(store->db, NULL, SQLITE_FCNTL_HAS_MOVED, &has_moved);
    return has_moved != 0;
}

int store_schema_version(void)
{
    int n = 0;
    while (migrations[n].name)
        n++;
    return n;
}

static bool migrate_one(sqlite3 *db, int version, struct error *reterr)
{
    char stamp[96];
    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
             APPLICATION_ID, version + 1);
    if (sql_execute(db, migrations[version].bytes, reterr) && sql_execute(db, stamp, reterr))
        return true;
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return error_prefix(reterr, "migration %s", migrations[version].name);
}

bool store_migrate(struct store *store, int *ret_applied, struct error *reterr)
{
    int64_t version = 0;
    *ret_applied = 0;
    /* No lock where there is nothing to do: another process may be writing for long. */
    if (!sql_ask(store->db, "PRAGMA user_version", &version, reterr))
        return false;
    while (version < store_schema_version()) {
        /* Another process may be migrating too: the version counts once the write lock is ours. */
        if (!sql_execute(store->db, "BEGIN IMMEDIATE", reterr))
            return false;
        bool ok = sql_ask(store->db, "PRAGMA user_version", &version, reterr);
        if (!ok || version >= store_schema_version()) {
            sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
            return ok;
        }
        if (!migrate_one(store->db, (int)version, reterr))
            return false;
        ++*ret_applied;
    }
    return true;
}

bool store_begin(struct store *store, struct store_state *ret, struct error *reterr)
{
    sqlite3_stmt *begin = store_statement(store, SQL_BEGIN, reterr);
    bool row = false;
    /* What ends it is there before it begins. */
    if (!begin || !store_statement(store, SQL_COMMIT, reterr) || !sql_run(begin, reterr))
        return false;
    SQL_AUTO state = store_statement(store, SQL_STATE, reterr);
    bool ok = state && sql_step(state, &row, reterr);
    if (!ok || !row) {
        sqlite3_reset(state);
        store_end(store);
        return ok && error_set(reterr, ERROR_STORE,
                               "the database is damaged: it has no generation; restore a backup");
    }
    snprintf(ret->id, sizeof ret->id, "%s", (const char *)sqlite3_column_text(state, 0));
    ret->generation = store->generation = sqlite3_column_int64(state, 1);
    ret->changed_at = sqlite3_column_int64(state, 2);
    return true;
}

void store_end(struct store *store)
{
    struct error ignored;
    sql_run(store->statement[SQL_COMMIT], &ignored);
}

bool store_data_version(struct store *store, int64_t *ret, struct error *reterr)
{
    sqlite3_stmt *version = store_statement(store, SQL_DATA_VERSION, reterr);
    return version && sql_integer(version, ret, reterr);
}
