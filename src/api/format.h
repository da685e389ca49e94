/* In which format a request is answered. Part of the api. */
#pragma once

#include "route.h"

/* The format that a path ends in, *ret_length being the length without it; FORMAT_JSON where in none. */
enum format format_of_path(const char *path, size_t length, size_t *ret_length);

/* Whether a route can be answered so. */
bool format_offered(const struct route *route, enum format format);

/* The parameter `format` as the route takes it; PARAMS where it takes none. */
enum param format_param(const struct route *route);

/* The format of an answer: `format` beats the end of the path, which beats Accept. The first two in conflict
 * are a problem, and so is an Accept that nothing fits. */
bool format_choose(const struct route *route, enum format in_path, const struct args *args,
                   const char *accept, enum format *ret, struct problem *problem);

const char *format_content_type(const struct route *route, enum format format);
