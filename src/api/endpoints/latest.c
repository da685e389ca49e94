/* GET /v1/exports/latest: what a press release says, in one object. */
#include "../endpoints.h"
#include "../explain.h"
#include "exportstat/stats/freshness.h"
#include "exportstat/stats/records.h"

void represent_freshness(struct call *call, const struct selected *selected)
{
    struct out *out = call->out;
    date as_of = call_as_of(call);
    date today = arg(call, PARAM_AS_OF)->given ? as_of : call->today;
    struct freshness freshness = freshness_of(&selected->view, today);
    out_object(out, "freshness");
    out_text(out, "status", freshness_names[freshness.status]);
    if (freshness.has_last) {
        represent_month(out, "last_period", freshness.last_month);
        out_date(out, "last_released_on", freshness.last_released);
    } else {
        out_null(out, "last_period");
        out_null(out, "last_released_on");
    }
    if (freshness.learned_from > 0) {
        int day;
        date_month(freshness.next_expected, &day);
        out_integer(out, "usual_days_after_period", freshness.usual_days);
        represent_month(out, "next_period", freshness.last_month + 1);
        out_date(out, "next_expected_on", freshness.next_expected);
        out_integer(out, "learned_from_months", freshness.learned_from);
    } else {
        out_null(out, "usual_days_after_period");
        out_null(out, "next_period");
        out_null(out, "next_expected_on");
        represent_missing(out, MISSING_INSUFFICIENT_HISTORY);
    }
    out_object_end(out);
}

void represent_twelve_months(struct call *call, const char *key, const struct selected *selected,
                             int32_t month)
{
    struct out *out = call->out;
    struct figure year = figure_of(&selected->view, (struct span){month - 11, month});
    out_object(out, key);
    represent_month(out, "from", month - 11);
    represent_month(out, "to", month);
    if (year.known) {
        out_amount(out, "total", year.value);
        out_ratio(out, "average", ratio_of(year.value, (wide)12 * AMOUNT_SCALE));
    } else {
        out_null(out, "total");
        out_null(out, "average");
    }
    represent_missing(out, year.missing);
    if (call_explain(call)) {
        struct range range = band_parts(band_of(&year), 12);
        explain_formula(call, "average = total / 12", year.known ? &range : NULL);
        explain_inputs(call);
        explain_input(call, selected, year);
        explain_inputs_end(call);
    }
    out_object_end(out);
}

/* Since when all of this has been known: the day that names the view for good. */
static void represent_known_on(struct out *out, const struct view *view)
{
    date day;
    if (view_known_on(view, &day))
        out_date(out, "known_on", day);
    else
        out_null(out, "known_on");
}

static void represent_nothing(struct call *call, const struct selected *selected)
{
    static const char *const keys[] = {
        "mom",
        "yoy",
        "fiscal_year_to_date",
        "trailing_12m",
        "record",
        "previous_record",
        "rank",
        "yoy_streak_months",
    };
    struct out *out = call->out;
    out_null(out, "period");
    out_null(out, "value");
    represent_missing(out, MISSING_NOT_REPORTED);
    for (size_t i = 0; i < COUNT(keys); i++)
        out_null(out, keys[i]);
    represent_projection_brief(call, selected);
    represent_freshness(call, selected);
    represent_known_on(out, &selected->view);
}

static void represent_headline(struct call *call, const struct selected *selected)
{
    struct out *out = call->out;
    const struct view *view = &selected->view;
    const struct observation *newest = &view->at[view->n - 1];
    struct span period = newest->span;
    struct records records = records_of(call->arena, view);
    const struct record *record = &records.at[records.n - 1];
    bool is_record = record->month == newest;
    represent_month(out, "period", period.first);
    represent_observation(call, newest, false);
    if (call_explain(call) && newest->derived)
        explain_terms(call, selected, newest);
    represent_growth_object(call, "mom", selected, period, FREQUENCY_MONTH, GROWTH_MOM);
    represent_growth_object(call, "yoy", selected, period, FREQUENCY_MONTH, GROWTH_YOY);
    represent_growth_object(call, "fiscal_year_to_date", selected, period, FREQUENCY_MONTH,
                            GROWTH_FYTD);
    represent_twelve_months(call, "trailing_12m", selected, period.first);
    out_boolean(out, "record", is_record);
    const struct observation *previous = is_record ? record->previous : record->month;
    represent_month_value(out, "previous_record", previous);
    out_integer(out, "rank", (int64_t)rank_of(view, newest->value));
    out_integer(out, "yoy_streak_months", streak_at(view, GROWTH_YOY, period.first).months);
    if (call_explain(call))
        explain_standing(call, selected, newest, previous);
    represent_projection_brief(call, selected);
    represent_freshness(call, selected);
    represent_known_on(out, &selected->view);
}

bool get_latest(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    if (out->csv) {
        out_rows(out, "", observation_columns);
        if (selected->view.n > 0) {
            const struct observation *newest = &selected->view.at[selected->view.n - 1];
            out_row(out);
            represent_month(out, "period", newest->span.first);
            represent_observation(call, newest, false);
            out_row_end(out);
        }
        out_rows_end(out);
        return true;
    }
    if (selected->view.n == 0) {
        represent_nothing(call, selected);
        return true;
    }
    if (!call_slow(call)) /* for the projection */
        return false;
    represent_headline(call, selected);
    return true;
}
