/* bes-2: a Bayesian average over a fixed grid of damped-trend seasonal exponential-smoothing models.
 *
 * Each model runs through the months with a level, a trend and twelve seasonal terms, the starting values of
 * which are solved for by ridge regression. Models weigh by how well they would have foretold each next
 * month. There is no search and no random number: the same months always give the same answer, and the answer
 * grows with its months. docs/projections.md has the formulas.
 *
 * This is the computation alone; project.h decides which months it is asked about, and on which scale. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "exportstat/base/arena.h"

/* Changes with every change of the numbers. */
#define BES_VERSION "bes-2"

enum {
    BES_MONTHS_MIN = 2,    /* known ones that it can be asked with at all */
    BES_MONTHS_MAX = 1200, /* from the first to the last known one */
    BES_TARGETS_MAX = 12,  /* months asked about */
    BES_AHEAD_MAX = 24,    /* how far after the last known month they may lie */
    BES_SEASONS = 12,
};

enum bes_scale {
    BES_LOG,     /* all known values are above zero */
    BES_IDENTITY /* any values; weaker, as exports grow by percentages */
};

/* Months in a row, and the months asked about; where there are any, the last of the n is known. */
struct bes_question {
    const double *value; /* of n months; of unknown ones it is not read */
    const bool *known;
    int n;
    int target
        [BES_TARGETS_MAX]; /* places of months that are not known, ascending; from n on they come */
    int n_targets;         /* after the last known one, up to n + BES_AHEAD_MAX - 1 */
    enum bes_scale scale;
    bool seasonal; /* whether seasonal terms are wanted */
};

/* A median, and how wide its distribution is: of the logarithm with BES_LOG, else of the value. */
struct bes_median {
    double median;
    double s;
};

/* A known month too far off what the models foretold counts in the fit as if it were less far off. */
struct bes_outlier {
    int place;
    double foretold; /* the value that the models gave it, from the months before */
    double fitted;   /* what it counts as */
};

struct bes_answer {
    int n_known;                              /* months that the fit rests on */
    struct bes_median total;                  /* of the months asked about */
    struct bes_median month[BES_TARGETS_MAX]; /* they add up to the total */
    const struct bes_outlier *outliers;       /* by month */
    int n_outliers;
    /* What season adds to each of the n months, from its place among the twelve that surround it: of the
     * logarithm with BES_LOG, else of the value. NULL where it was not asked for. */
    const double *seasonal;
};

/* Answers. At least BES_MONTHS_MIN months are known, not all of them zero with BES_IDENTITY; the arena holds
 * what the answer points to, and the working memory. */
struct bes_answer bes_answer(struct arena *arena, const struct bes_question *question);

/* What s is multiplied with for an interval at a level in percent, 50 to 99: Student's t with n_known - 1 degrees
 * of freedom, times a factor that was set on the development sample: 1 at 80 and 1.07 at 95, elsewhere on the
 * line through these two over the normal quantile. */
double bes_multiplier(double level, int n_known);
