/* Whole answers, kept by canonical key and generation, bounded in bytes.
 *
 * An answer is immutable once it is cached, but for its gzip twin, which is made when first asked for. It is
 * shared by reference counts: one of the cache, one of each reply that is being sent. */
#pragma once

#include <stdint.h>

#include "exportstat/base/text.h"

struct cache;

enum { ETAG_TEXT = 24 };

struct answer {
    char *key;
    int64_t generation;
    int64_t changed_at;       /* of the store, seconds since 1970 */
    const char *content_type; /* static */
    struct buffer body;
    struct buffer gzip;        /* empty until asked for */
    struct buffer link;        /* of the header Link; empty: none */
    char as_of[16];            /* of the header Exportstat-As-Of; empty: none */
    char etag[ETAG_TEXT];      /* with its quotes, as all that is to be told of it */
    char etag_gzip[ETAG_TEXT]; /* of its gzip twin */
    /* The cache's own: */
    struct cache *cache;
    int references;
    uint64_t hash;
    struct answer *next;          /* of the same bucket */
    struct answer *newer, *older; /* by use */
};

struct cache *cache_new(size_t bytes_max);
void cache_free(struct cache *cache); /* NULL is fine */

/* Forgets every answer; those that are being sent stay until they are. */
void cache_clear(struct cache *cache);

/* A new answer with one reference, the caller's; it is not in the cache yet. */
struct answer *answer_new(struct cache *cache, const char *key);

/* The answer of a key and generation with a reference for the caller, or NULL. */
struct answer *cache_get(struct cache *cache, const char *key, int64_t generation);

/* Keeps an answer, unless it is larger than an eighth of the whole. Older generations' answers under the
 * same key are replaced. */
void cache_put(struct answer *answer);

/* The compressed body, made once. */
const struct buffer *answer_gzip(struct answer *answer);

/* Gives back a reference; NULL is fine. */
void answer_return(struct answer *answer);

/* 64-bit FNV-1a (Fowler, Noll, Vo), to go on from `hash`; begin with HASH_START. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t hash_text(uint64_t hash, const char *text);
