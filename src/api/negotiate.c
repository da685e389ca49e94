#include "negotiate.h"

#include <string.h>
#include <strings.h>

/* One element of a list such as "gzip;q=0.5, br": its name, and its weight in thousandths. */
struct element {
    const char *name;
    size_t length;
    int weight;
};

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* "1", "0.5", "0.125": a weight in thousandths; what is none counts as 1. */
static int weight_read(const char *text)
{
    int weight = 0;
    int part = 100;
    if (*text != '0' || (text[1] != '.' && text[1] && !strchr(" \t,;", text[1])))
        return 1000;
    if (text[1] == '.') {
        for (const char *digit = text + 2; *digit >= '0' && *digit <= '9'; digit++, part /= 10)
            weight += (*digit - '0') * part;
    }
    return weight;
}

/* Reads the next element; NULL at the end of the list. */
static const char *element_read(const char *list, struct element *ret)
{
    list += strspn(list, " \t,");
    if (*list == '\0')
        return NULL;
    ret->name = list;
    ret->length = strcspn(list, " \t,;");
    ret->weight = 1000;
    list += ret->length;
    for (list = skip_blanks(list); *list == ';'; list = skip_blanks(list)) {
        list = skip_blanks(list + 1);
        if ((*list == 'q' || *list == 'Q') && list[1] == '=')
            ret->weight = weight_read(list + 2);
        list += strcspn(list, ",;");
    }
    return list + strcspn(list, ",");
}

/* How closely a range fits a type: 3 exactly, 2 by its main type, 1 as any, 0 not at all. */
static int fit(const struct element *range, const char *type)
{
    size_t main_type = strcspn(type, "/") + 1;
    if (range->length == strlen(type) && strncasecmp(range->name, type, range->length) == 0)
        return 3;
    if (range->length == main_type + 1 && range->name[main_type] == '*' &&
        strncasecmp(range->name, type, main_type) == 0)
        return 2;
    return range->length == 3 && memcmp(range->name, "*/*", 3) == 0;
}

int negotiate_type(const char *accept, const char *const *types, size_t n)
{
    int best = -1;
    int best_weight = 0;
    struct element range;
    if (!accept || *skip_blanks(accept) == '\0')
        return 0;
    for (size_t i = 0; i < n; i++) {
        int closest = 0;
        int weight = 0;
        for (const char *at = accept; (at = element_read(at, &range));) {
            if (fit(&range, types[i]) > closest) {
                closest = fit(&range, types[i]);
                weight = range.weight;
            }
        }
        if (weight > best_weight) {
            best = (int)i;
            best_weight = weight;
        }
    }
    return best;
}

bool negotiate_is(const char *content_type, const char *type)
{
    const char *at = content_type ? skip_blanks(content_type) : "";
    size_t length = strlen(type);
    return strncasecmp(at, type, length) == 0 &&
           (at[length] == '\0' || strchr("; \t", at[length]) != NULL);
}

bool negotiate_is_utf8(const char *content_type)
{
    static const char name[] = "charset=";
    static const char utf8[] = "utf-8";
    const char *at = strchr(content_type, ';');
    for (; at; at = strchr(at, ';')) {
        at = skip_blanks(at + 1);
        if (strncasecmp(at, name, sizeof name - 1) != 0)
            continue;
        at += sizeof name - 1;
        bool quoted = *at == '"';
        at += quoted;
        if (strncasecmp(at, utf8, sizeof utf8 - 1) != 0)
            return false;
        at += sizeof utf8 - 1;
        if (quoted && *at++ != '"')
            return false;
        at = skip_blanks(at);
        if (*at != '\0' && *at != ';')
            return false;
    }
    return true;
}

bool negotiate_gzip(const char *accept_encoding)
{
    struct element coding;
    int gzip = -1;
    int any = 0;
    for (const char *at = accept_encoding; at && (at = element_read(at, &coding));) {
        bool named = (coding.length == 4 && strncasecmp(coding.name, "gzip", 4) == 0) ||
                     (coding.length == 6 && strncasecmp(coding.name, "x-gzip", 6) == 0);
        if (named)
            gzip = coding.weight;
        else if (coding.length == 1 && *coding.name == '*')
            any = coding.weight;
    }
    return (gzip >= 0 ? gzip : any) > 0;
}

bool negotiate_match(const char *if_none_match, const char *etag)
{
    size_t length = strlen(etag);
    const char *at = skip_blanks(if_none_match);
    if (at[0] == '*' && *skip_blanks(at + 1) == '\0')
        return true;
    while (at) {
        at += strspn(at, " \t,");
        if (strncmp(at, "W/", 2) == 0)
            at += 2;
        if (strncmp(at, etag, length) == 0 && (at[length] == '\0' || strchr(" \t,", at[length])))
            return true;
        at = strchr(at, ',');
    }
    return false;
}
