#include <stdio.h>
#include <string.h>

#include "fields.h"

enum {
    SERIES_ID,
    SERIES_TITLE,
    SERIES_DESCRIPTION,
    SERIES_UNIT,
    SERIES_AGGREGATION,
    SERIES_START,
    SERIES_PART_OF,
    SERIES_FLAGS
};
enum {
    SOURCE_ID,
    SOURCE_PUBLISHER,
    SOURCE_TITLE,
    SOURCE_URL,
    SOURCE_PUBLISHED,
    SOURCE_BASIS,
    SOURCE_KIND,
    SOURCE_AUTHORITY
};

static const char *const date_bases[] = {"page", "url", "inferred", NULL};
static const char *const aggregations[] = {"sum", "average", "last", NULL};
static const char *const flags[] = {"", "default", NULL};

bool try_add(struct rows *rows, bool *ret_added)
{
    sqlite3_stmt *add = rows->statement[ROW_ADD];
    sql_bind_integer(add, ":import", rows->import);
    if (!sql_run(add, rows->reterr))
        return false;
    *ret_added = sqlite3_changes(rows->store->db) == 1;
    return true;
}

/* A series or source whose id is taken, text by text as compare_amounts. */
static enum row_outcome compare_texts(struct rows *rows)
{
    SQL_AUTO stored = rows->statement[ROW_STORED];
    bool found;
    sql_bind_text(stored, ":id", row_field(rows, 0));
    if (!sql_step(stored, &found, rows->reterr) || !found)
        return ROW_FAILED;
    if (rows->is_bundle)
        return ROW_SKIPPED;
    for (size_t i = 0; i < row_columns(rows); i++) {
        const char *there = (const char *)sqlite3_column_text(stored, (int)i);
        if (strcmp(there, row_field(rows, i)) != 0) {
            row_fault(rows, i, "'%.64s' is stored with '%.80s' here, and facts are not edited",
                      row_field(rows, 0), there);
            return ROW_FAULTY;
        }
    }
    return ROW_SKIPPED;
}

static enum row_outcome add_series(struct rows *rows)
{
    sqlite3_stmt *add = rows->statement[ROW_ADD];
    const char *part_of = row_field(rows, SERIES_PART_OF);
    int64_t start = 1;
    bool added;
    bool ok = check_id(rows, SERIES_ID);
    ok = check_text(rows, SERIES_TITLE, 1, TEXT_MAX) && ok;
    ok = check_text(rows, SERIES_DESCRIPTION, 0, TEXT_MAX) && ok;
    ok = check_text(rows, SERIES_UNIT, 1, NAME_MAX) && ok;
    ok = check_choice(rows, SERIES_AGGREGATION, aggregations) && ok;
    ok = read_number(rows, SERIES_START, 12, &start) && ok;
    ok = check_choice(rows, SERIES_FLAGS, flags) && ok;
    if (*part_of)
        ok = check_id(rows, SERIES_PART_OF) && ok;
    if (*part_of && ok)
        buffer_format(rows->places, "\n%s\t%ld\t%ld\t%s", row_field(rows, SERIES_ID),
                      rows->csv.row_number, rows->csv.line, rows->csv.name);
    if (strcmp(part_of, row_field(rows, SERIES_ID)) == 0)
        ok = row_fault(rows, SERIES_PART_OF, "a series is no part of itself");
    if (!ok)
        return ROW_FAULTY;
    sql_bind_text(add, ":id", row_field(rows, SERIES_ID));
    sql_bind_text(add, ":title", row_field(rows, SERIES_TITLE));
    sql_bind_text(add, ":description", row_field(rows, SERIES_DESCRIPTION));
    sql_bind_text(add, ":unit", row_field(rows, SERIES_UNIT));
    sql_bind_text(add, ":aggregation", row_field(rows, SERIES_AGGREGATION));
    sql_bind_integer(add, ":start", start);
    sql_bind_text(add, ":part_of", *part_of ? part_of : NULL);
    sql_bind_integer(add, ":is_default", *row_field(rows, SERIES_FLAGS) != '\0');
    if (try_add(rows, &added)) {
        if (!added)
            return compare_texts(rows);
        touch(rows, sqlite3_last_insert_rowid(rows->store->db));
        return ROW_ADDED;
    }
    if (sqlite3_errcode(rows->store->db) != SQLITE_CONSTRAINT)
        return ROW_FAILED;
    row_fault(rows, SERIES_FLAGS, "there is a default series already");
    return ROW_FAULTY;
}

static enum row_outcome add_source(struct rows *rows)
{
    sqlite3_stmt *add = rows->statement[ROW_ADD];
    const char *url = row_field(rows, SOURCE_URL);
    int64_t authority = 1;
    date published = {0};
    bool added;
    bool ok = check_id(rows, SOURCE_ID);
    ok = check_text(rows, SOURCE_PUBLISHER, 1, NAME_MAX) && ok;
    ok = check_text(rows, SOURCE_TITLE, 1, TEXT_MAX) && ok;
    ok = check_text(rows, SOURCE_URL, 1, URL_MAX) && ok;
    ok = read_date(rows, SOURCE_PUBLISHED, &published) && ok;
    ok = check_choice(rows, SOURCE_BASIS, date_bases) && ok;
    ok = check_text(rows, SOURCE_KIND, 1, NAME_MAX) && ok;
    ok = read_number(rows, SOURCE_AUTHORITY, AUTHORITY_OFFICIAL, &authority) && ok;
    if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
        ok =
            row_fault(rows, SOURCE_URL, "expected an address that begins with https:// or http://");
    if (!ok)
        return ROW_FAULTY;
    sql_bind_text(add, ":id", row_field(rows, SOURCE_ID));
    sql_bind_text(add, ":publisher", row_field(rows, SOURCE_PUBLISHER));
    sql_bind_text(add, ":title", row_field(rows, SOURCE_TITLE));
    sql_bind_text(add, ":url", url);
    sql_bind_text(add, ":published", row_field(rows, SOURCE_PUBLISHED));
    sql_bind_integer(add, ":published_day", published.day);
    sql_bind_text(add, ":date_basis", row_field(rows, SOURCE_BASIS));
    sql_bind_text(add, ":kind", row_field(rows, SOURCE_KIND));
    sql_bind_integer(add, ":authority", authority);
    if (!try_add(rows, &added))
        return ROW_FAILED;
    return added ? ROW_ADDED : compare_texts(rows);
}

bool rows_add(struct rows *rows, int64_t max, bool *ret_end)
{
    static enum row_outcome (*const add[])(struct rows *) = {
        [IMPORT_SERIES] = add_series,
        [IMPORT_SOURCES] = add_source,
        [IMPORT_CLAIMS] = add_claim,
        [IMPORT_RULINGS] = add_ruling,
    };
    if (rows->kind == IMPORT_REPORTS)
        return reports_add(rows, max, ret_end);
    *ret_end = false;
    while (max-- > 0 && rows->n_faults < rows->faults_max) {
        if (!csv_next(&rows->csv, ret_end, rows->reterr))
            return false;
        if (*ret_end)
            break;
        if (!row_whole(rows))
            continue;
        enum row_outcome outcome = add[rows->kind](rows);
        if (outcome == ROW_FAILED)
            return false;
        rows->added += outcome == ROW_ADDED;
        rows->skipped += outcome == ROW_SKIPPED;
    }
    return true;
}
