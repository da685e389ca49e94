/* Growth between two figures, and the transforms of a series of figures.
 *
 * Sums and changes are exact amounts, percentages exact ratios. A base that is missing, zero or negative
 * gives no percentage, and says why. */
#pragma once

#include "exportstat/stats/view.h"

enum growth_basis { GROWTH_MOM, GROWTH_YOY, GROWTH_FYTD, GROWTH_TRAILING_12M };

/* "mom", "yoy", "fytd", "trailing_12m"; NULL-terminated. */
extern const char *const growth_basis_names[];

struct growth {
    struct figure now;
    struct figure base;
    bool has_change; /* both figures are known */
    amount change;   /* now - base */
    bool has_percent;
    struct ratio percent; /* 100 (now - base) / base */
    enum missing missing; /* why there is no percentage */
    bool unlike_bases;    /* of the two one is a sum of months, the other a report of its own */
};

/* Growth of one figure over another; both may be missing. */
struct growth growth_between(struct figure now, struct figure base);

/* Growth of the period on a basis: `mom` on the period just before it, `yoy` on the same period a year
 * before, `fytd` of the months from the start of the fiscal year to the period's last month on the same
 * months of the year before, `trailing_12m` of the twelve months up to the period's last month on the
 * twelve before them. */
struct growth growth_of(const struct view *view, struct span period, enum growth_basis basis);

/* The months from the start of the fiscal year up to the month, which is included. */
struct span fiscal_year_to_date(int32_t month, int fiscal_year_start);

enum transform {
    TRANSFORM_LEVEL,
    TRANSFORM_CHANGE,
    TRANSFORM_YOY_CHANGE,
    TRANSFORM_PERCENT,
    TRANSFORM_YOY_PERCENT,
    TRANSFORM_ANNUALISED_PERCENT,
    TRANSFORM_LOG_PERCENT,
    TRANSFORM_ANNUALISED_LOG_PERCENT,
    TRANSFORM_LOG,
    TRANSFORM_INDICATIVE_SA,
};

/* Plain names, and the codes that FRED uses for the same, where it has one; NULL-terminated. */
extern const char *const transform_names[];
extern const char *const transform_codes[];

enum transformed_kind { TRANSFORMED_AMOUNT, TRANSFORMED_RATIO, TRANSFORMED_REAL };

struct transformed {
    bool known;
    enum missing missing;
    enum transformed_kind kind;
    amount amount;      /* level, change, yoy_change */
    struct ratio ratio; /* percent, yoy_percent */
    double real;        /* the annualised and logarithmic ones */
    bool
        unlike_bases; /* of the two figures one is a sum of months, the other a report of its own */
};

/* With x the figure of the period, b of the one before it or a year before, n periods a year:
 *
 *   change x - b                   percent 100 (x/b - 1)      annualised_percent 100 ((x/b)^n - 1)
 *   yoy_change, yoy_percent: the same on the year before      log ln x
 *   log_percent 100 (ln x - ln b)  annualised_log_percent n times that
 *
 * indicative_sa is no such figure of one period: adjust.h has it for all months together.
 *
 * The period is one of the frequency. Source of names and formulas: FRED, "units" of series/observations. */
struct transformed transform_of(const struct view *view, struct span period,
                                enum frequency frequency, enum transform transform);
