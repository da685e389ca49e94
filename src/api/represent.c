#include "represent.h"

#include <stdlib.h>
#include <string.h>

#include "explain.h"

void represent_missing(struct out *out, enum missing missing)
{
    if (missing != MISSING_NOT)
        out_text(out, "missing_reason", missing_names[missing]);
}

void represent_series(struct out *out, const struct series_info *info)
{
    out_object(out, "series");
    out_text(out, "id", info->id);
    out_text(out, "title", info->title);
    out_text(out, "unit", info->unit);
    out_text(out, "frequency", "month");
    out_integer(out, "fiscal_year_start", info->fiscal_year_start);
    out_object_end(out);
}

void represent_period(struct out *out, const char *key, struct span span, enum frequency frequency,
                      int fiscal_year_start)
{
    char text[PERIOD_TEXT];
    span_format(span, frequency, fiscal_year_start, text);
    out_name(out, key, text);
}

void represent_span(struct out *out, const char *key, struct span span, int fiscal_year_start)
{
    char text[PERIOD_TEXT];
    span_name(span, fiscal_year_start, text);
    out_name(out, key, text);
}

void represent_month(struct out *out, const char *key, int32_t month)
{
    represent_period(out, key, (struct span){month, month}, FREQUENCY_MONTH, 1);
}

void represent_month_value(struct out *out, const char *key, const struct observation *month)
{
    if (!month) {
        out_null(out, key);
        return;
    }
    out_object(out, key);
    represent_month(out, "period", month->span.first);
    out_amount(out, "value", month->value);
    out_object_end(out);
}

static void represent_dates(struct out *out, bool released, date first, date since)
{
    if (released) {
        out_date(out, "first_released_on", first);
        out_date(out, "released_on", since);
    } else {
        out_null(out, "first_released_on");
        out_null(out, "released_on");
    }
}

const char *status_name(bool known, bool derived)
{
    if (!known)
        return "missing";
    return derived ? "derived" : "reported";
}

static void represent_value(struct out *out, bool known, amount value, amount precision)
{
    if (known) {
        out_amount(out, "value", value);
        out_amount(out, "precision", precision);
    } else {
        out_null(out, "value");
        out_null(out, "precision");
    }
}

/* Several terms of a derived value can come from one source, which stands once. */
static void terms_once(struct call *call, struct backing *backing)
{
    const struct report **once =
        ARENA_ARRAY(call->arena, backing->n_reports, const struct report *);
    size_t n = 0;
    for (size_t i = 0; i < backing->n_reports; i++) {
        size_t k = 0;
        while (k < n && strcmp(once[k]->source, backing->reports[i]->source) != 0)
            k++;
        if (k == n)
            once[n++] = backing->reports[i];
    }
    backing->reports = once;
    backing->n_reports = n;
}

/* Each source once. With release=first, who stood behind the value on the day of its release. */
static struct backing backing_at(struct call *call, const struct observation *observation,
                                 date as_of)
{
    bool first = arg(call, PARAM_RELEASE)->number == RELEASE_FIRST;
    date when = first && observation->known ? observation->first_released : as_of;
    struct backing backing = backing_of(call->arena, observation, when);
    if (observation->derived)
        terms_once(call, &backing);
    return backing;
}

static void represent_backing(struct call *call, struct backing backing)
{
    const char **sources = ARENA_ARRAY(call->arena, backing.n_reports, const char *);
    for (size_t i = 0; i < backing.n_reports; i++)
        sources[i] = backing.reports[i]->source;
    out_integer(call->out, "publishers", backing.publishers);
    out_boolean(call->out, "disputed", backing.disputed);
    out_names(call->out, "sources", sources, backing.n_reports);
}

void represent_observation(struct call *call, const struct observation *observation,
                           bool transformed)
{
    struct out *out = call->out;
    bool known = observation->known;
    if (!transformed)
        represent_value(out, known, observation->value, observation->precision);
    out_name(out, "status", status_name(known, observation->derived));
    represent_dates(out, known, observation->first_released, observation->released);
    if (transformed)
        return;
    if (observation->history)
        represent_backing(call, backing_at(call, observation, call_as_of(call)));
    else
        represent_backing(call, (struct backing){0});
    represent_missing(out, known ? MISSING_NOT : MISSING_NOT_REPORTED);
}

static int by_publication(const void *a, const void *b)
{
    const struct report *left = *(const struct report *const *)a;
    const struct report *right = *(const struct report *const *)b;
    if (left->published.day != right->published.day)
        return left->published.day < right->published.day ? -1 : 1;
    return strcmp(left->source, right->source);
}

static int by_publisher(const void *a, const void *b)
{
    const struct report *left = *(const struct report *const *)a;
    const struct report *right = *(const struct report *const *)b;
    return strcmp(left->publisher, right->publisher);
}

/* Of a sum: every source of its months, once, and whether any month is disputed. */
static struct backing backing_of_sum(struct call *call, const struct resolved *resolved,
                                     struct span span, date as_of)
{
    enum release release = (enum release)arg(call, PARAM_RELEASE)->number;
    size_t months = (size_t)span_months(span);
    struct backing *one = ARENA_ARRAY(call->arena, months, struct backing);
    struct backing all = {0};
    size_t n = 0;
    for (size_t i = 0; i < months; i++) {
        int32_t month = span.first + (int32_t)i;
        const struct history *history = history_find(resolved, (struct span){month, month});
        struct observation observation = observe(history, as_of, release);
        one[i] = backing_at(call, &observation, as_of);
        all.disputed |= one[i].disputed;
        n += one[i].n_reports;
    }
    const struct report **reports = ARENA_ARRAY(call->arena, n, const struct report *);
    n = 0;
    for (size_t i = 0; i < months; i++) {
        for (size_t k = 0; k < one[i].n_reports; k++)
            reports[n++] = one[i].reports[k];
    }
    qsort(reports, n, sizeof(void *), by_publisher);
    for (size_t i = 0; i < n; i++)
        all.publishers += i == 0 || by_publisher(&reports[i - 1], &reports[i]) != 0;
    qsort(reports, n, sizeof(void *), by_publication);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(reports[all.n_reports - 1]->source, reports[i]->source) != 0)
            reports[all.n_reports++] = reports[i];
    }
    all.reports = reports;
    return all;
}

static void represent_basis(struct out *out, const struct figure *figure)
{
    const char *basis = figure->is_sum ? "sum_of_months" : figure->is_reported ? "reported" : NULL;
    out_text(out, "basis", basis);
    out_integer(out, "months_present", figure->months_present);
    out_integer(out, "months", span_months(figure->span));
    if (figure->own.known)
        out_amount(out, "reported_value", figure->own.value);
    if (figure->is_sum && figure->own.known)
        out_amount(out, "difference", figure->own.value - figure->value);
}

struct backing backing_of_figure(struct call *call, const struct resolved *resolved,
                                 const struct figure *figure, date as_of)
{
    if (figure->is_sum)
        return backing_of_sum(call, resolved, figure->span, as_of);
    return figure->own.history ? backing_at(call, &figure->own, as_of) : (struct backing){0};
}

void represent_figure(struct call *call, const struct selected *selected,
                      const struct figure *figure, bool transformed)
{
    struct out *out = call->out;
    if (figure->span.first == figure->span.last) {
        represent_observation(call, &figure->own, transformed);
        return;
    }
    if (!transformed)
        represent_value(out, figure->known, figure->value, figure->precision);
    out_name(out, "status", status_name(figure->known, figure->derived));
    represent_dates(out, figure->known, figure->first_released, figure->released);
    if (!transformed)
        represent_backing(
            call, backing_of_figure(call, selected->view.resolved, figure, call_as_of(call)));
    represent_basis(out, figure);
    if (!transformed)
        represent_missing(out, figure->missing);
}

enum frequency growth_frequency(enum growth_basis basis, enum frequency frequency)
{
    bool to_date = basis == GROWTH_FYTD || basis == GROWTH_TRAILING_12M;
    return to_date ? FREQUENCY_RANGE : frequency;
}

void represent_growth(struct call *call, const struct selected *selected,
                      const struct growth *growth, enum frequency frequency)
{
    struct out *out = call->out;
    int start = selected->info->fiscal_year_start;
    represent_period(out, "base_period", growth->base.span, frequency, start);
    if (growth->base.known)
        out_amount(out, "base", growth->base.value);
    else
        out_null(out, "base");
    if (growth->has_change)
        out_amount(out, "change", growth->change);
    else
        out_null(out, "change");
    if (growth->has_percent)
        out_ratio(out, "percent", growth->percent);
    else
        out_null(out, "percent");
    if (growth->unlike_bases)
        out_boolean(out, "unlike_bases", true);
    represent_missing(out, growth->missing);
    if (call_explain(call))
        explain_growth(call, selected, growth);
}

void represent_growth_object(struct call *call, const char *key, const struct selected *selected,
                             struct span period, enum frequency frequency, enum growth_basis basis)
{
    struct growth growth = growth_of(&selected->view, period, basis);
    out_object(call->out, key);
    enum frequency named = growth_frequency(basis, frequency);
    represent_period(call->out, "period", growth.now.span, named,
                     selected->info->fiscal_year_start);
    if (growth.now.known)
        out_amount(call->out, "value", growth.now.value);
    else
        out_null(call->out, "value");
    represent_growth(call, selected, &growth, named);
    out_object_end(call->out);
}
