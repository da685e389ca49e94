#include "exportstat/stats/band.h"

struct band band_of(const struct figure *figure)
{
    wide value = (wide)figure->value * 2;
    return (struct band){value, value - figure->precision, value + figure->precision};
}

struct band band_sum(struct band a, struct band b)
{
    return (struct band){a.value + b.value, a.low + b.low, a.high + b.high};
}

struct range band_parts(struct band band, int parts)
{
    wide denominator = (wide)parts * 2 * AMOUNT_SCALE;
    return (struct range){
        .value = ratio_of(band.value, denominator),
        .low = ratio_of(band.low, denominator),
        .high = ratio_of(band.high, denominator),
    };
}

/* 100 (a / b - less) */
static struct ratio percent_of(wide a, wide b, int less)
{
    return ratio_percent(a - less * b, b);
}

/* Only bases above zero count: what would be divided by less has no meaning as a percentage. */
static bool band_percent(struct band now, struct band base, int less, struct range *ret)
{
    bool may_be_zero = base.low <= 0;
    if (base.value <= 0)
        return false;
    *ret = (struct range){
        .value = percent_of(now.value, base.value, less),
        .open_low = may_be_zero && now.low < 0,
        .open_high = may_be_zero && now.high > 0,
    };
    /* A negative value is largest in magnitude over the smallest base, a positive one over the largest. */
    if (!ret->open_low)
        ret->low = percent_of(now.low, now.low < 0 ? base.low : base.high, less);
    if (!ret->open_high)
        ret->high = percent_of(now.high, now.high <= 0 ? base.high : base.low, less);
    return true;
}

bool band_growth(struct band now, struct band base, struct range *ret)
{
    return band_percent(now, base, 1, ret);
}

bool band_share(struct band part, struct band whole, struct range *ret)
{
    return band_percent(part, whole, 0, ret);
}

struct ratio ratio_reduce(struct ratio ratio)
{
    wide a = ratio.numerator < 0 ? -ratio.numerator : ratio.numerator;
    wide b = ratio.denominator;
    while (a != 0) {
        wide rest = b % a;
        b = a;
        a = rest;
    }
    return (struct ratio){ratio.numerator / b, ratio.denominator / b};
}
