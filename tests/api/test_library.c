#include "exportstat/api/library.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "../store/fixture.h"
#include "check_main.h"
#include "service.h"

enum { ROOM = 32 << 20, ERA = 0 };

static const char *bundled;
static struct store *store;
static struct library *library;
static struct error err;

static void fill(void)
{
    folder_make();
    bundled = bundled_store("library.db");
}

static void begin(void)
{
    store = store_reading(bundled);
    library = library_new(ROOM);
}

static void end(void)
{
    library_free(library);
    store_close(store);
}

static const struct volume *get(struct library *from, int64_t generation, const char *id)
{
    const struct volume *volume;
    ck_assert_msg(library_get(from, ERA, store, generation, id, &volume, &err), "%s", err.detail);
    return volume;
}

START_TEST(resolves_a_series)
{
    const struct volume *volume = get(library, 2, "pk-it");
    ck_assert_str_eq(volume->info.id, "pk-it");
    ck_assert(volume->info.is_default && volume->info.fiscal_year_start == 7);
    library_return(library, volume);
    library_free(NULL);
}
END_TEST

START_TEST(keeps_it_while_it_is_unchanged)
{
    const struct volume *one = get(library, 2, "pk-it");
    const struct volume *again = get(library, 2, "pk-it");
    const struct volume *standard = get(library, 2, NULL);
    const struct volume *other = get(library, 2, "pk-goods");
    const struct volume *later = get(library, 3, "pk-it");
    ck_assert_ptr_eq(one, again);
    ck_assert_ptr_eq(one, standard); /* the default one by its id and without */
    ck_assert_ptr_ne(one, other);
    ck_assert_ptr_eq(one, later); /* as the store says that it has not changed since */
    library_return(library, one);
    library_return(library, again);
    library_return(library, standard);
    library_return(library, other);
    library_return(library, later);
}
END_TEST

/* Another generation, in which one series has got a report. */
START_TEST(makes_anew_what_has_changed)
{
    const char *path = bundled_store("changed.db");
    struct store *before = store_reading(path);
    struct store *writer;
    struct store_state then;
    struct store_state now;
    ck_assert(store_begin(before, &then, &err));
    const struct volume *changed;
    const struct volume *unchanged;
    ck_assert(library_get(library, ERA, before, then.generation, "pk-it", &changed, &err));
    ck_assert(library_get(library, ERA, before, then.generation, "pk-goods", &unchanged, &err));

    ck_assert(store_open(path, STORE_WRITE, &writer, &err));
    import_well(writer,
                TEXTS(SOURCES_HEADER "new-source,N,N,https://n.example/,2026-05-01,page,press,3\n",
                      REPORTS_HEADER "pk-it,2026-08,999,1,new-source,\n"));
    store_close(writer);
    struct store *after = store_reading(path);
    ck_assert(store_begin(after, &now, &err));
    ck_assert_int_eq(now.generation, then.generation + 1);
    const struct volume *newer;
    const struct volume *same;
    const struct volume *older;
    ck_assert(library_get(library, ERA, after, now.generation, "pk-it", &newer, &err));
    ck_assert(library_get(library, ERA, after, now.generation, "pk-goods", &same, &err));
    ck_assert_ptr_ne(newer, changed);
    ck_assert_ptr_eq(same, unchanged);
    ck_assert_int_eq(newer->info.changed, now.generation);
    ck_assert_uint_ne(newer->resolved.n_months, changed->resolved.n_months);

    /* A slow reader of the generation before gets what it reads, and drives nothing newer out. */
    ck_assert(library_get(library, ERA, before, then.generation, "pk-it", &older, &err));
    ck_assert_uint_eq(older->resolved.n_months, changed->resolved.n_months);
    library_return(library, older);
    ck_assert(library_get(library, ERA, after, now.generation, "pk-it", &older, &err));
    ck_assert_ptr_eq(older, newer);
    library_return(library, older);
    library_return(library, changed); /* what is out stays until now */
    library_return(library, unchanged);
    library_return(library, newer);
    library_return(library, same);
    store_end(before);
    store_end(after);
    store_close(before);
    store_close(after);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    const struct volume *volume = NULL;
    ck_assert(!library_get(library, ERA, store, 2, "none", &volume, &err));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
    ck_assert_ptr_null(volume);
}
END_TEST

START_TEST(other_things_by_name)
{
    const char text[] = "what was made of all claims";
    const char *found = NULL;
    const void *item;
    size_t length;
    ck_assert(!library_find(library, ERA, 2, "verdicts 1", &item, &length));
    library_put(library, ERA, 2, "verdicts 1", text, sizeof text);
    ck_assert(library_find(library, ERA, 2, "verdicts 1", &item, &length));
    found = item;
    ck_assert_uint_eq(length, sizeof text);
    ck_assert_str_eq(found, text);
    ck_assert(!library_find(library, ERA, 2, "verdicts 2", &item, &length));
    ck_assert(!library_find(library, ERA, 3, "verdicts 1", &item, &length));
    library_put(library, ERA, 3, "verdicts 1", "", 0); /* drives the older generation out */
    ck_assert(!library_find(library, ERA, 2, "verdicts 1", &item, &length));
    ck_assert_str_eq(found, text); /* what is out stays */
    library_return(library, found);
    ck_assert(library_find(library, ERA, 3, "verdicts 1", &item, &length));
    ck_assert_uint_eq(length, 0);
    library_return(library, item);
    /* The default series is never another thing. */
    const struct volume *standard = get(library, 3, NULL);
    ck_assert_str_eq(standard->info.id, "pk-it");
    library_return(library, standard);
}
END_TEST

/* The names of the one kind come from clients, those of the other from us: neither is ever taken for the other. */
START_TEST(a_series_is_no_other_thing)
{
    const struct volume *volume = NULL;
    const void *item;
    size_t length;
    library_put(library, ERA, 2, "verdicts 1", "x", 1);
    ck_assert(!library_get(library, ERA, store, 2, "verdicts 1", &volume, &err));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
    library_return(library, get(library, 2, "pk-it"));
    ck_assert(!library_find(library, ERA, 2, "pk-it", &item, &length));
    library_put(library, ERA, 2, "pk-it", "x", 1);
    volume = get(library, 2, "pk-it");
    ck_assert_str_eq(volume->info.id, "pk-it");
    library_return(library, volume);
}
END_TEST

START_TEST(a_large_thing_is_not_kept)
{
    struct library *small = library_new(8000);
    static const char large[1001];
    const void *item;
    size_t length;
    library_put(small, ERA, 2, "verdicts 1", large, 1000);
    library_put(small, ERA, 2, "verdicts 2", large, sizeof large);
    ck_assert(!library_find(small, ERA, 2, "verdicts 2", &item, &length));
    ck_assert(
        library_find(small, ERA, 2, "verdicts 1", &item, &length)); /* and drives nothing out */
    library_return(small, item);
    library_free(small);
}
END_TEST

/* Whoever brings a thing that is there already, since another brought it meanwhile, changes nothing. */
START_TEST(the_same_thing_is_kept_once)
{
    const void *one;
    const void *again;
    size_t length;
    library_put(library, ERA, 2, "verdicts 1", "one", 4);
    ck_assert(library_find(library, ERA, 2, "verdicts 1", &one, &length));
    library_put(library, ERA, 2, "verdicts 1", "one", 4);
    ck_assert(library_find(library, ERA, 2, "verdicts 1", &again, &length));
    ck_assert_ptr_eq(one, again);
    library_return(library, one);
    ck_assert_str_eq(again, "one");
    library_return(library, again);
}
END_TEST

static const char *const ids[] = {"pk-it", "pk-goods", "pk-services", "pk-it-computer",
                                  "pk-it-telecom"};

/* Room for nothing, for one, for all: what is asked for comes whole, and what is out stays. */
static const size_t rooms[] = {0, 1, 100000, ROOM};

START_TEST(is_bounded)
{
    struct library *small = library_new(rooms[_i]);
    const struct volume *held[COUNT(ids)];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(ids); i++) {
            held[i] = get(small, 2, ids[i]);
            for (size_t k = 0; k <= i; k++)
                ck_assert_str_eq(held[k]->info.id, ids[k]);
        }
        for (size_t i = 0; i < COUNT(ids); i++)
            library_return(small, held[i]);
    }
    library_free(small);
}
END_TEST

START_TEST(a_small_one_keeps_the_last)
{
    struct library *small = library_new(1);
    const struct volume *one = get(small, 2, "pk-it");
    const struct volume *again = get(small, 2, "pk-it");
    ck_assert_ptr_eq(one, again);
    const struct volume *other = get(small, 2, "pk-goods"); /* drives it out */
    const struct volume *new = get(small, 2, "pk-it");
    ck_assert_ptr_ne(one, new);
    library_return(small, one);
    library_return(small, again);
    library_return(small, other);
    library_return(small, new);
    library_free(small);
}
END_TEST

/* More series than there are places on the shelf. */
START_TEST(many_series)
{
    enum { MANY = 600 };
    const char *path = path_of("many.db");
    struct buffer text = {0};
    char id[16];
    struct store *writer = store_made(path);
    buffer_text(&text, SERIES_HEADER);
    for (int i = 0; i < MANY; i++)
        buffer_format(&text, "s%d,T,,U,sum,7,,\n", i);
    import_well(writer, TEXTS(text.bytes));
    store_close(writer);
    store_close(store);
    store = store_reading(path);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            snprintf(id, sizeof id, "s%d", i);
            const struct volume *volume = get(library, 2, id);
            ck_assert_str_eq(volume->info.id, id);
            library_return(library, volume);
        }
    }
    buffer_release(&text);
}
END_TEST

struct reader {
    pthread_t thread;
    struct library *library;
    uint32_t random;
    int failed;
};

static void *hammer(void *context)
{
    struct reader *reader = context;
    struct store *own = NULL;
    struct error failure;
    if (!store_open(bundled, STORE_READ, &own, &failure)) {
        reader->failed = 1;
        return NULL;
    }
    for (int i = 0; i < 400; i++) {
        const struct volume *volume;
        reader->random = reader->random * 1664525 + 1013904223;
        const char *id = ids[(reader->random >> 16) % COUNT(ids)];
        if (!library_get(reader->library, ERA, own, 2 + i / 100, id, &volume, &failure)) {
            reader->failed++;
            continue;
        }
        reader->failed += strcmp(volume->info.id, id) != 0;
        library_return(reader->library, volume);
    }
    store_close(own);
    return NULL;
}

START_TEST(threads_share_it)
{
    enum { THREADS = 6 };
    struct reader readers[THREADS];
    struct library *shared = library_new(rooms[_i]);
    for (uint32_t i = 0; i < THREADS; i++) {
        readers[i] = (struct reader){.library = shared, .random = i};
        pthread_create(&readers[i].thread, NULL, hammer, &readers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(readers[i].thread, NULL);
        ck_assert_int_eq(readers[i].failed, 0);
    }
    library_free(shared);
}
END_TEST

/* Another store may come to the same generations. */
START_TEST(what_is_read_in_another_era_is_not_kept)
{
    const struct volume *early = get(library, 2, "pk-it");
    const struct volume *late;
    const struct volume *next;
    const void *item;
    size_t length;
    library_put(library, ERA, 2, "verdicts", "one", 4);
    library_clear(library, ERA + 1);
    ck_assert(!library_find(library, ERA, 2, "verdicts", &item, &length));
    /* Who had begun before goes on, and leaves nothing behind. */
    ck_assert(library_get(library, ERA, store, 2, "pk-it", &late, &err));
    ck_assert_ptr_ne(early, late);
    library_put(library, ERA, 2, "verdicts", "two", 4);
    ck_assert(!library_find(library, ERA + 1, 2, "verdicts", &item, &length));
    ck_assert(library_get(library, ERA + 1, store, 2, "pk-it", &next, &err));
    ck_assert_ptr_ne(late, next);
    library_return(library, late);
    ck_assert(library_get(library, ERA + 1, store, 2, "pk-it", &late, &err));
    ck_assert_ptr_eq(late, next);
    library_return(library, early);
    library_return(library, late);
    library_return(library, next);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("library");
    tcase_add_unchecked_fixture(tests, fill, folder_remove);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, resolves_a_series);
    tcase_add_test(tests, keeps_it_while_it_is_unchanged);
    tcase_add_test(tests, makes_anew_what_has_changed);
    tcase_add_test(tests, what_is_not_there_is_not_found);
    tcase_add_test(tests, other_things_by_name);
    tcase_add_test(tests, a_series_is_no_other_thing);
    tcase_add_test(tests, a_large_thing_is_not_kept);
    tcase_add_test(tests, the_same_thing_is_kept_once);
    tcase_add_loop_test(tests, is_bounded, 0, COUNT(rooms));
    tcase_add_test(tests, a_small_one_keeps_the_last);
    tcase_add_test(tests, many_series);
    tcase_add_loop_test(tests, threads_share_it, 2, COUNT(rooms));
    tcase_add_test(tests, what_is_read_in_another_era_is_not_kept);
    return check_main(tests);
}
