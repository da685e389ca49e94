/* GET /v1/exports/records: the record, the ledger of all records, thresholds, streaks. */
#include "exportstat/stats/records.h"
#include "../endpoints.h"
#include "../explain.h"

static const char *const ledger_columns[] = {
    "series", "period",       "value",          "margin", "margin_percent",
    "set_on", "stood_months", "missing_reason", NULL,
};

static void represent_margin(struct out *out, const struct record *record)
{
    amount margin = record->previous ? record->month->value - record->previous->value : 0;
    if (record->previous)
        out_amount(out, "margin", margin);
    else
        out_null(out, "margin");
    if (record->previous && record->previous->value > 0)
        out_ratio(out, "margin_percent", ratio_percent(margin, record->previous->value));
    else
        out_null(out, "margin_percent");
    if (!record->previous)
        represent_missing(out, MISSING_NO_BASE);
    else if (record->previous->value <= 0)
        represent_missing(out,
                          record->previous->value == 0 ? MISSING_ZERO_BASE : MISSING_NEGATIVE_BASE);
}

static void represent_current(struct call *call, const struct selected *selected,
                              struct records records)
{
    struct out *out = call->out;
    if (records.n == 0) {
        out_null(out, "current");
        return;
    }
    const struct record *record = &records.at[records.n - 1];
    out_object(out, "current");
    represent_month(out, "period", record->month->span.first);
    represent_observation(call, record->month, false);
    represent_month_value(out, "previous", record->previous);
    represent_margin(out, record);
    out_date(out, "set_on", record->month->first_released);
    out_integer(out, "stood_months", record->stood_months);
    if (call_explain(call))
        explain_record(call, selected, record->month, record->previous);
    out_object_end(out);
}

static void represent_ledger(struct call *call, const struct selected *selected,
                             struct records records)
{
    struct out *out = call->out;
    out_rows(out, "ledger", ledger_columns);
    for (size_t i = 0; i < records.n; i++) {
        const struct record *record = &records.at[i];
        out_row(out);
        represent_month(out, "period", record->month->span.first);
        out_amount(out, "value", record->month->value);
        represent_margin(out, record);
        out_date(out, "set_on", record->month->first_released);
        out_integer(out, "stood_months", record->stood_months);
        if (call_explain(call))
            explain_record(call, selected, record->month, record->previous);
        out_row_end(out);
    }
    out_rows_end(out);
}

static void represent_threshold(struct call *call, const struct selected *selected,
                                amount threshold)
{
    struct out *out = call->out;
    const struct observation *month = threshold_crossed(&selected->view, threshold);
    out_object(out, NULL);
    out_amount(out, "threshold", threshold);
    if (month) {
        represent_month(out, "first_period", month->span.first);
        out_amount(out, "value", month->value);
        out_date(out, "first_released_on", month->first_released);
    } else {
        out_null(out, "first_period");
        out_null(out, "value");
        represent_missing(out, MISSING_NOT_REACHED);
    }
    if (call_explain(call))
        explain_month(call, selected, "the first known month with value >= threshold", month);
    out_object_end(out);
}

static void represent_thresholds(struct call *call, const struct selected *selected,
                                 struct records records)
{
    const struct arg *asked = arg(call, PARAM_THRESHOLD);
    amount record = records.n > 0 ? records.at[records.n - 1].month->value : 0;
    amount step = threshold_step(record);
    out_array(call->out, "thresholds");
    for (size_t i = 0; asked->given && i < asked->n; i++)
        represent_threshold(call, selected, asked->amounts[i]);
    for (amount threshold = step; !asked->given && step > 0 && threshold <= record;
         threshold += step)
        represent_threshold(call, selected, threshold);
    out_array_end(call->out);
}

static void represent_streak(struct call *call, const struct selected *selected, const char *key,
                             struct streak streak, enum growth_basis basis)
{
    struct out *out = call->out;
    out_object(out, key);
    out_integer(out, "months", streak.months);
    if (streak.months > 0) {
        represent_month(out, "from", streak.from);
        represent_month(out, "to", streak.to);
    } else {
        out_null(out, "from");
        out_null(out, "to");
    }
    if (streak.ended) {
        out_object(out, "ended_by");
        represent_month(out, "period", streak.ended_by);
        out_text(out, "reason",
                 streak.missing == MISSING_NOT ? "no_growth" : missing_names[streak.missing]);
        out_object_end(out);
    } else {
        out_null(out, "ended_by");
    }
    if (call_explain(call))
        explain_streak(call, selected, streak, basis);
    out_object_end(out);
}

static void represent_streaks(struct call *call, const struct selected *selected)
{
    struct out *out = call->out;
    out_object(out, "streaks");
    for (int i = 0; i < 2; i++) {
        enum growth_basis basis = i == 0 ? GROWTH_YOY : GROWTH_MOM;
        struct streaks streaks = streaks_of(&selected->view, basis);
        out_object(out, i == 0 ? "yoy_growth" : "mom_growth");
        represent_streak(call, selected, "current", streaks.current, basis);
        represent_streak(call, selected, "longest", streaks.longest, basis);
        out_object_end(out);
    }
    out_object_end(out);
}

static void represent_best(struct call *call, const struct selected *selected)
{
    struct out *out = call->out;
    out_array(out, "best_by_month");
    for (int month = 0; month < 12; month++) {
        const struct observation *best = best_of_month(&selected->view, month);
        if (!best)
            continue;
        out_object(out, NULL);
        out_integer(out, "month", month + 1);
        represent_month(out, "period", best->span.first);
        out_amount(out, "value", best->value);
        if (call_explain(call))
            explain_month(call, selected, "the highest known value of this calendar month", best);
        out_object_end(out);
    }
    out_array_end(out);
}

bool get_records(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    struct records records = records_of(call->arena, &selected->view);
    represent_current(call, selected, records);
    represent_ledger(call, selected, records);
    represent_thresholds(call, selected, records);
    represent_streaks(call, selected);
    represent_best(call, selected);
    out_integer(out, "months_missing_before", (int64_t)records.missing_before);
    return true;
}
