/* How good the methods are on the development sample: the tables of docs/projections.md. Part of the endpoint of
 * backtests. */
#pragma once

#include "exportstat/api/out.h"

/* "sample": by kind of series and known months, and by method. */
void represent_sample(struct out *out);
