/* The backtest: past fiscal years projected again, from what was known then.
 *
 * Every complete fiscal year with at least PROJECT_INDICATIVE known months before it is asked about twelve times:
 * before its first month is known, and after each of the next eleven; of very long series the newest
 * REPLAY_YEARS_MAX such years. A projection sees nothing but what was known at its origin. Years are few, so hits
 * are counted; a percentage alone would claim too much. */
#pragma once

#include "exportstat/stats/project.h"

enum { REPLAY_YEARS_MAX = 10, REPLAY_EVIDENCE_MIN = 8 };

/* The months as they were known when `last`, of the year that begins with `year_first` or the one before that, was
 * the newest one; *ret_then says whether they are, or as they are known now, where the first can not be told. */
typedef struct months replay_known(void *context, struct arena *arena, int32_t year_first,
                                   int32_t last, bool *ret_then);

struct replay;

struct replay_request {
    struct months latest; /* what came, and what was known where there is no `known` */
    int32_t before;       /* the first month of a fiscal year: only earlier years are asked about */
    enum scenario scenario;
    replay_known *known; /* NULL: the latest values, cut at the origin */
    void *context;
    const struct replay
        *made; /* the same for other months: where the question is the same, so is the answer */
};

enum { REPLAY_80, REPLAY_95, REPLAY_LEVELS };

/* The levels in percent. */
extern const int replay_levels[REPLAY_LEVELS];

/* A year at one origin. */
struct replay_origin {
    int32_t first;  /* of the year */
    int elapsed;    /* months of the year up to the origin, 0 to 11 */
    bool then;      /* from the months as they were known then, else as they are known now */
    uint64_t asked; /* tells these months from others */
    double actual;
    bool known;
    enum missing missing; /* why there is no forecast */
    double forecast;
    bool has_bounds;
    struct bounds bounds[REPLAY_LEVELS];
    unsigned flags; /* of the projection */
};

/* Twelve origins of each year, the oldest first. */
struct replay {
    enum scenario scenario;
    const struct replay_origin *at;
    size_t n;
};

struct replay replay(struct arena *arena, const struct replay_request *request);

/* The part of it that is about years before that of a month. */
struct replay replay_before(const struct replay *replay, int32_t first);

/* The error of a known forecast in percent of the actual total: above zero, it was too low. */
double replay_error(const struct replay_origin *origin);

/* How the forecasts of all years with so many months elapsed were; of all origins with REPLAY_ALL. */
enum { REPLAY_ALL = -1 };

struct replay_score {
    int n;             /* forecasts; 0: nothing below is set */
    double mape;       /* mean of 100 |actual - forecast| / |actual| */
    double median_ape; /* their median */
    double
        bias; /* mean of 100 (actual - forecast) / |actual|: above zero, forecasts were too low */
    double rmse;               /* root of the mean squared error, in the unit of the values */
    int n_bounds;              /* forecasts with intervals */
    int within[REPLAY_LEVELS]; /* in how many of them the actual total lay: from fewer than */
};                             /* REPLAY_EVIDENCE_MIN, a percentage is no evidence */

struct replay_score replay_score(struct arena *arena, const struct replay *replay, int elapsed);

/* The mape divided by that of another replay of the same years, both over the origins that both answered.
 * False where there are none, or the other one was always right. */
bool replay_relative(const struct replay *replay, const struct replay *other, int elapsed,
                     double *ret);
