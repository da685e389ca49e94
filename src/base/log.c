#include "exportstat/base/log.h"

#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void log_begin(struct buffer *line, const char *level, const char *message)
{
    struct timespec now;
    struct tm utc;
    char stamp[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
    line->length = 0;
    buffer_format(line, "time=%s.%03dZ level=%s", stamp, (int)(now.tv_nsec / 1000000), level);
    log_text(line, "msg", message);
}

static bool is_plain(const char *value)
{
    if (*value == '\0')
        return false;
    for (; *value; value++) {
        if ((unsigned char)*value <= ' ' || *value == '"' || *value == '=' || *value == '\\' ||
            (unsigned char)*value >= 0x7F)
            return false;
    }
    return true;
}

void log_text(struct buffer *line, const char *key, const char *value)
{
    buffer_format(line, " %s=", key);
    if (is_plain(value)) {
        buffer_text(line, value);
        return;
    }
    buffer_char(line, '"');
    for (; *value; value++) {
        unsigned char c = (unsigned char)*value;
        if (c == '"' || c == '\\')
            buffer_char(line, '\\');
        if (c < ' ' || c >= 0x7F)
            buffer_format(line, "\\x%02x", c);
        else
            buffer_char(line, (char)c);
    }
    buffer_char(line, '"');
}

void log_number(struct buffer *line, const char *key, int64_t value)
{
    buffer_format(line, " %s=%lld", key, (long long)value);
}

void log_end(struct buffer *line)
{
    buffer_char(line, '\n');
    /* A log that can not be written, or that nobody reads, must not stop the service. */
    struct pollfd to = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&to, 1, 0) == 1 && !(to.revents & (POLLERR | POLLNVAL))) {
        ssize_t written = write(STDERR_FILENO, line->bytes, line->length);
        (void)written;
    }
    line->length = 0;
}

void log_event(const char *level, const char *message, const char *key, const char *value)
{
    struct buffer line = {0};
    log_begin(&line, level, message);
    log_text(&line, key, value);
    log_end(&line);
    buffer_release(&line);
}
