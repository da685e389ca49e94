/* Rule 6: a month that no report is left for, from reports of longer periods. Part of resolve. */
#pragma once

#include "exportstat/stats/resolve.h"

/* The reports and rulings of one period. */
struct group {
    struct span span;
    struct evidence evidence;
};

struct groups {
    const struct group *at; /* ordered by first, then last month */
    size_t n;
};

/* One way to leave a single month: a range, less a shorter one perhaps, less single months. */
struct subtraction {
    const struct group *terms[DERIVED_TERMS_MAX];
    size_t n;
};

struct subtractions {
    struct subtraction *at;
    size_t n;
};

/* Every subtraction that leaves the month. */
struct subtractions subtractions_of(struct arena *arena, struct groups groups, int32_t month);

/* The best of them as of a date; a version that is not known where none is possible. */
struct version derive(struct arena *arena, struct subtractions ways, date as_of);
