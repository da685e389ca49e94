#include "exportstat/stats/project.h"

#include <math.h>

#include "project_rules.h"

const char *const projection_flag_names[] = {
    [FLAG_SHORT_HISTORY] = "short_history",
    [FLAG_INDICATIVE] = "indicative",
    [FLAG_INSUFFICIENT_HISTORY] = "insufficient_history",
    [FLAG_ESTIMATED_MONTHS] = "estimated_months",
    [FLAG_CUMULATIVE_TOTAL] = "cumulative_total",
    [FLAG_MISSING_MONTHS] = "missing_months",
    [FLAG_HISTORY_CUT] = "history_cut",
    [FLAG_ZEROS_AS_MISSING] = "zeros_as_missing",
    [FLAG_IDENTITY_SCALE] = "identity_scale",
    [FLAG_INTERMITTENT] = "intermittent",
    [FLAG_OUTLIERS] = "outliers",
    [FLAG_LATEST_OUTLIER] = "latest_outlier",
    NULL,
};

struct months months_of(struct arena *arena, const struct view *view)
{
    struct monthly *at = ARENA_ARRAY(arena, view->n, struct monthly);
    for (size_t i = 0; i < view->n; i++) {
        if (view->at[i].known)
            at[i] = (struct monthly){true, amount_real(view->at[i].value)};
    }
    return (struct months){view->first, at, view->n};
}

struct months months_until(const struct months *months, int32_t last)
{
    struct months until = *months;
    if (last < months->first)
        until.n = 0;
    else if ((size_t)(last - months->first) + 1 < months->n)
        until.n = (size_t)(last - months->first) + 1;
    return until;
}

/* The newest known month, or one before all months. */
static int32_t newest_known(const struct months *months)
{
    size_t n = months->n;
    while (n > 0 && !months->at[n - 1].known)
        n--;
    return months->first + (int32_t)n - 1;
}

static bool any_negative(const struct months *months)
{
    bool found = false;
    for (size_t i = 0; i < months->n; i++)
        found |= months->at[i].known && months->at[i].value < 0;
    return found;
}

/* The known months into the answer, and what is certain with the reported total. */
static struct so_far year_begin(const struct project_request *request, struct projection *ret)
{
    struct so_far so_far = {0};
    int32_t newest = newest_known(&request->months);
    double covered_known = 0;
    ret->first = request->first;
    ret->scenario = request->scenario;
    for (int i = 0; i < 12; i++) {
        const struct monthly *at = month_at(&request->months, request->first + i);
        struct projected_month *month = &ret->month[i];
        month->known = at && at->known;
        month->estimated = !month->known && request->first + i < newest;
        if (month->known) {
            month->spread = (struct spread){.kind = SPREAD_EXACT, .known = at->value};
            so_far.months |= 1U << i;
            so_far.total += at->value;
            ret->known_months++;
        }
        if (i < request->reported.months && month->known)
            covered_known += at->value;
        else if (i < request->reported.months)
            so_far.covered |= 1U << i;
    }
    so_far.covered_rest = request->reported.total - covered_known;
    if (so_far.covered_rest < 0 && !any_negative(&request->months))
        so_far.covered = 0; /* the known months alone are more than that: it is no total of them */
    if (so_far.covered) {
        ret->flags |= flag_bit(FLAG_CUMULATIVE_TOTAL);
        so_far.total += so_far.covered_rest;
        so_far.months |= so_far.covered;
    }
    so_far.n = __builtin_popcount(so_far.months);
    for (int i = 0; i < 12; i++) {
        if (ret->month[i].estimated && !(so_far.months & (1U << i)))
            ret->flags |= flag_bit(FLAG_ESTIMATED_MONTHS);
    }
    return so_far;
}

/* The months of the history as bes wants them, from the year's first one on at least. */
static bool question_of(struct arena *arena, const struct basis *basis, enum fit fit,
                        int32_t year_first, struct bes_question *ret)
{
    const struct months *months = &basis->months;
    int32_t first = year_first < months->first ? year_first : months->first;
    int32_t lead = months->first - first;
    size_t n = months->n + (size_t)lead;
    if (lead >= 12)
        return false;
    double *value = ARENA_ARRAY(arena, n, double);
    bool *known = ARENA_ARRAY(arena, n, bool);
    *ret = (struct bes_question){.value = value, .known = known};
    ret->scale = fit == FIT_LOG ? BES_LOG : BES_IDENTITY;
    for (size_t i = 0; i < months->n; i++) {
        const struct monthly *at = &months->at[i];
        if (!at->known || (fit == FIT_LOG && at->value == 0))
            continue;
        value[i + (size_t)lead] = at->value;
        known[i + (size_t)lead] = true;
        ret->n = (int)i + lead + 1;
    }
    return true;
}

/* Asks about the months of the year in `which`; false where they are too far ahead. */
static bool question_ask(struct arena *arena, struct bes_question *question, int32_t year_place,
                         unsigned which, struct bes_answer *ret)
{
    question->n_targets = 0;
    for (int i = 0; i < 12; i++) {
        if (which & (1U << i))
            question->target[question->n_targets++] = year_place + i;
    }
    if (question->n_targets > 0 &&
        question->target[question->n_targets - 1] >= question->n + BES_AHEAD_MAX)
        return false;
    *ret = bes_answer(arena, question);
    return true;
}

static struct spread spread_of(const struct bes_median *median, const struct bes_answer *answer,
                               const struct bes_question *question, double floor)
{
    return (struct spread){
        .kind = question->scale == BES_LOG ? SPREAD_LOG : SPREAD_IDENTITY,
        .rest = median->median,
        .s = median->s,
        .n_known = answer->n_known,
        .floor = floor,
    };
}

static void outliers_take(struct arena *arena, const struct bes_question *question,
                          const struct bes_answer *answer, int32_t first, struct projection *ret)
{
    struct projected_outlier *at =
        ARENA_ARRAY(arena, (size_t)answer->n_outliers, struct projected_outlier);
    ret->outliers = at;
    ret->n_outliers = (size_t)answer->n_outliers;
    for (size_t i = 0; i < ret->n_outliers; i++) {
        const struct bes_outlier *outlier = &answer->outliers[i];
        at[i] = (struct projected_outlier){
            .month = first + outlier->place,
            .value = question->value[outlier->place],
            .foretold = outlier->foretold,
            .fitted = outlier->fitted,
        };
        ret->flags |= flag_bit(FLAG_OUTLIERS);
        if (outlier->place == question->n - 1)
            ret->flags |= flag_bit(FLAG_LATEST_OUTLIER);
    }
}

/* What was never below zero is not foretold to be; the months still add up to the total. */
static void months_lift(struct bes_answer *answer, int n)
{
    double sum = 0;
    answer->total.median = fmax(answer->total.median, 0);
    for (int i = 0; i < n; i++) {
        answer->month[i].median = fmax(answer->month[i].median, 0);
        sum += answer->month[i].median;
    }
    for (int i = 0; i < n && sum > 0; i++)
        answer->month[i].median *= answer->total.median / sum;
}

static enum missing bes_project(struct arena *arena, const struct project_request *request,
                                const struct basis *basis, enum fit fit,
                                const struct so_far *so_far, struct projection *ret)
{
    struct bes_question question;
    struct bes_answer answer = {0};
    unsigned which = WHOLE_YEAR & ~so_far->months;
    bool never_below = basis->n_negative == 0;
    if (!question_of(arena, basis, fit, request->first, &question))
        return MISSING_INSUFFICIENT_HISTORY;
    int32_t first = basis->months.first < request->first ? basis->months.first : request->first;
    int32_t place = request->first - first;
    if (so_far->covered) {
        if (!question_ask(arena, &question, place, so_far->covered, &answer))
            return MISSING_INSUFFICIENT_HISTORY;
        for (int i = 0, k = 0; i < 12; i++) {
            if (so_far->covered & (1U << i))
                ret->month[i].spread.rest = answer.month[k++].median;
        }
    }
    if (which && !question_ask(arena, &question, place, which, &answer))
        return MISSING_INSUFFICIENT_HISTORY;
    if (never_below && fit == FIT_IDENTITY)
        months_lift(&answer, question.n_targets);
    double floor = never_below ? 0 : -INFINITY;
    ret->fitted_months = answer.n_known;
    ret->total = spread_of(&answer.total, &answer, &question, floor);
    for (int i = 0, k = 0; i < 12; i++) {
        if (which & (1U << i))
            ret->month[i].spread = spread_of(&answer.month[k++], &answer, &question, floor);
    }
    outliers_take(arena, &question, &answer, first, ret);
    return MISSING_NOT;
}

/* By what the history allows. */
static void basis_project(struct arena *arena, const struct project_request *request,
                          const struct so_far *so_far, struct projection *ret)
{
    struct basis basis = basis_take(arena, &request->months, request->first);
    enum fit fit = basis_fit(&basis, &ret->flags);
    if (fit == FIT_NONE) {
        struct project_request instead = *request;
        instead.scenario = ret->scenario = SCENARIO_RUN_RATE;
        scenario_project(&instead, so_far, ret);
        return;
    }
    if (fit == FIT_INTERMITTENT)
        intermittent_project(arena, &basis, so_far, ret);
    else
        ret->missing = bes_project(arena, request, &basis, fit, so_far, ret);
    ret->total.known = so_far->total;
    if (ret->missing == MISSING_NOT && !(fabs(spread_point(&ret->total)) < SPREAD_LIMIT))
        ret->missing = MISSING_OUT_OF_RANGE;
    ret->known = ret->missing == MISSING_NOT;
}

/* Unknown months inside the reported total share what it leaves them as they were foretold, or alike. */
static void covered_share(const struct so_far *so_far, struct projection *ret)
{
    int n = __builtin_popcount(so_far->covered);
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += so_far->covered & (1U << i) ? fmax(ret->month[i].spread.rest, 0) : 0;
    for (int i = 0; i < 12; i++) {
        if (!(so_far->covered & (1U << i)))
            continue;
        double share = sum > 0 ? fmax(ret->month[i].spread.rest, 0) / sum : 1.0 / n;
        ret->month[i].spread = (struct spread){
            .kind = n == 1 ? SPREAD_EXACT : SPREAD_UNKNOWN,
            .rest = so_far->covered_rest * share,
        };
    }
}

struct projection project(struct arena *arena, const struct project_request *request)
{
    struct projection projection = {0};
    struct so_far so_far = year_begin(request, &projection);
    if (projection.known_months < 12 && request->scenario == SCENARIO_BES)
        basis_project(arena, request, &so_far, &projection);
    else if (projection.known_months < 12)
        scenario_project(request, &so_far, &projection);
    covered_share(&so_far, &projection);
    if (so_far.months == WHOLE_YEAR) {
        projection.known = true;
        projection.missing = MISSING_NOT;
        projection.total = (struct spread){.kind = SPREAD_EXACT, .known = so_far.total};
    }
    if (projection.missing == MISSING_INSUFFICIENT_HISTORY)
        projection.flags |= flag_bit(FLAG_INSUFFICIENT_HISTORY);
    return projection;
}
