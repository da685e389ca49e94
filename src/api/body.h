/* JSON that a request brings along. Part of the api.
 *
 * jansson reads it, and makes binary numbers of decimal ones; a figure has to stay what it was. So numbers are
 * taken as they are written: whoever reads a document goes through all of its values in their order, and each
 * number is the next one of the text. */
#pragma once

#include <jansson.h>

#include "call.h"

struct body {
    json_t *root;
    const char *rest; /* of the text, from where the next number is looked for */
    struct arena *arena;
};

enum { BODY_PLACE = 32 };

/* Reads the body of the request. False where the problem says what is not JSON, and where: in the body, or in an item
 * of the list that is its first field. To be released. */
bool body_read(struct call *call, const char *list, struct body *ret);
void body_release(struct body *body);

/* A text; or a number as it is written, where `number` is set. NULL where the value is neither. */
const char *body_text(struct body *body, json_t *value, bool number);

/* Passes over a value and all inside of it. */
void body_pass(struct body *body, json_t *value);

/* Says of a problem that what it names are fields of the body; returns false. */
bool body_refuse(struct problem *problem);
