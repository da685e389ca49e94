#include "exportstat/api/meters.h"

#include <string.h>

const int64_t meter_durations[METER_DURATIONS - 1] = {100,   500,    1000,    5000,
                                                      25000, 100000, 1000000, 10000000};

/* Only this thread writes: no lock of the bus is needed. */
static void count(_Atomic uint64_t *counter, uint64_t more)
{
    uint64_t before = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, before + more, memory_order_relaxed);
}

void meters_count(struct meters *meters, int status, const char *cache_state, int64_t microseconds,
                  size_t bytes)
{
    int bucket = 0;
    enum meter_cache cache = METER_NONE;
    while (bucket < METER_DURATIONS - 1 && microseconds > meter_durations[bucket])
        bucket++;
    if (strcmp(cache_state, "none") != 0)
        cache = strcmp(cache_state, "hit") == 0 ? METER_HIT : METER_MISS;
    count(&meters->answers[status / 100 % METER_CLASSES], 1);
    count(&meters->cache[cache], 1);
    count(&meters->durations[bucket], 1);
    count(&meters->microseconds, microseconds > 0 ? (uint64_t)microseconds : 0);
    count(&meters->bytes, bytes);
}

static void add_all(_Atomic uint64_t *to, const _Atomic uint64_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        count(&to[i], atomic_load_explicit(&from[i], memory_order_relaxed));
}

void meters_add(struct meters *to, const struct meters *from)
{
    add_all(to->answers, from->answers, METER_CLASSES);
    add_all(to->cache, from->cache, METER_CACHES);
    add_all(to->durations, from->durations, METER_DURATIONS);
    add_all(&to->microseconds, &from->microseconds, 1);
    add_all(&to->bytes, &from->bytes, 1);
}
