/* Pages of sources and reports: whatever the filter, order and limit, together they are all. */
#include <string.h>

#include "check_main.h"
#include "fixture.h"

extern const struct embedded bundle[]; /* the real one */

static const char *path;
static struct store *store;
static struct arena arena;
static struct error err;

#define WELL(call) ck_assert_msg(call, "%s", err.detail)

static void begin(void)
{
    struct import_result result;
    path = path_of("listings.db");
    struct store *writer = store_made(path);
    WELL(store_bundle(writer, bundle, &result, &err));
    store_close(writer);
    store = store_reading(path);
}

static void end(void)
{
    store_close(store);
    arena_release(&arena);
}

static const int64_t limits[] = {1, 2, 7, 100, 10000};

static const struct {
    const char *name;
    const char *publisher;
    int authority;
    const char *as_of; /* NULL: all */
    const char *count;
} source_cases[] = {
    {"all", NULL, 0, NULL, "1"},
    {"official ones", NULL, 3, NULL, "authority = 3"},
    {"by a publisher", "Dawn", 0, NULL, "publisher = 'Dawn'"},
    {"by a publisher and authority", "Dawn", 2, NULL, "publisher = 'Dawn' AND authority = 2"},
    {"as of a day", NULL, 0, "2024-06-30", "published_day <= unixepoch('2024-06-30') / 86400"},
    {"all filters", "Dawn", 2, "2024-06-30",
     "publisher = 'Dawn' AND authority = 2 AND published_day <= unixepoch('2024-06-30') / 86400"},
    {"before anything", NULL, 0, "1990-01-01", "0"},
    {"by nobody", "Nobody", 0, NULL, "0"},
};

static date date_read(const char *text)
{
    date when = DATE_ALL;
    if (text)
        ck_assert(date_parse(text, strlen(text), &when));
    return when;
}

static void source_pages(struct source_filter filter, int64_t expected)
{
    struct source_info last = {0};
    int64_t seen = 0;
    for (;;) {
        struct source_list list;
        WELL(store_sources(store, &arena, &filter, &list, &err));
        ck_assert_int_eq(list.total, expected);
        if (list.n == 0)
            break;
        ck_assert_int_le((int64_t)list.n, filter.limit);
        for (size_t i = 0; i < list.n; i++, seen++) {
            int order = list.at[i].published_day.day - last.published_day.day;
            if (order == 0 && last.id)
                order = strcmp(list.at[i].id, last.id);
            ck_assert(!last.id || (filter.descending ? order < 0 : order > 0));
            last = list.at[i];
        }
        filter.after = &last;
    }
    ck_assert_int_eq(seen, expected);
}

START_TEST(pages_of_sources)
{
    char sql[300];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM source WHERE %s", source_cases[_i].count);
    int64_t expected = raw_integer(path, sql);
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct source_filter filter = {
            .as_of = date_read(source_cases[_i].as_of),
            .publisher = source_cases[_i].publisher,
            .authority = source_cases[_i].authority,
            .limit = limits[i],
        };
        source_pages(filter, expected);
        filter.descending = true;
        source_pages(filter, expected);
    }
}
END_TEST

#define ALL_MONTHS           \
    {                        \
        MONTH_MIN, MONTH_MAX \
    }
enum { JULY_2023 = 2023 * 12 + 6 };

static const struct {
    const char *name;
    const char *series; /* NULL: any */
    const char *source;
    struct span within;
    struct span exactly;
    const char *as_of;
    const char *count;
} report_cases[] = {
    {"all", NULL, NULL, ALL_MONTHS, {0, 0}, NULL, "1"},
    {"of a series", "pk-it", NULL, ALL_MONTHS, {0, 0}, NULL, "series_id = 'pk-it'"},
    {"of a source",
     NULL,
     "dunya-2025-12-18",
     ALL_MONTHS,
     {0, 0},
     NULL,
     "source_id = 'dunya-2025-12-18'"},
    {"of both",
     "pk-it",
     "dunya-2025-12-18",
     ALL_MONTHS,
     {0, 0},
     NULL,
     "series_id = 'pk-it' AND source_id = 'dunya-2025-12-18'"},
    {"inside a year",
     NULL,
     NULL,
     {JULY_2023, JULY_2023 + 11},
     {0, 0},
     NULL,
     "first >= 24282 AND last <= 24293"},
    {"of a series inside a year",
     "pk-goods",
     NULL,
     {JULY_2023, JULY_2023 + 11},
     {0, 0},
     NULL,
     "series_id = 'pk-goods' AND first >= 24282 AND last <= 24293"},
    {"exactly a year",
     NULL,
     NULL,
     ALL_MONTHS,
     {JULY_2023, JULY_2023 + 11},
     NULL,
     "first = 24282 AND last = 24293"},
    {"of a series, exactly a month",
     "pk-it",
     NULL,
     ALL_MONTHS,
     {JULY_2023, JULY_2023},
     NULL,
     "series_id = 'pk-it' AND first = 24282 AND last = 24282"},
    {"as of a day",
     NULL,
     NULL,
     ALL_MONTHS,
     {0, 0},
     "2024-06-30",
     "published_day <= unixepoch('2024-06-30') / 86400"},
    {"of a series as of a day",
     "pk-it",
     NULL,
     {JULY_2023, MONTH_MAX},
     {0, 0},
     "2024-06-30",
     "series_id = 'pk-it' AND first >= 24282 AND published_day <= unixepoch('2024-06-30') / 86400"},
    {"nothing", "pk-it", NULL, {MONTH_MIN, MONTH_MIN}, {0, 0}, NULL, "0"},
};

static struct report_place place_of(const struct report_row *row)
{
    struct source_info source;
    WELL(store_source(store, &arena, row->source, &source, &err));
    return (struct report_place){row->series, row->span, source.published_day, row->source};
}

static int place_order(struct report_place a, struct report_place b)
{
    const int64_t orders[] = {
        strcmp(a.series, b.series),        a.span.first - b.span.first, a.span.last - b.span.last,
        a.published.day - b.published.day, strcmp(a.source, b.source),
    };
    size_t i = 0;
    while (i + 1 < COUNT(orders) && orders[i] == 0)
        i++;
    return orders[i] < 0 ? -1 : orders[i] > 0;
}

static void report_pages(struct report_filter filter, int64_t expected)
{
    struct report_place last;
    int64_t seen = 0;
    for (;;) {
        struct report_list list;
        WELL(store_reports(store, &arena, &filter, &list, &err));
        ck_assert_int_eq(list.total, expected);
        if (list.n == 0)
            break;
        ck_assert(filter.limit < 0 || (int64_t)list.n <= filter.limit);
        for (size_t i = 0; i < list.n; i++, seen++) {
            struct report_place here = place_of(&list.at[i]);
            int order = filter.after ? place_order(here, last) : 0;
            ck_assert(!filter.after || (filter.descending ? order < 0 : order > 0));
            last = here;
            filter.after = &last;
        }
    }
    ck_assert_int_eq(seen, expected);
}

START_TEST(pages_of_reports)
{
    static const int64_t report_limits[] = {-1, 1, 10, 1000};
    struct series_info series;
    struct source_info source;
    char sql[400];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM report JOIN series USING (series) JOIN source USING (source) "
             "WHERE %s",
             report_cases[_i].count);
    int64_t expected = raw_integer(path, sql);
    ck_assert_msg(expected > 0 || strcmp(report_cases[_i].count, "0") == 0, "%s: no rows",
                  report_cases[_i].name);
    struct report_filter filter = {
        .as_of = date_read(report_cases[_i].as_of),
        .within = report_cases[_i].within,
        .exactly = report_cases[_i].exactly,
    };
    if (report_cases[_i].series) {
        WELL(store_series(store, &arena, report_cases[_i].series, &series, &err));
        filter.series = &series;
    }
    if (report_cases[_i].source) {
        WELL(store_source(store, &arena, report_cases[_i].source, &source, &err));
        filter.source = &source;
    }
    for (size_t i = 0; i < COUNT(report_limits); i++) {
        filter.limit = report_limits[i];
        if (filter.limit == 1 && expected > 300) /* a page a row: long, and no different */
            continue;
        filter.descending = false;
        report_pages(filter, expected);
        filter.descending = true;
        report_pages(filter, expected);
    }
}
END_TEST

START_TEST(a_row_says_all)
{
    struct source_info source;
    struct report_list list;
    struct report_filter filter = {.as_of = DATE_ALL, .within = ALL_MONTHS, .limit = 1};
    struct store *writer = store_made(path);
    import_well(writer,
                TEXTS("series_id,title,description,unit,aggregation,fiscal_year_start,part_of,"
                      "flags\nx,X,,U,sum,7,,\n",
                      sample_sources,
                      REPORTS_HEADER "x,FY2024-H1,-2.5,0.5,paper-2025-02,\"a, note\"\n"));
    store_close(writer);
    WELL(store_source(store, &arena, "paper-2025-02", &source, &err));
    filter.source = &source;
    WELL(store_reports(store, &arena, &filter, &list, &err));
    ck_assert(list.n == 1 && list.total == 1);
    const struct report_row *row = &list.at[0];
    ck_assert_str_eq(row->source, "paper-2025-02");
    ck_assert_str_eq(row->series, "x");
    ck_assert_str_eq(row->period, "FY2024-H1");
    ck_assert(row->span.first == JULY_2023 && row->span.last == JULY_2023 + 5);
    ck_assert(row->value == -2500000 && row->precision == 500000 && row->authority == 2);
    ck_assert_str_eq(row->publisher, "Paper");
    ck_assert_str_eq(row->published, "2025-02");
    ck_assert_str_eq(row->note, "a, note");
}
END_TEST

START_TEST(counts_again_when_the_filter_or_the_generation_is_another)
{
    static const char *const sizes[] = {"", "total,2025-03,7,1,bank-2025-02,\n",
                                        "total,2025-03,7,1,blog-2025-03,\n"};
    const char *counted = path_of("counted.db");
    struct store *writer = store_made(counted);
    struct store *reader;
    struct store_state state;
    struct report_list list;
    struct report_filter all = {.as_of = DATE_ALL, .within = ALL_MONTHS, .limit = 1};
    struct report_filter none = all;
    none.within.first = none.within.last;
    import_well(writer, SAMPLE);
    WELL(store_open(counted, STORE_READ, &reader, &err));
    for (int64_t i = 0; i < (int64_t)COUNT(sizes); i++) {
        struct buffer text = {0};
        buffer_format(&text, "%s%s", REPORTS_HEADER, sizes[i]);
        import_well(writer, TEXTS(text.bytes));
        buffer_release(&text);
        WELL(store_begin(reader, &state, &err));
        WELL(store_reports(reader, &arena, &all, &list, &err));
        ck_assert_int_eq(list.total, 4 + i);
        WELL(store_reports(reader, &arena, &all, &list, &err));
        ck_assert_int_eq(list.total, 4 + i);
        WELL(store_reports(reader, &arena, &none, &list, &err));
        ck_assert_int_eq(list.total, 0);
        store_end(reader);
    }
    store_close(reader);
    store_close(writer);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("listings");
    tcase_add_unchecked_fixture(tests, folder_make, folder_remove);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, pages_of_sources, 0, COUNT(source_cases));
    tcase_add_loop_test(tests, pages_of_reports, 0, COUNT(report_cases));
    tcase_add_test(tests, a_row_says_all);
    tcase_add_test(tests, counts_again_when_the_filter_or_the_generation_is_another);
    return check_main(tests);
}
