#include "exportstat/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exportstat/base/arena.h"

void buffer_grow(struct buffer *buffer, size_t more)
{
    size_t need = buffer->length + more + 1;
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < need)
        capacity *= 2;
    buffer->bytes = must_realloc(buffer->bytes, capacity);
    buffer->capacity = capacity;
}

void buffer_number(struct buffer *buffer, int64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        digits[--at] = '-';
    buffer_add(buffer, digits + at, sizeof digits - at);
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *end = buffer_reserve(buffer, (size_t)length);
    va_start(arguments, format);
    vsnprintf(end, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
}

void buffer_csv(struct buffer *buffer, const char *text, size_t length)
{
    if (length == 0 || (!memchr(text, '"', length) && !memchr(text, ',', length) &&
                        !memchr(text, '\n', length) && !memchr(text, '\r', length))) {
        buffer_add(buffer, length > 0 ? text : "", length);
        return;
    }
    buffer_char(buffer, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            buffer_char(buffer, '"');
        buffer_char(buffer, text[i]);
    }
    buffer_char(buffer, '"');
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

bool digits_parse(const char *text, size_t n, int *ret)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret = value;
    return true;
}

bool number_parse(const char *text, size_t length, int64_t min, int64_t max, int64_t *ret)
{
    int64_t value = 0;
    if (length == 0 || length > 18 || (text[0] == '0' && length > 1))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    if (value < min || value > max)
        return false;
    *ret = value;
    return true;
}

/* The length of the well-formed sequence at text, or 0 (table 3-7 of the Unicode standard). */
static size_t utf8_sequence(const unsigned char *text, size_t length)
{
    unsigned char lead = text[0];
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t n;
    if (lead < 0x80)
        return lead != 0;
    if (lead >= 0xC2 && lead <= 0xDF)
        n = 2;
    else if ((lead & 0xF0) == 0xE0)
        n = 3;
    else if (lead >= 0xF0 && lead <= 0xF4)
        n = 4;
    else
        return 0;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (n > length || text[1] < low || text[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    return n;
}

/* How many of the first bytes are sure to be ASCII but NUL, eight at a time: of most texts, nearly all. */
static size_t ascii_prefix(const unsigned char *text, size_t length)
{
    static const uint64_t ones = 0x0101010101010101;
    size_t n = 0;
    for (uint64_t word; n + sizeof word <= length; n += sizeof word) {
        memcpy(&word, text + n, sizeof word);
        /* The high bit of a byte is set in one that is not ASCII, and comes up in one below 1. */
        if ((word | (word - ones)) & ones << 7)
            break;
    }
    return n;
}

bool utf8_valid(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = ascii_prefix(bytes, length); i < length;) {
        size_t n = utf8_sequence(bytes + i, length - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

static bool goes_on(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t utf8_bytes(const char *text, size_t n)
{
    size_t i = 0;
    while (text[i] && n > 0) {
        i++;
        n -= !goes_on(text[i]);
    }
    return i;
}

size_t utf8_length(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += !goes_on(*text);
    return n;
}

/* The number of a character of n bytes. */
static uint32_t utf8_code(const unsigned char *bytes, size_t n)
{
    static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = bytes[0] & masks[n];
    for (size_t i = 1; i < n; i++)
        code = code << 6 | (bytes[i] & 0x3F);
    return code;
}

static bool is_control(uint32_t code)
{
    return code < ' ' || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || (code & 0xFFFE) == 0xFFFE;
}

const char *text_find_control(const char *text, size_t length, uint32_t *ret_code)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0, n; i < length; i += n) {
        n = utf8_sequence(bytes + i, length - i);
        if (n == 0)
            return NULL;
        *ret_code = utf8_code(bytes + i, n);
        if (is_control(*ret_code))
            return text + i;
    }
    return NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool percent_decode(const char *text, size_t length, bool plus, char *out, size_t *ret_length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            if (length - i < 3 || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0)
                return false;
            c = (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[n++] = c;
    }
    *ret_length = n;
    return utf8_valid(out, n);
}

void buffer_percent(struct buffer *buffer, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            buffer_char(buffer, c);
        else
            buffer_format(buffer, "%%%02X", (unsigned char)c);
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum { NAME_MAX_COMPARED = 63 };

/* Optimal string alignment distance (Damerau 1964, without repeated edits of one place). */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *before_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] =
                smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], before_above[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

/* The only name that begins with the text. */
static const char *begun_name(const char *text, size_t length, const char *const *names)
{
    const char *found = NULL;
    for (; *names && length >= 3; names++) {
        if (strncmp(*names, text, length) != 0)
            continue;
        if (found)
            return NULL;
        found = *names;
    }
    return found;
}

const char *nearest_name(const char *text, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = SIZE_MAX;
    size_t length = strlen(text);
    if (length > NAME_MAX_COMPARED)
        return NULL;
    for (const char *const *name = names; *name; name++) {
        size_t name_length = strlen(*name);
        if (name_length > NAME_MAX_COMPARED)
            continue;
        size_t distance = edit_distance(text, length, *name, name_length);
        size_t near = (name_length > length ? name_length : length) / 3;
        if (distance <= (near > 0 ? near : 1) && distance < best_distance) {
            best = *name;
            best_distance = distance;
        }
    }
    return best ? best : begun_name(text, length, names);
}

bool identifier_valid(const char *text, size_t length, size_t max)
{
    if (length == 0 || length > max || text[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

void utf8_trim(char *text)
{
    size_t length = strlen(text);
    for (int cut = 0; cut < 3 && !utf8_valid(text, length); cut++)
        text[--length] = '\0';
}

void text_make_visible(char *text)
{
    uint32_t code;
    const char *at;
    while ((at = text_find_control(text, strlen(text), &code)) != NULL) {
        size_t bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        memset(text + (at - text), '?', bytes);
    }
}
