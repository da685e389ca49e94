/* What one writes first: for each request a query, a tree of jansson values, and its text. Its table has the
 * observations ready: nothing is resolved. */
#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"

static json_t *column(sqlite3_stmt *row, int i)
{
    switch (sqlite3_column_type(row, i)) {
    case SQLITE_NULL:
        return json_null();
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(row, i));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(row, i));
    default:
        return json_string((const char *)sqlite3_column_text(row, i));
    }
}

static char *answer(sqlite3_stmt *rows)
{
    json_t *root = json_object();
    json_t *observations = json_array();
    json_object_set_new(root, "observations", observations);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        json_t *row = json_object();
        for (int i = 0; i < sqlite3_column_count(rows); i++)
            json_object_set_new(row, sqlite3_column_name(rows, i), column(rows, i));
        json_array_append_new(observations, row);
    }
    sqlite3_reset(rows);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **context)
{
    static int seen;
    (void)url, (void)method, (void)version, (void)upload, (void)upload_size;
    if (!*context) {
        *context = &seen;
        return MHD_YES;
    }
    char *text = answer(cls);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    sqlite3_stmt *rows;
    if (argc != 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT * FROM observation ORDER BY period", -1, &rows, NULL) !=
            SQLITE_OK) {
        fputs("usage: naive DATABASE\n", stderr);
        return EXIT_FAILURE;
    }
    return loop_serve(handle, rows);
}
