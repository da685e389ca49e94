/* Fiscal years: which of their months are known, and what the others would have to be to reach a target. */
#pragma once

#include "exportstat/stats/view.h"

/* The months of a fiscal year that are known, and what else is certain of it. */
struct fiscal_year {
    struct span span;
    unsigned known; /* bit i: month i of the year, 0 to 11 */
    int n_known;
    amount total;     /* of the known months */
    amount value[12]; /* of each known month */
    /* A report of the first months together, where some of these are not known: the longest such report that
     * tells them to a tenth. NULL where there is none. */
    const struct observation *reported;
    unsigned certain;     /* the known months, and those that the report is about */
    amount certain_total; /* of these */
};

/* The months of a fiscal year, given by its number, that the view knows; the arena holds the report. */
struct fiscal_year fiscal_year_known(struct arena *arena, const struct view *view, int32_t year);

/* How many months of the year the newest known one is from its start, 0 to 12. */
int fiscal_year_elapsed(const struct fiscal_year *year);

/* The fiscal year to project by default: that of the newest known month, or the next once it is complete.
 * The view must not be empty. */
int32_t fiscal_year_default(const struct view *view);

/* What it would take to reach a target. */
struct required {
    int remaining;        /* months that are not certain; 0: nothing below is set */
    struct ratio average; /* of the remaining months; zero or less once the target is met */
    bool has_growth;
    struct ratio growth_percent; /* of the remaining months on the same of last year */
    enum missing missing;        /* why there is no growth */
    int reached_before;          /* past years in which the same months grew at least as much */
    int years_before;            /* of so many in which it can be told */
};

struct required required_for(const struct view *view, const struct fiscal_year *year,
                             amount target);
