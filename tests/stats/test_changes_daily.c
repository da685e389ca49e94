/* Changes against a slow reference, over random small stores in which ties, misprints, rulings and totals are
 * far more common than in life. */
#include "check_main.h"
#include "exportstat/stats/changes.h"
#include "exportstat/stats/records.h"
#include "stats/changes_text.h"
#include "stats/evidence_text.h"

static uint32_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

enum { MONTHS = 5, DAYS = 90, LINES = 24, STORES = 150 };

static void random_line(struct buffer *out, int number)
{
    static const int values[] = {90, 100, 101, 104, 110, 120};
    static const int precisions[] = {1, 1, 5, 10};
    int value = values[below(COUNT(values))];
    int precision = precisions[below(COUNT(precisions))];
    int first = (int)below(MONTHS) + 1;
    int day = (int)below(DAYS);
    char when[DATE_TEXT];
    date_format((date){date_of(2025, 7, 1).day + day}, when);
    uint32_t what = below(10);
    if (what == 0) {
        const char *decision = below(2) ? "accept" : "reject";
        buffer_format(out, "%s 2025-%02d %d %d %s\n", decision, first, value, precision, when);
    } else if (what < 4 && first < MONTHS) {
        buffer_format(out, "2025-%02d/2025-%02d %d 1 %s 2 %c/%d\n", first, first + 1, value + 100,
                      when, 'a' + (char)below(3), number);
    } else {
        buffer_format(out, "2025-%02d %d %d %s %d %c/%d\n", first, value, precision, when,
                      (int)below(3) + 1, 'a' + (char)below(3), number);
    }
}

static void random_store(struct store *store, uint32_t number)
{
    struct buffer lines = {0};
    seed = number * 7919 + 1;
    buffer_text(&lines, "");
    for (int i = 0; i < LINES; i++)
        random_line(&lines, i);
    store_read(store, lines.bytes, 7);
    buffer_release(&lines);
}

static bool has_record(const struct records *records, int32_t month)
{
    for (size_t i = 0; i < records->n; i++) {
        if (records->at[i].month->span.first == month)
            return true;
    }
    return false;
}

static bool is_disputed(struct arena *arena, const struct observation *observation, date when)
{
    return observation->version && backing_of(arena, observation, when).disputed;
}

/* The differences between what is observed on a day and on the day before, month by month. */
static void reference_day(struct buffer *out, struct store *store, date when, int seen[])
{
    date before = {when.day - 1};
    struct view views[] = {
        view_of(&store->arena, &store->resolved, before, RELEASE_LATEST),
        view_of(&store->arena, &store->resolved, when, RELEASE_LATEST),
    };
    struct records was_ledger = records_of(&store->arena, &views[0]);
    struct records is_ledger = records_of(&store->arena, &views[1]);
    for (size_t i = 0; i < store->resolved.n_months; i++) {
        const struct history *history = &store->resolved.months[i];
        int32_t month = history->span.first;
        struct observation was = observe(history, before, RELEASE_LATEST);
        struct observation is = observe(history, when, RELEASE_LATEST);
        bool was_disputed = is_disputed(&store->arena, &was, before);
        bool disputed = is_disputed(&store->arena, &is, when);
        bool was_record = has_record(&was_ledger, month);
        bool record = has_record(&is_ledger, month);
        bool alike =
            was.known == is.known && compatible(was.value, was.precision, is.value, is.precision);
        const bool happened[] = {
            [CHANGE_APPEARED] = !was.version && is.known,
            [CHANGE_REVISED] = was.version && !alike,
            [CHANGE_DISPUTED] = disputed && !was_disputed,
            [CHANGE_SETTLED] = was_disputed && !disputed,
            [CHANGE_RECORD_SET] = record && !was_record,
            [CHANGE_RECORD_LOST] = was_record && !record,
        };
        for (size_t kind = 0; kind < COUNT(happened); kind++) {
            if (!happened[kind])
                continue;
            seen[kind]++;
            print_change(out, &(struct change){(enum change_kind)kind, history->span, when,
                                               was.version, is.version});
        }
    }
}

/* Every day is compared, and so it shows that nothing changes between the dates that the module looks at. */
START_TEST(equal_what_is_observed_day_by_day)
{
    int seen[CHANGE_RECORD_LOST + 1] = {0};
    for (uint32_t i = 0; i < STORES; i++) {
        struct store store = {0};
        struct buffer right = {0};
        struct buffer text = {0};
        date start = {date_of(2025, 7, 1).day - 1};
        random_store(&store, i);
        date since = {start.day + (int32_t)below(DAYS / 2)};
        date as_of = {since.day + (int32_t)below(DAYS)};
        buffer_text(&right, "");
        for (date when = {since.day + 1}; when.day <= as_of.day; when.day++)
            reference_day(&right, &store, when, seen);
        print_changes(&text, changes_of(&store.arena, &store.resolved, since, as_of));
        ck_assert_msg(strcmp(text.bytes, right.bytes) == 0, "%u: %s, not %s", i, text.bytes,
                      right.bytes);
        buffer_release(&right);
        buffer_release(&text);
        store_release(&store);
    }
    for (size_t kind = 0; kind < COUNT(seen); kind++)
        ck_assert_msg(seen[kind] > STORES / 4, "%s %d", change_kind_names[kind], seen[kind]);
}
END_TEST

/* Asking again and again since the last time gives all there is. */
START_TEST(a_window_is_part_of_the_whole)
{
    for (uint32_t i = 0; i < STORES; i++) {
        struct store store = {0};
        struct buffer parts = {0};
        struct buffer whole = {0};
        random_store(&store, i);
        date middle = {date_of(2025, 7, 1).day + (int32_t)below(DAYS)};
        buffer_text(&parts, "");
        print_changes(&parts, changes_of(&store.arena, &store.resolved, DATE_NONE, middle));
        print_changes(&parts, changes_of(&store.arena, &store.resolved, middle, DATE_ALL));
        print_changes(&whole, changes_of(&store.arena, &store.resolved, DATE_NONE, DATE_ALL));
        ck_assert_str_eq(parts.bytes, whole.bytes);
        buffer_release(&parts);
        buffer_release(&whole);
        store_release(&store);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("changes_daily");
    tcase_add_test(tests, equal_what_is_observed_day_by_day);
    tcase_add_test(tests, a_window_is_part_of_the_whole);
    return check_main(tests);
}
