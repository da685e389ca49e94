/* Which files are opened, which are refused, and what is said of them. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_main.h"
#include "fixture.h"

static void make_nothing(const char *path)
{
    (void)path;
}

static void make_folder(const char *path)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void make_empty(const char *path)
{
    file_write(path, "", 0);
}

static void make_text(const char *path)
{
    file_write(path, "period,value\n", 13);
}

static void make_long_text(const char *path)
{
    char text[10000];
    memset(text, 'x', sizeof text);
    file_write(path, text, sizeof text);
}

static void make_other_tables(const char *path)
{
    raw_execute(path, "CREATE TABLE series (series INTEGER PRIMARY KEY)");
}

static void make_other_id(const char *path)
{
    raw_execute(path, "PRAGMA application_id = 77");
}

static void make_other_version(const char *path)
{
    raw_execute(path, "PRAGMA user_version = 1");
}

static void make_store(const char *path)
{
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    store_close(store);
}

static void make_newer(const char *path)
{
    make_store(path);
    raw_execute(path, "PRAGMA user_version = 99");
}

static void make_below_zero(const char *path)
{
    make_store(path);
    raw_execute(path, "PRAGMA user_version = -1");
}

static void overwrite(const char *path, size_t from, size_t length, char with)
{
    size_t size;
    char *bytes = file_read(path, &size);
    ck_assert_uint_le(from + length, size);
    memset(bytes + from, with, length);
    file_write(path, bytes, size);
    free(bytes);
}

static void make_bad_magic(const char *path)
{
    make_store(path);
    overwrite(path, 0, 4, 'x');
}

static void make_bad_header(const char *path)
{
    make_store(path);
    overwrite(path, 16, 84, '\xff');
}

static void make_bad_schema(const char *path)
{
    make_store(path);
    overwrite(path, 100, 3900, '\xff');
}

static void make_cut_off(const char *path)
{
    make_store(path);
    ck_assert_int_eq(truncate(path, 1000), 0);
}

/* Part of the message that refuses a file for reading and for writing; NULL where it opens. */
static const struct {
    const char *name;
    void (*make)(const char *path);
    const char *read;
    const char *write;
    enum error_kind kind;
} cases[] = {
    {"missing", make_nothing, "there is no such database", NULL, ERROR_STORE},
    {"a folder", make_folder, "not a file", "not a file", ERROR_STORE},
    {"an empty file", make_empty, "run 'exportstat migrate'", NULL, ERROR_STORE},
    {"a short text", make_text, "not a database", "not a database", ERROR_STORE},
    {"a long text", make_long_text, "not a database", "not a database", ERROR_STORE},
    {"tables of another program", make_other_tables, "another program", "another program",
     ERROR_STORE},
    {"the id of another program", make_other_id, "another program", "another program", ERROR_STORE},
    {"a version and no id", make_other_version, "another program", "another program", ERROR_STORE},
    {"a newer version", make_newer, "use a newer", "use a newer", ERROR_STORE},
    {"a version below zero", make_below_zero, "version -1", "version -1", ERROR_STORE},
    {"a damaged magic", make_bad_magic, "damaged", "damaged", ERROR_STORE},
    {"a damaged header", make_bad_header, "damaged", "damaged", ERROR_STORE},
    {"a damaged schema", make_bad_schema, "damaged", "damaged", ERROR_STORE},
    {"cut off", make_cut_off, "damaged", "damaged", ERROR_STORE},
    {"of this program", make_store, NULL, NULL, ERROR_STORE},
};

static void try_open(const char *path, enum store_mode mode, const char *message, size_t i)
{
    struct store *store = NULL;
    struct error err = {0};
    bool ok = store_open(path, mode, &store, &err);
    store_close(store);
    ck_assert_msg(ok == !message, "%s: %s", cases[i].name, ok ? "opens" : err.detail);
    if (ok)
        return;
    ck_assert_msg(strstr(err.detail, message), "%s: %s", cases[i].name, err.detail);
    ck_assert_msg(strstr(err.detail, path), "%s: %s", cases[i].name, err.detail);
    ck_assert_msg(err.kind == cases[i].kind, "%s: kind %d", cases[i].name, err.kind);
}

START_TEST(opens_or_refuses)
{
    const char *path = path_of("opened.db");
    cases[_i].make(path);
    try_open(path, STORE_READ, cases[_i].read, (size_t)_i);
    try_open(path, STORE_WRITE, cases[_i].write, (size_t)_i);
}
END_TEST

START_TEST(refused_files_stay_as_they_are)
{
    const char *path = path_of("kept.db");
    size_t before_size;
    size_t after_size;
    if (!cases[_i].write || cases[_i].make == make_folder)
        return;
    cases[_i].make(path);
    char *before = file_read(path, &before_size);
    try_open(path, STORE_WRITE, cases[_i].write, (size_t)_i);
    char *after = file_read(path, &after_size);
    ck_assert_uint_eq(before_size, after_size);
    ck_assert_mem_eq(before, after, before_size);
    free(before);
    free(after);
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
    struct store *store;
    struct error err;
    ck_assert(!store_open("/nowhere/at/all.db", STORE_READ, &store, &err));
    ck_assert_int_eq(err.kind, ERROR_STORE);
    ck_assert(!store_open("/nowhere/at/all.db", STORE_WRITE, &store, &err));
    ck_assert_ptr_nonnull(strstr(err.detail, "/nowhere/at/all.db"));
    store_close(NULL);
}
END_TEST

START_TEST(a_damaged_page_is_an_error)
{
    const char *path = path_of("damaged.db");
    struct series_info series;
    struct evidence evidence;
    struct arena arena = {0};
    struct error err = {0};
    make_store(path);
    int64_t page = raw_integer(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'report'");
    int64_t size = raw_integer(path, "PRAGMA page_size");
    overwrite(path, (size_t)((page - 1) * size), (size_t)size, '\xff');
    struct store *store = store_reading(path);
    ck_assert(store_series(store, &arena, "part", &series, &err));
    ck_assert(!store_evidence(store, &arena, &series, &evidence, &err));
    ck_assert_int_eq(err.kind, ERROR_STORE);
    ck_assert_msg(strstr(err.detail, "restore a backup"), "%s", err.detail);
    ck_assert(store_series(store, &arena, "total", &series, &err)); /* the rest still answers */
    store_close(store);
    arena_release(&arena);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("open");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, opens_or_refuses, 0, COUNT(cases));
    tcase_add_loop_test(tests, refused_files_stay_as_they_are, 0, COUNT(cases));
    tcase_add_test(tests, a_missing_folder_is_named);
    tcase_add_test(tests, a_damaged_page_is_an_error);
    return check_main(tests);
}
