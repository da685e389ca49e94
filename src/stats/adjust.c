#include "exportstat/stats/adjust.h"

#include <math.h>

#include "project_rules.h"

static struct bes_answer season_ask(struct arena *arena, const struct months *months,
                                    enum bes_scale scale)
{
    double *value = ARENA_ARRAY(arena, months->n, double);
    bool *known = ARENA_ARRAY(arena, months->n, bool);
    struct bes_question question = {
        .value = value, .known = known, .n = (int)months->n, .scale = scale, .seasonal = true};
    for (size_t i = 0; i < months->n; i++) {
        known[i] = months->at[i].known && (scale != BES_LOG || months->at[i].value != 0);
        value[i] = known[i] ? months->at[i].value : 0;
    }
    return bes_answer(arena, &question);
}

struct adjusted adjust(struct arena *arena, const struct months *months)
{
    struct adjusted adjusted = {.missing = MISSING_INSUFFICIENT_HISTORY};
    struct basis basis = basis_take(arena, months, months->first + (int32_t)months->n);
    enum fit fit = basis_fit(&basis, &adjusted.flags);
    size_t n = basis.months.n;
    if (basis.n_known < ADJUST_KNOWN_MIN || fit == FIT_INTERMITTENT)
        return adjusted;
    adjusted.scale = fit == FIT_LOG ? BES_LOG : BES_IDENTITY;
    struct bes_answer answer = season_ask(arena, &basis.months, adjusted.scale);
    double *season = ARENA_ARRAY(arena, n, double);
    struct monthly *at = ARENA_ARRAY(arena, n, struct monthly);
    for (size_t i = 0; i < n; i++) {
        const struct monthly *from = &basis.months.at[i];
        bool is_log = adjusted.scale == BES_LOG;
        season[i] = is_log ? exp(answer.seasonal[i]) : answer.seasonal[i];
        at[i].known = from->known;
        if (from->known)
            at[i].value = is_log ? from->value / season[i] : from->value - season[i];
        adjusted.by_month[(basis.months.first + (int32_t)i) % 12] = season[i];
    }
    adjusted.known = true;
    adjusted.missing = MISSING_NOT;
    adjusted.months = (struct months){basis.months.first, at, n};
    adjusted.season = season;
    return adjusted;
}
