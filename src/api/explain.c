#include "explain.h"

void explain_formula(struct call *call, const char *formula, const struct range *range)
{
    struct out *out = call->out;
    out_text(out, "formula", formula);
    if (!range) {
        out_null(out, "exact");
        out_null(out, "interval");
        return;
    }
    struct ratio exact = ratio_reduce(range->value);
    out_object(out, "exact");
    out_ratio(out, "numerator", ratio_of(exact.numerator, 1));
    out_ratio(out, "denominator", ratio_of(exact.denominator, 1));
    out_object_end(out);
    out_object(out, "interval");
    if (range->open_low)
        out_null(out, "low");
    else
        out_low(out, "low", range->low);
    if (range->open_high)
        out_null(out, "high");
    else
        out_high(out, "high", range->high);
    represent_missing(out, range->open_low || range->open_high ? MISSING_ZERO_BASE : MISSING_NOT);
    out_object_end(out);
}

void explain_inputs(struct call *call)
{
    out_array(call->out, "inputs");
}

void explain_terms(struct call *call, const struct selected *selected,
                   const struct observation *observation)
{
    struct out *out = call->out;
    out_array(out, "terms");
    for (size_t i = 0; i < observation->version->n_terms; i++) {
        const struct report *term = observation->version->terms[i];
        out_object(out, NULL);
        represent_span(out, "period", term->span, selected->info->fiscal_year_start);
        out_amount(out, "value", term->value);
        out_amount(out, "precision", term->precision);
        out_text(out, "source", term->source);
        out_text(out, "published", term->dated);
        out_date(out, "published_on", term->published);
        out_object_end(out);
    }
    out_array_end(out);
}

static void explain_one(struct call *call, const struct selected *selected,
                        const struct observation *observation)
{
    out_object(call->out, NULL);
    out_text(call->out, "series", selected->info->id);
    represent_span(call->out, "period", observation->span, selected->info->fiscal_year_start);
    represent_observation(call, observation, false);
    if (observation->derived)
        explain_terms(call, selected, observation);
    out_object_end(call->out);
}

void explain_input(struct call *call, const struct selected *selected, struct figure figure)
{
    if (!figure.is_sum) {
        explain_one(call, selected, &figure.own);
        return;
    }
    for (int32_t month = figure.span.first; month <= figure.span.last; month++)
        explain_one(call, selected, view_month(&selected->view, month));
}

void explain_inputs_end(struct call *call)
{
    out_array_end(call->out);
}

void explain_growth(struct call *call, const struct selected *selected, const struct growth *growth)
{
    struct range range;
    bool known =
        growth->has_percent && band_growth(band_of(&growth->now), band_of(&growth->base), &range);
    explain_formula(call, "100 * (value - base) / base", known ? &range : NULL);
    explain_inputs(call);
    explain_input(call, selected, growth->now);
    explain_input(call, selected, growth->base);
    explain_inputs_end(call);
}

void explain_record(struct call *call, const struct selected *selected,
                    const struct observation *month, const struct observation *previous)
{
    struct figure now = figure_of(&selected->view, month->span);
    struct figure base = previous ? figure_of(&selected->view, previous->span) : now;
    struct range range;
    bool known = previous && band_growth(band_of(&now), band_of(&base), &range);
    explain_formula(call,
                    "value > every earlier known value; margin = value - previous, "
                    "margin_percent = 100 * margin / previous",
                    known ? &range : NULL);
    explain_inputs(call);
    explain_input(call, selected, now);
    if (previous)
        explain_input(call, selected, base);
    explain_inputs_end(call);
}

void explain_month(struct call *call, const struct selected *selected, const char *formula,
                   const struct observation *month)
{
    explain_formula(call, formula, NULL);
    explain_inputs(call);
    if (month)
        explain_one(call, selected, month);
    explain_inputs_end(call);
}

void explain_streak(struct call *call, const struct selected *selected, struct streak streak,
                    enum growth_basis basis)
{
    int32_t back = basis == GROWTH_YOY ? 12 : 1;
    explain_formula(call,
                    basis == GROWTH_YOY
                        ? "months in a row with value > that of the same month a year before"
                        : "months in a row with value > that of the month before",
                    NULL);
    explain_inputs(call);
    for (int32_t month = streak.from - back; streak.months > 0 && month <= streak.to; month++) {
        if (month >= streak.from || month <= streak.to - back)
            explain_one(call, selected, view_month(&selected->view, month));
    }
    explain_inputs_end(call);
}

static void explain_rank(struct call *call, const struct selected *selected, amount value)
{
    const struct view *view = &selected->view;
    explain_formula(call, "1 + the number of known months with a larger value", NULL);
    explain_inputs(call);
    for (size_t i = 0; i < view->n; i++) {
        if (view->at[i].known && view->at[i].value > value)
            explain_one(call, selected, &view->at[i]);
    }
    explain_inputs_end(call);
}

void explain_standing(struct call *call, const struct selected *selected,
                      const struct observation *month, const struct observation *previous)
{
    struct streak streak = streak_at(&selected->view, GROWTH_YOY, month->span.first);
    out_object(call->out, "explanations");
    out_object(call->out, "record");
    explain_record(call, selected, month, previous);
    out_object_end(call->out);
    out_object(call->out, "rank");
    explain_rank(call, selected, month->value);
    out_object_end(call->out);
    out_object(call->out, "yoy_streak_months");
    explain_streak(call, selected, streak, GROWTH_YOY);
    out_object_end(call->out);
    out_object_end(call->out);
}
