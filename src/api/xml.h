/* Answers that are XML, by libxml2's writer, which escapes what must be. Part of the api.
 *
 * Failures of the writer have no other cause than memory: they add up, and the end tells of them. */
#pragma once

#include <libxml/xmlwriter.h>
#include <stdbool.h>

#include "call.h"

struct xml {
    struct call *call;
    xmlBufferPtr bytes;
    xmlTextWriterPtr to;
    bool failed;
};

/* Begins a document with its root element. */
void xml_begin(struct xml *xml, struct call *call, const char *root, const char *namespace);

void xml_element(struct xml *xml, const char *name);
void xml_element_end(struct xml *xml);
void xml_attribute(struct xml *xml, const char *name, const char *value);
void xml_attribute_format(struct xml *xml, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Text inside the open element. Characters of Unicode that no XML may have become the replacement character. */
void xml_text(struct xml *xml, const char *text);
void xml_text_element(struct xml *xml, const char *name, const char *text);

/* Ends the document and writes it as the answer; false where the problem says that it can not be. */
bool xml_end(struct xml *xml);
