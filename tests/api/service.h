/* The service without its sockets, on a store of a test's own. What fails here fails the test. */
#pragma once

#include <jansson.h>

#include "exportstat/api/api.h"

struct service {
    struct api *api;
    struct api_worker *worker;
};

/* The bundled data, in a new store; returns its path. */
const char *bundled_store(const char *name);

/* A service on a database, as of a build; false where it is refused. */
bool service_try(const char *path, const char *build, struct service *ret, struct error *reterr);

/* The same where it must start. */
struct service service_start(const char *path, const char *build);
void service_stop(struct service *service);

/* What a client sends; an address may have a query. */
struct ask {
    const char *address;
    const char *method; /* NULL: GET */
    const char *accept;
    const char *accept_encoding;
    const char *if_none_match;
    bool has_body;
    bool quick;
    int days; /* after the day that tests take for today */
};

/* The answer, which is kept until the next one, and given back by then or at the end. */
const struct api_response *ask(struct service *service, struct ask what);
#define ASK(service, ...) ask((service), (struct ask){__VA_ARGS__})
#define GET(service, where) ASK((service), .address = (where))

/* The body, which must be JSON, an object, and end in a line end; to be given back. */
json_t *json_of(const struct api_response *response, const char *address);

/* The body, which must be CSV: as many fields in each row as in the header; the number of rows. */
int64_t csv_rows_of(const struct api_response *response, const char *address);

bool body_has(const struct api_response *response, const char *text);
