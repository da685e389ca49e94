#include "exportstat/store/import.h"

#include <string.h>

#include "batch.h"
#include "digest.h"

/* Every field of a row has been checked and every reference looked up by the time it is added, and nothing that it refers
 * to leaves in an import of files: SQLite would do all of it once more, for a third of the whole time, of which a list of
 * words to choose among costs the most, which it makes a table of for each row. `exportstat check` does it, too. */
static bool trust_rows(struct store *store, bool trusts, struct error *reterr)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_FKEY, !trusts, NULL);
    return sql_execute(store->db,
                       trusts ? "PRAGMA ignore_check_constraints = 1"
                              : "PRAGMA ignore_check_constraints = 0",
                       reterr);
}

/* Whether a batch is of more than SQLite's cache holds of what it changes. */
static bool is_large(const struct import_file *files, size_t n)
{
    enum { LARGE = 64 * 1024 * 1024 };
    int64_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += rows_bytes(files[i].file);
    return bytes > LARGE;
}

/* Where nobody else has the database open, a large batch is written right into the file, and what stood there into a
 * journal until the commit: nearly all its pages are new, and so are written once instead of to the log and from there
 * to the file. Nobody can open the database until the batch is there. Where somebody has, SQLite refuses, and all is as
 * ever. The journal is cut to nothing and synchronised for the commit (TRUNCATE), which is then as durable as with a log;
 * what a killed import leaves, sql_take_back takes back. */
static void write_in_place(struct store *store)
{
    sqlite3_exec(store->db, "PRAGMA journal_mode = TRUNCATE", NULL, NULL, NULL);
}

/* Whether the key of the batch came before: then the result says with what. */
static bool key_find(const struct batch *batch, const char *digest, bool *ret_found)
{
    const struct import_terms *terms = batch->terms;
    sqlite3_stmt *found = NULL;
    *ret_found = false;
    if (!terms->token || !terms->key)
        return true;
    bool ok = sql_prepare(batch->store->db,
                          "SELECT import, request_digest = :digest FROM import "
                          "WHERE token = :token AND request_key = :key "
                          "UNION ALL SELECT import, request_digest = :digest FROM request "
                          "WHERE token = :token AND request_key = :key",
                          &found, batch->reterr);
    if (ok) {
        sql_bind_text(found, ":digest", digest);
        sql_bind_text(found, ":token", terms->token);
        sql_bind_text(found, ":key", terms->key);
        ok = sql_step(found, ret_found, batch->reterr);
    }
    if (ok && *ret_found) {
        bool is_known = sqlite3_column_type(found, 0) != SQLITE_NULL;
        bool is_same = sqlite3_column_int(found, 1) != 0;
        batch->result->import = sqlite3_column_int64(found, 0);
        batch->result->outcome = IMPORT_KEY_TAKEN;
        if (is_same)
            batch->result->outcome = is_known ? IMPORT_ANSWERED : IMPORT_NOTHING_NEW;
    }
    sqlite3_finalize(found);
    return ok;
}

/* Ties the key of a batch that made no import to what it was answered with. Before the answer: it may be asked for again. */
static bool key_keep(const struct batch *batch, const char *digest)
{
    const struct import_terms *terms = batch->terms;
    sqlite3_stmt *keep = NULL;
    bool ok =
        sql_prepare(batch->store->db,
                    "INSERT OR IGNORE INTO request (token, request_key, request_digest, import) "
                    "VALUES (:token, :key, :digest, :import)",
                    &keep, batch->reterr);
    if (ok) {
        sql_bind_text(keep, ":token", terms->token);
        sql_bind_text(keep, ":key", terms->key);
        sql_bind_text(keep, ":digest", digest);
        if (batch->result->import > 0)
            sql_bind_integer(keep, ":import", batch->result->import);
        ok = sql_run(keep, batch->reterr);
    }
    sqlite3_finalize(keep);
    return ok;
}

/* Nothing was new: perhaps since these very bytes came before, in an import whose rows are there. */
static bool repetition_find(const struct batch *batch, const char *digest)
{
    sqlite3_stmt *found = NULL;
    struct import_result *result = batch->result;
    bool is_there = false;
    bool ok = sql_prepare(batch->store->db,
                          "SELECT import FROM import WHERE request_digest = :digest "
                          "AND reverted_at IS NULL AND import <> :itself LIMIT 1",
                          &found, batch->reterr);
    if (ok) {
        sql_bind_text(found, ":digest", digest);
        sql_bind_integer(found, ":itself", batch->import);
        ok = sql_step(found, &is_there, batch->reterr);
    }
    result->outcome = is_there ? IMPORT_REPEATED : IMPORT_NOTHING_NEW;
    result->import = is_there ? sqlite3_column_int64(found, 0) : 0;
    sqlite3_finalize(found);
    return ok;
}

/* Adds the rows, inside a transaction; *ret_commits is false where there is nothing to be kept. */
static bool batch_make(struct batch *batch, const struct import_file *files, size_t n,
                       const char *digest, bool *ret_commits)
{
    bool is_known;
    *ret_commits = false;
    if (!key_find(batch, digest, &is_known))
        return false;
    if (is_known)
        return true;
    if (!batch_begin(batch, "", digest) || !batch_files(batch, files, n))
        return false;
    if (batch->terms->dry_run) {
        batch->result->outcome = IMPORT_CHECKED;
        return true;
    }
    if (batch_added(batch->result) == 0)
        return repetition_find(batch, digest);
    *ret_commits = true;
    return batch_end(batch);
}

static bool made_nothing(const struct batch *batch)
{
    return batch->result->outcome == IMPORT_REPEATED ||
           batch->result->outcome == IMPORT_NOTHING_NEW;
}

static bool batch_import(struct batch *batch, const struct import_file *files, size_t n)
{
    struct store *store = batch->store;
    char digest[DIGEST_TEXT] = ""; /* of what came with a token */
    bool commits;
    if (batch->terms->token)
        digest_of(batch->terms->bytes, batch->terms->length, digest);
    /* With the log that is as IMMEDIATE: others read on. */
    if (!sql_execute(store->db, "BEGIN EXCLUSIVE", batch->reterr))
        return false;
    bool ok = batch_make(batch, files, n, digest, &commits);
    if (!ok || !commits || !sql_execute(store->db, "COMMIT", batch->reterr)) {
        roll_back(store);
        if (!ok || commits)
            return false;
        return !batch->terms->token || !batch->terms->key || !made_nothing(batch) ||
               key_keep(batch, digest);
    }
    checkpoint(store);
    return true;
}

bool store_import(struct store *store, const struct import_file *files, size_t n,
                  const struct import_terms *terms, struct import_result *ret,
                  struct buffer *ret_faults, struct error *reterr)
{
    struct batch batch = {
        .store = store,
        .terms = terms,
        .result = ret,
        .faults = ret_faults,
        .reterr = reterr,
    };
    *ret = (struct import_result){0};
    struct error err;
    bool large = !terms->dry_run && is_large(files, n);
    if (large)
        write_in_place(store);
    bool ok = trust_rows(store, true, reterr) && batch_import(&batch, files, n);
    ok = trust_rows(store, false, ok ? reterr : &err) && ok;
    /* Where that fails, the next to write does it: the batch is there. */
    if (large)
        sql_use_log(store->db, &err);
    return ok;
}
