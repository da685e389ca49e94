/* exportstat fetch: new months from the State Bank's EasyData, as reports of a source of their own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exportstat/fetch/download.h"
#include "exportstat/fetch/easydata.h"
#include "exportstat/store/import.h"
#include "open.h"

enum {
    MONTHS_BEFORE = 24, /* that are asked for again, since they may have been revised */
    SECRET_MAX = 200,
    SOURCES_OF_DAY_MAX = 100,
};

static const char source_prefix[] = "easydata-";

/* One series of ours, and what EasyData has of it. */
struct subject {
    char series[IDENTIFIER_MAX + 1];
    const char *key; /* NULL: whatever the file is about */
    struct buffer answer;
};

struct fetching {
    const struct config *config;
    struct arena arena;
    struct store *store; /* for reading */
    date today;
    struct buffer secret;  /* of the query; empty: there is none */
    struct buffer sources; /* the batch, as CSV … */
    struct buffer reports; /* … without a header while there is nothing */
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
    const char *file = fetching->config->text[OPTION_API_KEY_FILE];
    const char *variable = getenv("EXPORTSTAT_API_KEY");
    struct buffer key = {0};
    bool ok = !file || file_read(file, &key, reterr);
    if (!file && variable)
        buffer_text(&key, variable);
    size_t length = key.length > 0 ? strcspn(key.bytes, "\r\n") : 0;
    if (ok && (length == 0 || length > SECRET_MAX))
        ok = error_set(reterr, ERROR_INPUT,
                       "no API key: put it into a file for --api-key-file, or into "
                       "EXPORTSTAT_API_KEY");
    if (ok) {
        buffer_text(&fetching->secret, "api_key=");
        buffer_percent(&fetching->secret, key.bytes, length);
    }
    buffer_release(&key);
    return ok;
}

static bool subject_fetch(struct fetching *fetching, struct subject *subject, struct error *reterr)
{
    const struct config *config = fetching->config;
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
    int from = config->text[OPTION_FROM] ? (int)config->number[OPTION_FROM]
                                         : date_month(fetching->today, &day) - MONTHS_BEFORE;
    date_format(fetching->today, today);
    buffer_format(&url, "%s/series/%s/data?start_date=%04d-%02d-01&end_date=%s&format=json",
                  config->text[OPTION_API], subject->key, from / 12, from % 12 + 1, today);
    bool ok = download(url.bytes, fetching->secret.bytes, &terms, &subject->answer, reterr);
    buffer_release(&url);
    return ok;
}

/* What EasyData said last of a month, or NULL. Reports stand by month, then by date. */
static const struct report *report_last(const struct evidence *evidence, int32_t month)
{
    const struct report *last = NULL;
    for (size_t i = 0; i < evidence->n_reports; i++) {
        const struct report *report = &evidence->reports[i];
        if (report->span.first == month && report->span.last == month &&
            strncmp(report->source, source_prefix, strlen(source_prefix)) == 0)
            last = report;
    }
    return last;
}

/* An id that no source has yet: what was fetched earlier on the same day stays as it was. */
static bool source_name(struct fetching *fetching, const char *series, struct buffer *ret,
                        struct error *reterr)
{
    struct source_info found;
    char today[DATE_TEXT];
    date_format(fetching->today, today);
    buffer_format(ret, "%s%s-%s", source_prefix, series, today);
    size_t length = ret->length;
    for (int n = 2; n < SOURCES_OF_DAY_MAX; n++) {
        struct error err;
        if (!store_source(fetching->store, &fetching->arena, ret->bytes, &found, &err))
            return err.kind == ERROR_NOT_FOUND || error_set(reterr, err.kind, "%s", err.detail);
        ret->length = length;
        buffer_format(ret, "-%d", n);
    }
    return error_set(reterr, ERROR_INPUT, "%s was fetched too often today", series);
}

static void field(struct buffer *to, const char *text, char end)
{
    buffer_csv(to, text, strlen(text));
    buffer_char(to, end);
}

static void source_add(struct fetching *fetching, const struct subject *subject,
                       const struct easydata *data, const char *source)
{
    struct buffer *to = &fetching->sources;
    struct buffer url = {0};
    char today[DATE_TEXT];
    date_format(fetching->today, today);
    if (to->length == 0)
        buffer_text(to, "source_id,publisher,title,url,published,date_basis,kind,authority\n");
    if (subject->key)
        buffer_format(&url, "%s/series/%s/data", fetching->config->text[OPTION_API], subject->key);
    else
        buffer_text(&url, fetching->config->text[OPTION_API]);
    field(to, source, ',');
    field(to, "State Bank of Pakistan EasyData", ',');
    field(to, *data->name ? data->name : subject->series, ',');
    field(to, url.bytes, ',');
    field(to, today, ',');
    buffer_text(to, "inferred,official,3\n");
    buffer_release(&url);
}

static void report_add(struct fetching *fetching, const char *series, const char *source,
                       const struct easydata_row *row)
{
    struct buffer *to = &fetching->reports;
    char number[AMOUNT_TEXT];
    if (to->length == 0)
        buffer_text(to, "series_id,period,value,precision,source_id,note\n");
    buffer_format(to, "%s,%04d-%02d,", series, row->month / 12, row->month % 12 + 1);
    buffer_add(to, number, amount_format(row->value, number));
    buffer_char(to, ',');
    buffer_add(to, number, amount_format(row->precision, number));
    buffer_format(to, ",%s,", source);
    field(to, row->note, '\n');
}

static bool check_unit(const struct fetching *fetching, const struct series_info *info,
                       const struct easydata *data, struct error *reterr)
{
    const char *expected = fetching->config->text[OPTION_UNIT];
    bool is_same =
        expected ? strcmp(expected, data->unit) == 0 : easydata_unit_is(info->unit, data->unit);
    return data->n == 0 || is_same ||
           error_set(
               reterr, ERROR_INPUT,
               "%s is in %s, the answer in '%.60s'; --unit '%.60s' says that this is the same",
               info->id, info->unit, data->unit, data->unit);
}

/* Adds to the batch what is new, or other than EasyData said last. */
static bool subject_add(struct fetching *fetching, const struct subject *subject,
                        struct error *reterr)
{
    struct series_info info;
    struct evidence evidence;
    struct easydata data;
    struct buffer source = {0};
    size_t n_new = 0;
    size_t n_revised = 0;
    if (!easydata_read(&fetching->arena, subject->answer.bytes ? subject->answer.bytes : "",
                       subject->answer.length, subject->key, &data, reterr) ||
        !store_series(fetching->store, &fetching->arena, subject->series, &info, reterr) ||
        !check_unit(fetching, &info, &data, reterr) ||
        !store_evidence(fetching->store, &fetching->arena, &info, &evidence, reterr) ||
        !source_name(fetching, subject->series, &source, reterr)) {
        buffer_release(&source);
        return error_prefix(reterr, "%s", subject->series);
    }
    for (size_t i = 0; i < data.n; i++) {
        const struct report *last = report_last(&evidence, data.rows[i].month);
        if (last && last->value == data.rows[i].value && last->precision == data.rows[i].precision)
            continue;
        if (n_new + n_revised == 0)
            source_add(fetching, subject, &data, source.bytes);
        n_new += !last;
        n_revised += last != NULL;
        report_add(fetching, subject->series, source.bytes, &data.rows[i]);
    }
    fprintf(stderr, "exportstat: %s: %zu months, %zu new, %zu revised, %zu without a value\n",
            subject->series, data.n + data.n_missing, n_new, n_revised, data.n_missing);
    buffer_release(&source);
    return true;
}

static bool batch_import(struct fetching *fetching, struct error *reterr)
{
    struct import_file files[] = {
        {"sources", fmemopen(fetching->sources.bytes, fetching->sources.length, "r")},
        {"reports", fmemopen(fetching->reports.bytes, fetching->reports.length, "r")},
    };
    struct import_terms terms = {.dry_run = fetching->config->number[OPTION_DRY_RUN] != 0};
    struct import_result result;
    struct buffer faults = {0};
    struct store *store = NULL;
    bool ok = files[0].file && files[1].file;
    if (!ok)
        error_set(reterr, ERROR_SYSTEM, "there is no memory left");
    ok = ok && open_for_writing(fetching->config, open_say, &store, reterr) &&
         store_import(store, files, COUNT(files), &terms, &result, &faults, reterr);
    if (faults.length > 0)
        fputs(faults.bytes, stderr);
    else if (ok && terms.dry_run)
        fputs(fetching->reports.bytes, stdout);
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

/* Everything is asked for before anything is stored: one batch, or nothing. */
static bool fetch_all(struct fetching *fetching, struct subject *subjects, struct error *reterr)
{
    const struct config *config = fetching->config;
    struct store_state state;
    bool is_file = config->text[OPTION_FILE] != NULL;
    if (is_file && config->n_arguments > 1)
        return error_set(reterr, ERROR_INPUT, "--file is about one series");
    for (int i = 0; i < config->n_arguments; i++) {
        if (!subject_read(config->arguments[i], is_file, &subjects[i], reterr))
            return false;
    }
    if (!store_open(config->text[OPTION_DATABASE], STORE_READ, &fetching->store, reterr) ||
        !store_begin(fetching->store, &state, reterr))
        return false;
    /* The transaction is short: what others have imported meanwhile counts. */
    store_end(fetching->store);
    for (int i = 0; i < config->n_arguments; i++) {
        if (!subject_fetch(fetching, &subjects[i], reterr))
            return false;
    }
    if (!store_begin(fetching->store, &state, reterr))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < config->n_arguments; i++)
        ok = subject_add(fetching, &subjects[i], reterr);
    store_end(fetching->store);
    return ok;
}

int run_fetch(const struct config *config)
{
    struct subject subjects[FETCH_SERIES_MAX] = {0};
    struct fetching fetching = {.config = config, .today = {(int32_t)(time(NULL) / 86400)}};
    struct error err;
    bool ok = fetch_all(&fetching, subjects, &err);
    if (ok && fetching.reports.length == 0)
        fputs("exportstat: nothing new\n", stderr);
    else
        ok = ok && batch_import(&fetching, &err);
    for (int i = 0; i < FETCH_SERIES_MAX; i++)
        buffer_release(&subjects[i].answer);
    buffer_release(&fetching.secret);
    buffer_release(&fetching.sources);
    buffer_release(&fetching.reports);
    store_close(fetching.store);
    arena_release(&fetching.arena);
    return ok ? EXIT_SUCCESS : fail(&err);
}
