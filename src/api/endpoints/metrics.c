/* GET /metrics: counters and gauges in the text format of Prometheus (version 0.0.4). */
#include <stdatomic.h>

#include "../answer.h"
#include "../endpoints.h"
#include "exportstat/stats/freshness.h"
#include "exportstat/store/imports.h"

enum { SECONDS_OF_DAY = 24 * 60 * 60 };

/* The two lines that begin a metric. */
static void metric(struct buffer *to, const char *name, const char *type, const char *help)
{
    buffer_format(to, "# HELP exportstat_%s %s\n# TYPE exportstat_%s %s\n", name, help, name, type);
}

static void value(struct buffer *to, const char *name, const char *label, int64_t number)
{
    buffer_format(to, "exportstat_%s%s %lld\n", name, label, (long long)number);
}

static void gauge(struct buffer *to, const char *name, const char *help, int64_t number)
{
    metric(to, name, "gauge", help);
    value(to, name, "", number);
}

static void durations(struct buffer *to, const struct meters *meters)
{
    static const char name[] = "request_duration_seconds";
    uint64_t so_far = 0;
    metric(to, name, "histogram", "From the first byte of a request to the end of its answer.");
    for (int i = 0; i < METER_DURATIONS; i++) {
        so_far += meters->durations[i];
        buffer_format(to, "exportstat_%s_bucket{le=\"", name);
        if (i < METER_DURATIONS - 1)
            buffer_format(to, "%.4g", (double)meter_durations[i] / 1e6);
        else
            buffer_text(to, "+Inf");
        buffer_format(to, "\"} %llu\n", (unsigned long long)so_far);
    }
    buffer_format(to, "exportstat_%s_sum %.6f\nexportstat_%s_count %llu\n", name,
                  (double)meters->microseconds / 1e6, name, (unsigned long long)so_far);
}

static void counters(struct buffer *to, const struct meters *meters)
{
    static const char *const caches[] = {
        [METER_HIT] = "hit", [METER_MISS] = "miss", [METER_NONE] = "none"};
    metric(to, "answers_total", "counter", "Answers by the class of their status.");
    for (int i = 2; i < METER_CLASSES; i++)
        buffer_format(to, "exportstat_answers_total{status=\"%dxx\"} %llu\n", i,
                      (unsigned long long)meters->answers[i]);
    metric(to, "cache_total", "counter", "Answers by what the cache had: hit, miss, or none kept.");
    for (int i = 0; i < METER_CACHES; i++)
        buffer_format(to, "exportstat_cache_total{state=\"%s\"} %llu\n", caches[i],
                      (unsigned long long)meters->cache[i]);
    metric(to, "answer_bytes_total", "counter", "Bytes of bodies.");
    value(to, "answer_bytes_total", "", (int64_t)meters->bytes);
    durations(to, meters);
}

static void newest(struct call *call, struct buffer *to)
{
    struct selected selected;
    if (!call_series(call, NULL, &selected)) {
        problem_clear(call->problem); /* a store without a default series has none to be late */
        return;
    }
    struct freshness freshness = freshness_of(&selected.view, call->today);
    if (freshness.has_last)
        gauge(to, "newest_observation_age_seconds",
              "Since the newest month of the default series had its first value.",
              (int64_t)(call->today.day - freshness.last_released.day) * SECONDS_OF_DAY);
    if (freshness.learned_from > 0)
        gauge(to, "next_observation_late_seconds",
              "Since the next month was to be expected; below zero: until then.",
              (int64_t)(call->today.day - freshness.next_expected.day) * SECONDS_OF_DAY);
}

/* The store may be what is wrong: then the rest is still told. */
static void of_store(struct call *call, struct buffer *to)
{
    struct error err;
    struct import_list imports;
    bool up = call->store && store_begin(call->store, &call->state, &err);
    gauge(to, "store_up", "Whether the store can be read.", up);
    if (!up)
        return;
    gauge(to, "store_generation", "Grows with every change.", call->state.generation);
    gauge(to, "store_changed_timestamp_seconds", "When it changed last.", call->state.changed_at);
    if (store_imports(call->store, call->arena, 0, true, 1, &imports, &err))
        gauge(to, "imports", "Imports on record.", imports.total);
    newest(call, to);
    call_release(call);
    store_end(call->store);
}

bool get_metrics(struct call *call)
{
    struct buffer *to = call->out->to;
    struct meters meters = {0};
    const struct gauges *gauges = api_gauges(call->api);
    api_meters(call->api, &meters);
    counters(to, &meters);
    gauge(to, "connections", "Open connections.", gauges->connections);
    gauge(to, "slow_waiting", "Requests that take long and wait.", gauges->slow_waiting);
    gauge(to, "writing_waiting", "Batches and reversals that wait.", gauges->writing_waiting);
    of_store(call, to);
    return true;
}
