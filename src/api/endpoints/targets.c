/* The part of projections that others have published: ranges and targets. */
#include <assert.h>
#include <string.h>

#include "projecting.h"

static bool claims_about(const struct projecting *of, const char *metric, struct claim_list *ret)
{
    struct call *call = of->call;
    struct error err;
    return store_claims_about(call->store, call->arena, of->selected->info, metric, of->year.span,
                              call_as_of(call), ret, &err) ||
           problem_from(call->problem, &err);
}

static const struct claim_row *claim_of_source(struct claim_list claims, const char *source)
{
    assert(claims.at || claims.n == 0);
    for (size_t i = 0; i < claims.n; i++) {
        if (strcmp(claims.at[i].source, source) == 0)
            return &claims.at[i];
    }
    return NULL;
}

static void represent_bound(struct out *out, const char *key, const struct claim_row *claim)
{
    if (claim)
        out_amount(out, key, claim->value);
    else
        out_null(out, key);
}

/* A source's range; `any` is whichever end of it there is. */
static void represent_published_one(struct out *out, const struct claim_row *any,
                                    const struct claim_row *low, const struct claim_row *high)
{
    out_object(out, NULL);
    out_text(out, "source", any->source);
    represent_bound(out, "low", low);
    represent_bound(out, "high", high);
    if (!low || !high)
        represent_missing(out, MISSING_NOT_REPORTED);
    out_text(out, "published", any->published);
    out_object_end(out);
}

bool represent_published(const struct projecting *of)
{
    struct out *out = of->call->out;
    struct claim_list lows;
    struct claim_list highs;
    size_t high = 0;
    if (!claims_about(of, "fy_projection_low", &lows) ||
        !claims_about(of, "fy_projection_high", &highs))
        return false;
    out_array(out, "published");
    for (size_t low = 0; low < lows.n || high < highs.n;) {
        const struct claim_row *next_high = high < highs.n ? &highs.at[high] : NULL;
        const struct claim_row *next_low = low < lows.n ? &lows.at[low] : NULL;
        if (next_high && claim_of_source(lows, next_high->source)) {
            high++; /* stands with its low */
            continue;
        }
        if (next_low &&
            (!next_high || next_low->published_day.day <= next_high->published_day.day)) {
            const struct claim_row *its_high = claim_of_source(highs, next_low->source);
            represent_published_one(out, next_low, next_low, its_high);
            low++;
        } else if (next_high) {
            represent_published_one(out, next_high, NULL, next_high);
            high++;
        }
    }
    out_array_end(out);
    return true;
}

static void represent_required_growth(struct out *out, const struct required *required)
{
    if (required->has_growth) {
        out_ratio(out, "yoy_percent", required->growth_percent);
        out_object(out, "reached_before");
        out_integer(out, "times", required->reached_before);
        out_integer(out, "of", required->years_before);
        out_object_end(out);
    } else {
        out_null(out, "yoy_percent");
        out_null(out, "reached_before");
        represent_missing(out, required->missing);
    }
}

/* How likely the method that answers holds the target for. */
static void represent_probability(const struct projecting *of, amount target)
{
    struct out *out = of->call->out;
    const struct projection *projection = &of->projection;
    double probability;
    if (projection->known &&
        spread_reaches(&projection->total, amount_real(target), &probability)) {
        out_estimate(out, "probability", probability);
        return;
    }
    out_null(out, "probability");
    out_text(out, "probability_missing_reason",
             missing_names[projection->known ? MISSING_NO_INTERVAL : projection->missing]);
}

bool represent_required(const struct projecting *of)
{
    struct out *out = of->call->out;
    const struct arg *asked = arg(of->call, PARAM_TARGET);
    struct claim_list targets = {0};
    if (!asked->given && !claims_about(of, "fy_target", &targets))
        return false;
    if (!asked->given && targets.n == 0) {
        out_null(out, "required");
        return true;
    }
    const struct claim_row *newest = targets.n > 0 ? &targets.at[targets.n - 1] : NULL;
    amount target = newest ? newest->value : asked->amounts[0];
    struct required required = required_for(&of->selected->view, &of->year, target);
    out_object(out, "required");
    out_amount(out, "target", target);
    out_text(out, "target_source", newest ? newest->source : NULL);
    out_integer(out, "remaining_months", required.remaining);
    out_boolean(out, "reached", of->year.certain_total >= target);
    if (required.remaining > 0) {
        out_ratio(out, "average", required.average);
        represent_required_growth(out, &required);
    } else {
        out_null(out, "average");
        out_null(out, "yoy_percent");
        out_null(out, "reached_before");
        represent_missing(out, MISSING_COMPLETE_PERIOD);
    }
    represent_probability(of, target);
    if (call_explain(of->call))
        out_text(out, "formula",
                 "average = (target - known total) / remaining months; yoy_percent = "
                 "100 * ((target - known total) / the same months of last year - 1)");
    out_object_end(out);
    return true;
}
