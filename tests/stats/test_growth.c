#include "exportstat/stats/growth.h"

#include "check_main.h"
#include "stats/growth_text.h"

static const struct {
    const char *name;
    const char *period;
    enum growth_basis basis;
    const char *now, *base, *change, *percent; /* NULL: not there */
    enum missing missing;
} cases[] = {
    {"month on month", "2023-08", GROWTH_MOM, "110", "100", "10", "10", MISSING_NOT},
    {"a fall", "2024-08", GROWTH_MOM, "99", "125", "-26", "-20.8", MISSING_NOT},
    {"rounded once", "2025-04", GROWTH_MOM, "437", "356", "81", "22.7528", MISSING_NOT},
    {"the first month", "2023-07", GROWTH_MOM, "100", NULL, NULL, NULL, MISSING_NO_BASE},
    {"to zero", "2023-10", GROWTH_MOM, "0", "120", "-120", "-100", MISSING_NOT},
    {"from zero", "2023-11", GROWTH_MOM, "-10", "0", "-10", NULL, MISSING_ZERO_BASE},
    {"from below zero", "2023-12", GROWTH_MOM, "150", "-10", "160", NULL, MISSING_NEGATIVE_BASE},
    {"of a missing month", "2024-10", GROWTH_MOM, NULL, "120", NULL, NULL, MISSING_NOT_REPORTED},
    {"no rate across a gap", "2024-11", GROWTH_MOM, "140", NULL, NULL, NULL, MISSING_NO_BASE},
    {"year on year", "2024-07", GROWTH_YOY, "125", "100", "25", "25", MISSING_NOT},
    {"no growth is zero", "2024-09", GROWTH_YOY, "120", "120", "0", "0", MISSING_NOT},
    {"the base a year before is missing", "2023-09", GROWTH_YOY, "120", NULL, NULL, NULL,
     MISSING_NO_BASE},
    {"a quarter on the quarter before", "2025-Q1", GROWTH_MOM, "1090", "431", "659", "152.9002",
     MISSING_NOT},
    {"a quarter on the year", "2024-Q3", GROWTH_YOY, "344", "330", "14", "4.2424", MISSING_NOT},
    {"a range on the range before", "2024-08/2024-09", GROWTH_MOM, "219", "335", "-116", "-34.6269",
     MISSING_NOT},
    {"a fiscal year on the year, one a sum and one reported", "FY2025", GROWTH_YOY, "3000", "1580",
     "1420", "89.8734", MISSING_NOT},
    {"to date: the same months of both years", "2024-09", GROWTH_FYTD, "344", "330", "14", "4.2424",
     MISSING_NOT},
    {"to date in the first month of the year", "2024-07", GROWTH_FYTD, "125", "100", "25", "25",
     MISSING_NOT},
    {"to date at the end of the year", "2025-06", GROWTH_FYTD, "3000", "1580", "1420", "89.8734",
     MISSING_NOT},
    {"to date of a quarter: up to its last month", "2024-Q3", GROWTH_FYTD, "344", "330", "14",
     "4.2424", MISSING_NOT},
    {"to date with a missing month", "2024-12", GROWTH_FYTD, NULL, "470", NULL, NULL,
     MISSING_INCOMPLETE_PERIOD},
    {"trailing months include the period", "2024-07", GROWTH_TRAILING_12M, "1605", NULL, NULL, NULL,
     MISSING_NO_BASE},
    {"trailing months of two years", "2025-06", GROWTH_TRAILING_12M, "3000", "1580", "1420",
     "89.8734", MISSING_NOT},
    {"trailing months with a missing one", "2025-05", GROWTH_TRAILING_12M, NULL, NULL, NULL, NULL,
     MISSING_INCOMPLETE_PERIOD},
};

START_TEST(growth_rates)
{
    struct store store = {0};
    const char *name = cases[_i].name;
    struct view view = growth_read(&store);
    struct growth growth = growth_of(&view, span_of(cases[_i].period), cases[_i].basis);
    ck_assert_msg(growth.now.known == (cases[_i].now != NULL), "%s", name);
    ck_assert_msg(growth.base.known == (cases[_i].base != NULL), "%s", name);
    ck_assert_msg(growth.has_change == (cases[_i].change != NULL), "%s", name);
    ck_assert_msg(growth.has_percent == (cases[_i].percent != NULL), "%s", name);
    ck_assert_msg(growth.missing == cases[_i].missing, "%s: %d", name, growth.missing);
    if (cases[_i].now)
        ck_assert_str_eq(amount_text(growth.now.value), cases[_i].now);
    if (cases[_i].base)
        ck_assert_str_eq(amount_text(growth.base.value), cases[_i].base);
    if (cases[_i].change)
        ck_assert_str_eq(amount_text(growth.change), cases[_i].change);
    if (cases[_i].percent)
        ck_assert_str_eq(ratio_text(growth.percent), cases[_i].percent);
    store_release(&store);
}
END_TEST

START_TEST(unlike_bases_show)
{
    struct store store = {0};
    struct view view = growth_read(&store);
    struct growth growth = growth_of(&view, span_of("FY2025"), GROWTH_YOY);
    ck_assert(growth.now.is_reported && !growth.now.is_sum);
    ck_assert(!growth.base.is_reported && growth.base.is_sum);
    store_release(&store);
}
END_TEST

START_TEST(year_to_date)
{
    struct span july = fiscal_year_to_date(2025 * 12 + 6, 7);
    struct span june = fiscal_year_to_date(2026 * 12 + 5, 7);
    struct span march = fiscal_year_to_date(2026 * 12 + 2, 1);
    ck_assert(july.first == 2025 * 12 + 6 && july.last == 2025 * 12 + 6);
    ck_assert(june.first == 2025 * 12 + 6 && june.last == 2026 * 12 + 5);
    ck_assert(march.first == 2026 * 12 && march.last == 2026 * 12 + 2);
}
END_TEST

START_TEST(names_are_those_of_the_contract)
{
    static const char *const names[][2] = {
        {"level", "lin"},       {"change", "chg"},
        {"yoy_change", "ch1"},  {"percent", "pch"},
        {"yoy_percent", "pc1"}, {"annualised_percent", "pca"},
        {"log_percent", "cch"}, {"annualised_log_percent", "cca"},
        {"log", "log"},         {"indicative_sa", "indicative_sa"},
    };
    static const char *const bases[] = {"mom", "yoy", "fytd", "trailing_12m"};
    for (size_t i = 0; i < COUNT(names); i++) {
        ck_assert_str_eq(transform_names[i], names[i][0]);
        ck_assert_str_eq(transform_codes[i], names[i][1]);
    }
    for (size_t i = 0; i < COUNT(bases); i++)
        ck_assert_str_eq(growth_basis_names[i], bases[i]);
    ck_assert_ptr_null(transform_names[COUNT(names)]);
    ck_assert_ptr_null(transform_codes[COUNT(names)]);
    ck_assert_ptr_null(growth_basis_names[COUNT(bases)]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("growth");
    tcase_add_loop_test(tests, growth_rates, 0, COUNT(cases));
    tcase_add_test(tests, unlike_bases_show);
    tcase_add_test(tests, year_to_date);
    tcase_add_test(tests, names_are_those_of_the_contract);
    return check_main(tests);
}
