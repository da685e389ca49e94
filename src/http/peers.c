/* The connections of a loop: what each is waited for, until when, and who has to go where there is no room. */
#include <stdlib.h>
#include <sys/socket.h>

#include "exportstat/api/api.h"
#include "loop.h"

int connections_max(const struct loop *loop)
{
    return loop->server->options.connections / loop->server->options.threads;
}

static void give_up(struct peer *peer)
{
    shutdown(peer->fd, SHUT_RDWR);
    peer->deadline = INT64_MAX; /* not a second time */
}

/* Gives up the connection that has not moved on for longest, where few more would fit: who holds many open, and sends or
 * takes little, can not keep others out. It is never the newcomer, nor one that waits for us. */
static void make_room(struct loop *loop, const struct peer *newcomer)
{
    enum { PART_KEPT_FREE = 16 };
    int most = connections_max(loop);
    struct peer *peer = loop->peers.next;
    if (loop->n_peers < most - most / PART_KEPT_FREE)
        return;
    while (peer->deadline == INT64_MAX)
        peer = peer->next;
    if (peer != newcomer)
        give_up(peer);
}

/* Puts a peer last in the ring, which is in the order of the last steps. */
static void link_last(struct loop *loop, struct peer *peer)
{
    peer->next = &loop->peers;
    peer->previous = loop->peers.previous;
    peer->previous->next = peer;
    loop->peers.previous = peer;
}

static void unlink_peer(struct peer *peer)
{
    peer->previous->next = peer->next;
    peer->next->previous = peer->previous;
}

void peers_start(struct loop *loop)
{
    loop->peers.next = loop->peers.previous = &loop->peers;
}

struct peer *peer_new(struct loop *loop, struct MHD_Connection *connection)
{
    struct peer *peer = must_calloc(1, sizeof *peer);
    struct in6_addr address = client_peer(connection);
    peer->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    peer->deadline = loop->now + loop->server->options.request_seconds * 1000;
    client_format(&address, peer->client);
    link_last(loop, peer);
    loop->n_peers++;
    make_room(loop, peer);
    atomic_fetch_add(&api_gauges(loop->server->api)->connections, 1);
    return peer;
}

void peer_free(struct loop *loop, struct peer *peer)
{
    unlink_peer(peer);
    free(peer);
    loop->n_peers--;
    atomic_fetch_sub(&api_gauges(loop->server->api)->connections, 1);
}

void peer_moved(struct loop *loop, struct peer *peer)
{
    unlink_peer(peer);
    link_last(loop, peer);
}

void peer_step(struct loop *loop, struct peer *peer, int64_t seconds)
{
    peer->deadline = seconds < PEER_FOR_EVER ? loop->now + seconds * 1000 : INT64_MAX;
    peer_moved(loop, peer);
}

void peers_enforce(struct loop *loop)
{
    for (struct peer *peer = loop->peers.next; peer != &loop->peers; peer = peer->next) {
        if (loop->now >= peer->deadline)
            shutdown(peer->fd, SHUT_RDWR);
    }
}
