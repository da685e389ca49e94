/* Calendar days of the proleptic Gregorian calendar, without times or zones.
 *
 * A date known only to the month counts as the last day of that month: nothing is known early. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Days since 1970-01-01. */
typedef struct {
    int32_t day;
} date;

enum {
    YEAR_MIN = 1900,
    YEAR_MAX = 2199,
    DATE_TEXT = 11, /* "2025-12-31" and its end */
};

/* After every date that can be read: the as-of date of an answer that uses all that is stored. */
#define DATE_ALL ((date){INT32_MAX})

/* Reads "2025-12-18", or "2025-12" as its last day; a day that does not exist is refused. */
bool date_parse(const char *text, size_t length, date *ret);

/* The day of a year, month 1 to 12 and day 1 to 31, which must exist. */
date date_of(int year, int month, int day);

/* The last day of a month counted as year * 12 + month - 1. */
date date_month_end(int32_t month_index);

/* The month that the day lies in, counted as year * 12 + month - 1, and the day of it, 1 to 31. */
int32_t date_month(date when, int *ret_day);

/* The date must be one of the years 1900 to 2199: not DATE_ALL. */
void date_format(date when, char text[static DATE_TEXT]);

/* The number of days in a month, 28 to 31. */
int month_days(int year, int month);
