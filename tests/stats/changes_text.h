/* Changes as text: "2025-03-01 2025-01 revised 100/1 to 110/1; " for each. */
#pragma once

#include "exportstat/stats/changes.h"
#include "stats/print_text.h"

static inline void print_version(struct buffer *out, const struct version *version)
{
    if (!version)
        buffer_text(out, "none");
    else
        print_value(out, version->known, version->derived, version->value, version->precision);
}

static inline void print_change(struct buffer *out, const struct change *change)
{
    print_date(out, change->when);
    buffer_char(out, ' ');
    print_span(out, change->span);
    buffer_format(out, " %s ", change_kind_names[change->kind]);
    print_version(out, change->from);
    buffer_text(out, " to ");
    print_version(out, change->to);
    buffer_text(out, "; ");
}

static inline void print_changes(struct buffer *out, struct changes changes)
{
    buffer_text(out, "");
    for (size_t i = 0; i < changes.n; i++)
        print_change(out, &changes.at[i]);
}
