/* Databases of every older version, with data in them, brought to this one; and of a newer one, refused. */
#include <string.h>

#include "check_main.h"
#include "fixture.h"
#include "sql.h"

/* The columns of imports and series that every version has. */
#define IMPORT_COLUMNS "import, kind, version, digest, imported_at, generation, added, skipped"
#define SERIES_COLUMNS                                                                       \
    "series, series_id, title, description, unit, aggregation, fiscal_year_start, part_of, " \
    "is_default, import"

/* The first version that counts by kind what an import added; of older ones it is counted on the way up. */
enum { COUNTED_FROM = 3 };

/* A database of a version, with the facts of another one. */
static void make_old(const char *path, int version, const char *from)
{
    struct buffer sql = {0};
    for (int i = 0; i < version; i++)
        raw_execute(path, migrations[i].bytes);
    buffer_format(&sql,
                  "PRAGMA application_id = 0x45585053; PRAGMA user_version = %d;"
                  "ATTACH '%s' AS now;"
                  "INSERT INTO import (" IMPORT_COLUMNS ") SELECT " IMPORT_COLUMNS
                  " FROM now.import; UPDATE store SET generation = 2;"
                  "INSERT INTO series (" SERIES_COLUMNS ") SELECT " SERIES_COLUMNS
                  " FROM now.series;",
                  version, from);
    for (size_t i = 0; i < 4; i++) {
        static const char *const tables[] = {"source", "report", "claim", "ruling"};
        buffer_format(&sql, "INSERT INTO %s SELECT * FROM now.%s;", tables[i], tables[i]);
    }
    if (version >= COUNTED_FROM)
        buffer_text(&sql, "INSERT INTO import_count SELECT * FROM now.import_count;");
    raw_execute(path, sql.bytes);
    buffer_release(&sql);
}

START_TEST(from_every_older_version)
{
    const char *now_path = path_of("now.db");
    const char *path = path_of("old.db");
    struct error err;
    struct buffer findings = {0};
    int n = 0;
    struct store *now = store_made(now_path);
    import_well(now, SAMPLE);
    char *facts = everything(now);
    store_close(now);
    make_old(path, _i, now_path);
    struct store *store = store_made(path);
    ck_assert_int_eq(raw_integer(path, "PRAGMA user_version"), store_schema_version());
    char *upgraded = everything(store);
    ck_assert_str_eq(upgraded, facts);
    ck_assert_int_eq(state_of(path).generation, 2);
    ck_assert(store_check(store, &findings, &n, &err));
    ck_assert_msg(n == 0, "%s", findings.bytes);
    static const char counted[] = "SELECT coalesce(sum(added), 0) FROM import_count";
    ck_assert_int_eq(raw_integer(path, counted),
                     _i < COUNTED_FROM ? 13 : raw_integer(now_path, counted));
    /* It goes on as any other does. */
    ck_assert_int_eq(import_well(store, SAMPLE).import, 0);
    struct import_result more =
        import_well(store, TEXTS(REPORTS_HEADER "part,2025-02,300,1,bank-2025-02,\n"));
    ck_assert_int_eq(more.import, 2);
    ck_assert_int_eq(more.generation, 3);
    store_close(store);
    buffer_release(&findings);
    free(facts);
    free(upgraded);
}
END_TEST

START_TEST(a_newer_one_is_refused_and_stays_as_it_is)
{
    const char *path = path_of("newer.db");
    char stamp[64];
    struct store *store = store_made(path);
    struct error err;
    size_t before;
    size_t after;
    import_well(store, SAMPLE);
    store_close(store);
    snprintf(stamp, sizeof stamp, "PRAGMA user_version = %d", store_schema_version() + 1);
    raw_execute(path, stamp);
    char *bytes = file_read(path, &before);
    for (enum store_mode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
        ck_assert(!store_open(path, mode, &store, &err));
        ck_assert_msg(strstr(err.detail, "use a newer exportstat"), "%s", err.detail);
    }
    char *again = file_read(path, &after);
    ck_assert_uint_eq(after, before);
    ck_assert_int_eq(memcmp(again, bytes, before), 0);
    free(bytes);
    free(again);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("upgrade");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_add_loop_test(tests, from_every_older_version, 1, store_schema_version());
    tcase_add_test(tests, a_newer_one_is_refused_and_stays_as_it_is);
    return check_main(tests);
}
