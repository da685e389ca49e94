#include "sent.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const field_names[] = {"series",    "metric", "period",    "value",
                                          "precision", "unit",   "published", NULL};

enum { PLACE_TEXT = sizeof((struct invalid *)0)->name };

/* "claims[3].period" */
static void place_of(const struct sent *sent, const char *field, char text[static PLACE_TEXT])
{
    snprintf(text, PLACE_TEXT, "%s%s%s", sent->within, *sent->within && *field ? "." : "", field);
    utf8_trim(text);
}

/* Notes what is wrong with a field, by its place. */
static bool fault(struct sent_reader *reader, const struct sent *sent, const char *field,
                  const char *suggestion, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static bool fault(struct sent_reader *reader, const struct sent *sent, const char *field,
                  const char *suggestion, const char *format, ...)
{
    char place[PLACE_TEXT];
    char reason[sizeof((struct invalid *)0)->reason];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    place_of(sent, field, place);
    return problem_invalid(reader->call->problem, place, suggestion, "%s", reason);
}

static bool read_member(struct sent_reader *reader, struct sent *sent, const char *name,
                        json_t *value)
{
    int field = 0;
    while (field < FIELDS && strcmp(field_names[field], name) != 0)
        field++;
    if (field == FIELDS) {
        body_pass(&reader->body, value);
        return fault(
            reader, sent, name, nearest_name(name, field_names),
            "unknown; there are: series, metric, period, value, precision, unit, published");
    }
    bool is_number = field == FIELD_VALUE || field == FIELD_PRECISION;
    sent->has[field] = true;
    sent->text[field] = body_text(&reader->body, value, is_number);
    return sent->text[field] ||
           fault(reader, sent, name, NULL,
                 is_number ? "expected a number, or a text that is one" : "expected a text");
}

/* Takes the fields out of the object. */
static bool read_fields(struct sent_reader *reader, struct sent *sent, json_t *value)
{
    bool ok = true;
    if (!json_is_object(value)) {
        body_pass(&reader->body, value);
        return fault(reader, sent, "", NULL, "expected an object with the fields of a claim");
    }
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at))
        ok = read_member(reader, sent, json_object_iter_key(at), json_object_iter_value(at)) && ok;
    return ok;
}

/* Whether a field that there has to be is there to be looked at. */
static bool is_there(struct sent_reader *reader, const struct sent *sent, enum sent_field field)
{
    if (!sent->has[field])
        fault(reader, sent, field_names[field], NULL, "is missing");
    return sent->text[field] != NULL;
}

static bool find_series(struct sent_reader *reader, struct sent *sent)
{
    const struct audit_desk *desk = &reader->desk;
    const char *id = sent->text[FIELD_SERIES];
    size_t *place_found = &sent->claim.series;
    if (sent->has[FIELD_SERIES] && !id)
        return false;
    if (id && audit_desk_find(desk, id, place_found))
        return true;
    const char **ids = ARENA_ARRAY(reader->call->arena, desk->n + 1, const char *);
    for (*place_found = 0; *place_found < desk->n; ++*place_found) {
        ids[*place_found] = desk->info[*place_found]->id;
        if (!id && desk->info[*place_found]->is_default)
            return true;
    }
    if (!id)
        return fault(reader, sent, "series", NULL, "is missing: the store has no default series");
    return fault(reader, sent, "series", nearest_name(id, ids), "there is no such series");
}

static bool find_metric(struct sent_reader *reader, struct sent *sent)
{
    const char *name = sent->text[FIELD_METRIC];
    if (!is_there(reader, sent, FIELD_METRIC))
        return false;
    sent->claim.metric = metric_find(name);
    if (sent->claim.metric < METRICS)
        return true;
    struct buffer all = {0};
    for (enum metric metric = 0; metric < METRICS; metric++)
        buffer_format(&all, "%s%s", metric > 0 ? ", " : "", metric_names[metric]);
    fault(reader, sent, "metric", nearest_name(name, metric_names), "expected one of: %s",
          all.bytes);
    buffer_release(&all);
    return false;
}

/* A period of which nothing is known can not be what a claim is about, but for a year that is to come: that one has
 * targets and projections. */
static bool find_period(struct sent_reader *reader, struct sent *sent)
{
    const struct series_info *info = reader->desk.info[sent->claim.series];
    const struct view *view = desk_view(&reader->desk.desk, sent->claim.series);
    char first[PERIOD_TEXT];
    char last[PERIOD_TEXT];
    sent->claim.span = period_span(sent->period, info->fiscal_year_start);
    if (metric_is_outcome(sent->claim.metric) || figure_of(view, sent->claim.span).own.known ||
        (view->n > 0 && sent->claim.span.last >= view->first &&
         sent->claim.span.first <= view_last(view)))
        return true;
    if (view->n == 0)
        return fault(reader, sent, "period", NULL, "nothing is known of '%s' then", info->id);
    span_name((struct span){view->first, view->first}, 1, first);
    span_name((struct span){view_last(view), view_last(view)}, 1, last);
    return fault(reader, sent, "period", NULL, "lies outside of what is known of '%s': %s to %s",
                 info->id, first, last);
}

static bool read_period(struct sent_reader *reader, struct sent *sent)
{
    const char *text = sent->text[FIELD_PERIOD];
    if (!is_there(reader, sent, FIELD_PERIOD))
        return false;
    return period_parse(text, strlen(text), &sent->period) ||
           fault(reader, sent, "period", NULL,
                 "expected a period of the years 1900 to 2199 such as 2025-12, 2025-Q4, 2025, "
                 "FY2026, FY2026-Q2, FY2026-H1 or 2025-07/2025-12; a range has 2 to 1200 months");
}

static bool read_amount(struct sent_reader *reader, struct sent *sent, enum sent_field field,
                        amount *ret)
{
    const char *text = sent->text[field];
    const char *reason;
    return amount_parse(text, strlen(text), ret, &reason) ||
           fault(reader, sent, field_names[field], NULL, "%s", reason);
}

/* One unit of the last decimal that a number is written with. */
static amount last_decimal(const char *text)
{
    const char *point = strchr(text, '.');
    amount step = AMOUNT_SCALE;
    for (size_t i = 1; point && point[i]; i++)
        step /= 10;
    return step;
}

static bool read_value(struct sent_reader *reader, struct sent *sent)
{
    struct claim *claim = &sent->claim;
    if (!is_there(reader, sent, FIELD_VALUE) ||
        !read_amount(reader, sent, FIELD_VALUE, &claim->value))
        return false;
    if (!sent->has[FIELD_PRECISION]) {
        claim->precision = last_decimal(sent->text[FIELD_VALUE]);
        return true;
    }
    if (!sent->text[FIELD_PRECISION] ||
        !read_amount(reader, sent, FIELD_PRECISION, &claim->precision))
        return false;
    const char *reason = claim_refuses_precision(claim->value, claim->precision);
    return !reason || fault(reader, sent, "precision", NULL, "%s", reason);
}

static bool check_unit(struct sent_reader *reader, struct sent *sent)
{
    const char *unit = sent->text[FIELD_UNIT];
    const char *of_series = reader->desk.info[sent->claim.series]->unit;
    char reason[UNIT_REASON];
    metric_unit(sent->claim.metric, of_series, sent->unit);
    return !unit || metric_takes_unit(sent->claim.metric, of_series, unit, reason) ||
           fault(reader, sent, "unit", sent->unit, "%s", reason);
}

/* Without a date, a claim is judged by what is known now alone. */
static bool read_published(struct sent_reader *reader, struct sent *sent)
{
    const char *text = sent->text[FIELD_PUBLISHED];
    sent->claim.published = call_as_of(reader->call);
    sent->claim.is_undated = true;
    if (!text)
        return !sent->has[FIELD_PUBLISHED];
    if (!date_parse(text, strlen(text), &sent->claim.published))
        return fault(reader, sent, "published", NULL,
                     "expected an existing day such as 2025-12-31, or a month such as 2025-12, of "
                     "the years 1900 to 2199");
    sent->claim.is_undated = false;
    return sent->claim.published.day <= call_as_of(reader->call).day ||
           fault(reader, sent, "published", NULL, "is after the date asked for by as_of");
}

/* Whether the metric can be of such a period, and have such a value. */
static bool check_sense(struct sent_reader *reader, struct sent *sent, bool has_period,
                        bool has_value)
{
    const struct claim *claim = &sent->claim;
    int start = reader->desk.info[claim->series]->fiscal_year_start;
    const char *period =
        has_period ? metric_refuses_period(claim->metric, claim->span, start) : NULL;
    const char *value = has_value ? metric_refuses_value(claim->metric, claim->value) : NULL;
    bool ok = !period || fault(reader, sent, "period", NULL, "%s", period);
    return (!value || fault(reader, sent, "value", NULL, "%s", value)) && ok;
}

/* Works out what the fields mean. */
static bool understand(struct sent_reader *reader, struct sent *sent)
{
    bool has_series = find_series(reader, sent);
    bool has_metric = find_metric(reader, sent);
    bool ok = has_series && has_metric && check_unit(reader, sent);
    bool has_period = read_period(reader, sent) && has_series && find_period(reader, sent);
    bool has_value = read_value(reader, sent);
    ok = ok && has_period && has_value;
    if (has_series && has_metric)
        ok = check_sense(reader, sent, has_period, has_value) && ok;
    return read_published(reader, sent) && ok;
}

/* Puts the faults from `start` on in the order of the fields in the body; what is missing there comes last. */
static void faults_in_order(struct sent_reader *reader, const struct sent *sent, json_t *value,
                            size_t start)
{
    struct problem *problem = reader->call->problem;
    struct invalid *invalid = problem->invalid;
    char place[PLACE_TEXT];
    void *at = json_object_iter(value);
    for (; at && start + 1 < problem->n_invalid; at = json_object_iter_next(value, at)) {
        place_of(sent, json_object_iter_key(at), place);
        for (size_t i = start; i < problem->n_invalid; i++) {
            if (strcmp(invalid[i].name, place) != 0)
                continue;
            struct invalid moved = invalid[i];
            memmove(&invalid[start + 1], &invalid[start], (i - start) * sizeof *invalid);
            invalid[start++] = moved;
        }
    }
}

bool sent_read(struct sent_reader *reader, struct sent *sent, json_t *value)
{
    size_t start = reader->call->problem->n_invalid;
    bool ok = read_fields(reader, sent, value);
    if (json_is_object(value))
        ok = understand(reader, sent) && ok;
    if (!ok)
        faults_in_order(reader, sent, value, start);
    return ok;
}
