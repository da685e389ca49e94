#include "exportstat/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16 * 1024 - 64 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

static void *must(void *memory)
{
    if (!memory) {
        fputs("exportstat: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *must_malloc(size_t size)
{
    return must(malloc(size ? size : 1));
}

void *must_calloc(size_t n, size_t size)
{
    return must(calloc(n ? n : 1, size ? size : 1));
}

void *must_realloc(void *old, size_t size)
{
    return must(realloc(old, size ? size : 1));
}

void *arena_take(struct arena *arena, size_t size)
{
    size_t room = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *block = arena->block;
    if (room < size || room > PTRDIFF_MAX) /* with the block's head it would not fit */
        must(NULL);
    if (!block || block->size - block->used < room) {
        size_t bytes = room > BLOCK_SIZE ? room : BLOCK_SIZE;
        block = must_malloc(sizeof *block + bytes);
        block->older = arena->block;
        block->size = bytes;
        block->used = 0;
        arena->block = block;
    }
    void *memory = block->bytes + block->used;
    block->used += room;
    arena->taken += room;
    return memset(memory, 0, size);
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        must(NULL);
    return arena_take(arena, bytes);
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_take(arena, length + 1);
    if (length > 0)
        memcpy(copy, text, length);
    return copy;
}

void arena_release(struct arena *arena)
{
    while (arena->block) {
        struct arena_block *older = arena->block->older;
        free(arena->block);
        arena->block = older;
    }
    arena->taken = 0;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *kept = NULL;
    while (arena->block) {
        struct arena_block *older = arena->block->older;
        if (!kept && arena->block->size == BLOCK_SIZE)
            kept = arena->block;
        else
            free(arena->block);
        arena->block = older;
    }
    if (kept) {
        kept->older = NULL;
        kept->used = 0;
    }
    arena->block = kept;
    arena->taken = 0;
}
