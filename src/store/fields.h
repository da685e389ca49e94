/* Reading the fields of a row: each names its fault, and returns false. Part of import. */
#pragma once

#include "rows.h"

enum {
    TEXT_MAX = 1000,
    NAME_MAX = 100,
    URL_MAX = 2000,
};

enum {
    CLAIM_ID,
    CLAIM_SOURCE,
    CLAIM_SERIES,
    CLAIM_METRIC,
    CLAIM_PERIOD,
    CLAIM_VALUE,
    CLAIM_UNIT,
    CLAIM_PRECISION,
    CLAIM_STATEMENT,
};

/* What report, claim and ruling rows share. */
struct statement_row {
    int64_t series;
    int64_t source;
    int fiscal_year_start; /* of the series */
    struct span span;
    char period[PERIOD_TEXT];
    amount value;
    amount precision;
    date ruled;
};

/* Reads the columns that reports, claims and rulings share; -1 as `source` where there is none. False where the database
 * failed; where the row is at fault, *ret_ok is false. */
bool read_statement(struct rows *rows, size_t series, size_t period, size_t value, size_t precision,
                    int source, struct statement_row *row, bool *ret_ok);

/* A row whose key is taken: skipped where the stored value and precision are the same, else at fault. What others have
 * added stands against a newer bundle. */
enum row_outcome compare_amounts(struct rows *rows, const struct statement_row *row, amount value,
                                 amount precision, size_t column);

/* Notes that a series is new, or gets a report or a ruling. */
void touch(struct rows *rows, int64_t series);

/* Runs the bound addition of a row; *ret_added is false where the key is taken. */
bool try_add(struct rows *rows, bool *ret_added);

/* One row of claims or rulings. */
enum row_outcome add_claim(struct rows *rows);
enum row_outcome add_ruling(struct rows *rows);

/* What rows_prepare and rows_add do where the kind is reports. */
bool reports_prepare(struct rows *rows);
bool reports_add(struct rows *rows, int64_t max, bool *ret_end);

/* Checks a row of claims. False where the database failed; where the row is at fault, *ret_ok is false. */
bool claim_check(struct rows *rows, struct statement_row *row, bool *ret_ok);

bool check_choice(struct rows *rows, size_t column, const char *const *names);
bool check_id(struct rows *rows, size_t column);

/* A text of min to max bytes without what text_find_control finds. */
bool check_text(struct rows *rows, size_t column, size_t min, size_t max);

bool read_amount(struct rows *rows, size_t column, amount *ret);

/* An amount above zero. */
bool read_precision(struct rows *rows, size_t column, amount *ret);
bool read_date(struct rows *rows, size_t column, date *ret);

/* A whole number from 1 to max. */
bool read_number(struct rows *rows, size_t column, int64_t max, int64_t *ret);

/* A series or source that was looked up: the rows of a file name few of them, again and again. */
struct looked_up {
    enum row_sql which;
    char id[IDENTIFIER_MAX + 1]; /* empty: nothing is kept here */
    int64_t number;
    int start; /* of the fiscal year of a series, and its unit */
    char unit[sizeof((struct rows *)0)->series_unit];
};

/* Finds the series or source that the current row names; it is there until the next one is looked up. False where the
 * database failed; where there is none, *ret is NULL and the fault is named. */
bool look_up(struct rows *rows, enum row_sql which, size_t column, const struct looked_up **ret);
