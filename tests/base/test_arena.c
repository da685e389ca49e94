#include "exportstat/base/arena.h"

#include <signal.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check_main.h"

static bool zeroed(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

/* Takes many pieces of many sizes, and returns whether all are zeroed, aligned and apart. */
static bool pieces_apart(struct arena *arena)
{
    unsigned char *piece[600];
    for (size_t i = 0; i < 600; i++) {
        piece[i] = arena_take(arena, i);
        if (!piece[i] || (uintptr_t)piece[i] % alignof(max_align_t) != 0 || !zeroed(piece[i], i))
            return false;
        memset(piece[i], (int)(i % 256), i);
    }
    for (size_t i = 0; i < 600; i++) {
        for (size_t k = 0; k < i; k++) {
            if (piece[i][k] != i % 256)
                return false;
        }
    }
    return true;
}

START_TEST(pieces_do_not_overlap)
{
    struct arena arena = {0};
    ck_assert(pieces_apart(&arena));
    ck_assert_uint_ge(arena.taken, 599 * 600 / 2);
    arena_release(&arena);
    ck_assert_ptr_null(arena.block);
    ck_assert_uint_eq(arena.taken, 0);
}
END_TEST

START_TEST(large_pieces_fit)
{
    struct arena arena = {0};
    unsigned char *large = arena_take(&arena, 1 << 20);
    ck_assert(zeroed(large, 1 << 20));
    memset(large, 1, 1 << 20);
    ck_assert(zeroed(arena_take(&arena, 100), 100));
    arena_release(&arena);
}
END_TEST

START_TEST(cleared_memory_is_zeroed_again)
{
    struct arena arena = {0};
    arena_clear(&arena);
    ck_assert_ptr_null(arena.block);
    for (int round = 0; round < 3; round++) {
        ck_assert(pieces_apart(&arena));
        memset(arena_take(&arena, 1 << 18), 1, 1 << 18);
        arena_clear(&arena);
        ck_assert_uint_eq(arena.taken, 0);
        ck_assert_ptr_nonnull(arena.block); /* one is kept */
    }
    arena_release(&arena);
    arena_release(&arena);
}
END_TEST

START_TEST(clear_keeps_no_large_block)
{
    struct arena arena = {0};
    arena_take(&arena, 1 << 20);
    arena_clear(&arena);
    ck_assert_ptr_null(arena.block);
}
END_TEST

START_TEST(texts_are_ended)
{
    struct arena arena = {0};
    ck_assert_str_eq(arena_text(&arena, "pk-it,437", 5), "pk-it");
    ck_assert_str_eq(arena_text(&arena, NULL, 0), "");
    arena_release(&arena);
}
END_TEST

START_TEST(macros_take_types)
{
    struct arena arena = {0};
    int64_t *numbers = ARENA_ARRAY(&arena, 3, int64_t);
    struct arena *inner = ARENA_NEW(&arena, struct arena);
    numbers[2] = 1;
    ck_assert_ptr_null(inner->block);
    ck_assert_ptr_nonnull(ARENA_ARRAY(&arena, 0, int64_t));
    arena_release(&arena);
}
END_TEST

START_TEST(must_never_returns_null)
{
    void *none = must_malloc(0);
    int *cells = must_calloc(4, sizeof *cells);
    void *no_cells = must_calloc(0, 0);
    ck_assert(none && no_cells && cells[3] == 0);
    cells = must_realloc(cells, 400 * sizeof *cells);
    cells[399] = 1;
    void *grown = must_realloc(NULL, 0);
    ck_assert_ptr_nonnull(grown);
    free(none);
    free(no_cells);
    free(cells);
    free(grown);
}
END_TEST

START_TEST(too_large_a_product_ends_the_program)
{
    struct arena arena = {0};
    arena_array(&arena, SIZE_MAX / 2, 3);
}
END_TEST

/* With the head of the block, or with the rounding, the size does not fit. */
static const size_t beyond[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 31};

START_TEST(too_large_a_piece_ends_the_program)
{
    struct arena arena = {0};
    arena_take(&arena, beyond[_i]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("arena");
    tcase_add_test(tests, pieces_do_not_overlap);
    tcase_add_test(tests, large_pieces_fit);
    tcase_add_test(tests, cleared_memory_is_zeroed_again);
    tcase_add_test(tests, clear_keeps_no_large_block);
    tcase_add_test(tests, texts_are_ended);
    tcase_add_test(tests, macros_take_types);
    tcase_add_test(tests, must_never_returns_null);
    tcase_add_test_raise_signal(tests, too_large_a_product_ends_the_program, SIGABRT);
    tcase_add_loop_test_raise_signal(tests, too_large_a_piece_ends_the_program, SIGABRT, 0, 3);
    return check_main(tests);
}
