/* Records, thresholds first crossed, streaks of growth, the best of each calendar month.
 *
 * Only known months count. A record is strictly above all earlier known months; the first known month is
 * the first record. */
#pragma once

#include "exportstat/stats/growth.h"

struct record {
    const struct observation *month;
    const struct observation *previous; /* the record that it replaced; NULL for the first */
    int32_t stood_months;               /* to the next record, or to the newest known month */
};

struct records {
    const struct record *at; /* oldest first */
    size_t n;
    size_t missing_before; /* unknown months between the first known one and the last record */
};

struct records records_of(struct arena *arena, const struct view *view);

/* One more than the known months up to the view's end that are above the value. */
size_t rank_of(const struct view *view, amount value);

/* How many months of the view are known. */
size_t known_months(const struct view *view);

/* Steps of the default thresholds: the largest 1, 2 or 5 times a power of ten that is not above a
 * quarter of the record; 0 where there is none. */
amount threshold_step(amount record);

/* The first known month at or above the threshold, or NULL. */
const struct observation *threshold_crossed(const struct view *view, amount threshold);

/* Months in a row with growth above zero; equal is not growth. */
struct streak {
    int32_t months; /* 0: `from` and `to` are not set */
    int32_t from;
    int32_t to;
    bool ended;       /* counting back came upon a month without growth, or the start of the data */
    int32_t ended_by; /* that month */
    enum missing
        missing; /* why it has no growth rate; MISSING_NOT where it has one of zero or less */
};

struct streaks {
    struct streak current; /* up to the newest known month */
    struct streak longest; /* the earliest of equally long ones */
};

/* Streaks of growth on a basis, which is GROWTH_MOM or GROWTH_YOY. */
struct streaks streaks_of(const struct view *view, enum growth_basis basis);

/* The streak that the month ends. */
struct streak streak_at(const struct view *view, enum growth_basis basis, int32_t month);

/* The best known month of a calendar month (0 January to 11 December), the earliest of equals, or NULL. */
const struct observation *best_of_month(const struct view *view, int calendar_month);
