#include "exportstat/stats/audit.h"

#include <string.h>

#include "readings.h"

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
        .n_others = n,
        .goods = goods,
        .services = services,
        .now = now,
        .now_views = ARENA_ARRAY(arena, n, struct view),
        .then_views = ARENA_ARRAY(arena, n, struct view),
        .then_rooms = ARENA_ARRAY(arena, n, struct observation *),
    };
}

const struct view *desk_view(struct desk *desk, size_t series)
{
    struct view *view = &desk->now_views[series];
    if (!view->resolved)
        *view = view_of(desk->arena, desk->series[series], desk->now, desk->release);
    return view;
}

/* However many dates come, the views of a series take the same room. */
static void view_then(struct desk *desk, size_t series)
{
    const struct resolved *resolved = desk->series[series];
    if (desk->then_views[series].resolved)
        return;
    if (!desk->then_rooms[series])
        desk->then_rooms[series] = view_room(desk->arena, resolved);
    desk->then_views[series] =
        view_in(desk->then_rooms[series], resolved, desk->then, desk->release);
}

static bool is_of_total(const struct desk *desk, const struct claim *claim)
{
    return claim->metric == METRIC_SHARE && desk->goods != AUDIT_NONE &&
           desk->services != AUDIT_NONE;
}

struct bench bench_then(struct desk *desk, const struct claim *claim, size_t series)
{
    view_then(desk, series);
    if (is_of_total(desk, claim)) {
        view_then(desk, (size_t)desk->goods);
        view_then(desk, (size_t)desk->services);
    }
    return (struct bench){desk, desk->then_views};
}

static struct bench bench_now(struct desk *desk, const struct claim *claim)
{
    desk_view(desk, claim->series);
    if (is_of_total(desk, claim)) {
        desk_view(desk, (size_t)desk->goods);
        desk_view(desk, (size_t)desk->services);
    }
    return (struct bench){desk, desk->now_views};
}

/* Sign of ratio - number, the number in halves of millionths. */
static int ratio_compare(struct ratio ratio, wide halves)
{
    wide left = ratio.numerator * 2 * AMOUNT_SCALE;
    wide right = halves * ratio.denominator;
    return (left > right) - (left < right);
}

bool rounds_to(struct ratio value, const struct claim *claim)
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

static bool meets(const struct range *range, const struct claim *claim)
{
    wide low = (wide)claim->value * 2 - claim->precision;
    wide high = (wide)claim->value * 2 + claim->precision;
    return (range->open_low || ratio_compare(range->low, high) <= 0) &&
           (range->open_high || ratio_compare(range->high, low) >= 0);
}

/* A statement that holds may have its number cut too, where it has one. */
static enum verdict judge(const struct computed *computed, const struct claim *claim)
{
    if (!computed->known)
        return VERDICT_UNVERIFIABLE;
    bool holds = !computed->is_statement || computed->holds;
    bool may_hold = !computed->is_statement || computed->may_hold;
    bool exact = computed->ignores_value || rounds_to(computed->range.value, claim);
    bool near = computed->ignores_value || meets(&computed->range, claim);
    if (holds && exact)
        return VERDICT_CONFIRMED;
    if (may_hold && near)
        return VERDICT_CONSISTENT;
    bool cut = holds && !computed->ignores_value && cuts_to(computed->range.value, claim);
    return cut ? VERDICT_TRUNCATED : VERDICT_CONTRADICTED;
}

struct judgement judge_reading(const struct bench *bench, const struct reading *as,
                               const struct claim *claim, struct successor successor)
{
    struct judgement best = {.verdict = VERDICTS};
    for (int i = 0; i < CHOICES * CHOICES; i++) {
        struct computed computed;
        if (!compute(bench, as, claim, (enum choice_of)(i / CHOICES), (enum choice_of)(i % CHOICES),
                     successor, &computed))
            continue;
        enum verdict verdict = judge(&computed, claim);
        if (verdict < best.verdict)
            best = (struct judgement){verdict, computed};
    }
    return best;
}

/* Views of the day stay while claims of one day are audited. */
static void turn_to(struct desk *desk, date then)
{
    if (desk->then.day == then.day)
        return;
    desk->then = then;
    memset(desk->then_views, 0, desk->n * sizeof *desk->then_views);
}

/* The new record that a claim of the one before it is about: what was known of it when the claim was published,
 * and what is known of the same now. Its source may have known it before the observations did. */
static void successors(const struct bench *then, const struct bench *now, const struct claim *claim,
                       struct successor *ret_then, struct successor *ret_now)
{
    *ret_then = successor_newest(&then->views[claim->series], claim->span, claim->published);
    *ret_now = *ret_then;
    if (ret_then->kind == SUCCESSOR_KNOWN)
        return;
    *ret_then = successor_next(&then->views[claim->series], claim->span, claim->published);
    *ret_now = successor_next(&now->views[claim->series], claim->span, claim->published);
}

struct audit audit_claim(struct desk *desk, const struct claim *claim)
{
    struct audit audit = {0};
    struct reading as = {claim->metric, claim->series, claim->span};
    struct successor successor_then = {0};
    struct successor successor_now = {0};
    turn_to(desk, claim->published);
    struct bench then = bench_then(desk, claim, claim->series);
    struct bench now = bench_now(desk, claim);
    if (claim->metric == METRIC_PREVIOUS_RECORD)
        successors(&then, &now, claim, &successor_then, &successor_now);
    audit.then = judge_reading(&then, &as, claim, successor_then);
    audit.now = judge_reading(&now, &as, claim, successor_now);
    bool was_right = audit.then.verdict <= VERDICT_TRUNCATED;
    if (!was_right &&
        (audit.then.verdict == VERDICT_CONTRADICTED || audit.now.verdict == VERDICT_CONTRADICTED))
        reading_search(desk, claim, &audit);
    if (audit.has_reading && audit.then.verdict == VERDICT_CONTRADICTED)
        audit.then.verdict = VERDICT_MISLABELLED;
    if (audit.has_reading && audit.now.verdict == VERDICT_CONTRADICTED)
        audit.now.verdict = VERDICT_MISLABELLED;
    audit.verdict = audit.now.verdict;
    if (was_right && audit.verdict > VERDICT_TRUNCATED)
        audit.verdict = VERDICT_SUPERSEDED;
    return audit;
}
