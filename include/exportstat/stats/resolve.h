/* From reports to observations.
 *
 * The rules are those of docs/resolution.md; this module is their only implementation, and the slow
 * reference in tests/reference/ the other reading of them that it is checked against.
 *
 * The observation of a period as of a date is a pure function of the reports published and the rulings
 * made by that date. `resolve` computes the whole of that function once: for every period its history, a
 * list of versions, each standing from its date until the next one's. Looking up any date is then a search
 * in a short list. */
#pragma once

#include "exportstat/base/arena.h"
#include "exportstat/stats/report.h"

enum { DERIVED_TERMS_MAX = 5 }; /* a range, a shorter one, three months */

/* What the service stood by from a date on. */
struct version {
    date since;
    bool known;   /* else missing: value and precision are 0 */
    bool derived; /* from `terms`; else reported, or accepted by `ruling` */
    amount value;
    amount precision;
    const struct ruling *ruling;       /* the accepting one, or NULL */
    const struct report *const *terms; /* of a derived value: the range first, then what is */
    size_t n_terms;                    /* taken from it */
};

/* All there is about one period. */
struct history {
    struct span span;
    struct evidence evidence; /* of this period alone */
    const struct version *versions;
    size_t n_versions;
};

struct resolved {
    int fiscal_year_start;
    bool adds_up; /* else months are neither summed nor derived from sums */
    /* Month by month without gaps, from the first to the last that any report touches. */
    const struct history *months;
    size_t n_months;
    /* The longer periods that have reports or rulings, ordered by first, then last month. */
    const struct history *spans;
    size_t n_spans;
};

/* Two values are compatible when they differ by at most half the sum of their precisions. */
bool compatible(amount a, amount a_precision, amount b, amount b_precision);

/* Whether a ruling made by the date rejects exactly this value; rulings are those of its period. */
bool rejected(const struct ruling *rulings, size_t n, amount value, date as_of);

/* Resolves one series. What is returned points into the evidence and into the arena. */
struct resolved resolve(struct arena *arena, struct evidence evidence, int fiscal_year_start,
                        bool adds_up);
