/* Log lines on stderr, one line an event: in logfmt, or each a JSON object with the same names. Only http and app log.
 *
 * Nobody waits for whoever reads the log: a line is short enough for a pipe to take it whole or not at all, and what it
 * does not take at once is lost. */
#pragma once

#include "exportstat/base/text.h"

enum log_format { LOG_LOGFMT, LOG_JSON };
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO };

/* Bytes of a value as it is written; where there are more, "..." stands for the rest. */
enum { LOG_VALUE_MAX = 1500 };

/* In which format lines are from here on, and up to which level they are written. To be said before any thread begins. */
void log_configure(enum log_format format, enum log_level level);

/* Whether lines of a level are written; who builds one asks before. */
bool log_takes(enum log_level level);

/* Begins a line, after others that are kept, with its time and level. */
void log_begin(struct buffer *line, enum log_level level, const char *message);
void log_text(struct buffer *line, const char *key,
              const char *value); /* quoted where it must be */
void log_name(struct buffer *line, const char *key,
              const char *value); /* of our own: nothing in it to quote, and not empty */
void log_number(struct buffer *line, const char *key, int64_t value);

/* Ends the line and writes it, after those kept before it. */
void log_end(struct buffer *line);

/* Ends the line and keeps it, to be written with others: one system call for each line would cost more than the
 * line. */
void log_keep(struct buffer *line);

/* Writes the lines that are kept, and empties the buffer. */
void log_write(struct buffer *lines);

/* A whole line with one value, if its level is written. */
void log_event(enum log_level level, const char *message, const char *key, const char *value);
