/* Libraries that are loaded when something first needs them. Each library costs every start time and every process memory;
 * what most runs have no use for is built with its header alone, and loaded here. */
#pragma once

#include <stddef.h>

#include "exportstat/base/error.h"

/* A function of a library, and where the pointer to it goes. */
struct loaded_function {
    const char *name;
    void *to;
};

/* Initialises one, checked against the library's header: LOADED(&table.cos, cos). */
#define LOADED(to, function)                                       \
    {                                                              \
#function, (void *)(1 ? (to) : (__typeof__(function) **)0) \
    }

/* Loads the first of these files that is there, NULL-terminated, for as long as the process lives, and finds n functions in
 * it. `what` is the library's name in an error of the kind ERROR_SYSTEM. */
bool load_functions(const char *what, const char *const *files,
                    const struct loaded_function *functions, size_t n, struct error *reterr);
