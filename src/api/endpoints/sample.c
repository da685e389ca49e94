#include "sample.h"

#include "exportstat/stats/bes.h"
#include "exportstat/stats/project.h"

enum { SERIES = 505 };

/* Of BES_VERSION; what is printed there, in hundredths. */
static const struct row {
    const char *group;
    int projections;
    int mape;
    int median_ape;
    int coverage_80;
    int coverage_95;
} rows[] = {
    {"all", 5555, 548, 257, 8280, 9580},
    {"M1", 880, 368, 166, 8260, 9560},
    {"M3", 2090, 492, 225, 8070, 9500},
    {"Swiss exports", 1485, 826, 398, 8180, 9510},
    {"tourism", 1100, 422, 244, 8860, 9850},
    {"1 month known", 505, 1010, 631, 8550, 9700},
    {"2 months known", 505, 902, 572, 8500, 9600},
    {"3 months known", 505, 790, 508, 8500, 9640},
    {"4 months known", 505, 708, 430, 8260, 9600},
    {"5 months known", 505, 609, 382, 8300, 9620},
    {"6 months known", 505, 514, 288, 8380, 9580},
    {"7 months known", 505, 469, 243, 8060, 9540},
    {"8 months known", 505, 391, 204, 7960, 9600},
    {"9 months known", 505, 300, 144, 8360, 9560},
    {"10 months known", 505, 202, 89, 8300, 9470},
    {"11 months known", 505, 131, 62, 7980, 9430},
};

static const struct {
    int mape;
    int median_ape;
} methods[SCENARIOS] = {
    [SCENARIO_BES] = {548, 257},         [SCENARIO_SEASONAL_SHARE] = {902, 302},
    [SCENARIO_RUN_RATE] = {942, 451},    [SCENARIO_PRIOR_YEAR] = {1225, 343},
    [SCENARIO_RECENT_PACE] = {918, 434}, [SCENARIO_SAME_AS_LAST_YEAR] = {1066, 374},
};

static void represent_hundredths(struct out *out, const char *key, int hundredths)
{
    out_amount(out, key, (amount)hundredths * (AMOUNT_SCALE / 100));
}

void represent_sample(struct out *out)
{
    out_object(out, "sample");
    out_text(out, "method_version", BES_VERSION);
    out_integer(out, "series", SERIES);
    out_array(out, "groups");
    for (size_t i = 0; i < COUNT(rows); i++) {
        out_object(out, NULL);
        out_text(out, "group", rows[i].group);
        out_integer(out, "projections", rows[i].projections);
        represent_hundredths(out, "mape", rows[i].mape);
        represent_hundredths(out, "median_ape", rows[i].median_ape);
        represent_hundredths(out, "coverage_80", rows[i].coverage_80);
        represent_hundredths(out, "coverage_95", rows[i].coverage_95);
        out_object_end(out);
    }
    out_array_end(out);
    out_array(out, "methods");
    for (enum scenario method = 0; method < SCENARIOS; method++) {
        out_object(out, NULL);
        out_text(out, "id", scenario_names[method]);
        represent_hundredths(out, "mape", methods[method].mape);
        represent_hundredths(out, "median_ape", methods[method].median_ape);
        out_object_end(out);
    }
    out_array_end(out);
    out_object_end(out);
}
