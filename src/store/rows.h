/* Rows of the five kinds of files: their columns, their checks, their statements. Part of import. */
#pragma once

#include "exportstat/store/csv.h"
#include "exportstat/store/import.h"
#include "sql.h"

enum row_outcome {
    ROW_ADDED,
    ROW_SKIPPED, /* an identical row is there */
    ROW_FAULTY,  /* named in the faults */
    ROW_FAILED,  /* the database failed: give up */
};

/* Statements of a batch. */
enum row_sql {
    ROW_SERIES_NUMBER,
    ROW_SOURCE_NUMBER,
    ROW_ADD,
    ROW_STORED,
    ROW_STATEMENTS,
};

/* The series that a batch adds, or adds reports or rulings of, by their numbers. */
struct touched {
    bool *is;
    size_t room;
};

/* One file being read. */
struct rows {
    struct store *store;
    enum import_kind kind;
    struct csv csv;
    size_t column[IMPORT_COLUMNS_MAX]; /* where each column of the kind stands in the file */
    sqlite3_stmt *statement[ROW_STATEMENTS];
    int64_t import;
    bool is_bundle;
    const struct import_terms *terms; /* NULL: none */
    struct buffer *faults;
    int faults_max;        /* rows at fault after which it is enough */
    struct buffer *places; /* where series were read that are part of others */
    struct touched *touched;
    int n_faults;     /* rows at fault in the batch, whatever the number of their faulty fields */
    long faulty_line; /* the last of them */
    int64_t added;
    int64_t skipped;       /* as identical ones are there */
    bool is_index_dropped; /* of reports, until rows_end */
    char series_unit[128]; /* of the series looked up last */
    struct looked_up *looked_up;
    struct ahead *ahead; /* who reads the file, where it is not read here */
    struct error *reterr;
};

/* The bytes of a file, where it is a regular one; 0 of a pipe, or of bytes in memory. */
int64_t rows_bytes(FILE *file);

/* Reads the header and finds the kind; faults are in *reterr. */
bool rows_header(struct rows *rows);

/* Prepares the statements of the kind. */
bool rows_prepare(struct rows *rows);

/* Reads, checks and adds the next rows, until there are `max` of them, too many at fault, or no more in the file.
 * False where reading or the database failed. */
bool rows_add(struct rows *rows, int64_t max, bool *ret_end);

/* Makes the index of the rows that have come, where is_index_dropped says that there is none: it takes a third of the time
 * that the rows took. */
bool rows_end(struct rows *rows);

/* A field of the current row, by the column's place in the kind. */
const char *row_field(const struct rows *rows, size_t column);
size_t row_length(const struct rows *rows, size_t column);
size_t row_columns(const struct rows *rows);
const char *row_column_name(const struct rows *rows, size_t column);

/* Tells a fault: by a line of text, and to whom the terms name. */
void fault_tell(const struct import_terms *terms, struct buffer *faults, const char *file,
                const struct import_fault *fault);

/* Whether the current row is one; it has been told where it is not. */
bool row_whole(struct rows *rows);

/* Names the file, line and column of a faulty field, what stands there, and why it will not do; returns
 * false. */
bool row_fault(struct rows *rows, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void rows_release(struct rows *rows);
