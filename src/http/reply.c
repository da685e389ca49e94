/* The response to a request, as libmicrohttpd takes it. */
#include <stdio.h>
#include <time.h>

#include "exchange.h"

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    if (value && *value)
        MHD_add_response_header(response, name, value);
}

static void add_number(struct MHD_Response *response, const char *name, int64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)number);
    if (number > 0)
        MHD_add_response_header(response, name, text);
}

static void add_time(struct MHD_Response *response, const char *name, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm utc;
    char text[40];
    if (seconds > 0 &&
        strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&time, &utc)))
        MHD_add_response_header(response, name, text);
}

static void add_link(struct MHD_Response *response, const char *address)
{
    struct buffer link = {0};
    if (!address)
        return;
    buffer_format(&link, "<%s>; rel=\"next\"", address);
    add(response, "Link", link.bytes);
    buffer_release(&link);
}

static void add_headers(const struct exchange *exchange, const struct api_response *from,
                        struct MHD_Response *to)
{
    bool is_problem = from->status >= 400;
    if (from->status != 304) {
        add(to, "Content-Type", from->content_type);
        add(to, "Content-Encoding", from->is_gzip ? "gzip" : NULL);
        add(to, "Content-Security-Policy", from->policy);
        add(to, "Referrer-Policy", from->policy ? "no-referrer" : NULL);
    }
    add(to, "ETag", from->etag);
    add(to, "Cache-Control", from->cache_control);
    add(to, "Vary", "Accept, Accept-Encoding");
    add_time(to, "Last-Modified", from->last_modified);
    add_number(to, "Exportstat-Generation", from->generation);
    add(to, "Exportstat-As-Of", from->as_of);
    add_link(to, from->link);
    add(to, "Location", from->location);
    add(to, "Allow", from->allow);
    add_number(to, "Retry-After", from->retry_after);
    add(to, "WWW-Authenticate", from->asks_for_token ? "Bearer realm=\"exportstat\"" : NULL);
    add(to, "Access-Control-Allow-Origin", "*");
    add(to, "Access-Control-Expose-Headers",
        "ETag, Link, X-Request-Id, Exportstat-As-Of, Exportstat-Generation");
    if (from->status == 204) {
        add(to, "Access-Control-Allow-Methods", from->allow);
        add(to, "Access-Control-Allow-Headers",
            "Accept, Content-Type, If-None-Match, X-Request-Id");
        add(to, "Access-Control-Max-Age", "86400");
    }
    add(to, "X-Content-Type-Options", "nosniff");
    if (atomic_load(&exchange->loop->server->draining))
        add(to, "Connection", "close");
    if (exchange->has_id || is_problem)
        add(to, "X-Request-Id", exchange->id);
}

/* Whether all who ask get the same reply, header and all: of an answer that is kept. */
static bool is_common(const struct exchange *exchange, const struct api_response *from)
{
    return from->answer && *from->etag && !exchange->has_id &&
           !atomic_load(&exchange->loop->server->draining);
}

static void answer_release(void *answer)
{
    answer_return(answer);
}

/* Hands the body over, and with it the answer, whose texts stay until libmicrohttpd has sent all. Of a 304 it
 * sends the length alone. */
static struct MHD_Response *body_new(const struct api_response *from)
{
    static char nothing[1];
    size_t length = from->body ? from->body->length : 0;
    char *bytes = from->body ? from->body->bytes : nothing;
    if (from->answer)
        return MHD_create_response_from_buffer_with_free_callback_cls(length, bytes, answer_release,
                                                                      from->answer);
    return MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_COPY);
}

static struct MHD_Response *reply_new(const struct exchange *exchange,
                                      const struct api_response *from)
{
    struct MHD_Response *reply = body_new(from);
    if (reply)
        add_headers(exchange, from, reply);
    else
        answer_return(from->answer);
    return reply;
}

/* The reply that was left with the answer, or a new one, which is left with it. The exchange holds the answer until
 * libmicrohttpd has the reply. */
static void reply_share(struct exchange *exchange, const struct api_response *from)
{
    enum answer_form form = (from->is_gzip ? FORM_GZIP : FORM_PLAIN) +
                            (from->status == 304 ? FORM_PLAIN_304 - FORM_PLAIN : 0);
    exchange->shared = from->answer;
    exchange->reply = answer_reply(from->answer, form);
    if (exchange->reply)
        return;
    answer_hold(from->answer); /* for the reply */
    exchange->reply = reply_new(exchange, from);
    if (exchange->reply && !answer_leave_reply(from->answer, form, exchange->reply)) {
        /* Another thread was faster: this one is for this request alone. */
        exchange->shared = NULL;
        answer_return(from->answer);
    }
}

void reply_make(struct exchange *exchange, const struct api_response *from)
{
    if (is_common(exchange, from))
        reply_share(exchange, from);
    else
        exchange->reply = reply_new(exchange, from);
}

void reply_drop(struct exchange *exchange)
{
    if (exchange->shared)
        answer_return(exchange->shared);
    else if (exchange->reply)
        MHD_destroy_response(exchange->reply);
    exchange->shared = NULL;
    exchange->reply = NULL;
}

void reply_release(void *reply)
{
    MHD_destroy_response(reply);
}
