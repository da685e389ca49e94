/* Intervals and probabilities. */
#include "exportstat/stats/spread.h"

#include <math.h>

#include "check_main.h"
#include "exportstat/base/text.h"
#include "exportstat/stats/bes.h"

static const double sample[] = {0, 0, 10, 20, 30, 40, 50, 60, 90};

static const struct {
    const char *name;
    struct spread spread;
    double level;
    bool known;
    double low;
    double high;
} cases[] = {
    {"unknown", {.kind = SPREAD_UNKNOWN, .rest = 5}, 80, false, 0, 0},
    {"exact", {.kind = SPREAD_EXACT, .known = 5}, 80, true, 5, 5},
    {"log",
     {.kind = SPREAD_LOG, .known = 5, .rest = 10, .s = 0.1, .n_known = 31},
     80,
     true,
     5 + 8.771814,
     5 + 11.400151},
    {"identity",
     {.kind = SPREAD_IDENTITY, .known = 5, .rest = 10, .s = 1, .n_known = 31},
     95,
     true,
     15 - 2.185231,
     15 + 2.185231},
    {"never below the floor",
     {.kind = SPREAD_IDENTITY, .known = 5, .rest = 1, .s = 1, .n_known = 31},
     95,
     true,
     5,
     8.185231},
    {"no floor",
     {.kind = SPREAD_IDENTITY, .known = 5, .rest = 1, .s = 1, .n_known = 31, .floor = -INFINITY},
     95,
     true,
     6 - 2.185231,
     8.185231},
    {"sample",
     {.kind = SPREAD_SAMPLE, .known = 5, .rest = 30, .sample = sample, .n_sample = 9},
     60,
     true,
     5,
     65},
    {"sample between its values",
     {.kind = SPREAD_SAMPLE, .known = 5, .rest = 30, .sample = sample, .n_sample = 9},
     50,
     true,
     5 + 5,
     5 + 55},
    {"no wider than the sample",
     {.kind = SPREAD_SAMPLE, .known = 5, .rest = 30, .sample = sample, .n_sample = 9},
     99,
     true,
     5,
     95},
    {"contains the point whatever it is",
     {.kind = SPREAD_SAMPLE, .known = 5, .rest = 95, .sample = sample, .n_sample = 9},
     50,
     true,
     10,
     100},
    {"too large", {.kind = SPREAD_LOG, .rest = 10, .s = 50, .n_known = 31}, 80, false, 0, 0},
};

START_TEST(intervals)
{
    struct bounds got;
    bool known = spread_interval(&cases[_i].spread, cases[_i].level, &got);
    ck_assert_msg(known == cases[_i].known, "%s", cases[_i].name);
    if (!known)
        return;
    ck_assert_msg(fabs(got.low - cases[_i].low) < 1e-5, "%s: %f", cases[_i].name, got.low);
    ck_assert_msg(fabs(got.high - cases[_i].high) < 1e-5, "%s: %f", cases[_i].name, got.high);
}
END_TEST

START_TEST(reaching)
{
    double p;
    struct spread spread = {.kind = SPREAD_EXACT, .known = 5};
    ck_assert(spread_reaches(&spread, 5, &p) && p == 1);
    ck_assert(spread_reaches(&spread, 5.01, &p) && p == 0);
    spread = cases[3].spread; /* on the identity scale */
    double s = bes_multiplier(80, 31) / 1.2815515655;
    ck_assert(spread_reaches(&spread, 15 + s, &p));
    ck_assert_double_eq_tol(p, 0.158655, 1e-6);
    spread = cases[6].spread; /* the sample */
    ck_assert(spread_reaches(&spread, 5, &p) && p == 1);
    ck_assert(spread_reaches(&spread, 34.5, &p));
    ck_assert_double_eq_tol(p, 0.55, 1e-9);
    ck_assert(spread_reaches(&spread, 500, &p));
    ck_assert_double_eq_tol(p, 0.05, 1e-9);
    spread.kind = SPREAD_UNKNOWN;
    ck_assert(!spread_reaches(&spread, 500, &p));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("spread");
    tcase_add_loop_test(tests, intervals, 0, COUNT(cases));
    tcase_add_test(tests, reaching);
    return check_main(tests);
}
