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

static const int age_limits[REVISION_AGES] = {30, 90, 180, 365, INT32_MAX};

static int by_size(const void *a, const void *b)
{
    int left = *(const int *)a;
    int right = *(const int *)b;
    return (left > right) - (left < right);
}

/* Counts a revision at its age, which is returned. */
static int age_count(struct revision_statistics *statistics, const struct revision *revision,
                     date first_released)
{
    int days = revision->revised.day - first_released.day;
    size_t i = 0;
    while (days > age_limits[i])
        i++;
    amount change = revision->to->value - revision->from->value;
    statistics->ages[i].revisions++;
    statistics->ages[i].absolute_change += change < 0 ? -change : change;
    statistics->ages[i].from += revision->from->value;
    return days;
}

/* The revisions of one month; their delays go to `delays`, which has room for them. */
static void month_count(struct revision_statistics *statistics, const struct history *history,
                        date as_of, int *delays)
{
    struct revision revision;
    bool revised = false;
    for (size_t k = 1; k < history->n_versions; k++) {
        if (!revision_find(history, k, as_of, &revision))
            continue;
        revised = true;
        if (revision.from->known && revision.to->known)
            delays[statistics->delays++] =
                age_count(statistics, &revision, history->versions[0].since);
    }
    statistics->revised += revised;
}

static void month_compare(struct revision_statistics *statistics, const struct history *history,
                          date as_of)
{
    struct observation now = observe(history, as_of, RELEASE_LATEST);
    struct observation first = observe(history, as_of, RELEASE_FIRST);
    statistics->months += now.version != NULL;
    if (!now.known)
        return;
    amount change = now.value - first.value;
    bool rounding = compatible(now.value, now.precision, first.value, first.precision);
    statistics->compared++;
    statistics->up += !rounding && change > 0;
    statistics->down += !rounding && change < 0;
    statistics->change += change;
    statistics->absolute_change += change < 0 ? -change : change;
    statistics->first += first.value;
}

struct revision_statistics revision_statistics(struct arena *arena, const struct resolved *resolved,
                                               date as_of)
{
    struct revision_statistics statistics = {0};
    size_t room = 0;
    for (size_t i = 0; i < resolved->n_months; i++)
        room += resolved->months[i].n_versions;
    int *delays = ARENA_ARRAY(arena, room, int);
    for (size_t i = 0; i < REVISION_AGES; i++) {
        statistics.ages[i].from_days = i > 0 ? age_limits[i - 1] + 1 : 0;
        statistics.ages[i].to_days = age_limits[i];
    }
    for (size_t i = 0; i < resolved->n_months; i++) {
        month_count(&statistics, &resolved->months[i], as_of, delays);
        month_compare(&statistics, &resolved->months[i], as_of);
    }
    if (statistics.delays > 0) {
        qsort(delays, (size_t)statistics.delays, sizeof *delays, by_size);
        statistics.median_days = delays[(statistics.delays - 1) / 2];
    }
    return statistics;
}
