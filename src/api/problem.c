#include "exportstat/api/problem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int status;
    const char *type;
    const char *title;
} kinds[] = {
    [PROBLEM_BAD_REQUEST] = {400, "bad-request", "The request is not valid"},
    [PROBLEM_UNAUTHORIZED] = {401, "unauthorized", "A token is needed"},
    [PROBLEM_FORBIDDEN] = {403, "forbidden", "This is not allowed"},
    [PROBLEM_NOT_FOUND] = {404, "not-found", "There is no such thing"},
    [PROBLEM_METHOD_NOT_ALLOWED] = {405, "method-not-allowed", "The method is not allowed here"},
    [PROBLEM_NOT_ACCEPTABLE] = {406, "not-acceptable", "No acceptable format"},
    [PROBLEM_CONFLICT] = {409, "conflict", "Something else stands in the way"},
    [PROBLEM_LENGTH_REQUIRED] = {411, "length-required", "The length of the body is not told"},
    [PROBLEM_TOO_LARGE] = {413, "content-too-large", "The body is too large"},
    [PROBLEM_URI_TOO_LONG] = {414, "uri-too-long", "The address is too long"},
    [PROBLEM_MEDIA_TYPE] = {415, "unsupported-media-type", "The body is of another type"},
    [PROBLEM_NO_TOTAL] = {422, "no-total", "The months of this series do not add up"},
    [PROBLEM_FAULTY_BATCH] = {422, "faulty-batch", "Rows of the batch are at fault"},
    [PROBLEM_KEY_TAKEN] = {422, "key-taken", "The Idempotency-Key came with another batch"},
    [PROBLEM_TOO_MANY] = {429, "too-many-requests", "Too many requests"},
    [PROBLEM_INTERNAL] = {500, "internal", "The service failed"},
    [PROBLEM_UNAVAILABLE] = {503, "unavailable", "The service can not answer now"},
};

void problem_clear(struct problem *problem)
{
    memset(problem, 0, offsetof(struct problem, invalid));
}

bool problem_set(struct problem *problem, enum problem_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    problem->kind = kind;
    vsnprintf(problem->detail, sizeof problem->detail, format, arguments);
    va_end(arguments);
    utf8_trim(problem->detail);
    return false;
}

bool problem_invalid(struct problem *problem, const char *name, const char *suggestion,
                     const char *format, ...)
{
    if (problem->n_invalid == INVALID_MAX)
        return false;
    struct invalid *invalid = &problem->invalid[problem->n_invalid++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(invalid->reason, sizeof invalid->reason, format, arguments);
    va_end(arguments);
    utf8_trim(invalid->reason);
    snprintf(invalid->name, sizeof invalid->name, "%s", name);
    utf8_trim(invalid->name);
    snprintf(invalid->suggestion, sizeof invalid->suggestion, "%s", suggestion ? suggestion : "");
    return problem_set(problem, PROBLEM_BAD_REQUEST,
                       "%zu parameter%s can not be used: see `invalid`", problem->n_invalid,
                       problem->n_invalid == 1 ? "" : "s");
}

bool problem_slow(struct problem *problem, bool quick)
{
    problem->is_slow = quick;
    return !quick || problem_set(problem, PROBLEM_UNAVAILABLE,
                                 "Too many answers that take long are asked for; try again");
}

bool problem_from(struct problem *problem, const struct error *err)
{
    if (err->kind == ERROR_NOT_FOUND)
        return problem_set(problem, PROBLEM_NOT_FOUND, "%s", err->detail);
    snprintf(problem->log, sizeof problem->log, "%s", err->detail);
    return problem_set(problem, PROBLEM_UNAVAILABLE, "The store can not be used now; try again");
}

int problem_status(const struct problem *problem)
{
    return kinds[problem->kind].status;
}

/* Puts '?' for every byte that is not UTF-8: what clients send is quoted, and may be cut in the middle. */
static void make_valid(char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        size_t n = 1;
        while (n <= 4 && n <= left && !utf8_valid(text, n))
            n++;
        if (n > 4 || n > left) {
            *text = '?';
            n = 1;
        }
        text += n;
        left -= n;
    }
}

void problem_write(const struct problem *problem, struct buffer *to)
{
    char type[64];
    char detail[sizeof problem->detail];
    struct out out = {.to = to};
    memcpy(detail, problem->detail, sizeof detail);
    make_valid(detail);
    snprintf(type, sizeof type, "/problems/%s", kinds[problem->kind].type);
    out_object(&out, NULL);
    out_text(&out, "type", type);
    out_text(&out, "title", kinds[problem->kind].title);
    out_integer(&out, "status", kinds[problem->kind].status);
    out_text(&out, "detail", detail);
    if (problem->n_invalid > 0) {
        out_array(&out, "invalid");
        for (size_t i = 0; i < problem->n_invalid; i++) {
            const struct invalid *invalid = &problem->invalid[i];
            out_object(&out, NULL);
            out_text(&out, "name", invalid->name);
            out_text(&out, "reason", invalid->reason);
            out_text(&out, "suggestion", *invalid->suggestion ? invalid->suggestion : NULL);
            out_object_end(&out);
        }
        out_array_end(&out);
    }
    out_object_end(&out);
    out_end(&out);
}
