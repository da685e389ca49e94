/* One SQLite connection and its statements. Part of the store. */
#pragma once

#include <sqlite3.h>

#include "exportstat/base/embedded.h"
#include "exportstat/store/store.h"

/* Statements that a connection prepares once, when it first needs them. */
enum sql {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_STATE,
    SQL_DATA_VERSION,
    SQL_SERIES,
    SQL_SERIES_DEFAULT,
    SQL_SERIES_ASCENDING,
    SQL_SERIES_DESCENDING,
    SQL_SERIES_COUNT,
    SQL_SERIES_FOUND_ASCENDING,
    SQL_SERIES_FOUND_DESCENDING,
    SQL_SERIES_FOUND_COUNT,
    SQL_EVIDENCE_COUNT,
    SQL_EVIDENCE_REPORTS,
    SQL_RULINGS_COUNT,
    SQL_EVIDENCE_RULINGS,
    SQL_EVIDENCE_REPORTS_THEN,
    SQL_EVIDENCE_RULINGS_THEN,
    SQL_SOURCE,
    SQL_SOURCES_ASCENDING,
    SQL_SOURCES_DESCENDING,
    SQL_SOURCES_COUNT,
    SQL_REPORTS_ASCENDING,
    SQL_REPORTS_DESCENDING,
    SQL_REPORTS_COUNT,
    SQL_REPORTS_OF_SERIES_ASCENDING,
    SQL_REPORTS_OF_SERIES_DESCENDING,
    SQL_REPORTS_OF_SERIES_COUNT,
    SQL_REPORTS_OF_SOURCE_ASCENDING,
    SQL_REPORTS_OF_SOURCE_DESCENDING,
    SQL_REPORTS_OF_SOURCE_COUNT,
    SQL_CLAIM,
    SQL_CLAIM_NUMBERED,
    SQL_CLAIMS,
    SQL_CLAIMS_OF_SERIES,
    SQL_CLAIMS_OF_SOURCE,
    SQL_CLAIMS_ABOUT,
    SQL_IMPORT,
    SQL_IMPORTS_ASCENDING,
    SQL_IMPORTS_DESCENDING,
    SQL_IMPORTS_COUNT,
    SQL_TOKENS,
    SQL_TOKENS_COUNT,
    SQL_COUNT,
};

/* Says of series that their reports or rulings are others in the generation that this change makes. */
#define SQL_CHANGED "UPDATE series SET changed = (SELECT generation + 1 FROM store)"

/* Makes the index for search anew: what adds or takes out series ends with it. */
#define SQL_RENEW_SERIES_TEXT "INSERT INTO series_text (series_text) VALUES ('rebuild')"

/* How many reports fit the filter that was counted last, so that the next page of a listing need not count again. */
struct counted {
    int64_t generation; /* 0: nothing was counted yet */
    date as_of;
    struct span within;
    struct span exactly;
    int64_t series;
    int64_t source;
    int64_t total;
};

enum { BUSY_MILLISECONDS = 5000 }; /* how long a lock of another connection is waited for */

struct store {
    sqlite3 *db;
    sqlite3_stmt *statement[SQL_COUNT]; /* NULL: not prepared yet */
    int64_t generation;                 /* of the read transaction */
    struct counted counted;
};

extern const char *const sql_texts[SQL_COUNT];
extern const struct embedded migrations[];

/* One of them: to prepare all took most of the time of opening a store, and few connections need all. NULL where it can
 * not be prepared, and *reterr says why. */
sqlite3_stmt *store_statement(struct store *store, enum sql which, struct error *reterr);

/* Whether the file is one that this program may use, for reading or for writing. */
bool store_recognise(sqlite3 *db, const char *path, enum store_mode mode, struct error *reterr);

/* Takes back what a process that was killed had begun to write beside the log, as in changing how the file is kept: a
 * connection that only reads could not, and would not read either. Whatever hinders it, the next to open the file meets. */
void sql_take_back(const char *path);

/* What SQLite says of its last failure, as an ERROR_STORE; returns false. */
bool sql_fault(sqlite3 *db, const char *doing, struct error *reterr);

bool sql_execute(sqlite3 *db, const char *sql, struct error *reterr);
bool sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct error *reterr);

/* Puts a file into WAL mode, which it then stays in: changes go to a log beside it, and who reads waits for nobody. */
bool sql_use_log(sqlite3 *db, struct error *reterr);

/* Runs a statement to its next row; *ret_row is false at the end. */
bool sql_step(sqlite3_stmt *statement, bool *ret_row, struct error *reterr);

/* Runs a statement that has no rows, and resets it. */
bool sql_run(sqlite3_stmt *statement, struct error *reterr);

/* The one integer that a statement answers with. */
bool sql_integer(sqlite3_stmt *statement, int64_t *ret, struct error *reterr);

/* The same of a statement that is asked this once. */
bool sql_ask(sqlite3 *db, const char *sql, int64_t *ret, struct error *reterr);

/* Whether every page of the database can be read, and is what it should be. False where that can not be told. */
bool sql_look_through(sqlite3 *db, bool *ret_whole, struct error *reterr);

/* Of what SQLite finds when it checks itself: a page that it had no memory for is among it like a damaged one, and says
 * nothing of the database. Then false. */
bool sql_finding_holds(const char *finding, struct error *reterr);

void sql_bind_text(sqlite3_stmt *statement, const char *name,
                   const char *text); /* NULL binds null */
void sql_bind_integer(sqlite3_stmt *statement, const char *name, int64_t value);

/* A column as text in the arena; NULL where it is null. */
const char *sql_text(struct arena *arena, sqlite3_stmt *statement, int column);

/* Ends a statement's read on every way out of a function. */
void sql_reset(sqlite3_stmt **statement);
#define SQL_AUTO __attribute__((cleanup(sql_reset))) sqlite3_stmt *
