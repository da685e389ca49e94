/* Audited claims, with or without a request: the series that they are judged by, and how they are listed. */
#pragma once

#include "exportstat/api/out.h"
#include "exportstat/stats/audit.h"
#include "exportstat/store/store.h"

struct audit_desk {
    struct desk desk;
    const struct series_info **info;
    size_t n;
};

struct audited {
    const struct claim_row *row;
    struct claim claim;
    struct audit audit;
};

struct audited_list {
    struct audited *at;
    size_t n;
};

/* The series that a claim about another one may have been meant for are the first of the store by id: the same
 * whatever claims are at hand, so that a verdict does not depend on what was asked for. */
enum { OTHER_SERIES_MAX = 64 };

/* A desk of resolved series, of which the first n_others are those; the arrays stay the caller's, and have to outlive it. */
struct audit_desk audit_desk_of(struct arena *arena, const struct series_info **info,
                                const struct resolved **resolved, size_t n, size_t n_others,
                                date as_of);

/* The same with all series of a store, read and resolved here; in a read transaction of the caller. */
bool audit_desk_read(struct store *store, struct arena *arena, date as_of, struct audit_desk *ret,
                     struct error *reterr);

/* The two series whose sum total exports are. */
extern const char *const audit_total_exports[2];

/* The place of a series on the desk; false where it has none. */
bool audit_desk_find(const struct audit_desk *desk, const char *series, size_t *ret);

/* Audits claims whose series are on the desk; those of one verdict, or all with VERDICTS, in their order. */
struct audited_list audit_list(struct audit_desk *desk, const struct claim_list *claims,
                               enum verdict verdict);

/* The verdict alone of a claim whose series is on the desk. Claims in order of publication are fastest. */
enum verdict audit_verdict(struct audit_desk *desk, const struct claim_row *row);

/* How often each verdict is among them. */
void audit_count(const struct audited_list *list, int64_t ret[static VERDICTS]);

/* The columns of audited claims as CSV. */
extern const char *const audited_columns[];

/* "verdicts": {…} */
void represent_verdicts(struct out *out, const int64_t counts[static VERDICTS]);

/* A claim as its source made it. */
void represent_claim(struct out *out, const struct claim_row *claim);

/* verdict, verdict_at_publication, computed, low, high, basis, and what else there is to tell of a computation. */
void represent_verdict(struct out *out, const struct audit_desk *desk, const struct claim *claim,
                       const struct audit *audit);

/* computed, low, high */
void represent_computed(struct out *out, const struct computed *computed);

/* The period that was computed where it is not the claim's, and what is missing where something is; nothing otherwise. */
void represent_remarks(struct out *out, const struct audit_desk *desk, const struct claim *claim,
                       const struct computed *computed);

/* Whether a longer period's figure is a sum or its own report; NULL of a month. */
const char *basis_of(const struct computed *computed);

/* The id of the series without which nothing could be computed, and the name of the period: NULL where this lies
 * outside of the years that have one. */
const char *missing_series_of(const struct audit_desk *desk, const struct computed *computed);
const char *missing_period_of(const struct audit_desk *desk, const struct computed *computed,
                              char text[static PERIOD_TEXT]);

/* metric, series, period, computed, low, high of the other reading, which there must be. */
void represent_reading(struct out *out, const struct audit_desk *desk, const struct audit *audit);

/* A row of claim and verdict. */
void represent_audited(struct out *out, const struct audit_desk *desk,
                       const struct audited *audited);
