/* Files that stand inside the program, made by build-aux/embed.py. */
#pragma once

#include <stddef.h>

struct embedded {
    const char *name; /* without folders; NULL ends an array */
    size_t length;
    const char *bytes; /* with an end after `length` bytes */
};
