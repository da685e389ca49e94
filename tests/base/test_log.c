/* Log lines as they come out at the other end of a pipe. */
#include "exportstat/base/log.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check_main.h"

static int reading; /* the end of the pipe that standard error goes into */

static void begin(void)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    reading = ends[0];
    ck_assert_int_eq(fcntl(reading, F_SETFL, O_NONBLOCK), 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
}

/* All that is in the pipe. */
static void collect(struct buffer *to)
{
    char bytes[4096];
    for (ssize_t n; (n = read(reading, bytes, sizeof bytes)) > 0;)
        buffer_add(to, bytes, (size_t)n);
}

START_TEST(a_line_has_its_time_and_fields)
{
    struct buffer line = {0};
    struct buffer out = {0};
    log_begin(&line, LOG_INFO, "two words");
    log_text(&line, "plain", "a/b?c");
    log_text(&line, "odd", "a\"b\\c\nd");
    log_text(&line, "empty", "");
    log_number(&line, "number", -12);
    log_end(&line);
    ck_assert_uint_eq(line.length, 0);
    collect(&out);
    int year;
    int parts[5];
    int milliseconds;
    ck_assert_int_eq(sscanf(out.bytes, "time=%4d-%2d-%2dT%2d:%2d:%2d.%3dZ ", &year, &parts[0],
                            &parts[1], &parts[2], &parts[3], &parts[4], &milliseconds),
                     7);
    ck_assert_str_eq(
        strchr(out.bytes, ' '),
        " level=info msg=\"two words\" plain=a/b?c odd=\"a\\\"b\\\\c\\x0ad\" empty=\"\" "
        "number=-12\n");
    buffer_release(&line);
    buffer_release(&out);
}
END_TEST

START_TEST(a_line_may_be_json)
{
    struct buffer line = {0};
    struct buffer out = {0};
    log_configure(LOG_JSON, LOG_INFO);
    log_begin(&line, LOG_WARNING, "two words");
    log_text(&line, "odd", "a\"b\\c\nd\xff");
    log_text(&line, "empty", "");
    log_number(&line, "number", -12);
    log_end(&line);
    log_configure(LOG_LOGFMT, LOG_INFO);
    collect(&out);
    ck_assert_uint_eq(strspn(out.bytes, "{\"time:"), strlen("{\"time\":\""));
    ck_assert_str_eq(strchr(out.bytes, ','),
                     ",\"level\":\"warning\",\"msg\":\"two words\",\"odd\":"
                     "\"a\\\"b\\\\c\\\\x0ad\\\\xff\",\"empty\":\"\",\"number\":-12}\n");
    buffer_release(&line);
    buffer_release(&out);
}
END_TEST

START_TEST(levels_leave_lines_out)
{
    static const enum log_level levels[] = {LOG_ERROR, LOG_WARNING, LOG_INFO};
    for (size_t most = 0; most < COUNT(levels); most++) {
        struct buffer out = {0};
        log_configure(LOG_LOGFMT, levels[most]);
        for (size_t i = 0; i < COUNT(levels); i++) {
            ck_assert(log_takes(levels[i]) == (i <= most));
            log_event(levels[i], "event", "i", "x");
        }
        size_t n = 0;
        collect(&out);
        for (size_t i = 0; i < out.length; i++)
            n += out.bytes[i] == '\n';
        ck_assert_uint_eq(n, most + 1);
        buffer_release(&out);
    }
    log_configure(LOG_LOGFMT, LOG_INFO);
}
END_TEST

START_TEST(lines_are_kept_until_they_are_written)
{
    struct buffer lines = {0};
    struct buffer out = {0};
    char number[8];
    for (int i = 0; i < 200; i++) {
        log_begin(&lines, LOG_INFO, "line");
        log_number(&lines, "i", i);
        log_keep(&lines);
    }
    collect(&out);
    ck_assert_uint_eq(out.length, 0);
    ck_assert_uint_gt(lines.length, 2 * PIPE_BUF);
    log_write(&lines);
    collect(&out);
    const char *at = out.bytes;
    for (int i = 0; i < 200; i++) {
        snprintf(number, sizeof number, "i=%d\n", i);
        at = strstr(at, number);
        ck_assert_ptr_nonnull(at);
    }
    ck_assert_str_eq(at, "i=199\n");
    buffer_release(&lines);
    buffer_release(&out);
}
END_TEST

START_TEST(a_long_value_is_cut)
{
    static const struct {
        size_t length;
        char fill;
        bool is_cut;
    } values[] = {
        {LOG_VALUE_MAX, 'x', false},     {LOG_VALUE_MAX + 10, 'x', true}, {100000, 'x', true},
        {LOG_VALUE_MAX / 2, '"', false}, {LOG_VALUE_MAX, '\xC3', true},   {100000, '\xC3', true},
    };
    for (size_t i = 0; i < 2 * COUNT(values); i++) {
        struct buffer line = {0};
        struct buffer text = {0};
        log_configure(i % 2 ? LOG_JSON : LOG_LOGFMT, LOG_INFO);
        while (text.length < values[i / 2].length)
            buffer_char(&text, values[i / 2].fill);
        log_begin(&line, LOG_INFO, "long");
        log_text(&line, "one", text.bytes);
        log_text(&line, "two", text.bytes);
        log_number(&line, "end", 7);
        ck_assert_uint_lt(line.length, PIPE_BUF);
        ck_assert((strstr(line.bytes, "...\"") != NULL) == values[i / 2].is_cut);
        ck_assert_ptr_nonnull(strstr(line.bytes, i % 2 ? "\"end\":7" : " end=7"));
        buffer_release(&line);
        buffer_release(&text);
    }
    log_configure(LOG_LOGFMT, LOG_INFO);
}
END_TEST

/* A reader that has stopped: what no longer fits is lost, and nobody waits. */
START_TEST(a_full_pipe_stops_nothing)
{
    struct buffer lines = {0};
    struct buffer out = {0};
    char path[900];
    memset(path, 0xC3, sizeof path);
    path[sizeof path - 1] = '\0';
    for (int i = 0; i < 10000; i++) {
        log_begin(&lines, LOG_INFO, "line");
        if (i % 10 == 0)
            log_text(&lines, "path", path);
        log_keep(&lines);
        if (lines.length > PIPE_BUF)
            log_write(&lines);
    }
    log_write(&lines);
    collect(&out);
    ck_assert_uint_gt(out.length, PIPE_BUF);
    ck_assert_int_eq(out.bytes[out.length - 1], '\n');
    buffer_release(&lines);
    buffer_release(&out);
}
END_TEST

START_TEST(nothing_is_written_of_nothing)
{
    struct buffer lines = {0};
    log_write(&lines);
    ck_assert_ptr_null(lines.bytes);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("log");
    tcase_add_checked_fixture(tests, begin, NULL);
    tcase_add_test(tests, a_line_has_its_time_and_fields);
    tcase_add_test(tests, a_line_may_be_json);
    tcase_add_test(tests, levels_leave_lines_out);
    tcase_add_test(tests, lines_are_kept_until_they_are_written);
    tcase_add_test(tests, a_long_value_is_cut);
    tcase_add_test(tests, a_full_pipe_stops_nothing);
    tcase_add_test(tests, nothing_is_written_of_nothing);
    return check_main(tests);
}
