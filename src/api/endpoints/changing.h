/* The changes that a request asks for, on their way into an answer. Part of the endpoint of changes. */
#pragma once

#include "../endpoints.h"
#include "exportstat/stats/changes.h"

enum {
    CHANGE_ID = IDENTIFIER_MAX + PERIOD_TEXT + DATE_TEXT + 16,
};

struct change_row {
    const struct series_info *info;
    struct change change;
};

struct changing {
    const char *const *series; /* ids */
    size_t n_series;
    const struct change_row *at; /* of this page, in the order asked for */
    size_t n;
    size_t total; /* of all pages */
    bool more;
};

/* False where call->problem is set. */
bool changes_gather(struct call *call, bool descending, struct changing *ret);

/* "pk-it.2025-12.revised.2026-01-20": the same wherever the change is told. */
void change_id(const struct change_row *row, char text[static CHANGE_ID]);
