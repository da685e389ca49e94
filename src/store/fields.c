#include "fields.h"

#include <stdio.h>
#include <string.h>

enum { NUMBERS_MIN = 1 };

static bool one_of(const char *text, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(text, *names) == 0)
            return true;
    }
    return false;
}

bool check_choice(struct rows *rows, size_t column, const char *const *names)
{
    struct buffer all = {0};
    if (one_of(row_field(rows, column), names))
        return true;
    for (size_t i = 0; names[i]; i++)
        buffer_format(&all, "%s%s", i > 0 ? ", " : "", *names[i] ? names[i] : "nothing");
    row_fault(rows, column, "expected one of: %s", all.bytes);
    buffer_release(&all);
    return false;
}

bool check_id(struct rows *rows, size_t column)
{
    if (identifier_valid(row_field(rows, column), row_length(rows, column), IDENTIFIER_MAX))
        return true;
    return row_fault(rows, column, "expected 1 to 64 of a-z, 0-9 and '-'");
}

bool check_text(struct rows *rows, size_t column, size_t min, size_t max)
{
    const char *text = row_field(rows, column);
    size_t length = row_length(rows, column);
    if (length < min || length > max)
        return row_fault(rows, column, "expected %zu to %zu bytes", min, max);
    uint32_t code;
    return !text_find_control(text, length, &code) ||
           row_fault(rows, column,
                     "U+%04X is not text: neither are other control characters, those that turn "
                     "its direction, and noncharacters",
                     (unsigned)code);
}

bool read_amount(struct rows *rows, size_t column, amount *ret)
{
    const char *reason;
    return amount_parse(row_field(rows, column), row_length(rows, column), ret, &reason) ||
           row_fault(rows, column, "%s", reason);
}

bool read_precision(struct rows *rows, size_t column, amount *ret)
{
    if (!read_amount(rows, column, ret))
        return false;
    return *ret > 0 || row_fault(rows, column, "a rounding step is above zero");
}

bool read_date(struct rows *rows, size_t column, date *ret)
{
    return date_parse(row_field(rows, column), row_length(rows, column), ret) ||
           row_fault(rows, column,
                     "expected an existing day YYYY-MM-DD or month YYYY-MM, 1900 to 2199");
}

bool read_number(struct rows *rows, size_t column, int64_t max, int64_t *ret)
{
    return number_parse(row_field(rows, column), row_length(rows, column), NUMBERS_MIN, max, ret) ||
           row_fault(rows, column, "expected a whole number, 1 to %lld", (long long)max);
}

enum { LOOKED_UP_MAX = 4096 };

/* Where an id is kept, or would be, whoever is there now. */
static struct looked_up *place_of(struct rows *rows, enum row_sql which, const char *id)
{
    uint32_t hash = (uint32_t)which;
    if (!rows->looked_up)
        rows->looked_up = must_calloc(LOOKED_UP_MAX, sizeof *rows->looked_up);
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 16777619U;
    return &rows->looked_up[(hash ^ hash >> 15) % LOOKED_UP_MAX];
}

/* Asks the store; *ret_found is false where there is none. */
static bool find(struct rows *rows, enum row_sql which, const char *id, struct looked_up *ret,
                 bool *ret_found)
{
    SQL_AUTO statement = rows->statement[which];
    sql_bind_text(statement, ":id", id);
    if (!sql_step(statement, ret_found, rows->reterr))
        return false;
    if (!*ret_found)
        return true;
    ret->which = which;
    ret->number = sqlite3_column_int64(statement, 0);
    snprintf(ret->id, sizeof ret->id, "%s", id);
    if (which == ROW_SERIES_NUMBER) {
        ret->start = sqlite3_column_int(statement, 1);
        snprintf(ret->unit, sizeof ret->unit, "%s",
                 (const char *)sqlite3_column_text(statement, 2));
    }
    return true;
}

bool look_up(struct rows *rows, enum row_sql which, size_t column, const struct looked_up **ret)
{
    const char *id = row_field(rows, column);
    struct looked_up *place = place_of(rows, which, id);
    bool found = *place->id && place->which == which && strcmp(place->id, id) == 0;
    if (!found && !find(rows, which, id, place, &found))
        return false;
    *ret = found ? place : NULL;
    if (!found)
        row_fault(rows, column, "there is no such %s, neither in the store nor in this batch",
                  which == ROW_SERIES_NUMBER ? "series" : "source");
    return true;
}

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

bool read_statement(struct rows *rows, size_t series, size_t period, size_t value, size_t precision,
                    int source, struct statement_row *row, bool *ret_ok)
{
    const struct looked_up *found;
    row->fiscal_year_start = 1;
    if (!look_up(rows, ROW_SERIES_NUMBER, series, &found))
        return false;
    *ret_ok = found != NULL;
    if (found) {
        row->series = found->number;
        row->fiscal_year_start = found->start;
        memcpy(rows->series_unit, found->unit, sizeof found->unit);
    }
    if (source >= 0 && !look_up(rows, ROW_SOURCE_NUMBER, (size_t)source, &found))
        return false;
    *ret_ok = found && *ret_ok;
    if (source >= 0 && found)
        row->source = found->number;
    *ret_ok = read_period(rows, period, row) && *ret_ok;
    *ret_ok = read_amount(rows, value, &row->value) && *ret_ok;
    *ret_ok = read_precision(rows, precision, &row->precision) && *ret_ok;
    return true;
}

enum row_outcome compare_amounts(struct rows *rows, const struct statement_row *row, amount value,
                                 amount precision, size_t column)
{
    char value_text[AMOUNT_TEXT];
    char precision_text[AMOUNT_TEXT];
    if (rows->is_bundle || (value == row->value && precision == row->precision))
        return ROW_SKIPPED;
    amount_format(value, value_text);
    amount_format(precision, precision_text);
    row_fault(rows, column,
              "this has the value %s and precision %s already, and facts are not edited",
              value_text, precision_text);
    return ROW_FAULTY;
}

void touch(struct rows *rows, int64_t series)
{
    struct touched *touched = rows->touched;
    size_t number = (size_t)series;
    if (number >= touched->room) {
        size_t room = number * 2 + 64;
        touched->is = must_realloc(touched->is, room * sizeof *touched->is);
        memset(touched->is + touched->room, 0, (room - touched->room) * sizeof *touched->is);
        touched->room = room;
    }
    touched->is[number] = true;
}
