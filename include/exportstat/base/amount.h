/* Exact numbers.
 *
 * An amount is a decimal figure of a series (a value, a precision, a sum of values), held as an integer
 * number of millionths of the series' unit. Everything that a source printed is representable, sums and
 * differences are exact, and no floating point is involved. What is stored is below AMOUNT_LIMIT in
 * magnitude, so that the sum of any PERIOD_MONTHS_MAX months fits.
 *
 * A ratio is an exact quotient; it is rounded once, when it is written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t amount;
__extension__ typedef __int128 wide;

enum {
    AMOUNT_SCALE = 1000000, /* parts of one unit */
    AMOUNT_DECIMALS = 6,
    DECIMALS_MAX = 10, /* of a rounded ratio */
    AMOUNT_TEXT = 56,  /* bytes for any number that this module formats */
};

/* A stored amount is below 10^9 units in magnitude; larger figures want a larger unit. */
#define AMOUNT_LIMIT ((amount)1000000000 * AMOUNT_SCALE)

struct ratio {
    wide numerator;
    wide denominator; /* above zero */
};

/* Reads "-12.345": digits, at most six decimals, below AMOUNT_LIMIT; no plus sign, exponent, blanks or
 * bare point. On failure *ret_reason says what is expected. */
bool amount_parse(const char *text, size_t length, amount *ret, const char **ret_reason);

/* Writes the amount exactly, without trailing zeros; returns the length. */
size_t amount_format(amount value, char text[static AMOUNT_TEXT]);

/* numerator / denominator with the sign moved to the numerator; the denominator must not be 0. */
struct ratio ratio_of(wide numerator, wide denominator);

/* 100 x part / whole. */
struct ratio ratio_percent(wide part, wide whole);

/* Writes the ratio rounded half away from zero to at most `decimals` (0 to DECIMALS_MAX) places,
 * without trailing zeros; returns the length. Numerators up to 10^27 are exact at any `decimals`. */
size_t ratio_format(struct ratio value, int decimals, char text[static AMOUNT_TEXT]);

/* The same rounded down, towards minus infinity, or up: an interval that is written so contains the exact one. */
size_t ratio_format_down(struct ratio value, int decimals, char text[static AMOUNT_TEXT]);
size_t ratio_format_up(struct ratio value, int decimals, char text[static AMOUNT_TEXT]);

/* The same for a binary number, which must be finite and below REAL_LIMIT in magnitude. */
#define REAL_LIMIT 1e27
size_t real_format(double value, int decimals, char text[static AMOUNT_TEXT]);

/* The amount as units, in binary; for projections, logarithmic transforms and places in drawings alone. */
double amount_real(amount value);
