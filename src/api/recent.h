/* Requests that were answered lately, word for word, so that one that comes again need not be understood again: a
 * dashboard that polls asks the same all day. One worker's. Part of the api. */
#pragma once

#include "exportstat/api/api.h"

enum { RECENT_SLOTS = 256, RECENT_BYTES_MAX = 1024 };

struct recent {
    struct recent_slot {
        uint64_t hash;
        char *bytes;   /* the request's, then its key with an end; NULL: nothing is kept here */
        size_t length; /* of the request's */
        date today;    /* which may be part of the key */
        bool is_document;
    } slots[RECENT_SLOTS];
    struct buffer asked; /* the request that was looked for last */
};

/* The canonical key of a request that was answered before, or NULL. `ret_document` says whether it is of a document
 * of the program, which has no generation. */
const char *recent_find(struct recent *recent, const struct api_request *request,
                        bool *ret_document);

/* Keeps the key of the request that was looked for last, now that it is answered. */
void recent_keep(struct recent *recent, const struct api_request *request, const char *key,
                 bool is_document);

void recent_release(struct recent *recent);
