#include "batch_body.h"

#include <stdio.h>
#include <string.h>

#include "body.h"

enum { PLACE_TEXT = sizeof((struct invalid *)0)->name };

/* The body on its way from JSON to CSV. */
struct reading {
    struct call *call;
    struct body body;
    enum import_kind kind;
    const char *const *columns;
    size_t row; /* of the list, from 0 */
    const char *fields[IMPORT_COLUMNS_MAX];
};

static bool field_fault(struct reading *reading, const char *name, const char *suggestion,
                        const char *reason)
{
    char place[PLACE_TEXT];
    snprintf(place, sizeof place, "%s[%zu]%s%s", import_kind_names[reading->kind], reading->row,
             *name ? "." : "", name);
    utf8_trim(place);
    return problem_invalid(reading->call->problem, place, suggestion, "%s", reason);
}

static bool read_field(struct reading *reading, const char *name, json_t *value)
{
    size_t column = 0;
    while (reading->columns[column] && strcmp(reading->columns[column], name) != 0)
        column++;
    if (!reading->columns[column]) {
        body_pass(&reading->body, value);
        return field_fault(reading, name, nearest_name(name, reading->columns),
                           "there is no such field of these rows");
    }
    if (json_is_null(value))
        return true;
    reading->fields[column] = body_text(&reading->body, value, /* number= */ true);
    return reading->fields[column] ||
           field_fault(reading, name, NULL, "expected a text, a number or null");
}

/* One row as a line of CSV. */
static bool read_row(struct reading *reading, json_t *value, struct buffer *to)
{
    bool ok = true;
    if (!json_is_object(value)) {
        body_pass(&reading->body, value);
        return field_fault(reading, "", NULL, "expected an object with the fields of a row");
    }
    memset(reading->fields, 0, sizeof reading->fields);
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at))
        ok = read_field(reading, json_object_iter_key(at), json_object_iter_value(at)) && ok;
    for (size_t i = 0; reading->columns[i]; i++) {
        const char *field = reading->fields[i] ? reading->fields[i] : "";
        if (i > 0)
            buffer_char(to, ',');
        buffer_csv(to, field, strlen(field));
    }
    buffer_char(to, '\n');
    return ok;
}

/* A list of rows under the name of a kind. */
static bool read_list(struct reading *reading, const char *name, json_t *list, struct buffer *texts)
{
    bool ok = true;
    for (reading->kind = 0; reading->kind < IMPORT_KINDS; reading->kind++) {
        if (strcmp(import_kind_names[reading->kind], name) == 0)
            break;
    }
    if (reading->kind == IMPORT_KINDS || !json_is_array(list)) {
        bool is_known = reading->kind < IMPORT_KINDS;
        body_pass(&reading->body, list);
        return problem_invalid(
            reading->call->problem, name, is_known ? NULL : nearest_name(name, import_kind_names),
            is_known ? "expected a list of rows"
                     : "there are lists of series, sources, reports, claims and rulings");
    }
    struct buffer *to = &texts[reading->kind];
    reading->columns = import_columns(reading->kind);
    for (size_t i = 0; reading->columns[i]; i++)
        buffer_format(to, "%s%s", i > 0 ? "," : "", reading->columns[i]);
    buffer_char(to, '\n');
    for (reading->row = 0; reading->row < json_array_size(list); reading->row++)
        ok = read_row(reading, json_array_get(list, reading->row), to) && ok;
    return ok;
}

static bool read_json(struct call *call, struct batch_body *ret)
{
    struct reading reading = {.call = call};
    bool ok = body_read(call, "reports", &reading.body);
    json_t *root = reading.body.root;
    if (ok && !json_is_object(root))
        ok = problem_invalid(call->problem, "body", NULL,
                             "expected an object with lists of rows: series, sources, reports, "
                             "claims, rulings");
    for (void *at = ok ? json_object_iter(root) : NULL; at; at = json_object_iter_next(root, at))
        ok =
            read_list(&reading, json_object_iter_key(at), json_object_iter_value(at), ret->texts) &&
            ok;
    body_release(&reading.body);
    return ok;
}

/* fmemopen only reads with "r", though it takes a pointer to what it could write. */
static bool add_file(struct call *call, struct batch_body *batch, const char *name,
                     const char *bytes, size_t length)
{
    FILE *file = fmemopen((void *)(uintptr_t)bytes, length, "r");
    if (!file)
        return problem_set(call->problem, PROBLEM_UNAVAILABLE,
                           "There is no memory left; try again");
    batch->files[batch->n_files++] = (struct import_file){name, file};
    return true;
}

bool batch_body_read(struct call *call, struct batch_body *ret)
{
    bool ok = true;
    *ret = (struct batch_body){.is_json = !call->is_body_csv};
    if (call->body_length == 0)
        return problem_invalid(call->problem, "body", NULL, "is empty: expected rows");
    if (call->is_body_csv)
        return add_file(call, ret, "body", call->body, call->body_length);
    if (!read_json(call, ret))
        return body_refuse(call->problem);
    for (enum import_kind kind = 0; ok && kind < IMPORT_KINDS; kind++) {
        if (ret->texts[kind].length > 0)
            ok = add_file(call, ret, import_kind_names[kind], ret->texts[kind].bytes,
                          ret->texts[kind].length);
    }
    return ok;
}

void batch_body_release(struct batch_body *batch)
{
    for (size_t i = 0; i < batch->n_files; i++)
        fclose(batch->files[i].file);
    for (size_t i = 0; i < IMPORT_KINDS; i++)
        buffer_release(&batch->texts[i]);
}

void batch_body_fault(struct call *call, const struct batch_body *batch,
                      const struct import_fault *fault)
{
    char place[PLACE_TEXT];
    const char *column = fault->column ? fault->column : "";
    if (batch->is_json)
        snprintf(place, sizeof place, "%s[%ld]%s%s", import_kind_names[fault->kind], fault->row - 1,
                 *column ? "." : "", column);
    else
        snprintf(place, sizeof place, "line %ld%s%s", fault->line, *column ? ", " : "", column);
    if (*column)
        problem_invalid(call->problem, place, NULL, "'%s': %s", fault->value, fault->reason);
    else
        problem_invalid(call->problem, place, NULL, "%s", fault->reason);
}
