/* Imports on a disk that fails: every write and every flush of an import in turn. */
#include <sqlite3.h>
#include <string.h>

#include "check_main.h"
#include "fixture.h"

/* SQLite's own way to files, but for writes and flushes: from the one that is counted down to, they
 * fail until the disk is mended. */
static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    const sqlite3_io_methods *real_methods;
    sqlite3_io_methods methods;
    int countdown; /* negative: nothing fails */
    int code;
    bool failed;
} disk;

static bool disk_fails(void)
{
    if (disk.countdown > 0)
        disk.countdown--;
    disk.failed |= disk.countdown == 0;
    return disk.countdown == 0;
}

static int disk_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    return disk_fails() ? disk.code : disk.real_methods->xWrite(file, bytes, length, offset);
}

static int disk_sync(sqlite3_file *file, int flags)
{
    return disk_fails() ? SQLITE_IOERR_FSYNC : disk.real_methods->xSync(file, flags);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return disk_fails() ? SQLITE_IOERR_TRUNCATE : disk.real_methods->xTruncate(file, size);
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    (void)vfs;
    int code = disk.real->xOpen(disk.real, name, file, flags, ret_flags);
    /* All files on one disk have the same methods. */
    if (code == SQLITE_OK && !disk.real_methods) {
        disk.real_methods = file->pMethods;
        disk.methods = *file->pMethods;
        disk.methods.xWrite = disk_write;
        disk.methods.xSync = disk_sync;
        disk.methods.xTruncate = disk_truncate;
    }
    if (code == SQLITE_OK && file->pMethods == disk.real_methods)
        file->pMethods = &disk.methods;
    return code;
}

static void disk_install(void)
{
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.zName = "failing";
    disk.vfs.xOpen = disk_open;
    disk.countdown = -1;
    ck_assert_int_eq(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
}

static const struct {
    const char *name;
    int code;
} failures[] = {
    {"the disk is full", SQLITE_FULL},
    {"the disk is broken", SQLITE_IOERR_WRITE},
};

/* More than SQLite keeps in memory, so that pages are written before the end too. */
static void large_batch(struct buffer *to)
{
    buffer_text(to, SOURCES_HEADER);
    for (int i = 0; i < 300; i++)
        buffer_format(
            to, "new-%d,P,A title that takes some room on its page,http://x,2025-01,page,press,1\n",
            i);
}

static void clean(struct store *store)
{
    struct buffer findings = {0};
    struct error err;
    int n;
    ck_assert_msg(store_check(store, &findings, &n, &err), "%s", err.detail);
    ck_assert_msg(n == 0, "%s", findings.bytes);
    buffer_release(&findings);
}

/* Imports onto a disk that fails at its n-th write; false where it did not come to that. */
static bool fails_at(const char *path, const char *batch, const char *rows_before, int n, int code)
{
    struct store *store = store_made(path);
    struct import_result result;
    struct buffer faults = {0};
    struct error err = {0};
    raw_execute(path, "PRAGMA user_version"); /* no other connection is open */
    disk.countdown = n;
    disk.code = code;
    disk.failed = false;
    bool ok = import_texts(store, TEXTS(batch), &result, &faults, &err);
    disk.countdown = -1;
    char *rows = everything(store);
    if (!ok) {
        ck_assert_int_eq(err.kind, ERROR_STORE);
        ck_assert_msg(strcmp(rows, rows_before) == 0, "write %d changed rows", n);
        ck_assert_int_eq(state_of(path).generation, 2);
        ck_assert_int_eq(raw_integer(path, "SELECT count(*) FROM import"), 1);
    }
    clean(store);
    /* Mended, the same connection goes on; what was imported before the failure is skipped. */
    import_well(store, TEXTS(batch));
    ck_assert_int_eq(state_of(path).generation, 3);
    store_close(store);
    buffer_release(&faults);
    free(rows);
    return disk.failed;
}

START_TEST(a_failing_disk_changes_nothing)
{
    const char *path = path_of("failing.db");
    const char *copy = path_of("copy.db");
    struct buffer batch = {0};
    size_t size;
    int n = 1;
    disk_install();
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    char *rows = everything(store);
    store_close(store);
    char *bytes = file_read(path, &size);
    large_batch(&batch);
    for (bool failed = true; failed; n++) {
        file_write(copy, bytes, size);
        failed = fails_at(copy, batch.bytes, rows, n, failures[_i].code);
    }
    ck_assert_msg(n > 20, "%s: only %d writes", failures[_i].name, n);
    buffer_release(&batch);
    free(bytes);
    free(rows);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("import_failing");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, a_failing_disk_changes_nothing, 0, COUNT(failures));
    return check_main(tests);
}
