/* Loaded before the C library (LD_PRELOAD): counts allocations, and writes how many there were to standard error as
 * "allocations=N" at SIGUSR2. */
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

void *malloc(size_t size)
{
    atomic_fetch_add(&count, 1);
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    atomic_fetch_add(&count, 1);
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    atomic_fetch_add(&count, 1);
    return __libc_realloc(old, size);
}

static void tell(int number)
{
    char text[48];
    (void)number;
    int n = snprintf(text, sizeof text, "allocations=%ld\n", atomic_load(&count));
    ssize_t written = write(STDERR_FILENO, text, (size_t)n);
    (void)written;
}

__attribute__((constructor)) static void begin(void)
{
    signal(SIGUSR2, tell);
}
// NOLINTEND
