#include "exportstat/stats/audit.h"

#include <string.h>

#include "computed.h"

const char *const metric_names[] = {
    [METRIC_LEVEL] = "level",
    [METRIC_MOM] = "mom_pct",
    [METRIC_YOY] = "yoy_pct",
    [METRIC_FYTD_LEVEL] = "fytd_level",
    [METRIC_FYTD_YOY] = "fytd_yoy_pct",
    [METRIC_RECORD_HIGH] = "record_high",
    [METRIC_PREVIOUS_RECORD] = "previous_record",
    [METRIC_THRESHOLD] = "threshold_first_crossed",
    [METRIC_STREAK] = "growth_streak_months",
    [METRIC_AVERAGE] = "trailing_12m_average",
    [METRIC_SHARE] = "share_of_total_exports_pct",
    [METRIC_PROJECTION_LOW] = "fy_projection_low",
    [METRIC_PROJECTION_HIGH] = "fy_projection_high",
    [METRIC_TARGET] = "fy_target",
    NULL,
};

const char *const verdict_names[] = {
    [VERDICT_CONFIRMED] = "confirmed",       [VERDICT_CONSISTENT] = "consistent",
    [VERDICT_TRUNCATED] = "truncated",       [VERDICT_SUPERSEDED] = "superseded",
    [VERDICT_MISLABELLED] = "mislabelled",   [VERDICT_CONTRADICTED] = "contradicted",
    [VERDICT_UNVERIFIABLE] = "unverifiable", NULL,
};

const char *metric_formula(enum metric metric)
{
    static const char *const formulas[] = {
        [METRIC_LEVEL] = "value",
        [METRIC_MOM] = "100 * (value / the month before - 1)",
        [METRIC_YOY] = "100 * (value / the same period a year before - 1)",
        [METRIC_FYTD_LEVEL] = "the sum of the months",
        [METRIC_FYTD_YOY] = "100 * (value / the same months a year before - 1)",
        [METRIC_RECORD_HIGH] = "value > every earlier known one",
        [METRIC_PREVIOUS_RECORD] = "the highest before the newest record",
        [METRIC_THRESHOLD] = "value >= threshold > every earlier known one",
        [METRIC_STREAK] = "months in a row above the same month a year before",
        [METRIC_AVERAGE] = "the sum of the twelve months before / 12",
        [METRIC_SHARE] = "100 * value / (pk-goods-bop + pk-services)",
        [METRIC_PROJECTION_LOW] = "the year's total >= the projection's low end",
        [METRIC_PROJECTION_HIGH] = "the year's total <= the projection's high end",
        [METRIC_TARGET] = "the year's total >= the target",
    };
    return formulas[metric];
}

struct desk desk_of(struct arena *arena, const struct resolved *const *series, size_t n, int goods,
                    int services, date now)
{
    return (struct desk){
        .arena = arena,
        .series = series,
        .n = n,
        .goods = goods,
        .services = services,
        .now = now,
        .now_views = ARENA_ARRAY(arena, n, struct view),
        .then_views = ARENA_ARRAY(arena, n, struct view),
    };
}

/* Makes the view of a series where it is not there yet. */
static void view_make(struct desk *desk, struct view *views, size_t series, date as_of)
{
    if (!views[series].resolved)
        views[series] = view_of(desk->arena, desk->series[series], as_of, desk->release);
}

const struct view *desk_view(struct desk *desk, size_t series)
{
    view_make(desk, desk->now_views, series, desk->now);
    return &desk->now_views[series];
}

static struct bench bench_of(struct desk *desk, struct view *views, date as_of,
                             const struct claim *claim, size_t series)
{
    view_make(desk, views, series, as_of);
    if (claim->metric == METRIC_SHARE && desk->goods != AUDIT_NONE &&
        desk->services != AUDIT_NONE) {
        view_make(desk, views, (size_t)desk->goods, as_of);
        view_make(desk, views, (size_t)desk->services, as_of);
    }
    return (struct bench){desk, views};
}

/* Sign of ratio - number, the number in halves of millionths. */
static int ratio_compare(struct ratio ratio, wide halves)
{
    wide left = ratio.numerator * 2 * AMOUNT_SCALE;
    wide right = halves * ratio.denominator;
    return (left > right) - (left < right);
}

/* Whether the value, rounded half away from zero to the claim's step, is the claim. */
static bool rounds_to(struct ratio value, const struct claim *claim)
{
    wide low = (wide)claim->value * 2 - claim->precision;
    wide high = (wide)claim->value * 2 + claim->precision;
    if (value.numerator >= 0)
        return ratio_compare(value, low) >= 0 && ratio_compare(value, high) < 0;
    return ratio_compare(value, low) > 0 && ratio_compare(value, high) <= 0;
}

/* Whether the value, cut towards zero to the claim's step, is the claim. */
static bool cuts_to(struct ratio value, const struct claim *claim)
{
    wide at = (wide)claim->value * 2;
    wide step = (wide)claim->precision * 2;
    if (value.numerator >= 0)
        return ratio_compare(value, at) >= 0 && ratio_compare(value, at + step) < 0;
    return ratio_compare(value, at) <= 0 && ratio_compare(value, at - step) > 0;
}

static bool meets(const struct computed *computed, const struct claim *claim)
{
    return ratio_compare(computed->low, (wide)claim->value * 2 + claim->precision) <= 0 &&
           ratio_compare(computed->high, (wide)claim->value * 2 - claim->precision) >= 0;
}

static enum verdict judge(const struct computed *computed, const struct claim *claim)
{
    if (!computed->known)
        return VERDICT_UNVERIFIABLE;
    bool exact = computed->ignores_value || rounds_to(computed->value, claim);
    bool near = computed->ignores_value || meets(computed, claim);
    if (computed->is_statement) {
        if (computed->holds && exact)
            return VERDICT_CONFIRMED;
        return computed->may_hold && near ? VERDICT_CONSISTENT : VERDICT_CONTRADICTED;
    }
    if (exact)
        return VERDICT_CONFIRMED;
    if (near)
        return VERDICT_CONSISTENT;
    return cuts_to(computed->value, claim) ? VERDICT_TRUNCATED : VERDICT_CONTRADICTED;
}

/* The best judgement over sums and own reports. */
static struct judgement judge_reading(const struct bench *bench, const struct reading *as,
                                      const struct claim *claim, struct span record)
{
    struct judgement best = {.verdict = VERDICTS};
    for (int i = 0; i < CHOICES * CHOICES; i++) {
        struct computed computed;
        if (!compute(bench, as, claim, (enum choice_of)(i / CHOICES), (enum choice_of)(i % CHOICES),
                     record, &computed))
            continue;
        enum verdict verdict = judge(&computed, claim);
        if (verdict < best.verdict)
            best = (struct judgement){verdict, computed};
    }
    return best;
}

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
    struct bench bench =
        bench_of(search->desk, search->desk->then_views, search->desk->then, claim, as.series);
    struct judgement judgement = judge_reading(&bench, &as, claim, as.span);
    if (judgement.verdict > VERDICT_CONSISTENT)
        return;
    if (as.series != claim->series && !three_digits_agree(judgement.computed.value, claim))
        return; /* met only because it is known coarsely */
    audit->has_reading = true;
    audit->reading = as;
    audit->read = judgement.computed;
}

static bool is_percent(enum metric metric)
{
    return metric == METRIC_MOM || metric == METRIC_YOY || metric == METRIC_FYTD_YOY;
}

static bool is_level(enum metric metric)
{
    return metric == METRIC_LEVEL || metric == METRIC_FYTD_LEVEL || metric == METRIC_RECORD_HIGH;
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

static void try_other_series(struct search *search)
{
    const struct claim *claim = search->claim;
    amount magnitude = claim->value < 0 ? -claim->value : claim->value;
    if (magnitude / 100 < claim->precision)
        return; /* fewer than three significant digits */
    for (size_t series = 0; series < search->desk->n; series++) {
        if (series != claim->series)
            try_reading(search, (struct reading){claim->metric, series, claim->span});
    }
}

static void try_all(struct search *search)
{
    const struct claim *claim = search->claim;
    bool is_month = claim->span.first == claim->span.last;
    if (is_level(claim->metric)) {
        try_ranges(search, METRIC_LEVEL);
        int32_t oldest = search->desk->series[claim->series]->n_months > 0
                             ? search->desk->series[claim->series]->months[0].span.first
                             : claim->span.first;
        for (int32_t month = claim->span.first - 1;
             is_month && month >= oldest && !search->audit->has_reading; month--)
            try_reading(search, (struct reading){METRIC_LEVEL, claim->series, {month, month}});
        try_other_series(search);
    } else if (is_percent(claim->metric)) {
        if (is_month)
            try_reading(search,
                        (struct reading){claim->metric == METRIC_MOM ? METRIC_YOY : METRIC_MOM,
                                         claim->series, claim->span});
        try_years(search);
        try_ranges(search, claim->metric);
        try_other_series(search);
    }
}

/* Views of the day stay while claims of one day are audited. */
static void turn_to(struct desk *desk, date then)
{
    if (desk->then.day == then.day)
        return;
    desk->then = then;
    memset(desk->then_views, 0, desk->n * sizeof *desk->then_views);
}

struct audit audit_claim(struct desk *desk, const struct claim *claim)
{
    struct audit audit = {0};
    struct reading as = {claim->metric, claim->series, claim->span};
    turn_to(desk, claim->published);
    struct bench then = bench_of(desk, desk->then_views, desk->then, claim, claim->series);
    struct bench now = bench_of(desk, desk->now_views, desk->now, claim, claim->series);
    struct span record = claim->span;
    if (claim->metric == METRIC_PREVIOUS_RECORD)
        record = newest_record(&then.views[claim->series], claim->span);
    /* Who tells of the record that was replaced may know the new one before the observations do. */
    if (claim->metric == METRIC_PREVIOUS_RECORD && span_equal(record, claim->span))
        record = next_record(&now.views[claim->series], record);
    audit.then = judge_reading(&then, &as, claim, record);
    audit.now = judge_reading(&now, &as, claim, record);
    audit.verdict = audit.now.verdict;
    if (audit.verdict <= VERDICT_TRUNCATED)
        return audit;
    if (audit.then.verdict <= VERDICT_TRUNCATED) {
        audit.verdict = VERDICT_SUPERSEDED;
        return audit;
    }
    if (audit.verdict == VERDICT_CONTRADICTED) {
        struct search search = {desk, claim, &audit};
        try_all(&search);
        if (audit.has_reading)
            audit.verdict = VERDICT_MISLABELLED;
    }
    return audit;
}
