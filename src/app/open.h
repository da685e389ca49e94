/* Opening the database of a command, and what stands in it. */
#pragma once

#include "config.h"
#include "exportstat/stats/view.h"
#include "exportstat/store/import.h"

/* Opens it for writing, brings it to this version, and fills a new one with the bundled data unless --empty
 * was given. Tells what it changed. */
typedef void open_tell(const char *what);
bool open_for_writing(const struct config *config, open_tell *tell, struct store **ret,
                      struct error *reterr);

/* A series as of a date. The arena holds all of it. */
bool open_view(struct store *store, struct arena *arena, const struct series_info *info, date as_of,
               struct view *ret, struct error *reterr);

/* Tells a person on stderr. */
void open_say(const char *what);
