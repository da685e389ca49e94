/* Requests to the whole service but for its sockets, on the bundled data: an address, its query, and a body after the
 * first line. Claims are checked and batches are tried, by a token and as dry runs; nothing is a fault of the service. */
#include <stdio.h>

#include "exportstat/api/api.h"
#include "exportstat/base/arena.h"
#include "exportstat/store/import.h"
#include "exportstat/store/token.h"
#include "fuzz.h"

extern const struct embedded bundle[];

enum { PAIRS_MAX = 64 };

static struct api *api;
static struct api_worker *worker;
static char authorization[TOKEN_TEXT + 8] = "Bearer ";
static char folder[] = "/tmp/exportstat-fuzz-XXXXXX";
static char path[64];

static void leave(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    api_worker_free(worker);
    api_free(api);
    for (size_t i = 0; i < COUNT(ends); i++) {
        char name[sizeof path + 8];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        remove(name);
    }
    remove(folder);
}

static void begin(void)
{
    static const struct embedded documents[] = {
        {"openapi.yaml", 12, "openapi: 3.1"}, {"openapi.yaml:json", 3, "{}\n"}, {NULL, 0, NULL}};
    struct store *store;
    struct import_result result;
    struct error err;
    int applied;
    must(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/db", folder);
    must(store_open(path, STORE_WRITE, &store, &err) && store_migrate(store, &applied, &err));
    must(store_bundle(store, bundle, &result, &err));
    must(store_token_create(store, "fuzz", SCOPE_IMPORT, date_of(2190, 1, 1),
                            authorization + strlen(authorization), &err));
    store_close(store);
    const struct api_options options = {.database = path,
                                        .build = "fuzz",
                                        .documents = documents,
                                        .cache_bytes = 1 << 20,
                                        .library_bytes = 32 << 20};
    must(api_new(&options, &api, &err) && api_worker_new(api, &worker, &err));
    atexit(leave);
}

/* Cuts what follows the question mark as libmicrohttpd does, but for decoding. */
static size_t cut(const char *query, struct query_pair *pairs)
{
    size_t n = 0;
    while (*query && n < PAIRS_MAX) {
        size_t length = strcspn(query, "&");
        const char *equals = memchr(query, '=', length);
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

static void respond(char *address, const char *body, size_t length)
{
    struct query_pair pairs[PAIRS_MAX + 1];
    struct api_response response = {0};
    bool is_import = strncmp(address, "/v1/imports", 11) == 0;
    char *query = strchr(address, '?');
    if (query)
        *query++ = '\0';
    size_t n = query ? cut(query, pairs) : 0;
    if (is_import)
        pairs[n++] = (struct query_pair){"dry_run", 7, "true", 4};
    struct api_request request = {.method = body ? "POST" : "GET",
                                  .path = address,
                                  .query = pairs,
                                  .n_query = n,
                                  .authorization = authorization,
                                  .has_body = body != NULL,
                                  .has_length = body != NULL,
                                  .body = body,
                                  .body_length = length,
                                  .today = date_of(2026, 3, 20)};
    request.content_type = body && *body == '{' ? "application/json" : "text/csv";
    api_respond(worker, &request, &response);
    must(response.status >= 200 && response.status < 500);
    answer_return(response.answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!api)
        begin();
    char *text = must_malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    char *line_end = memchr(text, '\n', size);
    if (line_end)
        *line_end++ = '\0';
    if (*text == '/')
        respond(text, line_end, line_end ? (size_t)(text + size - line_end) : 0);
    free(text);
    return 0;
}
