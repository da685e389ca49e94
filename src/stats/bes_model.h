/* One model of bes: its run through the months, and what it says of those asked about. */
#pragma once

#include "bes_grid.h"

enum {
    MODEL_SEEDS =
        2 + BES_SEASONS, /* starting values: level, seasonal terms, trend (where there is one) */
    MODEL_COLUMNS = 16,  /* those and the data, filled up */
    MODEL_TOTAL = BES_TARGETS_MAX, /* among `says` */
};

struct model {
    double alpha;
    double beta;
    double gamma;
    double phi;
    int n_seeds; /* MODEL_SEEDS, less the trend */
    double seed[MODEL_SEEDS];
    double weight; /* solved: its logarithm */
    /* Of each month asked about and of their total, the logarithm with BES_LOG; s is squared. */
    struct bes_median says[BES_TARGETS_MAX + 1];
};

struct model_state {
    double level;
    double trend;
    double season[BES_SEASONS];
};

/* What the models are run on. */
struct model_data {
    const double *z;
    const bool *known;
    int n;
    int n_known;
    const int *target;
    int n_targets;
    enum bes_scale scale;
    double center; /* added to each z that is asked about, before they add up to a total */
};

/* Solves all models of the grid. */
void models_solve(const struct model_data *data, struct model models[static GRID_MODELS]);

/* The state that the model starts from. */
struct model_state model_start(const struct model *model);

/* One month on: returns how far z is off what the state foretold; 0 where it is not known. */
static inline double model_step(const struct model *model, struct model_state *state, int t,
                                bool known, double z)
{
    double *season = &state->season[t % BES_SEASONS];
    double before = state->level + model->phi * state->trend;
    double error = known ? z - (before + *season) : 0;
    state->level = before + model->alpha * error;
    state->trend = model->phi * state->trend + model->beta * error;
    *season += model->gamma * error;
    return error;
}
