#include "exportstat/base/log.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exportstat/base/date.h"

static char *two_digits(char *at, int number)
{
    *at++ = (char)('0' + number / 10);
    *at++ = (char)('0' + number % 10);
    return at;
}

/* "2025-12-31T23:59:59.999Z": there is a line for each request, and strftime costs more than all the rest of it. The coarse
 * clock is some milliseconds behind at most, and is read in a fifth of the time. */
static void stamp_add(struct buffer *line)
{
    static _Thread_local struct {
        date when; /* whose text is below */
        char text[DATE_TEXT];
    } day = {{-1}, ""};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    date today = {(int32_t)(now.tv_sec / 86400)};
    int second = (int)(now.tv_sec % 86400);
    int millisecond = (int)(now.tv_nsec / 1000000);
    if (day.when.day != today.day)
        date_format(today, day.text);
    day.when = today;
    buffer_add(line, day.text, sizeof day.text - 1);
    char *start = buffer_reserve(line, 16);
    char *at = start;
    *at++ = 'T';
    at = two_digits(at, second / 3600);
    *at++ = ':';
    at = two_digits(at, second / 60 % 60);
    *at++ = ':';
    at = two_digits(at, second % 60);
    *at++ = '.';
    *at++ = (char)('0' + millisecond / 100);
    at = two_digits(at, millisecond % 100);
    *at++ = 'Z';
    *at = '\0';
    line->length += (size_t)(at - start);
}

static enum log_format format = LOG_LOGFMT;
static enum log_level most = LOG_INFO;

static const char *const level_names[] = {"error", "warning", "info"};

void log_configure(enum log_format new_format, enum log_level level)
{
    format = new_format;
    most = level;
}

bool log_takes(enum log_level level)
{
    return level <= most;
}

void log_begin(struct buffer *line, enum log_level level, const char *message)
{
    buffer_text(line, format == LOG_JSON ? "{\"time\":\"" : "time=");
    stamp_add(line);
    if (format == LOG_JSON)
        buffer_char(line, '"');
    log_name(line, "level", level_names[level]);
    log_text(line, "msg", message);
}

static void add_key(struct buffer *line, const char *key)
{
    size_t length = strlen(key);
    char *start = buffer_reserve(line, length + 4);
    char *at = start;
    *at++ = format == LOG_JSON ? ',' : ' ';
    if (format == LOG_JSON)
        *at++ = '"';
    memcpy(at, key, length);
    at += length;
    if (format == LOG_JSON)
        *at++ = '"';
    *at++ = format == LOG_JSON ? ':' : '=';
    *at = '\0';
    line->length += (size_t)(at - start);
}

/* Sets of bytes, a bit for each. */
#define BIT(c) (UINT64_C(1) << ((c)&63))
#define PRINTABLE (~UINT64_C(0) << ' ')
/* What stands between quotes as it is, and what does without any. */
static const uint64_t quotable[4] = {PRINTABLE & ~BIT('"'), ~(BIT(0x7F) | BIT('\\'))};
static const uint64_t plain[4] = {PRINTABLE & ~(BIT(' ') | BIT('"') | BIT('=')),
                                  ~(BIT(0x7F) | BIT('\\'))};

/* How many bytes of a set a value begins with: strspn, which makes its set anew each time. */
static size_t span_of(const char *value, const uint64_t set[4])
{
    size_t length = 0;
    for (; set[(unsigned char)value[length] >> 6] & BIT((unsigned char)value[length]); length++)
        ;
    return length;
}

/* What is no printable ASCII becomes \xNN, of which JSON wants the backslash twice. */
static void add_escaped(struct buffer *line, unsigned char c)
{
    if (c == '"' || c == '\\')
        buffer_char(line, '\\');
    if (c < ' ' || c >= 0x7F)
        buffer_format(line, format == LOG_JSON ? "\\\\x%02x" : "\\x%02x", c);
    else
        buffer_char(line, (char)c);
}

void log_text(struct buffer *line, const char *key, const char *value)
{
    add_key(line, key);
    size_t length = format == LOG_JSON ? 0 : span_of(value, plain);
    if (length > 0 && length <= LOG_VALUE_MAX && !value[length]) {
        buffer_add(line, value, length);
        return;
    }
    buffer_char(line, '"');
    size_t end = line->length + LOG_VALUE_MAX;
    while (*value && line->length <= end) {
        size_t room = end + 1 - line->length;
        length = span_of(value, quotable);
        length = length < room ? length : room;
        buffer_add(line, value, length);
        value += length;
        if (*value && length < room)
            add_escaped(line, (unsigned char)*value++);
    }
    buffer_text(line, *value ? "...\"" : "\"");
}

void log_name(struct buffer *line, const char *key, const char *value)
{
    add_key(line, key);
    if (format == LOG_JSON)
        buffer_char(line, '"');
    buffer_text(line, value);
    if (format == LOG_JSON)
        buffer_char(line, '"');
}

void log_number(struct buffer *line, const char *key, int64_t value)
{
    add_key(line, key);
    buffer_number(line, value);
}

/* How many of the bytes go out at once: whole lines, as many as a pipe takes without waiting. */
static size_t portion(const char *bytes, size_t length)
{
    size_t fitting = length < PIPE_BUF ? length : PIPE_BUF;
    size_t n = fitting;
    while (n > 0 && bytes[n - 1] != '\n')
        n--;
    return n > 0 ? n : fitting;
}

void log_write(struct buffer *lines)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one_at_a_time);
    /* A log that can not be written, or that nobody reads, must not stop the service. */
    for (size_t at = 0; at < lines->length;) {
        struct pollfd to = {.fd = STDERR_FILENO, .events = POLLOUT};
        size_t n = portion(lines->bytes + at, lines->length - at);
        if (poll(&to, 1, 0) != 1 || (to.revents & (POLLERR | POLLNVAL)))
            break;
        ssize_t written = write(STDERR_FILENO, lines->bytes + at, n);
        (void)written;
        at += n;
    }
    pthread_mutex_unlock(&one_at_a_time);
    lines->length = 0;
}

void log_end(struct buffer *line)
{
    log_keep(line);
    log_write(line);
}

void log_keep(struct buffer *line)
{
    buffer_text(line, format == LOG_JSON ? "}\n" : "\n");
}

void log_event(enum log_level level, const char *message, const char *key, const char *value)
{
    struct buffer line = {0};
    if (!log_takes(level))
        return;
    log_begin(&line, level, message);
    log_text(&line, key, value);
    log_end(&line);
    buffer_release(&line);
}
