#include "exportstat/api/params.h"

#include <string.h>

#include "check_main.h"

/* One parameter of each type, as a route would take them. */
static const enum param taken[] = {
    PARAM_SERIES,    PARAM_SOURCE, PARAM_FROM,      PARAM_TO,        PARAM_FY,     PARAM_TARGET,
    PARAM_THRESHOLD, PARAM_LEVEL,  PARAM_PUBLISHER, PARAM_TRANSFORM, PARAM_AS_OF,  PARAM_RELEASE,
    PARAM_ORDER,     PARAM_PAGE,   PARAM_DECIMALS,  PARAM_EXPLAIN,   PARAM_FORMAT, PARAMS,
};

enum { PAIRS = 80 };

/* Cuts a query as it stands in an address into its pairs. */
static size_t pairs_of(const char *query, struct query_pair pairs[static PAIRS])
{
    size_t n = 0;
    while (*query) {
        size_t length = strcspn(query, "&");
        const char *equals = memchr(query, '=', length);
        pairs[n] = (struct query_pair){.name = query, .name_length = length};
        if (equals) {
            pairs[n].name_length = (size_t)(equals - query);
            pairs[n].value = equals + 1;
            pairs[n].value_length = length - pairs[n].name_length - 1;
        }
        n++;
        query += length + (query[length] == '&');
    }
    return n;
}

static bool read_query(struct arena *arena, const char *query, struct args *args,
                       struct problem *problem)
{
    struct query_pair pairs[PAIRS];
    size_t n = pairs_of(query, pairs);
    *args = (struct args){0};
    *problem = (struct problem){0};
    return params_read(arena, taken, pairs, n, args, problem);
}

/* Queries that are read, and their canonical form, which reads the same. */
static const struct {
    const char *name;
    const char *query;
    const char *canonical;
} good[] = {
    {"nothing", "", ""},
    {"one", "from=2025-01", "from=2025-01"},
    {"in the order of the table", "to=2025-12&from=2025-01&series=pk-it",
     "series=pk-it&from=2025-01&to=2025-12"},
    {"defaults are left out",
     "transform=level&release=latest&order=asc&limit=100&decimals=4&explain=false", ""},
    {"what is no default stays",
     "transform=log&release=first&order=desc&limit=99&decimals=0&explain=true",
     "transform=log&release=first&order=desc&limit=99&decimals=0&explain=true"},
    {"a synonym", "transform=pc1", "transform=yoy_percent"},
    {"a synonym of the default", "transform=lin", ""},
    {"a month as its last day", "as_of=2024-02", "as_of=2024-02-29"},
    {"a day", "as_of=2024-02-29", "as_of=2024-02-29"},
    {"the first day", "as_of=1900-01-01", "as_of=1900-01-01"},
    {"the last day", "as_of=2199-12", "as_of=2199-12-31"},
    {"a range by two dashes", "from=2025-07--2025-12", "from=2025-07%2F2025-12"},
    {"a range by a slash", "from=2025-07/2025-12", "from=2025-07%2F2025-12"},
    {"an escaped range", "from=2025-07%2f2025-12", "from=2025-07%2F2025-12"},
    {"periods of all kinds", "from=FY2026-Q2&to=2025-Q4", "from=FY2026-Q2&to=2025-Q4"},
    {"years", "from=1900&to=2199", "from=1900&to=2199"},
    {"a fiscal year", "fy=FY2026", "fy=FY2026"},
    {"an escaped name", "%66rom=2025", "from=2025"},
    {"ids in their order", "series=b,a", "series=b,a"},
    {"twenty ids", "series=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t",
     "series=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t"},
    {"escaped commas", "series=a%2Cb", "series=a,b"},
    {"an amount", "target=005.50", "target=5.5"},
    {"an amount below zero", "target=-0.000001", "target=-0.000001"},
    {"the largest amount", "target=999999999.999999", "target=999999999.999999"},
    {"minus zero", "target=-0", "target=0"},
    {"amounts", "threshold=100,200.0,-3", "threshold=100,200,-3"},
    {"the lowest number", "level=50&limit=1", "level=50&limit=1"},
    {"the highest number", "level=99&limit=10000&decimals=10", "level=99&limit=10000&decimals=10"},
    {"a blank as a plus sign", "publisher=Business+Recorder", "publisher=Business%20Recorder"},
    {"a blank escaped", "publisher=Business%20Recorder", "publisher=Business%20Recorder"},
    {"a plus sign escaped", "publisher=a%2Bb", "publisher=a%2Bb"},
    {"text of all kinds", "publisher=%26%3D%25%C3%A9", "publisher=%26%3D%25%C3%A9"},
    {"an equals sign in a value", "publisher=a=b", "publisher=a%3Db"},
    {"a format", "format=csv", "format=csv"},
    {"no default of its own", "format=json", "format=json"},
};

START_TEST(reads_and_writes)
{
    struct arena arena = {0};
    struct args args;
    struct problem problem;
    struct buffer text = {0};
    struct buffer again = {0};
    bool ok = read_query(&arena, good[_i].query, &args, &problem);
    ck_assert_msg(ok, "%s: %s %s", good[_i].name, problem.detail, problem.invalid[0].reason);
    buffer_text(&text, "");
    buffer_text(&again, "");
    params_write(&text, taken, &args, PARAMS);
    ck_assert_msg(strcmp(text.bytes, good[_i].canonical) == 0, "%s: '%s'", good[_i].name,
                  text.bytes);
    ck_assert(read_query(&arena, text.bytes, &args, &problem));
    params_write(&again, taken, &args, PARAMS);
    ck_assert_str_eq(again.bytes, text.bytes);
    buffer_release(&text);
    buffer_release(&again);
    arena_release(&arena);
}
END_TEST

#define LONG_ID "a123456789012345678901234567890123456789012345678901234567890123"
#define HUNDRED                                                                                    \
    "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901" \
    "23456789"

static const char no_period[] = "expected a period of the years 1900 to 2199 such as 2025-12, "
                                "2025-Q4, 2025, FY2026, FY2026-Q2, "
                                "FY2026-H1 or 2025-07/2025-12";
static const char no_day[] =
    "expected an existing day such as 2025-12-31, or a month such as 2025-12 "
    "meaning its last day, of the years 1900 to 2199";
static const char no_number[] = "expected a number such as 437 or -12.5";
static const char too_large[] = "the number must be below 1000000000; use a larger unit";
static const char no_ids[] = "expected series ids, of a-z, 0-9 and '-', separated by commas";
static const char no_utf8[] = "is not valid percent-encoded UTF-8";

/* Queries with one fault. */
static const struct {
    const char *query;
    const char *name;
    const char *reason; /* its beginning */
    const char *suggestion;
} faults[] = {
    {"form=2025", "form", "unknown; there are: series, source, from, to, fy,", "from"},
    {"thresholds=1", "thresholds", "unknown; there are", "threshold"},
    {"xyzzy=1", "xyzzy", "unknown; there are", ""},
    {"=1", "", "unknown; there are", ""},
    {"FROM=2025", "FROM", "unknown; there are", ""},
    {"from=2025&from=2025", "from", "stands more than once", ""},
    {"limit=100&limit=100", "limit", "stands more than once", ""},
    {"from", "from", "has no value", ""},
    {"from=", "from", no_period, ""},
    {"from=2025-13", "from", no_period, ""},
    {"from=1899", "from", no_period, ""},
    {"to=2200", "to", no_period, ""},
    {"from=2025-1", "from", no_period, ""},
    {"from=2025-12-01", "from", no_period, ""},
    {"from=%20", "from", no_period, ""},
    {"fy=2026", "fy", "expected a fiscal year such as FY2026", ""},
    {"fy=FY2026-H1", "fy", "expected a fiscal year such as FY2026", ""},
    {"as_of=2025", "as_of", no_day, ""},
    {"as_of=2025-02-29", "as_of", no_day, ""},
    {"as_of=2025-2-1", "as_of", no_day, ""},
    {"as_of=1899-12-31", "as_of", no_day, ""},
    {"as_of=2200-01-01", "as_of", no_day, ""},
    {"as_of=today", "as_of", no_day, ""},
    {"target=", "target", no_number, ""},
    {"target=1e3", "target", "expected a number without an exponent, such as 437 or -12.5", ""},
    {"target=+1", "target", no_number, ""},
    {"target=.5", "target", no_number, ""},
    {"target=5.", "target", no_number, ""},
    {"target=nan", "target", no_number, ""},
    {"target=1000000000", "target", too_large, ""},
    {"target=-1000000000", "target", too_large, ""},
    {"target=1.0000001", "target", "at most 6 decimals are kept", ""},
    {"target=1,2", "target", "at most 1 number", ""},
    {"threshold=1,,2", "threshold", no_number, ""},
    {"threshold=1,", "threshold", no_number, ""},
    {"threshold=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21", "threshold",
     "at most 20 numbers", ""},
    {"level=49", "level", "expected a whole number from 50 to 99", ""},
    {"level=100", "level", "expected a whole number from 50 to 99", ""},
    {"limit=0", "limit", "expected a whole number from 1 to 10000", ""},
    {"limit=10001", "limit", "expected a whole number from 1 to 10000", ""},
    {"limit=-1", "limit", "expected a whole number from 1 to 10000", ""},
    {"limit=+1", "limit", "expected a whole number from 1 to 10000", ""},
    {"limit=01", "limit", "expected a whole number from 1 to 10000", ""},
    {"limit=1.0", "limit", "expected a whole number from 1 to 10000", ""},
    {"limit=99999999999999999999999", "limit", "expected a whole number from 1 to 10000", ""},
    {"decimals=11", "decimals", "expected a whole number from 0 to 10", ""},
    {"series=", "series", no_ids, ""},
    {"series=a,,b", "series", no_ids, ""},
    {"series=a,", "series", no_ids, ""},
    {"series=A", "series", no_ids, ""},
    {"series=-a", "series", no_ids, ""},
    {"series=a b", "series", no_ids, ""},
    {"series=" LONG_ID "x", "series", no_ids, ""},
    {"series=a,a", "series", "'a' stands twice", ""},
    {"series=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", "series", "at most 20 series", ""},
    {"source=", "source", "expected 1 to 64 of a-z, 0-9 and '-'", ""},
    {"source=a_b", "source", "expected 1 to 64 of a-z, 0-9 and '-'", ""},
    {"source=" LONG_ID "x", "source", "expected 1 to 64 of a-z, 0-9 and '-'", ""},
    {"publisher=", "publisher", "expected 1 to 100 bytes", ""},
    {"publisher=" HUNDRED "x", "publisher", "expected 1 to 100 bytes", ""},
    {"publisher=%", "publisher", no_utf8, ""},
    {"publisher=%4", "publisher", no_utf8, ""},
    {"publisher=%zz", "publisher", no_utf8, ""},
    {"publisher=%00", "publisher", no_utf8, ""},
    {"publisher=%ff", "publisher", no_utf8, ""},
    {"publisher=\xff", "publisher", no_utf8, ""},
    {"%ff=1", "?", "a parameter's name is not valid percent-encoded UTF-8", ""},
    {"transform=", "transform", "expected one of: level, change", ""},
    {"transform=Level", "transform", "expected one of: level, change", "level"},
    {"transform=yoy_precent", "transform", "expected one of: level, change", "yoy_percent"},
    {"order=descending", "order", "expected one of: asc, desc", ""},
    {"explain=1", "explain", "expected one of: false, true", ""},
    {"explain=ture", "explain", "expected one of: false, true", "true"},
    {"format=xml", "format", "expected one of: json, csv", ""},
};

START_TEST(refuses)
{
    struct arena arena = {0};
    struct args args;
    struct problem problem;
    const struct invalid *invalid = &problem.invalid[0];
    bool ok = read_query(&arena, faults[_i].query, &args, &problem);
    ck_assert_msg(!ok, "'%s' is read", faults[_i].query);
    ck_assert_int_eq(problem_status(&problem), 400);
    ck_assert_msg(problem.n_invalid == 1, "'%s': %zu faults", faults[_i].query, problem.n_invalid);
    ck_assert_str_eq(invalid->name, faults[_i].name);
    ck_assert_msg(strncmp(invalid->reason, faults[_i].reason, strlen(faults[_i].reason)) == 0,
                  "'%s': %s", faults[_i].query, invalid->reason);
    ck_assert_str_eq(invalid->suggestion, faults[_i].suggestion);
    arena_release(&arena);
}
END_TEST

START_TEST(the_longest_are_read)
{
    struct arena arena = {0};
    struct args args;
    struct problem problem;
    ck_assert(read_query(&arena, "source=" LONG_ID "&series=" LONG_ID "&publisher=" HUNDRED, &args,
                         &problem));
    ck_assert_str_eq(args.v[PARAM_SOURCE].text, LONG_ID);
    ck_assert_str_eq(args.v[PARAM_SERIES].texts[0], LONG_ID);
    ck_assert_str_eq(args.v[PARAM_PUBLISHER].text, HUNDRED);
    arena_release(&arena);
}
END_TEST

START_TEST(names_every_fault)
{
    struct arena arena = {0};
    struct args args;
    struct problem problem;
    ck_assert(!read_query(&arena, "from=x&limit=0&form=1&order=desc&to=y", &args, &problem));
    ck_assert_uint_eq(problem.n_invalid, 4);
    ck_assert_str_eq(problem.detail, "4 parameters can not be used: see `invalid`");
    ck_assert_str_eq(problem.invalid[3].name, "to");
    arena_release(&arena);
}
END_TEST

/* Queries of many pairs of one name, and how many faults are named. */
static const struct {
    int pairs;
    size_t named;
    const char *detail;
} many[] = {
    {16, 16, "16 parameters can not be used: see `invalid`"},
    {64, 64, "64 parameters can not be used: see `invalid`"},
    {65, 0, "More than 64 parameters"},
};

START_TEST(bounds_the_faults)
{
    struct arena arena = {0};
    struct args args;
    struct problem problem;
    struct buffer query = {0};
    for (int i = 0; i < many[_i].pairs; i++)
        buffer_format(&query, "%sx%d=1", i > 0 ? "&" : "", i);
    ck_assert(!read_query(&arena, query.bytes, &args, &problem));
    ck_assert_uint_eq(problem.n_invalid, many[_i].named);
    ck_assert_str_eq(problem.detail, many[_i].detail);
    buffer_release(&query);
    arena_release(&arena);
}
END_TEST

START_TEST(fills_defaults)
{
    struct arena arena = {0};
    struct args args;
    struct problem problem;
    ck_assert(read_query(&arena, "", &args, &problem));
    ck_assert(args.v[PARAM_PAGE].given && args.v[PARAM_PAGE].number == 100);
    ck_assert(args.v[PARAM_DECIMALS].given && args.v[PARAM_DECIMALS].number == 4);
    ck_assert(args.v[PARAM_ORDER].given && args.v[PARAM_ORDER].number == ORDER_ASC);
    ck_assert(!args.v[PARAM_FROM].given && !args.v[PARAM_AS_OF].given);
    ck_assert(!args.v[PARAM_LIMIT].given); /* not taken here */
    ck_assert(!args.v[PARAM_FORMAT].given);
    arena_release(&arena);
}
END_TEST

START_TEST(leaves_one_out)
{
    struct arena arena = {0};
    struct args args;
    struct problem problem;
    struct buffer text = {0};
    ck_assert(read_query(&arena, "from=2025&order=desc&to=2025", &args, &problem));
    params_write(&text, taken, &args, PARAM_ORDER);
    ck_assert_str_eq(text.bytes, "from=2025&to=2025");
    text.length = 0;
    params_write(&text, taken, &args, PARAM_FROM);
    ck_assert_str_eq(text.bytes, "to=2025&order=desc");
    buffer_release(&text);
    arena_release(&arena);
}
END_TEST

START_TEST(what_takes_nothing_says_so)
{
    static const enum param nothing[] = {PARAMS};
    static const enum param path_only[] = {PARAM_PERIOD, PARAMS};
    struct arena arena = {0};
    struct args args = {0};
    struct problem problem = {0};
    struct query_pair pair = {"period", 6, "2025", 4};
    ck_assert(params_read(&arena, nothing, NULL, 0, &args, &problem));
    ck_assert(!params_read(&arena, nothing, &pair, 1, &args, &problem));
    ck_assert_str_eq(problem.invalid[0].reason, "there are no parameters here");
    ck_assert(
        !params_read(&arena, path_only, &pair, 1, &args, &problem)); /* it stands in the path */
    arena_release(&arena);
}
END_TEST

START_TEST(every_default_is_readable)
{
    struct arena arena = {0};
    struct problem problem = {0};
    struct arg arg = {0};
    const char *standard = params[_i].standard;
    ck_assert_ptr_nonnull(params[_i].name);
    if (standard)
        ck_assert(param_read(&arena, (enum param)_i, standard, strlen(standard), &arg, &problem));
    arena_release(&arena);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("params");
    tcase_add_loop_test(tests, reads_and_writes, 0, COUNT(good));
    tcase_add_loop_test(tests, refuses, 0, COUNT(faults));
    tcase_add_test(tests, the_longest_are_read);
    tcase_add_test(tests, names_every_fault);
    tcase_add_loop_test(tests, bounds_the_faults, 0, COUNT(many));
    tcase_add_test(tests, fills_defaults);
    tcase_add_test(tests, leaves_one_out);
    tcase_add_test(tests, what_takes_nothing_says_so);
    tcase_add_loop_test(tests, every_default_is_readable, 0, PARAMS);
    return check_main(tests);
}
