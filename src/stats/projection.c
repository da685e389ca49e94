#include "exportstat/stats/projection.h"

#include <math.h>

#include "exportstat/stats/student.h"

const char *const projection_method_names[] = {
    [PROJECTION_SEASONAL_SHARE] = "seasonal_share",
    [PROJECTION_RUN_RATE] = "run_rate",
    [PROJECTION_PRIOR_YEAR] = "prior_year",
    NULL,
};

enum { WHOLE_YEAR = 0xFFF };

static struct span year_span(const struct view *view, int32_t year)
{
    struct period period = {.frequency = FREQUENCY_FISCAL_YEAR, .year = year};
    return period_span(period, view->resolved->fiscal_year_start);
}

struct fiscal_year fiscal_year_known(const struct view *view, int32_t year)
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

int32_t fiscal_year_default(const struct view *view)
{
    int32_t newest = view_last(view);
    int32_t year = fiscal_year_of(newest, view->resolved->fiscal_year_start);
    return year + (fiscal_year_known(view, year).n_known == 12);
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

/* Adds up, month by month, the latest complete years before a year; returns how many there are. */
static int complete_years(const struct view *view, int32_t before, int most,
                          struct fiscal_year *ret)
{
    int n = 0;
    *ret = (struct fiscal_year){.known = WHOLE_YEAR, .n_known = 12};
    for (int32_t year = before - 1; n < most && year_span(view, year).last >= view->first; year--) {
        struct fiscal_year complete = fiscal_year_known(view, year);
        if (complete.n_known < 12)
            continue;
        for (int i = 0; i < 12; i++)
            ret->value[i] += complete.value[i];
        ret->total += complete.total;
        n++;
    }
    return n;
}

/* Scales the pattern of other years to the known months. */
static struct forecast forecast_scaled(const struct fiscal_year *pattern, amount known_total,
                                       unsigned known)
{
    struct forecast forecast = {.known = true};
    amount base = total_of(pattern, known);
    if (base <= 0) {
        return (struct forecast){
            .missing = base == 0 ? MISSING_ZERO_BASE : MISSING_NEGATIVE_BASE,
        };
    }
    double scale = (double)known_total / (double)base;
    forecast.total = amount_real(pattern->total) * scale;
    if (!(fabs(forecast.total) < PROJECTION_LIMIT))
        return (struct forecast){.missing = MISSING_INSUFFICIENT_HISTORY};
    for (int i = 0; i < 12; i++)
        forecast.month[i] = amount_real(pattern->value[i]) * scale;
    return forecast;
}

static struct forecast forecast_run_rate(amount known_total, int n_known)
{
    struct forecast forecast = {.known = true};
    double average = amount_real(known_total) / n_known;
    forecast.total = average * 12;
    for (int i = 0; i < 12; i++)
        forecast.month[i] = average;
    return forecast;
}

struct forecast forecast_year(const struct view *view, int32_t year, unsigned known,
                              enum projection_method method)
{
    struct fiscal_year now = fiscal_year_known(view, year);
    struct fiscal_year pattern;
    amount known_total = total_of(&now, known);
    if (known == WHOLE_YEAR)
        return (struct forecast){.known = true, .total = amount_real(known_total)};
    if (known == 0)
        return (struct forecast){.missing = MISSING_INSUFFICIENT_HISTORY};
    if (method == PROJECTION_RUN_RATE)
        return forecast_run_rate(known_total, __builtin_popcount(known));
    if (method == PROJECTION_PRIOR_YEAR) {
        pattern = fiscal_year_known(view, year - 1);
        if (pattern.n_known < 12)
            return (struct forecast){.missing = MISSING_NO_BASE};
    } else if (complete_years(view, year, PROJECTION_YEARS_MAX, &pattern) == 0) {
        return (struct forecast){.missing = MISSING_INSUFFICIENT_HISTORY};
    }
    return forecast_scaled(&pattern, known_total, known);
}

enum projection_method projection_default(const struct view *view, const struct fiscal_year *year)
{
    struct fiscal_year pattern;
    int32_t number = fiscal_year_of(year->span.first, view->resolved->fiscal_year_start);
    if (complete_years(view, number, PROJECTION_YEARS_MAX, &pattern) == PROJECTION_YEARS_MAX)
        return PROJECTION_SEASONAL_SHARE;
    if (forecast_year(view, number, year->known, PROJECTION_PRIOR_YEAR).known)
        return PROJECTION_PRIOR_YEAR;
    return PROJECTION_RUN_RATE;
}

static void error_moments(const double *errors, int n, int except, double *ret_mean, double *ret_s)
{
    int used = n - (except >= 0);
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < n; i++)
        mean += i == except ? 0 : errors[i];
    mean /= used;
    for (int i = 0; i < n; i++)
        squares += i == except ? 0 : (errors[i] - mean) * (errors[i] - mean);
    *ret_mean = mean;
    *ret_s = sqrt(squares / (used - 1));
}

/* mean -/+ half, without the error `except` (-1: with all). */
static void error_range(const double *errors, int n, int except, double level, double *ret_mean,
                        double *ret_half)
{
    double s;
    int used = n - (except >= 0);
    error_moments(errors, n, except, ret_mean, &s);
    *ret_half = student_bound(level / 100, used - 1) * s * sqrt(1 + 1.0 / used);
}

struct interval interval_of(const double *errors, int n, double forecast, double level,
                            double floor)
{
    double mean;
    double half;
    if (n < PROJECTION_ERRORS_MIN || forecast <= 0)
        return (struct interval){0};
    error_range(errors, n, -1, level, &mean, &half);
    double low = forecast * exp(mean - half);
    double high = forecast * exp(mean + half);
    if (!(high < PROJECTION_LIMIT))
        return (struct interval){0};
    return (struct interval){true, fmax(low, floor), fmax(high, floor)};
}

/* Asks the method in every complete year but one; `month` is -1 for the total. */
static int origins_run(const struct view *view, int32_t except, unsigned known,
                       enum projection_method method, int month, struct backtest *backtest)
{
    int32_t start = view->resolved->fiscal_year_start;
    if (view->n == 0)
        return 0;
    int32_t newest = fiscal_year_of(view_last(view), start);
    int32_t oldest = fiscal_year_of(view->first, start);
    if (oldest <= newest - BACKTEST_ORIGINS_MAX)
        oldest = newest - BACKTEST_ORIGINS_MAX + 1;
    for (int32_t year = oldest; year <= newest; year++) {
        struct fiscal_year actual = fiscal_year_known(view, year);
        if (year == except || actual.n_known < 12)
            continue;
        struct forecast forecast = forecast_year(view, year, known, method);
        double said = month < 0 ? forecast.total : forecast.month[month];
        double came = amount_real(month < 0 ? actual.total : actual.value[month]);
        if (!forecast.known || said <= 0 || came <= 0)
            continue;
        backtest->error[backtest->origins++] = log(came / said);
        backtest->mape += 100 * fabs(came - said) / came;
        backtest->bias += 100 * (came - said) / came;
    }
    return backtest->origins;
}

struct backtest backtest_of(const struct view *view, int32_t except, unsigned known,
                            enum projection_method method)
{
    struct backtest backtest = {0};
    int n = origins_run(view, except, known, method, -1, &backtest);
    if (n > 0) {
        backtest.mape /= n;
        backtest.bias /= n;
    }
    backtest.has_hits = n > PROJECTION_ERRORS_MIN;
    for (int i = 0; backtest.has_hits && i < n; i++) {
        double mean;
        double half;
        error_range(backtest.error, n, i, 80, &mean, &half);
        backtest.hits_80 += fabs(backtest.error[i] - mean) <= half;
    }
    return backtest;
}

int backtest_month(const struct view *view, int32_t except, unsigned known,
                   enum projection_method method, int month,
                   double errors[static BACKTEST_ORIGINS_MAX])
{
    struct backtest backtest = {0};
    int n = origins_run(view, except, known, method, month, &backtest);
    for (int i = 0; i < n; i++)
        errors[i] = backtest.error[i];
    return n;
}

struct required required_for(const struct view *view, const struct fiscal_year *year, amount target)
{
    struct required required = {.remaining = 12 - year->n_known};
    int32_t number = fiscal_year_of(year->span.first, view->resolved->fiscal_year_start);
    unsigned rest = WHOLE_YEAR & ~year->known;
    struct fiscal_year last = fiscal_year_known(view, number - 1);
    amount needed = target - year->total;
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
        struct fiscal_year past = fiscal_year_known(view, y);
        struct fiscal_year before = fiscal_year_known(view, y - 1);
        amount past_base = total_of(&before, rest);
        if ((past.known & rest) != rest || (before.known & rest) != rest || past_base <= 0)
            continue;
        required.years_before++;
        required.reached_before += (wide)total_of(&past, rest) * base >= (wide)needed * past_base;
    }
    return required;
}
