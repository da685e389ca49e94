/* Backups and what is made of them: what they hold, what is refused, and that a failure leaves everything as it was. */
#include "exportstat/store/backup.h"

#include <glob.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_main.h"
#include "fixture.h"
#include "sql.h"

static void make_store(const char *path)
{
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    store_close(store);
}

/* Another one, of which nothing is in the first. */
static void make_other(const char *path)
{
    struct store *store = store_made(path);
    import_well(store, TEXTS(sample_series));
    store_close(store);
}

static char *everything_at(const char *path)
{
    struct store *store = store_reading(path);
    char *text = everything(store);
    store_close(store);
    return text;
}

static void assert_same(const char *path, const char *text)
{
    char *now = everything_at(path);
    ck_assert_str_eq(now, text);
    free(now);
}

static void assert_clean(const char *path)
{
    struct store *store = store_reading(path);
    struct buffer findings = {0};
    struct error err;
    int n;
    ck_assert_msg(store_check(store, &findings, &n, &err), "%s", err.detail);
    ck_assert_msg(n == 0, "%s", findings.bytes);
    buffer_release(&findings);
    store_close(store);
}

/* Nothing that was on its way is left. */
static void assert_no_parts(const char *path)
{
    struct buffer pattern = {0};
    glob_t found;
    buffer_format(&pattern, "%s*.part*", path);
    ck_assert_int_eq(glob(pattern.bytes, 0, NULL, &found), GLOB_NOMATCH);
    buffer_release(&pattern);
}

static void backup_well(const char *from, const char *to, bool force)
{
    struct error err;
    ck_assert_msg(store_backup(from, to, force, &err), "%s", err.detail);
    assert_no_parts(to);
}

static void restore_well(const char *from, const char *to, bool force)
{
    struct error err;
    ck_assert_msg(store_restore(from, to, force, &err), "%s", err.detail);
    assert_no_parts(to);
}

static void refused(bool ok, const struct error *err, enum error_kind kind, const char *message)
{
    ck_assert_msg(!ok, "nothing refuses: %s", message);
    ck_assert_msg(strstr(err->detail, message), "%s", err->detail);
    ck_assert_msg(err->kind == kind, "kind %d: %s", err->kind, err->detail);
}

static void backup_refused(const char *from, const char *to, bool force, enum error_kind kind,
                           const char *message)
{
    struct error err;
    refused(store_backup(from, to, force, &err), &err, kind, message);
    assert_no_parts(to);
}

static void restore_refused(const char *from, const char *to, bool force, enum error_kind kind,
                            const char *message)
{
    struct error err;
    refused(store_restore(from, to, force, &err), &err, kind, message);
    assert_no_parts(to);
}

START_TEST(a_backup_has_all_of_it)
{
    const char *path = path_of("origin.db");
    const char *copy = path_of("copy.db");
    make_store(path);
    /* Open, with a log that was not written back: what is in it counts. */
    struct store *store = store_made(path);
    struct store *reader = store_reading(path);
    struct store_state state;
    struct error err;
    ck_assert(store_begin(reader, &state, &err));
    import_well(store, TEXTS(REPORTS_HEADER "part,2025-02,300,1,bank-2025-02,\n"));
    char *text = everything_at(path);
    backup_well(path, copy, false);
    store_end(reader);
    store_close(reader);
    store_close(store);
    assert_same(copy, text);
    assert_clean(copy);
    ck_assert_str_eq(state_of(copy).id, state_of(path).id);
    ck_assert_int_eq(state_of(copy).generation, 3);
    free(text);
}
END_TEST

START_TEST(a_restored_one_is_another_store_of_the_same_facts)
{
    const char *path = path_of("origin.db");
    const char *copy = path_of("copy.db");
    const char *restored = path_of("restored.db");
    make_store(path);
    char *text = everything_at(path);
    backup_well(path, copy, false);
    restore_well(copy, restored, false);
    ck_assert_int_eq(state_of(restored).generation, 2);
    assert_same(restored, text);
    assert_clean(restored);
    ck_assert_str_ne(state_of(restored).id, state_of(path).id);
    ck_assert_int_eq(state_of(restored).changed_at, state_of(path).changed_at);
    ck_assert_str_eq(state_of(copy).id, state_of(path).id);
    /* It goes on where the other one was. */
    struct store *store = store_made(restored);
    struct import_result more =
        import_well(store, TEXTS(REPORTS_HEADER "part,2025-02,300,1,bank-2025-02,\n"));
    ck_assert_int_eq(more.import, 2);
    ck_assert_int_eq(more.generation, 3);
    store_close(store);
    free(text);
}
END_TEST

START_TEST(what_is_there_stays_unless_told)
{
    const char *path = path_of("origin.db");
    const char *copy = path_of("copy.db");
    const char *other = path_of("other.db");
    make_store(path);
    make_other(other);
    char *text = everything_at(path);
    char *other_text = everything_at(other);
    backup_well(path, copy, false);
    backup_refused(other, copy, false, ERROR_INPUT, "--force");
    assert_same(copy, text);
    backup_well(other, copy, true);
    assert_same(copy, other_text);
    restore_refused(copy, path, false, ERROR_INPUT, "--force");
    assert_same(path, text);
    restore_well(copy, path, true);
    assert_same(path, other_text);
    free(text);
    free(other_text);
}
END_TEST

START_TEST(a_store_is_not_copied_onto_itself)
{
    const char *path = path_of("origin.db");
    const char *hard = path_of("hard.db");
    const char *soft = path_of("soft.db");
    make_store(path);
    ck_assert_int_eq(link(path, hard), 0);
    ck_assert_int_eq(symlink(path, soft), 0);
    char *text = everything_at(path);
    const char *const names[] = {path, hard, soft};
    for (size_t i = 0; i < COUNT(names); i++) {
        backup_refused(path, names[i], true, ERROR_INPUT, "onto itself");
        restore_refused(path, names[i], true, ERROR_INPUT, "onto itself");
    }
    assert_same(path, text);
    free(text);
}
END_TEST

START_TEST(a_link_stays_one)
{
    const char *path = path_of("origin.db");
    const char *there = path_of("there.db");
    const char *soft = path_of("soft.db");
    struct stat status;
    make_store(path);
    make_other(there);
    ck_assert_int_eq(symlink(there, soft), 0);
    char *text = everything_at(path);
    restore_well(path, soft, true);
    ck_assert_int_eq(lstat(soft, &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
    assert_same(there, text);
    free(text);
}
END_TEST

START_TEST(places_where_no_backup_can_be)
{
    const char *path = path_of("origin.db");
    const char *folder = path_of("folder");
    const char *used = path_of("used.db");
    make_store(path);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    backup_refused(path, folder, true, ERROR_INPUT, "not a file");
    backup_refused(path, "/nowhere/at/all.db", false, ERROR_STORE, "/nowhere/at/all.db");
    backup_refused(path_of("missing.db"), path_of("new.db"), false, ERROR_STORE, "missing.db");
    struct store *store = store_made(used);
    import_well(store, TEXTS(sample_series));
    char *text = everything_at(used);
    backup_refused(path, used, true, ERROR_INPUT, "of a database in use");
    store_close(store);
    assert_same(used, text);
    free(text);
}
END_TEST

static void make_text(const char *path)
{
    file_write(path, "period,value\n", 13);
}

static void make_empty(const char *path)
{
    file_write(path, "", 0);
}

static void make_foreign(const char *path)
{
    raw_execute(path, "CREATE TABLE series (series INTEGER PRIMARY KEY)");
}

static void make_newer(const char *path)
{
    make_store(path);
    raw_execute(path, "PRAGMA user_version = 99");
}

/* Pages in its middle are not what they were. */
static void make_damaged(const char *path)
{
    enum { PAGE = 4096, FROM = 3 };
    size_t size;
    make_store(path);
    char *bytes = file_read(path, &size);
    ck_assert_uint_gt(size, (FROM + 4) * PAGE);
    memset(bytes + FROM * PAGE, '\x5a', 4 * PAGE);
    file_write(path, bytes, size);
    free(bytes);
}

static void make_cut_off(const char *path)
{
    struct stat status;
    make_store(path);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(truncate(path, status.st_size / 2), 0);
}

static const struct {
    const char *name;
    void (*make)(const char *path);
    const char *message;
    enum error_kind kind;
} no_backups[] = {
    {"a text", make_text, "not a database", ERROR_STORE},
    {"an empty file", make_empty, "empty database", ERROR_STORE},
    {"of another program", make_foreign, "another program", ERROR_STORE},
    {"of a newer version", make_newer, "use a newer exportstat", ERROR_STORE},
    {"with damaged pages", make_damaged, "damaged", ERROR_STORE},
    {"cut off", make_cut_off, "damaged", ERROR_STORE},
};

START_TEST(what_is_no_backup_changes_nothing)
{
    const char *path = path_of("origin.db");
    const char *backup = path_of("backup.db");
    make_store(path);
    char *text = everything_at(path);
    no_backups[_i].make(backup);
    restore_refused(backup, path, true, no_backups[_i].kind, no_backups[_i].message);
    restore_refused(backup, path_of("new.db"), false, no_backups[_i].kind, no_backups[_i].message);
    assert_same(path, text);
    free(text);
}
END_TEST

START_TEST(a_damaged_one_is_replaced)
{
    const char *path = path_of("origin.db");
    const char *backup = path_of("backup.db");
    make_store(backup);
    char *text = everything_at(backup);
    no_backups[_i].make(path);
    restore_well(backup, path, true);
    assert_same(path, text);
    free(text);
}
END_TEST

START_TEST(the_log_of_the_old_one_is_not_the_new_ones)
{
    const char *path = path_of("origin.db");
    const char *backup = path_of("backup.db");
    struct buffer log = {0};
    size_t log_size;
    make_other(backup);
    make_store(path);
    char *text = everything_at(backup);
    /* As a crash leaves it: with changes that are in the log alone. */
    struct store *store = store_made(path);
    struct store *reader = store_reading(path);
    struct store_state state;
    struct error err;
    ck_assert(store_begin(reader, &state, &err));
    import_well(store, TEXTS(REPORTS_HEADER "part,2025-02,300,1,bank-2025-02,\n"));
    buffer_format(&log, "%s-wal", path);
    char *bytes = file_read(log.bytes, &log_size);
    ck_assert_uint_gt(log_size, 0);
    store_end(reader);
    store_close(reader);
    store_close(store);
    ck_assert_int_eq(unlink(path), 0); /* the log alone is left */
    file_write(log.bytes, bytes, log_size);
    restore_well(backup, path, _i == 1);
    assert_same(path, text);
    assert_clean(path);
    buffer_release(&log);
    free(bytes);
    free(text);
}
END_TEST

START_TEST(nobody_may_have_it_open)
{
    const char *path = path_of("origin.db");
    const char *backup = path_of("backup.db");
    struct store_state state;
    struct error err;
    make_store(path);
    make_other(backup);
    char *text = everything_at(path);
    struct store *store =
        _i == STORE_READ ? store_reading(path) : store_made(path); /* idle, and that is enough */
    restore_refused(backup, path, true, ERROR_STORE, "is in use");
    if (_i == STORE_READ)
        ck_assert_msg(store_begin(store, &state, &err), "%s", err.detail);
    store_close(store);
    assert_same(path, text);
    restore_well(backup, path, true);
    free(text);
}
END_TEST

START_TEST(who_may_read_it_stays)
{
    const char *path = path_of("origin.db");
    const char *backup = path_of("backup.db");
    struct stat status;
    make_other(path);
    make_store(backup);
    ck_assert_int_eq(chmod(path, 0640), 0);
    restore_well(backup, path, true);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0640);
}
END_TEST

START_TEST(an_older_version_is_brought_up_afterwards)
{
    const char *old = path_of("old.db");
    const char *backup = path_of("backup.db");
    const char *path = path_of("origin.db");
    char stamp[96];
    for (int i = 0; i < _i; i++)
        raw_execute(old, migrations[i].bytes);
    snprintf(stamp, sizeof stamp, "PRAGMA application_id = 0x45585053; PRAGMA user_version = %d",
             _i);
    raw_execute(old, stamp);
    backup_well(old, backup, false);
    restore_well(backup, path, false);
    ck_assert_int_eq(raw_integer(path, "PRAGMA user_version"), _i);
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    store_close(store);
    assert_clean(path);
}
END_TEST

/* No file may become larger than this: as on a disk that is full. */
static void disk_size(rlim_t bytes)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_changes_nothing)
{
    enum { STEP = 8 * 4096 };
    const char *path = path_of("origin.db");
    const char *backup = path_of("backup.db");
    const char *copy = path_of("copy.db");
    struct stat status;
    struct error err;
    make_other(path);
    make_store(backup);
    char *text = everything_at(path);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(stat(backup, &status), 0);
    for (off_t size = 0; size < status.st_size; size += STEP) {
        disk_size((rlim_t)size);
        bool backed_up = store_backup(backup, copy, false, &err);
        bool restored = store_restore(backup, path, true, &err);
        disk_size(RLIM_INFINITY);
        ck_assert_msg(!backed_up && !restored, "there was room in %lld bytes", (long long)size);
        ck_assert_int_eq(access(copy, F_OK), -1);
        assert_no_parts(copy);
        assert_no_parts(path);
        assert_same(path, text);
    }
    restore_well(backup, path, true);
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("backup");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_backup_has_all_of_it);
    tcase_add_test(tests, a_restored_one_is_another_store_of_the_same_facts);
    tcase_add_test(tests, what_is_there_stays_unless_told);
    tcase_add_test(tests, a_store_is_not_copied_onto_itself);
    tcase_add_test(tests, a_link_stays_one);
    tcase_add_test(tests, places_where_no_backup_can_be);
    tcase_add_loop_test(tests, what_is_no_backup_changes_nothing, 0, COUNT(no_backups));
    tcase_add_loop_test(tests, a_damaged_one_is_replaced, 0, COUNT(no_backups));
    tcase_add_loop_test(tests, the_log_of_the_old_one_is_not_the_new_ones, 0, 2);
    tcase_add_loop_test(tests, nobody_may_have_it_open, STORE_READ, STORE_WRITE + 1);
    tcase_add_test(tests, who_may_read_it_stays);
    tcase_add_loop_test(tests, an_older_version_is_brought_up_afterwards, 1,
                        store_schema_version() + 1);
    tcase_add_test(tests, a_full_disk_changes_nothing);
    return check_main(tests);
}
