/* Fiscal years to project from. */
#pragma once

#include <math.h>

#include "stats/series_text.h"

enum { FIRST_HALF = 0x03F };

/* FY2021 to FY2024 complete, FY2025 with its first six months, from a first month on that is July
 * 2020 but for tests of incomplete years. Each year has its own level and growth within the year,
 * so that no method hits exactly. */
static inline struct view years_from(struct store *store, const char *first)
{
    static const char years[] = "10 10 10 10 10 10 20 20 20 20 20 20 "
                                "20 20 20 20 20 20 30 30 30 30 30 30 "
                                "30 30 30 30 30 30 50 50 50 50 50 50 "
                                "40 40 40 40 40 40 70 70 70 70 70 70 "
                                "50 50 50 50 50 50";
    return series_read(store, first, years, "", 7);
}

static inline struct view years_read(struct store *store)
{
    return years_from(store, "2020-07");
}

static inline bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}
