#include "exportstat/stats/replay.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "project_rules.h"
#include "reals.h"

const int replay_levels[REPLAY_LEVELS] = {[REPLAY_80] = 80, [REPLAY_95] = 95};

/* Whether the year is complete, and its total. */
static bool year_total(const struct months *months, int32_t first, double *ret)
{
    *ret = 0;
    for (int i = 0; i < 12; i++) {
        if (!month_known(months, first + i))
            return false;
        *ret += month_at(months, first + i)->value;
    }
    return true;
}

static int known_before(const struct months *months, int32_t first)
{
    int n = 0;
    for (size_t i = 0; i < months->n && months->first + (int32_t)i < first; i++)
        n += months->at[i].known;
    return n;
}

/* 64-bit FNV-1a (Fowler, Noll, Vo) over the words of a question. */
static void hash_word(uint64_t *hash, uint64_t word)
{
    for (int i = 0; i < 64; i += 8)
        *hash = (*hash ^ (word >> i & 0xFF)) * UINT64_C(0x100000001b3);
}

static uint64_t months_hash(const struct months *months)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    hash_word(&hash, (uint64_t)months->first);
    for (size_t i = 0; i < months->n; i++) {
        uint64_t bits = 0;
        if (months->at[i].known)
            memcpy(&bits, &months->at[i].value, sizeof bits);
        hash_word(&hash, bits);
        hash_word(&hash, months->at[i].known);
    }
    return hash;
}

/* The answer to the same question, if it was given before. */
static const struct replay_origin *find_made(const struct replay *made,
                                             const struct replay_origin *origin)
{
    for (size_t i = 0; made && i < made->n; i++) {
        const struct replay_origin *at = &made->at[i];
        if (at->first == origin->first && at->elapsed == origin->elapsed &&
            at->asked == origin->asked)
            return at;
    }
    return NULL;
}

static void origin_project(struct arena *arena, const struct project_request *question,
                           struct replay_origin *origin)
{
    struct projection projection = project(arena, question);
    bool is_own = projection.scenario == question->scenario;
    origin->known = projection.known && is_own;
    origin->missing = is_own ? projection.missing : MISSING_INSUFFICIENT_HISTORY;
    origin->flags = projection.flags;
    if (!origin->known)
        return;
    origin->forecast = spread_point(&projection.total);
    origin->has_bounds = true;
    for (int i = 0; i < REPLAY_LEVELS; i++)
        origin->has_bounds &=
            spread_interval(&projection.total, replay_levels[i], &origin->bounds[i]);
}

static struct replay_origin origin_run(struct arena *arena, const struct replay_request *request,
                                       int32_t first, int elapsed, double actual)
{
    struct replay_origin origin = {.first = first, .elapsed = elapsed};
    int32_t last = first + elapsed - 1;
    struct project_request question = {.first = first, .scenario = request->scenario};
    question.months = months_until(&request->latest, last);
    if (request->known)
        question.months = request->known(request->context, arena, first, last, &origin.then);
    origin.asked = months_hash(&question.months);
    const struct replay_origin *made = find_made(request->made, &origin);
    if (made) {
        bool then = origin.then;
        origin = *made;
        origin.then = then;
    } else {
        origin_project(arena, &question, &origin);
    }
    origin.actual = actual;
    return origin;
}

/* The years asked about are those whose place is set, counted back from the request's. */
static int32_t oldest_year(const struct replay_request *request)
{
    int32_t first = request->before;
    while (first - 12 >= request->latest.first)
        first -= 12;
    return first;
}

/* Whether the year is asked about, and its total. */
static bool is_asked(const struct replay_request *request, int32_t first, double *ret_actual)
{
    return year_total(&request->latest, first, ret_actual) && *ret_actual != 0 &&
           known_before(&request->latest, first) >= PROJECT_INDICATIVE;
}

/* The oldest of the newest years that are asked about. */
static int32_t oldest_asked(const struct replay_request *request)
{
    int32_t oldest = oldest_year(request);
    int32_t first = request->before;
    double actual;
    for (int n = 0; first > oldest && n < REPLAY_YEARS_MAX;) {
        first -= 12;
        n += is_asked(request, first, &actual);
    }
    return first;
}

struct replay replay(struct arena *arena, const struct replay_request *request)
{
    struct replay replay = {.scenario = request->scenario};
    struct arena working = {0};
    int32_t oldest = oldest_asked(request);
    size_t years = (size_t)(request->before - oldest) / 12;
    struct replay_origin *at = ARENA_ARRAY(arena, years * 12, struct replay_origin);
    for (int32_t first = oldest; first < request->before; first += 12) {
        double actual;
        if (!is_asked(request, first, &actual))
            continue;
        for (int elapsed = 0; elapsed < 12; elapsed++) {
            at[replay.n++] = origin_run(&working, request, first, elapsed, actual);
            arena_clear(&working);
        }
    }
    arena_release(&working);
    replay.at = at;
    return replay;
}

struct replay replay_before(const struct replay *replay, int32_t first)
{
    struct replay before = *replay;
    while (before.n > 0 && before.at[before.n - 1].first >= first)
        before.n--;
    return before;
}

double replay_error(const struct replay_origin *origin)
{
    return 100 * (origin->actual - origin->forecast) / fabs(origin->actual);
}

static bool counts(const struct replay_origin *origin, int elapsed)
{
    return origin->known && (elapsed == REPLAY_ALL || origin->elapsed == elapsed);
}

struct replay_score replay_score(struct arena *arena, const struct replay *replay, int elapsed)
{
    struct replay_score score = {0};
    double *sizes = ARENA_ARRAY(arena, replay->n, double);
    for (size_t i = 0; i < replay->n; i++) {
        const struct replay_origin *origin = &replay->at[i];
        if (!counts(origin, elapsed))
            continue;
        double error = replay_error(origin);
        double off = origin->actual - origin->forecast;
        sizes[score.n++] = fabs(error);
        score.mape += fabs(error);
        score.bias += error;
        score.rmse += off * off;
        score.n_bounds += origin->has_bounds;
        for (int k = 0; origin->has_bounds && k < REPLAY_LEVELS; k++)
            score.within[k] +=
                origin->actual >= origin->bounds[k].low && origin->actual <= origin->bounds[k].high;
    }
    if (score.n == 0)
        return score;
    score.mape /= score.n;
    score.bias /= score.n;
    score.rmse = sqrt(score.rmse / score.n);
    score.median_ape = reals_median(sizes, (size_t)score.n);
    return score;
}

bool replay_relative(const struct replay *replay, const struct replay *other, int elapsed,
                     double *ret)
{
    double sum = 0;
    double other_sum = 0;
    assert(replay->n == other->n);
    for (size_t i = 0; i < replay->n; i++) {
        if (!counts(&replay->at[i], elapsed) || !counts(&other->at[i], elapsed))
            continue;
        sum += fabs(replay_error(&replay->at[i]));
        other_sum += fabs(replay_error(&other->at[i]));
    }
    if (other_sum == 0)
        return false;
    *ret = sum / other_sum;
    return true;
}
