#include "project_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
    COLUMN_SERIES,
    COLUMN_PERIOD,
    COLUMN_KNOWN,
    COLUMN_METHOD,
    COLUMN_TOTAL,
    COLUMN_80,
    COLUMN_LEVEL,
    COLUMN_FLAGS,
};

/* Six digits and thousands apart are what a person reads. */
static const char *number_text(struct arena *arena, double value)
{
    char digits[AMOUNT_TEXT];
    char text[2 * AMOUNT_TEXT];
    int decimals = 5;
    double left = fabs(value);
    while (left >= 10 && decimals > 0) {
        left /= 10;
        decimals--;
    }
    size_t length = real_format(value, decimals, digits);
    size_t whole = strcspn(digits, ".");
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        bool apart = i > 0 && i < whole && (whole - i) % 3 == 0 && digits[i - 1] != '-';
        if (apart)
            text[n++] = ',';
        text[n++] = digits[i];
    }
    return arena_text(arena, text, n);
}

static const char *interval_text(struct arena *arena, const struct spread *spread, int level)
{
    struct bounds bounds;
    char text[4 * AMOUNT_TEXT];
    if (spread->kind == SPREAD_EXACT || !spread_interval(spread, level, &bounds))
        return "-";
    int n = snprintf(text, sizeof text, "%s to %s", number_text(arena, bounds.low),
                     number_text(arena, bounds.high));
    return arena_text(arena, text, (size_t)n);
}

static const char *flags_text(struct arena *arena, unsigned flags)
{
    struct buffer text = {0};
    buffer_text(&text, "");
    for (int i = 0; i < FLAGS; i++) {
        if (flags & (1U << i))
            buffer_format(&text, "%s%s", text.length > 0 ? ", " : "", projection_flag_names[i]);
    }
    const char *kept = arena_text(arena, text.bytes, text.length);
    buffer_release(&text);
    return kept;
}

static const char **row_add(struct project_table *table)
{
    if (table->n == table->room) {
        table->room = table->room > 0 ? 2 * table->room : 16;
        table->rows = must_realloc(table->rows, table->room * sizeof *table->rows);
    }
    const char **row = table->rows[table->n++];
    for (int i = 0; i < PROJECT_TABLE_COLUMNS; i++)
        row[i] = "";
    return row;
}

static void spread_put(struct project_table *table, const struct spread *spread, const char **row)
{
    row[COLUMN_TOTAL] = number_text(&table->arena, spread_point(spread));
    row[COLUMN_80] = interval_text(&table->arena, spread, 80);
    row[COLUMN_LEVEL] = interval_text(&table->arena, spread, table->level);
}

void project_table_add(struct project_table *table, const char *id, const char *fiscal_year,
                       const struct projection *projection, int level, bool path)
{
    char known[24];
    const char **row = row_add(table);
    table->level = level;
    int length = snprintf(known, sizeof known, "%d", projection->known_months);
    row[COLUMN_SERIES] = id;
    row[COLUMN_PERIOD] = arena_text(&table->arena, fiscal_year, strlen(fiscal_year));
    row[COLUMN_KNOWN] = arena_text(&table->arena, known, (size_t)length);
    row[COLUMN_METHOD] = scenario_names[projection->scenario];
    row[COLUMN_TOTAL] = row[COLUMN_80] = row[COLUMN_LEVEL] = "-";
    row[COLUMN_FLAGS] = flags_text(&table->arena, projection->flags);
    if (!projection->known)
        return;
    spread_put(table, &projection->total, row);
    for (int i = 0; path && i < 12; i++) {
        char period[PERIOD_TEXT];
        int32_t month = projection->first + i;
        if (projection->month[i].known)
            continue;
        row = row_add(table);
        span_format((struct span){month, month}, FREQUENCY_MONTH, 1, period);
        row[COLUMN_PERIOD] = arena_text(&table->arena, period, strlen(period));
        spread_put(table, &projection->month[i].spread, row);
    }
}

/* Numbers to the right, text to the left; the last cell is not filled up. */
static void line_write(const char *const *cells, const int *width, struct buffer *to)
{
    int last = PROJECT_TABLE_COLUMNS - 1;
    size_t from = to->length;
    for (int i = width[COLUMN_SERIES] > 0 ? COLUMN_SERIES : COLUMN_PERIOD; i <= last; i++) {
        bool is_number =
            i == COLUMN_KNOWN || i == COLUMN_TOTAL || i == COLUMN_80 || i == COLUMN_LEVEL;
        buffer_format(to, "%*s  ", is_number ? width[i] : -width[i], cells[i]);
    }
    while (to->length > from && to->bytes[to->length - 1] == ' ')
        to->length--;
    buffer_char(to, '\n');
}

void project_table_write(struct project_table *table, struct buffer *to)
{
    char level[24];
    int width[PROJECT_TABLE_COLUMNS] = {0};
    const char *heads[PROJECT_TABLE_COLUMNS] = {"series", "period", "known", "method",
                                                "total",  "80 %",   level,   ""};
    snprintf(level, sizeof level, "%d %%", table->level);
    for (int k = 0; k < PROJECT_TABLE_COLUMNS; k++) {
        for (size_t i = 0; i < table->n; i++) {
            int length = (int)strlen(table->rows[i][k]);
            width[k] = length > width[k] ? length : width[k];
        }
        int length = (int)strlen(heads[k]);
        if (length > width[k] && (k != COLUMN_SERIES || width[k] > 0))
            width[k] = length;
    }
    line_write(heads, width, to);
    for (size_t i = 0; i < table->n; i++)
        line_write(table->rows[i], width, to);
    free(table->rows);
    arena_release(&table->arena);
    *table = (struct project_table){0};
}
