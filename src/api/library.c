#include "exportstat/api/library.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 256, SHARE_MAX = 8 };

/* A series and something else may have the same name. */
enum kind { KIND_SERIES, KIND_BYTES };

/* An item with its memory. */
struct shelved {
    enum kind kind;
    int64_t era;
    struct arena arena;
    size_t size;        /* of the item itself */
    int64_t since;      /* it is of all generations from this one */
    int64_t generation; /* to this one, as far as is known */
    const char *name;   /* of a series, its id */
    bool is_default;    /* the default series, which can be asked for without its name */
    int64_t used;       /* when it was last asked for */
    int references;     /* of readers, and one of the shelf */
    max_align_t item[]; /* a volume, or bytes */
};

static struct shelved *shelved_of(const void *item)
{
    return (struct shelved *)((uintptr_t)item - offsetof(struct shelved, item));
}

static size_t bytes_of(const struct shelved *shelved)
{
    return shelved->size + shelved->arena.taken;
}

struct library {
    pthread_mutex_t lock;
    int64_t era; /* of all that is on the shelf */
    size_t bytes_max;
    size_t bytes;
    int64_t clock; /* counts what is asked for */
    struct shelved *shelf[SLOTS];
};

struct view volume_view(struct arena *arena, const struct volume *volume, date as_of,
                        enum release release)
{
    if (as_of.day == DATE_ALL.day && release == RELEASE_LATEST)
        return volume->newest;
    return view_of(arena, &volume->resolved, as_of, release);
}

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
    library->bytes -= bytes_of(library->shelf[slot]);
    drop(library->shelf[slot]);
    library->shelf[slot] = NULL;
}

void library_clear(struct library *library, int64_t era)
{
    pthread_mutex_lock(&library->lock);
    library->era = era;
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
    library_clear(library, 0);
    pthread_mutex_destroy(&library->lock);
    free(library);
}

static bool is_wanted(const struct shelved *shelved, enum kind kind, int64_t generation,
                      const char *name)
{
    if (!shelved || shelved->kind != kind || shelved->since > generation ||
        shelved->generation < generation)
        return false;
    return name ? strcmp(shelved->name, name) == 0 : shelved->is_default;
}

/* What the shelf has under a name, with a reference for the caller, or NULL; the lock is held. */
static struct shelved *look(struct library *library, enum kind kind, int64_t era,
                            int64_t generation, const char *name)
{
    for (size_t i = 0; i < SLOTS && era == library->era; i++) {
        struct shelved *shelved = library->shelf[i];
        if (is_wanted(shelved, kind, generation, name)) {
            shelved->used = ++library->clock;
            shelved->references++;
            return shelved;
        }
    }
    return NULL;
}

static struct shelved *find(struct library *library, enum kind kind, int64_t era,
                            int64_t generation, const char *name)
{
    pthread_mutex_lock(&library->lock);
    struct shelved *found = look(library, kind, era, generation, name);
    pthread_mutex_unlock(&library->lock);
    return found;
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

static bool is_outdated(const struct shelved *shelved, const struct shelved *newcomer)
{
    return shelved && shelved->kind == newcomer->kind && shelved->since < newcomer->since &&
           strcmp(shelved->name, newcomer->name) == 0;
}

/* Takes out what the newcomer is a newer one of, and then what was used longest ago until there is room. */
static void make_room(struct library *library, const struct shelved *newcomer)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (is_outdated(library->shelf[i], newcomer))
            remove_from_shelf(library, i);
    }
    while (library->bytes > 0 && library->bytes + bytes_of(newcomer) > library->bytes_max)
        remove_from_shelf(library, slot_used_longest_ago(library));
}

/* A new item with one reference, the caller's. */
static struct shelved *shelved_new(enum kind kind, int64_t era, int64_t generation, size_t size)
{
    struct shelved *shelved = must_calloc(1, sizeof *shelved + size);
    shelved->kind = kind;
    shelved->era = era;
    shelved->size = size;
    shelved->since = shelved->generation = generation;
    shelved->references = 1;
    return shelved;
}

/* Puts a newcomer into a free slot, or that of what was used longest ago; the lock is held. */
static void place(struct library *library, struct shelved *newcomer)
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
    library->bytes += bytes_of(newcomer);
}

/* Brings a newcomer, whose reference is given up for one of what is returned: another thread may have brought the
 * same meanwhile, and one of the two is enough. One of another era is the caller's alone. */
static struct shelved *shelve(struct library *library, struct shelved *newcomer)
{
    pthread_mutex_lock(&library->lock);
    struct shelved *shelved =
        look(library, newcomer->kind, newcomer->era, newcomer->generation, newcomer->name);
    if (shelved) {
        drop(newcomer);
    } else {
        if (newcomer->era == library->era)
            place(library, newcomer);
        shelved = newcomer;
    }
    pthread_mutex_unlock(&library->lock);
    return shelved;
}

/* The series of the shelf that has not changed up to a generation, with a reference for the caller, or NULL. */
static struct shelved *find_unchanged(struct library *library, const struct series_info *info,
                                      int64_t era, int64_t generation)
{
    pthread_mutex_lock(&library->lock);
    struct shelved *found = look(library, KIND_SERIES, era, info->changed, info->id);
    if (found && found->generation < generation)
        found->generation = generation;
    pthread_mutex_unlock(&library->lock);
    return found;
}

/* The series as the store has it, or NULL. */
static struct shelved *series_read(struct library *library, int64_t era, struct store *store,
                                   int64_t generation, const char *id, struct error *reterr)
{
    struct evidence evidence;
    struct shelved *newcomer = shelved_new(KIND_SERIES, era, generation, sizeof(struct volume));
    struct volume *volume = (struct volume *)newcomer->item;
    struct series_info *info = &volume->info;
    bool ok = store_series(store, &newcomer->arena, id, info, reterr);
    struct shelved *unchanged = ok ? find_unchanged(library, info, era, generation) : NULL;
    if (!ok || unchanged || !store_evidence(store, &newcomer->arena, info, &evidence, reterr)) {
        library_return(library, volume);
        return unchanged;
    }
    volume->resolved = resolve(&newcomer->arena, evidence, info->fiscal_year_start, info->adds_up);
    volume->newest = view_of(&newcomer->arena, &volume->resolved, DATE_ALL, RELEASE_LATEST);
    newcomer->since = info->changed;
    newcomer->name = info->id;
    newcomer->is_default = info->is_default;
    return shelve(library, newcomer);
}

bool library_get(struct library *library, int64_t era, struct store *store, int64_t generation,
                 const char *id, const struct volume **ret, struct error *reterr)
{
    struct shelved *shelved = find(library, KIND_SERIES, era, generation, id);
    if (!shelved && !(shelved = series_read(library, era, store, generation, id, reterr)))
        return false;
    *ret = (const struct volume *)shelved->item;
    return true;
}

bool library_find(struct library *library, int64_t era, int64_t generation, const char *name,
                  const void **ret, size_t *ret_length)
{
    const struct shelved *shelved = find(library, KIND_BYTES, era, generation, name);
    if (!shelved)
        return false;
    *ret = shelved->item;
    *ret_length = shelved->size;
    return true;
}

void library_put(struct library *library, int64_t era, int64_t generation, const char *name,
                 const void *bytes, size_t length)
{
    if (length > library->bytes_max / SHARE_MAX)
        return;
    struct shelved *shelved = shelved_new(KIND_BYTES, era, generation, length);
    memcpy(shelved->item, bytes, length);
    shelved->name = arena_text(&shelved->arena, name, strlen(name));
    shelved = shelve(library, shelved);
    library_return(library, shelved->item);
}

void library_return(struct library *library, const void *item)
{
    pthread_mutex_lock(&library->lock);
    drop(shelved_of(item));
    pthread_mutex_unlock(&library->lock);
}
