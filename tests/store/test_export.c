#include <string.h>

#include "check_main.h"
#include "fixture.h"

extern const struct embedded bundle[]; /* the real one */

/* Texts and numbers at their ends. */
static const char odd_series[] = SERIES_HEADER
    "a,\"Comma, \"\"quotes\"\" and ;\",\xd8\xa8\xd8\xb1\xd8\xa2\xd9\x85\xd8\xaf,\"u,v\",sum,1,,\n"
    "0,'single' and = + @,, blanks ,sum,12,a,default\n";
static const char odd_sources[] = SOURCES_HEADER
    "s-1,P,T,https://x/?a=1&b=%2C,1900-01,page,press,1\ns-10,P,T,http://x,2199-12-31,url,x,3\n"
    "s-2,P,T,http://x/,2024-02-29,inferred,x,2\n";
static const char odd_reports[] = REPORTS_HEADER
    "a,1900-01,999999999.999999,0.000001,s-1,\na,2199-12,-999999999.999999,999999999.999999,s-1,\n"
    "a,2024,0,1,s-1,\na,2024-Q1,-0.5,0.5,s-10,\n0,FY2024-H2,1,1,s-2,\n0,FY2024-Q3,1,1,s-2,\n"
    "0,2023-11/2024-02,10,10,s-2,\"\"\"\"\n";
static const char odd_claims[] = CLAIMS_HEADER
    "a.b/c?d,s-1,a,level,2024,-1.5,\"u,v\",0.1,\n~,s-10,0,fy_target,FY2199,1, blanks ,1,x\n";
static const char odd_rulings[] = RULINGS_HEADER
    "a,2024-01,reject,2,1,2024-02-29,R\na,2024-01,accept,2,1,2024-02-29,R\n"
    "a,2024-01,reject,1,1,2024-02-29,R\na,2024-01,reject,1,1,2024-01,\"R, \"\"S\"\"\"\n";

static void export_kind(struct store *store, enum import_kind kind, char **text)
{
    size_t length;
    struct error err;
    FILE *out = open_memstream(text, &length);
    ck_assert_msg(store_export(store, kind, out, &err), "%s", err.detail);
    fclose(out);
}

/* What is exported, imported into a new store and exported once more is the same to the byte. */
static void there_and_back(struct store *store)
{
    char *texts[IMPORT_KINDS + 1] = {NULL};
    struct store *other = store_made(path_of("back.db"));
    for (enum import_kind kind = 0; kind < IMPORT_KINDS; kind++)
        export_kind(store, kind, &texts[kind]);
    import_well(other, (const char *const *)texts);
    char *before = everything(store);
    char *after = everything(other);
    ck_assert(strcmp(before, after) == 0);
    free(before);
    free(after);
    store_close(other);
    for (enum import_kind kind = 0; kind < IMPORT_KINDS; kind++)
        free(texts[kind]);
}

static const struct {
    const char *name;
    const char *texts[IMPORT_KINDS + 1];
} cases[] = {
    {"the sample", {sample_series, sample_sources, sample_reports, sample_claims, sample_rulings}},
    {"texts and numbers at their ends",
     {odd_series, odd_sources, odd_reports, odd_claims, odd_rulings}},
    {"series alone", {sample_series}},
};

START_TEST(comes_back)
{
    struct store *store = store_made(path_of("there.db"));
    import_well(store, cases[_i].texts);
    there_and_back(store);
    store_close(store);
}
END_TEST

START_TEST(the_bundle_comes_back)
{
    struct store *store = store_made(path_of("there.db"));
    struct import_result result;
    struct error err;
    ck_assert_msg(store_bundle(store, bundle, &result, &err), "%s", err.detail);
    there_and_back(store);
    store_close(store);
}
END_TEST

static const struct {
    enum import_kind kind;
    const char *header;
    const char *rows;
} bytes[] = {
    {IMPORT_SERIES, SERIES_HEADER,
     "part,A part,\"Of the whole, by \"\"hand\"\"\",USD million,sum,7,total,"
     "default\ntotal,The whole,,USD million,sum,7,,\n"},
    {IMPORT_SOURCES, SOURCES_HEADER,
     "bank-2025-02,Bank,First,https://bank.example/1,2025-02-18,page,press,3\n"
     "paper-2025-02,Paper,Second,http://paper.example/2,2025-02,url,press,2\n"
     "blog-2025-03,Blog,Third,https://blog.example/3,2025-03-01,inferred,post,"
     "1\n"},
    {IMPORT_REPORTS, REPORTS_HEADER,
     "part,FY2024,-0.25,0.01,blog-2025-03,\n"
     "part,2025-01,310,1,bank-2025-02,\n"
     "part,2025-01,312.5,0.5,paper-2025-02,\"a note, quoted\"\n"
     "total,2024-07/2025-01,2150,10,bank-2025-02,\n"},
    {IMPORT_CLAIMS, CLAIMS_HEADER,
     "c1,bank-2025-02,part,yoy_pct,2025-01,12.5,percent,0.1,January on January\n"
     "c2,blog-2025-03,total,level,FY2024-H1,2150,USD million,10,\n"},
    {IMPORT_RULINGS, RULINGS_HEADER,
     "part,2025-01,reject,312.5,0.5,2025-03-02,Wrong\n"
     "part,2025-01,accept,310,1,2025-03,Because\n"},
};

START_TEST(writes_these_bytes)
{
    struct store *store = store_made(path_of("bytes.db"));
    struct buffer expected = {0};
    char *text;
    export_kind(store, bytes[_i].kind, &text);
    ck_assert_str_eq(text, bytes[_i].header);
    free(text);
    import_well(store, SAMPLE);
    export_kind(store, bytes[_i].kind, &text);
    buffer_format(&expected, "%s%s", bytes[_i].header, bytes[_i].rows);
    ck_assert_str_eq(text, expected.bytes);
    free(text);
    buffer_release(&expected);
    store_close(store);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    struct store *store = store_made(path_of("full.db"));
    FILE *out = fopen("/dev/full", "w");
    struct error err = {0};
    import_well(store, SAMPLE);
    setvbuf(out, NULL, _IONBF, 0);
    ck_assert(!store_export(store, IMPORT_REPORTS, out, &err));
    ck_assert_int_eq(err.kind, ERROR_SYSTEM);
    ck_assert_str_eq(err.detail, "the reports can not be written");
    fclose(out);
    store_close(store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("export");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, comes_back, 0, COUNT(cases));
    tcase_add_test(tests, the_bundle_comes_back);
    tcase_add_loop_test(tests, writes_these_bytes, 0, COUNT(bytes));
    tcase_add_test(tests, a_full_disk_is_an_error);
    return check_main(tests);
}
