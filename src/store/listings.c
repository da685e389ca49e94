#include <string.h>

#include "exportstat/base/metric.h"
#include "sql.h"

static struct source_info source_row(struct arena *arena, sqlite3_stmt *row)
{
    return (struct source_info){
        .number = sqlite3_column_int64(row, 0),
        .id = sql_text(arena, row, 1),
        .publisher = sql_text(arena, row, 2),
        .title = sql_text(arena, row, 3),
        .url = sql_text(arena, row, 4),
        .published = sql_text(arena, row, 5),
        .published_day = {(int32_t)sqlite3_column_int64(row, 6)},
        .date_basis = sql_text(arena, row, 7),
        .kind = sql_text(arena, row, 8),
        .authority = sqlite3_column_int(row, 9),
        .n_reports = sqlite3_column_int64(row, 10),
        .n_claims = sqlite3_column_int64(row, 11),
    };
}

bool store_source(struct store *store, struct arena *arena, const char *id, struct source_info *ret,
                  struct error *reterr)
{
    SQL_AUTO row = store_statement(store, SQL_SOURCE, reterr);
    if (!row)
        return false;
    bool found;
    sql_bind_text(row, ":id", id);
    if (!sql_step(row, &found, reterr))
        return false;
    if (!found)
        return error_set(reterr, ERROR_NOT_FOUND, "there is no source '%s'", id);
    *ret = source_row(arena, row);
    return true;
}

static void bind_source_filter(sqlite3_stmt *statement, const struct source_filter *filter)
{
    sql_bind_integer(statement, ":as_of", filter->as_of.day);
    sql_bind_text(statement, ":publisher", filter->publisher);
    sql_bind_integer(statement, ":authority", filter->authority);
}

/* The rows that a page can have: its limit, or fewer where not so many exist. */
static size_t page_room(int64_t limit, int64_t total)
{
    return (size_t)(limit < 0 || limit > total ? total : limit);
}

bool store_sources(struct store *store, struct arena *arena, const struct source_filter *filter,
                   struct source_list *ret, struct error *reterr)
{
    bool descending = filter->descending;
    SQL_AUTO count = store_statement(store, SQL_SOURCES_COUNT, reterr);
    SQL_AUTO row =
        store_statement(store, descending ? SQL_SOURCES_DESCENDING : SQL_SOURCES_ASCENDING, reterr);
    if (!count || !row)
        return false;
    bool more;
    bind_source_filter(count, filter);
    bind_source_filter(row, filter);
    sql_bind_integer(row, ":limit", filter->limit);
    sql_bind_integer(row, ":after_day", descending ? INT64_MAX : INT64_MIN);
    sql_bind_text(row, ":after_id", "");
    if (filter->after) {
        sql_bind_integer(row, ":after_day", filter->after->published_day.day);
        sql_bind_text(row, ":after_id", filter->after->id);
    }
    if (!sql_integer(count, &ret->total, reterr))
        return false;
    struct source_info *at =
        ARENA_ARRAY(arena, page_room(filter->limit, ret->total), struct source_info);
    ret->at = at;
    ret->n = 0;
    while (sql_step(row, &more, reterr)) {
        if (!more)
            return true;
        at[ret->n++] = source_row(arena, row);
    }
    return false;
}

static void bind_report_filter(sqlite3_stmt *statement, const struct report_filter *filter)
{
    sql_bind_integer(statement, ":as_of", filter->as_of.day);
    sql_bind_integer(statement, ":from", filter->within.first);
    sql_bind_integer(statement, ":to", filter->within.last);
    sql_bind_integer(statement, ":first", filter->exactly.first);
    sql_bind_integer(statement, ":last", filter->exactly.last);
    sql_bind_integer(statement, ":source", filter->source ? filter->source->number : 0);
    if (filter->series)
        sql_bind_integer(statement, ":scope", filter->series->number);
    else if (filter->source)
        sql_bind_integer(statement, ":scope", filter->source->number);
}

static void bind_report_page(sqlite3_stmt *statement, const struct report_filter *filter)
{
    const struct report_place *after = filter->after;
    sql_bind_text(statement, ":after_series", filter->descending ? "~" : ""); /* as of series */
    sql_bind_integer(statement, ":after_first", 0);
    sql_bind_integer(statement, ":after_last", 0);
    sql_bind_integer(statement, ":after_day", 0);
    sql_bind_text(statement, ":after_source", "");
    if (after) {
        sql_bind_text(statement, ":after_series", after->series);
        sql_bind_integer(statement, ":after_first", after->span.first);
        sql_bind_integer(statement, ":after_last", after->span.last);
        sql_bind_integer(statement, ":after_day", after->published.day);
        sql_bind_text(statement, ":after_source", after->source);
    }
    sql_bind_integer(statement, ":limit", filter->limit);
}

static struct report_row report_row(struct arena *arena, sqlite3_stmt *row)
{
    return (struct report_row){
        .source = sql_text(arena, row, 0),
        .series = sql_text(arena, row, 1),
        .period = sql_text(arena, row, 2),
        .span = {(int32_t)sqlite3_column_int64(row, 3), (int32_t)sqlite3_column_int64(row, 4)},
        .value = sqlite3_column_int64(row, 5),
        .precision = sqlite3_column_int64(row, 6),
        .publisher = sql_text(arena, row, 7),
        .published = sql_text(arena, row, 8),
        .authority = sqlite3_column_int(row, 9),
        .note = sql_text(arena, row, 10),
    };
}

static bool counted_same(const struct counted *a, const struct counted *b)
{
    return a->generation > 0 && a->generation == b->generation && a->as_of.day == b->as_of.day &&
           span_equal(a->within, b->within) && span_equal(a->exactly, b->exactly) &&
           a->series == b->series && a->source == b->source;
}

/* Counting reads whatever may fit: a second for ten million reports. */
static bool reports_count(struct store *store, sqlite3_stmt *count,
                          const struct report_filter *filter, int64_t *ret, struct error *reterr)
{
    struct counted wanted = {
        .generation = store->generation,
        .as_of = filter->as_of,
        .within = filter->within,
        .exactly = filter->exactly,
        .series = filter->series ? filter->series->number : 0,
        .source = filter->source ? filter->source->number : 0,
    };
    if (!counted_same(&store->counted, &wanted)) {
        bind_report_filter(count, filter);
        if (!sql_integer(count, &wanted.total, reterr))
            return false;
        store->counted = wanted;
    }
    *ret = store->counted.total;
    return true;
}

bool store_reports(struct store *store, struct arena *arena, const struct report_filter *filter,
                   struct report_list *ret, struct error *reterr)
{
    enum sql base = SQL_REPORTS_ASCENDING;
    if (filter->series)
        base = SQL_REPORTS_OF_SERIES_ASCENDING;
    else if (filter->source)
        base = SQL_REPORTS_OF_SOURCE_ASCENDING;
    SQL_AUTO row = store_statement(store, base + filter->descending, reterr);
    SQL_AUTO count = store_statement(store, base + 2, reterr);
    if (!row || !count)
        return false;
    bool more;
    bind_report_filter(row, filter);
    bind_report_page(row, filter);
    if (!reports_count(store, count, filter, &ret->total, reterr))
        return false;
    struct report_row *at =
        ARENA_ARRAY(arena, page_room(filter->limit, ret->total), struct report_row);
    ret->at = at;
    ret->n = 0;
    while (sql_step(row, &more, reterr)) {
        if (!more)
            return true;
        at[ret->n++] = report_row(arena, row);
    }
    return false;
}

static struct claim_row claim_row(struct arena *arena, sqlite3_stmt *row)
{
    return (struct claim_row){
        .number = sqlite3_column_int64(row, 13),
        .id = sql_text(arena, row, 0),
        .source = sql_text(arena, row, 1),
        .series = sql_text(arena, row, 2),
        .metric = sql_text(arena, row, 3),
        .period = sql_text(arena, row, 4),
        .value = sqlite3_column_int64(row, 5),
        .unit = sql_text(arena, row, 6),
        .precision = sqlite3_column_int64(row, 7),
        .published = sql_text(arena, row, 8),
        .published_day = {(int32_t)sqlite3_column_int64(row, 9)},
        .statement = sql_text(arena, row, 10),
        .span = {(int32_t)sqlite3_column_int64(row, 11), (int32_t)sqlite3_column_int64(row, 12)},
    };
}

/* A metric that this program does not know can only come from a damaged database, or a newer program. */
static bool claim_fits(const struct claim_row *claim, struct error *reterr)
{
    return metric_find(claim->metric) < METRICS ||
           error_set(reterr, ERROR_STORE, "the claim '%s' is of no metric: '%s'", claim->id,
                     claim->metric);
}

static bool claims_read(sqlite3_stmt *row, struct arena *arena, struct claim_list *ret,
                        struct error *reterr)
{
    size_t room = 16;
    struct claim_row *at = ARENA_ARRAY(arena, room, struct claim_row);
    bool more;
    *ret = (struct claim_list){.at = at};
    while (sql_step(row, &more, reterr)) {
        if (!more)
            return true;
        if (ret->n == room) {
            room *= 2;
            struct claim_row *larger = ARENA_ARRAY(arena, room, struct claim_row);
            memcpy(larger, at, ret->n * sizeof *at);
            at = larger;
            ret->at = at;
        }
        at[ret->n] = claim_row(arena, row);
        if (!claim_fits(&at[ret->n++], reterr))
            return false;
    }
    return false;
}

static bool claim_one(sqlite3_stmt *row, struct arena *arena, struct claim_row *ret,
                      struct error *reterr)
{
    bool found;
    if (!sql_step(row, &found, reterr))
        return false;
    if (!found)
        return error_set(reterr, ERROR_NOT_FOUND, "there is no such claim");
    *ret = claim_row(arena, row);
    return claim_fits(ret, reterr);
}

bool store_claim(struct store *store, struct arena *arena, const char *id, struct claim_row *ret,
                 struct error *reterr)
{
    SQL_AUTO row = store_statement(store, SQL_CLAIM, reterr);
    if (!row)
        return false;
    sql_bind_text(row, ":id", id);
    return claim_one(row, arena, ret, reterr);
}

bool store_claim_numbered(struct store *store, struct arena *arena, int64_t number,
                          struct claim_row *ret, struct error *reterr)
{
    SQL_AUTO row = store_statement(store, SQL_CLAIM_NUMBERED, reterr);
    if (!row)
        return false;
    sql_bind_integer(row, ":number", number);
    return claim_one(row, arena, ret, reterr);
}

bool store_claims(struct store *store, struct arena *arena, const struct claim_filter *filter,
                  struct claim_list *ret, struct error *reterr)
{
    SQL_AUTO row =
        store_statement(store, filter->series ? SQL_CLAIMS_OF_SERIES : SQL_CLAIMS, reterr);
    if (!row)
        return false;
    sql_bind_integer(row, ":as_of", filter->as_of.day);
    if (filter->series)
        sql_bind_text(row, ":series", filter->series);
    sql_bind_text(row, ":source", filter->source);
    sql_bind_text(row, ":metric", filter->metric);
    sql_bind_integer(row, ":from", filter->within.first);
    sql_bind_integer(row, ":to", filter->within.last);
    sql_bind_integer(row, ":first", filter->exactly.first);
    sql_bind_integer(row, ":last", filter->exactly.last);
    return claims_read(row, arena, ret, reterr);
}

bool store_claims_of_source(struct store *store, struct arena *arena,
                            const struct source_info *source, int64_t limit, struct claim_list *ret,
                            struct error *reterr)
{
    SQL_AUTO row = store_statement(store, SQL_CLAIMS_OF_SOURCE, reterr);
    if (!row)
        return false;
    sql_bind_integer(row, ":source", source->number);
    sql_bind_integer(row, ":limit", limit);
    return claims_read(row, arena, ret, reterr);
}

bool store_claims_about(struct store *store, struct arena *arena, const struct series_info *series,
                        const char *metric, struct span span, date as_of, struct claim_list *ret,
                        struct error *reterr)
{
    SQL_AUTO row = store_statement(store, SQL_CLAIMS_ABOUT, reterr);
    if (!row)
        return false;
    sql_bind_integer(row, ":series", series->number);
    sql_bind_text(row, ":metric", metric);
    sql_bind_integer(row, ":first", span.first);
    sql_bind_integer(row, ":last", span.last);
    sql_bind_integer(row, ":as_of", as_of.day);
    return claims_read(row, arena, ret, reterr);
}
