#include "easydata_table.h"

#include <ctype.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exportstat/base/text.h"
#include "exportstat/store/csv.h"

enum { ABSENT = -1, FIELDS_MAX = CSV_FIELDS_MAX };

/* The names that a column has been seen under. */
static const struct {
    const char *names[3];
    bool is_needed;
} columns[EASYDATA_COLUMNS] = {
    [EASYDATA_KEY] = {{"Series Key", "Series Code"}, true},
    [EASYDATA_NAME] = {{"Series Name", "Series Display Name"}, false},
    [EASYDATA_DATE] = {{"Observation Date"}, true},
    [EASYDATA_VALUE] = {{"Observation Value"}, true},
    [EASYDATA_UNIT] = {{"Unit"}, true},
    [EASYDATA_STATUS] = {{"Observation Status", "Status"}, false},
    [EASYDATA_COMMENTS] = {{"Status Comments", "Observation Status Comment"}, false},
};

/* Where each column stands in a row. */
struct places {
    int at[EASYDATA_COLUMNS];
};

static int column_of(const char *name)
{
    for (int column = 0; column < EASYDATA_COLUMNS; column++) {
        for (int i = 0; columns[column].names[i]; i++) {
            if (strcasecmp(columns[column].names[i], name) == 0)
                return column;
        }
    }
    return ABSENT;
}

static bool places_find(const char *const *names, size_t n, struct places *ret,
                        struct error *reterr)
{
    memset(ret, ABSENT, sizeof *ret);
    for (size_t i = 0; i < n; i++) {
        int column = column_of(names[i]);
        if (column == ABSENT)
            continue;
        if (ret->at[column] != ABSENT)
            return error_set(reterr, ERROR_INPUT, "the answer has the column '%s' twice",
                             columns[column].names[0]);
        ret->at[column] = (int)i;
    }
    for (int column = 0; column < EASYDATA_COLUMNS; column++) {
        if (columns[column].is_needed && ret->at[column] == ABSENT)
            return error_set(reterr, ERROR_INPUT, "the answer has no column '%s'",
                             columns[column].names[0]);
    }
    return true;
}

/* A copy without blanks at its ends. */
static const char *trimmed(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    while (length > 0 && isspace((unsigned char)*text))
        text++, length--;
    return arena_text(arena, text, length);
}

static const char *json_cell(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return trimmed(arena, json_string_value(value));
    if (!json_is_number(value))
        return "";
    char *written = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    const char *text = trimmed(arena, written ? written : "");
    free(written);
    return text;
}

static bool json_rows(struct arena *arena, const json_t *rows, size_t n_columns,
                      const struct places *places, struct easydata_table *ret, struct error *reterr)
{
    ret->n = json_array_size(rows);
    if (ret->n > EASYDATA_ROWS_MAX)
        return error_set(reterr, ERROR_INPUT, "the answer has more than %d rows",
                         EASYDATA_ROWS_MAX);
    ret->rows = ARENA_ARRAY(arena, ret->n, struct easydata_cells);
    for (size_t i = 0; i < ret->n; i++) {
        const json_t *row = json_array_get(rows, i);
        if (json_array_size(row) != n_columns)
            return error_set(reterr, ERROR_INPUT, "row %zu of the answer has no %zu cells", i + 1,
                             n_columns);
        for (int column = 0; column < EASYDATA_COLUMNS; column++)
            ret->rows[i].text[column] =
                places->at[column] == ABSENT
                    ? ""
                    : json_cell(arena, json_array_get(row, (size_t)places->at[column]));
    }
    return true;
}

static bool json_table(struct arena *arena, const json_t *root, struct easydata_table *ret,
                       struct error *reterr)
{
    const char *names[FIELDS_MAX];
    struct places places;
    const json_t *heads = json_object_get(root, "columns");
    const json_t *rows = json_object_get(root, "rows");
    size_t n = json_array_size(heads);
    if (n == 0 || n > FIELDS_MAX || !json_is_array(rows))
        return error_set(reterr, ERROR_INPUT, "the answer has no columns and rows");
    for (size_t i = 0; i < n; i++) {
        names[i] = json_string_value(json_array_get(heads, i));
        if (!names[i])
            return error_set(reterr, ERROR_INPUT, "the columns of the answer are no texts");
    }
    return places_find(names, n, &places, reterr) &&
           json_rows(arena, rows, n, &places, ret, reterr);
}

/* EasyData writes control characters into texts, which JSON forbids. Between texts they are blanks anyway. */
static bool read_json(struct arena *arena, const char *bytes, size_t length,
                      struct easydata_table *ret, struct error *reterr)
{
    json_error_t fault;
    char *text = arena_text(arena, bytes, length);
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < ' ')
            text[i] = ' ';
    }
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault);
    bool ok = root ? json_table(arena, root, ret, reterr)
                   : error_set(reterr, ERROR_INPUT, "the answer is no JSON: %.200s", fault.text);
    json_decref(root);
    return ok;
}

static bool csv_rows(struct arena *arena, struct csv *csv, struct easydata_table *ret,
                     struct error *reterr)
{
    const char *names[FIELDS_MAX];
    struct places places;
    bool end;
    if (!csv_next(csv, &end, reterr))
        return false;
    for (size_t i = 0; i < csv->n; i++)
        names[i] = trimmed(arena, csv_field(csv, i));
    if (!places_find(names, csv->n, &places, reterr))
        return false;
    ret->rows = ARENA_ARRAY(arena, EASYDATA_ROWS_MAX, struct easydata_cells);
    while (csv_next(csv, &end, reterr)) {
        if (end)
            return true;
        if (ret->n == EASYDATA_ROWS_MAX)
            return error_set(reterr, ERROR_INPUT, "the answer has more than %d rows",
                             EASYDATA_ROWS_MAX);
        struct easydata_cells *row = &ret->rows[ret->n++];
        for (int column = 0; column < EASYDATA_COLUMNS; column++)
            row->text[column] = places.at[column] == ABSENT
                                    ? ""
                                    : trimmed(arena, csv_field(csv, (size_t)places.at[column]));
    }
    return false;
}

static bool read_csv(struct arena *arena, const char *bytes, size_t length,
                     struct easydata_table *ret, struct error *reterr)
{
    /* fmemopen only reads with "r", though it takes a pointer to what it could write. */
    struct csv csv = {.name = "the answer",
                      .file = fmemopen((void *)(uintptr_t)bytes, length, "r")};
    if (!csv.file)
        return error_set(reterr, ERROR_SYSTEM, "there is no memory left");
    bool ok = csv_rows(arena, &csv, ret, reterr);
    csv_release(&csv);
    fclose(csv.file);
    return ok;
}

bool easydata_table_read(struct arena *arena, const char *bytes, size_t length,
                         struct easydata_table *ret, struct error *reterr)
{
    size_t at = 0;
    *ret = (struct easydata_table){0};
    while (at < length && isspace((unsigned char)bytes[at]))
        at++;
    if (at == length)
        return error_set(reterr, ERROR_INPUT, "the answer is empty");
    if (bytes[at] == '<')
        return error_set(reterr, ERROR_INPUT,
                         "the answer is a web page, not data: look at it in a browser");
    if (bytes[at] == '{' || bytes[at] == '[')
        return read_json(arena, bytes, length, ret, reterr);
    return read_csv(arena, bytes, length, ret, reterr);
}
