#include "transforming.h"

bool transforming_begin(struct call *call, const struct selected *selected,
                        struct transforming *ret)
{
    *ret = (struct transforming){
        .view = &selected->view,
        .frequency = (enum frequency)arg(call, PARAM_FREQUENCY)->number,
        .transform = (enum transform)arg(call, PARAM_TRANSFORM)->number,
    };
    if (ret->transform != TRANSFORM_INDICATIVE_SA)
        return true;
    if (ret->frequency != FREQUENCY_MONTH)
        return problem_invalid(call->problem, params[PARAM_TRANSFORM].name, NULL,
                               "indicative_sa is there for frequency=month only");
    if (!call_slow(call))
        return false;
    struct months months = months_of(call->arena, &selected->view);
    ret->adjusted = adjust(call->arena, &months);
    return true;
}

static struct transformed month_adjusted(const struct transforming *of, int32_t month)
{
    const struct months *months = &of->adjusted.months;
    const struct observation *observation = view_month(of->view, month);
    if (!observation || !observation->known)
        return (struct transformed){.missing = MISSING_NOT_REPORTED};
    if (!of->adjusted.known || month < months->first)
        return (struct transformed){.missing = MISSING_INSUFFICIENT_HISTORY};
    return (struct transformed){
        .known = true,
        .kind = TRANSFORMED_REAL,
        .real = months->at[month - months->first].value,
    };
}

struct transformed transforming_of(const struct transforming *of, struct span period)
{
    if (of->transform == TRANSFORM_INDICATIVE_SA)
        return month_adjusted(of, period.first);
    return transform_of(of->view, period, of->frequency, of->transform);
}
