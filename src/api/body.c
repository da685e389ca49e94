#include "body.h"

#include <stdio.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

/* What is wrong with a text that is not JSON, in our own words. */
static const char *reason_of(const json_error_t *err)
{
    switch (json_error_code(err)) {
    case json_error_premature_end_of_input:
        return "ends in the middle";
    case json_error_end_of_input_expected:
        return "goes on where it should end";
    case json_error_invalid_utf8:
        return "is not UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "has a NUL in a text";
    case json_error_duplicate_key:
        return "names a field twice";
    case json_error_numeric_overflow:
        return "has a number out of range";
    case json_error_stack_overflow:
        return "is nested too deeply";
    default:
        return "is not JSON";
    }
}

/* Adds the place of the item of a list in which a byte stands: "claims[3]" in {"claims": […]}. */
static void place_of(const char *text, size_t position, const char *list,
                     char ret[static BODY_PLACE])
{
    int depth = 0;
    int before = 0;
    bool in_text = false;
    for (size_t i = 0; i < position; i++) {
        char c = text[i];
        if (c == '"')
            in_text = !in_text;
        else if (in_text && c == '\\')
            i++;
        else if (!in_text && (c == '{' || c == '['))
            depth++;
        else if (!in_text && (c == '}' || c == ']') && --depth < 2)
            return; /* the list has ended */
        else if (!in_text && c == ',' && depth == 2)
            before++;
    }
    if (depth >= 3)
        snprintf(ret, BODY_PLACE, "%s[%d]", list, before);
}

/* Whether a text begins as an object whose first field is the list. */
static bool begins_with_list(const char *text, const char *list)
{
    size_t length = strlen(list);
    text += strspn(text, blanks);
    if (*text++ != '{')
        return false;
    text += strspn(text, blanks);
    if (*text != '"' || strncmp(text + 1, list, length) != 0 || text[length + 1] != '"')
        return false;
    text += length + 2;
    text += strspn(text, blanks);
    if (*text++ != ':')
        return false;
    return text[strspn(text, blanks)] == '[';
}

bool body_read(struct call *call, const char *list, struct body *ret)
{
    json_error_t err;
    char place[BODY_PLACE] = "body";
    *ret = (struct body){.rest = call->body ? call->body : "", .arena = call->arena};
    ret->root = json_loadb(ret->rest, call->body_length, JSON_REJECT_DUPLICATES, &err);
    if (ret->root)
        return true;
    if (strspn(ret->rest, blanks) == call->body_length)
        return problem_invalid(call->problem, place, NULL, "is empty: expected JSON");
    if (begins_with_list(ret->rest, list))
        place_of(ret->rest, (size_t)err.position, list, place);
    return problem_invalid(call->problem, place, NULL, "%s, at line %d, column %d of the body",
                           reason_of(&err), err.line, err.column);
}

void body_release(struct body *body)
{
    json_decref(body->root);
    body->root = NULL;
}

/* The next number of the text, which is known to be JSON. */
static const char *next_number(struct body *body)
{
    const char *at = body->rest;
    for (bool in_text = false; in_text || !strchr("-0123456789", *at); at++) {
        if (*at == '"')
            in_text = !in_text;
        else if (in_text && *at == '\\')
            at++;
    }
    size_t length = strspn(at, "-+.eE0123456789");
    body->rest = at + length;
    return arena_text(body->arena, at, length);
}

const char *body_text(struct body *body, json_t *value, bool number)
{
    if (number && json_is_number(value))
        return next_number(body);
    body_pass(body, value);
    return json_string_value(value);
}

void body_pass(struct body *body, json_t *value)
{
    if (json_is_number(value))
        next_number(body);
    for (size_t i = 0; i < json_array_size(value); i++)
        body_pass(body, json_array_get(value, i));
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at))
        body_pass(body, json_object_iter_value(at));
}

bool body_refuse(struct problem *problem)
{
    if (problem->n_invalid == 0 || problem->kind != PROBLEM_BAD_REQUEST)
        return false;
    return problem_set(problem, PROBLEM_BAD_REQUEST,
                       "%zu%s field%s of the body can not be used: see `invalid`",
                       problem->n_invalid, problem->n_invalid == INVALID_MAX ? " or more" : "",
                       problem->n_invalid == 1 ? "" : "s");
}
