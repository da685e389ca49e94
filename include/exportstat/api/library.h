/* Resolved series, and what else is made of a whole store, kept between requests.
 *
 * Resolving a series takes longer than any statistic on it, and depends on nothing but its reports and rulings: it is
 * kept until they change, whatever else a new generation brought. What is made of all that there is, such as the audit
 * of all claims, is of one generation. The library is shared by all
 * threads; what it hands out is never changed and stays valid until it is given back. What it keeps is bounded in
 * bytes: what was used longest ago goes first. What is out and not kept any more is not counted. */
#pragma once

#include "exportstat/stats/view.h"
#include "exportstat/store/store.h"

struct library;

struct volume {
    struct series_info info;
    struct resolved resolved;
    struct view newest; /* with all that is known, as most answers want it */
};

/* The view of a series as of a date; the newest one is the volume's own. */
struct view volume_view(struct arena *arena, const struct volume *volume, date as_of,
                        enum release release);

struct library *library_new(size_t bytes_max);
void library_free(struct library *library); /* NULL is fine; nothing may be out */

/* Begins an era, after the store turned out to be another one, which may come to the same generations: forgets
 * everything. Who still reads in another era finds nothing, and what it brings is not kept. What is out stays valid until
 * it is given back. The first era is 0. */
void library_clear(struct library *library, int64_t era);

/* A series, by its id or the default one where id is NULL, as of a store's generation in an era, in whose read
 * transaction the caller is. To be given back. */
bool library_get(struct library *library, int64_t era, struct store *store, int64_t generation,
                 const char *id, const struct volume **ret, struct error *reterr);
void library_return(struct library *library, const void *item);

/* Anything else, by a name of its own and the generation that it was made of, which is that of the last change of a
 * series where it was made of this alone. It is no series, whatever it is called. What is not there, the caller makes
 * and brings: library_put keeps a copy of the bytes, unless they are more than an eighth of what may be kept. */
bool library_find(struct library *library, int64_t era, int64_t generation, const char *name,
                  const void **ret, size_t *ret_length);
void library_put(struct library *library, int64_t era, int64_t generation, const char *name,
                 const void *bytes, size_t length);
