/* exportstat backup, exportstat restore: a copy of the database, and the database of a copy. */
#include "exportstat/store/backup.h"

#include <stdio.h>
#include <stdlib.h>

#include "config.h"

int run_backup(const struct config *config)
{
    struct error err;
    if (!store_backup(config->text[OPTION_DATABASE], config->arguments[0],
                      config->number[OPTION_FORCE] != 0, &err))
        return fail(&err);
    printf("%s: a copy of %s\n", config->arguments[0], config->text[OPTION_DATABASE]);
    return EXIT_SUCCESS;
}

int run_restore(const struct config *config)
{
    struct error err;
    if (!store_restore(config->arguments[0], config->text[OPTION_DATABASE],
                       config->number[OPTION_FORCE] != 0, &err))
        return fail(&err);
    printf("%s: restored from %s\n", config->text[OPTION_DATABASE], config->arguments[0]);
    return EXIT_SUCCESS;
}
