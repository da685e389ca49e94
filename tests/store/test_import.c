#include "exportstat/store/import.h"

#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "fixture.h"

START_TEST(adds_each_kind_once)
{
    static const int64_t rows[IMPORT_KINDS] = {2, 3, 4, 2, 2};
    const char *path = path_of("added.db");
    struct store *store = store_made(path);
    struct import_result first = import_well(store, SAMPLE);
    struct import_result second = import_well(store, SAMPLE);
    ck_assert_mem_eq(first.added, rows, sizeof rows);
    ck_assert_mem_eq(second.skipped, rows, sizeof rows);
    for (int i = 0; i < IMPORT_KINDS; i++)
        ck_assert(first.skipped[i] == 0 && second.added[i] == 0);
    ck_assert(first.import == 1 && first.generation == 2);
    ck_assert_int_eq(second.import, 0);
    ck_assert_int_eq(state_of(path).generation, 2);
    ck_assert_int_eq(raw_integer(path, "SELECT added * 100 + skipped FROM import"), 1300);
    store_close(store);
}
END_TEST

START_TEST(skips_what_is_the_same)
{
    const char *path = path_of("skipped.db");
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    struct import_result result = import_well(
        store, TEXTS(REPORTS_HEADER "part,2025-01,310.0,1.00,bank-2025-02,\n"
                                    "part,2023-07--2024-06,-0.25,0.01,blog-2025-03,another note\n"
                                    "part,2025-02,5,1,bank-2025-02,\n"
                                    "part,2025-02,5,1,bank-2025-02,\n"));
    ck_assert_int_eq(result.added[IMPORT_REPORTS], 1);
    ck_assert_int_eq(result.skipped[IMPORT_REPORTS], 3);
    ck_assert_int_eq(result.generation, 3);
    store_close(store);
}
END_TEST

START_TEST(files_come_in_any_order)
{
    const char *one = path_of("one.db");
    const char *two = path_of("two.db");
    struct store *a = store_made(one);
    struct store *b = store_made(two);
    import_well(a, SAMPLE);
    import_well(
        b, TEXTS(sample_rulings, sample_claims, sample_reports, sample_sources, sample_series));
    char *rows_a = everything(a);
    char *rows_b = everything(b);
    ck_assert_str_eq(rows_a, rows_b);
    free(rows_a);
    free(rows_b);
    store_close(a);
    store_close(b);
}
END_TEST

START_TEST(columns_come_in_any_order)
{
    const char *path = path_of("columns.db");
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    import_well(store, TEXTS("note,source_id,precision,value,period,series_id\r\n"
                             "\"x\",bank-2025-02,0.5,7,2025-Q2,part\r\n"));
    ck_assert_int_eq(raw_integer(path,
                                 "SELECT value FROM report WHERE period = '2025-Q2' AND note = 'x' "
                                 "AND precision = 500000 AND last - first = 2"),
                     7000000);
    store_close(store);
}
END_TEST

START_TEST(periods_follow_the_series)
{
    const char *path = path_of("periods.db");
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    import_well(store, TEXTS(SERIES_HEADER "january,J,,U,sum,1,,\n",
                             REPORTS_HEADER "january,FY2025,1,1,bank-2025-02,\n"
                                            "part,FY2025,1,1,bank-2025-02,\n"));
    ck_assert_int_eq(raw_integer(path, "SELECT sum(first) FROM report WHERE period = 'FY2025'"),
                     2025 * 12 + 2024 * 12 + 6);
    store_close(store);
}
END_TEST

static void count_calls(void *context, const struct import_file *file, int64_t rows)
{
    ck_assert_str_eq(file->name, "many");
    ck_assert_int_eq(rows % 8192, 0);
    ++*(int *)context;
}

START_TEST(tells_of_its_progress)
{
    const char *path = path_of("progress.db");
    struct store *store = store_made(path);
    struct buffer text = {0};
    struct buffer faults = {0};
    struct import_result result;
    struct error err;
    int calls = 0;
    import_well(store, SAMPLE);
    buffer_text(&text, SOURCES_HEADER);
    for (int i = 0; i < 20000; i++)
        buffer_format(&text, "s%d,P,T,http://x,2025-01,page,press,1\n", i);
    struct import_file file = {"many", fmemopen(text.bytes, text.length, "r")};
    ck_assert(store_import(store, &file, 1,
                           &(struct import_terms){.progress = count_calls, .context = &calls},
                           &result, &faults, &err));
    ck_assert_int_eq(calls, 2);
    ck_assert_int_eq(result.added[IMPORT_SOURCES], 20000);
    fclose(file.file);
    buffer_release(&text);
    store_close(store);
}
END_TEST

/* 10,000 reports of the years 1900 to 2199 by three sources, the last line being `last`. */
static char *many_reports(const char *last)
{
    static const char *const sources[] = {"bank-2025-02", "paper-2025-02", "blog-2025-03"};
    struct buffer text = {0};
    buffer_text(&text, REPORTS_HEADER);
    for (int i = 0; i < 10000; i++)
        buffer_format(&text, "part,%d-%02d,%d,1,%s,\n", 1900 + i / 12 % 300, i % 12 + 1, i,
                      sources[i / 3600]);
    buffer_text(&text, last);
    return text.bytes;
}

static const char index_of_sources[] =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql = 'CREATE INDEX "
    "report_by_source ON report (source)'";

START_TEST(keeps_its_indexes_with_many_reports)
{
    const char *path = path_of("many.db");
    struct store *store = store_made(path);
    import_well(store, TEXTS(sample_series, sample_sources));
    char *faulty = many_reports("part,2025-01,many,1,bank-2025-02,\n");
    char *right = many_reports("");
    struct import_file file = {"many", fmemopen(faulty, strlen(faulty), "r")};
    struct buffer faults = {0};
    struct import_result result;
    struct error err;
    ck_assert(!store_import(store, &file, 1, &(struct import_terms){0}, &result, &faults, &err));
    ck_assert_int_eq(raw_integer(path, index_of_sources), 1);
    ck_assert_int_eq(raw_integer(path, "SELECT count(*) FROM report"), 0);
    result = import_well(store, TEXTS(right));
    ck_assert_int_eq(result.added[IMPORT_REPORTS], 10000);
    ck_assert_int_eq(raw_integer(path, index_of_sources), 1);
    ck_assert_int_eq(raw_integer(path, "SELECT count(*) FROM report INDEXED BY report_by_source "
                                       "WHERE source > 0"),
                     10000);
    result = import_well(store, TEXTS(right));
    ck_assert_int_eq(result.skipped[IMPORT_REPORTS], 10000);
    fclose(file.file);
    buffer_release(&faults);
    free(faulty);
    free(right);
    store_close(store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("import");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, adds_each_kind_once);
    tcase_add_test(tests, skips_what_is_the_same);
    tcase_add_test(tests, files_come_in_any_order);
    tcase_add_test(tests, columns_come_in_any_order);
    tcase_add_test(tests, periods_follow_the_series);
    tcase_add_test(tests, tells_of_its_progress);
    tcase_add_test(tests, keeps_its_indexes_with_many_reports);
    return check_main(tests);
}
