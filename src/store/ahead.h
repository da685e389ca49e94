/* Rows of reports, read ahead: a long file is split into fields, and what they say worked out, on a thread of its own, so
 * that who adds them to the database waits for neither. Part of import. */
#pragma once

#include "fields.h"

/* The columns of a file of reports. */
enum {
    REPORT_SERIES,
    REPORT_PERIOD,
    REPORT_VALUE,
    REPORT_PRECISION,
    REPORT_SOURCE,
    REPORT_NOTE,
    REPORT_COLUMNS
};

/* What a row of reports says, as far as that is known without the database. */
struct report_fields {
    bool is_right; /* else nothing of this counts: the fields at fault are yet to be named */
    struct period period;
    char period_text[PERIOD_TEXT];
    amount value;
    amount precision;
};

/* Works out what the current row says; `column` tells where each column stands in the file. */
void report_read(const struct csv *csv, const size_t column[static REPORT_COLUMNS],
                 struct report_fields *ret);

struct ahead;

/* Goes on with a file from where *csv is, on a thread. Until ahead_end the file is the thread's, and *csv shows the row
 * that ahead_next came to. NULL where no thread can be had: then nothing has changed. */
struct ahead *ahead_begin(struct csv *csv, const size_t column[static REPORT_COLUMNS]);

/* As csv_next, with what the row says. */
bool ahead_next(struct ahead *ahead, struct csv *csv, struct report_fields *ret, bool *ret_end,
                struct error *reterr);

/* Ends the thread wherever it is; *csv has no row any more. NULL: nothing to do. */
void ahead_end(struct ahead *ahead, struct csv *csv);
