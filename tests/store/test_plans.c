/* How SQLite goes about every statement: by which index, and what it has to sort. */
#include <string.h>

#include "check_main.h"
#include "fixture.h"
#include "sql.h"

/* Steps that read a whole table or sort, and why they may. */
static const struct {
    enum sql statement;
    const char *step;
    const char *reason;
} allowed[] = {
    {SQL_STATE, "SCAN store", "the table has one row"},
    {SQL_SERIES_COUNT, "SCAN series USING COVERING INDEX", "counts all series"},
    {SQL_SERIES_FOUND_ASCENDING, "SCAN series_text VIRTUAL TABLE INDEX 0:M3", "looks words up"},
    {SQL_SERIES_FOUND_DESCENDING, "SCAN series_text VIRTUAL TABLE INDEX 0:M3", "looks words up"},
    {SQL_SERIES_FOUND_COUNT, "SCAN series_text VIRTUAL TABLE INDEX 0:M3", "looks words up"},
    {SQL_SERIES_FOUND_ASCENDING, "USE TEMP B-TREE FOR ORDER BY", "sorts what is found"},
    {SQL_SERIES_FOUND_DESCENDING, "USE TEMP B-TREE FOR ORDER BY", "sorts what is found"},
    {SQL_REPORTS_COUNT, "SCAN r USING COVERING INDEX", "counts the reports of the whole store"},
    {SQL_REPORTS_ASCENDING, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few reports of one period, by their sources' dates"},
    {SQL_REPORTS_DESCENDING, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few reports of one period, by their sources' dates"},
    {SQL_REPORTS_OF_SERIES_ASCENDING, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few reports of one period, by their sources' dates"},
    {SQL_REPORTS_OF_SERIES_DESCENDING, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few reports of one period, by their sources' dates"},
    {SQL_REPORTS_OF_SOURCE_ASCENDING, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few reports of one period, by their sources' dates"},
    {SQL_REPORTS_OF_SOURCE_DESCENDING, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few reports of one period, by their sources' dates"},
    {SQL_EVIDENCE_REPORTS, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few reports of one period, by their sources' dates"},
    {SQL_EVIDENCE_RULINGS, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few rulings of one day"},
    {SQL_EVIDENCE_REPORTS_THEN, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few reports of one period, by their sources' dates"},
    {SQL_EVIDENCE_RULINGS_THEN, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "sorts the few rulings of one day"},
    {SQL_CLAIMS, "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY", "sorts the claims of one source"},
    {SQL_CLAIMS_OF_SERIES, "USE TEMP B-TREE FOR ORDER BY", "sorts the claims of one series"},
    {SQL_CLAIMS_OF_SOURCE, "USE TEMP B-TREE FOR ORDER BY", "sorts the claims of one source"},
    {SQL_TOKENS, "SCAN token", "compares with every token, so that the time tells nothing"},
    {SQL_IMPORTS_COUNT, "SCAN import USING COVERING INDEX", "counts the imports"},
    {SQL_TOKENS_COUNT, "SCAN token USING COVERING INDEX",
     "counts the tokens, of which there are few"},
    {SQL_CLAIMS_ABOUT, "USE TEMP B-TREE FOR ORDER BY", "sorts the claims about one figure"},
};

static bool is_allowed(enum sql statement, const char *step)
{
    for (size_t i = 0; i < COUNT(allowed); i++) {
        if (allowed[i].statement == statement &&
            strncmp(step, allowed[i].step, strlen(allowed[i].step)) == 0)
            return true;
    }
    return false;
}

static bool is_slow(const char *step)
{
    return strncmp(step, "SCAN ", 5) == 0 || strstr(step, "TEMP B-TREE") ||
           strstr(step, "AUTOMATIC");
}

static bool has_plan(enum sql statement)
{
    return statement != SQL_BEGIN && statement != SQL_COMMIT && statement != SQL_DATA_VERSION;
}

/* Steps of a statement, each to its visitor. */
static void each_step(sqlite3 *db, enum sql statement,
                      void (*visit)(enum sql statement, const char *step, void *context),
                      void *context)
{
    sqlite3_stmt *plan;
    char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql_texts[statement]);
    int code = sqlite3_prepare_v2(db, explain, -1, &plan, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", explain, sqlite3_errmsg(db));
    while (sqlite3_step(plan) == SQLITE_ROW)
        visit(statement, (const char *)sqlite3_column_text(plan, 3), context);
    sqlite3_finalize(plan);
    sqlite3_free(explain);
}

static void refuse_slow(enum sql statement, const char *step, void *context)
{
    ++*(int *)context;
    ck_assert_msg(!is_slow(step) || is_allowed(statement, step), "'%s' for: %s", step,
                  sql_texts[statement]);
}

static sqlite3 *sample_open(void)
{
    const char *path = path_of("plans.db");
    sqlite3 *db;
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    store_close(store);
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

START_TEST(goes_by_an_index)
{
    int steps = 0;
    if (!has_plan((enum sql)_i))
        return;
    ck_assert_ptr_nonnull(sql_texts[_i]);
    sqlite3 *db = sample_open();
    each_step(db, (enum sql)_i, refuse_slow, &steps);
    ck_assert_int_gt(steps, 0);
    sqlite3_close(db);
}
END_TEST

static void look_for(enum sql statement, const char *step, void *context)
{
    (void)statement;
    const char **wanted = context;
    if (*wanted && strncmp(step, *wanted, strlen(*wanted)) == 0)
        *wanted = NULL;
}

START_TEST(every_exception_is_needed)
{
    const char *wanted = allowed[_i].step;
    sqlite3 *db = sample_open();
    each_step(db, allowed[_i].statement, look_for, &wanted);
    ck_assert_msg(!wanted, "'%s' (%s) is not needed for: %s", allowed[_i].step, allowed[_i].reason,
                  sql_texts[allowed[_i].statement]);
    sqlite3_close(db);
}
END_TEST

/* The index that a listing or a look-up lives by. */
static const struct {
    enum sql statement;
    const char *step;
} indices[] = {
    {SQL_SERIES, "SEARCH series USING INDEX sqlite_autoindex_series_1 (series_id=?)"},
    {SQL_SERIES_DEFAULT, "SEARCH series USING INDEX series_default"},
    {SQL_SERIES_ASCENDING, "SEARCH series USING INDEX sqlite_autoindex_series_1 (series_id>?)"},
    {SQL_SERIES_DESCENDING, "SEARCH series USING INDEX sqlite_autoindex_series_1 (series_id<?)"},
    {SQL_EVIDENCE_REPORTS, "SEARCH r USING PRIMARY KEY (series=?)"},
    {SQL_EVIDENCE_RULINGS, "SEARCH ruling USING PRIMARY KEY (series=?)"},
    {SQL_SOURCE, "SEARCH s USING INDEX sqlite_autoindex_source_1 (source_id=?)"},
    {SQL_SOURCES_ASCENDING, "SEARCH s USING INDEX source_by_day"},
    {SQL_SOURCES_DESCENDING, "SEARCH s USING INDEX source_by_day"},
    {SQL_REPORTS_ASCENDING,
     "SEARCH t USING COVERING INDEX sqlite_autoindex_series_1 (series_id>?)"},
    {SQL_REPORTS_ASCENDING, "SEARCH r USING PRIMARY KEY (series=? AND first>?)"},
    {SQL_REPORTS_DESCENDING,
     "SEARCH t USING COVERING INDEX sqlite_autoindex_series_1 (series_id<?)"},
    {SQL_REPORTS_DESCENDING, "SEARCH r USING PRIMARY KEY (series=? AND first>? AND first<?)"},
    {SQL_REPORTS_OF_SERIES_ASCENDING, "SEARCH r USING PRIMARY KEY (series=? AND first>?)"},
    {SQL_REPORTS_OF_SERIES_DESCENDING,
     "SEARCH r USING PRIMARY KEY (series=? AND first>? AND first<?)"},
    {SQL_REPORTS_OF_SOURCE_ASCENDING,
     "SEARCH r USING INDEX report_by_source (source=? AND series=? AND first>?)"},
    {SQL_REPORTS_OF_SOURCE_DESCENDING,
     "SEARCH r USING INDEX report_by_source (source=? AND series=? AND first>? AND first<?)"},
    {SQL_CLAIM, "SEARCH c USING INDEX sqlite_autoindex_claim_1 (claim_id=?)"},
    {SQL_CLAIM_NUMBERED, "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"},
    {SQL_CLAIMS_OF_SERIES, "SEARCH c USING INDEX claim_by_series (series=?)"},
    {SQL_CLAIMS_OF_SOURCE, "SEARCH c USING INDEX claim_by_source (source=?)"},
    {SQL_CLAIMS_ABOUT,
     "SEARCH c USING INDEX claim_by_series (series=? AND metric=? AND first=? AND last=?)"},
};

START_TEST(by_the_right_one)
{
    const char *wanted = indices[_i].step;
    sqlite3 *db = sample_open();
    each_step(db, indices[_i].statement, look_for, &wanted);
    ck_assert_msg(!wanted, "no '%s' for: %s", indices[_i].step, sql_texts[indices[_i].statement]);
    sqlite3_close(db);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("plans");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_add_loop_test(tests, goes_by_an_index, 0, SQL_COUNT);
    tcase_add_loop_test(tests, every_exception_is_needed, 0, COUNT(allowed));
    tcase_add_loop_test(tests, by_the_right_one, 0, COUNT(indices));
    return check_main(tests);
}
