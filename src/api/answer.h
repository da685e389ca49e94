/* From a request that is understood to its answer. Part of the api. */
#pragma once

#include <pthread.h>

#include "exportstat/api/api.h"
#include "exportstat/api/library.h"
#include "recent.h"
#include "route.h"

/* A request whose route, parameters and format are known. */
struct query {
    const struct route *route;
    const struct args *args;
    enum format format;
    const char *content_type;
    const char *body; /* of the request; NULL: none */
    size_t body_length;
    bool is_body_csv;
    const char *token; /* the name of the one it came with; NULL: none was needed */
    const char *idempotency_key;
    date today;
    bool quick;
    const char *key; /* canonical: equal for all that ask for the same */
};

struct api {
    struct api_options options;
    char public_url[PUBLIC_URL_MAX + 1]; /* without a slash at its end; empty: not known */
    struct cache *cache;
    struct library *library;
    _Atomic uint64_t store; /* the hash of the store's id */
    _Atomic int64_t generation;
    _Atomic int64_t files;    /* how often another file stood under the database's path, or none */
    atomic_bool is_away;      /* none that can be used stands there now */
    _Atomic int64_t absences; /* how often that began */
    _Atomic int64_t era;      /* how often the store turned out to be another one, or older */
    pthread_mutex_t era_lock; /* of what begins an era */
    int64_t followed;         /* of `files`, by whoever came first */
    struct gauges gauges;
    pthread_mutex_t workers_lock;
    struct api_worker *workers; /* all of them, whose meters are added up */
    struct meters meters;       /* of those that have gone */
};

struct api_worker {
    struct api *api;
    struct api_worker *next;
    struct meters meters;
    struct store *store;
    int64_t files;     /* as it was when the store was opened */
    int64_t looked_at; /* when it was last seen to stand there still, in milliseconds */
    int64_t era;       /* as it was before that: what is read of the store is of it, or not kept */
    int64_t data_version;
    struct arena arena;
    struct recent recent;
    struct buffer key;
    struct buffer body; /* of answers that are not cached */
    struct buffer location;
    char allow[ALLOW_TEXT];
    struct problem problem;
};

/* Takes note of a generation of an era. They only grow: a slower thread does not turn back a faster one's. */
void generation_note(struct api *api, int64_t era, int64_t generation);

/* Opens what stands under the database's path now, where that is another file than the one that the worker has open.
 * False where there is none, or it can not be used: then nothing can be said of the data, until it is there again. */
bool worker_follow(struct api_worker *worker, struct error *reterr);

/* How many bytes the body of a route may have. */
size_t body_max_of(const struct api *api, const struct route *route);

/* What stands inside the program under a name; NULL where it was built without. */
const struct embedded *api_document(const struct api *api, const char *name);

/* Builds the answer; false where the problem says why there is none. */
bool answer_build(struct api_worker *worker, const struct query *query, struct answer *answer,
                  struct problem *problem);
