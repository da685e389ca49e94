#include "ahead.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const import_kind_names[] = {"series", "sources", "reports", "claims", "rulings", NULL};

#define UPDATE_BUNDLED(table) \
    " WHERE " table ".import IN (SELECT import FROM import WHERE kind = 'bundle')"

/* The columns of each kind, and the statements that add a row and find the stored one under its key. The
 * stored one answers with the row's other columns, in the order of the file, as text. */
static const struct kind {
    const char *columns[IMPORT_COLUMNS_MAX + 1];
    const char *add;
    const char *update_bundled; /* what a newer bundle does to a row that could not leave */
    const char *stored;         /* NULL: the addition looks for itself */
} kinds[IMPORT_KINDS] = {
    [IMPORT_SERIES] =
        {
            {"series_id", "title", "description", "unit", "aggregation", "fiscal_year_start",
             "part_of", "flags"},
            "INSERT INTO series (series_id, title, description, unit, aggregation, "
            "fiscal_year_start, "
            "part_of, is_default, import) VALUES (:id, :title, :description, :unit, :aggregation, "
            ":start, "
            ":part_of, :is_default, :import) ON CONFLICT (series_id) ",
            "DO UPDATE SET title = excluded.title, description = excluded.description, unit = "
            "excluded.unit, "
            "part_of = excluded.part_of, is_default = excluded.is_default, import = "
            "excluded.import" UPDATE_BUNDLED("series"),
            "SELECT series_id, title, description, unit, aggregation, CAST(fiscal_year_start AS "
            "TEXT), "
            "coalesce(part_of, ''), iif(is_default, 'default', '') FROM series WHERE series_id = "
            ":id",
        },
    [IMPORT_SOURCES] =
        {
            {"source_id", "publisher", "title", "url", "published", "date_basis", "kind",
             "authority"},
            "INSERT INTO source (source_id, publisher, title, url, published, published_day, "
            "date_basis, kind, "
            "authority, import) VALUES (:id, :publisher, :title, :url, :published, :published_day, "
            ":date_basis, :kind, :authority, :import) ON CONFLICT (source_id) ",
            "DO UPDATE SET publisher = excluded.publisher, title = excluded.title, url = "
            "excluded.url, "
            "published = excluded.published, published_day = excluded.published_day, "
            "date_basis = excluded.date_basis, kind = excluded.kind, authority = "
            "excluded.authority, "
            "import = excluded.import" UPDATE_BUNDLED("source"),
            "SELECT source_id, publisher, title, url, published, date_basis, kind, "
            "CAST(authority AS TEXT) FROM source WHERE source_id = :id",
        },
    [IMPORT_REPORTS] =
        {
            {"series_id", "period", "value", "precision", "source_id", "note"},
            /* Nothing fails but what ends the import, so that SQLite need not be able to take back this statement alone. */
            "INSERT OR FAIL INTO report (series, first, last, source, period, value, precision, "
            "note, import) SELECT *, ?2 FROM incoming(?1) WHERE true "
            "ON CONFLICT DO UPDATE SET note = note WHERE stands(?1, report.value, "
            "report.precision)",
            NULL,
            NULL,
        },
    [IMPORT_CLAIMS] =
        {
            {"claim_id", "source_id", "series_id", "metric", "period", "value", "unit", "precision",
             "statement"},
            "INSERT INTO claim (claim_id, source, series, metric, period, first, last, value, "
            "unit, precision, "
            "statement, import) VALUES (:id, :source, :series, :metric, :period, :first, :last, "
            ":value, "
            ":unit, :precision, :statement, :import) ON CONFLICT DO NOTHING",
            NULL,
            "SELECT value, precision FROM claim WHERE claim_id = :id AND source = :source "
            "AND series = :series AND metric = :metric AND first = :first AND last = :last AND "
            "unit = :unit",
        },
    [IMPORT_RULINGS] =
        {
            {"series_id", "period", "decision", "value", "precision", "ruled_on", "reason"},
            "INSERT INTO ruling (series, first, last, ruled_day, decision, value, period, "
            "precision, ruled_on, reason, import) SELECT :series, :first, :last, :ruled_day, "
            ":decision, :value, :period, :precision, :ruled_on, :reason, :import "
            /* of two values accepted on one day, neither could stand */
            "WHERE :decision = 'reject' OR NOT EXISTS (SELECT 1 FROM ruling "
            "WHERE series = :series AND first = :first AND last = :last "
            "AND ruled_day = :ruled_day AND decision = 'accept') ON CONFLICT DO NOTHING",
            NULL,
            "SELECT value, precision FROM ruling WHERE series = :series AND first = :first "
            "AND last = :last AND ruled_day = :ruled_day AND decision = :decision AND value = "
            ":value",
        },
};

static size_t columns_of(enum import_kind kind)
{
    size_t n = 0;
    while (n < IMPORT_COLUMNS_MAX && kinds[kind].columns[n])
        n++;
    return n;
}

static size_t column_find(const struct csv *csv, const char *name)
{
    size_t i = 0;
    while (i < csv->n && strcmp(csv_field(csv, i), name) != 0)
        i++;
    return i;
}

/* How many of the kind's columns the header has. */
static size_t columns_present(const struct csv *csv, enum import_kind kind)
{
    size_t present = 0;
    for (size_t i = 0; i < columns_of(kind); i++)
        present += column_find(csv, kinds[kind].columns[i]) < csv->n;
    return present;
}

static bool header_fault(struct rows *rows, const char *format, const char *name)
{
    error_set(rows->reterr, ERROR_INPUT, format, name, import_kind_names[rows->kind]);
    return error_prefix(rows->reterr, "%s:1", rows->csv.name);
}

bool rows_header(struct rows *rows)
{
    bool end;
    if (!csv_next(&rows->csv, &end, rows->reterr))
        return false;
    rows->csv.goes_on = true;
    for (enum import_kind kind = 0; kind < IMPORT_KINDS; kind++) {
        if (columns_present(&rows->csv, kind) > columns_present(&rows->csv, rows->kind))
            rows->kind = kind;
    }
    if (columns_present(&rows->csv, rows->kind) < 2)
        return error_set(
            rows->reterr, ERROR_INPUT,
            "%s:1: the header is none of series, sources, reports, claims or rulings; one "
            "of reports is: series_id,period,value,precision,source_id,note",
            rows->csv.name);
    const char *const *columns = kinds[rows->kind].columns;
    for (size_t i = 0; i < rows->csv.n; i++) {
        const char *name = csv_field(&rows->csv, i);
        bool known = false;
        for (size_t k = 0; columns[k]; k++)
            known |= strcmp(columns[k], name) == 0;
        if (!known)
            return header_fault(rows, "'%.60s' is no column of %s", name);
        if (column_find(&rows->csv, name) != i)
            return header_fault(rows, "the column '%.60s' of %s stands twice", name);
    }
    for (size_t i = 0; i < columns_of(rows->kind); i++) {
        rows->column[i] = column_find(&rows->csv, columns[i]);
        if (rows->column[i] == rows->csv.n)
            return header_fault(rows, "the column '%s' of %s is missing", columns[i]);
    }
    return true;
}

bool rows_prepare(struct rows *rows)
{
    const struct kind *kind = &kinds[rows->kind];
    bool updates = kind->update_bundled && rows->is_bundle;
    struct buffer add = {0};
    buffer_text(&add, kind->add);
    if (kind->update_bundled)
        buffer_text(&add, updates ? kind->update_bundled : "DO NOTHING");
    sqlite3 *db = rows->store->db;
    bool ok = sql_prepare(db,
                          "SELECT series, fiscal_year_start, unit FROM series "
                          "WHERE series_id = :id",
                          &rows->statement[ROW_SERIES_NUMBER], rows->reterr) &&
              sql_prepare(db, "SELECT source FROM source WHERE source_id = :id",
                          &rows->statement[ROW_SOURCE_NUMBER], rows->reterr) &&
              (rows->kind != IMPORT_REPORTS || reports_prepare(rows)) &&
              sql_prepare(db, add.bytes, &rows->statement[ROW_ADD], rows->reterr) &&
              (!kind->stored ||
               sql_prepare(db, kind->stored, &rows->statement[ROW_STORED], rows->reterr));
    buffer_release(&add);
    return ok;
}

int64_t rows_bytes(FILE *file)
{
    struct stat info;
    int descriptor = fileno(file);
    return descriptor >= 0 && fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size
                                                                                     : 0;
}

void rows_release(struct rows *rows)
{
    for (int i = 0; i < ROW_STATEMENTS; i++)
        sqlite3_finalize(rows->statement[i]);
    ahead_end(rows->ahead, &rows->csv);
    csv_release(&rows->csv);
    free(rows->looked_up);
}

const char *row_field(const struct rows *rows, size_t column)
{
    return csv_field(&rows->csv, rows->column[column]);
}

size_t row_length(const struct rows *rows, size_t column)
{
    return csv_length(&rows->csv, rows->column[column]);
}

void fault_tell(const struct import_terms *terms, struct buffer *faults, const char *file,
                const struct import_fault *fault)
{
    if (fault->column)
        buffer_format(faults, "%s:%ld: %s '%s': %s\n", file, fault->line, fault->column,
                      fault->value, fault->reason);
    else
        buffer_format(faults, "%s:%ld: %s\n", file, fault->line, fault->reason);
    if (terms && terms->told)
        terms->told(terms->context, fault);
}

bool row_fault(struct rows *rows, size_t column, const char *format, ...)
{
    char why[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    char field[81];
    snprintf(field, sizeof field, "%s", row_field(rows, column));
    utf8_trim(field);
    text_make_visible(field);
    struct import_fault fault = {
        .kind = rows->kind,
        .row = rows->csv.row_number,
        .line = rows->csv.line,
        .column = kinds[rows->kind].columns[column],
        .value = field,
        .reason = why,
    };
    fault_tell(rows->terms, rows->faults, rows->csv.name, &fault);
    rows->n_faults += rows->csv.line != rows->faulty_line;
    rows->faulty_line = rows->csv.line;
    return false;
}

bool row_whole(struct rows *rows)
{
    struct import_fault fault = {
        .kind = rows->kind,
        .row = rows->csv.row_number,
        .line = rows->csv.line,
        .value = "",
        .reason = rows->csv.fault,
    };
    if (!*rows->csv.fault)
        return true;
    fault_tell(rows->terms, rows->faults, rows->csv.name, &fault);
    rows->n_faults++;
    return false;
}

size_t row_columns(const struct rows *rows)
{
    return columns_of(rows->kind);
}

const char *const *import_columns(enum import_kind kind)
{
    return kinds[kind].columns;
}

const char *row_column_name(const struct rows *rows, size_t column)
{
    return kinds[rows->kind].columns[column];
}
