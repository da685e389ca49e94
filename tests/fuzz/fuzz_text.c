/* Percent-decoding: what was decoded is UTF-8, and encoding and decoding it again yields the same. */
#include "exportstat/base/arena.h"
#include "exportstat/base/text.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *decoded = must_malloc(size + 1);
    char *again = must_malloc(size + 1);
    struct buffer encoded = {0};
    size_t length;
    size_t length_again;
    for (int plus = 0; plus < 2; plus++) {
        if (!percent_decode((const char *)data, size, plus, decoded, &length))
            continue;
        must(length <= size && utf8_valid(decoded, length));
        encoded.length = 0;
        buffer_percent(&encoded, decoded, length);
        char *room = must_realloc(again, encoded.length + 1);
        again = room;
        must(percent_decode(encoded.bytes, encoded.length, false, again, &length_again));
        must(length_again == length && memcmp(decoded, again, length) == 0);
    }
    buffer_release(&encoded);
    free(decoded);
    free(again);
    return 0;
}
