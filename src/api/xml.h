/* Answers that are XML, by libxml2's writer, which escapes what must be. Part of the api.
 *
 * libxml2 is loaded by the first answer that is XML: it brings ICU and the runtime of C++ along. Failures of its writer have
 * no other cause than memory: they add up, and the end tells of them. */
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

/* What the files of libxml2 are called that its header fits; NULL-terminated. */
extern const char *const xml_files[];

/* Begins a document with its root element; false where the problem says that there can be none. */
bool xml_begin(struct xml *xml, struct call *call, const char *root, const char *namespace);

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
