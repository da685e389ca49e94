/* The projection of months that come and go. */
#include <math.h>

#include "project_rules.h"
#include "reals.h"

enum { WINDOWS_MIN = 6 };

/* The weight of each next month in the average. */
static const double average_alpha = 0.1;

/* Sums of n known months in a row, all that the history has, moved so that their mean is n times the level. */
static struct spread sums_of(struct arena *arena, const struct basis *basis, size_t n, double level)
{
    const struct months *months = &basis->months;
    double *sample = ARENA_ARRAY(arena, months->n, double);
    size_t n_sample = 0;
    double mean = 0;
    for (size_t i = 0; i + n <= months->n; i++) {
        double sum = 0;
        bool known = true;
        for (size_t k = 0; k < n; k++) {
            known &= months->at[i + k].known;
            sum += months->at[i + k].value;
        }
        if (known)
            sample[n_sample++] = sum;
    }
    double rest = level * (double)n;
    for (size_t i = 0; i < n_sample; i++)
        mean += sample[i] / (double)n_sample;
    for (size_t i = 0; i < n_sample; i++)
        sample[i] = basis->n_negative > 0 ? sample[i] - mean + rest
                    : mean > 0            ? sample[i] * (rest / mean)
                                          : 0;
    reals_sort(sample, n_sample);
    return (struct spread){
        .kind = n_sample < WINDOWS_MIN ? SPREAD_UNKNOWN : SPREAD_SAMPLE,
        .rest = rest,
        .floor = basis->n_negative > 0 ? -INFINITY : 0,
        .sample = sample,
        .n_sample = n_sample,
    };
}

/* Months that come and go: every one to come is the average, which forgets slowly. */
void intermittent_project(struct arena *arena, const struct basis *basis,
                          const struct so_far *so_far, struct projection *ret)
{
    const struct months *months = &basis->months;
    double level = 0;
    int n = 0;
    for (size_t i = 0; i < months->n; i++) {
        if (!months->at[i].known)
            continue;
        /* The plain mean of the first ten, as which the average starts. */
        n++;
        level += (months->at[i].value - level) * fmax(average_alpha, 1.0 / n);
    }
    ret->fitted_months = basis->n_known;
    ret->total = sums_of(arena, basis, (size_t)(12 - so_far->n), level);
    struct spread month = sums_of(arena, basis, 1, level);
    for (int i = 0; i < 12; i++) {
        if (!(so_far->months & (1U << i)))
            ret->month[i].spread = month;
        else if (so_far->covered & (1U << i))
            ret->month[i].spread.rest = level;
    }
}
