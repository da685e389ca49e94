#include "exportstat/stats/spread.h"

#include <math.h>

#include "exportstat/stats/bes.h"
#include "exportstat/stats/student.h"

double spread_point(const struct spread *spread)
{
    return spread->known + spread->rest;
}

/* The value below which the share p of a sample lies, by plotting positions i / (n + 1): with few values wider
 * than what they span would suggest, but never beyond them. */
static double quantile(const struct spread *spread, double p)
{
    double place = p * ((double)spread->n_sample + 1) - 1;
    if (place <= 0)
        return spread->sample[0];
    if (place >= (double)(spread->n_sample - 1))
        return spread->sample[spread->n_sample - 1];
    size_t below = (size_t)place;
    double along = place - (double)below;
    return spread->sample[below] + along * (spread->sample[below + 1] - spread->sample[below]);
}

static struct bounds rest_bounds(const struct spread *spread, double level)
{
    double half = spread->s;
    if (spread->kind == SPREAD_SAMPLE) {
        return (struct bounds){
            fmin(spread->rest, quantile(spread, (1 - level / 100) / 2)),
            fmax(spread->rest, quantile(spread, (1 + level / 100) / 2)),
        };
    }
    half *= bes_multiplier(level, spread->n_known);
    if (spread->kind == SPREAD_LOG)
        return (struct bounds){spread->rest * exp(-half), spread->rest * exp(half)};
    return (struct bounds){fmax(spread->rest - half, fmin(spread->floor, spread->rest)),
                           spread->rest + half};
}

bool spread_interval(const struct spread *spread, double level, struct bounds *ret)
{
    struct bounds bounds = {spread->rest, spread->rest};
    if (spread->kind == SPREAD_UNKNOWN)
        return false;
    if (spread->kind != SPREAD_EXACT)
        bounds = rest_bounds(spread, level);
    bounds = (struct bounds){spread->known + bounds.low, spread->known + bounds.high};
    if (!(bounds.high < SPREAD_LIMIT && bounds.low > -SPREAD_LIMIT))
        return false;
    *ret = bounds;
    return true;
}

/* The share of the sample that is at least as much; neither none nor all of what may come. */
static double sample_reaches(const struct spread *spread, double rest)
{
    size_t reach = 0;
    for (size_t i = 0; i < spread->n_sample; i++)
        reach += spread->sample[i] >= rest;
    return ((double)reach + 0.5) / ((double)spread->n_sample + 1);
}

bool spread_reaches(const struct spread *spread, double target, double *ret)
{
    double rest = target - spread->known;
    double off = rest - spread->rest;
    if (spread->kind == SPREAD_UNKNOWN)
        return false;
    if (spread->kind == SPREAD_EXACT || (spread->kind != SPREAD_SAMPLE && spread->s == 0)) {
        *ret = off <= 0;
        return true;
    }
    if (rest <= spread->floor && spread->kind != SPREAD_IDENTITY) {
        *ret = 1;
        return true;
    }
    if (spread->kind == SPREAD_SAMPLE) {
        *ret = sample_reaches(spread, rest);
        return true;
    }
    if (spread->kind == SPREAD_LOG)
        off = log(rest) - log(spread->rest);
    /* The normal distribution as wide as the interval at 80 percent. */
    double s = spread->s * bes_multiplier(80, spread->n_known) / normal_bound(0.80);
    *ret = 0.5 * erfc(off / s / M_SQRT2);
    return true;
}
