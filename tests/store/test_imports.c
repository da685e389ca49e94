/* The record of imports: batches that are known again, dry runs, reversals. */
#include "exportstat/store/imports.h"

#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "exportstat/store/token.h"
#include "fixture.h"

static struct error err;

/* A store with the sample and a token. */
static struct store *store_with_token(const char *path)
{
    char token[TOKEN_TEXT];
    struct store *store = store_made(path);
    import_well(store, SAMPLE);
    ck_assert(
        store_token_create(store, "desk", SCOPE_IMPORT | SCOPE_REVERT, (date){30000}, token, &err));
    return store;
}

static struct import_result send(struct store *store, const char *text, const char *key,
                                 bool dry_run)
{
    struct import_file file = {"sent", fmemopen((void *)(uintptr_t)text, strlen(text), "r")};
    struct import_terms terms = {
        .dry_run = dry_run, .token = "desk", .key = key, .bytes = text, .length = strlen(text)};
    struct buffer faults = {0};
    struct import_result result;
    bool ok = store_import(store, &file, 1, &terms, &result, &faults, &err);
    ck_assert_msg(ok, "%s: %s", err.detail, faults.bytes ? faults.bytes : "");
    buffer_release(&faults);
    fclose(file.file);
    return result;
}

static struct revert_result revert(struct store *store, int64_t number)
{
    struct revert_result result;
    bool ok = store_revert(store, number, "desk", &result, &err);
    ck_assert_msg(ok, "%s", err.detail);
    return result;
}

static struct import_info info_of(const char *path, int64_t number)
{
    static struct arena arena; /* the process ends with the test */
    struct import_info info;
    struct store *store = store_reading(path);
    bool ok = store_import_find(store, &arena, number, &info, &err);
    ck_assert_msg(ok, "%s", err.detail);
    store_close(store);
    return info;
}

static const char march[] = REPORTS_HEADER "part,2025-03,300,1,bank-2025-02,\n";
static const char april[] = REPORTS_HEADER "part,2025-04,301,1,bank-2025-02,\n";

START_TEST(the_same_bytes_are_the_same_import)
{
    const char *path = path_of("again.db");
    struct store *store = store_with_token(path);
    struct import_result first = send(store, march, NULL, false);
    ck_assert(first.outcome == IMPORT_MADE && first.import == 2 && first.generation == 3);
    struct import_result again = send(store, march, NULL, false);
    ck_assert(again.outcome == IMPORT_REPEATED && again.import == 2);
    ck_assert_int_eq(again.skipped[IMPORT_REPORTS], 1);
    /* The same rows in other bytes are no repetition, but nothing new either. */
    struct import_result other =
        send(store, REPORTS_HEADER "part,2025-03,300.0,1,bank-2025-02,x\n", NULL, false);
    ck_assert(other.outcome == IMPORT_NOTHING_NEW && other.import == 0);
    ck_assert_int_eq(state_of(path).generation, 3);
    struct import_info info = info_of(path, 2);
    ck_assert_str_eq(info.token, "desk");
    ck_assert_ptr_null(info.key);
    ck_assert(!info.is_bundle && info.added[IMPORT_REPORTS] == 1 && info.skipped == 0);
    ck_assert(info.reverted_at == 0 && info.reverted_by == NULL);
    ck_assert_ptr_null(info_of(path, 1).token);
    store_close(store);
}
END_TEST

START_TEST(a_key_is_for_one_batch)
{
    const char *path = path_of("keys.db");
    struct store *store = store_with_token(path);
    ck_assert_int_eq(send(store, march, "k-1", false).outcome, IMPORT_MADE);
    struct import_result again = send(store, march, "k-1", false);
    ck_assert(again.outcome == IMPORT_ANSWERED && again.import == 2);
    ck_assert_int_eq(send(store, april, "k-1", false).outcome, IMPORT_KEY_TAKEN);
    ck_assert_int_eq(send(store, april, "k-2", false).outcome, IMPORT_MADE);
    ck_assert_str_eq(info_of(path, 3).key, "k-2");
    /* Even of an import that has been taken out again. */
    ck_assert_int_eq(revert(store, 3).outcome, REVERT_MADE);
    ck_assert_int_eq(send(store, april, "k-2", false).outcome, IMPORT_ANSWERED);
    ck_assert_int_eq(send(store, april, NULL, false).outcome, IMPORT_MADE);
    store_close(store);
}
END_TEST

START_TEST(a_dry_run_stores_nothing)
{
    const char *path = path_of("dry.db");
    struct store *store = store_with_token(path);
    char *before = everything(store);
    struct import_result dry = send(store, march, "k-1", true);
    ck_assert(dry.outcome == IMPORT_CHECKED && dry.import == 0);
    ck_assert_int_eq(dry.added[IMPORT_REPORTS], 1);
    char *after = everything(store);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(state_of(path).generation, 2);
    ck_assert_int_eq(send(store, march, "k-1", false).outcome, IMPORT_MADE);
    free(before);
    free(after);
    store_close(store);
}
END_TEST

START_TEST(a_reversal_takes_out_what_the_import_brought)
{
    static const char *const batch[] = {
        SERIES_HEADER "more,More,Moreover,USD,sum,7,total,\n",
        SOURCES_HEADER "late-2025,Late,L,https://l.example/,2025-06-01,page,press,2\n",
        REPORTS_HEADER "more,2025-05,7,1,late-2025,\npart,2025-05,320,1,late-2025,\n",
        CLAIMS_HEADER "late-1,late-2025,part,level,2025-05,320,USD million,1,\n",
        RULINGS_HEADER "part,2025-05,accept,320,1,2025-07-01,because\n",
        NULL};
    const char *path = path_of("revert.db");
    struct store *store = store_with_token(path);
    char *before = everything(store);
    int64_t number = import_well(store, batch).import;
    char *with = everything(store);
    struct revert_result reverted = revert(store, number);
    ck_assert(reverted.outcome == REVERT_MADE && reverted.generation == 4);
    char *after = everything(store);
    ck_assert_str_eq(before, after);
    ck_assert_str_ne(before, with);
    ck_assert_int_eq(state_of(path).generation, 4);
    ck_assert_int_eq(raw_integer(path, "SELECT changed FROM series WHERE series_id = 'part'"), 4);
    ck_assert_int_eq(raw_integer(path, "SELECT changed FROM series WHERE series_id = 'total'"), 2);
    ck_assert_int_eq(
        raw_integer(path, "SELECT count(*) FROM series_text WHERE series_text MATCH 'moreover'"),
        0);
    struct import_info info = info_of(path, number);
    ck_assert(info.reverted_at > 0 && info.reverted_generation == 4);
    ck_assert_str_eq(info.reverted_by, "desk");
    struct revert_result again = revert(store, number);
    ck_assert(again.outcome == REVERT_AGAIN && again.generation == 4);
    ck_assert_int_eq(state_of(path).generation, 4);
    /* What left can come anew. */
    ck_assert_int_eq(import_well(store, batch).import, number + 1);
    free(before);
    free(with);
    free(after);
    store_close(store);
}
END_TEST

/* Rows of a later import that refer to what an earlier one brought: a source, or a series. */
static const struct {
    const char *name;
    const char *const first[3];
    const char *const second[2];
    const char *what;
} needed[] = {
    {"a source",
     {SOURCES_HEADER "s,S,S,https://s.example/,2025-06-01,page,press,2\n"},
     {REPORTS_HEADER "part,2025-05,7,1,s,\n"},
     "reports of a source"},
    {"a claim's source",
     {SOURCES_HEADER "s,S,S,https://s.example/,2025-06-01,page,press,2\n"},
     {CLAIMS_HEADER "c,s,part,level,2025-01,310,USD million,1,\n"},
     "claims of a source"},
    {"a series",
     {SERIES_HEADER "n,N,,USD,sum,7,,\n"},
     {REPORTS_HEADER "n,2025-05,7,1,bank-2025-02,\n"},
     "reports of a series"},
    {"a claim's series",
     {SERIES_HEADER "n,N,,USD million,sum,7,,\n"},
     {CLAIMS_HEADER "c,bank-2025-02,n,level,2025-01,310,USD million,1,\n"},
     "claims on a series"},
    {"a ruling's series",
     {SERIES_HEADER "n,N,,USD,sum,7,,\n"},
     {RULINGS_HEADER "n,2025-05,accept,7,1,2025-07-01,because\n"},
     "rulings on a series"},
    {"a whole",
     {SERIES_HEADER "n,N,,USD,sum,7,,\n"},
     {SERIES_HEADER "m,M,,USD,sum,7,n,\n"},
     "series that are part of one"},
};

START_TEST(what_others_refer_to_stays)
{
    const char *path = path_of(needed[_i].what);
    struct store *store = store_with_token(path);
    int64_t first = import_well(store, needed[_i].first).import;
    int64_t second = import_well(store, needed[_i].second).import;
    char *before = everything(store);
    struct revert_result result = revert(store, first);
    ck_assert_int_eq(result.outcome, REVERT_NEEDED);
    ck_assert_int_eq(result.by, second);
    ck_assert_str_eq(result.what, needed[_i].what);
    char *after = everything(store);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(revert(store, second).outcome, REVERT_MADE);
    ck_assert_int_eq(revert(store, first).outcome, REVERT_MADE);
    free(before);
    free(after);
    store_close(store);
}
END_TEST

START_TEST(neither_the_bundle_nor_nothing)
{
    const char *path = path_of("bundle.db");
    struct revert_result result;
    struct store *store = store_with_token(path);
    raw_execute(path, "UPDATE import SET kind = 'bundle' WHERE import = 1");
    ck_assert_int_eq(revert(store, 1).outcome, REVERT_BUNDLE);
    ck_assert(!store_revert(store, 7, "desk", &result, &err));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
    ck_assert_int_eq(state_of(path).generation, 2);
    store_close(store);
}
END_TEST

START_TEST(listed_by_pages)
{
    const char *path = path_of("listed.db");
    struct arena arena = {0};
    struct import_list list;
    struct store *store = store_with_token(path);
    send(store, march, NULL, false);
    send(store, april, "k", false);
    store_close(store);
    store = store_reading(path);
    ck_assert(store_imports(store, &arena, 0, false, 2, &list, &err));
    ck_assert(list.total == 3 && list.n == 2);
    ck_assert(list.at[0].number == 1 && list.at[1].number == 2);
    ck_assert(store_imports(store, &arena, 2, false, 2, &list, &err));
    ck_assert(list.total == 3 && list.n == 1 && list.at[0].number == 3);
    ck_assert(store_imports(store, &arena, 0, true, 100, &list, &err));
    ck_assert(list.n == 3 && list.at[0].number == 3);
    ck_assert(store_imports(store, &arena, 3, true, 1, &list, &err));
    ck_assert(list.n == 1 && list.at[0].number == 2);
    struct import_info info;
    ck_assert(!store_import_find(store, &arena, 4, &info, &err));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
    arena_release(&arena);
    store_close(store);
}
END_TEST

struct told {
    int n;
    struct import_fault last;
    char column[40];
};

static void tell(void *context, const struct import_fault *fault)
{
    struct told *told = context;
    told->n++;
    told->last = *fault;
    snprintf(told->column, sizeof told->column, "%s", fault->column);
}

START_TEST(faults_are_told_one_by_one)
{
    static const char text[] =
        SERIES_HEADER "a,\"A\",,USD,sum,7,,\nb,\"B\",,USD,sum,13,,\nc,C,,USD,sum,7,none,\n";
    const char *path = path_of("told.db");
    struct store *store = store_with_token(path);
    struct import_file file = {"sent", fmemopen((void *)(uintptr_t)text, strlen(text), "r")};
    struct told told = {0};
    struct import_terms terms = {.told = tell, .context = &told, .faults_max = 50};
    struct buffer faults = {0};
    struct import_result result;
    ck_assert(!store_import(store, &file, 1, &terms, &result, &faults, &err));
    ck_assert_int_eq(err.kind, ERROR_INPUT);
    ck_assert_int_eq(told.n, 2);
    ck_assert(told.last.kind == IMPORT_SERIES && told.last.row == 3 && told.last.line == 4);
    ck_assert_str_eq(told.column, "part_of");
    ck_assert_ptr_nonnull(strstr(faults.bytes, "sent:3: fiscal_year_start '13'"));
    ck_assert_ptr_nonnull(strstr(faults.bytes, "sent:4: part_of 'none'"));
    buffer_release(&faults);
    fclose(file.file);
    store_close(store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("imports");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_same_bytes_are_the_same_import);
    tcase_add_test(tests, a_key_is_for_one_batch);
    tcase_add_test(tests, a_dry_run_stores_nothing);
    tcase_add_test(tests, a_reversal_takes_out_what_the_import_brought);
    tcase_add_loop_test(tests, what_others_refer_to_stays, 0, COUNT(needed));
    tcase_add_test(tests, neither_the_bundle_nor_nothing);
    tcase_add_test(tests, listed_by_pages);
    tcase_add_test(tests, faults_are_told_one_by_one);
    return check_main(tests);
}
