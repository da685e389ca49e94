/* The first steps of a request: its path, method and body. Part of the api.
 *
 * Each step returns false where the way ends: with the problem set, or with a response that needs no endpoint. */
#pragma once

#include "answer.h"

/* One request on its way. */
struct handling {
    struct api_worker *worker;
    const struct api_request *request;
    struct api_response *response;
    struct problem *problem;
    struct args args;
    struct query query;
    enum format path_format; /* the path ended in ".csv" or ".atom"; else FORMAT_JSON */
    const char *variable;    /* the variable part of the path, percent-encoded */
    size_t variable_length;
};

/* Finds the route of the path. One with a slash too many is redirected. */
bool handling_path(struct handling *on);

/* Finds the route of the method; OPTIONS is answered everywhere. */
bool handling_method(struct handling *on);

/* Whether who asks may, where the route needs a token. */
bool handling_token(struct handling *on);

/* Whether the request has the body that its route takes, or none. */
bool handling_body(struct handling *on);

/* Reads the variable part of the path. */
bool handling_variable(struct handling *on);

/* Whether the arguments are within what the operator allows. */
bool handling_limits(struct handling *on);
