#include "exportstat/stats/freshness.h"

#include <stdlib.h>

const char *const freshness_names[] = {
    [FRESHNESS_UNKNOWN] = "unknown",
    [FRESHNESS_ON_TIME] = "on_time",
    [FRESHNESS_DUE] = "due",
    [FRESHNESS_LATE] = "late",
};

static int by_size(const void *a, const void *b)
{
    int left = *(const int *)a;
    int right = *(const int *)b;
    return (left > right) - (left < right);
}

/* Days from the month's end to its first report by the date; false where there is none in time. */
static bool release_days(const struct observation *month, date as_of, int *ret)
{
    const struct evidence *own = &month->history->evidence;
    date end = date_month_end(month->span.first);
    for (size_t i = 0; i < own->n_reports && own->reports[i].published.day <= as_of.day; i++) {
        const struct report *report = &own->reports[i];
        int days = report->published.day - end.day;
        if (days >= 0 && !rejected(own->rulings, own->n_rulings, report->value, as_of)) {
            *ret = days;
            return days <= FRESHNESS_DAYS;
        }
    }
    return false;
}

struct freshness freshness_of(const struct view *view, date today)
{
    struct freshness freshness = {0};
    int days[FRESHNESS_MONTHS];
    int n = 0;
    if (view->n == 0)
        return freshness;
    const struct observation *last = &view->at[view->n - 1];
    freshness.has_last = true;
    freshness.last_month = last->span.first;
    freshness.last_released = last->first_released;
    for (size_t i = view->n; i-- > 0 && n < FRESHNESS_MONTHS;)
        n += release_days(&view->at[i], view->as_of, &days[n]);
    if (n == 0)
        return freshness;
    qsort(days, (size_t)n, sizeof days[0], by_size);
    date end = date_month_end(freshness.last_month + 1);
    freshness.next_expected = (date){end.day + days[(n - 1) / 2]};
    if (freshness.next_expected.day > date_month_end(MONTH_MAX).day)
        return freshness;
    freshness.learned_from = n;
    freshness.usual_days = days[(n - 1) / 2];
    freshness.longest_days = days[n - 1];
    if (today.day <= freshness.next_expected.day)
        freshness.status = FRESHNESS_ON_TIME;
    else if (today.day <= end.day + freshness.longest_days)
        freshness.status = FRESHNESS_DUE;
    else
        freshness.status = FRESHNESS_LATE;
    return freshness;
}
