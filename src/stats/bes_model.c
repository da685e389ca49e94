#include "bes_model.h"

#include <math.h>
#include <string.h>

enum {
    SEED_LEVEL = 0,
    SEED_SEASON = 1,
    SEED_TREND = 1 + BES_SEASONS, /* last, so that a model without a trend just has one seed less */
    DATA = MODEL_SEEDS,           /* the column of the run from zero seeds */
};

struct matrix {
    double at[MODEL_SEEDS][MODEL_SEEDS];
};

/* The model is linear in its seeds and in the data: fifteen runs side by side, one from each seed alone and one
 * from the data alone, tell what it says for any seeds. */
struct runs {
    double level[MODEL_COLUMNS];
    double trend[MODEL_COLUMNS];
    double season[BES_SEASONS][MODEL_COLUMNS];
};

/* What all models of the same alpha, beta, gamma and phi have in common. */
struct dynamics {
    struct model model;
    double product[MODEL_COLUMNS][MODEL_COLUMNS]; /* of the runs' errors with one another */
    double foretold[BES_TARGETS_MAX][MODEL_COLUMNS];
    double shock[BES_AHEAD_MAX + BES_SEASONS][BES_TARGETS_MAX]; /* effect of one of each unknown */
    int n_shocks;                                               /* month on those asked about */
};

static void runs_start(struct runs *runs)
{
    memset(runs, 0, sizeof *runs);
    runs->level[SEED_LEVEL] = 1;
    runs->trend[SEED_TREND] = 1;
    for (int j = 0; j < BES_SEASONS; j++)
        runs->season[j][SEED_SEASON + j] = 1;
}

static void runs_step(const struct model *model, struct runs *runs, int t,
                      double foretold[static MODEL_COLUMNS], bool known, double z,
                      double error[static MODEL_COLUMNS])
{
    double *season = runs->season[t % BES_SEASONS];
    for (int i = 0; i < MODEL_COLUMNS; i++) {
        double before = runs->level[i] + model->phi * runs->trend[i];
        foretold[i] = before + season[i];
        error[i] = known ? (i == DATA ? z : 0) - foretold[i] : 0;
        runs->level[i] = before + model->alpha * error[i];
        runs->trend[i] = model->phi * runs->trend[i] + model->beta * error[i];
        season[i] += model->gamma * error[i];
    }
}

static void dynamics_run(const struct model_data *data, struct dynamics *dynamics)
{
    struct runs runs;
    double foretold[MODEL_COLUMNS];
    double error[MODEL_COLUMNS];
    int asked = 0;
    runs_start(&runs);
    for (int t = 0; t < data->n || asked < data->n_targets; t++) {
        bool known = t < data->n && data->known[t];
        runs_step(&dynamics->model, &runs, t, foretold, known, known ? data->z[t] : 0, error);
        if (asked < data->n_targets && data->target[asked] == t)
            memcpy(dynamics->foretold[asked++], foretold, sizeof foretold);
        for (int i = 0; known && i < MODEL_COLUMNS; i++) {
            for (int k = 0; k < MODEL_COLUMNS; k++)
                dynamics->product[i][k] += error[i] * error[k];
        }
    }
}

/* How a shock in month `when`, which is not known, moves each month asked about. Known months between them
 * correct for it as they correct for a wrong start. */
static void shock_run(const struct model_data *data, const struct model *model, int when,
                      double ret[static BES_TARGETS_MAX])
{
    struct model_state state = {.level = model->alpha, .trend = model->beta};
    state.season[when % BES_SEASONS] = model->gamma;
    int t = when + 1;
    for (int i = 0; i < data->n_targets; i++) {
        ret[i] = data->target[i] == when ? 1 : 0;
        if (data->target[i] <= when)
            continue;
        for (; t < data->target[i]; t++)
            model_step(model, &state, t, t < data->n && data->known[t], 0);
        ret[i] = state.level + model->phi * state.trend + state.season[t % BES_SEASONS];
    }
}

/* From the first month asked about, or the first after the last known one, whichever is first. */
static void shocks_run(const struct model_data *data, struct dynamics *dynamics)
{
    int last = data->n_targets > 0 ? data->target[data->n_targets - 1] : -1;
    int first = data->n_targets > 0 && data->target[0] < data->n ? data->target[0] : data->n;
    dynamics->n_shocks = 0;
    for (int t = first; t <= last; t++) {
        if (t >= data->n || !data->known[t])
            shock_run(data, &dynamics->model, t, dynamics->shock[dynamics->n_shocks++]);
    }
}

/* The lower triangle L of a positive definite matrix, L L' = A, in its place; returns log det A. */
static double cholesky(struct matrix *matrix, int n)
{
    double(*a)[MODEL_SEEDS] = matrix->at;
    double log_det = 0;
    for (int j = 0; j < n; j++) {
        for (int k = 0; k < j; k++)
            a[j][j] -= a[j][k] * a[j][k];
        a[j][j] = sqrt(a[j][j]);
        log_det += 2 * log(a[j][j]);
        for (int i = j + 1; i < n; i++) {
            for (int k = 0; k < j; k++)
                a[i][j] -= a[i][k] * a[j][k];
            a[i][j] /= a[j][j];
        }
    }
    return log_det;
}

/* x becomes the solution of L x = x. */
static void solve_lower(const struct matrix *l, int n, double *x)
{
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++)
            x[i] -= l->at[i][k] * x[k];
        x[i] /= l->at[i][i];
    }
}

/* x becomes the solution of L' x = x. */
static void solve_upper(const struct matrix *l, int n, double *x)
{
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            x[i] -= l->at[k][i] * x[k];
        x[i] /= l->at[i][i];
    }
}

struct model_state model_start(const struct model *model)
{
    struct model_state state = {.level = model->seed[SEED_LEVEL]};
    if (model->n_seeds > SEED_TREND)
        state.trend = model->seed[SEED_TREND];
    memcpy(state.season, &model->seed[SEED_SEASON], sizeof state.season);
    return state;
}

/* The variance of a weighted sum of the months asked about, from the shocks to come and from the seeds. */
static double variance(const struct model_data *data, const struct dynamics *dynamics,
                       const struct matrix *l, const double weight[static BES_TARGETS_MAX])
{
    double u[MODEL_SEEDS] = {0};
    double sum = 0;
    for (int j = 0; j < dynamics->n_shocks; j++) {
        double effect = 0;
        for (int i = 0; i < data->n_targets; i++)
            effect += weight[i] * dynamics->shock[j][i];
        sum += effect * effect;
    }
    for (int i = 0; i < data->n_targets; i++) {
        for (int k = 0; k < dynamics->model.n_seeds; k++)
            u[k] += weight[i] * dynamics->foretold[i][k];
    }
    solve_lower(l, dynamics->model.n_seeds, u);
    for (int k = 0; k < dynamics->model.n_seeds; k++)
        sum += u[k] * u[k];
    return sum;
}

static void says_of(const struct model_data *data, const struct dynamics *dynamics,
                    const struct matrix *l, double sigma2, struct model *ret)
{
    double weight[BES_TARGETS_MAX] = {0};
    double level[BES_TARGETS_MAX];
    double total = 0;
    for (int i = 0; i < data->n_targets; i++) {
        double z = dynamics->foretold[i][DATA];
        for (int k = 0; k < ret->n_seeds; k++)
            z += ret->seed[k] * dynamics->foretold[i][k];
        z += data->center;
        weight[i] = 1;
        ret->says[i] = (struct bes_median){z, sigma2 * variance(data, dynamics, l, weight)};
        weight[i] = 0;
        level[i] = data->scale == BES_LOG ? exp(z) : z;
        total += level[i];
    }
    for (int i = 0; i < data->n_targets; i++)
        weight[i] = data->scale == BES_LOG ? level[i] / total : 1;
    ret->says[MODEL_TOTAL].median = data->scale == BES_LOG ? log(total) : total;
    ret->says[MODEL_TOTAL].s = sigma2 * variance(data, dynamics, l, weight);
}

/* The squares that ridge regression minimises: of the errors, and of the seeds times their ridges. */
static double squares_of(const struct model_data *data, const struct model *model,
                         double trend_ridge, double season_ridge)
{
    struct model_state state = model_start(model);
    double squares = bes_grid.variance_more * data->n_known;
    squares += trend_ridge * state.trend * state.trend;
    for (int j = 0; j < BES_SEASONS; j++)
        squares += season_ridge * state.season[j] * state.season[j];
    for (int t = 0; t < data->n; t++) {
        double error = model_step(model, &state, t, data->known[t], data->z[t]);
        squares += error * error;
    }
    return squares;
}

/* Solves for the seeds; what weight the model has then, and what it says. */
static void model_solve(const struct model_data *data, const struct dynamics *dynamics,
                        double trend_ridge, double season_ridge, struct model *ret)
{
    struct matrix a = {0};
    int n = ret->n_seeds;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++)
            a.at[i][k] = dynamics->product[i][k];
        /* The error of a run from a seed is what the seed takes away from the error of the data. */
        ret->seed[i] = -dynamics->product[i][DATA];
        a.at[i][i] += i == SEED_LEVEL   ? bes_grid.level_ridge
                      : i == SEED_TREND ? trend_ridge
                                        : season_ridge;
    }
    double log_det = cholesky(&a, n);
    solve_lower(&a, n, ret->seed);
    solve_upper(&a, n, ret->seed);
    double sigma2 = squares_of(data, ret, trend_ridge, season_ridge) / (data->n_known - 1);
    double log_ridges = BES_SEASONS * log(season_ridge) + (n > SEED_TREND ? log(trend_ridge) : 0);
    ret->weight += -0.5 * ((data->n_known - 1) * log(sigma2) + log_det - log_ridges);
    says_of(data, dynamics, &a, sigma2, ret);
}

static double alpha_prior(double alpha)
{
    double off = (log(alpha / (1 - alpha)) - bes_grid.alpha_center) / bes_grid.alpha_spread;
    return -0.5 * off * off;
}

static int dynamics_solve(const struct model_data *data, double alpha,
                          const struct grid_gamma *gamma, const struct grid_trend *trend,
                          struct model *models)
{
    struct dynamics dynamics = {
        .model =
            {
                .alpha = alpha,
                .beta = trend->beta_share * alpha,
                .gamma = (1 - alpha) * gamma->share,
                .phi = trend->phi,
                .n_seeds = MODEL_SEEDS - (trend->present ? 0 : 1),
            },
    };
    dynamics_run(data, &dynamics);
    shocks_run(data, &dynamics);
    for (int i = 0; i < gamma->ridges; i++) {
        const struct grid_ridge *ridge = &bes_grid.ridge[i];
        models[i] = dynamics.model;
        models[i].weight = alpha_prior(alpha) + gamma->prior + ridge->prior + trend->prior;
        model_solve(data, &dynamics, trend->ridge, ridge->ridge, &models[i]);
    }
    return gamma->ridges;
}

void models_solve(const struct model_data *data, struct model models[static GRID_MODELS])
{
    int n = 0;
    for (int i = 0; i < GRID_ALPHAS; i++) {
        for (int k = 0; k < GRID_GAMMAS; k++) {
            for (int j = 0; j < GRID_TRENDS; j++)
                n += dynamics_solve(data, bes_grid.alpha[i], &bes_grid.gamma[k], &bes_grid.trend[j],
                                    &models[n]);
        }
    }
}
