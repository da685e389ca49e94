/* Prints what evidence resolves to, for tests/reference/test_resolve.py.
 *
 * Stores stand one after the other on standard input, as lines of evidence (evidence_text.h), each
 * ended by a line with a full stop. For every period, on every date of a report or ruling:
 *
 *   PERIOD DATE VALUE/PRECISION first DATE since DATE publishers N [disputed] [sources …]
 *
 * and, per period, PERIOD first with the first release, and PERIOD history with all changes. */
#include "stats/print_text.h"
#include "stats/store_stream.h"

static int day_order(const void *a, const void *b)
{
    int32_t left = ((const date *)a)->day;
    int32_t right = ((const date *)b)->day;
    return (left > right) - (left < right);
}

/* The dates of all reports and rulings, each once. */
static size_t dates_of(struct arena *arena, struct evidence evidence, date **ret)
{
    size_t n = 0;
    size_t distinct = 0;
    date *at = ARENA_ARRAY(arena, evidence.n_reports + evidence.n_rulings, date);
    for (size_t i = 0; i < evidence.n_reports; i++)
        at[n++] = evidence.reports[i].published;
    for (size_t i = 0; i < evidence.n_rulings; i++)
        at[n++] = evidence.rulings[i].ruled;
    qsort(at, n, sizeof *at, day_order);
    for (size_t i = 0; i < n; i++) {
        if (distinct == 0 || at[distinct - 1].day != at[i].day)
            at[distinct++] = at[i];
    }
    *ret = at;
    return distinct;
}

static void dump_history(struct store *store, const struct history *history, const date *dates,
                         size_t n)
{
    struct buffer out = {0};
    for (size_t i = 0; i < n; i++) {
        struct observation observation = observe(history, dates[i], RELEASE_LATEST);
        print_span(&out, history->span);
        buffer_char(&out, ' ');
        print_date(&out, dates[i]);
        buffer_char(&out, ' ');
        print_observation(&out, &store->arena, &observation, dates[i]);
        buffer_char(&out, '\n');
    }
    struct observation first = observe(history, DATE_ALL, RELEASE_FIRST);
    print_span(&out, history->span);
    buffer_text(&out, " first ");
    print_value(&out, first.known, first.derived, first.value, first.precision);
    buffer_char(&out, '\n');
    print_span(&out, history->span);
    buffer_text(&out, " history ");
    print_history(&out, history);
    puts(out.bytes);
    buffer_release(&out);
}

int main(void)
{
    struct store store = {0};
    while (store_next(&store)) {
        date *dates;
        size_t n = dates_of(&store.arena, store.evidence, &dates);
        for (size_t i = 0; i < store.resolved.n_months; i++)
            dump_history(&store, &store.resolved.months[i], dates, n);
        for (size_t i = 0; i < store.resolved.n_spans; i++)
            dump_history(&store, &store.resolved.spans[i], dates, n);
        puts(".");
        store_release(&store);
    }
    return 0;
}
