/* Every route of the table, on the bundled data and on a store without any. */
#include "route.h"

#include <stdio.h>
#include <string.h>

#include "../store/fixture.h"
#include "check_main.h"
#include "service.h"

static const char *bundled;
static struct service service;

static void fill(void)
{
    folder_make();
    bundled = bundled_store("routes.db");
}

static void begin(void)
{
    service = service_start(bundled, "build");
}

static void end(void)
{
    service_stop(&service);
}

/* What stands for each variable part of a path. */
static const char *const variables[][2] = {
    {"{period}", "2025-12"},
    {"{series}", "pk-it"},
    {"{source}", "dunya-2025-12-18"},
    {"{claim}", "profit-2022-07-04.pk-goods.mom_pct.2022-06"},
    {"{import}", "1"},
};

/* The address of a route, with `end` after its path. */
static void address_of(const struct route *route, const char *end_of_path, char address[static 200])
{
    const char *variable = strchr(route->pattern, '{');
    const char *text = "";
    if (variable) {
        size_t i = 0;
        while (i < COUNT(variables) && strcmp(variables[i][0], variable) != 0)
            i++;
        ck_assert_msg(i < COUNT(variables), "what stands for %s?", route->pattern);
        text = variables[i][1];
    }
    snprintf(address, 200, "%.*s%s%s", (int)strcspn(route->pattern, "{"), route->pattern, text,
             end_of_path);
}

/* Other methods want a body, and what is not for everybody a token: the tests in http/ send them. */
static bool is_read(const struct route *route)
{
    return route->method == METHOD_GET && !route->needs_token;
}

/* What is no picture is JSON, and every problem is. */
static void check_json(const struct route *route, const struct api_response *response,
                       const char *address)
{
    if (response->status == 200 && route->whole)
        ck_assert_str_eq(response->content_type, route->content_type);
    else
        json_decref(json_of(response, address));
}

static bool is_kept(const struct route *route)
{
    return route->kind != ROUTE_STATE && route->kind != ROUTE_LIVE;
}

static const char *control_of(const struct route *route)
{
    if (route->kind == ROUTE_DOCUMENT)
        return "no-cache";
    return is_kept(route) ? "public, max-age=60" : "no-store";
}

START_TEST(answers_in_json)
{
    const struct route *route = &routes[_i];
    char address[200];
    if (!is_read(route))
        return;
    address_of(route, "", address);
    const struct api_response *response = GET(&service, address);
    ck_assert_msg(response->status == 200, "%s: %d %s", address, response->status,
                  response->body->bytes);
    ck_assert_msg((*response->etag != '\0') == is_kept(route), "%s", address);
    ck_assert_str_eq(response->cache_control, control_of(route));
    ck_assert_int_eq(response->retry_after, 0);
    ck_assert(!response->is_gzip && !response->location && !response->allow);
    if (route->kind == ROUTE_DOCUMENT) {
        ck_assert_str_eq(response->content_type, route->content_type);
        ck_assert_int_eq(response->generation, 0);
        return;
    }
    if (route->whole) {
        ck_assert_str_eq(response->content_type, route->content_type);
        ck_assert_int_eq(response->generation, is_kept(route) ? 2 : 0);
        return;
    }
    ck_assert_str_eq(response->content_type, "application/json");
    json_t *root = json_of(response, address);
    if (is_kept(route)) {
        ck_assert_int_eq(response->generation, 2);
        ck_assert_int_gt(response->last_modified, 0);
    }
    if (route->kind == ROUTE_PER_SERIES || route->kind == ROUTE_LIST) {
        ck_assert(json_is_null(json_object_get(root, "as_of")));
        ck_assert_int_eq(json_integer_value(json_object_get(root, "generation")), 2);
    }
    json_decref(root);
}
END_TEST

START_TEST(answers_in_csv)
{
    const struct route *route = &routes[_i];
    static const char *const ends[] = {".csv", "?format=csv", ".csv?format=csv"};
    char address[200];
    int64_t rows = 0;
    if (!route->has_csv)
        return;
    for (size_t i = 0; i < COUNT(ends); i++) {
        address_of(route, ends[i], address);
        const struct api_response *response = GET(&service, address);
        ck_assert_msg(response->status == 200, "%s: %d", address, response->status);
        ck_assert_str_eq(response->content_type, "text/csv; charset=utf-8");
        rows = csv_rows_of(response, address);
        ck_assert_int_eq(response->generation, 2);
        ck_assert_str_eq(response->cache_state, i == 0 ? "miss" : "hit");
    }
    ck_assert_msg(rows > 0, "%s: no rows", address);
    address_of(route, "", address);
    const struct api_response *response = ASK(&service, .address = address, .accept = "text/csv");
    ck_assert_str_eq(response->cache_state, "hit");
    ck_assert_int_eq(csv_rows_of(response, address), rows);
}
END_TEST

START_TEST(has_no_csv_where_it_has_none)
{
    char address[200];
    if (routes[_i].has_csv || !is_read(&routes[_i]))
        return;
    address_of(&routes[_i], ".csv", address);
    ck_assert_int_eq(GET(&service, address)->status, 404);
    address_of(&routes[_i], "", address);
    ck_assert_int_eq(ASK(&service, .address = address, .accept = "text/csv")->status, 406);
    address_of(&routes[_i], "?format=csv", address);
    ck_assert_int_eq(GET(&service, address)->status, 400);
}
END_TEST

static const char *const as_ofs[] = {"1990-01-01", "2013-12", "2020-06-30", "2199-12-31"};

/* As of any date every list is an answer; what did not exist then is not found. */
START_TEST(answers_as_of_any_date)
{
    const struct route *route = &routes[_i];
    char address[200];
    char end_of_path[32];
    const enum param *taken = route->taken;
    if (!is_read(route))
        return;
    while (*taken != PARAMS && *taken != PARAM_AS_OF)
        taken++;
    if (*taken == PARAMS)
        return;
    for (size_t i = 0; i < COUNT(as_ofs); i++) {
        snprintf(end_of_path, sizeof end_of_path, "?as_of=%s", as_ofs[i]);
        address_of(route, end_of_path, address);
        const struct api_response *response = GET(&service, address);
        bool may_be_missing = route->path_param != PARAMS;
        ck_assert_msg(response->status == 200 || (may_be_missing && response->status == 404),
                      "%s: %d", address, response->status);
        if (response->status == 200)
            ck_assert_str_eq(response->as_of, i == 1 ? "2013-12-31" : as_ofs[i]);
        check_json(route, response, address);
    }
}
END_TEST

/* With every parameter that takes a choice or a number, at each of its ends. */
START_TEST(answers_to_every_choice)
{
    const struct route *route = &routes[_i];
    char address[200];
    char query[100];
    if (!is_read(route))
        return;
    for (const enum param *taken = route->taken; *taken != PARAMS; taken++) {
        const struct param_info *param = &params[*taken];
        int n = param->type == TYPE_NUMBER ? 2 : 0;
        while (param->type == TYPE_CHOICE && param->choices[n])
            n++;
        for (int i = 0; i < n && !param->in_path; i++) {
            if (param->type == TYPE_NUMBER)
                snprintf(query, sizeof query, "?%s=%lld", param->name,
                         (long long)(i ? param->max : param->min));
            else
                snprintf(query, sizeof query, "?%s=%s", param->name, param->choices[i]);
            address_of(route, query, address);
            const struct api_response *response = GET(&service, address);
            ck_assert_msg(response->status == 200, "%s: %d %s", address, response->status,
                          response->body->bytes);
            if (strncmp(response->content_type, "text/csv", 8) == 0)
                csv_rows_of(response, address);
            else if (strcmp(response->content_type, "application/json") == 0)
                json_decref(json_of(response, address));
        }
    }
}
END_TEST

START_TEST(an_empty_store_answers)
{
    const struct route *route = &routes[_i];
    const char *path = path_of("empty.db");
    char address[200];
    if (!is_read(route))
        return;
    store_close(store_made(path));
    struct service empty = service_start(path, "build");
    address_of(route, "", address);
    const struct api_response *response = GET(&empty, address);
    bool needs_series = route->kind == ROUTE_PER_SERIES || route->path_param != PARAMS ||
                        (route->whole && is_kept(route));
    ck_assert_msg(response->status == (needs_series ? 404 : 200), "%s: %d", address,
                  response->status);
    if (route->kind != ROUTE_DOCUMENT)
        check_json(route, response, address);
    service_stop(&empty);
}
END_TEST

/* A series without any report. */
START_TEST(an_empty_series_answers)
{
    const struct route *route = &routes[_i];
    const char *path = path_of("series.db");
    char address[200];
    if (!is_read(route))
        return;
    struct store *store = store_made(path);
    import_well(store, TEXTS(SERIES_HEADER "pk-it,T,,U,sum,7,,default\n"));
    store_close(store);
    struct service one = service_start(path, "build");
    address_of(route, "", address);
    const struct api_response *response = GET(&one, address);
    bool is_part = route->path_param != PARAMS && route->path_param != PARAM_SERIES_ID;
    /* It is part of no other, so that a share has to name one. */
    int expected = is_part ? 404 : strstr(address, "/share") ? 400 : 200;
    ck_assert_msg(response->status == expected, "%s: %d %s", address, response->status,
                  response->body->bytes);
    if (route->kind != ROUTE_DOCUMENT)
        check_json(route, response, address);
    service_stop(&one);
}
END_TEST

START_TEST(the_table_is_sound)
{
    const struct route *route = &routes[_i];
    bool in_path = false;
    size_t n = 0;
    for (const enum param *taken = route->taken; *taken != PARAMS; taken++, n++) {
        in_path |= *taken == route->path_param;
        for (const enum param *other = route->taken; other != taken; other++)
            ck_assert_msg(strcmp(params[*other].name, params[*taken].name) != 0,
                          "%s takes %s twice", route->pattern, params[*taken].name);
    }
    ck_assert_uint_le(n, PARAM_LIST_MAX);
    ck_assert(in_path == (route->path_param != PARAMS));
    ck_assert((strchr(route->pattern, '{') != NULL) == in_path);
    for (int i = 0; i < _i; i++)
        ck_assert_str_ne(routes[i].operation, route->operation);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("routes");
    int n = (int)n_routes;
    tcase_add_unchecked_fixture(tests, fill, folder_remove);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, answers_in_json, 0, n);
    tcase_add_loop_test(tests, answers_in_csv, 0, n);
    tcase_add_loop_test(tests, has_no_csv_where_it_has_none, 0, n);
    tcase_add_loop_test(tests, answers_as_of_any_date, 0, n);
    tcase_add_loop_test(tests, answers_to_every_choice, 0, n);
    tcase_add_loop_test(tests, an_empty_store_answers, 0, n);
    tcase_add_loop_test(tests, an_empty_series_answers, 0, n);
    tcase_add_loop_test(tests, the_table_is_sound, 0, n);
    return check_main(tests);
}
