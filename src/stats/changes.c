#include "exportstat/stats/changes.h"

#include <stdlib.h>
#include <string.h>

#include "exportstat/stats/records.h"

const char *const change_kind_names[] = {
    [CHANGE_APPEARED] = "appeared",
    [CHANGE_REVISED] = "revised",
    [CHANGE_DISPUTED] = "disputed",
    [CHANGE_SETTLED] = "settled",
    [CHANGE_RECORD_SET] = "record_set",
    [CHANGE_RECORD_LOST] = "record_lost",
    NULL,
};

/* What is said of a month as of a date. */
struct standing {
    const struct version *version;
    date released; /* where there is a version */
    bool disputed;
};

/* A month's place among the months, and a date on which something about it may change. */
struct event {
    date when;
    size_t month;
};

/* Changes, and on the way to them events, before they are ordered. */
struct gathering {
    struct arena scratch;
    date since;
    date as_of;
    struct change *at;
    size_t n;
    size_t room;
    struct event *events;
    size_t n_events;
    size_t events_room;
};

static void change_add(struct gathering *in, struct change change)
{
    if (change.when.day <= in->since.day)
        return;
    if (in->n == in->room) {
        in->room = in->room ? in->room * 2 : 64;
        in->at = must_realloc(in->at, in->room * sizeof *in->at);
    }
    in->at[in->n++] = change;
}

static void event_add(struct gathering *in, date when, size_t month)
{
    if (when.day > in->as_of.day)
        return;
    if (in->n_events == in->events_room) {
        in->events_room = in->events_room ? in->events_room * 2 : 256;
        in->events = must_realloc(in->events, in->events_room * sizeof *in->events);
    }
    in->events[in->n_events++] = (struct event){when, month};
}

static int events_order(const void *a, const void *b)
{
    const struct event *left = a;
    const struct event *right = b;
    if (left->when.day != right->when.day)
        return left->when.day < right->when.day ? -1 : 1;
    return (left->month > right->month) - (left->month < right->month);
}

static void events_sort(struct gathering *in)
{
    if (in->n_events > 0)
        qsort(in->events, in->n_events, sizeof *in->events, events_order);
}

static struct standing standing_of(struct gathering *in, const struct history *history, date as_of)
{
    struct observation observation = observe(history, as_of, RELEASE_LATEST);
    struct standing standing = {.version = observation.version, .released = observation.released};
    if (standing.version)
        standing.disputed = backing_of(&in->scratch, &observation, as_of).disputed;
    arena_clear(&in->scratch);
    return standing;
}

static bool is_known(const struct version *version)
{
    return version && version->known;
}

static bool revises(const struct version *from, const struct version *to)
{
    if (!from || from->known != is_known(to))
        return from != NULL;
    return from->known && !compatible(from->value, from->precision, to->value, to->precision);
}

static void compare(struct gathering *in, struct span span, const struct standing *was,
                    const struct standing *is, date when)
{
    struct change change = {.span = span, .when = when, .from = was->version, .to = is->version};
    if (!was->version && is_known(is->version)) {
        change.kind = CHANGE_APPEARED;
        change_add(in, change);
    }
    if (revises(was->version, is->version)) {
        change.kind = CHANGE_REVISED;
        change_add(in, change);
    }
    if (was->disputed != is->disputed) {
        change.kind = is->disputed ? CHANGE_DISPUTED : CHANGE_SETTLED;
        change_add(in, change);
    }
}

/* What changed about one month by itself. */
static void month_changes(struct gathering *in, const struct history *history)
{
    const struct evidence *own = &history->evidence;
    struct standing was = {0};
    in->n_events = 0;
    for (size_t i = 0; i < history->n_versions; i++)
        event_add(in, history->versions[i].since, 0);
    for (size_t i = 0; i < own->n_reports; i++)
        event_add(in, own->reports[i].published, 0);
    for (size_t i = 0; i < own->n_rulings; i++)
        event_add(in, own->rulings[i].ruled, 0);
    events_sort(in);
    for (size_t i = 0; i < in->n_events; i++) {
        date when = in->events[i].when;
        if (i > 0 && in->events[i - 1].when.day == when.day)
            continue;
        struct standing is = standing_of(in, history, when);
        compare(in, history->span, &was, &is, when);
        was = is;
    }
}

/* Compares the ledger of a day with that of the day before, and takes its place. */
static void ledger_changes(struct gathering *in, const struct resolved *resolved,
                           const struct view *view, bool *is_record, date when)
{
    struct records records = records_of(&in->scratch, view);
    size_t next = 0;
    for (size_t i = 0; i < view->n; i++) {
        bool now = next < records.n && records.at[next].month == &view->at[i];
        next += now;
        if (now == is_record[i])
            continue;
        const struct history *history = &resolved->months[i];
        date before = {when.day - 1};
        is_record[i] = now;
        change_add(in, (struct change){
                           .kind = now ? CHANGE_RECORD_SET : CHANGE_RECORD_LOST,
                           .span = history->span,
                           .when = when,
                           .from = observe(history, before, RELEASE_LATEST).version,
                           .to = view->at[i].version,
                       });
    }
    arena_clear(&in->scratch);
}

/* The ledger can change on every day on which any month does. */
static void record_changes(struct gathering *in, const struct resolved *resolved)
{
    size_t n = resolved->n_months;
    struct observation *at = must_calloc(n, sizeof *at);
    bool *is_record = must_calloc(n, sizeof *is_record);
    struct view view = {.resolved = resolved, .at = at, .n = n};
    in->n_events = 0;
    for (size_t i = 0; i < n; i++) {
        const struct history *history = &resolved->months[i];
        at[i] = (struct observation){.span = history->span, .history = history};
        for (size_t k = 0; k < history->n_versions; k++)
            event_add(in, history->versions[k].since, i);
    }
    events_sort(in);
    view.first = n > 0 ? at[0].span.first : 0;
    for (size_t i = 0; i < in->n_events; i++) {
        date when = in->events[i].when;
        size_t month = in->events[i].month;
        at[month] = observe(&resolved->months[month], when, RELEASE_LATEST);
        if (i + 1 == in->n_events || in->events[i + 1].when.day != when.day)
            ledger_changes(in, resolved, &view, is_record, when);
    }
    free(at);
    free(is_record);
}

static int changes_order(const void *a, const void *b)
{
    const struct change *left = a;
    const struct change *right = b;
    if (left->when.day != right->when.day)
        return left->when.day < right->when.day ? -1 : 1;
    if (left->span.first != right->span.first)
        return left->span.first < right->span.first ? -1 : 1;
    return (left->kind > right->kind) - (left->kind < right->kind);
}

static struct changes gathered(struct gathering *in, struct arena *arena)
{
    struct change *at = ARENA_ARRAY(arena, in->n, struct change);
    if (in->n > 0) {
        memcpy(at, in->at, in->n * sizeof *at);
        qsort(at, in->n, sizeof *at, changes_order);
    }
    free(in->at);
    free(in->events);
    arena_release(&in->scratch);
    return (struct changes){at, in->n};
}

struct changes changes_of(struct arena *arena, const struct resolved *resolved, date since,
                          date as_of)
{
    struct gathering in = {.since = since, .as_of = as_of};
    for (size_t i = 0; i < resolved->n_months; i++)
        month_changes(&in, &resolved->months[i]);
    record_changes(&in, resolved);
    return gathered(&in, arena);
}

/* A series as of a date: its view, and the records among it, to be asked for in the order of the months. */
struct side {
    const struct resolved *resolved;
    struct view view;
    struct records records;
    size_t next;
};

static struct side side_of(struct arena *arena, const struct resolved *resolved, date as_of)
{
    struct side side = {resolved, view_of(arena, resolved, as_of, RELEASE_LATEST), {0}, 0};
    side.records = records_of(arena, &side.view);
    return side;
}

static bool side_has_record(struct side *side, int32_t month)
{
    bool has =
        side->next < side->records.n && side->records.at[side->next].month->span.first == month;
    side->next += has;
    return has;
}

static struct standing side_standing(struct gathering *in, const struct side *side, int32_t month)
{
    const struct history *history = history_find(side->resolved, (struct span){month, month});
    return history ? standing_of(in, history, in->as_of) : (struct standing){0};
}

/* When a month came to stand as it does: the date of the newest change of the kind that its days tell of. A change that
 * no day tells of, since what it rested on has been taken out again, keeps its date. */
static date dated(const struct changes *daily, const struct change *change)
{
    for (size_t i = daily->n; i-- > 0;) {
        if (daily->at[i].span.first == change->span.first && daily->at[i].kind == change->kind)
            return daily->at[i].when;
    }
    return change->when;
}

struct changes changes_between(struct arena *arena, const struct resolved *then,
                               const struct resolved *now, date as_of)
{
    struct gathering in = {.since = DATE_NONE, .as_of = as_of};
    struct side old = side_of(arena, then, as_of);
    struct side new = side_of(arena, now, as_of);
    const struct resolved *sides[] = {then, now};
    int32_t first = INT32_MAX;
    int32_t end = INT32_MIN;
    for (int i = 0; i < 2; i++) {
        if (sides[i]->n_months == 0)
            continue;
        int32_t start = sides[i]->months[0].span.first;
        int32_t stop = start + (int32_t)sides[i]->n_months;
        first = start < first ? start : first;
        end = stop > end ? stop : end;
    }
    for (int32_t month = first; month < end; month++) {
        struct span span = {month, month};
        struct standing was = side_standing(&in, &old, month);
        struct standing is = side_standing(&in, &new, month);
        bool was_record = side_has_record(&old, month);
        bool is_record = side_has_record(&new, month);
        date when = is.version ? is.released : was.released;
        compare(&in, span, &was, &is, when);
        if (was_record != is_record)
            change_add(&in, (struct change){
                                .kind = is_record ? CHANGE_RECORD_SET : CHANGE_RECORD_LOST,
                                .span = span,
                                .when = when,
                                .from = was.version,
                                .to = is.version,
                            });
    }
    struct changes daily = changes_of(arena, now, DATE_NONE, as_of);
    for (size_t i = 0; i < in.n; i++) {
        if (in.at[i].kind >= CHANGE_DISPUTED)
            in.at[i].when = dated(&daily, &in.at[i]);
    }
    return gathered(&in, arena);
}
