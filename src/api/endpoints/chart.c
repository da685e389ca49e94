/* GET /v1/exports/chart.svg: a picture of one series, to be shown elsewhere. */
#include "chart.h"

#include <stdlib.h>
#include <string.h>

#include "../endpoints.h"
#include "../represent.h"
#include "../transforming.h"

/* A publisher, and how many of the periods its reports stand behind. */
struct voice {
    const char *publisher;
    size_t periods;
    const void *last; /* the period counted last */
};

struct voices {
    struct voice *at;
    size_t n;
    size_t room;
};

static void voices_hear(struct arena *arena, struct voices *voices, const char *publisher,
                        const void *period)
{
    for (size_t i = 0; i < voices->n; i++) {
        struct voice *voice = &voices->at[i];
        if (strcmp(voice->publisher, publisher) == 0) {
            voice->periods += voice->last != period;
            voice->last = period;
            return;
        }
    }
    if (voices->n == voices->room) {
        struct voice *old = voices->at;
        voices->room = voices->room ? voices->room * 2 : 16;
        voices->at = ARENA_ARRAY(arena, voices->room, struct voice);
        for (size_t i = 0; i < voices->n; i++)
            voices->at[i] = old[i];
    }
    voices->at[voices->n++] = (struct voice){publisher, 1, period};
}

static int by_periods(const void *a, const void *b)
{
    const struct voice *first = a;
    const struct voice *second = b;
    if (first->periods != second->periods)
        return first->periods > second->periods ? -1 : 1;
    return strcmp(first->publisher, second->publisher);
}

/* "Dawn, The News, APP and 14 more" */
static const char *voices_text(struct arena *arena, const struct voices *voices)
{
    enum { NAMED = 3 };
    struct buffer text = {0};
    buffer_text(&text, "");
    if (voices->n > 0)
        qsort(voices->at, voices->n, sizeof *voices->at, by_periods);
    for (size_t i = 0; i < voices->n && i < NAMED; i++) {
        bool is_last = i > 0 && i == voices->n - 1;
        buffer_format(&text, "%s%s", i == 0 ? "" : (is_last ? " and " : ", "),
                      voices->at[i].publisher);
    }
    if (voices->n > NAMED)
        buffer_format(&text, " and %zu more", voices->n - NAMED);
    const char *kept = arena_text(arena, text.bytes, text.length);
    buffer_release(&text);
    return kept;
}

/* Percents that come of logarithms or powers are real numbers, as plain logarithms are. */
static bool in_percent(enum transform transform)
{
    return transform == TRANSFORM_ANNUALISED_PERCENT || transform == TRANSFORM_LOG_PERCENT ||
           transform == TRANSFORM_ANNUALISED_LOG_PERCENT;
}

static void point_value(struct call *call, const struct transformed *value, bool is_percent,
                        struct chart_point *ret)
{
    char text[AMOUNT_TEXT];
    size_t length;
    if (value->kind == TRANSFORMED_AMOUNT) {
        ret->value = amount_real(value->amount);
        length = amount_format(value->amount, text);
    } else if (value->kind == TRANSFORMED_RATIO) {
        ret->value = (double)value->ratio.numerator / (double)value->ratio.denominator;
        length = ratio_format(value->ratio, 1, text);
    } else {
        ret->value = value->real;
        length = real_format(value->real, 2, text);
    }
    if (is_percent || value->kind == TRANSFORMED_RATIO) {
        memcpy(text + length, " %", sizeof " %");
        length += 2;
    }
    ret->label = arena_text(call->arena, text, length);
}

static void points_gather(struct chart *chart, const struct selected *selected,
                          const struct transforming *transforming)
{
    struct call *call = chart->call;
    struct voices voices = {0};
    const struct window *window = &selected->window;
    struct chart_point *at = ARENA_ARRAY(call->arena, window->n, struct chart_point);
    for (size_t i = 0; i < window->n; i++) {
        struct span period = window->at[i];
        struct figure figure = figure_of(&selected->view, period);
        struct transformed value = transforming_of(transforming, period);
        struct backing backing =
            backing_of_figure(call, selected->view.resolved, &figure, call_as_of(call));
        at[i].period = period;
        at[i].known = value.known;
        /* Marks are of the values that are drawn: a rate is of two periods, of which only one is here. */
        at[i].derived = figure.derived && chart->transform == TRANSFORM_LEVEL;
        at[i].disputed = backing.disputed && chart->transform == TRANSFORM_LEVEL;
        if (value.known) {
            point_value(call, &value, in_percent(chart->transform), &at[i]);
            chart->newest = &at[i];
        }
        for (size_t k = 0; k < backing.n_reports; k++)
            voices_hear(call->arena, &voices, backing.reports[k]->publisher, &at[i]);
    }
    chart->at = at;
    chart->n = window->n;
    chart->sources = voices_text(call->arena, &voices);
}

bool get_chart(struct call *call)
{
    const struct arg *series = arg(call, PARAM_SERIES_FILTER);
    struct selected *selected = &call->selected[0];
    struct transforming transforming;
    struct chart chart = {
        .call = call,
        .frequency = (enum frequency)arg(call, PARAM_FREQUENCY)->number,
        .transform = (enum transform)arg(call, PARAM_TRANSFORM)->number,
        .as_of = call_as_of(call),
        .has_as_of = arg(call, PARAM_AS_OF)->given,
    };
    if (!call_series(call, series->given ? series->text : NULL, selected) ||
        !window_of(call, selected, chart.frequency) ||
        !transforming_begin(call, selected, &transforming))
        return false;
    chart.info = selected->info;
    points_gather(&chart, selected, &transforming);
    if (!chart.has_as_of)
        chart.has_as_of = view_known_on(&selected->view, &chart.as_of);
    return chart_draw(&chart);
}
