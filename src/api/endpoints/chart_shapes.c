#include "chart_shapes.h"

#include <math.h>
#include <string.h>

double x_of(const struct drawing *on, size_t place)
{
    double share = on->chart->n > 1 ? (double)place / (double)(on->chart->n - 1) : 0.5;
    return on->left + share * (on->right - on->left);
}

double y_of(const struct drawing *on, double value)
{
    const struct chart_scale *scale = &on->chart->scale;
    double share = (value - scale->low) / (scale->high - scale->low);
    return on->bottom - share * (on->bottom - on->top);
}

double text_width(const struct drawing *on, const char *text)
{
    return (double)utf8_length(text) * on->letter * LETTER_WIDTH;
}

void put_text(struct drawing *on, struct setting setting, double x, double y, const char *text)
{
    size_t fits = (size_t)fmax(setting.room / (on->letter * setting.scale * LETTER_WIDTH), 4);
    struct buffer cut = {0};
    if (utf8_length(text) > fits) {
        buffer_add(&cut, text, utf8_bytes(text, fits - 1));
        buffer_text(&cut, "\u2026");
    } else {
        buffer_text(&cut, text);
    }
    xml_element(&on->xml, "text");
    xml_attribute(&on->xml, "class", setting.class);
    xml_attribute_format(&on->xml, "x", "%.1f", x);
    xml_attribute_format(&on->xml, "y", "%.1f", y);
    if (setting.anchor)
        xml_attribute(&on->xml, "text-anchor", setting.anchor);
    if (setting.scale != 1)
        xml_attribute_format(&on->xml, "font-size", "%.0f", on->letter * setting.scale);
    xml_text(&on->xml, cut.bytes);
    xml_element_end(&on->xml);
    buffer_release(&cut);
}

void put_line(struct drawing *on, const char *class, double x1, double y1, double x2, double y2)
{
    xml_element(&on->xml, "path");
    xml_attribute(&on->xml, "class", class);
    xml_attribute_format(&on->xml, "d", "M%.1f %.1fL%.1f %.1f", x1, y1, x2, y2);
    xml_element_end(&on->xml);
}

void put_circle(struct drawing *on, const char *class, double x, double y, double radius)
{
    xml_element(&on->xml, "circle");
    xml_attribute(&on->xml, "class", class);
    xml_attribute_format(&on->xml, "cx", "%.1f", x);
    xml_attribute_format(&on->xml, "cy", "%.1f", y);
    xml_attribute_format(&on->xml, "r", "%.1f", radius);
    xml_element_end(&on->xml);
}

void put_diamond(struct drawing *on, double x, double y, double radius)
{
    xml_element(&on->xml, "path");
    xml_attribute(&on->xml, "class", "q");
    xml_attribute_format(&on->xml, "d", "M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz", x, y - radius,
                         radius, radius, -radius, radius, -radius, -radius);
    xml_element_end(&on->xml);
}

void put_rectangle(struct drawing *on, const char *class, double x, double y, double width,
                   double height)
{
    xml_element(&on->xml, "rect");
    xml_attribute(&on->xml, "class", class);
    xml_attribute_format(&on->xml, "x", "%.1f", x);
    xml_attribute_format(&on->xml, "y", "%.1f", y);
    xml_attribute_format(&on->xml, "width", "%.1f", width);
    xml_attribute_format(&on->xml, "height", "%.1f", height);
    xml_element_end(&on->xml);
}
