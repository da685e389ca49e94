#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "exportstat/http/server.h"

enum { BACKLOG = 1024, INHERITED_FIRST = 3 };

static bool fault(struct error *reterr, const char *address, int number)
{
    return error_set(reterr, ERROR_SYSTEM, "can not listen on %s: %s", address, strerror(number));
}

/* The socket that a service manager hands over (sd_listen_fds(3)): the first, if it is meant for us. */
static int inherited(void)
{
    const char *count = getenv("LISTEN_FDS");
    const char *pid = getenv("LISTEN_PID");
    if (!count || !pid || strtol(pid, NULL, 10) != getpid() || strtol(count, NULL, 10) < 1)
        return -1;
    return INHERITED_FIRST;
}

static bool unix_open(const char *path, int *ret, struct error *reterr)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    struct stat file;
    if (strlen(path) >= sizeof name.sun_path)
        return fault(reterr, path, ENAMETOOLONG);
    memcpy(name.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* A socket that nobody listens on is left over from a service that was killed. */
    if (stat(path, &file) == 0 && S_ISSOCK(file.st_mode) &&
        connect(fd, (struct sockaddr *)&name, sizeof name) != 0 && errno == ECONNREFUSED)
        unlink(path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) != 0 ||
        listen(fd, BACKLOG) != 0) {
        fault(reterr, path, errno);
        close(fd);
        return false;
    }
    *ret = fd;
    return true;
}

/* "host:port" or "[host]:port" */
static bool split(const char *address, char host[static 128], char port[static 8])
{
    const char *colon = strrchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : 0;
    if (!colon || length == 0 || length >= 128 || strlen(colon + 1) > 5 || colon[1] == '\0' ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1) || strtol(colon + 1, NULL, 10) > 65535)
        return false;
    if (address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    memcpy(host, address, length);
    host[length] = '\0';
    strcpy(port, colon + 1); // NOLINT: at most five digits
    return true;
}

static int tcp_socket(const struct addrinfo *to)
{
    int on = 1;
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, to->ai_addr, to->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int number = errno;
    close(fd);
    errno = number;
    return -1;
}

static bool tcp_open(const char *address, int *ret, struct error *reterr)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    char host[128];
    char port[8];
    if (!split(address, host, port))
        return error_set(reterr, ERROR_INPUT,
                         "'%s' is no address to listen on: expected HOST:PORT or unix:PATH",
                         address);
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0)
        return error_set(reterr, ERROR_SYSTEM, "can not listen on %s: %s", address,
                         gai_strerror(code));
    *ret = -1;
    for (const struct addrinfo *to = found; to && *ret < 0; to = to->ai_next)
        *ret = tcp_socket(to);
    int number = errno;
    freeaddrinfo(found);
    return *ret >= 0 || fault(reterr, address, number);
}

static void url_of(int fd, const char *address, char url[static ADDRESS_TEXT])
{
    struct sockaddr_storage name = {0};
    socklen_t length = sizeof name;
    char host[128];
    char port[8];
    bool is_known = getsockname(fd, (struct sockaddr *)&name, &length) == 0;
    if (is_known && name.ss_family == AF_UNIX) {
        const struct sockaddr_un *local = (const struct sockaddr_un *)(const void *)&name;
        snprintf(url, ADDRESS_TEXT, "unix:%.*s", (int)sizeof local->sun_path, local->sun_path);
        return;
    }
    if (!is_known || getnameinfo((struct sockaddr *)&name, length, host, sizeof host, port,
                                 sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        snprintf(url, ADDRESS_TEXT, "%s", address);
        return;
    }
    bool is_v6 = name.ss_family == AF_INET6;
    snprintf(url, ADDRESS_TEXT, "http://%s%.120s%s:%s", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
             port);
}

bool listener_open(const char *address, struct listener *ret, struct error *reterr)
{
    int fd = inherited();
    bool is_inherited = fd >= 0;
    bool ok = true;
    if (!is_inherited && strncmp(address, "unix:", 5) == 0)
        ok = unix_open(address + 5, &fd, reterr);
    else if (!is_inherited)
        ok = tcp_open(address, &fd, reterr);
    if (ok) {
        ret->fd = fd;
        ret->is_inherited = is_inherited;
        url_of(fd, address, ret->url);
    }
    return ok;
}
