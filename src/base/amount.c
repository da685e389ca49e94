#include "exportstat/base/amount.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool amount_parse(const char *text, size_t length, amount *ret, const char **ret_reason)
{
    size_t i = length > 0 && text[0] == '-';
    size_t whole = 0;
    size_t decimals = 0;
    bool point = false;
    amount value = 0;
    *ret_reason = "expected a number such as 437 or -12.5";
    for (size_t start = i; i < length; i++) {
        if (text[i] == '.' && !point && i > start) {
            point = true;
            continue;
        }
        if ((text[i] == 'e' || text[i] == 'E') && i > start)
            *ret_reason = "expected a number without an exponent, such as 437 or -12.5";
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (point ? ++decimals > AMOUNT_DECIMALS : ++whole > 30) {
            *ret_reason = point ? "at most 6 decimals are kept" : "the number is too large";
            return false;
        }
        if (value >= AMOUNT_LIMIT) { /* one more digit would leave the range that we keep */
            *ret_reason = "the number must be below 1000000000; use a larger unit";
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    if (whole == 0 || (point && decimals == 0))
        return false;
    for (; decimals < AMOUNT_DECIMALS; decimals++) {
        if (value >= AMOUNT_LIMIT)
            break;
        value *= 10;
    }
    if (value >= AMOUNT_LIMIT) {
        *ret_reason = "the number must be below 1000000000; use a larger unit";
        return false;
    }
    *ret = text[0] == '-' ? -value : value;
    return true;
}

/* Digits of units / 10^decimals, trailing zeros of the fraction cut. */
static size_t scaled_format(wide units, int decimals, char text[static AMOUNT_TEXT])
{
    char digits[AMOUNT_TEXT];
    bool negative = units < 0;
    size_t n = 0;
    size_t length = 0;
    if (negative)
        units = -units;
    while (units > INT64_MAX) {
        digits[n++] = (char)('0' + (int)(units % 10));
        units /= 10;
    }
    /* Most figures fit 64 bits, where a division costs a fraction of a 128-bit one. */
    uint64_t small = (uint64_t)units;
    do {
        digits[n++] = (char)('0' + small % 10);
        small /= 10;
    } while (small > 0 || n <= (size_t)decimals);
    size_t zeros = 0;
    while (zeros < (size_t)decimals && digits[zeros] == '0')
        zeros++;
    if (negative)
        text[length++] = '-';
    while (n > zeros) {
        if (n == (size_t)decimals)
            text[length++] = '.';
        text[length++] = digits[--n];
    }
    text[length] = '\0';
    return length;
}

size_t amount_format(amount value, char text[static AMOUNT_TEXT])
{
    return scaled_format(value, AMOUNT_DECIMALS, text);
}

struct ratio ratio_of(wide numerator, wide denominator)
{
    assert(denominator != 0);
    if (denominator < 0)
        return (struct ratio){-numerator, -denominator};
    return (struct ratio){numerator, denominator};
}

struct ratio ratio_percent(wide part, wide whole)
{
    return ratio_of(part * 100, whole);
}

/* The quotient of the ratio scaled by 10^decimals, cut towards zero, and what remains. */
static wide scaled_quotient(struct ratio value, int decimals, wide *ret_rest)
{
    assert(value.denominator > 0 && decimals >= 0 && decimals <= DECIMALS_MAX);
    wide scaled = value.numerator;
    for (int i = 0; i < decimals; i++)
        scaled *= 10;
    *ret_rest = scaled % value.denominator;
    return scaled / value.denominator;
}

size_t ratio_format(struct ratio value, int decimals, char text[static AMOUNT_TEXT])
{
    wide rest;
    wide quotient = scaled_quotient(value, decimals, &rest);
    wide magnitude = rest < 0 ? -rest : rest;
    if (magnitude >= value.denominator - magnitude) /* twice the rest, without doubling */
        quotient += rest < 0 ? -1 : 1;
    return scaled_format(quotient, decimals, text);
}

size_t ratio_format_down(struct ratio value, int decimals, char text[static AMOUNT_TEXT])
{
    wide rest;
    wide quotient = scaled_quotient(value, decimals, &rest);
    return scaled_format(quotient - (rest < 0), decimals, text);
}

size_t ratio_format_up(struct ratio value, int decimals, char text[static AMOUNT_TEXT])
{
    wide rest;
    wide quotient = scaled_quotient(value, decimals, &rest);
    return scaled_format(quotient + (rest > 0), decimals, text);
}

size_t real_format(double value, int decimals, char text[static AMOUNT_TEXT])
{
    assert(isfinite(value) && fabs(value) < REAL_LIMIT);
    int length = snprintf(text, AMOUNT_TEXT, "%.*f", decimals, value);
    if (decimals > 0) {
        while (text[length - 1] == '0')
            length--;
        if (text[length - 1] == '.')
            length--;
    }
    text[length] = '\0';
    if (strcmp(text, "-0") == 0)
        length = snprintf(text, AMOUNT_TEXT, "0");
    return (size_t)length;
}

double amount_real(amount value)
{
    return (double)value / (double)AMOUNT_SCALE;
}
