/* Opening the database of a command. */
#pragma once

#include "config.h"
#include "exportstat/store/import.h"

/* Opens it for writing, brings it to this version, and fills a new one with the bundled data unless --empty
 * was given. Says on stderr what it changed. */
bool open_for_writing(const struct config *config, struct store **ret, struct error *reterr);
