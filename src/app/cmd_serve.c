#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bundle.h"
#include "exportstat/base/log.h"
#include "exportstat/http/server.h"
#include "open.h"

enum {
    MIB = 1024 * 1024,
    THREADS_MAX = 16,
    OTHER_DESCRIPTORS = 32, /* databases, logs, sockets beside the connections … */
    LOOP_DESCRIPTORS = 6,   /* … and of each loop */
    CONNECTIONS_MIN = 16,
};

static int threads_of(const struct config *config)
{
    long threads = config->number[OPTION_THREADS];
    if (threads == 0)
        threads = sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1)
        threads = 1;
    return (int)(threads > THREADS_MAX ? THREADS_MAX : threads);
}

/* A connection limit that the descriptors do not cover would leave clients hanging without an answer. */
static int connections_of(const struct config *config)
{
    struct rlimit limit;
    rlim_t others = (rlim_t)LOOP_DESCRIPTORS * (rlim_t)threads_of(config) + OTHER_DESCRIPTORS;
    rlim_t wanted = (rlim_t)config->number[OPTION_CONNECTIONS] + others;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return (int)config->number[OPTION_CONNECTIONS];
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted)
        return (int)config->number[OPTION_CONNECTIONS];
    log_event(LOG_WARNING, "fewer connections than asked for", "reason", "the limit of open files");
    return limit.rlim_cur > others + CONNECTIONS_MIN ? (int)(limit.rlim_cur - others)
                                                     : CONNECTIONS_MIN;
}

/* The name of a Unix socket stays when it is closed; by then it may be that of the next process. */
static void name_take_back(const struct config *config, const struct listener *listener)
{
    if (!listener->is_inherited && strncmp(config->text[OPTION_LISTEN], "unix:", 5) == 0)
        unlink(config->text[OPTION_LISTEN] + 5);
}

static void tell_log(const char *what)
{
    log_event(LOG_INFO, "database", "change", what);
}

static bool serve(const struct config *config, struct api *api, const struct listener *listener,
                  struct error *reterr)
{
    struct server *server;
    sigset_t ending;
    int received;
    struct server_options options = {
        .listener = listener->fd,
        .is_inherited = listener->is_inherited,
        .threads = threads_of(config),
        .connections = connections_of(config),
        .connection_bytes = (size_t)config->number[OPTION_CONNECTION_MEMORY] * 1024,
        .request_seconds = (int)config->number[OPTION_REQUEST_TIMEOUT],
        .answer_seconds = (int)config->number[OPTION_ANSWER_TIMEOUT],
        .drain_seconds = (int)config->number[OPTION_DRAIN_TIMEOUT],
        .trusted_proxies = config->text[OPTION_TRUSTED_PROXY],
        .rate = (int)config->number[OPTION_RATE_LIMIT],
        .base_path = config->text[OPTION_BASE_PATH],
        .log_requests = config->number[OPTION_LOG_REQUESTS] != 0,
    };
    /* Before any thread begins, so that all inherit it: signals are for this one alone. */
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (!server_start(api, &options, &server, reterr)) {
        name_take_back(config, listener);
        return false;
    }
    printf("exportstat listening on %s\n", listener->url);
    fflush(stdout);
    sigwait(&ending, &received);
    log_event(LOG_INFO, "ending", "signal", received == SIGTERM ? "SIGTERM" : "SIGINT");
    name_take_back(config, listener);
    server_stop(server);
    return true;
}

int run_serve(const struct config *config)
{
    struct error err;
    struct store *store;
    struct api *api;
    struct listener listener;
    struct api_options options = {
        .database = config->text[OPTION_DATABASE],
        .build = build_id,
        .documents = documents,
        .public_url = config->text[OPTION_PUBLIC_URL],
        .base_path = config->text[OPTION_BASE_PATH],
        .series_max = (int)config->number[OPTION_MAX_SERIES],
        .rows_max = (int)config->number[OPTION_MAX_ROWS],
        .address_bytes = (int)config->number[OPTION_MAX_ADDRESS],
        .cache_bytes = (size_t)config->number[OPTION_CACHE_SIZE] * MIB,
        .read_only = config->number[OPTION_READ_ONLY] != 0,
        .library_bytes = (size_t)config->number[OPTION_LIBRARY_SIZE] * MIB,
        .import_bytes = (size_t)config->number[OPTION_IMPORT_SIZE] * MIB,
    };
    log_configure((enum log_format)config->number[OPTION_LOG_FORMAT],
                  (enum log_level)config->number[OPTION_LOG_LEVEL]);
    /* The address first: where it is wrong or taken, no database is made for nothing. */
    if (!listener_open(config->text[OPTION_LISTEN], &listener, &err) ||
        !open_for_writing(config, tell_log, &store, &err))
        return fail(&err);
    /* Kept open: the last connection that closes takes the log of the database with it, which readers of
     * a read-only connection then could not make again. */
    bool ok = api_new(&options, &api, &err);
    if (ok) {
        ok = serve(config, api, &listener, &err);
        api_free(api);
    }
    store_close(store);
    return ok ? EXIT_SUCCESS : fail(&err);
}
