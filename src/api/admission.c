/* Who may write, and how much: looked at before the body of a request is read. */
#include <string.h>
#include <strings.h>

#include "exportstat/store/token.h"
#include "handling.h"

/* The token of "Bearer TOKEN", or NULL. */
static const char *bearer_of(const char *authorization)
{
    static const char scheme[] = "Bearer ";
    if (!authorization || strncasecmp(authorization, scheme, strlen(scheme)) != 0)
        return NULL;
    authorization += strlen(scheme);
    return authorization + strspn(authorization, " ");
}

static bool token_find(struct api_worker *worker, const char *sent, struct token_info *ret,
                       bool *ret_found, struct problem *problem)
{
    struct error err;
    *ret_found = false;
    return (worker_follow(worker, &err) &&
            store_token_find(worker->store, sent, ret, ret_found, &err)) ||
           problem_from(problem, &err);
}

/* Finds the token of a request and looks at what it is worth. What is wrong with a secret is told only to who has
 * it. */
static bool admit(struct api_worker *worker, const struct route *route,
                  const struct api_request *request, struct token_info *ret,
                  struct problem *problem)
{
    const char *sent = bearer_of(request->authorization);
    bool found;
    if (route->scope && worker->api->options.read_only)
        return problem_set(problem, PROBLEM_FORBIDDEN,
                           "This service is read-only: nothing can be written over HTTP");
    if (!sent)
        return problem_set(
            problem, PROBLEM_UNAUTHORIZED,
            "Send a token as 'Authorization: Bearer TOKEN'; `exportstat token` makes "
            "them");
    if (!token_find(worker, sent, ret, &found, problem))
        return false;
    if (!found)
        return problem_set(problem, PROBLEM_UNAUTHORIZED, "There is no such token");
    if (ret->revoked_at > 0)
        return problem_set(problem, PROBLEM_UNAUTHORIZED, "This token has been revoked");
    if (ret->expires.day < request->today.day) {
        char day[DATE_TEXT];
        date_format(ret->expires, day);
        return problem_set(problem, PROBLEM_UNAUTHORIZED, "This token was good until %s", day);
    }
    return (ret->scopes & route->scope) == route->scope ||
           problem_set(problem, PROBLEM_FORBIDDEN, "This token may not %s",
                       route->scope == SCOPE_IMPORT ? "import" : "revert imports");
}

bool handling_token(struct handling *on)
{
    const struct route *route = on->query.route;
    struct token_info token;
    if (!route->needs_token)
        return true;
    if (!admit(on->worker, route, on->request, &token, on->problem))
        return false;
    on->query.token = arena_text(&on->worker->arena, token.name, strlen(token.name));
    return true;
}

size_t body_max_of(const struct api *api, const struct route *route)
{
    if (!route->body_type || route->body_max > 0)
        return route->body_max;
    return api->options.import_bytes > 0 ? api->options.import_bytes : IMPORT_BYTES_STANDARD;
}

size_t api_body_max(struct api_worker *worker, const struct api_request *request)
{
    const char *variable;
    size_t length;
    struct token_info token;
    const struct route *route =
        route_match(request->path, strlen(request->path), &variable, &length);
    route = route ? route_method(route, request->method) : NULL;
    if (!route)
        return 0;
    problem_clear(&worker->problem);
    bool is_let_in = !route->needs_token || admit(worker, route, request, &token, &worker->problem);
    return is_let_in ? body_max_of(worker->api, route) : 0;
}
