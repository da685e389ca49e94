/* One event loop and what hangs on it. Part of http. */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "exportstat/http/server.h"

struct exchange;

/* A connection as the loop sees it. */
struct peer {
    struct peer *next, *previous;
    int fd;
    bool answering;   /* a request is complete, and its answer under way */
    int64_t deadline; /* milliseconds of the monotonic clock */
};

struct loop {
    struct server *server;
    struct MHD_Daemon *daemon;
    struct api_worker *worker;
    pthread_t thread;
    bool is_first;     /* this one watches the store */
    int wake;          /* an event descriptor that ends the loop's wait */
    int quiesced;      /* the daemon's listening descriptor once it takes no more, else -1 */
    struct peer peers; /* a ring */
    struct buffer log;
    uint64_t requests; /* counts them, for their ids */
};

struct server {
    struct api *api;
    struct server_options options;
    struct loop *loops;
    int n_loops;
    uint64_t id;          /* random: where request ids begin */
    atomic_bool draining; /* no more connections */
    atomic_bool stopping;
    atomic_int answering; /* requests that have begun and whose answer is not sent yet */
};

int64_t now_milliseconds(void);

/* libmicrohttpd's callbacks; `cls` is the loop. */
enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **context);
void exchange_completed(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode code);
