#include "body.h"

#include <string.h>

bool body_read(struct call *call, struct body *ret)
{
    json_error_t err;
    *ret = (struct body){.rest = call->body ? call->body : "", .arena = call->arena};
    ret->root = json_loadb(ret->rest, call->body_length, JSON_REJECT_DUPLICATES, &err);
    return ret->root || problem_invalid(call->problem, "body", NULL,
                                        "is not the JSON that is expected: line %d, column %d: %s",
                                        err.line, err.column, err.text);
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
