#include <string.h>

#include "check_main.h"
#include "fixture.h"

extern const struct embedded bundle[]; /* the real one */

static const char *path;
static struct store *store;
static struct arena arena;
static struct error err;

#define WELL(call) ck_assert_msg(call, "%s", err.detail)

/* The sample and the bundle together. */
static void begin(void)
{
    struct import_result result;
    path = path_of("queries.db");
    struct store *writer = store_made(path);
    WELL(store_bundle(writer, bundle, &result, &err));
    raw_execute(path, "UPDATE series SET is_default = 0");
    import_well(writer, SAMPLE);
    store_close(writer);
    store = store_reading(path);
}

static void end(void)
{
    store_close(store);
    arena_release(&arena);
}

START_TEST(reads_a_series)
{
    struct series_info info;
    WELL(store_series(store, &arena, "part", &info, &err));
    ck_assert_str_eq(info.id, "part");
    ck_assert_str_eq(info.title, "A part");
    ck_assert_str_eq(info.description, "Of the whole, by \"hand\"");
    ck_assert_str_eq(info.unit, "USD million");
    ck_assert_str_eq(info.aggregation, "sum");
    ck_assert_str_eq(info.part_of, "total");
    ck_assert_int_eq(info.fiscal_year_start, 7);
    ck_assert(info.is_default && info.number > 0);
    WELL(store_series(store, &arena, NULL, &info, &err));
    ck_assert_str_eq(info.id, "part");
    WELL(store_series(store, &arena, "total", &info, &err));
    ck_assert(!info.part_of && !info.is_default);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    struct series_info series;
    struct source_info source;
    ck_assert(!store_series(store, &arena, "none", &series, &err));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
    ck_assert_str_eq(err.detail, "there is no series 'none'");
    ck_assert(!store_source(store, &arena, "", &source, &err));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
    raw_execute(path, "UPDATE series SET is_default = 0");
    ck_assert(!store_series(store, &arena, NULL, &series, &err));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
}
END_TEST

static const int64_t limits[] = {1, 2, 3, 7, 100, 10000};

START_TEST(pages_of_series_are_all_series)
{
    int64_t expected = raw_integer(path, "SELECT count(*) FROM series");
    for (int descending = 0; descending < 2; descending++) {
        const char *after = NULL;
        int64_t seen = 0;
        for (;;) {
            struct series_list list;
            struct series_filter filter = {
                .after = after, .descending = descending, .limit = limits[_i]};
            WELL(store_series_list(store, &arena, &filter, &list, &err));
            ck_assert_int_eq(list.total, expected);
            ck_assert_uint_le(list.n, (size_t)limits[_i]);
            for (size_t i = 0; i < list.n; i++, seen++) {
                int order = after ? strcmp(list.at[i].id, after) : 0;
                ck_assert(!after || (descending ? order < 0 : order > 0));
                after = list.at[i].id;
            }
            if (list.n == 0)
                break;
        }
        ck_assert_int_eq(seen, expected);
    }
}
END_TEST

/* What words find, by id. */
static const struct {
    const char *words;
    const char *found;
} searches[] = {
    {"freelancer", "pk-it-freelance"},
    {"FREELANCER receipts", "pk-it-freelance"},
    {"receipts freel", "pk-it-freelance"},
    {"pk-goods", "pk-goods pk-goods-bop"},
    {"goods customs", "pk-goods"},
    {"  pakistan\tfreelancer ", "pk-it-freelance"},
    {"frëelancer", "pk-it-freelance"},
    {"freelancer & receipts", "pk-it-freelance"},
    {"reelancer", ""},
    {"freelancer nothing", ""},
    {"freelancer OR goods", ""}, /* no operators */
    {"title:freelancer", ""},
    {"freelancer\"", "pk-it-freelance"},
    {"\"", ""},
    {"*", ""},
    {"() NOT AND -", ""},
    {" ", ""},
};

static void assert_found(const char *words, const char *expected)
{
    struct buffer found = {0};
    const char *after = NULL;
    struct series_list list;
    do {
        struct series_filter filter = {.words = words, .after = after, .limit = 1};
        WELL(store_series_list(store, &arena, &filter, &list, &err));
        if (list.n > 0) {
            buffer_format(&found, "%s%s", after ? " " : "", list.at[0].id);
            after = list.at[0].id;
        }
    } while (list.n > 0);
    ck_assert_msg(strcmp(found.bytes ? found.bytes : "", expected) == 0, "'%s' finds: %s", words,
                  found.bytes);
    buffer_release(&found);
}

START_TEST(words_find_series)
{
    assert_found(searches[_i].words, searches[_i].found);
}
END_TEST

START_TEST(words_follow_the_catalogue)
{
    struct import_result result;
    struct store *writer;
    assert_found("narrower", "pk-it-ites");
    assert_found("walker", "");
    WELL(store_open(path, STORE_WRITE, &writer, &err));
    import_well(writer, TEXTS(SERIES_HEADER "walk,A walker,,kg,sum,1,,\n"));
    assert_found("walker", "walk");
    raw_execute(path, "UPDATE import SET digest = 'an older one', version = '2000-01-01'"
                      " WHERE kind = 'bundle';"
                      "UPDATE series SET is_default = 0;"
                      "UPDATE series SET title = 'gone' WHERE series_id = 'pk-it-ites'");
    WELL(store_bundle(writer, bundle, &result, &err));
    assert_found("narrower", "pk-it-ites");
    assert_found("walker", "walk");
    store_close(writer);
    raw_execute(path, "INSERT INTO series_text (series_text, rank) VALUES ('integrity-check', 1)");
}
END_TEST

static int span_order(struct span a, struct span b)
{
    return a.first != b.first ? (a.first < b.first ? -1 : 1)
                              : (a.last > b.last) - (a.last < b.last);
}

static int report_order(const struct report *a, const struct report *b)
{
    int order = span_order(a->span, b->span);
    if (order == 0)
        order = (a->published.day > b->published.day) - (a->published.day < b->published.day);
    return order ? order : strcmp(a->source, b->source);
}

static int ruling_order(const struct ruling *a, const struct ruling *b)
{
    int order = span_order(a->span, b->span);
    if (order == 0)
        order = (a->ruled.day > b->ruled.day) - (a->ruled.day < b->ruled.day);
    return order ? order : (a->value > b->value) - (a->value < b->value);
}

START_TEST(evidence_is_in_order)
{
    struct series_filter every = {.limit = 1000};
    struct series_list list;
    size_t reports = 0;
    size_t rulings = 0;
    WELL(store_series_list(store, &arena, &every, &list, &err));
    for (size_t i = 0; i < list.n; i++) {
        struct evidence evidence;
        WELL(store_evidence(store, &arena, &list.at[i], &evidence, &err));
        for (size_t k = 1; k < evidence.n_reports; k++)
            ck_assert_int_lt(report_order(&evidence.reports[k - 1], &evidence.reports[k]), 0);
        for (size_t k = 1; k < evidence.n_rulings; k++)
            ck_assert_int_le(ruling_order(&evidence.rulings[k - 1], &evidence.rulings[k]), 0);
        reports += evidence.n_reports;
        rulings += evidence.n_rulings;
    }
    ck_assert_int_eq((int64_t)reports, raw_integer(path, "SELECT count(*) FROM report"));
    ck_assert_int_eq((int64_t)rulings, raw_integer(path, "SELECT count(*) FROM ruling"));
}
END_TEST

START_TEST(evidence_says_what_was_said)
{
    struct series_info part;
    struct evidence evidence;
    WELL(store_series(store, &arena, "part", &part, &err));
    WELL(store_evidence(store, &arena, &part, &evidence, &err));
    ck_assert_uint_eq(evidence.n_reports, 3);
    const struct report *report = &evidence.reports[0];
    ck_assert(report->span.first == 2023 * 12 + 6 && report->span.last == 2024 * 12 + 5);
    ck_assert(report->value == -250000 && report->precision == 10000);
    report = &evidence.reports[1];
    ck_assert_str_eq(report->source, "bank-2025-02");
    ck_assert_str_eq(report->publisher, "Bank");
    ck_assert_int_eq(report->authority, AUTHORITY_OFFICIAL);
    ck_assert_int_eq(report->published.day, date_of(2025, 2, 18).day);
    report = &evidence.reports[2]; /* known to the month: its last day */
    ck_assert_int_eq(report->published.day, date_of(2025, 2, 28).day);
    ck_assert_uint_eq(evidence.n_rulings, 2);
    ck_assert(!evidence.rulings[0].accept && evidence.rulings[1].accept);
    ck_assert_int_eq(evidence.rulings[1].ruled.day, date_of(2025, 3, 31).day);
    ck_assert_str_eq(evidence.rulings[0].reason, "Wrong");
}
END_TEST

START_TEST(sources_of_a_day_are_in_byte_order)
{
    struct series_info total;
    struct evidence evidence;
    static const char *const ids[] = {"a", "a-1", "a-10", "a-2", "b", "ba"};
    struct store *writer = store_made(path);
    import_well(writer, TEXTS(SOURCES_HEADER "b,P,T,http://x,2020-01-01,page,x,1\n"
                                             "a-2,P,T,http://x,2020-01-01,page,x,1\n"
                                             "a-10,P,T,http://x,2020-01-01,page,x,1\n"
                                             "ba,P,T,http://x,2020-01-01,page,x,1\n"
                                             "a,P,T,http://x,2020-01-01,page,x,1\n"
                                             "a-1,P,T,http://x,2020-01-01,page,x,1\n",
                              REPORTS_HEADER "total,2020-01,1,1,b,\ntotal,2020-01,1,1,a-2,\n"
                                             "total,2020-01,1,1,a-10,\ntotal,2020-01,1,1,ba,\n"
                                             "total,2020-01,1,1,a,\ntotal,2020-01,1,1,a-1,\n"));
    store_close(writer);
    WELL(store_series(store, &arena, "total", &total, &err));
    WELL(store_evidence(store, &arena, &total, &evidence, &err));
    for (size_t i = 0; i < COUNT(ids); i++)
        ck_assert_str_eq(evidence.reports[i].source, ids[i]);
}
END_TEST

START_TEST(claims_come_by_source_and_by_figure)
{
    struct source_info source;
    struct series_info part;
    struct claim_list claims;
    struct claim_row claim;
    struct span january = {2025 * 12, 2025 * 12};
    WELL(store_source(store, &arena, "bank-2025-02", &source, &err));
    ck_assert(source.n_reports == 2 && source.n_claims == 1);
    WELL(store_claims_of_source(store, &arena, &source, 100, &claims, &err));
    ck_assert_uint_eq(claims.n, 1);
    ck_assert_str_eq(claims.at[0].id, "c1");
    ck_assert_str_eq(claims.at[0].statement, "January on January");
    ck_assert(claims.at[0].value == 12500000 && claims.at[0].precision == 100000);
    WELL(store_claim(store, &arena, "c1", &claim, &err));
    ck_assert(claim.number == claims.at[0].number && claim.value == 12500000);
    WELL(store_claim_numbered(store, &arena, claim.number, &claim, &err));
    ck_assert_str_eq(claim.id, "c1");
    ck_assert(!store_claim(store, &arena, "c0", &claim, &err) && err.kind == ERROR_NOT_FOUND);
    ck_assert(!store_claim_numbered(store, &arena, claim.number + 1000, &claim, &err) &&
              err.kind == ERROR_NOT_FOUND);
    WELL(store_series(store, &arena, "part", &part, &err));
    WELL(store_claims_about(store, &arena, &part, "yoy_pct", january, date_of(2025, 2, 18), &claims,
                            &err));
    ck_assert_uint_eq(claims.n, 1);
    WELL(store_claims_about(store, &arena, &part, "yoy_pct", january, date_of(2025, 2, 17), &claims,
                            &err));
    ck_assert_uint_eq(claims.n, 0);
    WELL(store_claims_about(store, &arena, &part, "mom_pct", january, DATE_ALL, &claims, &err));
    ck_assert_uint_eq(claims.n, 0);
}
END_TEST

START_TEST(claims_of_a_source_are_limited)
{
    struct source_info source;
    struct claim_list claims;
    WELL(store_source(store, &arena, "bank-2025-02", &source, &err));
    WELL(store_claims_of_source(store, &arena, &source, 0, &claims, &err));
    ck_assert_uint_eq(claims.n, 0);
}
END_TEST

/* Of a database that was damaged, or written by another program. */
START_TEST(a_claim_of_no_metric)
{
    const char *odd = path_of("odd.db");
    struct claim_filter filter = {.as_of = DATE_ALL, .within = {MONTH_MIN, MONTH_MAX}};
    struct store *writer = store_made(odd);
    struct claim_list claims;
    struct claim_row claim;
    import_well(writer, SAMPLE);
    store_close(writer);
    raw_execute(odd, "UPDATE claim SET metric = 'growth' WHERE claim_id = 'c1'");
    struct store *reader = store_reading(odd);
    ck_assert(!store_claims(reader, &arena, &filter, &claims, &err));
    ck_assert_int_eq(err.kind, ERROR_STORE);
    ck_assert_str_eq(err.detail, "the claim 'c1' is of no metric: 'growth'");
    ck_assert(!store_claim(reader, &arena, "c1", &claim, &err) && err.kind == ERROR_STORE);
    store_close(reader);
}
END_TEST

START_TEST(all_claims_of_all_sources)
{
    struct source_filter filter = {.as_of = DATE_ALL, .limit = -1};
    struct source_list sources;
    int64_t n = 0;
    WELL(store_sources(store, &arena, &filter, &sources, &err));
    for (size_t i = 0; i < sources.n; i++) {
        struct claim_list claims;
        WELL(store_claims_of_source(store, &arena, &sources.at[i], 100, &claims, &err));
        ck_assert_int_eq((int64_t)claims.n, sources.at[i].n_claims);
        for (size_t k = 1; k < claims.n; k++)
            ck_assert_int_lt(strcmp(claims.at[k - 1].id, claims.at[k].id), 0);
        n += (int64_t)claims.n;
    }
    ck_assert_int_eq(n, raw_integer(path, "SELECT count(*) FROM claim"));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("queries");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, reads_a_series);
    tcase_add_test(tests, what_is_not_there_is_not_found);
    tcase_add_loop_test(tests, pages_of_series_are_all_series, 0, COUNT(limits));
    tcase_add_loop_test(tests, words_find_series, 0, COUNT(searches));
    tcase_add_test(tests, words_follow_the_catalogue);
    tcase_add_test(tests, evidence_is_in_order);
    tcase_add_test(tests, evidence_says_what_was_said);
    tcase_add_test(tests, sources_of_a_day_are_in_byte_order);
    tcase_add_test(tests, claims_come_by_source_and_by_figure);
    tcase_add_test(tests, claims_of_a_source_are_limited);
    tcase_add_test(tests, a_claim_of_no_metric);
    tcase_add_test(tests, all_claims_of_all_sources);
    return check_main(tests);
}
