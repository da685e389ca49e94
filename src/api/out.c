#include "exportstat/api/out.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Whether one of eight bytes may need an escape; rarely true where none does. */
static bool may_escape(const char *text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t tops = ones << 7;
    uint64_t word;
    memcpy(&word, text, sizeof word);
    uint64_t quote = word ^ (ones * '"');
    uint64_t backslash = word ^ (ones * '\\');
    return (((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) |
            ((backslash - ones) & ~backslash)) &
           tops;
}

/* Whether all bytes stand for themselves, as they nearly always do. */
static bool is_plain(const char *text, size_t length)
{
    bool found = false;
    if (length < 8) {
        for (size_t i = 0; i < length; i++)
            found |= (unsigned char)text[i] < ' ' || text[i] == '"' || text[i] == '\\';
        return !found;
    }
    for (size_t i = 0; i + 8 < length; i += 8)
        found |= may_escape(text + i);
    return !found && !may_escape(text + length - 8);
}

/* How many bytes from here on stand for themselves. */
static size_t plain_length(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && (unsigned char)text[n] >= ' ' && text[n] != '"' && text[n] != '\\')
        n++;
    return n;
}

/* A text in quotes that needs no escapes. */
static void json_name(struct buffer *to, const char *text, size_t length)
{
    char *at = buffer_reserve(to, length + 2);
    at[0] = '"';
    memcpy(at + 1, text, length);
    at[length + 1] = '"';
    at[length + 2] = '\0';
    to->length += length + 2;
}

/* Escapes a string as RFC 8259, section 7, asks: quotes, backslashes and control characters. */
static void json_string(struct buffer *to, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    size_t length = strlen(text);
    const char *end = text + length;
    if (is_plain(text, length)) {
        json_name(to, text, length);
        return;
    }
    buffer_char(to, '"');
    for (const char *from = text;;) {
        size_t plain = plain_length(from, (size_t)(end - from));
        buffer_add(to, from, plain);
        from += plain;
        if (*from == '\0')
            break;
        if (*from == '"' || *from == '\\') {
            buffer_char(to, '\\');
            buffer_char(to, *from);
        } else if (*from == '\n') {
            buffer_text(to, "\\n");
        } else {
            const char escape[] = {'\\', 'u', '0', '0', hex[*from >> 4], hex[*from & 15]};
            buffer_add(to, escape, sizeof escape);
        }
        from++;
    }
    buffer_char(to, '"');
}

static size_t column_of(const struct out *out, const char *key)
{
    size_t i = 0;
    while (i < out->n_columns && strcmp(out->columns[i], key) != 0)
        i++;
    return i;
}

static void cell(struct out *out, const char *key, const char *bytes, size_t length)
{
    if (!out->in_row || out->depth > 0 || !key)
        return;
    size_t i = column_of(out, key);
    if (i == out->n_columns)
        return;
    out->cell_start[i] = out->cells.length;
    buffer_csv(&out->cells, bytes, length);
    out->cell_length[i] = out->cells.length - out->cell_start[i];
}

static void begin_value(struct out *out, const char *key)
{
    if (!key) {
        if (out->comma)
            buffer_char(out->to, ',');
        out->comma = true;
        return;
    }
    /* Keys are our own names: nothing in them to escape. */
    size_t length = strlen(key);
    char *start = buffer_reserve(out->to, length + 4);
    char *at = start;
    if (out->comma)
        *at++ = ',';
    out->comma = true;
    *at++ = '"';
    memcpy(at, key, length);
    at += length;
    *at++ = '"';
    *at++ = ':';
    *at = '\0';
    out->to->length += (size_t)(at - start);
}

static void open_value(struct out *out, const char *key, char bracket)
{
    if (out->csv) {
        out->depth += out->in_row;
        return;
    }
    begin_value(out, key);
    buffer_char(out->to, bracket);
    out->comma = false;
}

static void close_value(struct out *out, char bracket)
{
    if (out->csv) {
        out->depth -= out->in_row;
        return;
    }
    buffer_char(out->to, bracket);
    out->comma = true;
}

void out_object(struct out *out, const char *key)
{
    open_value(out, key, '{');
}

void out_object_end(struct out *out)
{
    close_value(out, '}');
}

void out_array(struct out *out, const char *key)
{
    open_value(out, key, '[');
}

void out_array_end(struct out *out)
{
    close_value(out, ']');
}

void out_rows(struct out *out, const char *key, const char *const *columns)
{
    if (!out->csv) {
        out_array(out, key);
        return;
    }
    out->columns = columns;
    out->n_columns = 0;
    while (columns[out->n_columns])
        out->n_columns++;
    assert(out->n_columns <= OUT_COLUMNS_MAX);
    for (size_t i = 0; !out->header_written && i < out->n_columns; i++) {
        if (i > 0)
            buffer_char(out->to, ',');
        buffer_text(out->to, columns[i]);
    }
    if (!out->header_written)
        buffer_char(out->to, '\n');
    out->header_written = true;
}

void out_row(struct out *out)
{
    if (!out->csv) {
        if (out->comma)
            buffer_char(out->to, ',');
        out->comma = false;
        buffer_char(out->to, '\n');
        out_object(out, NULL);
        return;
    }
    out->in_row = true;
    out->cells.length = 0;
    memset(out->cell_length, 0, sizeof out->cell_length);
    if (out->series)
        out_text(out, "series", out->series);
}

void out_row_end(struct out *out)
{
    if (!out->csv) {
        out_object_end(out);
        return;
    }
    for (size_t i = 0; i < out->n_columns; i++) {
        if (i > 0)
            buffer_char(out->to, ',');
        if (out->cell_length[i] > 0)
            buffer_add(out->to, out->cells.bytes + out->cell_start[i], out->cell_length[i]);
    }
    buffer_char(out->to, '\n');
    out->in_row = false;
}

void out_row_written(struct out *out, const char *bytes, size_t length)
{
    char *at = buffer_reserve(out->to, length + 2);
    size_t n = 0;
    if (out->comma)
        at[n++] = ',';
    at[n++] = '\n';
    memcpy(at + n, bytes, length);
    n += length;
    at[n] = '\0';
    out->to->length += n;
    out->comma = true;
}

void out_rows_end(struct out *out)
{
    if (!out->csv)
        out_array_end(out);
}

/* A value that is written alike in both: a number, true or false. */
static void plain(struct out *out, const char *key, const char *bytes, size_t length)
{
    if (out->csv) {
        cell(out, key, bytes, length);
        return;
    }
    begin_value(out, key);
    buffer_add(out->to, bytes, length);
}

void out_text(struct out *out, const char *key, const char *text)
{
    if (!text) {
        out_null(out, key);
    } else if (out->csv) {
        cell(out, key, text, strlen(text));
    } else {
        begin_value(out, key);
        json_string(out->to, text);
    }
}

void out_name(struct out *out, const char *key, const char *name)
{
    size_t length = strlen(name);
    if (out->csv) {
        cell(out, key, name, length);
        return;
    }
    begin_value(out, key);
    json_name(out->to, name, length);
}

void out_integer(struct out *out, const char *key, int64_t value)
{
    struct buffer *to = out->to;
    if (out->csv) {
        char text[AMOUNT_TEXT];
        cell(out, key, text, ratio_format(ratio_of(value, 1), 0, text));
        return;
    }
    begin_value(out, key);
    buffer_number(to, value);
}

void out_boolean(struct out *out, const char *key, bool value)
{
    plain(out, key, value ? "true" : "false", value ? 4 : 5);
}

void out_null(struct out *out, const char *key)
{
    if (!out->csv)
        plain(out, key, "null", 4);
}

void out_amount(struct out *out, const char *key, amount value)
{
    char text[AMOUNT_TEXT];
    plain(out, key, text, amount_format(value, text));
}

void out_ratio(struct out *out, const char *key, struct ratio value)
{
    char text[AMOUNT_TEXT];
    plain(out, key, text, ratio_format(value, out->decimals, text));
}

void out_low(struct out *out, const char *key, struct ratio value)
{
    char text[AMOUNT_TEXT];
    plain(out, key, text, ratio_format_down(value, out->decimals, text));
}

void out_high(struct out *out, const char *key, struct ratio value)
{
    char text[AMOUNT_TEXT];
    plain(out, key, text, ratio_format_up(value, out->decimals, text));
}

void out_real(struct out *out, const char *key, double value)
{
    char text[AMOUNT_TEXT];
    if (!isfinite(value) || fabs(value) >= REAL_LIMIT)
        out_null(out, key); /* no number, where a number would mislead */
    else
        plain(out, key, text, real_format(value, out->decimals, text));
}

int decimals_for(double value, int digits)
{
    double left = fabs(value);
    while (left >= 1 && digits > 0) {
        left /= 10;
        digits--;
    }
    return digits < DECIMALS_MAX ? digits : DECIMALS_MAX;
}

void out_estimate(struct out *out, const char *key, double value)
{
    int decimals = out->decimals;
    int most = decimals_for(value, ESTIMATE_DIGITS);
    out->decimals = most < decimals ? most : decimals;
    out_real(out, key, value);
    out->decimals = decimals;
}

void out_date(struct out *out, const char *key, date value)
{
    char text[DATE_TEXT];
    date_format(value, text);
    out_name(out, key, text);
}

void out_names(struct out *out, const char *key, const char *const *names, size_t n)
{
    if (out->csv) {
        struct buffer joined = {0};
        for (size_t i = 0; i < n; i++)
            buffer_format(&joined, "%s%s", i > 0 ? ";" : "", names[i]);
        cell(out, key, joined.bytes, joined.length);
        buffer_release(&joined);
        return;
    }
    out_array(out, key);
    for (size_t i = 0; i < n; i++)
        out_name(out, NULL, names[i]);
    out_array_end(out);
}

void out_raw(struct out *out, const char *bytes, size_t length)
{
    buffer_add(out->to, bytes, length);
}

void out_end(struct out *out)
{
    if (!out->csv)
        buffer_char(out->to, '\n');
}

void out_release(struct out *out)
{
    buffer_release(&out->cells);
}
