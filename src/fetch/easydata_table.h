/* An answer of EasyData as a table of texts, whichever format it has. Part of fetch. */
#pragma once

#include "exportstat/fetch/easydata.h"

enum easydata_column {
    EASYDATA_KEY,
    EASYDATA_NAME,
    EASYDATA_DATE,
    EASYDATA_VALUE,
    EASYDATA_UNIT,
    EASYDATA_STATUS,
    EASYDATA_COMMENTS,
    EASYDATA_COLUMNS,
};

struct easydata_cells {
    const char *text[EASYDATA_COLUMNS]; /* never NULL */
};

struct easydata_table {
    struct easydata_cells *rows;
    size_t n;
};

/* Reads either format. Columns that are not known are passed over; one that is needed and absent, or there twice, is
 * refused. */
bool easydata_table_read(struct arena *arena, const char *bytes, size_t length,
                         struct easydata_table *ret, struct error *reterr);
