/* The record of imports, and taking one out again.
 *
 * An import and its reversal stay on record for good. What it brought leaves: its rows, and no others. */
#pragma once

#include "exportstat/store/import.h"

struct import_info {
    int64_t number;
    bool is_bundle;
    const char *token;   /* whose it is; NULL: of the bundle or the command line */
    const char *key;     /* the Idempotency-Key it came with; NULL: none */
    int64_t imported_at; /* seconds since 1970-01-01 UTC */
    int64_t generation;
    int64_t added[IMPORT_KINDS];
    int64_t skipped;             /* rows that were there already */
    int64_t reverted_at;         /* 0: its rows are there */
    const char *reverted_by;     /* the token; NULL where it is not reverted */
    int64_t reverted_generation; /* the first one without its rows */
};

struct import_list {
    const struct import_info *at;
    size_t n;
    int64_t total;
};

/* Imports by their numbers, those behind `after` (0: from the first or last on), `limit` at most. */
bool store_imports(struct store *store, struct arena *arena, int64_t after, bool descending,
                   int64_t limit, struct import_list *ret, struct error *reterr);

/* One of them; ERROR_NOT_FOUND where there is none of that number. */
bool store_import_find(struct store *store, struct arena *arena, int64_t number,
                       struct import_info *ret, struct error *reterr);

enum revert_outcome {
    REVERT_MADE,
    REVERT_AGAIN,  /* it was reverted before: nothing changes */
    REVERT_BUNDLE, /* the bundle can only be replaced by another one */
    REVERT_NEEDED, /* rows of another import refer to its rows */
};

struct revert_result {
    enum revert_outcome outcome;
    int64_t generation; /* the first one without its rows */
    int64_t by;         /* REVERT_NEEDED: the import whose rows refer to its rows … */
    const char *what;   /* … and which they are: "reports of a source", … */
};

/* Takes the rows of an import out of a store opened for writing, in the name of a token. ERROR_NOT_FOUND where there
 * is none of that number. Once it has succeeded, it is on the disk. */
bool store_revert(struct store *store, int64_t number, const char *token, struct revert_result *ret,
                  struct error *reterr);
