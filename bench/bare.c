/* The limit: libmicrohttpd with one shared response in memory. The response is one of the service's own, header and
 * body, as `curl -i` writes it to a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loop.h"

enum { RESPONSE_MAX = 1024 * 1024 };

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
    return MHD_queue_response(connection, MHD_HTTP_OK, cls);
}

/* libmicrohttpd writes these itself. */
static int is_own(const char *name)
{
    return strcasecmp(name, "Date") == 0 || strcasecmp(name, "Content-Length") == 0 ||
           strcasecmp(name, "Connection") == 0;
}

static struct MHD_Response *response_read(char *text, size_t length)
{
    char *end = strstr(text, "\r\n\r\n");
    if (!end)
        return NULL;
    char *body = end + 4;
    struct MHD_Response *response = MHD_create_response_from_buffer(length - (size_t)(body - text),
                                                                    body, MHD_RESPMEM_PERSISTENT);
    end[2] = '\0';
    for (char *line = strstr(text, "\r\n") + 2; *line;) {
        char *next = strstr(line, "\r\n");
        char *value = strstr(line, ": ");
        *next = *value = '\0';
        if (!is_own(line))
            MHD_add_response_header(response, line, value + 2);
        line = next + 2;
    }
    return response;
}

int main(int argc, char **argv)
{
    static char text[RESPONSE_MAX];
    FILE *file = argc == 2 ? fopen(argv[1], "re") : NULL;
    if (!file) {
        fputs("usage: bare RESPONSE\n", stderr);
        return EXIT_FAILURE;
    }
    struct MHD_Response *response = response_read(text, fread(text, 1, RESPONSE_MAX - 1, file));
    fclose(file);
    return response ? loop_serve(handle, response) : EXIT_FAILURE;
}
