#include "exportstat/stats/vintage.h"

#include "exportstat/stats/freshness.h"
#include "project_rules.h"

struct vintages vintages_of(struct arena *arena, const struct view *view)
{
    return (struct vintages){
        .view = view,
        .latest = months_of(arena, view),
        .room = view_room(arena, view->resolved),
    };
}

/* The newest known month up to the last one; NULL where there is none. */
static const struct observation *newest_until(const struct view *view, int32_t last)
{
    const struct observation *month = NULL;
    for (int32_t at = last; at >= view->first; at--) {
        month = view_month(view, at);
        if (month && month->known)
            return month;
    }
    return NULL;
}

/* Whether no month from the start of the year before on is missing. */
static bool is_whole(const struct months *months, int32_t year_first, int32_t last)
{
    int32_t month = year_first - 12;
    while (month <= last && month_known(months, month))
        month++;
    return month > last;
}

struct months vintage_known(void *context, struct arena *arena, int32_t year_first, int32_t last,
                            bool *ret_then)
{
    const struct vintages *of = context;
    struct months latest = months_until(&of->latest, last);
    const struct observation *newest = newest_until(of->view, last);
    *ret_then = false;
    if (!newest ||
        newest->first_released.day - date_month_end(newest->span.first).day > (int)FRESHNESS_DAYS)
        return latest;
    struct view view =
        view_in(of->room, of->view->resolved, newest->first_released, of->view->release);
    struct months months = months_of(arena, &view);
    months = months_until(&months, last);
    *ret_then = is_whole(&months, year_first, last);
    return *ret_then ? months : latest;
}
