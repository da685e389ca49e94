/* The metrics that compare a period with earlier ones: records, thresholds, streaks. */
#include "computed.h"

static bool is_a(enum frequency frequency, const struct view *view, struct span span)
{
    return span_equal(span,
                      frequency_span(frequency, span.first, view->resolved->fiscal_year_start));
}

/* Months from one period of a kind to the next: months and quarters follow one another. Longer ones come each year,
 * as years do, since a half may be meant as a total to date too. */
static int32_t step_of(const struct view *view, struct span like)
{
    if (is_a(FREQUENCY_MONTH, view, like))
        return 1;
    bool is_quarter =
        is_a(FREQUENCY_QUARTER, view, like) || is_a(FREQUENCY_FISCAL_QUARTER, view, like);
    return is_quarter ? 3 : 12;
}

static bool earlier_known(const struct view *view, struct span *at, struct figure *ret)
{
    for (int32_t step = step_of(view, *at); view->n > 0;) {
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

/* The newest period of the kind that is known to have ended by the date, or of which it can be known. */
static struct span newest_ended(const struct view *view, struct span like, date by)
{
    int32_t step = step_of(view, like);
    struct span at = like;
    while (at.last + step <= view_last(view) && date_month_end(at.last + step).day <= by.day)
        at = (struct span){at.first + step, at.last + step};
    return at;
}

struct successor successor_newest(const struct view *view, struct span like, date by)
{
    struct successor newest = {SUCCESSOR_NONE, like};
    struct figure best = {0};
    struct figure figure;
    if (view->n == 0)
        return newest;
    int32_t step = step_of(view, like);
    struct span at = newest_ended(view, like, by);
    at = (struct span){at.first + step, at.last + step};
    while (earlier_known(view, &at, &figure)) {
        /* From the newest back: of equal ones the earliest is the record. */
        if (best.known && figure.value < best.value)
            continue;
        best = figure;
        newest.span = at;
    }
    newest.kind = newest.span.last > like.last ? SUCCESSOR_KNOWN : SUCCESSOR_NONE;
    return newest;
}

struct successor successor_next(const struct view *view, struct span like, date by)
{
    struct successor none = successor_newest(view, like, by);
    struct figure claimed = figure_of(view, like);
    struct successor unknown = {SUCCESSOR_NONE, like};
    int32_t step = step_of(view, like);
    struct span at = like;
    none.kind = SUCCESSOR_NONE;
    for (;;) {
        at = (struct span){at.first + step, at.last + step};
        /* Without a date of its own, a claim is about what is known at all. */
        bool told_later = by.day != DATE_ALL.day || (view->n > 0 && at.last <= view_last(view));
        if (!told_later || date_month_end(at.last).day > by.day)
            break;
        struct figure figure = figure_of(view, at);
        if (figure.known && figure.value > claimed.value)
            return (struct successor){SUCCESSOR_KNOWN, at};
        if (!figure.known && unknown.kind != SUCCESSOR_UNKNOWN)
            unknown = (struct successor){SUCCESSOR_UNKNOWN, at};
        if (unknown.kind == SUCCESSOR_UNKNOWN && (view->n == 0 || at.first > view_last(view)))
            break; /* nothing is known any more */
    }
    return unknown.kind == SUCCESSOR_UNKNOWN ? unknown : none;
}

/* A figure and the highest before it, which both become inputs. */
struct climb {
    struct band now;
    struct band before;
    bool is_first; /* none is known before it */
};

/* What records and thresholds are true or false by; like compute, and *ret_climb is set where the figure is known. */
static bool climb_of(const struct bench *bench, const struct reading *as, enum choice_of now,
                     struct computed *ret, struct climb *ret_climb)
{
    struct figure before;
    if (!compute_level(bench, as, now, ret))
        return false;
    if (!ret->known)
        return true;
    ret->is_statement = true;
    ret_climb->now = band_of(&ret->inputs[0].figure);
    ret_climb->is_first =
        !highest_before(&bench->views[as->series], as->span, &before, &ret_climb->before);
    if (!ret_climb->is_first)
        input_add(ret, as->series, &before);
    return true;
}

bool compute_record(const struct bench *bench, const struct reading *as, enum choice_of now,
                    struct computed *ret)
{
    struct climb climb;
    if (!climb_of(bench, as, now, ret, &climb))
        return false;
    if (!ret->known)
        return true;
    ret->holds = climb.is_first || climb.now.value > climb.before.value;
    ret->may_hold = climb.is_first || climb.now.high > climb.before.low;
    return true;
}

bool compute_threshold(const struct bench *bench, const struct reading *as,
                       const struct claim *claim, enum choice_of now, struct computed *ret)
{
    struct climb climb;
    wide threshold = (wide)claim->value * 2;
    if (!climb_of(bench, as, now, ret, &climb))
        return false;
    if (!ret->known)
        return true;
    ret->ignores_value = true;
    ret->holds = climb.now.value >= threshold && (climb.is_first || climb.before.value < threshold);
    ret->may_hold = climb.now.high >= threshold && (climb.is_first || climb.before.low < threshold);
    return true;
}

/* The first with room for the values of the second. */
static struct band band_around(struct band a, struct band b)
{
    a.low = b.low < a.low ? b.low : a.low;
    a.high = b.high > a.high ? b.high : a.high;
    return a;
}

/* Whether some later period, ended by the date, may be above the figure within rounding, which would have replaced it. */
static bool may_be_replaced(const struct view *view, const struct figure *claimed, date by)
{
    int32_t step = step_of(view, claimed->span);
    struct span newest = newest_ended(view, claimed->span, by);
    for (struct span at = claimed->span; at.last < newest.last;) {
        at = (struct span){at.first + step, at.last + step};
        struct figure figure = figure_of(view, at);
        if (figure.known && band_of(&figure).high > band_of(claimed).low)
            return true;
    }
    return false;
}

/* The answer once it is told whether the claim holds: the record before, and the figure of the claim where this is
 * another one. It may be either of the two, with the value of either. */
static bool previous_from(struct computed *ret, size_t series, const struct figure *previous,
                          const struct figure *claimed)
{
    struct band band = band_of(previous);
    ret->is_statement = true;
    ret->at = previous->span;
    input_add(ret, series, previous);
    if (!span_equal(previous->span, claimed->span))
        input_add(ret, series, claimed);
    value_from(ret, ret->may_hold ? band_around(band, band_of(claimed)) : band);
    return true;
}

bool compute_previous_record(const struct bench *bench, const struct reading *as,
                             const struct claim *claim, struct successor successor,
                             struct computed *ret)
{
    const struct view *view = &bench->views[as->series];
    struct figure claimed = figure_of(view, as->span);
    struct figure previous;
    struct band highest;
    if (!claimed.known)
        return not_known(ret, claimed.missing, as->series, as->span);
    bool may_be_record = !highest_before(view, as->span, &previous, &highest) ||
                         band_of(&claimed).high > highest.low;
    if (successor.kind == SUCCESSOR_UNKNOWN && may_be_record)
        return not_known(ret, MISSING_NOT_REPORTED, as->series, successor.span);
    *ret = (struct computed){0};
    /* What was no record can not have been the one before, whichever came next. */
    if (successor.kind == SUCCESSOR_UNKNOWN)
        return previous_from(ret, as->series, &previous, &claimed);
    if (!highest_before(view, successor.span, &previous, &highest)) {
        previous = claimed;
        highest = band_of(&claimed);
    }
    if (successor.kind == SUCCESSOR_KNOWN) {
        ret->holds = span_equal(previous.span, as->span);
        ret->may_hold = as->span.last < successor.span.last ? band_of(&claimed).high >= highest.low
                                                            : ret->holds;
    } else {
        ret->may_hold = may_be_record && may_be_replaced(view, &claimed, claim->published);
    }
    return previous_from(ret, as->series, &previous, &claimed);
}

/* Months in a row of growth on the year, up to one. */
struct walk {
    int32_t months;
    bool is_cut; /* by a month that is not known, so that there may be more */
    struct span missing;
};

/* `slack` is what rounding may add to the growth. A base of zero or less has no rate, and ends the growth. */
static struct walk walk_back(const struct view *view, int32_t month, int slack)
{
    struct walk walk = {0};
    for (;; month--, walk.months++) {
        const struct observation *now = view_month(view, month);
        const struct observation *base = view_month(view, month - 12);
        bool has_now = now && now->known;
        walk.is_cut = !has_now || !base || !base->known;
        walk.missing.first = walk.missing.last = has_now ? month - 12 : month;
        if (walk.is_cut || base->value <= 0)
            return walk;
        wide growth = 2 * ((wide)now->value - base->value);
        if (growth + slack * ((wide)now->precision + base->precision) <= 0)
            return walk;
    }
}

/* A month that is not known matters to a claim of as many months as lead to it, or more. */
static bool reaches(const struct claim *claim, const struct walk *walk)
{
    wide most = (wide)claim->value * 2 + claim->precision;
    return walk->is_cut && most >= (wide)walk->months * 2 * AMOUNT_SCALE;
}

bool compute_streak(const struct bench *bench, const struct reading *as, const struct claim *claim,
                    struct computed *ret)
{
    const struct view *view = &bench->views[as->series];
    struct figure figure = figure_of(view, as->span);
    struct walk value = walk_back(view, as->span.last, 0);
    struct walk low = walk_back(view, as->span.last, -1);
    struct walk high = walk_back(view, as->span.last, 1);
    if (!figure.known)
        return not_known(ret, figure.missing, as->series, as->span);
    if (reaches(claim, &value) || reaches(claim, &high))
        return not_known(ret, MISSING_NOT_REPORTED, as->series,
                         value.is_cut ? value.missing : high.missing);
    *ret = (struct computed){
        .known = true,
        .is_exact = true,
        .streak = {as->span.last - high.months, as->span.last},
    };
    input_add(ret, as->series, &figure);
    ret->range = (struct range){
        .value = ratio_of(value.months, 1),
        .low = ratio_of(low.months, 1),
        .high = ratio_of(high.months, 1),
        .open_high = high.is_cut,
    };
    if (high.is_cut) {
        ret->why = MISSING_NOT_REPORTED;
        ret->missing_series = as->series;
        ret->missing = high.missing;
    }
    return true;
}
