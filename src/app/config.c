#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exportstat/api/api.h"
#include "exportstat/base/date.h"
#include "exportstat/base/text.h"
#include "exportstat/stats/audit.h"
#include "exportstat/stats/project.h"
#include "monthly_file.h"

/* A text, a number from min to max, a switch, which is 1 where it is given, one of several names, whose place
 * among them is the number, a date, whose day is, a month, a fiscal year, an address of the web, or the beginning of paths. */
enum option_type {
    OPTION_TEXT,
    OPTION_NUMBER,
    OPTION_SWITCH,
    OPTION_CHOICE,
    OPTION_DATE,
    OPTION_MONTH,
    OPTION_YEAR,
    OPTION_URL,
    OPTION_BASE,
};

static const char *const scope_option_names[] = {"import", "revert", "import,revert", NULL};
/* In the order of their enums. */
static const char *const log_format_names[] = {"logfmt", "json", NULL};
static const char *const log_level_names[] = {"error", "warning", "info", NULL};
static const char *const format_option_names[] = {"table", "csv", "json", NULL};

static const struct option_info {
    const char *name;
    const char *environment;
    enum option_type type;
    const char *standard;
    int64_t min;
    int64_t max;
    const char *value; /* what stands for the value in the help */
    const char *help;
    const char *const *choices;
} options[OPTIONS] = {
    [OPTION_DATABASE] = {"database", "EXPORTSTAT_DATABASE", OPTION_TEXT, "exportstat.db", 0, 0,
                         "FILE", "the database"},
    [OPTION_LISTEN] = {"listen", "EXPORTSTAT_LISTEN", OPTION_TEXT, "127.0.0.1:8080", 0, 0,
                       "ADDRESS", "HOST:PORT (port 0: any free one) or unix:PATH"},
    [OPTION_EMPTY] = {"empty", "EXPORTSTAT_EMPTY", OPTION_SWITCH, "0", 0, 1, NULL,
                      "leave out the bundled data set"},
    [OPTION_THREADS] = {"threads", "EXPORTSTAT_THREADS", OPTION_NUMBER, "0", 0, 16, "N",
                        "event loops; 0: one for each core"},
    [OPTION_CONNECTIONS] = {"connections", "EXPORTSTAT_CONNECTIONS", OPTION_NUMBER, "2000", 16,
                            100000, "N", "connections at a time"},
    [OPTION_REQUEST_TIMEOUT] = {"request-timeout", "EXPORTSTAT_REQUEST_TIMEOUT", OPTION_NUMBER,
                                "30", 1, 3600, "SECONDS",
                                "to the next complete request of a connection"},
    [OPTION_ANSWER_TIMEOUT] = {"answer-timeout", "EXPORTSTAT_ANSWER_TIMEOUT", OPTION_NUMBER, "60",
                               1, 3600, "SECONDS", "for a client to take an answer"},
    [OPTION_DRAIN_TIMEOUT] = {"drain-timeout", "EXPORTSTAT_DRAIN_TIMEOUT", OPTION_NUMBER, "10", 0,
                              600, "SECONDS", "for answers under way when the service is to end"},
    [OPTION_CACHE_SIZE] = {"cache-size", "EXPORTSTAT_CACHE_SIZE", OPTION_NUMBER, "32", 0, 65536,
                           "MIB", "memory for whole answers; 0: none is kept"},
    [OPTION_LIBRARY_SIZE] = {"library-size", "EXPORTSTAT_LIBRARY_SIZE", OPTION_NUMBER, "32", 1,
                             65536, "MIB", "memory for resolved series"},
    [OPTION_PUBLIC_URL] = {"public-url", "EXPORTSTAT_PUBLIC_URL", OPTION_URL, NULL, 0, 0, "URL",
                           "where clients reach the service, for addresses in answers"},
    [OPTION_BASE_PATH] =
        {"base-path", "EXPORTSTAT_BASE_PATH", OPTION_BASE, NULL, 0, 0, "PATH",
         "stands before all paths, as /stats; a proxy may take it off, or leave it"},
    [OPTION_MAX_ADDRESS] = {"max-address", "EXPORTSTAT_MAX_ADDRESS", OPTION_NUMBER, "2048", 256,
                            QUERY_BYTES_MAX, "BYTES", "of a path with its query"},
    [OPTION_MAX_SERIES] = {"max-series", "EXPORTSTAT_MAX_SERIES", OPTION_NUMBER, "20", 1,
                           SERIES_MAX, "N", "series of one request"},
    [OPTION_MAX_ROWS] = {"max-rows", "EXPORTSTAT_MAX_ROWS", OPTION_NUMBER, "10000", 100, ROWS_MAX,
                         "N", "rows of one series or list in one answer"},
    [OPTION_READ_ONLY] = {"read-only", "EXPORTSTAT_READ_ONLY", OPTION_SWITCH, "0", 0, 1, NULL,
                          "nothing can be written over HTTP, whatever token comes"},
    [OPTION_IMPORT_SIZE] = {"import-size", "EXPORTSTAT_IMPORT_SIZE", OPTION_NUMBER, "32", 1, 1024,
                            "MIB", "a batch over HTTP at most"},
    [OPTION_CONNECTION_MEMORY] = {"connection-memory", "EXPORTSTAT_CONNECTION_MEMORY",
                                  OPTION_NUMBER, "8", 4, 1024, "KIB",
                                  "of each connection; a request's header has to fit"},
    [OPTION_TRUSTED_PROXY] = {"trusted-proxy", "EXPORTSTAT_TRUSTED_PROXY", OPTION_TEXT, NULL, 0, 0,
                              "LIST",
                              "addresses and networks whose X-Forwarded-For or Forwarded is "
                              "believed, as 127.0.0.1,10.0.0.0/8,unix"},
    [OPTION_RATE_LIMIT] = {"rate-limit", "EXPORTSTAT_RATE_LIMIT", OPTION_NUMBER, "0", 0, 10000, "N",
                           "requests a second of one client; 0: any"},
    [OPTION_LOG_REQUESTS] = {"log-requests", "EXPORTSTAT_LOG_REQUESTS", OPTION_NUMBER, "1", 0, 1,
                             "0|1", "a log line for each request"},
    [OPTION_LOG_FORMAT] = {"log-format", "EXPORTSTAT_LOG_FORMAT", OPTION_CHOICE, "logfmt", 0, 0,
                           "FORMAT", "logfmt or json", log_format_names},
    [OPTION_LOG_LEVEL] = {"log-level", "EXPORTSTAT_LOG_LEVEL", OPTION_CHOICE, "info", 0, 0, "LEVEL",
                          "error, warning or info; requests are of level info", log_level_names},
    [OPTION_KIND] = {"kind", NULL, OPTION_TEXT, NULL, 0, 0, "KIND",
                     "series, sources, reports, claims or rulings, to standard output"},
    [OPTION_OUTPUT] = {"output", NULL, OPTION_TEXT, NULL, 0, 0, "FOLDER",
                       "a folder for the five files, made where it is absent"},
    [OPTION_FORMAT] = {"format", NULL, OPTION_CHOICE, NULL, 0, 0, "FORMAT",
                       "table, csv or json; without it a table on a terminal, else CSV",
                       format_option_names},
    [OPTION_VERDICT] = {"verdict", NULL, OPTION_CHOICE, NULL, 0, 0, "VERDICT",
                        "only claims with this verdict", verdict_names},
    [OPTION_AS_OF] = {"as-of", NULL, OPTION_DATE, NULL, 0, 0, "DATE",
                      "a day or a month: only what was published by then counts"},
    [OPTION_FY_START] = {"fy-start", NULL, OPTION_NUMBER, "7", 1, 12, "MONTH",
                         "the month that fiscal years start in, 1 to 12; without it 7"},
    [OPTION_ORIGIN] = {"origin", NULL, OPTION_MONTH, NULL, 0, 0, "MONTH",
                       "as if no later month were known; without it each series' last"},
    [OPTION_FY] = {"fy", NULL, OPTION_YEAR, NULL, 0, 0, "YEAR",
                   "a fiscal year, as FY2026; without it that of the origin"},
    [OPTION_SCENARIO] = {"method", NULL, OPTION_CHOICE, NULL, 0, 0, "METHOD",
                         "bes (the default), seasonal_share, run_rate, prior_year, recent_pace or "
                         "same_as_last_year",
                         scenario_names},
    [OPTION_LEVEL] = {"level", NULL, OPTION_NUMBER, NULL, SPREAD_LEVEL_MIN, SPREAD_LEVEL_MAX,
                      "PERCENT", "one more interval, 50 to 99, beside those of 80 and 95 percent"},
    [OPTION_PATH] = {"path", NULL, OPTION_SWITCH, "0", 0, 1, NULL,
                     "the remaining months, each with its intervals"},
    [OPTION_SERIES] = {"series", NULL, OPTION_TEXT, NULL, 0, 0, "ID",
                       "the series; without it the default one"},
    [OPTION_LAST] = {"last", NULL, OPTION_NUMBER, "24", 1, 2400, "N", "months of the chart"},
    [OPTION_SCOPE] = {"scope", NULL, OPTION_CHOICE, "import", 0, 0, "SCOPE",
                      "import, revert, or both as import,revert; without it import",
                      scope_option_names},
    [OPTION_EXPIRES] = {"expires", NULL, OPTION_DATE, NULL, 0, 0, "DATE",
                        "the last day that the token is good for, or a month meaning its last day"},
    [OPTION_FORCE] = {"force", NULL, OPTION_SWITCH, "0", 0, 1, NULL,
                      "replace what is there already"},
    [OPTION_FILE] = {"file", NULL, OPTION_TEXT, NULL, 0, 0, "FILE",
                     "a saved answer, JSON or CSV; nothing is asked for then"},
    [OPTION_ANSWERED] = {"answered", NULL, OPTION_DATE, NULL, 0, 0, "DATE",
                         "the day of the saved answer; without it that of the file's last change"},
    [OPTION_FROM] = {"from", NULL, OPTION_MONTH, NULL, 0, 0, "MONTH",
                     "the first month to ask for; without it 24 months ago"},
    [OPTION_UNIT] = {"unit", NULL, OPTION_TEXT, NULL, 0, 0, "UNIT",
                     "what the answer calls the unit, where that is not clear"},
    [OPTION_API] = {"api", "EXPORTSTAT_API", OPTION_URL, "https://easydata.sbp.org.pk/api/v1", 0, 0,
                    "URL", "where EasyData is: https, or http on this machine"},
    [OPTION_API_KEY_FILE] = {"api-key-file", "EXPORTSTAT_API_KEY_FILE", OPTION_TEXT, NULL, 0, 0,
                             "FILE", "holds the API key; else EXPORTSTAT_API_KEY does"},
    [OPTION_TIMEOUT] = {"timeout", NULL, OPTION_NUMBER, "30", 1, 600, "SECONDS",
                        "for one answer; without it 30"},
    [OPTION_ATTEMPTS] = {"attempts", NULL, OPTION_NUMBER, "5", 1, 10, "N",
                         "while the server is busy or fails, later each time; without it 5"},
    [OPTION_DRY_RUN] = {"dry-run", NULL, OPTION_SWITCH, "0", 0, 1, NULL,
                        "store nothing; print what would be"},
};

static bool usage_fault(const struct command *command, const char *format, const char *what,
                        const char *more)
{
    fputs("exportstat: ", stderr);
    fprintf(stderr, format, what, more); // NOLINT: every format is a literal below
    fprintf(stderr, "\nTry 'exportstat %s --help'.\n", command->name);
    return false;
}

static bool choice_set(const struct command *command, const struct option_info *option,
                       const char *from, const char *text, int64_t *ret)
{
    struct buffer reason = {0};
    const char *nearest = nearest_name(text, option->choices);
    for (*ret = 0; option->choices[*ret]; ++*ret) {
        if (strcmp(option->choices[*ret], text) == 0)
            return true;
    }
    for (int i = 0; option->choices[i]; i++)
        buffer_format(&reason, "%s%s", i > 0 ? ", " : "is none of ", option->choices[i]);
    if (nearest)
        buffer_format(&reason, "; did you mean '%s'?", nearest);
    usage_fault(command, "%s %s", from, reason.bytes);
    buffer_release(&reason);
    return false;
}

static bool date_set(const struct command *command, const struct option_info *option,
                     const char *text, int64_t *ret)
{
    date day;
    if (!date_parse(text, strlen(text), &day))
        return usage_fault(command, "--%s is no day YYYY-MM-DD or month YYYY-MM, 1900 to 2199%s",
                           option->name, "");
    *ret = day.day;
    return true;
}

/* A month YYYY-MM, whose index is the number, or a fiscal year FY2026, whose year is. */
static bool period_set(const struct command *command, const struct option_info *option,
                       const char *text, int64_t *ret)
{
    int32_t month;
    int year;
    if (option->type == OPTION_MONTH && month_parse(text, strlen(text), &month)) {
        *ret = month;
        return true;
    }
    if (option->type == OPTION_YEAR && strlen(text) == strlen("FY2026") &&
        strncmp(text, "FY", 2) == 0 && digits_parse(text + 2, 4, &year) && year > 0) {
        *ret = year;
        return true;
    }
    return usage_fault(command, "--%s is no %s", option->name,
                       option->type == OPTION_MONTH ? "month YYYY-MM" : "fiscal year FY2026");
}

static bool value_set(const struct command *command, enum option_id which, const char *from,
                      const char *text, struct config *ret)
{
    const struct option_info *option = &options[which];
    char range[120];
    struct error err;
    ret->text[which] = text;
    if (option->type == OPTION_TEXT || !text)
        return !text || *text || usage_fault(command, "%s is empty%s", from, "");
    if (option->type == OPTION_CHOICE)
        return choice_set(command, option, from, text, &ret->number[which]);
    if (option->type == OPTION_DATE)
        return date_set(command, option, text, &ret->number[which]);
    if (option->type == OPTION_MONTH || option->type == OPTION_YEAR)
        return period_set(command, option, text, &ret->number[which]);
    if (option->type == OPTION_URL)
        return public_url_valid(text, &err) ||
               usage_fault(command, err.kind == ERROR_INPUT ? "%s is %s" : "%s: %s", from,
                           err.detail);
    if (option->type == OPTION_BASE)
        return base_path_valid(text) ||
               usage_fault(command, "%s is no path such as /stats%s", from, "");
    snprintf(range, sizeof range, "'%.30s' is no whole number from %lld to %lld", text,
             (long long)option->min, (long long)option->max);
    return number_parse(text, strlen(text), option->min, option->max, &ret->number[which]) ||
           usage_fault(command, "%s: %s", from, range);
}

static bool defaults_read(const struct command *command, struct config *ret)
{
    for (const enum option_id *taken = command->options; *taken != OPTIONS; taken++) {
        const struct option_info *option = &options[*taken];
        const char *environment = option->environment ? getenv(option->environment) : NULL;
        /* A variable that is passed on empty says that there is none. */
        if ((option->type == OPTION_URL || option->type == OPTION_BASE) && environment &&
            !*environment)
            environment = NULL;
        if (!value_set(command, *taken, environment ? option->environment : option->name,
                       environment ? environment : option->standard, ret))
            return false;
    }
    return true;
}

enum { HELP_CODE = OPTIONS };

/* The options of a command for getopt_long, with --help. */
static void long_options(const struct command *command, struct option *ret)
{
    size_t n = 0;
    for (const enum option_id *taken = command->options; *taken != OPTIONS; taken++) {
        bool has_value = options[*taken].type != OPTION_SWITCH;
        ret[n++] = (struct option){options[*taken].name, has_value, NULL, (int)*taken};
    }
    ret[n++] = (struct option){"help", no_argument, NULL, HELP_CODE};
    ret[n] = (struct option){0};
}

bool config_read(const struct command *command, int argc, char **argv, struct config *ret,
                 bool *ret_help)
{
    struct option table[OPTIONS + 2];
    char flag[64];
    int code;
    *ret = (struct config){0};
    *ret_help = false;
    /* Help is there whatever else is wrong. */
    for (int i = 1; i < argc; i++)
        *ret_help |= strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
    if (*ret_help)
        return true;
    if (!defaults_read(command, ret))
        return false;
    long_options(command, table);
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (code == ':')
            return usage_fault(command, "'%s' wants a value%s", argv[optind - 1], "");
        if (code == '?') {
            const char letter[] = {'-', (char)optopt, '\0'};
            return usage_fault(command, "'%s' is no option of 'exportstat %s'",
                               optopt ? letter : argv[optind - 1], command->name);
        }
        snprintf(flag, sizeof flag, "--%s", options[code].name);
        bool is_switch = options[code].type == OPTION_SWITCH;
        if (!value_set(command, (enum option_id)code, flag, is_switch ? "1" : optarg, ret))
            return false;
    }
    ret->arguments = (const char *const *)argv + optind;
    ret->n_arguments = argc - optind;
    if (ret->n_arguments < command->arguments_min)
        return usage_fault(command, "'exportstat %s' wants %s", command->name, command->arguments);
    if (ret->n_arguments > command->arguments_max)
        return usage_fault(command, "'%s' is one argument too many for 'exportstat %s'",
                           ret->arguments[command->arguments_max], command->name);
    return true;
}

void help_print(void)
{
    puts("exportstat serves monthly export statistics that one can cite.\n\nUsage:");
    for (int i = 0; i < n_commands; i++)
        printf("  exportstat %-8s %-10s %s\n", commands[i].name, commands[i].arguments,
               commands[i].summary);
    puts("\n'exportstat COMMAND --help' tells more. Exit status: 0 done, 1 failed, 2 wrong usage.");
}

void help_print_command(const struct command *command)
{
    printf("Usage: exportstat %s [OPTIONS]%s%s\n\n%s\n", command->name,
           *command->arguments ? " " : "", command->arguments, command->description);
    if (*command->options != OPTIONS)
        puts("\nOptions:");
    for (const enum option_id *taken = command->options; *taken != OPTIONS; taken++) {
        const struct option_info *option = &options[*taken];
        char flag[64];
        snprintf(flag, sizeof flag, "--%s%s%s", option->name, option->value ? " " : "",
                 option->value ? option->value : "");
        printf("  %-26s %s\n", flag, option->help);
        if (option->environment && option->type != OPTION_SWITCH)
            printf("  %-26s   (environment: %s; default: %s)\n", "", option->environment,
                   option->standard ? option->standard : "none");
        else if (option->environment)
            printf("  %-26s   (environment: %s=1)\n", "", option->environment);
    }
}

int fail(const struct error *err)
{
    struct error shown = *err; /* may quote what came from anywhere */
    text_make_visible(shown.detail);
    fprintf(stderr, "exportstat: %s\n", shown.detail);
    return EXIT_FAILURE;
}
