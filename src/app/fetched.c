#include "fetched.h"

#include <stdio.h>
#include <string.h>

#include "exportstat/fetch/easydata.h"

enum { SOURCES_OF_DAY_MAX = 99 }; /* as two digits tell */

static const char source_prefix[] = "easydata-";

/* What EasyData had said of a month by a day, or NULL. Reports stand by month, then by date. */
static const struct report *report_last(const struct evidence *evidence, int32_t month, date by)
{
    const struct report *last = NULL;
    for (size_t i = 0; i < evidence->n_reports; i++) {
        const struct report *report = &evidence->reports[i];
        if (report->span.first == month && report->span.last == month &&
            report->published.day <= by.day &&
            strncmp(report->source, source_prefix, strlen(source_prefix)) == 0)
            last = report;
    }
    return last;
}

/* An id that no source has yet: what was fetched earlier on the same day stays as it was. Those of one day are in the
 * order of their ids. */
static bool source_name(struct fetched *fetched, const char *series, struct buffer *ret,
                        struct error *reterr)
{
    struct source_info found;
    char day[DATE_TEXT];
    date_format(fetched->answered, day);
    buffer_format(ret, "%s%s-%s", source_prefix, series, day);
    size_t length = ret->length;
    for (int n = 2; n <= SOURCES_OF_DAY_MAX + 1; n++) {
        struct error err;
        if (!store_source(fetched->store, &fetched->arena, ret->bytes, &found, &err))
            return err.kind == ERROR_NOT_FOUND || error_set(reterr, err.kind, "%s", err.detail);
        ret->length = length;
        buffer_format(ret, "-%02d", n);
    }
    return error_set(reterr, ERROR_INPUT, "%s was fetched too often on %s", series, day);
}

static void field(struct buffer *to, const char *text, char end)
{
    buffer_csv(to, text, strlen(text));
    buffer_char(to, end);
}

static void source_add(struct fetched *fetched, const struct subject *subject,
                       const struct easydata *data, const char *source)
{
    struct buffer *to = &fetched->sources;
    struct buffer url = {0};
    char day[DATE_TEXT];
    date_format(fetched->answered, day);
    if (to->length == 0)
        buffer_text(to, "source_id,publisher,title,url,published,date_basis,kind,authority\n");
    if (subject->key)
        buffer_format(&url, "%s/series/%s/data", fetched->config->text[OPTION_API], subject->key);
    else
        buffer_text(&url, fetched->config->text[OPTION_API]);
    field(to, source, ',');
    field(to, "State Bank of Pakistan EasyData", ',');
    field(to, *data->name ? data->name : subject->series, ',');
    field(to, url.bytes, ',');
    field(to, day, ',');
    buffer_text(to, "inferred,official,3\n");
    buffer_release(&url);
}

static void report_add(struct fetched *fetched, const char *series, const char *source,
                       const struct easydata_row *row)
{
    struct buffer *to = &fetched->reports;
    char number[AMOUNT_TEXT];
    if (to->length == 0)
        buffer_text(to, "series_id,period,value,precision,source_id,note\n");
    buffer_format(to, "%s,%04d-%02d,", series, row->month / 12, row->month % 12 + 1);
    buffer_add(to, number, amount_format(row->value, number));
    buffer_char(to, ',');
    buffer_add(to, number, amount_format(row->precision, number));
    buffer_format(to, ",%s,", source);
    field(to, row->note, '\n');
}

static bool check_unit(const struct fetched *fetched, const struct series_info *info,
                       const struct easydata *data, struct error *reterr)
{
    const char *expected = fetched->config->text[OPTION_UNIT];
    bool is_same =
        expected ? strcmp(expected, data->unit) == 0 : easydata_unit_is(info->unit, data->unit);
    return data->n == 0 || is_same ||
           error_set(
               reterr, ERROR_INPUT,
               "%s is in %s, the answer in '%.60s': nothing is converted. If that is the same by "
               "another name, --unit '%.60s' says so",
               info->id, info->unit, data->unit, data->unit);
}

bool fetched_add(struct fetched *fetched, const struct subject *subject, struct error *reterr)
{
    struct series_info info;
    struct evidence evidence;
    struct easydata data;
    struct buffer source = {0};
    size_t n_new = 0;
    size_t n_revised = 0;
    if (!easydata_read(&fetched->arena, subject->answer.bytes ? subject->answer.bytes : "",
                       subject->answer.length, subject->key, fetched->answered, &data, reterr) ||
        !store_series(fetched->store, &fetched->arena, subject->series, &info, reterr) ||
        !check_unit(fetched, &info, &data, reterr) ||
        !store_evidence(fetched->store, &fetched->arena, &info, &evidence, reterr) ||
        !source_name(fetched, subject->series, &source, reterr)) {
        buffer_release(&source);
        return error_prefix(reterr, "%s", subject->series);
    }
    for (size_t i = 0; i < data.n; i++) {
        const struct report *last = report_last(&evidence, data.rows[i].month, fetched->answered);
        /* The same with another number of zeros at its end is the same. */
        if (last && last->value == data.rows[i].value)
            continue;
        if (n_new + n_revised == 0)
            source_add(fetched, subject, &data, source.bytes);
        n_new += !last;
        n_revised += last != NULL;
        report_add(fetched, subject->series, source.bytes, &data.rows[i]);
    }
    fprintf(stderr, "exportstat: %s: %zu months, %zu new, %zu revised, %zu without a value\n",
            subject->series, data.n + data.n_missing, n_new, n_revised, data.n_missing);
    buffer_release(&source);
    return true;
}
