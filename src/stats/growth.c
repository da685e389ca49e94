#include "exportstat/stats/growth.h"

#include <assert.h>
#include <math.h>

const char *const growth_basis_names[] = {
    [GROWTH_MOM] = "mom",
    [GROWTH_YOY] = "yoy",
    [GROWTH_FYTD] = "fytd",
    [GROWTH_TRAILING_12M] = "trailing_12m",
    NULL,
};

const char *const transform_names[] = {
    [TRANSFORM_LEVEL] = "level",
    [TRANSFORM_CHANGE] = "change",
    [TRANSFORM_YOY_CHANGE] = "yoy_change",
    [TRANSFORM_PERCENT] = "percent",
    [TRANSFORM_YOY_PERCENT] = "yoy_percent",
    [TRANSFORM_ANNUALISED_PERCENT] = "annualised_percent",
    [TRANSFORM_LOG_PERCENT] = "log_percent",
    [TRANSFORM_ANNUALISED_LOG_PERCENT] = "annualised_log_percent",
    [TRANSFORM_LOG] = "log",
    [TRANSFORM_INDICATIVE_SA] = "indicative_sa",
    NULL,
};

const char *const transform_codes[] = {
    [TRANSFORM_LEVEL] = "lin",
    [TRANSFORM_CHANGE] = "chg",
    [TRANSFORM_YOY_CHANGE] = "ch1",
    [TRANSFORM_PERCENT] = "pch",
    [TRANSFORM_YOY_PERCENT] = "pc1",
    [TRANSFORM_ANNUALISED_PERCENT] = "pca",
    [TRANSFORM_LOG_PERCENT] = "cch",
    [TRANSFORM_ANNUALISED_LOG_PERCENT] = "cca",
    [TRANSFORM_LOG] = "log",
    [TRANSFORM_INDICATIVE_SA] = "indicative_sa",
    NULL,
};

static enum missing base_missing(const struct figure *base)
{
    if (!base->known)
        return MISSING_NO_BASE;
    if (base->value == 0)
        return MISSING_ZERO_BASE;
    return base->value < 0 ? MISSING_NEGATIVE_BASE : MISSING_NOT;
}

struct growth growth_between(struct figure now, struct figure base)
{
    struct growth growth = {.now = now, .base = base};
    growth.missing = now.known ? base_missing(&base) : now.missing;
    growth.has_change = now.known && base.known;
    if (growth.has_change)
        growth.change = now.value - base.value;
    growth.unlike_bases = growth.has_change && now.is_sum != base.is_sum;
    growth.has_percent = growth.missing == MISSING_NOT;
    if (growth.has_percent)
        growth.percent = ratio_percent(growth.change, base.value);
    return growth;
}

struct span fiscal_year_to_date(int32_t month, int fiscal_year_start)
{
    struct span year = frequency_span(FREQUENCY_FISCAL_YEAR, month, fiscal_year_start);
    return (struct span){year.first, month};
}

static struct span earlier(struct span span, int32_t months)
{
    return (struct span){span.first - months, span.last - months};
}

struct growth growth_of(const struct view *view, struct span period, enum growth_basis basis)
{
    struct span now = period;
    int32_t back = 12;
    if (basis == GROWTH_MOM)
        back = span_months(period);
    else if (basis == GROWTH_FYTD)
        now = fiscal_year_to_date(period.last, view->resolved->fiscal_year_start);
    else if (basis == GROWTH_TRAILING_12M)
        now = (struct span){period.last - 11, period.last};
    return growth_between(figure_of(view, now), figure_of(view, earlier(now, back)));
}

static struct transformed transformed_real(double real)
{
    /* The twelfth power of a ratio of amounts may leave the range that a number is written in. */
    if (!isfinite(real) || fabs(real) >= REAL_LIMIT)
        return (struct transformed){.missing = MISSING_OUT_OF_RANGE};
    return (struct transformed){.known = true, .kind = TRANSFORMED_REAL, .real = real};
}

static struct transformed transform_log(const struct figure *now)
{
    enum missing missing = now->known ? base_missing(now) : now->missing;
    if (missing != MISSING_NOT)
        return (struct transformed){.missing = missing};
    return transformed_real(log(amount_real(now->value)));
}

/* Figures above zero on both sides: logarithms of their ratio. */
static struct transformed transform_ratio(const struct growth *growth, enum transform transform,
                                          int n)
{
    enum missing missing = growth->missing;
    if (missing == MISSING_NOT && transform != TRANSFORM_ANNUALISED_PERCENT)
        missing = base_missing(&growth->now);
    if (missing != MISSING_NOT)
        return (struct transformed){.missing = missing};
    double ratio = amount_real(growth->now.value) / amount_real(growth->base.value);
    if (transform == TRANSFORM_ANNUALISED_PERCENT)
        return transformed_real(100 * (pow(ratio, n) - 1));
    return transformed_real(100 * log(ratio) * (transform == TRANSFORM_LOG_PERCENT ? 1 : n));
}

static struct transformed transform_growth(const struct growth *growth, enum frequency frequency,
                                           enum transform transform)
{
    if (transform == TRANSFORM_CHANGE || transform == TRANSFORM_YOY_CHANGE) {
        /* A base of zero or less gives no percentage, but a change. */
        enum missing missing = growth->has_change ? MISSING_NOT : MISSING_NO_BASE;
        return (struct transformed){
            .known = growth->has_change,
            .missing = growth->now.known ? missing : growth->now.missing,
            .kind = TRANSFORMED_AMOUNT,
            .amount = growth->change,
        };
    }
    if (transform == TRANSFORM_PERCENT || transform == TRANSFORM_YOY_PERCENT) {
        return (struct transformed){
            .known = growth->has_percent,
            .missing = growth->missing,
            .kind = TRANSFORMED_RATIO,
            .ratio = growth->percent,
        };
    }
    return transform_ratio(growth, transform, 12 / frequency_months(frequency));
}

struct transformed transform_of(const struct view *view, struct span period,
                                enum frequency frequency, enum transform transform)
{
    assert(transform != TRANSFORM_INDICATIVE_SA);
    struct figure now = figure_of(view, period);
    bool by_year = transform == TRANSFORM_YOY_CHANGE || transform == TRANSFORM_YOY_PERCENT;
    int32_t back = by_year ? 12 : frequency_months(frequency);
    if (transform == TRANSFORM_LOG)
        return transform_log(&now);
    if (transform == TRANSFORM_LEVEL) {
        return (struct transformed){
            .known = now.known,
            .missing = now.missing,
            .kind = TRANSFORMED_AMOUNT,
            .amount = now.value,
        };
    }
    struct growth growth = growth_between(now, figure_of(view, earlier(period, back)));
    struct transformed transformed = transform_growth(&growth, frequency, transform);
    transformed.unlike_bases = growth.unlike_bases;
    return transformed;
}
