#include "exportstat/stats/records.h"

struct records records_of(struct arena *arena, const struct view *view)
{
    struct record *ledger = ARENA_ARRAY(arena, view->n, struct record);
    struct records records = {.at = ledger};
    size_t missing = 0;
    for (size_t i = 0; i < view->n; i++) {
        const struct observation *month = &view->at[i];
        const struct observation *highest = records.n > 0 ? ledger[records.n - 1].month : NULL;
        missing += !month->known;
        if (!month->known || (highest && month->value <= highest->value))
            continue;
        if (highest)
            ledger[records.n - 1].stood_months = month->span.first - highest->span.first;
        ledger[records.n++] = (struct record){.month = month, .previous = highest};
        records.missing_before = missing;
    }
    if (records.n > 0) {
        struct record *last = &ledger[records.n - 1];
        last->stood_months = view_last(view) - last->month->span.first;
    }
    return records;
}

size_t rank_of(const struct view *view, amount value)
{
    size_t above = 0;
    for (size_t i = 0; i < view->n; i++)
        above += view->at[i].known && view->at[i].value > value;
    return above + 1;
}

size_t known_months(const struct view *view)
{
    size_t known = 0;
    for (size_t i = 0; i < view->n; i++)
        known += view->at[i].known;
    return known;
}

amount threshold_step(amount record)
{
    amount power = 1;
    if (record < 4)
        return 0;
    while (power <= record / 40)
        power *= 10;
    if (5 * power <= record / 4)
        return 5 * power;
    return 2 * power <= record / 4 ? 2 * power : power;
}

const struct observation *threshold_crossed(const struct view *view, amount threshold)
{
    for (size_t i = 0; i < view->n; i++) {
        if (view->at[i].known && view->at[i].value >= threshold)
            return &view->at[i];
    }
    return NULL;
}

/* Whether the month grew; where not, *ret_missing says why there is no rate, if there is none. A base of
 * zero or less has a change but no rate, and so no growth that could be stated. */
static bool grew(const struct view *view, enum growth_basis basis, int32_t month,
                 enum missing *ret_missing)
{
    struct growth growth = growth_of(view, (struct span){month, month}, basis);
    *ret_missing = growth.missing;
    return growth.has_percent && growth.change > 0;
}

struct streak streak_at(const struct view *view, enum growth_basis basis, int32_t month)
{
    struct streak streak = {.to = month};
    while (month >= view->first && grew(view, basis, month, &streak.missing)) {
        streak.from = month--;
        streak.months++;
    }
    /* Before the first known month there is nothing, which is an end like a missing month. */
    if (month < view->first)
        streak.missing = MISSING_NOT_REPORTED;
    streak.ended = true;
    streak.ended_by = month;
    return streak;
}

struct streaks streaks_of(const struct view *view, enum growth_basis basis)
{
    struct streaks streaks = {0};
    if (view->n == 0)
        return streaks;
    streaks.current = streak_at(view, basis, view_last(view));
    for (int32_t month = view_last(view); month >= view->first;) {
        struct streak streak = streak_at(view, basis, month);
        if (streak.months >= streaks.longest.months && streak.months > 0)
            streaks.longest = streak;
        month -= streak.months + 1;
    }
    return streaks;
}

const struct observation *best_of_month(const struct view *view, int calendar_month)
{
    const struct observation *best = NULL;
    for (size_t i = 0; i < view->n; i++) {
        const struct observation *month = &view->at[i];
        if (month->known && month->span.first % 12 == calendar_month &&
            (!best || month->value > best->value))
            best = month;
    }
    return best;
}
