/* One request and its response, between libmicrohttpd and the api. */
#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange.h"
#include "exportstat/base/log.h"

static bool is_id(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "-._~:/+=@");
    return length > 0 && length <= REQUEST_ID_MAX && text[length] == '\0';
}

/* The path of an address in absolute form, which a server must take too (RFC 9112, section 3.2.2). */
static const char *path_of(const char *url)
{
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return url;
    const char *path = strchr(strstr(url, "://") + 3, '/');
    return path ? path : "/";
}

/* The path after the base path. One without it is as it is: a proxy may have taken it off, and probes come directly. */
static const char *path_within(const char *base, const char *path)
{
    size_t length = base ? strlen(base) : 0;
    while (length > 0 && base[length - 1] == '/')
        length--;
    bool is_within = length > 0 && strncmp(path, base, length) == 0 &&
                     (path[length] == '/' || path[length] == '\0');
    return is_within ? path + length : path;
}

/* Sixteen hexadecimal digits, another for each request of the process. */
static void id_make(const struct loop *loop, char id[static REQUEST_ID_MAX + 1])
{
    uint64_t number =
        loop->server->id + loop->requests * 16 + (uint64_t)(loop - loop->server->loops);
    for (int i = 0; i < 16; i++)
        id[i] = "0123456789abcdef"[number >> (60 - 4 * i) & 15];
    id[16] = '\0';
}

/* A spare one, so that requests that come one after another allocate nothing. */
static struct exchange *exchange_take(struct loop *loop)
{
    struct exchange *exchange = loop->spare;
    if (exchange)
        loop->spare = exchange->next;
    else
        exchange = must_malloc(sizeof *exchange);
    memset(exchange, 0, offsetof(struct exchange, id));
    return exchange;
}

static struct exchange *exchange_new(struct loop *loop, struct MHD_Connection *connection,
                                     const char *url, const char *method)
{
    struct exchange *exchange = exchange_take(loop);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    exchange->magic = EXCHANGE_MAGIC;
    exchange->loop = loop;
    exchange->connection = connection;
    exchange->peer = info ? info->socket_context : NULL;
    exchange->url = path_within(loop->server->options.base_path, path_of(url));
    exchange->method = method;
    exchange->cache_state = "none";
    clock_gettime(CLOCK_MONOTONIC, &exchange->began);
    loop->requests++;
    return exchange;
}

/* The one that the client sent, or another. */
static void id_take(struct exchange *exchange)
{
    const char *id = exchange->sent_id;
    exchange->has_id = id && is_id(id);
    if (exchange->has_id)
        memcpy(exchange->id, id, strlen(id) + 1);
    else
        id_make(exchange->loop, exchange->id);
}

/* Who watches over the service is never sent away. */
static bool is_health(const char *path)
{
    return strcmp(path, "/livez") == 0 || strcmp(path, "/readyz") == 0;
}

static void client_find(struct exchange *exchange)
{
    const struct loop *loop = exchange->loop;
    exchange->client = clients_address(loop->server->clients, exchange->connection);
    if (!is_health(exchange->url))
        exchange->wait = clients_wait(loop->server->clients, &exchange->client, loop->now);
}

static enum MHD_Result query_add(void *cls, enum MHD_ValueKind kind, const char *key,
                                 size_t key_size, const char *value, size_t value_size)
{
    struct exchange *exchange = cls;
    (void)kind;
    if (exchange->n_query < COUNT(exchange->query))
        exchange->query[exchange->n_query++] =
            (struct query_pair){key ? key : "", key_size, value, value_size};
    return MHD_YES;
}

date today_utc(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now); /* to some milliseconds, for a fifth of the time */
    return (date){(int32_t)(now.tv_sec / 86400)};
}

static void log_fault(const struct exchange *exchange, struct buffer *line, const char *what)
{
    log_begin(line, LOG_ERROR, "a request failed inside");
    log_text(line, "id", exchange->id);
    log_text(line, "error", what);
    log_end(line);
}

/* What the api is asked, beside what the header says. It points into libmicrohttpd's memory, for the life of the
 * request. */
static void request_complete(struct exchange *exchange)
{
    struct api_request *request = &exchange->request;
    MHD_get_connection_values_n(exchange->connection, MHD_GET_ARGUMENT_KIND, query_add, exchange);
    request->method = exchange->method;
    request->path = exchange->url;
    request->query = exchange->query;
    request->n_query = exchange->n_query;
    request->has_body = exchange->has_body;
    request->has_length = exchange->has_length;
    request->is_ambiguous = exchange->is_ambiguous;
    request->body = exchange->body.bytes;
    request->body_length = exchange->reads_body ? exchange->body.length : exchange->body_length;
    request->today = today_utc();
    request->wait_seconds = exchange->wait;
}

void exchange_answer(struct exchange *exchange, struct api_worker *worker, bool quick,
                     struct buffer *log)
{
    struct api_response response;
    exchange->request.quick = quick;
    api_respond(worker, &exchange->request, &response);
    if (response.log)
        log_fault(exchange, log, response.log);
    exchange->is_slow = response.is_slow;
    exchange->is_writing = response.is_writing;
    exchange->status = response.status;
    exchange->generation = response.written > 0 ? response.written : response.generation;
    exchange->is_writer = response.token != NULL;
    if (response.token)
        snprintf(exchange->token, sizeof exchange->token, "%s", response.token);
    exchange->cache_state = response.cache_state;
    exchange->bytes = response.body && response.status != 304 ? response.body->length : 0;
    reply_drop(exchange);
    reply_make(exchange, &response);
}

/* The time that a client has to take the answer begins. */
static enum MHD_Result reply_send(struct exchange *exchange)
{
    struct loop *loop = exchange->loop;
    enum MHD_Result result = MHD_NO;
    if (exchange->peer)
        peer_step(loop, exchange->peer, loop->server->options.answer_seconds);
    exchange->is_sent = true;
    if (exchange->reply)
        result =
            MHD_queue_response(exchange->connection, (unsigned)exchange->status, exchange->reply);
    reply_drop(exchange);
    return result;
}

/* Answers at once, or leaves it to the thread for slow work: the connection sleeps until the loop wakes it, and
 * nobody is too slow meanwhile. */
static enum MHD_Result respond(struct exchange *exchange)
{
    struct loop *loop = exchange->loop;
    struct MHD_Connection *connection = exchange->connection;
    request_complete(exchange);
    exchange_answer(exchange, loop->worker, true, &loop->log);
    if (!exchange->is_slow)
        return reply_send(exchange);
    if (exchange->peer)
        peer_step(loop, exchange->peer, PEER_FOR_EVER);
    struct slow *slow = exchange->is_writing ? loop->server->writing : loop->server->slow;
    if (!slow_take(slow, exchange))
        return reply_send(exchange);
    MHD_suspend_connection(connection); /* the exchange is the other thread's by now */
    return MHD_YES;
}

enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **context)
{
    struct loop *loop = cls;
    struct exchange *exchange = *context;
    (void)version;
    if (!exchange) {
        exchange = exchange_new(loop, connection, url, method);
        *context = exchange;
        atomic_fetch_add(&loop->server->answering, 1);
        /* An answer to this first call closes the connection once it is sent, unread body and all: right for
         * a body that is not read, wrong for all others, which are answered in the last call. */
        client_find(exchange);
        framing_read(exchange);
        id_take(exchange);
        bool is_refused = (exchange->has_body && (!exchange->reads_body || exchange->wait > 0)) ||
                          exchange->is_ambiguous;
        return is_refused ? respond(exchange) : MHD_YES;
    }
    assert(exchange->magic == EXCHANGE_MAGIC);
    if (*upload_size > 0) {
        if (exchange->reads_body)
            buffer_add(&exchange->body, upload, *upload_size);
        if (exchange->peer && exchange->body.length - exchange->told >= STEP_BYTES) {
            exchange->told = exchange->body.length;
            peer_moved(loop, exchange->peer);
        }
        *upload_size = 0;
        return MHD_YES;
    }
    if (exchange->is_sent)
        return MHD_YES;
    return exchange->reply ? reply_send(exchange) : respond(exchange);
}

/* The address as it was sent. */
static const char *address_of(const struct exchange *exchange, struct buffer *to)
{
    to->length = 0;
    buffer_text(to, exchange->url);
    for (size_t i = 0; i < exchange->n_query; i++) {
        const struct query_pair *pair = &exchange->query[i];
        buffer_char(to, i == 0 ? '?' : '&');
        buffer_add(to, pair->name, pair->name_length);
        if (pair->value) {
            buffer_char(to, '=');
            buffer_add(to, pair->value, pair->value_length);
        }
    }
    return to->bytes;
}

static int64_t microseconds_of(const struct exchange *exchange)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - exchange->began.tv_sec) * 1000000 +
           (now.tv_nsec - exchange->began.tv_nsec) / 1000;
}

/* Of a connection it is written once, but for those of proxies. */
static void log_client(const struct exchange *exchange, struct buffer *line)
{
    char client[CLIENT_TEXT];
    struct in6_addr peer = client_peer(exchange->connection);
    if (exchange->peer && memcmp(&peer, &exchange->client, sizeof peer) == 0) {
        log_name(line, "client", exchange->peer->client);
        return;
    }
    client_format(&exchange->client, client);
    log_name(line, "client", client);
}

static void log_request(const struct exchange *exchange, enum MHD_RequestTerminationCode code,
                        int64_t microseconds)
{
    struct loop *loop = exchange->loop;
    struct buffer *line = &loop->log;
    if (line->length == 0)
        loop->log_due = loop->now + LOG_MILLISECONDS;
    log_begin(line, LOG_INFO, "request");
    if (exchange->has_id)
        log_text(line, "id", exchange->id);
    else
        log_name(line, "id", exchange->id);
    log_client(exchange, line);
    log_text(line, "method", exchange->method);
    log_text(line, "path", address_of(exchange, &loop->address));
    log_number(line, "status", exchange->status);
    log_number(line, "bytes", (int64_t)exchange->bytes);
    log_number(line, "us", microseconds);
    log_name(line, "cache", exchange->cache_state);
    if (exchange->is_writer)
        log_text(line, "token", exchange->token);
    log_number(line, "generation", exchange->generation);
    if (code != MHD_REQUEST_TERMINATED_COMPLETED_OK)
        log_number(line, "cut_off", code);
    log_keep(line);
    if (line->length >= LOG_BYTES)
        log_write(line);
}

void exchange_completed(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode code)
{
    struct loop *loop = cls;
    struct exchange *exchange = *context;
    (void)connection;
    if (!exchange)
        return;
    assert(exchange->magic == EXCHANGE_MAGIC);
    int64_t microseconds = microseconds_of(exchange);
    meters_count(api_worker_meters(loop->worker), exchange->status, exchange->cache_state,
                 microseconds, exchange->bytes);
    if (loop->server->options.log_requests && log_takes(LOG_INFO))
        log_request(exchange, code, microseconds);
    if (exchange->peer)
        peer_step(loop, exchange->peer, loop->server->options.request_seconds);
    atomic_fetch_sub(&loop->server->answering, 1);
    exchange->magic = 0;
    reply_drop(exchange);
    buffer_release(&exchange->body);
    exchange->next = loop->spare;
    loop->spare = exchange;
    *context = NULL;
}

void exchanges_release(struct loop *loop)
{
    while (loop->spare) {
        struct exchange *next = loop->spare->next;
        free(loop->spare);
        loop->spare = next;
    }
}
