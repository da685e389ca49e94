#include "exportstat/base/text.h"

#include <string.h>

#include "check_main.h"

START_TEST(buffers_grow)
{
    struct buffer buffer = {0};
    for (int i = 0; i < 1000; i++)
        buffer_format(&buffer, "%03d", i);
    buffer_char(&buffer, '|');
    buffer_text(&buffer, "end");
    buffer_add(&buffer, "", 0);
    ck_assert_uint_eq(buffer.length, 3004);
    ck_assert_int_eq(strncmp(buffer.bytes, "000001002", 9), 0);
    ck_assert_str_eq(buffer.bytes + 2997, "999|end");
    buffer_release(&buffer);
    ck_assert(!buffer.bytes && buffer.length == 0 && buffer.capacity == 0);
    buffer_release(&buffer);
}
END_TEST

START_TEST(reserved_room_is_there)
{
    struct buffer buffer = {0};
    buffer_text(&buffer, "ab");
    char *end = buffer_reserve(&buffer, 100000);
    memset(end, 'x', 100000);
    buffer.length += 100000;
    buffer_char(&buffer, 'y');
    ck_assert_uint_eq(strlen(buffer.bytes), 100003);
    buffer_release(&buffer);
}
END_TEST

static const struct {
    int64_t number;
    const char *text;
} written_cases[] = {
    {0, "0"},
    {7, "7"},
    {-7, "-7"},
    {1000, "1000"},
    {INT64_MAX, "9223372036854775807"},
    {INT64_MIN, "-9223372036854775808"},
};

START_TEST(writes_numbers)
{
    struct buffer buffer = {0};
    buffer_number(&buffer, written_cases[_i].number);
    ck_assert_str_eq(buffer.bytes, written_cases[_i].text);
    buffer_release(&buffer);
}
END_TEST

static const struct {
    const char *field;
    const char *csv;
} csv_cases[] = {
    {"", ""},
    {"plain text; with 'quotes'", "plain text; with 'quotes'"},
    {"a,b", "\"a,b\""},
    {"say \"it\"", "\"say \"\"it\"\"\""},
    {"two\nlines", "\"two\nlines\""},
    {"two\rlines", "\"two\rlines\""},
    {"\"", "\"\"\"\""},
};

START_TEST(quotes_csv)
{
    struct buffer buffer = {0};
    buffer_csv(&buffer, csv_cases[_i].field, strlen(csv_cases[_i].field));
    ck_assert_str_eq(buffer.bytes, csv_cases[_i].csv);
    buffer_release(&buffer);
}
END_TEST

START_TEST(csv_takes_no_text)
{
    struct buffer buffer = {0};
    buffer_csv(&buffer, NULL, 0);
    ck_assert_str_eq(buffer.bytes, "");
    buffer_release(&buffer);
}
END_TEST

static const struct {
    const char *text;
    bool ok;
    int64_t value;
} number_cases[] = {
    {"1", true, 1},
    {"120", true, 120},
    {"0", false, 0},
    {"121", false, 0},
    {"", false, 0},
    {"01", false, 0},
    {"00", false, 0},
    {"+1", false, 0},
    {"-1", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"1.0", false, 0},
    {"1e1", false, 0},
    {"0x1", false, 0},
    {"x", false, 0},
    {"999999999999999999", false, 0},
    {"99999999999999999999999", false, 0},
};

START_TEST(numbers)
{
    int64_t value = 77;
    const char *text = number_cases[_i].text;
    bool ok = number_parse(text, strlen(text), 1, 120, &value);
    ck_assert_msg(ok == number_cases[_i].ok, "'%s': %d", text, ok);
    ck_assert_int_eq(value, ok ? number_cases[_i].value : 77);
}
END_TEST

START_TEST(numbers_at_the_ends)
{
    int64_t value;
    ck_assert(number_parse("0", 1, 0, INT64_MAX, &value));
    ck_assert_int_eq(value, 0);
    ck_assert(number_parse("999999999999999999", 18, 0, INT64_MAX, &value));
    ck_assert_int_eq(value, 999999999999999999);
}
END_TEST

START_TEST(digits)
{
    int value = 77;
    ck_assert(!digits_parse("12x4", 4, &value) && value == 77);
    ck_assert(!digits_parse("/", 1, &value) && !digits_parse(":", 1, &value));
    ck_assert(digits_parse("0042-", 4, &value) && value == 42);
    ck_assert(digits_parse("999999999", 9, &value) && value == 999999999);
}
END_TEST

static const struct {
    const char *name;
    const char *bytes;
    size_t length;
    bool ok;
} utf8_cases[] = {
    {"empty", "", 0, true},
    {"ascii", "export", 6, true},
    {"two bytes", "\xc3\xa9", 2, true},
    {"urdu", "\xd8\xa8\xd8\xb1\xd8\xa2\xd9\x85\xd8\xaf", 10, true},
    {"three bytes, lowest", "\xe0\xa0\x80", 3, true},
    {"last before the surrogates", "\xed\x9f\xbf", 3, true},
    {"last of the plane", "\xef\xbf\xbf", 3, true},
    {"four bytes, lowest", "\xf0\x90\x80\x80", 4, true},
    {"four bytes, highest", "\xf4\x8f\xbf\xbf", 4, true},
    {"a NUL", "a\0b", 3, false},
    {"a lone continuation", "\x80", 1, false},
    {"overlong slash", "\xc0\xaf", 2, false},
    {"overlong ascii", "\xc1\xbf", 2, false},
    {"overlong three bytes", "\xe0\x9f\xbf", 3, false},
    {"overlong four bytes", "\xf0\x8f\xbf\xbf", 4, false},
    {"a surrogate", "\xed\xa0\x80", 3, false},
    {"beyond the last", "\xf4\x90\x80\x80", 4, false},
    {"no such lead", "\xf5\x80\x80\x80", 4, false},
    {"no such byte", "\xff", 1, false},
    {"cut after one", "\xc3", 1, false},
    {"cut after two", "\xe2\x82", 2, false},
    {"cut after three", "\xf0\x9f\x98", 3, false},
    {"second is no continuation", "\xc3(", 2, false},
    {"third is no continuation", "\xe2\x82(", 3, false},
    {"fourth is no continuation", "\xf0\x9f\x98(", 4, false},
};

START_TEST(utf8)
{
    /* A copy of exactly that length, so that a checker of memory sees a byte too many. */
    char *copy = malloc(utf8_cases[_i].length + 1);
    memcpy(copy + 1, utf8_cases[_i].bytes, utf8_cases[_i].length);
    bool ok = utf8_valid(copy + 1, utf8_cases[_i].length);
    free(copy);
    ck_assert_msg(ok == utf8_cases[_i].ok, "%s: %d", utf8_cases[_i].name, ok);
}
END_TEST

static const struct {
    const char *name;
    const char *text;
    const char *trimmed;
} trim_cases[] = {
    {"empty", "", ""},
    {"ascii", "abc", "abc"},
    {"whole at the end", "a\xc3\xa9", "a\xc3\xa9"},
    {"one of two", "a\xc3", "a"},
    {"one of three", "\xc3\xa9\xe2", "\xc3\xa9"},
    {"two of three", "a\xe2\x82", "a"},
    {"three of four", "a\xf0\x9f\x98", "a"},
    {"nothing else", "\xf0\x9f\x98", ""},
};

START_TEST(trims)
{
    char text[16];
    memcpy(text, trim_cases[_i].text, strlen(trim_cases[_i].text) + 1);
    utf8_trim(text);
    ck_assert_msg(strcmp(text, trim_cases[_i].trimmed) == 0, "%s", trim_cases[_i].name);
}
END_TEST

START_TEST(counts_characters)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    static const size_t bytes[] = {0, 1, 3, 6, 10, 11, 11};
    ck_assert_uint_eq(utf8_length(text), 5);
    ck_assert_uint_eq(utf8_length(""), 0);
    ck_assert_uint_eq(utf8_bytes("", 3), 0);
    for (size_t n = 0; n < COUNT(bytes); n++)
        ck_assert_uint_eq(utf8_bytes(text, n), bytes[n]);
}
END_TEST

static const struct {
    const char *text;
    bool plus;
    const char *out; /* NULL: refused */
} decode_cases[] = {
    {"", false, ""},
    {"2025-12", false, "2025-12"},
    {"2025-07%2F2025-12", false, "2025-07/2025-12"},
    {"%2f", false, "/"},
    {"a%20b", false, "a b"},
    {"a+b", false, "a+b"},
    {"a+b", true, "a b"},
    {"a%2Bb", true, "a+b"},
    {"%25%32%35", false, "%25"}, /* decoded once */
    {"%C3%A9", false, "\xc3\xa9"},
    {"%aF%", false, NULL},
    {"%", false, NULL},
    {"%4", false, NULL},
    {"%4g", false, NULL},
    {"%g4", false, NULL},
    {"%%41", false, NULL},
    {"% 41", false, NULL},
    {"%00", false, NULL},
    {"a%00b", false, NULL},
    {"%C3", false, NULL},
    {"%C0%AF", false, NULL},
    {"\xff", false, NULL},
};

START_TEST(decodes)
{
    char out[64];
    size_t length = 0;
    const char *text = decode_cases[_i].text;
    bool ok = percent_decode(text, strlen(text), decode_cases[_i].plus, out, &length);
    ck_assert_msg(ok == (decode_cases[_i].out != NULL), "'%s': %d", text, ok);
    if (ok) {
        out[length] = '\0';
        ck_assert_str_eq(out, decode_cases[_i].out);
    }
}
END_TEST

START_TEST(encodes_what_decodes_again)
{
    struct buffer buffer = {0};
    char all[255];
    char back[255];
    size_t length;
    for (int i = 1; i < 128; i++)
        all[i - 1] = (char)i;
    buffer_percent(&buffer, all, 127);
    ck_assert(percent_decode(buffer.bytes, buffer.length, true, back, &length));
    ck_assert_uint_eq(length, 127);
    ck_assert_mem_eq(all, back, 127);
    buffer.length = 0;
    buffer_percent(&buffer, "aZ09-._~ /+%\xc3\xa9", 14);
    ck_assert_str_eq(buffer.bytes, "aZ09-._~%20%2F%2B%25%C3%A9");
    buffer_release(&buffer);
}
END_TEST

static const char *const names[] = {"from",  "to",      "frequency", "transform",
                                    "as_of", "release", NULL};

static const struct {
    const char *text;
    const char *near; /* NULL: none */
} near_cases[] = {
    {"from", "from"},
    {"form", "from"},  /* neighbours swapped */
    {"frm", "from"},   /* one left out */
    {"fromm", "from"}, /* one too many */
    {"fram", "from"},  /* one replaced */
    {"frequence", "frequency"},
    {"freqency", "frequency"},
    {"asof", "as_of"},
    {"relaese", "release"},
    {"transfrom", "transform"},
    {"tf", "to"},
    {"xyz", NULL},
    {"frequenz_der_daten", NULL},
    {"date", NULL},
    {"freq", "frequency"}, /* begins it */
    {"fr", NULL},
    {"trans", "transform"},
};

START_TEST(nearest)
{
    const char *near = nearest_name(near_cases[_i].text, names);
    const char *expected = near_cases[_i].near;
    ck_assert_msg(near == expected || (near && expected && strcmp(near, expected) == 0), "'%s': %s",
                  near_cases[_i].text, near ? near : "none");
}
END_TEST

START_TEST(nearest_of_long_names)
{
    char text[200];
    const char *const long_names[] = {text, "from", NULL};
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_ptr_null(nearest_name(text, names));
    ck_assert_str_eq(nearest_name("from", long_names), "from");
}
END_TEST

static const struct {
    const char *text;
    bool ok;
} identifier_cases[] = {
    {"pk-it", true},
    {"dunya-2025-12-18", true},
    {"0", true},
    {"abcdefghijklmnopqrstuvwxyz-0123456789", true},
    {"", false},
    {"-pk", false},
    {"pk.it", false},
    {"PK", false},
    {"pk_it", false},
    {"pk it", false},
    {"pk/it", false},
    {"p\xc3\xa9", false},
    {"abcdefghijklmnopqrstuvwxyz-01234567890", false}, /* one more than the most */
};

static const struct {
    const char *text;
    int at; /* below zero: all of it is text */
    uint32_t code;
} control_cases[] = {
    {"", -1, 0},
    {"plain, \xc3\xa9, \xd8\xa7\xd8\xb1\xd8\xaf\xd9\x88, \xf0\x9f\x98\x80", -1, 0},
    {"a\nb", 1, 0x0A},
    {"\x7f", 0, 0x7F},
    {"a\xc2\x80", 1, 0x80},
    {"a\xc2\x9f", 1, 0x9F},
    {"\xc2\xa0", -1, 0}, /* a blank */
    /* Those that turn the direction of text are what this is about. NOLINTBEGIN(misc-misleading-bidirectional) */
    {"\xc3\xa9\xe2\x80\xaa", 2, 0x202A},
    {"\xe2\x80\xae", 0, 0x202E},
    {"\xe2\x80\xaf", -1, 0},
    {"\xe2\x80\x8f", -1, 0}, /* a mark of Arabic texts, which turns nothing else */
    {"\xe2\x81\xa6", 0, 0x2066},
    {"\xe2\x81\xa9", 0, 0x2069},
    /* NOLINTEND(misc-misleading-bidirectional) */
    {"\xef\xbf\xbd", -1, 0},
    {"\xef\xbf\xbe", 0, 0xFFFE},
    {"ab\xf0\x9f\xbf\xbf", 2, 0x1FFFF},
};

START_TEST(controls)
{
    uint32_t code = 0;
    const char *text = control_cases[_i].text;
    const char *found = text_find_control(text, strlen(text), &code);
    ck_assert_int_eq(found ? (int)(found - text) : -1, control_cases[_i].at);
    if (found)
        ck_assert_uint_eq(code, control_cases[_i].code);
}
END_TEST

START_TEST(identifiers)
{
    const char *text = identifier_cases[_i].text;
    bool ok = identifier_valid(text, strlen(text), 37);
    ck_assert_msg(ok == identifier_cases[_i].ok, "'%s': %d", text, ok);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("text");
    tcase_add_test(tests, buffers_grow);
    tcase_add_test(tests, reserved_room_is_there);
    tcase_add_loop_test(tests, writes_numbers, 0, COUNT(written_cases));
    tcase_add_loop_test(tests, quotes_csv, 0, COUNT(csv_cases));
    tcase_add_test(tests, csv_takes_no_text);
    tcase_add_loop_test(tests, numbers, 0, COUNT(number_cases));
    tcase_add_test(tests, numbers_at_the_ends);
    tcase_add_test(tests, digits);
    tcase_add_loop_test(tests, utf8, 0, COUNT(utf8_cases));
    tcase_add_loop_test(tests, trims, 0, COUNT(trim_cases));
    tcase_add_loop_test(tests, decodes, 0, COUNT(decode_cases));
    tcase_add_test(tests, encodes_what_decodes_again);
    tcase_add_loop_test(tests, nearest, 0, COUNT(near_cases));
    tcase_add_test(tests, nearest_of_long_names);
    tcase_add_test(tests, counts_characters);
    tcase_add_loop_test(tests, identifiers, 0, COUNT(identifier_cases));
    tcase_add_loop_test(tests, controls, 0, COUNT(control_cases));
    return check_main(tests);
}
