/* The endpoints: each writes the fields of its answer after the heading, and leaves the rest to api.c. False
 * where call->problem has been set. Part of the api. */
#pragma once

#include "call.h"

bool get_exports(struct call *call, struct selected *selected);
bool get_latest(struct call *call, struct selected *selected);
bool get_period(struct call *call, struct selected *selected);
bool get_growth(struct call *call, struct selected *selected);
bool get_records(struct call *call, struct selected *selected);
bool get_projections(struct call *call, struct selected *selected);
bool get_backtest(struct call *call, struct selected *selected);
bool get_projection_history(struct call *call, struct selected *selected);
bool get_share(struct call *call, struct selected *selected);
bool get_revisions(struct call *call, struct selected *selected);
bool get_series_one(struct call *call, struct selected *selected);
bool get_series_list(struct call *call);
bool get_sources(struct call *call);
bool get_source(struct call *call);
bool get_reports(struct call *call);
bool get_claims(struct call *call);
bool get_claim(struct call *call);
bool get_quality(struct call *call);
bool get_changes(struct call *call);
bool get_changes_feed(struct call *call);
bool check_claims(struct call *call);
bool get_chart(struct call *call);
bool get_imports(struct call *call);
bool get_import(struct call *call);
bool add_import(struct call *call);
bool revert_import(struct call *call);
bool get_metrics(struct call *call);
bool get_livez(struct call *call);
bool get_readyz(struct call *call);

/* The figure of the period asked for as a citation, in the format asked for. */
bool cite_period(struct call *call, const struct selected *selected, const struct figure *figure);

/* The columns of observations as CSV, here and for single periods. */
extern const char *const observation_columns[];

/* "freshness": {…} of a series, judged on the request's date. */
void represent_freshness(struct call *call, const struct selected *selected);

/* The twelve months up to a month: from, to, total, average. */
void represent_twelve_months(struct call *call, const char *key, const struct selected *selected,
                             int32_t month);

/* "projection": {…} of the default method and fiscal year, in brief; null where nothing is known. */
void represent_projection_brief(struct call *call, const struct selected *selected);
