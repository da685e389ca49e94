/* Parameters: one table of all there are, strict reading, and the canonical form.
 *
 * A parameter has the same name, meaning and limits wherever it is taken. The table drives validation,
 * suggestions, canonical keys and the comparison with openapi.yaml. */
#pragma once

#include "exportstat/api/problem.h"
#include "exportstat/base/amount.h"
#include "exportstat/base/arena.h"
#include "exportstat/base/period.h"
#include "exportstat/base/text.h"

enum param {
    PARAM_PERIOD, /* in the path */
    PARAM_SERIES_ID,
    PARAM_SOURCE_ID,
    PARAM_CLAIM_ID,
    PARAM_IMPORT_ID,
    PARAM_SERIES,
    PARAM_SERIES_FILTER,
    PARAM_WORDS, /* named `q` */
    PARAM_OF,
    PARAM_SOURCE,
    PARAM_PERIOD_FILTER,
    PARAM_PUBLISHER,
    PARAM_AUTHORITY,
    PARAM_KIND,
    PARAM_CHANGE, /* also named `kind` */
    PARAM_SINCE,
    PARAM_VERDICT,
    PARAM_METRIC,
    PARAM_BASIS,
    PARAM_FY,
    PARAM_TARGET,
    PARAM_LEVEL,
    PARAM_METHOD,
    PARAM_THRESHOLD,
    PARAM_FROM,
    PARAM_TO,
    PARAM_LAST,
    PARAM_FREQUENCY,
    PARAM_TRANSFORM,
    PARAM_AS_OF,
    PARAM_RELEASE,
    PARAM_ORDER,
    PARAM_FEED_ORDER, /* where there is a feed: no default, since a feed begins with the newest */
    PARAM_LIMIT,      /* of rows of periods: no default */
    PARAM_PAGE,       /* the same elsewhere: 100 */
    PARAM_AFTER_PERIOD,
    PARAM_AFTER,
    PARAM_DECIMALS,
    PARAM_EXPLAIN,
    PARAM_DRY_RUN,
    PARAM_SIZE,
    PARAM_THEME,
    PARAM_FORMAT,
    PARAM_FEED_FORMAT,  /* the same where there is a feed */
    PARAM_CITED_FORMAT, /* the same where there are citations */
    PARAMS,
};

enum param_type {
    TYPE_PERIOD,      /* any period */
    TYPE_FISCAL_YEAR, /* FY2026 */
    TYPE_DATE,        /* a day, or a month meaning its last day */
    TYPE_SINCE,       /* the same, or a generation, which is a number from min to max */
    TYPE_NUMBER,      /* a whole number from min to max */
    TYPE_AMOUNT,
    TYPE_AMOUNTS, /* a list of at most max, separated by commas */
    TYPE_ID,
    TYPE_IDS,  /* a list of at most max, separated by commas */
    TYPE_TEXT, /* up to max bytes */
    TYPE_CHOICE,
};

struct param_info {
    const char *name;
    enum param_type type;
    bool in_path;
    int64_t min;
    int64_t max;
    const char *const *choices;
    const char *const *synonyms; /* of the choices, one by one; or NULL */
    const char *standard;        /* the default, as it would be written; NULL where there is none */
};

extern const struct param_info params[PARAMS];

/* What answers can be had as. The name is also what the path may end in: ".csv", ".atom",
 * ".bibtex". */
enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_ATOM, FORMAT_BIBTEX, FORMAT_CSL, FORMATS };
extern const char *const format_names[];

enum { ORDER_ASC, ORDER_DESC };

enum {
    SERIES_MAX = 20,
    THRESHOLDS_MAX = 20,
    ROWS_MAX = 10000,
    QUERY_PAIRS_MAX = 64,
    QUERY_BYTES_MAX = 2048,
    GENERATION_MAX = INT32_MAX,
    PARAM_LIST_MAX = 20, /* the most parameters that a route takes */
};

struct arg {
    bool given;     /* or filled with its default */
    int64_t number; /* also the index of a choice; of TYPE_SINCE, 0 where it is a date */
    date day;
    struct period period;
    const char *text;
    const char *const *texts;
    const amount *amounts;
    size_t n;
};

struct args {
    struct arg v[PARAMS];
};

/* One pair of a query, as it was sent, percent-encoded. */
struct query_pair {
    const char *name;
    size_t name_length;
    const char *value; /* NULL where there was no '=' */
    size_t value_length;
};

/* Reads a query into args, with defaults filled in, for a route that takes the listed parameters (ended by
 * PARAMS). Every fault is named in the problem; false where there is any. */
bool params_read(struct arena *arena, const enum param *taken, const struct query_pair *pairs,
                 size_t n, struct args *args, struct problem *problem);

/* Reads one value, such as one from a path; the text is decoded already. */
bool param_read(struct arena *arena, enum param param, const char *text, size_t length,
                struct arg *ret, struct problem *problem);

/* Adds "name=value&…" for every argument that is given and is not its default, in the order of the table,
 * in canonical form; `except` is left out (PARAMS: none). */
void params_write(struct buffer *to, const enum param *taken, const struct args *args,
                  enum param except);
