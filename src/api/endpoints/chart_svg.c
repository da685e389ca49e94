/* Drawing a chart as SVG: text, lines and a style sheet, no script, and nothing that is fetched from elsewhere. */
#include "chart_shapes.h"
#include <math.h>

static const char namespace[] = "http://www.w3.org/2000/svg";

/* By classes and plain colours, which every renderer of SVG knows. The contrasts are those of WCAG 2.2 AA. */
static const char style_common[] =
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}"
    ".b{font-weight:600}.l{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}"
    ".p,.d,.q{stroke-width:1.5}";
static const char style_light[] =
    ".s,.q,.d{fill:#fff}.t{fill:#1f2328}.m{fill:#59636e}.g{stroke:#d8dee4}.z{stroke:#59636e}"
    ".l,.p,.d{stroke:#0b5fb0}.p{fill:#0b5fb0}.q{stroke:#b35900}.n{fill:#e6eaef}";
static const char style_dark[] =
    ".s,.q,.d{fill:#0d1117}.t{fill:#e6edf3}.m{fill:#9da7b3}.g{stroke:#30363d}.z{stroke:#9da7b3}"
    ".l,.p,.d{stroke:#58a6ff}.p{fill:#58a6ff}.q{stroke:#f0883e}.n{fill:#272e38}";

enum { THEME_AUTO, THEME_LIGHT, THEME_DARK };

/* Of each size: width, height, and that of the letters. */
static const struct {
    double width;
    double height;
    double letter;
} sizes[] = {{400, 225, 11}, {720, 360, 13}, {1200, 600, 17}};

static void put_style(struct drawing *on)
{
    int64_t theme = arg(on->chart->call, PARAM_THEME)->number;
    struct buffer style = {0};
    buffer_text(&style, style_common);
    buffer_text(&style, theme == THEME_DARK ? style_dark : style_light);
    if (theme == THEME_AUTO)
        buffer_format(&style, "@media(prefers-color-scheme:dark){%s}", style_dark);
    xml_text_element(&on->xml, "style", style.bytes);
    buffer_release(&style);
}

/* "USD million by month", "change on the year before, %, by quarter" */
static void put_subject(struct drawing *on, double y)
{
    static const char *const words[] = {
        [TRANSFORM_LEVEL] = "%s",
        [TRANSFORM_CHANGE] = "change on the period before, %s",
        [TRANSFORM_YOY_CHANGE] = "change on the year before, %s",
        [TRANSFORM_PERCENT] = "change on the period before, %%",
        [TRANSFORM_YOY_PERCENT] = "change on the year before, %%",
        [TRANSFORM_ANNUALISED_PERCENT] = "annualised change, %%",
        [TRANSFORM_LOG_PERCENT] = "logarithmic change, %%",
        [TRANSFORM_ANNUALISED_LOG_PERCENT] = "annualised logarithmic change, %%",
        [TRANSFORM_LOG] = "natural logarithm of %s",
        [TRANSFORM_INDICATIVE_SA] = "%s, seasonally adjusted, not official",
    };
    static const char *const frequencies[] = {
        [FREQUENCY_MONTH] = "month",
        [FREQUENCY_QUARTER] = "quarter",
        [FREQUENCY_FISCAL_QUARTER] = "fiscal quarter",
        [FREQUENCY_HALF] = "fiscal half",
        [FREQUENCY_FISCAL_YEAR] = "fiscal year",
        [FREQUENCY_YEAR] = "year",
    };
    const struct chart *chart = on->chart;
    struct buffer text = {0};
    buffer_format(&text, words[chart->transform], chart->info->unit);
    buffer_format(&text, ", by %s", frequencies[chart->frequency]);
    put_text(on, (struct setting){"m", NULL, 1, on->width * 0.7}, on->letter, y, text.bytes);
    buffer_release(&text);
}

static void put_head(struct drawing *on)
{
    const struct chart *chart = on->chart;
    double y = on->letter * 2.2;
    double room = on->width - 2 * on->letter;
    if (chart->newest) /* a number is never cut: what is beside it is */
        room -= 1.25 * text_width(on, chart->newest->label) + on->letter;
    put_text(on, (struct setting){"t b", NULL, 1.25, room}, on->letter, y, chart->info->title);
    if (chart->newest) {
        char period[PERIOD_TEXT];
        chart_period(chart, chart->newest->period, period);
        put_text(on, (struct setting){"t b", "end", 1.25, on->width * 2}, on->width - on->letter, y,
                 chart->newest->label);
        put_text(on, (struct setting){"m", "end", 1, on->width * 0.25}, on->width - on->letter,
                 y + on->letter * 1.5, period);
    }
    put_subject(on, y + on->letter * 1.5);
}

static void put_values_axis(struct drawing *on)
{
    const struct chart_scale *scale = &on->chart->scale;
    for (int i = 0; i < scale->n_ticks; i++) {
        double value = scale->low + i * scale->step;
        char label[CHART_LABEL];
        chart_tick_label(scale, value, label);
        bool is_zero = fabs(value) < scale->step / 2;
        put_line(on, is_zero ? "z" : "g", on->left, y_of(on, value), on->right, y_of(on, value));
        put_text(on, (struct setting){"m", "end", 1, on->width}, on->left - on->letter * 0.5,
                 y_of(on, value) + on->letter * 0.35, label);
    }
}

/* Months that span years are named by their years, at each January; other periods by themselves. */
static void put_time_axis(struct drawing *on)
{
    const struct chart *chart = on->chart;
    bool by_years = chart->frequency == FREQUENCY_MONTH && chart->n > 36;
    double y = on->bottom + on->letter * 1.4;
    double room = on->letter * LETTER_WIDTH * (by_years ? 7 : 11);
    size_t fit = (size_t)fmax((on->right - on->left) / room, 1);
    size_t n = by_years ? chart->n / 12 + 1 : chart->n;
    size_t every = (n + fit - 1) / fit;
    for (size_t i = 0; i < chart->n; i++) {
        int32_t month = chart->at[i].period.first;
        size_t rank = by_years ? (size_t)(month / 12) : chart->n - 1 - i;
        char label[PERIOD_TEXT];
        if ((by_years && month % 12 != 0) || rank % every != 0)
            continue;
        chart_period(chart, chart->at[i].period, label);
        if (by_years)
            label[4] = '\0';
        double x = x_of(on, i);
        double half = text_width(on, label) / 2;
        put_line(on, "z", x, on->bottom, x, on->bottom + on->letter * 0.35);
        put_text(on, (struct setting){"m", "middle", 1, on->width},
                 fmin(fmax(x, half), on->width - half - 2), y, label);
    }
}

/* A band for each run of periods without a value. */
static void put_missing(struct drawing *on)
{
    const struct chart *chart = on->chart;
    double half = chart->n > 1 ? (on->right - on->left) / (double)(chart->n - 1) / 2 : 4;
    for (size_t i = 0; i < chart->n; i++) {
        size_t first = i;
        if (chart->at[i].known)
            continue;
        while (i + 1 < chart->n && !chart->at[i + 1].known)
            i++;
        double from = fmax(x_of(on, first) - half, on->left);
        double to = fmin(x_of(on, i) + half, on->right);
        put_rectangle(on, "n", from, on->top, to - from, on->bottom - on->top);
    }
}

static void put_values(struct drawing *on)
{
    const struct chart *chart = on->chart;
    struct buffer path = {0};
    buffer_text(&path, "");
    for (size_t i = 0; i < chart->n; i++) {
        const struct chart_point *point = &chart->at[i];
        bool follows = i > 0 && chart->at[i - 1].known;
        if (point->known)
            buffer_format(&path, "%c%.1f %.1f", follows ? 'L' : 'M', x_of(on, i),
                          y_of(on, point->value));
    }
    xml_element(&on->xml, "path");
    xml_attribute(&on->xml, "class", "l");
    xml_attribute(&on->xml, "d", path.bytes);
    xml_element_end(&on->xml);
    buffer_release(&path);
}

/* Marks what is not a plain report, what stands alone, and the newest. */
static void put_marks(struct drawing *on)
{
    const struct chart *chart = on->chart;
    double radius = on->letter * 0.26;
    for (size_t i = 0; i < chart->n; i++) {
        const struct chart_point *point = &chart->at[i];
        bool alone =
            (i == 0 || !chart->at[i - 1].known) && (i + 1 == chart->n || !chart->at[i + 1].known);
        if (!point->known)
            continue;
        if (point->disputed)
            put_diamond(on, x_of(on, i), y_of(on, point->value), radius * 1.3);
        else if (point->derived)
            put_circle(on, "d", x_of(on, i), y_of(on, point->value), radius);
        else if (alone || point == chart->newest)
            put_circle(on, "p", x_of(on, i), y_of(on, point->value), radius);
    }
}

/* What the marks mean, of those that there are. */
static void put_legend(struct drawing *on, double y)
{
    const struct chart *chart = on->chart;
    double x = on->letter;
    double middle = y - on->letter * 0.35;
    double radius = on->letter * 0.3;
    bool has[3] = {false};
    static const char *const names[] = {"disputed", "derived", "missing"};
    for (size_t i = 0; i < chart->n; i++) {
        const struct chart_point *point = &chart->at[i];
        has[0] |= point->known && point->disputed;
        has[1] |= point->known && point->derived && !point->disputed;
        has[2] |= !point->known;
    }
    for (int i = 0; i < 3; i++) {
        if (!has[i])
            continue;
        if (i == 0)
            put_diamond(on, x + radius, middle, radius * 1.2);
        else if (i == 1)
            put_circle(on, "d", x + radius, middle, radius);
        else
            put_rectangle(on, "n", x, middle - radius, radius * 2, radius * 2);
        put_text(on, (struct setting){"m", NULL, 1, on->width}, x + on->letter, y, names[i]);
        x += on->letter * 2 + text_width(on, names[i]);
    }
}

static void put_foot(struct drawing *on)
{
    const struct chart *chart = on->chart;
    struct buffer text = {0};
    char day[DATE_TEXT];
    double y = on->height - on->letter * 0.9;
    put_legend(on, y - on->letter * 2.8);
    buffer_format(&text, "Sources: %s", *chart->sources ? chart->sources : "none");
    put_text(on, (struct setting){"m", NULL, 1, on->width - 2 * on->letter}, on->letter,
             y - on->letter * 1.4, text.bytes);
    text.length = 0;
    if (chart->has_as_of)
        date_format(chart->as_of, day);
    buffer_format(&text, "As of %s", chart->has_as_of ? day : "now, without any report");
    put_text(on, (struct setting){"m", NULL, 1, on->width}, on->letter, y, text.bytes);
    put_text(on, (struct setting){"m", "end", 1, on->width}, on->width - on->letter, y,
             "exportstat");
    buffer_release(&text);
}

/* For those who do not see it. */
static void put_description(struct drawing *on)
{
    const struct chart *chart = on->chart;
    struct buffer text = {0};
    char first[PERIOD_TEXT];
    char last[PERIOD_TEXT];
    char newest[PERIOD_TEXT];
    xml_text_element(&on->xml, "title", chart->info->title);
    if (chart->newest) {
        chart_period(chart, chart->at[0].period, first);
        chart_period(chart, chart->at[chart->n - 1].period, last);
        chart_period(chart, chart->newest->period, newest);
        buffer_format(&text, "A line from %s to %s; the newest value is %s in %s.", first, last,
                      chart->newest->label, newest);
    } else {
        buffer_text(&text, "Nothing is known here.");
    }
    xml_text_element(&on->xml, "desc", text.bytes);
    buffer_release(&text);
}

/* The plot lies between head and foot, right of the labels of its values. */
static void lay_out(struct drawing *on, struct chart_scale *ret_scale)
{
    const struct chart *chart = on->chart;
    double low = INFINITY;
    double high = -INFINITY;
    double widest = 0;
    on->top = on->letter * 5;
    on->bottom = on->height - on->letter * 6.5;
    on->right = on->width - on->letter * 1.3;
    for (size_t i = 0; i < chart->n; i++) {
        if (chart->at[i].known) {
            low = fmin(low, chart->at[i].value);
            high = fmax(high, chart->at[i].value);
        }
    }
    if (!chart->newest)
        return;
    *ret_scale = chart_scale_of(low, high, chart->transform != TRANSFORM_LOG,
                                (int)((on->bottom - on->top) / (on->letter * 2.4)));
    for (int i = 0; i < ret_scale->n_ticks; i++) {
        char label[CHART_LABEL];
        chart_tick_label(ret_scale, ret_scale->low + i * ret_scale->step, label);
        widest = fmax(widest, text_width(on, label));
    }
    on->left = on->letter * 1.5 + widest;
}

static void put_plot(struct drawing *on)
{
    if (!on->chart->newest) {
        put_text(on, (struct setting){"m", "middle", 1, on->width}, on->width / 2,
                 (on->top + on->bottom) / 2, "Nothing is known here.");
        return;
    }
    put_missing(on);
    put_values_axis(on);
    put_time_axis(on);
    put_values(on);
    put_marks(on);
}

bool chart_draw(const struct chart *of)
{
    struct chart chart = *of;
    int64_t size = arg(chart.call, PARAM_SIZE)->number;
    struct drawing on = {
        .chart = &chart,
        .width = sizes[size].width,
        .height = sizes[size].height,
        .letter = sizes[size].letter,
    };
    lay_out(&on, &chart.scale);
    if (!xml_begin(&on.xml, chart.call, "svg", namespace))
        return false;
    xml_attribute_format(&on.xml, "viewBox", "0 0 %.0f %.0f", on.width, on.height);
    xml_attribute_format(&on.xml, "width", "%.0f", on.width);
    xml_attribute_format(&on.xml, "height", "%.0f", on.height);
    xml_attribute_format(&on.xml, "font-size", "%.0f", on.letter);
    xml_attribute(&on.xml, "role", "img");
    put_description(&on);
    put_style(&on);
    put_rectangle(&on, "s", 0, 0, on.width, on.height);
    put_head(&on);
    put_plot(&on);
    put_foot(&on);
    return xml_end(&on.xml);
}
