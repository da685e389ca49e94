#include "exportstat/store/csv.h"

#include <errno.h>
#include <string.h>

static bool fault(const struct csv *csv, struct error *reterr, const char *what)
{
    return error_set(reterr, ERROR_INPUT, "%s:%ld: %s", csv->name, csv->line, what);
}

/* Adds a byte of a field; there is room for the longest row. */
static inline bool put(struct csv *csv, int c, struct error *reterr)
{
    if (csv->row.length >= CSV_ROW_MAX)
        return fault(csv, reterr, "a row is longer than 65536 bytes");
    csv->is_plain &= c > 0 && c < 0x80;
    csv->row.bytes[csv->row.length++] = (char)c;
    return true;
}

static bool field_end(struct csv *csv, struct error *reterr)
{
    csv->row.bytes[csv->row.length++] = '\0';
    if (csv->n == CSV_FIELDS_MAX)
        return fault(csv, reterr, "more than 32 fields");
    csv->start[++csv->n] = csv->row.length;
    return true;
}

/* The rest of a quoted field, after its first quote; *ret_next is the byte that follows the last one. */
static bool quoted(struct csv *csv, int *ret_next, struct error *reterr)
{
    for (;;) {
        int c = getc_unlocked(csv->file);
        if (c == '"') {
            c = getc_unlocked(csv->file);
            if (c != '"') {
                *ret_next = c;
                break;
            }
        }
        if (c == EOF)
            return fault(csv, reterr, "a quoted field has no end: the file may be cut off");
        csv->next_line += c == '\n';
        if (!put(csv, c, reterr))
            return false;
    }
    if (*ret_next != ',' && *ret_next != '\n' && *ret_next != '\r')
        return fault(csv, reterr,
                     *ret_next == EOF ? "the last line has no end: the file may be cut off"
                                      : "text follows a closing quote");
    return true;
}

/* Adds bytes that mean nothing but themselves, from `c` on, and returns the one after them: nearly all bytes come this
 * way, and it has the least to do for each. */
static int plain_read(struct csv *csv, int c)
{
    static const bool means_more[256] = {
        ['\0'] = true, ['"'] = true, [','] = true, ['\n'] = true, ['\r'] = true};
    char *to = csv->row.bytes + csv->row.length;
    const char *end = csv->row.bytes + CSV_ROW_MAX;
    int all = 0;
    while (c != EOF && !means_more[c] && to < end) {
        *to++ = (char)c;
        all |= c;
        c = getc_unlocked(csv->file);
    }
    csv->is_plain &= all < 0x80;
    csv->row.length = (size_t)(to - csv->row.bytes);
    return c;
}

/* One line into fields; `c` is its first byte. */
static bool row_read(struct csv *csv, int c, struct error *reterr)
{
    bool fresh = true; /* at the start of a field */
    for (;; c = getc_unlocked(csv->file)) {
        size_t before = csv->row.length;
        c = plain_read(csv, c);
        fresh = fresh && csv->row.length == before;
        if (c == '"' && fresh) {
            if (!quoted(csv, &c, reterr))
                return false;
        } else if (c == '"') {
            return fault(csv, reterr, "a quote inside a field that does not begin with one");
        }
        if (c == '\r') {
            c = getc_unlocked(csv->file);
            if (c != '\n')
                return fault(csv, reterr, "a carriage return inside a line");
        }
        if (c == EOF)
            return fault(csv, reterr, "the last line has no end: the file may be cut off");
        fresh = c == ',';
        if (c == ',' || c == '\n') {
            if (!field_end(csv, reterr))
                return false;
            if (c == '\n')
                return true;
        } else if (!put(csv, c, reterr)) {
            return false;
        }
    }
}

/* The first byte of a line, after a byte order mark; what only begins like one is the row's first text. */
static int first_byte(struct csv *csv)
{
    static const unsigned char mark[] = {0xEF, 0xBB, 0xBF};
    int c = getc_unlocked(csv->file);
    if (csv->next_line > 0)
        return c;
    for (size_t i = 0; i < sizeof mark; i++) {
        if (c != mark[i]) {
            buffer_add(&csv->row, (const char *)mark, i);
            csv->is_plain = i == 0;
            return c;
        }
        c = getc_unlocked(csv->file);
    }
    return c;
}

/* A row that can not be used, but of which is known where it ends. */
static bool refuse_row(struct csv *csv, struct error *reterr, const char *what)
{
    if (!csv->goes_on || csv->columns == 0)
        return fault(csv, reterr, what);
    snprintf(csv->fault, sizeof csv->fault, "%s", what);
    return true;
}

bool csv_next(struct csv *csv, bool *ret_end, struct error *reterr)
{
    csv->row.length = 0;
    buffer_reserve(&csv->row, CSV_ROW_MAX + CSV_FIELDS_MAX + 1);
    csv->is_plain = true;
    csv->n = 0;
    csv->fault[0] = '\0';
    csv->start[0] = 0;
    int c = first_byte(csv);
    csv->row_number = csv->next_line == 0 ? 0 : csv->row_number + 1;
    csv->line = ++csv->next_line;
    *ret_end = c == EOF && csv->row.length == 0;
    if (*ret_end) {
        if (ferror(csv->file))
            return error_set(reterr, ERROR_INPUT, "%s:%ld: can not be read: %s", csv->name,
                             csv->line, strerror(errno));
        return csv->columns > 0 || fault(csv, reterr, "the file is empty");
    }
    if (!row_read(csv, c, reterr))
        return false;
    for (size_t i = 0; !csv->is_plain && i < csv->n; i++) {
        /* Length by the field's bounds: a NUL inside is not UTF-8 text either. */
        if (!utf8_valid(csv_field(csv, i), csv_length(csv, i)))
            return refuse_row(csv, reterr, "the text is not UTF-8");
    }
    if (csv->columns == 0)
        csv->columns = csv->n;
    if (csv->n == csv->columns)
        return true;
    char why[sizeof csv->fault];
    snprintf(why, sizeof why, "%zu fields where the header has %zu", csv->n, csv->columns);
    return refuse_row(csv, reterr, why);
}

const char *csv_field(const struct csv *csv, size_t i)
{
    return csv->row.bytes + csv->start[i];
}

size_t csv_length(const struct csv *csv, size_t i)
{
    return csv->start[i + 1] - csv->start[i] - 1;
}

void csv_release(struct csv *csv)
{
    buffer_release(&csv->row);
}
