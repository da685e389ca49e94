/* Content negotiation: what a client accepts, by RFC 9110, section 12.5. Part of the api. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The type of the list that an Accept header prefers, the first of equals; -1 where it accepts none. */
int negotiate_type(const char *accept, const char *const *types, size_t n);

/* Whether a Content-Type header (NULL: absent) is of this type, whatever its parameters. */
bool negotiate_is(const char *content_type, const char *type);

/* Whether the charset of a Content-Type header is UTF-8, or not told. */
bool negotiate_is_utf8(const char *content_type);

/* Whether an Accept-Encoding header asks for gzip. */
bool negotiate_gzip(const char *accept_encoding);

/* Whether an If-None-Match header has this entity tag, by weak comparison, or is "*". */
bool negotiate_match(const char *if_none_match, const char *etag);
