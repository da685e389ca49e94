/* exportstat check: damage and contradictions of the database, and what does not fit together in its data. */
#include <stdio.h>
#include <stdlib.h>

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

static bool series_check(struct store *store, const struct series_info *info, size_t *findings,
                         struct error *reterr)
{
    struct arena arena = {0};
    struct series_info total_info;
    struct view view;
    struct view total;
    bool has_total = info->part_of != NULL;
    bool ok = open_view(store, &arena, info, DATE_ALL, &view, reterr);
    if (ok && has_total)
        ok = store_series(store, &arena, info->part_of, &total_info, reterr) &&
             open_view(store, &arena, &total_info, DATE_ALL, &total, reterr);
    if (ok) {
        struct findings found = findings_of(&arena, &view, has_total ? &total : NULL);
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
    size_t findings = 0;
    if (!store_begin(store, &state, reterr))
        return false;
    bool ok = true;
    do {
        ok = store_series_list(store, &arena, &filter, &list, reterr);
        for (size_t i = 0; ok && i < list.n; i++) {
            ok = series_check(store, &list.at[i], &findings, reterr);
            filter.after = list.at[i].id;
        }
    } while (ok && list.n == SERIES_AT_ONCE);
    store_end(store);
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
