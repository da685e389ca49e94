#include "computed.h"

#include "exportstat/stats/band.h"

void input_add(struct computed *computed, size_t series, const struct figure *figure)
{
    computed->inputs[computed->n_inputs].series = series;
    computed->inputs[computed->n_inputs++].figure = *figure;
}

bool not_known(struct computed *ret, enum missing why, size_t series, struct span missing)
{
    *ret = (struct computed){.why = why, .missing_series = series, .missing = missing};
    return true;
}

/* The figure by sum or by own report; a month has only one. False where the choice adds nothing. */
static bool figure_choose(const struct view *view, struct span span, enum choice_of choice,
                          struct figure *ret)
{
    *ret = figure_of(view, span);
    if (choice == CHOICE_SUM)
        return true;
    if (!ret->is_sum || !ret->own.known)
        return false;
    ret->is_sum = false;
    ret->is_reported = true;
    ret->value = ret->own.value;
    ret->precision = ret->own.precision;
    return true;
}

void value_from(struct computed *computed, struct band band)
{
    computed->known = true;
    computed->is_exact = true;
    computed->range = band_parts(band, 1);
}

bool compute_level(const struct bench *bench, const struct reading *as, enum choice_of now,
                   struct computed *ret)
{
    struct figure figure;
    if (!figure_choose(&bench->views[as->series], as->span, now, &figure))
        return false;
    if (!figure.known)
        return not_known(ret, figure.missing, as->series, as->span);
    *ret = (struct computed){0};
    input_add(ret, as->series, &figure);
    value_from(ret, band_of(&figure));
    return true;
}

/* Growth or a share; the base is the second input. None on a base that is zero or less, and no bound to a side where
 * rounding may make the base zero. The inputs stay, to show it. */
static bool percent_from(struct computed *ret, struct band now, struct band base, bool is_share,
                         struct span missing)
{
    ret->known =
        is_share ? band_share(now, base, &ret->range) : band_growth(now, base, &ret->range);
    if (!ret->known || ret->range.open_low || ret->range.open_high) {
        ret->why = base.value < 0 ? MISSING_NEGATIVE_BASE : MISSING_ZERO_BASE;
        ret->missing_series = ret->inputs[1].series;
        ret->missing = missing;
    }
    return true;
}

static bool compute_growth(const struct bench *bench, const struct reading *as, int32_t back,
                           enum choice_of now, enum choice_of base, struct computed *ret)
{
    const struct view *view = &bench->views[as->series];
    struct span before = {as->span.first - back, as->span.last - back};
    struct figure figure;
    struct figure earlier;
    if (!figure_choose(view, as->span, now, &figure) ||
        !figure_choose(view, before, base, &earlier))
        return false;
    if (!figure.known)
        return not_known(ret, figure.missing, as->series, as->span);
    if (!earlier.known)
        return not_known(ret, earlier.missing, as->series, before);
    *ret = (struct computed){0};
    input_add(ret, as->series, &figure);
    input_add(ret, as->series, &earlier);
    return percent_from(ret, band_of(&figure), band_of(&earlier), false, before);
}

static bool compute_share(const struct bench *bench, const struct reading *as, enum choice_of now,
                          struct computed *ret)
{
    const struct desk *desk = bench->desk;
    struct figure part;
    struct figure goods;
    struct figure services;
    if (!figure_choose(&bench->views[as->series], as->span, now, &part))
        return false;
    if (!part.known)
        return not_known(ret, part.missing, as->series, as->span);
    if (desk->goods == AUDIT_NONE)
        return not_known(ret, MISSING_NOT_REPORTED, desk->n + AUDIT_GOODS_OFF, as->span);
    if (desk->services == AUDIT_NONE)
        return not_known(ret, MISSING_NOT_REPORTED, desk->n + AUDIT_SERVICES_OFF, as->span);
    goods = figure_of(&bench->views[desk->goods], as->span);
    services = figure_of(&bench->views[desk->services], as->span);
    if (!goods.known)
        return not_known(ret, goods.missing, (size_t)desk->goods, as->span);
    if (!services.known)
        return not_known(ret, services.missing, (size_t)desk->services, as->span);
    *ret = (struct computed){0};
    input_add(ret, as->series, &part);
    input_add(ret, (size_t)desk->goods, &goods);
    input_add(ret, (size_t)desk->services, &services);
    struct band total = band_of(&goods);
    total = band_sum(total, band_of(&services));
    return percent_from(ret, band_of(&part), total, true, as->span);
}

/* The average of the twelve months before the period. */
static bool compute_average(const struct bench *bench, const struct reading *as,
                            struct computed *ret)
{
    struct span before = {as->span.first - 12, as->span.first - 1};
    struct figure figure = figure_of(&bench->views[as->series], before);
    if (!figure.known)
        return not_known(ret, figure.missing, as->series, before);
    *ret = (struct computed){.known = true, .range = band_parts(band_of(&figure), 12)};
    input_add(ret, as->series, &figure);
    return true;
}

/* A projection or target can be judged once the year is complete; its own number is rounded too. */
static bool compute_outcome(const struct bench *bench, const struct reading *as,
                            const struct claim *claim, enum choice_of now, struct computed *ret)
{
    wide claimed = (wide)claim->value * 2;
    bool is_ceiling = as->metric == METRIC_PROJECTION_HIGH;
    if (!compute_level(bench, as, now, ret))
        return false;
    if (!ret->known)
        return true;
    struct band band = band_of(&ret->inputs[0].figure);
    ret->is_statement = true;
    ret->ignores_value = true;
    ret->holds = is_ceiling ? band.value <= claimed : band.value >= claimed;
    ret->may_hold = is_ceiling ? band.low <= claimed + claim->precision
                               : band.high >= claimed - claim->precision;
    return true;
}

bool compute(const struct bench *bench, const struct reading *as, const struct claim *claim,
             enum choice_of now, enum choice_of base, struct successor successor,
             struct computed *ret)
{
    bool has_base = metric_is_percent(as->metric) && as->metric != METRIC_SHARE;
    if (!has_base && base != CHOICE_SUM)
        return false;
    switch (as->metric) {
    case METRIC_LEVEL:
    case METRIC_FYTD_LEVEL:
        return compute_level(bench, as, now, ret);
    case METRIC_MOM:
        return compute_growth(bench, as, span_months(as->span), now, base, ret);
    case METRIC_YOY:
    case METRIC_FYTD_YOY:
        return compute_growth(bench, as, 12, now, base, ret);
    case METRIC_RECORD_HIGH:
        return compute_record(bench, as, now, ret);
    case METRIC_PREVIOUS_RECORD:
        return now == CHOICE_SUM && compute_previous_record(bench, as, claim, successor, ret);
    case METRIC_THRESHOLD:
        return compute_threshold(bench, as, claim, now, ret);
    case METRIC_STREAK:
        return now == CHOICE_SUM && compute_streak(bench, as, claim, ret);
    case METRIC_AVERAGE:
        return now == CHOICE_SUM && compute_average(bench, as, ret);
    case METRIC_SHARE:
        return compute_share(bench, as, now, ret);
    case METRIC_PROJECTION_LOW:
    case METRIC_PROJECTION_HIGH:
    case METRIC_TARGET:
        return compute_outcome(bench, as, claim, now, ret);
    case METRICS:
        break;
    }
    return false;
}
