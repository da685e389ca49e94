#include "exportstat/base/amount.h"

#include <string.h>

#include "check_main.h"
#include "exportstat/base/text.h"

static const struct {
    const char *text;
    bool ok;
    amount value;
} parse_cases[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"437", true, 437000000},
    {"-12.5", true, -12500000},
    {"0.000001", true, 1},
    {"225.70", true, 225700000},
    {"999999999.999999", true, 999999999999999},
    {"-999999999.999999", true, -999999999999999},
    {"0.0000001", false, 0},
    {"0.0000000", false, 0},
    {"1000000000", false, 0},
    {"1000000000.5", false, 0},
    {"99999999999", false, 0},
    {"-1000000000", false, 0},
    {"9999999999999999999", false, 0},
    {"99999999999999999999999999999999999999999", false, 0},
    {"", false, 0},
    {"-", false, 0},
    {".", false, 0},
    {".5", false, 0},
    {"-.5", false, 0},
    {"5.", false, 0},
    {"+5", false, 0},
    {"--5", false, 0},
    {" 5", false, 0},
    {"5 ", false, 0},
    {"1e3", false, 0},
    {"0x10", false, 0},
    {"1,000", false, 0},
    {"1.2.3", false, 0},
    {"1-2", false, 0},
    {"nan", false, 0},
    {"inf", false, 0},
    {"\xd9\xa4", false, 0}, /* a digit, but not an ASCII one */
};

START_TEST(parses)
{
    const char *text = parse_cases[_i].text;
    const char *reason = NULL;
    amount value = 77;
    bool ok = amount_parse(text, strlen(text), &value, &reason);
    ck_assert_msg(ok == parse_cases[_i].ok, "'%s': %d", text, ok);
    ck_assert_msg(value == (ok ? parse_cases[_i].value : 77), "'%s': %lld", text, (long long)value);
    ck_assert_msg(ok || reason, "'%s': no reason", text);
}
END_TEST

START_TEST(parse_reads_no_further_than_the_length)
{
    const char *reason;
    amount value;
    ck_assert(amount_parse("437,1", 3, &value, &reason));
    ck_assert_int_eq(value, 437000000);
    ck_assert(!amount_parse("437", 0, &value, &reason));
}
END_TEST

static const struct {
    const char *text;
    const char *reason;
} reason_cases[] = {
    {"x", "437"},
    {"1.1234567", "6 decimals"},
    {"1000000000", "larger unit"},
    {"9999999999999999999999999999999999999", "larger unit"},
};

START_TEST(says_what_is_expected)
{
    const char *text = reason_cases[_i].text;
    const char *reason = NULL;
    amount value;
    ck_assert(!amount_parse(text, strlen(text), &value, &reason));
    ck_assert_msg(strstr(reason, reason_cases[_i].reason), "'%s': %s", text, reason);
}
END_TEST

static const struct {
    amount value;
    const char *text;
} format_cases[] = {
    {0, "0"},
    {1, "0.000001"},
    {-1, "-0.000001"},
    {10, "0.00001"},
    {500000, "0.5"},
    {437000000, "437"},
    {-12500000, "-12.5"},
    {400000000, "400"},
    {225700000, "225.7"},
    {999999999999999, "999999999.999999"},
    {INT64_MAX, "9223372036854.775807"},
    {INT64_MIN, "-9223372036854.775808"},
};

START_TEST(formats)
{
    char text[AMOUNT_TEXT];
    size_t length = amount_format(format_cases[_i].value, text);
    ck_assert_str_eq(text, format_cases[_i].text);
    ck_assert_uint_eq(length, strlen(text));
}
END_TEST

static const struct {
    int64_t numerator;
    int64_t denominator;
    int decimals;
    const char *text;
} ratio_cases[] = {
    {1, 3, 4, "0.3333"},
    {2, 3, 4, "0.6667"},
    {-2, 3, 4, "-0.6667"},
    {2, -3, 4, "-0.6667"},
    {-2, -3, 4, "0.6667"},
    {1, 2, 0, "1"}, /* half away from zero */
    {-1, 2, 0, "-1"},
    {5, 2, 0, "3"},
    {-5, 2, 0, "-3"},
    {49, 100, 0, "0"},
    {-49, 100, 0, "0"}, /* no minus zero */
    {125, 1000, 2, "0.13"},
    {-125, 1000, 2, "-0.13"},
    {124999, 1000000, 2, "0.12"},
    {1, 4, 4, "0.25"},
    {8900, 348, 4, "25.5747"}, /* December 2025 on the year */
    {8100, 356, 4, "22.7528"},
    {5100, 386, 4, "13.2124"},
    {1, 3, 10, "0.3333333333"},
    {100, 1, 4, "100"},
    {0, 7, 4, "0"},
    {INT64_MAX, 1, 10, "9223372036854775807"},
    {INT64_MIN, 1, 10, "-9223372036854775808"},
    {INT64_MAX, 2, 0, "4611686018427387904"},
    {1, INT64_MAX, 10, "0"},
};

START_TEST(formats_ratios)
{
    char text[AMOUNT_TEXT];
    struct ratio ratio = ratio_of(ratio_cases[_i].numerator, ratio_cases[_i].denominator);
    ck_assert(ratio.denominator > 0);
    size_t length = ratio_format(ratio, ratio_cases[_i].decimals, text);
    ck_assert_str_eq(text, ratio_cases[_i].text);
    ck_assert_uint_eq(length, strlen(text));
}
END_TEST

static const struct {
    int64_t numerator;
    int64_t denominator;
    int decimals;
    const char *down;
    const char *up;
} end_cases[] = {
    {1, 3, 4, "0.3333", "0.3334"},
    {-1, 3, 4, "-0.3334", "-0.3333"},
    {2, 3, 0, "0", "1"},
    {-2, 3, 0, "-1", "0"}, /* no minus zero */
    {1, 4, 2, "0.25", "0.25"},
    {-1, 4, 2, "-0.25", "-0.25"},
    {0, 7, 4, "0", "0"},
    {8800, 3485, 4, "2.5251", "2.5252"},
    {99999, 100000, 4, "0.9999", "1"},
    {INT64_MIN, 1, 10, "-9223372036854775808", "-9223372036854775808"},
};

START_TEST(formats_ends)
{
    char text[AMOUNT_TEXT];
    struct ratio ratio = ratio_of(end_cases[_i].numerator, end_cases[_i].denominator);
    ratio_format_down(ratio, end_cases[_i].decimals, text);
    ck_assert_str_eq(text, end_cases[_i].down);
    ratio_format_up(ratio, end_cases[_i].decimals, text);
    ck_assert_str_eq(text, end_cases[_i].up);
}
END_TEST

START_TEST(formats_wide_ratios)
{
    char text[AMOUNT_TEXT];
    wide billion = 1000000000;
    wide most = billion * billion * billion;
    ratio_format(ratio_of(most, 1), 10, text);
    ck_assert_str_eq(text, "1000000000000000000000000000");
    ratio_format(ratio_of(-most, 3), 10, text);
    ck_assert_str_eq(text, "-333333333333333333333333333.3333333333");
    /* The smallest base under the largest sum. */
    ratio_format(ratio_percent(1200 * (wide)AMOUNT_LIMIT, 1), 10, text);
    ck_assert_str_eq(text, "120000000000000000000");
}
END_TEST

START_TEST(percent_is_exact)
{
    struct ratio ratio = ratio_percent(89, 348);
    ck_assert(ratio.numerator == 8900 && ratio.denominator == 348);
}
END_TEST

static const struct {
    double value;
    int decimals;
    const char *text;
} real_cases[] = {
    {0, 4, "0"},
    {-0.0, 4, "0"},
    {-0.00001, 4, "0"},
    {-0.4, 0, "0"},
    {1.5, 4, "1.5"},
    {-12.34567, 4, "-12.3457"},
    {100, 4, "100"},
    {100, 0, "100"},
    {4200.00004, 4, "4200"},
    {0.00005, 4, "0.0001"}, /* the nearest binary number is above the half */
    {9e26, 0, "899999999999999956983218176"},
};

START_TEST(formats_reals)
{
    char text[AMOUNT_TEXT];
    size_t length = real_format(real_cases[_i].value, real_cases[_i].decimals, text);
    ck_assert_str_eq(text, real_cases[_i].text);
    ck_assert_uint_eq(length, strlen(text));
}
END_TEST

START_TEST(longest_real_fits)
{
    char text[AMOUNT_TEXT];
    ck_assert_uint_lt(real_format(-9.99e26, DECIMALS_MAX, text), AMOUNT_TEXT);
}
END_TEST

START_TEST(in_units)
{
    ck_assert_double_eq(amount_real(437500000), 437.5);
    ck_assert_double_eq(amount_real(-1), -1e-6);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("amount");
    tcase_add_loop_test(tests, parses, 0, COUNT(parse_cases));
    tcase_add_test(tests, parse_reads_no_further_than_the_length);
    tcase_add_loop_test(tests, says_what_is_expected, 0, COUNT(reason_cases));
    tcase_add_loop_test(tests, formats, 0, COUNT(format_cases));
    tcase_add_loop_test(tests, formats_ratios, 0, COUNT(ratio_cases));
    tcase_add_loop_test(tests, formats_ends, 0, COUNT(end_cases));
    tcase_add_test(tests, formats_wide_ratios);
    tcase_add_test(tests, percent_is_exact);
    tcase_add_loop_test(tests, formats_reals, 0, COUNT(real_cases));
    tcase_add_test(tests, longest_real_fits);
    tcase_add_test(tests, in_units);
    return check_main(tests);
}
