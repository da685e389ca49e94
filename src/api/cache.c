#include "exportstat/api/cache.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <zlib.h>

#include "exportstat/base/arena.h"

enum { BUCKETS = 1024, SHARE_MAX = 8 };

struct cache {
    pthread_mutex_t lock;
    int64_t era;
    size_t bytes_max;
    size_t bytes;
    uint64_t seed; /* random, so that no client can choose keys of one bucket */
    struct answer *bucket[BUCKETS];
    struct answer *newest, *oldest; /* by use */
    void (*release)(void *reply);
};

uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

struct cache *cache_new(size_t bytes_max)
{
    struct cache *cache = must_calloc(1, sizeof *cache);
    pthread_mutex_init(&cache->lock, NULL);
    cache->bytes_max = bytes_max;
    if (getrandom(&cache->seed, sizeof cache->seed, 0) < 0)
        cache->seed = HASH_START;
    return cache;
}

struct answer *answer_new(struct cache *cache, const char *key)
{
    struct answer *answer = must_calloc(1, sizeof *answer);
    size_t length = strlen(key);
    answer->key = memcpy(must_malloc(length + 1), key, length + 1);
    answer->hash = hash_text(cache->seed, key);
    answer->cache = cache;
    answer->references = 1;
    return answer;
}

void cache_replies(struct cache *cache, void (*release)(void *reply))
{
    cache->release = release;
}

static void answer_free(struct answer *answer)
{
    buffer_release(&answer->body);
    buffer_release(&answer->gzip);
    buffer_release(&answer->link);
    buffer_release(&answer->location);
    free(answer->key);
    free(answer);
}

void answer_hold(struct answer *answer)
{
    pthread_mutex_lock(&answer->cache->lock);
    answer->references++;
    pthread_mutex_unlock(&answer->cache->lock);
}

/* Where only its own replies have the answer by now, they go too; and as each of them gives back its reference
 * once it is sent, at last the answer. The lock is not held: they come back here. */
static void answer_drop(struct answer *answer)
{
    struct cache *cache = answer->cache;
    void *replies[FORMS] = {NULL};
    pthread_mutex_lock(&cache->lock);
    answer->references--;
    bool is_last = answer->references == 0;
    if (!is_last && answer->references == answer->n_replies) {
        memcpy(replies, answer->replies, sizeof replies);
        memset(answer->replies, 0, sizeof answer->replies);
        answer->n_replies = 0;
    }
    pthread_mutex_unlock(&cache->lock);
    if (is_last)
        answer_free(answer);
    for (size_t i = 0; i < FORMS; i++) {
        if (replies[i])
            cache->release(replies[i]);
    }
}

void answer_return(struct answer *answer)
{
    if (answer)
        answer_drop(answer);
}

void *answer_reply(struct answer *answer, enum answer_form form)
{
    pthread_mutex_lock(&answer->cache->lock);
    void *reply = answer->replies[form];
    pthread_mutex_unlock(&answer->cache->lock);
    return reply;
}

bool answer_leave_reply(struct answer *answer, enum answer_form form, void *reply)
{
    pthread_mutex_lock(&answer->cache->lock);
    bool is_first = !answer->replies[form];
    if (is_first) {
        answer->replies[form] = reply;
        answer->n_replies++;
    }
    pthread_mutex_unlock(&answer->cache->lock);
    return is_first;
}

static size_t size_of(const struct answer *answer)
{
    return sizeof *answer + answer->body.capacity + answer->gzip.capacity + answer->link.capacity +
           strlen(answer->key);
}

static void unlink_use(struct cache *cache, struct answer *answer)
{
    if (answer->newer)
        answer->newer->older = answer->older;
    else
        cache->newest = answer->older;
    if (answer->older)
        answer->older->newer = answer->newer;
    else
        cache->oldest = answer->newer;
}

static void link_newest(struct cache *cache, struct answer *answer)
{
    answer->newer = NULL;
    answer->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = answer;
    else
        cache->oldest = answer;
    cache->newest = answer;
}

/* Takes an answer out and puts it on a list, to be let go when the lock is not held any more. */
static void evict(struct cache *cache, struct answer *answer, struct answer **leaving)
{
    struct answer **link = &cache->bucket[answer->hash % BUCKETS];
    while (*link != answer)
        link = &(*link)->next;
    *link = answer->next;
    unlink_use(cache, answer);
    cache->bytes -= size_of(answer);
    answer->newer = answer->older = NULL;
    answer->next = *leaving;
    *leaving = answer;
}

static void evict_oldest(struct cache *cache, struct answer **leaving)
{
    assert(!cache->oldest->older);
    evict(cache, cache->oldest, leaving);
}

static void let_go(struct answer *leaving)
{
    while (leaving) {
        struct answer *next = leaving->next;
        answer_return(leaving);
        leaving = next;
    }
}

static struct answer *find(const struct cache *cache, const char *key, uint64_t hash)
{
    struct answer *answer = cache->bucket[hash % BUCKETS];
    while (answer && (answer->hash != hash || strcmp(answer->key, key) != 0))
        answer = answer->next;
    return answer;
}

void cache_clear(struct cache *cache, int64_t era)
{
    struct answer *leaving = NULL;
    pthread_mutex_lock(&cache->lock);
    cache->era = era;
    while (cache->oldest)
        evict_oldest(cache, &leaving);
    pthread_mutex_unlock(&cache->lock);
    let_go(leaving);
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    cache_clear(cache, 0);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

struct answer *cache_get(struct cache *cache, const char *key, int64_t generation)
{
    pthread_mutex_lock(&cache->lock);
    struct answer *answer = find(cache, key, hash_text(cache->seed, key));
    if (answer && answer->generation == generation) {
        answer->references++;
        if (answer != cache->newest) {
            unlink_use(cache, answer);
            link_newest(cache, answer);
        }
    } else {
        answer = NULL;
    }
    pthread_mutex_unlock(&cache->lock);
    return answer;
}

static void shrink(struct cache *cache, size_t bytes, struct answer **leaving)
{
    while (cache->oldest && cache->bytes + bytes > cache->bytes_max)
        evict_oldest(cache, leaving);
}

void cache_put(struct answer *answer)
{
    struct cache *cache = answer->cache;
    struct answer *leaving = NULL;
    pthread_mutex_lock(&cache->lock);
    struct answer *old = find(cache, answer->key, answer->hash);
    if (answer->era == cache->era && size_of(answer) <= cache->bytes_max / SHARE_MAX &&
        (!old || old->generation <= answer->generation)) {
        if (old)
            evict(cache, old, &leaving);
        shrink(cache, size_of(answer), &leaving);
        answer->references++;
        answer->next = cache->bucket[answer->hash % BUCKETS];
        cache->bucket[answer->hash % BUCKETS] = answer;
        link_newest(cache, answer);
        cache->bytes += size_of(answer);
    }
    pthread_mutex_unlock(&cache->lock);
    let_go(leaving);
}

/* One gzip member. Compression can only fail for want of memory or by misuse. */
static void compress_body(const struct buffer *body, struct buffer *gzip)
{
    z_stream stream = {0};
    int code =
        deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    assert(code == Z_OK);
    size_t bound = deflateBound(&stream, body->length);
    stream.next_in = (unsigned char *)body->bytes;
    stream.avail_in = (unsigned)body->length;
    stream.next_out = (unsigned char *)buffer_reserve(gzip, bound);
    stream.avail_out = (unsigned)bound;
    code = deflate(&stream, Z_FINISH);
    assert(code == Z_STREAM_END);
    (void)code;
    gzip->length = stream.total_out;
    deflateEnd(&stream);
}

static bool is_cached(const struct cache *cache, const struct answer *answer)
{
    return find(cache, answer->key, answer->hash) == answer;
}

const struct buffer *answer_gzip(struct answer *answer)
{
    struct cache *cache = answer->cache;
    pthread_mutex_lock(&cache->lock);
    bool made = answer->gzip.length > 0;
    pthread_mutex_unlock(&cache->lock);
    if (made)
        return &answer->gzip;
    struct answer *leaving = NULL;
    struct buffer gzip = {0};
    compress_body(&answer->body, &gzip);
    pthread_mutex_lock(&cache->lock);
    if (answer->gzip.length == 0) {
        size_t before = size_of(answer);
        answer->gzip = gzip;
        gzip = (struct buffer){0};
        if (is_cached(cache, answer)) {
            cache->bytes += size_of(answer) - before;
            shrink(cache, 0, &leaving);
        }
    }
    pthread_mutex_unlock(&cache->lock);
    let_go(leaving);
    buffer_release(&gzip);
    return &answer->gzip;
}
