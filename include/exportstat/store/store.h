/* The one door to the data: an SQLite database of facts and decisions.
 *
 * A struct store is one connection, used by one thread at a time. What is read goes to the caller's arena and
 * stays valid after the connection has moved on. Nothing of SQLite shows here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exportstat/base/arena.h"
#include "exportstat/base/error.h"
#include "exportstat/stats/report.h"

enum store_mode {
    STORE_READ,  /* the file must exist and be of this program's schema version */
    STORE_WRITE, /* the file is made where missing, and may be of an older version until migrated */
    STORE_CHANGE, /* the same, but the file must exist */
};

enum {
    STORE_ID_TEXT = 33,
    IDENTIFIER_MAX = 64, /* bytes of a series or source id */
    CLAIM_ID_MAX = 160,
};

struct store;

/* What identifies an answer's data. */
struct store_state {
    char id[STORE_ID_TEXT];
    int64_t generation;
    int64_t changed_at; /* seconds since 1970-01-01 UTC */
};

/* Opens a database. Refuses one that is damaged, of another program, or of a newer version. */
bool store_open(const char *path, enum store_mode mode, struct store **ret, struct error *reterr);
void store_close(struct store *store); /* NULL is fine */

/* Whether the file that was opened is not what stands under its path any more: it was deleted, moved or replaced. */
bool store_moved(struct store *store);

/* Brings the schema to this program's version; each migration is one transaction. */
bool store_migrate(struct store *store, int *ret_applied, struct error *reterr);
int store_schema_version(void); /* of this program */

/* A read transaction: everything read until store_end is of the state returned. */
bool store_begin(struct store *store, struct store_state *ret, struct error *reterr);
void store_end(struct store *store);

/* A number that changes when another connection has committed. */
bool store_data_version(struct store *store, int64_t *ret, struct error *reterr);

struct series_info {
    int64_t number; /* inside this store alone */
    const char *id;
    const char *title;
    const char *description;
    const char *unit;
    const char *aggregation;
    bool adds_up; /* a flow: aggregation is "sum", and a year is the sum of its months */
    int fiscal_year_start;
    const char *part_of; /* NULL where of none */
    bool is_default;
    int64_t
        changed; /* the generation in which it, or reports or rulings of it, came or went last */
};

struct series_list {
    const struct series_info *at;
    size_t n;
    int64_t total; /* of the filter, whatever the page */
};

struct source_info {
    int64_t number;
    const char *id;
    const char *publisher;
    const char *title;
    const char *url;
    const char *published; /* as written: a day or a month */
    date published_day;
    const char *date_basis;
    const char *kind;
    int authority;
    int64_t n_reports;
    int64_t n_claims;
};

struct source_list {
    const struct source_info *at;
    size_t n;
    int64_t total; /* of the filter, whatever the page */
};

/* A report as it came, for listings. */
struct report_row {
    const char *source;
    const char *series;
    const char *period;
    struct span span;
    amount value;
    amount precision;
    const char *publisher;
    const char *published;
    int authority;
    const char *note;
};

struct report_list {
    const struct report_row *at;
    size_t n;
    int64_t total;
};

struct claim_row {
    int64_t number; /* in this store */
    const char *id;
    const char *source;
    const char *series;
    const char *metric;
    const char *period;
    struct span span;
    amount value;
    const char *unit;
    amount precision;
    const char *published; /* of its source */
    date published_day;
    const char *statement;
};

struct claim_filter {
    date as_of;
    const char *series; /* each NULL: any */
    const char *source;
    const char *metric;
    struct span within;  /* periods that lie inside these months */
    struct span exactly; /* this period alone, unless `last` is 0 */
};

struct claim_list {
    const struct claim_row *at;
    size_t n;
};

/* The series of an id, or the default series where id is NULL; ERROR_NOT_FOUND where there is none. */
bool store_series(struct store *store, struct arena *arena, const char *id, struct series_info *ret,
                  struct error *reterr);

struct series_filter {
    /* Each of them begins a word of the id, the title or the description, whatever its case and accents; what is
     * neither letter nor digit parts words. NULL: any series. */
    const char *words;
    const char *after; /* the id where the page before ended; NULL: from the start */
    bool descending;
    int64_t limit;
};

/* Series in the order of their ids. */
bool store_series_list(struct store *store, struct arena *arena, const struct series_filter *filter,
                       struct series_list *ret, struct error *reterr);

/* Everything ever said about a series, ordered as struct evidence asks. */
bool store_evidence(struct store *store, struct arena *arena, const struct series_info *series,
                    struct evidence *ret, struct error *reterr);

/* The same of what the imports up to a generation have brought. What has been taken out since, such as the
 * rows of a bundle that another one has replaced, is not known any more. */
bool store_evidence_then(struct store *store, struct arena *arena, const struct series_info *series,
                         int64_t generation, struct evidence *ret, struct error *reterr);

/* A source by its id; ERROR_NOT_FOUND where there is none. */
bool store_source(struct store *store, struct arena *arena, const char *id, struct source_info *ret,
                  struct error *reterr);

struct source_filter {
    date as_of;
    const char *publisher; /* NULL: any */
    int authority;         /* 0: any */
    bool descending;
    const struct source_info
        *after; /* of the order by date published, then id; NULL: from the start */
    int64_t limit;
};

bool store_sources(struct store *store, struct arena *arena, const struct source_filter *filter,
                   struct source_list *ret, struct error *reterr);

/* Where a report stands in listings: by series, first month, last month, date published, source; by ids, so that the
 * order is the same however the reports came. */
struct report_place {
    const char *series;
    struct span span;
    date published;
    const char *source;
};

struct report_filter {
    date as_of;
    const struct series_info *series; /* NULL: any */
    const struct source_info *source; /* NULL: any */
    struct span within;               /* periods that lie inside these months */
    struct span exactly;              /* this period alone, unless `last` is 0 */
    bool descending;
    const struct report_place *after; /* where the page before ended; NULL: from the start */
    int64_t limit;                    /* negative: none */
};

bool store_reports(struct store *store, struct arena *arena, const struct report_filter *filter,
                   struct report_list *ret, struct error *reterr);

/* A claim by its id, or by its number; ERROR_NOT_FOUND where there is none. */
bool store_claim(struct store *store, struct arena *arena, const char *id, struct claim_row *ret,
                 struct error *reterr);
bool store_claim_numbered(struct store *store, struct arena *arena, int64_t number,
                          struct claim_row *ret, struct error *reterr);

/* Claims in order of publication, then source and id. */
bool store_claims(struct store *store, struct arena *arena, const struct claim_filter *filter,
                  struct claim_list *ret, struct error *reterr);

/* The first claims of a source by id, so many at most, or those of a series about a span with a metric; by
 * publication, then id. */
bool store_claims_of_source(struct store *store, struct arena *arena,
                            const struct source_info *source, int64_t limit, struct claim_list *ret,
                            struct error *reterr);
bool store_claims_about(struct store *store, struct arena *arena, const struct series_info *series,
                        const char *metric, struct span span, date as_of, struct claim_list *ret,
                        struct error *reterr);
