#include "exportstat/store/csv.h"

#include <string.h>

#include "check_main.h"

#define TEXT(text) text, sizeof(text) - 1

/* What is read: each row as "LINE:field|field;", then "!" and the message where reading stops. */
static const struct {
    const char *name;
    const char *bytes;
    size_t length;
    const char *read;
} cases[] = {
    {"one row", TEXT("a,b\n"), "1:a|b;"},
    {"rows and their lines", TEXT("a,b\n1,2\n3,4\n"), "1:a|b;2:1|2;3:3|4;"},
    {"one column", TEXT("a\n1\n\n2\n"), "1:a;2:1;3:;4:2;"},
    {"empty fields", TEXT("a,b,c\n,,\n1,,3\n"), "1:a|b|c;2:||;3:1||3;"},
    {"CRLF", TEXT("a,b\r\n1,2\r\n"), "1:a|b;2:1|2;"},
    {"LF and CRLF mixed", TEXT("a,b\r\n1,2\n3,4\r\n"), "1:a|b;2:1|2;3:3|4;"},
    {"CRLF after a quoted field", TEXT("a\r\n\"x\"\r\n"), "1:a;2:x;"},
    {"CRLF after an empty field", TEXT("a,b\n1,\r\n"), "1:a|b;2:1|;"},
    {"a byte order mark",
     TEXT("\xef\xbb\xbf"
          "a,b\n1,2\n"),
     "1:a|b;2:1|2;"},
    {"a mark before a quote", TEXT("\xef\xbb\xbf\"a\",b\n"), "1:a|b;"},
    {"a mark and nothing else", TEXT("\xef\xbb\xbf"), "!t.csv:1: the file is empty"},
    {"a second mark is text",
     TEXT("\xef\xbb\xbf\xef\xbb\xbf"
          "a\n"),
     "1:\xef\xbb\xbf"
     "a;"},
    {"a mark later on is text",
     TEXT("a\n\xef\xbb\xbf"
          "1\n"),
     "1:a;2:\xef\xbb\xbf"
     "1;"},
    {"begins like a mark, one byte", TEXT("\xef\xbc\xa1,b\n"), "1:\xef\xbc\xa1|b;"},
    {"begins like a mark, two bytes", TEXT("\xef\xbb\xbc,b\n"), "1:\xef\xbb\xbc|b;"},
    {"a piece of a mark", TEXT("\xef\xbb"),
     "!t.csv:1: the last line has no end: the file may be cut off"},
    {"a piece of a mark, then an end", TEXT("\xef\n"), "!t.csv:1: the text is not UTF-8"},
    {"UTF-8", TEXT("\xd8\xa8\xd8\xb1,\xf0\x9f\x98\x80\n"), "1:\xd8\xa8\xd8\xb1|\xf0\x9f\x98\x80;"},
    {"blanks stay", TEXT(" a , b \n"), "1: a | b ;"},
    {"quoted", TEXT("\"a\",\"b\"\n"), "1:a|b;"},
    {"a quoted comma", TEXT("\"a,b\",c\n"), "1:a,b|c;"},
    {"quoted quotes", TEXT("\"say \"\"it\"\"\",c\n"), "1:say \"it\"|c;"},
    {"nothing but quotes", TEXT("\"\",\"\"\"\",\"\"\"\"\"\"\n"), "1:|\"|\"\";"},
    {"quoted line ends count as lines", TEXT("\"a\nb\r\nc\",d\n1,2\n"), "1:a\nb\r\nc|d;4:1|2;"},
    {"a quoted carriage return", TEXT("\"a\rb\"\n"), "1:a\rb;"},
    {"nothing", TEXT(""), "!t.csv:1: the file is empty"},
    {"no end", TEXT("a,b"), "!t.csv:1: the last line has no end: the file may be cut off"},
    {"no end later", TEXT("a,b\n1,2\n3,4"),
     "1:a|b;2:1|2;!t.csv:3: the last line has no end: the file may be cut off"},
    {"no end after a comma", TEXT("a,b\n1,"),
     "1:a|b;!t.csv:2: the last line has no end: the file may be cut off"},
    {"no end after a quoted field", TEXT("a\n\"1\""),
     "1:a;!t.csv:2: the last line has no end: the file may be cut off"},
    {"a carriage return at the end", TEXT("a\r"), "!t.csv:1: a carriage return inside a line"},
    {"a carriage return inside", TEXT("a\rb\n"), "!t.csv:1: a carriage return inside a line"},
    {"two carriage returns", TEXT("a\r\r\n"), "!t.csv:1: a carriage return inside a line"},
    {"a quote inside", TEXT("a\"b\n"),
     "!t.csv:1: a quote inside a field that does not begin with one"},
    {"a quote at the end", TEXT("ab\"\n"),
     "!t.csv:1: a quote inside a field that does not begin with one"},
    {"a quote after a blank", TEXT("a, \"b\"\n"),
     "!t.csv:1: a quote inside a field that does not begin with one"},
    {"text after a quote", TEXT("\"a\"b\n"), "!t.csv:1: text follows a closing quote"},
    {"a blank after a quote", TEXT("\"a\" ,b\n"), "!t.csv:1: text follows a closing quote"},
    {"an open quote", TEXT("a\n\"b\n"),
     "1:a;!t.csv:2: a quoted field has no end: the file may be cut off"},
    {"an open quote before another", TEXT("\"a\"\""),
     "!t.csv:1: a quoted field has no end: the file may be cut off"},
    {"fewer fields", TEXT("a,b\n1\n"), "1:a|b;!t.csv:2: 1 fields where the header has 2"},
    {"more fields", TEXT("a,b\n1,2,3\n"), "1:a|b;!t.csv:2: 3 fields where the header has 2"},
    {"an empty line", TEXT("a,b\n1,2\n\n"),
     "1:a|b;2:1|2;!t.csv:3: 1 fields where the header has 2"},
    {"the line of a fault is the row's first", TEXT("a,b\n\"1\n1\n1\"\n"),
     "1:a|b;!t.csv:2: 1 fields where the header has 2"},
    {"not UTF-8", TEXT("a\n\xff\n"), "1:a;!t.csv:2: the text is not UTF-8"},
    {"Latin-1", TEXT("caf\xe9\n"), "!t.csv:1: the text is not UTF-8"},
    {"UTF-16",
     TEXT("\xff\xfe"
          "a\0\n\0"),
     "!t.csv:1: the text is not UTF-8"},
    {"a character across two fields", TEXT("\xc3,\xa9\n"), "!t.csv:1: the text is not UTF-8"},
    {"a NUL", TEXT("a\0b\n"), "!t.csv:1: the text is not UTF-8"},
    {"a quoted NUL", TEXT("\"\0\"\n"), "!t.csv:1: the text is not UTF-8"},
};

/* Small buffers bring every edge of a chunk to every byte. */
static const size_t chunks[] = {1, 2, 3, 5, 4096};

static void read_all(struct csv *csv, struct buffer *to)
{
    struct error err;
    bool end = false;
    for (;;) {
        if (!csv_next(csv, &end, &err)) {
            buffer_format(to, "!%s", err.detail);
            return;
        }
        if (end)
            return;
        buffer_format(to, "%ld:", csv->line);
        for (size_t i = 0; i < csv->n; i++) {
            ck_assert_uint_eq(strlen(csv_field(csv, i)), csv_length(csv, i));
            buffer_format(to, "%s%s", i > 0 ? "|" : "", csv_field(csv, i));
        }
        buffer_char(to, ';');
    }
}

START_TEST(reads)
{
    for (size_t i = 0; i < COUNT(chunks); i++) {
        FILE *file = tmpfile();
        struct buffer read = {0};
        fwrite(cases[_i].bytes, 1, cases[_i].length, file);
        rewind(file);
        setvbuf(file, NULL, _IOFBF, chunks[i]);
        struct csv csv = {.file = file, .name = "t.csv"};
        buffer_text(&read, "");
        read_all(&csv, &read);
        ck_assert_msg(strcmp(read.bytes, cases[_i].read) == 0, "%s, by %zu bytes: '%s'",
                      cases[_i].name, chunks[i], read.bytes);
        csv_release(&csv);
        buffer_release(&read);
        fclose(file);
    }
}
END_TEST

/* A row of `fields` fields, the first of which is `length` bytes long. */
static const struct {
    const char *name;
    size_t fields;
    size_t length;
    bool quoted;
    const char *message; /* NULL: read */
} limits[] = {
    {"the most fields", CSV_FIELDS_MAX, 1, false, NULL},
    {"one more", CSV_FIELDS_MAX + 1, 1, false, "t.csv:1: more than 32 fields"},
    {"many more", 5000, 1, false, "t.csv:1: more than 32 fields"},
    {"the longest row", 1, CSV_ROW_MAX, false, NULL},
    {"one byte more", 1, CSV_ROW_MAX + 1, false, "t.csv:1: a row is longer than 65536 bytes"},
    {"the longest quoted", 1, CSV_ROW_MAX, true, NULL},
    {"one byte more, quoted", 1, CSV_ROW_MAX + 1, true,
     "t.csv:1: a row is longer than 65536 bytes"},
    {"a quote that swallows the file", 1, 10000000, true,
     "t.csv:1: a row is longer than 65536 bytes"},
};

START_TEST(keeps_limits)
{
    char *text = malloc(limits[_i].length + 2 * limits[_i].fields + 8);
    size_t n = 0;
    if (limits[_i].quoted)
        text[n++] = '"';
    memset(text + n, 'x', limits[_i].length);
    n += limits[_i].length;
    if (limits[_i].quoted)
        text[n++] = '"';
    for (size_t i = 1; i < limits[_i].fields; i++)
        text[n++] = ',';
    text[n++] = '\n';
    struct csv csv = {.file = fmemopen(text, n, "r"), .name = "t.csv"};
    struct error err = {0};
    bool end;
    bool ok = csv_next(&csv, &end, &err);
    ck_assert_msg(ok == !limits[_i].message, "%s: %s", limits[_i].name, err.detail);
    if (ok) {
        ck_assert_uint_eq(csv.n, limits[_i].fields);
        ck_assert_uint_eq(csv_length(&csv, 0), limits[_i].length);
    } else {
        ck_assert_str_eq(err.detail, limits[_i].message);
    }
    ck_assert_uint_lt(csv.row.capacity, 4 * CSV_ROW_MAX); /* whatever the file's size */
    fclose(csv.file);
    csv_release(&csv);
    free(text);
}
END_TEST

START_TEST(a_folder_can_not_be_read)
{
    struct csv csv = {.file = fopen("/", "r"), .name = "/"};
    struct error err;
    bool end;
    ck_assert_ptr_nonnull(csv.file);
    ck_assert(!csv_next(&csv, &end, &err));
    ck_assert_str_eq(err.detail, "/:1: can not be read: Is a directory");
    fclose(csv.file);
    csv_release(&csv);
}
END_TEST

START_TEST(the_end_is_the_end)
{
    char text[] = "a\n";
    struct csv csv = {.file = fmemopen(text, 2, "r"), .name = "t.csv"};
    struct error err;
    bool end = true;
    ck_assert(csv_next(&csv, &end, &err) && !end);
    ck_assert(csv_next(&csv, &end, &err) && end);
    ck_assert(csv_next(&csv, &end, &err) && end);
    fclose(csv.file);
    csv_release(&csv);
    csv_release(&csv);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("csv");
    tcase_add_loop_test(tests, reads, 0, COUNT(cases));
    tcase_add_loop_test(tests, keeps_limits, 0, COUNT(limits));
    tcase_add_test(tests, a_folder_can_not_be_read);
    tcase_add_test(tests, the_end_is_the_end);
    return check_main(tests);
}
