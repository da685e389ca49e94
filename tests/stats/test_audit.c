#include "exportstat/stats/audit.h"

#include "check_main.h"
#include "stats/series_text.h"

/* The months of the stories, as they were first reported. */
#define MONTHS_2025                    \
    "2024-12 348 1 2025-01-17 2 a/1\n" \
    "2025-07 354 1 2025-08-18 2 a/2\n" \
    "2025-08 337 1 2025-09-18 2 a/3\n" \
    "2025-09 366 1 2025-10-20 2 a/4\n" \
    "2025-10 386 1 2025-11-18 2 a/5\n" \
    "2025-11 356 1 2025-12-18 2 a/6\n" \
    "2025-12 437 1 2026-01-20 2 a/7\n"

/* To the smallest part, so that rounding leaves next to nothing: 100, and what follows a year later. */
#define FINE(value) \
    "2024-01 100 0.000001 2024-02-18 2 a/1\n2025-01 " value " 0.000001 2025-02-18 2 a/2\n"

/* Growth on the year in December and January, the latter within rounding; none in November. */
#define STREAK(january)                \
    MONTHS_2025                        \
    "2024-11 380 1 2024-12-18 2 a/8\n" \
    "2025-01 400 1 2025-02-18 2 a/9\n" \
    "2026-01 " january " 1 2026-02-18 2 a/10\n"

/* 324 for November 2024 was revised to 310 on 2025-01-31. */
#define REVISED                        \
    "2024-11 324 1 2024-12-18 2 a/1\n" \
    "2024-12 348 1 2025-01-17 2 a/2\n" \
    "accept 2024-11 310 1 2025-01-31\n"

#define TWELVE(value)                         \
    "2024-01 " value " 1 2024-02-18 2 b/1\n"  \
    "2024-02 " value " 1 2024-03-18 2 b/2\n"  \
    "2024-03 " value " 1 2024-04-18 2 b/3\n"  \
    "2024-04 " value " 1 2024-05-18 2 b/4\n"  \
    "2024-05 " value " 1 2024-06-18 2 b/5\n"  \
    "2024-06 " value " 1 2024-07-18 2 b/6\n"  \
    "2024-07 " value " 1 2024-08-18 2 b/7\n"  \
    "2024-08 " value " 1 2024-09-18 2 b/8\n"  \
    "2024-09 " value " 1 2024-10-18 2 b/9\n"  \
    "2024-10 " value " 1 2024-11-18 2 b/10\n" \
    "2024-11 " value " 1 2024-12-18 2 b/11\n" \
    "2024-12 " value " 1 2025-01-18 2 b/12\n"

/* A claim is "METRIC PERIOD VALUE PRECISION PUBLISHED". What is expected is the verdict, the one at publication,
 * the computed value with its interval, whether a statement holds, and the reading of a mislabelled claim. The
 * second and third series are goods and services. */
static const struct {
    const char *name;
    const char *series[3];
    const char *claim;
    const char *expected;
} cases[] = {
    /* Every metric. */
    {"a level",
     {MONTHS_2025},
     "level 2025-12 437 1 2026-01-20",
     "confirmed confirmed 437 436.5 437.5"},
    {"growth on the month",
     {MONTHS_2025},
     "mom_pct 2025-12 23 1 2026-01-20",
     "confirmed confirmed 22.7528 22.4404 23.0661"},
    {"growth on the month, within rounding",
     {MONTHS_2025},
     "mom_pct 2025-12 22 1 2026-01-20",
     "consistent consistent 22.7528 22.4404 23.0661"},
    {"growth on the month, beyond rounding",
     {MONTHS_2025},
     "mom_pct 2025-12 27 1 2026-01-20",
     "contradicted contradicted 22.7528 22.4404 23.0661"},
    {"growth on the year",
     {MONTHS_2025},
     "yoy_pct 2025-12 26 1 2026-01-20",
     "confirmed confirmed 25.5747 25.2511 25.8993"},
    {"growth on the year, within rounding",
     {MONTHS_2025},
     "yoy_pct 2025-12 25 1 2026-01-20",
     "consistent consistent 25.5747 25.2511 25.8993"},
    {"a total to date",
     {MONTHS_2025},
     "fytd_level 2025-07/2025-12 2236 1 2026-01-20",
     "confirmed confirmed 2236 2233 2239"},
    {"growth to date",
     {"2024-07 100 1 2024-08-18 2 a/1\n2024-08 100 1 2024-09-18 2 a/2\n"
      "2025-07 110 1 2025-08-18 2 a/3\n2025-08 120 1 2025-09-18 2 a/4"},
     "fytd_yoy_pct 2025-07/2025-08 15 1 2025-09-18",
     "confirmed confirmed 15 13.9303 16.0804"},
    {"a record",
     {MONTHS_2025},
     "record_high 2025-12 437 1 2026-01-20",
     "confirmed confirmed 437 436.5 437.5 holds"},
    {"a record of its day, though not the last",
     {MONTHS_2025},
     "record_high 2025-10 386 1 2025-11-18",
     "confirmed confirmed 386 385.5 386.5 holds"},
    {"no record",
     {MONTHS_2025},
     "record_high 2025-11 356 1 2025-12-18",
     "contradicted contradicted 356 355.5 356.5"},
    {"a record within rounding",
     {"2025-01 100 10 2025-02-18 2 a/1\n2025-02 98 10 2025-03-18 2 a/2"},
     "record_high 2025-02 98 1 2025-03-18",
     "consistent consistent 98 93 103"},
    {"the record before",
     {MONTHS_2025},
     "previous_record 2025-10 386 1 2026-01-20",
     "confirmed confirmed 386 385.5 386.5 holds"},
    {"not the record before",
     {MONTHS_2025},
     "previous_record 2025-09 366 1 2026-01-20",
     "contradicted contradicted 386 385.5 386.5 of 2025-10"},
    {"a threshold first crossed",
     {MONTHS_2025},
     "threshold_first_crossed 2025-12 400 1 2026-01-20",
     "confirmed confirmed 437 436.5 437.5 holds"},
    {"a threshold is crossed by what equals it",
     {MONTHS_2025},
     "threshold_first_crossed 2025-12 437 1 2026-01-20",
     "confirmed confirmed 437 436.5 437.5 holds"},
    {"a threshold crossed before",
     {MONTHS_2025},
     "threshold_first_crossed 2025-12 380 1 2026-01-20",
     "contradicted contradicted 437 436.5 437.5"},
    {"a threshold within rounding",
     {MONTHS_2025},
     "threshold_first_crossed 2025-12 437.5 0.1 2026-01-20",
     "consistent consistent 437 436.5 437.5"},
    {"a threshold not reached",
     {MONTHS_2025},
     "threshold_first_crossed 2025-12 438 1 2026-01-20",
     "contradicted contradicted 437 436.5 437.5"},
    {"a streak",
     {STREAK("401")},
     "growth_streak_months 2026-01 2 1 2026-02-18",
     "confirmed confirmed 2 0 2"},
    {"a streak within rounding",
     {STREAK("401")},
     "growth_streak_months 2026-01 1 1 2026-02-18",
     "consistent consistent 2 0 2"},
    {"a streak too long",
     {STREAK("401")},
     "growth_streak_months 2026-01 3 1 2026-02-18",
     "contradicted contradicted 2 0 2"},
    {"equal is no growth",
     {STREAK("400")},
     "growth_streak_months 2026-01 3 1 2026-02-18",
     "contradicted contradicted 0 0 2"},
    {"a streak up to a base that is not known",
     {MONTHS_2025},
     "growth_streak_months 2025-12 1 1 2026-01-20",
     "unverifiable unverifiable - not_reported 2024-11"},
    {"a streak beyond a base that is not known",
     {MONTHS_2025},
     "growth_streak_months 2025-12 7 1 2026-01-20",
     "unverifiable unverifiable - not_reported 2024-11"},
    {"a streak beyond a month that is not known",
     {"2024-01 100 1 2024-02-18 2 a/1\n2024-02 100 1 2024-03-18 2 a/2\n"
      "2025-02 110 1 2025-03-18 2 a/3"},
     "growth_streak_months 2025-02 2 1 2025-03-18",
     "unverifiable unverifiable - not_reported 2025-01"},
    {"a streak that is longer anyhow",
     {MONTHS_2025 "2025-01 400 1 2025-02-18 2 a/8\n2026-01 420 1 2026-02-18 2 a/9"},
     "growth_streak_months 2026-01 1 1 2026-02-18",
     "contradicted contradicted 2 2 open"},
    {"a base of nothing ends a streak",
     {MONTHS_2025 "2024-11 0 1 2024-12-18 2 a/8"},
     "growth_streak_months 2025-12 1 1 2026-01-20",
     "confirmed confirmed 1 1 1"},
    {"a streak of a month that is not known",
     {MONTHS_2025},
     "growth_streak_months 2026-01 1 1 2026-02-18",
     "unverifiable unverifiable - not_reported 2026-01"},
    {"an average of the twelve months before",
     {TWELVE("300") "2025-01 400 1 2025-02-18 2 a"},
     "trailing_12m_average 2025-01 300 1 2025-02-18",
     "confirmed confirmed 300 299.5 300.5"},
    {"an average without one of its months",
     {MONTHS_2025},
     "trailing_12m_average 2025-12 370 1 2026-01-20",
     "unverifiable unverifiable - incomplete_period 2024-12/2025-11"},
    {"a share",
     {"2025-01 100 1 2025-02-18 2 a", "2025-01 700 1 2025-02-18 2 a",
      "2025-01 300 1 2025-02-18 2 a"},
     "share_of_total_exports_pct 2025-01 10 1 2025-02-18",
     "confirmed confirmed 10 9.9401 10.0601"},
    {"a share of what is not known",
     {"2025-01 100 1 2025-02-18 2 a", "2025-01 700 1 2025-02-18 2 a", ""},
     "share_of_total_exports_pct 2025-01 10 1 2025-02-18",
     "unverifiable unverifiable - not_reported 2025-01"},
    {"a share without the series of the total",
     {"2025-01 100 1 2025-02-18 2 a"},
     "share_of_total_exports_pct 2025-01 10 1 2025-02-18",
     "unverifiable unverifiable - not_reported 2025-01"},
    {"a projection's low end, before the year is over",
     {MONTHS_2025},
     "fy_projection_low FY2026 4000 100 2026-01-20",
     "unverifiable unverifiable - incomplete_period FY2026"},
    {"a projection's low end",
     {"FY2025 3800 10 2025-07-18 2 a"},
     "fy_projection_low FY2025 3500 100 2025-01-20",
     "confirmed unverifiable 3800 3795 3805 holds"},
    {"a projection's low end, missed",
     {"FY2025 3800 10 2025-07-18 2 a"},
     "fy_projection_low FY2025 4000 100 2025-07-20",
     "contradicted contradicted 3800 3795 3805"},
    {"a projection's high end",
     {"FY2025 3800 10 2025-07-18 2 a"},
     "fy_projection_high FY2025 4000 100 2025-07-20",
     "confirmed confirmed 3800 3795 3805 holds"},
    {"a projection's high end, passed",
     {"FY2025 3800 10 2025-07-18 2 a"},
     "fy_projection_high FY2025 3600 100 2025-07-20",
     "contradicted contradicted 3800 3795 3805"},
    {"a target reached",
     {"FY2025 3800 10 2025-07-18 2 a"},
     "fy_target FY2025 3800 1 2025-07-20",
     "confirmed confirmed 3800 3795 3805 holds"},
    {"a target within rounding",
     {"FY2025 3800 10 2025-07-18 2 a"},
     "fy_target FY2025 3804 1 2025-07-20",
     "consistent consistent 3800 3795 3805"},
    {"a target missed",
     {"FY2025 3800 10 2025-07-18 2 a"},
     "fy_target FY2025 5000 1 2025-07-20",
     "contradicted contradicted 3800 3795 3805"},

    /* The other verdicts. */
    {"nobody reported the period",
     {MONTHS_2025},
     "level 2025-06 300 1 2026-01-20",
     "unverifiable unverifiable - not_reported 2025-06"},
    {"nobody reported the base",
     {MONTHS_2025},
     "yoy_pct 2025-11 10 1 2026-01-20",
     "unverifiable unverifiable - not_reported 2024-11"},
    {"a record whose number was cut",
     {"2025-01 100 0.1 2025-02-18 2 a/1\n2025-02 437.9 0.1 2025-03-18 2 a/2"},
     "record_high 2025-02 437 1 2025-03-18",
     "truncated truncated 437.9 437.85 437.95 holds"},
    {"what is no record is not saved by being cut",
     {"2025-01 500 0.1 2025-02-18 2 a/1\n2025-02 437.9 0.1 2025-03-18 2 a/2"},
     "record_high 2025-02 437 1 2025-03-18",
     "contradicted contradicted 437.9 437.85 437.95"},
    {"a record, read as the record of another month",
     {MONTHS_2025},
     "record_high 2025-11 366 1 2026-01-20",
     "mislabelled mislabelled 356 355.5 356.5 as record_high 2025-09"},
    {"the value of a month that was no record",
     {MONTHS_2025},
     "record_high 2025-11 337 1 2026-01-20",
     "contradicted contradicted 356 355.5 356.5"},
    {"another reading then, and right as it is now",
     {"2024-12 310 1 2025-01-17 2 a/1\n2025-01 348 1 2025-02-18 2 a/2\n"
      "accept 2025-01 310 1 2025-03-31\n"},
     "level 2025-01 310 1 2025-02-18",
     "confirmed mislabelled 310 309.5 310.5 as level 2024-12"},
    {"right when it was published, revised since",
     {REVISED},
     "level 2024-11 324 1 2024-12-18",
     "superseded confirmed 310 309.5 310.5"},
    {"wrong when it was published, right since",
     {REVISED},
     "mom_pct 2024-12 12 1 2025-01-17",
     "confirmed contradicted 12.2581 11.9163 12.601"},
    {"not known yet when it was published",
     {REVISED},
     "level 2024-12 348 1 2025-01-10",
     "confirmed unverifiable 348 347.5 348.5"},
    {"the value of an earlier month",
     {MONTHS_2025},
     "level 2025-11 366 1 2026-01-20",
     "mislabelled mislabelled 356 355.5 356.5 as level 2025-09"},
    {"a range one month longer",
     {MONTHS_2025},
     "fytd_level 2025-07/2025-11 2236 1 2026-01-20",
     "mislabelled mislabelled 1799 1796.5 1801.5 as level 2025-07/2025-12"},
    {"a reading that was not known at publication is none",
     {MONTHS_2025},
     "fytd_level 2025-07/2025-11 2236 1 2025-12-18",
     "contradicted contradicted 1799 1796.5 1801.5"},
    {"growth on the year taken for growth on the month",
     {MONTHS_2025},
     "mom_pct 2025-12 25.6 0.1 2026-01-20",
     "mislabelled mislabelled 22.7528 22.4404 23.0661 as yoy_pct 2025-12"},
    {"another series",
     {"2025-01 100 1 2025-02-18 2 a", "2025-01 777 1 2025-02-18 2 a"},
     "level 2025-01 777 1 2025-02-18",
     "mislabelled mislabelled 100 99.5 100.5 as level 2025-01 of 1"},
    {"another series, but in two digits only",
     {"2025-01 100 1 2025-02-18 2 a", "2025-01 77 1 2025-02-18 2 a"},
     "level 2025-01 77 1 2025-02-18",
     "contradicted contradicted 100 99.5 100.5"},
    {"the better of a sum and a report of its own",
     {"2025-01 100 1 2025-02-18 2 a\n2025-02 100 1 2025-03-18 2 a/1\n"
      "2025-01/2025-02 210 1 2025-03-18 2 a/2"},
     "fytd_level 2025-01/2025-02 210 1 2025-03-18",
     "confirmed confirmed 210 209.5 210.5"},

    /* The boundaries of rounding, half away from zero. */
    {"a half is rounded up",
     {FINE("112.5")},
     "yoy_pct 2025-01 13 1 2025-02-18",
     "confirmed confirmed 12.5 12.5 12.5"},
    {"a half touches the number below",
     {FINE("112.5")},
     "yoy_pct 2025-01 12 1 2025-02-18",
     "consistent consistent 12.5 12.5 12.5"},
    {"just below a half",
     {FINE("112.4999")},
     "yoy_pct 2025-01 12 1 2025-02-18",
     "confirmed confirmed 12.4999 12.4999 12.4999"},
    {"cut instead of rounded",
     {FINE("112.9")},
     "yoy_pct 2025-01 12 1 2025-02-18",
     "truncated truncated 12.9 12.9 12.9"},
    {"what cutting gives is not what is above",
     {FINE("112.4")},
     "yoy_pct 2025-01 13 1 2025-02-18",
     "contradicted contradicted 12.4 12.4 12.4"},
    {"the next whole number is not cut to it",
     {FINE("113")},
     "yoy_pct 2025-01 12 1 2025-02-18",
     "contradicted contradicted 13 13 13"},
    {"a half below zero is rounded down",
     {FINE("87.5")},
     "yoy_pct 2025-01 -13 1 2025-02-18",
     "confirmed confirmed -12.5 -12.5 -12.5"},
    {"below zero, cut towards it",
     {FINE("87.1")},
     "yoy_pct 2025-01 -12 1 2025-02-18",
     "truncated truncated -12.9 -12.9 -12.9"},
    {"below zero, cut away from it is wrong",
     {FINE("87.6")},
     "yoy_pct 2025-01 -13 1 2025-02-18",
     "contradicted contradicted -12.4 -12.4 -12.4"},
    {"to tenths",
     {FINE("112.25")},
     "yoy_pct 2025-01 12.3 0.1 2025-02-18",
     "confirmed confirmed 12.25 12.25 12.25"},
    {"by a coarse step",
     {MONTHS_2025},
     "level 2025-12 440 10 2026-01-20",
     "confirmed confirmed 437 436.5 437.5"},
    {"a coarse step's edge",
     {"2025-01 445 1 2025-02-18 2 a"},
     "level 2025-01 440 10 2025-02-18",
     "consistent consistent 445 444.5 445.5"},
    {"no growth", {FINE("100")}, "yoy_pct 2025-01 0 1 2025-02-18", "confirmed confirmed 0 0 0"},
    {"growth on nothing",
     {"2024-01 0 1 2024-02-18 2 a/1\n2025-01 5 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 5 1 2025-02-18",
     "unverifiable unverifiable - zero_base 2024-01"},
    {"growth on what rounding may make nothing",
     {"2024-01 1 2 2024-02-18 2 a/1\n2025-01 5 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 400 1 2025-02-18",
     "confirmed confirmed 400 125 open"},
    {"growth that is too low for any base within rounding",
     {"2024-01 1 2 2024-02-18 2 a/1\n2025-01 5 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 100 1 2025-02-18",
     "contradicted contradicted 400 125 open"},
    {"growth that a base near nothing allows for",
     {"2024-01 1 2 2024-02-18 2 a/1\n2025-01 5 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 1000000 1 2025-02-18",
     "consistent consistent 400 125 open"},
    {"a loss on what rounding may make nothing",
     {"2024-01 1 2 2024-02-18 2 a/1\n2025-01 -5 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 -900 1 2025-02-18",
     "consistent consistent -600 open -325"},
    {"what may be either on what may be nothing",
     {"2024-01 1 2 2024-02-18 2 a/1\n2025-01 0.2 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 77 1 2025-02-18",
     "consistent consistent -80 open open"},
    {"what is nothing at most on what may be nothing",
     {"2024-01 1 2 2024-02-18 2 a/1\n2025-01 -0.5 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 -99 1 2025-02-18",
     "contradicted contradicted -150 open -100"},
    {"growth on what rounding leaves above nothing",
     {"2024-01 1 1.5 2024-02-18 2 a/1\n2025-01 5 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 400 1 2025-02-18",
     "confirmed confirmed 400 157.1429 2100"},
    {"growth on a loss",
     {"2024-01 -3 1 2024-02-18 2 a/1\n2025-01 5 1 2025-02-18 2 a/2"},
     "yoy_pct 2025-01 400 1 2025-02-18",
     "unverifiable unverifiable - negative_base 2024-01"},
};

static struct claim claim_read(const char *text)
{
    char metric[32], period[32], value[32], precision[32], published[16];
    struct claim claim = {0};
    if (sscanf(text, "%31s %31s %31s %31s %15s", metric, period, value, precision, published) != 5)
        line_refuse(text);
    while (claim.metric < METRICS && strcmp(metric_names[claim.metric], metric) != 0)
        claim.metric++;
    ck_assert_msg(claim.metric < METRICS, "%s", metric);
    claim.span = span_of(period);
    claim.value = amount_read(value);
    claim.precision = amount_read(precision);
    claim.published = date_read(published);
    return claim;
}

static void span_add(struct buffer *out, const char *before, struct span span)
{
    char text[PERIOD_TEXT];
    span_name(span, 7, text);
    buffer_format(out, "%s%s", before, text);
}

static void audit_print(struct buffer *out, const struct audit *audit, const struct claim *claim)
{
    const struct computed *computed = &audit->now.computed;
    buffer_format(out, "%s %s", verdict_names[audit->verdict], verdict_names[audit->then.verdict]);
    if (!computed->known) {
        buffer_format(out, " - %s", missing_names[computed->why]);
        span_add(out, " ", computed->missing);
        return;
    }
    const struct range *range = &computed->range;
    buffer_format(out, " %s", ratio_text(range->value));
    buffer_format(out, " %s", range->open_low ? "open" : ratio_text(range->low));
    buffer_format(out, " %s", range->open_high ? "open" : ratio_text(range->high));
    if (computed->is_statement && computed->holds)
        buffer_text(out, " holds");
    if (computed->at.last > 0 && !span_equal(computed->at, claim->span))
        span_add(out, " of ", computed->at);
    if (!audit->has_reading)
        return;
    buffer_format(out, " as %s", metric_names[audit->reading.metric]);
    span_add(out, " ", audit->reading.span);
    if (audit->reading.series != claim->series)
        buffer_format(out, " of %zu", audit->reading.series);
}

START_TEST(verdicts)
{
    struct store stores[3] = {0};
    const struct resolved *series[3];
    struct arena arena = {0};
    struct buffer got = {0};
    size_t n = 0;
    for (; n < 3 && cases[_i].series[n]; n++) {
        store_read(&stores[n], cases[_i].series[n], 7);
        series[n] = &stores[n].resolved;
    }
    struct desk desk =
        desk_of(&arena, series, n, n > 1 ? 1 : AUDIT_NONE, n > 2 ? 2 : AUDIT_NONE, DATE_ALL);
    struct claim claim = claim_read(cases[_i].claim);
    struct audit audit = audit_claim(&desk, &claim);
    audit_print(&got, &audit, &claim);
    ck_assert_msg(strcmp(got.bytes, cases[_i].expected) == 0, "%s: %s", cases[_i].name, got.bytes);
    buffer_release(&got);
    arena_release(&arena);
    for (size_t i = 0; i < n; i++)
        store_release(&stores[i]);
}
END_TEST

/* Whatever is asked in between, a desk gives the same verdict on the same claim. */
START_TEST(a_desk_forgets)
{
    struct store store = {0};
    struct arena arena = {0};
    store_read(&store, REVISED, 7);
    const struct resolved *series[] = {&store.resolved};
    struct desk desk = desk_of(&arena, series, 1, AUDIT_NONE, AUDIT_NONE, DATE_ALL);
    struct claim early = claim_read("level 2024-11 324 1 2024-12-18");
    struct claim late = claim_read("level 2024-11 324 1 2025-02-01");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(audit_claim(&desk, &early).verdict, VERDICT_SUPERSEDED);
        ck_assert_int_eq(audit_claim(&desk, &late).verdict, VERDICT_CONTRADICTED);
    }
    arena_release(&arena);
    store_release(&store);
}
END_TEST

/* As of a date before the revision, the first value is the right one. */
START_TEST(the_desk_has_a_date)
{
    struct store store = {0};
    struct arena arena = {0};
    store_read(&store, REVISED, 7);
    const struct resolved *series[] = {&store.resolved};
    struct desk desk = desk_of(&arena, series, 1, AUDIT_NONE, AUDIT_NONE, date_read("2025-01-30"));
    struct claim claim = claim_read("level 2024-11 324 1 2024-12-18");
    ck_assert_int_eq(audit_claim(&desk, &claim).verdict, VERDICT_CONFIRMED);
    ck_assert_uint_eq(desk_view(&desk, 0)->n, 2);
    arena_release(&arena);
    store_release(&store);
}
END_TEST

START_TEST(every_metric_has_a_formula)
{
    for (enum metric metric = 0; metric < METRICS; metric++)
        ck_assert_ptr_nonnull(metric_formula(metric));
    ck_assert_ptr_null(metric_names[METRICS]);
    ck_assert_ptr_null(verdict_names[VERDICTS]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("audit");
    tcase_add_loop_test(tests, verdicts, 0, COUNT(cases));
    tcase_add_test(tests, a_desk_forgets);
    tcase_add_test(tests, the_desk_has_a_date);
    tcase_add_test(tests, every_metric_has_a_formula);
    return check_main(tests);
}
