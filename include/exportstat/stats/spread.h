/* How far off a projection may be: its interval at any level, and the probability of a target. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum spread_kind {
    SPREAD_UNKNOWN,  /* nothing can be said */
    SPREAD_EXACT,    /* all of it is known */
    SPREAD_LOG,      /* the logarithm of the rest is spread around that of the median */
    SPREAD_IDENTITY, /* the rest itself is spread around the median */
    SPREAD_SAMPLE,   /* the rest is one of the sample */
};

/* A number of which a part is known; the rest comes on top. */
struct spread {
    enum spread_kind kind;
    double known;
    double rest;          /* its median; of a sample its mean */
    double s;             /* SPREAD_LOG, SPREAD_IDENTITY: as bes_multiplier() wants it, with */
    int n_known;          /* the months that it was learned from */
    double floor;         /* what the rest is never below: 0 where no month ever was */
    const double *sample; /* ascending */
    size_t n_sample;
};

struct bounds {
    double low;
    double high;
};

/* A bound at or above this in magnitude is no answer: the months before have no pattern to go by. */
#define SPREAD_LIMIT 1e15

/* Levels in percent; whole ones are what is published. */
enum { SPREAD_LEVEL_MIN = 50, SPREAD_LEVEL_MAX = 99 };

/* The point: the known part and the rest. */
double spread_point(const struct spread *spread);

/* The interval at a level; it contains the point. False where there is none. */
bool spread_interval(const struct spread *spread, double level, struct bounds *ret);

/* The probability that the number is at least the target, 0 to 1. False where it can not be told. */
bool spread_reaches(const struct spread *spread, double target, double *ret);
