/* Other readings under which a claim is right. Part of audit. */
#pragma once

#include "computed.h"

/* Whether the value, rounded half away from zero to the claim's step, is the claim. */
bool rounds_to(struct ratio value, const struct claim *claim);

/* The desk with a series as of the day the claim was published, and with what the claim needs besides. */
struct bench bench_then(struct desk *desk, const struct claim *claim, size_t series);

/* The best judgement over sums and own reports. */
struct judgement judge_reading(const struct bench *bench, const struct reading *as,
                               const struct claim *claim, struct successor successor);

/* Notes the reading that shares most months with the claim, then the nearest, as of its publication. */
void reading_search(struct desk *desk, const struct claim *claim, struct audit *audit);
