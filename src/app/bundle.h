/* What stands inside the program. */
#pragma once

#include "exportstat/base/embedded.h"

extern const struct embedded bundle[];    /* the five CSV files, VERSION, sha256 */
extern const struct embedded documents[]; /* openapi.yaml, the same as JSON, and the pages */
extern const char build_id[];             /* changes with every change of the sources */
