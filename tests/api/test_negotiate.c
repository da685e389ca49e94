#include "negotiate.h"

#include "check_main.h"
#include "exportstat/base/text.h"

static const char *const both[] = {"application/json", "text/csv"};

enum { JSON, CSV, NEITHER = -1 };

static const struct {
    const char *accept;
    int type;
} types[] = {
    {NULL, JSON},
    {"", JSON},
    {"  ", JSON},
    {"*/*", JSON},
    {"application/json", JSON},
    {"text/csv", CSV},
    {"Text/CSV", CSV},
    {"text/*", CSV},
    {"application/*", JSON},
    {"text/csv; charset=utf-8", CSV},
    {"text/csv;header=present;q=0.5", CSV},
    {"text/html", NEITHER},
    {"text/html, */*;q=0.1", JSON},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", JSON},
    {"application/json;q=0.5, text/csv", CSV},
    {"application/json;q=0.5, text/csv;q=0.5", JSON},
    {"application/json;q=0.4, text/csv;q=0.5", CSV},
    {"application/json;q=0.499,text/csv;q=0.5", CSV},
    {"application/json ; q=0.4 , text/csv ; q=0.5", CSV},
    {"application/json;Q=0.4,text/csv;Q=0.5", CSV},
    {"text/csv;q=0", NEITHER},
    {"text/csv;q=0.000", NEITHER},
    {"text/csv;q=0, */*", JSON},
    {"application/json;q=0, */*", CSV},
    {"*/*;q=0", NEITHER},
    {"*/*;q=0, text/csv", CSV},
    {"text/*;q=0.9, */*;q=0.8", CSV},
    {"text/*;q=0.1, text/csv;q=0.9, application/json;q=0.5", CSV},
    {"text/csv;q=0.1, text/*;q=0.9, application/json;q=0.5", JSON},
    {",,text/csv,,", CSV},
    {"text/csvx", NEITHER},
    {"text/cs", NEITHER},
    {"text", NEITHER},
    {"*", NEITHER},
    {"text/csv;q=2, application/json", JSON},
    {"text/csv;q=x, application/json;q=0.9", CSV},
    {"text/csv;q=, application/json;q=0.9", CSV},
    {";", NEITHER},
    {";q=1", NEITHER},
    {"text/csv;", CSV},
};

START_TEST(chooses_a_type)
{
    int type = negotiate_type(types[_i].accept, both, COUNT(both));
    ck_assert_msg(type == types[_i].type, "'%s': %d", types[_i].accept ? types[_i].accept : "none",
                  type);
}
END_TEST

START_TEST(one_type_alone)
{
    ck_assert_int_eq(negotiate_type("text/csv", both, 1), NEITHER);
    ck_assert_int_eq(negotiate_type("text/csv, */*;q=0.001", both, 1), JSON);
}
END_TEST

static const struct {
    const char *accept;
    bool gzip;
} codings[] = {
    {NULL, false},
    {"", false},
    {"gzip", true},
    {"GZIP", true},
    {"x-gzip", true},
    {"gzip, deflate, br, zstd", true},
    {"deflate, br", false},
    {"identity", false},
    {"*", true},
    {"*;q=0", false},
    {"gzip;q=0", false},
    {"gzip;q=0.0", false},
    {"gzip;q=0.001", true},
    {"gzip;q=1.000", true},
    {"gzip;q=0, *", false},
    {"*, gzip;q=0", false},
    {"*;q=0, gzip", true},
    {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
    {"gzipped", false},
    {"gzi", false},
    {" gzip ", true},
    {",,gzip", true},
    {"identity;q=0", false},
};

START_TEST(chooses_a_coding)
{
    bool gzip = negotiate_gzip(codings[_i].accept);
    ck_assert_msg(gzip == codings[_i].gzip, "'%s': %d", codings[_i].accept, gzip);
}
END_TEST

static const struct {
    const char *header;
    bool match;
} tags[] = {
    {"\"abc\"", true},
    {"W/\"abc\"", true},
    {"*", true},
    {" * ", true},
    {"\"x\", \"abc\"", true},
    {"\"x\",\"abc\"", true},
    {"\"x\" , W/\"abc\" , \"y\"", true},
    {"\"abc\",", true},
    {" \"abc\" ", true},
    {"", false},
    {" ", false},
    {"\"abcd\"", false},
    {"\"ab\"", false},
    {"abc", false},
    {"w/\"abc\"", false}, /* the mark is a capital */
    {"W/ \"abc\"", false},
    {"\"abc\"x", false},
    {"x\"abc\"", false},
    {"\"x\" \"abc\"", false}, /* no list */
    {"**", false},
    {"\"*\"", false},
    {",", false},
};

START_TEST(matches_tags)
{
    bool match = negotiate_match(tags[_i].header, "\"abc\"");
    ck_assert_msg(match == tags[_i].match, "'%s': %d", tags[_i].header, match);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("negotiate");
    tcase_add_loop_test(tests, chooses_a_type, 0, COUNT(types));
    tcase_add_test(tests, one_type_alone);
    tcase_add_loop_test(tests, chooses_a_coding, 0, COUNT(codings));
    tcase_add_loop_test(tests, matches_tags, 0, COUNT(tags));
    return check_main(tests);
}
