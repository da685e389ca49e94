#include "handling.h"

#include <string.h>
#include <strings.h>

#include "format.h"
#include "negotiate.h"

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t n = strlen(end);
    return length > n && memcmp(text + length - n, end, n) == 0;
}

/* As it was sent: a plus sign has come to us as a blank. */
static void add_encoded(struct buffer *to, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        buffer_add(to, text[i] == ' ' ? "+" : &text[i], 1);
}

static void moved_to(struct handling *on, const struct buffer *address)
{
    on->response->status = 308;
    on->response->location = address->bytes;
    on->response->cache_control = "public, max-age=60";
}

/* The address with a trailing slash less, its query as it was. Without a public address it is relative to the one that
 * was asked for, so that it is right below any path of a proxy: of /a/b/, it is ../b. */
static void redirect(struct handling *on, size_t length)
{
    struct buffer *to = &on->worker->location;
    const struct api_request *request = on->request;
    to->length = 0;
    size_t start = 0;
    buffer_text(to, on->worker->api->public_url);
    if (to->length == 0) {
        for (size_t i = 0; i < length; i++)
            start = request->path[i] == '/' ? i + 1 : start;
        buffer_text(to, "../");
    }
    buffer_add(to, request->path + start, length - start);
    for (size_t i = 0; i < request->n_query; i++) {
        const struct query_pair *pair = &request->query[i];
        buffer_char(to, i == 0 ? '?' : '&');
        add_encoded(to, pair->name, pair->name_length);
        if (!pair->value)
            continue;
        buffer_char(to, '=');
        add_encoded(to, pair->value, pair->value_length);
    }
    moved_to(on, to);
}

static void redirect_home(struct handling *on)
{
    struct buffer *to = &on->worker->location;
    to->length = 0;
    buffer_format(to, "%s/", on->worker->api->public_url);
    moved_to(on, to);
}

static bool too_long(const struct api_request *request, int most)
{
    size_t bytes = strlen(request->path);
    for (size_t i = 0; i < request->n_query; i++)
        bytes += request->query[i].name_length + request->query[i].value_length + 2;
    return bytes > (size_t)most;
}

static bool find_route(struct handling *on)
{
    const char *path = on->request->path;
    size_t length = strlen(path);
    size_t rest;
    enum format format = format_of_path(path, length, &rest);
    on->query.route = route_match(path, length, &on->variable, &on->variable_length);
    if (format != FORMAT_JSON && (!on->query.route || on->query.route->path_param != PARAMS)) {
        on->path_format = format;
        on->query.route = route_match(path, rest, &on->variable, &on->variable_length);
    }
    return on->query.route && format_offered(on->query.route, on->path_format);
}

bool handling_path(struct handling *on)
{
    const char *path = on->request->path;
    size_t length = strlen(path);
    int most = on->worker->api->options.address_bytes;
    if (too_long(on->request, most))
        return problem_set(on->problem, PROBLEM_URI_TOO_LONG, "The address is longer than %d bytes",
                           most);
    if (on->request->is_ambiguous)
        return problem_set(on->problem, PROBLEM_BAD_REQUEST,
                           "Host and Content-Length stand once, and Transfer-Encoding not beside "
                           "them");
    if (strcmp(path, "*") == 0 && strcmp(on->request->method, "OPTIONS") == 0) {
        on->response->status = 204;
        on->response->allow = "GET, HEAD, OPTIONS";
        return false;
    }
    /* The base path itself: the page's own addresses are relative to the one with a slash. */
    if (!*path && on->worker->api->options.base_path) {
        redirect_home(on);
        return false;
    }
    if (*path != '/')
        return problem_set(on->problem, PROBLEM_BAD_REQUEST, "The request is to name a path");
    if (ends_with(path, length, "/") && path[1] != '/' &&
        route_match(path, length - 1, &on->variable, &on->variable_length)) {
        redirect(on, length - 1);
        return false;
    }
    if (find_route(on))
        return true;
    if (!utf8_valid(path, length))
        return problem_set(on->problem, PROBLEM_BAD_REQUEST, "The path is not UTF-8");
    const char *nearest = route_nearest(path);
    return problem_set(on->problem, PROBLEM_NOT_FOUND, "There is no '%.200s'%s%s%s %s", path,
                       nearest ? "; did you mean '" : ".", nearest ? nearest : "",
                       nearest ? "'?" : "",
                       strncmp(path, "/v1/exports/", 12) == 0
                           ? "A period is written 2025-12, 2025-Q4, FY2026 or 2025-07--2025-12"
                           : "/openapi.yaml describes what there is");
}

bool handling_method(struct handling *on)
{
    const char *method = on->request->method;
    const struct route *route = route_method(on->query.route, method);
    if (route) {
        on->query.route = route;
        return true;
    }
    route_allow(on->query.route, on->worker->allow);
    on->response->allow = on->worker->allow;
    if (strcmp(method, "OPTIONS") == 0) {
        on->response->status = 204;
        return false;
    }
    return problem_set(on->problem, PROBLEM_METHOD_NOT_ALLOWED, "'%.40s' is not among %s", method,
                       on->worker->allow);
}

bool handling_body(struct handling *on)
{
    const struct api_request *request = on->request;
    const struct route *route = on->query.route;
    if (!route->body_type)
        return !request->has_body || problem_set(on->problem, PROBLEM_TOO_LARGE,
                                                 "A %s request has no body here", request->method);
    if (!request->has_length)
        return problem_set(on->problem, PROBLEM_LENGTH_REQUIRED,
                           "The length of the body is to be told by Content-Length");
    if (request->has_body && !request->body)
        return problem_set(on->problem, PROBLEM_TOO_LARGE, "A body has at most %zu bytes here",
                           body_max_of(on->worker->api, route));
    on->query.is_body_csv =
        route->body_other && negotiate_is(request->content_type, route->body_other);
    if (!on->query.is_body_csv && !negotiate_is(request->content_type, route->body_type))
        return problem_set(on->problem, PROBLEM_MEDIA_TYPE,
                           "The body is to be %s%s%s, and the header Content-Type to say so",
                           route->body_type, route->body_other ? " or " : "",
                           route->body_other ? route->body_other : "");
    if (!negotiate_is_utf8(request->content_type))
        return problem_set(on->problem, PROBLEM_MEDIA_TYPE,
                           "The body is to be UTF-8, which needs no charset");
    if (request->content_encoding && strcasecmp(request->content_encoding, "identity") != 0)
        return problem_set(on->problem, PROBLEM_MEDIA_TYPE,
                           "The body is to come as it is, without Content-Encoding");
    on->query.body = request->body;
    on->query.body_length = request->body ? request->body_length : 0;
    return true;
}

bool handling_variable(struct handling *on)
{
    enum param param = on->query.route->path_param;
    char *text = arena_take(&on->worker->arena, on->variable_length + 1);
    size_t decoded;
    if (param == PARAMS)
        return true;
    if (!percent_decode(on->variable, on->variable_length, false, text, &decoded))
        return problem_set(on->problem, PROBLEM_BAD_REQUEST,
                           "The path is not valid percent-encoded UTF-8");
    return param_read(&on->worker->arena, param, text, decoded, &on->args.v[param], on->problem);
}

static bool limit_series(struct handling *on, enum param param)
{
    size_t most = (size_t)on->worker->api->options.series_max;
    return on->args.v[param].n <= most ||
           problem_invalid(on->problem, params[param].name, NULL, "at most %zu series", most);
}

static bool limit_rows(struct handling *on, enum param param)
{
    int most = on->worker->api->options.rows_max;
    return on->args.v[param].number <= most ||
           problem_invalid(on->problem, params[param].name, NULL,
                           "expected a whole number from 1 to %d", most);
}

bool handling_limits(struct handling *on)
{
    struct arg *limit = &on->args.v[PARAM_LIMIT];
    int most = on->worker->api->options.rows_max;
    bool ok = limit_series(on, PARAM_SERIES);
    ok &= limit_series(on, PARAM_OF);
    ok &= limit_rows(on, PARAM_LAST);
    ok &= limit_rows(on, PARAM_LIMIT);
    ok &= limit_rows(on, PARAM_PAGE);
    /* Who asks for all gets what there may be at a time, and the address of the rest. */
    if (!limit->given && most < ROWS_MAX)
        *limit = (struct arg){.given = true, .number = most};
    return ok;
}
