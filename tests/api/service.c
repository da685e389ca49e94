#include "service.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../store/fixture.h"
#include "exportstat/store/csv.h"

extern const struct embedded bundle[];

static const struct embedded documents[] = {
    {"openapi.yaml", 12, "openapi: 3.1"},
    {"openapi.yaml:json", 18, "{\"openapi\":\"3.1\"}\n"},
    {"index.html", 6, "<html>"},
    {"dashboard.js", 2, "{}"},
    {"dashboard.css", 2, "{}"},
    {"docs.html", 6, "<html>"},
    {"docs.js", 2, "{}"},
    {"docs.css", 2, "{}"},
    {"icon.svg", 6, "<svg/>"},
    {NULL, 0, NULL},
};

const char *bundled_store(const char *name)
{
    const char *path = path_of(name);
    struct import_result result;
    struct error err;
    struct store *store = store_made(path);
    ck_assert_msg(store_bundle(store, bundle, &result, &err), "%s", err.detail);
    store_close(store);
    return path;
}

bool service_try(const char *path, const char *build, struct service *ret, struct error *reterr)
{
    const struct api_options options = {
        .database = path,
        .build = build,
        .documents = documents,
        .cache_bytes = 16 << 20,
        .library_bytes = 32 << 20,
    };
    *ret = (struct service){0};
    if (api_new(&options, &ret->api, reterr) && api_worker_new(ret->api, &ret->worker, reterr))
        return true;
    api_free(ret->api);
    *ret = (struct service){0};
    return false;
}

struct service service_start(const char *path, const char *build)
{
    struct service service;
    struct error err;
    ck_assert_msg(service_try(path, build, &service, &err), "%s", err.detail);
    return service;
}

static struct api_response last;

static void give_back(void)
{
    answer_return(last.answer);
    last = (struct api_response){0};
}

void service_stop(struct service *service)
{
    give_back();
    api_worker_free(service->worker);
    api_free(service->api);
}

/* Cuts an address into path and query, as libmicrohttpd does, but for decoding. */
static size_t cut(char *address, struct query_pair *pairs, size_t room)
{
    size_t n = 0;
    char *query = strchr(address, '?');
    if (!query)
        return 0;
    *query++ = '\0';
    while (*query) {
        size_t length = strcspn(query, "&");
        const char *equals = memchr(query, '=', length);
        ck_assert_uint_lt(n, room);
        pairs[n] = (struct query_pair){.name = query, .name_length = length};
        if (equals) {
            pairs[n].name_length = (size_t)(equals - query);
            pairs[n].value = equals + 1;
            pairs[n].value_length = length - pairs[n].name_length - 1;
        }
        n++;
        query += length + (query[length] == '&');
    }
    return n;
}

const struct api_response *ask(struct service *service, struct ask what)
{
    static char address[8192];
    struct query_pair pairs[128];
    give_back();
    ck_assert_uint_lt(strlen(what.address), sizeof address);
    memcpy(address, what.address, strlen(what.address) + 1);
    size_t n = cut(address, pairs, 128);
    struct api_request request = {
        .method = what.method ? what.method : "GET",
        .path = address,
        .query = pairs,
        .n_query = n,
        .accept = what.accept,
        .accept_encoding = what.accept_encoding,
        .if_none_match = what.if_none_match,
        .has_body = what.has_body,
        .quick = what.quick,
        .today = {date_of(2026, 3, 20).day + what.days},
    };
    api_respond(service->worker, &request, &last);
    return &last;
}

json_t *json_of(const struct api_response *response, const char *address)
{
    json_error_t error;
    ck_assert_msg(response->body && response->body->length > 0, "%s: no body", address);
    const struct buffer *body = response->body;
    ck_assert_msg(body->bytes[body->length - 1] == '\n', "%s: no line end", address);
    json_t *root = json_loadb(body->bytes, body->length, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(root, "%s: %s at %d of %s", address, error.text, error.position, body->bytes);
    ck_assert_msg(json_is_object(root), "%s: no object", address);
    return root;
}

int64_t csv_rows_of(const struct api_response *response, const char *address)
{
    const struct buffer *body = response->body;
    struct error err;
    int64_t rows = -1;
    bool end = false;
    ck_assert_ptr_nonnull(body);
    ck_assert_msg(body->length > 0, "%s: no body", address);
    FILE *file = fmemopen(body->bytes, body->length, "r");
    struct csv csv = {.file = file, .name = address};
    for (; !end; rows += !end)
        ck_assert_msg(csv_next(&csv, &end, &err), "%s", err.detail);
    csv_release(&csv);
    fclose(file);
    return rows;
}

bool body_has(const struct api_response *response, const char *text)
{
    const struct buffer *body = response->body;
    return body && memmem(body->bytes, body->length, text, strlen(text));
}
