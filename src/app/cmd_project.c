/* exportstat project: fiscal-year projections of monthly series from a file, without any database. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "exportstat/api/out.h"
#include "exportstat/stats/bes.h"
#include "monthly_file.h"
#include "project_table.h"

enum { LEVELS_MAX = 3, SIGNIFICANT_EXACT = 15 };

/* What is being written. */
struct work {
    const struct config *config;
    struct out out;
    struct project_table table;
    bool is_table;
    bool path;
    int levels[LEVELS_MAX];
    int n_levels;
    char bounds[LEVELS_MAX][2][16]; /* "low_80", "high_80" */
    const char *columns[OUT_COLUMNS_MAX];
};

/* A series and what is said of it. */
struct said {
    const struct monthly_series *series;
    struct projection projection;
    char fiscal_year[PERIOD_TEXT];
    const char *flags[FLAGS];
    size_t n_flags;
};

/* The columns of another level come last: those that are there without it keep their places. */
static void columns_begin(struct work *work)
{
    static const char *const year[] = {"series_id", "fiscal_year", "known_months",
                                       "method",    "total",       NULL};
    static const char *const month[] = {
        "series_id", "fiscal_year", "known_months", "method", "period", "value", NULL};
    const char *const *first = work->path ? month : year;
    size_t n = 0;
    int64_t level = work->config->number[OPTION_LEVEL];
    work->levels[work->n_levels++] = 80;
    work->levels[work->n_levels++] = 95;
    if (work->config->text[OPTION_LEVEL] && level != 80 && level != 95)
        work->levels[work->n_levels++] = (int)level;
    for (; first[n]; n++)
        work->columns[n] = first[n];
    for (int i = 0; i < work->n_levels; i++) {
        snprintf(work->bounds[i][0], sizeof work->bounds[i][0], "low_%d", work->levels[i]);
        snprintf(work->bounds[i][1], sizeof work->bounds[i][1], "high_%d", work->levels[i]);
        if (i == 2)
            work->columns[n++] = "flags";
        work->columns[n++] = work->bounds[i][0];
        work->columns[n++] = work->bounds[i][1];
    }
    if (work->n_levels == 2)
        work->columns[n++] = "flags";
    work->columns[n] = NULL;
}

static void write_spread(struct work *work, const char *name, const struct spread *spread)
{
    struct out *out = &work->out;
    double point = spread_point(spread);
    out->decimals =
        decimals_for(point, spread->kind == SPREAD_EXACT ? SIGNIFICANT_EXACT : ESTIMATE_DIGITS);
    out_real(out, name, point);
    for (int i = 0; i < work->n_levels; i++) {
        struct bounds bounds;
        if (spread_interval(spread, work->levels[i], &bounds)) {
            out_real(out, work->bounds[i][0], bounds.low);
            out_real(out, work->bounds[i][1], bounds.high);
        } else {
            out_null(out, work->bounds[i][0]);
            out_null(out, work->bounds[i][1]);
        }
    }
}

static void write_month(struct out *out, const char *name, int32_t month)
{
    char text[PERIOD_TEXT];
    span_format((struct span){month, month}, FREQUENCY_MONTH, 1, text);
    out_text(out, name, text);
}

static void write_head(struct work *work, const struct said *said)
{
    struct out *out = &work->out;
    if (*said->series->id || out->csv)
        out_text(out, "series_id", said->series->id);
    out_text(out, "fiscal_year", said->fiscal_year);
    out_integer(out, "known_months", said->projection.known_months);
    out_text(out, "method", scenario_names[said->projection.scenario]);
}

/* Months that are not known, as rows of the CSV, or inside the series' object. */
static void write_path(struct work *work, const struct said *said)
{
    struct out *out = &work->out;
    for (int i = 0; i < 12 && said->projection.known; i++) {
        const struct projected_month *month = &said->projection.month[i];
        if (month->known)
            continue;
        if (out->csv) {
            out_row(out);
            write_head(work, said);
            out_names(out, "flags", said->flags, said->n_flags);
        } else {
            out_object(out, NULL);
        }
        write_month(out, "period", said->projection.first + i);
        write_spread(work, "value", &month->spread);
        if (out->csv)
            out_row_end(out);
        else
            out_object_end(out);
    }
}

static void write_outliers(struct out *out, const struct projection *projection)
{
    out_array(out, "outliers");
    for (size_t i = 0; i < projection->n_outliers; i++) {
        const struct projected_outlier *outlier = &projection->outliers[i];
        out_object(out, NULL);
        write_month(out, "period", outlier->month);
        out->decimals = decimals_for(outlier->value, ESTIMATE_DIGITS);
        out_real(out, "value", outlier->value);
        out_real(out, "foretold", outlier->foretold);
        out_real(out, "fitted", outlier->fitted);
        out_object_end(out);
    }
    out_array_end(out);
}

static void write_row(struct work *work, const struct said *said)
{
    struct out *out = &work->out;
    const struct projection *projection = &said->projection;
    struct spread nothing = {.rest = NAN};
    if (out->csv && work->path) {
        write_path(work, said);
        return;
    }
    out_row(out);
    write_head(work, said);
    write_spread(work, "total", projection->known ? &projection->total : &nothing);
    if (!projection->known)
        out_text(out, "missing_reason", missing_names[projection->missing]);
    out_names(out, "flags", said->flags, said->n_flags);
    if (!out->csv) {
        write_outliers(out, projection);
        if (work->path) {
            out_array(out, "months");
            write_path(work, said);
            out_array_end(out);
        }
    }
    out_row_end(out);
}

static void project_series(struct work *work, const struct monthly_file *file,
                           const struct monthly_series *series, struct arena *arena)
{
    const struct config *config = work->config;
    int fy_start = (int)config->number[OPTION_FY_START];
    int32_t origin = file->rows[series->from + series->n - 1].month;
    if (config->text[OPTION_ORIGIN])
        origin = (int32_t)config->number[OPTION_ORIGIN];
    struct said said = {.series = series};
    struct period year = {.frequency = FREQUENCY_FISCAL_YEAR};
    year.year = config->text[OPTION_FY] ? (int32_t)config->number[OPTION_FY]
                                        : fiscal_year_of(origin, fy_start);
    struct span span = period_span(year, fy_start);
    struct project_request request = {
        .months = monthly_months(file, series, origin, arena),
        .first = span.first,
        .scenario = config->text[OPTION_SCENARIO] ? (enum scenario)config->number[OPTION_SCENARIO]
                                                  : SCENARIO_BES,
    };
    said.projection = project(arena, &request);
    span_format(span, FREQUENCY_FISCAL_YEAR, fy_start, said.fiscal_year);
    for (int i = 0; i < FLAGS; i++) {
        if (said.projection.flags & (1U << i))
            said.flags[said.n_flags++] = projection_flag_names[i];
    }
    if (work->is_table)
        project_table_add(&work->table, series->id, said.fiscal_year, &said.projection,
                          work->levels[work->n_levels - 1], work->path);
    else
        write_row(work, &said);
}

static void project_all(struct work *work, const struct monthly_file *file)
{
    struct arena arena = {0};
    struct out *out = &work->out;
    if (!work->is_table) {
        out_object(out, NULL);
        out_text(out, "method_version", BES_VERSION);
        out_rows(out, "projections", work->columns);
    }
    for (size_t i = 0; i < file->n_series; i++) {
        project_series(work, file, &file->series[i], &arena);
        arena_clear(&arena);
    }
    if (!work->is_table) {
        out_rows_end(out);
        out_object_end(out);
        out_end(out);
    }
    arena_release(&arena);
}

static bool file_read(const struct config *config, struct monthly_file *ret, struct error *reterr)
{
    const char *name = config->n_arguments > 0 ? config->arguments[0] : "-";
    if (strcmp(name, "-") == 0)
        return monthly_read(stdin, "standard input", ret, reterr);
    FILE *file = fopen(name, "re");
    if (!file)
        return error_set(reterr, ERROR_INPUT, "%s: %s", name, strerror(errno));
    bool ok = monthly_read(file, name, ret, reterr);
    fclose(file);
    return ok;
}

int run_project(const struct config *config)
{
    struct buffer text = {0};
    struct work work = {.config = config, .out = {.to = &text}};
    struct monthly_file file;
    struct error err;
    int64_t format = isatty(STDOUT_FILENO) ? FORMAT_OPTION_TABLE : FORMAT_OPTION_CSV;
    if (config->text[OPTION_FORMAT])
        format = config->number[OPTION_FORMAT];
    if (!file_read(config, &file, &err))
        return fail(&err);
    work.out.csv = format == FORMAT_OPTION_CSV;
    work.is_table = format == FORMAT_OPTION_TABLE;
    work.path = config->number[OPTION_PATH] != 0;
    columns_begin(&work);
    project_all(&work, &file);
    if (work.is_table)
        project_table_write(&work.table, &text);
    if (text.length > 0)
        fwrite(text.bytes, 1, text.length, stdout);
    out_release(&work.out);
    buffer_release(&text);
    monthly_release(&file);
    return EXIT_SUCCESS;
}
