#include "project_rules.h"

#include <math.h>

const char *const scenario_names[] = {
    [SCENARIO_BES] = "bes",
    [SCENARIO_SEASONAL_SHARE] = "seasonal_share",
    [SCENARIO_RUN_RATE] = "run_rate",
    [SCENARIO_PRIOR_YEAR] = "prior_year",
    [SCENARIO_RECENT_PACE] = "recent_pace",
    [SCENARIO_SAME_AS_LAST_YEAR] = "same_as_last_year",
    NULL,
};

/* What another year says of this one. */
struct pattern {
    unsigned known;
    double month[12];
};

static struct pattern pattern_of(const struct months *months, int32_t first)
{
    struct pattern pattern = {0};
    for (int i = 0; i < 12; i++) {
        if (!month_known(months, first + i))
            continue;
        pattern.known |= 1U << i;
        pattern.month[i] = month_at(months, first + i)->value;
    }
    return pattern;
}

static double pattern_sum(const struct pattern *pattern, unsigned which)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += which & (1U << i) ? pattern->month[i] : 0;
    return sum;
}

/* The latest complete years before, three at most, added up; known is 0 where there is none. */
static struct pattern complete_years(const struct months *months, int32_t year_first)
{
    struct pattern sum = {0};
    int n = 0;
    for (int32_t first = year_first - 12; first >= months->first && n < SCENARIO_YEARS_MAX;
         first -= 12) {
        struct pattern year = pattern_of(months, first);
        if (year.known != WHOLE_YEAR)
            continue;
        for (int i = 0; i < 12; i++)
            sum.month[i] += year.month[i];
        sum.known = WHOLE_YEAR;
        n++;
    }
    return sum;
}

static enum missing scale_pattern(struct pattern *pattern, const struct so_far *so_far)
{
    double base = pattern_sum(pattern, so_far->months);
    if (so_far->n == 0)
        return MISSING_INSUFFICIENT_HISTORY;
    if (base <= 0)
        return base == 0 ? MISSING_ZERO_BASE : MISSING_NEGATIVE_BASE;
    for (int i = 0; i < 12; i++)
        pattern->month[i] *= so_far->total / base;
    return MISSING_NOT;
}

static void level_pattern(struct pattern *pattern, double level)
{
    for (int i = 0; i < 12; i++)
        pattern->month[i] = level;
}

/* The average of the newest known months of all. */
static enum missing pace_pattern(const struct months *months, struct pattern *ret)
{
    double sum = 0;
    int n = 0;
    for (size_t i = months->n; i > 0 && n < SCENARIO_PACE_MONTHS; i--) {
        if (!months->at[i - 1].known)
            continue;
        sum += months->at[i - 1].value;
        n++;
    }
    level_pattern(ret, sum / SCENARIO_PACE_MONTHS);
    return n == SCENARIO_PACE_MONTHS ? MISSING_NOT : MISSING_INSUFFICIENT_HISTORY;
}

/* What each month of the year would be; of those that are certain it is not used. */
static enum missing pattern_fill(const struct project_request *request, const struct so_far *so_far,
                                 struct pattern *ret)
{
    unsigned rest = WHOLE_YEAR & ~so_far->months;
    switch (request->scenario) {
    case SCENARIO_RUN_RATE:
        level_pattern(ret, so_far->n > 0 ? so_far->total / so_far->n : 0);
        return so_far->n > 0 ? MISSING_NOT : MISSING_INSUFFICIENT_HISTORY;
    case SCENARIO_RECENT_PACE:
        return pace_pattern(&request->months, ret);
    case SCENARIO_SAME_AS_LAST_YEAR:
        *ret = pattern_of(&request->months, request->first - 12);
        return (ret->known & rest) == rest ? MISSING_NOT : MISSING_NO_BASE;
    case SCENARIO_PRIOR_YEAR:
        *ret = pattern_of(&request->months, request->first - 12);
        if (ret->known != WHOLE_YEAR)
            return MISSING_NO_BASE;
        return scale_pattern(ret, so_far);
    default:
        *ret = complete_years(&request->months, request->first);
        if (ret->known != WHOLE_YEAR)
            return MISSING_INSUFFICIENT_HISTORY;
        return scale_pattern(ret, so_far);
    }
}

void scenario_project(const struct project_request *request, const struct so_far *so_far,
                      struct projection *ret)
{
    struct pattern pattern = {0};
    double rest = 0;
    ret->missing = pattern_fill(request, so_far, &pattern);
    ret->known = ret->missing == MISSING_NOT;
    if (!ret->known)
        return;
    for (int i = 0; i < 12; i++) {
        if (ret->month[i].known)
            continue;
        ret->month[i].spread = (struct spread){.rest = pattern.month[i]};
        if (!(so_far->months & (1U << i)))
            rest += pattern.month[i];
    }
    ret->total = (struct spread){.known = so_far->total, .rest = rest};
    if (!(fabs(spread_point(&ret->total)) < SPREAD_LIMIT)) {
        ret->known = false;
        ret->missing = MISSING_OUT_OF_RANGE;
    }
}
