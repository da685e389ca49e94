#include "exportstat/stats/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "derive.h"

bool compatible(amount a, amount a_precision, amount b, amount b_precision)
{
    amount apart = a > b ? a - b : b - a;
    return apart * 2 <= a_precision + b_precision;
}

bool rejected(const struct ruling *rulings, size_t n, amount value, date as_of)
{
    for (size_t i = 0; i < n && rulings[i].ruled.day <= as_of.day; i++) {
        if (!rulings[i].accept && rulings[i].value == value)
            return true;
    }
    return false;
}

static bool reports_compatible(const struct report *a, const struct report *b)
{
    return compatible(a->value, a->precision, b->value, b->precision);
}

/* A pass over the reports of one period. A challenger is a report of the deciding authority that contradicted
 * the observation when it came and has not lapsed. */
struct pass {
    const struct report
        *now; /* its value and precision are the observation; NULL before the first */
    enum authority deciding;
    const struct report **challengers;
    size_t n;
};

/* Whether a challenger of another publisher says the same. */
static bool seconded(const struct pass *pass, const struct report *report)
{
    for (size_t i = 0; i < pass->n; i++) {
        if (reports_compatible(report, pass->challengers[i]) &&
            strcmp(report->publisher, pass->challengers[i]->publisher) != 0)
            return true;
    }
    return false;
}

static void revise(struct pass *pass, const struct report *report)
{
    size_t kept = 0;
    pass->now = report;
    for (size_t i = 0; i < pass->n; i++) {
        if (!reports_compatible(report, pass->challengers[i]))
            pass->challengers[kept++] = pass->challengers[i];
    }
    pass->n = kept;
}

/* Rules 2 to 4 for the next report in order of publication. */
static void pass_report(struct pass *pass, const struct report *report)
{
    if (!pass->now) {
        pass->now = report;
        pass->deciding = report->authority;
    } else if (report->authority > pass->deciding) {
        if (!reports_compatible(report, pass->now) || report->precision < pass->now->precision)
            pass->now = report;
        pass->deciding = report->authority;
        pass->n = 0;
    } else if (report->authority < pass->deciding) {
        return; /* corroborates or disputes, and decides nothing */
    } else if (reports_compatible(report, pass->now)) {
        if (report->precision < pass->now->precision)
            pass->now = report;
    } else if (report->authority == AUTHORITY_OFFICIAL || seconded(pass, report)) {
        revise(pass, report);
    } else {
        pass->challengers[pass->n++] = report;
    }
}

/* Rule 5: the latest accepting ruling, unless an official report came after it. */
static const struct ruling *accepted(struct evidence own, date as_of)
{
    const struct ruling *latest = NULL;
    for (size_t i = 0; i < own.n_rulings && own.rulings[i].ruled.day <= as_of.day; i++) {
        if (own.rulings[i].accept)
            latest = &own.rulings[i];
    }
    for (size_t i = 0; latest && i < own.n_reports; i++) {
        const struct report *report = &own.reports[i];
        if (report->authority == AUTHORITY_OFFICIAL && report->published.day > latest->ruled.day &&
            report->published.day <= as_of.day &&
            !rejected(own.rulings, own.n_rulings, report->value, as_of))
            return NULL;
    }
    return latest;
}

/* What is needed while one series is resolved. */
struct resolving {
    bool adds_up;
    struct arena *arena;
    struct groups groups;
    const struct report **challengers; /* room for those of any one period */
    struct date_list {
        date *at;
        size_t n;
        size_t room;
    } own_events, other_events;
    struct version *versions; /* of the period at hand, before they move to the arena */
    size_t n_versions;
    size_t versions_room;
};

/* Rules 1 to 5 for one period as of a date, its own reports and rulings alone. */
static struct version decide(const struct resolving *in, struct evidence own, date as_of)
{
    const struct ruling *ruling = accepted(own, as_of);
    if (ruling) {
        return (struct version){
            .known = true,
            .value = ruling->value,
            .precision = ruling->precision,
            .ruling = ruling,
        };
    }
    struct pass pass = {.challengers = in->challengers};
    for (size_t i = 0; i < own.n_reports && own.reports[i].published.day <= as_of.day; i++) {
        if (!rejected(own.rulings, own.n_rulings, own.reports[i].value, as_of))
            pass_report(&pass, &own.reports[i]);
    }
    if (!pass.now)
        return (struct version){0};
    return (struct version){
        .known = true,
        .value = pass.now->value,
        .precision = pass.now->precision,
    };
}

static int dates_order(const void *a, const void *b)
{
    int32_t left = ((const date *)a)->day;
    int32_t right = ((const date *)b)->day;
    return (left > right) - (left < right);
}

static void dates_add(struct date_list *list, date when)
{
    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->at = must_realloc(list->at, list->room * sizeof *list->at);
    }
    list->at[list->n++] = when;
}

/* Adds the dates after `after` and before `before` on which the evidence grows. */
static void dates_add_evidence(struct date_list *list, struct evidence evidence, date after,
                               date before)
{
    for (size_t i = 0; i < evidence.n_reports; i++) {
        date when = evidence.reports[i].published;
        if (when.day > after.day && when.day < before.day)
            dates_add(list, when);
    }
    for (size_t i = 0; i < evidence.n_rulings; i++) {
        date when = evidence.rulings[i].ruled;
        if (when.day > after.day && when.day < before.day)
            dates_add(list, when);
    }
}

static void dates_sort(struct date_list *list)
{
    size_t distinct = 0;
    if (list->n > 0)
        qsort(list->at, list->n, sizeof *list->at, dates_order);
    for (size_t i = 0; i < list->n; i++) {
        if (distinct == 0 || list->at[distinct - 1].day != list->at[i].day)
            list->at[distinct++] = list->at[i];
    }
    list->n = distinct;
}

static bool version_same(const struct version *a, const struct version *b)
{
    return a->known == b->known && a->derived == b->derived && a->value == b->value &&
           a->precision == b->precision && a->ruling == b->ruling && a->n_terms == b->n_terms &&
           (a->n_terms == 0 || memcmp(a->terms, b->terms, a->n_terms * sizeof(void *)) == 0);
}

static void version_add(struct resolving *in, struct version version, date since)
{
    static const struct version nothing;
    const struct version *last = in->n_versions > 0 ? &in->versions[in->n_versions - 1] : &nothing;
    if (version_same(&version, last))
        return;
    if (in->n_versions == in->versions_room) {
        in->versions_room = in->versions_room ? in->versions_room * 2 : 16;
        in->versions = must_realloc(in->versions, in->versions_room * sizeof *in->versions);
    }
    version.since = since;
    in->versions[in->n_versions++] = version;
}

/* The versions of a month from `since` until before `until`, while it has no report of its own. */
static void versions_derived(struct resolving *in, struct subtractions ways, date since, date until)
{
    struct date_list *events = &in->other_events;
    events->n = 0;
    if (since.day != INT32_MIN)
        dates_add(events, since);
    for (size_t i = 0; i < ways.n; i++) {
        for (size_t k = 0; k < ways.at[i].n; k++)
            dates_add_evidence(events, ways.at[i].terms[k]->evidence, since, until);
    }
    dates_sort(events);
    for (size_t i = 0; i < events->n; i++)
        version_add(in, derive(in->arena, ways, events->at[i]), events->at[i]);
}

/* All versions of one period: its state changes only on the dates of its own reports and rulings and,
 * while it has none, of those that it could be derived from. */
static struct history history_of(struct resolving *in, struct span span, struct evidence own)
{
    struct date_list *events = &in->own_events;
    struct subtractions ways = {0};
    struct version version = {0};
    date since = {INT32_MIN};
    if (span.first == span.last && in->adds_up)
        ways = subtractions_of(in->arena, in->groups, span.first);
    events->n = 0;
    in->n_versions = 0;
    dates_add_evidence(events, own, since, DATE_ALL);
    dates_sort(events);
    for (size_t i = 0; i <= events->n; i++) {
        date until = i < events->n ? events->at[i] : DATE_ALL;
        if (version.known)
            version_add(in, version, since);
        else
            versions_derived(in, ways, since, until);
        if (i < events->n)
            version = decide(in, own, until);
        since = until;
    }
    struct version *versions = ARENA_ARRAY(in->arena, in->n_versions, struct version);
    if (in->n_versions > 0)
        memcpy(versions, in->versions, in->n_versions * sizeof *versions);
    return (struct history){span, own, versions, in->n_versions};
}

static bool span_before(struct span a, struct span b)
{
    return a.first < b.first || (a.first == b.first && a.last < b.last);
}

/* Reports and rulings by period: a merge of two ordered lists. */
static struct groups groups_of(struct arena *arena, struct evidence evidence)
{
    struct group *at = ARENA_ARRAY(arena, evidence.n_reports + evidence.n_rulings, struct group);
    const struct report *report = evidence.reports;
    const struct report *reports_end = report + evidence.n_reports;
    const struct ruling *ruling = evidence.rulings;
    const struct ruling *rulings_end = ruling + evidence.n_rulings;
    size_t n = 0;
    while (report < reports_end || ruling < rulings_end) {
        bool by_report = report < reports_end &&
                         (ruling == rulings_end || !span_before(ruling->span, report->span));
        struct group *group = &at[n++];
        group->span = by_report ? report->span : ruling->span;
        group->evidence.reports = report;
        group->evidence.rulings = ruling;
        while (report < reports_end && span_equal(report->span, group->span))
            report++;
        while (ruling < rulings_end && span_equal(ruling->span, group->span))
            ruling++;
        group->evidence.n_reports = (size_t)(report - group->evidence.reports);
        group->evidence.n_rulings = (size_t)(ruling - group->evidence.rulings);
    }
    return (struct groups){at, n};
}

static void histories_fill(struct resolving *in, struct resolved *resolved, struct history *months,
                           struct history *spans)
{
    int32_t month = resolved->n_months > 0 ? in->groups.at[0].span.first : 0;
    size_t next = 0;
    for (size_t i = 0; i < resolved->n_months; i++, month++) {
        struct evidence own = {0};
        for (; next < in->groups.n && in->groups.at[next].span.first <= month; next++) {
            const struct group *group = &in->groups.at[next];
            if (group->span.last == month)
                own = group->evidence;
            else
                spans[resolved->n_spans++] = history_of(in, group->span, group->evidence);
        }
        months[i] = history_of(in, (struct span){month, month}, own);
    }
}

struct resolved resolve(struct arena *arena, struct evidence evidence, int fiscal_year_start,
                        bool adds_up)
{
    struct resolving in = {
        .arena = arena, .groups = groups_of(arena, evidence), .adds_up = adds_up};
    struct resolved resolved = {.fiscal_year_start = fiscal_year_start, .adds_up = adds_up};
    size_t most = 0;
    int32_t last = 0;
    for (size_t i = 0; i < in.groups.n; i++) {
        const struct group *group = &in.groups.at[i];
        if (group->evidence.n_reports > most)
            most = group->evidence.n_reports;
        if (group->span.last > last)
            last = group->span.last;
    }
    if (in.groups.n > 0)
        resolved.n_months = (size_t)(last - in.groups.at[0].span.first) + 1;
    in.challengers = must_malloc(most * sizeof *in.challengers);
    struct history *months = ARENA_ARRAY(arena, resolved.n_months, struct history);
    struct history *spans = ARENA_ARRAY(arena, in.groups.n, struct history);
    histories_fill(&in, &resolved, months, spans);
    resolved.months = months;
    resolved.spans = spans;
    free(in.challengers);
    free(in.own_events.at);
    free(in.other_events.at);
    free(in.versions);
    return resolved;
}
