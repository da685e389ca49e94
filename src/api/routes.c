#include <stdio.h>
#include <string.h>

#include "endpoints.h"
#include "exportstat/store/token.h"

#define WINDOW PARAM_FROM, PARAM_TO, PARAM_LAST
#define ROWS PARAM_ORDER, PARAM_LIMIT, PARAM_AFTER_PERIOD
#define PAGE PARAM_ORDER, PARAM_PAGE, PARAM_AFTER
#define COMMON PARAM_AS_OF, PARAM_FORMAT
#define TAKES(...)          \
    (const enum param[])    \
    {                       \
        __VA_ARGS__, PARAMS \
    }
#define TAKES_NOTHING    \
    (const enum param[]) \
    {                    \
        PARAMS           \
    }

const char *const method_names[] = {
    [METHOD_GET] = "GET", [METHOD_POST] = "POST", [METHOD_DELETE] = "DELETE", NULL};

enum { CHECK_BYTES_MAX = 64 * 1024 };

/* What stands inside the program, for its own pages. They run what comes from here alone. */
#define DOCUMENT(address, name, type, file)                                                  \
    .pattern = (address), .operation = (name), .kind = ROUTE_DOCUMENT, .path_param = PARAMS, \
    .taken = TAKES_NOTHING, .content_type = (type), .document = (file)
#define PAGE_POLICY                                                                           \
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' blob: data:; " \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "

/* The hash is that of the style sheet which the chart library puts into each of its charts. */
static const char dashboard_policy[] =
    PAGE_POLICY "style-src 'self' 'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww='";

/* The viewer of the reference makes styles as it goes. */
static const char docs_policy[] = PAGE_POLICY "style-src 'self' 'unsafe-inline'";

const struct route routes[] = {
    {
        .pattern = "/v1/exports",
        .operation = "getExports",
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, WINDOW, PARAM_FREQUENCY, PARAM_TRANSFORM, PARAM_RELEASE, ROWS,
                       PARAM_DECIMALS, COMMON),
        .series = get_exports,
    },
    {
        .pattern = "/v1/exports/latest",
        .operation = "getLatest",
        .has_csv = true,
        .reads_clock = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, PARAM_RELEASE, PARAM_DECIMALS, PARAM_EXPLAIN, COMMON),
        .series = get_latest,
    },
    {
        .pattern = "/v1/exports/growth",
        .operation = "getGrowth",
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, PARAM_BASIS, WINDOW, PARAM_FREQUENCY, PARAM_RELEASE, ROWS,
                       PARAM_DECIMALS, PARAM_EXPLAIN, COMMON),
        .series = get_growth,
    },
    {
        .pattern = "/v1/exports/records",
        .operation = "getRecords",
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, PARAM_THRESHOLD, PARAM_RELEASE, PARAM_DECIMALS, PARAM_EXPLAIN,
                       COMMON),
        .series = get_records,
    },
    {
        .pattern = "/v1/exports/projections",
        .operation = "getProjections",
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, PARAM_FY, PARAM_TARGET, PARAM_LEVEL, PARAM_METHOD,
                       PARAM_RELEASE, PARAM_DECIMALS, PARAM_EXPLAIN, COMMON),
        .series = get_projections,
    },
    {
        .pattern = "/v1/exports/projections/backtest",
        .operation = "getBacktest",
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, PARAM_METHOD, PARAM_RELEASE, PARAM_DECIMALS, COMMON),
        .series = get_backtest,
    },
    {
        .pattern = "/v1/exports/projections/history",
        .operation = "getProjectionHistory",
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, PARAM_FY, PARAM_LEVEL, PARAM_METHOD, PARAM_RELEASE,
                       PARAM_DECIMALS, COMMON),
        .series = get_projection_history,
    },
    {
        .pattern = "/v1/exports/share",
        .operation = "getShare",
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, PARAM_OF, WINDOW, PARAM_FREQUENCY, PARAM_RELEASE, ROWS,
                       PARAM_DECIMALS, PARAM_EXPLAIN, COMMON),
        .series = get_share,
    },
    {
        .pattern = "/v1/exports/revisions",
        .operation = "getRevisions",
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES_FILTER, PARAM_FROM, PARAM_TO, PAGE, PARAM_DECIMALS, COMMON),
        .series = get_revisions,
    },
    {
        .pattern = "/v1/exports/chart.svg",
        .operation = "getChart",
        .kind = ROUTE_LIST,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES_FILTER, WINDOW, PARAM_FREQUENCY, PARAM_TRANSFORM, PARAM_RELEASE,
                       PARAM_SIZE, PARAM_THEME, PARAM_AS_OF),
        .content_type = "image/svg+xml",
        .policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        .whole = get_chart,
    },
    {
        .pattern = "/v1/exports/{period}",
        .operation = "getPeriod",
        .has_csv = true,
        .has_citations = true,
        .path_param = PARAM_PERIOD,
        .taken = TAKES(PARAM_PERIOD, PARAM_SERIES, PARAM_RELEASE, PARAM_DECIMALS, PARAM_EXPLAIN,
                       PARAM_AS_OF, PARAM_CITED_FORMAT),
        .series = get_period,
    },
    {
        .pattern = "/v1/series",
        .operation = "listSeries",
        .kind = ROUTE_LIST,
        .has_csv = true,
        .reads_clock = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_WORDS, PARAM_RELEASE, PAGE, COMMON),
        .list = get_series_list,
    },
    {
        .pattern = "/v1/series/{series}",
        .operation = "getSeries",
        .has_csv = true,
        .reads_clock = true,
        .path_param = PARAM_SERIES_ID,
        .taken = TAKES(PARAM_SERIES_ID, PARAM_RELEASE, COMMON),
        .series = get_series_one,
    },
    {
        .pattern = "/v1/sources",
        .operation = "listSources",
        .kind = ROUTE_LIST,
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_PUBLISHER, PARAM_AUTHORITY, PAGE, COMMON),
        .list = get_sources,
    },
    {
        .pattern = "/v1/sources/{source}",
        .operation = "getSource",
        .kind = ROUTE_LIST,
        .has_csv = true,
        .path_param = PARAM_SOURCE_ID,
        .taken = TAKES(PARAM_SOURCE_ID, PARAM_RELEASE, PARAM_PAGE, PARAM_DECIMALS, COMMON),
        .list = get_source,
    },
    {
        .pattern = "/v1/reports",
        .operation = "listReports",
        .kind = ROUTE_LIST,
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES_FILTER, PARAM_PERIOD_FILTER, PARAM_SOURCE, PARAM_FROM, PARAM_TO,
                       PAGE, COMMON),
        .list = get_reports,
    },
    {
        .pattern = "/v1/claims",
        .operation = "listClaims",
        .kind = ROUTE_LIST,
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_VERDICT, PARAM_METRIC, PARAM_SERIES_FILTER, PARAM_SOURCE,
                       PARAM_PERIOD_FILTER, PARAM_FROM, PARAM_TO, PARAM_RELEASE, PAGE,
                       PARAM_DECIMALS, COMMON),
        .list = get_claims,
    },
    {
        .pattern = "/v1/claims/check",
        .operation = "checkClaims",
        .method = METHOD_POST,
        .kind = ROUTE_LIST,
        .body_type = "application/json",
        .body_max = CHECK_BYTES_MAX,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_RELEASE, PARAM_DECIMALS, PARAM_AS_OF),
        .list = check_claims,
    },
    {
        .pattern = "/v1/claims/{claim}",
        .operation = "getClaim",
        .kind = ROUTE_LIST,
        .has_csv = true,
        .path_param = PARAM_CLAIM_ID,
        .taken = TAKES(PARAM_CLAIM_ID, PARAM_RELEASE, PARAM_DECIMALS, COMMON),
        .list = get_claim,
    },
    {
        .pattern = "/v1/quality",
        .operation = "listFindings",
        .kind = ROUTE_LIST,
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SERIES, PARAM_KIND, PARAM_RELEASE, PARAM_PAGE, PARAM_AFTER, COMMON),
        .list = get_quality,
    },
    {
        .pattern = "/v1/changes",
        .operation = "listChanges",
        .kind = ROUTE_LIST,
        .has_csv = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_SINCE, PARAM_SERIES, PARAM_CHANGE, PARAM_FEED_ORDER, PARAM_PAGE,
                       PARAM_AFTER, PARAM_AS_OF, PARAM_FEED_FORMAT),
        .list = get_changes,
        .feed = get_changes_feed,
    },
    {
        .pattern = "/v1/imports",
        .operation = "listImports",
        .kind = ROUTE_RECORD,
        .needs_token = true,
        .path_param = PARAMS,
        .taken = TAKES(PARAM_ORDER, PARAM_PAGE, PARAM_AFTER),
        .list = get_imports,
    },
    {
        .pattern = "/v1/imports",
        .operation = "addImport",
        .method = METHOD_POST,
        .kind = ROUTE_WRITE,
        .needs_token = true,
        .scope = SCOPE_IMPORT,
        .body_type = "application/json",
        .body_other = "text/csv",
        .path_param = PARAMS,
        .taken = TAKES(PARAM_DRY_RUN),
        .list = add_import,
    },
    {
        .pattern = "/v1/imports/{import}",
        .operation = "getImport",
        .kind = ROUTE_RECORD,
        .needs_token = true,
        .path_param = PARAM_IMPORT_ID,
        .taken = TAKES(PARAM_IMPORT_ID),
        .list = get_import,
    },
    {
        .pattern = "/v1/imports/{import}",
        .operation = "revertImport",
        .method = METHOD_DELETE,
        .kind = ROUTE_WRITE,
        .needs_token = true,
        .scope = SCOPE_REVERT,
        .path_param = PARAM_IMPORT_ID,
        .taken = TAKES(PARAM_IMPORT_ID),
        .list = revert_import,
    },
    {
        .pattern = "/livez",
        .operation = "getLivez",
        .kind = ROUTE_LIVE,
        .path_param = PARAMS,
        .taken = TAKES_NOTHING,
        .list = get_livez,
    },
    {
        .pattern = "/readyz",
        .operation = "getReadyz",
        .kind = ROUTE_STATE,
        .path_param = PARAMS,
        .taken = TAKES_NOTHING,
        .list = get_readyz,
    },
    {
        .pattern = "/metrics",
        .operation = "getMetrics",
        .kind = ROUTE_LIVE,
        .path_param = PARAMS,
        .taken = TAKES_NOTHING,
        .content_type = "text/plain; version=0.0.4; charset=utf-8",
        .whole = get_metrics,
    },
    {DOCUMENT("/openapi.yaml", "getOpenapiYaml", "application/yaml", "openapi.yaml")},
    {DOCUMENT("/openapi.json", "getOpenapiJson", "application/json", "openapi.yaml:json")},
    {DOCUMENT("/", "getDashboard", "text/html", "index.html"), .policy = dashboard_policy},
    {DOCUMENT("/docs", "getDocs", "text/html", "docs.html"), .policy = docs_policy},
    {DOCUMENT("/assets/dashboard.js", "getDashboardScript", "text/javascript", "dashboard.js")},
    {DOCUMENT("/assets/dashboard.css", "getDashboardStyle", "text/css", "dashboard.css")},
    {DOCUMENT("/assets/docs.js", "getDocsScript", "text/javascript", "docs.js")},
    {DOCUMENT("/assets/docs.css", "getDocsStyle", "text/css", "docs.css")},
    {DOCUMENT("/assets/icon.svg", "getIcon", "image/svg+xml", "icon.svg")},
};

const size_t n_routes = COUNT(routes);

/* A word that can not be a period names no period, but a path that does not exist. */
static bool variable_fits(const struct route *route, const char *text, size_t length)
{
    if (length == 0 || memchr(text, '/', length))
        return false;
    return route->path_param != PARAM_PERIOD || (text[0] >= '0' && text[0] <= '9') ||
           text[0] == '%' || (length > 1 && memcmp(text, "FY", 2) == 0);
}

const struct route *route_match(const char *path, size_t length, const char **ret_variable,
                                size_t *ret_length)
{
    for (size_t i = 0; i < n_routes; i++) {
        const char *pattern = routes[i].pattern;
        size_t fixed = strcspn(pattern, "{");
        *ret_variable = path + fixed;
        *ret_length = length >= fixed ? length - fixed : 0;
        if (length < fixed || memcmp(path, pattern, fixed) != 0)
            continue;
        if (pattern[fixed] ? variable_fits(&routes[i], *ret_variable, *ret_length)
                           : *ret_length == 0)
            return &routes[i];
    }
    return NULL;
}

static bool same_path(const struct route *a, const struct route *b)
{
    return strcmp(a->pattern, b->pattern) == 0;
}

const struct route *route_method(const struct route *route, const char *method)
{
    const char *name = strcmp(method, "HEAD") == 0 ? "GET" : method;
    for (const struct route *at = routes; at < routes + n_routes; at++) {
        if (same_path(at, route) && strcmp(method_names[at->method], name) == 0)
            return at;
    }
    return NULL;
}

void route_allow(const struct route *route, char ret[static ALLOW_TEXT])
{
    int length = 0;
    for (const struct route *at = routes; at < routes + n_routes; at++) {
        if (same_path(at, route))
            length +=
                snprintf(ret + length, ALLOW_TEXT - (size_t)length, "%s%s",
                         method_names[at->method], at->method == METHOD_GET ? ", HEAD, " : ", ");
    }
    snprintf(ret + length, ALLOW_TEXT - (size_t)length, "OPTIONS");
}

const char *route_nearest(const char *path)
{
    const char *patterns[COUNT(routes) + 1];
    size_t n = 0;
    for (size_t i = 0; i < n_routes; i++) {
        if (!strchr(routes[i].pattern, '{'))
            patterns[n++] = routes[i].pattern;
    }
    patterns[n] = NULL;
    return nearest_name(path, patterns);
}
