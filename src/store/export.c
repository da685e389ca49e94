#include <string.h>

#include "exportstat/store/import.h"
#include "sql.h"

/* The columns of the bundled files; amounts are marked by AS value or AS precision. */
static const char *const exports[IMPORT_KINDS] = {
    [IMPORT_SERIES] = "SELECT series_id, title, description, unit, aggregation, fiscal_year_start, "
                      "coalesce(part_of, '') AS part_of, iif(is_default, 'default', '') AS flags "
                      "FROM series ORDER BY series",
    [IMPORT_SOURCES] =
        "SELECT source_id, publisher, title, url, published, date_basis, kind, authority "
        "FROM source ORDER BY published_day, source_id",
    [IMPORT_REPORTS] =
        "SELECT series_id, r.period, value, precision, source_id, note FROM report r "
        "JOIN series USING (series) JOIN source USING (source) "
        "ORDER BY series, first, last, published_day, source_id",
    [IMPORT_CLAIMS] =
        "SELECT claim_id, source_id, series_id, metric, c.period, value, c.unit, precision, "
        "statement "
        "FROM claim c JOIN series USING (series) JOIN source USING (source) ORDER BY claim_id",
    [IMPORT_RULINGS] = "SELECT series_id, u.period, decision, value, precision, ruled_on, reason "
                       "FROM ruling u JOIN series USING (series) "
                       "ORDER BY series, first, last, ruled_day, decision, value",
};

static bool is_amount(const char *column)
{
    return strcmp(column, "value") == 0 || strcmp(column, "precision") == 0;
}

static void row_write(sqlite3_stmt *row, struct buffer *line)
{
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        char number[AMOUNT_TEXT];
        if (i > 0)
            buffer_char(line, ',');
        if (is_amount(sqlite3_column_name(row, i)))
            buffer_add(line, number, amount_format(sqlite3_column_int64(row, i), number));
        else
            buffer_csv(line, (const char *)sqlite3_column_text(row, i),
                       (size_t)sqlite3_column_bytes(row, i));
    }
    buffer_char(line, '\n');
}

bool store_export(struct store *store, enum import_kind kind, FILE *out, struct error *reterr)
{
    sqlite3_stmt *row = NULL;
    struct buffer line = {0};
    bool more = true;
    bool ok = sql_prepare(store->db, exports[kind], &row, reterr);
    for (int i = 0; ok && i < sqlite3_column_count(row); i++)
        buffer_format(&line, "%s%s", i > 0 ? "," : "", sqlite3_column_name(row, i));
    buffer_char(&line, '\n');
    while (ok) {
        if (fwrite(line.bytes, 1, line.length, out) != line.length)
            ok = error_set(reterr, ERROR_SYSTEM, "the %s can not be written",
                           import_kind_names[kind]);
        line.length = 0;
        ok = ok && sql_step(row, &more, reterr);
        if (!ok || !more)
            break;
        row_write(row, &line);
    }
    sqlite3_finalize(row);
    buffer_release(&line);
    return ok;
}
