#include "exportstat/api/library.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 256 };

/* A volume with its memory; `volume` stands first, so that one can be told from the other. */
struct shelved {
    struct volume volume;
    struct arena arena;
    int64_t generation;
    int64_t used;   /* when it was last asked for */
    int references; /* of readers, and one of the shelf */
};

struct library {
    pthread_mutex_t lock;
    size_t bytes_max;
    size_t bytes;
    int64_t clock; /* counts what is asked for */
    struct shelved *shelf[SLOTS];
};

struct library *library_new(size_t bytes_max)
{
    struct library *library = must_calloc(1, sizeof *library);
    pthread_mutex_init(&library->lock, NULL);
    library->bytes_max = bytes_max;
    return library;
}

/* Drops one reference; the lock is held. */
static void drop(struct shelved *shelved)
{
    if (--shelved->references > 0)
        return;
    arena_release(&shelved->arena);
    free(shelved);
}

static void remove_from_shelf(struct library *library, size_t slot)
{
    library->bytes -= library->shelf[slot]->arena.taken;
    drop(library->shelf[slot]);
    library->shelf[slot] = NULL;
}

void library_clear(struct library *library)
{
    pthread_mutex_lock(&library->lock);
    for (size_t i = 0; i < SLOTS; i++) {
        if (library->shelf[i])
            remove_from_shelf(library, i);
    }
    pthread_mutex_unlock(&library->lock);
}

void library_free(struct library *library)
{
    if (!library)
        return;
    library_clear(library);
    pthread_mutex_destroy(&library->lock);
    free(library);
}

static bool is_wanted(const struct shelved *shelved, int64_t generation, const char *id)
{
    if (!shelved || shelved->generation != generation)
        return false;
    return id ? strcmp(shelved->volume.info.id, id) == 0 : shelved->volume.info.is_default;
}

static struct shelved *find(struct library *library, int64_t generation, const char *id)
{
    for (size_t i = 0; i < SLOTS; i++) {
        struct shelved *shelved = library->shelf[i];
        if (is_wanted(shelved, generation, id)) {
            shelved->used = ++library->clock;
            shelved->references++;
            return shelved;
        }
    }
    return NULL;
}

/* The filled slot that was used longest ago; there must be one. */
static size_t slot_used_longest_ago(const struct library *library)
{
    size_t oldest = 0;
    for (size_t i = 1; i < SLOTS; i++) {
        const struct shelved *candidate = library->shelf[i];
        if (candidate &&
            (!library->shelf[oldest] || candidate->used < library->shelf[oldest]->used))
            oldest = i;
    }
    return oldest;
}

/* Takes out what is of an older generation, and then what was used longest ago until there is room. */
static void make_room(struct library *library, const struct shelved *newcomer)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (library->shelf[i] && library->shelf[i]->generation < newcomer->generation)
            remove_from_shelf(library, i);
    }
    while (library->bytes > 0 && library->bytes + newcomer->arena.taken > library->bytes_max)
        remove_from_shelf(library, slot_used_longest_ago(library));
}

static void shelve(struct library *library, struct shelved *newcomer)
{
    make_room(library, newcomer);
    size_t slot = 0;
    while (slot < SLOTS && library->shelf[slot])
        slot++;
    if (slot == SLOTS) {
        slot = slot_used_longest_ago(library);
        remove_from_shelf(library, slot);
    }
    newcomer->used = ++library->clock;
    newcomer->references++;
    library->shelf[slot] = newcomer;
    library->bytes += newcomer->arena.taken;
}

bool library_get(struct library *library, struct store *store, int64_t generation, const char *id,
                 const struct volume **ret, struct error *reterr)
{
    pthread_mutex_lock(&library->lock);
    struct shelved *shelved = find(library, generation, id);
    pthread_mutex_unlock(&library->lock);
    if (!shelved) {
        struct evidence evidence;
        shelved = must_calloc(1, sizeof *shelved);
        shelved->generation = generation;
        shelved->references = 1;
        if (!store_series(store, &shelved->arena, id, &shelved->volume.info, reterr) ||
            !store_evidence(store, &shelved->arena, &shelved->volume.info, &evidence, reterr)) {
            drop(shelved);
            return false;
        }
        shelved->volume.resolved =
            resolve(&shelved->arena, evidence, shelved->volume.info.fiscal_year_start);
        /* Two threads may have resolved the same series: both are right, and one will be used. */
        pthread_mutex_lock(&library->lock);
        shelve(library, shelved);
        pthread_mutex_unlock(&library->lock);
    }
    *ret = &shelved->volume;
    return true;
}

void library_return(struct library *library, const struct volume *volume)
{
    struct shelved *shelved = (struct shelved *)(uintptr_t)volume;
    pthread_mutex_lock(&library->lock);
    drop(shelved);
    pthread_mutex_unlock(&library->lock);
}
