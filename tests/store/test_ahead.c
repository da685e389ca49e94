#include "ahead.h"

#include <stdlib.h>

#include "check_main.h"

enum { ROWS = 10000 };

/* The columns in the order of the file; the file has them in this one. */
static const size_t columns[REPORT_COLUMNS] = {0, 1, 2, 3, 4, 5};

static FILE *file_of(const struct buffer *text)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text->bytes, 1, text->length, file), text->length);
    rewind(file);
    return file;
}

/* Past the header, as an import reads it. */
static struct csv csv_of(FILE *file)
{
    struct csv csv = {.file = file, .name = "t.csv"};
    struct error err;
    bool end;
    ck_assert(csv_next(&csv, &end, &err));
    csv.goes_on = true;
    return csv;
}

static void compare_rows(const struct csv *csv, const struct report_fields *fields,
                         const struct csv *expected)
{
    ck_assert_int_eq(csv->line, expected->line);
    ck_assert_int_eq(csv->row_number, expected->row_number);
    ck_assert_str_eq(csv->fault, expected->fault);
    if (*expected->fault)
        return;
    struct report_fields right;
    for (size_t i = 0; i < REPORT_COLUMNS; i++) {
        ck_assert_uint_eq(csv_length(csv, i), csv_length(expected, i));
        ck_assert_mem_eq(csv_field(csv, i), csv_field(expected, i), csv_length(expected, i) + 1);
    }
    report_read(expected, columns, &right);
    ck_assert_int_eq(fields->is_right, right.is_right);
    if (!right.is_right)
        return;
    ck_assert_str_eq(fields->period_text, right.period_text);
    ck_assert_int_eq(fields->value, right.value);
    ck_assert_int_eq(fields->precision, right.precision);
}

/* Reads a file ahead and without, row for row, to its end or where it can not be read. */
static void compare(const struct buffer *text, size_t expected_rows)
{
    FILE *one = file_of(text);
    FILE *other = file_of(text);
    struct csv csv = csv_of(one);
    struct csv plain = csv_of(other);
    struct ahead *ahead = ahead_begin(&csv, columns);
    struct report_fields fields;
    struct error err = {0};
    struct error plain_err = {0};
    size_t rows = 0;
    bool end = false;
    bool plain_end = false;
    bool ok = true;
    ck_assert_ptr_nonnull(ahead);
    while (ok && !end) {
        bool plain_ok = csv_next(&plain, &plain_end, &plain_err);
        ok = ahead_next(ahead, &csv, &fields, &end, &err);
        ck_assert_int_eq(ok, plain_ok);
        ck_assert_int_eq(ok && end, plain_ok && plain_end);
        if (ok && !end) {
            compare_rows(&csv, &fields, &plain);
            rows++;
        }
    }
    ck_assert_str_eq(err.detail, plain_err.detail);
    ck_assert_uint_eq(rows, expected_rows);
    ahead_end(ahead, &csv);
    csv_release(&csv);
    csv_release(&plain);
    fclose(one);
    fclose(other);
}

static const char header[] = "series_id,period,value,precision,source_id,note\n";

static struct buffer many_rows(void)
{
    static const char *const rows[] = {
        "s,2025-01,%d,1,bank,\n",
        "s,2025-02,%d.5,0.1,bank,\"a note, and\nits second line\"\n",
        "s,FY2025,%d,1,bank,rounded\n",
        "s,2025-13,%d,1,bank,\n",                        /* no such month */
        "s,2025-03,%dx,1,bank,\n",                       /* no number */
        "s,2025-03,%d,0,bank,\n",                        /* no rounding step */
        "s,2025-03,%d,1,bank\n",                         /* a field too few */
        "s,2025-03,%d,1,bank,caf\xc3\xa9\n",             /* right */
        "s,2025-03,%d,1,bank,\xc3\n",                    /* no UTF-8 */
        "s,2025-03,%d,1,bank,\"turned \xe2\x80\xae\"\n", /* no text */
    };
    struct buffer text = {0};
    buffer_text(&text, header);
    for (size_t i = 0; i < ROWS; i++)
        buffer_format(&text, rows[i % COUNT(rows)], (int)i);
    return text;
}

START_TEST(reads_what_is_read_without)
{
    struct buffer text = many_rows();
    compare(&text, ROWS);
    buffer_text(&text, "s,2025-03,1,1,bank,no end");
    compare(&text, ROWS);
    buffer_release(&text);
}
END_TEST

START_TEST(reads_a_file_of_nothing_more)
{
    struct buffer text = {0};
    buffer_text(&text, header);
    compare(&text, 0);
    buffer_release(&text);
}
END_TEST

/* Rows so long that a block has few of them. */
START_TEST(reads_long_rows)
{
    struct buffer text = {0};
    char *note = malloc(60001);
    ck_assert_ptr_nonnull(note);
    memset(note, 'n', 60000);
    note[60000] = '\0';
    buffer_text(&text, header);
    for (int i = 0; i < 40; i++)
        buffer_format(&text, "s,2025-01,%d,1,bank,%.*s\n", i, i * 1500, note);
    compare(&text, 40);
    free(note);
    buffer_release(&text);
}
END_TEST

/* Wherever it is ended: before the first row, amid a block, and with all blocks full. */
START_TEST(ends_before_the_file_does)
{
    static const int taken[] = {0, 1, 1024, 1025, 5000};
    struct buffer text = many_rows();
    FILE *file = file_of(&text);
    struct csv csv = csv_of(file);
    struct ahead *ahead = ahead_begin(&csv, columns);
    struct report_fields fields;
    struct error err;
    bool end;
    ck_assert_ptr_nonnull(ahead);
    for (int i = 0; i < taken[_i]; i++)
        ck_assert(ahead_next(ahead, &csv, &fields, &end, &err) && !end);
    ahead_end(ahead, &csv);
    ck_assert_ptr_null(csv.row.bytes);
    ahead_end(NULL, &csv);
    fclose(file);
    buffer_release(&text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("ahead");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, reads_what_is_read_without);
    tcase_add_test(tests, reads_a_file_of_nothing_more);
    tcase_add_test(tests, reads_long_rows);
    tcase_add_loop_test(tests, ends_before_the_file_does, 0, 5);
    return check_main(tests);
}
