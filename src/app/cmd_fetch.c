/* exportstat fetch: new months from the State Bank's EasyData, as reports of a source of their own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "exportstat/fetch/download.h"
#include "exportstat/fetch/easydata.h"
#include "exportstat/store/import.h"
#include "fetched.h"

enum {
    MONTHS_BEFORE = 24, /* that are asked for again, since they may have been revised */
    SECRET_MAX = 200,
};

struct fetching {
    struct fetched batch;
    struct buffer key;    /* to the interface; empty: there is none */
    struct buffer secret; /* the part of the query with it */
};

static void say_waiting(void *context, const char *why, int seconds)
{
    (void)context;
    fprintf(stderr, "exportstat: %s; asking again in %d s\n", why, seconds);
}

/* SERIES=KEY, or of a file SERIES alone. */
static bool subject_read(const char *text, bool is_file, struct subject *ret, struct error *reterr)
{
    size_t length = strcspn(text, "=");
    *ret = (struct subject){.key = text[length] ? text + length + 1 : NULL};
    if (!identifier_valid(text, length, IDENTIFIER_MAX))
        return error_set(reterr, ERROR_INPUT, "'%s' does not begin with the id of a series", text);
    if (length > FETCHED_ID_MAX)
        return error_set(reterr, ERROR_INPUT,
                         "'%s': sources are named after the series, whose id may have %d bytes",
                         text, FETCHED_ID_MAX);
    memcpy(ret->series, text, length);
    if (!ret->key && !is_file)
        return error_set(reterr, ERROR_INPUT,
                         "'%s' wants a key of EasyData, as %s=TS_GP_BOP_XMGS_M.P00120", text, text);
    return !ret->key || easydata_key_valid(ret->key) ||
           error_set(reterr, ERROR_INPUT, "'%s' is no key of EasyData", ret->key);
}

static bool file_read(const char *name, struct buffer *ret, struct error *reterr)
{
    FILE *file = fopen(name, "re");
    bool ok = file != NULL;
    for (size_t n = 1; ok && n > 0 && ret->length <= DOWNLOAD_BYTES_MAX;) {
        char *to = buffer_reserve(ret, BUFSIZ);
        n = fread(to, 1, BUFSIZ, file);
        ret->length += n;
        ret->bytes[ret->length] = '\0';
        ok = ferror(file) == 0;
    }
    if (!ok)
        error_set(reterr, ERROR_INPUT, "%s: %s", name, strerror(errno));
    else if (ret->length > DOWNLOAD_BYTES_MAX)
        ok = error_set(reterr, ERROR_INPUT, "%s: more than %d MiB", name,
                       DOWNLOAD_BYTES_MAX / 1024 / 1024);
    if (file)
        fclose(file);
    return ok;
}

/* The key to the interface: of a file, or of the environment. Never of an argument, which others can see. */
static bool secret_find(struct fetching *fetching, struct error *reterr)
{
    const char *file = fetching->batch.config->text[OPTION_API_KEY_FILE];
    const char *variable = getenv("EXPORTSTAT_API_KEY");
    struct buffer *key = &fetching->key;
    bool ok = !file || file_read(file, key, reterr);
    if (!file && variable)
        buffer_text(key, variable);
    size_t length = key->length > 0 ? strcspn(key->bytes, "\r\n") : 0;
    if (ok && (length == 0 || length > SECRET_MAX))
        ok = error_set(reterr, ERROR_INPUT,
                       "no API key: put it into a file for --api-key-file, or into "
                       "EXPORTSTAT_API_KEY");
    if (ok) {
        buffer_text(&fetching->secret, "api_key=");
        buffer_percent(&fetching->secret, key->bytes, length);
        key->length = length;
    }
    return ok;
}

/* An answer that has the key in it is not used: whatever is made of it could tell the key. */
static bool holds_no_secret(const struct fetching *fetching, const struct buffer *answer,
                            struct error *reterr)
{
    const struct buffer *key = &fetching->key;
    const char *encoded = strchr(fetching->secret.bytes, '=') + 1;
    bool has =
        answer->length > 0 && (memmem(answer->bytes, answer->length, key->bytes, key->length) ||
                               memmem(answer->bytes, answer->length, encoded, strlen(encoded)));
    return !has || error_set(reterr, ERROR_INPUT, "the answer has the API key in it");
}

static bool subject_fetch(struct fetching *fetching, struct subject *subject, struct error *reterr)
{
    const struct config *config = fetching->batch.config;
    const char *file = config->text[OPTION_FILE];
    struct download_terms terms = {
        .timeout_seconds = (int)config->number[OPTION_TIMEOUT],
        .attempts = (int)config->number[OPTION_ATTEMPTS],
        .waiting = say_waiting,
    };
    char today[DATE_TEXT];
    int day;
    if (file)
        return file_read(file, &subject->answer, reterr);
    if (fetching->secret.length == 0 && !secret_find(fetching, reterr))
        return false;
    struct buffer url = {0};
    int from = config->text[OPTION_FROM]
                   ? (int)config->number[OPTION_FROM]
                   : date_month(fetching->batch.answered, &day) - MONTHS_BEFORE;
    date_format(fetching->batch.answered, today);
    buffer_format(&url, "%s/series/%s/data?start_date=%04d-%02d-01&end_date=%s&format=json",
                  config->text[OPTION_API], subject->key, from / 12, from % 12 + 1, today);
    bool ok = download(url.bytes, fetching->secret.bytes, &terms, &subject->answer, reterr) &&
              holds_no_secret(fetching, &subject->answer, reterr);
    buffer_release(&url);
    return ok;
}

static bool batch_import(struct fetched *batch, struct error *reterr)
{
    struct import_file files[] = {
        {"sources", fmemopen(batch->sources.bytes, batch->sources.length, "r")},
        {"reports", fmemopen(batch->reports.bytes, batch->reports.length, "r")},
    };
    struct import_terms terms = {.dry_run = batch->config->number[OPTION_DRY_RUN] != 0};
    struct import_result result;
    struct buffer faults = {0};
    struct store *store = NULL;
    bool ok = files[0].file && files[1].file;
    if (!ok)
        error_set(reterr, ERROR_SYSTEM, "there is no memory left");
    ok = ok && store_open(batch->config->text[OPTION_DATABASE], STORE_CHANGE, &store, reterr) &&
         store_import(store, files, COUNT(files), &terms, &result, &faults, reterr);
    if (faults.length > 0)
        fputs(faults.bytes, stderr);
    else if (ok && terms.dry_run)
        fputs(batch->reports.bytes, stdout);
    else if (ok)
        printf("import %lld, generation %lld: %lld reports\n", (long long)result.import,
               (long long)result.generation, (long long)result.added[IMPORT_REPORTS]);
    for (size_t i = 0; i < COUNT(files); i++) {
        if (files[i].file)
            fclose(files[i].file);
    }
    buffer_release(&faults);
    store_close(store);
    return ok;
}

/* Each series is named once, and so is each key. */
static bool subjects_read(const struct config *config, struct subject *subjects,
                          struct error *reterr)
{
    bool is_file = config->text[OPTION_FILE] != NULL;
    if (is_file && config->n_arguments > 1)
        return error_set(reterr, ERROR_INPUT, "--file is about one series");
    for (int i = 0; i < config->n_arguments; i++) {
        if (!subject_read(config->arguments[i], is_file, &subjects[i], reterr))
            return false;
        for (int k = 0; k < i; k++) {
            if (strcmp(subjects[i].series, subjects[k].series) == 0 ||
                strcmp(subjects[i].key, subjects[k].key) == 0)
                return error_set(reterr, ERROR_INPUT, "'%s' has the series or the key of '%s'",
                                 config->arguments[i], config->arguments[k]);
        }
    }
    return true;
}

/* The day that the answer is of: of a file the day it was saved, unless another is told. */
static bool answered_find(const struct config *config, date *ret, struct error *reterr)
{
    enum { SECONDS_OF_DAY = 86400 };
    const char *name = config->text[OPTION_FILE];
    struct stat file;
    *ret = (date){(int32_t)(time(NULL) / SECONDS_OF_DAY)};
    if (config->text[OPTION_ANSWERED] && !name)
        return error_set(reterr, ERROR_INPUT, "--answered is about a --file");
    if (config->text[OPTION_ANSWERED] && config->number[OPTION_ANSWERED] > ret->day)
        return error_set(reterr, ERROR_INPUT, "--answered is a day to come");
    if (!name)
        return true;
    if (stat(name, &file) != 0)
        return error_set(reterr, ERROR_INPUT, "%s: %s", name, strerror(errno));
    if (config->text[OPTION_ANSWERED])
        ret->day = (int32_t)config->number[OPTION_ANSWERED];
    else if (file.st_mtime / SECONDS_OF_DAY < ret->day)
        ret->day = (int32_t)(file.st_mtime / SECONDS_OF_DAY);
    return true;
}

/* Everything is asked for before anything is stored: one batch, or nothing. */
static bool fetch_all(struct fetching *fetching, struct subject *subjects, struct error *reterr)
{
    struct fetched *batch = &fetching->batch;
    const struct config *config = batch->config;
    struct store_state state;
    if (!subjects_read(config, subjects, reterr) ||
        !answered_find(config, &batch->answered, reterr) ||
        !store_open(config->text[OPTION_DATABASE], STORE_READ, &batch->store, reterr) ||
        !store_begin(batch->store, &state, reterr))
        return false;
    /* The transaction is short: what others have imported meanwhile counts. */
    store_end(batch->store);
    for (int i = 0; i < config->n_arguments; i++) {
        if (!subject_fetch(fetching, &subjects[i], reterr))
            return false;
    }
    if (!store_begin(batch->store, &state, reterr))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < config->n_arguments; i++)
        ok = fetched_add(batch, &subjects[i], reterr);
    store_end(batch->store);
    return ok;
}

int run_fetch(const struct config *config)
{
    struct subject subjects[FETCH_SERIES_MAX] = {0};
    struct fetching fetching = {.batch.config = config};
    struct fetched *batch = &fetching.batch;
    struct error err;
    bool ok = fetch_all(&fetching, subjects, &err);
    if (ok && batch->reports.length == 0)
        fputs("exportstat: nothing new\n", stderr);
    else
        ok = ok && batch_import(batch, &err);
    for (int i = 0; i < FETCH_SERIES_MAX; i++)
        buffer_release(&subjects[i].answer);
    buffer_release(&fetching.key);
    buffer_release(&fetching.secret);
    buffer_release(&batch->sources);
    buffer_release(&batch->reports);
    store_close(batch->store);
    arena_release(&batch->arena);
    return ok ? EXIT_SUCCESS : fail(&err);
}
