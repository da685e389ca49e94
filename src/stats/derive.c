#include "derive.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW_DAYS = 120,      /* older terms belong to another vintage */
    OTHER_MONTHS_MAX = 3,   /* single months taken from a range */
    RESULT_PRECISIONS = 10, /* the result is at least this many times its precision */
    STEPS_MAX = 200000,     /* of an exhaustive search for one month and date */
};

static const struct group *group_find(struct groups groups, struct span span)
{
    size_t low = 0;
    size_t high = groups.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct span at = groups.at[middle].span;
        if (at.first < span.first || (at.first == span.first && at.last < span.last))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == groups.n || !span_equal(groups.at[low].span, span))
        return NULL;
    return &groups.at[low];
}

/* Completes a range, and a shorter one where given, with the single months that must go as well. */
static bool subtraction_complete(struct groups groups, int32_t month, const struct group *range,
                                 const struct group *shorter, struct subtraction *ret)
{
    int32_t first = shorter ? shorter->span.last + 1 : range->span.first;
    *ret = (struct subtraction){.terms = {range}, .n = 1};
    if (range->span.last - first > OTHER_MONTHS_MAX)
        return false;
    if (shorter)
        ret->terms[ret->n++] = shorter;
    for (int32_t other = first; other <= range->span.last; other++) {
        if (other == month)
            continue;
        const struct group *single = group_find(groups, (struct span){other, other});
        if (!single)
            return false;
        ret->terms[ret->n++] = single;
    }
    return true;
}

/* The next shorter range with the same first month that ends before the month; groups are ordered, so that it
 * stands before `at`. NULL where there is none. */
static const struct group *next_shorter(struct groups groups, size_t at, int32_t month)
{
    int32_t first = groups.at[at].span.first;
    while (at-- > 0) {
        struct span span = groups.at[at].span;
        if (span.first != first || span.last == first)
            return NULL;
        if (span.last < month)
            return &groups.at[at];
    }
    return NULL;
}

static void subtractions_add(struct arena *arena, struct subtractions *ways, size_t *room,
                             const struct subtraction *way)
{
    if (ways->n == *room) {
        *room = *room ? *room * 2 : 16;
        struct subtraction *more = ARENA_ARRAY(arena, *room, struct subtraction);
        if (ways->n > 0)
            memcpy(more, ways->at, ways->n * sizeof *more);
        ways->at = more;
    }
    ways->at[ways->n++] = *way;
}

struct subtractions subtractions_of(struct arena *arena, struct groups groups, int32_t month)
{
    struct subtractions ways = {0};
    size_t room = 0;
    for (size_t i = 0; i < groups.n && groups.at[i].span.first <= month; i++) {
        const struct group *range = &groups.at[i];
        const struct group *shorter = NULL;
        if (range->span.last < month || range->span.first == range->span.last)
            continue;
        do {
            struct subtraction way;
            if (subtraction_complete(groups, month, range, shorter, &way))
                subtractions_add(arena, &ways, &room, &way);
            size_t from = (size_t)((shorter ? shorter : range) - groups.at);
            shorter = next_shorter(groups, from, month);
        } while (shorter);
    }
    return ways;
}

/* A choice of one report for each term so far; its rank is the order of preference of rule 6. */
struct choice {
    const struct report *terms[DERIVED_TERMS_MAX];
    size_t n;
    amount value;
    amount precision;
    date oldest;
    date newest;
};

/* The reports of a term that count, in order of publication. */
struct candidates {
    const struct report **at;
    size_t n;
    size_t room;
};

struct search {
    const struct subtraction *way;
    struct candidates terms[DERIVED_TERMS_MAX];
    amount finest_rest[DERIVED_TERMS_MAX + 1]; /* what the terms from i on add at the least */
    int steps;                                 /* that an exhaustive search may still take */
    date as_of;
    struct choice best;
    bool found;
};

static bool counts(const struct evidence *of, const struct report *report, date as_of)
{
    /* A report like an earlier one of the same day adds nothing but combinations. */
    for (const struct report *like = report - 1;
         like >= of->reports && like->published.day == report->published.day; like--) {
        if (like->value == report->value && like->precision == report->precision)
            return false;
    }
    return !rejected(of->rulings, of->n_rulings, report->value, as_of);
}

static int days_of(const struct choice *choice)
{
    return choice->newest.day - choice->oldest.day;
}

static bool better(const struct choice *a, const struct choice *b)
{
    if (a->precision != b->precision)
        return a->precision < b->precision;
    if (days_of(a) != days_of(b))
        return days_of(a) < days_of(b);
    if (a->n != b->n)
        return a->n < b->n;
    if (a->newest.day != b->newest.day)
        return a->newest.day > b->newest.day;
    return a->value < b->value;
}

static struct choice choice_with(struct choice choice, const struct report *report)
{
    if (choice.n == 0)
        choice.oldest = choice.newest = report->published;
    if (report->published.day < choice.oldest.day)
        choice.oldest = report->published;
    if (report->published.day > choice.newest.day)
        choice.newest = report->published;
    choice.value = choice.n == 0 ? report->value : choice.value - report->value;
    choice.precision += report->precision;
    choice.terms[choice.n++] = report;
    return choice;
}

/* Whether completing the choice can no longer beat the best one found. */
static bool hopeless(const struct search *search, const struct choice *choice)
{
    amount finest = choice->precision + search->finest_rest[choice->n];
    if (days_of(choice) > WINDOW_DAYS)
        return true;
    if (!search->found)
        return false;
    if (finest != search->best.precision)
        return finest > search->best.precision;
    if (days_of(choice) != days_of(&search->best))
        return days_of(choice) > days_of(&search->best);
    return search->way->n > search->best.n;
}

static void offer(struct search *search, const struct choice *choice)
{
    if (choice->precision * RESULT_PRECISIONS > choice->value)
        return;
    if (!search->found || better(choice, &search->best)) {
        search->best = *choice;
        search->found = true;
    }
}

/* Tries every combination that may still win, within a bound: needed only where the best by precision and
 * dates is too coarse for its result, and another may not be. */
static void search_all(struct search *search, struct choice so_far)
{
    if (so_far.n == search->way->n) {
        offer(search, &so_far);
        return;
    }
    const struct candidates *of = &search->terms[so_far.n];
    for (size_t i = 0; i < of->n && search->steps > 0; i++) {
        struct choice next = choice_with(so_far, of->at[i]);
        search->steps--;
        if (!hopeless(search, &next))
            search_all(search, next);
    }
}

/* Collects the candidates of each term; false where one has none yet. */
static bool collect(struct search *search)
{
    search->finest_rest[search->way->n] = 0;
    for (size_t i = search->way->n; i-- > 0;) {
        const struct evidence *of = &search->way->terms[i]->evidence;
        struct candidates *to = &search->terms[i];
        amount finest = 0;
        if (of->n_reports > to->room) {
            to->room = of->n_reports * 2;
            to->at = must_realloc(to->at, to->room * sizeof(void *));
        }
        to->n = 0;
        for (size_t k = 0; k < of->n_reports; k++) {
            const struct report *report = &of->reports[k];
            if (report->published.day > search->as_of.day)
                break;
            if (!counts(of, report, search->as_of))
                continue;
            to->at[to->n++] = report;
            if (finest == 0 || report->precision < finest)
                finest = report->precision;
        }
        if (to->n == 0)
            return false;
        search->finest_rest[i] = search->finest_rest[i + 1] + finest;
    }
    return true;
}

/* The terms of a way within WINDOW_DAYS from a date. */
struct window_choice {
    amount finest[DERIVED_TERMS_MAX]; /* of each term */
    amount precision;                 /* all of them together */
    int32_t last;                     /* the day by which each has a report that fine */
};

/* What the finest choice from a day on would be; false where a term has no report in the window. */
static bool window_look(const struct search *search, int32_t first, struct window_choice *ret)
{
    *ret = (struct window_choice){.last = first};
    for (size_t i = 0; i < search->way->n; i++) {
        const struct candidates *of = &search->terms[i];
        int32_t day = 0;
        for (size_t k = 0; k < of->n && of->at[k]->published.day <= first + WINDOW_DAYS; k++) {
            const struct report *report = of->at[k];
            if (report->published.day < first ||
                (ret->finest[i] > 0 && report->precision >= ret->finest[i]))
                continue;
            ret->finest[i] = report->precision;
            day = report->published.day;
        }
        if (ret->finest[i] == 0)
            return false;
        ret->precision += ret->finest[i];
        ret->last = day > ret->last ? day : ret->last;
    }
    return true;
}

/* The smallest result of the finest reports in a window: of the range the smallest value, of what is taken from
 * it the largest ones. */
static struct choice window_choose(const struct search *search, int32_t first,
                                   const struct window_choice *window)
{
    struct choice choice = {0};
    for (size_t i = 0; i < search->way->n; i++) {
        const struct candidates *of = &search->terms[i];
        const struct report *best = NULL;
        for (size_t k = 0; k < of->n && of->at[k]->published.day <= window->last; k++) {
            const struct report *report = of->at[k];
            if (report->published.day < first || report->precision != window->finest[i])
                continue;
            if (!best || (i == 0 ? report->value < best->value : report->value > best->value))
                best = report;
        }
        assert(best); /* window_look has found one */
        choice = choice_with(choice, best);
    }
    return choice;
}

/* The best choice of one way but for RESULT_PRECISIONS, by a window over its dates; false where none is within
 * WINDOW_DAYS. */
static bool search_windows(const struct search *search, struct choice *ret)
{
    struct window_choice window;
    bool found = false;
    for (size_t i = 0; i < search->way->n; i++) {
        for (size_t k = 0; k < search->terms[i].n; k++) {
            int32_t first = search->terms[i].at[k]->published.day;
            if (!window_look(search, first, &window) ||
                (found && window.precision > ret->precision) ||
                (found && window.precision == ret->precision && window.last - first > days_of(ret)))
                continue;
            struct choice choice = window_choose(search, first, &window);
            if (!found || better(&choice, ret))
                *ret = choice;
            found = true;
        }
    }
    return found;
}

static void search_way(struct search *search)
{
    struct choice finest;
    if (!collect(search) || !search_windows(search, &finest))
        return;
    if (finest.precision * RESULT_PRECISIONS <= finest.value)
        offer(search, &finest);
    else
        search_all(search, (struct choice){0});
}

struct version derive(struct arena *arena, struct subtractions ways, date as_of)
{
    struct search search = {.as_of = as_of, .steps = STEPS_MAX};
    for (size_t i = 0; i < ways.n; i++) {
        search.way = &ways.at[i];
        search_way(&search);
    }
    for (size_t i = 0; i < DERIVED_TERMS_MAX; i++)
        free(search.terms[i].at);
    if (!search.found)
        return (struct version){0};
    const struct report **terms = ARENA_ARRAY(arena, search.best.n, const struct report *);
    memcpy(terms, search.best.terms, search.best.n * sizeof *terms);
    return (struct version){
        .known = true,
        .derived = true,
        .value = search.best.value,
        .precision = search.best.precision,
        .terms = terms,
        .n_terms = search.best.n,
    };
}
