/* Errors as values.
 *
 * A function that can fail returns bool and fills its last argument, only on failure. The detail is a
 * sentence for the person who has to act on it; it is written where the fault is known and passed up. */
#pragma once

#include <stdbool.h>

enum error_kind {
    ERROR_INPUT,     /* what was given is wrong: the giver can mend it */
    ERROR_NOT_FOUND, /* what was asked for does not exist */
    ERROR_STORE,     /* the database failed or is not usable */
    ERROR_SYSTEM,    /* the operating system refused */
};

struct error {
    enum error_kind kind;
    char detail[512];
};

/* Fills *err, cutting a detail that is too long, and returns false, so that a caller can write
 * `return error_set(err, …)`. */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "text: " before the detail of an error on its way up; returns false. */
bool error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
