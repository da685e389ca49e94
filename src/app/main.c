#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle.h"
#include "config.h"
#include "exportstat/base/text.h"
#include "exportstat/store/import.h"

#define TAKES(...)           \
    (const enum option_id[]) \
    {                        \
        __VA_ARGS__, OPTIONS \
    }

const struct command commands[] = {
    {"serve", "", "answer requests",
     "Answers HTTP requests until it is told to end (SIGTERM or SIGINT). A new database is filled "
     "with the\n"
     "bundled data set. Prints one line once it listens: its address. Logs to standard error.",
     0, 0,
     TAKES(OPTION_LISTEN, OPTION_DATABASE, OPTION_EMPTY, OPTION_THREADS, OPTION_CONNECTIONS,
           OPTION_REQUEST_TIMEOUT, OPTION_ANSWER_TIMEOUT, OPTION_DRAIN_TIMEOUT, OPTION_CACHE_SIZE,
           OPTION_LIBRARY_SIZE, OPTION_PUBLIC_URL, OPTION_BASE_PATH, OPTION_READ_ONLY,
           OPTION_MAX_ADDRESS, OPTION_MAX_SERIES, OPTION_MAX_ROWS, OPTION_IMPORT_SIZE,
           OPTION_CONNECTION_MEMORY, OPTION_TRUSTED_PROXY, OPTION_RATE_LIMIT, OPTION_LOG_REQUESTS,
           OPTION_LOG_FORMAT, OPTION_LOG_LEVEL),
     run_serve},
    {"import", "FILE...", "add CSV files to the database, all or nothing",
     "Adds series, sources, reports, claims and rulings: CSV files with the columns of the bundled "
     "ones, in\n"
     "any order, the kind known by the header. All files are one batch: all of it is stored, or "
     "nothing.\n"
     "Rows that are there already are skipped. A running service answers with the new data at "
     "once.",
     1, IMPORT_FILES_MAX, TAKES(OPTION_DATABASE, OPTION_EMPTY, OPTION_DRY_RUN), run_import},
    {"fetch", "SERIES=KEY...", "bring new months from EasyData of the State Bank",
     "Asks EasyData of the State Bank of Pakistan for series, each by its key there, and adds what "
     "is new or\n"
     "revised as official reports of a source of today, one batch: all, or nothing. KEY is as\n"
     "TS_GP_BOP_XMGS_M.P00120. With --file one series is read from a saved answer, and KEY may be "
     "left "
     "out.\n"
     "A proxy is taken from https_proxy.",
     1, FETCH_SERIES_MAX,
     TAKES(OPTION_DATABASE, OPTION_FILE, OPTION_ANSWERED, OPTION_FROM, OPTION_UNIT, OPTION_API,
           OPTION_API_KEY_FILE, OPTION_TIMEOUT, OPTION_ATTEMPTS, OPTION_DRY_RUN),
     run_fetch},
    {"export", "", "write the database as CSV files",
     "Writes what `import` reads: one kind to standard output, or all five into a folder.", 0, 0,
     TAKES(OPTION_DATABASE, OPTION_KIND, OPTION_OUTPUT), run_export},
    {"migrate", "", "bring the database to this program's version",
     "Brings the schema of a database to this program's version, and its bundled data set too. "
     "`serve` does\n"
     "the same at its start.",
     0, 0, TAKES(OPTION_DATABASE, OPTION_EMPTY), run_migrate},
    {"audit", "[FILE.csv]", "judge claims by what is known",
     "Judges the claims of the database, or those of a CSV file with the columns of the bundled "
     "claims, whose\n"
     "sources have to be in the database: how often each verdict, then one line for each claim. "
     "Nothing is\n"
     "stored. docs/audit.md tells what the verdicts mean.",
     0, 1, TAKES(OPTION_DATABASE, OPTION_FORMAT, OPTION_VERDICT, OPTION_AS_OF), run_audit},
    {"project", "[FILE.csv]", "project the fiscal year of monthly series from a file",
     "Projects what a fiscal year will add up to, of one series, period,value, or of several,\n"
     "series_id,period,value, from a CSV file or standard input. No database is needed. Months "
     "that "
     "are left out\n"
     "or empty are not known. docs/projections.md explains the methods and the flags.",
     0, 1,
     TAKES(OPTION_FY_START, OPTION_ORIGIN, OPTION_FY, OPTION_SCENARIO, OPTION_LEVEL, OPTION_PATH,
           OPTION_FORMAT),
     run_project},
    {"check", "", "look for faults of the database, and for findings on its data",
     "Checks the database file, all references, and every invariant: what is wrong is a fault of "
     "the\n"
     "database, and the exit status is 1. Then tells the findings on the quality of the data, as\n"
     "/v1/quality has them: what sources say and does not fit together, which is no fault.",
     0, 0, TAKES(OPTION_DATABASE), run_check},
    {"show", "", "print the headline and a chart of a series",
     "Prints the newest month of a series, its growth and record, and the months up to it as bars; "
     "in colour on\n"
     "a terminal, unless NO_COLOR is set.",
     0, 0, TAKES(OPTION_DATABASE, OPTION_SERIES, OPTION_LAST, OPTION_AS_OF), run_show},
    {"token", "create|revoke NAME | list", "make, list and revoke the tokens that writing needs",
     "`create NAME --expires DATE` makes a token and prints it, this once: the database keeps its "
     "hash. "
     "`revoke NAME` "
     "takes\n"
     "its rights for good. `list` prints all: name, scope, last day, and `revoked` or `expired`. "
     "Without a "
     "token\n"
     "nothing can be written over HTTP. A running service takes note at once.",
     1, 2, TAKES(OPTION_DATABASE, OPTION_SCOPE, OPTION_EXPIRES), run_token},
    {"backup", "FILE", "write a copy of the database, while it is in use",
     "Writes the database as it stands at one moment into a new file, which is there whole or not "
     "at all. A\n"
     "service may read and write meanwhile.",
     1, 1, TAKES(OPTION_DATABASE, OPTION_FORCE), run_backup},
    {"restore", "FILE", "put a copy in the place of the database",
     "Looks a copy through and puts it in the place of the database, which no service may have "
     "open. The copy\n"
     "may be of an older version: `serve` and `migrate` bring it up to this one.",
     1, 1, TAKES(OPTION_DATABASE, OPTION_FORCE), run_restore},
    {"version", "", "tell the version",
     "Tells the versions of program, schema and bundled data set.", 0, 0,
     (const enum option_id[]){OPTIONS}, run_version},
};

const int n_commands = COUNT(commands);

int run_version(const struct config *config)
{
    const struct embedded *file = bundle;
    (void)config;
    while (strcmp(file->name, "VERSION") != 0)
        file++;
    printf("exportstat %s\nschema %d\nbundled data %.*s\n", EXPORTSTAT_VERSION,
           store_schema_version(), (int)strcspn(file->bytes, "\n"), file->bytes);
    return EXIT_SUCCESS;
}

static const struct command *command_find(const char *name)
{
    for (int i = 0; i < n_commands; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[COUNT(commands) + 1] = {NULL};
    for (size_t i = 0; i < COUNT(commands); i++)
        names[i] = commands[i].name;
    const char *nearest = nearest_name(name, names);
    fprintf(stderr, "exportstat: there is no command '%s'%s%s%s\nTry 'exportstat --help'.\n", name,
            nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return EXIT_USAGE;
}

/* Output that could not be written is a failure, however much was right before. */
static int flushed(int status)
{
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    if (failed && status == EXIT_SUCCESS) {
        fputs("exportstat: standard output can not be written\n", stderr);
        return EXIT_FAILURE;
    }
    return status;
}

int main(int argc, char **argv)
{
    struct config config;
    bool help;
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        help_print();
        return flushed(EXIT_SUCCESS);
    }
    if (argc < 2) {
        help_print();
        return EXIT_USAGE;
    }
    const struct command *command = command_find(strcmp(name, "--version") == 0 ? "version" : name);
    if (!command)
        return unknown_command(name);
    if (!config_read(command, argc - 1, argv + 1, &config, &help))
        return EXIT_USAGE;
    if (help) {
        help_print_command(command);
        return flushed(EXIT_SUCCESS);
    }
    return flushed(command->run(&config));
}
