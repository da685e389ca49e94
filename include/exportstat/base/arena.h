/* Memory that is released all at once.
 *
 * What a request or a resolved series needs is taken from an arena and never freed piece by piece.
 * Running out of memory ends the program: limits on rows, reports and requests bound what is taken. */
#pragma once

#include <stddef.h>

struct arena {
    struct arena_block *block;
    size_t taken; /* bytes handed out in all, for accounting */
};

/* A zeroed struct is an empty arena. */

/* Zeroed memory, aligned for any type; never NULL, even for 0 bytes. */
void *arena_take(struct arena *arena, size_t size);

/* An array of n elements; the product is checked. */
void *arena_array(struct arena *arena, size_t n, size_t size);

/* A copy of text[0..length) with an end. */
char *arena_text(struct arena *arena, const char *text, size_t length);

/* Releases everything; the arena is empty again. NULL-safe on a zeroed struct. */
void arena_release(struct arena *arena);

/* Releases all but one block of moderate size, kept for the next use. */
void arena_clear(struct arena *arena);

/* malloc, calloc and realloc that end the program instead of returning NULL. */
void *must_malloc(size_t size);
void *must_calloc(size_t n, size_t size);
void *must_realloc(void *old, size_t size);

#define ARENA_ARRAY(arena, n, type) ((type *)arena_array((arena), (n), sizeof(type)))
#define ARENA_NEW(arena, type) ((type *)arena_take((arena), sizeof(type)))
