/* Rows of claims and rulings: their checks, and how they are added. */
#include <stdio.h>
#include <string.h>

#include "exportstat/base/metric.h"
#include "fields.h"

enum {
    RULING_SERIES,
    RULING_PERIOD,
    RULING_DECISION,
    RULING_VALUE,
    RULING_PRECISION,
    RULING_RULED,
    RULING_REASON
};

static const char *const decisions[] = {"accept", "reject", NULL};

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

/* The same for the stored row, whose key the caller has bound, and who resets it. */
static enum row_outcome compare_stored(struct rows *rows, const struct statement_row *row,
                                       size_t column)
{
    sqlite3_stmt *stored = rows->statement[ROW_STORED];
    bool found;
    if (!sql_step(stored, &found, rows->reterr))
        return ROW_FAILED;
    if (found)
        return compare_amounts(rows, row, sqlite3_column_int64(stored, 0),
                               sqlite3_column_int64(stored, 1), column);
    if (rows->is_bundle)
        return ROW_SKIPPED;
    row_fault(rows, column,
              "another row stands in its place: an id, or the value accepted on a day, is "
              "given once");
    return ROW_FAULTY;
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

enum row_outcome add_claim(struct rows *rows)
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
    return compare_stored(rows, &row, CLAIM_ID);
}

enum row_outcome add_ruling(struct rows *rows)
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
    touch(rows, row.series);
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
    return compare_stored(rows, &row, RULING_VALUE);
}
