/* Downloading over HTTPS, by libcurl: certificates are verified, the proxy of the environment (https_proxy, no_proxy) is
 * used but for this machine, and a server that is busy or fails is asked again, later each time.
 *
 * libcurl is loaded when something is downloaded, not when the program starts: it and what it needs would double the
 * time that the service takes to start. */
#pragma once

#include <stdbool.h>

#include "exportstat/base/error.h"
#include "exportstat/base/text.h"

enum {
    DOWNLOAD_BYTES_MAX = 16 * 1024 * 1024,
    DOWNLOAD_WAIT_MAX = 60, /* seconds; who wants us to wait longer is not asked again */
};

struct download_terms {
    int timeout_seconds; /* for one attempt, all in all */
    int attempts;        /* 1: none is repeated */
    /* Called before a wait for the next attempt; NULL: never. */
    void (*waiting)(void *context, const char *why, int seconds);
    void *context;
};

/* Fetches what stands at an address into a buffer: https, or http on this machine alone. `secret` is a query that goes
 * with it and is never told, as an API key; NULL: none. ERROR_INPUT where the server refuses for good (the address,
 * the key), ERROR_SYSTEM where it can not be reached, is not who it should be, or keeps failing. Redirects are told,
 * not followed: the key is not theirs. */
bool download(const char *url, const char *secret, const struct download_terms *terms,
              struct buffer *ret, struct error *reterr);
