/* The whole service but for its sockets: a request in, a response out.
 *
 * The way of a request is one straight function, api_respond: route, parameters, canonical key, generation,
 * ETag or cache, store, statistics, answer. It always yields a response. One api is shared by all threads; each
 * thread has a worker of its own. */
#pragma once

#include "exportstat/api/cache.h"
#include "exportstat/api/meters.h"
#include "exportstat/api/params.h"
#include "exportstat/base/date.h"
#include "exportstat/base/embedded.h"
#include "exportstat/base/error.h"

struct api;
struct api_worker;

enum { IMPORT_BYTES_STANDARD = 32 * 1024 * 1024 };

struct api_options {
    const char *database;
    const char *build;                /* tells one build's answers from another's */
    const struct embedded *documents; /* openapi.yaml, openapi.yaml:json, and perhaps the pages */
    const char *public_url;           /* where clients reach the service; NULL: not known */
    const char *base_path; /* stands in addresses where that is not known; NULL: nothing */
    size_t cache_bytes;
    size_t library_bytes;
    size_t import_bytes; /* of a batch over HTTP; 0: IMPORT_BYTES_STANDARD */
    bool read_only;      /* nothing is written over HTTP, whatever token comes */
    int series_max;      /* of one request; 0: SERIES_MAX, which is the most */
    int rows_max;        /* of one answer by `limit` and `last`; 0: ROWS_MAX, which is the most */
    int address_bytes;   /* of a path with its query; 0: QUERY_BYTES_MAX, which is the most */
};

struct api_request {
    const char *method;
    const char *path; /* as it was sent, percent-encoded, without base path and query */
    const struct query_pair *query;
    size_t n_query;
    const char *accept; /* headers, each NULL where absent */
    const char *accept_encoding;
    const char *if_none_match;
    const char *content_type;
    const char *content_encoding;
    const char *authorization;
    const char *idempotency_key;
    bool has_body;
    bool has_length;    /* Content-Length is there */
    bool is_ambiguous;  /* more than one Host or length: proxies may disagree */
    const char *body;   /* NULL: none, or not read since it is none that the route takes */
    size_t body_length; /* as it was told */
    date today;         /* in UTC */
    int wait_seconds;   /* the client has asked too often, and may again then; 0: it has not */
    bool quick;         /* slow work and writing are not begun: is_slow and 503 instead */
};

enum { PUBLIC_URL_MAX = 512 };

struct api_response {
    int status;
    const char *content_type;  /* NULL: no body */
    const struct buffer *body; /* of `answer` or of the worker; NULL: none */
    struct answer *answer;     /* to be returned by answer_return once the body is sent; or NULL */
    char etag[ETAG_TEXT];      /* with its quotes; empty: none */
    bool is_gzip;
    const char *cache_control;
    const char *policy;    /* of content security; NULL: none */
    int64_t last_modified; /* seconds since 1970; 0: none */
    int64_t generation;    /* 0: none */
    int64_t written;       /* the generation that the request has made; 0: none */
    const char *token; /* the name of the one it came with, for the log; NULL: none that is good */
    const char *as_of; /* NULL: none */
    const char *link;  /* NULL: none */
    const char *location; /* NULL: none */
    const char *allow;    /* NULL: none */
    int retry_after;      /* seconds; 0: none */
    bool is_slow;    /* it would take longer than a millisecond: ask again without `quick` … */
    bool is_writing; /* … where nothing but writing waits */
    bool asks_for_token;     /* the header WWW-Authenticate */
    const char *cache_state; /* for the log: "hit", "miss", "none" */
    const char *log;         /* what the client is not told, for the log; NULL: nothing */
};

/* Whether a text is an address to stand before the paths of the service: absolute, http or https, without user,
 * query and fragment, of at most PUBLIC_URL_MAX bytes. Where not, *reterr says what is: it is no such address (ERROR_INPUT),
 * or that can not be told. */
bool public_url_valid(const char *text, struct error *reterr);

/* Whether a text may stand before all paths: it begins with a slash, has neither an empty segment nor a query, and
 * perhaps a slash at its end. */
bool base_path_valid(const char *text);

bool api_new(const struct api_options *options, struct api **ret, struct error *reterr);
void api_free(struct api *api); /* NULL is fine */

bool api_worker_new(struct api *api, struct api_worker **ret, struct error *reterr);
void api_worker_free(struct api_worker *worker); /* NULL is fine */

/* The most bytes that the body of a request may have, of which method, path, authorization and today are known; 0: it
 * may have none, or who sends it may not. */
size_t api_body_max(struct api_worker *worker, const struct api_request *request);

/* Texts of the response stay valid while its answer is held; without one, until the worker's next request. */
void api_respond(struct api_worker *worker, const struct api_request *request,
                 struct api_response *response);

/* Computes the newest answers in advance, those that take long, so that who asks for them does not wait: the
 * i-th of them, from 0 on; false where there is none. */
bool api_prepare(struct api_worker *worker, date today, int i);

/* Looks whether another process has changed the store, and takes note. To be called some ten times a
 * second by one worker's thread. */
void api_watch(struct api_worker *worker);

/* What a worker's thread counts, what all have counted together, and what is the case now. */
struct meters *api_worker_meters(struct api_worker *worker);
void api_meters(struct api *api, struct meters *ret);
struct gauges *api_gauges(struct api *api);

/* How replies that are left with answers are released; to be said before the first request. */
void api_replies(struct api *api, void (*release)(void *reply));

/* The newest generation that any worker has seen. */
int64_t api_generation(struct api *api);

/* How often the store turned out to be another one, or an older copy; and how often there was none that could be used. */
int64_t api_era(struct api *api);
int64_t api_absences(struct api *api);
