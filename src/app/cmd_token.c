/* exportstat token: who may write over HTTP. */
#include "exportstat/store/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "open.h"

static int usage(const char *why)
{
    fprintf(stderr, "exportstat: %s\nTry 'exportstat token --help'.\n", why);
    return EXIT_USAGE;
}

/* A token for a database that nobody meant would be of no use. */
static bool open_existing(const struct config *config, struct store **ret, struct error *reterr)
{
    const char *path = config->text[OPTION_DATABASE];
    int applied;
    if (!store_open(path, STORE_CHANGE, ret, reterr))
        return false;
    if (store_migrate(*ret, &applied, reterr))
        return true;
    store_close(*ret);
    return error_prefix(reterr, "%s", path);
}

static int token_create(const struct config *config, const char *name)
{
    /* In the order of the choices of --scope. */
    static const unsigned scopes[] = {SCOPE_IMPORT, SCOPE_REVERT, SCOPE_IMPORT | SCOPE_REVERT};
    char token[TOKEN_TEXT];
    struct error err;
    struct store *store;
    if (!config->text[OPTION_EXPIRES])
        return usage("'exportstat token create' wants --expires DATE");
    date expires = {(int32_t)config->number[OPTION_EXPIRES]};
    if (expires.day < (int32_t)(time(NULL) / 86400))
        return usage("--expires is a day that is over");
    if (!open_existing(config, &store, &err))
        return fail(&err);
    bool ok =
        store_token_create(store, name, scopes[config->number[OPTION_SCOPE]], expires, token, &err);
    store_close(store);
    if (!ok)
        return fail(&err);
    puts(token);
    return EXIT_SUCCESS;
}

static int token_revoke(const struct config *config, const char *name)
{
    struct error err;
    struct store *store;
    if (!open_existing(config, &store, &err))
        return fail(&err);
    bool ok = store_token_revoke(store, name, &err);
    store_close(store);
    return ok ? EXIT_SUCCESS : fail(&err);
}

static void token_print(const struct token_info *token)
{
    char expires[DATE_TEXT];
    int32_t today = (int32_t)(time(NULL) / 86400);
    const char *state = token->expires.day < today ? "expired" : "valid";
    date_format(token->expires, expires);
    printf("%s\t%s%s%s\t%s\t%s\n", token->name, token->scopes & SCOPE_IMPORT ? "import" : "",
           token->scopes == (SCOPE_IMPORT | SCOPE_REVERT) ? "," : "",
           token->scopes & SCOPE_REVERT ? "revert" : "", expires,
           token->revoked_at > 0 ? "revoked" : state);
}

static int token_list(const struct config *config)
{
    struct arena arena = {0};
    struct token_list list;
    struct error err;
    struct store *store;
    if (!store_open(config->text[OPTION_DATABASE], STORE_READ, &store, &err))
        return fail(&err);
    bool ok = store_tokens(store, &arena, &list, &err);
    for (size_t i = 0; ok && i < list.n; i++)
        token_print(&list.at[i]);
    arena_release(&arena);
    store_close(store);
    return ok ? EXIT_SUCCESS : fail(&err);
}

int run_token(const struct config *config)
{
    const char *what = config->arguments[0];
    const char *name = config->n_arguments == 2 ? config->arguments[1] : NULL;
    if (strcmp(what, "list") == 0)
        return name ? usage("'exportstat token list' takes no name") : token_list(config);
    if (strcmp(what, "create") != 0 && strcmp(what, "revoke") != 0)
        return usage("a token can be made by `create`, taken by `revoke`, and all shown by `list`");
    if (!name)
        return usage("'exportstat token create' and 'revoke' want a name");
    return strcmp(what, "create") == 0 ? token_create(config, name) : token_revoke(config, name);
}
