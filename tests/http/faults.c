/* Loaded before the C library (LD_PRELOAD), so that a disk, a clock or a process fails when a test says so. The file that
 * EXPORTSTAT_FAULT names says what: "full", "unsynced", "readonly" for what is written to files with .db in their path,
 * "die N" for the end of the process at the Nth time that one is brought to the disk, "clock N" for a wall clock that is
 * N seconds ahead. Anything else is no fault. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

// NOLINTBEGIN: it stands in for the C library, whose names these are

static void read_fault(char text[static 64])
{
    const char *name = getenv("EXPORTSTAT_FAULT");
    int fd = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n = fd >= 0 ? syscall(SYS_read, fd, text, 63) : 0;
    text[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        syscall(SYS_close, fd);
}

static int is_fault(const char *what)
{
    char text[64];
    read_fault(text);
    return strncmp(text, what, strlen(what)) == 0;
}

static long fault_number(const char *what)
{
    char text[64];
    read_fault(text);
    return strncmp(text, what, strlen(what)) == 0 ? atol(text + strlen(what)) : 0;
}

static int is_of_database(int fd)
{
    char link[64];
    char path[1024];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return strstr(path, ".db") != NULL;
}

/* 0, or the errno of a write to this file. */
static int write_fault(int fd)
{
    if (!is_of_database(fd))
        return 0;
    if (is_fault("full"))
        return ENOSPC;
    return is_fault("readonly") ? EROFS : 0;
}

static ssize_t failed(int fault)
{
    errno = fault;
    return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    int fault = write_fault(fd);
    return fault ? failed(fault) : syscall(SYS_pwrite64, fd, bytes, n, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return pwrite64(fd, bytes, n, at);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    int fault = write_fault(fd);
    return fault ? failed(fault) : syscall(SYS_write, fd, bytes, n);
}

int ftruncate64(int fd, off64_t length)
{
    int fault = is_of_database(fd) && is_fault("readonly") ? EROFS : 0;
    return fault ? (int)failed(fault) : (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

static int sync_fault(int fd)
{
    static atomic_long syncs;
    long last = fault_number("die ");
    if (!is_of_database(fd))
        return 0;
    if (last > 0 && atomic_fetch_add(&syncs, 1) + 1 >= last)
        raise(SIGKILL);
    return is_fault("unsynced") ? EIO : 0;
}

int fdatasync(int fd)
{
    int fault = sync_fault(fd);
    return fault ? (int)failed(fault) : (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    int fault = sync_fault(fd);
    return fault ? (int)failed(fault) : (int)syscall(SYS_fsync, fd);
}

static int open_it(const char *path, int flags, mode_t mode)
{
    int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
    if (writes && strstr(path, ".db") && is_fault("readonly"))
        return (int)failed(EROFS);
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_it(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_it(path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
    int status = (int)syscall(SYS_clock_gettime, clock, ret);
    if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        ret->tv_sec += fault_number("clock ");
    return status;
}

time_t time(time_t *ret)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (ret)
        *ret = now.tv_sec;
    return now.tv_sec;
}
// NOLINTEND
