/* Answers of EasyData: rows that are read ascend by month, and stay within the bounds of amounts. */
#include "exportstat/fetch/easydata.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct easydata answer;
    struct error err;
    if (easydata_read(&arena, (const char *)data, size, NULL, (date){36525}, &answer, &err)) {
        must(answer.n <= EASYDATA_ROWS_MAX);
        for (size_t i = 0; i < answer.n; i++) {
            must(i == 0 || answer.rows[i - 1].month < answer.rows[i].month);
            must(answer.rows[i].value < AMOUNT_LIMIT && answer.rows[i].value > -AMOUNT_LIMIT);
            must(answer.rows[i].precision > 0);
        }
    }
    arena_release(&arena);
    return 0;
}
