/* Reading the answers of EasyData, the State Bank of Pakistan's interface to its time series: one series, as JSON or as
 * CSV, saved or just downloaded.
 *
 * JSON is {"columns": [names], "rows": [[cells]]}, CSV has the same names in its header; rows come newest first, numbers
 * as text, a missing value as empty or null, a month as its last day. Names differ between data sets ("Status",
 * "Observation Status"), so that columns are found by name, never by place. What is not as it should be is refused
 * whole: another series, another unit, a month twice or still to come, dates that are no ends of months or not monthly.
 *
 * The number of decimals is taken for the precision: "365.4" is rounded to a tenth. Trailing zeros are not printed, so
 * that some figures are finer than is known; none is coarser. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exportstat/base/amount.h"
#include "exportstat/base/arena.h"
#include "exportstat/base/date.h"
#include "exportstat/base/error.h"

enum {
    EASYDATA_ROWS_MAX = 10000,
    EASYDATA_KEY_MAX = 80, /* bytes of a series key */
    EASYDATA_NOTE_MAX = 200,
};

struct easydata_row {
    int32_t month;
    amount value;
    amount precision;
    const char *note; /* what it says of the figure: provisional, revised, a comment; or empty */
};

struct easydata {
    const char *name; /* of the series */
    const char *unit;
    const struct easydata_row *rows; /* by month */
    size_t n;
    size_t n_missing; /* months without a value */
};

/* Letters, digits, '_', '.' and '-', such as TS_GP_BOP_XMGS_M.P00120. */
bool easydata_key_valid(const char *key);

/* Reads an answer of a day about the series of a key; key NULL: of whatever one series it is about. Texts live in the
 * arena. On failure, an ERROR_INPUT that names the row. */
bool easydata_read(struct arena *arena, const char *bytes, size_t length, const char *key,
                   date answered, struct easydata *ret, struct error *reterr);

/* Whether two names of units mean the same: "Million USD" and "USD million". */
bool easydata_unit_is(const char *unit, const char *other);
