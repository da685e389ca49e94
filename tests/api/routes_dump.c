/* Prints the table of routes as JSON, for the comparison with openapi.yaml. */
#include <stdio.h>
#include <string.h>

#include "exportstat/api/out.h"
#include "route.h"

static const char *const types[] = {
    [TYPE_PERIOD] = "period",   [TYPE_FISCAL_YEAR] = "fiscal_year",
    [TYPE_DATE] = "date",       [TYPE_SINCE] = "since",
    [TYPE_NUMBER] = "number",   [TYPE_AMOUNT] = "amount",
    [TYPE_AMOUNTS] = "amounts", [TYPE_ID] = "id",
    [TYPE_IDS] = "ids",         [TYPE_TEXT] = "text",
    [TYPE_CHOICE] = "choice",
};

static void dump_param(struct out *out, const struct param_info *param)
{
    out_object(out, NULL);
    out_text(out, "name", param->name);
    out_text(out, "in", param->in_path ? "path" : "query");
    out_text(out, "type", types[param->type]);
    out_integer(out, "min", param->min);
    out_integer(out, "max", param->max);
    out_text(out, "default", param->standard);
    out_array(out, "choices");
    for (size_t i = 0; param->choices && param->choices[i]; i++)
        out_text(out, NULL, param->choices[i]);
    out_array_end(out);
    out_array(out, "synonyms");
    for (size_t i = 0; param->synonyms && param->synonyms[i]; i++)
        out_text(out, NULL, param->synonyms[i]);
    out_array_end(out);
    out_object_end(out);
}

int main(void)
{
    static const char *const kinds[] = {
        [ROUTE_PER_SERIES] = "per_series", [ROUTE_LIST] = "list",
        [ROUTE_STATE] = "state",           [ROUTE_LIVE] = "live",
        [ROUTE_DOCUMENT] = "document",     [ROUTE_RECORD] = "record",
        [ROUTE_WRITE] = "write",
    };
    struct buffer text = {0};
    struct out out = {.to = &text};
    out_array(&out, NULL);
    for (size_t i = 0; i < n_routes; i++) {
        out_object(&out, NULL);
        out_text(&out, "path", routes[i].pattern);
        out_text(&out, "operation", routes[i].operation);
        out_text(&out, "method", method_names[routes[i].method]);
        out_text(&out, "kind", kinds[routes[i].kind]);
        out_boolean(&out, "csv", routes[i].has_csv);
        out_boolean(&out, "atom", routes[i].feed != NULL);
        out_boolean(&out, "citations", routes[i].has_citations);
        out_text(&out, "body_type", routes[i].body_type);
        out_text(&out, "body_other", routes[i].body_other);
        out_boolean(&out, "needs_token", routes[i].needs_token);
        out_array(&out, "parameters");
        for (const enum param *taken = routes[i].taken; *taken != PARAMS; taken++)
            dump_param(&out, &params[*taken]);
        out_array_end(&out);
        out_object_end(&out);
    }
    out_array_end(&out);
    out_end(&out);
    fwrite(text.bytes, 1, text.length, stdout);
    buffer_release(&text);
    return 0;
}
