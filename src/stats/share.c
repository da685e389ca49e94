#include "exportstat/stats/share.h"

struct share share_of(const struct view *part, const struct view *of, size_t n, struct span period)
{
    struct share share = {.part = figure_of(part, period), .whole_known = true};
    for (size_t i = 0; i < n; i++) {
        struct figure figure = figure_of(&of[i], period);
        share.whole_known &= figure.known;
        share.whole += figure.value;
    }
    if (!share.part.known)
        share.missing = share.part.missing;
    else if (!share.whole_known)
        share.missing = MISSING_NO_BASE;
    else if (share.whole <= 0)
        share.missing = share.whole == 0 ? MISSING_ZERO_BASE : MISSING_NEGATIVE_BASE;
    share.has_percent = share.missing == MISSING_NOT;
    if (share.has_percent)
        share.percent = ratio_percent(share.part.value, share.whole);
    return share;
}
