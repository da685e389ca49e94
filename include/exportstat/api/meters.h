/* What a service has done so far, and what it is at: the numbers behind /metrics.
 *
 * Each thread that answers counts for itself, so that counting costs next to nothing; whoever asks adds up. */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    METER_CLASSES = 6, /* of statuses: 200 to 299 is 2 */
    METER_DURATIONS =
        9, /* buckets of the time from a request's first byte to the end of its answer */
};
enum meter_cache { METER_HIT, METER_MISS, METER_NONE, METER_CACHES };

/* The upper ends of the buckets but the last, which has none, in microseconds. */
extern const int64_t meter_durations[METER_DURATIONS - 1];

struct meters {
    _Atomic uint64_t answers[METER_CLASSES];
    _Atomic uint64_t cache[METER_CACHES];
    _Atomic uint64_t durations[METER_DURATIONS];
    _Atomic uint64_t microseconds; /* all together */
    _Atomic uint64_t bytes;        /* of bodies */
};

/* Counts an answer; `cache_state` is that of its response. One thread counts, any may look. */
void meters_count(struct meters *meters, int status, const char *cache_state, int64_t microseconds,
                  size_t bytes);

/* Adds the one to the other. */
void meters_add(struct meters *to, const struct meters *from);

/* What is the case just now. */
struct gauges {
    _Atomic int64_t connections;
    _Atomic int64_t slow_waiting;    /* requests that take long, and wait for their turn */
    _Atomic int64_t writing_waiting; /* batches and reversals that do */
};
