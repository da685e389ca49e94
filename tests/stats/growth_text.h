/* A series with everything that growth can meet. */
#pragma once

#include "stats/series_text.h"

/* From 2023-07 on, where the fiscal year starts: zero and less in autumn, 2024-10 missing, so that
 * a quarter and FY2025 have only their own reports, which come too late to derive the month. */
static inline struct view growth_read(struct store *store)
{
    static const char values[] = "100 110 120 0 -10 150 160 170 180 190 200 210 "
                                 "125 99 120 - 140 150 348 386 356 437 440 450 460";
    static const char more[] = "2024-10/2024-12 431 1 2025-08-18 2 a/1\n"
                               "2024-07/2025-06 3000 1 2025-07-18 2 a/2\n";
    return series_read(store, "2023-07", values, more, 7);
}
