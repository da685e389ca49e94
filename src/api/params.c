#include "exportstat/api/params.h"

#include <stdio.h>
#include <string.h>

#include "exportstat/stats/audit.h"
#include "exportstat/stats/changes.h"
#include "exportstat/stats/growth.h"
#include "exportstat/stats/project.h"
#include "exportstat/stats/quality.h"
#include "exportstat/store/store.h"

static const char *const release_names[] = {"latest", "first", NULL};
static const char *const order_names[] = {"asc", "desc", NULL};
static const char *const boolean_names[] = {"false", "true", NULL};
static const char *const size_names[] = {"small", "medium", "large", NULL};
static const char *const theme_names[] = {"auto", "light", "dark", NULL};
static const char *const row_format_names[] = {"json", "csv", NULL};
static const char *const feed_format_names[] = {"json", "csv", "atom", NULL};
static const char *const cited_format_names[] = {"json", "csv", "bibtex", "csl-json", NULL};
const char *const format_names[] = {"json", "csv", "atom", "bibtex", "csl-json", NULL};

#define PAGE_LIMITS .type = TYPE_NUMBER, .min = 1, .max = ROWS_MAX

const struct param_info params[PARAMS] = {
    [PARAM_PERIOD] = {"period", TYPE_PERIOD, .in_path = true},
    [PARAM_SERIES_ID] = {"series", TYPE_ID, .in_path = true, .max = 64},
    [PARAM_SOURCE_ID] = {"source", TYPE_ID, .in_path = true, .max = 64},
    [PARAM_CLAIM_ID] = {"claim", TYPE_TEXT, .in_path = true, .max = CLAIM_ID_MAX},
    [PARAM_IMPORT_ID] = {"import", TYPE_NUMBER, .in_path = true, .min = 1, .max = GENERATION_MAX},
    [PARAM_SERIES] = {"series", TYPE_IDS, .max = SERIES_MAX},
    [PARAM_SERIES_FILTER] = {"series", TYPE_ID, .max = 64},
    [PARAM_WORDS] = {"q", TYPE_TEXT, .max = 200},
    [PARAM_OF] = {"of", TYPE_IDS, .max = SERIES_MAX},
    [PARAM_SOURCE] = {"source", TYPE_ID, .max = 64},
    [PARAM_PERIOD_FILTER] = {"period", TYPE_PERIOD},
    [PARAM_PUBLISHER] = {"publisher", TYPE_TEXT, .max = 100},
    [PARAM_AUTHORITY] = {"authority", TYPE_NUMBER, .min = 1, .max = 3},
    [PARAM_KIND] = {"kind", TYPE_CHOICE, .choices = finding_names},
    [PARAM_CHANGE] = {"kind", TYPE_CHOICE, .choices = change_kind_names},
    [PARAM_SINCE] = {"since", TYPE_SINCE, .min = 1, .max = GENERATION_MAX},
    [PARAM_VERDICT] = {"verdict", TYPE_CHOICE, .choices = verdict_names},
    [PARAM_METRIC] = {"metric", TYPE_CHOICE, .choices = metric_names},
    [PARAM_BASIS] = {"basis", TYPE_CHOICE, .choices = growth_basis_names, .standard = "yoy"},
    [PARAM_FY] = {"fy", TYPE_FISCAL_YEAR},
    [PARAM_TARGET] = {"target", TYPE_AMOUNT},
    [PARAM_LEVEL] = {"level", TYPE_NUMBER, .min = 50, .max = 99},
    [PARAM_METHOD] = {"method", TYPE_CHOICE, .choices = scenario_names, .standard = "bes"},
    [PARAM_THRESHOLD] = {"threshold", TYPE_AMOUNTS, .max = THRESHOLDS_MAX},
    [PARAM_FROM] = {"from", TYPE_PERIOD},
    [PARAM_TO] = {"to", TYPE_PERIOD},
    [PARAM_LAST] = {"last", PAGE_LIMITS},
    [PARAM_FREQUENCY] = {"frequency", TYPE_CHOICE, .choices = frequency_names, .standard = "month"},
    [PARAM_TRANSFORM] = {"transform", TYPE_CHOICE, .choices = transform_names,
                         .synonyms = transform_codes, .standard = "level"},
    [PARAM_AS_OF] = {"as_of", TYPE_DATE},
    [PARAM_RELEASE] = {"release", TYPE_CHOICE, .choices = release_names, .standard = "latest"},
    [PARAM_ORDER] = {"order", TYPE_CHOICE, .choices = order_names, .standard = "asc"},
    [PARAM_FEED_ORDER] = {"order", TYPE_CHOICE, .choices = order_names},
    [PARAM_LIMIT] = {"limit", PAGE_LIMITS},
    [PARAM_PAGE] = {"limit", PAGE_LIMITS, .standard = "100"},
    [PARAM_AFTER_PERIOD] = {"after", TYPE_PERIOD},
    [PARAM_AFTER] = {"after", TYPE_TEXT, .max = 200},
    [PARAM_DECIMALS] = {"decimals", TYPE_NUMBER, .min = 0, .max = DECIMALS_MAX, .standard = "4"},
    [PARAM_EXPLAIN] = {"explain", TYPE_CHOICE, .choices = boolean_names, .standard = "false"},
    [PARAM_DRY_RUN] = {"dry_run", TYPE_CHOICE, .choices = boolean_names, .standard = "false"},
    [PARAM_SIZE] = {"size", TYPE_CHOICE, .choices = size_names, .standard = "medium"},
    [PARAM_THEME] = {"theme", TYPE_CHOICE, .choices = theme_names, .standard = "auto"},
    [PARAM_FORMAT] = {"format", TYPE_CHOICE, .choices = row_format_names},
    [PARAM_FEED_FORMAT] = {"format", TYPE_CHOICE, .choices = feed_format_names},
    [PARAM_CITED_FORMAT] = {"format", TYPE_CHOICE, .choices = cited_format_names},
};

static bool read_choice(const struct param_info *param, const char *text, struct arg *ret,
                        struct problem *problem)
{
    for (int64_t i = 0; param->choices[i]; i++) {
        if (strcmp(text, param->choices[i]) == 0 ||
            (param->synonyms && strcmp(text, param->synonyms[i]) == 0)) {
            ret->number = i;
            return true;
        }
    }
    struct buffer all = {0};
    for (size_t i = 0; param->choices[i]; i++)
        buffer_format(&all, "%s%s", i > 0 ? ", " : "", param->choices[i]);
    problem_invalid(problem, param->name, nearest_name(text, param->choices), "expected one of: %s",
                    all.bytes);
    buffer_release(&all);
    return false;
}

static bool read_period(const struct param_info *param, const char *text, size_t length,
                        struct arg *ret, struct problem *problem)
{
    bool ok = period_parse(text, length, &ret->period);
    if (param->type == TYPE_FISCAL_YEAR) {
        return (ok && ret->period.frequency == FREQUENCY_FISCAL_YEAR) ||
               problem_invalid(problem, param->name, NULL, "expected a fiscal year such as FY2026");
    }
    return ok || problem_invalid(problem, param->name, NULL,
                                 "expected a period of the years 1900 to 2199 such as 2025-12, "
                                 "2025-Q4, 2025, FY2026, FY2026-Q2, FY2026-H1 or 2025-07/2025-12; "
                                 "a range has 2 to 1200 months");
}

/* How many items a list has, separated by commas. */
static size_t items_of(const char *text)
{
    size_t n = 1;
    for (; *text; text++)
        n += *text == ',';
    return n;
}

static bool read_ids(struct arena *arena, const struct param_info *param, const char *text,
                     struct arg *ret, struct problem *problem)
{
    size_t n = items_of(text);
    const char **ids = ARENA_ARRAY(arena, n, const char *);
    if (n > (size_t)param->max)
        return problem_invalid(problem, param->name, NULL, "at most %d series", (int)param->max);
    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(text, ",");
        if (!identifier_valid(text, length, 64))
            return problem_invalid(problem, param->name, NULL,
                                   "expected series ids, of a-z, 0-9 and '-', separated by commas");
        ids[i] = arena_text(arena, text, length);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(ids[k], ids[i]) == 0)
                return problem_invalid(problem, param->name, NULL, "'%s' stands twice", ids[i]);
        }
        text += length + 1;
    }
    ret->texts = ids;
    ret->n = n;
    return true;
}

static bool read_amounts(struct arena *arena, const struct param_info *param, const char *text,
                         struct arg *ret, struct problem *problem)
{
    size_t n = items_of(text);
    size_t most = param->type == TYPE_AMOUNT ? 1 : (size_t)param->max;
    amount *amounts = ARENA_ARRAY(arena, n, amount);
    const char *reason;
    if (n > most)
        return problem_invalid(problem, param->name, NULL, "at most %zu number%s", most,
                               most == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(text, ",");
        if (!amount_parse(text, length, &amounts[i], &reason))
            return problem_invalid(problem, param->name, NULL, "%s", reason);
        text += length + 1;
    }
    ret->amounts = amounts;
    ret->n = n;
    return true;
}

static bool read_number(const struct param_info *param, const char *text, size_t length,
                        struct arg *ret, struct problem *problem)
{
    return number_parse(text, length, param->min, param->max, &ret->number) ||
           problem_invalid(problem, param->name, NULL, "expected a whole number from %lld to %lld",
                           (long long)param->min, (long long)param->max);
}

/* Of digits alone it is a generation: a year is no date. */
static bool read_since(const struct param_info *param, const char *text, size_t length,
                       struct arg *ret, struct problem *problem)
{
    if (length > 0 && strspn(text, "0123456789") == length)
        return read_number(param, text, length, ret, problem);
    return date_parse(text, length, &ret->day) ||
           problem_invalid(problem, param->name, NULL,
                           "expected a generation such as 7, or a date: an existing day such as "
                           "2025-12-31, or a month such as 2025-12 meaning its last day, of the "
                           "years 1900 to 2199");
}

bool param_read(struct arena *arena, enum param which, const char *text, size_t length,
                struct arg *ret, struct problem *problem)
{
    const struct param_info *param = &params[which];
    struct arg arg = {.given = true, .text = arena_text(arena, text, length)};
    bool ok = false;
    switch (param->type) {
    case TYPE_PERIOD:
    case TYPE_FISCAL_YEAR:
        ok = read_period(param, text, length, &arg, problem);
        break;
    case TYPE_DATE:
        ok = date_parse(text, length, &arg.day) ||
             problem_invalid(problem, param->name, NULL,
                             "expected an existing day such as 2025-12-31, or a month such as "
                             "2025-12 meaning its last day, of the years 1900 to 2199");
        break;
    case TYPE_SINCE:
        ok = read_since(param, arg.text, length, &arg, problem);
        break;
    case TYPE_NUMBER:
        ok = read_number(param, text, length, &arg, problem);
        break;
    case TYPE_AMOUNT:
    case TYPE_AMOUNTS:
        ok = read_amounts(arena, param, arg.text, &arg, problem);
        break;
    case TYPE_ID:
        ok = identifier_valid(text, length, (size_t)param->max) ||
             problem_invalid(problem, param->name, NULL, "expected 1 to 64 of a-z, 0-9 and '-'");
        break;
    case TYPE_IDS:
        ok = read_ids(arena, param, arg.text, &arg, problem);
        break;
    case TYPE_TEXT:
        ok = (length > 0 && length <= (size_t)param->max) ||
             problem_invalid(problem, param->name, NULL, "expected 1 to %d bytes", (int)param->max);
        break;
    case TYPE_CHOICE:
        ok = read_choice(param, arg.text, &arg, problem);
        break;
    }
    if (ok)
        *ret = arg;
    return ok;
}

static bool unknown(const enum param *taken, const char *name, struct problem *problem)
{
    const char *names[PARAM_LIST_MAX + 1];
    struct buffer all = {0};
    size_t n = 0;
    bool is_dated = false;
    for (; *taken != PARAMS; taken++) {
        if (params[*taken].in_path)
            continue;
        is_dated |= *taken == PARAM_AS_OF;
        buffer_format(&all, "%s%s", n > 0 ? ", " : "", params[*taken].name);
        names[n++] = params[*taken].name;
    }
    names[n] = NULL;
    if (n == 0)
        problem_invalid(problem, name, NULL, "there are no parameters here");
    else if (is_dated && strcmp(name, params[PARAM_RELEASE].name) == 0)
        problem_invalid(problem, name, NULL,
                        "chooses among the values that a period has had; here stands all that was "
                        "said, first and later, and `as_of` leaves out what came after a date");
    else
        problem_invalid(problem, name, nearest_name(name, names), "unknown; there are: %s",
                        all.bytes);
    buffer_release(&all);
    return false;
}

static bool read_pair(struct arena *arena, const enum param *taken, const struct query_pair *pair,
                      struct args *args, struct problem *problem)
{
    char *name = arena_take(arena, pair->name_length + 1);
    char *value = arena_take(arena, pair->value_length + 1);
    size_t name_length;
    size_t length = 0;
    if (!percent_decode(pair->name, pair->name_length, true, name, &name_length))
        return problem_invalid(problem, "?", NULL,
                               "a parameter's name is not valid percent-encoded UTF-8");
    name[name_length] = '\0';
    const enum param *at = taken;
    while (*at != PARAMS && (params[*at].in_path || strcmp(params[*at].name, name) != 0))
        at++;
    if (*at == PARAMS)
        return unknown(taken, name, problem);
    struct arg *arg = &args->v[*at];
    if (arg->given)
        return problem_invalid(problem, name, NULL, "stands more than once");
    arg->given = true; /* also where it is faulty: a second one is a repetition */
    if (!pair->value || !percent_decode(pair->value, pair->value_length, true, value, &length))
        return problem_invalid(problem, name, NULL,
                               pair->value ? "is not valid percent-encoded UTF-8" : "has no value");
    return param_read(arena, *at, value, length, arg, problem);
}

bool params_read(struct arena *arena, const enum param *taken, const struct query_pair *pairs,
                 size_t n, struct args *args, struct problem *problem)
{
    bool ok = true;
    if (n > QUERY_PAIRS_MAX)
        return problem_set(problem, PROBLEM_BAD_REQUEST, "More than %d parameters",
                           QUERY_PAIRS_MAX);
    for (size_t i = 0; i < n; i++)
        ok &= read_pair(arena, taken, &pairs[i], args, problem);
    for (; *taken != PARAMS; taken++) {
        const char *standard = params[*taken].standard;
        if (standard && !args->v[*taken].given)
            param_read(arena, *taken, standard, strlen(standard), &args->v[*taken], problem);
    }
    return ok;
}

/* The canonical text of an argument. */
static void arg_write(struct buffer *to, enum param which, const struct arg *arg)
{
    char text[AMOUNT_TEXT];
    size_t n = arg->n;
    switch (params[which].type) {
    case TYPE_PERIOD:
    case TYPE_FISCAL_YEAR:
        period_format(arg->period, text);
        buffer_percent(to, text, strlen(text));
        break;
    case TYPE_SINCE:
        if (arg->number > 0) {
            buffer_number(to, arg->number);
            break;
        }
        __attribute__((fallthrough)); /* it is a date */
    case TYPE_DATE:
        date_format(arg->day, text);
        buffer_text(to, text);
        break;
    case TYPE_NUMBER:
        buffer_number(to, arg->number);
        break;
    case TYPE_AMOUNT:
    case TYPE_AMOUNTS:
        for (size_t i = 0; i < n; i++) {
            amount_format(arg->amounts[i], text);
            buffer_format(to, "%s%s", i > 0 ? "," : "", text);
        }
        break;
    case TYPE_IDS:
        for (size_t i = 0; i < n; i++)
            buffer_format(to, "%s%s", i > 0 ? "," : "", arg->texts[i]);
        break;
    case TYPE_CHOICE:
        buffer_text(to, params[which].choices[arg->number]);
        break;
    case TYPE_ID:
    case TYPE_TEXT:
        buffer_percent(to, arg->text, strlen(arg->text));
        break;
    }
}

void params_write(struct buffer *to, const enum param *taken, const struct args *args,
                  enum param except)
{
    bool first = true;
    for (; *taken != PARAMS; taken++) {
        const struct arg *arg = &args->v[*taken];
        if (params[*taken].in_path || *taken == except || !arg->given)
            continue;
        size_t start = to->length;
        if (!first)
            buffer_char(to, '&');
        buffer_text(to, params[*taken].name);
        buffer_char(to, '=');
        size_t value = to->length;
        arg_write(to, *taken, arg);
        /* The default need not be said. */
        if (params[*taken].standard && strcmp(to->bytes + value, params[*taken].standard) == 0)
            to->length = start;
        else
            first = false;
    }
    if (to->bytes)
        to->bytes[to->length] = '\0';
}
