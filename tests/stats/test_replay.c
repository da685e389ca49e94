/* The backtest asks only of what was known, and counts right. */
#include "exportstat/stats/replay.h"

#include <math.h>

#include "check_main.h"
#include "exportstat/base/text.h"

enum { MONTHS = 60, FIRST = 2018 * 12 + 6 };

/* Five years: every month is 100 in the first, and 20 more in each next one. */
static struct months example(struct monthly at[static MONTHS])
{
    for (int t = 0; t < MONTHS; t++) {
        int year = t / 12;
        at[t] = (struct monthly){true, 100 + 20 * year};
    }
    return (struct months){FIRST, at, MONTHS};
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

START_TEST(years_and_origins)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct replay_request request = {.latest = example(at), .before = FIRST + MONTHS};
    struct replay got = replay(&arena, &request);
    ck_assert(got.n == 48); /* the first year has nothing before it */
    ck_assert_int_eq(got.at[0].first, FIRST + 12);
    ck_assert_int_eq(got.at[13].elapsed, 1);
    ck_assert(got.at[0].flags & (1U << FLAG_SHORT_HISTORY));
    ck_assert(!(got.at[12].flags & (1U << FLAG_SHORT_HISTORY)));
    for (size_t i = 0; i < got.n; i++)
        ck_assert(got.at[i].known && got.at[i].has_bounds);
    at[30].known = false; /* the third year is not complete */
    got = replay(&arena, &request);
    ck_assert(got.n == 36);
    request.before = FIRST + 12;
    ck_assert(replay(&arena, &request).n == 0);
    arena_release(&arena);
}
END_TEST

/* Same as last year with k months known: 12 x 20 less k x 20 too low. */
START_TEST(scores)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct replay_request request = {.latest = example(at), .before = FIRST + MONTHS};
    request.scenario = SCENARIO_SAME_AS_LAST_YEAR;
    struct replay got = replay(&arena, &request);
    struct replay_score score = replay_score(&arena, &got, 6);
    double errors[4];
    for (int i = 0; i < 4; i++)
        errors[i] = 100 * 120.0 / (12 * (120 + 20 * i));
    ck_assert_int_eq(score.n, 4);
    ck_assert(near(score.mape, (errors[0] + errors[1] + errors[2] + errors[3]) / 4));
    ck_assert(near(score.bias, score.mape));
    ck_assert(near(score.median_ape, (errors[1] + errors[2]) / 2));
    ck_assert(near(score.rmse, 120));
    ck_assert_int_eq(score.n_bounds, 0);
    ck_assert_int_eq(replay_score(&arena, &got, REPLAY_ALL).n, 48);
    request.scenario = SCENARIO_RUN_RATE;
    struct replay other = replay(&arena, &request);
    double relative;
    ck_assert_int_eq(replay_score(&arena, &other, 0).n, 0);
    ck_assert(!replay_relative(&got, &other, 6, &relative)); /* which is always right here */
    ck_assert(replay_relative(&other, &got, 6, &relative) && relative == 0);
    ck_assert(!replay_relative(&other, &got, 0, &relative)); /* no run rate before any month */
    arena_release(&arena);
}
END_TEST

START_TEST(hits)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct replay_request request = {.latest = example(at), .before = FIRST + MONTHS};
    for (int t = 0; t < MONTHS; t++)
        at[t].value = 100 * exp(0.1 * sin(t * 2.39996));
    struct replay got = replay(&arena, &request);
    struct replay_score score = replay_score(&arena, &got, REPLAY_ALL);
    ck_assert_int_eq(score.n_bounds, 48);
    ck_assert_int_le(score.within[REPLAY_80], score.within[REPLAY_95]);
    ck_assert_int_ge(score.within[REPLAY_95], 40);
    arena_release(&arena);
}
END_TEST

/* What was known then, as a caller tells it: twice what came. */
static struct months doubled(void *context, struct arena *arena, int32_t year_first, int32_t last,
                             bool *ret_then)
{
    *ret_then = year_first < FIRST + 24;
    struct months months = months_until(context, last);
    struct monthly *at = ARENA_ARRAY(arena, months.n, struct monthly);
    for (size_t i = 0; i < months.n; i++)
        at[i] = (struct monthly){months.at[i].known, 2 * months.at[i].value};
    ck_assert(months.n == (size_t)(last - months.first + 1));
    months.at = at;
    return months;
}

START_TEST(as_known_then)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct replay_request request = {.latest = example(at), .before = FIRST + MONTHS};
    request.scenario = SCENARIO_RUN_RATE;
    request.known = doubled;
    request.context = &request.latest;
    struct replay got = replay(&arena, &request);
    for (size_t i = 0; i < got.n; i++) {
        if (got.at[i].known)
            ck_assert(near(got.at[i].forecast, 2 * got.at[i].actual));
        ck_assert(got.at[i].then == (got.at[i].first < FIRST + 24));
    }
    arena_release(&arena);
}
END_TEST

/* What was answered before is not asked again, where and only where the months are the same. */
START_TEST(made_before)
{
    struct arena arena = {0};
    struct monthly at[MONTHS];
    struct replay_request request = {.latest = example(at), .before = FIRST + MONTHS};
    request.scenario = SCENARIO_SAME_AS_LAST_YEAR;
    struct replay first = replay(&arena, &request);
    struct replay_origin *made = ARENA_ARRAY(&arena, first.n, struct replay_origin);
    for (size_t i = 0; i < first.n; i++) {
        made[i] = first.at[i];
        made[i].forecast = -1; /* to be known again by */
    }
    struct replay before = {.scenario = request.scenario, .at = made, .n = first.n};
    request.made = &before;
    at[30].value +=
        1; /* January of the third year: two years lie before it in full, and six of its origins */
    struct replay got = replay(&arena, &request);
    ck_assert(got.n == first.n);
    for (size_t i = 0; i < got.n; i++) {
        bool same = got.at[i].first + got.at[i].elapsed <= FIRST + 30;
        ck_assert_msg((got.at[i].forecast == -1) == same, "%zu", i);
        ck_assert(got.at[i].actual == first.at[i].actual + (got.at[i].first == FIRST + 24));
    }
    ck_assert(replay_before(&got, FIRST + 36).n == 24);
    ck_assert(replay_before(&got, FIRST).n == 0);
    arena_release(&arena);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("replay");
    tcase_set_timeout(tests, 120); /* slow machines, sanitizers */
    tcase_add_test(tests, years_and_origins);
    tcase_add_test(tests, scores);
    tcase_add_test(tests, hits);
    tcase_add_test(tests, as_known_then);
    tcase_add_test(tests, made_before);
    return check_main(tests);
}
