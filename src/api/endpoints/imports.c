/* /v1/imports: adding a batch of rows, the record of imports, and taking one out again. */
#include "exportstat/store/imports.h"

#include <string.h>
#include <time.h>

#include "../batch_body.h"
#include "../endpoints.h"

enum {
    FAULTY_ROWS_MAX = 50, /* that are named */
    KEY_MAX = 255,        /* bytes of an Idempotency-Key */
};

static void represent_instant(struct out *out, const char *key, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm utc;
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &utc));
    out_text(out, key, text);
}

static void represent_counts(struct out *out, const char *key, const int64_t counts[IMPORT_KINDS])
{
    out_object(out, key);
    for (int i = 0; i < IMPORT_KINDS; i++)
        out_integer(out, import_kind_names[i], counts[i]);
    out_object_end(out);
}

static void represent_import(struct out *out, const struct import_info *info)
{
    const char *origin = info->is_bundle ? "bundle" : info->token ? "http" : "file";
    out_integer(out, "id", info->number);
    out_text(out, "origin", origin);
    out_text(out, "token", info->token);
    out_text(out, "idempotency_key", info->key);
    represent_instant(out, "imported_at", info->imported_at);
    out_integer(out, "generation", info->generation);
    represent_counts(out, "added", info->added);
    out_integer(out, "skipped", info->skipped);
    if (info->reverted_at == 0) {
        out_null(out, "reverted");
        return;
    }
    out_object(out, "reverted");
    represent_instant(out, "at", info->reverted_at);
    out_text(out, "token", info->reverted_by);
    out_integer(out, "generation", info->reverted_generation);
    out_object_end(out);
}

bool get_imports(struct call *call)
{
    struct out *out = call->out;
    struct error err;
    struct import_list list;
    const struct arg *after = arg(call, PARAM_AFTER);
    int64_t limit = arg(call, PARAM_PAGE)->number;
    int64_t number = 0;
    if (after->given && !number_parse(after->text, strlen(after->text), 1, GENERATION_MAX, &number))
        return problem_invalid(call->problem, "after", NULL, "expected the id of an import");
    if (!store_imports(call->store, call->arena, number,
                       arg(call, PARAM_ORDER)->number == ORDER_DESC, limit + 1, &list, &err))
        return problem_from(call->problem, &err);
    bool more = list.n > (size_t)limit;
    size_t n = more ? (size_t)limit : list.n;
    out_integer(out, "generation", call->state.generation);
    out_integer(out, "total", list.total);
    if (more) {
        char id[24];
        snprintf(id, sizeof id, "%lld", (long long)list.at[n - 1].number);
        call_next(call, PARAM_AFTER, id);
    }
    out_array(out, "imports");
    for (size_t i = 0; i < n; i++) {
        out_object(out, NULL);
        represent_import(out, &list.at[i]);
        out_object_end(out);
    }
    out_array_end(out);
    return true;
}

bool get_import(struct call *call)
{
    struct error err;
    struct import_info info;
    if (!store_import_find(call->store, call->arena, arg(call, PARAM_IMPORT_ID)->number, &info,
                           &err))
        return problem_from(call->problem, &err);
    represent_import(call->out, &info);
    return true;
}

/* The import as it stands in the store now. */
static bool represent_stored(struct call *call, int64_t number)
{
    struct error err;
    struct import_info info;
    if (!store_begin(call->store, &call->state, &err))
        return problem_from(call->problem, &err);
    bool ok = store_import_find(call->store, call->arena, number, &info, &err);
    store_end(call->store);
    if (!ok)
        return problem_from(call->problem, &err);
    represent_import(call->out, &info);
    return true;
}

struct adding {
    struct call *call;
    struct batch_body body;
    int n_faults;
};

static void tell(void *context, const struct import_fault *fault)
{
    struct adding *adding = context;
    adding->n_faults++;
    batch_body_fault(adding->call, &adding->body, fault);
}

/* An import that was refused: for faults that have been told, for what the file is as a whole, or by the store. */
static bool refuse(const struct adding *adding, const struct error *err)
{
    if (err->kind != ERROR_INPUT)
        return problem_from(adding->call->problem, err);
    return problem_set(adding->call->problem, PROBLEM_FAULTY_BATCH, "%s%s", err->detail,
                       adding->n_faults > 0 ? ": see `invalid`" : "");
}

static bool represent_added(struct call *call, const struct import_result *result)
{
    switch (result->outcome) {
    case IMPORT_MADE:
        call->written = result->generation;
        call->status = 201;
        buffer_format(call->location, "%s/v1/imports/%lld", call->public_url,
                      (long long)result->import);
        return represent_stored(call, result->import);
    case IMPORT_REPEATED:
    case IMPORT_ANSWERED:
        return represent_stored(call, result->import);
    case IMPORT_KEY_TAKEN:
        if (result->import == 0)
            return problem_set(
                call->problem, PROBLEM_KEY_TAKEN,
                "This Idempotency-Key came with another batch, which was nothing new");
        return problem_set(call->problem, PROBLEM_KEY_TAKEN,
                           "This Idempotency-Key came with another batch, import %lld",
                           (long long)result->import);
    case IMPORT_NOTHING_NEW:
    case IMPORT_CHECKED:
        break;
    }
    int64_t skipped = 0;
    for (int i = 0; i < IMPORT_KINDS; i++)
        skipped += result->skipped[i];
    out_null(call->out, "id");
    out_boolean(call->out, "dry_run", result->outcome == IMPORT_CHECKED);
    represent_counts(call->out, "added", result->added);
    out_integer(call->out, "skipped", skipped);
    return true;
}

static bool key_fits(struct call *call)
{
    const char *key = call->idempotency_key;
    size_t length = key ? strlen(key) : 0;
    bool ok = !key || (length > 0 && length <= KEY_MAX);
    for (size_t i = 0; i < length; i++)
        ok = ok && key[i] >= ' ' && key[i] < 0x7F;
    return ok || problem_invalid(call->problem, "Idempotency-Key", NULL,
                                 "expected 1 to %d printable characters of ASCII", KEY_MAX);
}

bool add_import(struct call *call)
{
    struct adding adding = {.call = call};
    struct import_result result = {0};
    struct buffer faults = {0};
    struct store *store;
    struct error err;
    if (!key_fits(call) || !call_writing(call))
        return false;
    struct import_terms terms = {
        .told = tell,
        .context = &adding,
        .faults_max = FAULTY_ROWS_MAX,
        .dry_run = arg(call, PARAM_DRY_RUN)->number != 0,
        .token = call->token,
        .key = call->idempotency_key,
        .bytes = call->body,
        .length = call->body_length,
    };
    bool ok = batch_body_read(call, &adding.body);
    if (ok && !store_open(call->database, STORE_CHANGE, &store, &err)) {
        ok = problem_from(call->problem, &err);
    } else if (ok) {
        ok = store_import(store, adding.body.files, adding.body.n_files, &terms, &result, &faults,
                          &err) ||
             refuse(&adding, &err);
        store_close(store);
    }
    batch_body_release(&adding.body);
    buffer_release(&faults);
    return ok && represent_added(call, &result);
}

static bool reverted(struct call *call, int64_t number, const struct revert_result *result)
{
    switch (result->outcome) {
    case REVERT_MADE:
        call->written = result->generation;
        break;
    case REVERT_AGAIN:
        break;
    case REVERT_BUNDLE:
        return problem_set(call->problem, PROBLEM_CONFLICT,
                           "The bundled data can not be taken out; `serve --empty` begins without");
    case REVERT_NEEDED:
        return problem_set(call->problem, PROBLEM_CONFLICT,
                           "Import %lld has %s that came with this one: revert it first",
                           (long long)result->by, result->what);
    }
    return represent_stored(call, number);
}

bool revert_import(struct call *call)
{
    int64_t number = arg(call, PARAM_IMPORT_ID)->number;
    struct revert_result result;
    struct store *store;
    struct error err;
    if (!call_writing(call))
        return false;
    if (!store_open(call->database, STORE_CHANGE, &store, &err))
        return problem_from(call->problem, &err);
    bool ok = store_revert(store, number, call->token, &result, &err);
    store_close(store);
    return ok ? reverted(call, number, &result) : problem_from(call->problem, &err);
}
