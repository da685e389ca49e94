#include "format.h"

#include <string.h>

#include "negotiate.h"

/* As Accept names them, and as Content-Type does. Documents have a type of their own in the place of JSON. */
static const struct {
    const char *type;
    const char *content_type;
} types[FORMATS] = {
    [FORMAT_JSON] = {"application/json", "application/json"},
    [FORMAT_CSV] = {"text/csv", "text/csv; charset=utf-8"},
    [FORMAT_ATOM] = {"application/atom+xml", "application/atom+xml"},
    [FORMAT_BIBTEX] = {"application/x-bibtex", "application/x-bibtex; charset=utf-8"},
    [FORMAT_CSL] = {"application/vnd.citationstyles.csl+json",
                    "application/vnd.citationstyles.csl+json"},
};

enum format format_of_path(const char *path, size_t length, size_t *ret_length)
{
    for (enum format format = FORMAT_CSV; format < FORMATS; format++) {
        size_t n = strlen(format_names[format]) + 1;
        if (length > n && path[length - n] == '.' &&
            memcmp(path + length - n + 1, format_names[format], n - 1) == 0) {
            *ret_length = length - n;
            return format;
        }
    }
    return FORMAT_JSON;
}

bool format_offered(const struct route *route, enum format format)
{
    if (format == FORMAT_ATOM)
        return route->feed != NULL;
    if (format == FORMAT_BIBTEX || format == FORMAT_CSL)
        return route->has_citations;
    return format == FORMAT_JSON || route->has_csv;
}

const char *format_content_type(const struct route *route, enum format format)
{
    if (route->content_type)
        return route->content_type;
    return types[format].content_type;
}

/* Says what there is instead. */
static bool not_acceptable(const char *const *offered, size_t n, struct problem *problem)
{
    struct buffer all = {0};
    for (size_t i = 0; i < n; i++)
        buffer_format(&all, "%s%s", i > 0 ? " or " : "", offered[i]);
    problem_set(problem, PROBLEM_NOT_ACCEPTABLE, "This is to be had as %s", all.bytes);
    buffer_release(&all);
    return false;
}

/* The format that a client prefers by its header Accept. */
static bool by_accept(const struct route *route, const char *accept, enum format *ret,
                      struct problem *problem)
{
    const char *offered[FORMATS];
    enum format formats[FORMATS];
    size_t n = 0;
    for (enum format format = FORMAT_JSON; format < FORMATS; format++) {
        if (!format_offered(route, format))
            continue;
        formats[n] = format;
        offered[n++] = types[format].type;
    }
    if (route->content_type)
        offered[0] = route->content_type;
    int place = negotiate_type(accept, offered, n);
    if (place < 0)
        return not_acceptable(offered, n, problem);
    *ret = formats[place];
    return true;
}

enum param format_param(const struct route *route)
{
    const enum param *taken = route->taken;
    while (*taken != PARAMS && strcmp(params[*taken].name, "format") != 0)
        taken++;
    return *taken;
}

/* What `format` asks for; the parameter has not all formats among its choices. */
static enum format by_name(const char *name)
{
    enum format format = FORMAT_JSON;
    while (strcmp(format_names[format], name) != 0)
        format++;
    return format;
}

/* By the name of a format in the parameter or in the path, else by Accept. */
static bool choose(const struct route *route, enum format in_path, const struct args *args,
                   const char *accept, enum format *ret, struct problem *problem)
{
    enum param param = format_param(route);
    bool is_asked = param != PARAMS && args->v[param].given;
    if (!is_asked && in_path == FORMAT_JSON)
        return by_accept(route, accept, ret, problem);
    *ret = is_asked ? by_name(params[param].choices[args->v[param].number]) : in_path;
    if (in_path != FORMAT_JSON && *ret != in_path) {
        const char *name = format_names[in_path];
        return problem_invalid(problem, "format", name, "the path says .%s", name);
    }
    return true;
}

/* There is no room for explanations in rows of CSV and in citations. */
bool format_choose(const struct route *route, enum format in_path, const struct args *args,
                   const char *accept, enum format *ret, struct problem *problem)
{
    if (!choose(route, in_path, args, accept, ret, problem))
        return false;
    if (*ret == FORMAT_JSON || args->v[PARAM_EXPLAIN].number == 0)
        return true;
    return problem_invalid(problem, "explain", NULL,
                           "only JSON explains, and this is to be %s: leave `explain` out, or ask "
                           "for format=json",
                           format_names[*ret]);
}
