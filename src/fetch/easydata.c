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

bool easydata_unit_is(const char *unit, const char *other)
{
    return *unit && *other && has_words_of(unit, other) && has_words_of(other, unit);
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
static bool read_month(const char *text, int32_t *ret)
{
    date day;
    int of_month;
    if (strlen(text) != strlen("YYYY-MM-DD") || !date_parse(text, strlen(text), &day))
        return false;
    *ret = date_month(day, &of_month);
    return date_month_end(*ret).day == day.day;
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

static bool read_row(struct arena *arena, const struct easydata_table *table, size_t i,
                     const char *key, struct easydata *to, struct easydata_row *rows,
                     struct error *reterr)
{
    const struct easydata_cells *cells = &table->rows[i];
    struct easydata_row *row = &rows[to->n];
    const char *value = cells->text[EASYDATA_VALUE];
    if (!check_same(table, i, key, reterr))
        return false;
    if (!read_month(cells->text[EASYDATA_DATE], &row->month))
        return row_fault(i, reterr, "is no last day of a month, YYYY-MM-DD",
                         cells->text[EASYDATA_DATE]);
    if (*value == '\0') {
        to->n_missing++;
        return true;
    }
    if (!read_value(value, row))
        return row_fault(i, reterr, "is no number below 10^9", value);
    row->note = note_of(arena, cells);
    to->n++;
    return true;
}

static int by_month(const void *a, const void *b)
{
    const struct easydata_row *x = a;
    const struct easydata_row *y = b;
    return (x->month > y->month) - (x->month < y->month);
}

/* Quarters and years end with a month, too. */
static bool check_monthly(const struct easydata *data, struct error *reterr)
{
    int32_t nearest = 1;
    for (size_t i = 1; i < data->n; i++) {
        int32_t apart = data->rows[i].month - data->rows[i - 1].month;
        if (apart == 0)
            return error_set(reterr, ERROR_INPUT, "the answer has %d-%02d twice",
                             data->rows[i].month / 12, data->rows[i].month % 12 + 1);
        if (i == 1 || apart < nearest)
            nearest = apart;
    }
    return nearest == 1 || error_set(reterr, ERROR_INPUT,
                                     "the answer is not monthly: no two dates are less than %d "
                                     "months apart",
                                     nearest);
}

bool easydata_read(struct arena *arena, const char *bytes, size_t length, const char *key,
                   struct easydata *ret, struct error *reterr)
{
    struct easydata_table table;
    *ret = (struct easydata){.name = "", .unit = ""};
    if (!easydata_table_read(arena, bytes, length, &table, reterr))
        return false;
    struct easydata_row *rows = ARENA_ARRAY(arena, table.n, struct easydata_row);
    for (size_t i = 0; i < table.n; i++) {
        if (!read_row(arena, &table, i, key, ret, rows, reterr))
            return false;
    }
    if (table.n > 0) {
        ret->name = table.rows[0].text[EASYDATA_NAME];
        ret->unit = table.rows[0].text[EASYDATA_UNIT];
    }
    if (ret->n > 0)
        qsort(rows, ret->n, sizeof *rows, by_month);
    ret->rows = rows;
    return check_monthly(ret, reterr);
}
