/* How observations, figures and rates look in an answer: each in one place. Part of the api. */
#pragma once

#include "call.h"
#include "exportstat/stats/growth.h"
#include "exportstat/stats/revisions.h"

/* A key that is only written where a value is absent. */
void represent_missing(struct out *out, enum missing missing);

/* "series": {…} or, with NULL as key, the fields alone. */
void represent_series(struct out *out, const struct series_info *info);

/* A span by the frequency's name for it. */
void represent_period(struct out *out, const char *key, struct span span, enum frequency frequency,
                      int fiscal_year_start);

/* A span by its plainest name. */
void represent_span(struct out *out, const char *key, struct span span, int fiscal_year_start);

/* A month. */
void represent_month(struct out *out, const char *key, int32_t month);

/* "missing", "derived" or "reported". */
const char *status_name(bool known, bool derived);

/* value, precision, status, dates, publishers, disputed, sources, and why a value is missing; without
 * value and backing where `transformed`. */
void represent_observation(struct call *call, const struct observation *observation,
                           bool transformed);

/* The same for a figure of months, with its basis. */
void represent_figure(struct call *call, const struct selected *selected,
                      const struct figure *figure, bool transformed);

/* Who stands behind a figure as of a date, each source once: behind a sum all those of its months. */
struct backing backing_of_figure(struct call *call, const struct resolved *resolved,
                                 const struct figure *figure, date as_of);

/* base_period, base, change, percent, and why they are missing. The periods are named as those of the frequency;
 * runs of months as ranges. */
void represent_growth(struct call *call, const struct selected *selected,
                      const struct growth *growth, enum frequency frequency);

/* The frequency to name the periods of a growth by: sums to date are ranges, whatever year they may fill. */
enum frequency growth_frequency(enum growth_basis basis, enum frequency frequency);

/* revised_on, from and to with precision and status, change, percent, and the reason of a ruling. */
void represent_revision(struct out *out, const struct revision *revision);

/* The growth of a period of the frequency as an object of its own: {"period", "value", …}. */
void represent_growth_object(struct call *call, const char *key, const struct selected *selected,
                             struct span period, enum frequency frequency, enum growth_basis basis);

/* {"period", "value"} of an observation; null where it is NULL. */
void represent_month_value(struct out *out, const char *key, const struct observation *month);
