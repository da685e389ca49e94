#include "exportstat/stats/view.h"

#include <string.h>

const char *const missing_names[] = {
    [MISSING_NOT] = NULL,
    [MISSING_NOT_REPORTED] = "not_reported",
    [MISSING_INCOMPLETE_PERIOD] = "incomplete_period",
    [MISSING_NO_BASE] = "no_base",
    [MISSING_ZERO_BASE] = "zero_base",
    [MISSING_NEGATIVE_BASE] = "negative_base",
    [MISSING_INSUFFICIENT_HISTORY] = "insufficient_history",
    [MISSING_OUT_OF_RANGE] = "out_of_range",
    [MISSING_NOT_REACHED] = "not_reached",
    [MISSING_COMPLETE_PERIOD] = "complete_period",
    [MISSING_NO_INTERVAL] = "no_interval",
    [MISSING_FEW_YEARS] = "few_years",
    [MISSING_NOT_ADDITIVE] = "not_additive",
};

struct observation observe(const struct history *history, date as_of, enum release release)
{
    struct observation observation = {.span = history->span, .history = history};
    const struct version *versions = history->versions;
    size_t n = 0;
    size_t first = 0;
    while (n < history->n_versions && versions[n].since.day <= as_of.day)
        n++;
    if (n == 0)
        return observation;
    /* The first version is known: a history begins when the period first has a value. */
    observation.first_released = versions[0].since;
    size_t at = release == RELEASE_FIRST ? 0 : n - 1;
    observation.version = &versions[at];
    observation.known = versions[at].known;
    observation.derived = versions[at].derived;
    observation.value = versions[at].value;
    observation.precision = versions[at].precision;
    for (first = at; first > 0; first--) {
        if (versions[first - 1].known != versions[at].known ||
            versions[first - 1].value != versions[at].value)
            break;
    }
    observation.released = versions[first].since;
    return observation;
}

struct observation *view_room(struct arena *arena, const struct resolved *resolved)
{
    return ARENA_ARRAY(arena, resolved->n_months, struct observation);
}

struct view view_in(struct observation *room, const struct resolved *resolved, date as_of,
                    enum release release)
{
    struct view view = {.resolved = resolved, .as_of = as_of, .release = release};
    size_t first = resolved->n_months;
    size_t end = 0;
    for (size_t i = 0; i < resolved->n_months; i++) {
        room[i] = observe(&resolved->months[i], as_of, release);
        if (!room[i].known)
            continue;
        if (end == 0)
            first = i;
        end = i + 1;
    }
    if (end > 0) {
        view.at = room + first;
        view.n = end - first;
        view.first = room[first].span.first;
    }
    return view;
}

struct view view_of(struct arena *arena, const struct resolved *resolved, date as_of,
                    enum release release)
{
    return view_in(view_room(arena, resolved), resolved, as_of, release);
}

const struct observation *view_month(const struct view *view, int32_t month)
{
    if (month < view->first || (size_t)(month - view->first) >= view->n)
        return NULL;
    return &view->at[month - view->first];
}

int32_t view_last(const struct view *view)
{
    return view->first + (int32_t)view->n - 1;
}

const struct history *history_find(const struct resolved *resolved, struct span span)
{
    if (span.first == span.last) {
        int32_t first = resolved->n_months > 0 ? resolved->months[0].span.first : 0;
        if (span.first < first || (size_t)(span.first - first) >= resolved->n_months)
            return NULL;
        return &resolved->months[span.first - first];
    }
    size_t low = 0;
    size_t high = resolved->n_spans;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct span at = resolved->spans[middle].span;
        if (at.first < span.first || (at.first == span.first && at.last < span.last))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == resolved->n_spans || !span_equal(resolved->spans[low].span, span))
        return NULL;
    return &resolved->spans[low];
}

/* Moves *ret on to the newest day of a period's evidence, up to a date; false where nothing is that old. */
static bool newest_day(const struct evidence *evidence, date as_of, bool found, date *ret)
{
    for (size_t i = 0; i < evidence->n_reports + evidence->n_rulings; i++) {
        date day = i < evidence->n_reports ? evidence->reports[i].published
                                           : evidence->rulings[i - evidence->n_reports].ruled;
        if (day.day <= as_of.day && (!found || day.day > ret->day)) {
            *ret = day;
            found = true;
        }
    }
    return found;
}

bool view_known_on(const struct view *view, date *ret)
{
    const struct resolved *resolved = view->resolved;
    bool found = false;
    for (size_t i = 0; i < resolved->n_months; i++)
        found = newest_day(&resolved->months[i].evidence, view->as_of, found, ret);
    for (size_t i = 0; i < resolved->n_spans; i++)
        found = newest_day(&resolved->spans[i].evidence, view->as_of, found, ret);
    return found;
}

static int publishers_count(const struct report *const *reports, size_t n)
{
    int publishers = 0;
    for (size_t i = 0; i < n; i++) {
        bool again = false;
        for (size_t k = 0; k < i && !again; k++)
            again = strcmp(reports[i]->publisher, reports[k]->publisher) == 0;
        publishers += !again;
    }
    return publishers;
}

struct backing backing_of(struct arena *arena, const struct observation *observation, date as_of)
{
    struct backing backing = {0};
    const struct evidence *own = &observation->history->evidence;
    if (observation->derived) {
        backing.reports = observation->version->terms;
        backing.n_reports = observation->version->n_terms;
    } else {
        const struct report **reports = ARENA_ARRAY(arena, own->n_reports, const struct report *);
        for (size_t i = 0; i < own->n_reports; i++) {
            const struct report *report = &own->reports[i];
            if (report->published.day > as_of.day)
                break;
            if (rejected(own->rulings, own->n_rulings, report->value, as_of))
                backing.disputed = true;
            else if (observation->known && compatible(report->value, report->precision,
                                                      observation->value, observation->precision))
                reports[backing.n_reports++] = report;
            else if (observation->known && report->published.day >= observation->released.day)
                backing.disputed = true;
        }
        backing.reports = reports;
    }
    backing.publishers = publishers_count(backing.reports, backing.n_reports);
    return backing;
}

static struct figure figure_from(struct observation observation)
{
    return (struct figure){
        .span = observation.span,
        .known = observation.known,
        .missing = observation.known ? MISSING_NOT : MISSING_NOT_REPORTED,
        .derived = observation.derived,
        .value = observation.value,
        .precision = observation.precision,
        .first_released = observation.first_released,
        .released = observation.released,
        .months_present = observation.known,
        .own = observation,
    };
}

/* Adds up the months; `known` only where every one is. */
static struct figure figure_sum(const struct view *view, struct span span)
{
    struct figure sum = {.span = span, .is_sum = true};
    for (int32_t month = span.first; month <= span.last; month++) {
        const struct observation *observation = view_month(view, month);
        if (!observation || !observation->known)
            continue;
        sum.months_present++;
        sum.value += observation->value;
        sum.precision += observation->precision;
        sum.derived |= observation->derived;
        if (sum.months_present == 1 || observation->first_released.day > sum.first_released.day)
            sum.first_released = observation->first_released;
        if (sum.months_present == 1 || observation->released.day > sum.released.day)
            sum.released = observation->released;
    }
    sum.known = sum.months_present == span_months(span) && view->resolved->adds_up;
    return sum;
}

struct figure figure_of(const struct view *view, struct span span)
{
    const struct history *history = history_find(view->resolved, span);
    struct observation own = {.span = span};
    if (history)
        own = observe(history, view->as_of, view->release);
    if (span.first == span.last)
        return figure_from(own);
    struct figure sum = figure_sum(view, span);
    if (sum.known) {
        sum.own = own;
        /* It may have been reported as a whole before its last month was known. */
        if (own.version && own.first_released.day < sum.first_released.day)
            sum.first_released = own.first_released;
        return sum;
    }
    struct figure figure = figure_from(own);
    figure.is_reported = own.known;
    figure.months_present = sum.months_present;
    if (!own.known && !view->resolved->adds_up)
        figure.missing = MISSING_NOT_ADDITIVE;
    else if (!own.known && sum.months_present > 0)
        figure.missing = MISSING_INCOMPLETE_PERIOD;
    return figure;
}
