#include "derive.h"

#include <string.h>

enum {
    WINDOW_DAYS = 120,      /* older terms belong to another vintage */
    OTHER_MONTHS_MAX = 3,   /* single months taken from a range */
    RESULT_PRECISIONS = 10, /* the result is at least this many times its precision */
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

struct search {
    const struct subtraction *way;
    amount finest_rest[DERIVED_TERMS_MAX +
                       1]; /* the finest precision that the terms from i on can add */
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

static void search_on(struct search *search, struct choice so_far)
{
    if (so_far.n == search->way->n) {
        bool sharp = so_far.precision * RESULT_PRECISIONS <= so_far.value;
        if (sharp && (!search->found || better(&so_far, &search->best))) {
            search->best = so_far;
            search->found = true;
        }
        return;
    }
    const struct evidence *of = &search->way->terms[so_far.n]->evidence;
    for (size_t i = 0; i < of->n_reports; i++) {
        const struct report *report = &of->reports[i];
        if (report->published.day > search->as_of.day)
            break;
        struct choice next = choice_with(so_far, report);
        if (!hopeless(search, &next) && counts(of, report, search->as_of))
            search_on(search, next);
    }
}

/* False where a term has no report at all yet. */
static bool finest_find(struct search *search)
{
    search->finest_rest[search->way->n] = 0;
    for (size_t i = search->way->n; i-- > 0;) {
        const struct evidence *of = &search->way->terms[i]->evidence;
        amount finest = 0;
        for (size_t k = 0; k < of->n_reports; k++) {
            if (of->reports[k].published.day > search->as_of.day)
                break;
            if (finest == 0 || of->reports[k].precision < finest)
                finest = of->reports[k].precision;
        }
        if (finest == 0)
            return false;
        search->finest_rest[i] = search->finest_rest[i + 1] + finest;
    }
    return true;
}

struct version derive(struct arena *arena, struct subtractions ways, date as_of)
{
    struct search search = {.as_of = as_of};
    for (size_t i = 0; i < ways.n; i++) {
        search.way = &ways.at[i];
        if (finest_find(&search))
            search_on(&search, (struct choice){0});
    }
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
