#include <string.h>

#include "exportstat/base/text.h"
#include "sql.h"

#define SERIES_COLUMNS                                                                     \
    "SELECT series, series_id, title, description, unit, aggregation, fiscal_year_start, " \
    "part_of, is_default, changed FROM series "

#define SERIES_FOUND \
    "WHERE series IN (SELECT rowid FROM series_text WHERE series_text MATCH :words) "

#define SOURCE_COLUMNS                                                                          \
    "SELECT s.source, source_id, publisher, title, url, published, published_day, date_basis, " \
    "kind, "                                                                                    \
    "authority, (SELECT count(*) FROM report r WHERE r.source = s.source), "                    \
    "(SELECT count(*) FROM claim c WHERE c.source = s.source) FROM source s "

#define SOURCE_FILTER                                                                   \
    "WHERE published_day <= :as_of AND (:publisher IS NULL OR publisher = :publisher) " \
    "AND (:authority = 0 OR authority = :authority) "

#define REPORT_COLUMNS                                                                          \
    "SELECT source_id, series_id, r.period, r.first, r.last, r.value, r.precision, publisher, " \
    "published, authority, r.note "
/* The joins are fixed in this order: the series are walked by their ids, the reports of each by their key, and only
 * the few of one period are sorted, by date and id of their sources. */
#define REPORT_FROM \
    "FROM series t CROSS JOIN report r USING (series) CROSS JOIN source s USING (source) "
#define REPORT_FILTER                                           \
    "r.last <= :to AND published_day <= :as_of "                \
    "AND (:last = 0 OR (r.first = :first AND r.last = :last)) " \
    "AND (:source = 0 OR r.source = :source) "
#define REPORT_KEY "(series_id, r.first, r.last, published_day, source_id)"
#define REPORT_AFTER "(:after_series, :after_first, :after_last, :after_day, :after_source)"
/* The first comparison lets the walk begin at the page; the second leaves out what of its first period is before. */
#define REPORT_ASCENDING                                                              \
    "AND r.first >= max(:from, iif(series_id = :after_series, :after_first, :from)) " \
    "AND " REPORT_KEY " > " REPORT_AFTER                                              \
    " ORDER BY series_id, r.first, r.last, published_day, source_id LIMIT :limit"
#define REPORT_DESCENDING                                                                        \
    "AND r.first >= :from AND r.first <= min(:to, iif(series_id = :after_series, :after_first, " \
    ":to)) AND " REPORT_KEY " < " REPORT_AFTER                                                   \
    " ORDER BY series_id DESC, r.first DESC, r.last DESC, published_day DESC, source_id DESC "   \
    "LIMIT :limit"
#define REPORTS(scope) REPORT_COLUMNS REPORT_FROM "WHERE " scope REPORT_FILTER
#define REPORTS_COUNT(scope)                                                        \
    "SELECT count(*) FROM report r CROSS JOIN source s USING (source) WHERE " scope \
    "r.first >= :from AND " REPORT_FILTER

#define EVIDENCE_REPORTS                                                                     \
    "SELECT first, last, value, precision, published_day, authority, source_id, publisher, " \
    "published "                                                                             \
    "FROM report r JOIN source s USING (source) "
#define EVIDENCE_REPORTS_ORDER "ORDER BY first, last, published_day, source_id"
#define EVIDENCE_RULINGS \
    "SELECT first, last, decision = 'accept', value, precision, ruled_day, reason FROM ruling "
#define EVIDENCE_RULINGS_ORDER "ORDER BY first, last, ruled_day, value"
#define IMPORTED_BY(import) \
    "AND (SELECT generation FROM import i WHERE i.import = " import ") <= :generation "

#define CLAIM_COLUMNS                                                                         \
    "SELECT claim_id, source_id, series_id, metric, c.period, c.value, c.unit, c.precision, " \
    "published, published_day, c.statement, c.first, c.last, claim "                          \
    "FROM claim c JOIN source s USING (source) JOIN series t USING (series) "
#define CLAIM_FILTER                                                                    \
    "published_day <= :as_of AND (:source IS NULL OR source_id = :source) "             \
    "AND (:metric IS NULL OR metric = :metric) AND c.first >= :from AND c.last <= :to " \
    "AND (:last = 0 OR (c.first = :first AND c.last = :last)) "                         \
    "ORDER BY published_day, source_id, claim_id"

#define IMPORT_ADDED(kind) \
    "(SELECT added FROM import_count c WHERE c.import = i.import AND c.kind = '" kind "')"
#define IMPORT_COLUMNS                                                                             \
    "SELECT import, kind = 'bundle', token, request_key, imported_at, generation, skipped, "       \
    "reverted_at, reverted_by, reverted_generation, " IMPORT_ADDED("series") ", " IMPORT_ADDED(    \
        "sources") ", " IMPORT_ADDED("reports") ", " IMPORT_ADDED("claims") ", " IMPORT_ADDED("ru" \
                                                                                              "li" \
                                                                                              "ng" \
                                                                                              "s") " FROM import i "

const char *const sql_texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_STATE] = "SELECT id, generation, changed_at FROM store",
    [SQL_DATA_VERSION] = "PRAGMA data_version",
    [SQL_SERIES] = SERIES_COLUMNS "WHERE series_id = :id",
    [SQL_SERIES_DEFAULT] = SERIES_COLUMNS "WHERE is_default = 1",
    [SQL_SERIES_ASCENDING] =
        SERIES_COLUMNS "WHERE series_id > coalesce(:after, '') ORDER BY series_id LIMIT :limit",
    /* '~' is above every byte of an identifier. */
    [SQL_SERIES_DESCENDING] = SERIES_COLUMNS
    "WHERE series_id < coalesce(:after, '~') ORDER BY series_id DESC LIMIT :limit",
    [SQL_SERIES_COUNT] = "SELECT count(*) FROM series",
    [SQL_SERIES_FOUND_ASCENDING] = SERIES_COLUMNS SERIES_FOUND
    "AND series_id > coalesce(:after, '') ORDER BY series_id LIMIT :limit",
    [SQL_SERIES_FOUND_DESCENDING] = SERIES_COLUMNS SERIES_FOUND
    "AND series_id < coalesce(:after, '~') ORDER BY series_id DESC LIMIT :limit",
    [SQL_SERIES_FOUND_COUNT] = "SELECT count(*) FROM series_text WHERE series_text MATCH :words",
    [SQL_EVIDENCE_COUNT] = "SELECT count(*) FROM report WHERE series = :series",
    [SQL_EVIDENCE_REPORTS] = EVIDENCE_REPORTS "WHERE series = :series " EVIDENCE_REPORTS_ORDER,
    [SQL_EVIDENCE_REPORTS_THEN] =
        EVIDENCE_REPORTS "WHERE series = :series " IMPORTED_BY("r.import") EVIDENCE_REPORTS_ORDER,
    [SQL_RULINGS_COUNT] = "SELECT count(*) FROM ruling WHERE series = :series",
    [SQL_EVIDENCE_RULINGS] = EVIDENCE_RULINGS "WHERE series = :series " EVIDENCE_RULINGS_ORDER,
    [SQL_EVIDENCE_RULINGS_THEN] = EVIDENCE_RULINGS
    "WHERE series = :series " IMPORTED_BY("ruling.import") EVIDENCE_RULINGS_ORDER,
    [SQL_SOURCE] = SOURCE_COLUMNS "WHERE source_id = :id",
    [SQL_SOURCES_ASCENDING] =
        SOURCE_COLUMNS SOURCE_FILTER "AND (published_day, source_id) > (:after_day, :after_id) "
                                     "ORDER BY published_day, source_id LIMIT :limit",
    [SQL_SOURCES_DESCENDING] =
        SOURCE_COLUMNS SOURCE_FILTER "AND (published_day, source_id) < (:after_day, :after_id) "
                                     "ORDER BY published_day DESC, source_id DESC LIMIT :limit",
    [SQL_SOURCES_COUNT] = "SELECT count(*) FROM source " SOURCE_FILTER,
    [SQL_REPORTS_ASCENDING] = REPORTS("") REPORT_ASCENDING,
    [SQL_REPORTS_DESCENDING] = REPORTS("") REPORT_DESCENDING,
    [SQL_REPORTS_COUNT] = REPORTS_COUNT(""),
    [SQL_REPORTS_OF_SERIES_ASCENDING] = REPORTS("r.series = :scope AND ") REPORT_ASCENDING,
    [SQL_REPORTS_OF_SERIES_DESCENDING] = REPORTS("r.series = :scope AND ") REPORT_DESCENDING,
    [SQL_REPORTS_OF_SERIES_COUNT] = REPORTS_COUNT("r.series = :scope AND "),
    [SQL_REPORTS_OF_SOURCE_ASCENDING] = REPORTS("r.source = :scope AND ") REPORT_ASCENDING,
    [SQL_REPORTS_OF_SOURCE_DESCENDING] = REPORTS("r.source = :scope AND ") REPORT_DESCENDING,
    [SQL_REPORTS_OF_SOURCE_COUNT] = REPORTS_COUNT("r.source = :scope AND "),
    [SQL_CLAIM] = CLAIM_COLUMNS "WHERE claim_id = :id",
    [SQL_CLAIM_NUMBERED] = CLAIM_COLUMNS "WHERE claim = :number",
    [SQL_CLAIMS] = CLAIM_COLUMNS "WHERE " CLAIM_FILTER,
    [SQL_CLAIMS_OF_SERIES] = CLAIM_COLUMNS "WHERE series_id = :series AND " CLAIM_FILTER,
    [SQL_CLAIMS_OF_SOURCE] =
        CLAIM_COLUMNS "WHERE c.source = :source ORDER BY claim_id LIMIT :limit",
    [SQL_CLAIMS_ABOUT] = CLAIM_COLUMNS
    "WHERE c.series = :series AND metric = :metric AND c.first = :first AND c.last = :last "
    "AND published_day <= :as_of ORDER BY published_day, source_id, claim_id",
    [SQL_IMPORT] = IMPORT_COLUMNS "WHERE import = :number",
    [SQL_IMPORTS_ASCENDING] = IMPORT_COLUMNS "WHERE import > :after ORDER BY import LIMIT :limit",
    [SQL_IMPORTS_DESCENDING] =
        IMPORT_COLUMNS "WHERE import < :after ORDER BY import DESC LIMIT :limit",
    [SQL_IMPORTS_COUNT] = "SELECT count(*) FROM import",
    [SQL_TOKENS] =
        ("SELECT name, hash, may_import, may_revert, expires_day, created_at, revoked_at "
         "FROM token ORDER BY name"),
    [SQL_TOKENS_COUNT] = "SELECT count(*) FROM token",
};

static struct span column_span(sqlite3_stmt *row, int column)
{
    return (struct span){
        (int32_t)sqlite3_column_int64(row, column),
        (int32_t)sqlite3_column_int64(row, column + 1),
    };
}

static date column_date(sqlite3_stmt *row, int column)
{
    return (date){(int32_t)sqlite3_column_int64(row, column)};
}

static struct series_info series_row(struct arena *arena, sqlite3_stmt *row)
{
    struct series_info info = {
        .number = sqlite3_column_int64(row, 0),
        .id = sql_text(arena, row, 1),
        .title = sql_text(arena, row, 2),
        .description = sql_text(arena, row, 3),
        .unit = sql_text(arena, row, 4),
        .aggregation = sql_text(arena, row, 5),
        .fiscal_year_start = sqlite3_column_int(row, 6),
        .part_of = sql_text(arena, row, 7),
        .is_default = sqlite3_column_int(row, 8) != 0,
        .changed = sqlite3_column_int64(row, 9),
    };
    info.adds_up = strcmp(info.aggregation, "sum") == 0;
    return info;
}

bool store_series(struct store *store, struct arena *arena, const char *id, struct series_info *ret,
                  struct error *reterr)
{
    SQL_AUTO row = store_statement(store, id ? SQL_SERIES : SQL_SERIES_DEFAULT, reterr);
    if (!row)
        return false;
    bool found;
    if (id)
        sql_bind_text(row, ":id", id);
    if (!sql_step(row, &found, reterr))
        return false;
    if (!found)
        return error_set(reterr, ERROR_NOT_FOUND,
                         id ? "there is no series '%s'" : "no default series", id);
    *ret = series_row(arena, row);
    return true;
}

/* The words as the query language of FTS5 has them: each quoted, so that none is an operator, as a prefix. */
static const char *match_of(struct arena *arena, const char *words)
{
    static const char blanks[] = " \t\r\n";
    struct buffer match = {0};
    for (words += strspn(words, blanks); *words != '\0'; words += strspn(words, blanks)) {
        buffer_text(&match, "\"");
        for (size_t rest = strcspn(words, blanks); rest > 0; rest--, words++) {
            if (*words == '"')
                buffer_char(&match, '"');
            buffer_char(&match, *words);
        }
        buffer_text(&match, "\"* ");
    }
    if (match.length == 0)
        buffer_text(&match, "\"\"");
    const char *copy = arena_text(arena, match.bytes, match.length);
    buffer_release(&match);
    return copy;
}

bool store_series_list(struct store *store, struct arena *arena, const struct series_filter *filter,
                       struct series_list *ret, struct error *reterr)
{
    enum sql sql =
        filter->words
            ? (filter->descending ? SQL_SERIES_FOUND_DESCENDING : SQL_SERIES_FOUND_ASCENDING)
            : (filter->descending ? SQL_SERIES_DESCENDING : SQL_SERIES_ASCENDING);
    SQL_AUTO count =
        store_statement(store, filter->words ? SQL_SERIES_FOUND_COUNT : SQL_SERIES_COUNT, reterr);
    SQL_AUTO row = store_statement(store, sql, reterr);
    if (!count || !row)
        return false;
    bool more;
    if (filter->words) {
        const char *match = match_of(arena, filter->words);
        sql_bind_text(count, ":words", match);
        sql_bind_text(row, ":words", match);
    }
    if (!sql_integer(count, &ret->total, reterr))
        return false;
    int64_t limit = filter->limit < ret->total ? filter->limit : ret->total;
    struct series_info *at = ARENA_ARRAY(arena, (size_t)limit, struct series_info);
    sql_bind_text(row, ":after", filter->after);
    sql_bind_integer(row, ":limit", limit);
    ret->n = 0;
    ret->at = at;
    while (sql_step(row, &more, reterr)) {
        if (!more)
            return true;
        at[ret->n++] = series_row(arena, row);
    }
    return false;
}

/* With a generation, only rows that had come by then. */
static bool evidence_reports(struct store *store, struct arena *arena, int64_t series,
                             const int64_t *generation, struct evidence *ret, struct error *reterr)
{
    SQL_AUTO count = store_statement(store, SQL_EVIDENCE_COUNT, reterr);
    SQL_AUTO row = store_statement(
        store, generation ? SQL_EVIDENCE_REPORTS_THEN : SQL_EVIDENCE_REPORTS, reterr);
    if (!count || !row)
        return false;
    int64_t n;
    bool more;
    sql_bind_integer(count, ":series", series);
    sql_bind_integer(row, ":series", series);
    if (generation)
        sql_bind_integer(row, ":generation", *generation);
    if (!sql_integer(count, &n, reterr))
        return false;
    struct report *reports = ARENA_ARRAY(arena, (size_t)n, struct report);
    ret->reports = reports;
    while (sql_step(row, &more, reterr)) {
        if (!more)
            return true;
        reports[ret->n_reports++] = (struct report){
            .span = column_span(row, 0),
            .value = sqlite3_column_int64(row, 2),
            .precision = sqlite3_column_int64(row, 3),
            .published = column_date(row, 4),
            .authority = (enum authority)sqlite3_column_int(row, 5),
            .source = sql_text(arena, row, 6),
            .publisher = sql_text(arena, row, 7),
            .dated = sql_text(arena, row, 8),
        };
    }
    return false;
}

static bool evidence_rulings(struct store *store, struct arena *arena, int64_t series,
                             const int64_t *generation, struct evidence *ret, struct error *reterr)
{
    SQL_AUTO count = store_statement(store, SQL_RULINGS_COUNT, reterr);
    SQL_AUTO row = store_statement(
        store, generation ? SQL_EVIDENCE_RULINGS_THEN : SQL_EVIDENCE_RULINGS, reterr);
    if (!count || !row)
        return false;
    int64_t n;
    bool more;
    sql_bind_integer(count, ":series", series);
    sql_bind_integer(row, ":series", series);
    if (generation)
        sql_bind_integer(row, ":generation", *generation);
    if (!sql_integer(count, &n, reterr))
        return false;
    struct ruling *rulings = ARENA_ARRAY(arena, (size_t)n, struct ruling);
    ret->rulings = rulings;
    while (sql_step(row, &more, reterr)) {
        if (!more)
            return true;
        rulings[ret->n_rulings++] = (struct ruling){
            .span = column_span(row, 0),
            .accept = sqlite3_column_int(row, 2) != 0,
            .value = sqlite3_column_int64(row, 3),
            .precision = sqlite3_column_int64(row, 4),
            .ruled = column_date(row, 5),
            .reason = sql_text(arena, row, 6),
        };
    }
    return false;
}

bool store_evidence(struct store *store, struct arena *arena, const struct series_info *series,
                    struct evidence *ret, struct error *reterr)
{
    *ret = (struct evidence){0};
    return evidence_reports(store, arena, series->number, NULL, ret, reterr) &&
           evidence_rulings(store, arena, series->number, NULL, ret, reterr);
}

bool store_evidence_then(struct store *store, struct arena *arena, const struct series_info *series,
                         int64_t generation, struct evidence *ret, struct error *reterr)
{
    *ret = (struct evidence){0};
    return evidence_reports(store, arena, series->number, &generation, ret, reterr) &&
           evidence_rulings(store, arena, series->number, &generation, ret, reterr);
}
