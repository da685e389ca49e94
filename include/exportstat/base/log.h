/* Log lines on stderr, in logfmt: one line an event. Only http and app log. */
#pragma once

#include "exportstat/base/text.h"

/* Begins a line, after others that are kept, with its time and level: "info", "warning" or "error". */
void log_begin(struct buffer *line, const char *level, const char *message);
void log_text(struct buffer *line, const char *key,
              const char *value); /* quoted where it must be */
void log_number(struct buffer *line, const char *key, int64_t value);

/* Ends the line and writes it, after those kept before it. */
void log_end(struct buffer *line);

/* Ends the line and keeps it, to be written with others: one system call for each line would cost more than the
 * line. */
void log_keep(struct buffer *line);

/* Writes the lines that are kept, and empties the buffer. */
void log_write(struct buffer *lines);

/* A whole line with one value. */
void log_event(const char *level, const char *message, const char *key, const char *value);
