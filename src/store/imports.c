#include "exportstat/store/imports.h"

#include "batch.h"

static struct import_info import_row(struct arena *arena, sqlite3_stmt *row)
{
    enum {
        NUMBER,
        IS_BUNDLE,
        TOKEN,
        KEY,
        IMPORTED_AT,
        GENERATION,
        SKIPPED,
        REVERTED_AT,
        REVERTED_BY,
        REVERTED_GENERATION,
        ADDED
    };
    struct import_info info = {
        .number = sqlite3_column_int64(row, NUMBER),
        .is_bundle = sqlite3_column_int(row, IS_BUNDLE) != 0,
        .token = sql_text(arena, row, TOKEN),
        .key = sql_text(arena, row, KEY),
        .imported_at = sqlite3_column_int64(row, IMPORTED_AT),
        .generation = sqlite3_column_int64(row, GENERATION),
        .skipped = sqlite3_column_int64(row, SKIPPED),
        .reverted_at = sqlite3_column_int64(row, REVERTED_AT),
        .reverted_by = sql_text(arena, row, REVERTED_BY),
        .reverted_generation = sqlite3_column_int64(row, REVERTED_GENERATION),
    };
    for (int i = 0; i < IMPORT_KINDS; i++)
        info.added[i] = sqlite3_column_int64(row, ADDED + i);
    return info;
}

bool store_imports(struct store *store, struct arena *arena, int64_t after, bool descending,
                   int64_t limit, struct import_list *ret, struct error *reterr)
{
    SQL_AUTO count = store_statement(store, SQL_IMPORTS_COUNT, reterr);
    SQL_AUTO row =
        store_statement(store, descending ? SQL_IMPORTS_DESCENDING : SQL_IMPORTS_ASCENDING, reterr);
    if (!count || !row)
        return false;
    bool more;
    if (!sql_integer(count, &ret->total, reterr))
        return false;
    int64_t room = limit < ret->total ? limit : ret->total;
    struct import_info *at = ARENA_ARRAY(arena, (size_t)room, struct import_info);
    *ret = (struct import_list){.at = at, .total = ret->total};
    sql_bind_integer(row, ":after", after == 0 && descending ? INT64_MAX : after);
    sql_bind_integer(row, ":limit", room);
    while (sql_step(row, &more, reterr)) {
        if (!more)
            return true;
        at[ret->n++] = import_row(arena, row);
    }
    return false;
}

bool store_import_find(struct store *store, struct arena *arena, int64_t number,
                       struct import_info *ret, struct error *reterr)
{
    SQL_AUTO row = store_statement(store, SQL_IMPORT, reterr);
    if (!row)
        return false;
    bool found;
    sql_bind_integer(row, ":number", number);
    if (!sql_step(row, &found, reterr))
        return false;
    if (!found)
        return error_set(reterr, ERROR_NOT_FOUND, "there is no import %lld", (long long)number);
    *ret = import_row(arena, row);
    return true;
}

/* What of other imports may refer to rows of one. */
static const char *const needs[] = {"reports of a source", "claims of a source",
                                    "reports of a series", "claims on a series",
                                    "rulings on a series", "series that are part of one"};

/* Rows of other imports that would lose what they refer to: whose they are, and which of `needs`. */
static const char needed_by[] =
    "SELECT r.import, 0 FROM source s JOIN report r USING (source) "
    "WHERE s.import = :number AND r.import <> :number "
    "UNION ALL SELECT c.import, 1 FROM source s JOIN claim c USING (source) "
    "WHERE s.import = :number AND c.import <> :number "
    "UNION ALL SELECT r.import, 2 FROM series s JOIN report r USING (series) "
    "WHERE s.import = :number AND r.import <> :number "
    "UNION ALL SELECT c.import, 3 FROM series s JOIN claim c USING (series) "
    "WHERE s.import = :number AND c.import <> :number "
    "UNION ALL SELECT u.import, 4 FROM series s JOIN ruling u USING (series) "
    "WHERE s.import = :number AND u.import <> :number "
    "UNION ALL SELECT p.import, 5 FROM series s JOIN series p ON p.part_of = s.series_id "
    "WHERE s.import = :number AND p.import <> :number LIMIT 1";

/* In this order, so that nothing refers to what has left already. */
static const char *const removals[] = {
    (SQL_CHANGED " WHERE series IN (SELECT series FROM report WHERE import = :number "
                 "UNION SELECT series FROM ruling WHERE import = :number)"),
    "DELETE FROM ruling WHERE import = :number",
    "DELETE FROM claim WHERE import = :number",
    "DELETE FROM report WHERE import = :number",
    "DELETE FROM source WHERE import = :number",
    "DELETE FROM series WHERE import = :number",
};

static bool run_numbered(struct store *store, const char *sql, int64_t number, struct error *reterr)
{
    sqlite3_stmt *statement = NULL;
    bool ok = sql_prepare(store->db, sql, &statement, reterr);
    if (ok) {
        sql_bind_integer(statement, ":number", number);
        ok = sql_run(statement, reterr);
    }
    sqlite3_finalize(statement);
    return ok;
}

/* What stands in the way of a reversal, if anything. */
static bool revert_look(struct store *store, int64_t number, struct revert_result *ret,
                        struct error *reterr)
{
    sqlite3_stmt *import = NULL;
    sqlite3_stmt *needed = NULL;
    bool found = false;
    bool is_needed = false;
    bool ok = sql_prepare(store->db,
                          "SELECT kind = 'bundle', reverted_generation FROM import "
                          "WHERE import = :number",
                          &import, reterr) &&
              sql_prepare(store->db, needed_by, &needed, reterr);
    if (ok) {
        sql_bind_integer(import, ":number", number);
        sql_bind_integer(needed, ":number", number);
        ok = sql_step(import, &found, reterr) && sql_step(needed, &is_needed, reterr);
    }
    if (ok && !found) {
        ok = error_set(reterr, ERROR_NOT_FOUND, "there is no import %lld", (long long)number);
    } else if (ok && sqlite3_column_int(import, 0)) {
        ret->outcome = REVERT_BUNDLE;
    } else if (ok && sqlite3_column_type(import, 1) != SQLITE_NULL) {
        ret->outcome = REVERT_AGAIN;
        ret->generation = sqlite3_column_int64(import, 1);
    } else if (ok && is_needed) {
        ret->outcome = REVERT_NEEDED;
        ret->by = sqlite3_column_int64(needed, 0);
        ret->what = needs[sqlite3_column_int(needed, 1)];
    }
    sqlite3_finalize(import);
    sqlite3_finalize(needed);
    return ok;
}

static bool revert_make(struct store *store, int64_t number, const char *token,
                        struct revert_result *ret, struct error *reterr)
{
    sqlite3_stmt *mark = NULL;
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT(removals); i++)
        ok = run_numbered(store, removals[i], number, reterr);
    ok = ok && sql_execute(store->db, SQL_RENEW_SERIES_TEXT, reterr) &&
         sql_execute(store->db,
                     "UPDATE store SET generation = generation + 1, changed_at = unixepoch()",
                     reterr) &&
         sql_prepare(store->db,
                     "UPDATE import SET reverted_at = unixepoch(), reverted_by = :token, "
                     "reverted_generation = (SELECT generation FROM store) "
                     "WHERE import = :number RETURNING reverted_generation",
                     &mark, reterr);
    if (ok) {
        sql_bind_text(mark, ":token", token);
        sql_bind_integer(mark, ":number", number);
        ok = sql_integer(mark, &ret->generation, reterr);
    }
    sqlite3_finalize(mark);
    return ok;
}

bool store_revert(struct store *store, int64_t number, const char *token, struct revert_result *ret,
                  struct error *reterr)
{
    *ret = (struct revert_result){0};
    if (!sql_execute(store->db, "BEGIN IMMEDIATE", reterr))
        return false;
    bool ok = revert_look(store, number, ret, reterr);
    bool commits = ok && ret->outcome == REVERT_MADE;
    ok = ok && (!commits || (revert_make(store, number, token, ret, reterr) &&
                             sql_execute(store->db, "COMMIT", reterr)));
    if (!ok || !commits)
        roll_back(store);
    else
        checkpoint(store);
    return ok;
}
