/* The one straight way of a request: route, parameters, key, ETag or cache, answer. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "format.h"
#include "negotiate.h"

static const char methods[] = "GET, HEAD, OPTIONS";
static const char json_type[] = "application/json";
static const char problem_type[] = "application/problem+json";
static const char may_keep[] = "public, max-age=60";
static const char may_not_keep[] = "no-store";

enum { RETRY_SECONDS = 1 };

/* One request on its way. */
struct handling {
    struct api_worker *worker;
    const struct api_request *request;
    struct api_response *response;
    struct problem *problem;
    struct args args;
    struct query query;
    enum format path_format; /* the path ended in ".csv" or ".atom"; else FORMAT_JSON */
};

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

/* The address with a trailing slash less, its query as it was. */
static bool redirect(struct handling *on, size_t length)
{
    struct buffer *to = &on->worker->location;
    const struct api_request *request = on->request;
    to->length = 0;
    buffer_add(to, request->path, length);
    for (size_t i = 0; i < request->n_query; i++) {
        const struct query_pair *pair = &request->query[i];
        buffer_char(to, i == 0 ? '?' : '&');
        add_encoded(to, pair->name, pair->name_length);
        if (!pair->value)
            continue;
        buffer_char(to, '=');
        add_encoded(to, pair->value, pair->value_length);
    }
    on->response->status = 308;
    on->response->location = to->bytes;
    on->response->cache_control = may_keep;
    return true;
}

static bool too_long(const struct api_request *request)
{
    size_t bytes = strlen(request->path);
    for (size_t i = 0; i < request->n_query; i++)
        bytes += request->query[i].name_length + request->query[i].value_length + 2;
    return bytes > QUERY_BYTES_MAX;
}

/* Finds the route, and the text of its variable part. */
static bool find_route(struct handling *on, const char **ret_variable, size_t *ret_length)
{
    const char *path = on->request->path;
    size_t length = strlen(path);
    size_t rest;
    enum format format = format_of_path(path, length, &rest);
    on->query.route = route_match(path, length, ret_variable, ret_length);
    if (format != FORMAT_JSON && (!on->query.route || on->query.route->path_param != PARAMS)) {
        on->path_format = format;
        on->query.route = route_match(path, rest, ret_variable, ret_length);
    }
    if (on->query.route && format_offered(on->query.route, on->path_format))
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

static bool read_path(struct handling *on, const char *variable, size_t length)
{
    enum param param = on->query.route->path_param;
    char *text = arena_take(&on->worker->arena, length + 1);
    size_t decoded;
    if (param == PARAMS)
        return true;
    if (!percent_decode(variable, length, false, text, &decoded))
        return problem_set(on->problem, PROBLEM_BAD_REQUEST,
                           "The path is not valid percent-encoded UTF-8");
    return param_read(&on->worker->arena, param, text, decoded, &on->args.v[param], on->problem);
}

static bool is_method(const struct handling *on, const char *method)
{
    return strcmp(on->request->method, method) == 0;
}

/* What all that ask for the same have in common. */
static void write_key(struct handling *on)
{
    struct buffer *key = &on->worker->key;
    const struct route *route = on->query.route;
    char text[PERIOD_TEXT];
    key->length = 0;
    buffer_format(key, "%s?", route->operation);
    if (route->path_param == PARAM_PERIOD) {
        period_format(on->args.v[PARAM_PERIOD].period, text);
        buffer_format(key, "%s&", text);
    } else if (route->path_param != PARAMS) {
        buffer_format(key, "%s&", on->args.v[route->path_param].text);
    }
    on->args.v[PARAM_FORMAT] = (struct arg){0}; /* the type says it */
    on->args.v[PARAM_FEED_FORMAT] = (struct arg){0};
    params_write(key, route->taken, &on->args, PARAMS);
    buffer_format(key, " %s", on->query.content_type);
    if (route->reads_clock && !on->args.v[PARAM_AS_OF].given) {
        char day[DATE_TEXT];
        date_format(on->query.today, day);
        buffer_format(key, " %s", day);
    }
    on->query.key = key->bytes;
}

static void write_etag(struct handling *on, int64_t generation)
{
    const struct api *api = on->worker->api;
    char number[32];
    snprintf(number, sizeof number, " %lld ", (long long)generation);
    uint64_t hash = hash_text(atomic_load(&api->store), number);
    hash = hash_text(hash, on->query.key);
    hash = hash_text(hash, on->response->is_gzip ? " gzip " : " identity ");
    hash = hash_text(hash, api->options.build);
    snprintf(on->response->etag, ETAG_TEXT, "\"%016llx\"", (unsigned long long)hash);
}

/* A client that has this very answer gets 304, with the headers and the length of the answer. */
static bool reply(struct handling *on, struct answer *answer)
{
    struct api_response *response = on->response;
    const char *has = on->request->if_none_match;
    write_etag(on, answer->generation);
    response->answer = answer;
    response->status = has && negotiate_match(has, response->etag) ? 304 : 200;
    response->content_type = answer->content_type;
    response->body = response->is_gzip ? answer_gzip(answer) : &answer->body;
    response->cache_control = may_keep;
    response->generation = answer->generation;
    response->last_modified = answer->changed_at;
    response->as_of = *answer->as_of ? answer->as_of : NULL;
    response->link = answer->link.length > 0 ? answer->link.bytes : NULL;
    return true;
}

static bool build(struct handling *on, struct answer *answer)
{
    const struct route *route = on->query.route;
    if (route->kind != ROUTE_DOCUMENT)
        return answer_build(on->worker, &on->query, answer, on->problem);
    const struct embedded *document = &on->worker->api->options.documents[route->document];
    buffer_add(&answer->body, document->bytes, document->length);
    answer->content_type = route->content_type;
    return true;
}

/* Answers that may be kept: by us, and by the client. */
static bool respond_kept(struct handling *on)
{
    struct api *api = on->worker->api;
    bool is_document = on->query.route->kind == ROUTE_DOCUMENT;
    int64_t restarts = atomic_load(&api->restarts);
    int64_t generation = is_document ? 0 : atomic_load(&api->generation);
    on->response->is_gzip = negotiate_gzip(on->request->accept_encoding);
    write_key(on);
    struct answer *answer = cache_get(api->cache, on->query.key, generation);
    on->response->cache_state = answer ? "hit" : "miss";
    if (answer)
        return reply(on, answer);
    answer = answer_new(api->cache, on->query.key);
    if (!build(on, answer)) {
        answer_return(answer);
        return false;
    }
    /* What was read of a store that is another one by now is not kept. */
    if (restarts == atomic_load(&api->restarts)) {
        if (!is_document)
            generation_note(api, answer->generation);
        cache_put(answer);
    }
    return reply(on, answer);
}

static bool respond_state(struct handling *on)
{
    struct answer *answer = answer_new(on->worker->api->cache, "");
    bool ok = answer_build(on->worker, &on->query, answer, on->problem);
    buffer_release(&on->worker->body);
    on->worker->body = answer->body;
    answer->body = (struct buffer){0};
    answer_return(answer);
    on->response->status = 200;
    on->response->content_type = json_type;
    on->response->body = &on->worker->body;
    return ok;
}

static bool respond(struct handling *on)
{
    const char *path = on->request->path;
    size_t length = strlen(path);
    const char *variable;
    size_t variable_length;
    if (too_long(on->request))
        return problem_set(on->problem, PROBLEM_URI_TOO_LONG, "The address is longer than %d bytes",
                           QUERY_BYTES_MAX);
    if (on->request->is_ambiguous)
        return problem_set(on->problem, PROBLEM_BAD_REQUEST,
                           "Host and Content-Length stand once, and Transfer-Encoding not beside "
                           "them");
    if (strcmp(path, "*") == 0 && is_method(on, "OPTIONS")) {
        on->response->status = 204;
        on->response->allow = methods;
        return true;
    }
    if (*path != '/')
        return problem_set(on->problem, PROBLEM_BAD_REQUEST, "The request is to name a path");
    if (ends_with(path, length, "/") && path[1] != '/' &&
        route_match(path, length - 1, &variable, &variable_length))
        return redirect(on, length - 1);
    if (!find_route(on, &variable, &variable_length))
        return false;
    if (is_method(on, "OPTIONS")) {
        on->response->status = 204;
        on->response->allow = methods;
        return true;
    }
    if (!is_method(on, "GET") && !is_method(on, "HEAD")) {
        on->response->allow = methods;
        return problem_set(on->problem, PROBLEM_METHOD_NOT_ALLOWED, "'%.40s' is not among %s",
                           on->request->method, methods);
    }
    if (on->request->has_body)
        return problem_set(on->problem, PROBLEM_TOO_LARGE, "A %s request has no body here",
                           on->request->method);
    bool ok = read_path(on, variable, variable_length);
    ok &= params_read(&on->worker->arena, on->query.route->taken, on->request->query,
                      on->request->n_query, &on->args, on->problem);
    if (!ok || !format_choose(on->query.route, on->path_format, &on->args, on->request->accept,
                              &on->query.format, on->problem))
        return false;
    on->query.content_type = format_content_type(on->query.route, on->query.format);
    if (on->query.route->kind == ROUTE_STATE || on->query.route->kind == ROUTE_LIVE)
        return respond_state(on);
    return respond_kept(on);
}

void api_respond(struct api_worker *worker, const struct api_request *request,
                 struct api_response *response)
{
    struct handling on = {
        .worker = worker,
        .request = request,
        .response = response,
        .problem = &worker->problem,
        .query = {.args = &on.args, .today = request->today},
    };
    arena_clear(&worker->arena);
    worker->problem = (struct problem){0};
    *response = (struct api_response){.cache_control = may_not_keep, .cache_state = "none"};
    if (respond(&on))
        return;
    worker->body.length = 0;
    problem_write(&worker->problem, &worker->body);
    response->etag[0] = '\0';
    response->is_gzip = false;
    response->status = problem_status(&worker->problem);
    response->content_type = problem_type;
    response->body = &worker->body;
    response->retry_after = response->status == 503 ? RETRY_SECONDS : 0;
    response->log = *worker->problem.log ? worker->problem.log : NULL;
}
