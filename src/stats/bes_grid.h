/* The constants of bes: everything that could be set otherwise stands here. */
#pragma once

#include "exportstat/stats/bes.h"

enum { GRID_ALPHAS = 6, GRID_GAMMAS = 3, GRID_RIDGES = 3, GRID_TRENDS = 4, GRID_RIDGES_ALL = 7 };

/* Seasonal terms move by gamma = (1 - alpha) share. */
struct grid_gamma {
    double share;
    double prior;
    int ridges; /* how many of the seasonal ridges, from the first on, it goes with */
};

struct grid_ridge {
    double ridge;
    double prior;
};

/* A trend moves by beta = alpha beta_share and fades by phi; `ridge` holds its start near zero. */
struct grid_trend {
    bool present;
    double beta_share;
    double phi;
    double ridge;
    double prior;
};

struct grid {
    double alpha[GRID_ALPHAS];
    struct grid_gamma gamma[GRID_GAMMAS];
    struct grid_ridge ridge[GRID_RIDGES];
    struct grid_trend trend[GRID_TRENDS];
    double alpha_center; /* the prior of alpha is normal in its log odds */
    double alpha_spread;
    double level_ridge;    /* of the starting level: as good as free */
    double variance_more;  /* keeps the variance of a constant series above zero */
    double outlier_s;      /* robust deviations from which on a month is an outlier */
    double outlier_weight; /* models that weigh less have no say in what was foretold */
    double width_typical;  /* the s that logarithms usually have, and how far every s is drawn */
    double width_pull;     /* towards it: 0 not at all, 1 wholly */
    double factor_80;      /* of intervals */
    double factor_95;
};

extern const struct grid bes_grid;

enum { GRID_MODELS = GRID_ALPHAS * GRID_RIDGES_ALL * GRID_TRENDS };
