#include "xml.h"

#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>

static void check(struct xml *xml, int result)
{
    xml->failed |= result < 0;
}

void xml_begin(struct xml *xml, struct call *call, const char *root, const char *namespace)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, xmlInitParser); /* which is not safe between threads itself */
    *xml = (struct xml){.call = call, .bytes = xmlBufferCreate()};
    xml->to = xml->bytes ? xmlNewTextWriterMemory(xml->bytes, 0) : NULL;
    xml->failed = !xml->to; /* and so fails all that is written to nothing */
    check(xml, xmlTextWriterSetIndent(xml->to, 1));
    check(xml, xmlTextWriterStartDocument(xml->to, NULL, "UTF-8", NULL));
    check(xml, xmlTextWriterStartElementNS(xml->to, NULL, BAD_CAST root, BAD_CAST namespace));
}

void xml_element(struct xml *xml, const char *name)
{
    check(xml, xmlTextWriterStartElement(xml->to, BAD_CAST name));
}

void xml_element_end(struct xml *xml)
{
    check(xml, xmlTextWriterEndElement(xml->to));
}

void xml_attribute(struct xml *xml, const char *name, const char *value)
{
    check(xml, xmlTextWriterWriteAttribute(xml->to, BAD_CAST name, BAD_CAST value));
}

void xml_attribute_format(struct xml *xml, const char *name, const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    check(xml, xmlTextWriterWriteVFormatAttribute(xml->to, BAD_CAST name, format, rest));
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
    check(xml, xmlTextWriterWriteString(xml->to, BAD_CAST writable(xml, text)));
}

void xml_text_element(struct xml *xml, const char *name, const char *text)
{
    check(xml, xmlTextWriterWriteElement(xml->to, BAD_CAST name, BAD_CAST writable(xml, text)));
}

bool xml_end(struct xml *xml)
{
    check(xml, xmlTextWriterEndDocument(xml->to));
    check(xml, xmlTextWriterFlush(xml->to));
    if (!xml->failed)
        out_raw(xml->call->out, (const char *)xmlBufferContent(xml->bytes),
                (size_t)xmlBufferLength(xml->bytes));
    else
        problem_set(xml->call->problem, PROBLEM_UNAVAILABLE,
                    "The document can not be written now; try again");
    xmlFreeTextWriter(xml->to);
    xmlBufferFree(xml->bytes);
    return !xml->failed;
}
