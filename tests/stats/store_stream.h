/* Stores on standard input, each ended by a line with a full stop. */
#pragma once

#include "exportstat/base/text.h"
#include "stats/evidence_text.h"

/* Reads and resolves the next store, whose fiscal year starts in July; false at the end. */
static inline bool store_next(struct store *store)
{
    struct buffer lines = {0};
    char line[512];
    bool ended = false;
    buffer_text(&lines, "");
    while (!ended && fgets(line, sizeof line, stdin)) {
        ended = strcmp(line, ".\n") == 0;
        if (!ended)
            buffer_text(&lines, line);
    }
    if (ended)
        store_read(store, lines.bytes, 7);
    buffer_release(&lines);
    return ended;
}
