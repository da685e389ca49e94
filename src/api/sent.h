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
    bool is_nothing; /* no object, which has been told */
    bool has[FIELDS];
    const char *text[FIELDS]; /* NULL: not there, or of another type, which has been told */
    struct period period;
    struct claim claim;
    const char *unit;
};

struct sent_reader {
    struct call *call;
    struct audit_desk desk;
    struct body body;
};

/* Takes the fields out of a JSON value. Here and below, false where something is wrong; all of it stands in
 * the problem by then. */
bool sent_read(struct sent_reader *reader, struct sent *sent, json_t *value);

/* Works out what the fields mean: `period`, `claim` and `unit`. */
bool sent_understand(struct sent_reader *reader, struct sent *sent);
