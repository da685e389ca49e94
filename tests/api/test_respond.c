/* What is asked wrongly, and what is answered to it; methods, addresses, formats. */
#include <string.h>

#include "../store/fixture.h"
#include "check_main.h"
#include "route.h"
#include "service.h"

static const char *bundled;
static struct service service;

static void fill(void)
{
    folder_make();
    bundled = bundled_store("respond.db");
}

static void begin(void)
{
    service = service_start(bundled, "build");
}

static void end(void)
{
    service_stop(&service);
}

static const struct {
    const char *name;
    struct ask ask;
    int status;
    const char *says; /* a part of the body; NULL: none */
} cases[] = {
    {"an unknown path", {"/v1/export"}, 404, "/v1/exports"},
    {"an unknown word", {"/v1/exports/lates"}, 404, "/v1/exports/latest"},
    {"the root of the version", {"/v1"}, 404, "openapi.yaml"},
    {"a path in capitals", {"/V1/exports"}, 404, NULL},
    {"two slashes", {"//v1/exports"}, 404, NULL},
    {"no path", {"*"}, 400, "name a path"},
    {"an empty path", {""}, 400, "name a path"},
    {"a path that is not UTF-8", {"/v1/\xff"}, 400, "UTF-8"},
    {"a variable that is not UTF-8", {"/v1/series/%ff"}, 400, "UTF-8"},
    {"a variable badly escaped", {"/v1/series/%zz"}, 400, "UTF-8"},
    {"a NUL in the path", {"/v1/series/%00"}, 400, "UTF-8"},
    {"a long path in UTF-8, cut off",
     {"/v1/"
      "a\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
      "\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
      "\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
      "\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
      "\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
      "\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
      "\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
      "\xa9"
      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
      "\xa9"},
     404,
     "There is no "},
    {"a control character in the path", {"/v1/\x01\"\\"}, 404, "\\u0001\\\"\\\\"},
    {"an unknown parameter", {"/v1/exports?form=2025"}, 400, "\"suggestion\":\"from\""},
    {"a repeated parameter", {"/v1/exports?last=1&last=1"}, 400, "more than once"},
    {"two faults", {"/v1/exports?last=0&order=up"}, 400, "2 parameters"},
    {"a fault in path and query", {"/v1/exports/2025-13?decimals=11"}, 400, "2 parameters"},
    {"backwards", {"/v1/exports?from=2025-12&to=2025-01"}, 400, "comes after"},
    {"an unknown series", {"/v1/exports?series=pk-ti"}, 404, "did you mean 'pk-it'"},
    {"an unknown series in the path", {"/v1/series/pk-ti"}, 404, "did you mean 'pk-it'"},
    {"one unknown series of several", {"/v1/exports?series=pk-it,none"}, 404, "none"},
    {"an unknown source", {"/v1/sources/none"}, 404, "none"},
    {"a period outside", {"/v1/exports/1950-01"}, 404, "1950-01"},
    {"a month that is none", {"/v1/exports/2025-13"}, 400, "period"},
    {"after nothing", {"/v1/reports?after=x"}, 400, "after"},
    {"after no source", {"/v1/sources?after=none"}, 400, "after"},
    {"html", {"/v1/exports", .accept = "text/html"}, 406, "application/json or text/csv"},
    {"formats in conflict", {"/v1/exports.csv?format=json"}, 400, "the path says .csv"},
    {"a body", {"/v1/exports", .has_body = true}, 413, "no body"},
    {"POST", {"/v1/exports", .method = "POST"}, 405, "GET, HEAD, OPTIONS"},
    {"DELETE with a body", {"/v1/exports", .method = "DELETE", .has_body = true}, 405, NULL},
    {"get in small letters", {"/v1/exports", .method = "get"}, 405, NULL},
    {"a method that is not UTF-8", {"/v1/exports", .method = "\xff\xfe"}, 405, NULL},
    {"a long method",
     {"/v1/exports", .method = "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHI\xc3\xa9\xc3\xa9"},
     405,
     NULL},
    {"POST to nowhere", {"/v1/nowhere", .method = "POST"}, 404, NULL},
};

START_TEST(problems)
{
    struct ask what = cases[_i].ask;
    const struct api_response *response = ask(&service, what);
    ck_assert_msg(response->status == cases[_i].status, "%s: %d %s", cases[_i].name,
                  response->status, response->body ? response->body->bytes : "");
    ck_assert_str_eq(response->content_type, "application/problem+json");
    ck_assert_str_eq(response->cache_control, "no-store");
    ck_assert(*response->etag == '\0' && !response->is_gzip && response->last_modified == 0);
    ck_assert_msg((response->status == 405) == (response->allow != NULL), "%s", cases[_i].name);
    if (cases[_i].says)
        ck_assert_msg(body_has(response, cases[_i].says), "%s: %s", cases[_i].name,
                      response->body->bytes);
    json_t *root = json_of(response, cases[_i].name);
    ck_assert_int_eq(json_integer_value(json_object_get(root, "status")), cases[_i].status);
    ck_assert(json_is_string(json_object_get(root, "title")));
    ck_assert(json_is_string(json_object_get(root, "detail")));
    ck_assert_int_eq(strncmp(json_string_value(json_object_get(root, "type")), "/problems/", 10),
                     0);
    json_decref(root);
}
END_TEST

/* Addresses of a length, with their queries. */
static const struct {
    size_t length;
    int status;
} lengths[] = {{QUERY_BYTES_MAX, 400}, {QUERY_BYTES_MAX + 1, 414}, {8000, 414}};

START_TEST(long_addresses)
{
    char address[8192];
    snprintf(address, sizeof address, "/v1/exports?from=");
    memset(address + 17, 'x', lengths[_i].length - 17);
    address[lengths[_i].length] = '\0';
    ck_assert_int_eq(GET(&service, address)->status, lengths[_i].status);
    memset(address + 1, 'x', lengths[_i].length - 1);
    int expected = lengths[_i].status == 414 ? 414 : 404;
    const struct api_response *response = GET(&service, address);
    ck_assert_int_eq(response->status, expected);
    json_decref(json_of(response, "a long path"));
}
END_TEST

START_TEST(many_parameters)
{
    struct buffer address = {0};
    buffer_text(&address, "/v1/exports?");
    for (int i = 0; i < 100; i++)
        buffer_format(&address, "x%d=1&", i);
    const struct api_response *response = GET(&service, address.bytes);
    ck_assert_int_eq(response->status, 400);
    ck_assert(body_has(response, "More than 64 parameters"));
    buffer_release(&address);
}
END_TEST

static const char *const addresses[] = {"/v1/exports", "/v1/exports.csv", "/v1/exports/2025-12",
                                        "/livez",      "/readyz",         "/openapi.yaml"};

START_TEST(options_name_the_methods)
{
    const struct api_response *response =
        ASK(&service, .address = addresses[_i], .method = "OPTIONS", .accept = "text/html");
    ck_assert_int_eq(response->status, 204);
    ck_assert_str_eq(response->allow, "GET, HEAD, OPTIONS");
    ck_assert(!response->body && !response->content_type);
}
END_TEST

START_TEST(heads_are_those_of_the_answers)
{
    struct api_response got = *GET(&service, addresses[_i]);
    char etag[ETAG_TEXT];
    size_t length = got.body->length;
    memcpy(etag, got.etag, sizeof etag);
    const struct api_response *response = ASK(&service, .address = addresses[_i], .method = "HEAD");
    ck_assert_int_eq(response->status, 200);
    ck_assert_str_eq(response->etag, etag);
    ck_assert_uint_eq(response->body->length, length);
    ck_assert_str_eq(response->content_type, got.content_type);
    ck_assert_int_eq(response->generation, got.generation);
}
END_TEST

static const struct {
    const char *address;
    const char *location;
} slashes[] = {
    {"/v1/exports/", "../exports"},
    {"/v1/exports/?last=1&order=desc", "../exports?last=1&order=desc"},
    {"/v1/exports/?a", "../exports?a"},
    {"/v1/exports/?publisher=a b", "../exports?publisher=a+b"},
    {"/v1/sources/x/?a=%2F", "../x?a=%2F"},
    {"/livez/", "../livez"},
};

START_TEST(slashes_at_the_end_lead_on)
{
    const struct api_response *response = GET(&service, slashes[_i].address);
    ck_assert_int_eq(response->status, 308);
    ck_assert_str_eq(response->location, slashes[_i].location);
    ck_assert_ptr_null(response->body);
}
END_TEST

/* What different addresses say alike. */
static const struct {
    const char *one;
    const char *other;
} alike[] = {
    {"/v1/exports?from=2025-01&to=2025-12", "/v1/exports?to=2025-12&from=2025-01"},
    {"/v1/exports?from=2025-07/2025-12", "/v1/exports?from=2025-07--2025-12"},
    {"/v1/exports?transform=pc1", "/v1/exports?transform=yoy_percent"},
    {"/v1/exports?order=asc&decimals=4", "/v1/exports"},
    {"/v1/exports?as_of=2025-12", "/v1/exports?as_of=2025-12-31"},
    {"/v1/exports/2025-07--2025-12", "/v1/exports/2025-07%2F2025-12"},
    {"/v1/exports/records?threshold=100", "/v1/exports/records?threshold=100.0"},
    {"/v1/exports.csv", "/v1/exports?format=csv"},
    {"/v1/exports", "/v1/exports?format=json"},
    {"/v1/reports", "/v1/reports?limit=100"},
};

START_TEST(the_same_is_the_same)
{
    char etag[ETAG_TEXT];
    memcpy(etag, GET(&service, alike[_i].one)->etag, sizeof etag);
    const struct api_response *response = GET(&service, alike[_i].other);
    ck_assert_str_eq(response->etag, etag);
    ck_assert_str_eq(response->cache_state, "hit");
}
END_TEST

/* Pages of one row after another, as `next` leads on, are all rows. */
static const char *const paged[] = {
    "/v1/exports?from=2025-01&limit=5",
    "/v1/exports?from=2025-01&limit=5&order=desc",
    "/v1/exports?series=pk-it,pk-goods&from=2025-01&limit=4",
    "/v1/exports/growth?from=2025-01&limit=5",
    "/v1/exports/revisions?limit=1",
    "/v1/series?limit=3",
    "/v1/series?limit=3&order=desc",
    "/v1/sources?limit=5&publisher=Dawn",
    "/v1/reports?series=pk-it&from=2025&limit=40",
    "/v1/reports?series=pk-it&from=2025&limit=40&order=desc",
};

START_TEST(next_leads_on)
{
    char address[512];
    int64_t pages = 0;
    int64_t total = 0;
    snprintf(address, sizeof address, "%s", paged[_i]);
    for (bool more = true; more; pages++) {
        const struct api_response *response = GET(&service, address);
        ck_assert_msg(response->status == 200, "%s: %d", address, response->status);
        json_t *root = json_of(response, address);
        const char *next = json_string_value(json_object_get(root, "next"));
        total = json_integer_value(json_object_get(root, "total"));
        ck_assert(!next == !response->link);
        more = next != NULL;
        if (next) {
            ck_assert_str_eq(response->link, next);
            snprintf(address, sizeof address, "%s", next);
        }
        json_decref(root);
        ck_assert_int_lt(pages, 1000);
    }
    ck_assert_msg(pages > 1, "%s: %lld", paged[_i], (long long)total);
}
END_TEST

/* What takes longer than a millisecond the first time it is asked for. */
static const char *const slow[] = {
    "/v1/exports/projections?level=66",
    "/v1/claims?limit=7",
    "/v1/claims.csv?verdict=mislabelled&as_of=2025-06",
    "/v1/changes?since=2025-12",
    "/v1/changes.atom",
    "/v1/quality",
};

/* Slow work is begun only by who has the time; once it is done it is no longer slow. */
START_TEST(slow_work_is_put_off)
{
    const char *address = slow[_i];
    const struct api_response *response = ASK(&service, .address = address, .quick = true);
    ck_assert_msg(response->status == 503, "%s", address);
    ck_assert(response->is_slow);
    ck_assert_int_gt(response->retry_after, 0);
    response = GET(&service, address);
    ck_assert_int_eq(response->status, 200);
    ck_assert(!response->is_slow);
    response = ASK(&service, .address = address, .quick = true);
    ck_assert_int_eq(response->status, 200);
    ck_assert_str_eq(response->cache_state, "hit");
}
END_TEST

START_TEST(quick_work_is_done_at_once)
{
    static const char *const quick[] = {"/v1/claims?limit=8", "/v1/claims?limit=9&order=desc",
                                        "/v1/changes?series=pk-it&since=2025-12",
                                        "/v1/quality?series=pk-it"};
    GET(&service, "/v1/claims?limit=7"); /* finds all verdicts, which are kept */
    for (size_t i = 0; i < COUNT(quick); i++) {
        const struct api_response *response = ASK(&service, .address = quick[i], .quick = true);
        ck_assert_msg(response->status == 200, "%s", quick[i]);
    }
    const struct api_response *response =
        ASK(&service, .address = "/v1/exports?level=66", .quick = true);
    ck_assert_int_eq(response->status, 400);
    ck_assert(!response->is_slow);
}
END_TEST

/* The newest answers are there before anybody asks. */
START_TEST(newest_answers_are_prepared)
{
    int n = 0;
    while (api_prepare(service.worker, date_of(2026, 3, 20), n))
        n++;
    ck_assert_int_gt(n, 1);
    for (int i = 0; i < 2; i++) {
        const char *address = i == 0 ? "/v1/exports/latest" : "/v1/exports/projections";
        const struct api_response *response = ASK(&service, .address = address, .quick = true);
        ck_assert_int_eq(response->status, 200);
        ck_assert_str_eq(response->cache_state, "hit");
    }
}
END_TEST

/* A program that was built without its pages says so, and has all else. */
START_TEST(pages_may_be_missing)
{
    static const struct embedded documents[] = {{"openapi.yaml", 2, "{}"}, {NULL, 0, NULL}};
    const struct api_options options = {
        .database = bundled,
        .build = "build",
        .documents = documents,
        .cache_bytes = 1 << 20,
        .library_bytes = 1 << 20,
    };
    struct service bare;
    struct error err;
    ck_assert(api_new(&options, &bare.api, &err));
    ck_assert(api_worker_new(bare.api, &bare.worker, &err));
    for (size_t i = 0; i < n_routes; i++) {
        bool is_page = routes[i].kind == ROUTE_DOCUMENT && !strstr(routes[i].pattern, "openapi");
        if (!is_page)
            continue;
        const struct api_response *response = GET(&bare, routes[i].pattern);
        ck_assert_msg(response->status == 404, "%s: %d", routes[i].pattern, response->status);
        ck_assert(body_has(response, "built without its pages"));
    }
    ck_assert_int_eq(GET(&bare, "/openapi.yaml")->status, 200);
    ck_assert_int_eq(GET(&bare, "/v1/exports")->status, 200);
    service_stop(&bare);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("respond");
    tcase_add_unchecked_fixture(tests, fill, folder_remove);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, problems, 0, COUNT(cases));
    tcase_add_loop_test(tests, long_addresses, 0, COUNT(lengths));
    tcase_add_test(tests, many_parameters);
    tcase_add_loop_test(tests, options_name_the_methods, 0, COUNT(addresses));
    tcase_add_loop_test(tests, heads_are_those_of_the_answers, 0, COUNT(addresses));
    tcase_add_loop_test(tests, slashes_at_the_end_lead_on, 0, COUNT(slashes));
    tcase_add_loop_test(tests, the_same_is_the_same, 0, COUNT(alike));
    tcase_add_loop_test(tests, slow_work_is_put_off, 0, COUNT(slow));
    tcase_add_test(tests, quick_work_is_done_at_once);
    tcase_add_test(tests, newest_answers_are_prepared);
    tcase_add_loop_test(tests, next_leads_on, 0, COUNT(paged));
    tcase_add_test(tests, pages_may_be_missing);
    return check_main(tests);
}
