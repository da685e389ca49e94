#include <string.h>

#include "check_main.h"
#include "fixture.h"

#define UNCHECKED "PRAGMA ignore_check_constraints = 1;"

/* What is done to a sound store behind its back, and what is found. */
static const struct {
    const char *name;
    const char *damage;
    const char *findings;
} cases[] = {
    {"nothing", "SELECT 1", ""},
    {"a report of no source", "UPDATE report SET source = 99 WHERE series = 2",
     "a reference to nothing: report row ?\n"},
    {"a claim of no series", "UPDATE claim SET series = 99 WHERE claim = 2",
     "a reference to nothing: claim row 2\n"},
    {"a part of nothing", "UPDATE series SET part_of = 'none' WHERE series = 1",
     "a reference to nothing: series row 1\n"},
    {"a row of no import", "UPDATE source SET import = 9 WHERE source = 3",
     "a reference to nothing: source row 3\n"},
    {"no generation", "DELETE FROM store", "0 rows state the store's generation\n"},
    {"an import of the future", "UPDATE import SET generation = 9",
     "import generation 9 is above the store's\n"},
    {"part of itself", "UPDATE series SET part_of = series_id WHERE series = 2",
     "series 'total' is part of itself\n"},
    {"no address", "UPDATE source SET url = 'ftp://x' WHERE source = 1",
     "source 'bank-2025-02' has no address\n"},
    {"two accepted on one day",
     "INSERT INTO ruling SELECT series, first, last, ruled_day, 'accept', 1, period, 1, ruled_on, "
     "'R', 1 "
     "FROM ruling WHERE decision = 'accept'",
     "two values accepted on one day: part 24300 20178\n"},
    {"a report's period", "UPDATE report SET first = first - 1 WHERE series = 2",
     "a period does not agree with its months: report of total: '2024-07/2025-01'\n"},
    {"a claim's period", "UPDATE claim SET period = '2025-1' WHERE claim = 1",
     "a period does not agree with its months: claim c1: '2025-1'\n"},
    {"a ruling's period", "UPDATE ruling SET last = last + 1 WHERE decision = 'reject'",
     "a period does not agree with its months: ruling on part: '2025-01'\n"},
    {"another fiscal year", "UPDATE series SET fiscal_year_start = 4 WHERE series = 1",
     "a period does not agree with its months: report of part: 'FY2024'\n"},
    {"a source's date", "UPDATE source SET published_day = published_day - 1 WHERE source = 2",
     "a date does not agree with its day: source paper-2025-02: '2025-02'\n"},
    {"a date that is none", "UPDATE source SET published = 'never' WHERE source = 2",
     "a date does not agree with its day: source paper-2025-02: 'never'\n"},
    {"a ruling's date", "UPDATE ruling SET ruled_on = '2025-04' WHERE decision = 'reject'",
     "a date does not agree with its day: ruling on part: '2025-04'\n"},
    {"a precision of zero", UNCHECKED "UPDATE report SET precision = 0 WHERE series = 2",
     "a report is out of range: total 2024-07/2025-01\n"},
    {"a value out of range", UNCHECKED "UPDATE claim SET value = 1000000000000000 WHERE claim = 1",
     "a claim is out of range: c1\n"},
    {"the lowest integer",
     UNCHECKED "UPDATE claim SET value = -9223372036854775808 WHERE claim = 1",
     "a claim is out of range: c1\n"},
    {"another decision", UNCHECKED "UPDATE ruling SET decision = 'x' WHERE decision = 'reject'",
     "a ruling is out of range: part 2025-01\n"},
    {"another aggregation", UNCHECKED "UPDATE series SET aggregation = 'mean' WHERE series = 2",
     "series 'total' is out of range\n"},
    {"no authority", UNCHECKED "UPDATE source SET authority = 0 WHERE source = 1",
     "source 'bank-2025-02' is out of range\n"},
    {"two at once", "UPDATE source SET url = ''; DELETE FROM store",
     "0 rows state the store's generation\nsource 'bank-2025-02' has no address\n"
     "source 'paper-2025-02' has no address\nsource 'blog-2025-03' has no address\n"},
};

static int lines_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static int findings_of(const char *path, struct buffer *out)
{
    struct store *store = store_reading(path);
    struct error err;
    int n = -1;
    buffer_text(out, "");
    ck_assert_msg(store_check(store, out, &n, &err), "%s", err.detail);
    store_close(store);
    return n;
}

START_TEST(finds)
{
    const char *path = path_of("checked.db");
    struct buffer out = {0};
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    store_close(store);
    raw_execute(path, cases[_i].damage);
    int n = findings_of(path, &out);
    ck_assert_msg(strcmp(out.bytes, cases[_i].findings) == 0, "%s: '%s'", cases[_i].name,
                  out.bytes);
    ck_assert_int_eq(n, lines_of(cases[_i].findings));
    buffer_release(&out);
}
END_TEST

START_TEST(finds_damaged_structure)
{
    const char *path = path_of("structure.db");
    struct buffer out = {0};
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    store_close(store);
    raw_execute(
        path,
        "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'claim_by_source'");
    ck_assert_int_eq(findings_of(path, &out), 1);
    ck_assert_msg(strncmp(out.bytes, "damage: ", 8) == 0 && strstr(out.bytes, "never used"), "%s",
                  out.bytes);
    buffer_release(&out);
}
END_TEST

/* Every page but the first in turn; a page of the schema is found when the store is opened. */
START_TEST(finds_a_damaged_page)
{
    const char *path = path_of("page.db");
    const char *copy = path_of("copy.db");
    struct store *store = store_made(path);
    size_t size;
    import_well(store, SAMPLE);
    store_close(store);
    char *bytes = file_read(path, &size);
    for (size_t page = 4096; page < size; page += 4096) {
        struct buffer out = {0};
        struct error err;
        int n = 0;
        char kept[4096];
        memcpy(kept, bytes + page, sizeof kept);
        memset(bytes + page, 0xff, sizeof kept);
        file_write(copy, bytes, size);
        memcpy(bytes + page, kept, sizeof kept);
        bool ok = store_open(copy, STORE_READ, &store, &err);
        if (!ok)
            store = NULL;
        ok = ok && store_check(store, &out, &n, &err);
        ck_assert_msg(!ok || n > 0, "page %zu: nothing is found", page / 4096 + 1);
        ck_assert_msg(n > 0 || err.kind == ERROR_STORE, "page %zu", page / 4096 + 1);
        store_close(store);
        buffer_release(&out);
    }
    free(bytes);
}
END_TEST

START_TEST(names_a_hundred)
{
    const char *path = path_of("many.db");
    struct buffer sources = {0};
    struct buffer out = {0};
    struct store *store = store_made(path);
    buffer_text(&sources, SOURCES_HEADER);
    for (int i = 0; i < 150; i++)
        buffer_format(&sources, "s%d,P,T,http://x,2025-01,page,press,1\n", i);
    import_well(store, TEXTS(sources.bytes));
    store_close(store);
    raw_execute(path, "UPDATE source SET url = 'x'");
    ck_assert_int_eq(findings_of(path, &out), 150);
    ck_assert_int_eq(lines_of(out.bytes), 101);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\nand 50 more\n"));
    buffer_release(&sources);
    buffer_release(&out);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("check");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, finds, 0, COUNT(cases));
    tcase_add_test(tests, finds_damaged_structure);
    tcase_add_test(tests, finds_a_damaged_page);
    tcase_add_test(tests, names_a_hundred);
    return check_main(tests);
}
