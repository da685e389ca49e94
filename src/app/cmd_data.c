/* The commands that move data in and out, and look after it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "open.h"

/* Of the file that is being read. */
struct progress {
    const struct import_file *file;
    int64_t began; /* milliseconds of the monotonic clock */
    int64_t shown;
};

static int64_t now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A progress bar, where a person is watching: how far it is, how fast, and how long what remains will take at that
 * speed. */
static void progress(void *context, const struct import_file *file, int64_t rows)
{
    enum { PAUSE_MILLISECONDS = 200 };
    struct progress *of = context;
    struct stat info;
    const char *slash = strrchr(file->name, '/');
    int64_t now = now_milliseconds();
    int64_t at = lseek(fileno(file->file), 0, SEEK_CUR); /* the stream may be another thread's */
    if (of->file != file)
        *of = (struct progress){.file = file, .began = now};
    if (rows > 0 && now - of->shown < PAUSE_MILLISECONDS)
        return;
    of->shown = now;
    fprintf(stderr, "\r%.40s: ", slash ? slash + 1 : file->name);
    int64_t spent = now - of->began;
    if (rows == 0)
        fputs("all read; making the index", stderr);
    else
        fprintf(stderr, "%lld rows", (long long)rows);
    if (rows > 0 && spent > 0 && at > 0 && fstat(fileno(file->file), &info) == 0 &&
        info.st_size >= at)
        fprintf(stderr, ", %d %%, %lld rows/s, %lld s left", (int)(at * 100 / info.st_size),
                (long long)(rows * 1000 / spent),
                (long long)((info.st_size - at) * spent / at / 1000 + 1));
    fputs("\033[K", stderr);
}

static void result_print(const struct import_result *result)
{
    bool is_dry = result->outcome == IMPORT_CHECKED;
    for (int kind = 0; kind < IMPORT_KINDS; kind++) {
        if (result->added[kind] + result->skipped[kind] > 0)
            printf("%s: %lld %s, %lld already there\n", import_kind_names[kind],
                   (long long)result->added[kind], is_dry ? "to be added" : "added",
                   (long long)result->skipped[kind]);
    }
    if (is_dry)
        puts("dry run: nothing was stored");
    else if (result->import > 0)
        printf("import %lld, generation %lld\n", (long long)result->import,
               (long long)result->generation);
    else
        puts("nothing new");
}

static bool files_open(const struct config *config, struct import_file *files, struct error *reterr)
{
    for (int i = 0; i < config->n_arguments; i++) {
        files[i].name = config->arguments[i];
        files[i].file = fopen(files[i].name, "re");
        if (!files[i].file)
            return error_set(reterr, ERROR_INPUT, "%s: %s", files[i].name, strerror(errno));
    }
    return true;
}

/* A dry run makes no database, and migrates none. */
static bool import_open(const struct config *config, struct store **ret, struct error *reterr)
{
    const char *path = config->text[OPTION_DATABASE];
    if (!config->number[OPTION_DRY_RUN])
        return open_for_writing(config, open_say, ret, reterr);
    if (!store_open(path, STORE_READ, ret, reterr))
        return false;
    store_close(*ret);
    *ret = NULL;
    return store_open(path, STORE_CHANGE, ret, reterr);
}

enum { IMPORT_NICE = 10 };

int run_import(const struct config *config)
{
    struct import_file files[IMPORT_FILES_MAX] = {0};
    struct import_result result;
    struct buffer faults = {0};
    struct error err;
    struct store *store = NULL;
    struct progress seen = {0};
    bool watched = isatty(STDERR_FILENO) != 0;
    struct import_terms terms = {
        .progress = watched ? progress : NULL,
        .context = &seen,
        .dry_run = config->number[OPTION_DRY_RUN] != 0,
    };
    setpriority(PRIO_PROCESS, 0, IMPORT_NICE); /* who is answered by a service goes first */
    bool ok =
        files_open(config, files, &err) && import_open(config, &store, &err) &&
        store_import(store, files, (size_t)config->n_arguments, &terms, &result, &faults, &err);
    if (watched)
        fputs("\r\033[K", stderr);
    if (ok)
        result_print(&result);
    else if (faults.length > 0)
        fputs(faults.bytes, stderr);
    for (int i = 0; i < config->n_arguments; i++) {
        if (files[i].file)
            fclose(files[i].file);
    }
    buffer_release(&faults);
    store_close(store);
    return ok ? EXIT_SUCCESS : fail(&err);
}

static int kind_find(const char *name)
{
    int kind = 0;
    while (kind < IMPORT_KINDS && strcmp(import_kind_names[kind], name) != 0)
        kind++;
    return kind;
}

/* Under another name first, so that no reader finds half a file, and a failure leaves what was there. */
static bool export_file(struct store *store, const char *folder, enum import_kind kind,
                        struct error *reterr)
{
    struct buffer path = {0};
    struct buffer part = {0};
    buffer_format(&path, "%s/%s.csv", folder, import_kind_names[kind]);
    buffer_format(&part, "%s.part", path.bytes);
    FILE *file = fopen(part.bytes, "we");
    bool ok = file && store_export(store, kind, file, reterr);
    bool closed = file && fclose(file) == 0;
    if (!file || (ok && (!closed || rename(part.bytes, path.bytes) != 0)))
        ok = error_set(reterr, ERROR_SYSTEM, "%s: %s", path.bytes, strerror(errno));
    if (file && !ok)
        unlink(part.bytes);
    buffer_release(&path);
    buffer_release(&part);
    return ok;
}

/* Only the folder itself: a whole path that is not there is more likely a slip. */
static bool folder_make(const char *folder, struct error *reterr)
{
    return mkdir(folder, 0777) == 0 || errno == EEXIST ||
           error_set(reterr, ERROR_SYSTEM, "the folder %s can not be made: %s", folder,
                     strerror(errno));
}

int run_export(const struct config *config)
{
    const char *kind = config->text[OPTION_KIND];
    const char *folder = config->text[OPTION_OUTPUT];
    struct error err;
    struct store *store;
    if (!kind == !folder || (kind && kind_find(kind) == IMPORT_KINDS)) {
        fprintf(stderr, "exportstat: export wants --kind %s|%s|%s|%s|%s, or --output FOLDER\n",
                import_kind_names[0], import_kind_names[1], import_kind_names[2],
                import_kind_names[3], import_kind_names[4]);
        return EXIT_USAGE;
    }
    struct store_state state;
    if (!store_open(config->text[OPTION_DATABASE], STORE_READ, &store, &err))
        return fail(&err);
    /* All kinds are of one moment, so that they fit together. */
    bool ok = store_begin(store, &state, &err);
    if (ok && kind)
        ok = store_export(store, (enum import_kind)kind_find(kind), stdout, &err);
    if (folder)
        ok = ok && folder_make(folder, &err);
    for (enum import_kind each = 0; ok && folder && each < IMPORT_KINDS; each++)
        ok = export_file(store, folder, each, &err);
    store_close(store);
    return ok ? EXIT_SUCCESS : fail(&err);
}

int run_migrate(const struct config *config)
{
    struct error err;
    struct store *store;
    if (!open_for_writing(config, open_say, &store, &err))
        return fail(&err);
    store_close(store);
    printf("schema version %d\n", store_schema_version());
    return EXIT_SUCCESS;
}
