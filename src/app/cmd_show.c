/* exportstat show: the headline of a series and its newest months as bars, for a terminal. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "exportstat/stats/records.h"
#include "open.h"

enum { WIDTH_ELSEWHERE = 80, WIDTH_MAX = 120, MARK_WIDTH = 16, BAR_MIN = 4 };

/* How the terminal wants it. */
struct manner {
    int width;
    bool colored;
    bool blocks; /* it knows Unicode; else bars are of '#' */
};

struct shown {
    const struct series_info *info;
    const struct view *view;
    const struct observation *newest;
    struct records records;
    struct manner manner;
    struct buffer *to;
};

/* What a locale says of its characters, without turning to one: the decimal point is to stay one. */
static bool knows_unicode(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static struct manner manner_of_terminal(void)
{
    struct winsize size;
    struct manner manner = {.width = WIDTH_ELSEWHERE, .blocks = knows_unicode()};
    if (!isatty(STDOUT_FILENO))
        return manner;
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    manner.colored = (!no_color || !*no_color) && terminal && strcmp(terminal, "dumb") != 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        manner.width = size.ws_col;
    manner.width = manner.width > WIDTH_MAX ? WIDTH_MAX : manner.width;
    return manner;
}

static void colored_text(const struct shown *shown, const char *color, const char *text)
{
    if (shown->manner.colored && *color)
        buffer_format(shown->to, "\033[%sm%s\033[0m", color, text);
    else
        buffer_text(shown->to, text);
}

/* "  +19.7 % on the year before" */
static void growth_text(const struct shown *shown, enum growth_basis basis, const char *than)
{
    struct growth growth = growth_of(shown->view, shown->newest->span, basis);
    char percent[AMOUNT_TEXT];
    char text[AMOUNT_TEXT + 4];
    if (!growth.has_percent)
        return;
    ratio_format(growth.percent, 1, percent);
    snprintf(text, sizeof text, "%s%s %%", growth.percent.numerator > 0 ? "+" : "", percent);
    buffer_format(shown->to, "  %*s", strlen(text) < 9 ? 9 - (int)strlen(text) : 0, "");
    colored_text(shown, growth.change < 0 ? "31" : growth.change > 0 ? "32" : "", text);
    buffer_format(shown->to, " on %s\n", than);
}

/* What is to be said of a value beside it. */
static void doubts_text(const struct shown *shown, struct arena *arena,
                        const struct observation *month)
{
    if (backing_of(arena, month, shown->view->as_of).disputed)
        colored_text(shown, "33", " disputed");
    if (month->derived)
        colored_text(shown, "36", " derived");
}

/* How far what is shown reaches: the same view as of that day says the same for good. */
static void known_text(const struct shown *shown)
{
    char text[DATE_TEXT];
    date day = shown->view->as_of;
    bool is_dated = day.day != DATE_ALL.day;
    if (!is_dated && !view_known_on(shown->view, &day))
        return;
    date_format(day, text);
    buffer_format(shown->to, "%s %s\n", is_dated ? "As of" : "Known up to", text);
}

static void headline_text(const struct shown *shown, struct arena *arena)
{
    const struct observation *newest = shown->newest;
    const struct record *record = &shown->records.at[shown->records.n - 1];
    struct streak streak = streak_at(shown->view, GROWTH_YOY, newest->span.first);
    char period[PERIOD_TEXT];
    char value[AMOUNT_TEXT];
    span_name(newest->span, 1, period);
    amount_format(newest->value, value);
    buffer_format(shown->to, "%s: ", period);
    colored_text(shown, "1", value);
    buffer_format(shown->to, " %s", shown->info->unit);
    doubts_text(shown, arena, newest);
    buffer_text(shown->to, "\n");
    growth_text(shown, GROWTH_MOM, "the month before");
    growth_text(shown, GROWTH_YOY, "the year before");
    growth_text(shown, GROWTH_FYTD, "the fiscal year before, to the same month");
    span_name(record->month->span, 1, period);
    amount_format(record->month->value, value);
    if (record->month == newest)
        buffer_text(shown->to, "A record");
    else
        buffer_format(shown->to, "Rank %zu of %zu; the record is %s in %s",
                      rank_of(shown->view, newest->value), known_months(shown->view), value,
                      period);
    if (streak.months > 0)
        buffer_format(shown->to, "\n%d month%s in a row above the year before", streak.months,
                      streak.months == 1 ? "" : "s");
    buffer_text(shown->to, "\n");
    known_text(shown);
    buffer_text(shown->to, "\n");
}

/* A bar of so many eighths of a column; one of less than nothing is told by more than its colour. */
static void bar_text(const struct shown *shown, int eighths, bool negative)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    struct buffer bar = {0};
    bool blocks = shown->manner.blocks;
    buffer_text(&bar, "");
    const char *whole = negative ? (blocks ? "░" : "-") : blocks ? "█" : "#";
    for (int i = 0; i < eighths / 8; i++)
        buffer_text(&bar, whole);
    if (blocks && !negative)
        buffer_text(&bar, parts[eighths % 8]);
    else if (eighths % 8 >= 4)
        buffer_text(&bar, whole);
    colored_text(shown, negative ? "31" : "34", bar.bytes);
    buffer_release(&bar);
}

static bool is_record(const struct shown *shown, const struct observation *month)
{
    for (size_t i = 0; i < shown->records.n; i++) {
        if (shown->records.at[i].month == month)
            return true;
    }
    return false;
}

static void marks_text(const struct shown *shown, struct arena *arena,
                       const struct observation *month)
{
    if (is_record(shown, month))
        colored_text(shown, "32", " record");
    doubts_text(shown, arena, month);
}

static void bars_text(const struct shown *shown, struct arena *arena, size_t first)
{
    const struct view *view = shown->view;
    double highest = 0;
    int widest = 0;
    char period[PERIOD_TEXT];
    char value[AMOUNT_TEXT];
    for (size_t i = first; i < view->n; i++) {
        int length = (int)amount_format(view->at[i].value, value);
        widest = length > widest ? length : widest;
        highest = fmax(highest, fabs(amount_real(view->at[i].value)));
    }
    int room = shown->manner.width - (int)sizeof "2025-12  " - widest - MARK_WIDTH;
    for (size_t i = first; i < view->n; i++) {
        const struct observation *month = &view->at[i];
        span_name(month->span, 1, period);
        amount_format(month->value, value);
        if (!month->known) {
            buffer_format(shown->to, "%s  %*s  ", period, widest, "-");
            colored_text(shown, "90", "missing");
            buffer_text(shown->to, "\n");
            continue;
        }
        double share = highest > 0 ? fabs(amount_real(month->value)) / highest : 0;
        buffer_format(shown->to, "%s  %*s  ", period, widest, value);
        if (room >= BAR_MIN)
            bar_text(shown, (int)(share * room * 8), month->value < 0);
        marks_text(shown, arena, month);
        buffer_text(shown->to, "\n");
    }
}

static void show(const struct config *config, struct arena *arena, const struct series_info *info,
                 const struct view *view, struct buffer *to)
{
    struct shown shown = {.info = info, .view = view, .manner = manner_of_terminal(), .to = to};
    size_t last = (size_t)config->number[OPTION_LAST];
    colored_text(&shown, "1", info->title);
    buffer_text(to, "\n");
    if (view->n == 0) {
        buffer_text(to, "Nothing is known.\n");
        return;
    }
    shown.newest = &view->at[view->n - 1];
    shown.records = records_of(arena, view);
    headline_text(&shown, arena);
    bars_text(&shown, arena, view->n > last ? view->n - last : 0);
}

int run_show(const struct config *config)
{
    struct arena arena = {0};
    struct buffer text = {0};
    struct store *store = NULL;
    struct store_state state;
    struct series_info info;
    struct view view;
    struct error err;
    date as_of = DATE_ALL;
    if (config->text[OPTION_AS_OF])
        as_of.day = (int32_t)config->number[OPTION_AS_OF];
    bool ok = store_open(config->text[OPTION_DATABASE], STORE_READ, &store, &err) &&
              store_begin(store, &state, &err);
    if (ok) {
        ok = store_series(store, &arena, config->text[OPTION_SERIES], &info, &err) &&
             open_view(store, &arena, &info, as_of, &view, &err);
        store_end(store);
    }
    if (ok) {
        show(config, &arena, &info, &view, &text);
        fwrite(text.bytes, 1, text.length, stdout);
    }
    store_close(store);
    arena_release(&arena);
    buffer_release(&text);
    return ok ? EXIT_SUCCESS : fail(&err);
}
