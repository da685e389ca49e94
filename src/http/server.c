#include "exportstat/http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "exchange.h"
#include "exportstat/base/log.h"

enum {
    WATCH_MILLISECONDS = 50, /* so that an import shows within a tenth of a second */
    IDLE_MILLISECONDS = 1000,
    COMPLAINT_MILLISECONDS = 1000, /* from one of libmicrohttpd to the next that is logged */
    QUIET_POLLS = 20,
    POLL_MILLISECONDS = 10, /* while draining */
};

int64_t now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A connection begins or ends. */
static void connection_notify(void *cls, struct MHD_Connection *connection, void **context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct loop *loop = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = peer_new(loop, connection);
    } else if (*context) {
        peer_free(loop, *context);
        *context = NULL;
    }
}

/* Wakes the connections whose answers have come from the thread for slow work. */
static void answered_resume(struct loop *loop)
{
    struct exchange *exchange;
    while ((exchange = slow_answered(loop)))
        MHD_resume_connection(exchange->connection);
}

/* Tells once what became of the database; what it was when the service began is known. */
static void store_tell(struct loop *loop)
{
    struct api *api = loop->server->api;
    char generation[24];
    int64_t absences = api_absences(api);
    int64_t era = api_era(api);
    snprintf(generation, sizeof generation, "%lld", (long long)api_generation(api));
    if (absences != loop->absences)
        log_event(LOG_ERROR, "the database is not there, or can not be used", "last_generation",
                  generation);
    if (era != loop->era)
        log_event(LOG_WARNING, "another database, or another copy of it, is there now",
                  "generation", generation);
    loop->absences = absences;
    loop->era = era;
}

static void *loop_run(void *cls)
{
    struct loop *loop = cls;
    int64_t watched = 0;
    int64_t enforced = 0;
    struct pollfd wait[] = {
        {.fd = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
         .events = POLLIN},
        {.fd = loop->wake, .events = POLLIN},
    };
    while (!atomic_load(&loop->server->stopping)) {
        if (atomic_load(&loop->server->draining) && loop->quiesced < 0)
            loop->quiesced = MHD_quiesce_daemon(loop->daemon);
        MHD_UNSIGNED_LONG_LONG due;
        int timeout =
            loop->is_first || loop->log.length > 0 ? WATCH_MILLISECONDS : IDLE_MILLISECONDS;
        if (MHD_get_timeout(loop->daemon, &due) == MHD_YES && due < (unsigned)timeout)
            timeout = (int)due;
        /* A connection that can not be taken would wake us at once, again and again; libmicrohttpd stops looking for
         * more by itself only while it has one that will end. */
        bool looks = !loop->is_starved || loop->n_peers > 0;
        loop->is_starved = false;
        wait[0].events = looks ? POLLIN : 0;
        timeout = looks || timeout < WATCH_MILLISECONDS ? timeout : WATCH_MILLISECONDS;
        if (poll(wait, COUNT(wait), timeout) > 0 && (wait[1].revents & POLLIN)) {
            eventfd_t ignored;
            eventfd_read(loop->wake, &ignored);
            answered_resume(loop);
        }
        int64_t now = loop->now = now_milliseconds();
        MHD_run(loop->daemon);
        if (loop->log.length > 0 && now >= loop->log_due)
            log_write(&loop->log);
        if (loop->is_first && now - watched >= WATCH_MILLISECONDS) {
            api_watch(loop->worker);
            store_tell(loop);
            slow_watch(loop->server->slow);
            watched = now;
        }
        if (now - enforced >= IDLE_MILLISECONDS) {
            peers_enforce(loop);
            enforced = now;
        }
    }
    /* None may sleep when the daemon stops. */
    answered_resume(loop);
    MHD_run(loop->daemon);
    return NULL;
}

/* Keeps the address as the client sent it: we decode it ourselves, strictly. */
static size_t keep_encoded(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

/* It has no other way to tell that a connection can not be taken, for want of descriptors or of memory. */
static void daemon_log(void *cls, const char *format, va_list arguments)
{
    struct loop *loop = cls;
    char text[256];
    int64_t now = now_milliseconds();
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\r\n")] = '\0';
    loop->is_starved |= strstr(text, "accept") || strstr(text, "resource limit");
    if (now < loop->complains_next)
        return;
    loop->complains_next = now + COMPLAINT_MILLISECONDS;
    log_event(LOG_WARNING, "libmicrohttpd", "detail", text);
}

static _Noreturn void daemon_panic(void *cls, const char *file, unsigned line, const char *reason)
{
    (void)cls;
    (void)file;
    (void)line;
    log_event(LOG_ERROR, "libmicrohttpd can not go on", "detail", reason ? reason : "");
    abort();
}

static bool daemon_start(struct loop *loop, struct error *reterr)
{
    const struct server_options *options = &loop->server->options;
    int fd = fcntl(options->listener, F_DUPFD_CLOEXEC, 0);
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)daemon_log, loop},
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)options->connection_bytes, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, connections_max(loop), NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT,
         options->request_seconds > options->answer_seconds ? options->request_seconds
                                                            : options->answer_seconds,
         NULL},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_encoded, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)exchange_completed, loop},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_notify, loop},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (fd >= 0)
        loop->daemon =
            MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
                             NULL, exchange_handle, loop, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (loop->daemon)
        return true;
    if (fd >= 0)
        close(fd);
    return error_set(reterr, ERROR_SYSTEM, "libmicrohttpd does not start: %s", strerror(errno));
}

static bool loop_start(struct server *server, int i, struct error *reterr)
{
    struct loop *loop = &server->loops[i];
    loop->server = server;
    loop->quiesced = -1;
    pthread_mutex_init(&loop->answered_lock, NULL);
    loop->is_first = i == 0;
    peers_start(loop);
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->wake < 0)
        return error_set(reterr, ERROR_SYSTEM, "no event descriptor: %s", strerror(errno));
    if (!api_worker_new(server->api, &loop->worker, reterr) || !daemon_start(loop, reterr))
        return false;
    int code = pthread_create(&loop->thread, NULL, loop_run, loop);
    if (code != 0) {
        MHD_stop_daemon(loop->daemon);
        loop->daemon = NULL;
        return error_set(reterr, ERROR_SYSTEM, "no thread: %s", strerror(code));
    }
    return true;
}

bool server_start(struct api *api, const struct server_options *options, struct server **ret,
                  struct error *reterr)
{
    struct server *server = must_calloc(1, sizeof *server);
    server->api = api;
    server->options = *options;
    if (!clients_new(options->trusted_proxies, options->rate, &server->clients, reterr)) {
        close(options->listener);
        free(server);
        return false;
    }
    server->loops = must_calloc((size_t)options->threads, sizeof *server->loops);
    if (getrandom(&server->id, sizeof server->id, 0) < 0)
        server->id = (uint64_t)now_milliseconds();
    MHD_set_panic_func(daemon_panic, NULL);
    api_replies(api, reply_release);
    if (!slow_start(server, /* prepares= */ true, &server->slow, reterr) ||
        !slow_start(server, /* prepares= */ false, &server->writing, reterr)) {
        server_stop(server);
        return false;
    }
    for (; server->n_loops < options->threads; server->n_loops++) {
        if (!loop_start(server, server->n_loops, reterr)) {
            server->n_loops++; /* what it has made goes with the rest */
            server_stop(server);
            return false;
        }
    }
    *ret = server;
    return true;
}

static void loop_stop(struct loop *loop)
{
    if (loop->daemon) {
        eventfd_write(loop->wake, 1);
        pthread_join(loop->thread, NULL);
        MHD_stop_daemon(loop->daemon);
        /* Not before: the daemon may look at it until it has stopped. */
        if (loop->quiesced >= 0)
            close(loop->quiesced);
    }
    pthread_mutex_destroy(&loop->answered_lock);
    log_write(&loop->log);
    api_worker_free(loop->worker);
    exchanges_release(loop);
    buffer_release(&loop->log);
    buffer_release(&loop->address);
    if (loop->wake >= 0)
        close(loop->wake);
}

void server_stop(struct server *server)
{
    int64_t end = now_milliseconds() + server->options.drain_seconds * 1000;
    atomic_store(&server->draining, true);
    for (int i = 0; i < server->n_loops; i++) {
        if (server->loops[i].daemon)
            eventfd_write(server->loops[i].wake, 1);
    }
    /* Until now the kernel has taken connections for us: from here on they fail fast. */
    if (!server->options.is_inherited)
        shutdown(server->options.listener, SHUT_RDWR);
    /* A request may be on its way, or read but in part: only quiet for a while is the end. */
    for (int quiet = 0; quiet < QUIET_POLLS && now_milliseconds() < end;) {
        poll(NULL, 0, POLL_MILLISECONDS);
        quiet = atomic_load(&server->answering) > 0 ? 0 : quiet + 1;
    }
    slow_stop(server->slow);
    slow_stop(server->writing);
    atomic_store(&server->stopping, true);
    for (int i = 0; i < server->n_loops; i++)
        loop_stop(&server->loops[i]);
    slow_free(server->slow);
    slow_free(server->writing);
    close(server->options.listener);
    clients_free(server->clients);
    free(server->loops);
    free(server);
}
