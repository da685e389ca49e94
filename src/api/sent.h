/* A claim that a caller sends: its fields as JSON, and what they mean. Part of the api. */
#pragma once

#include "body.h"
#include "desk.h"

enum sent_field {
    FIELD_SERIES,
    FIELD_METRIC,
    FIELD_PERIOD,
    FIELD_VALUE,
    FIELD_PRECISION,
    FIELD_UNIT,
    FIELD_PUBLISHED,
    FIELDS,
};

struct sent {
    char within[32]; /* where it stands: "claims[3]"; empty: the claim is the whole body */
    bool has[FIELDS];
    const char *text[FIELDS]; /* NULL: not there, or of another type, which has been told */
    struct period period;
    struct claim claim;
    char unit[UNIT_TEXT];
};

struct sent_reader {
    struct call *call;
    struct audit_desk desk;
    struct body body;
};

/* Takes the fields out of a JSON value, which is the next one of the body, and works out what they mean: `period`,
 * `claim` and `unit`. The desk has the series that it names. False where something is wrong; all of it stands in the
 * problem by then, in the order of the body. */
bool sent_read(struct sent_reader *reader, struct sent *sent, json_t *value);
