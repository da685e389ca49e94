#include "project_rules.h"

#include "reals.h"

/* Zeros are gaps in disguise where every other month is above this part of the usual one. */
static const double zero_gap = 0.1;

static struct months months_slice(const struct months *months, size_t from, size_t to)
{
    return (struct months){months->first + (int32_t)from, months->at + from, to - from};
}

/* Without unknown months at either end. */
static struct months months_trim(const struct months *months)
{
    size_t from = 0;
    size_t to = months->n;
    while (to > 0 && !months->at[to - 1].known)
        to--;
    while (from < to && !months->at[from].known)
        from++;
    return months_slice(months, from, to);
}

/* Not more than are of use; the last one is known. */
static struct months months_newest(const struct months *months)
{
    struct months newest = *months;
    if (months->n > HISTORY_MONTHS_MAX)
        newest = months_slice(months, months->n - HISTORY_MONTHS_MAX, months->n);
    return months_trim(&newest);
}

struct gap {
    size_t from;
    size_t to; /* the first known month after it */
};

/* The longest gap that ends by the year's first month; the latest of equals. Gaps inside the year are no
 * history: their months are estimated. */
static struct gap longest_gap(const struct months *months, int32_t year_first, size_t *ret_missing)
{
    struct gap longest = {0};
    size_t from = 0; /* after the last known month */
    *ret_missing = 0;
    for (size_t i = 0; i < months->n; i++) {
        if (!months->at[i].known) {
            ++*ret_missing;
            continue;
        }
        bool ends_in_time = months->first + (int32_t)i <= year_first;
        if (i > from && ends_in_time && i - from >= longest.to - longest.from)
            longest = (struct gap){from, i};
        from = i + 1;
    }
    return longest;
}

static struct months months_cut(struct months months, int32_t year_first)
{
    size_t missing;
    struct gap gap = longest_gap(&months, year_first, &missing);
    while (gap.to > gap.from && (gap.to - gap.from > PROJECT_GAP_MAX ||
                                 missing * 100 > months.n * (size_t)PROJECT_MISSING_MAX)) {
        months = months_slice(&months, gap.to, months.n);
        gap = longest_gap(&months, year_first, &missing);
    }
    return months;
}

/* Whether any month but the zeros is below a tenth of the median of the others. */
static bool zeros_are_low(struct arena *arena, const struct basis *basis)
{
    double *values = ARENA_ARRAY(arena, basis->months.n, double);
    size_t n = 0;
    for (size_t i = 0; i < basis->months.n; i++) {
        if (basis->months.at[i].known && basis->months.at[i].value != 0)
            values[n++] = basis->months.at[i].value;
    }
    return n == 0 || reals_median(values, n) * zero_gap > values[0];
}

struct basis basis_take(struct arena *arena, const struct months *months, int32_t year_first)
{
    struct basis basis = {0};
    struct months all = months_trim(months);
    struct months cut = months_cut(all, year_first);
    basis.months = months_newest(&cut);
    for (size_t i = 0; i < basis.months.n; i++) {
        const struct monthly *at = &basis.months.at[i];
        if (!at->known) {
            basis.flags |= flag_bit(FLAG_MISSING_MONTHS);
            continue;
        }
        basis.n_known++;
        basis.n_zero += at->value == 0;
        basis.n_negative += at->value < 0;
        basis.before += basis.months.first + (int32_t)i < year_first;
    }
    basis.zero_low = basis.n_zero > 0 && zeros_are_low(arena, &basis);
    if (cut.n < all.n)
        basis.flags |= flag_bit(FLAG_HISTORY_CUT);
    return basis;
}

static bool is_too_short(const struct basis *basis)
{
    return basis->n_known < PROJECT_KNOWN_MIN;
}

static bool comes_and_goes(const struct basis *basis)
{
    return basis->n_zero * 100 > basis->n_known * PROJECT_ZEROS_MAX;
}

static bool has_negatives(const struct basis *basis)
{
    return basis->n_negative > 0;
}

static bool has_many_zeros(const struct basis *basis)
{
    return basis->n_zero * 100 >= basis->n_known * PROJECT_ZEROS_FEW && basis->n_zero > 0;
}

static bool has_real_zeros(const struct basis *basis)
{
    return basis->zero_low;
}

static bool has_zeros(const struct basis *basis)
{
    return basis->n_zero > 0;
}

static bool is_any(const struct basis *basis)
{
    (void)basis;
    return true;
}

/* Which fit when: the first rule that applies. */
static const struct rule {
    bool (*applies)(const struct basis *basis);
    enum fit fit;
    unsigned flags;
} rules[] = {
    {is_too_short, FIT_NONE, 1U << FLAG_INSUFFICIENT_HISTORY},
    {comes_and_goes, FIT_INTERMITTENT, 1U << FLAG_INTERMITTENT},
    {has_negatives, FIT_IDENTITY, 1U << FLAG_IDENTITY_SCALE},
    {has_many_zeros, FIT_IDENTITY, 1U << FLAG_IDENTITY_SCALE},
    {has_real_zeros, FIT_IDENTITY, 1U << FLAG_IDENTITY_SCALE},
    {has_zeros, FIT_LOG, 1U << FLAG_ZEROS_AS_MISSING},
    {is_any, FIT_LOG, 0},
};

enum fit basis_fit(const struct basis *basis, unsigned *flags)
{
    const struct rule *rule = rules;
    while (!rule->applies(basis))
        rule++;
    *flags |= basis->flags | rule->flags;
    if (rule->fit == FIT_NONE)
        return FIT_NONE;
    if (basis->before < PROJECT_INDICATIVE)
        *flags |= flag_bit(FLAG_INDICATIVE);
    else if (basis->before < PROJECT_SHORT)
        *flags |= flag_bit(FLAG_SHORT_HISTORY);
    return rule->fit;
}
