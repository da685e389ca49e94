#include "bes_grid.h"

const struct grid bes_grid = {
    .alpha = {0.03, 0.10, 0.25, 0.45, 0.70, 0.92},
    .gamma = {{0, 0, 3}, {0.06, -0.3, 2}, {0.25, -1, 2}},
    .ridge = {{0.1, -0.2}, {1, 0}, {30, -0.2}},
    .trend =
        {
            {false, 0, 0, 0, 0},
            {true, 0.05, 0.95, 30, -0.4},
            {true, 0.25, 0.88, 30, -1},
            {true, 0, 0.99, 100, -0.7},
        },
    .alpha_center = -0.75,
    .alpha_spread = 1.5,
    .level_ridge = 1e-4,
    .variance_more = 1e-8,
    .outlier_s = 3,
    .outlier_weight = 1e-4,
    .width_typical = 0.11,
    .width_pull = 0.1,
    .factor_80 = 1,
    .factor_95 = 1.07,
};
