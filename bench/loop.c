#include "loop.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { CONNECTION_MEMORY = 8 * 1024, CONNECTIONS = 2000, TIMEOUT_SECONDS = 60, WAIT = 1000 };

int loop_serve(MHD_AccessHandlerCallback handler, void *cls)
{
    const struct sockaddr_in here = {.sin_family = AF_INET,
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct MHD_OptionItem items[] = {
        {MHD_OPTION_SOCK_ADDR, 0, (void *)(uintptr_t)&here},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, handler, cls,
                         MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (!daemon)
        return EXIT_FAILURE;
    printf("listening on http://127.0.0.1:%d\n",
           MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    struct pollfd wait = {.fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
                          .events = POLLIN};
    for (;;) {
        MHD_UNSIGNED_LONG_LONG due;
        int timeout = WAIT;
        if (MHD_get_timeout(daemon, &due) == MHD_YES && due < WAIT)
            timeout = (int)due;
        poll(&wait, 1, timeout);
        MHD_run(daemon);
    }
}
