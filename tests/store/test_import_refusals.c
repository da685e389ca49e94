/* What an import refuses, what it says of it, and that nothing is changed. */
#include "exportstat/store/import.h"

#include <errno.h>
#include <string.h>

#include "check_main.h"
#include "fixture.h"

/* Rows that a store with the sample refuses, and what it says of them. */
static const struct {
    const char *name;
    const char *text;
    const char *faults;
} refused[] = {
    {"series: an id", SERIES_HEADER "A b,T,,U,sum,1,,\n",
     "0.csv:2: series_id 'A b': expected 1 to 64 of a-z, 0-9 and '-'\n"},
    {"series: no title", SERIES_HEADER "x,,,U,sum,1,,\n",
     "0.csv:2: title '': expected 1 to 1000 bytes\n"},
    {"series: no unit", SERIES_HEADER "x,T,,,sum,1,,\n",
     "0.csv:2: unit '': expected 1 to 100 bytes\n"},
    {"series: aggregation", SERIES_HEADER "x,T,,U,mean,1,,\n",
     "0.csv:2: aggregation 'mean': expected one of: sum, average, last\n"},
    {"series: a 13th month", SERIES_HEADER "x,T,,U,sum,13,,\n",
     "0.csv:2: fiscal_year_start '13': expected a whole number, 1 to 12\n"},
    {"series: month zero", SERIES_HEADER "x,T,,U,sum,0,,\n",
     "0.csv:2: fiscal_year_start '0': expected a whole number, 1 to 12\n"},
    {"series: flags", SERIES_HEADER "x,T,,U,sum,1,,main\n",
     "0.csv:2: flags 'main': expected one of: nothing, default\n"},
    {"series: a second default", SERIES_HEADER "x,T,,U,sum,1,,default\n",
     "0.csv:2: flags 'default': there is a default series already\n"},
    {"fewer fields", REPORTS_HEADER "part,2025-04\n", "0.csv:2: 2 fields where the header has 6\n"},
    {"more fields", REPORTS_HEADER "part,2025-03,1,1,bank-2025-02,,\n",
     "0.csv:2: 7 fields where the header has 6\n"},
    {"no UTF-8", REPORTS_HEADER "part,2025-03,1,1,bank-2025-02,\xff\n",
     "0.csv:2: the text is not UTF-8\n"},
    {"claims: fewer fields", CLAIMS_HEADER "c,s\n", "0.csv:2: 2 fields where the header has 9\n"},
    {"series: part of itself", SERIES_HEADER "x,T,,U,sum,1,x,\n",
     "0.csv:2: part_of 'x': a series is no part of itself\n"},
    {"series: an orphan", SERIES_HEADER "x,T,,U,sum,1,nowhere,\n",
     "0.csv:2: part_of 'nowhere': there is no such series, neither in the store nor in this "
     "batch\n"},
    {"series: another title", SERIES_HEADER "total,All,,USD million,sum,7,,\n",
     "0.csv:2: title 'All': 'total' is stored with 'The whole' here, and facts are not edited\n"},
    {"series: another start", SERIES_HEADER "total,The whole,,USD million,sum,1,,\n",
     "0.csv:2: fiscal_year_start '1': 'total' is stored with '7' here, and facts are not edited\n"},
    {"series: a control character", SERIES_HEADER "x,\"T\nU\",,U,sum,1,,\n",
     "0.csv:2: title 'T?U': U+000A is not text: neither are other control characters, those that "
     "turn its direction, and noncharacters\n"},
    {"source: a C1 control", SOURCES_HEADER "s,P,T\xC2\x85,http://x,2025-02-01,page,press,1\n",
     "0.csv:2: title 'T?\?': U+0085 is not text: neither are other control characters, those that "
     "turn its direction, and noncharacters\n"},
    {"report: an override of the direction",
     REPORTS_HEADER "part,2025-02,1,1,bank-2025-02,a\xE2\x80\xAE z\n",
     "0.csv:2: note 'a??? z': U+202E is not text: neither are other control characters, those that "
     "turn its direction, and noncharacters\n"},
    {"claim: a noncharacter",
     CLAIMS_HEADER "c,bank-2025-02,part,level,2025-01,1,USD million,1,\xEF\xBF\xBF\n",
     "0.csv:2: statement '?\?\?': U+FFFF is not text: neither are other control characters, those "
     "that turn its direction, and noncharacters\n"},
    {"source: a date that does not exist",
     SOURCES_HEADER "s,P,T,http://x,2025-02-30,page,press,1\n",
     "0.csv:2: published '2025-02-30': expected an existing day YYYY-MM-DD or month YYYY-MM, 1900 "
     "to "
     "2199\n"},
    {"source: date basis", SOURCES_HEADER "s,P,T,http://x,2025-02,guess,press,1\n",
     "0.csv:2: date_basis 'guess': expected one of: page, url, inferred\n"},
    {"source: no address", SOURCES_HEADER "s,P,T,ftp://x,2025-02,page,press,1\n",
     "0.csv:2: url 'ftp://x': expected an address that begins with https:// or http://\n"},
    {"source: authority", SOURCES_HEADER "s,P,T,http://x,2025-02,page,press,4\n",
     "0.csv:2: authority '4': expected a whole number, 1 to 3\n"},
    {"source: another authority",
     SOURCES_HEADER "blog-2025-03,Blog,Third,https://blog.example/3,2025-03-01,inferred,post,2\n",
     "0.csv:2: authority '2': 'blog-2025-03' is stored with '1' here, and facts are not edited\n"},
    {"report: no such series", REPORTS_HEADER "none,2025-01,1,1,bank-2025-02,\n",
     "0.csv:2: series_id 'none': there is no such series, neither in the store nor in this "
     "batch\n"},
    {"report: no such source", REPORTS_HEADER "part,2025-01,1,1,none,\n",
     "0.csv:2: source_id 'none': there is no such source, neither in the store nor in this "
     "batch\n"},
    {"report: a period", REPORTS_HEADER "part,2025-13,1,1,bank-2025-02,\n",
     "0.csv:2: period '2025-13': expected a period such as 2025-12, 2025-Q4, FY2026, FY2026-H1 or "
     "2025-07/2025-12\n"},
    {"report: no number", REPORTS_HEADER "part,2025-02,1e3,1,bank-2025-02,\n",
     "0.csv:2: value '1e3': expected a number without an exponent, such as 437 or -12.5\n"},
    {"report: too large", REPORTS_HEADER "part,2025-02,1000000000,1,bank-2025-02,\n",
     "0.csv:2: value '1000000000': the number must be below 1000000000; use a larger unit\n"},
    {"report: too fine", REPORTS_HEADER "part,2025-02,1.0000001,1,bank-2025-02,\n",
     "0.csv:2: value '1.0000001': at most 6 decimals are kept\n"},
    {"report: no precision", REPORTS_HEADER "part,2025-02,1,0,bank-2025-02,\n",
     "0.csv:2: precision '0': a rounding step is above zero\n"},
    {"report: precision below zero", REPORTS_HEADER "part,2025-02,1,-1,bank-2025-02,\n",
     "0.csv:2: precision '-1': a rounding step is above zero\n"},
    {"report: another value", REPORTS_HEADER "part,2025-01,311,1,bank-2025-02,\n",
     "0.csv:2: value '311': this has the value 310 and precision 1 already, and facts are not "
     "edited\n"},
    {"report: another precision", REPORTS_HEADER "part,2025-01,310,10,bank-2025-02,\n",
     "0.csv:2: value '310': this has the value 310 and precision 1 already, and facts are not "
     "edited\n"},
    {"report: the same months by another name",
     REPORTS_HEADER "part,2023-07/2024-06,1,0.01,blog-2025-03,\n",
     "0.csv:2: value '1': this has the value -0.25 and precision 0.01 already, and facts are "
     "not "
     "edited\n"},
    {"report: two faults of a row", REPORTS_HEADER "part,x,1,0,bank-2025-02,\n",
     "0.csv:2: period 'x': expected a period such as 2025-12, 2025-Q4, FY2026, FY2026-H1 or "
     "2025-07/2025-12\n0.csv:2: precision '0': a rounding step is above zero\n"},
    {"claim: a metric", CLAIMS_HEADER "c,bank-2025-02,part,growth,2025-01,1,percent,1,\n",
     "0.csv:2: metric 'growth': expected one of: level, mom_pct, yoy_pct, fytd_level, "
     "fytd_yoy_pct, "
     "record_high, previous_record, threshold_first_crossed, growth_streak_months, "
     "trailing_12m_average, share_of_total_exports_pct, fy_projection_low, "
     "fy_projection_high, fy_target\n"},
    {"claim: an id with a blank", CLAIMS_HEADER "c 1,bank-2025-02,part,level,2025-01,1,u,1,\n",
     "0.csv:2: claim_id 'c 1': expected 1 to 160 printable characters of ASCII without "
     "blanks\n"},
    {"claim: an id beyond ASCII", CLAIMS_HEADER "\xC3\xA9,bank-2025-02,part,level,2025-01,1,u,1,\n",
     "0.csv:2: claim_id '\xC3\xA9': expected 1 to 160 printable characters of ASCII without "
     "blanks\n"},
    {"claim: no unit", CLAIMS_HEADER "c,bank-2025-02,part,level,2025-01,1,,1,\n",
     "0.csv:2: unit '': expected 'usd_million' or 'USD million' for level of this series\n"},
    {"claim: another unit", CLAIMS_HEADER "c,bank-2025-02,part,level,2025-01,1,USD billion,1,\n",
     "0.csv:2: unit 'USD billion': expected 'usd_million' or 'USD million' for level of this "
     "series\n"},
    {"claim: the unit of another metric",
     CLAIMS_HEADER "c,bank-2025-02,part,mom_pct,2025-01,1,usd_million,1,\n",
     "0.csv:2: unit 'usd_million': expected 'percent' for mom_pct of this series\n"},
    {"claim: a precision that tells nothing",
     CLAIMS_HEADER "c,bank-2025-02,part,level,2025-01,5,usd_million,6,\n",
     "0.csv:2: precision '6': a rounding step is above zero, and at most 1 or the value, whichever "
     "is larger\n"},
    {"claim: another value", CLAIMS_HEADER "c1,bank-2025-02,part,yoy_pct,2025-01,13,percent,0.1,\n",
     "0.csv:2: claim_id 'c1': this has the value 12.5 and precision 0.1 already, and facts are "
     "not "
     "edited\n"},
    {"claim: of another source",
     CLAIMS_HEADER "c1,blog-2025-03,part,yoy_pct,2025-01,12.5,percent,0.1,\n",
     "0.csv:2: claim_id 'c1': another row stands in its place: an id, or the value accepted on a "
     "day, is given once\n"},
    {"ruling: a decision", RULINGS_HEADER "part,2025-01,maybe,1,1,2025-03,R\n",
     "0.csv:2: decision 'maybe': expected one of: accept, reject\n"},
    {"ruling: no reason", RULINGS_HEADER "part,2025-01,accept,1,1,2025-03,\n",
     "0.csv:2: reason '': expected 1 to 1000 bytes\n"},
    {"ruling: a date", RULINGS_HEADER "part,2025-01,accept,1,1,today,R\n",
     "0.csv:2: ruled_on 'today': expected an existing day YYYY-MM-DD or month YYYY-MM, 1900 to "
     "2199\n"},
    {"ruling: another precision", RULINGS_HEADER "part,2025-01,accept,310,10,2025-03,Because\n",
     "0.csv:2: value '310': this has the value 310 and precision 1 already, and facts are not "
     "edited\n"},
    {"twice in one file",
     REPORTS_HEADER "part,2025-02,1,1,bank-2025-02,\npart,2025-02,2,1,bank-2025-02,\n",
     "0.csv:3: value '2': this has the value 1 and precision 1 already, and facts are not "
     "edited\n"},
};

/* What follows must be as it was: all rows, the generation, the imports. */
struct before {
    char *rows;
    int64_t generation;
    int64_t imports;
};

static struct before before(struct store *store, const char *path)
{
    return (struct before){everything(store), state_of(path).generation,
                           raw_integer(path, "SELECT count(*) FROM import")};
}

static void unchanged(struct store *store, const char *path, struct before *then, const char *name)
{
    struct before now = before(store, path);
    ck_assert_msg(strcmp(now.rows, then->rows) == 0, "%s: %s", name, now.rows);
    ck_assert_msg(now.generation == then->generation, "%s: the generation moved", name);
    ck_assert_msg(now.imports == then->imports, "%s: an import is left", name);
    free(now.rows);
    free(then->rows);
}

START_TEST(refuses_rows)
{
    const char *path = path_of("rows.db");
    struct store *store = store_made(path);
    struct import_result result;
    struct buffer faults = {0};
    struct error err = {0};
    import_well(store, SAMPLE);
    struct before then = before(store, path);
    bool ok = import_texts(store, TEXTS(refused[_i].text), &result, &faults, &err);
    ck_assert_msg(!ok, "%s: imported", refused[_i].name);
    ck_assert_msg(err.kind == ERROR_INPUT, "%s: %s", refused[_i].name, err.detail);
    ck_assert_msg(faults.bytes && strcmp(faults.bytes, refused[_i].faults) == 0, "%s: '%s'",
                  refused[_i].name, faults.bytes);
    ck_assert_str_eq(err.detail, "1 faulty row: nothing was imported");
    unchanged(store, path, &then, refused[_i].name);
    buffer_release(&faults);
    store_close(store);
}
END_TEST

/* Files that are given up at once. */
static const struct {
    const char *name;
    const char *text;
    const char *message;
} given_up[] = {
    {"an empty file", "", "0.csv:1: the file is empty"},
    {"another header", "a,b\n",
     "0.csv:1: the header is none of series, sources, reports, claims or rulings; one of reports "
     "is: "
     "series_id,period,value,precision,source_id,note"},
    {"a column too few", "series_id,period,value,precision,source_id\n",
     "0.csv:1: the column 'note' of reports is missing"},
    {"a column too many", "series_id,period,value,precision,source_id,note,mood\n",
     "0.csv:1: 'mood' is no column of reports"},
    {"a column twice", "series_id,period,value,precision,source_id,note,note\n",
     "0.csv:1: the column 'note' of reports stands twice"},
    {"capitals", "Series_ID,period,value,precision,source_id,note\n",
     "0.csv:1: 'Series_ID' is no column of reports"},
    {"semicolons", "series_id;period;value;precision;source_id;note\n",
     "0.csv:1: the header is none of series, sources, reports, claims or rulings; one of reports "
     "is: "
     "series_id,period,value,precision,source_id,note"},
    {"a row that is cut off", REPORTS_HEADER "part,2025-03,1,1,bank-2025-02,\npart,2025-0",
     "0.csv:3: the last line has no end: the file may be cut off"},
};

START_TEST(gives_up_files)
{
    const char *path = path_of("files.db");
    struct store *store = store_made(path);
    struct import_result result;
    struct buffer faults = {0};
    struct error err = {0};
    import_well(store, SAMPLE);
    struct before then = before(store, path);
    /* The last file is at fault: what came before it goes too. */
    ck_assert(!import_texts(store, TEXTS(given_up[_i].text, SERIES_HEADER "new,N,,U,sum,1,,\n"),
                            &result, &faults, &err));
    ck_assert_msg(strcmp(err.detail, given_up[_i].message) == 0, "%s: %s", given_up[_i].name,
                  err.detail);
    unchanged(store, path, &then, given_up[_i].name);
    buffer_release(&faults);
    store_close(store);
}
END_TEST

/* Rows that are at fault, in one file or two, and how many are named. */
static const struct {
    const char *name;
    int sources; /* faulty ones */
    int reports;
    int named;
    const char *message;
} limits[] = {
    {"one", 0, 1, 1, "1 faulty row: nothing was imported"},
    {"two", 1, 1, 2, "2 faulty rows: nothing was imported"},
    {"one below the most", 0, 19, 19, "19 faulty rows: nothing was imported"},
    {"the most", 0, 20, 20, "20 or more faulty rows: nothing was imported"},
    {"more", 0, 21, 20, "20 or more faulty rows: nothing was imported"},
    {"many", 0, 5000, 20, "20 or more faulty rows: nothing was imported"},
    {"over two files", 15, 15, 20, "20 or more faulty rows: nothing was imported"},
};

START_TEST(names_the_first_faults)
{
    const char *path = path_of("limit.db");
    struct store *store = store_made(path);
    struct buffer sources = {0};
    struct buffer reports = {0};
    struct buffer faults = {0};
    struct import_result result;
    struct error err = {0};
    int lines = 0;
    import_well(store, SAMPLE);
    buffer_text(&sources, SOURCES_HEADER);
    buffer_text(&reports, REPORTS_HEADER);
    for (int i = 0; i < limits[_i].sources; i++)
        buffer_format(&sources, "s%d,P,T,http://x,never,page,press,1\n", i);
    for (int i = 0; i < limits[_i].reports; i++)
        buffer_format(&reports, "part,2020-01,x%d,1,bank-2025-02,\n", i);
    ck_assert(!import_texts(store, TEXTS(reports.bytes, sources.bytes), &result, &faults, &err));
    for (const char *at = faults.bytes; (at = strchr(at, '\n')); at++)
        lines++;
    ck_assert_msg(lines == limits[_i].named, "%s: %d lines", limits[_i].name, lines);
    ck_assert_msg(strcmp(err.detail, limits[_i].message) == 0, "%s: %s", limits[_i].name,
                  err.detail);
    buffer_release(&sources);
    buffer_release(&reports);
    buffer_release(&faults);
    store_close(store);
}
END_TEST

START_TEST(no_series_is_part_of_itself_by_way_of_others)
{
    struct store *store = store_made(path_of("circle.db"));
    struct buffer faults = {0};
    struct import_result result;
    struct error err = {0};
    import_well(store, TEXTS(SERIES_HEADER "a,A,,U,sum,1,,\nb,B,,U,sum,1,a,\nc,C,,U,sum,1,b,\n"));
    ck_assert(
        !import_texts(store,
                      TEXTS(SERIES_HEADER "x,X,,U,sum,1,z,\ny,Y,,U,sum,1,x,\nz,Z,,U,sum,1,y,\n"
                                          "w,W,,U,sum,1,z,\n"),
                      &result, &faults, &err));
    ck_assert_str_eq(err.detail, "4 faulty rows: nothing was imported");
    ck_assert_msg(strstr(faults.bytes, "0.csv:2: part_of 'z': by way of others"), "%s",
                  faults.bytes);
    buffer_release(&faults);
    store_close(store);
}
END_TEST

/* However long the way up is, it is gone once. */
START_TEST(a_long_way_up_is_no_circle)
{
    enum { LENGTH = 5000 };
    struct store *store = store_made(path_of("long.db"));
    struct buffer series = {0};
    buffer_text(&series, SERIES_HEADER "c0,C,,U,sum,1,,\n");
    for (int i = 1; i < LENGTH; i++)
        buffer_format(&series, "c%d,C,,U,sum,1,c%d,\n", i, i - 1);
    ck_assert_int_eq(import_well(store, TEXTS(series.bytes)).added[IMPORT_SERIES], LENGTH);
    import_well(store, TEXTS(SERIES_HEADER "last,L,,U,sum,1,c4999,\n"));
    buffer_release(&series);
    store_close(store);
}
END_TEST

/* A file whose text comes to an end by a fault. */
struct torn {
    const char *text;
    size_t left;
};

static ssize_t torn_read(void *cookie, char *to, size_t size)
{
    struct torn *torn = cookie;
    size_t n = size < torn->left ? size : torn->left;
    if (n == 0) {
        errno = EIO;
        return -1;
    }
    memcpy(to, torn->text, n);
    torn->text += n;
    torn->left -= n;
    return (ssize_t)n;
}

static const char *const torn_texts[] = {
    SERIES_HEADER "x,X,,U,sum,1,,\ny,Y,,U,sum,1,,\n",
    SOURCES_HEADER "s,P,T,https://a.example/,2025-01-01,page,press,2\n",
    REPORTS_HEADER "total,2025-01,5,1,first,\n",
    REPORTS_HEADER,
};

START_TEST(nothing_is_imported_of_a_file_that_can_not_be_read_to_its_end)
{
    struct store *store = store_made(path_of("torn.db"));
    struct torn torn = {torn_texts[_i], strlen(torn_texts[_i])};
    struct buffer faults = {0};
    struct import_result result;
    struct error err = {0};
    import_well(store, TEXTS(SERIES_HEADER "total,T,,U,sum,1,,\n", SOURCES_HEADER
                             "first,P,T,https://a.example/,2025-01-01,page,press,2\n"));
    FILE *file = fopencookie(&torn, "r", (cookie_io_functions_t){.read = torn_read});
    ck_assert_ptr_nonnull(file);
    struct import_file files[] = {{"torn.csv", file}};
    ck_assert(!store_import(store, files, 1, &(struct import_terms){0}, &result, &faults, &err));
    ck_assert_msg(strstr(err.detail, "can not be read"), "%s", err.detail);
    fclose(file);
    buffer_release(&faults);
    store_close(store);
}
END_TEST

START_TEST(series_that_were_not_read_make_no_orphans)
{
    const char *path = path_of("orphans.db");
    struct store *store = store_made(path);
    struct buffer series = {0};
    struct buffer faults = {0};
    struct import_result result;
    struct error err = {0};
    buffer_text(&series, SERIES_HEADER "child,C,,U,sum,1,parent,\n");
    for (int i = 0; i < IMPORT_FAULTS_MAX; i++)
        buffer_format(&series, "s%d,S,,U,sum,0,,\n", i);
    buffer_text(&series, "parent,P,,U,sum,1,,\n");
    ck_assert(!import_texts(store, TEXTS(series.bytes), &result, &faults, &err));
    ck_assert_msg(!strstr(faults.bytes, "part_of"), "%s", faults.bytes);
    buffer_release(&series);
    buffer_release(&faults);
    store_close(store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("import_refusals");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, refuses_rows, 0, COUNT(refused));
    tcase_add_loop_test(tests, gives_up_files, 0, COUNT(given_up));
    tcase_add_loop_test(tests, names_the_first_faults, 0, COUNT(limits));
    tcase_add_test(tests, no_series_is_part_of_itself_by_way_of_others);
    tcase_add_test(tests, a_long_way_up_is_no_circle);
    tcase_add_loop_test(tests, nothing_is_imported_of_a_file_that_can_not_be_read_to_its_end, 0,
                        COUNT(torn_texts));
    tcase_add_test(tests, series_that_were_not_read_make_no_orphans);
    return check_main(tests);
}
