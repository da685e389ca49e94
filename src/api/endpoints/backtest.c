/* GET /v1/exports/projections/backtest: past fiscal years, projected again from what was known then. */
#include <math.h>

#include "exportstat/stats/bes.h"
#include "projecting.h"
#include "sample.h"

/* A method's years, and those of the others to compare with. */
struct backtest {
    struct call *call;
    const struct selected *selected;
    enum scenario method;
    struct replay replay[SCENARIOS];
};

static const char *const columns[] = {
    "series",   "method",        "fiscal_year", "known_months",   "data",      "actual",
    "forecast", "error_percent", "low_80",      "high_80",        "within_80", "low_95",
    "high_95",  "within_95",     "flags",       "missing_reason", NULL,
};

static void represent_hits(struct out *out, const struct replay_score *score, int level,
                           const char *hits, const char *coverage)
{
    if (score->n_bounds > 0)
        out_integer(out, hits, score->within[level]);
    else
        out_null(out, hits);
    if (score->n_bounds >= REPLAY_EVIDENCE_MIN)
        out_ratio(out, coverage, ratio_percent(score->within[level], score->n_bounds));
    else
        out_null(out, coverage);
}

static void represent_score(struct out *out, const struct replay_score *score)
{
    out_integer(out, "years", score->n);
    if (score->n > 0) {
        out_estimate(out, "mape", score->mape);
        out_estimate(out, "median_ape", score->median_ape);
        out_estimate(out, "bias", score->bias);
        out_estimate(out, "rmse", score->rmse);
    } else {
        out_null(out, "mape");
        out_null(out, "median_ape");
        out_null(out, "bias");
        out_null(out, "rmse");
    }
    represent_hits(out, score, REPLAY_80, "hits_80", "coverage_80");
    represent_hits(out, score, REPLAY_95, "hits_95", "coverage_95");
    if (score->n == 0)
        represent_missing(out, MISSING_INSUFFICIENT_HISTORY);
    else if (score->n_bounds < REPLAY_EVIDENCE_MIN)
        represent_missing(out, score->n_bounds > 0 ? MISSING_FEW_YEARS : MISSING_NO_INTERVAL);
}

/* Another method over the same years, and the error of this one as a part of the other's. */
static void represent_other(const struct backtest *of, enum scenario other, int elapsed)
{
    struct out *out = of->call->out;
    const struct replay *own = &of->replay[of->method];
    struct replay_score score = replay_score(of->call->arena, &of->replay[other], elapsed);
    double relative;
    out_object(out, NULL);
    out_text(out, "id", scenario_names[other]);
    out_integer(out, "years", score.n);
    if (score.n > 0)
        out_estimate(out, "mape", score.mape);
    else
        out_null(out, "mape");
    if (replay_relative(own, &of->replay[other], elapsed, &relative)) {
        out_estimate(out, "relative_mape", relative);
    } else {
        out_null(out, "relative_mape");
        represent_missing(out, score.n > 0 ? MISSING_ZERO_BASE : MISSING_INSUFFICIENT_HISTORY);
    }
    out_object_end(out);
}

static void represent_known_months(const struct backtest *of)
{
    struct out *out = of->call->out;
    out_array(out, "by_known_months");
    for (int elapsed = 0; elapsed < 12; elapsed++) {
        struct replay_score score = replay_score(of->call->arena, &of->replay[of->method], elapsed);
        out_object(out, NULL);
        out_integer(out, "known_months", elapsed);
        represent_score(out, &score);
        out_array(out, "others");
        for (enum scenario other = 0; other < SCENARIOS; other++) {
            if (other != of->method)
                represent_other(of, other, elapsed);
        }
        out_array_end(out);
        out_object_end(out);
    }
    out_array_end(out);
}

static void represent_bounds(struct out *out, const struct replay_origin *origin)
{
    static const char *const names[REPLAY_LEVELS][3] = {
        [REPLAY_80] = {"low_80", "high_80", "within_80"},
        [REPLAY_95] = {"low_95", "high_95", "within_95"},
    };
    for (int i = 0; i < REPLAY_LEVELS; i++) {
        const struct bounds *bounds = &origin->bounds[i];
        if (!origin->known || !origin->has_bounds) {
            for (size_t k = 0; k < COUNT(names[i]); k++)
                out_null(out, names[i][k]);
            continue;
        }
        out_estimate(out, names[i][0], bounds->low);
        out_estimate(out, names[i][1], bounds->high);
        out_boolean(out, names[i][2],
                    origin->actual >= bounds->low && origin->actual <= bounds->high);
    }
}

static void represent_origin(const struct backtest *of, const struct replay_origin *origin)
{
    struct out *out = of->call->out;
    struct span year = {origin->first, origin->first + 11};
    out_row(out);
    if (out->csv)
        out_text(out, "method", scenario_names[of->method]);
    represent_span(out, "fiscal_year", year, of->selected->info->fiscal_year_start);
    out_integer(out, "known_months", origin->elapsed);
    out_text(out, "data", origin->then ? "as_of_origin" : "latest_vintage");
    out_amount(out, "actual", figure_of(&of->selected->view, year).value);
    if (origin->known) {
        out_estimate(out, "forecast", origin->forecast);
        out_estimate(out, "error_percent", replay_error(origin));
    } else {
        out_null(out, "forecast");
        out_null(out, "error_percent");
    }
    represent_bounds(out, origin);
    represent_flags(of->call, origin->flags);
    if (!origin->known || !origin->has_bounds)
        represent_missing(out, origin->known ? MISSING_NO_INTERVAL : origin->missing);
    out_row_end(out);
}

static void replays_make(struct backtest *of)
{
    const struct selected *selected = of->selected;
    struct span last = frequency_span(FREQUENCY_FISCAL_YEAR, view_last(&selected->view),
                                      selected->info->fiscal_year_start);
    for (enum scenario method = 0; method < SCENARIOS; method++) {
        if (method == of->method || !of->call->out->csv)
            of->replay[method] = replay_of(of->call, selected, method, last.last + 1);
    }
}

bool get_backtest(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    struct backtest of = {
        .call = call,
        .selected = selected,
        .method = (enum scenario)arg(call, PARAM_METHOD)->number,
    };
    if (!has_totals(call, selected) || (selected->view.n > 0 && !call_slow(call)))
        return false;
    if (selected->view.n > 0)
        replays_make(&of);
    out_text(out, "method", scenario_names[of.method]);
    out_text(out, "method_version", of.method == SCENARIO_BES ? BES_VERSION : NULL);
    if (!out->csv)
        represent_known_months(&of);
    out_rows(out, "origins", columns);
    for (size_t i = 0; i < of.replay[of.method].n; i++)
        represent_origin(&of, &of.replay[of.method].at[i]);
    out_rows_end(out);
    represent_sample(out);
    return true;
}
