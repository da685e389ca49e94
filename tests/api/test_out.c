#include "exportstat/api/out.h"

#include <jansson.h>
#include <string.h>

#include "check_main.h"

static json_t *parsed(const struct buffer *text)
{
    json_error_t error;
    json_t *root =
        json_loadb(text->bytes, text->length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    ck_assert_msg(root, "%s at %d in '%s'", error.text, error.position, text->bytes);
    return root;
}

START_TEST(writes_these_bytes)
{
    static const char *const columns[] = {"a", "b", NULL};
    static const char *const texts[] = {"x", "y"};
    struct buffer text = {0};
    struct out out = {.to = &text, .decimals = 4};
    out_object(&out, NULL);
    out_text(&out, "text", "t");
    out_null(&out, "none");
    out_text(&out, "no_text", NULL);
    out_object(&out, "object");
    out_object_end(&out);
    out_array(&out, "array");
    out_integer(&out, NULL, 1);
    out_array(&out, NULL);
    out_array_end(&out);
    out_object(&out, NULL);
    out_boolean(&out, "yes", true);
    out_boolean(&out, "no", false);
    out_object_end(&out);
    out_array_end(&out);
    out_rows(&out, "rows", columns);
    out_row(&out);
    out_integer(&out, "a", 1);
    out_row_end(&out);
    out_row(&out);
    out_names(&out, "b", texts, 2);
    out_row_end(&out);
    out_rows_end(&out);
    out_rows(&out, "no_rows", columns);
    out_rows_end(&out);
    out_date(&out, "date", date_of(2024, 2, 29));
    out_raw(&out, ",\"raw\":0", 8);
    out_object_end(&out);
    out_end(&out);
    ck_assert_str_eq(text.bytes,
                     "{\"text\":\"t\",\"none\":null,\"no_text\":null,\"object\":{},"
                     "\"array\":[1,[],{\"yes\":true,\"no\":false}],\"rows\":[\n{\"a\":1},\n"
                     "{\"b\":[\"x\",\"y\"]}],\"no_rows\":[],\"date\":\"2024-02-29\",\"raw\":0}\n");
    json_decref(parsed(&text));
    out_release(&out);
    buffer_release(&text);
}
END_TEST

static const struct {
    const char *text;
    const char *json;
} escapes[] = {
    {"", "\"\""},
    {"\"", "\"\\\"\""},
    {"\\", "\"\\\\\""},
    {"\\\"\\", "\"\\\\\\\"\\\\\""},
    {"/", "\"/\""},
    {"\n", "\"\\n\""},
    {"\x01", "\"\\u0001\""},
    {"\x1f", "\"\\u001f\""},
    {"\x7f", "\"\x7f\""},
    {"\xd8\xa8", "\"\xd8\xa8\""},
    {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
    {"a\x02\x62\x03", "\"a\\u0002b\\u0003\""},
};

START_TEST(escapes_text)
{
    struct buffer text = {0};
    struct out out = {.to = &text};
    out_text(&out, NULL, escapes[_i].text);
    ck_assert_str_eq(text.bytes, escapes[_i].json);
    json_t *root = parsed(&text);
    ck_assert_str_eq(json_string_value(root), escapes[_i].text);
    json_decref(root);
    buffer_release(&text);
}
END_TEST

/* Text is looked through in words: whatever needs an escape is found at every place, in texts of every length. */
START_TEST(escapes_at_every_place)
{
    enum { LONGEST = 20 };
    char text[LONGEST + 1] = "";
    for (size_t length = 1; length <= LONGEST; length++) {
        for (size_t place = 0; place < length; place++) {
            for (int c = 1; c < 0x7F; c++) {
                struct buffer to = {0};
                struct out out = {.to = &to};
                memset(text, 'x', length);
                text[length] = '\0';
                text[place] = (char)c;
                out_text(&out, NULL, text);
                json_t *root = json_loads(to.bytes, JSON_DECODE_ANY, NULL);
                ck_assert_str_eq(json_string_value(root), text);
                json_decref(root);
                out_release(&out);
                buffer_release(&to);
            }
        }
    }
}
END_TEST

START_TEST(every_byte_of_ascii_comes_back)
{
    const char all[] = {(char)_i, 'x', (char)_i, (char)_i, '\0'};
    struct buffer text = {0};
    struct out out = {.to = &text};
    out_array(&out, NULL);
    out_text(&out, NULL, all);
    out_array_end(&out);
    json_t *root = parsed(&text);
    ck_assert_str_eq(json_string_value(json_array_get(root, 0)), all);
    for (size_t i = 0; i < text.length; i++)
        ck_assert_int_ge((unsigned char)text.bytes[i], ' ');
    json_decref(root);
    buffer_release(&text);
}
END_TEST

static const struct {
    amount value;
    const char *text;
} amounts[] = {
    {0, "0"},
    {1, "0.000001"},
    {-1, "-0.000001"},
    {437000000, "437"},
    {-12500000, "-12.5"},
    {999999999999999, "999999999.999999"},
    {INT64_MAX, "9223372036854.775807"},
    {INT64_MIN + 1, "-9223372036854.775807"},
};

START_TEST(amounts_are_exact)
{
    struct buffer text = {0};
    struct out out = {.to = &text};
    out_amount(&out, NULL, amounts[_i].value);
    ck_assert_str_eq(text.bytes, amounts[_i].text);
    json_decref(parsed(&text));
    buffer_release(&text);
}
END_TEST

static const struct {
    int64_t numerator;
    int64_t denominator;
    int decimals;
    const char *text;
} ratios[] = {
    {1, 3, 4, "0.3333"},
    {2, 3, 4, "0.6667"},
    {2, 3, 0, "1"},
    {1, 2, 0, "1"},
    {-1, 2, 0, "-1"},
    {1, 20000, 4, "0.0001"},
    {-1, 20000, 4, "-0.0001"},
    {1, 20001, 4, "0"},
    {-1, 20001, 4, "0"},
    {10, 5, 4, "2"},
    {5, 4, 10, "1.25"},
    {1, 7, 10, "0.1428571429"},
    {8900, 348, 4, "25.5747"},
};

START_TEST(ratios_are_rounded_once)
{
    struct buffer text = {0};
    struct out out = {.to = &text, .decimals = ratios[_i].decimals};
    out_ratio(&out, NULL, ratio_of(ratios[_i].numerator, ratios[_i].denominator));
    ck_assert_str_eq(text.bytes, ratios[_i].text);
    buffer_release(&text);
}
END_TEST

static const struct {
    double value;
    int decimals;
    const char *text;
} reals[] = {
    {0, 4, "0"},
    {-0.0, 4, "0"},
    {-0.00001, 4, "0"},
    {1.5, 0, "2"},
    {1.25, 4, "1.25"},
    {100, 4, "100"},
    {100, 0, "100"},
    {-3.14159265, 4, "-3.1416"},
    {1e15, 2, "1000000000000000"},
};

START_TEST(reals_are_plain)
{
    struct buffer text = {0};
    struct out out = {.to = &text, .decimals = reals[_i].decimals};
    out_real(&out, NULL, reals[_i].value);
    ck_assert_str_eq(text.bytes, reals[_i].text);
    buffer_release(&text);
}
END_TEST

static const int64_t integers[] = {0, 1, -1, 10, 1000000, INT64_MAX, INT64_MIN, INT64_MIN + 1};

START_TEST(integers_come_back)
{
    struct buffer text = {0};
    struct out out = {.to = &text};
    out_integer(&out, NULL, integers[_i]);
    json_t *root = parsed(&text);
    ck_assert_int_eq(json_integer_value(root), integers[_i]);
    json_decref(root);
    buffer_release(&text);
}
END_TEST

/* One document with everything that CSV leaves out. */
static void document(struct out *out)
{
    static const char *const columns[] = {"series", "a", "b", "texts", "yes", NULL};
    static const char *const texts[] = {"x", "y,z"};
    out_object(out, NULL);
    out_text(out, "a", "outside of rows");
    out_object(out, "object");
    out_text(out, "b", "outside too");
    out_object_end(out);
    out_rows(out, "rows", columns);
    out_row(out);
    out_text(out, "b", "say \"it\"");
    out_amount(out, "a", 1500000);
    out_text(out, "unknown", "no column");
    out_object(out, "inner");
    out_text(out, "a", "inside of an object");
    out_array(out, "deeper");
    out_text(out, NULL, "an element");
    out_array_end(out);
    out_object_end(out);
    out_names(out, "texts", texts, 2);
    out_boolean(out, "yes", true);
    out_row_end(out);
    out_row(out);
    out_null(out, "a");
    out_text(out, "b", NULL);
    out_names(out, "texts", NULL, 0);
    out_boolean(out, "yes", false);
    out_row_end(out);
    out_row(out);
    out_text(out, "a", "two\nlines");
    out_integer(out, "b", -5);
    out_row_end(out);
    out_rows_end(out);
    out_integer(out, "a", 7);
    out_object_end(out);
    out_end(out);
}

START_TEST(csv_has_the_columns_alone)
{
    struct buffer text = {0};
    struct out out = {.to = &text, .csv = true, .decimals = 4, .series = "s"};
    document(&out);
    ck_assert_str_eq(text.bytes, "series,a,b,texts,yes\n"
                                 "s,1.5,\"say \"\"it\"\"\",\"x;y,z\",true\n"
                                 "s,,,,false\n"
                                 "s,\"two\nlines\",-5,,\n");
    /* The next series goes on under the same header. */
    text.length = 0;
    out.series = NULL;
    document(&out);
    ck_assert_int_eq(strncmp(text.bytes, ",1.5,", 5), 0);
    out_release(&out);
    buffer_release(&text);
}
END_TEST

START_TEST(csv_without_rows_is_a_header)
{
    static const char *const columns[] = {"one", "two", NULL};
    struct buffer text = {0};
    struct out out = {.to = &text, .csv = true};
    out_object(&out, NULL);
    out_rows(&out, "rows", columns);
    out_rows_end(&out);
    out_object_end(&out);
    out_end(&out);
    ck_assert_str_eq(text.bytes, "one,two\n");
    out_release(&out);
    buffer_release(&text);
}
END_TEST

START_TEST(the_same_document_is_json)
{
    struct buffer text = {0};
    struct out out = {.to = &text, .decimals = 4, .series = "s"};
    json_error_t error;
    document(&out);
    json_t *root = json_loadb(text.bytes, text.length, 0, &error); /* it has a key twice */
    ck_assert_msg(root, "%s", error.text);
    json_t *rows = json_object_get(root, "rows");
    ck_assert_uint_eq(json_array_size(rows), 3);
    ck_assert(json_is_null(json_object_get(json_array_get(rows, 1), "b")));
    ck_assert_uint_eq(json_array_size(json_object_get(json_array_get(rows, 1), "texts")), 0);
    json_t *inner = json_object_get(json_array_get(rows, 0), "inner");
    ck_assert_uint_eq(json_array_size(json_object_get(inner, "deeper")), 1);
    json_decref(root);
    out_release(&out);
    buffer_release(&text);
}
END_TEST

START_TEST(nests_deeply)
{
    struct buffer text = {0};
    struct out out = {.to = &text};
    enum { DEPTH = 200 };
    out_object(&out, NULL);
    for (int i = 0; i < DEPTH; i++) {
        out_array(&out, "a");
        out_integer(&out, NULL, i);
        out_object(&out, NULL);
    }
    for (int i = 0; i < DEPTH; i++) {
        out_object_end(&out);
        out_integer(&out, NULL, i);
        out_array_end(&out);
    }
    out_object_end(&out);
    json_t *root = parsed(&text);
    const json_t *at = root;
    for (int i = 0; i < DEPTH; i++) {
        at = json_object_get(at, "a");
        ck_assert_int_eq(json_integer_value(json_array_get(at, 0)), i);
        ck_assert_int_eq(json_integer_value(json_array_get(at, 2)), DEPTH - 1 - i);
        at = json_array_get(at, 1);
    }
    json_decref(root);
    buffer_release(&text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("out");
    tcase_add_test(tests, writes_these_bytes);
    tcase_add_test(tests, escapes_at_every_place);
    tcase_add_loop_test(tests, escapes_text, 0, COUNT(escapes));
    tcase_add_loop_test(tests, every_byte_of_ascii_comes_back, 1, 128);
    tcase_add_loop_test(tests, amounts_are_exact, 0, COUNT(amounts));
    tcase_add_loop_test(tests, ratios_are_rounded_once, 0, COUNT(ratios));
    tcase_add_loop_test(tests, reals_are_plain, 0, COUNT(reals));
    tcase_add_loop_test(tests, integers_come_back, 0, COUNT(integers));
    tcase_add_test(tests, csv_has_the_columns_alone);
    tcase_add_test(tests, csv_without_rows_is_a_header);
    tcase_add_test(tests, the_same_document_is_json);
    tcase_add_test(tests, nests_deeply);
    return check_main(tests);
}
