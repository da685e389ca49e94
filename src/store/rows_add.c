#include <stdio.h>
#include <string.h>

#include "exportstat/base/metric.h"
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
enum { REPORT_SERIES, REPORT_PERIOD, REPORT_VALUE, REPORT_PRECISION, REPORT_SOURCE, REPORT_NOTE };
enum {
    RULING_SERIES,
    RULING_PERIOD,
    RULING_DECISION,
    RULING_VALUE,
    RULING_PRECISION,
    RULING_RULED,
    RULING_REASON
};

static const char *const date_bases[] = {"page", "url", "inferred", NULL};
static const char *const aggregations[] = {"sum", "average", "last", NULL};
static const char *const decisions[] = {"accept", "reject", NULL};
static const char *const flags[] = {"", "default", NULL};

static bool read_period(struct rows *rows, size_t column, struct statement_row *row)
{
    struct period period;
    if (!period_parse(row_field(rows, column), row_length(rows, column), &period))
        return row_fault(rows, column,
                         "expected a period such as 2025-12, 2025-Q4, FY2026, FY2026-H1 or "
                         "2025-07/2025-12");
    row->span = period_span(period, row->fiscal_year_start);
    period_format(period, row->period);
    return true;
}

/* Reads the columns that the three kinds share; -1 as `source` where there is none. */
static bool read_statement(struct rows *rows, size_t series, size_t period, size_t value,
                           size_t precision, int source, struct statement_row *row, bool *ret_ok)
{
    bool series_found;
    bool source_found = true;
    row->fiscal_year_start = 1;
    if (!look_up(rows, ROW_SERIES_NUMBER, series, &row->series, &row->fiscal_year_start,
                 &series_found))
        return false;
    if (source >= 0 &&
        !look_up(rows, ROW_SOURCE_NUMBER, (size_t)source, &row->source, NULL, &source_found))
        return false;
    *ret_ok = series_found && source_found;
    *ret_ok = read_period(rows, period, row) && *ret_ok;
    *ret_ok = read_amount(rows, value, &row->value) && *ret_ok;
    *ret_ok = read_precision(rows, precision, &row->precision) && *ret_ok;
    return true;
}

static void bind_span(sqlite3_stmt *statement, struct span span)
{
    sql_bind_integer(statement, ":first", span.first);
    sql_bind_integer(statement, ":last", span.last);
}

static void bind_statement(sqlite3_stmt *add, const struct statement_row *row)
{
    bind_span(add, row->span);
    sql_bind_integer(add, ":series", row->series);
    sql_bind_text(add, ":period", row->period);
    sql_bind_integer(add, ":value", row->value);
    sql_bind_integer(add, ":precision", row->precision);
}

/* Runs the bound addition; *ret_added is false where the key is taken. */
static bool try_add(struct rows *rows, bool *ret_added)
{
    sqlite3_stmt *add = rows->statement[ROW_ADD];
    sql_bind_integer(add, ":import", rows->import);
    if (!sql_run(add, rows->reterr))
        return false;
    *ret_added = sqlite3_changes(rows->store->db) == 1;
    return true;
}

/* A row whose key is taken: skipped where the stored one says the same, else at fault. What others have
 * added stands against a newer bundle. */
static enum row_outcome compare_values(struct rows *rows, const struct statement_row *row,
                                       size_t column)
{
    sqlite3_stmt *stored = rows->statement[ROW_STORED]; /* bound by the caller, who resets it */
    char value[AMOUNT_TEXT];
    char precision[AMOUNT_TEXT];
    bool found;
    if (!sql_step(stored, &found, rows->reterr))
        return ROW_FAILED;
    if (rows->is_bundle)
        return ROW_SKIPPED;
    if (!found) {
        row_fault(rows, column,
                  "another row stands in its place: an id, or the value accepted on a day, is "
                  "given once");
        return ROW_FAULTY;
    }
    if (sqlite3_column_int64(stored, 0) == row->value &&
        sqlite3_column_int64(stored, 1) == row->precision)
        return ROW_SKIPPED;
    amount_format(sqlite3_column_int64(stored, 0), value);
    amount_format(sqlite3_column_int64(stored, 1), precision);
    row_fault(rows, column,
              "this has the value %s and precision %s already, and facts are not edited", value,
              precision);
    return ROW_FAULTY;
}

/* The same for series and sources, text by text. */
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
        buffer_format(rows->places, "\n%s\t%s:%ld", row_field(rows, SERIES_ID), rows->csv.name,
                      rows->csv.line);
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
    if (try_add(rows, &added))
        return added ? ROW_ADDED : compare_texts(rows);
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

static enum row_outcome add_report(struct rows *rows)
{
    sqlite3_stmt *add = rows->statement[ROW_ADD];
    struct statement_row row = {0};
    bool ok;
    bool added;
    if (!read_statement(rows, REPORT_SERIES, REPORT_PERIOD, REPORT_VALUE, REPORT_PRECISION,
                        REPORT_SOURCE, &row, &ok))
        return ROW_FAILED;
    ok = check_text(rows, REPORT_NOTE, 0, TEXT_MAX) && ok;
    if (!ok)
        return ROW_FAULTY;
    bind_statement(add, &row);
    sql_bind_integer(add, ":source", row.source);
    sql_bind_text(add, ":note", row_field(rows, REPORT_NOTE));
    if (!try_add(rows, &added))
        return ROW_FAILED;
    if (added)
        return ROW_ADDED;
    SQL_AUTO stored = rows->statement[ROW_STORED];
    bind_span(stored, row.span);
    sql_bind_integer(stored, ":series", row.series);
    sql_bind_integer(stored, ":source", row.source);
    return compare_values(rows, &row, REPORT_VALUE);
}

/* Whether /v1/claims/{id} can be asked for: what browsers make of dots, the word that stands for something else, and
 * what the end of a path says of the format are not part of an id. */
static bool claim_has_address(const char *text, size_t length)
{
    static const char *const taken[] = {".", "..", "check"};
    static const char *const ends[] = {".json",   ".csv",      ".atom", ".svg",
                                       ".bibtex", ".csl-json", ".yaml", ".html"};
    for (size_t i = 0; i < COUNT(taken); i++) {
        if (strcmp(text, taken[i]) == 0)
            return false;
    }
    for (size_t i = 0; i < COUNT(ends); i++) {
        size_t n = strlen(ends[i]);
        if (length >= n && strcmp(text + length - n, ends[i]) == 0)
            return false;
    }
    return true;
}

static bool check_claim_id(struct rows *rows)
{
    size_t length = row_length(rows, CLAIM_ID);
    const char *text = row_field(rows, CLAIM_ID);
    bool ok = length > 0 && length <= CLAIM_ID_MAX;
    for (size_t i = 0; i < length; i++)
        ok = text[i] > ' ' && text[i] < 0x7F && ok;
    if (!ok)
        return row_fault(rows, CLAIM_ID,
                         "expected 1 to %d printable characters of ASCII without blanks",
                         CLAIM_ID_MAX);
    return claim_has_address(text, length) ||
           row_fault(rows, CLAIM_ID,
                     "a claim of this id has no address: none is '.', '..' or "
                     "'check', or ends as a format does, such as .csv");
}

/* A number in another unit than the series' would be taken for one in it. */
static bool check_claim_unit(struct rows *rows)
{
    enum metric metric = metric_find(row_field(rows, CLAIM_METRIC));
    char reason[UNIT_REASON];
    return metric_takes_unit(metric, rows->series_unit, row_field(rows, CLAIM_UNIT), reason) ||
           row_fault(rows, CLAIM_UNIT, "%s", reason);
}

/* Whether the metric can be of this period, and have this value, to this precision. */
static bool check_claim_sense(struct rows *rows, const struct statement_row *row)
{
    enum metric metric = metric_find(row_field(rows, CLAIM_METRIC));
    const char *period = metric_refuses_period(metric, row->span, row->fiscal_year_start);
    const char *value = metric_refuses_value(metric, row->value);
    const char *precision = claim_refuses_precision(row->value, row->precision);
    bool ok = !period || row_fault(rows, CLAIM_PERIOD, "%s", period);
    ok = (!value || row_fault(rows, CLAIM_VALUE, "%s", value)) && ok;
    return (!precision || row_fault(rows, CLAIM_PRECISION, "%s", precision)) && ok;
}

bool claim_check(struct rows *rows, struct statement_row *row, bool *ret_ok)
{
    if (!read_statement(rows, CLAIM_SERIES, CLAIM_PERIOD, CLAIM_VALUE, CLAIM_PRECISION,
                        CLAIM_SOURCE, row, ret_ok))
        return false;
    *ret_ok = check_claim_id(rows) && *ret_ok;
    *ret_ok = check_choice(rows, CLAIM_METRIC, metric_names) && *ret_ok;
    *ret_ok = *ret_ok && check_claim_unit(rows);
    *ret_ok = *ret_ok && check_claim_sense(rows, row);
    *ret_ok = check_text(rows, CLAIM_STATEMENT, 0, TEXT_MAX) && *ret_ok;
    return true;
}

static enum row_outcome add_claim(struct rows *rows)
{
    sqlite3_stmt *add = rows->statement[ROW_ADD];
    struct statement_row row = {0};
    bool ok;
    bool added;
    if (!claim_check(rows, &row, &ok))
        return ROW_FAILED;
    if (!ok)
        return ROW_FAULTY;
    bind_statement(add, &row);
    sql_bind_text(add, ":id", row_field(rows, CLAIM_ID));
    sql_bind_integer(add, ":source", row.source);
    sql_bind_text(add, ":metric", row_field(rows, CLAIM_METRIC));
    sql_bind_text(add, ":unit", row_field(rows, CLAIM_UNIT));
    sql_bind_text(add, ":statement", row_field(rows, CLAIM_STATEMENT));
    if (!try_add(rows, &added))
        return ROW_FAILED;
    if (added)
        return ROW_ADDED;
    SQL_AUTO stored = rows->statement[ROW_STORED];
    bind_span(stored, row.span);
    sql_bind_text(stored, ":id", row_field(rows, CLAIM_ID));
    sql_bind_integer(stored, ":source", row.source);
    sql_bind_integer(stored, ":series", row.series);
    sql_bind_text(stored, ":metric", row_field(rows, CLAIM_METRIC));
    sql_bind_text(stored, ":unit", row_field(rows, CLAIM_UNIT));
    return compare_values(rows, &row, CLAIM_ID);
}

static enum row_outcome add_ruling(struct rows *rows)
{
    sqlite3_stmt *add = rows->statement[ROW_ADD];
    struct statement_row row = {0};
    bool ok;
    bool added;
    if (!read_statement(rows, RULING_SERIES, RULING_PERIOD, RULING_VALUE, RULING_PRECISION, -1,
                        &row, &ok))
        return ROW_FAILED;
    ok = check_choice(rows, RULING_DECISION, decisions) && ok;
    ok = read_date(rows, RULING_RULED, &row.ruled) && ok;
    ok = check_text(rows, RULING_REASON, 1, TEXT_MAX) && ok;
    if (!ok)
        return ROW_FAULTY;
    bind_statement(add, &row);
    sql_bind_text(add, ":decision", row_field(rows, RULING_DECISION));
    sql_bind_integer(add, ":ruled_day", row.ruled.day);
    sql_bind_text(add, ":ruled_on", row_field(rows, RULING_RULED));
    sql_bind_text(add, ":reason", row_field(rows, RULING_REASON));
    if (!try_add(rows, &added))
        return ROW_FAILED;
    if (added)
        return ROW_ADDED;
    SQL_AUTO stored = rows->statement[ROW_STORED];
    bind_span(stored, row.span);
    sql_bind_integer(stored, ":series", row.series);
    sql_bind_integer(stored, ":ruled_day", row.ruled.day);
    sql_bind_text(stored, ":decision", row_field(rows, RULING_DECISION));
    sql_bind_integer(stored, ":value", row.value);
    return compare_values(rows, &row, RULING_VALUE);
}

enum row_outcome rows_add(struct rows *rows)
{
    static enum row_outcome (*const add[])(struct rows *) = {
        [IMPORT_SERIES] = add_series, [IMPORT_SOURCES] = add_source, [IMPORT_REPORTS] = add_report,
        [IMPORT_CLAIMS] = add_claim,  [IMPORT_RULINGS] = add_ruling,
    };
    return add[rows->kind](rows);
}
