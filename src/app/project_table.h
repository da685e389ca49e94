/* Projections as a table for people. */
#pragma once

#include "exportstat/base/text.h"
#include "exportstat/stats/project.h"

enum { PROJECT_TABLE_COLUMNS = 8 };

/* A zeroed struct is an empty table. */
struct project_table {
    struct arena arena;
    const char *(*rows)[PROJECT_TABLE_COLUMNS];
    size_t n;
    size_t room;
    int level; /* of the interval that is shown beside that of 80 percent */
};

/* A row for the year, and with `path` one for each remaining month. */
void project_table_add(struct project_table *table, const char *id, const char *fiscal_year,
                       const struct projection *projection, int level, bool path);

/* Writes the table, and releases it. */
void project_table_write(struct project_table *table, struct buffer *to);
