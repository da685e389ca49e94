/* Periods, dates and amounts: what was read is written, and what was written is read as the same. */
#include "exportstat/base/amount.h"
#include "exportstat/base/period.h"
#include "exportstat/base/text.h"
#include "fuzz.h"

static void try_period(const char *text, size_t size)
{
    struct period period;
    struct period again;
    char written[PERIOD_TEXT];
    if (!period_parse(text, size, &period))
        return;
    period_format(period, written);
    must(period_parse(written, strlen(written), &again));
    for (int start = 1; start <= 12; start++) {
        struct span span = period_span(period, start);
        must(span.first <= span.last && span_equal(span, period_span(again, start)));
    }
}

static void try_date(const char *text, size_t size)
{
    date day;
    date again;
    char written[DATE_TEXT];
    if (!date_parse(text, size, &day))
        return;
    date_format(day, written);
    must(date_parse(written, strlen(written), &again) && day.day == again.day);
}

static void try_amount(const char *text, size_t size)
{
    amount value;
    amount again;
    const char *reason = NULL;
    char written[AMOUNT_TEXT];
    if (!amount_parse(text, size, &value, &reason)) {
        must(reason != NULL);
        return;
    }
    must(value < AMOUNT_LIMIT && value > -AMOUNT_LIMIT);
    size_t length = amount_format(value, written);
    must(amount_parse(written, length, &again, &reason) && value == again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    try_period(text, size);
    try_date(text, size);
    try_amount(text, size);
    return 0;
}
