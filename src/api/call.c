#include "call.h"

#include <string.h>

date call_as_of(const struct call *call)
{
    const struct arg *as_of = arg(call, PARAM_AS_OF);
    return as_of->given ? as_of->day : DATE_ALL;
}

bool call_explain(const struct call *call)
{
    return arg(call, PARAM_EXPLAIN)->number != 0;
}

bool call_slow(struct call *call)
{
    return problem_slow(call->problem, call->quick);
}

bool call_writing(struct call *call)
{
    if (!call->quick)
        return true;
    call->problem->is_slow = call->problem->is_writing = true;
    return problem_set(call->problem, PROBLEM_UNAVAILABLE,
                       "Too many batches are being written; try again");
}

/* Says which series there are, the nearest first. */
static bool no_series(struct call *call, const char *id)
{
    enum { NAMED_MAX = 12, COMPARED_MAX = 1000 };
    struct series_list list;
    struct error err;
    struct buffer names = {0};
    struct series_filter filter = {.limit = COMPARED_MAX};
    if (!store_series_list(call->store, call->arena, &filter, &list, &err))
        return problem_from(call->problem, &err);
    const char **ids = ARENA_ARRAY(call->arena, list.n + 1, const char *);
    for (size_t i = 0; i < list.n; i++)
        ids[i] = list.at[i].id;
    const char *nearest = nearest_name(id, ids);
    for (size_t i = 0; i < list.n && i < NAMED_MAX; i++)
        buffer_format(&names, "%s%s", i > 0 ? ", " : "", ids[i]);
    problem_set(call->problem, PROBLEM_NOT_FOUND, "There is no series '%s'%s%s%s %s %s%s", id,
                nearest ? "; did you mean '" : ".", nearest ? nearest : "", nearest ? "'?" : "",
                list.n > 0 ? "There are:" : "The store is empty.", names.bytes ? names.bytes : "",
                list.n > NAMED_MAX ? ", and more at /v1/series" : "");
    buffer_release(&names);
    return false;
}

bool call_hold(struct call *call, const char *id, const struct volume **ret, struct error *reterr)
{
    for (size_t i = 0; i < call->n_held; i++) {
        const struct volume *volume = call->held[i];
        if (id ? strcmp(volume->info.id, id) == 0 : volume->info.is_default) {
            *ret = volume;
            return true;
        }
    }
    if (!library_get(call->library, call->era, call->store, call->state.generation, id, ret,
                     reterr))
        return false;
    if (call->n_held == call->held_room) {
        const struct volume **old = call->held;
        call->held_room = call->held_room ? call->held_room * 2 : 8;
        call->held = ARENA_ARRAY(call->arena, call->held_room, const struct volume *);
        for (size_t i = 0; i < call->n_held; i++)
            call->held[i] = old[i];
    }
    call->held[call->n_held++] = *ret;
    return true;
}

/* Why there is no series of this id. */
static bool not_found(struct call *call, const char *id, const struct error *err)
{
    if (err->kind == ERROR_NOT_FOUND && id)
        return no_series(call, id);
    if (err->kind == ERROR_NOT_FOUND)
        return problem_set(call->problem, PROBLEM_NOT_FOUND,
                           "The store has no default series: name one by series=");
    return problem_from(call->problem, err);
}

bool call_series(struct call *call, const char *id, struct selected *ret)
{
    struct error err;
    const struct volume *volume;
    if (!call_hold(call, id, &volume, &err))
        return not_found(call, id, &err);
    *ret = (struct selected){
        .volume = volume,
        .info = &volume->info,
        .view = volume_view(call->arena, volume, call_as_of(call),
                            (enum release)arg(call, PARAM_RELEASE)->number),
    };
    return true;
}

bool call_look(struct call *call, const char *id, const struct volume **ret)
{
    struct error err;
    return library_get(call->library, call->era, call->store, call->state.generation, id, ret,
                       &err) ||
           not_found(call, id, &err);
}

static const char *keep_text(struct call *call, const char *text)
{
    return text ? arena_text(call->arena, text, strlen(text)) : NULL;
}

const struct series_info *call_keep_info(struct call *call, const struct series_info *info)
{
    struct series_info *kept = ARENA_NEW(call->arena, struct series_info);
    *kept = *info;
    kept->id = keep_text(call, info->id);
    kept->title = keep_text(call, info->title);
    kept->description = keep_text(call, info->description);
    kept->unit = keep_text(call, info->unit);
    kept->aggregation = keep_text(call, info->aggregation);
    kept->part_of = keep_text(call, info->part_of);
    return kept;
}

bool call_series_ids(struct call *call, const char *const **ret, size_t *ret_n)
{
    const struct arg *asked = arg(call, PARAM_SERIES);
    struct series_list list;
    struct error err;
    struct series_filter filter = {.limit = ROWS_MAX};
    *ret = asked->texts;
    *ret_n = asked->n;
    if (asked->given)
        return true;
    if (!call_slow(call))
        return false;
    if (!store_series_list(call->store, call->arena, &filter, &list, &err))
        return problem_from(call->problem, &err);
    if (list.total > ROWS_MAX)
        return problem_invalid(call->problem, "series", NULL,
                               "there are %lld series, more than %d: name those that you want",
                               (long long)list.total, ROWS_MAX);
    const char **ids = ARENA_ARRAY(call->arena, list.n, const char *);
    for (size_t i = 0; i < list.n; i++)
        ids[i] = list.at[i].id;
    *ret = ids;
    *ret_n = list.n;
    return true;
}

void call_release(struct call *call)
{
    while (call->n_held > 0)
        library_return(call->library, call->held[--call->n_held]);
}

void call_path(const struct call *call, enum format format, enum param except, struct buffer *to)
{
    const struct route *route = call->route;
    const char *variable = strchr(route->pattern, '{');
    if (variable) {
        char period[PERIOD_TEXT];
        const struct arg *part = arg(call, route->path_param);
        const char *text = part->text;
        if (params[route->path_param].type == TYPE_PERIOD) {
            /* A slash can not stand in a path: a range is written with two dashes. */
            period_format(part->period, period);
            text = period;
        }
        buffer_add(to, route->pattern, (size_t)(variable - route->pattern));
        for (; *text; text++)
            buffer_text(to, *text == '/' ? "--" : (const char[]){*text, '\0'});
    } else {
        buffer_text(to, route->pattern);
    }
    buffer_char(to, '?');
    size_t start = to->length;
    params_write(to, route->taken, call->args, except);
    if (to->length > start)
        buffer_char(to, '&');
    /* The path does not end in it, and the next request may come without Accept. */
    if (format != FORMAT_JSON)
        buffer_format(to, "format=%s&", format_names[format]);
}

void call_link_to(const struct call *call, enum param after, const char *id, struct buffer *to)
{
    buffer_text(to, call->public_url);
    call_path(call, call->format, after, to);
    buffer_text(to, "after=");
    buffer_percent(to, id, strlen(id));
}

void call_link(struct call *call, enum param after, const char *id)
{
    call_link_to(call, after, id, call->link);
}

void call_next(struct call *call, enum param after, const char *id)
{
    call_link(call, after, id);
    out_text(call->out, "next", call->link->bytes);
}

/* The first and last month that a request's window has in common with the view. */
static struct span window_months(const struct call *call, const struct selected *selected)
{
    int start = selected->info->fiscal_year_start;
    struct span months = {selected->view.first,
                          selected->view.first + (int32_t)selected->view.n - 1};
    if (arg(call, PARAM_FROM)->given) {
        int32_t from = period_span(arg(call, PARAM_FROM)->period, start).first;
        months.first = from > months.first ? from : months.first;
    }
    if (arg(call, PARAM_TO)->given) {
        int32_t to = period_span(arg(call, PARAM_TO)->period, start).last;
        months.last = to < months.last ? to : months.last;
    }
    return months;
}

bool window_backwards(struct call *call, const struct series_info *info)
{
    int start = info ? info->fiscal_year_start : 1;
    const struct arg *from = arg(call, PARAM_FROM);
    const struct arg *to = arg(call, PARAM_TO);
    if (!from->given || !to->given ||
        period_span(from->period, start).first <= period_span(to->period, start).last)
        return false;
    problem_invalid(call->problem, "from", NULL, "comes after `to`");
    return true;
}

bool window_of(struct call *call, struct selected *selected, enum frequency frequency)
{
    struct window *window = &selected->window;
    int start = selected->info->fiscal_year_start;
    int64_t last = arg(call, PARAM_LAST)->given ? arg(call, PARAM_LAST)->number : INT64_MAX;
    bool descending = arg(call, PARAM_ORDER)->number == ORDER_DESC;
    const struct arg *after = arg(call, PARAM_AFTER_PERIOD);
    if (window_backwards(call, selected->info))
        return false;
    struct span months = window_months(call, selected);
    *window = (struct window){0};
    if (selected->view.n == 0 || months.first > months.last)
        return true;
    struct span first = frequency_span(frequency, months.first, start);
    struct span end = frequency_span(frequency, months.last, start);
    int32_t step = frequency_months(frequency);
    window->total = (size_t)((end.first - first.first) / step) + 1;
    if ((int64_t)window->total > last) {
        first.first += (int32_t)(window->total - (size_t)last) * step;
        window->total = (size_t)last;
    }
    struct span *at = ARENA_ARRAY(call->arena, window->total, struct span);
    int32_t beyond = after->given ? period_span(after->period, start).first : 0;
    for (size_t i = 0; i < window->total; i++) {
        size_t place = descending ? window->total - 1 - i : i;
        int32_t month = first.first + (int32_t)place * step;
        if (after->given && (descending ? month >= beyond : month <= beyond))
            continue;
        at[window->n++] = (struct span){month, month + step - 1};
    }
    window->at = at;
    return true;
}

static int32_t ordinal_of(const struct selected *selected, size_t row, enum frequency frequency)
{
    return frequency_ordinal(frequency, selected->window.at[row].first,
                             selected->info->fiscal_year_start);
}

void windows_cut(struct call *call, enum frequency frequency, char ret_after[static PERIOD_TEXT])
{
    bool descending = arg(call, PARAM_ORDER)->number == ORDER_DESC;
    const struct selected *cut_by = NULL;
    size_t limit = (size_t)arg(call, PARAM_LIMIT)->number;
    int32_t cut = 0;
    *ret_after = '\0';
    for (size_t i = 0; i < call->n_selected && arg(call, PARAM_LIMIT)->given; i++) {
        const struct selected *selected = &call->selected[i];
        if (selected->window.n <= limit)
            continue;
        int32_t last = ordinal_of(selected, limit - 1, frequency);
        if (!cut_by || (descending ? last > cut : last < cut)) {
            cut_by = selected;
            cut = last;
        }
    }
    if (!cut_by)
        return;
    span_format(cut_by->window.at[limit - 1], frequency, cut_by->info->fiscal_year_start,
                ret_after);
    for (size_t i = 0; i < call->n_selected; i++) {
        struct selected *selected = &call->selected[i];
        size_t kept = 0;
        while (kept < selected->window.n &&
               (descending ? ordinal_of(selected, kept, frequency) >= cut
                           : ordinal_of(selected, kept, frequency) <= cut))
            kept++;
        selected->window.n = kept;
    }
}
