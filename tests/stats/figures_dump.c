/* Prints what is derived from the newest observations, for tests/reference/test_figures.py.
 *
 * Stores stand on standard input as for resolve_dump; shares are of the first store and the one at
 * hand together. */
#include "exportstat/stats/growth.h"
#include "exportstat/stats/records.h"
#include "exportstat/stats/share.h"
#include "stats/print_text.h"
#include "stats/store_stream.h"

static void add_amount(struct buffer *out, bool known, amount value)
{
    char text[AMOUNT_TEXT];
    amount_format(value, text);
    buffer_format(out, " %s", known ? text : "-");
}

static void add_ratio(struct buffer *out, bool known, struct ratio ratio, enum missing missing)
{
    char text[AMOUNT_TEXT];
    if (known)
        ratio_format(ratio, 4, text);
    buffer_format(out, " %s", known ? text : missing_names[missing]);
}

static void dump_figure(struct buffer *out, const struct view *view, struct span span,
                        enum frequency frequency)
{
    struct figure figure = figure_of(view, span);
    const char *basis = figure.is_sum ? "sum" : figure.is_reported ? "reported" : "month";
    buffer_format(out, "figure %s ", frequency_names[frequency]);
    print_span(out, span);
    buffer_char(out, ' ');
    print_value(out, figure.known, figure.derived, figure.value, figure.precision);
    buffer_format(out, " %s %d\n", figure.known ? basis : missing_names[figure.missing],
                  figure.months_present);
}

static void dump_growth(struct buffer *out, const struct view *view, struct span span,
                        enum growth_basis basis)
{
    struct growth growth = growth_of(view, span, basis);
    buffer_format(out, "growth %s ", growth_basis_names[basis]);
    print_span(out, span);
    add_amount(out, growth.now.known, growth.now.value);
    add_amount(out, growth.base.known, growth.base.value);
    add_amount(out, growth.has_change, growth.change);
    add_ratio(out, growth.has_percent, growth.percent, growth.missing);
    buffer_char(out, '\n');
}

static void dump_periods(struct buffer *out, const struct view *view, const struct view of[2])
{
    int32_t end = view_last(view) + 12;
    for (int f = 0; f < FREQUENCY_RANGE; f++) {
        enum frequency frequency = (enum frequency)f;
        struct span span = frequency_span(frequency, view->first - 12, 7);
        for (; span.first <= end; span = frequency_span(frequency, span.last + 1, 7)) {
            dump_figure(out, view, span, frequency);
            for (int basis = 0; growth_basis_names[basis]; basis++)
                dump_growth(out, view, span, (enum growth_basis)basis);
            struct share share = share_of(view, of, 2, span);
            buffer_text(out, "share ");
            print_span(out, span);
            add_amount(out, share.whole_known, share.whole);
            add_ratio(out, share.has_percent, share.percent, share.missing);
            buffer_char(out, '\n');
        }
    }
}

static void dump_streak(struct buffer *out, const char *name, struct streak streak)
{
    buffer_format(out, "streak %s %d", name, streak.months);
    if (streak.months > 0) {
        buffer_char(out, ' ');
        print_span(out, (struct span){streak.from, streak.from});
        buffer_char(out, ' ');
        print_span(out, (struct span){streak.to, streak.to});
    }
    buffer_char(out, '\n');
}

static void dump_records(struct buffer *out, struct arena *arena, const struct view *view)
{
    struct records records = records_of(arena, view);
    for (size_t i = 0; i < records.n; i++) {
        buffer_text(out, "record ");
        print_span(out, records.at[i].month->span);
        add_amount(out, true, records.at[i].month->value);
        buffer_format(out, " %d\n", records.at[i].stood_months);
    }
    buffer_format(out, "missing_before %zu\n", records.missing_before);
    amount step = threshold_step(records.at[records.n - 1].month->value);
    for (int i = 1; step > 0 && i <= 6; i++) {
        const struct observation *crossed = threshold_crossed(view, i * step);
        buffer_text(out, "threshold");
        add_amount(out, true, i * step);
        buffer_char(out, ' ');
        if (crossed)
            print_span(out, crossed->span);
        buffer_char(out, '\n');
    }
    for (size_t i = 0; i < view->n; i++) {
        if (view->at[i].known) {
            buffer_text(out, "rank ");
            print_span(out, view->at[i].span);
            buffer_format(out, " %zu\n", rank_of(view, view->at[i].value));
        }
    }
    for (int month = 0; month < 12; month++) {
        const struct observation *best = best_of_month(view, month);
        buffer_format(out, "best %d ", month + 1);
        if (best)
            print_span(out, best->span);
        buffer_char(out, '\n');
    }
}

int main(void)
{
    struct store first = {0};
    struct store store = {0};
    struct view of[2];
    while (store_next(&store)) {
        struct buffer out = {0};
        if (!first.arena.block) {
            first = store;
            store = (struct store){0};
            of[0] = view_of(&first.arena, &first.resolved, DATE_ALL, RELEASE_LATEST);
        }
        struct store *at = store.arena.block ? &store : &first;
        struct view view = view_of(&at->arena, &at->resolved, DATE_ALL, RELEASE_LATEST);
        of[1] = view;
        buffer_text(&out, "");
        if (view.n > 0) {
            dump_periods(&out, &view, of);
            dump_streak(&out, "mom current", streaks_of(&view, GROWTH_MOM).current);
            dump_streak(&out, "mom longest", streaks_of(&view, GROWTH_MOM).longest);
            dump_streak(&out, "yoy current", streaks_of(&view, GROWTH_YOY).current);
            dump_streak(&out, "yoy longest", streaks_of(&view, GROWTH_YOY).longest);
            dump_records(&out, &at->arena, &view);
        }
        printf("%s.\n", out.bytes);
        buffer_release(&out);
        store_release(&store);
    }
    store_release(&first);
    return 0;
}
