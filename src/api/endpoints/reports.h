/* Rows of reports, as listings and the page of a source have them. Part of the endpoints. */
#pragma once

#include "../call.h"

/* Fiscal years reach beyond the years that can be named. */
#define REPORTS_ALL_MONTHS ((struct span){INT32_MIN, INT32_MAX})

/* Writes the id of a report, source.series.period: neither of the ids has a point in it. */
void report_id(struct buffer *to, const struct report_row *report);

/* The rows named "reports". */
void represent_report_rows(struct call *call, const struct report_row *at, size_t n);

/* A source by its id; a problem that names the nearest where there is none. */
bool source_find(struct call *call, const char *id, struct source_info *ret);
