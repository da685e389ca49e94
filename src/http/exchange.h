/* A request under way, from its first byte to the end of its answer. Part of http. */
#pragma once

#include <time.h>

#include "loop.h"

enum {
    EXCHANGE_MAGIC = 0x45584348,
    REQUEST_ID_MAX = 128,
    TOKEN_NAME_ROOM = 80,
    STEP_BYTES = 16 * 1024, /* of a body, which are a step of their connection */
};

struct exchange {
    unsigned magic;
    struct loop *loop;
    struct peer *peer;
    struct MHD_Connection *connection;
    const char *sent_id; /* by the client; NULL: none */
    bool has_id;         /* it is one to go by */
    const char *method;  /* libmicrohttpd's, for the life of the request */
    const char *url;
    struct in6_addr client;
    int wait; /* seconds until the client may ask again; 0: it may now */
    size_t n_query;
    bool has_body;
    bool has_length;
    bool is_ambiguous;
    size_t body_length; /* as it was told */
    bool reads_body;
    struct buffer body;
    size_t told;                /* of the body, when the connection last moved on */
    struct api_request request; /* what its header says; the rest once it is complete */
    bool is_slow;               /* its answer takes long, and was not computed yet … */
    bool is_writing;            /* … and writes */
    struct MHD_Response *reply; /* until libmicrohttpd has it */
    struct answer *shared;      /* whose reply it is, to be given back; NULL: the exchange's own */
    bool is_sent;               /* it has it */
    int status;
    size_t bytes;
    int64_t generation;
    const char *cache_state;
    bool is_writer; /* it came with a good token, whose name is below */
    struct timespec began;
    struct exchange *next; /* of those that have been answered meanwhile, or that are spare */
    /* Not emptied for the next request: */
    char id[REQUEST_ID_MAX + 1];
    char token[TOKEN_NAME_ROOM];
    struct query_pair query[QUERY_PAIRS_MAX + 1];
};

/* Reads the header. Finds out what follows it, and whether that is to be read: a body that the route takes, of who may
 * send it. */
void framing_read(struct exchange *exchange);

/* Makes the reply to a complete request, by a worker of the calling thread. With `quick` it leaves slow work alone:
 * is_slow says that there was some, and the reply that there was no time. `log` is the thread's. */
void exchange_answer(struct exchange *exchange, struct api_worker *worker, bool quick,
                     struct buffer *log);

/* Makes the exchange's reply of a response, taking over its answer. There is none for want of memory. */
void reply_make(struct exchange *exchange, const struct api_response *from);

/* Gives up the reply that the exchange has, if any. */
void reply_drop(struct exchange *exchange);

/* Releases a reply that was left with an answer. */
void reply_release(void *reply);
