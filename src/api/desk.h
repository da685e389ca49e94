/* The auditor's desk for a request: claims of the store, or of the caller, before the resolved series. Part of
 * the api. */
#pragma once

#include "call.h"
#include "exportstat/stats/audit.h"

enum { DESK_SERIES_MAX = 64 }; /* the other series that a claim may have been meant for */

struct audit_desk {
    struct desk desk;
    const struct series_info **info;
    size_t n;
};

/* A desk with the store's series. False where call->problem is set. */
bool audit_desk_open(struct call *call, struct audit_desk *ret);

/* The place of a series on the desk; false where it has none. */
bool audit_desk_find(const struct audit_desk *desk, const char *series, size_t *ret);

/* A stored claim as the audit takes it. */
struct claim claim_of_row(const struct audit_desk *desk, const struct claim_row *row);

/* verdict, computed, low, high, basis, reading: in brief. */
void represent_verdict(struct call *call, const struct audit_desk *desk, const struct audit *audit);

/* The same with the judgements then and now, their inputs and the formula. */
void represent_audit(struct call *call, const struct audit_desk *desk, const struct audit *audit,
                     const struct claim *claim);
