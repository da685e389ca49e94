/* Requests by their words: the same find their key again, others never do. */
#include "recent.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"

enum { TODAY = 20000, PAIRS = 3 };

struct words {
    const char *path;
    struct query_pair pairs[PAIRS];
    const char *accept;
    const char *method;
    int days; /* after today */
    bool has_body;
};

static struct api_request request_of(const struct words *words)
{
    struct api_request request = {
        .method = words->method ? words->method : "GET",
        .path = words->path,
        .query = words->pairs,
        .accept = words->accept,
        .has_body = words->has_body,
        .today = {TODAY + words->days},
    };
    while (request.n_query < PAIRS && words->pairs[request.n_query].name)
        request.n_query++;
    return request;
}

#define PAIR(name, value)                                \
    {                                                    \
        name, sizeof(name) - 1, value, sizeof(value) - 1 \
    }

static const struct words first = {"/v1/exports", {PAIR("last", "3"), PAIR("order", "desc")}};

static const struct words others[] = {
    {"/v1/exports", {PAIR("last", "3")}},
    {"/v1/exports", {PAIR("order", "desc"), PAIR("last", "3")}},
    {"/v1/exports", {PAIR("last", "3order"), PAIR("", "desc")}},
    {"/v1/exports", {PAIR("last", "3"), {"order", 5, NULL, 0}}},
    {"/v1/exports", {PAIR("last", "3"), PAIR("order", "")}},
    {"/v1/exports", {PAIR("last", "3"), PAIR("order", "desc"), PAIR("", "")}},
    {"/v1/exports.csv", {PAIR("last", "3"), PAIR("order", "desc")}},
    {"/v1/exports", {PAIR("last", "3"), PAIR("order", "desc")}, .accept = ""},
    {"/v1/exports", {PAIR("last", "3"), PAIR("order", "desc")}, .accept = "text/csv"},
    {"/v1/exports", {PAIR("last", "3"), PAIR("order", "desc")}, .days = 1},
    {"/v1/exports", {PAIR("last", "3"), PAIR("order", "desc")}, .method = "POST"},
    {"/v1/exports", {PAIR("last", "3"), PAIR("order", "desc")}, .has_body = true},
};

static void keep(struct recent *recent, const struct words *words, const char *key,
                 bool is_document)
{
    bool ignored;
    struct api_request request = request_of(words);
    recent_find(recent, &request, &ignored);
    recent_keep(recent, &request, key, is_document);
}

static const char *find(struct recent *recent, const struct words *words, bool *ret_document)
{
    struct api_request request = request_of(words);
    return recent_find(recent, &request, ret_document);
}

START_TEST(the_same_words_find_their_key)
{
    struct recent recent = {0};
    struct words by_head = first;
    bool is_document = true;
    by_head.method = "HEAD";
    ck_assert_ptr_null(find(&recent, &first, &is_document));
    keep(&recent, &first, "key", false);
    ck_assert_str_eq(find(&recent, &first, &is_document), "key");
    ck_assert(!is_document);
    ck_assert_str_eq(find(&recent, &by_head, &is_document), "key");
    keep(&recent, &first, "another", true);
    ck_assert_str_eq(find(&recent, &first, &is_document), "another");
    ck_assert(is_document);
    recent_release(&recent);
}
END_TEST

START_TEST(other_words_do_not)
{
    struct recent recent = {0};
    bool is_document;
    keep(&recent, &first, "key", false);
    ck_assert_ptr_null(find(&recent, &others[_i], &is_document));
    recent_release(&recent);
}
END_TEST

START_TEST(long_requests_are_not_kept)
{
    struct recent recent = {0};
    static char path[RECENT_BYTES_MAX + 1];
    bool is_document;
    memset(path, 'x', sizeof path - 1);
    const struct words words = {path};
    keep(&recent, &words, "key", false);
    ck_assert_ptr_null(find(&recent, &words, &is_document));
    recent_release(&recent);
}
END_TEST

/* More than there are slots: each finds its own key or none. */
START_TEST(slots_are_shared)
{
    struct recent recent = {0};
    bool is_document;
    size_t found = 0;
    char path[32];
    const struct words words = {path};
    for (int i = 0; i < 4 * RECENT_SLOTS; i++) {
        snprintf(path, sizeof path, "/%d", i);
        keep(&recent, &words, path, false);
    }
    for (int i = 0; i < 4 * RECENT_SLOTS; i++) {
        snprintf(path, sizeof path, "/%d", i);
        const char *key = find(&recent, &words, &is_document);
        if (key)
            ck_assert_str_eq(key, path);
        found += key != NULL;
    }
    ck_assert_uint_gt(found, RECENT_SLOTS / 2);
    ck_assert_uint_le(found, RECENT_SLOTS);
    recent_release(&recent);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("recent");
    tcase_add_test(tests, the_same_words_find_their_key);
    tcase_add_loop_test(tests, other_words_do_not, 0, COUNT(others));
    tcase_add_test(tests, long_requests_are_not_kept);
    tcase_add_test(tests, slots_are_shared);
    return check_main(tests);
}
