/* Databases for tests: a folder that goes away with the test program, and what most tests do with
 * a store. What fails here fails the test. */
#pragma once

#include <stdint.h>

#include "exportstat/store/import.h"

/* Before the first and after the last test of a program, each of which is a process of its own. */
void folder_make(void);
void folder_remove(void);

/* A path in the folder that is this test's alone; valid until the program ends. */
const char *path_of(const char *name);

/* A database with the schema and nothing else, opened for writing; and one opened for reading. */
struct store *store_made(const char *path);
struct store *store_reading(const char *path);

/* Imports texts, NULL-terminated, named "0.csv", "1.csv", … */
bool import_texts(struct store *store, const char *const *texts, struct import_result *ret,
                  struct buffer *faults, struct error *err);
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The same where it must go well. */
struct import_result import_well(struct store *store, const char *const *texts);

/* All five kinds as CSV, one after the other; to be freed. */
char *everything(struct store *store);

/* Statements on a connection of their own, past every check but those of the schema. */
void raw_execute(const char *path, const char *sql);
int64_t raw_integer(const char *path, const char *sql);

struct store_state state_of(const char *path);

/* A file's bytes. */
void file_write(const char *path, const char *bytes, size_t length);
char *file_read(const char *path, size_t *ret_length); /* to be freed */

/* Small data that fit one another: the series `total` and its part `part`, the default. */
extern const char sample_series[], sample_sources[], sample_reports[], sample_claims[],
    sample_rulings[];
#define SAMPLE TEXTS(sample_series, sample_sources, sample_reports, sample_claims, sample_rulings)

/* Headers of the kinds. */
#define SERIES_HEADER \
    "series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags\n"
#define SOURCES_HEADER "source_id,publisher,title,url,published,date_basis,kind,authority\n"
#define REPORTS_HEADER "series_id,period,value,precision,source_id,note\n"
#define CLAIMS_HEADER "claim_id,source_id,series_id,metric,period,value,unit,precision,statement\n"
#define RULINGS_HEADER "series_id,period,decision,value,precision,ruled_on,reason\n"
