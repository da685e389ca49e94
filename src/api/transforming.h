/* The transform that a request asks for, of one series: each period by itself, but for the seasonal adjustment, which
 * looks at all months at once. Part of the api. */
#pragma once

#include "call.h"
#include "exportstat/stats/adjust.h"
#include "exportstat/stats/growth.h"

struct transforming {
    const struct view *view;
    enum frequency frequency;
    enum transform transform;
    struct adjusted adjusted; /* with TRANSFORM_INDICATIVE_SA */
};

/* False where the transform can not be had so, and call->problem says why. */
bool transforming_begin(struct call *call, const struct selected *selected,
                        struct transforming *ret);

/* The transformed figure of a period of the frequency. */
struct transformed transforming_of(const struct transforming *of, struct span period);
