/* The one table of routes. It drives dispatch, validation, canonical keys, Allow and the comparison with
 * openapi.yaml. Part of the api. */
#pragma once

#include "exportstat/api/params.h"

struct call;
struct selected;

enum method { METHOD_GET, METHOD_POST, METHOD_DELETE, METHODS };

/* "GET", …; NULL-terminated. */
extern const char *const method_names[];

enum route_kind {
    ROUTE_PER_SERIES, /* answered once for each series asked for */
    ROUTE_LIST,       /* answered once */
    ROUTE_STATE,      /* of the service itself: never cached */
    ROUTE_LIVE,       /* the same, without asking the store */
    ROUTE_RECORD,     /* of imports: of the store, but not for everybody, and never cached */
    ROUTE_WRITE,      /* writes: it opens the store by itself */
    ROUTE_DOCUMENT,   /* stands inside the program */
};

struct route {
    const char *pattern; /* "/v1/exports/{period}": at most one variable part, the last one */
    const char *operation;
    enum method
        method; /* a path with several methods has a row for each; GET stands for HEAD too */
    enum route_kind kind;
    bool has_csv;
    bool has_citations;       /* BibTeX and CSL-JSON beside CSV */
    bool needs_token;         /* who asks is to have one … */
    unsigned scope;           /* … that may do this; 0: any */
    const char *body_type;    /* the media type of the body that it takes; NULL: none */
    const char *body_other;   /* another one; NULL: none */
    size_t body_max;          /* its bytes; 0: as many as an import may have */
    bool reads_clock;         /* freshness: the date belongs to key and ETag */
    enum param path_param;    /* PARAMS: none */
    const enum param *taken;  /* ended by PARAMS, in the order of the canonical key */
    const char *content_type; /* of what is no JSON; NULL: JSON, and perhaps other formats */
    const char *policy;       /* what a browser may do with it: its Content-Security-Policy */
    const char *document;     /* its name among the documents */
    /* ROUTE_PER_SERIES: writes the fields after the heading. */
    bool (*series)(struct call *call, struct selected *selected);
    /* The others: writes the fields after the heading, if any. */
    bool (*list)(struct call *call);
    /* Writes the whole answer as an Atom feed; NULL: not to be had so. */
    bool (*feed)(struct call *call);
    /* Writes the whole answer by itself, of the content type above, which is all that is to be had. */
    bool (*whole)(struct call *call);
};

extern const struct route routes[];
extern const size_t n_routes;

/* The first route of a path without trailing slash and ".csv" or ".atom", or NULL; *ret_variable is the text of its
 * variable part, still percent-encoded. */
const struct route *route_match(const char *path, size_t length, const char **ret_variable,
                                size_t *ret_length);

/* The route of the same path with a method, or NULL. */
const struct route *route_method(const struct route *route, const char *method);

enum { ALLOW_TEXT = 40 };

/* Writes the methods of a route's path, as the header Allow has them. */
void route_allow(const struct route *route, char ret[static ALLOW_TEXT]);

/* The nearest path without a variable part, for a suggestion; NULL where none is near. */
const char *route_nearest(const char *path);
