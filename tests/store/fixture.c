#include "fixture.h"

#include <check.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char sample_series[] =
    SERIES_HEADER "part,A part,\"Of the whole, by \"\"hand\"\"\",USD million,sum,7,total,default\n"
                  "total,The whole,,USD million,sum,7,,\n";
const char sample_sources[] =
    SOURCES_HEADER "bank-2025-02,Bank,First,https://bank.example/1,2025-02-18,page,press,3\n"
                   "paper-2025-02,Paper,Second,http://paper.example/2,2025-02,url,press,2\n"
                   "blog-2025-03,Blog,Third,https://blog.example/3,2025-03-01,inferred,post,1\n";
const char sample_reports[] =
    REPORTS_HEADER "part,2025-01,310,1,bank-2025-02,\n"
                   "part,2025-01,312.5,0.5,paper-2025-02,\"a note, quoted\"\n"
                   "part,FY2024,-0.25,0.01,blog-2025-03,\n"
                   "total,2024-07/2025-01,2150,10,bank-2025-02,\n";
const char sample_claims[] =
    CLAIMS_HEADER "c1,bank-2025-02,part,yoy_pct,2025-01,12.5,percent,0.1,January on January\n"
                  "c2,blog-2025-03,total,level,FY2024-H1,2150,USD million,10,\n";
const char sample_rulings[] = RULINGS_HEADER "part,2025-01,accept,310,1,2025-03,Because\n"
                                             "part,2025-01,reject,312.5,0.5,2025-03-02,Wrong\n";

static char folder[] = "/tmp/exportstat-test-XXXXXX";

void folder_make(void)
{
    if (!mkdtemp(folder))
        abort();
}

static int entry_remove(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

void folder_remove(void)
{
    nftw(folder, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

const char *path_of(const char *name)
{
    enum { PATHS = 8, PATH_ROOM = 128 };
    static char paths[PATHS][PATH_ROOM];
    static size_t n;
    ck_assert_uint_lt(n, PATHS);
    snprintf(paths[n], PATH_ROOM, "%s/%d-%s", folder, (int)getpid(), name);
    return paths[n++];
}

struct store *store_made(const char *path)
{
    struct store *store;
    struct error err;
    int applied;
    ck_assert_msg(store_open(path, STORE_WRITE, &store, &err), "%s", err.detail);
    ck_assert_msg(store_migrate(store, &applied, &err), "%s", err.detail);
    return store;
}

struct store *store_reading(const char *path)
{
    struct store *store;
    struct error err;
    ck_assert_msg(store_open(path, STORE_READ, &store, &err), "%s", err.detail);
    return store;
}

bool import_texts(struct store *store, const char *const *texts, struct import_result *ret,
                  struct buffer *faults, struct error *err)
{
    struct import_file files[IMPORT_FILES_MAX] = {0};
    char names[IMPORT_FILES_MAX][16];
    size_t n = 0;
    for (; texts[n]; n++) {
        snprintf(names[n], sizeof names[n], "%zu.csv", n);
        files[n].name = names[n];
        /* fmemopen only reads with "r", though it takes a pointer to what it could write. */
        files[n].file = fmemopen((void *)(uintptr_t)texts[n], strlen(texts[n]), "r");
        ck_assert_ptr_nonnull(files[n].file);
    }
    bool ok = store_import(store, files, n, &(struct import_terms){0}, ret, faults, err);
    while (n-- > 0)
        fclose(files[n].file);
    return ok;
}

struct import_result import_well(struct store *store, const char *const *texts)
{
    struct import_result result;
    struct buffer faults = {0};
    struct error err;
    bool ok = import_texts(store, texts, &result, &faults, &err);
    ck_assert_msg(ok, "%s: %s", err.detail, faults.bytes ? faults.bytes : "");
    buffer_release(&faults);
    return result;
}

char *everything(struct store *store)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct error err;
    for (enum import_kind kind = 0; kind < IMPORT_KINDS; kind++)
        ck_assert_msg(store_export(store, kind, out, &err), "%s", err.detail);
    fclose(out);
    return text;
}

void raw_execute(const char *path, const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
                     SQLITE_OK);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

int64_t raw_integer(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

struct store_state state_of(const char *path)
{
    struct store *store = store_reading(path);
    struct store_state state;
    struct error err;
    ck_assert_msg(store_begin(store, &state, &err), "%s", err.detail);
    store_end(store);
    store_close(store);
    return state;
}

void file_write(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

char *file_read(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    *ret_length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*ret_length + 1);
    ck_assert_uint_eq(fread(bytes, 1, *ret_length, file), *ret_length);
    bytes[*ret_length] = '\0';
    fclose(file);
    return bytes;
}
