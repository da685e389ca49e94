/* What rounding leaves: every figure stands for an interval, its value plus or minus half its precision, and
 * those of the inputs give an interval for what is computed from them. */
#pragma once

#include "exportstat/stats/view.h"

/* An amount with its interval, in halves of millionths, so that half a precision is a whole number. */
struct band {
    wide value;
    wide low;
    wide high;
};

/* A computed number with its interval. */
struct range {
    struct ratio value;
    struct ratio low;
    struct ratio high;
    bool open_low; /* it has no bound there, and `low` or `high` no meaning */
    bool open_high;
};

struct band band_of(const struct figure *figure);
struct band band_sum(struct band a, struct band b);

/* The band divided by a number of parts, in units. */
struct range band_parts(struct band band, int parts);

/* 100 (now / base - 1), or 100 now / base where it is a share. A base that rounding may make zero leaves the
 * interval open to a side, or to both. False where the base itself is zero or less. */
bool band_growth(struct band now, struct band base, struct range *ret);
bool band_share(struct band part, struct band whole, struct range *ret);

/* The ratio in lowest terms. */
struct ratio ratio_reduce(struct ratio ratio);
