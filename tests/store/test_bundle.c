#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_main.h"
#include "fixture.h"

extern const struct embedded bundle[]; /* the real one */

#define ENTRY(name, text)            \
    {                                \
        name, sizeof(text) - 1, text \
    }
#define FILES(series, sources, reports, claims, rulings, version, digest)                          \
    {                                                                                              \
        ENTRY("series.csv", series), ENTRY("sources.csv", sources), ENTRY("reports.csv", reports), \
            ENTRY("claims.csv", claims), ENTRY("rulings.csv", rulings), ENTRY("VERSION", version), \
            ENTRY("sha256", digest),                                                               \
        {                                                                                          \
            NULL, 0, NULL                                                                          \
        }                                                                                          \
    }

#define OLD_SERIES                                                                        \
    SERIES_HEADER                                                                         \
    "whole,Whole,,U,sum,7,,default\npart,Part,,U,sum,7,whole,\nold,Old,,U,sum,7,older,\n" \
    "older,Older,,U,sum,7,,\n"
#define OLD_SOURCES                                                \
    SOURCES_HEADER "s1,P,One,http://p/1,2025-02-01,page,press,2\n" \
                   "s2,P,Two,http://p/2,2025-02-02,page,press,2\n" \
                   "gone,Q,Gone,http://q/1,2025-02-03,page,press,2\n"
#define OLD_REPORTS \
    REPORTS_HEADER "part,2025-01,100,1,s1,\nwhole,2025-01,200,1,gone,\nold,2025-01,50,1,s2,\n"
#define OLD_CLAIMS CLAIMS_HEADER "c1,gone,old,level,2025-01,50,U,1,\n"
#define OLD_RULINGS RULINGS_HEADER "part,2025-01,accept,100,1,2025-03,Because\n"

/* The newer one names another default, has other titles and a changed value, and drops the old. */
#define NEW_SERIES SERIES_HEADER "part,Part,,U,sum,7,whole,default\nwhole,New whole,,U,sum,7,,\n"
#define NEW_SOURCES                                                    \
    SOURCES_HEADER "s1,P,New one,http://p/1,2025-02-01,page,press,3\n" \
                   "s3,P,Three,http://p/3,2025-03-01,page,press,2\n"
#define NEW_REPORTS REPORTS_HEADER "part,2025-01,101,1,s1,\npart,2025-02,110,1,s3,\n"

static const struct embedded old_one[] =
    FILES(OLD_SERIES, OLD_SOURCES, OLD_REPORTS, OLD_CLAIMS, OLD_RULINGS, "2025-06-01\n", "aa");
static const struct embedded new_one[] = FILES(NEW_SERIES, NEW_SOURCES, NEW_REPORTS, CLAIMS_HEADER,
                                               RULINGS_HEADER, "2025-07-01\n", "bb");
static const struct embedded corrected[] = FILES(
    NEW_SERIES, NEW_SOURCES, NEW_REPORTS, CLAIMS_HEADER, RULINGS_HEADER, "2025-06-01\n", "cc");
static const struct embedded outdated[] = FILES(NEW_SERIES, NEW_SOURCES, NEW_REPORTS, CLAIMS_HEADER,
                                                RULINGS_HEADER, "2025-05-31\n", "dd");
static const struct embedded renamed[] =
    FILES(OLD_SERIES, OLD_SOURCES, OLD_REPORTS, OLD_CLAIMS, OLD_RULINGS, "2025-07-01\n", "aa");
static const struct embedded broken[] =
    FILES(NEW_SERIES, NEW_SOURCES, REPORTS_HEADER "part,x,1,1,s1,\n", CLAIMS_HEADER, RULINGS_HEADER,
          "2025-07-01\n", "ee");

static struct import_result fill(struct store *store, const struct embedded *with)
{
    struct import_result result;
    struct error err;
    ck_assert_msg(store_bundle(store, with, &result, &err), "%s", err.detail);
    return result;
}

static char *rows_of(const char *path, const struct embedded *with)
{
    struct store *store = store_made(path);
    fill(store, with);
    char *rows = everything(store);
    store_close(store);
    return rows;
}

static void clean(struct store *store, const char *name)
{
    struct buffer findings = {0};
    struct error err;
    int n;
    ck_assert_msg(store_check(store, &findings, &n, &err), "%s: %s", name, err.detail);
    ck_assert_msg(n == 0, "%s: %s", name, findings.bytes);
    buffer_release(&findings);
}

START_TEST(fills_a_new_store)
{
    const char *path = path_of("filled.db");
    struct store *store = store_made(path);
    struct import_result result = fill(store, bundle);
    ck_assert_int_eq(result.import, 1);
    ck_assert_int_eq(result.generation, 2);
    for (int i = 0; i < IMPORT_KINDS; i++)
        ck_assert_int_gt(result.added[i], 0);
    ck_assert_int_eq(raw_integer(path, "SELECT count(*) FROM report"),
                     result.added[IMPORT_REPORTS]);
    ck_assert_int_eq(raw_integer(path, "SELECT count(*) FROM import WHERE kind = 'bundle'"), 1);
    clean(store, "bundle");
    result = fill(store, bundle);
    ck_assert_int_eq(result.import, 0);
    ck_assert_int_eq(state_of(path).generation, 2);
    store_close(store);
}
END_TEST

static const struct {
    const char *name;
    const struct embedded *then;
    bool replaced;
} cases[] = {
    {"the same", old_one, false},
    {"a later one", new_one, true},
    {"another of the same version", corrected, true},
    {"an older one", outdated, false},
    {"the same bytes under a later version", renamed, false},
};

START_TEST(replaces_an_older_one)
{
    const char *path = path_of("replaced.db");
    char *expected = rows_of(path_of("expected.db"), cases[_i].replaced ? cases[_i].then : old_one);
    struct store *store = store_made(path);
    fill(store, old_one);
    struct import_result result = fill(store, cases[_i].then);
    char *rows = everything(store);
    ck_assert_msg((result.import > 0) == cases[_i].replaced, "%s", cases[_i].name);
    ck_assert_msg(strcmp(rows, expected) == 0, "%s: %s", cases[_i].name, rows);
    ck_assert_int_eq(state_of(path).generation, cases[_i].replaced ? 3 : 2);
    clean(store, cases[_i].name);
    free(rows);
    free(expected);
    store_close(store);
}
END_TEST

/* Rows of a user's own on the old bundle, and what is true after the new one has come. */
static const struct {
    const char *name;
    const char *text[2];
    const char *truth;
} kept[] = {
    {"a report on a bundled series",
     {REPORTS_HEADER "whole,2025-03,300,1,s1,\n"},
     "SELECT count(*) FROM report JOIN series USING (series) JOIN source USING (source) "
     "WHERE series_id = 'whole' AND source_id = 's1' AND value = 300000000"},
    {"the series under it is renewed",
     {REPORTS_HEADER "whole,2025-03,300,1,s1,\n"},
     "SELECT count(*) FROM series WHERE series_id = 'whole' AND title = 'New whole'"},
    {"the source under it is renewed",
     {REPORTS_HEADER "whole,2025-03,300,1,s1,\n"},
     "SELECT count(*) FROM source WHERE source_id = 's1' AND title = 'New one' AND authority = 3"},
    {"the default moves from a series that stays",
     {REPORTS_HEADER "whole,2025-03,300,1,s1,\n"},
     "SELECT group_concat(series_id) = 'part' FROM series WHERE is_default"},
    {"a source that was dropped",
     {REPORTS_HEADER "part,2025-03,300,1,gone,\n"},
     "SELECT count(*) FROM report JOIN source USING (source) WHERE source_id = 'gone' AND title = "
     "'Gone'"},
    {"a source that was dropped, under a claim",
     {CLAIMS_HEADER "mine,gone,part,level,2025-01,50,U,1,\n"},
     "SELECT count(*) FROM claim JOIN source USING (source) WHERE source_id = 'gone'"},
    {"a series that was dropped",
     {REPORTS_HEADER "old,2025-03,300,1,s1,\n"},
     "SELECT count(*) FROM report JOIN series USING (series) WHERE series_id = 'old'"},
    {"what it is part of",
     {REPORTS_HEADER "old,2025-03,300,1,s1,\n"},
     "SELECT count(*) FROM series WHERE series_id = 'older'"},
    {"a series that was dropped, under a claim",
     {CLAIMS_HEADER "mine,s1,old,level,2025-01,50,U,1,\n"},
     "SELECT count(*) FROM claim JOIN series USING (series) WHERE series_id = 'old'"},
    {"a series that was dropped, under a ruling",
     {RULINGS_HEADER "old,2025-01,reject,50,1,2025-04,Mine\n"},
     "SELECT count(*) FROM ruling JOIN series USING (series) WHERE series_id = 'old'"},
    {"a series that was dropped, under a part of it",
     {SERIES_HEADER "mine,Mine,,U,sum,7,old,\n"},
     "SELECT count(*) FROM series WHERE series_id = 'old' AND part_of = 'older'"},
    {"a series that is under nothing else",
     {REPORTS_HEADER "older,2025-03,300,1,s1,\n"},
     "SELECT count(*) = 0 FROM series WHERE series_id = 'old'"},
    {"a report that the bundle has too",
     {SOURCES_HEADER "s3,Me,Mine,http://me/3,2025-03-01,page,press,1\n",
      REPORTS_HEADER "part,2025-02,7,1,s3,\n"},
     "SELECT count(*) FROM report r JOIN source USING (source) WHERE source_id = 's3' "
     "AND publisher = 'Me' AND value = 7000000"},
    {"a series that the bundle has too",
     {SERIES_HEADER "mine,Mine,,U,sum,7,,\n"},
     "SELECT count(*) FROM series WHERE series_id = 'mine'"},
    {"the old bundle's own rows go",
     {REPORTS_HEADER "old,2025-03,300,1,gone,\n"},
     "SELECT (SELECT count(*) FROM report) = 3 AND (SELECT count(*) FROM claim) = 0 "
     "AND (SELECT count(*) FROM ruling) = 0"},
};

START_TEST(what_others_added_stays)
{
    const char *path = path_of("kept.db");
    struct store *store = store_made(path);
    struct import_result result;
    struct error err;
    fill(store, old_one);
    import_well(store, TEXTS(kept[_i].text[0], kept[_i].text[1]));
    bool ok = store_bundle(store, new_one, &result, &err);
    ck_assert_msg(ok, "%s: %s", kept[_i].name, err.detail);
    ck_assert_msg(raw_integer(path, kept[_i].truth) == 1, "%s", kept[_i].name);
    clean(store, kept[_i].name);
    /* It stays over every bundle that is to come. */
    fill(store, corrected);
    ck_assert_msg(raw_integer(path, kept[_i].truth) == 1, "%s, once more", kept[_i].name);
    store_close(store);
}
END_TEST

START_TEST(a_broken_one_changes_nothing)
{
    const char *path = path_of("broken.db");
    struct store *store = store_made(path);
    struct import_result result;
    struct error err;
    fill(store, old_one);
    char *expected = everything(store);
    ck_assert(!store_bundle(store, broken, &result, &err));
    char *rows = everything(store);
    ck_assert_str_eq(rows, expected);
    ck_assert_int_eq(state_of(path).generation, 2);
    free(rows);
    free(expected);
    store_close(store);
}
END_TEST

START_TEST(a_store_of_others_stays_as_it_is)
{
    const char *path = path_of("others.db");
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    ck_assert_int_eq(fill(store, bundle).import, 0);
    ck_assert_int_eq(raw_integer(path, "SELECT count(*) FROM series"), 2);
    store_close(store);
}
END_TEST

static int start_up(const char *path)
{
    struct store *store = NULL;
    struct import_result result;
    struct error err = {0};
    int applied;
    bool ok = store_open(path, STORE_WRITE, &store, &err) && store_migrate(store, &applied, &err) &&
              store_bundle(store, bundle, &result, &err);
    if (!ok)
        fprintf(stderr, "# %s\n", err.detail);
    store_close(store);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

START_TEST(processes_fill_it_once)
{
    enum { PROCESSES = 4 };
    const char *path = path_of("together.db");
    int failed = 0;
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0)
            _exit(start_up(path));
    }
    for (int i = 0, status; i < PROCESSES; i++) {
        wait(&status);
        failed += status != 0;
    }
    ck_assert_int_eq(failed, 0);
    ck_assert_int_eq(raw_integer(path, "SELECT count(*) FROM import"), 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("bundle");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, fills_a_new_store);
    tcase_add_loop_test(tests, replaces_an_older_one, 0, COUNT(cases));
    tcase_add_loop_test(tests, what_others_added_stays, 0, COUNT(kept));
    tcase_add_test(tests, a_broken_one_changes_nothing);
    tcase_add_test(tests, a_store_of_others_stays_as_it_is);
    tcase_add_test(tests, processes_fill_it_once);
    return check_main(tests);
}
