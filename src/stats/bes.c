#include "exportstat/stats/bes.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "bes_model.h"
#include "exportstat/stats/student.h"
#include "reals.h"

/* What is computed with, besides the question: z, the values on the models' scale around zero. */
struct work {
    const struct bes_question *of;
    double *z;
    double center; /* value = center exp(z), or center + unit z */
    double unit;
    int n_known;
    struct model *models; /* GRID_MODELS */
};

static double value_of(const struct work *work, double z)
{
    return work->of->scale == BES_LOG ? work->center * exp(z) : work->center + work->unit * z;
}

/* The mean of the known values, or of their logarithms. */
static double mean_known(const struct work *work)
{
    double sum = 0;
    for (int t = 0; t < work->of->n; t++) {
        if (work->of->known[t])
            sum += work->of->scale == BES_LOG ? log(work->of->value[t]) : work->of->value[t];
    }
    return sum / work->n_known;
}

static void scale_values(struct work *work)
{
    const struct bes_question *of = work->of;
    double squares = 0;
    for (int t = 0; t < of->n; t++)
        work->n_known += of->known[t];
    double mean = mean_known(work);
    for (int t = 0; t < of->n; t++) {
        if (!of->known[t])
            continue;
        work->z[t] = (of->scale == BES_LOG ? log(of->value[t]) : of->value[t]) - mean;
        squares += work->z[t] * work->z[t];
    }
    work->unit = 1;
    work->center = of->scale == BES_LOG ? exp(mean) : mean;
    if (of->scale == BES_LOG || squares == 0)
        return;
    work->unit = sqrt(squares / work->n_known);
    for (int t = 0; t < of->n; t++)
        work->z[t] /= work->unit;
}

/* The logarithms of the weights become weights that add up to one. */
static void weigh(struct model *models)
{
    double best = models[0].weight;
    double sum = 0;
    for (int q = 1; q < GRID_MODELS; q++)
        best = fmax(best, models[q].weight);
    for (int q = 0; q < GRID_MODELS; q++) {
        models[q].weight = exp(models[q].weight - best);
        sum += models[q].weight;
    }
    for (int q = 0; q < GRID_MODELS; q++)
        models[q].weight /= sum;
}

static void solve_models(struct work *work)
{
    struct model_data data = {
        .z = work->z,
        .known = work->of->known,
        .n = work->of->n,
        .n_known = work->n_known,
        .target = work->of->target,
        .n_targets = work->of->n_targets,
        .scale = work->of->scale,
        .center = work->of->scale == BES_LOG ? 0 : work->center / work->unit,
    };
    models_solve(&data, work->models);
    weigh(work->models);
}

/* The errors of the weighted models, each from the months before. */
static void errors_of(const struct work *work, double *ret)
{
    memset(ret, 0, (size_t)work->of->n * sizeof *ret);
    for (int q = 0; q < GRID_MODELS; q++) {
        struct model_state state = model_start(&work->models[q]);
        if (work->models[q].weight < bes_grid.outlier_weight)
            continue;
        for (int t = 0; t < work->of->n; t++) {
            double error = model_step(&work->models[q], &state, t, work->of->known[t], work->z[t]);
            ret[t] += work->models[q].weight * error;
        }
    }
}

static double median_magnitude(struct arena *arena, const struct work *work, const double *errors)
{
    double *sizes = ARENA_ARRAY(arena, (size_t)work->n_known, double);
    size_t n = 0;
    for (int t = 0; t < work->of->n; t++) {
        if (work->of->known[t])
            sizes[n++] = fabs(errors[t]);
    }
    return reals_median(sizes, n);
}

/* Brings months that are too far off nearer to what was foretold of them. */
static void outliers_find(struct arena *arena, struct work *work, struct bes_answer *ret)
{
    double *errors = ARENA_ARRAY(arena, (size_t)work->of->n, double);
    struct bes_outlier *outliers = ARENA_ARRAY(arena, (size_t)work->n_known, struct bes_outlier);
    errors_of(work, errors);
    double limit = bes_grid.outlier_s * 1.4826 * median_magnitude(arena, work, errors);
    for (int t = 0; t < work->of->n; t++) {
        if (!work->of->known[t] || fabs(errors[t]) <= limit)
            continue;
        double foretold = work->z[t] - errors[t];
        work->z[t] = foretold + copysign(limit, errors[t]);
        outliers[ret->n_outliers++] = (struct bes_outlier){
            .place = t,
            .foretold = value_of(work, foretold),
            .fitted = value_of(work, work->z[t]),
        };
    }
    ret->outliers = outliers;
}

/* The weighted mean of what the models say, and the spread within and between them. */
static struct bes_median average(const struct model *models, size_t which)
{
    struct bes_median mean = {0};
    double variance = 0;
    for (int q = 0; q < GRID_MODELS; q++)
        mean.median += models[q].weight * models[q].says[which].median;
    for (int q = 0; q < GRID_MODELS; q++) {
        double off = models[q].says[which].median - mean.median;
        variance += models[q].weight * (models[q].says[which].s + off * off);
    }
    mean.s = sqrt(variance);
    return mean;
}

/* A series is too short to tell its own width well: what many have is drawn in, on the logarithmic scale, where
 * widths of different series can be compared. */
static double width_settle(double s)
{
    return pow(s, 1 - bes_grid.width_pull) * pow(bes_grid.width_typical, bes_grid.width_pull);
}

/* From the models' scale to that of the values; the months then add up to the total. */
static void answers_scale(const struct work *work, struct bes_answer *ret)
{
    double sum = 0;
    bool is_log = work->of->scale == BES_LOG;
    for (int i = 0; i < work->of->n_targets; i++) {
        struct bes_median says = average(work->models, (size_t)i);
        ret->month[i].median = is_log ? value_of(work, says.median) : work->unit * says.median;
        ret->month[i].s = is_log ? width_settle(says.s) : work->unit * says.s;
        sum += ret->month[i].median;
    }
    ret->total = average(work->models, MODEL_TOTAL);
    ret->total.median = is_log ? value_of(work, ret->total.median) : work->unit * ret->total.median;
    ret->total.s = is_log ? width_settle(ret->total.s) : work->unit * ret->total.s;
    for (int i = 0; is_log && i < work->of->n_targets; i++)
        ret->month[i].median *= ret->total.median / sum;
}

/* The seasonal terms of the weighted models as each month found them, less the mean of the twelve. */
static const double *seasonal_of(struct arena *arena, const struct work *work)
{
    double *seasonal = ARENA_ARRAY(arena, (size_t)work->of->n, double);
    for (int q = 0; q < GRID_MODELS; q++) {
        struct model_state state = model_start(&work->models[q]);
        for (int t = 0; t < work->of->n; t++) {
            double mean = 0;
            for (int j = 0; j < BES_SEASONS; j++)
                mean += state.season[j] / BES_SEASONS;
            seasonal[t] +=
                work->models[q].weight * work->unit * (state.season[t % BES_SEASONS] - mean);
            model_step(&work->models[q], &state, t, work->of->known[t], work->z[t]);
        }
    }
    return seasonal;
}

struct bes_answer bes_answer(struct arena *arena, const struct bes_question *question)
{
    struct bes_answer answer = {0};
    struct work work = {.of = question};
    assert(question->n <= BES_MONTHS_MAX && question->n_targets <= BES_TARGETS_MAX);
    work.z = ARENA_ARRAY(arena, (size_t)question->n, double);
    work.models = ARENA_ARRAY(arena, GRID_MODELS, struct model);
    scale_values(&work);
    assert(work.n_known >= BES_MONTHS_MIN);
    answer.n_known = work.n_known;
    solve_models(&work);
    outliers_find(arena, &work, &answer);
    if (answer.n_outliers > 0)
        solve_models(&work);
    answers_scale(&work, &answer);
    if (question->seasonal)
        answer.seasonal = seasonal_of(arena, &work);
    return answer;
}

double bes_multiplier(double level, int n_known)
{
    double z_80 = normal_bound(0.80);
    double z_95 = normal_bound(0.95);
    double along = (normal_bound(level / 100) - z_80) / (z_95 - z_80);
    double factor = bes_grid.factor_80 + along * (bes_grid.factor_95 - bes_grid.factor_80);
    return factor * student_bound(level / 100, n_known - 1);
}
