#include "exportstat/fetch/easydata.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "easydata_table.h"
#include "exportstat/base/date.h"
#include "exportstat/base/text.h"

bool easydata_key_valid(const char *key)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t length = strlen(key);
    return length > 0 && length <= EASYDATA_KEY_MAX && strspn(key, allowed) == length;
}

/* The next word in lower case, without the points of "U.S."; "dollars" and "us" are words of "USD". */
static const char *next_word(const char *at, char word[static 32])
{
    static const char *const same[][2] = {
        {"us$", "usd"}, {"dollars", "usd"},      {"dollar", "usd"}, {"us", "usd"},
        {"$", "usd"},   {"millions", "million"}, {"mn", "million"}, {"thousands", "thousand"},
    };
    size_t n = 0;
    while (*at && strchr(" ,/()", *at))
        at++;
    for (; *at && !strchr(" ,/()", *at); at++) {
        if (*at != '.' && n < 31)
            word[n++] = (char)tolower((unsigned char)*at);
    }
    word[n] = '\0';
    for (size_t i = 0; i < COUNT(same); i++) {
        if (strcmp(word, same[i][0]) == 0)
            snprintf(word, 32, "%s", same[i][1]);
    }
    return at;
}

static bool has_word(const char *unit, const char *wanted)
{
    char word[32];
    while (*unit) {
        unit = next_word(unit, word);
        if (strcmp(word, wanted) == 0)
            return true;
    }
    return false;
}

static bool has_words_of(const char *unit, const char *other)
{
    char word[32];
    while (*other) {
        other = next_word(other, word);
        if (*word && !has_word(unit, word))
            return false;
    }
    return true;
}

/* But for "U.S. Dollars", of which there is one or another word more, nothing stands twice in one and once in the other. */
static int words_count(const char *unit)
{
    char word[32];
    int n = 0;
    while (*unit) {
        unit = next_word(unit, word);
        n += *word && strcmp(word, "usd") != 0;
    }
    return n;
}

bool easydata_unit_is(const char *unit, const char *other)
{
    return *unit && *other && has_words_of(unit, other) && has_words_of(other, unit) &&
           words_count(unit) == words_count(other);
}

static bool row_fault(size_t i, struct error *reterr, const char *what, const char *text)
{
    return error_set(reterr, ERROR_INPUT, "row %zu of the answer: '%.60s' %s", i + 1, text, what);
}

/* A number as EasyData writes it: perhaps without the zero before the point, with any number of decimals. More than six
 * are rounded, and the precision is then the millionth. */
static bool read_value(const char *text, struct easydata_row *ret)
{
    char number[64];
    const char *reason;
    bool is_negative = *text == '-';
    const char *digits = text + is_negative;
    snprintf(number, sizeof number, "%s%s%.40s", is_negative ? "-" : "", *digits == '.' ? "0" : "",
             digits);
    const char *point = strchr(number, '.');
    size_t decimals = point ? strlen(point + 1) : 0;
    int more = 0;
    if (strlen(digits) > 40 || (point && strspn(point + 1, "0123456789") != decimals))
        return false;
    if (decimals > AMOUNT_DECIMALS) {
        more = point[1 + AMOUNT_DECIMALS] >= '5';
        number[point - number + 1 + AMOUNT_DECIMALS] = '\0';
        decimals = AMOUNT_DECIMALS;
    }
    if (!amount_parse(number, strlen(number), &ret->value, &reason))
        return false;
    ret->value += is_negative ? -more : more;
    ret->precision = AMOUNT_SCALE;
    for (size_t i = 0; i < decimals; i++)
        ret->precision /= 10;
    return true;
}

static const char *note_of(struct arena *arena, const struct easydata_cells *cells)
{
    static const char *const meanings[][2] = {
        {"Normal", ""}, {"", ""}, {"P", "provisional"}, {"R", "revised"}, {"E", "estimated"}};
    struct buffer note = {0};
    const char *status = cells->text[EASYDATA_STATUS];
    size_t i = 0;
    while (i < COUNT(meanings) && strcasecmp(meanings[i][0], status) != 0)
        i++;
    if (i < COUNT(meanings))
        buffer_text(&note, meanings[i][1]);
    else
        buffer_format(&note, "status %s", status);
    if (*cells->text[EASYDATA_COMMENTS])
        buffer_format(&note, "%s%s", note.length > 0 ? ": " : "", cells->text[EASYDATA_COMMENTS]);
    size_t length = note.length < EASYDATA_NOTE_MAX ? note.length : EASYDATA_NOTE_MAX;
    char *text = arena_text(arena, note.bytes, length);
    utf8_trim(text);
    buffer_release(&note);
    return text;
}

/* The last day of a month, "2026-08-31". */
static bool read_month(const char *text, date *ret_end, int32_t *ret)
{
    int of_month;
    if (strlen(text) != strlen("YYYY-MM-DD") || !date_parse(text, strlen(text), ret_end))
        return false;
    *ret = date_month(*ret_end, &of_month);
    return date_month_end(*ret).day == ret_end->day;
}

/* All rows are of one series in one unit. */
static bool check_same(const struct easydata_table *table, size_t i, const char *key,
                       struct error *reterr)
{
    const char *const *cells = table->rows[i].text;
    if (strcmp(cells[EASYDATA_KEY], key ? key : table->rows[0].text[EASYDATA_KEY]) != 0)
        return row_fault(i, reterr, "is another series than was asked for", cells[EASYDATA_KEY]);
    if (strcasecmp(cells[EASYDATA_UNIT], table->rows[0].text[EASYDATA_UNIT]) != 0)
        return row_fault(i, reterr, "is another unit than that of the first row",
                         cells[EASYDATA_UNIT]);
    return true;
}

/* Every date that is told counts for whether they are monthly: a row without a value is read, too. */
struct reading {
    struct arena *arena;
    const struct easydata_table *table;
    const char *key;
    date answered;
    struct easydata_row *rows; /* one for each of the table; no value: precision 0 */
};

static bool read_row(const struct reading *reading, size_t i, struct error *reterr)
{
    const struct easydata_cells *cells = &reading->table->rows[i];
    struct easydata_row *row = &reading->rows[i];
    const char *value = cells->text[EASYDATA_VALUE];
    date end;
    if (!check_same(reading->table, i, reading->key, reterr))
        return false;
    if (!read_month(cells->text[EASYDATA_DATE], &end, &row->month))
        return row_fault(i, reterr, "is no last day of a month, YYYY-MM-DD",
                         cells->text[EASYDATA_DATE]);
    if (end.day > reading->answered.day)
        return row_fault(i, reterr, "was still to come when this was answered",
                         cells->text[EASYDATA_DATE]);
    *row = (struct easydata_row){.month = row->month};
    if (*value && !read_value(value, row))
        return row_fault(i, reterr, "is no number below 10^9", value);
    row->note = note_of(reading->arena, cells);
    return true;
}

static int by_month(const void *a, const void *b)
{
    const struct easydata_row *x = a;
    const struct easydata_row *y = b;
    return (x->month > y->month) - (x->month < y->month);
}

/* Quarters and years end with a month, too: most dates have to be a month apart, and one alone says nothing. */
static bool check_monthly(const struct easydata_row *rows, size_t n, struct error *reterr)
{
    size_t n_next = 0;
    for (size_t i = 1; i < n; i++) {
        int32_t apart = rows[i].month - rows[i - 1].month;
        if (apart == 0)
            return error_set(reterr, ERROR_INPUT, "the answer has %d-%02d twice",
                             rows[i].month / 12, rows[i].month % 12 + 1);
        n_next += apart == 1;
    }
    if (n == 1)
        return error_set(reterr, ERROR_INPUT,
                         "the answer has one date, which does not show that it is monthly: ask "
                         "from an earlier month on");
    return n == 0 || 2 * n_next >= n - 1 ||
           error_set(reterr, ERROR_INPUT,
                     "the answer is not monthly: of %zu dates, %zu follow the month before", n,
                     n_next);
}

bool easydata_read(struct arena *arena, const char *bytes, size_t length, const char *key,
                   date answered, struct easydata *ret, struct error *reterr)
{
    struct easydata_table table;
    struct reading reading = {arena, &table, key, answered, NULL};
    *ret = (struct easydata){.name = "", .unit = ""};
    if (!easydata_table_read(arena, bytes, length, &table, reterr))
        return false;
    struct easydata_row *rows = reading.rows = ARENA_ARRAY(arena, table.n, struct easydata_row);
    for (size_t i = 0; i < table.n; i++) {
        if (!read_row(&reading, i, reterr))
            return false;
    }
    if (table.n > 0) {
        ret->name = table.rows[0].text[EASYDATA_NAME];
        ret->unit = table.rows[0].text[EASYDATA_UNIT];
        qsort(rows, table.n, sizeof *rows, by_month);
    }
    if (!check_monthly(rows, table.n, reterr))
        return false;
    for (size_t i = 0; i < table.n; i++) {
        if (rows[i].precision > 0)
            rows[ret->n++] = rows[i];
    }
    ret->rows = rows;
    ret->n_missing = table.n - ret->n;
    return true;
}
