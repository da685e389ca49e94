/* GET /v1/exports: observations, by month or larger period, as they stand or transformed. */
#include "../endpoints.h"
#include "../represent.h"
#include "../transforming.h"

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
    out_rows(out, "observations", observation_columns);
    for (size_t i = 0; i < window->n; i++) {
        struct span period = window->at[i];
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
    return true;
}
