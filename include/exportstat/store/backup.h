/* Copies of a whole store: taken while it is in use, and put in its place again.
 *
 * Either is made as "NAME.PID.part" beside its place, which a process that is killed leaves behind. */
#pragma once

#include <stdbool.h>

#include "exportstat/base/error.h"

/* Writes a copy of the store at `path` into a new file, as it stands at one moment, whoever reads or writes meanwhile. The
 * file is there whole or not at all, and on the disk. One that is there already is replaced only with `force`; the store
 * itself, and a database in use, never. */
bool store_backup(const char *path, const char *to, bool force, struct error *reterr);

/* Puts a copy in the place of the store at `path`, which nobody may have open, or where there is none. The copy is looked
 * through first, and may be of an older version. The store is another one from then on: what clients kept of the one
 * before is not taken for its answers. One that is there already is replaced only with `force`, damaged or not, and its owner and
 * mode stay. */
bool store_restore(const char *from, const char *path, bool force, struct error *reterr);
