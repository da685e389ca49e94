/* Who asks: the address of a client, as proxies that are trusted tell it, and how often one may ask. Part of http.
 *
 * An address is sixteen bytes, those of IPv4 as IPv6 has them (::ffff:192.0.2.1); no address, as of a Unix socket, is all
 * zeros. A client of IPv6 is its network of 64 bits. */
#pragma once

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "exportstat/base/error.h"

struct clients;

enum {
    CLIENT_NETWORKS_MAX = 32,
    CLIENT_TEXT = INET6_ADDRSTRLEN,
};

/* `trusted` has addresses and networks, as "127.0.0.1,10.0.0.0/8,::1", and "unix" for whoever comes by a Unix socket; NULL:
 * none. `rate` is how many requests a second one client may make, with twice as many at once; 0: any. */
bool clients_new(const char *trusted, int rate, struct clients **ret, struct error *reterr);
void clients_free(struct clients *clients); /* NULL is fine */

/* Who is connected. */
struct in6_addr client_peer(struct MHD_Connection *connection);

/* The client of a request: who is connected, or, where that is a trusted proxy, the last in X-Forwarded-For, or of
 * Forwarded, that is none. Where a trusted proxy sends both they have to agree: else one of them is the client's own, and
 * the proxy is taken for the client. */
struct in6_addr clients_address(const struct clients *clients, struct MHD_Connection *connection);

/* Writes 192.0.2.1 or 2001:db8::1; "unix" where there is none. */
void client_format(const struct in6_addr *address, char text[static CLIENT_TEXT]);

/* Counts a request of a client: 0 where it may, else after how many seconds it may again. `now` is of the monotonic clock, in
 * milliseconds. Safe to be called by several threads. */
int clients_wait(struct clients *clients, const struct in6_addr *address, int64_t now);
