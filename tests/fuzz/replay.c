/* Stands in for libFuzzer: gives a target each file of the folder named on the command line, in TAP. */
#include <dirent.h>
#include <stdio.h>

#include "exportstat/base/arena.h"
#include "fuzz.h"

enum { FILE_ROOM = 1 << 20 };

static bool replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    char *room = must_malloc(FILE_ROOM);
    size_t n = fread(room, 1, FILE_ROOM, file);
    fclose(file);
    /* Of just its size, so that a sanitizer sees what reads beyond it. */
    uint8_t *bytes = must_realloc(room, n > 0 ? n : 1);
    LLVMFuzzerTestOneInput(bytes, n);
    free(bytes);
    return true;
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int n = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1;
    int cases = 0;
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        if (name[0] != '.') {
            bool ok = replay(argv[1], name);
            printf("%s %d - %s\n", ok ? "ok" : "not ok", ++cases, name);
        }
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    printf("1..%d\n", cases);
    return cases > 0 ? 0 : 1;
}
