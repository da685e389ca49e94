#include "exportstat/fetch/download.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exportstat/base/loaded.h"

enum { CONNECT_SECONDS = 10 };

/* What we use of libcurl, with the types of its header. */
struct curl {
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_setopt) *easy_setopt;
    __typeof__(curl_easy_perform) *easy_perform;
    __typeof__(curl_easy_getinfo) *easy_getinfo;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_easy_cleanup) *easy_cleanup;
};

/* One attempt: what came of it. */
struct attempt {
    struct buffer *to;
    CURLcode code;
    long status;
    curl_off_t retry_after; /* seconds; 0: not said */
};

static bool load(struct curl *ret, struct error *reterr)
{
    static const char *const files[] = {"libcurl.so.4", "libcurl-gnutls.so.4", NULL};
    const struct loaded_function functions[] = {
        LOADED(&ret->easy_init, curl_easy_init),
        LOADED(&ret->easy_setopt, curl_easy_setopt),
        LOADED(&ret->easy_perform, curl_easy_perform),
        LOADED(&ret->easy_getinfo, curl_easy_getinfo),
        LOADED(&ret->easy_strerror, curl_easy_strerror),
        LOADED(&ret->easy_cleanup, curl_easy_cleanup),
    };
    return load_functions("libcurl", files, functions, COUNT(functions), reterr);
}

/* libcurl's end of what comes; less than all of it ends the transfer. */
static size_t take(char *bytes, size_t size, size_t n, void *context)
{
    struct buffer *to = context;
    if (to->length + size * n > DOWNLOAD_BYTES_MAX)
        return 0;
    buffer_add(to, bytes, size * n);
    return size * n;
}

static bool is_here(const char *url)
{
    static const char *const names[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t length = strlen(names[i]);
        if (strncmp(url, names[i], length) == 0 && (url[length] == ':' || url[length] == '/'))
            return true;
    }
    return false;
}

/* On this machine nobody stands between: a proxy of the environment is for elsewhere, and would see the key. */
static bool prepare(const struct curl *curl, CURL *handle, const char *address, bool is_plain,
                    int seconds, struct buffer *to)
{
    return curl->easy_setopt(handle, CURLOPT_URL, address) == CURLE_OK &&
           curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, is_plain ? "http" : "https") ==
               CURLE_OK &&
           (!is_plain || curl->easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK) &&
           curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl->easy_setopt(handle, CURLOPT_WRITEDATA, to) == CURLE_OK &&
           curl->easy_setopt(handle, CURLOPT_TIMEOUT, (long)seconds) == CURLE_OK &&
           curl->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
           curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           /* One answer at a time wins nothing by a newer one, whose ways to be cut off are many. */
           curl->easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ==
               CURLE_OK &&
           curl->easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
           /* The bank's server turns away what does not begin like a browser. */
           curl->easy_setopt(handle, CURLOPT_USERAGENT,
                             "Mozilla/5.0 (compatible; exportstat/" EXPORTSTAT_VERSION
                             ")") == CURLE_OK;
}

static void try_once(const struct curl *curl, CURL *handle, struct attempt *ret)
{
    ret->to->length = 0;
    ret->code = curl->easy_perform(handle);
    ret->status = 0;
    ret->retry_after = 0;
    curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &ret->status);
    curl->easy_getinfo(handle, CURLINFO_RETRY_AFTER, &ret->retry_after);
}

/* Whether the next attempt may go better. */
static bool may_pass(const struct attempt *attempt)
{
    switch (attempt->code) {
    case CURLE_OK:
        return attempt->status == 408 || attempt->status == 429 || attempt->status >= 500;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
        return true;
    default:
        return false;
    }
}

static const char *hint(long status)
{
    switch (status) {
    case 401:
    case 403:
        return " (is the API key right, and not past its 90 days?)";
    case 404:
        return " (is the key of the series right?)";
    case 429:
        return " (asked too often)";
    default:
        return "";
    }
}

/* What a server says beside its status is not told: it may hold what it was asked, and with it the secret. */
static void explain(const struct curl *curl, const struct attempt *attempt, char *text, size_t size)
{
    if (attempt->code == CURLE_WRITE_ERROR)
        snprintf(text, size, "the answer is larger than %d MiB", DOWNLOAD_BYTES_MAX / 1024 / 1024);
    else if (attempt->code != CURLE_OK)
        snprintf(text, size, "%s%s", curl->easy_strerror(attempt->code),
                 attempt->code == CURLE_UNSUPPORTED_PROTOCOL
                     ? " (http is for this machine alone; elsewhere it is https)"
                     : "");
    else
        snprintf(text, size, "the server answers %ld%s", attempt->status, hint(attempt->status));
}

static bool give_up(const char *url, const char *why, const struct attempt *attempt, int attempts,
                    struct error *reterr)
{
    bool is_theirs = attempt->code != CURLE_OK || may_pass(attempt);
    if (attempt->retry_after > DOWNLOAD_WAIT_MAX)
        return error_set(reterr, ERROR_SYSTEM, "%s: %s; it wants to be asked again in %lld seconds",
                         url, why, (long long)attempt->retry_after);
    return error_set(reterr, is_theirs ? ERROR_SYSTEM : ERROR_INPUT, "%s: %s%s", url, why,
                     attempts > 1 ? ", at the last attempt" : "");
}

static bool attempts_make(const struct curl *curl, CURL *handle, const char *url,
                          const struct download_terms *terms, struct buffer *to,
                          struct error *reterr)
{
    struct attempt attempt = {.to = to};
    char why[300];
    int wait = 1;
    for (int made = 1;; made++) {
        try_once(curl, handle, &attempt);
        if (attempt.code == CURLE_OK && attempt.status == 200)
            return true;
        explain(curl, &attempt, why, sizeof why);
        curl_off_t seconds = attempt.retry_after > wait ? attempt.retry_after : wait;
        if (made >= terms->attempts || !may_pass(&attempt) ||
            attempt.retry_after > DOWNLOAD_WAIT_MAX)
            return give_up(url, why, &attempt, made, reterr);
        if (terms->waiting)
            terms->waiting(terms->context, why, (int)seconds);
        sleep((unsigned)seconds);
        wait = 2 * wait < DOWNLOAD_WAIT_MAX ? 2 * wait : DOWNLOAD_WAIT_MAX;
    }
}

bool download(const char *url, const char *secret, const struct download_terms *terms,
              struct buffer *ret, struct error *reterr)
{
    struct curl curl;
    struct buffer address = {0};
    if (!load(&curl, reterr))
        return false;
    CURL *handle = curl.easy_init();
    buffer_text(&address, url);
    if (secret)
        buffer_format(&address, "%c%s", strchr(url, '?') ? '&' : '?', secret);
    bool ok =
        handle && prepare(&curl, handle, address.bytes, is_here(url), terms->timeout_seconds, ret);
    if (ok)
        ok = attempts_make(&curl, handle, url, terms, ret, reterr);
    else
        error_set(reterr, ERROR_SYSTEM, "libcurl does not start, or is older than 7.85");
    curl.easy_cleanup(handle);
    buffer_release(&address);
    return ok;
}
