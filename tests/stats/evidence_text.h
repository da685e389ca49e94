/* Evidence written as text, for tests and for the programs that print what was resolved.
 *
 * One line for each report or ruling, in any order:
 *
 *   PERIOD VALUE PRECISION DATE AUTHORITY SOURCE[@PUBLISHER]
 *   accept PERIOD VALUE PRECISION DATE
 *   reject PERIOD VALUE PRECISION DATE
 *
 * Where no publisher is named it is the part of the source before a slash: "a/1" and "a/2" are of
 * "a". */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exportstat/stats/resolve.h"

struct store {
    struct arena arena;
    struct evidence evidence;
    struct resolved resolved;
};

static inline void line_refuse(const char *line)
{
    fprintf(stderr, "not a line of evidence: %.*s\n", (int)strcspn(line, "\n"), line);
    abort();
}

static inline struct span span_read(const char *text, int start)
{
    struct period period;
    if (!period_parse(text, strlen(text), &period))
        line_refuse(text);
    return period_span(period, start);
}

static inline date date_read(const char *text)
{
    date when;
    if (!date_parse(text, strlen(text), &when))
        line_refuse(text);
    return when;
}

static inline amount amount_read(const char *text)
{
    const char *reason;
    amount value;
    if (!amount_parse(text, strlen(text), &value, &reason))
        line_refuse(text);
    return value;
}

static inline bool report_read(struct arena *arena, const char *line, int start, struct report *ret)
{
    char period[32], value[32], precision[32], when[16], source[128];
    int authority;
    const char *publisher;
    if (sscanf(line, "%31s %31s %31s %15s %d %127s", period, value, precision, when, &authority,
               source) != 6)
        return false;
    publisher = strchr(source, '@');
    *ret = (struct report){
        .span = span_read(period, start),
        .value = amount_read(value),
        .precision = amount_read(precision),
        .published = date_read(when),
        .authority = (enum authority)authority,
        .source = arena_text(arena, source, strcspn(source, "@")),
        .publisher = publisher ? arena_text(arena, publisher + 1, strlen(publisher + 1))
                               : arena_text(arena, source, strcspn(source, "/")),
    };
    return true;
}

static inline bool ruling_read(const char *line, int start, struct ruling *ret)
{
    char decision[8], period[32], value[32], precision[32], when[16];
    if (sscanf(line, "%7s %31s %31s %31s %15s", decision, period, value, precision, when) != 5)
        return false;
    *ret = (struct ruling){
        .span = span_read(period, start),
        .accept = strcmp(decision, "accept") == 0,
        .value = amount_read(value),
        .precision = amount_read(precision),
        .ruled = date_read(when),
        .reason = "",
    };
    return true;
}

static inline int span_order(struct span a, struct span b)
{
    if (a.first != b.first)
        return a.first < b.first ? -1 : 1;
    return (a.last > b.last) - (a.last < b.last);
}

static inline int report_order(const void *a, const void *b)
{
    const struct report *left = a;
    const struct report *right = b;
    int order = span_order(left->span, right->span);
    if (order == 0)
        order = (left->published.day > right->published.day) -
                (left->published.day < right->published.day);
    return order != 0 ? order : strcmp(left->source, right->source);
}

static inline int ruling_order(const void *a, const void *b)
{
    const struct ruling *left = a;
    const struct ruling *right = b;
    int order = span_order(left->span, right->span);
    if (order == 0)
        order = (left->ruled.day > right->ruled.day) - (left->ruled.day < right->ruled.day);
    return order != 0 ? order : (left->value > right->value) - (left->value < right->value);
}

/* Reads the lines, puts them in the order that `resolve` wants, and resolves them. */
static inline void store_read(struct store *store, const char *text, int fiscal_year_start)
{
    size_t lines = 1;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    struct report *reports = ARENA_ARRAY(&store->arena, lines, struct report);
    struct ruling *rulings = ARENA_ARRAY(&store->arena, lines, struct ruling);
    struct evidence evidence = {reports, 0, rulings, 0};
    while (*text) {
        bool ruling = strncmp(text, "accept ", 7) == 0 || strncmp(text, "reject ", 7) == 0;
        if (ruling ? !ruling_read(text, fiscal_year_start, &rulings[evidence.n_rulings++])
                   : !report_read(&store->arena, text, fiscal_year_start,
                                  &reports[evidence.n_reports++]))
            line_refuse(text);
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    qsort(reports, evidence.n_reports, sizeof *reports, report_order);
    qsort(rulings, evidence.n_rulings, sizeof *rulings, ruling_order);
    store->evidence = evidence;
    store->resolved = resolve(&store->arena, evidence, fiscal_year_start, true);
}

static inline void store_release(struct store *store)
{
    arena_release(&store->arena);
    *store = (struct store){0};
}
