/* What EasyData answered, as a batch of reports to be imported. Part of app. */
#pragma once

#include "config.h"
#include "exportstat/base/text.h"
#include "exportstat/store/store.h"

/* Bytes of a series' id, after which sources are named: "easydata-ID-2026-05-20-02". */
enum { FETCHED_ID_MAX = IDENTIFIER_MAX - 23 };

/* One series of ours, and what EasyData has of it. */
struct subject {
    char series[IDENTIFIER_MAX + 1];
    const char *key; /* NULL: whatever the file is about */
    struct buffer answer;
};

struct fetched {
    const struct config *config;
    struct arena arena;
    struct store *store;   /* for reading */
    date answered;         /* the day: today, or that of a file */
    struct buffer sources; /* the batch, as CSV … */
    struct buffer reports; /* … without a header while there is nothing */
};

/* Adds to the batch what is new of a series, or other than EasyData had said by that day, and says on stderr how much.
 * The store is in a read transaction. */
bool fetched_add(struct fetched *fetched, const struct subject *subject, struct error *reterr);
