#include "exportstat/store/token.h"

#include <errno.h>
#include <nettle/base16.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "digest.h"
#include "exportstat/base/text.h"
#include "sql.h"

enum { SECRET_BYTES = 32 };

static const char prefix[] = "exps_"; /* so that who finds one somewhere knows what it is */

static bool token_make(char ret[static TOKEN_TEXT], struct error *reterr)
{
    uint8_t secret[SECRET_BYTES];
    char digits[BASE16_ENCODE_LENGTH(SECRET_BYTES)];
    if (getrandom(secret, sizeof secret, 0) != sizeof secret)
        return error_set(reterr, ERROR_SYSTEM, "no random bytes: %s", strerror(errno));
    base16_encode_update(digits, sizeof secret, secret);
    snprintf(ret, TOKEN_TEXT, "%s%.*s", prefix, (int)sizeof digits, digits);
    return true;
}

bool store_token_create(struct store *store, const char *name, unsigned scopes, date expires,
                        char ret[static TOKEN_TEXT], struct error *reterr)
{
    sqlite3_stmt *add = NULL;
    char token[TOKEN_TEXT];
    char hash[DIGEST_TEXT];
    if (!identifier_valid(name, strlen(name), TOKEN_NAME_MAX))
        return error_set(reterr, ERROR_INPUT, "a token's name has 1 to %d of a-z, 0-9 and '-'",
                         TOKEN_NAME_MAX);
    if (!token_make(token, reterr))
        return false;
    digest_of(token, strlen(token), hash);
    bool ok = sql_prepare(store->db,
                          "INSERT INTO token (name, hash, may_import, may_revert, expires_day, "
                          "created_at) VALUES (:name, :hash, :may_import, :may_revert, "
                          ":expires, unixepoch()) ON CONFLICT (name) DO NOTHING",
                          &add, reterr);
    if (ok) {
        sql_bind_text(add, ":name", name);
        sql_bind_text(add, ":hash", hash);
        sql_bind_integer(add, ":may_import", (scopes & SCOPE_IMPORT) != 0);
        sql_bind_integer(add, ":may_revert", (scopes & SCOPE_REVERT) != 0);
        sql_bind_integer(add, ":expires", expires.day);
        ok = sql_run(add, reterr);
    }
    sqlite3_finalize(add);
    if (ok && sqlite3_changes(store->db) == 0)
        return error_set(reterr, ERROR_INPUT,
                         "there is a token '%s' already, or there was: a name is given once", name);
    if (ok)
        memcpy(ret, token, sizeof token);
    return ok;
}

bool store_token_revoke(struct store *store, const char *name, struct error *reterr)
{
    sqlite3_stmt *revoke = NULL;
    bool ok = sql_prepare(store->db,
                          "UPDATE token SET revoked_at = coalesce(revoked_at, unixepoch()) "
                          "WHERE name = :name",
                          &revoke, reterr);
    if (ok) {
        sql_bind_text(revoke, ":name", name);
        ok = sql_run(revoke, reterr);
    }
    sqlite3_finalize(revoke);
    if (ok && sqlite3_changes(store->db) == 0)
        return error_set(reterr, ERROR_NOT_FOUND, "there is no token '%.64s'", name);
    return ok;
}

static void token_read(sqlite3_stmt *row, struct token_info *ret)
{
    enum { NAME, HASH, MAY_IMPORT, MAY_REVERT, EXPIRES, CREATED, REVOKED };
    snprintf(ret->name, sizeof ret->name, "%s", (const char *)sqlite3_column_text(row, NAME));
    ret->scopes = (sqlite3_column_int(row, MAY_IMPORT) ? SCOPE_IMPORT : 0U) |
                  (sqlite3_column_int(row, MAY_REVERT) ? SCOPE_REVERT : 0U);
    ret->expires = (date){sqlite3_column_int(row, EXPIRES)};
    ret->created_at = sqlite3_column_int64(row, CREATED);
    ret->revoked_at = sqlite3_column_int64(row, REVOKED);
}

bool store_tokens(struct store *store, struct arena *arena, struct token_list *ret,
                  struct error *reterr)
{
    SQL_AUTO row = store_statement(store, SQL_TOKENS, reterr);
    SQL_AUTO count = store_statement(store, SQL_TOKENS_COUNT, reterr);
    if (!row || !count)
        return false;
    int64_t total;
    bool found;
    size_t n = 0;
    if (!sql_integer(count, &total, reterr))
        return false;
    struct token_info *at = ARENA_ARRAY(arena, (size_t)total + 1, struct token_info);
    while (n < (size_t)total) {
        if (!sql_step(row, &found, reterr))
            return false;
        if (!found)
            break;
        token_read(row, &at[n++]);
    }
    *ret = (struct token_list){at, n};
    return true;
}

bool store_token_find(struct store *store, const char *sent, struct token_info *ret,
                      bool *ret_found, struct error *reterr)
{
    SQL_AUTO row = store_statement(store, SQL_TOKENS, reterr);
    if (!row)
        return false;
    char hash[DIGEST_TEXT];
    bool more;
    digest_of(sent, strlen(sent), hash);
    *ret_found = false;
    /* All of them, to the end, wherever it stands; and each comparison to its end. */
    while (sql_step(row, &more, reterr)) {
        if (!more)
            return true;
        const void *stored = sqlite3_column_text(row, 1);
        if (sqlite3_column_bytes(row, 1) == DIGEST_TEXT - 1 &&
            memeql_sec(stored, hash, DIGEST_TEXT - 1)) {
            token_read(row, ret);
            *ret_found = true;
        }
    }
    return false;
}
