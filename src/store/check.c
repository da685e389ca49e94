#include <stdio.h>
#include <string.h>

#include "exportstat/store/import.h"
#include "sql.h"

enum { FINDINGS_MAX = 100 };

struct findings {
    struct buffer *out;
    int n;
};

/* The schema refuses these too; but SQLite does not read CHECK constraints on a connection that only reads,
 * and its own check can not find them broken there. */
#define OUT_OF_RANGE                                           \
    "(value NOT BETWEEN -999999999999999 AND 999999999999999 " \
    "OR precision NOT BETWEEN 1 AND 999999999999999 OR last < first)"

/* Every row of a query is a finding: its first column, in a sentence. */
static const struct invariant {
    const char *query;
    const char *sentence; /* with one %s */
} invariants[] = {
    {"SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
     "damage: %s"},
    {"SELECT \"table\" || ' row ' || coalesce(rowid, '?') FROM pragma_foreign_key_check",
     "a reference to nothing: %s"},
    {"SELECT count(*) FROM store HAVING count(*) <> 1", "%s rows state the store's generation"},
    {"SELECT max(generation) FROM import HAVING max(generation) > (SELECT generation FROM store)",
     "import generation %s is above the store's"},
    {"SELECT series_id FROM series WHERE part_of = series_id", "series '%s' is part of itself"},
    {"WITH RECURSIVE above (id, part_of) AS (SELECT series_id, part_of FROM series "
     "UNION SELECT above.id, series.part_of FROM above JOIN series ON series_id = above.part_of) "
     "SELECT id FROM above WHERE part_of = id AND id NOT IN "
     "(SELECT series_id FROM series WHERE part_of = series_id)",
     "series '%s' is part of itself, by way of others"},
    {"SELECT series_id FROM series WHERE series_id GLOB '*[^a-z0-9-]*' OR series_id = ''",
     "'%s' is no id of a series"},
    {"SELECT source_id FROM source WHERE source_id GLOB '*[^a-z0-9-]*' OR source_id = ''",
     "'%s' is no id of a source"},
    {"SELECT source_id FROM source WHERE url NOT LIKE 'http%'", "source '%s' has no address"},
    {"SELECT series_id || ' ' || first || ' ' || ruled_day FROM ruling JOIN series USING (series) "
     "WHERE decision = 'accept' GROUP BY series, first, last, ruled_day HAVING count(*) > 1",
     "two values accepted on one day: %s"},
    {"SELECT series_id || ' ' || period FROM report JOIN series USING (series) WHERE " OUT_OF_RANGE,
     "a report is out of range: %s"},
    {"SELECT claim_id FROM claim WHERE " OUT_OF_RANGE, "a claim is out of range: %s"},
    {"SELECT series_id || ' ' || period FROM ruling JOIN series USING (series) WHERE " OUT_OF_RANGE
     " OR decision NOT IN ('accept', 'reject')",
     "a ruling is out of range: %s"},
    {"SELECT series_id FROM series WHERE aggregation NOT IN ('sum', 'average', 'last') "
     "OR fiscal_year_start NOT BETWEEN 1 AND 12 OR is_default NOT IN (0, 1)",
     "series '%s' is out of range"},
    {"SELECT source_id FROM source WHERE authority NOT BETWEEN 1 AND 3 "
     "OR date_basis NOT IN ('page', 'url', 'inferred')",
     "source '%s' is out of range"},
};

/* Stored texts of periods, which must say what the numbers beside them say. */
static const char *const period_queries[] = {
    "SELECT period, first, last, fiscal_year_start, 'report of ' || series_id FROM report "
    "JOIN series USING (series)",
    "SELECT period, first, last, fiscal_year_start, 'claim ' || claim_id FROM claim "
    "JOIN series USING (series)",
    "SELECT period, first, last, fiscal_year_start, 'ruling on ' || series_id FROM ruling "
    "JOIN series USING (series)",
};

static const char *const date_queries[] = {
    "SELECT published, published_day, 'source ' || source_id FROM source",
    "SELECT ruled_on, ruled_day, 'ruling on ' || series_id FROM ruling JOIN series USING (series)",
};

static void finding(struct findings *findings, const char *format, const char *what)
{
    if (findings->n++ < FINDINGS_MAX) {
        buffer_format(findings->out, format, what);
        buffer_char(findings->out, '\n');
    }
}

static const char *text_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static void check_period(sqlite3_stmt *row, struct findings *findings)
{
    const char *text = text_at(row, 0);
    struct period period;
    char what[200];
    if (period_parse(text, strlen(text), &period)) {
        struct span span = period_span(period, sqlite3_column_int(row, 3));
        if (span.first == sqlite3_column_int(row, 1) && span.last == sqlite3_column_int(row, 2))
            return;
    }
    snprintf(what, sizeof what, "%.100s: '%.40s'", text_at(row, 4), text);
    finding(findings, "a period does not agree with its months: %s", what);
}

static void check_date(sqlite3_stmt *row, struct findings *findings)
{
    const char *text = text_at(row, 0);
    date when;
    char what[200];
    if (date_parse(text, strlen(text), &when) && when.day == sqlite3_column_int(row, 1))
        return;
    snprintf(what, sizeof what, "%.100s: '%.40s'", text_at(row, 2), text);
    finding(findings, "a date does not agree with its day: %s", what);
}

static bool each_row(struct store *store, const char *sql,
                     void (*visit)(sqlite3_stmt *, struct findings *), struct findings *findings,
                     struct error *reterr)
{
    sqlite3_stmt *row = NULL;
    bool more = true;
    bool ok = sql_prepare(store->db, sql, &row, reterr);
    while (ok && (ok = sql_step(row, &more, reterr)) && more)
        visit(row, findings);
    sqlite3_finalize(row);
    return ok;
}

static bool check_invariant(struct store *store, const struct invariant *invariant,
                            struct findings *findings, struct error *reterr)
{
    sqlite3_stmt *row = NULL;
    bool more = true;
    bool ok = sql_prepare(store->db, invariant->query, &row, reterr);
    while (ok && (ok = sql_step(row, &more, reterr)) && more) {
        ok = sql_finding_holds(text_at(row, 0), reterr);
        if (ok)
            finding(findings, invariant->sentence, text_at(row, 0));
    }
    sqlite3_finalize(row);
    return ok;
}

bool store_check(struct store *store, struct buffer *out, int *ret_findings, struct error *reterr)
{
    struct findings findings = {.out = out};
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT(invariants); i++)
        ok = check_invariant(store, &invariants[i], &findings, reterr);
    for (size_t i = 0; ok && i < COUNT(period_queries); i++)
        ok = each_row(store, period_queries[i], check_period, &findings, reterr);
    for (size_t i = 0; ok && i < COUNT(date_queries); i++)
        ok = each_row(store, date_queries[i], check_date, &findings, reterr);
    if (findings.n > FINDINGS_MAX)
        buffer_format(out, "and %d more\n", findings.n - FINDINGS_MAX);
    *ret_findings = findings.n;
    return ok;
}
