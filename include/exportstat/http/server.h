/* The service on its sockets: libmicrohttpd, driven by one loop per core.
 *
 * Each loop has a daemon of its own without an internal thread, on a duplicate of the one listening socket: it
 * waits on the daemon's epoll descriptor and lets it run. So no request waits for another core's work, and
 * the wait that libmicrohttpd's own thread can fall into with 128 connections ready at once can not happen.
 *
 * Slow clients have deadlines: one from connecting, or from the end of the last answer, to the next complete
 * request, and one for taking an answer. */
#pragma once

#include "exportstat/api/api.h"
#include "exportstat/base/error.h"

struct server;

struct server_options {
    int listener;            /* bound and listening; becomes the server's */
    bool is_inherited;       /* of a service manager, who goes on to listen */
    int threads;             /* 1 to 16 */
    int connections;         /* at most, over all threads */
    size_t connection_bytes; /* that one has for header and reply header */
    int request_seconds;     /* to the next complete request */
    int answer_seconds;      /* to take an answer */
    int drain_seconds;       /* to finish answers at the end */
    bool log_requests;
    const char *trusted_proxies; /* a list of addresses and networks; NULL: none */
    int rate;                    /* requests a second of one client; 0: any */
    const char *base_path;       /* is taken off paths that begin with it; NULL: none */
};

enum { ADDRESS_TEXT = 160 };

struct listener {
    int fd;
    bool is_inherited;
    char url[ADDRESS_TEXT]; /* for people, with the real port */
};

/* Opens the socket that `address` names: "127.0.0.1:8080", "[::1]:8080", "localhost:0", "unix:/path", or the
 * one inherited by LISTEN_FDS where there is one. */
bool listener_open(const char *address, struct listener *ret, struct error *reterr);

bool server_start(struct api *api, const struct server_options *options, struct server **ret,
                  struct error *reterr);

/* Takes no more connections, lets answers under way end, and frees the server. */
void server_stop(struct server *server);
