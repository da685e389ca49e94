/* The address that clients reach the service at, which a service behind a proxy can not know by itself. */
#include <libxml/uri.h>
#include <string.h>

#include "exportstat/api/api.h"
#include "exportstat/base/loaded.h"
#include "xml.h"

/* What stands in the addresses of answers without an escape: in XML, in BibTeX, and between the angles of the header
 * Link. */
static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "-._~:/[]@!$&'()*+,;=%";

enum { PORT_MAX = 65535 };

bool public_url_valid(const char *text, struct error *reterr)
{
    __typeof__(xmlParseURI) *parse;
    __typeof__(xmlFreeURI) *release;
    const struct loaded_function functions[] = {LOADED(&parse, xmlParseURI),
                                                LOADED(&release, xmlFreeURI)};
    size_t length = strspn(text, characters);
    bool ok = length <= PUBLIC_URL_MAX && text[length] == '\0';
    if (ok && !load_functions("libxml2", xml_files, functions, COUNT(functions), reterr))
        return false;
    xmlURIPtr url = ok ? parse(text) : NULL;
    ok = url && url->scheme && url->server && *url->server && !url->user && url->port <= PORT_MAX &&
         (strcmp(url->scheme, "http") == 0 || strcmp(url->scheme, "https") == 0);
    if (url)
        release(url);
    return ok || error_set(reterr, ERROR_INPUT,
                           "no http or https address, such as https://example.org/exports, "
                           "without user, query and fragment");
}

bool base_path_valid(const char *text)
{
    size_t length = strspn(text, characters);
    return *text == '/' && !text[length] && length <= PUBLIC_URL_MAX && !strstr(text, "//");
}
