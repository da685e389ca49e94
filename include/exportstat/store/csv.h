/* Reading CSV (RFC 4180) row by row, in memory bounded by the longest row.
 *
 * Lines end in LF or CRLF; a byte order mark is passed over. A file that is not UTF-8, has a stray quote, a
 * row of more or fewer fields than its header, or a last line without an end (it may be cut off) is
 * refused, with the line; or, of what has an end, that row alone. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "exportstat/base/error.h"
#include "exportstat/base/text.h"

enum {
    CSV_FIELDS_MAX = 32,
    CSV_ROW_MAX = 64 * 1024, /* bytes */
};

struct csv {
    FILE *file;
    const char *name; /* for messages */
    long line;        /* where the current row began */
    long next_line;
    long row_number; /* 0 is the header */
    size_t n;        /* fields of the current row */
    size_t columns;  /* of the header; 0 before it is read */
    bool is_plain;   /* whether the current row is of ASCII without NUL */
    bool goes_on;    /* past rows that end, but are at fault: then csv_next succeeds, and … */
    char fault[80];  /* … says here what is wrong with the current one; empty: nothing */
    struct buffer row;
    size_t start[CSV_FIELDS_MAX + 1]; /* where each field begins; start[n] is the end */
};

/* Reads the next row; *ret_end is set where there is none. */
bool csv_next(struct csv *csv, bool *ret_end, struct error *reterr);

/* A field of the current row, with an end. */
const char *csv_field(const struct csv *csv, size_t i);
size_t csv_length(const struct csv *csv, size_t i);

/* Releases the row; the file is the caller's. */
void csv_release(struct csv *csv);
