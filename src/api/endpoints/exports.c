/* GET /v1/exports: observations, by month or larger period, as they stand or transformed. */
#include <stdio.h>
#include <string.h>

#include "../endpoints.h"
#include "../represent.h"
#include "../transforming.h"

enum { WRITTEN_MAX = 600 }; /* months of a series: fifty years, which take half a millisecond */

const char *const observation_columns[] = {
    "series",      "period",     "value",    "precision", "status",         "first_released_on",
    "released_on", "publishers", "disputed", "sources",   "missing_reason", NULL,
};

static void represent_transformed(struct out *out, struct transformed value,
                                  enum transform transform)
{
    if (!value.known)
        out_null(out, "value");
    else if (value.kind == TRANSFORMED_AMOUNT)
        out_amount(out, "value", value.amount);
    else if (value.kind == TRANSFORMED_RATIO)
        out_ratio(out, "value", value.ratio);
    else if (transform == TRANSFORM_INDICATIVE_SA)
        out_estimate(out, "value", value.real);
    else
        out_real(out, "value", value.real);
}

/* The months of a series as they stand now, each written as a row: the same in every answer that has them. */
struct written {
    int32_t first;
    uint32_t n;
    uint32_t at[WRITTEN_MAX + 1]; /* where each begins behind this, and the last one ends */
};

static void write_month(struct call *call, const struct selected *selected, int32_t month)
{
    struct span period = {month, month};
    struct figure figure = figure_of(&selected->view, period);
    out_object(call->out, NULL);
    represent_period(call->out, "period", period, FREQUENCY_MONTH,
                     selected->info->fiscal_year_start);
    represent_figure(call, selected, &figure, false);
    out_object_end(call->out);
}

static struct written *write_months(struct call *call, const struct selected *selected)
{
    struct buffer bytes = {0};
    struct out rows = {.to = &bytes, .decimals = call->out->decimals};
    struct out *out = call->out;
    struct written head = {.first = selected->view.first, .n = (uint32_t)selected->view.n};
    call->out = &rows;
    for (uint32_t i = 0; i < head.n; i++) {
        rows.comma = false;
        write_month(call, selected, head.first + (int32_t)i);
        head.at[i + 1] = (uint32_t)bytes.length;
    }
    call->out = out;
    struct written *written = arena_take(call->arena, sizeof head + bytes.length);
    *written = head;
    memcpy(written + 1, bytes.bytes, bytes.length);
    buffer_release(&bytes);
    return written;
}

/* The written months of a series, where the answer is of them; NULL: it is not. They are kept until the series changes. */
static const struct written *written_months(struct call *call, const struct selected *selected,
                                            const struct transforming *transforming,
                                            const void **ret_kept)
{
    char name[sizeof "months " + IDENTIFIER_MAX];
    const struct arg *release = arg(call, PARAM_RELEASE);
    size_t length;
    *ret_kept = NULL;
    if (call->out->csv || transforming->transform != TRANSFORM_LEVEL ||
        transforming->frequency != FREQUENCY_MONTH || arg(call, PARAM_AS_OF)->given ||
        release->number != RELEASE_LATEST || selected->view.n == 0 ||
        selected->view.n > WRITTEN_MAX)
        return NULL;
    snprintf(name, sizeof name, "months %s", selected->info->id);
    if (library_find(call->library, call->era, selected->info->changed, name, ret_kept, &length))
        return *ret_kept;
    struct written *written = write_months(call, selected);
    library_put(call->library, call->era, selected->info->changed, name, written,
                sizeof *written + written->at[written->n]);
    return written;
}

/* Whether a month was written, and is in the answer by that. */
static bool add_written(struct out *out, const struct written *written, struct span period)
{
    if (!written || period.first < written->first ||
        period.first >= written->first + (int32_t)written->n)
        return false;
    const uint32_t *at = &written->at[period.first - written->first];
    out_row_written(out, (const char *)(written + 1) + at[0], at[1] - at[0]);
    return true;
}

bool get_exports(struct call *call, struct selected *selected)
{
    struct out *out = call->out;
    const struct window *window = &selected->window;
    struct transforming transforming;
    if (!transforming_begin(call, selected, &transforming))
        return false;
    enum frequency frequency = transforming.frequency;
    enum transform transform = transforming.transform;
    if (frequency != FREQUENCY_MONTH)
        out_text(out, "frequency", frequency_names[frequency]);
    if (transform != TRANSFORM_LEVEL)
        out_text(out, "transform", transform_names[transform]);
    if (transform == TRANSFORM_INDICATIVE_SA)
        out_boolean(out, "official", false);
    const void *kept;
    const struct written *written = written_months(call, selected, &transforming, &kept);
    out_rows(out, "observations", observation_columns);
    for (size_t i = 0; i < window->n; i++) {
        struct span period = window->at[i];
        if (add_written(out, written, period))
            continue;
        struct figure figure = figure_of(&selected->view, period);
        out_row(out);
        represent_period(out, "period", period, frequency, selected->info->fiscal_year_start);
        if (transform == TRANSFORM_LEVEL) {
            represent_figure(call, selected, &figure, false);
        } else {
            struct transformed value = transforming_of(&transforming, period);
            represent_transformed(out, value, transform);
            represent_figure(call, selected, &figure, true);
            if (value.unlike_bases)
                out_boolean(out, "unlike_bases", true);
            represent_missing(out, value.known ? MISSING_NOT : value.missing);
        }
        out_row_end(out);
    }
    out_rows_end(out);
    if (kept)
        library_return(call->library, kept);
    return true;
}
