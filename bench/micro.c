/* One part of the service, some times over, for callgrind to count: bench/micro.py runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exportstat/api/api.h"

enum { ROUNDS = 100, WARM_ROUNDS = 5, CACHE = 32 * 1024 * 1024 };

static const struct part {
    const char *name;
    const char *path;
    const char *last; /* the parameter `last`; NULL: none */
    const char *encoding;
    bool has_it; /* asks with If-None-Match */
    size_t cache_bytes;
    int status;
} parts[] = {
    {"hit", "/v1/exports", "30", NULL, false, CACHE, 200},
    {"hit, gzip", "/v1/exports", "30", "gzip", false, CACHE, 200},
    {"304", "/v1/exports", "30", NULL, true, CACHE, 304},
    {"first answer, 30 months", "/v1/exports", "30", NULL, false, 0, 200},
    {"latest, not kept", "/v1/exports/latest", NULL, NULL, false, 0, 200},
    {"404", "/v1/nothing", NULL, NULL, false, 0, 404},
};

static void respond(struct api_worker *worker, const struct part *part, const char *etag,
                    struct api_response *response)
{
    const struct query_pair pair = {"last", 4, part->last, part->last ? strlen(part->last) : 0};
    const struct api_request request = {
        .method = "GET",
        .path = part->path,
        .query = &pair,
        .n_query = part->last != NULL,
        .accept_encoding = part->encoding,
        .if_none_match = part->has_it ? etag : NULL,
        .today = {20000},
    };
    api_respond(worker, &request, response);
    answer_return(response->answer);
}

/* What callgrind collects: bench/micro.py names this function. */
__attribute__((noinline)) void measured(struct api_worker *worker, const struct part *part,
                                        const char *etag);
void measured(struct api_worker *worker, const struct part *part, const char *etag)
{
    struct api_response response;
    for (int i = 0; i < ROUNDS; i++)
        respond(worker, part, etag, &response);
}

static bool run(const char *database, const struct part *part)
{
    static const struct embedded no_documents[] = {{0}};
    struct api_options options = {.database = database,
                                  .build = "bench",
                                  .documents = no_documents,
                                  .cache_bytes = part->cache_bytes,
                                  .library_bytes = CACHE};
    struct api *api;
    struct api_worker *worker;
    struct api_response response = {0};
    struct error err;
    char etag[ETAG_TEXT] = "";
    if (!api_new(&options, &api, &err) || !api_worker_new(api, &worker, &err)) {
        fprintf(stderr, "micro: %s\n", err.detail);
        return false;
    }
    for (int i = 0; i < WARM_ROUNDS; i++) {
        respond(worker, part, etag, &response);
        memcpy(etag, response.etag, sizeof etag);
    }
    measured(worker, part, etag);
    api_worker_free(worker);
    api_free(api);
    return response.status == part->status;
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        for (size_t i = 0; i < COUNT(parts); i++)
            puts(parts[i].name);
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; argc == 3 && i < COUNT(parts); i++) {
        if (strcmp(parts[i].name, argv[2]) == 0)
            return run(argv[1], &parts[i]) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    fputs("usage: micro [DATABASE PART]\n", stderr);
    return EXIT_FAILURE;
}
