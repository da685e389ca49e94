/* Text: a buffer that grows, and strict reading of what strangers send. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Bytes on the heap; a zeroed struct is empty. `bytes` has an end after `length` bytes where it is
 * not NULL. */
struct buffer {
    char *bytes;
    size_t length;
    size_t capacity;
};

/* Makes room for `more` bytes and an end beyond what is there. */
void buffer_grow(struct buffer *buffer, size_t more);

/* Makes room for `more` bytes and returns where they go; the caller adds to `length`. These are inline: an answer
 * is written by thousands of them. */
static inline char *buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->capacity - buffer->length <= more)
        buffer_grow(buffer, more);
    return buffer->bytes + buffer->length;
}

static inline void buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
    char *end = buffer_reserve(buffer, length);
    memcpy(end, bytes, length);
    end[length] = '\0';
    buffer->length += length;
}

static inline void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

static inline void buffer_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}

void buffer_number(struct buffer *buffer, int64_t number);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));
/* One field of a CSV row, quoted where it must be. */
void buffer_csv(struct buffer *buffer, const char *text, size_t length);
void buffer_release(struct buffer *buffer);

/* Exactly n decimal digits (at most 9); nothing else. */
bool digits_parse(const char *text, size_t n, int *ret);

/* A whole number without sign, blanks or leading zeros, min to max. */
bool number_parse(const char *text, size_t length, int64_t min, int64_t max, int64_t *ret);

/* Well-formed UTF-8 without NUL. */
bool utf8_valid(const char *text, size_t length);

/* How many bytes the first n characters of a text have, or all where there are fewer; the text is UTF-8. */
size_t utf8_bytes(const char *text, size_t n);

/* How many characters a text of UTF-8 has. */
size_t utf8_length(const char *text);

/* Decodes %XX strictly into `out`, which must have room for `length` bytes; `plus` turns + into a blank.
 * False where an escape is malformed or the result is not UTF-8 or has a NUL. */
bool percent_decode(const char *text, size_t length, bool plus, char *out, size_t *ret_length);

/* Adds the text with everything but unreserved characters escaped as %XX. */
void buffer_percent(struct buffer *buffer, const char *text, size_t length);

/* The first character of well-formed UTF-8 that is no text: a control character, one that turns the direction of
 * what follows, or a noncharacter. NULL where there is none; *ret_code is its number. */
const char *text_find_control(const char *text, size_t length, uint32_t *ret_code);

/* Puts '?' for what a terminal would obey. */
void text_make_visible(char *text);

/* The name of the NULL-terminated list that is nearest to the text, or NULL where none is near: at most
 * a third of its length away in insertions, deletions, replacements and swaps of neighbours; else the only one that
 * begins with the text, of three bytes or more. */
const char *nearest_name(const char *text, const char *const *names);

/* A lower-case identifier: a-z, 0-9 and '-', beginning with a letter or digit, 1 to max bytes. */
bool identifier_valid(const char *text, size_t length, size_t max);

/* Cuts a sequence that was cut off at the end of otherwise well-formed UTF-8. */
void utf8_trim(char *text);
