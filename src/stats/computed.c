#include "computed.h"

#include "exportstat/stats/band.h"

static void input_add(struct computed *computed, size_t series, const struct figure *figure)
{
    computed->inputs[computed->n_inputs].series = series;
    computed->inputs[computed->n_inputs++].figure = *figure;
}

static bool not_known(struct computed *ret, size_t series, struct span missing)
{
    *ret = (struct computed){
        .why = MISSING_NOT_REPORTED,
        .missing_series = series,
        .missing = missing,
    };
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

static void range_into(struct computed *computed, struct range range)
{
    computed->known = true;
    computed->value = range.value;
    computed->low = range.low;
    computed->high = range.high;
}

static void value_from(struct computed *computed, struct band band, int parts)
{
    range_into(computed, band_parts(band, parts));
}

static bool compute_level(const struct bench *bench, const struct reading *as, enum choice_of now,
                          struct computed *ret)
{
    struct figure figure;
    if (!figure_choose(&bench->views[as->series], as->span, now, &figure))
        return false;
    if (!figure.known)
        return not_known(ret, as->series, as->span);
    *ret = (struct computed){0};
    input_add(ret, as->series, &figure);
    value_from(ret, band_of(&figure), 1);
    return true;
}

/* Growth or a share; the base is the second input. None of a base that is zero within its rounding: what it
 * amounts to would have no bound. The inputs stay, to show it. */
static bool percent_from(struct computed *ret, struct band now, struct band base, bool is_share,
                         struct span missing)
{
    struct range range;
    if (is_share ? band_share(now, base, &range) : band_growth(now, base, &range)) {
        range_into(ret, range);
    } else {
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
    if (!figure.known || !earlier.known)
        return not_known(ret, as->series, figure.known ? before : as->span);
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
    if (desk->goods == AUDIT_NONE || desk->services == AUDIT_NONE)
        return not_known(ret, as->series, as->span);
    if (!figure_choose(&bench->views[as->series], as->span, now, &part))
        return false;
    goods = figure_of(&bench->views[desk->goods], as->span);
    services = figure_of(&bench->views[desk->services], as->span);
    if (!part.known)
        return not_known(ret, as->series, as->span);
    if (!goods.known || !services.known)
        return not_known(ret, (size_t)(goods.known ? desk->services : desk->goods), as->span);
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
        return not_known(ret, as->series, before);
    *ret = (struct computed){0};
    input_add(ret, as->series, &figure);
    value_from(ret, band_of(&figure), 12);
    return true;
}

/* Months from one period of a kind to the next: months follow one another, longer periods come each year. */
static int32_t step_of(struct span like)
{
    return like.first == like.last ? 1 : 12;
}

static bool earlier_known(const struct view *view, struct span *at, struct figure *ret)
{
    for (int32_t step = step_of(*at); view->n > 0;) {
        *at = (struct span){at->first - step, at->last - step};
        if (at->last < view->resolved->months[0].span.first)
            return false;
        *ret = figure_of(view, *at);
        if (ret->known)
            return true;
    }
    return false;
}

/* The highest figure of earlier periods of the kind, with what rounding leaves of it. */
static bool highest_before(const struct view *view, struct span span, struct figure *ret,
                           struct band *ret_band)
{
    struct figure figure;
    bool found = false;
    while (earlier_known(view, &span, &figure)) {
        struct band band = band_of(&figure);
        if (!found || figure.value >= ret->value)
            *ret = figure;
        if (!found) {
            *ret_band = band;
        } else {
            ret_band->value = band.value > ret_band->value ? band.value : ret_band->value;
            ret_band->low = band.low > ret_band->low ? band.low : ret_band->low;
            ret_band->high = band.high > ret_band->high ? band.high : ret_band->high;
        }
        found = true;
    }
    return found;
}

struct span newest_record(const struct view *view, struct span like)
{
    int32_t step = step_of(like);
    struct figure best = {0};
    struct span record = like;
    if (view->n == 0)
        return record;
    int32_t ahead = (view_last(view) - like.last) / step * step;
    struct span at = {like.first + ahead + step, like.last + ahead + step};
    struct figure figure;
    while (earlier_known(view, &at, &figure)) {
        /* From the newest back: of equal ones the earliest is the record. */
        if (!best.known || figure.value >= best.value) {
            best = figure;
            record = at;
        }
    }
    return record;
}

struct span next_record(const struct view *view, struct span record)
{
    int32_t step = step_of(record);
    struct figure highest = figure_of(view, record);
    struct span at = record;
    while (view->n > 0 && at.last + step <= view_last(view)) {
        at = (struct span){at.first + step, at.last + step};
        struct figure figure = figure_of(view, at);
        if (figure.known && figure.value > highest.value)
            return at;
    }
    return record;
}

static bool compute_record(const struct bench *bench, const struct reading *as, enum choice_of now,
                           struct computed *ret)
{
    const struct view *view = &bench->views[as->series];
    struct figure before = {0};
    struct band highest = {0};
    if (!compute_level(bench, as, now, ret))
        return false;
    if (!ret->known)
        return true;
    bool any = highest_before(view, as->span, &before, &highest);
    struct band band = band_of(&ret->inputs[0].figure);
    ret->is_statement = true;
    ret->holds = !any || band.value > highest.value;
    ret->may_hold = !any || band.high > highest.low;
    if (any)
        input_add(ret, as->series, &before);
    return true;
}

/* The record that the newest record of the time replaced. */
static bool compute_previous_record(const struct bench *bench, const struct reading *as,
                                    struct span record, struct computed *ret)
{
    const struct view *view = &bench->views[as->series];
    struct figure previous;
    struct figure claimed = figure_of(view, as->span);
    struct band highest;
    if (!highest_before(view, record, &previous, &highest))
        return not_known(ret, as->series, as->span);
    *ret = (struct computed){.is_statement = true, .at = previous.span};
    input_add(ret, as->series, &previous);
    value_from(ret, band_of(&previous), 1);
    ret->holds = span_equal(previous.span, as->span);
    ret->may_hold = ret->holds;
    if (!ret->holds && claimed.known && as->span.last < record.last) {
        input_add(ret, as->series, &claimed);
        ret->may_hold = band_of(&claimed).high >= highest.low;
    }
    return true;
}

static bool compute_threshold(const struct bench *bench, const struct reading *as,
                              const struct claim *claim, enum choice_of now, struct computed *ret)
{
    const struct view *view = &bench->views[as->series];
    struct figure before;
    struct band highest;
    wide threshold = (wide)claim->value * 2;
    if (!compute_level(bench, as, now, ret))
        return false;
    if (!ret->known)
        return true;
    bool any = highest_before(view, as->span, &before, &highest);
    struct band band = band_of(&ret->inputs[0].figure);
    ret->is_statement = true;
    ret->ignores_value = true;
    ret->holds = band.value >= threshold && (!any || highest.value < threshold);
    ret->may_hold = band.high >= threshold && (!any || highest.low < threshold);
    if (any)
        input_add(ret, as->series, &before);
    return true;
}

/* Months in a row of year-on-year growth up to the period; `slack` is what rounding may add to the growth. */
static int32_t streak_length(const struct view *view, int32_t month, int slack)
{
    int32_t months = 0;
    for (;; month--, months++) {
        const struct observation *now = view_month(view, month);
        const struct observation *base = view_month(view, month - 12);
        if (!now || !base || !now->known || !base->known || base->value <= 0)
            return months;
        wide growth = 2 * ((wide)now->value - base->value);
        if (growth + slack * ((wide)now->precision + base->precision) <= 0)
            return months;
    }
}

static bool compute_streak(const struct bench *bench, const struct reading *as,
                           struct computed *ret)
{
    const struct view *view = &bench->views[as->series];
    struct figure figure = figure_of(view, as->span);
    if (!figure.known)
        return not_known(ret, as->series, as->span);
    *ret = (struct computed){.known = true};
    input_add(ret, as->series, &figure);
    ret->value = ratio_of(streak_length(view, as->span.last, 0), 1);
    ret->low = ratio_of(streak_length(view, as->span.last, -1), 1);
    ret->high = ratio_of(streak_length(view, as->span.last, 1), 1);
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
             enum choice_of now, enum choice_of base, struct span record, struct computed *ret)
{
    bool has_base =
        as->metric == METRIC_MOM || as->metric == METRIC_YOY || as->metric == METRIC_FYTD_YOY;
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
        return now == CHOICE_SUM && compute_previous_record(bench, as, record, ret);
    case METRIC_THRESHOLD:
        return compute_threshold(bench, as, claim, now, ret);
    case METRIC_STREAK:
        return now == CHOICE_SUM && compute_streak(bench, as, ret);
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
