/* Log lines on stderr, in logfmt: one line an event, written at once. Only http and app log. */
#pragma once

#include "exportstat/base/text.h"

/* Begins a line with its time and level: "info", "warning" or "error". */
void log_begin(struct buffer *line, const char *level, const char *message);
void log_text(struct buffer *line, const char *key,
              const char *value); /* quoted where it must be */
void log_number(struct buffer *line, const char *key, int64_t value);

/* Writes the line, and empties the buffer for the next. */
void log_end(struct buffer *line);

/* A whole line with one value. */
void log_event(const char *level, const char *message, const char *key, const char *value);
