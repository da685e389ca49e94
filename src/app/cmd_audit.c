/* exportstat audit: claims before the observations, as a table for people, CSV or JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "exportstat/api/audited.h"
#include "exportstat/store/import.h"

enum {
    COLUMN_VERDICT,
    COLUMN_THEN,
    COLUMN_SERIES,
    COLUMN_METRIC,
    COLUMN_PERIOD,
    COLUMN_CLAIMED,
    COLUMN_STEP,
    COLUMN_COMPUTED,
    COLUMN_RANGE,
    COLUMN_SOURCE,
    TABLE_COLUMNS,
};

enum { TABLE_DECIMALS = 2 };

/* What is to be audited, and what came of it. */
struct work {
    const struct config *config;
    struct store *store;
    struct store_state state;
    struct arena arena;
    struct audit_desk desk;
    struct audited_list list;
    struct buffer faults;
    date as_of;
};

static bool claims_load(struct work *work, struct claim_list *ret, struct error *reterr)
{
    struct claim_filter filter = {.as_of = work->as_of, .within = {MONTH_MIN, MONTH_MAX}};
    struct import_file file = {0};
    if (work->config->n_arguments == 0)
        return store_claims(work->store, &work->arena, &filter, ret, reterr);
    file.name = work->config->arguments[0];
    file.file = fopen(file.name, "re");
    if (!file.file)
        return error_set(reterr, ERROR_INPUT, "%s: %s", file.name, strerror(errno));
    bool ok = store_read_claims(work->store, &work->arena, &file, ret, &work->faults, reterr);
    fclose(file.file);
    return ok;
}

/* A claim that was published after the date asked for did not exist then. */
static struct claim_list claims_by(struct arena *arena, struct claim_list claims, date as_of)
{
    struct claim_row *at = ARENA_ARRAY(arena, claims.n, struct claim_row);
    struct claim_list kept = {at, 0};
    for (size_t i = 0; i < claims.n; i++) {
        if (claims.at[i].published_day.day <= as_of.day)
            at[kept.n++] = claims.at[i];
    }
    return kept;
}

static bool audit(struct work *work, struct error *reterr)
{
    const struct config *config = work->config;
    bool some = config->text[OPTION_VERDICT] != NULL;
    struct claim_list claims = {0};
    if (!store_open(config->text[OPTION_DATABASE], STORE_READ, &work->store, reterr) ||
        !store_begin(work->store, &work->state, reterr))
        return false;
    bool ok = claims_load(work, &claims, reterr) &&
              audit_desk_read(work->store, &work->arena, work->as_of, &work->desk, reterr);
    store_end(work->store);
    if (!ok)
        return false;
    claims = claims_by(&work->arena, claims, work->as_of);
    work->list = audit_list(&work->desk, &claims,
                            some ? (enum verdict)config->number[OPTION_VERDICT] : VERDICTS);
    return true;
}

/* The documents of GET /v1/claims. */
static void document_write(struct work *work, bool csv, struct buffer *to)
{
    struct out out = {.to = to, .csv = csv, .decimals = 4};
    int64_t counts[VERDICTS];
    audit_count(&work->list, counts);
    out_object(&out, NULL);
    if (work->as_of.day == DATE_ALL.day)
        out_null(&out, "as_of");
    else
        out_date(&out, "as_of", work->as_of);
    out_integer(&out, "generation", work->state.generation);
    out_integer(&out, "total", (int64_t)work->list.n);
    represent_verdicts(&out, counts);
    out_rows(&out, "claims", audited_columns);
    for (size_t i = 0; i < work->list.n; i++)
        represent_audited(&out, &work->desk, &work->list.at[i]);
    out_rows_end(&out);
    out_object_end(&out);
    out_end(&out);
    out_release(&out);
}

static const char *amount_text(struct arena *arena, amount value)
{
    char text[AMOUNT_TEXT];
    return arena_text(arena, text, amount_format(value, text));
}

static const char *number_text(struct arena *arena, struct ratio value)
{
    char text[AMOUNT_TEXT];
    return arena_text(arena, text, ratio_format(value, TABLE_DECIMALS, text));
}

/* "22.44 to 23.07", rounded outwards; open where there is no bound. */
static const char *range_text(struct arena *arena, const struct range *range)
{
    char low[AMOUNT_TEXT] = "open";
    char high[AMOUNT_TEXT] = "open";
    char text[2 * AMOUNT_TEXT + 8];
    if (!range->open_low)
        ratio_format_down(range->low, TABLE_DECIMALS, low);
    if (!range->open_high)
        ratio_format_up(range->high, TABLE_DECIMALS, high);
    int length = snprintf(text, sizeof text, "%s to %s", low, high);
    return arena_text(arena, text, (size_t)length);
}

/* "is yoy_pct 2025-09": what a mislabelled claim is right of, as far as it is not what the claim says. */
static void reading_write(const struct work *work, const struct audited *audited, struct buffer *to)
{
    const struct reading *reading = &audited->audit.reading;
    const struct series_info *info = work->desk.info[reading->series];
    char period[PERIOD_TEXT];
    span_name(reading->span, info->fiscal_year_start, period);
    buffer_text(to, "is ");
    if (reading->series != audited->claim.series)
        buffer_format(to, "%s ", info->id);
    if (reading->metric != audited->claim.metric && reading->metric != METRIC_LEVEL)
        buffer_format(to, "%s ", metric_names[reading->metric]);
    buffer_text(to, period);
}

/* "no pk-goods-bop 2026-02: not_reported" */
static void missing_write(const struct work *work, const struct computed *computed,
                          struct buffer *to)
{
    char text[PERIOD_TEXT];
    const char *period = missing_period_of(&work->desk, computed, text);
    buffer_format(to, "no %s %s: %s", missing_series_of(&work->desk, computed),
                  period ? period : "then", missing_names[computed->why]);
}

/* What there is to say at the end of a line. */
static const char *remark_text(struct work *work, const struct audited *audited)
{
    struct buffer text = {0};
    if (audited->audit.verdict == VERDICT_MISLABELLED)
        reading_write(work, audited, &text);
    else if (!audited->audit.now.computed.known)
        missing_write(work, &audited->audit.now.computed, &text);
    if (text.length == 0)
        return "";
    const char *kept = arena_text(&work->arena, text.bytes, text.length);
    buffer_release(&text);
    return kept;
}

static void row_texts(struct work *work, const struct audited *audited,
                      const char *ret[static TABLE_COLUMNS])
{
    const struct computed *computed = &audited->audit.now.computed;
    ret[COLUMN_VERDICT] = verdict_names[audited->audit.verdict];
    ret[COLUMN_THEN] = verdict_names[audited->audit.then.verdict];
    ret[COLUMN_SERIES] = audited->row->series;
    ret[COLUMN_METRIC] = audited->row->metric;
    ret[COLUMN_PERIOD] = audited->row->period;
    ret[COLUMN_CLAIMED] = amount_text(&work->arena, audited->row->value);
    ret[COLUMN_STEP] = amount_text(&work->arena, audited->row->precision);
    ret[COLUMN_COMPUTED] = computed->known ? number_text(&work->arena, computed->range.value) : "-";
    ret[COLUMN_RANGE] = computed->known ? range_text(&work->arena, &computed->range) : "";
    ret[COLUMN_SOURCE] = audited->row->source;
}

/* Green is right, yellow wants a look, red is wrong, grey can not be told. */
static const char *color_of(enum verdict verdict)
{
    static const char *const colors[] = {
        [VERDICT_CONFIRMED] = "\033[32m",    [VERDICT_CONSISTENT] = "\033[32m",
        [VERDICT_TRUNCATED] = "\033[33m",    [VERDICT_SUPERSEDED] = "\033[33m",
        [VERDICT_MISLABELLED] = "\033[33m",  [VERDICT_CONTRADICTED] = "\033[31m",
        [VERDICT_UNVERIFIABLE] = "\033[90m",
    };
    return colors[verdict];
}

static void counts_write(const struct work *work, bool colored, struct buffer *to)
{
    int64_t counts[VERDICTS];
    audit_count(&work->list, counts);
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        buffer_format(to, "%s%-12s%s %6lld\n", colored ? color_of(verdict) : "",
                      verdict_names[verdict], colored ? "\033[0m" : "", (long long)counts[verdict]);
    buffer_format(to, "%-12s %6zu\n", "all", work->list.n);
}

/* What printf takes as a width: negative aligns to the left. The last text of a line is not filled up. */
static int cell_width(const int width[static TABLE_COLUMNS], int column, bool is_last)
{
    bool is_number = column == COLUMN_CLAIMED || column == COLUMN_STEP || column == COLUMN_COMPUTED;
    if (is_last)
        return 0;
    return is_number ? width[column] : -width[column];
}

static void line_write(const char *const texts[static TABLE_COLUMNS],
                       const int width[static TABLE_COLUMNS], const char *color, const char *more,
                       struct buffer *to)
{
    for (int i = 0; i < TABLE_COLUMNS; i++) {
        bool is_last = i == TABLE_COLUMNS - 1 && !*more;
        buffer_format(to, "%s%*s%s%s", i == 0 ? color : "", cell_width(width, i, is_last), texts[i],
                      i == 0 && *color ? "\033[0m" : "", is_last ? "" : "  ");
    }
    buffer_format(to, "%s\n", more);
}

static void table_write(struct work *work, bool colored, struct buffer *to)
{
    static const char *const heads[TABLE_COLUMNS] = {
        "verdict", "then", "series",   "metric",        "period",
        "claimed", "step", "computed", "from rounding", "source"};
    const char *(*texts)[TABLE_COLUMNS] = arena_array(&work->arena, work->list.n, sizeof *texts);
    int width[TABLE_COLUMNS];
    for (int k = 0; k < TABLE_COLUMNS; k++)
        width[k] = (int)strlen(heads[k]);
    for (size_t i = 0; i < work->list.n; i++) {
        row_texts(work, &work->list.at[i], texts[i]);
        for (int k = 0; k < TABLE_COLUMNS; k++) {
            int length = (int)strlen(texts[i][k]);
            width[k] = length > width[k] ? length : width[k];
        }
    }
    if (work->list.n > 0)
        line_write(heads, width, "", "", to);
    for (size_t i = 0; i < work->list.n; i++) {
        const struct audited *audited = &work->list.at[i];
        line_write(texts[i], width, colored ? color_of(audited->audit.verdict) : "",
                   remark_text(work, audited), to);
    }
    if (work->list.n > 0)
        buffer_char(to, '\n');
    counts_write(work, colored, to);
}

int run_audit(const struct config *config)
{
    struct work work = {.config = config, .as_of = DATE_ALL};
    struct buffer text = {0};
    struct error err;
    bool watched = isatty(STDOUT_FILENO) != 0;
    int64_t format = watched ? FORMAT_OPTION_TABLE : FORMAT_OPTION_CSV;
    if (config->text[OPTION_FORMAT])
        format = config->number[OPTION_FORMAT];
    if (config->text[OPTION_AS_OF])
        work.as_of.day = (int32_t)config->number[OPTION_AS_OF];
    bool ok = audit(&work, &err);
    if (ok && format == FORMAT_OPTION_TABLE)
        table_write(&work, watched && !getenv("NO_COLOR"), &text);
    else if (ok)
        document_write(&work, format == FORMAT_OPTION_CSV, &text);
    if (ok)
        fwrite(text.bytes, 1, text.length, stdout);
    else if (work.faults.length > 0)
        fputs(work.faults.bytes, stderr);
    store_close(work.store);
    arena_release(&work.arena);
    buffer_release(&work.faults);
    buffer_release(&text);
    return ok ? EXIT_SUCCESS : fail(&err);
}
