#include "recent.h"

#include <stdlib.h>
#include <string.h>

#include "exportstat/base/arena.h"

/* With its length, so that no two requests read alike; NULL differs from empty. */
static void add(struct buffer *to, const char *text, size_t length)
{
    uint32_t head = text ? (uint32_t)length + 1 : 0;
    buffer_add(to, (const char *)&head, sizeof head);
    if (text)
        buffer_add(to, text, length);
}

/* All that decides about the answer, but for the date. */
static void request_write(const struct api_request *request, struct buffer *to)
{
    to->length = 0;
    add(to, request->path, strlen(request->path));
    for (size_t i = 0; i < request->n_query; i++) {
        add(to, request->query[i].name, request->query[i].name_length);
        add(to, request->query[i].value, request->query[i].value_length);
    }
    add(to, request->accept, request->accept ? strlen(request->accept) : 0);
}

static bool is_plain(const struct api_request *request)
{
    return !request->has_body && !request->is_ambiguous &&
           (strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0);
}

/* Eight bytes at a time; which requests share a slot matters little, since they are compared. */
static uint64_t hash_bytes(const struct buffer *of)
{
    uint64_t hash = HASH_START;
    uint64_t word;
    size_t i = 0;
    for (; i + sizeof word <= of->length; i += sizeof word) {
        memcpy(&word, of->bytes + i, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    for (; i < of->length; i++)
        hash = (hash ^ (unsigned char)of->bytes[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

const char *recent_find(struct recent *recent, const struct api_request *request,
                        bool *ret_document)
{
    struct buffer *asked = &recent->asked;
    asked->length = 0;
    if (!is_plain(request))
        return NULL;
    request_write(request, asked);
    uint64_t hash = hash_bytes(asked);
    const struct recent_slot *slot = &recent->slots[hash % RECENT_SLOTS];
    if (!slot->bytes || slot->hash != hash || slot->length != asked->length ||
        slot->today.day != request->today.day ||
        memcmp(slot->bytes, asked->bytes, asked->length) != 0)
        return NULL;
    *ret_document = slot->is_document;
    return slot->bytes + slot->length;
}

void recent_keep(struct recent *recent, const struct api_request *request, const char *key,
                 bool is_document)
{
    const struct buffer *asked = &recent->asked;
    size_t key_size = strlen(key) + 1;
    if (asked->length == 0 || asked->length + key_size > RECENT_BYTES_MAX)
        return;
    uint64_t hash = hash_bytes(asked);
    struct recent_slot *slot = &recent->slots[hash % RECENT_SLOTS];
    slot->bytes = must_realloc(slot->bytes, asked->length + key_size);
    memcpy(slot->bytes, asked->bytes, asked->length);
    memcpy(slot->bytes + asked->length, key, key_size);
    slot->hash = hash;
    slot->length = asked->length;
    slot->today = request->today;
    slot->is_document = is_document;
}

void recent_release(struct recent *recent)
{
    for (size_t i = 0; i < RECENT_SLOTS; i++)
        free(recent->slots[i].bytes);
    buffer_release(&recent->asked);
}
