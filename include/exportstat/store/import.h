/* Adding rows: batches of CSV files, all or nothing.
 *
 * A file's kind is known by its header, which has exactly the columns of one of the bundled files, in any
 * order. All files of a batch are one transaction, read in the order series, sources, reports, claims,
 * rulings, so that they may refer to one another in any order on the command line.
 *
 * Facts are only added. A row that is already there is skipped and counted; one that says
 * otherwise than what is there under the same key is refused, and the stored one is named. A note or reason in
 * other words is no other fact. */
#pragma once

#include <stdio.h>

#include "exportstat/base/embedded.h"
#include "exportstat/base/text.h"
#include "exportstat/store/store.h"

enum import_kind {
    IMPORT_SERIES,
    IMPORT_SOURCES,
    IMPORT_REPORTS,
    IMPORT_CLAIMS,
    IMPORT_RULINGS,
    IMPORT_KINDS,
};

/* "series", "sources", …: the names of the bundled files without ".csv". */
extern const char *const import_kind_names[];

enum {
    IMPORT_COLUMNS_MAX = 9, /* of a kind */
    IMPORT_FILES_MAX = 64,
    IMPORT_FAULTS_MAX = 20, /* faulty rows that are named before a batch is given up */
};

struct import_file {
    const char *name; /* for messages */
    FILE *file;       /* stays the caller's */
};

/* What became of a batch. */
enum import_outcome {
    IMPORT_MADE,
    IMPORT_NOTHING_NEW, /* all of its rows are there, by no import of just these bytes */
    IMPORT_REPEATED,    /* all of its rows are there, by an import of just these bytes */
    IMPORT_ANSWERED,    /* its key came before, with the same bytes: no row was looked at */
    IMPORT_KEY_TAKEN,   /* its key came before, with other bytes: no row was looked at */
    IMPORT_CHECKED,     /* it was a dry run: nothing is stored */
};

struct import_result {
    enum import_outcome outcome;
    int64_t import; /* the number of the one that was made, or was there before; 0: there is none */
    int64_t generation;
    int64_t added[IMPORT_KINDS];
    int64_t skipped[IMPORT_KINDS];
};

/* A field that will not do. */
struct import_fault {
    enum import_kind kind;
    long row;           /* of the file: 1 is the first after the header */
    long line;          /* where the row begins; the header's is 1 */
    const char *column; /* NULL: the row as a whole */
    const char *value;  /* what stands there, cut to a length that can be shown */
    const char *reason;
};

/* What goes with a batch; zeroed, it is one of the command line. */
struct import_terms {
    /* Called every so many rows of a file, and with 0 where what is left is an index of them all; NULL: never. */
    void (*progress)(void *context, const struct import_file *file, int64_t rows);
    /* Called for each fault, beside the lines of text; NULL: never. */
    void (*told)(void *context, const struct import_fault *fault);
    void *context;
    int faults_max;    /* faulty rows that are named; 0: IMPORT_FAULTS_MAX */
    bool dry_run;      /* check all, store nothing */
    const char *token; /* the name of the token that it came with; NULL: none */
    const char *key;   /* of the token's: the same key again is the same batch again; NULL: none */
    const char *bytes; /* what came with the token, so that it is known again */
    size_t length;
};

/* Imports a batch into a store opened for writing. On failure nothing is changed, and *ret_faults has one line for
 * each faulty field, where rows were at fault. Once it has succeeded, it is on the disk. */
bool store_import(struct store *store, const struct import_file *files, size_t n,
                  const struct import_terms *terms, struct import_result *ret,
                  struct buffer *ret_faults, struct error *reterr);

/* The columns of a kind, in the order of the bundled files; NULL-terminated. */
const char *const *import_columns(enum import_kind kind);

/* A file of claims to be looked at has at most so many: they are all kept in memory. */
enum { CLAIMS_OF_FILE_MAX = 100000 };

/* Reads the claims of a file and stores nothing: they are checked as for an import, no id may stand twice, and their
 * series and sources have to be in the store, open for reading and in a read transaction. Faults are told as by
 * store_import. */
bool store_read_claims(struct store *store, struct arena *arena, const struct import_file *file,
                       struct claim_list *ret, struct buffer *ret_faults, struct error *reterr);

/* Fills a store without any import with the bundled data, unless store_without_bundle was said of it, or replaces an older bundle by this one, in one
 * transaction; rows that others have added stay. `bundle` has the five files, VERSION and sha256.
 * ret->import is 0 where there was nothing to do. */
bool store_bundle(struct store *store, const struct embedded *bundle, struct import_result *ret,
                  struct error *reterr);

/* Notes that a store without any import is never to be filled with bundled data. *ret_kept is false where the
 * store has imports already, and stays as it is. */
bool store_without_bundle(struct store *store, bool *ret_kept, struct error *reterr);

/* Writes all rows of a kind as CSV that can be imported again, in a fixed order. */
bool store_export(struct store *store, enum import_kind kind, FILE *out, struct error *reterr);

/* Looks for damage: the database's own checks, then every invariant of the data. Adds one line for each
 * finding; *ret_findings counts them. */
bool store_check(struct store *store, struct buffer *out, int *ret_findings, struct error *reterr);
