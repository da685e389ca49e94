/* Tokens: made once, kept as hashes. */
#include <string.h>

#include "check_main.h"
#include "exportstat/store/token.h"
#include "fixture.h"

static const date last_day = {20500};

static void make(const char *path, const char *name, unsigned scopes, char token[static TOKEN_TEXT])
{
    struct store *store = store_made(path);
    struct error err;
    ck_assert_msg(store_token_create(store, name, scopes, last_day, token, &err), "%s", err.detail);
    store_close(store);
}

static bool find(struct store *store, const char *sent, struct token_info *ret)
{
    struct error err;
    bool found;
    ck_assert_msg(store_token_find(store, sent, ret, &found, &err), "%s", err.detail);
    return found;
}

START_TEST(found_by_its_text_alone)
{
    const char *path = path_of("tokens.db");
    char first[TOKEN_TEXT];
    char second[TOKEN_TEXT];
    char other[TOKEN_TEXT + 1] = {0};
    struct token_info info;
    make(path, "first", SCOPE_IMPORT, first);
    make(path, "second", SCOPE_IMPORT | SCOPE_REVERT, second);
    ck_assert_uint_eq(strlen(first), TOKEN_TEXT - 1);
    ck_assert_str_ne(first, second);
    struct store *store = store_reading(path);
    ck_assert(find(store, first, &info));
    ck_assert_str_eq(info.name, "first");
    ck_assert_uint_eq(info.scopes, SCOPE_IMPORT);
    ck_assert_int_eq(info.expires.day, last_day.day);
    ck_assert_int_eq(info.revoked_at, 0);
    ck_assert(find(store, second, &info));
    ck_assert_str_eq(info.name, "second");
    ck_assert_uint_eq(info.scopes, SCOPE_IMPORT | SCOPE_REVERT);
    memcpy(other, first, TOKEN_TEXT);
    other[TOKEN_TEXT - 2] = other[TOKEN_TEXT - 2] == '0' ? '1' : '0';
    ck_assert(!find(store, other, &info));
    memcpy(other, first, TOKEN_TEXT);
    other[TOKEN_TEXT - 1] = '0';
    ck_assert(!find(store, other, &info));
    ck_assert(!find(store, "", &info));
    ck_assert(!find(store, "first", &info));
    store_close(store);
}
END_TEST

START_TEST(its_text_is_nowhere_in_the_file)
{
    const char *path = path_of("hashes.db");
    char token[TOKEN_TEXT];
    size_t length;
    make(path, "first", SCOPE_IMPORT, token);
    char *bytes = file_read(path, &length);
    ck_assert_ptr_null(memmem(bytes, length, token, strlen(token)));
    ck_assert_ptr_null(memmem(bytes, length, token + 5, strlen(token) - 5));
    free(bytes);
    ck_assert_int_eq(raw_integer(path, "SELECT length(hash) FROM token"), 64);
}
END_TEST

START_TEST(revoked_for_good)
{
    const char *path = path_of("revoked.db");
    char token[TOKEN_TEXT];
    struct token_info info;
    struct error err;
    make(path, "first", SCOPE_IMPORT, token);
    struct store *store = store_made(path);
    ck_assert(store_token_revoke(store, "first", &err));
    ck_assert(store_token_revoke(store, "first", &err));
    ck_assert(!store_token_revoke(store, "second", &err));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
    ck_assert(!store_token_create(store, "first", SCOPE_IMPORT, last_day, token, &err));
    ck_assert_int_eq(err.kind, ERROR_INPUT);
    ck_assert(!store_token_create(store, "No Name", SCOPE_IMPORT, last_day, token, &err));
    store_close(store);
    store = store_reading(path);
    ck_assert(find(store, token, &info));
    ck_assert_int_gt(info.revoked_at, 0);
    store_close(store);
}
END_TEST

START_TEST(listed_by_name)
{
    const char *path = path_of("list.db");
    char token[TOKEN_TEXT];
    struct arena arena = {0};
    struct token_list list;
    struct error err;
    make(path, "b", SCOPE_REVERT, token);
    make(path, "a", SCOPE_IMPORT, token);
    struct store *store = store_reading(path);
    for (int i = 0; i < 2; i++) {
        ck_assert(store_tokens(store, &arena, &list, &err));
        ck_assert_uint_eq(list.n, 2);
        ck_assert_str_eq(list.at[0].name, "a");
        ck_assert_str_eq(list.at[1].name, "b");
        ck_assert_uint_eq(list.at[1].scopes, SCOPE_REVERT);
    }
    arena_release(&arena);
    store_close(store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("token");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_add_test(tests, found_by_its_text_alone);
    tcase_add_test(tests, its_text_is_nowhere_in_the_file);
    tcase_add_test(tests, revoked_for_good);
    tcase_add_test(tests, listed_by_name);
    return check_main(tests);
}
