/* Reading CSV: every row has as many fields as the header, each with an end. */
#include "exportstat/store/csv.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *file = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    struct csv csv = {.file = file, .name = "input"};
    struct error err;
    bool end = false;
    if (!file)
        return 0;
    while (csv_next(&csv, &end, &err) && !end) {
        must(csv.n == csv.columns && csv.n <= CSV_FIELDS_MAX);
        for (size_t i = 0; i < csv.n; i++)
            must(csv_field(&csv, i)[csv_length(&csv, i)] == '\0');
    }
    csv_release(&csv);
    fclose(file);
    return 0;
}
