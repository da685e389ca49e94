#include "batch.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_AT_ONCE = 8192 }; /* between two looks at the progress */

static int faults_max(const struct batch *batch)
{
    return batch->terms->faults_max > 0 ? batch->terms->faults_max : IMPORT_FAULTS_MAX;
}

static bool batch_fault(struct batch *batch)
{
    return error_set(batch->reterr, ERROR_INPUT, "%d%s faulty row%s: nothing was imported",
                     batch->n_faults, batch->n_faults >= faults_max(batch) ? " or more" : "",
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
    for (int64_t n = ROWS_AT_ONCE; !end && rows->n_faults < rows->faults_max; n += ROWS_AT_ONCE) {
        if (!rows_add(rows, ROWS_AT_ONCE, &end))
            return false;
        if (batch->terms->progress && !end)
            batch->terms->progress(batch->terms->context, file, n);
    }
    if (batch->terms->progress && end && rows->is_index_dropped)
        batch->terms->progress(batch->terms->context, file, 0);
    if (end && !rows_end(rows))
        return false;
    batch->result->added[rows->kind] += rows->added;
    batch->result->skipped[rows->kind] += rows->skipped;
    batch->n_faults = rows->n_faults;
    return true;
}

/* Where in the batch a series was read. */
static const char *place_of(const struct batch *batch, const char *series)
{
    char wanted[IDENTIFIER_MAX + 3];
    snprintf(wanted, sizeof wanted, "\n%s\t", series);
    const char *place = batch->places.bytes ? strstr(batch->places.bytes, wanted) : NULL;
    return place ? place + strlen(wanted) : NULL;
}

/* Names a series whose part_of will not do; one that was stored before can only have been named by the batch. */
static void tell_part(struct batch *batch, const char *series, const char *part_of, const char *why)
{
    struct import_fault fault = {
        .kind = IMPORT_SERIES, .column = "part_of", .value = part_of, .reason = why};
    const char *place = place_of(batch, series);
    char *at = NULL;
    char file[256] = "series";
    if (place) {
        fault.row = strtol(place, &at, 10);
        fault.line = strtol(at, &at, 10);
        at += strspn(at, "\t");
        snprintf(file, sizeof file, "%.*s", (int)strcspn(at, "\n"), at);
    }
    fault_tell(batch->terms, batch->faults, file, &fault);
    batch->n_faults++;
}

/* What a part_of may not be, once all series of the batch are there: the series at fault, and its part_of. */
static const struct part_rule {
    const char *query;
    const char *why;
} part_rules[] = {
    {"SELECT series_id, part_of FROM series WHERE part_of IS NOT NULL AND part_of NOT IN "
     "(SELECT series_id FROM series)",
     "there is no such series, neither in the store nor in this batch"},
    /* Down from those that are part of nothing one comes to all but these; it costs the same however deep they are. */
    {"WITH RECURSIVE below (id) AS (SELECT series_id FROM series WHERE part_of IS NULL OR part_of "
     "NOT "
     "IN (SELECT series_id FROM series) "
     "UNION ALL SELECT series_id FROM below JOIN series ON part_of = below.id) "
     "SELECT series_id, part_of FROM series WHERE series_id NOT IN below",
     "by way of others, the series would be part of itself, or of one that is"},
};

static bool batch_part_rule(struct batch *batch, const struct part_rule *rule)
{
    sqlite3_stmt *found = NULL;
    bool row = false;
    bool ok = sql_prepare(batch->store->db, rule->query, &found, batch->reterr);
    /* Where the batch was given up, not all of its series were read. */
    while (ok && batch->n_faults < faults_max(batch) &&
           (ok = sql_step(found, &row, batch->reterr)) && row)
        tell_part(batch, (const char *)sqlite3_column_text(found, 0),
                  (const char *)sqlite3_column_text(found, 1), rule->why);
    sqlite3_finalize(found);
    return ok;
}

static bool batch_parts(struct batch *batch)
{
    bool ok = true;
    bool changed = batch->is_bundle || batch->result->added[IMPORT_SERIES] > 0;
    for (size_t i = 0; ok && changed && i < COUNT(part_rules); i++)
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

bool batch_files(struct batch *batch, const struct import_file *files, size_t n)
{
    struct rows *rows = must_calloc(n, sizeof *rows);
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) {
        rows[i].store = batch->store;
        rows[i].csv = (struct csv){.file = files[i].file, .name = files[i].name};
        rows[i].terms = batch->terms;
        rows[i].faults = batch->faults;
        rows[i].faults_max = faults_max(batch);
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

bool batch_begin(struct batch *batch, const char *version, const char *digest)
{
    sqlite3_stmt *statement = NULL;
    const struct import_terms *terms = batch->terms;
    bool ok =
        sql_prepare(batch->store->db,
                    "INSERT INTO import (kind, version, digest, imported_at, generation, added, "
                    "skipped, token, request_key, request_digest) SELECT :kind, :version, "
                    ":digest, unixepoch(), generation + 1, 0, 0, :token, :key, :request "
                    "FROM store RETURNING import",
                    &statement, batch->reterr);
    if (ok) {
        sql_bind_text(statement, ":kind", batch->is_bundle ? "bundle" : "file");
        sql_bind_text(statement, ":version", version);
        sql_bind_text(statement, ":digest", terms->token ? "" : digest);
        sql_bind_text(statement, ":token", terms->token);
        sql_bind_text(statement, ":key", terms->key);
        sql_bind_text(statement, ":request", terms->token ? digest : NULL);
        ok = sql_integer(statement, &batch->import, batch->reterr);
    }
    sqlite3_finalize(statement);
    return ok;
}

int64_t batch_added(const struct import_result *result)
{
    int64_t total = 0;
    for (int i = 0; i < IMPORT_KINDS; i++)
        total += result->added[i];
    return total;
}

/* What it added and skipped, kind by kind. */
static bool batch_count(struct batch *batch)
{
    const struct import_result *result = batch->result;
    sqlite3_stmt *count = NULL;
    bool ok = sql_prepare(batch->store->db,
                          "INSERT INTO import_count VALUES (:import, :kind, :added, :skipped)",
                          &count, batch->reterr);
    for (int i = 0; ok && i < IMPORT_KINDS; i++) {
        if (result->added[i] == 0 && result->skipped[i] == 0)
            continue;
        sql_bind_integer(count, ":import", batch->import);
        sql_bind_text(count, ":kind", import_kind_names[i]);
        sql_bind_integer(count, ":added", result->added[i]);
        sql_bind_integer(count, ":skipped", result->skipped[i]);
        ok = sql_run(count, batch->reterr);
    }
    sqlite3_finalize(count);
    return ok;
}

/* A bundle may have taken series out. */
static bool batch_words(struct batch *batch)
{
    bool changed = batch->is_bundle || batch->result->added[IMPORT_SERIES] > 0;
    return !changed || sql_execute(batch->store->db, SQL_RENEW_SERIES_TEXT, batch->reterr);
}

bool batch_end(struct batch *batch)
{
    sqlite3_stmt *counts = NULL;
    sqlite3_stmt *generation = NULL;
    sqlite3 *db = batch->store->db;
    int64_t skipped = 0;
    for (int i = 0; i < IMPORT_KINDS; i++)
        skipped += batch->result->skipped[i];
    bool ok = sql_prepare(
                  db, "UPDATE import SET added = :added, skipped = :skipped WHERE import = :import",
                  &counts, batch->reterr) &&
              sql_prepare(db,
                          "UPDATE store SET generation = generation + 1, changed_at = unixepoch() "
                          "RETURNING generation",
                          &generation, batch->reterr);
    if (ok) {
        sql_bind_integer(counts, ":added", batch_added(batch->result));
        sql_bind_integer(counts, ":skipped", skipped);
        sql_bind_integer(counts, ":import", batch->import);
        ok = sql_run(counts, batch->reterr) && batch_count(batch) && batch_words(batch) &&
             sql_integer(generation, &batch->result->generation, batch->reterr);
    }
    sqlite3_finalize(counts);
    sqlite3_finalize(generation);
    batch->result->import = batch->import;
    return ok;
}

void roll_back(struct store *store)
{
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

void checkpoint(struct store *store)
{
    sqlite3_busy_timeout(store->db, 0);
    sqlite3_exec(store->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
}
