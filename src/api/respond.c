/* The one straight way of a request: route, parameters, key, ETag or cache, answer. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "handling.h"
#include "negotiate.h"

static const char problem_type[] = "application/problem+json";
static const char may_keep[] = "public, max-age=60";
/* A page, its script and its style are of one version of the program, also just after that was replaced. */
static const char must_ask[] = "no-cache";
static const char may_not_keep[] = "no-store";

enum {
    RETRY_SECONDS = 1,
    ZIPPED_AT_ONCE = 256 * 1024, /* bytes that are compressed within some milliseconds */
};

/* What all that ask for the same have in common. */
static void write_key(struct handling *on)
{
    struct buffer *key = &on->worker->key;
    const struct route *route = on->query.route;
    char text[PERIOD_TEXT];
    key->length = 0;
    buffer_text(key, route->operation);
    buffer_char(key, '?');
    if (route->path_param == PARAM_PERIOD) {
        period_format(on->args.v[PARAM_PERIOD].period, text);
        buffer_text(key, text);
        buffer_char(key, '&');
    } else if (route->path_param != PARAMS) {
        /* Escaped, or a name with '&' in it could pose as another name with parameters. */
        const char *name = on->args.v[route->path_param].text;
        buffer_percent(key, name, strlen(name));
        buffer_char(key, '&');
    }
    if (format_param(route) != PARAMS)
        on->args.v[format_param(route)] = (struct arg){0}; /* the type says it */
    params_write(key, route->taken, &on->args, PARAMS);
    buffer_char(key, ' ');
    buffer_text(key, on->query.content_type);
    if (route->reads_clock && !on->args.v[PARAM_AS_OF].given) {
        char day[DATE_TEXT];
        date_format(on->query.today, day);
        buffer_char(key, ' ');
        buffer_text(key, day);
    }
    on->query.key = key->bytes;
}

/* The tags of an answer and of its gzip twin: of the store, its generation, what was asked, and the build. */
static void write_etags(const struct handling *on, struct answer *answer)
{
    static const char *const encodings[] = {" identity ", " gzip "};
    const struct api *api = on->worker->api;
    char number[32];
    snprintf(number, sizeof number, " %lld ", (long long)answer->generation);
    uint64_t asked = hash_text(hash_text(answer->store, number), answer->key);
    for (size_t i = 0; i < COUNT(encodings); i++) {
        uint64_t hash = hash_text(hash_text(asked, encodings[i]), api->options.build);
        hash = hash_text(hash, api->public_url); /* which stands in the addresses of answers */
        snprintf(i == 0 ? answer->etag : answer->etag_gzip, ETAG_TEXT, "\"%016llx\"",
                 (unsigned long long)hash);
    }
}

/* Hands the answer over, whose texts stay while it is held. */
static void reply(struct api_response *response, struct answer *answer)
{
    response->status = answer->status > 0 ? answer->status : 200;
    response->location = answer->location.length > 0 ? answer->location.bytes : NULL;
    response->answer = answer;
    response->content_type = answer->content_type;
    response->body = response->is_gzip ? answer_gzip(answer) : &answer->body;
    response->generation = answer->generation;
    response->as_of = *answer->as_of ? answer->as_of : NULL;
    response->policy = answer->policy;
    response->link = answer->link.length > 0 ? answer->link.bytes : NULL;
}

/* A client that has this very answer gets 304, with the headers and the length of the answer. */
static void reply_kept(const struct api_request *request, struct api_response *response,
                       struct answer *answer)
{
    const char *has = request->if_none_match;
    response->is_gzip = negotiate_gzip(request->accept_encoding);
    reply(response, answer);
    memcpy(response->etag, response->is_gzip ? answer->etag_gzip : answer->etag, ETAG_TEXT);
    if (has && negotiate_match(has, response->etag))
        response->status = 304;
    response->cache_control = answer->is_part ? must_ask : may_keep;
    response->last_modified = answer->changed_at;
}

static bool build(struct handling *on, struct answer *answer)
{
    const struct route *route = on->query.route;
    answer->policy = route->policy;
    answer->is_part = route->kind == ROUTE_DOCUMENT;
    if (route->kind != ROUTE_DOCUMENT)
        return answer_build(on->worker, &on->query, answer, on->problem);
    const struct embedded *document = api_document(on->worker->api, route->document);
    if (!document)
        return problem_set(on->problem, PROBLEM_NOT_FOUND,
                           "This program was built without its pages; /openapi.yaml describes what "
                           "there is");
    if (document->length > ZIPPED_AT_ONCE && negotiate_gzip(on->request->accept_encoding) &&
        !problem_slow(on->problem, on->query.quick))
        return false;
    buffer_add(&answer->body, document->bytes, document->length);
    answer->content_type = route->content_type;
    return true;
}

/* The kept answer under a key; false where there is none. */
static bool respond_hit(const struct api *api, const struct api_request *request, const char *key,
                        bool is_document, struct api_response *response)
{
    int64_t generation = is_document ? 0 : atomic_load(&api->generation);
    struct answer *answer = cache_get(api->cache, key, generation);
    if (!answer)
        return false;
    response->cache_state = "hit";
    reply_kept(request, response, answer);
    return true;
}

/* Answers that may be kept: by us, and by the client. */
static bool respond_kept(struct handling *on)
{
    struct api *api = on->worker->api;
    bool is_document = on->query.route->kind == ROUTE_DOCUMENT;
    int64_t era = atomic_load(&api->era);
    uint64_t store = atomic_load(&api->store);
    write_key(on);
    if (respond_hit(api, on->request, on->query.key, is_document, on->response)) {
        recent_keep(&on->worker->recent, on->request, on->query.key, is_document);
        return true;
    }
    on->response->cache_state = "miss";
    struct answer *answer = answer_new(api->cache, on->query.key);
    answer->era = era;
    answer->store = store;
    if (!build(on, answer)) {
        answer_return(answer);
        return false;
    }
    write_etags(on, answer);
    if (!is_document)
        generation_note(api, era, answer->generation);
    cache_put(answer);
    reply_kept(on->request, on->response, answer);
    return true;
}

/* A request that came before in the same words: all of the way to its kept answer is known. */
static bool respond_again(struct api_worker *worker, const struct api_request *request,
                          struct api_response *response)
{
    bool is_document;
    const char *key = recent_find(&worker->recent, request, &is_document);
    return key && respond_hit(worker->api, request, key, is_document, response);
}

/* Answers that are made anew each time: of the service itself, and of what the request brought along. */
static bool respond_once(struct handling *on)
{
    struct answer *answer = answer_new(on->worker->api->cache, "");
    if (!answer_build(on->worker, &on->query, answer, on->problem)) {
        answer_return(answer);
        return false;
    }
    if (on->query.route->kind != ROUTE_LIST)
        answer->generation = 0; /* nothing that the store says */
    on->response->token = on->query.token;
    on->response->written = answer->written;
    reply(on->response, answer);
    return true;
}

static bool respond(struct handling *on)
{
    if (!handling_path(on) || !handling_method(on) || !handling_token(on) || !handling_body(on))
        return on->response->status != 0;
    const struct route *route = on->query.route;
    bool ok = handling_variable(on);
    ok &= params_read(&on->worker->arena, route->taken, on->request->query, on->request->n_query,
                      &on->args, on->problem);
    ok &= handling_limits(on);
    ok = ok && format_choose(route, on->path_format, &on->args, on->request->accept,
                             &on->query.format, on->problem);
    if (!ok)
        return false;
    on->query.content_type = format_content_type(route, on->query.format);
    bool is_new = route->method != METHOD_GET || route->kind == ROUTE_STATE ||
                  route->kind == ROUTE_LIVE || route->kind == ROUTE_RECORD;
    return is_new ? respond_once(on) : respond_kept(on);
}

static bool may_ask(struct handling *on)
{
    return on->request->wait_seconds == 0 ||
           problem_set(on->problem, PROBLEM_TOO_MANY,
                       "More requests than one client may make; ask again in %d s",
                       on->request->wait_seconds);
}

/* A request that is to be understood first. */
static void respond_anew(struct api_worker *worker, const struct api_request *request,
                         struct api_response *response)
{
    struct handling on = {
        .worker = worker,
        .request = request,
        .response = response,
        .problem = &worker->problem,
        .query = {.args = &on.args,
                  .today = request->today,
                  .quick = request->quick,
                  .idempotency_key = request->idempotency_key},
    };
    arena_clear(&worker->arena);
    problem_clear(&worker->problem);
    if (may_ask(&on) && respond(&on))
        return;
    worker->body.length = 0;
    problem_write(&worker->problem, &worker->body);
    response->etag[0] = '\0';
    response->is_gzip = false;
    response->status = problem_status(&worker->problem);
    response->content_type = problem_type;
    response->body = &worker->body;
    response->is_slow = worker->problem.is_slow;
    response->is_writing = worker->problem.is_writing;
    response->asks_for_token = response->status == 401;
    response->retry_after = response->status == 503 ? RETRY_SECONDS : request->wait_seconds;
    response->log = *worker->problem.log ? worker->problem.log : NULL;
}

void api_respond(struct api_worker *worker, const struct api_request *request,
                 struct api_response *response)
{
    *response = (struct api_response){.cache_control = may_not_keep, .cache_state = "none"};
    if (request->wait_seconds > 0 || !respond_again(worker, request, response))
        respond_anew(worker, request, response);
}

bool api_prepare(struct api_worker *worker, date today, int i)
{
    static const char *const newest[] = {"/v1/exports/latest", "/v1/exports/projections",
                                         "/v1/exports/projections/backtest"};
    struct api_request request = {.method = "GET", .today = today};
    struct api_response response;
    if (i >= (int)COUNT(newest))
        return false;
    request.path = newest[i];
    api_respond(worker, &request, &response);
    answer_return(response.answer);
    return true;
}
