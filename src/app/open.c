#include "open.h"

#include <stdio.h>

#include "bundle.h"

bool open_for_writing(const struct config *config, struct store **ret, struct error *reterr)
{
    const char *path = config->text[OPTION_DATABASE];
    struct import_result result;
    struct store *store;
    int applied;
    if (!store_open(path, STORE_WRITE, &store, reterr))
        return false;
    if (!store_migrate(store, &applied, reterr) ||
        (config->number[OPTION_EMPTY] == 0 && !store_bundle(store, bundle, &result, reterr))) {
        store_close(store);
        return error_prefix(reterr, "%s", path);
    }
    if (applied > 0)
        fprintf(stderr, "exportstat: %s: schema version %d\n", path, store_schema_version());
    if (config->number[OPTION_EMPTY] == 0 && result.import > 0)
        fprintf(
            stderr,
            "exportstat: %s: bundled data: %lld series, %lld sources, %lld reports, %lld claims, "
            "%lld rulings\n",
            path, (long long)result.added[IMPORT_SERIES], (long long)result.added[IMPORT_SOURCES],
            (long long)result.added[IMPORT_REPORTS], (long long)result.added[IMPORT_CLAIMS],
            (long long)result.added[IMPORT_RULINGS]);
    *ret = store;
    return true;
}
