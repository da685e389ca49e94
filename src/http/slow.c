#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "exchange.h"

enum { WAITING_MAX = 32 }; /* of which each takes some 10 ms, and in the worst case a second */

struct slow {
    struct api *api;
    _Atomic int64_t *gauge; /* of those that wait */
    struct api_worker *worker;
    struct buffer log;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool writes;
    bool ending;
    struct exchange *waiting[WAITING_MAX]; /* a ring */
    size_t first;
    size_t n;
    int64_t generation; /* of which all newest answers are there but for … */
    int prepared;       /* … those from here on; -1: none is missing */
};

/* Hands a request with its reply to its loop. */
static void give_back(struct exchange *exchange)
{
    struct loop *loop = exchange->loop;
    pthread_mutex_lock(&loop->answered_lock);
    exchange->next = loop->answered;
    loop->answered = exchange;
    pthread_mutex_unlock(&loop->answered_lock);
    eventfd_write(loop->wake, 1);
}

/* The next one that waits, or NULL; the lock is held. */
static struct exchange *take_next(struct slow *slow)
{
    if (slow->n == 0)
        return NULL;
    struct exchange *exchange = slow->waiting[slow->first];
    slow->first = (slow->first + 1) % WAITING_MAX;
    slow->n--;
    atomic_fetch_sub(slow->gauge, 1);
    return exchange;
}

/* Goes on with the newest answers, by one; the lock is held, but not meanwhile. */
static void prepare_next(struct slow *slow)
{
    int i = slow->prepared;
    int64_t generation = slow->generation;
    pthread_mutex_unlock(&slow->lock);
    bool is_last = !api_prepare(slow->worker, today_utc(), i);
    pthread_mutex_lock(&slow->lock);
    if (generation == slow->generation)
        slow->prepared = is_last ? -1 : i + 1;
}

static void *slow_run(void *cls)
{
    enum { WRITER_NICE = 10 };
    struct slow *slow = cls;
    if (slow->writes) /* who reads goes first */
        setpriority(PRIO_PROCESS, (id_t)gettid(), WRITER_NICE);
    pthread_mutex_lock(&slow->lock);
    while (!slow->ending) {
        struct exchange *exchange = take_next(slow);
        if (exchange) {
            pthread_mutex_unlock(&slow->lock);
            exchange_answer(exchange, slow->worker, /* quick= */ false, &slow->log);
            give_back(exchange);
            pthread_mutex_lock(&slow->lock);
        } else if (slow->prepared >= 0) {
            prepare_next(slow);
        } else {
            pthread_cond_wait(&slow->changed, &slow->lock);
        }
    }
    pthread_mutex_unlock(&slow->lock);
    return NULL;
}

bool slow_start(struct server *server, bool prepares, struct slow **ret, struct error *reterr)
{
    struct slow *slow = must_calloc(1, sizeof *slow);
    if (!api_worker_new(server->api, &slow->worker, reterr)) {
        free(slow);
        return false;
    }
    struct gauges *gauges = api_gauges(server->api);
    slow->api = server->api;
    slow->writes = !prepares;
    slow->gauge = prepares ? &gauges->slow_waiting : &gauges->writing_waiting;
    slow->generation = api_generation(server->api);
    slow->prepared = prepares ? 0 : -1;
    pthread_mutex_init(&slow->lock, NULL);
    pthread_cond_init(&slow->changed, NULL);
    int code = pthread_create(&slow->thread, NULL, slow_run, slow);
    if (code != 0) {
        slow_free(slow);
        return error_set(reterr, ERROR_SYSTEM, "no thread: %s", strerror(code));
    }
    *ret = slow;
    return true;
}

bool slow_take(struct slow *slow, struct exchange *exchange)
{
    pthread_mutex_lock(&slow->lock);
    bool has_room = slow->n < WAITING_MAX && !slow->ending;
    if (has_room) {
        slow->waiting[(slow->first + slow->n++) % WAITING_MAX] = exchange;
        atomic_fetch_add(slow->gauge, 1);
        pthread_cond_signal(&slow->changed);
    }
    pthread_mutex_unlock(&slow->lock);
    return has_room;
}

struct exchange *slow_answered(struct loop *loop)
{
    pthread_mutex_lock(&loop->answered_lock);
    struct exchange *exchange = loop->answered;
    if (exchange)
        loop->answered = exchange->next;
    pthread_mutex_unlock(&loop->answered_lock);
    return exchange;
}

void slow_watch(struct slow *slow)
{
    int64_t generation = api_generation(slow->api);
    pthread_mutex_lock(&slow->lock);
    if (generation != slow->generation) {
        slow->generation = generation;
        slow->prepared = 0;
        pthread_cond_signal(&slow->changed);
    }
    pthread_mutex_unlock(&slow->lock);
}

void slow_stop(struct slow *slow)
{
    struct exchange *exchange;
    if (!slow)
        return;
    pthread_mutex_lock(&slow->lock);
    slow->ending = true;
    pthread_cond_signal(&slow->changed);
    pthread_mutex_unlock(&slow->lock);
    pthread_join(slow->thread, NULL);
    pthread_mutex_lock(&slow->lock);
    while ((exchange = take_next(slow))) {
        exchange_answer(exchange, slow->worker, /* quick= */ true, &slow->log);
        give_back(exchange);
    }
    pthread_mutex_unlock(&slow->lock);
}

void slow_free(struct slow *slow)
{
    if (!slow)
        return;
    api_worker_free(slow->worker);
    buffer_release(&slow->log);
    pthread_cond_destroy(&slow->changed);
    pthread_mutex_destroy(&slow->lock);
    free(slow);
}
