#include "open.h"

#include <stdio.h>

#include "bundle.h"

void open_say(const char *what)
{
    fprintf(stderr, "exportstat: %s\n", what);
}

static void tell_changes(open_tell *tell, const char *path, int applied,
                         const struct import_result *result)
{
    char what[200];
    if (applied > 0) {
        snprintf(what, sizeof what, "%.100s: made for schema version %d", path,
                 store_schema_version());
        tell(what);
    }
    if (result->import > 0) {
        snprintf(what, sizeof what,
                 "bundled data: %lld series, %lld sources, %lld reports, %lld claims, %lld rulings",
                 (long long)result->added[IMPORT_SERIES], (long long)result->added[IMPORT_SOURCES],
                 (long long)result->added[IMPORT_REPORTS], (long long)result->added[IMPORT_CLAIMS],
                 (long long)result->added[IMPORT_RULINGS]);
        tell(what);
    }
}

/* Fills the store, or notes that it is to stay without the bundle. */
static bool fill(const struct config *config, open_tell *tell, struct store *store,
                 struct import_result *ret, struct error *reterr)
{
    bool kept;
    if (config->number[OPTION_EMPTY] == 0)
        return store_bundle(store, bundle, ret, reterr);
    if (!store_without_bundle(store, &kept, reterr))
        return false;
    if (!kept)
        tell("--empty came too late: the database has been filled before");
    return true;
}

bool open_for_writing(const struct config *config, open_tell *tell, struct store **ret,
                      struct error *reterr)
{
    const char *path = config->text[OPTION_DATABASE];
    struct import_result result = {0};
    struct store *store;
    int applied;
    if (!store_open(path, STORE_WRITE, &store, reterr))
        return false;
    if (!store_migrate(store, &applied, reterr) || !fill(config, tell, store, &result, reterr)) {
        store_close(store);
        return error_prefix(reterr, "%s", path);
    }
    tell_changes(tell, path, applied, &result);
    *ret = store;
    return true;
}

bool open_view(struct store *store, struct arena *arena, const struct series_info *info, date as_of,
               struct view *ret, struct error *reterr)
{
    struct evidence evidence;
    struct resolved *resolved = ARENA_NEW(arena, struct resolved);
    if (!store_evidence(store, arena, info, &evidence, reterr))
        return false;
    *resolved = resolve(arena, evidence, info->fiscal_year_start, info->adds_up);
    *ret = view_of(arena, resolved, as_of, RELEASE_LATEST);
    return true;
}
