#include "monthly_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exportstat/store/csv.h"

enum column { COLUMN_SERIES_ID, COLUMN_PERIOD, COLUMN_VALUE, COLUMNS };

static const char *const column_names[] = {"series_id", "period", "value", NULL};

enum { ID_MAX = 200, VALUE_MAX = 40, ABSENT = -1 };

struct reading {
    struct csv csv;
    int place[COLUMNS]; /* of each column in the file, or ABSENT */
    struct monthly_file *to;
};

static bool fault(const struct reading *reading, struct error *reterr, const char *format,
                  const char *text, size_t length)
{
    char what[300];
    int shown = length > 60 ? 60 : (int)length;
    snprintf(what, sizeof what, format, shown, text); // NOLINT: every format is a literal below
    return error_set(reterr, ERROR_INPUT, "%s:%ld: %s", reading->csv.name, reading->csv.line, what);
}

static bool header_take(struct reading *reading, size_t i, struct error *reterr)
{
    const char *name = csv_field(&reading->csv, i);
    size_t column = 0;
    while (column < COLUMNS && strcmp(column_names[column], name) != 0)
        column++;
    if (column == COLUMNS)
        return fault(reading, reterr,
                     "no column '%.*s' is expected; there are period, value, and "
                     "series_id where there are several series",
                     name, strlen(name));
    if (reading->place[column] != ABSENT)
        return fault(reading, reterr, "the column '%.*s' is there twice", name, strlen(name));
    reading->place[column] = (int)i;
    return true;
}

static bool header_read(struct reading *reading, struct error *reterr)
{
    bool end;
    if (!csv_next(&reading->csv, &end, reterr))
        return false;
    for (int i = 0; i < COLUMNS; i++)
        reading->place[i] = ABSENT;
    for (size_t i = 0; i < reading->csv.n; i++) {
        if (!header_take(reading, i, reterr))
            return false;
    }
    for (int i = COLUMN_PERIOD; i <= COLUMN_VALUE; i++) {
        if (reading->place[i] == ABSENT)
            return fault(reading, reterr, "the header has no column '%.*s'", column_names[i],
                         strlen(column_names[i]));
    }
    reading->to->has_ids = reading->place[COLUMN_SERIES_ID] != ABSENT;
    return true;
}

/* How much of the text is a decimal number: a sign, digits, perhaps a point and more, perhaps an exponent. */
static size_t number_length(const char *text)
{
    static const char digits[] = "0123456789";
    size_t i = text[0] == '-';
    size_t whole = strspn(text + i, digits);
    i += whole;
    if (whole == 0)
        return 0;
    if (text[i] == '.' && strspn(text + i + 1, digits) > 0)
        i += 1 + strspn(text + i + 1, digits);
    if (text[i] == 'e' || text[i] == 'E') {
        size_t sign = text[i + 1] == '-' || text[i + 1] == '+';
        size_t exponent = strspn(text + i + 1 + sign, digits);
        i += exponent > 0 ? 1 + sign + exponent : 0;
    }
    return i;
}

static bool value_read(struct reading *reading, struct monthly *ret, struct error *reterr)
{
    size_t place = (size_t)reading->place[COLUMN_VALUE];
    const char *text = csv_field(&reading->csv, place);
    size_t length = csv_length(&reading->csv, place);
    *ret = (struct monthly){0};
    if (length == 0)
        return true;
    if (length > VALUE_MAX || number_length(text) != length)
        return fault(reading, reterr,
                     "'%.*s' is no number: digits, perhaps with a sign and a "
                     "point; a month without a value is left empty",
                     text, length);
    *ret = (struct monthly){true, strtod(text, NULL)};
    if (fabs(ret->value) >= MONTHLY_VALUE_LIMIT)
        return fault(reading, reterr, "%.*s is 10 million million or more: use a larger unit", text,
                     length);
    return true;
}

bool month_parse(const char *text, size_t length, int32_t *ret)
{
    int year;
    int month;
    if (length != strlen("YYYY-MM") || text[4] != '-' || !digits_parse(text, 4, &year) ||
        !digits_parse(text + 5, 2, &month) || year < 1 || month < 1 || month > 12)
        return false;
    *ret = year * 12 + month - 1;
    return true;
}

static bool month_read(struct reading *reading, int32_t *ret, struct error *reterr)
{
    size_t place = (size_t)reading->place[COLUMN_PERIOD];
    const char *text = csv_field(&reading->csv, place);
    size_t length = csv_length(&reading->csv, place);
    return month_parse(text, length, ret) ||
           fault(reading, reterr, "'%.*s' is no month YYYY-MM", text, length);
}

static void *grown(void *array, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return array;
    *room = *room > 0 ? 2 * *room : 64;
    return must_realloc(array, *room * size);
}

/* The row belongs to the last series, or begins a new one. */
static bool series_take(struct reading *reading, struct error *reterr)
{
    struct monthly_file *to = reading->to;
    const char *id = "";
    if (to->has_ids)
        id = csv_field(&reading->csv, (size_t)reading->place[COLUMN_SERIES_ID]);
    if (to->has_ids && !*id)
        return fault(reading, reterr, "the series_id is empty%.*s", "", 0);
    if (strlen(id) > ID_MAX)
        return fault(reading, reterr, "the series_id '%.*s…' is longer than 200 bytes", id,
                     strlen(id));
    if (to->n_series == 0 || strcmp(to->series[to->n_series - 1].id, id) != 0) {
        to->series = grown(to->series, to->n_series, &to->series_room, sizeof *to->series);
        to->series[to->n_series++] = (struct monthly_series){
            .id = arena_text(&to->arena, id, strlen(id)),
            .from = to->n_rows,
            .line = reading->csv.line,
        };
    }
    return true;
}

static bool row_take(struct reading *reading, struct error *reterr)
{
    struct monthly_file *to = reading->to;
    struct monthly_row row = {0};
    size_t place = (size_t)reading->place[COLUMN_PERIOD];
    if (!series_take(reading, reterr) || !month_read(reading, &row.month, reterr) ||
        !value_read(reading, &row.value, reterr))
        return false;
    struct monthly_series *series = &to->series[to->n_series - 1];
    int32_t last = series->n > 0 ? to->rows[to->n_rows - 1].month : INT32_MIN;
    if (row.month <= last)
        return fault(reading, reterr,
                     row.month == last
                         ? "%.*s is there twice"
                         : "%.*s comes after a later month: months have to be in order",
                     csv_field(&reading->csv, place), csv_length(&reading->csv, place));
    if (to->n_rows == MONTHLY_ROWS_MAX)
        return fault(reading, reterr, "more than 1000000 rows%.*s", "", 0);
    to->rows = grown(to->rows, to->n_rows, &to->rows_room, sizeof *to->rows);
    to->rows[to->n_rows++] = row;
    series->n++;
    return true;
}

static int compare_series(const void *a, const void *b)
{
    const struct monthly_series *const *x = a;
    const struct monthly_series *const *y = b;
    int order = strcmp((*x)->id, (*y)->id);
    return order != 0 ? order : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

/* Whether the rows of each series stand together. */
static bool series_check(struct reading *reading, struct error *reterr)
{
    struct monthly_file *to = reading->to;
    const struct monthly_series **sorted =
        ARENA_ARRAY(&to->arena, to->n_series, const struct monthly_series *);
    for (size_t i = 0; i < to->n_series; i++)
        sorted[i] = &to->series[i];
    qsort(sorted, to->n_series, sizeof(struct monthly_series *), compare_series);
    for (size_t i = 1; i < to->n_series; i++) {
        if (strcmp(sorted[i]->id, sorted[i - 1]->id) != 0)
            continue;
        reading->csv.line = sorted[i]->line;
        return fault(reading, reterr,
                     "the series '%.*s' was there before: its rows have to stand "
                     "together",
                     sorted[i]->id, strlen(sorted[i]->id));
    }
    return true;
}

static bool rows_read(struct reading *reading, struct error *reterr)
{
    bool end;
    if (!header_read(reading, reterr))
        return false;
    for (;;) {
        if (!csv_next(&reading->csv, &end, reterr))
            return false;
        if (end)
            break;
        if (!row_take(reading, reterr))
            return false;
    }
    if (reading->to->n_rows == 0)
        return fault(reading, reterr, "no row follows the header%.*s", "", 0);
    return series_check(reading, reterr);
}

bool monthly_read(FILE *file, const char *name, struct monthly_file *ret, struct error *reterr)
{
    struct reading reading = {.csv = {.file = file, .name = name}, .to = ret};
    *ret = (struct monthly_file){0};
    bool ok = rows_read(&reading, reterr);
    csv_release(&reading.csv);
    if (!ok)
        monthly_release(ret);
    return ok;
}

struct months monthly_months(const struct monthly_file *file, const struct monthly_series *series,
                             int32_t last, struct arena *arena)
{
    const struct monthly_row *rows = &file->rows[series->from];
    size_t n = series->n;
    while (n > 0 && rows[n - 1].month > last)
        n--;
    if (n == 0)
        return (struct months){.first = rows[0].month};
    size_t span = (size_t)(rows[n - 1].month - rows[0].month) + 1;
    struct monthly *at = ARENA_ARRAY(arena, span, struct monthly);
    for (size_t i = 0; i < n; i++)
        at[rows[i].month - rows[0].month] = rows[i].value;
    return (struct months){rows[0].month, at, span};
}

void monthly_release(struct monthly_file *file)
{
    free(file->rows);
    free(file->series);
    arena_release(&file->arena);
    *file = (struct monthly_file){0};
}
