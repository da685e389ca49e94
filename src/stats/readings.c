#include "readings.h"

#include "exportstat/stats/band.h"

/* Whether the value and the claim are the same to three significant digits of the claim. */
static bool three_digits_agree(struct ratio value, const struct claim *claim)
{
    amount magnitude = claim->value < 0 ? -claim->value : claim->value;
    amount step = 1;
    while (magnitude / step >= 1000)
        step *= 10;
    amount rounded = (magnitude + step / 2) / step * step;
    struct claim three = {.value = claim->value < 0 ? -rounded : rounded, .precision = step};
    return rounds_to(value, &three);
}

static int32_t months_shared(struct span a, struct span b)
{
    int32_t first = a.first > b.first ? a.first : b.first;
    int32_t last = a.last < b.last ? a.last : b.last;
    return last >= first ? last - first + 1 : 0;
}

static int32_t months_apart(struct span a, struct span b)
{
    int32_t ends = a.last > b.last ? a.last - b.last : b.last - a.last;
    int32_t starts = a.first > b.first ? a.first - b.first : b.first - a.first;
    return ends > starts ? ends : starts;
}

/* Readings of a claim, one after the other. */
struct search {
    struct desk *desk;
    const struct claim *claim;
    struct audit *audit;
};

static void try_reading(struct search *search, struct reading as)
{
    const struct claim *claim = search->claim;
    struct audit *audit = search->audit;
    if (audit->has_reading) {
        int32_t more =
            months_shared(as.span, claim->span) - months_shared(audit->reading.span, claim->span);
        int32_t nearer =
            months_apart(audit->reading.span, claim->span) - months_apart(as.span, claim->span);
        if (more < 0 || (more == 0 && nearer <= 0))
            return;
    }
    struct bench bench = bench_then(search->desk, claim, as.series);
    struct judgement judgement = judge_reading(&bench, &as, claim, (struct successor){0});
    if (judgement.verdict > VERDICT_CONSISTENT)
        return;
    if (as.series != claim->series && !three_digits_agree(judgement.computed.range.value, claim))
        return; /* met only because it is known coarsely */
    audit->has_reading = true;
    audit->reading = as;
    audit->read = judgement.computed;
}

static void try_ranges(struct search *search, enum metric metric)
{
    const struct claim *claim = search->claim;
    struct span longer = {claim->span.first, claim->span.last + 1};
    struct span shorter = {claim->span.first, claim->span.last - 1};
    if (claim->span.first == claim->span.last)
        return;
    try_reading(search, (struct reading){metric, claim->series, longer});
    try_reading(search, (struct reading){metric, claim->series, shorter});
}

/* A fiscal year taken for a calendar year, or the other way round: the two years that it overlaps. */
static void try_years(struct search *search)
{
    const struct claim *claim = search->claim;
    int start = search->desk->series[claim->series]->fiscal_year_start;
    struct span fiscal = frequency_span(FREQUENCY_FISCAL_YEAR, claim->span.first, start);
    struct span calendar = frequency_span(FREQUENCY_YEAR, claim->span.first, start);
    enum frequency other = FREQUENCY_YEAR;
    if (span_equal(claim->span, calendar) && start != 1)
        other = FREQUENCY_FISCAL_YEAR;
    else if (!span_equal(claim->span, fiscal) || start == 1)
        return;
    for (int i = 0; i < 2; i++) {
        int32_t month = i == 0 ? claim->span.last : claim->span.first;
        try_reading(search, (struct reading){claim->metric, claim->series,
                                             frequency_span(other, month, start)});
    }
}

static bool same_unit(const struct desk *desk, size_t a, size_t b)
{
    return !desk->units || desk->units[a] == desk->units[b];
}

static void try_other_series(struct search *search)
{
    const struct claim *claim = search->claim;
    amount magnitude = claim->value < 0 ? -claim->value : claim->value;
    if (magnitude / 100 < claim->precision)
        return; /* fewer than three significant digits */
    for (size_t series = 0; series < search->desk->n_others; series++) {
        if (series != claim->series && same_unit(search->desk, series, claim->series))
            try_reading(search, (struct reading){claim->metric, series, claim->span});
    }
}

/* The latest earlier month that the claim's number may be the level of. */
static bool latest_level(const struct bench *bench, const struct claim *claim, int32_t *ret)
{
    const struct view *view = &bench->views[claim->series];
    for (*ret = claim->span.first - 1; view->n > 0 && *ret >= view->first; --*ret) {
        struct reading as = {METRIC_LEVEL, claim->series, {*ret, *ret}};
        if (judge_reading(bench, &as, claim, (struct successor){0}).verdict <= VERDICT_CONSISTENT)
            return true;
    }
    return false;
}

/* The same of those that were a record, within rounding: in one pass from the oldest on, since each of them by itself
 * would look at all that came before it. */
static bool latest_record(const struct bench *bench, const struct claim *claim, int32_t *ret)
{
    const struct view *view = &bench->views[claim->series];
    wide highest = 0;
    bool any = false;
    bool found = false;
    for (int32_t month = view->first; view->n > 0 && month < claim->span.first; month++) {
        struct reading as = {METRIC_LEVEL, claim->series, {month, month}};
        struct figure figure = figure_of(view, as.span);
        struct band band = band_of(&figure);
        if (!figure.known)
            continue;
        if ((!any || band.high > highest) &&
            judge_reading(bench, &as, claim, (struct successor){0}).verdict <= VERDICT_CONSISTENT) {
            found = true;
            *ret = month;
        }
        highest = any && highest > band.low ? highest : band.low;
        any = true;
    }
    return found;
}

/* A level of another period is a level there; what is called a record has to be one there too. */
static void try_levels(struct search *search, enum metric metric)
{
    const struct claim *claim = search->claim;
    try_ranges(search, metric);
    if (claim->span.first == claim->span.last) {
        struct bench bench = bench_then(search->desk, claim, claim->series);
        int32_t month;
        if (metric == METRIC_RECORD_HIGH ? latest_record(&bench, claim, &month)
                                         : latest_level(&bench, claim, &month))
            try_reading(search, (struct reading){metric, claim->series, {month, month}});
    }
    try_other_series(search);
}

static void try_rates(struct search *search)
{
    const struct claim *claim = search->claim;
    enum metric other = claim->metric == METRIC_MOM ? METRIC_YOY : METRIC_MOM;
    if (claim->span.first == claim->span.last)
        try_reading(search, (struct reading){other, claim->series, claim->span});
    try_years(search);
    try_ranges(search, claim->metric);
    try_other_series(search);
}

void reading_search(struct desk *desk, const struct claim *claim, struct audit *audit)
{
    struct search search = {desk, claim, audit};
    switch (claim->metric) {
    case METRIC_LEVEL:
    case METRIC_FYTD_LEVEL:
        try_levels(&search, METRIC_LEVEL);
        break;
    case METRIC_RECORD_HIGH:
        try_levels(&search, METRIC_RECORD_HIGH);
        break;
    case METRIC_MOM:
    case METRIC_YOY:
    case METRIC_FYTD_YOY:
        try_rates(&search);
        break;
    default:
        break;
    }
}
