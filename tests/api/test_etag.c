/* Entity tags, the cache, and the generation that both follow. */
#include <string.h>
#include <zlib.h>

#include "../store/fixture.h"
#include "check_main.h"
#include "service.h"

static const char *path;
static struct service service;

static void begin(void)
{
    path = bundled_store("etag.db");
    service = service_start(path, "build");
}

static void end(void)
{
    service_stop(&service);
}

static void tag_of(struct service *from, struct ask what, char tag[static ETAG_TEXT])
{
    const struct api_response *response = ask(from, what);
    ck_assert_int_eq(response->status, 200);
    ck_assert_uint_eq(strlen(response->etag), 18);
    ck_assert(response->etag[0] == '"' && response->etag[17] == '"');
    memcpy(tag, response->etag, ETAG_TEXT);
}
#define TAG(service, tag, ...) tag_of((service), (struct ask){__VA_ARGS__}, tag)

/* Asks that differ from `/v1/exports` in what is answered, byte by byte. */
static const struct ask others[] = {
    {"/v1/exports?last=1"},
    {"/v1/exports?as_of=2199-12-31"},
    {"/v1/exports?series=pk-goods"},
    {"/v1/exports.csv"},
    {"/v1/exports", .accept = "text/csv"},
    {"/v1/exports", .accept_encoding = "gzip"},
    {"/v1/exports/growth"},
    {"/v1/exports/2025-12"},
    {"/openapi.yaml"},
};

START_TEST(what_differs_has_another_tag)
{
    char one[ETAG_TEXT];
    char other[ETAG_TEXT];
    TAG(&service, one, "/v1/exports");
    tag_of(&service, others[_i], other);
    ck_assert_str_ne(one, other);
    TAG(&service, other, "/v1/exports");
    ck_assert_str_eq(one, other);
}
END_TEST

START_TEST(builds_and_stores_have_tags_of_their_own)
{
    char one[ETAG_TEXT];
    char two[ETAG_TEXT];
    char three[ETAG_TEXT];
    char again[ETAG_TEXT];
    struct service rebuilt = service_start(path, "another build");
    struct service elsewhere = service_start(bundled_store("elsewhere.db"), "build");
    struct service restarted = service_start(path, "build");
    TAG(&service, one, "/v1/exports");
    TAG(&rebuilt, two, "/v1/exports");
    TAG(&elsewhere, three, "/v1/exports");
    TAG(&restarted, again, "/v1/exports");
    ck_assert_str_ne(one, two);
    ck_assert_str_ne(one, three);
    ck_assert_str_eq(one, again);
    TAG(&service, one, "/openapi.yaml");
    TAG(&rebuilt, two, "/openapi.yaml");
    ck_assert_str_ne(one, two);
    service_stop(&rebuilt);
    service_stop(&elsewhere);
    service_stop(&restarted);
}
END_TEST

START_TEST(a_second_time_is_a_hit)
{
    ck_assert_str_eq(GET(&service, "/v1/exports")->cache_state, "miss");
    const struct api_response *response = GET(&service, "/v1/exports");
    ck_assert_str_eq(response->cache_state, "hit");
    ck_assert_int_eq(response->generation, 2);
    ck_assert_str_eq(GET(&service, "/v1/exports.csv")->cache_state, "miss");
    ck_assert_str_eq(GET(&service, "/readyz")->cache_state, "none");
    ck_assert_str_eq(GET(&service, "/v1/nowhere")->cache_state, "none");
}
END_TEST

/* Headers If-None-Match, %s being the tag that the answer has. */
static const struct {
    const char *header;
    bool match;
} matches[] = {
    {"%s", true}, {"W/%s", true}, {"\"x\", %s", true}, {"*", true}, {"\"x\"", false}, {"", false},
};

START_TEST(who_has_it_gets_304)
{
    static const char *const addresses[] = {"/v1/exports", "/v1/exports.csv", "/openapi.yaml"};
    char tag[ETAG_TEXT];
    char header[100];
    for (size_t i = 0; i < COUNT(addresses); i++) {
        TAG(&service, tag, addresses[i]);
        snprintf(header, sizeof header, matches[_i].header, tag);
        struct service fresh = service_start(path, "build"); /* with nothing in its cache */
        struct service *const both[] = {&service, &fresh};
        for (size_t k = 0; k < COUNT(both); k++) {
            const struct api_response *response =
                ASK(both[k], .address = addresses[i], .if_none_match = header);
            ck_assert_msg(response->status == (matches[_i].match ? 304 : 200), "%s: %d", header,
                          response->status);
            ck_assert_str_eq(response->etag, tag);
            ck_assert_str_eq(response->cache_control, i < 2 ? "public, max-age=60" : "no-cache");
        }
        service_stop(&fresh);
    }
}
END_TEST

START_TEST(problems_are_no_match)
{
    static const char *const addresses[] = {"/v1/nowhere", "/v1/exports?last=0", "/v1/series/none",
                                            "/v1/exports/1950-01"};
    for (size_t i = 0; i < COUNT(addresses); i++)
        ck_assert_int_ge(ASK(&service, .address = addresses[i], .if_none_match = "*")->status, 400);
    ck_assert_int_eq(ASK(&service, .address = "/readyz", .if_none_match = "*")->status, 200);
}
END_TEST

START_TEST(compresses_where_asked)
{
    struct buffer plain = {0};
    const struct api_response *response = GET(&service, "/v1/exports");
    buffer_add(&plain, response->body->bytes, response->body->length);
    response = ASK(&service, .address = "/v1/exports", .accept_encoding = "br, gzip");
    ck_assert(response->is_gzip);
    ck_assert_str_eq(response->cache_state, "hit");
    ck_assert_uint_lt(response->body->length, plain.length / 3);
    z_stream stream = {0};
    char *bytes = malloc(plain.length);
    ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = (unsigned char *)response->body->bytes;
    stream.avail_in = (unsigned)response->body->length;
    stream.next_out = (unsigned char *)bytes;
    stream.avail_out = (unsigned)plain.length;
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert_mem_eq(bytes, plain.bytes, plain.length);
    inflateEnd(&stream);
    free(bytes);
    buffer_release(&plain);
    ck_assert(!ASK(&service, .address = "/v1/nowhere", .accept_encoding = "gzip")->is_gzip);
}
END_TEST

/* Only what says how fresh it is depends on the day. */
static const struct {
    const char *address;
    bool reads_clock;
} days[] = {
    {"/v1/exports", false},         {"/v1/exports/growth", false},
    {"/v1/exports/records", false}, {"/v1/exports/projections", false},
    {"/v1/exports/2025-12", false}, {"/v1/sources", false},
    {"/v1/exports/latest", true},   {"/v1/series", true},
    {"/v1/series/pk-it", true},     {"/v1/exports/latest?as_of=2026-01-01", false},
};

START_TEST(days_pass)
{
    char today[ETAG_TEXT];
    char tomorrow[ETAG_TEXT];
    TAG(&service, today, days[_i].address);
    TAG(&service, tomorrow, days[_i].address, .days = 1);
    ck_assert_msg((strcmp(today, tomorrow) != 0) == days[_i].reads_clock, "%s", days[_i].address);
}
END_TEST

static void import_one(const char *row)
{
    struct store *store = store_made(path);
    struct buffer text = {0};
    buffer_format(&text, "%s%s\n", REPORTS_HEADER, row);
    import_well(store, TEXTS(text.bytes));
    buffer_release(&text);
    store_close(store);
}

START_TEST(an_import_is_seen)
{
    char before[ETAG_TEXT];
    char after[ETAG_TEXT];
    TAG(&service, before, "/v1/exports?last=1");
    import_one("pk-it,2027-01,500,1,dunya-2025-12-18,");
    ck_assert_int_eq(api_generation(service.api), 2);
    api_watch(service.worker);
    ck_assert_int_eq(api_generation(service.api), 3);
    TAG(&service, after, "/v1/exports?last=1");
    ck_assert_str_ne(before, after);
    const struct api_response *response =
        ASK(&service, .address = "/v1/exports?last=1", .if_none_match = before);
    ck_assert_int_eq(response->status, 200);
    ck_assert_int_eq(response->generation, 3);
    ck_assert(body_has(response, "\"2027-01\",\"value\":500"));
    api_watch(service.worker);
    ck_assert_int_eq(api_generation(service.api), 3);
}
END_TEST

START_TEST(a_miss_sees_it_too)
{
    import_one("pk-it,2027-01,500,1,dunya-2025-12-18,");
    const struct api_response *response = GET(&service, "/v1/exports?last=1");
    ck_assert_int_eq(response->generation, 3);
    ck_assert_int_eq(api_generation(service.api), 3);
    ck_assert_int_eq(GET(&service, "/readyz")->status, 200);
    ck_assert(body_has(GET(&service, "/readyz"), "\"generation\":3"));
}
END_TEST

/* What was committed between opening the store and opening a worker's connection. */
START_TEST(nothing_is_missed_while_starting)
{
    static const struct embedded documents[] = {{NULL, 0, NULL}};
    const struct api_options options = {
        .database = path,
        .build = "build",
        .documents = documents,
        .cache_bytes = 1 << 20,
        .library_bytes = 1 << 20,
    };
    struct service starting;
    struct error err;
    ck_assert(api_new(&options, &starting.api, &err));
    ck_assert_int_eq(api_generation(starting.api), 2);
    import_one("pk-it,2027-01,500,1,dunya-2025-12-18,");
    ck_assert(api_worker_new(starting.api, &starting.worker, &err));
    api_watch(starting.worker);
    ck_assert_int_eq(api_generation(starting.api), 3);
    service_stop(&starting);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("etag");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, what_differs_has_another_tag, 0, COUNT(others));
    tcase_add_test(tests, builds_and_stores_have_tags_of_their_own);
    tcase_add_test(tests, a_second_time_is_a_hit);
    tcase_add_loop_test(tests, who_has_it_gets_304, 0, COUNT(matches));
    tcase_add_test(tests, problems_are_no_match);
    tcase_add_test(tests, compresses_where_asked);
    tcase_add_loop_test(tests, days_pass, 0, COUNT(days));
    tcase_add_test(tests, an_import_is_seen);
    tcase_add_test(tests, a_miss_sees_it_too);
    tcase_add_test(tests, nothing_is_missed_while_starting);
    return check_main(tests);
}
