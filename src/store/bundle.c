#include <stdlib.h>
#include <string.h>

#include "batch.h"

static const struct import_terms no_terms;

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
              batch_begin(batch, bundle_file(bundle, "VERSION")->bytes,
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
    ok = ok && batch_files(batch, files, n) && batch_end(batch) &&
         sql_execute(batch->store->db, "COMMIT", batch->reterr);
    while (n-- > 0)
        fclose(files[n].file);
    return ok;
}

bool store_bundle(struct store *store, const struct embedded *bundle, struct import_result *ret,
                  struct error *reterr)
{
    struct buffer faults = {0};
    struct batch batch = {.store = store,
                          .terms = &no_terms,
                          .is_bundle = true,
                          .result = ret,
                          .faults = &faults,
                          .reterr = reterr};
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
