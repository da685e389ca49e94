/* SHA-256 as text. Part of the store. */
#pragma once

#include <stddef.h>

enum { DIGEST_TEXT = 65 }; /* hexadecimal, with an end */

void digest_of(const void *bytes, size_t length, char ret[static DIGEST_TEXT]);
