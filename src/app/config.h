/* Configuration: one table of options, each a flag, an environment variable and a default. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "exportstat/base/error.h"

enum option_id {
    OPTION_DATABASE,
    OPTION_LISTEN,
    OPTION_EMPTY,
    OPTION_THREADS,
    OPTION_CONNECTIONS,
    OPTION_REQUEST_TIMEOUT,
    OPTION_ANSWER_TIMEOUT,
    OPTION_DRAIN_TIMEOUT,
    OPTION_CACHE_SIZE,
    OPTION_LIBRARY_SIZE,
    OPTION_PUBLIC_URL,
    OPTION_BASE_PATH,
    OPTION_READ_ONLY,
    OPTION_MAX_ADDRESS,
    OPTION_MAX_SERIES,
    OPTION_MAX_ROWS,
    OPTION_IMPORT_SIZE,
    OPTION_CONNECTION_MEMORY,
    OPTION_TRUSTED_PROXY,
    OPTION_RATE_LIMIT,
    OPTION_LOG_REQUESTS,
    OPTION_LOG_FORMAT,
    OPTION_LOG_LEVEL,
    OPTION_KIND,
    OPTION_OUTPUT,
    OPTION_FORMAT,
    OPTION_VERDICT,
    OPTION_AS_OF,
    OPTION_FY_START,
    OPTION_ORIGIN,
    OPTION_FY,
    OPTION_SCENARIO,
    OPTION_LEVEL,
    OPTION_PATH,
    OPTION_SERIES,
    OPTION_LAST,
    OPTION_SCOPE,
    OPTION_EXPIRES,
    OPTION_FORCE,
    OPTION_FILE,
    OPTION_ANSWERED,
    OPTION_FROM,
    OPTION_UNIT,
    OPTION_API,
    OPTION_API_KEY_FILE,
    OPTION_TIMEOUT,
    OPTION_ATTEMPTS,
    OPTION_DRY_RUN,
    OPTIONS,
};

/* What --format chooses among. */
enum { FORMAT_OPTION_TABLE, FORMAT_OPTION_CSV, FORMAT_OPTION_JSON };

/* An option that is not given and has no default is NULL among the texts. */
struct config {
    const char *text[OPTIONS];
    int64_t number[OPTIONS];
    const char *const *arguments; /* what follows the options */
    int n_arguments;
};

struct command {
    const char *name;
    const char *arguments; /* for the usage line */
    const char *summary;
    const char *description;
    int arguments_min;
    int arguments_max;
    const enum option_id *options;           /* ended by OPTIONS */
    int (*run)(const struct config *config); /* the exit status */
};

extern const struct command commands[];
extern const int n_commands;

enum { EXIT_USAGE = 2 };

/* Reads flags, environment and defaults for a command. False where the usage is wrong, which has been said on
 * stderr; *ret_help where the help was asked for. */
bool config_read(const struct command *command, int argc, char **argv, struct config *ret,
                 bool *ret_help);

void help_print(void);
void help_print_command(const struct command *command);

/* Says what went wrong on stderr; returns the exit status 1. */
int fail(const struct error *err);

/* Series of one fetch: EasyData answers 250 requests an hour. */
enum { FETCH_SERIES_MAX = 20 };

int run_serve(const struct config *config);
int run_import(const struct config *config);
int run_export(const struct config *config);
int run_migrate(const struct config *config);
int run_audit(const struct config *config);
int run_project(const struct config *config);
int run_show(const struct config *config);
int run_backup(const struct config *config);
int run_check(const struct config *config);
int run_fetch(const struct config *config);
int run_restore(const struct config *config);
int run_token(const struct config *config);
int run_version(const struct config *config);
