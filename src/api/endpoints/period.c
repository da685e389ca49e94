/* GET /v1/exports/{period}: one period in full. */
#include <string.h>

#include "../endpoints.h"
#include "../explain.h"
#include "exportstat/stats/records.h"
#include "exportstat/stats/revisions.h"

/* What a report is to the observation. */
static const char *stance(const struct report *report, const struct observation *observation,
                          date as_of)
{
    const struct evidence *own = &observation->history->evidence;
    if (rejected(own->rulings, own->n_rulings, report->value, as_of))
        return "rejected";
    if (!observation->known || observation->derived)
        return "superseded";
    if (compatible(report->value, report->precision, observation->value, observation->precision))
        return "supports";
    return report->published.day >= observation->released.day ? "disputes" : "superseded";
}

static void represent_report(struct out *out, const struct report *report,
                             const char *report_stance)
{
    out_object(out, NULL);
    out_text(out, "source", report->source);
    out_text(out, "publisher", report->publisher);
    out_integer(out, "authority", report->authority);
    out_text(out, "published", report->dated);
    out_date(out, "published_on", report->published);
    out_amount(out, "value", report->value);
    out_amount(out, "precision", report->precision);
    out_text(out, "stance", report_stance);
    out_object_end(out);
}

static bool is_dispute(const char *report_stance)
{
    return strcmp(report_stance, "disputes") == 0 || strcmp(report_stance, "rejected") == 0;
}

static void represent_reports(struct call *call, const struct observation *observation,
                              bool disputes)
{
    const struct evidence *own = observation->history ? &observation->history->evidence : NULL;
    date as_of = call_as_of(call);
    out_array(call->out, disputes ? "disputes" : "reports");
    for (size_t i = 0; own && i < own->n_reports && own->reports[i].published.day <= as_of.day;
         i++) {
        const char *is = stance(&own->reports[i], observation, as_of);
        if (!disputes || is_dispute(is))
            represent_report(call->out, &own->reports[i], is);
    }
    out_array_end(call->out);
}

static void represent_rulings(struct call *call, const struct observation *observation)
{
    struct out *out = call->out;
    const struct evidence *own = observation->history ? &observation->history->evidence : NULL;
    out_array(out, "rulings");
    for (size_t i = 0;
         own && i < own->n_rulings && own->rulings[i].ruled.day <= call_as_of(call).day; i++) {
        const struct ruling *ruling = &own->rulings[i];
        out_object(out, NULL);
        out_text(out, "decision", ruling->accept ? "accept" : "reject");
        out_amount(out, "value", ruling->value);
        out_amount(out, "precision", ruling->precision);
        out_date(out, "ruled_on", ruling->ruled);
        out_text(out, "reason", ruling->reason);
        out_object_end(out);
    }
    out_array_end(out);
}

static void represent_period_revisions(struct call *call, const struct observation *observation)
{
    struct out *out = call->out;
    struct revisions revisions = {0};
    if (observation->history)
        revisions = revisions_of(call->arena, observation->history, call_as_of(call));
    out_array(out, "revisions");
    for (size_t i = 0; i < revisions.n; i++) {
        out_object(out, NULL);
        represent_revision(out, &revisions.at[i]);
        out_object_end(out);
    }
    out_array_end(out);
}

/* The months that a sum adds up. */
static void represent_sum_of(struct call *call, const struct selected *selected, struct span span)
{
    struct out *out = call->out;
    out_array(out, "sum_of");
    for (int32_t month = span.first; month <= span.last; month++) {
        const struct observation *observation = view_month(&selected->view, month);
        struct backing backing = backing_of(call->arena, observation, call_as_of(call));
        out_object(out, NULL);
        represent_month(out, "period", month);
        out_amount(out, "value", observation->value);
        out_amount(out, "precision", observation->precision);
        out_text(out, "status", observation->derived ? "derived" : "reported");
        out_boolean(out, "disputed", backing.disputed);
        out_object_end(out);
    }
    out_array_end(out);
}

static void explain_sum(struct call *call, const struct selected *selected,
                        const struct figure *figure)
{
    struct range range = band_parts(band_of(figure), 1);
    explain_formula(call, "sum_of_months: value and precision are the sums of those of the months",
                    &range);
    explain_inputs(call);
    explain_input(call, selected, *figure);
    explain_inputs_end(call);
}

/* Where a month stands among all known ones, and whether it was a record when it came. */
static void represent_rank(struct call *call, const struct selected *selected,
                           const struct observation *month)
{
    struct out *out = call->out;
    const struct view *view = &selected->view;
    struct records records = records_of(call->arena, view);
    const struct record *record = NULL;
    if (!month->known) {
        static const char *const keys[] = {
            "rank", "of", "record", "previous_record", "twelve_months_before", "yoy_streak_months",
        };
        for (size_t i = 0; i < COUNT(keys); i++)
            out_null(out, keys[i]);
        return;
    }
    for (size_t i = 0; i < records.n; i++) {
        if (records.at[i].month->span.first <= month->span.first)
            record = &records.at[i];
    }
    bool is_record = record && record->month->span.first == month->span.first;
    out_integer(out, "rank", (int64_t)rank_of(view, month->value));
    out_integer(out, "of", (int64_t)known_months(view));
    out_boolean(out, "record", is_record);
    const struct observation *previous = record ? record->month : NULL;
    if (is_record)
        previous = record->previous;
    represent_month_value(out, "previous_record", previous);
    represent_twelve_months(call, "twelve_months_before", selected, month->span.first - 1);
    out_integer(out, "yoy_streak_months", streak_at(view, GROWTH_YOY, month->span.first).months);
    if (call_explain(call))
        explain_standing(call, selected, month, previous);
}

static void represent_period_growth(struct call *call, const struct selected *selected,
                                    struct span span)
{
    enum frequency frequency = arg(call, PARAM_PERIOD)->period.frequency;
    bool is_month = span.first == span.last;
    out_object(call->out, "growth");
    if (is_month)
        represent_growth_object(call, "mom", selected, span, frequency, GROWTH_MOM);
    represent_growth_object(call, "yoy", selected, span, frequency, GROWTH_YOY);
    if (is_month) {
        represent_growth_object(call, "fytd", selected, span, frequency, GROWTH_FYTD);
        represent_growth_object(call, "trailing_12m", selected, span, frequency,
                                GROWTH_TRAILING_12M);
    }
    out_object_end(call->out);
}

/* A period that lies outside of the months known by the date, and was never reported either, does not exist. */
static bool period_exists(struct call *call, const struct selected *selected,
                          const struct figure *figure, const char *name)
{
    const struct view *view = &selected->view;
    char first[PERIOD_TEXT];
    char last[PERIOD_TEXT];
    char as_of[DATE_TEXT + 8] = "";
    if (figure->own.known ||
        (view->n > 0 && figure->span.last >= view->first && figure->span.first <= view_last(view)))
        return true;
    if (arg(call, PARAM_AS_OF)->given) {
        memcpy(as_of, " as of ", 8);
        date_format(call_as_of(call), as_of + 7);
    }
    if (view->n == 0)
        return problem_set(call->problem, PROBLEM_NOT_FOUND, "Nothing is known of '%s'%s",
                           selected->info->id, as_of);
    span_name((struct span){view->first, view->first}, 1, first);
    span_name((struct span){view_last(view), view_last(view)}, 1, last);
    return problem_set(call->problem, PROBLEM_NOT_FOUND,
                       "'%s' is known from %s to %s%s; %s lies outside, nearest is %s",
                       selected->info->id, first, last, as_of, name,
                       figure->span.last < view->first ? first : last);
}

bool get_period(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    struct period period = arg(call, PARAM_PERIOD)->period;
    struct span span = period_span(period, selected->info->fiscal_year_start);
    struct figure figure = figure_of(&selected->view, span);
    char name[PERIOD_TEXT];
    period_format(period, name);
    if (!period_exists(call, selected, &figure, name))
        return false;
    if (call->format == FORMAT_BIBTEX || call->format == FORMAT_CSL)
        return cite_period(call, selected, &figure);
    if (out->csv) {
        out_rows(out, "", observation_columns);
        out_row(out);
        out_text(out, "period", name);
        represent_figure(call, selected, &figure, false);
        out_row_end(out);
        out_rows_end(out);
        return true;
    }
    out_text(out, "period", name);
    represent_month(out, "from", span.first);
    represent_month(out, "to", span.last);
    represent_figure(call, selected, &figure, false);
    if (figure.is_sum)
        represent_sum_of(call, selected, span);
    if (figure.is_sum && call_explain(call))
        explain_sum(call, selected, &figure);
    represent_reports(call, &figure.own, false);
    represent_period_revisions(call, &figure.own);
    represent_reports(call, &figure.own, true);
    represent_rulings(call, &figure.own);
    if (figure.own.derived) {
        out_text(out, "formula", "the first term less the others");
        explain_terms(call, selected, &figure.own);
    }
    represent_period_growth(call, selected, span);
    if (span.first == span.last)
        represent_rank(call, selected, &figure.own);
    return true;
}
