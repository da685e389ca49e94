/* Whole answers, kept by canonical key and generation, bounded in bytes.
 *
 * An answer is immutable once it is cached, but for its gzip twin, which is made when first asked for. It is
 * shared by reference counts: one of the cache, one of each reply that is being sent.
 *
 * Who sends answers can leave a reply that it has made with the answer, to be used again: one for each form, the
 * same for all who ask, holding a reference of its own. It lasts as long as anybody but such replies has the answer. */
#pragma once

#include <stdint.h>

#include "exportstat/base/text.h"

struct cache;

enum { ETAG_TEXT = 24 };

/* The body or its gzip twin, each in full or as a 304. */
enum answer_form { FORM_PLAIN, FORM_GZIP, FORM_PLAIN_304, FORM_GZIP_304, FORMS };

struct answer {
    char *key;
    int64_t era;    /* of the store, in which it was asked for */
    uint64_t store; /* the hash of the store's id */
    int64_t generation;
    int64_t written;          /* the generation that the request has made; 0: none */
    int status;               /* 0: 200 */
    struct buffer location;   /* of the header Location; empty: none */
    int64_t changed_at;       /* of the store, seconds since 1970 */
    const char *content_type; /* static */
    const char *policy;       /* static: what a browser may do with it; NULL: not said */
    bool is_part;             /* of a page: it may be kept, but not used without asking again */
    struct buffer body;
    struct buffer gzip;        /* empty until asked for */
    struct buffer link;        /* of the header Link; empty: none */
    char as_of[16];            /* of the header Exportstat-As-Of; empty: none */
    char etag[ETAG_TEXT];      /* with its quotes, as all that is to be told of it */
    char etag_gzip[ETAG_TEXT]; /* of its gzip twin */
    /* The cache's own: */
    struct cache *cache;
    int references;
    void *replies[FORMS];
    int n_replies; /* each has one of the references */
    uint64_t hash;
    struct answer *next;          /* of the same bucket */
    struct answer *newer, *older; /* by use */
};

struct cache *cache_new(size_t bytes_max);
void cache_free(struct cache *cache); /* NULL is fine */

/* Begins an era: forgets every answer, and takes none of another era any more. Those that are being sent stay until they
 * are. The first era is 0. */
void cache_clear(struct cache *cache, int64_t era);

/* A new answer with one reference, the caller's; it is not in the cache yet. */
struct answer *answer_new(struct cache *cache, const char *key);

/* The answer of a key and generation with a reference for the caller, or NULL. */
struct answer *cache_get(struct cache *cache, const char *key, int64_t generation);

/* Keeps an answer, unless it is of another era or larger than an eighth of the whole. Older generations' answers under the
 * same key are replaced. */
void cache_put(struct answer *answer);

/* The compressed body, made once. */
const struct buffer *answer_gzip(struct answer *answer);

/* Takes another reference. */
void answer_hold(struct answer *answer);

/* Gives back a reference; NULL is fine. */
void answer_return(struct answer *answer);

/* The reply in a form that was left with the answer, or NULL; valid while the caller has a reference. */
void *answer_reply(struct answer *answer, enum answer_form form);

/* Leaves a reply; false where there is one already, and it stays the caller's. It has a reference of its own, which
 * it gives back when it is released. */
bool answer_leave_reply(struct answer *answer, enum answer_form form, void *reply);

/* How replies are released; to be said before the first is left. */
void cache_replies(struct cache *cache, void (*release)(void *reply));

/* 64-bit FNV-1a (Fowler, Noll, Vo), to go on from `hash`; begin with HASH_START. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t hash_text(uint64_t hash, const char *text);
