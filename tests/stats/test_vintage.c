/* The data of an origin is that of its time where the reports allow it, and never later than the origin. */
#include "exportstat/stats/vintage.h"

#include "check_main.h"
#include "stats/series_text.h"

/* Two years, each month released on the 18th of the next; September 2024 was 30 until January 2025. */
static const char two_years[] =
    "10 10 10 10 10 10 10 10 10 10 10 10 10 10 30 10 10 10 10 10 10 10 10 10";
static const char revision[] = "2024-09 50 1 2025-01-05 3 b/revised";

static const struct {
    const char *name;
    const char *values;
    const char *year;
    const char *last;
    bool then;
    double value; /* of September 2024; 0: not looked at */
} cases[] = {
    {"before the revision", two_years, "2024-07", "2024-10", true, 30},
    {"on its release", two_years, "2024-07", "2024-09", true, 30},
    {"released before it, of December", two_years, "2024-07", "2024-11", true, 30},
    {"after the revision", two_years, "2024-07", "2024-12", true, 50},
    {"before the year's first month", two_years, "2024-07", "2024-06", true, 0},
    {"no year before", two_years, "2023-07", "2024-03", false, 0},
    {"a gap in the year before",
     "10 10 - 10 10 10 - - 10 10 10 10 10 10 30 10 10 10 10 10 10 10 10 10", "2024-07", "2024-12",
     false, 50},
};

START_TEST(known_then)
{
    struct store store = {0};
    const char *name = cases[_i].name;
    struct view view = series_read(&store, "2023-07", cases[_i].values, revision, 7);
    struct vintages vintages = vintages_of(&store.arena, &view);
    int32_t last = span_read(cases[_i].last, 7).first;
    int32_t first = span_read(cases[_i].year, 7).first;
    bool then;
    struct months months = vintage_known(&vintages, &store.arena, first, last, &then);
    ck_assert_msg(then == cases[_i].then, "%s", name);
    ck_assert_int_eq(months.first + (int32_t)months.n - 1, last);
    if (cases[_i].value > 0) {
        int32_t september = span_read("2024-09", 7).first;
        double value = months.at[september - months.first].value;
        ck_assert_msg(value == cases[_i].value, "%s: %g", name, value);
    }
    store_release(&store);
}
END_TEST

/* The third month of the year came late, so that of the months around it the first two alone were known in time. */
START_TEST(reports_that_came_late)
{
    struct store store = {0};
    struct view view = series_read(&store, "2023-07", "1 1 1 1 1 1 1 1 1 1 1 1 1 1 - 1 1",
                                   "2024-09 7 1 2025-03-01 2 b/late", 7);
    struct vintages vintages = vintages_of(&store.arena, &view);
    int32_t first = span_read("2024-07", 7).first;
    static const bool in_time[] = {true, true, true, false, false, false};
    for (int elapsed = 0; elapsed < (int)COUNT(in_time); elapsed++) {
        bool then;
        struct months months =
            vintage_known(&vintages, &store.arena, first, first + elapsed - 1, &then);
        ck_assert_msg(then == in_time[elapsed], "%d", elapsed);
        ck_assert_int_eq((int)months.n, 12 + elapsed);
    }
    store_release(&store);
}
END_TEST

START_TEST(nothing_known)
{
    struct store store = {0};
    struct view view = series_read(&store, "2023-07", "1 1", "", 7);
    struct vintages vintages = vintages_of(&store.arena, &view);
    bool then;
    int32_t first = span_read("2022-07", 7).first;
    ck_assert(vintage_known(&vintages, &store.arena, first, first + 3, &then).n == 0 && !then);
    store_release(&store);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("vintage");
    tcase_add_loop_test(tests, known_then, 0, COUNT(cases));
    tcase_add_test(tests, reports_that_came_late);
    tcase_add_test(tests, nothing_known);
    return check_main(tests);
}
