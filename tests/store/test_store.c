#include "exportstat/store/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check_main.h"
#include "fixture.h"

START_TEST(migrates_once)
{
    const char *path = path_of("new.db");
    struct store *store;
    struct error err;
    int applied;
    ck_assert(store_open(path, STORE_WRITE, &store, &err));
    ck_assert(store_migrate(store, &applied, &err));
    ck_assert_int_eq(applied, store_schema_version());
    ck_assert(store_migrate(store, &applied, &err));
    ck_assert_int_eq(applied, 0);
    store_close(store);
    ck_assert_int_eq(raw_integer(path, "PRAGMA user_version"), store_schema_version());
    ck_assert_int_eq(raw_integer(path, "PRAGMA application_id"), 0x45585053);
}
END_TEST

START_TEST(a_failed_migration_leaves_nothing)
{
    /* The lock is ours between the two, as a full disk's failure would be. */
    const char *path = path_of("new.db");
    struct store *store;
    struct error err = {0};
    int applied = 0;
    ck_assert(store_open(path, STORE_WRITE, &store, &err));
    raw_execute(path, "CREATE TABLE ruling (x)");
    ck_assert(!store_migrate(store, &applied, &err));
    ck_assert_msg(strncmp(err.detail, "migration 0001", 14) == 0, "%s", err.detail);
    ck_assert_int_eq(raw_integer(path, "SELECT count(*) FROM sqlite_schema"), 1);
    ck_assert_int_eq(raw_integer(path, "PRAGMA user_version"), 0);
    store_close(store);
}
END_TEST

START_TEST(every_store_has_an_id)
{
    const char *one = path_of("one.db");
    const char *two = path_of("two.db");
    store_close(store_made(one));
    store_close(store_made(two));
    struct store_state state = state_of(one);
    ck_assert_uint_eq(strlen(state.id), 32);
    ck_assert_uint_eq(strspn(state.id, "0123456789abcdef"), 32);
    ck_assert_str_ne(state.id, state_of(two).id);
    ck_assert_str_eq(state.id, state_of(one).id);
    ck_assert_int_eq(state.generation, 1);
    ck_assert_int_lt(llabs((long long)time(NULL) - state.changed_at), 60);
}
END_TEST

START_TEST(a_store_without_state_is_damaged)
{
    const char *path = path_of("stateless.db");
    struct store_state state;
    struct error err = {.kind = ERROR_INPUT};
    store_close(store_made(path));
    raw_execute(path, "DELETE FROM store");
    struct store *store = store_reading(path);
    ck_assert(!store_begin(store, &state, &err));
    ck_assert_int_eq(err.kind, ERROR_STORE);
    ck_assert_ptr_nonnull(strstr(err.detail, "damaged"));
    ck_assert(!store_begin(store, &state, &err)); /* and no transaction stays open */
    ck_assert_ptr_nonnull(strstr(err.detail, "damaged"));
    store_close(store);
}
END_TEST

START_TEST(data_version_sees_other_connections)
{
    const char *path = path_of("watched.db");
    struct store *writer = store_made(path);
    struct store *reader = store_reading(path);
    struct error err;
    int64_t before, after, again;
    ck_assert(store_data_version(reader, &before, &err));
    ck_assert(store_data_version(reader, &after, &err) && after == before);
    import_well(writer, SAMPLE);
    ck_assert(store_data_version(reader, &after, &err) && after != before);
    ck_assert(store_data_version(reader, &again, &err) && again == after);
    import_well(writer, SAMPLE); /* nothing new: nothing is committed */
    ck_assert(store_data_version(reader, &again, &err) && again == after);
    store_close(reader);
    store_close(writer);
}
END_TEST

static size_t reports_seen(struct store *store)
{
    struct arena arena = {0};
    struct series_info series;
    struct evidence evidence = {0};
    struct error err;
    if (store_series(store, &arena, "part", &series, &err))
        ck_assert(store_evidence(store, &arena, &series, &evidence, &err));
    arena_release(&arena);
    return evidence.n_reports;
}

START_TEST(a_read_transaction_is_a_snapshot)
{
    const char *path = path_of("snapshot.db");
    struct store *writer = store_made(path);
    struct store *reader = store_reading(path);
    struct store_state state;
    struct error err;
    time_t start = time(NULL);
    ck_assert(store_begin(reader, &state, &err));
    ck_assert_int_eq(state.generation, 1);
    import_well(writer, SAMPLE);
    ck_assert_uint_eq(reports_seen(reader), 0);
    ck_assert_int_lt(time(NULL) - start, 3); /* a reader does not hold up a writer */
    store_end(reader);
    ck_assert(store_begin(reader, &state, &err));
    ck_assert_int_eq(state.generation, 2);
    ck_assert_uint_eq(reports_seen(reader), 3);
    store_end(reader);
    store_close(reader);
    store_close(writer);
}
END_TEST

START_TEST(a_reader_can_not_write)
{
    const char *path = path_of("read.db");
    struct import_result result;
    struct buffer faults = {0};
    struct error err;
    struct store *writer = store_made(path);
    import_well(writer, SAMPLE);
    store_close(writer);
    struct store *reader = store_reading(path);
    ck_assert(
        !import_texts(reader, TEXTS(SERIES_HEADER "x,X,,U,sum,1,,\n"), &result, &faults, &err));
    ck_assert_int_eq(err.kind, ERROR_STORE);
    store_close(reader);
    buffer_release(&faults);
}
END_TEST

static void *hold_the_lock(void *path)
{
    sqlite3 *db;
    sqlite3_open(path, &db);
    sqlite3_exec(db, "BEGIN IMMEDIATE; DELETE FROM ruling", NULL, NULL, NULL);
    usleep(300 * 1000);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
    return NULL;
}

START_TEST(writers_wait_for_one_another)
{
    const char *path = path_of("busy.db");
    pthread_t other;
    struct store *store = store_made(path);
    pthread_create(&other, NULL, hold_the_lock, (void *)(uintptr_t)path);
    usleep(100 * 1000);
    ck_assert_int_eq(import_well(store, SAMPLE).generation, 2);
    pthread_join(other, NULL);
    store_close(store);
}
END_TEST

/* What several processes do that are started together on a new file. */
static int start_up(const char *path)
{
    struct store *store;
    struct store *reader;
    struct store_state state;
    struct error err = {0};
    int applied;
    bool ok = store_open(path, STORE_WRITE, &store, &err) && store_migrate(store, &applied, &err) &&
              store_open(path, STORE_READ, &reader, &err) && store_begin(reader, &state, &err);
    if (ok) {
        store_end(reader);
        store_close(reader);
        store_close(store);
    } else {
        fprintf(stderr, "# %s\n", err.detail);
    }
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

START_TEST(processes_start_together)
{
    enum { PROCESSES = 6, ROUNDS = 50 };
    const char *path = path_of("together.db");
    int failed = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < PROCESSES; i++) {
            if (fork() == 0)
                _exit(start_up(path));
        }
        for (int i = 0, status; i < PROCESSES; i++) {
            wait(&status);
            failed += status != 0;
        }
        unlink(path);
    }
    ck_assert_int_eq(failed, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("store");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, migrates_once);
    tcase_add_test(tests, a_failed_migration_leaves_nothing);
    tcase_add_test(tests, every_store_has_an_id);
    tcase_add_test(tests, a_store_without_state_is_damaged);
    tcase_add_test(tests, data_version_sees_other_connections);
    tcase_add_test(tests, a_read_transaction_is_a_snapshot);
    tcase_add_test(tests, a_reader_can_not_write);
    tcase_add_test(tests, writers_wait_for_one_another);
    tcase_add_test(tests, processes_start_together);
    return check_main(tests);
}
