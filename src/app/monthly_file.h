/* Monthly series from a CSV file: `period,value`, or `series_id,period,value` for many. */
#pragma once

#include <stdio.h>

#include "exportstat/base/error.h"
#include "exportstat/stats/project.h"

enum { MONTHLY_ROWS_MAX = 1000000 };

/* Values are below it in magnitude. */
#define MONTHLY_VALUE_LIMIT 1e13

struct monthly_row {
    int32_t month;
    struct monthly value; /* a month without a value is not known */
};

struct monthly_series {
    const char *id; /* "" in a file of one */
    size_t from;    /* among the rows */
    size_t n;
    long line; /* of its first row */
};

struct monthly_file {
    struct arena arena;
    bool has_ids;
    struct monthly_row *rows;
    size_t n_rows;
    size_t rows_room;
    struct monthly_series *series;
    size_t n_series;
    size_t series_room;
};

/* Reads the whole file. The rows of one series stand together, its months one after the other, none twice; a
 * month that is left out is not known, nor is one without a value. Errors name the line. */
bool monthly_read(FILE *file, const char *name, struct monthly_file *ret, struct error *reterr);

/* Reads a month YYYY-MM of any year from 1 on: samples of old series often count their years. */
bool month_parse(const char *text, size_t length, int32_t *ret);

/* The months of a series up to the one given, all of them in a row. */
struct months monthly_months(const struct monthly_file *file, const struct monthly_series *series,
                             int32_t last, struct arena *arena);

void monthly_release(struct monthly_file *file);
