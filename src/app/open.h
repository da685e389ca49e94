/* Opening the database of a command. */
#pragma once

#include "config.h"
#include "exportstat/store/import.h"

/* Opens it for writing, brings it to this version, and fills a new one with the bundled data unless --empty
 * was given. Tells what it changed. */
typedef void open_tell(const char *what);
bool open_for_writing(const struct config *config, open_tell *tell, struct store **ret,
                      struct error *reterr);

/* Tells a person on stderr. */
void open_say(const char *what);
