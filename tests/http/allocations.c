/* Loaded before the C library (LD_PRELOAD): counts allocations, and writes how many there were to standard error as
 * "allocations=N" at SIGUSR2. With ALLOCATION_FAILS=N in the environment the Nth one gets no memory, and the count is
 * written at the end. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// NOLINTBEGIN: it stands in for the C library, whose names these are

/* glibc's own, under the names that it keeps for this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_long count;
static long failing; /* the number of the one that gets nothing; 0: none */

static int is_refused(void)
{
    long number = atomic_fetch_add(&count, 1) + 1;
    if (failing == 0 || number != failing)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return is_refused() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return is_refused() ? NULL : __libc_realloc(old, size);
}

static void tell(int number)
{
    char text[48];
    (void)number;
    int n = snprintf(text, sizeof text, "allocations=%ld\n", atomic_load(&count));
    ssize_t written = write(STDERR_FILENO, text, (size_t)n);
    (void)written;
}

/* The first to run, so that the program's own allocations have the same numbers each time. */
__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("ALLOCATION_FAILS");
    signal(SIGUSR2, tell);
    failing = number ? strtol(number, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
    if (failing != 0)
        tell(0);
}
// NOLINTEND
