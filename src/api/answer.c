#include "answer.h"

#include <stdio.h>
#include <string.h>

#include "represent.h"

static void heading(struct call *call, const struct series_info *info)
{
    if (info)
        represent_series(call->out, info);
    if (arg(call, PARAM_AS_OF)->given)
        out_date(call->out, "as_of", call_as_of(call));
    else
        out_null(call->out, "as_of");
    out_integer(call->out, "generation", call->state.generation);
}

/* Finds the series asked for: by the path, by `series`, or the default one. */
static bool select_series(struct call *call)
{
    const struct arg *list = arg(call, PARAM_SERIES);
    const char *one = NULL;
    if (arg(call, PARAM_SERIES_ID)->given)
        one = arg(call, PARAM_SERIES_ID)->text;
    else if (arg(call, PARAM_SERIES_FILTER)->given)
        one = arg(call, PARAM_SERIES_FILTER)->text;
    call->n_selected = list->given ? list->n : 1;
    for (size_t i = 0; i < call->n_selected; i++) {
        if (!call_series(call, list->given ? list->texts[i] : one, &call->selected[i]))
            return false;
    }
    return true;
}

static bool takes(const struct route *route, enum param param)
{
    const enum param *taken = route->taken;
    while (*taken != PARAMS && *taken != param)
        taken++;
    return *taken == param;
}

/* Works out the rows of every series before the first is written, since they are cut together. */
static bool select_windows(struct call *call, char ret_after[static PERIOD_TEXT])
{
    enum frequency frequency = (enum frequency)arg(call, PARAM_FREQUENCY)->number;
    for (size_t i = 0; i < call->n_selected; i++) {
        if (!window_of(call, &call->selected[i], frequency))
            return false;
    }
    windows_cut(call, frequency, ret_after);
    return true;
}

static bool per_series(struct call *call)
{
    struct out *out = call->out;
    char after[PERIOD_TEXT] = "";
    bool has_window = takes(call->route, PARAM_LIMIT);
    if (!select_series(call) || (has_window && !select_windows(call, after)))
        return false;
    bool several = call->n_selected > 1;
    heading(call, several ? NULL : call->selected[0].info);
    if (!several && has_window)
        out_integer(out, "total", (int64_t)call->selected[0].window.total);
    if (*after)
        call_next(call, PARAM_AFTER_PERIOD, after);
    if (several)
        out_array(out, "results");
    for (size_t i = 0; i < call->n_selected; i++) {
        out->series = call->selected[i].info->id;
        if (several) {
            out_object(out, NULL);
            represent_series(out, call->selected[i].info);
        }
        if (several && has_window)
            out_integer(out, "total", (int64_t)call->selected[i].window.total);
        if (!call->route->series(call, &call->selected[i]))
            return false;
        if (several)
            out_object_end(out);
    }
    if (several)
        out_array_end(out);
    return true;
}

static bool body_write(struct call *call)
{
    bool ok = true;
    if (call->format == FORMAT_ATOM)
        return call->route->feed(call);
    if (call->route->whole)
        return call->route->whole(call);
    out_object(call->out, NULL);
    if (call->route->kind == ROUTE_PER_SERIES) {
        ok = per_series(call);
    } else {
        if (call->route->kind == ROUTE_LIST)
            heading(call, NULL);
        ok = call->route->list(call);
    }
    out_object_end(call->out);
    out_end(call->out);
    return ok;
}

static bool body_from_store(struct call *call, const struct api_worker *worker)
{
    struct error err;
    if (!store_begin(worker->store, &call->state, &err))
        return problem_from(call->problem, &err);
    bool ok = body_write(call);
    call_release(call);
    store_end(worker->store);
    return ok;
}

const struct embedded *api_document(const struct api *api, const char *name)
{
    const struct embedded *document = api->options.documents;
    while (document->name && strcmp(document->name, name) != 0)
        document++;
    return document->name ? document : NULL;
}

bool answer_build(struct api_worker *worker, const struct query *query, struct answer *answer,
                  struct problem *problem)
{
    struct out out = {
        .to = &answer->body,
        .csv = query->format != FORMAT_JSON, /* citations write all of themselves */
        .decimals = (int)query->args->v[PARAM_DECIMALS].number,
    };
    if (!query->args->v[PARAM_DECIMALS].given)
        out.decimals = 4;
    struct error away;
    bool is_there = worker_follow(worker, &away);
    struct call *call = ARENA_NEW(&worker->arena, struct call);
    *call = (struct call){
        .api = worker->api,
        .route = query->route,
        .args = query->args,
        .format = query->format,
        .body = query->body,
        .body_length = query->body_length,
        .is_body_csv = query->is_body_csv,
        .token = query->token,
        .idempotency_key = query->idempotency_key,
        .database = worker->api->options.database,
        .out = &out,
        .store = is_there ? worker->store : NULL,
        .arena = &worker->arena,
        .library = worker->api->library,
        .era = worker->era,
        .public_url = worker->api->public_url,
        .has_pages = api_document(worker->api, "index.html") != NULL,
        .today = query->today,
        .quick = query->quick,
        .link = &answer->link,
        .location = &answer->location,
        .problem = problem,
    };
    bool ok;
    if (query->route->kind != ROUTE_LIVE && !is_there)
        ok = problem_from(problem, &away);
    else if (query->route->kind == ROUTE_LIVE || query->route->kind == ROUTE_WRITE)
        ok = body_write(call);
    else
        ok = body_from_store(call, worker);
    out_release(&out);
    if (call->written > 0)
        generation_note(worker->api, worker->era, call->written);
    answer->written = call->written;
    answer->status = call->status;
    answer->content_type = query->content_type;
    answer->generation = call->state.generation;
    if (*call->state.id)
        answer->store = hash_text(HASH_START, call->state.id);
    answer->changed_at = call->state.changed_at;
    if (ok && query->args->v[PARAM_AS_OF].given)
        date_format(query->args->v[PARAM_AS_OF].day, answer->as_of);
    return ok;
}
