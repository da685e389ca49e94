/* exportstat check: damage and contradictions of the database, and what does not fit together in its data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exportstat/stats/quality.h"
#include "open.h"

enum { SERIES_AT_ONCE = 1000 };

static void finding_print(const struct series_info *info, const struct finding *finding)
{
    char period[PERIOD_TEXT];
    char value[AMOUNT_TEXT];
    char expected[AMOUNT_TEXT];
    const struct report *report = finding->reports[0];
    span_name(finding->span, info->fiscal_year_start, period);
    amount_format(finding->has_values ? finding->value : report->value, value);
    amount_format(finding->expected, expected);
    printf("quality: %s: %s %s: %s%s%s%s%s\n", finding_names[finding->kind], info->id, period,
           value, finding->has_values ? " against " : "", finding->has_values ? expected : "",
           report ? ", by " : "", report ? report->source : "");
}

/* The total that a series was looked at beside last: parts of one total often follow one another. */
struct total {
    struct arena arena;
    struct series_info info; /* without an id: none */
    struct view view;
};

static bool total_find(struct store *store, const char *id, struct total *total,
                       struct error *reterr)
{
    if (total->info.id && strcmp(total->info.id, id) == 0)
        return true;
    arena_release(&total->arena);
    *total = (struct total){0};
    return store_series(store, &total->arena, id, &total->info, reterr) &&
           open_view(store, &total->arena, &total->info, DATE_ALL, &total->view, reterr);
}

static bool series_check(struct store *store, const struct series_info *info, struct total *total,
                         size_t *findings, struct error *reterr)
{
    struct arena arena = {0};
    struct view view;
    bool ok = open_view(store, &arena, info, DATE_ALL, &view, reterr) &&
              (!info->part_of || total_find(store, info->part_of, total, reterr));
    if (ok) {
        struct findings found = findings_of(&arena, &view, info->part_of ? &total->view : NULL);
        for (size_t i = 0; i < found.n; i++)
            finding_print(info, &found.at[i]);
        *findings += found.n;
    }
    arena_release(&arena);
    return ok;
}

/* What the resource /v1/quality shows. None of it is a fault of the database. */
static bool quality_check(struct store *store, struct error *reterr)
{
    struct arena arena = {0};
    struct store_state state;
    struct series_list list;
    struct series_filter filter = {.limit = SERIES_AT_ONCE};
    struct total beside = {0};
    size_t findings = 0;
    if (!store_begin(store, &state, reterr))
        return false;
    bool ok = true;
    do {
        ok = store_series_list(store, &arena, &filter, &list, reterr);
        for (size_t i = 0; ok && i < list.n; i++) {
            ok = series_check(store, &list.at[i], &beside, &findings, reterr);
            filter.after = list.at[i].id;
        }
    } while (ok && list.n == SERIES_AT_ONCE);
    store_end(store);
    arena_release(&beside.arena);
    arena_release(&arena);
    if (ok)
        printf("%zu finding%s on the quality of the data\n", findings, findings == 1 ? "" : "s");
    return ok;
}

int run_check(const struct config *config)
{
    struct buffer findings = {0};
    struct error err;
    struct store *store;
    int n = 0;
    if (!store_open(config->text[OPTION_DATABASE], STORE_READ, &store, &err))
        return fail(&err);
    bool ok = store_check(store, &findings, &n, &err);
    if (findings.length > 0)
        fputs(findings.bytes, stdout);
    buffer_release(&findings);
    /* Data in a damaged database would only confuse. */
    ok = ok && (n > 0 || quality_check(store, &err));
    store_close(store);
    if (!ok)
        return fail(&err);
    printf("%d fault%s of the database\n", n, n == 1 ? "" : "s");
    return n == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
