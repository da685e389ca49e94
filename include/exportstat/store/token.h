/* Tokens: who may write over HTTP.
 *
 * A token is a secret of 256 random bits, told once, when it is made; the store keeps its SHA-256 alone. It has a
 * name, which is given once and stands with the imports that it made, a scope, and a last day. */
#pragma once

#include "exportstat/base/date.h"
#include "exportstat/store/store.h"

enum {
    SCOPE_IMPORT = 1, /* may add imports */
    SCOPE_REVERT = 2, /* may revert them */
};

enum {
    TOKEN_NAME_MAX = 64, /* bytes */
    TOKEN_TEXT = 70,     /* "exps_", 64 hexadecimal digits and an end */
};

struct token_info {
    char name[TOKEN_NAME_MAX + 1];
    unsigned scopes;
    date expires;       /* the last day it is good for */
    int64_t created_at; /* seconds since 1970-01-01 UTC */
    int64_t revoked_at; /* 0: it is not */
};

struct token_list {
    const struct token_info *at;
    size_t n;
};

/* Makes a token in a store opened for writing. ERROR_INPUT where the name is taken or is no identifier. */
bool store_token_create(struct store *store, const char *name, unsigned scopes, date expires,
                        char ret[static TOKEN_TEXT], struct error *reterr);

/* Takes a token's rights for good; ERROR_NOT_FOUND where there is none of that name. Again is no failure. */
bool store_token_revoke(struct store *store, const char *name, struct error *reterr);

/* All of them, by name; a store opened for reading. */
bool store_tokens(struct store *store, struct arena *arena, struct token_list *ret,
                  struct error *reterr);

/* Finds the token that was sent, in a store opened for reading, whatever it is worth today; *ret_found is false
 * where there is none. How long it takes tells nothing about what is stored. */
bool store_token_find(struct store *store, const char *sent, struct token_info *ret,
                      bool *ret_found, struct error *reterr);
