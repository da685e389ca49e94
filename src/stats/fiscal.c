#include "exportstat/stats/fiscal.h"

enum { WHOLE_YEAR = 0xFFF, TOLD_TO = 10 };

static struct span year_span(const struct view *view, int32_t year)
{
    struct period period = {.frequency = FREQUENCY_FISCAL_YEAR, .year = year};
    return period_span(period, view->resolved->fiscal_year_start);
}

/* The months alone. */
static struct fiscal_year months_known(const struct view *view, int32_t year)
{
    struct fiscal_year out = {.span = year_span(view, year)};
    for (int i = 0; i < 12; i++) {
        const struct observation *month = view_month(view, out.span.first + i);
        if (!month || !month->known)
            continue;
        out.known |= 1U << i;
        out.n_known++;
        out.total += month->value;
        out.value[i] = month->value;
    }
    return out;
}

/* The sum of those months of a year that are in the mask. */
static amount total_of(const struct fiscal_year *year, unsigned months)
{
    amount total = 0;
    for (int i = 0; i < 12; i++) {
        if (months & (1U << i))
            total += year->value[i];
    }
    return total;
}

/* Whether the report of the year's first months says enough of those that are not known: rounded more coarsely
 * than to a tenth of what it leaves for them, it would say less of them than their past does. */
static bool tells_more(const struct fiscal_year *year, const struct observation *report, int months)
{
    unsigned covered = (1U << months) - 1;
    wide rest = (wide)report->value - total_of(year, covered & year->known);
    return report->known && (covered & ~year->known) && rest >= (wide)report->precision * TOLD_TO;
}

static void reported_find(struct arena *arena, const struct view *view, struct fiscal_year *year)
{
    for (int months = 12; months >= 2 && !year->reported; months--) {
        struct span first = {year->span.first, year->span.first + months - 1};
        const struct history *history = history_find(view->resolved, first);
        struct observation report = {0};
        if (history)
            report = observe(history, view->as_of, view->release);
        if (!tells_more(year, &report, months))
            continue;
        struct observation *kept = ARENA_NEW(arena, struct observation);
        *kept = report;
        year->reported = kept;
        year->certain |= (1U << months) - 1;
        year->certain_total = report.value + total_of(year, ~((1U << months) - 1));
    }
}

struct fiscal_year fiscal_year_known(struct arena *arena, const struct view *view, int32_t year)
{
    struct fiscal_year out = months_known(view, year);
    out.certain = out.known;
    out.certain_total = out.total;
    if (out.n_known < 12)
        reported_find(arena, view, &out);
    return out;
}

int fiscal_year_elapsed(const struct fiscal_year *year)
{
    return year->known ? 32 - __builtin_clz(year->known) : 0;
}

int32_t fiscal_year_default(const struct view *view)
{
    int32_t newest = view_last(view);
    int32_t year = fiscal_year_of(newest, view->resolved->fiscal_year_start);
    return year + (months_known(view, year).n_known == 12);
}

struct required required_for(const struct view *view, const struct fiscal_year *year, amount target)
{
    struct required required = {.remaining = 12 - __builtin_popcount(year->certain)};
    int32_t number = fiscal_year_of(year->span.first, view->resolved->fiscal_year_start);
    unsigned rest = WHOLE_YEAR & ~year->certain;
    struct fiscal_year last = months_known(view, number - 1);
    amount needed = target - year->certain_total;
    amount base = total_of(&last, rest);
    if (required.remaining == 0)
        return required;
    required.average = ratio_of(needed, (wide)AMOUNT_SCALE * required.remaining);
    if ((last.known & rest) != rest)
        required.missing = MISSING_NO_BASE;
    else if (base <= 0)
        required.missing = base == 0 ? MISSING_ZERO_BASE : MISSING_NEGATIVE_BASE;
    required.has_growth = required.missing == MISSING_NOT;
    if (!required.has_growth)
        return required;
    required.growth_percent = ratio_percent((wide)needed - base, base);
    for (int32_t y = number - 1; year_span(view, y).last >= view->first; y--) {
        struct fiscal_year past = months_known(view, y);
        struct fiscal_year before = months_known(view, y - 1);
        amount past_base = total_of(&before, rest);
        if ((past.known & rest) != rest || (before.known & rest) != rest || past_base <= 0)
            continue;
        required.years_before++;
        required.reached_before += (wide)total_of(&past, rest) * base >= (wide)needed * past_base;
    }
    return required;
}
