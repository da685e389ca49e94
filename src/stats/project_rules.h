/* Which months bes is asked about, and on which scale. Part of project.h. */
#pragma once

#include "exportstat/stats/bes.h"
#include "exportstat/stats/project.h"

/* Forty years: what lies before them says nothing of the next one, and takes its time. */
enum { HISTORY_MONTHS_MAX = 480 };
_Static_assert(HISTORY_MONTHS_MAX + 12 <= BES_MONTHS_MAX, "months of the year may come on top");

enum fit { FIT_NONE, FIT_LOG, FIT_IDENTITY, FIT_INTERMITTENT };

/* The months that an answer rests on: from the first to the last known one that counts. */
struct basis {
    struct months months;
    int n_known;
    int n_zero;
    int n_negative;
    int before;    /* months before the year that are known */
    bool zero_low; /* zeros are not far from other months */
    unsigned flags;
};

/* The history of a year: cut after gaps that are too long, and counted. */
struct basis basis_take(struct arena *arena, const struct months *months, int32_t year_first);

/* How to fit it; *flags grows by what the rule says about the answer. */
enum fit basis_fit(const struct basis *basis, unsigned *flags);

/* What is certain of the year: months that are known, or inside the reported total. */
struct so_far {
    unsigned months; /* bit by month of the year */
    int n;
    double total;
    double covered_rest; /* of the reported total, what its unknown months share */
    unsigned covered;    /* which those are */
};

/* Fills the projection by one of the scenarios but SCENARIO_BES. */
void scenario_project(const struct project_request *request, const struct so_far *so_far,
                      struct projection *ret);

/* Months that are mostly zero: each one to come is a slow average of the past ones, and the total is spread as
 * the sums of as many months in a row were. */
void intermittent_project(struct arena *arena, const struct basis *basis,
                          const struct so_far *so_far, struct projection *ret);

enum { WHOLE_YEAR = 0xFFF };

static inline unsigned flag_bit(enum projection_flag flag)
{
    return 1U << flag;
}

/* The month, or NULL outside. */
static inline const struct monthly *month_at(const struct months *months, int32_t month)
{
    int32_t place = month - months->first;
    return place >= 0 && (size_t)place < months->n ? &months->at[place] : NULL;
}

static inline bool month_known(const struct months *months, int32_t month)
{
    const struct monthly *at = month_at(months, month);
    return at && at->known;
}
