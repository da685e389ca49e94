/* GET /v1/changes.atom: the same as an Atom feed (RFC 4287), the newest first, an entry for each change.
 *
 * Identifiers are tag URIs (RFC 4151) under a name that nobody can own, made unique by the store's random id. That
 * of an entry ends in a hash of what the entry says: where an import of older publications changes what was said,
 * a reader sees another entry, and never another text under the identifier and date of one that it has shown. */
#include <stdio.h>
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

/* Where people read about a series: the dashboard, in programs that have it. */
static void link_to_page(struct xml *feed, const char *series)
{
    struct buffer address = {0};
    if (!feed->call->has_pages)
        return;
    buffer_format(&address, "%s/", feed->call->public_url);
    if (series)
        buffer_format(&address, "#series=%s", series);
    link_element(feed, "alternate", "text/html", address.bytes);
    buffer_release(&address);
}

/* "Changes of export statistics: pk-it, pk-goods", or without names where all series are meant. */
static void feed_title(struct xml *feed, const struct changing *changing)
{
    struct buffer title = {0};
    bool named = arg(feed->call, PARAM_SERIES)->given;
    buffer_text(&title, "Changes of export statistics");
    for (size_t i = 0; named && i < changing->n_series; i++)
        buffer_format(&title, "%s%s", i > 0 ? ", " : ": ", changing->series[i]);
    xml_text_element(feed, "title", title.bytes);
    buffer_release(&title);
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
    feed_title(feed, changing);
    xml_text_element(feed, "updated", when);
    xml_element(feed, "author");
    xml_text_element(feed, "name", "exportstat");
    xml_element_end(feed);
    link_to_request(feed, "self", FORMAT_ATOM, "application/atom+xml");
    link_to_page(feed, arg(call, PARAM_SERIES)->given ? changing->series[0] : NULL);
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

/* "IT exports of Pakistan, November 2024: revised from 324 USD million to 310 USD million" */
static void title_text(struct buffer *to, const struct change_row *row)
{
    static const char *const words[] = {
        [CHANGE_APPEARED] = "known now:",  [CHANGE_REVISED] = "revised from",
        [CHANGE_DISPUTED] = "in dispute:", [CHANGE_SETTLED] = "not in dispute any more:",
        [CHANGE_RECORD_SET] = "a record:", [CHANGE_RECORD_LOST] = "not a record any more:",
    };
    const struct change *change = &row->change;
    struct tm month = {
        .tm_year = change->span.first / 12 - 1900, .tm_mon = change->span.first % 12, .tm_mday = 1};
    char named[32];
    strftime(named, sizeof named, "%B %Y", &month);
    buffer_format(to, "%s, %s: %s ", row->info->title, named, words[change->kind]);
    if (change->kind == CHANGE_REVISED) {
        value_text(to, change->from, row->info->unit);
        buffer_text(to, " to ");
    }
    value_text(to, change->to, row->info->unit);
}

/* "310 USD million (precision 1, reported)" */
static void version_text(struct buffer *to, const struct version *version, const char *unit)
{
    char precision[AMOUNT_TEXT];
    value_text(to, version, unit);
    if (!version || !version->known)
        return;
    amount_format(version->precision, precision);
    buffer_format(to, " (precision %s, %s)", precision, version->derived ? "derived" : "reported");
}

/* "From 2025-01-31 on: 310 USD million (precision 1, reported). Before: … Ruling: …" */
static void summary_text(struct buffer *to, const struct change_row *row, const char *day)
{
    const struct change *change = &row->change;
    buffer_format(to, "From %s on: ", day);
    version_text(to, change->to, row->info->unit);
    buffer_text(to, ". Before: ");
    version_text(to, change->from, row->info->unit);
    buffer_char(to, '.');
    if (change->to && change->to->ruling && change->kind == CHANGE_REVISED)
        buffer_format(to, " Ruling: %s", change->to->ruling->reason);
}

static void entry_id(struct xml *feed, const struct change_row *row, const char *title,
                     const char *summary)
{
    struct buffer id = {0};
    char change[CHANGE_ID];
    change_id(row, change);
    buffer_format(&id, "%s%s/changes/%s.%016llx", tag_authority, feed->call->state.id, change,
                  (unsigned long long)hash_text(hash_text(HASH_START, title), summary));
    xml_text_element(feed, "id", id.bytes);
    buffer_release(&id);
}

static void entry_links(struct xml *feed, const struct change_row *row)
{
    struct buffer address = {0};
    char period[PERIOD_TEXT];
    span_name(row->change.span, 1, period);
    buffer_format(&address, "%s/v1/exports/%s?series=%s", feed->call->public_url, period,
                  row->info->id);
    link_to_page(feed, row->info->id);
    link_element(feed, "alternate", "application/json", address.bytes);
    buffer_release(&address);
}

static void feed_entry(struct xml *feed, const struct change_row *row)
{
    struct buffer title = {0};
    struct buffer summary = {0};
    char day[DATE_TEXT];
    char updated[DATE_TEXT + 16];
    date_format(row->change.when, day);
    snprintf(updated, sizeof updated, "%sT00:00:00Z", day);
    title_text(&title, row);
    summary_text(&summary, row, day);
    xml_element(feed, "entry");
    entry_id(feed, row, title.bytes, summary.bytes);
    xml_text_element(feed, "title", title.bytes);
    xml_text_element(feed, "summary", summary.bytes);
    xml_text_element(feed, "updated", updated);
    xml_element(feed, "category");
    xml_attribute(feed, "term", change_kind_names[row->change.kind]);
    xml_element_end(feed);
    entry_links(feed, row);
    xml_element_end(feed);
    buffer_release(&summary);
    buffer_release(&title);
}

bool get_changes_feed(struct call *call)
{
    struct xml feed;
    struct changing changing;
    const struct arg *order = arg(call, PARAM_FEED_ORDER);
    if (!changes_gather(call, !order->given || order->number == ORDER_DESC, &changing))
        return false;
    if (!xml_begin(&feed, call, "feed", namespace))
        return false;
    feed_head(&feed, &changing);
    for (size_t i = 0; i < changing.n; i++)
        feed_entry(&feed, &changing.at[i]);
    return xml_end(&feed);
}
