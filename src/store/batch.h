/* One batch of rows on its way into the store, inside a transaction. Part of import. */
#pragma once

#include "rows.h"

struct batch {
    struct store *store;
    const struct import_terms *terms;
    int64_t import;
    bool is_bundle;
    struct import_result *result;
    struct buffer *faults;
    int n_faults;         /* rows */
    struct buffer places; /* of series that are part of others: "\nid\trow\tfile:line" each */
    struct touched touched;
    struct error *reterr;
};

/* Adds the row of the import itself, so that the others can refer to it. Of what came with a token, `digest` is that
 * of its bytes. */
bool batch_begin(struct batch *batch, const char *version, const char *digest);

/* Reads every file's header, then the files in the order of their kinds. */
bool batch_files(struct batch *batch, const struct import_file *files, size_t n);

/* Completes the row of the import and makes the new generation; what is left is to commit. */
bool batch_end(struct batch *batch);

int64_t batch_added(const struct import_result *result);

void roll_back(struct store *store);

/* Writes the log back into the file, so that the next start finds it short; a reader may prevent it, and is not
 * waited for. */
void checkpoint(struct store *store);
