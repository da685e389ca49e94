#include "exportstat/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    err->kind = kind;
    vsnprintf(err->detail, sizeof err->detail, format, arguments);
    va_end(arguments);
    return false;
}

bool error_prefix(struct error *err, const char *format, ...)
{
    char before[sizeof err->detail];
    char after[sizeof err->detail];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(before, sizeof before, format, arguments);
    va_end(arguments);
    memcpy(after, err->detail, sizeof after);
    snprintf(err->detail, sizeof err->detail, "%.200s: %.300s", before, after);
    return false;
}
