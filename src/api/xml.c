#include "xml.h"

#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>

#include "exportstat/base/loaded.h"

/* What we use of libxml2, once it is loaded. */
static struct {
    __typeof__(xmlInitParser) *init;
    __typeof__(xmlBufferCreate) *buffer_new;
    __typeof__(xmlBufferContent) *buffer_content;
    __typeof__(xmlBufferLength) *buffer_length;
    __typeof__(xmlBufferFree) *buffer_free;
    __typeof__(xmlNewTextWriterMemory) *writer_new;
    __typeof__(xmlFreeTextWriter) *writer_free;
    __typeof__(xmlTextWriterSetIndent) *set_indent;
    __typeof__(xmlTextWriterStartDocument) *start_document;
    __typeof__(xmlTextWriterEndDocument) *end_document;
    __typeof__(xmlTextWriterFlush) *flush;
    __typeof__(xmlTextWriterStartElement) *start_element;
    __typeof__(xmlTextWriterStartElementNS) *start_element_in;
    __typeof__(xmlTextWriterEndElement) *end_element;
    __typeof__(xmlTextWriterWriteAttribute) *write_attribute;
    __typeof__(xmlTextWriterWriteVFormatAttribute) *write_attribute_formatted;
    __typeof__(xmlTextWriterWriteString) *write_string;
    __typeof__(xmlTextWriterWriteElement) *write_element;
    bool is_there;
} libxml;

#if LIBXML_VERSION < 21400
const char *const xml_files[] = {"libxml2.so.2", NULL};
#else
const char *const xml_files[] = {"libxml2.so.16", NULL};
#endif

/* Where it can not be, as for want of descriptors, the next answer tries again. */
static bool load(struct error *reterr)
{
    static const struct loaded_function functions[] = {
        LOADED(&libxml.init, xmlInitParser),
        LOADED(&libxml.buffer_new, xmlBufferCreate),
        LOADED(&libxml.buffer_content, xmlBufferContent),
        LOADED(&libxml.buffer_length, xmlBufferLength),
        LOADED(&libxml.buffer_free, xmlBufferFree),
        LOADED(&libxml.writer_new, xmlNewTextWriterMemory),
        LOADED(&libxml.writer_free, xmlFreeTextWriter),
        LOADED(&libxml.set_indent, xmlTextWriterSetIndent),
        LOADED(&libxml.start_document, xmlTextWriterStartDocument),
        LOADED(&libxml.end_document, xmlTextWriterEndDocument),
        LOADED(&libxml.flush, xmlTextWriterFlush),
        LOADED(&libxml.start_element, xmlTextWriterStartElement),
        LOADED(&libxml.start_element_in, xmlTextWriterStartElementNS),
        LOADED(&libxml.end_element, xmlTextWriterEndElement),
        LOADED(&libxml.write_attribute, xmlTextWriterWriteAttribute),
        LOADED(&libxml.write_attribute_formatted, xmlTextWriterWriteVFormatAttribute),
        LOADED(&libxml.write_string, xmlTextWriterWriteString),
        LOADED(&libxml.write_element, xmlTextWriterWriteElement),
    };
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one_at_a_time);
    bool ok = libxml.is_there ||
              load_functions("libxml2", xml_files, functions, COUNT(functions), reterr);
    if (ok && !libxml.is_there)
        libxml.init(); /* which is not safe between threads itself */
    libxml.is_there = ok;
    pthread_mutex_unlock(&one_at_a_time);
    return ok;
}

static void check(struct xml *xml, int result)
{
    xml->failed |= result < 0;
}

bool xml_begin(struct xml *xml, struct call *call, const char *root, const char *namespace)
{
    struct error err;
    if (!load(&err))
        return problem_set(call->problem, PROBLEM_UNAVAILABLE, "This can not be written now: %s",
                           err.detail);
    *xml = (struct xml){.call = call, .bytes = libxml.buffer_new()};
    xml->to = xml->bytes ? libxml.writer_new(xml->bytes, 0) : NULL;
    xml->failed = !xml->to; /* and so fails all that is written to nothing */
    check(xml, libxml.set_indent(xml->to, 1));
    check(xml, libxml.start_document(xml->to, NULL, "UTF-8", NULL));
    check(xml, libxml.start_element_in(xml->to, NULL, BAD_CAST root, BAD_CAST namespace));
    return true;
}

void xml_element(struct xml *xml, const char *name)
{
    check(xml, libxml.start_element(xml->to, BAD_CAST name));
}

void xml_element_end(struct xml *xml)
{
    check(xml, libxml.end_element(xml->to));
}

void xml_attribute(struct xml *xml, const char *name, const char *value)
{
    check(xml, libxml.write_attribute(xml->to, BAD_CAST name, BAD_CAST value));
}

void xml_attribute_format(struct xml *xml, const char *name, const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    check(xml, libxml.write_attribute_formatted(xml->to, BAD_CAST name, format, rest));
    va_end(rest);
}

/* U+FFFE and U+FFFF differ from U+FFFD, the replacement character, in their last byte alone. */
static const char *writable(struct xml *xml, const char *text)
{
    char *copy = arena_text(xml->call->arena, text, strlen(text));
    for (char *at = copy; (at = strstr(at, "\xEF\xBF")); at += 2) {
        if ((unsigned char)at[2] >= 0xBE)
            at[2] = '\xBD';
    }
    return copy;
}

void xml_text(struct xml *xml, const char *text)
{
    check(xml, libxml.write_string(xml->to, BAD_CAST writable(xml, text)));
}

void xml_text_element(struct xml *xml, const char *name, const char *text)
{
    check(xml, libxml.write_element(xml->to, BAD_CAST name, BAD_CAST writable(xml, text)));
}

bool xml_end(struct xml *xml)
{
    check(xml, libxml.end_document(xml->to));
    check(xml, libxml.flush(xml->to));
    if (!xml->failed)
        out_raw(xml->call->out, (const char *)libxml.buffer_content(xml->bytes),
                (size_t)libxml.buffer_length(xml->bytes));
    else
        problem_set(xml->call->problem, PROBLEM_UNAVAILABLE,
                    "The document can not be written now; try again");
    libxml.writer_free(xml->to);
    libxml.buffer_free(xml->bytes);
    return !xml->failed;
}
