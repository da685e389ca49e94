/* GET /v1/exports/{period} as BibTeX and as CSL-JSON: a figure as something to be cited.
 *
 * The entry is the figure as it was read here; the publications behind it stand in its annotation, since a sum of
 * a year may have dozens. */
#include <string.h>

#include "../endpoints.h"
#include "../represent.h"

static const char this_service[] = "exportstat";

struct cited {
    struct figure figure;
    const struct source_info *sources; /* behind the figure, in order of publication */
    size_t n;
    bool disputed;
    char period[PERIOD_TEXT];
    char as_of[DATE_TEXT]; /* as asked for; empty: everything known */
    char known_on
        [DATE_TEXT]; /* the same, or the date of the newest release behind the figure; empty: none */
    struct buffer key;
    struct buffer title;
    struct buffer address;
    struct buffer note;
    struct buffer annotation;
};

static bool find_sources(struct call *call, const struct selected *selected, struct cited *ret)
{
    struct backing backing =
        backing_of_figure(call, selected->view.resolved, &ret->figure, call_as_of(call));
    struct source_info *at = ARENA_ARRAY(call->arena, backing.n_reports, struct source_info);
    for (size_t i = 0; i < backing.n_reports; i++) {
        struct error err;
        if (!store_source(call->store, call->arena, backing.reports[i]->source, &at[i], &err))
            return problem_from(call->problem, &err);
    }
    ret->sources = at;
    ret->n = backing.n_reports;
    ret->disputed = backing.disputed;
    return true;
}

/* A ruling may be newer than the newest publication. */
static void find_dates(struct call *call, struct cited *ret)
{
    date newest = ret->figure.released;
    if (ret->n > 0 && ret->sources[ret->n - 1].published_day.day > newest.day)
        newest = ret->sources[ret->n - 1].published_day;
    if (arg(call, PARAM_AS_OF)->given)
        date_format(call_as_of(call), ret->as_of);
    if (*ret->as_of)
        memcpy(ret->known_on, ret->as_of, sizeof ret->known_on);
    else if (ret->figure.known)
        date_format(newest, ret->known_on);
}

/* The period as a path has it, where a slash can not stand. */
static void add_period(struct buffer *to, const char *period)
{
    for (; *period; period++)
        buffer_text(to, *period == '/' ? "--" : (const char[]){*period, '\0'});
}

static void write_names(struct call *call, const struct selected *selected, struct cited *cited)
{
    const char *id = selected->info->id;
    bool first = arg(call, PARAM_RELEASE)->number == RELEASE_FIRST;
    buffer_format(&cited->key, "%s-%s-", this_service, id);
    add_period(&cited->key, cited->period);
    buffer_format(&cited->address, "%s/v1/exports/", call->public_url);
    add_period(&cited->address, cited->period);
    buffer_format(&cited->address, "?series=%s", id);
    if (first) {
        buffer_text(&cited->key, "-first");
        buffer_text(&cited->address, "&release=first");
    }
    if (*cited->as_of) {
        buffer_format(&cited->key, "-as-of-%s", cited->as_of);
        buffer_format(&cited->address, "&as_of=%s", cited->as_of);
    }
    /* Two readings of one figure may stand in one bibliography. */
    buffer_format(&cited->key, "-g%lld", (long long)call->state.generation);
}

static void write_title(const struct selected *selected, struct cited *cited)
{
    char value[AMOUNT_TEXT];
    buffer_format(&cited->title, "%s, %s: ", selected->info->title, cited->period);
    if (cited->figure.known) {
        amount_format(cited->figure.value, value);
        buffer_format(&cited->title, "%s %s", value, selected->info->unit);
    } else {
        buffer_text(&cited->title, "not known");
    }
}

/* The publishers, each once. */
static void add_publishers(struct buffer *to, const struct cited *cited)
{
    for (size_t i = 0; i < cited->n; i++) {
        size_t k = 0;
        while (strcmp(cited->sources[k].publisher, cited->sources[i].publisher) != 0)
            k++;
        if (k == i)
            buffer_format(to, "%s %s", i > 0 ? "," : " by", cited->sources[i].publisher);
    }
}

static void write_note(struct call *call, const struct selected *selected, struct cited *cited)
{
    const struct figure *figure = &cited->figure;
    struct buffer *note = &cited->note;
    char precision[AMOUNT_TEXT];
    if (!figure->known)
        buffer_format(note, "No value: %s", missing_names[figure->missing]);
    else if (figure->is_sum)
        buffer_format(note, "Sum of %d months,%s reported", (int)span_months(figure->span),
                      figure->derived ? " some derived from longer periods, others" : "");
    else
        buffer_text(note, figure->derived ? "Derived from longer periods, reported" : "Reported");
    add_publishers(note, cited);
    if (figure->known) {
        amount_format(figure->precision, precision);
        buffer_format(note, ". Precision %s %s", precision, selected->info->unit);
    }
    if (arg(call, PARAM_RELEASE)->number == RELEASE_FIRST)
        buffer_text(note, ". As first released");
    if (cited->disputed)
        buffer_text(note, ". Disputed");
    if (*cited->known_on)
        buffer_format(note, ". As of %s", cited->known_on);
    buffer_format(note, ". Generation %lld.", (long long)call->state.generation);
}

static void write_annotation(struct cited *cited)
{
    for (size_t i = 0; i < cited->n; i++) {
        const struct source_info *source = &cited->sources[i];
        buffer_format(&cited->annotation, "%s%s: %s, %s, %s",
                      i > 0 ? "; " : "Sources: ", source->publisher, source->title,
                      source->published, source->url);
    }
}

/* What TeX and BibTeX would read as a command is written as the character that it is. BibTeX counts braces even
 * behind a backslash, so that they need names. */
static void bibtex_text(struct buffer *to, const char *text)
{
    static const struct {
        char c;
        const char *name;
    } named[] = {
        {'\\', "\\textbackslash{}"},  {'{', "\\textbraceleft{}"},  {'}', "\\textbraceright{}"},
        {'^', "\\textasciicircum{}"}, {'~', "\\textasciitilde{}"}, {'"', "{\"}"},
        {'<', "\\textless{}"},        {'>', "\\textgreater{}"},    {'|', "\\textbar{}"},
    };
    for (; *text; text++) {
        size_t i = 0;
        while (i < COUNT(named) && named[i].c != *text)
            i++;
        if (i < COUNT(named)) {
            buffer_text(to, named[i].name);
            continue;
        }
        if (strchr("$&#_%", *text))
            buffer_char(to, '\\');
        buffer_char(to, *text);
    }
}

static void bibtex_field(struct buffer *to, const char *name, const char *text)
{
    buffer_format(to, "  %s = {", name);
    bibtex_text(to, text);
    buffer_text(to, "},\n");
}

static void write_bibtex(struct call *call, const struct cited *cited)
{
    static const char months[][4] = {"jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};
    struct buffer *to = call->out->to;
    buffer_format(to, "@misc{%s,\n", cited->key.bytes);
    buffer_format(to, "  author = {{%s}},\n", this_service);
    /* The outer braces are the field's, the inner ones keep its capitals. */
    buffer_text(to, "  title = {{");
    bibtex_text(to, cited->title.bytes);
    buffer_text(to, "}},\n");
    bibtex_field(to, "publisher", this_service);
    bibtex_field(to, "howpublished", "Web service");
    if (cited->figure.known) {
        int day;
        int32_t month = date_month(cited->figure.released, &day);
        buffer_format(to, "  year = {%d},\n", (int)(month / 12));
        buffer_format(to, "  month = %s,\n", months[month % 12]);
    }
    buffer_format(to, "  version = {generation %lld},\n", (long long)call->state.generation);
    /* Taken as it is by \url; nothing in it needs an escape. */
    buffer_format(to, "  url = {%s},\n", cited->address.bytes);
    bibtex_field(to, "note", cited->note.bytes);
    if (cited->annotation.length > 0)
        bibtex_field(to, "annote", cited->annotation.bytes);
    buffer_text(to, "}\n");
}

static void csl_date(struct out *out, const char *key, date when)
{
    int day;
    int32_t month = date_month(when, &day);
    out_object(out, key);
    out_array(out, "date-parts");
    out_array(out, NULL);
    out_integer(out, NULL, month / 12);
    out_integer(out, NULL, month % 12 + 1);
    out_integer(out, NULL, day);
    out_array_end(out);
    out_array_end(out);
    out_object_end(out);
}

/* What CSL has no names for. */
static void csl_custom(struct call *call, struct out *out, const struct selected *selected,
                       const struct cited *cited)
{
    const struct figure *figure = &cited->figure;
    out_object(out, "custom");
    out_text(out, "series", selected->info->id);
    out_text(out, "period", cited->period);
    if (figure->known) {
        out_amount(out, "value", figure->value);
        out_amount(out, "precision", figure->precision);
    } else {
        out_null(out, "value");
        out_null(out, "precision");
    }
    out_text(out, "unit", selected->info->unit);
    out_text(out, "status", status_name(figure->known, figure->derived));
    out_boolean(out, "disputed", cited->disputed);
    out_text(out, "as_of", *cited->known_on ? cited->known_on : NULL);
    out_integer(out, "generation", call->state.generation);
    out_array(out, "sources");
    for (size_t i = 0; i < cited->n; i++) {
        const struct source_info *source = &cited->sources[i];
        out_object(out, NULL);
        out_text(out, "id", source->id);
        out_text(out, "publisher", source->publisher);
        out_text(out, "title", source->title);
        out_text(out, "url", source->url);
        out_text(out, "published", source->published);
        out_object_end(out);
    }
    out_array_end(out);
    out_object_end(out);
}

static void write_csl(struct call *call, const struct selected *selected, const struct cited *cited)
{
    struct out out = {.to = call->out->to, .decimals = call->out->decimals};
    struct buffer version = {0};
    buffer_format(&version, "generation %lld", (long long)call->state.generation);
    out_object(&out, NULL);
    out_text(&out, "id", cited->key.bytes);
    out_text(&out, "type", "dataset");
    out_text(&out, "title", cited->title.bytes);
    out_array(&out, "author");
    out_object(&out, NULL);
    out_text(&out, "literal", this_service);
    out_object_end(&out);
    out_array_end(&out);
    out_text(&out, "publisher", this_service);
    if (cited->figure.known)
        csl_date(&out, "issued", cited->figure.released);
    out_text(&out, "version", version.bytes);
    out_text(&out, "URL", cited->address.bytes);
    out_text(&out, "note", cited->note.bytes);
    if (cited->annotation.length > 0)
        out_text(&out, "annote", cited->annotation.bytes);
    csl_custom(call, &out, selected, cited);
    out_object_end(&out);
    buffer_release(&version);
}

bool cite_period(struct call *call, const struct selected *selected, const struct figure *figure)
{
    struct buffer *to = call->out->to;
    bool is_first = selected == call->selected;
    bool is_last = selected == call->selected + call->n_selected - 1;
    struct cited cited = {.figure = *figure};
    if (!find_sources(call, selected, &cited))
        return false;
    period_format(arg(call, PARAM_PERIOD)->period, cited.period);
    find_dates(call, &cited);
    write_names(call, selected, &cited);
    write_title(selected, &cited);
    write_note(call, selected, &cited);
    write_annotation(&cited);
    if (call->format == FORMAT_BIBTEX) {
        buffer_text(to, is_first ? "" : "\n");
        write_bibtex(call, &cited);
    } else {
        buffer_text(to, is_first ? "[\n" : ",\n");
        write_csl(call, selected, &cited);
        buffer_text(to, is_last ? "\n]\n" : "");
    }
    buffer_release(&cited.key);
    buffer_release(&cited.title);
    buffer_release(&cited.address);
    buffer_release(&cited.note);
    buffer_release(&cited.annotation);
    return true;
}
