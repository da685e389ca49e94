#include "exportstat/stats/revisions.h"

#include <stdlib.h>

/* Whether the k-th version, not the first, came by the date and is a revision of the one before it. */
static bool revision_find(const struct history *history, size_t k, date as_of, struct revision *ret)
{
    const struct version *from = &history->versions[k - 1];
    const struct version *to = &history->versions[k];
    if (to->since.day > as_of.day)
        return false;
    if (from->known == to->known &&
        compatible(from->value, from->precision, to->value, to->precision))
        return false;
    *ret = (struct revision){history->span, to->since, from, to};
    return true;
}

static size_t revisions_add(const struct history *history, date as_of, struct revision *at,
                            size_t n)
{
    for (size_t k = 1; k < history->n_versions; k++)
        n += revision_find(history, k, as_of, &at[n]);
    return n;
}

struct revisions revisions_of(struct arena *arena, const struct history *history, date as_of)
{
    struct revision *at = ARENA_ARRAY(arena, history->n_versions, struct revision);
    return (struct revisions){at, revisions_add(history, as_of, at, 0)};
}

static int by_date_and_month(const void *a, const void *b)
{
    const struct revision *left = a;
    const struct revision *right = b;
    if (left->revised.day != right->revised.day)
        return left->revised.day < right->revised.day ? -1 : 1;
    return (left->span.first > right->span.first) - (left->span.first < right->span.first);
}

struct revisions revisions_all(struct arena *arena, const struct resolved *resolved, date as_of)
{
    size_t room = 0;
    size_t n = 0;
    for (size_t i = 0; i < resolved->n_months; i++)
        room += resolved->months[i].n_versions;
    struct revision *at = ARENA_ARRAY(arena, room, struct revision);
    for (size_t i = 0; i < resolved->n_months; i++)
        n = revisions_add(&resolved->months[i], as_of, at, n);
    if (n > 0)
        qsort(at, n, sizeof *at, by_date_and_month);
    return (struct revisions){at, n};
}

struct revision_statistics revision_statistics(const struct resolved *resolved, date as_of)
{
    struct revision_statistics statistics = {0};
    for (size_t i = 0; i < resolved->n_months; i++) {
        const struct history *history = &resolved->months[i];
        struct observation now = observe(history, as_of, RELEASE_LATEST);
        struct observation first = observe(history, as_of, RELEASE_FIRST);
        struct revision scratch;
        bool revised = false;
        for (size_t k = 1; k < history->n_versions && !revised; k++)
            revised = revision_find(history, k, as_of, &scratch);
        statistics.months += now.version != NULL;
        statistics.revised += revised;
        if (!now.known)
            continue;
        amount change = now.value - first.value;
        bool rounding = compatible(now.value, now.precision, first.value, first.precision);
        statistics.compared++;
        statistics.up += !rounding && change > 0;
        statistics.down += !rounding && change < 0;
        statistics.change += change;
        statistics.absolute_change += change < 0 ? -change : change;
        statistics.first += first.value;
    }
    return statistics;
}
