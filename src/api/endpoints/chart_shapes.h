/* What a chart is drawn with. Lengths are in pixels, y grows downwards. Part of the api. */
#pragma once

#include "../xml.h"
#include "chart.h"

/* Of a letter's height, on the average. */
#define LETTER_WIDTH 0.58

struct drawing {
    const struct chart *chart;
    struct xml xml;
    double width;
    double height;
    double letter;
    double left; /* the frame of the plot */
    double right;
    double top;
    double bottom;
};

/* Where a point stands, by its place among the points, and where a value does. */
double x_of(const struct drawing *on, size_t place);
double y_of(const struct drawing *on, double value);

/* About how wide a text is. */
double text_width(const struct drawing *on, const char *text);

/* How a text stands: by the end of its place that x is (NULL: the start), its size (1: the drawing's letter), and the
 * room beyond which it is cut. */
struct setting {
    const char *class;
    const char *anchor;
    double scale;
    double room;
};

void put_text(struct drawing *on, struct setting setting, double x, double y, const char *text);
void put_line(struct drawing *on, const char *class, double x1, double y1, double x2, double y2);
void put_circle(struct drawing *on, const char *class, double x, double y, double radius);

/* A diamond: told from a circle without colours too. */
void put_diamond(struct drawing *on, double x, double y, double radius);
void put_rectangle(struct drawing *on, const char *class, double x, double y, double width,
                   double height);
