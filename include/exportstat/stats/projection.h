/* Projections of a fiscal year from its known months.
 *
 * Every method answers the same question, what the year will add up to, and is judged by the same backtest:
 * for each complete fiscal year, with y the actual total and f what the method would have said from the same
 * months known and the years before, the error is e = ln(y / f). From the n errors of a method come its
 * interval, f exp(mean(e) -/+ t(n-1) s sqrt(1 + 1/n)), and its record in the past. The backtest uses the
 * values as they stand now, not as they stood then.
 *
 * This is the one module that computes in floating point; results are rounded once, when written. */
#pragma once

#include "exportstat/stats/view.h"

enum {
    PROJECTION_YEARS_MAX = 3,  /* complete years that a usual share is taken from */
    PROJECTION_ERRORS_MIN = 3, /* fewer errors give no interval */
    PROJECTION_LEVELS_MAX = 3,
    BACKTEST_ORIGINS_MAX = 64, /* of the newest years */
};

/* A forecast or bound at or above this is no answer: the months before have no pattern to go by. */
#define PROJECTION_LIMIT 1e15

enum projection_method {
    /* The total of the known months, divided by the share that the same months had in the latest complete
     * years before (at most PROJECTION_YEARS_MAX, taken together). */
    PROJECTION_SEASONAL_SHARE,
    /* Twelve times the average of the known months. */
    PROJECTION_RUN_RATE,
    /* Last year's total, scaled by the growth of the known months on the same months of last year. */
    PROJECTION_PRIOR_YEAR,
    PROJECTION_METHODS,
};

/* "seasonal_share", …; NULL-terminated. */
extern const char *const projection_method_names[];

/* The months of a fiscal year that are known. */
struct fiscal_year {
    struct span span;
    unsigned known; /* bit i: month i of the year, 0 to 11 */
    int n_known;
    amount total;     /* of the known months */
    amount value[12]; /* of each known month */
};

struct interval {
    bool known; /* false where there are too few errors, or the forecast is not above zero */
    double low;
    double high;
};

struct forecast {
    bool known;
    enum missing missing;
    double total;
    double month[12]; /* of months that are not known; unset for known ones */
};

/* The record of a method, over the complete fiscal years that it could have been asked in. */
struct backtest {
    int origins;
    double error[BACKTEST_ORIGINS_MAX]; /* ln(actual / forecast), oldest first */
    double mape;                        /* mean of 100 |actual - forecast| / actual */
    double bias; /* mean of 100 (actual - forecast) / actual: above zero, forecasts were too low */
    bool has_hits; /* enough origins to leave each one out */
    int hits_80;   /* actual totals inside the interval that the other origins give */
};

/* The months of a fiscal year, given by its number, that the view knows. */
struct fiscal_year fiscal_year_known(const struct view *view, int32_t year);

/* The fiscal year to project by default: that of the newest known month, or the next once it is complete.
 * The view must not be empty. */
int32_t fiscal_year_default(const struct view *view);

/* What the method says of a year of which only the months in `known` count as known. */
struct forecast forecast_year(const struct view *view, int32_t year, unsigned known,
                              enum projection_method method);

/* The backtest of a method with those months known; `except` is the year that is being projected. */
struct backtest backtest_of(const struct view *view, int32_t except, unsigned known,
                            enum projection_method method);

/* The errors of one month's forecast, 0 to 11, in the same backtest; returns how many. */
int backtest_month(const struct view *view, int32_t except, unsigned known,
                   enum projection_method method, int month,
                   double errors[static BACKTEST_ORIGINS_MAX]);

/* The interval that n errors give around a forecast, at a level in percent, never below the floor. */
struct interval interval_of(const double *errors, int n, double forecast, double level,
                            double floor);

/* The default method: seasonal_share where three complete years precede the year, else prior_year where it
 * can be computed, else run_rate. */
enum projection_method projection_default(const struct view *view, const struct fiscal_year *year);

/* What it would take to reach a target. */
struct required {
    int remaining;        /* months; 0: nothing below is set */
    struct ratio average; /* of the remaining months; zero or less once the target is met */
    bool has_growth;
    struct ratio growth_percent; /* of the remaining months on the same of last year */
    enum missing missing;        /* why there is no growth */
    int reached_before;          /* past years in which the same months grew at least as much */
    int years_before;            /* of so many in which it can be told */
};

struct required required_for(const struct view *view, const struct fiscal_year *year,
                             amount target);
