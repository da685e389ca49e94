/* One event loop and what hangs on it. Part of http. */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "clients.h"
#include "exportstat/http/server.h"

struct exchange;
struct slow;

/* A connection as the loop sees it. */
struct peer {
    struct peer *next, *previous;
    int fd;
    int64_t deadline;         /* milliseconds of the monotonic clock; INT64_MAX: none */
    char client[CLIENT_TEXT]; /* its address */
};

struct loop {
    struct server *server;
    struct MHD_Daemon *daemon;
    struct api_worker *worker;
    pthread_t thread;
    bool is_first;          /* this one watches the store */
    bool is_starved;        /* a connection could not be taken just now */
    int64_t complains_next; /* when libmicrohttpd's next complaint is logged, in milliseconds */
    int64_t absences;       /* of the database, that have been told */
    int64_t era;            /* likewise */
    int wake;               /* an event descriptor that ends the loop's wait */
    int quiesced;           /* the daemon's listening descriptor once it takes no more, else -1 */
    struct peer peers;      /* a ring, whoever moved on last at its end */
    int n_peers;
    pthread_mutex_t answered_lock;
    struct exchange *answered; /* by the threads for slow work and for writing */
    struct buffer log;         /* lines that are not written yet */
    int64_t log_due;           /* when they are to be, in milliseconds of the monotonic clock */
    struct buffer address;     /* of a request, for its line */
    struct exchange *spare;    /* to be used again */
    int64_t now;               /* milliseconds of the monotonic clock, when the loop last woke */
    uint64_t requests;         /* counts them, for their ids */
};

struct server {
    struct api *api;
    struct clients *clients;
    struct server_options options;
    struct loop *loops;
    int n_loops;
    struct slow *slow;
    struct slow *writing; /* a lane of its own: a batch may take seconds */
    uint64_t id;          /* random: where request ids begin */
    atomic_bool draining; /* no more connections */
    atomic_bool stopping;
    atomic_int answering; /* requests that have begun and whose answer is not sent yet */
};

enum {
    LOG_BYTES = 3584, /* lines of the log that are written together, with one more at once … */
    LOG_MILLISECONDS = 50, /* … and how long they may wait for it */
};

int64_t now_milliseconds(void);
date today_utc(void);

/* How many connections the loop has at most. */
int connections_max(const struct loop *loop);

/* The connections of a loop begin, move on and end. A step is a connection's beginning, a complete request, and the end
 * of an answer: it has so many seconds to the next one. Where nearly all places are taken, a newcomer takes that of
 * whoever made no step for longest. */
enum { PEER_FOR_EVER = INT32_MAX };
void peers_start(struct loop *loop);
struct peer *peer_new(struct loop *loop, struct MHD_Connection *connection);
void peer_step(struct loop *loop, struct peer *peer, int64_t seconds);
void peer_moved(struct loop *loop, struct peer *peer); /* a good part of a body: the time stays */
void peer_free(struct loop *loop, struct peer *peer);

/* Shuts down whoever has been too slow; libmicrohttpd then sees the connection's end. Its own time-out only counts
 * silence, which a client that drips one byte at a time never shows. */
void peers_enforce(struct loop *loop);

/* libmicrohttpd's callbacks; `cls` is the loop. */
enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **context);
void exchange_completed(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode code);

/* Frees the loop's spare exchanges. */
void exchanges_release(struct loop *loop);

/* One thread for answers that take long, with a worker of its own. What it takes over waits in a bounded queue, in
 * the order of coming, with its connection suspended. The one that prepares computes the newest answers in advance
 * whenever a new generation appears and nobody waits. */
bool slow_start(struct server *server, bool prepares, struct slow **ret, struct error *reterr);

/* Takes a request over, which is the thread's from now on; false where too many wait. */
bool slow_take(struct slow *slow, struct exchange *exchange);

/* One of the loop's requests that has got its reply, the loop's again; or NULL. */
struct exchange *slow_answered(struct loop *loop);

/* To be called after the store has been looked at, of the one that prepares. */
void slow_watch(struct slow *slow);

/* Ends the thread, after what it is at. Who waits still is answered that there is no time. */
void slow_stop(struct slow *slow);

/* NULL is fine. */
void slow_free(struct slow *slow);
