/* The header of a request: what the api wants of it, and where the request ends. */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "exchange.h"

/* What decides whether the bytes after the header are a body. A proxy and we could read them differently
 * where there is more than one answer, so such a request is refused and its connection closed. */
struct framing {
    struct exchange *exchange;
    int lengths;
    int hosts;
    bool encoded;
    const char *length;
    bool malformed; /* a name that is no token, or a line end inside a value */
};

static bool is_token_byte(unsigned char c)
{
    return (unsigned)((c | 0x20) - 'a') < 26 || c == '-' || (unsigned)(c - '0') < 10 ||
           (c != '\0' && strchr("!#$%&'*+.^_`|~", c));
}

/* RFC 9110, section 5.6.2. A blank before the colon makes a name that one reader knows and another does not. Without
 * strspn, which makes a table of all that is allowed for each header of each request. */
static bool is_token(const char *name)
{
    bool ok = *name != '\0';
    for (; *name; name++)
        ok &= is_token_byte((unsigned char)*name);
    return ok;
}

/* "Content-Length: 0\r\n 35" comes from libmicrohttpd 0.9.75 as "Content-Length35: 0": a folded line, which others read as
 * "0 35". No header has a name that only begins so. */
static bool begins_as(const char *key, const char *name)
{
    size_t length = strlen(name);
    return strncasecmp(key, name, length) == 0 && key[length];
}

/* Where each header that somebody asks for goes: the first of its name, as the requests of a client have one of each. */
static const struct place {
    const char *name;
    size_t offset;
} places[] = {
    {"Accept", offsetof(struct exchange, request.accept)},
    {"Accept-Encoding", offsetof(struct exchange, request.accept_encoding)},
    {"Authorization", offsetof(struct exchange, request.authorization)},
    {"Content-Encoding", offsetof(struct exchange, request.content_encoding)},
    {"Content-Type", offsetof(struct exchange, request.content_type)},
    {"Idempotency-Key", offsetof(struct exchange, request.idempotency_key)},
    {"If-None-Match", offsetof(struct exchange, request.if_none_match)},
    {"X-Request-Id", offsetof(struct exchange, sent_id)},
};

/* The first letters differ for most; to ask libmicrohttpd for each name costs as much as all the rest of reading. */
static void place_put(struct exchange *exchange, const char *key, const char *value)
{
    for (size_t i = 0; i < COUNT(places); i++) {
        const char **place = (const char **)((char *)exchange + places[i].offset);
        if ((*key | 0x20) == (places[i].name[0] | 0x20) && strcasecmp(key, places[i].name) == 0 &&
            !*place)
            *place = value;
    }
}

static enum MHD_Result framing_add(void *cls, enum MHD_ValueKind kind, const char *key,
                                   const char *value)
{
    struct framing *framing = cls;
    (void)kind;
    framing->malformed |= !is_token(key) || (value && (strchr(value, '\r') || strchr(value, '\n')));
    place_put(framing->exchange, key, value);
    if (!strchr("cCtThH", *key)) /* none of those below begins otherwise */
        return MHD_YES;
    framing->malformed |= begins_as(key, "Content-Length") || begins_as(key, "Transfer-Encoding");
    if (strcasecmp(key, "Content-Length") == 0) {
        framing->lengths++;
        framing->length = value ? value : "";
    } else if (strcasecmp(key, "Transfer-Encoding") == 0) {
        framing->encoded = true;
    } else if (strcasecmp(key, "Host") == 0) {
        framing->hosts++;
    }
    return MHD_YES;
}

static size_t body_max(const struct exchange *exchange)
{
    struct api_request request = {
        .method = exchange->method,
        .path = exchange->url,
        .authorization = exchange->request.authorization,
        .today = today_utc(),
    };
    return api_body_max(exchange->loop->worker, &request);
}

void framing_read(struct exchange *exchange)
{
    struct framing framing = {.exchange = exchange};
    int64_t length = 0;
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, framing_add, &framing);
    exchange->is_ambiguous = framing.malformed || framing.lengths > 1 || framing.hosts > 1 ||
                             (framing.encoded && framing.length);
    exchange->has_length = framing.length != NULL;
    exchange->has_body = exchange->is_ambiguous || framing.encoded ||
                         (framing.length && strcmp(framing.length, "0") != 0);
    if (framing.length &&
        !number_parse(framing.length, strlen(framing.length), 0, INT32_MAX, &length))
        length = INT32_MAX; /* more than anybody takes */
    exchange->body_length = (size_t)length;
    exchange->reads_body = exchange->has_body && !exchange->is_ambiguous && length > 0 &&
                           exchange->body_length <= body_max(exchange);
}
