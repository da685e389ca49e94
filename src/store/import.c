#include "exportstat/store/import.h"

#include <stdlib.h>
#include <string.h>

#include "rows.h"

enum { ROWS_AT_ONCE = 8192 }; /* between two looks at the progress */

/* One batch on its way into the store. */
struct batch {
    struct store *store;
    int64_t import;
    bool is_bundle;
    import_progress *progress;
    void *context;
    struct import_result *result;
    struct buffer *faults;
    int n_faults;         /* rows */
    struct buffer places; /* of series that are part of others: "\nid\tfile:line" each */
    struct touched touched;
    struct error *reterr;
};

static bool batch_fault(struct batch *batch)
{
    return error_set(batch->reterr, ERROR_INPUT, "%d%s faulty row%s: nothing was imported",
                     batch->n_faults, batch->n_faults >= IMPORT_FAULTS_MAX ? " or more" : "",
                     batch->n_faults == 1 ? "" : "s");
}

/* Reads one file to its end, its header being read already. */
static bool batch_file(struct batch *batch, const struct import_file *file, struct rows *rows)
{
    bool end = false;
    rows->import = batch->import;
    rows->is_bundle = batch->is_bundle;
    rows->n_faults = batch->n_faults;
    if (!rows_prepare(rows))
        return false;
    for (int64_t n = ROWS_AT_ONCE; !end && rows->n_faults < IMPORT_FAULTS_MAX; n += ROWS_AT_ONCE) {
        if (!rows_add(rows, ROWS_AT_ONCE, &end))
            return false;
        if (batch->progress && !end)
            batch->progress(batch->context, file, n);
    }
    batch->result->added[rows->kind] += rows->added;
    batch->result->skipped[rows->kind] += rows->skipped;
    batch->n_faults = rows->n_faults;
    return true;
}

/* Where in the batch a series was read, to the end of the line. */
static const char *place_of(const struct batch *batch, const char *series, int *ret_length)
{
    char wanted[IDENTIFIER_MAX + 3];
    snprintf(wanted, sizeof wanted, "\n%s\t", series);
    const char *place = batch->places.bytes ? strstr(batch->places.bytes, wanted) : NULL;
    place = place ? place + strlen(wanted) : series;
    *ret_length = (int)strcspn(place, "\n");
    return place;
}

/* What a part_of may not be, once all series of the batch are there: the series at fault, and its part_of. */
static const struct part_rule {
    const char *query;
    const char *why;
} part_rules[] = {
    {"SELECT series_id, part_of FROM series WHERE part_of IS NOT NULL AND part_of NOT IN "
     "(SELECT series_id FROM series)",
     "there is no such series, neither in the store nor in this batch"},
    {"WITH RECURSIVE above (id, part_of) AS (SELECT series_id, part_of FROM series "
     "UNION SELECT above.id, series.part_of FROM above JOIN series ON series_id = above.part_of) "
     "SELECT s.series_id, s.part_of FROM above JOIN series s ON s.series_id = above.id "
     "WHERE above.part_of = above.id",
     "by way of others, the series would be part of itself"},
};

static bool batch_part_rule(struct batch *batch, const struct part_rule *rule)
{
    sqlite3_stmt *found = NULL;
    bool row = false;
    bool ok = sql_prepare(batch->store->db, rule->query, &found, batch->reterr);
    /* Where the batch was given up, not all of its series were read. */
    while (ok && batch->n_faults < IMPORT_FAULTS_MAX &&
           (ok = sql_step(found, &row, batch->reterr)) && row) {
        int length;
        const char *place = place_of(batch, (const char *)sqlite3_column_text(found, 0), &length);
        buffer_format(batch->faults, "%.*s: part_of '%s': %s\n", length, place,
                      (const char *)sqlite3_column_text(found, 1), rule->why);
        batch->n_faults++;
    }
    sqlite3_finalize(found);
    return ok;
}

static bool batch_parts(struct batch *batch)
{
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT(part_rules); i++)
        ok = batch_part_rule(batch, &part_rules[i]);
    return ok;
}

/* Tells of which series reports or rulings came; a bundle may also have taken some out. */
static bool batch_changed(struct batch *batch)
{
    sqlite3_stmt *change = NULL;
    if (batch->is_bundle)
        return sql_execute(batch->store->db, SQL_CHANGED, batch->reterr);
    bool ok = sql_prepare(batch->store->db, SQL_CHANGED " WHERE series = :series", &change,
                          batch->reterr);
    for (size_t i = 0; ok && i < batch->touched.room; i++) {
        if (batch->touched.is[i]) {
            sql_bind_integer(change, ":series", (int64_t)i);
            ok = sql_run(change, batch->reterr);
        }
    }
    sqlite3_finalize(change);
    return ok;
}

static int64_t sum(const int64_t counts[IMPORT_KINDS])
{
    int64_t total = 0;
    for (int i = 0; i < IMPORT_KINDS; i++)
        total += counts[i];
    return total;
}

/* Reads every file's header, then the files in the order of their kinds. */
static bool batch_files(struct batch *batch, const struct import_file *files, size_t n)
{
    struct rows *rows = must_calloc(n, sizeof *rows);
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) {
        rows[i].store = batch->store;
        rows[i].csv = (struct csv){.file = files[i].file, .name = files[i].name};
        rows[i].faults = batch->faults;
        rows[i].places = &batch->places;
        rows[i].touched = &batch->touched;
        rows[i].reterr = batch->reterr;
        ok = rows_header(&rows[i]);
    }
    for (enum import_kind kind = 0; kind < IMPORT_KINDS; kind++) {
        for (size_t i = 0; i < n && ok; i++) {
            if (rows[i].kind == kind)
                ok = batch_file(batch, &files[i], &rows[i]);
        }
    }
    for (size_t i = 0; i < n; i++)
        rows_release(&rows[i]);
    free(rows);
    ok = ok && batch_parts(batch) && batch_changed(batch);
    buffer_release(&batch->places);
    free(batch->touched.is);
    return ok && (batch->n_faults == 0 || batch_fault(batch));
}

/* The row of the import itself, so that the others can refer to it; its counts come last. */
static bool import_begin(struct batch *batch, const char *version, const char *digest)
{
    sqlite3_stmt *statement = NULL;
    bool ok =
        sql_prepare(batch->store->db,
                    "INSERT INTO import (kind, version, digest, imported_at, generation, added, "
                    "skipped) SELECT :kind, :version, :digest, unixepoch(), generation + 1, 0, 0 "
                    "FROM store RETURNING import",
                    &statement, batch->reterr);
    if (ok) {
        sql_bind_text(statement, ":kind", batch->is_bundle ? "bundle" : "file");
        sql_bind_text(statement, ":version", version);
        sql_bind_text(statement, ":digest", digest);
        ok = sql_integer(statement, &batch->import, batch->reterr);
    }
    sqlite3_finalize(statement);
    return ok;
}

/* A bundle may have taken series out. */
static bool batch_words(struct batch *batch)
{
    bool changed = batch->is_bundle || batch->result->added[IMPORT_SERIES] > 0;
    return !changed || sql_execute(batch->store->db, SQL_RENEW_SERIES_TEXT, batch->reterr);
}

static bool import_end(struct batch *batch)
{
    sqlite3_stmt *counts = NULL;
    sqlite3_stmt *generation = NULL;
    sqlite3 *db = batch->store->db;
    bool ok = sql_prepare(
                  db, "UPDATE import SET added = :added, skipped = :skipped WHERE import = :import",
                  &counts, batch->reterr) &&
              sql_prepare(db,
                          "UPDATE store SET generation = generation + 1, changed_at = unixepoch() "
                          "RETURNING generation",
                          &generation, batch->reterr);
    if (ok) {
        sql_bind_integer(counts, ":added", sum(batch->result->added));
        sql_bind_integer(counts, ":skipped", sum(batch->result->skipped));
        sql_bind_integer(counts, ":import", batch->import);
        ok = sql_run(counts, batch->reterr) && batch_words(batch) &&
             sql_integer(generation, &batch->result->generation, batch->reterr);
    }
    sqlite3_finalize(counts);
    sqlite3_finalize(generation);
    batch->result->import = batch->import;
    return ok;
}

static void roll_back(struct store *store)
{
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Writes the log back into the file, so that the next start finds it short; a reader may prevent it, and
 * is not waited for. */
static void checkpoint(struct store *store)
{
    sqlite3_busy_timeout(store->db, 0);
    sqlite3_exec(store->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
}

/* Every reference of a row has been looked up by the time it is added, and nothing that it refers to leaves in an
 * import of files: SQLite would look each of them up once more, for a quarter of the whole time. */
static void references_check(struct store *store, bool check)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_FKEY, check, NULL);
}

static bool files_import(struct store *store, const struct import_file *files, size_t n,
                         import_progress *progress, void *context, struct import_result *ret,
                         struct buffer *ret_faults, struct error *reterr)
{
    struct batch batch = {
        .store = store,
        .progress = progress,
        .context = context,
        .result = ret,
        .faults = ret_faults,
        .reterr = reterr,
    };
    *ret = (struct import_result){0};
    if (!sql_execute(store->db, "BEGIN IMMEDIATE", reterr))
        return false;
    bool ok = import_begin(&batch, "", "") && batch_files(&batch, files, n);
    if (ok && sum(ret->added) == 0) {
        roll_back(store);
        return true;
    }
    if (!ok || !import_end(&batch) || !sql_execute(store->db, "COMMIT", reterr)) {
        roll_back(store);
        return false;
    }
    checkpoint(store);
    return true;
}

bool store_import(struct store *store, const struct import_file *files, size_t n,
                  import_progress *progress, void *context, struct import_result *ret,
                  struct buffer *ret_faults, struct error *reterr)
{
    references_check(store, false);
    bool ok = files_import(store, files, n, progress, context, ret, ret_faults, reterr);
    references_check(store, true);
    return ok;
}

static const struct embedded *bundle_file(const struct embedded *bundle, const char *name)
{
    while (bundle->name && strcmp(bundle->name, name) != 0)
        bundle++;
    return bundle->name ? bundle : NULL;
}

/* Whether the store wants this bundle: it has no import at all, or an older or changed bundle. */
static bool bundle_wanted(struct store *store, const struct embedded *bundle, bool *ret,
                          struct error *reterr)
{
    sqlite3_stmt *statement = NULL;
    int64_t wanted = 0;
    bool ok = sql_prepare(store->db,
                          "SELECT (SELECT is_bundled FROM store) AND (NOT EXISTS (SELECT 1 FROM "
                          "import) OR EXISTS (SELECT 1 FROM (SELECT * "
                          "FROM import WHERE kind = 'bundle' ORDER BY import DESC LIMIT 1) "
                          "WHERE version <= :version AND digest <> :digest))",
                          &statement, reterr);
    if (ok) {
        sql_bind_text(statement, ":version", bundle_file(bundle, "VERSION")->bytes);
        sql_bind_text(statement, ":digest", bundle_file(bundle, "sha256")->bytes);
        ok = sql_integer(statement, &wanted, reterr);
    }
    sqlite3_finalize(statement);
    *ret = wanted != 0;
    return ok;
}

/* Takes out the rows of the bundle before. Sources and series that others refer to stay, with what these
 * series are part of; none of them remains the default, which is for the new bundle to say. */
static const char remove_bundle[] =
    "CREATE TEMP TABLE bundled AS SELECT import FROM import WHERE kind = 'bundle';"
    "DELETE FROM ruling WHERE import IN temp.bundled;"
    "DELETE FROM claim WHERE import IN temp.bundled;"
    "DELETE FROM report WHERE import IN temp.bundled;"
    "DELETE FROM source WHERE import IN temp.bundled"
    " AND NOT EXISTS (SELECT 1 FROM report r WHERE r.source = source.source)"
    " AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.source = source.source);"
    "CREATE TEMP TABLE kept AS WITH RECURSIVE kept (id, part_of) AS ("
    "SELECT series_id, part_of FROM series s WHERE import NOT IN temp.bundled"
    " OR EXISTS (SELECT 1 FROM report r WHERE r.series = s.series)"
    " OR EXISTS (SELECT 1 FROM claim c WHERE c.series = s.series)"
    " OR EXISTS (SELECT 1 FROM ruling u WHERE u.series = s.series)"
    " UNION SELECT s.series_id, s.part_of FROM kept JOIN series s ON s.series_id = kept.part_of)"
    " SELECT id FROM kept;"
    "DELETE FROM series WHERE import IN temp.bundled AND series_id NOT IN temp.kept;"
    "UPDATE series SET is_default = 0 WHERE import IN temp.bundled AND is_default = 1;"
    "DROP TABLE temp.kept;"
    "DROP TABLE temp.bundled";

static bool bundle_import(struct batch *batch, const struct embedded *bundle)
{
    struct import_file files[IMPORT_KINDS];
    size_t n = 0;
    char name[32];
    bool ok = sql_execute(batch->store->db, remove_bundle, batch->reterr) &&
              import_begin(batch, bundle_file(bundle, "VERSION")->bytes,
                           bundle_file(bundle, "sha256")->bytes);
    for (; ok && n < IMPORT_KINDS; n++) {
        snprintf(name, sizeof name, "%s.csv", import_kind_names[n]);
        const struct embedded *file = bundle_file(bundle, name);
        files[n].name = file->name;
        /* fmemopen only reads with "r", though it takes a pointer to what it could write. */
        files[n].file = fmemopen((void *)(uintptr_t)file->bytes, file->length, "r");
        if (!files[n].file) {
            ok = error_set(batch->reterr, ERROR_SYSTEM, "can not read the bundled %s", file->name);
            break;
        }
    }
    ok = ok && batch_files(batch, files, n) && import_end(batch) &&
         sql_execute(batch->store->db, "COMMIT", batch->reterr);
    while (n-- > 0)
        fclose(files[n].file);
    return ok;
}

bool store_bundle(struct store *store, const struct embedded *bundle, struct import_result *ret,
                  struct error *reterr)
{
    struct buffer faults = {0};
    struct batch batch = {
        .store = store, .is_bundle = true, .result = ret, .faults = &faults, .reterr = reterr};
    bool wanted = false;
    *ret = (struct import_result){0};
    if (!bundle_wanted(store, bundle, &wanted, reterr))
        return false;
    if (!wanted)
        return true;
    if (!sql_execute(store->db, "BEGIN IMMEDIATE", reterr))
        return false;
    /* Another process may have been faster. */
    bool ok = bundle_wanted(store, bundle, &wanted, reterr);
    if (!ok || !wanted || !bundle_import(&batch, bundle)) {
        ok = ok && !wanted;
        roll_back(store);
    } else {
        checkpoint(store);
    }
    if (!ok && faults.length > 0)
        error_prefix(reterr, "the bundled data: %.*s", (int)strcspn(faults.bytes, "\n"),
                     faults.bytes);
    buffer_release(&faults);
    return ok;
}

bool store_without_bundle(struct store *store, bool *ret_kept, struct error *reterr)
{
    sqlite3_stmt *statement = NULL;
    int64_t is_bundled = 0;
    bool ok = sql_execute(store->db,
                          "UPDATE store SET is_bundled = 0 WHERE NOT EXISTS (SELECT 1 FROM import)",
                          reterr) &&
              sql_prepare(store->db, "SELECT is_bundled FROM store", &statement, reterr) &&
              sql_integer(statement, &is_bundled, reterr);
    sqlite3_finalize(statement);
    *ret_kept = is_bundled == 0;
    return ok;
}
