#include "exportstat/fetch/easydata.h"

#include <stdio.h>
#include <string.h>

#include "check_main.h"
#include "exportstat/base/text.h"

static const struct {
    const char *text;
    bool ok;
    amount value;
    amount precision;
} values[] = {
    {"401", true, 401000000, 1000000},
    {"-401", true, -401000000, 1000000},
    {"401.2", true, 401200000, 100000},
    {"401.20", true, 401200000, 10000},
    {".3", true, 300000, 100000},
    {"-.222582329", true, -222582, 1},
    {"0.1234565", true, 123457, 1},
    {"0.1234564999", true, 123456, 1},
    {"-0.9999999", true, -1000000, 1},
    {" 7 ", true, 7000000, 1000000},
    {"999999999.999999", true, 999999999999999, 1},
    {"1000000000", false, 0, 0},
    {".", false, 0, 0},
    {"-", false, 0, 0},
    {"5.", false, 0, 0},
    {"1.2.3", false, 0, 0},
    {"1.23456789x", false, 0, 0},
    {"--5", false, 0, 0},
    {"1,401", false, 0, 0},
    {"4e2", false, 0, 0},
    {"NaN", false, 0, 0},
    {"0.00000000000000000000000000000000000000000000000001", false, 0, 0},
};

/* The last day of 2026. */
static const date answered = {20818};

START_TEST(reads_values)
{
    struct arena arena = {0};
    struct buffer answer = {0};
    struct easydata data;
    struct error err;
    buffer_text(&answer, "Series Key,Observation Date,Observation Value,Unit\nK,2026-10-31,\"");
    buffer_format(&answer, "%s\",Million USD\nK,2026-09-30,,Million USD\n", values[_i].text);
    bool ok = easydata_read(&arena, answer.bytes, answer.length, "K", answered, &data, &err);
    ck_assert_msg(ok == values[_i].ok, "%s", values[_i].text);
    if (ok) {
        ck_assert_uint_eq(data.n, 1);
        ck_assert_int_eq(data.rows[0].month, 2026 * 12 + 9);
        ck_assert_int_eq(data.rows[0].value, values[_i].value);
        ck_assert_int_eq(data.rows[0].precision, values[_i].precision);
    }
    buffer_release(&answer);
    arena_release(&arena);
}
END_TEST

START_TEST(rows_are_put_in_order)
{
    static const char answer[] =
        "Series Key,Observation Date,Observation Value,Unit\n"
        "K,2026-10-31,3,USD\nK,2026-08-31,1,USD\nK,2026-09-30,2,USD\nK,2024-02-29,,USD\n";
    struct arena arena = {0};
    struct easydata data;
    struct error err;
    ck_assert(easydata_read(&arena, answer, strlen(answer), NULL, answered, &data, &err));
    ck_assert_uint_eq(data.n, 3);
    ck_assert_uint_eq(data.n_missing, 1);
    for (size_t i = 0; i < data.n; i++)
        ck_assert_int_eq(data.rows[i].value, (amount)(i + 1) * AMOUNT_SCALE);
    arena_release(&arena);
}
END_TEST

static const struct {
    const char *days; /* of rows, apart by blanks */
    bool ok;
} dates[] = {
    {"2026-10-31 2026-09-30", true},
    {"2026-12-31 2026-11-30 2026-10-31", true},
    {"2026-10-31 2026-08-31 2026-09-30 2025-01-31", true},
    {"2026-10-31 2026-09-30 2026-07-31 2026-06-30 2026-01-31", true},
    {"", true},
    /* one alone, which may be of a quarter or a year */
    {"2026-06-30", false},
    /* quarters, and one month by chance */
    {"2026-06-30 2026-03-31 2025-12-31", false},
    {"2026-07-31 2026-06-30 2026-03-31 2025-12-31", false},
    /* still to come */
    {"2027-01-31 2026-12-31", false},
    {"2026-10-31 2026-10-31", false},
    {"2026-10-30 2026-09-30", false},
    {"2024-02-28 2024-01-31", false},
};

START_TEST(dates_are_ends_of_months)
{
    static const char *const values_of_rows[] = {"1", ""};
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT(values_of_rows); i++) {
        struct buffer answer = {0};
        struct easydata data;
        struct error err;
        size_t n = 0;
        buffer_text(&answer, "Series Key,Observation Date,Observation Value,Unit\n");
        for (const char *at = dates[_i].days; *at; at += strspn(at, " "), n++) {
            size_t length = strcspn(at, " ");
            buffer_format(&answer, "K,%.*s,%s,USD\n", (int)length, at, values_of_rows[i]);
            at += length;
        }
        bool ok = easydata_read(&arena, answer.bytes, answer.length, NULL, answered, &data, &err);
        ck_assert_msg(ok == dates[_i].ok, "%s", dates[_i].days);
        ck_assert(!ok || data.n + data.n_missing == n);
        ck_assert(!ok || data.n == (i == 0 ? n : 0));
        buffer_release(&answer);
    }
    arena_release(&arena);
}
END_TEST

static const struct {
    const char *unit;
    const char *other;
    bool same;
} units[] = {
    {"USD million", "Million USD", true},
    {"USD million", "million US$", true},
    {"USD million", "Million U.S. Dollars", true},
    {"USD million", "(Mn. USD)", true},
    {"USD million", "Thousand USD", false},
    {"USD million", "Million PKR", false},
    {"USD million", "USD", false},
    {"USD million", "Million million USD", false},
    {"USD million", "Million", false},
    {"USD million", "", false},
    {"percent", "Percent", true},
};

START_TEST(units_are_compared_by_their_words)
{
    bool same = easydata_unit_is(units[_i].unit, units[_i].other);
    ck_assert_msg(same == units[_i].same, "%s, %s", units[_i].unit, units[_i].other);
    ck_assert(easydata_unit_is(units[_i].other, units[_i].unit) == same);
}
END_TEST

START_TEST(keys_are_of_few_characters)
{
    char longest[EASYDATA_KEY_MAX + 2];
    memset(longest, 'K', sizeof longest);
    longest[EASYDATA_KEY_MAX] = '\0';
    ck_assert(easydata_key_valid("TS_GP_BOP_XMGS_M.P00120"));
    ck_assert(easydata_key_valid(longest));
    longest[EASYDATA_KEY_MAX] = 'K';
    longest[EASYDATA_KEY_MAX + 1] = '\0';
    ck_assert(!easydata_key_valid(longest));
    ck_assert(!easydata_key_valid(""));
    ck_assert(!easydata_key_valid("a/b"));
    ck_assert(!easydata_key_valid("a?b"));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("easydata");
    tcase_add_loop_test(tests, reads_values, 0, COUNT(values));
    tcase_add_test(tests, rows_are_put_in_order);
    tcase_add_loop_test(tests, dates_are_ends_of_months, 0, COUNT(dates));
    tcase_add_loop_test(tests, units_are_compared_by_their_words, 0, COUNT(units));
    tcase_add_test(tests, keys_are_of_few_characters);
    return check_main(tests);
}
