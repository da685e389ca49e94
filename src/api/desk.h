/* The auditor's desk of a request: the resolved series of the library, and an audit in full. Part of the api. */
#pragma once

#include "call.h"
#include "exportstat/api/audited.h"

/* A desk with the series of these ids, as far as they exist, and with those that claims of any may need. False where
 * call->problem is set. */
bool audit_desk_open(struct call *call, const char *const *ids, size_t n, struct audit_desk *ret);

/* So many claims are audited within a millisecond; more are slow work. */
enum { AUDITS_AT_ONCE = 20 };

/* The same with the series of claims that are to be audited. */
bool audit_desk_open_for(struct call *call, const struct claim_list *claims,
                         struct audit_desk *ret);

/* What represent_verdict says, then the reading, the formula and the judgements then and now with their inputs. */
void represent_audit(struct call *call, const struct audit_desk *desk, const struct audit *audit,
                     const struct claim *claim);
