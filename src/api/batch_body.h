/* The batch of rows that a request brings along. Part of the api. */
#pragma once

#include "call.h"
#include "exportstat/store/import.h"

struct batch_body {
    struct import_file files[IMPORT_KINDS];
    size_t n_files;
    struct buffer texts[IMPORT_KINDS]; /* the rows of JSON as CSV, which is what the store reads */
    bool is_json;
};

/* Reads the body: one file of CSV, whose header tells the kind, or an object of JSON with lists of rows under the names
 * of the kinds. False where the problem says what is wrong, and where. To be released in either case. */
bool batch_body_read(struct call *call, struct batch_body *ret);
void batch_body_release(struct batch_body *batch);

/* Names a fault that the store has found, by its place in the body: "reports[2].value", or "line 4, value". */
void batch_body_fault(struct call *call, const struct batch_body *batch,
                      const struct import_fault *fault);
