/* Writing answers: one description of an answer, as JSON or as CSV.
 *
 * An endpoint says everything once, field by field. As JSON all of it is written. As CSV only the fields of
 * rows are, those that stand among the columns; what is outside of rows, and objects inside of them, is left
 * out. Amounts come out exactly whatever `decimals` is, ratios rounded to it. */
#pragma once

#include "exportstat/base/amount.h"
#include "exportstat/base/date.h"
#include "exportstat/base/text.h"

enum { OUT_COLUMNS_MAX = 24 };

struct out {
    struct buffer *to;
    bool csv;
    int decimals; /* of ratios and real numbers */
    bool comma;   /* a value has been written in the open object or array */
    /* CSV only: */
    const char *series; /* fills the column `series` */
    const char *const *columns;
    size_t n_columns;
    bool header_written;
    bool in_row;
    int depth; /* of objects and arrays inside the row */
    struct buffer cells;
    size_t cell_start[OUT_COLUMNS_MAX];
    size_t cell_length[OUT_COLUMNS_MAX];
};

/* Objects and arrays; key is NULL for an element of an array and for the root. */
void out_object(struct out *out, const char *key);
void out_object_end(struct out *out);
void out_array(struct out *out, const char *key);
void out_array_end(struct out *out);

/* An array of rows, each on a line of its own; the columns are those of the CSV, NULL-terminated. Where the
 * same rows come for several series, the CSV goes on under its one header. */
void out_rows(struct out *out, const char *key, const char *const *columns);
void out_row(struct out *out);
void out_row_end(struct out *out);
void out_row_written(struct out *out, const char *bytes,
                     size_t length); /* JSON alone, from { to } */
void out_rows_end(struct out *out);

void out_text(struct out *out, const char *key, const char *text); /* NULL: null */

/* A name of ours, an identifier, a period or a date: printable ASCII without quote and backslash, which needs no look. */
void out_name(struct out *out, const char *key, const char *name);
void out_integer(struct out *out, const char *key, int64_t value);
void out_boolean(struct out *out, const char *key, bool value);
void out_null(struct out *out, const char *key);
void out_amount(struct out *out, const char *key, amount value);
void out_ratio(struct out *out, const char *key, struct ratio value);

/* The ends of an interval, rounded down and up, so that what is written contains the exact one. */
void out_low(struct out *out, const char *key, struct ratio value);
void out_high(struct out *out, const char *key, struct ratio value);

void out_real(struct out *out, const char *key, double value);

/* What was computed at length in floating point: of a real number as many digits as are the same everywhere, so
 * with less decimals where there are more digits before the point. */
enum { ESTIMATE_DIGITS = 10 };
void out_estimate(struct out *out, const char *key, double value);

/* As many decimals, DECIMALS_MAX at most, as make so many digits. */
int decimals_for(double value, int digits);

void out_date(struct out *out, const char *key, date value);

/* Names as an array; joined by ';' in CSV. */
void out_names(struct out *out, const char *key, const char *const *names, size_t n);

/* A document that is there already, written as it is. */
void out_raw(struct out *out, const char *bytes, size_t length);

/* Ends the document with a line end. */
void out_end(struct out *out);
void out_release(struct out *out);
