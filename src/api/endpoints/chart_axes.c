#include <math.h>
#include <stdio.h>

#include "chart.h"

enum { DECIMALS_SHOWN_MAX = 9 };

/* The smallest 1, 2 or 5 times a power of ten that is not below the width. */
static double round_step(double width)
{
    double power = pow(10, floor(log10(width)));
    static const double factors[] = {1, 2, 5};
    for (size_t i = 0; i < COUNT(factors); i++) {
        if (factors[i] * power >= width * (1 - 1e-9))
            return factors[i] * power;
    }
    return 10 * power;
}

struct chart_scale chart_scale_of(double low, double high, bool with_zero, int ticks)
{
    struct chart_scale scale;
    if (with_zero) {
        low = fmin(low, 0);
        high = fmax(high, 0);
    }
    /* Of a level line any part would do; a tenth of its height, or one, shows where it lies. */
    double width = high - low;
    if (width <= fabs(high) * 1e-9)
        width = high == 0 ? 1 : fabs(high) / 10;
    scale.step = round_step(width / (ticks > 2 ? ticks - 1 : 1));
    scale.low = floor(low / scale.step + 1e-9) * scale.step;
    scale.high = ceil(high / scale.step - 1e-9) * scale.step;
    if (scale.high - scale.low < scale.step / 2)
        scale.high = scale.low + scale.step;
    scale.n_ticks = (int)lround((scale.high - scale.low) / scale.step) + 1;
    if (scale.n_ticks > CHART_TICKS_MAX)
        scale.n_ticks = CHART_TICKS_MAX;
    int decimals = (int)-floor(log10(scale.step) + 1e-9);
    scale.decimals = decimals < 0 ? 0 : decimals;
    if (scale.decimals > DECIMALS_SHOWN_MAX)
        scale.decimals = DECIMALS_SHOWN_MAX;
    return scale;
}

void chart_tick_label(const struct chart_scale *scale, double value, char ret[static CHART_LABEL])
{
    if (fabs(value) < scale->step / 2)
        value = 0; /* and not -0 */
    if (fabs(value) < 1e15)
        snprintf(ret, CHART_LABEL, "%.*f", scale->decimals, value);
    else
        snprintf(ret, CHART_LABEL, "%.3g", value);
}

void chart_period(const struct chart *chart, struct span period, char ret[static PERIOD_TEXT])
{
    span_format(period, chart->frequency, chart->info->fiscal_year_start, ret);
}
