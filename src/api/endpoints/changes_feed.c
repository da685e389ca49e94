/* GET /v1/changes.atom: the same as an Atom feed (RFC 4287), the newest first, an entry for each change.
 *
 * Identifiers are tag URIs (RFC 4151) under a name that nobody can own, made unique by the store's random id. That
 * of an entry ends in a hash of what the entry says: where an import of older publications changes what was said,
 * a reader sees another entry, and never another text under the identifier and date of one that it has shown. */
#include <time.h>

#include "../xml.h"
#include "changing.h"

static const char namespace[] = "http://www.w3.org/2005/Atom";
static const char tag_authority[] = "tag:exportstat.invalid,2026:";

static void link_element(struct xml *feed, const char *relation, const char *type,
                         const char *address)
{
    xml_element(feed, "link");
    xml_attribute(feed, "rel", relation);
    xml_attribute(feed, "type", type);
    xml_attribute(feed, "href", address);
    xml_element_end(feed);
}

/* Adds the path of this request in a format; `except` is left out. */
static void add_path(const struct call *call, enum format format, enum param except,
                     struct buffer *to)
{
    call_path(call, format, except, to);
    to->bytes[--to->length] = '\0'; /* the '?' or '&' that nothing follows */
}

static void link_to_request(struct xml *feed, const char *relation, enum format format,
                            const char *type)
{
    struct buffer address = {0};
    buffer_text(&address, feed->call->public_url);
    add_path(feed->call, format, PARAMS, &address);
    link_element(feed, relation, type, address.bytes);
    buffer_release(&address);
}

static void feed_head(struct xml *feed, const struct changing *changing)
{
    struct call *call = feed->call;
    struct buffer id = {0};
    char when[32];
    struct tm parts;
    time_t changed = (time_t)call->state.changed_at;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&changed, &parts));
    buffer_format(&id, "%s%s", tag_authority, call->state.id);
    add_path(call, FORMAT_ATOM, PARAM_AFTER, &id);
    xml_text_element(feed, "id", id.bytes);
    xml_text_element(feed, "title", "Changes of export statistics");
    xml_text_element(feed, "updated", when);
    xml_element(feed, "author");
    xml_text_element(feed, "name", "exportstat");
    xml_element_end(feed);
    link_to_request(feed, "self", FORMAT_ATOM, "application/atom+xml");
    link_to_request(feed, "alternate", FORMAT_JSON, "application/json");
    if (changing->more) {
        char last[CHANGE_ID];
        change_id(&changing->at[changing->n - 1], last);
        call_link(call, PARAM_AFTER, last);
        link_element(feed, "next", "application/atom+xml", call->link->bytes);
    }
    buffer_release(&id);
}

/* "437 USD million", or "missing". */
static void value_text(struct buffer *to, const struct version *version, const char *unit)
{
    char value[AMOUNT_TEXT];
    if (!version || !version->known) {
        buffer_text(to, "missing");
        return;
    }
    amount_format(version->value, value);
    buffer_format(to, "%s %s", value, unit);
}

/* "IT exports of Pakistan, 2024-11: revised from 324 USD million to 310 USD million" */
static void title_text(struct buffer *to, const struct change_row *row, const char *period)
{
    static const char *const words[] = {
        [CHANGE_APPEARED] = "known now:",  [CHANGE_REVISED] = "revised from",
        [CHANGE_DISPUTED] = "in dispute:", [CHANGE_SETTLED] = "not in dispute any more:",
        [CHANGE_RECORD_SET] = "a record:", [CHANGE_RECORD_LOST] = "not a record any more:",
    };
    const struct change *change = &row->change;
    to->length = 0;
    buffer_format(to, "%s, %s: %s ", row->info->title, period, words[change->kind]);
    if (change->kind == CHANGE_REVISED) {
        value_text(to, change->from, row->info->unit);
        buffer_text(to, " to ");
    }
    value_text(to, change->to, row->info->unit);
}

static void feed_entry(struct xml *feed, const struct change_row *row)
{
    struct buffer text = {0};
    struct buffer title = {0};
    char id[CHANGE_ID];
    char period[PERIOD_TEXT];
    char day[DATE_TEXT];
    change_id(row, id);
    date_format(row->change.when, day);
    span_name(row->change.span, 1, period);
    title_text(&title, row, period);
    xml_element(feed, "entry");
    buffer_format(&text, "%s%s/changes/%s.%016llx", tag_authority, feed->call->state.id, id,
                  (unsigned long long)hash_text(HASH_START, title.bytes));
    xml_text_element(feed, "id", text.bytes);
    xml_text_element(feed, "title", title.bytes);
    text.length = 0;
    buffer_format(&text, "%sT00:00:00Z", day);
    xml_text_element(feed, "updated", text.bytes);
    xml_element(feed, "category");
    xml_attribute(feed, "term", change_kind_names[row->change.kind]);
    xml_element_end(feed);
    text.length = 0;
    buffer_format(&text, "%s/v1/exports/%s?series=%s", feed->call->public_url, period,
                  row->info->id);
    link_element(feed, "alternate", "application/json", text.bytes);
    xml_element_end(feed);
    buffer_release(&text);
    buffer_release(&title);
}

bool get_changes_feed(struct call *call)
{
    struct xml feed;
    struct changing changing;
    const struct arg *order = arg(call, PARAM_FEED_ORDER);
    if (!changes_gather(call, !order->given || order->number == ORDER_DESC, &changing))
        return false;
    xml_begin(&feed, call, "feed", namespace);
    feed_head(&feed, &changing);
    for (size_t i = 0; i < changing.n; i++)
        feed_entry(&feed, &changing.at[i]);
    return xml_end(&feed);
}
