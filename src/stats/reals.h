/* Sorting of reals. */
#pragma once

#include <stdlib.h>

static inline int reals_compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

static inline void reals_sort(double *values, size_t n)
{
    qsort(values, n, sizeof *values, reals_compare);
}

/* The median of n values, which are sorted for it; n is not 0. */
static inline double reals_median(double *values, size_t n)
{
    reals_sort(values, n);
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
