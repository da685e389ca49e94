/* The record of the methods: past years, projected again. */
#include <stdio.h>

#include "exportstat/stats/vintage.h"
#include "projecting.h"

static struct replay replay_view(struct call *call, const struct view *view, enum scenario method,
                                 int32_t before, const struct replay *made)
{
    struct vintages vintages = vintages_of(call->arena, view);
    struct replay_request request = {
        .latest = vintages.latest,
        .before = before,
        .scenario = method,
        .known = vintage_known,
        .context = &vintages,
        .made = made,
    };
    return replay(call->arena, &request);
}

/* All years that are complete by what the store knows now. */
static struct replay replay_newest(struct call *call, const struct selected *selected)
{
    struct view view =
        view_of(call->arena, selected->view.resolved, DATE_ALL, selected->view.release);
    int start = selected->info->fiscal_year_start;
    struct span last = frequency_span(FREQUENCY_FISCAL_YEAR, view_last(&view), start);
    return replay_view(call, &view, SCENARIO_BES, last.last + 1, NULL);
}

/* What is known as of a date differs little from what is known now, and what was known at an origin before that not
 * at all: most answers of the newest backtest are those of any other, and that one is kept. */
struct replay replay_of(struct call *call, const struct selected *selected, enum scenario method,
                        int32_t before)
{
    char name[128];
    const void *kept;
    size_t length;
    if (method != SCENARIO_BES)
        return replay_view(call, &selected->view, method, before, NULL);
    snprintf(name, sizeof name, "replay %d %s", (int)selected->view.release, selected->info->id);
    int64_t changed = selected->info->changed;
    if (library_find(call->library, call->era, changed, name, &kept, &length)) {
        struct replay made = {.scenario = method, .at = kept, .n = length / sizeof *made.at};
        struct replay replay = replay_view(call, &selected->view, method, before, &made);
        library_return(call->library, kept);
        return replay;
    }
    struct replay made = replay_newest(call, selected);
    library_put(call->library, call->era, changed, name, made.at, made.n * sizeof *made.at);
    return replay_view(call, &selected->view, method, before, &made);
}

/* `missing` says why there are no scores, where there are none. */
static void represent_scores(struct out *out, const struct replay_score *score,
                             enum missing missing)
{
    out_integer(out, "origins", score->n);
    if (score->n > 0) {
        out_estimate(out, "mape", score->mape);
        out_estimate(out, "bias", score->bias);
    } else {
        out_null(out, "mape");
        out_null(out, "bias");
    }
    if (score->n_bounds > 0)
        out_integer(out, "hits_80", score->within[REPLAY_80]);
    else
        out_null(out, "hits_80");
    if (score->n_bounds >= REPLAY_EVIDENCE_MIN) {
        out_ratio(out, "coverage_80", ratio_percent(score->within[REPLAY_80], score->n_bounds));
        return;
    }
    out_null(out, "coverage_80");
    if (score->n > 0)
        missing = score->n_bounds > 0 ? MISSING_FEW_YEARS : MISSING_NO_INTERVAL;
    represent_missing(out, missing);
}

static void represent_record(const struct projecting *of, enum scenario method)
{
    struct call *call = of->call;
    struct out *out = call->out;
    int elapsed = fiscal_year_elapsed(&of->year);
    struct replay replay = replay_of(call, of->selected, method, of->year.span.first);
    struct replay_score score = replay_score(call->arena, &replay, elapsed);
    out_object(out, "backtest");
    /* That a sum of twelve known months is right is no merit of a method. */
    represent_scores(out, &score,
                     elapsed == 12 ? MISSING_COMPLETE_PERIOD : MISSING_INSUFFICIENT_HISTORY);
    out_array(out, "by_known_months");
    for (int known = 1; known < 12; known++) {
        score = replay_score(call->arena, &replay, known);
        out_object(out, NULL);
        out_integer(out, "known_months", known);
        represent_scores(out, &score, MISSING_INSUFFICIENT_HISTORY);
        out_object_end(out);
    }
    out_array_end(out);
    out_object_end(out);
}

static void represent_method(const struct projecting *of, enum scenario method)
{
    struct out *out = of->call->out;
    struct projection projection = of->projection;
    if (method != of->method)
        projection = year_project(of->call, &of->selected->view, &of->year, method);
    if (projection.known && projection.scenario != method) {
        projection.known = false; /* it is not this method that answers */
        projection.missing = MISSING_INSUFFICIENT_HISTORY;
    }
    out_object(out, NULL);
    out_text(out, "id", scenario_names[method]);
    represent_total(of, &projection);
    represent_record(of, method);
    out_object_end(out);
}

void represent_methods(const struct projecting *of)
{
    out_array(of->call->out, "methods");
    for (enum scenario method = 0; method < SCENARIOS; method++)
        represent_method(of, method);
    out_array_end(of->call->out);
}
