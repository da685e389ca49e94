/* A store that is taken away, damaged or held while the service reads it: 503 or the truth, never a
 * crash. */
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "../store/fixture.h"
#include "check_main.h"
#include "service.h"

static const char *path;
static struct service service;

static void begin(void)
{
    path = bundled_store("failing.db");
    service = service_start(path, "build");
}

static void end(void)
{
    service_stop(&service);
}

static const char *const addresses[] = {
    "/v1/exports",
    "/v1/exports/latest",
    "/v1/exports/2025-12",
    "/v1/exports/growth",
    "/v1/exports/records",
    "/v1/exports/projections",
    "/v1/exports/share",
    "/v1/exports/revisions",
    "/v1/series",
    "/v1/series/pk-it",
    "/v1/sources",
    "/v1/sources/dunya-2025-12-18",
    "/v1/reports",
    "/v1/exports?series=none",
    "/readyz",
};

static void overwrite(const char *bytes, size_t from, size_t length)
{
    FILE *file = fopen(path, "r+");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, (long)from, SEEK_SET), 0);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static void fill_with(char with, size_t from)
{
    size_t size;
    char *bytes = file_read(path, &size);
    memset(bytes, with, size);
    overwrite(bytes + from, from, size - from);
    free(bytes);
}

static void zeros(void)
{
    fill_with('\0', 0);
}

static void ones(void)
{
    fill_with('\xff', 0);
}

static void zeros_but_the_first_page(void)
{
    fill_with('\0', 4096);
}

static void ones_but_the_first_page(void)
{
    fill_with('\xff', 4096);
}

static void cut_to_nothing(void)
{
    ck_assert_int_eq(truncate(path, 0), 0);
}

static void cut_after_a_page(void)
{
    ck_assert_int_eq(truncate(path, 4096), 0);
}

static void cut_in_the_middle(void)
{
    ck_assert_int_eq(truncate(path, 30000), 0);
}

static void text(void)
{
    cut_to_nothing();
    overwrite("not a database at all\n", 0, 22);
}

static void removed(void)
{
    unlink(path);
}

static void without_tables(void)
{
    raw_execute(path,
                "PRAGMA foreign_keys = 0; DROP TABLE report; DROP TABLE source; DROP TABLE store");
}

static void without_state(void)
{
    raw_execute(path, "DELETE FROM store");
}

static const struct {
    const char *name;
    void (*damage)(void);
    bool may_answer; /* the file is gone from the folder, but open */
} cases[] = {
    {"zeros", zeros, false},
    {"ones", ones, false},
    {"zeros but the first page", zeros_but_the_first_page, false},
    {"ones but the first page", ones_but_the_first_page, false},
    {"cut to nothing", cut_to_nothing, false},
    {"cut after a page", cut_after_a_page, false},
    {"cut in the middle", cut_in_the_middle, false},
    {"text", text, false},
    {"without tables", without_tables, false},
    {"without a state", without_state, false},
    {"removed", removed, true},
};

static void unavailable(const struct api_response *response, const char *address)
{
    json_t *root = json_of(response, address);
    ck_assert_msg(response->status == 503, "%s: %d", address, response->status);
    ck_assert_str_eq(response->content_type, "application/problem+json");
    ck_assert_int_gt(response->retry_after, 0);
    ck_assert(*response->etag == '\0' && strcmp(response->cache_control, "no-store") == 0);
    ck_assert(response->log && *response->log);
    ck_assert_msg(!body_has(response, path) && !body_has(response, "SELECT"), "%s",
                  response->body->bytes); /* it is for the log */
    json_decref(root);
}

/* Whether a request needs more than the pages that its connection remembers. */
static void look_everywhere(size_t i, int *ret_failed)
{
    for (size_t k = 0; k < COUNT(addresses); k++) {
        const struct api_response *response = GET(&service, addresses[k]);
        *ret_failed += response->status == 503;
        if (response->status == 503 && !cases[i].may_answer)
            unavailable(response, addresses[k]);
        else
            json_decref(json_of(response, addresses[k]));
    }
}

START_TEST(a_store_that_goes_bad)
{
    int failed = 0;
    cases[_i].damage();
    look_everywhere((size_t)_i, &failed);
    api_watch(service.worker);
    ck_assert_msg(failed > 0 || cases[_i].may_answer, "%s: nothing is noticed", cases[_i].name);
    ck_assert_int_eq(GET(&service, "/livez")->status, 200);
}
END_TEST

START_TEST(it_is_not_opened_either)
{
    const struct api_options options = {.database = path, .build = "build"};
    struct api *api = NULL;
    struct api_worker *worker = NULL;
    struct error err;
    cases[_i].damage();
    /* What is damaged further in is found when it is read. */
    if (api_new(&options, &api, &err)) {
        if (!api_worker_new(api, &worker, &err))
            worker = NULL;
        api_worker_free(worker);
        api_free(api);
    } else {
        ck_assert_uint_gt(strlen(err.detail), 0);
    }
}
END_TEST

START_TEST(a_mended_store_answers_after_a_start)
{
    size_t size;
    char *bytes = file_read(path, &size);
    fill_with('\xff', 4096);
    ck_assert_int_eq(GET(&service, "/v1/exports")->status, 503);
    ck_assert_int_eq(GET(&service, "/v1/sources")->status, 503);
    overwrite(bytes, 0, size);
    service_stop(&service); /* SQLite keeps the pages that it has read */
    service = service_start(path, "build");
    ck_assert_int_eq(GET(&service, "/v1/exports")->status, 200);
    ck_assert_int_eq(GET(&service, "/v1/sources")->status, 200);
    free(bytes);
}
END_TEST

/* Single bits of the first bytes, which say how a page is to be read: what is answered is JSON. */
START_TEST(a_bit_that_goes_bad)
{
    size_t size;
    char *bytes = file_read(path, &size);
    uint32_t random = (uint32_t)_i;
    for (int i = 0; i < 15; i++) {
        random = random * 1664525 + 1013904223;
        size_t page = 1 + (random >> 8) % (size / 4096 - 1);
        size_t at = page * 4096 + (random >> 3) % 16;
        char bad = (char)(bytes[at] ^ (char)(1 << (random & 7)));
        overwrite(&bad, at, 1);
        service_stop(&service);
        struct error err;
        bool started = service_try(path, "build", &service, &err);
        if (!started) /* what the start itself reads is refused there */
            ck_assert_int_eq(err.kind, ERROR_STORE);
        for (size_t k = 0; started && k < COUNT(addresses); k++) {
            const struct api_response *response = GET(&service, addresses[k]);
            json_decref(json_of(response, addresses[k]));
        }
        overwrite(bytes + at, at, 1);
    }
    free(bytes);
}
END_TEST

START_TEST(kept_answers_need_no_store)
{
    ck_assert_int_eq(GET(&service, "/v1/exports")->status, 200);
    zeros();
    const struct api_response *response = GET(&service, "/v1/exports");
    ck_assert_int_eq(response->status, 200);
    ck_assert_str_eq(response->cache_state, "hit");
}
END_TEST

START_TEST(a_writer_does_not_hold_up_readers)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, "BEGIN IMMEDIATE; DELETE FROM report; UPDATE store SET generation = 99", NULL,
                 NULL, NULL);
    const struct api_response *response = GET(&service, "/v1/exports?last=1");
    ck_assert_int_eq(response->status, 200);
    ck_assert_int_eq(response->generation, 2);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(db);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("failing");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_store_that_goes_bad, 0, COUNT(cases));
    tcase_add_loop_test(tests, it_is_not_opened_either, 0, COUNT(cases));
    tcase_add_test(tests, a_mended_store_answers_after_a_start);
    tcase_add_loop_test(tests, a_bit_that_goes_bad, 0, 10);
    tcase_add_test(tests, kept_answers_need_no_store);
    tcase_add_test(tests, a_writer_does_not_hold_up_readers);
    return check_main(tests);
}
