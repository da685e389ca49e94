#include "exportstat/api/api.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer.h"

/* What stands before the paths in addresses, without a slash at its end. */
static void set_public_url(struct api *api, const char *text)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '/')
        length--;
    memcpy(api->public_url, text, length);
}

bool api_new(const struct api_options *options, struct api **ret, struct error *reterr)
{
    struct store *store;
    struct store_state state;
    /* Before any thread begins. What jansson can not do is then the document's fault alone. */
    json_set_alloc_funcs(must_malloc, free);
    json_object_seed(0);
    if (!store_open(options->database, STORE_READ, &store, reterr))
        return false;
    bool ok = store_begin(store, &state, reterr);
    store_close(store);
    if (!ok)
        return false;
    struct api *api = must_calloc(1, sizeof *api);
    api->options = *options;
    if (options->public_url || options->base_path)
        set_public_url(api, options->public_url ? options->public_url : options->base_path);
    if (api->options.series_max == 0)
        api->options.series_max = SERIES_MAX;
    if (api->options.rows_max == 0)
        api->options.rows_max = ROWS_MAX;
    if (api->options.address_bytes == 0)
        api->options.address_bytes = QUERY_BYTES_MAX;
    api->cache = cache_new(options->cache_bytes);
    api->library = library_new(options->library_bytes);
    pthread_mutex_init(&api->workers_lock, NULL);
    pthread_mutex_init(&api->era_lock, NULL);
    atomic_store(&api->store, hash_text(HASH_START, state.id));
    atomic_store(&api->generation, state.generation);
    *ret = api;
    return true;
}

void api_free(struct api *api)
{
    if (!api)
        return;
    cache_free(api->cache);
    library_free(api->library);
    pthread_mutex_destroy(&api->workers_lock);
    pthread_mutex_destroy(&api->era_lock);
    free(api);
}

bool api_worker_new(struct api *api, struct api_worker **ret, struct error *reterr)
{
    struct api_worker *worker = must_calloc(1, sizeof *worker);
    worker->api = api;
    /* None yet: the first watch finds what was committed while we were starting. */
    worker->data_version = -1;
    if (!store_open(api->options.database, STORE_READ, &worker->store, reterr)) {
        api_worker_free(worker);
        return false;
    }
    pthread_mutex_lock(&api->workers_lock);
    worker->next = api->workers;
    api->workers = worker;
    pthread_mutex_unlock(&api->workers_lock);
    *ret = worker;
    return true;
}

/* What it has counted stays counted. */
static void worker_leave(struct api_worker *worker)
{
    struct api *api = worker->api;
    pthread_mutex_lock(&api->workers_lock);
    struct api_worker **at = &api->workers;
    while (*at && *at != worker)
        at = &(*at)->next;
    if (*at)
        *at = worker->next;
    meters_add(&api->meters, &worker->meters);
    pthread_mutex_unlock(&api->workers_lock);
}

struct meters *api_worker_meters(struct api_worker *worker)
{
    return &worker->meters;
}

void api_meters(struct api *api, struct meters *ret)
{
    pthread_mutex_lock(&api->workers_lock);
    meters_add(ret, &api->meters);
    for (const struct api_worker *worker = api->workers; worker; worker = worker->next)
        meters_add(ret, &worker->meters);
    pthread_mutex_unlock(&api->workers_lock);
}

struct gauges *api_gauges(struct api *api)
{
    return &api->gauges;
}

void api_worker_free(struct api_worker *worker)
{
    if (!worker)
        return;
    worker_leave(worker);
    store_close(worker->store);
    arena_release(&worker->arena);
    recent_release(&worker->recent);
    buffer_release(&worker->key);
    buffer_release(&worker->body);
    buffer_release(&worker->location);
    free(worker);
}

void api_replies(struct api *api, void (*release)(void *reply))
{
    cache_replies(api->cache, release);
}

int64_t api_generation(struct api *api)
{
    return atomic_load(&api->generation);
}

int64_t api_era(struct api *api)
{
    return atomic_load(&api->era);
}

int64_t api_absences(struct api *api)
{
    return atomic_load(&api->absences);
}

void generation_note(struct api *api, int64_t era, int64_t generation)
{
    if (atomic_load(&api->generation) >= generation)
        return;
    pthread_mutex_lock(&api->era_lock);
    if (era == atomic_load(&api->era) && atomic_load(&api->generation) < generation)
        atomic_store(&api->generation, generation);
    pthread_mutex_unlock(&api->era_lock);
}

/* A generation that went back, or another id: the store was restored from a copy, or is another one. What was
 * kept of the generations that it may come to again would be wrong. The lock is held. */
static void start_again(struct api *api, const struct store_state *state)
{
    int64_t era = atomic_fetch_add(&api->era, 1) + 1;
    atomic_store(&api->store, hash_text(HASH_START, state->id));
    atomic_store(&api->generation, state->generation);
    cache_clear(api->cache, era);
    library_clear(api->library, era);
}

/* The first thread that opens what stands there now begins an era; the others come along. */
static void worker_followed(struct api_worker *worker, const struct store_state *state)
{
    struct api *api = worker->api;
    pthread_mutex_lock(&api->era_lock);
    if (api->followed < worker->files) {
        api->followed = worker->files;
        start_again(api, state);
    }
    worker->era = atomic_load(&api->era);
    pthread_mutex_unlock(&api->era_lock);
}

/* Whether another file, or none, stands where the worker's was opened: each looks for itself, since they may have opened
 * different ones. *ret_files then counts it, once for all who see the same. */
static bool has_moved(struct api_worker *worker, int64_t *ret_files)
{
    enum { PAUSE_MILLISECONDS = 25 };
    struct timespec now;
    int64_t known = worker->files;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    int64_t milliseconds = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (milliseconds - worker->looked_at < PAUSE_MILLISECONDS)
        return false;
    worker->looked_at = milliseconds;
    if (!store_moved(worker->store))
        return false;
    atomic_compare_exchange_strong(&worker->api->files, &known, known + 1);
    *ret_files = atomic_load(&worker->api->files);
    return true;
}

static void note_absence(struct api *api)
{
    if (!atomic_exchange(&api->is_away, true))
        atomic_fetch_add(&api->absences, 1);
}

bool worker_follow(struct api_worker *worker, struct error *reterr)
{
    struct api *api = worker->api;
    struct store_state state;
    struct store *store;
    /* In this order: whoever finds the old file later has the old era. */
    worker->era = atomic_load(&api->era);
    int64_t files = atomic_load(&api->files);
    if (worker->files == files && !has_moved(worker, &files))
        return true;
    if (!store_open(api->options.database, STORE_READ, &store, reterr)) {
        note_absence(api);
        return false;
    }
    if (!store_begin(store, &state, reterr)) {
        store_close(store);
        note_absence(api);
        return false;
    }
    store_end(store);
    atomic_store(&api->is_away, false);
    store_close(worker->store);
    worker->store = store;
    worker->files = files;
    worker->data_version = -1;
    worker_followed(worker, &state);
    return true;
}

/* What was noted before the store was read is not beyond it, unless an older copy was put in its place. */
static void worker_compare(struct api_worker *worker, int64_t known,
                           const struct store_state *state)
{
    struct api *api = worker->api;
    if (state->generation >= known &&
        hash_text(HASH_START, state->id) == atomic_load(&api->store)) {
        generation_note(api, worker->era, state->generation);
        return;
    }
    pthread_mutex_lock(&api->era_lock);
    if (worker->era == atomic_load(&api->era))
        start_again(api, state);
    pthread_mutex_unlock(&api->era_lock);
}

void api_watch(struct api_worker *worker)
{
    struct api *api = worker->api;
    struct error err;
    struct store_state state;
    int64_t version;
    if (!worker_follow(worker, &err))
        return;
    if (!store_data_version(worker->store, &version, &err) || version == worker->data_version)
        return;
    int64_t known = atomic_load(&api->generation);
    if (!store_begin(worker->store, &state, &err))
        return;
    store_end(worker->store);
    worker->data_version = version;
    worker_compare(worker, known, &state);
}
