#include "exportstat/base/date.h"

#include <string.h>

#include "exportstat/base/text.h"

int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

date date_of(int year, int month, int day)
{
    /* Years that begin in March, so that the leap day is the last one; eras of 400 years. */
    int shifted = month <= 2 ? year - 1 : year;
    int era = shifted / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (date){era * 146097 + day_of_era - 719468};
}

bool date_parse(const char *text, size_t length, date *ret)
{
    int year;
    int month;
    int day;
    if (length != 7 && length != 10)
        return false;
    if (!digits_parse(text, 4, &year) || text[4] != '-' || !digits_parse(text + 5, 2, &month))
        return false;
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12)
        return false;
    if (length == 7) {
        day = month_days(year, month);
    } else if (text[7] != '-' || !digits_parse(text + 8, 2, &day) || day < 1 ||
               day > month_days(year, month)) {
        return false;
    }
    *ret = date_of(year, month, day);
    return true;
}

date date_month_end(int32_t month_index)
{
    int year = month_index / 12;
    int month = month_index % 12 + 1;
    return date_of(year, month, month_days(year, month));
}

int32_t date_month(date when, int *ret_day)
{
    int days = when.day + 719468;
    int era = days / 146097;
    int day_of_era = days - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153;
    int year = year_of_era + era * 400 + (march_month >= 10);
    int month = march_month < 10 ? march_month + 3 : march_month - 9;
    *ret_day = day_of_year - (153 * march_month + 2) / 5 + 1;
    return year * 12 + month - 1;
}

void date_format(date when, char text[static DATE_TEXT])
{
    int day;
    int32_t month = date_month(when, &day);
    int year = (int)(month / 12);
    int number = (int)(month % 12) + 1;
    const char digits[DATE_TEXT] = {
        (char)('0' + year / 1000),
        (char)('0' + year / 100 % 10),
        (char)('0' + year / 10 % 10),
        (char)('0' + year % 10),
        '-',
        (char)('0' + number / 10),
        (char)('0' + number % 10),
        '-',
        (char)('0' + day / 10),
        (char)('0' + day % 10),
    };
    memcpy(text, digits, sizeof digits);
}
