#include "clients.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "exportstat/base/arena.h"
#include "exportstat/base/text.h"

enum {
    BITS_OF_IPV4 = 32,
    BITS = 128,
    BITS_OF_CLIENT = 64, /* of an IPv6 client */
    SETS = 2048,
    WAYS = 8,          /* clients that share a set; one more takes the place of the quietest */
    BURST_SECONDS = 2, /* of the rate, at once */
    LIST_MAX = 1024,   /* bytes of a header that lists addresses */
    ELEMENT_MAX = 80,  /* bytes of one address in a header */
    ELEMENTS_MAX = 32, /* that are looked at, from the last on */
};

struct network {
    struct in6_addr address;
    int bits;
};

/* When the next request of a client would be right on time; the generic cell rate algorithm. */
struct allowance {
    uint64_t client; /* a keyed hash of its address; 0: nobody */
    int64_t due;     /* microseconds */
};

struct clients {
    struct network trusted[CLIENT_NETWORKS_MAX];
    size_t n_trusted;
    bool trusts_unix;
    int rate;
    uint64_t key;
    pthread_mutex_t lock;
    struct allowance (*sets)[WAYS];
};

/* IPv4 or IPv6, perhaps in brackets and with a port, as both headers have it. */
static bool address_read(const char *text, struct in6_addr *ret, bool *ret_is_v4)
{
    struct in_addr v4;
    char host[ELEMENT_MAX];
    size_t length = strlen(text);
    const char *colon = strchr(text, ':');
    bool is_bracketed = *text == '[';
    if (is_bracketed) {
        text++;
        length = strcspn(text, "]");
        if (text[length] != ']')
            return false;
    } else if (colon && colon == strrchr(text, ':')) {
        length = (size_t)(colon - text);
    }
    if (length == 0 || length >= sizeof host)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    *ret_is_v4 = !is_bracketed && inet_pton(AF_INET, host, &v4) == 1;
    if (!*ret_is_v4)
        return inet_pton(AF_INET6, host, ret) == 1;
    *ret = (struct in6_addr){.s6_addr = {[10] = 0xFF, [11] = 0xFF}};
    memcpy(ret->s6_addr + 12, &v4, sizeof v4);
    return true;
}

static bool network_read(const char *text, struct network *ret)
{
    char address[ELEMENT_MAX];
    size_t length = strcspn(text, "/");
    int64_t bits;
    bool is_v4;
    if (length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    /* A port would be read and passed over. */
    if (strchr(address, '[') || !address_read(address, &ret->address, &is_v4) ||
        (is_v4 && strchr(address, ':')))
        return false;
    int most = is_v4 ? BITS_OF_IPV4 : BITS;
    bits = most;
    if (text[length] && !number_parse(text + length + 1, strlen(text + length + 1), 0, most, &bits))
        return false;
    ret->bits = (int)bits + BITS - most;
    return true;
}

/* Whether the address of a network is its first one: "10.0.0.1/8" may mean one address, or all of them. */
static bool is_first(const struct network *network)
{
    for (int bit = network->bits; bit < BITS; bit++) {
        if (network->address.s6_addr[bit / 8] & 0x80U >> bit % 8)
            return false;
    }
    return true;
}

static bool trusted_read(struct clients *clients, const char *text, struct error *reterr)
{
    char one[ELEMENT_MAX];
    for (const char *at = text; at && *at;) {
        size_t length = strcspn(at, ",");
        snprintf(one, sizeof one, "%.*s", (int)(length < sizeof one ? length : sizeof one), at);
        at += length + (at[length] == ',');
        if (strcmp(one, "unix") == 0) {
            clients->trusts_unix = true;
            continue;
        }
        if (clients->n_trusted == CLIENT_NETWORKS_MAX)
            return error_set(reterr, ERROR_INPUT, "more than %d trusted proxies",
                             CLIENT_NETWORKS_MAX);
        struct network *network = &clients->trusted[clients->n_trusted++];
        if (!network_read(one, network) || !is_first(network))
            return error_set(reterr, ERROR_INPUT,
                             "--trusted-proxy: '%s' is no address or network, such as "
                             "127.0.0.1, 10.0.0.0/8, ::1 or unix",
                             one);
    }
    return true;
}

bool clients_new(const char *trusted, int rate, struct clients **ret, struct error *reterr)
{
    struct clients *clients = must_calloc(1, sizeof *clients);
    pthread_mutex_init(&clients->lock, NULL);
    if (!trusted_read(clients, trusted, reterr)) {
        clients_free(clients);
        return false;
    }
    clients->rate = rate;
    if (rate > 0)
        clients->sets = must_calloc(SETS, sizeof *clients->sets);
    if (getrandom(&clients->key, sizeof clients->key, 0) < 0)
        clients->key = (uint64_t)(uintptr_t)clients;
    *ret = clients;
    return true;
}

void clients_free(struct clients *clients)
{
    if (!clients)
        return;
    pthread_mutex_destroy(&clients->lock);
    free(clients->sets);
    free(clients);
}

static bool is_within(const struct in6_addr *address, const struct network *network)
{
    size_t whole = (size_t)network->bits / 8;
    unsigned rest = (unsigned)network->bits % 8;
    unsigned mask = 0xFFU << (8 - rest) & 0xFFU;
    return memcmp(address->s6_addr, network->address.s6_addr, whole) == 0 &&
           (rest == 0 || ((address->s6_addr[whole] ^ network->address.s6_addr[whole]) & mask) == 0);
}

static bool is_trusted(const struct clients *clients, const struct in6_addr *address)
{
    if (IN6_IS_ADDR_UNSPECIFIED(address))
        return clients->trusts_unix;
    for (size_t i = 0; i < clients->n_trusted; i++) {
        if (is_within(address, &clients->trusted[i]))
            return true;
    }
    return false;
}

/* The address in one element of Forwarded, `for="[2001:db8::1]:4711";proto=https`, or in X-Forwarded-For the element. */
static bool element_read(const char *text, size_t length, bool is_forwarded, struct in6_addr *ret)
{
    char one[ELEMENT_MAX];
    char *rest = one;
    char *found = is_forwarded ? NULL : one;
    bool is_v4;
    if (length >= sizeof one)
        return false;
    memcpy(one, text, length);
    one[length] = '\0';
    for (char *pair; is_forwarded && (pair = strsep(&rest, ";"));) {
        pair += strspn(pair, " \t");
        if (strncasecmp(pair, "for=", 4) != 0)
            continue;
        if (found) /* one of them is somebody else's */
            return false;
        found = pair + 4;
    }
    if (!found)
        return false;
    found += strspn(found, " \t");
    found += is_forwarded && *found == '"';
    found[strcspn(found, "\" \t")] = '\0';
    return address_read(found, ret, &is_v4) && !IN6_IS_ADDR_UNSPECIFIED(ret);
}

/* Whether what separates elements and pairs stands inside quotes, where a client may have put it: a name of a host, say. */
static bool is_ambiguous(const char *list)
{
    bool is_quoted = false;
    for (; *list; list++) {
        is_quoted ^= *list == '"';
        if (*list == '\\' || (is_quoted && (*list == ',' || *list == ';')))
            return true;
    }
    return is_quoted;
}

/* The last address of a header's list that is no trusted proxy; false where what stands there is none. */
static bool header_read(const struct clients *clients, const char *list, bool is_forwarded,
                        struct in6_addr *ret)
{
    const char *end = list + strlen(list);
    if (is_ambiguous(list))
        return false;
    for (int i = 0; i < ELEMENTS_MAX; i++) {
        const char *start = end;
        while (start > list && start[-1] != ',')
            start--;
        if (!element_read(start, (size_t)(end - start), is_forwarded, ret))
            return false;
        if (start == list || !is_trusted(clients, ret))
            return true;
        end = start - 1;
    }
    return false;
}

struct in6_addr client_peer(struct MHD_Connection *connection)
{
    struct in6_addr address = IN6ADDR_ANY_INIT;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *peer = info ? info->client_addr : NULL;
    if (peer && peer->sa_family == AF_INET6) {
        address = ((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
    } else if (peer && peer->sa_family == AF_INET) {
        address.s6_addr[10] = address.s6_addr[11] = 0xFF;
        memcpy(address.s6_addr + 12, &((const struct sockaddr_in *)(const void *)peer)->sin_addr,
               sizeof(struct in_addr));
    }
    return address;
}

/* All lines of one header as one list, in their order. */
struct gathering {
    const char *name;
    char text[LIST_MAX];
    size_t length;
    bool is_there;
    bool is_too_long;
};

static enum MHD_Result gather(void *cls, enum MHD_ValueKind kind, const char *name,
                              const char *value)
{
    struct gathering *to = cls;
    (void)kind;
    if (strcasecmp(name, to->name) != 0)
        return MHD_YES;
    int n = snprintf(to->text + to->length, sizeof to->text - to->length, "%s%s",
                     to->is_there ? "," : "", value ? value : "");
    to->is_there = true;
    to->length += (size_t)n;
    to->is_too_long = to->length >= sizeof to->text;
    return to->is_too_long ? MHD_NO : MHD_YES;
}

/* What one of the headers says; false where it is there and says nothing that can be used. */
static bool header_ask(const struct clients *clients, struct MHD_Connection *connection,
                       const char *name, bool is_forwarded, struct in6_addr *ret,
                       bool *ret_is_there)
{
    struct gathering list = {.name = name};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, gather, &list);
    *ret_is_there = list.is_there;
    return !list.is_there ||
           (!list.is_too_long && header_read(clients, list.text, is_forwarded, ret));
}

struct in6_addr clients_address(const struct clients *clients, struct MHD_Connection *connection)
{
    struct in6_addr peer = client_peer(connection);
    struct in6_addr by_list;
    struct in6_addr by_forwarded;
    if (!is_trusted(clients, &peer))
        return peer;
    bool has_list;
    bool has_forwarded;
    if (!header_ask(clients, connection, "X-Forwarded-For", false, &by_list, &has_list) ||
        !header_ask(clients, connection, "Forwarded", true, &by_forwarded, &has_forwarded))
        return peer;
    if (has_list && has_forwarded)
        return memcmp(&by_list, &by_forwarded, sizeof by_list) == 0 ? by_list : peer;
    if (has_list)
        return by_list;
    return has_forwarded ? by_forwarded : peer;
}

void client_format(const struct in6_addr *address, char text[static CLIENT_TEXT])
{
    if (IN6_IS_ADDR_UNSPECIFIED(address))
        snprintf(text, CLIENT_TEXT, "unix");
    else if (IN6_IS_ADDR_V4MAPPED(address))
        inet_ntop(AF_INET, address->s6_addr + 12, text, CLIENT_TEXT);
    else
        inet_ntop(AF_INET6, address, text, CLIENT_TEXT);
}

/* The end of splitmix64 (Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014): each bit of what comes
 * depends on each of what goes in. */
static uint64_t mix(uint64_t bits)
{
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EBU;
    return bits ^ bits >> 31;
}

/* Keyed, so that nobody can choose addresses that share a set. */
static uint64_t hash_of(const struct clients *clients, const struct in6_addr *address)
{
    uint64_t parts[2];
    memcpy(parts, address, sizeof parts);
    if (!IN6_IS_ADDR_V4MAPPED(address))
        parts[BITS_OF_CLIENT / 64] = 0;
    uint64_t hash = clients->key;
    for (size_t i = 0; i < COUNT(parts); i++)
        hash = mix(hash ^ parts[i]) + clients->key;
    return hash ? hash : 1;
}

/* The allowance of a client: its own, or that of the one whose next request is due first. What this one has used up is
 * used up, so that many who push one another out get no more than as many as there are places. */
static struct allowance *allowance_of(struct clients *clients, uint64_t hash)
{
    struct allowance *set = clients->sets[hash % SETS];
    struct allowance *quietest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].client == hash)
            return &set[i];
        if (set[i].due < quietest->due)
            quietest = &set[i];
    }
    quietest->client = hash;
    return quietest;
}

int clients_wait(struct clients *clients, const struct in6_addr *address, int64_t now)
{
    enum { MICROSECONDS = 1000000 };
    if (clients->rate == 0)
        return 0;
    int64_t interval = MICROSECONDS / clients->rate;
    int64_t ahead;
    now *= 1000;
    pthread_mutex_lock(&clients->lock);
    struct allowance *allowance = allowance_of(clients, hash_of(clients, address));
    if (allowance->due < now)
        allowance->due = now;
    ahead = allowance->due - now;
    if (ahead < (int64_t)BURST_SECONDS * MICROSECONDS)
        allowance->due += interval;
    pthread_mutex_unlock(&clients->lock);
    return ahead < (int64_t)BURST_SECONDS * MICROSECONDS
               ? 0
               : (int)((ahead - (int64_t)BURST_SECONDS * MICROSECONDS + interval) / MICROSECONDS) +
                     1;
}
