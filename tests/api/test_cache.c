#include "exportstat/api/cache.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "check_main.h"

enum { ROOM = 64 * 1024, BODY = 1000 };

/* An answer whose body says its key and generation; it is put into the cache and given back. */
static void keep(struct cache *cache, const char *key, int64_t generation, size_t length)
{
    struct answer *answer = answer_new(cache, key);
    answer->generation = generation;
    buffer_format(&answer->body, "%s %lld ", key, (long long)generation);
    while (answer->body.length < length)
        buffer_char(&answer->body, (char)('a' + answer->body.length % 26));
    cache_put(answer);
    answer_return(answer);
}

static bool has(struct cache *cache, const char *key, int64_t generation)
{
    char expected[64];
    struct answer *answer = cache_get(cache, key, generation);
    if (!answer)
        return false;
    int length = snprintf(expected, sizeof expected, "%s %lld ", key, (long long)generation);
    ck_assert_int_eq(strncmp(answer->body.bytes, expected, (size_t)length), 0);
    ck_assert_str_eq(answer->key, key);
    answer_return(answer);
    return true;
}

START_TEST(keeps_by_key_and_generation)
{
    struct cache *cache = cache_new(ROOM);
    ck_assert(!has(cache, "a", 1));
    keep(cache, "a", 1, BODY);
    ck_assert(has(cache, "a", 1));
    ck_assert(!has(cache, "a", 2));
    ck_assert(!has(cache, "b", 1));
    ck_assert(!has(cache, "", 1));
    cache_free(cache);
    cache_free(NULL);
    answer_return(NULL);
}
END_TEST

START_TEST(generations_only_grow)
{
    struct cache *cache = cache_new(ROOM);
    keep(cache, "a", 2, BODY);
    keep(cache, "a", 3, BODY);
    ck_assert(!has(cache, "a", 2));
    ck_assert(has(cache, "a", 3));
    keep(cache, "a", 2, BODY); /* by a slow thread */
    ck_assert(has(cache, "a", 3));
    keep(cache, "a", 3, BODY); /* by two threads at once */
    ck_assert(has(cache, "a", 3));
    cache_free(cache);
}
END_TEST

/* How many of the keys "0" to "n-1" are there. */
static int count(struct cache *cache, int n)
{
    char key[16];
    int there = 0;
    for (int i = 0; i < n; i++) {
        snprintf(key, sizeof key, "%d", i);
        there += has(cache, key, 1);
    }
    return there;
}

static void keep_many(struct cache *cache, int from, int to)
{
    char key[16];
    for (int i = from; i < to; i++) {
        snprintf(key, sizeof key, "%d", i);
        keep(cache, key, 1, BODY);
    }
}

START_TEST(is_bounded)
{
    struct cache *cache = cache_new(ROOM);
    keep_many(cache, 0, 500);
    int there = count(cache, 500);
    ck_assert_msg(there > 30 && there * BODY <= ROOM, "%d", there);
    ck_assert(has(cache, "499", 1)); /* the newest are there */
    ck_assert(!has(cache, "0", 1));
    cache_free(cache);
}
END_TEST

START_TEST(what_was_used_longest_ago_goes_first)
{
    struct cache *cache = cache_new(ROOM);
    keep_many(cache, 0, 20);
    ck_assert_int_eq(count(cache, 20), 20);
    for (int i = 20; i < 500; i++) {
        keep_many(cache, i, i + 1);
        ck_assert(has(cache, "7", 1)); /* used all the time */
    }
    ck_assert(!has(cache, "6", 1) && !has(cache, "8", 1));
    cache_free(cache);
}
END_TEST

START_TEST(the_bound_counts_every_byte)
{
    /* Long keys and links cost too. */
    struct cache *cache = cache_new(ROOM);
    char key[4000];
    int there = 0;
    for (int i = 0; i < 100; i++) {
        memset(key, 'k', sizeof key);
        snprintf(key + sizeof key - 8, 8, "%d", i);
        struct answer *answer = answer_new(cache, key);
        buffer_text(&answer->link, "next");
        cache_put(answer);
        answer_return(answer);
    }
    for (int i = 0; i < 100; i++) {
        snprintf(key + sizeof key - 8, 8, "%d", i);
        struct answer *answer = cache_get(cache, key, 0);
        there += answer != NULL;
        answer_return(answer);
    }
    ck_assert_msg(there > 5 && there <= ROOM / 4000, "%d", there);
    cache_free(cache);
}
END_TEST

static const struct {
    const char *name;
    size_t length;
    bool kept;
} sizes[] = {
    {"empty", 0, true},
    {"small", BODY, true},
    {"half of an eighth", ROOM / 16 - 300, true},
    {"an eighth", ROOM / 8, false},
    {"larger than all", ROOM * 2, false},
};

START_TEST(what_is_large_is_not_kept)
{
    struct cache *cache = cache_new(ROOM);
    keep(cache, "other", 1, BODY);
    keep(cache, "a", 1, sizes[_i].length);
    ck_assert_msg(has(cache, "a", 1) == sizes[_i].kept, "%s", sizes[_i].name);
    ck_assert(has(cache, "other", 1)); /* and drives out nothing */
    cache_free(cache);
}
END_TEST

START_TEST(a_cache_of_nothing_keeps_nothing)
{
    struct cache *cache = cache_new(0);
    keep(cache, "a", 1, BODY);
    ck_assert(!has(cache, "a", 1));
    cache_free(cache);
}
END_TEST

START_TEST(what_is_held_stays_readable)
{
    struct cache *cache = cache_new(ROOM);
    keep(cache, "held", 1, BODY);
    struct answer *held = cache_get(cache, "held", 1);
    struct answer *twice = cache_get(cache, "held", 1);
    ck_assert_ptr_eq(held, twice);
    keep_many(cache, 0, 500);
    ck_assert(!has(cache, "held", 1));
    ck_assert_int_eq(strncmp(held->body.bytes, "held 1 ", 7), 0);
    answer_return(twice);
    const struct buffer *gzip = answer_gzip(held); /* also after it has left */
    ck_assert_uint_gt(gzip->length, 0);
    keep(cache, "held", 1, BODY); /* another of its key does not take its place */
    ck_assert_int_eq(strncmp(held->body.bytes, "held 1 ", 7), 0);
    answer_return(held);
    cache_free(cache);
}
END_TEST

static void inflates_to(const struct buffer *gzip, const struct buffer *body)
{
    z_stream stream = {0};
    unsigned char *bytes = malloc(body->length + 1);
    ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK); /* gzip alone */
    stream.next_in = (unsigned char *)gzip->bytes;
    stream.avail_in = (unsigned)gzip->length;
    stream.next_out = bytes;
    stream.avail_out = (unsigned)body->length + 1;
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(stream.total_out, body->length);
    ck_assert_uint_eq(stream.avail_in, 0);
    ck_assert_int_eq(body->length ? memcmp(bytes, body->bytes, body->length) : 0, 0);
    inflateEnd(&stream);
    free(bytes);
}

static const size_t lengths[] = {0, 1, 100, BODY, 100000, 3000000};

START_TEST(the_twin_is_the_same)
{
    struct cache *cache = cache_new(ROOM);
    struct answer *answer = answer_new(cache, "a");
    uint32_t random = 1;
    for (size_t i = 0; i < lengths[_i]; i++) { /* half of it can not be compressed */
        random = random * 1664525 + 1013904223;
        char noise = (char)(random >> 24);
        buffer_add(&answer->body, i % 2 ? &noise : "x", 1);
    }
    const struct buffer *gzip = answer_gzip(answer);
    inflates_to(gzip, &answer->body);
    ck_assert_ptr_eq(answer_gzip(answer), gzip); /* made once */
    answer_return(answer);
    cache_free(cache);
}
END_TEST

START_TEST(twins_count_too)
{
    struct cache *cache = cache_new(ROOM);
    char key[16];
    for (int i = 0; i < 500; i++) {
        snprintf(key, sizeof key, "%d", i);
        keep(cache, key, 1, BODY);
        struct answer *answer = cache_get(cache, key, 1);
        ck_assert_ptr_nonnull(answer);
        inflates_to(answer_gzip(answer), &answer->body);
        answer_return(answer);
    }
    int there = count(cache, 500);
    ck_assert_msg(there > 10 && there * (BODY + 256) <= ROOM, "%d", there);
    cache_free(cache);
}
END_TEST

static void *hammer(void *context)
{
    struct cache *cache = context;
    uint32_t random = (uint32_t)(uintptr_t)&random;
    char key[16];
    for (int i = 0; i < 5000; i++) {
        random = random * 1664525 + 1013904223;
        snprintf(key, sizeof key, "%u", (random >> 16) % 100);
        int64_t generation = 1 + i / 500;
        struct answer *answer = cache_get(cache, key, generation);
        if (!answer) {
            keep(cache, key, generation, BODY);
            continue;
        }
        ck_assert_int_eq(strncmp(answer->body.bytes, key, strlen(key)), 0);
        if (random % 4 == 0)
            ck_assert_uint_gt(answer_gzip(answer)->length, 0);
        answer_return(answer);
    }
    return NULL;
}

START_TEST(threads_share_it)
{
    enum { THREADS = 8 };
    pthread_t thread[THREADS];
    struct cache *cache = cache_new(ROOM);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, hammer, cache);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    int there = count(cache, 100);
    ck_assert_int_le(there * BODY, ROOM);
    cache_free(cache);
}
END_TEST

START_TEST(hashes)
{
    /* Of the reference implementation. */
    ck_assert_uint_eq(hash_text(HASH_START, ""), UINT64_C(0xcbf29ce484222325));
    ck_assert_uint_eq(hash_text(HASH_START, "a"), UINT64_C(0xaf63dc4c8601ec8c));
    ck_assert_uint_eq(hash_text(HASH_START, "foobar"), UINT64_C(0x85944171f73967e8));
    ck_assert_uint_eq(hash_text(hash_text(HASH_START, "foo"), "bar"), UINT64_C(0x85944171f73967e8));
}
END_TEST

/* A reply as libmicrohttpd's are: with a reference to its answer, and a count of who is sending it. */
struct reply {
    struct answer *answer;
    int users;
};

static int n_released;

static void reply_release(void *cls)
{
    struct reply *reply = cls;
    if (--reply->users > 0)
        return;
    n_released++;
    answer_return(reply->answer);
    free(reply);
}

static struct reply *reply_new(struct answer *answer)
{
    struct reply *reply = calloc(1, sizeof *reply);
    answer_hold(answer);
    reply->answer = answer;
    reply->users = 1;
    return reply;
}

START_TEST(replies_last_as_long_as_their_answer)
{
    struct cache *cache = cache_new(ROOM);
    cache_replies(cache, reply_release);
    keep(cache, "a", 1, BODY);
    struct answer *answer = cache_get(cache, "a", 1);
    ck_assert_ptr_null(answer_reply(answer, FORM_GZIP));
    struct reply *reply = reply_new(answer);
    ck_assert(answer_leave_reply(answer, FORM_GZIP, reply));
    ck_assert_ptr_eq(answer_reply(answer, FORM_GZIP), reply);
    ck_assert_ptr_null(answer_reply(answer, FORM_PLAIN));
    answer_return(answer);
    ck_assert_int_eq(n_released, 0);

    /* Who still has the answer can use its replies, whether it is kept or not. */
    answer = cache_get(cache, "a", 1);
    keep(cache, "a", 2, BODY);
    ck_assert_ptr_eq(answer_reply(answer, FORM_GZIP), reply);
    reply->users++; /* it is being sent */
    answer_return(answer);
    ck_assert_int_eq(n_released, 0);
    ck_assert_str_eq(reply->answer->key, "a"); /* its bytes are there until they are sent */
    reply_release(reply);
    ck_assert_int_eq(n_released, 1);
    cache_free(cache);
}
END_TEST

START_TEST(one_reply_for_each_form)
{
    struct cache *cache = cache_new(ROOM);
    cache_replies(cache, reply_release);
    keep(cache, "a", 1, BODY);
    struct answer *answer = cache_get(cache, "a", 1);
    for (enum answer_form form = FORM_PLAIN; form < FORMS; form++)
        ck_assert(answer_leave_reply(answer, form, reply_new(answer)));
    struct reply *late = reply_new(answer);
    ck_assert(!answer_leave_reply(answer, FORM_PLAIN_304, late));
    reply_release(late);
    answer_return(answer);
    ck_assert_int_eq(n_released, 1);
    cache_free(cache);
    ck_assert_int_eq(n_released, 1 + FORMS);
}
END_TEST

START_TEST(what_is_not_kept_goes_with_its_replies)
{
    struct cache *cache = cache_new(0);
    cache_replies(cache, reply_release);
    struct answer *answer = answer_new(cache, "a");
    cache_put(answer);
    ck_assert(answer_leave_reply(answer, FORM_PLAIN, reply_new(answer)));
    answer_return(answer);
    ck_assert_int_eq(n_released, 1);
    cache_free(cache);
}
END_TEST

START_TEST(answers_of_another_era_are_not_kept)
{
    struct cache *cache = cache_new(ROOM);
    struct answer *late = answer_new(cache, "late");
    late->generation = 1;
    keep(cache, "early", 1, BODY);
    cache_clear(cache, 1);
    ck_assert(!has(cache, "early", 1));
    cache_put(late);
    ck_assert(!has(cache, "late", 1));
    late->era = 1;
    cache_put(late);
    ck_assert_ptr_eq(cache_get(cache, "late", 1), late);
    answer_return(late);
    answer_return(late);
    cache_free(cache);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cache");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, keeps_by_key_and_generation);
    tcase_add_test(tests, generations_only_grow);
    tcase_add_test(tests, is_bounded);
    tcase_add_test(tests, what_was_used_longest_ago_goes_first);
    tcase_add_test(tests, the_bound_counts_every_byte);
    tcase_add_loop_test(tests, what_is_large_is_not_kept, 0, COUNT(sizes));
    tcase_add_test(tests, a_cache_of_nothing_keeps_nothing);
    tcase_add_test(tests, what_is_held_stays_readable);
    tcase_add_loop_test(tests, the_twin_is_the_same, 0, COUNT(lengths));
    tcase_add_test(tests, twins_count_too);
    tcase_add_test(tests, threads_share_it);
    tcase_add_test(tests, hashes);
    tcase_add_test(tests, replies_last_as_long_as_their_answer);
    tcase_add_test(tests, one_reply_for_each_form);
    tcase_add_test(tests, what_is_not_kept_goes_with_its_replies);
    tcase_add_test(tests, answers_of_another_era_are_not_kept);
    return check_main(tests);
}
