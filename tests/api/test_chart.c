/* The axis of a chart's values: round numbers around all of them, neither too many nor too few. */
#include "endpoints/chart.h"

#include <math.h>
#include <string.h>

#include "check_main.h"

static const struct {
    const char *name;
    double low;
    double high;
    bool with_zero;
    int ticks;
    double expected_low;
    double expected_high;
    double step;
    const char *last_label;
} cases[] = {
    {"from zero", 86, 437, true, 6, 0, 500, 100, "500"},
    {"few", 86, 437, true, 3, 0, 500, 500, "500"},
    {"not from zero", 4.45, 6.08, false, 6, 4, 6.5, 0.5, "6.5"},
    {"both sides of zero", -53, 131, true, 5, -100, 150, 50, "150"},
    {"below zero alone", -7, -3, true, 5, -8, 0, 2, "0"},
    {"all zero", 0, 0, true, 5, 0, 0.5, 0.5, "0.5"},
    {"level", 400, 400, false, 5, 400, 410, 10, "410"},
    {"thousandths", 0.0011, 0.0049, true, 6, 0, 0.005, 0.001, "0.005"},
    {"beyond all digits", 1e17, 3e20, true, 4, 0, 3e20, 1e20, "3e+20"},
    {"on the step", 0, 500, true, 6, 0, 500, 100, "500"},
};

static bool about(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

START_TEST(axis_case)
{
    struct chart_scale scale =
        chart_scale_of(cases[_i].low, cases[_i].high, cases[_i].with_zero, cases[_i].ticks);
    char label[CHART_LABEL];
    chart_tick_label(&scale, scale.high, label);
    ck_assert_msg(
        about(scale.low, cases[_i].expected_low) && about(scale.high, cases[_i].expected_high) &&
            about(scale.step, cases[_i].step) && strcmp(label, cases[_i].last_label) == 0,
        "%s: %g to %g by %g, %s", cases[_i].name, scale.low, scale.high, scale.step, label);
}
END_TEST

START_TEST(axis_holds_all_values)
{
    for (double low = -1e6; low < 1e6; low = low * 0.7 + 3e4) {
        for (double width = 1e-3; width < 1e9; width *= 3.7) {
            for (int ticks = 2; ticks < 12; ticks++) {
                struct chart_scale scale = chart_scale_of(low, low + width, ticks % 2, ticks);
                double slack = scale.step * 1e-6;
                ck_assert(scale.low <= low + slack && scale.high >= low + width - slack);
                ck_assert_int_ge(scale.n_ticks, 2);
                ck_assert_int_le(scale.n_ticks, ticks + 2);
                ck_assert(about(scale.low + (scale.n_ticks - 1) * scale.step, scale.high) ||
                          fabs(scale.high) < slack);
            }
        }
        if (low > 9e4)
            break;
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("chart");
    tcase_add_loop_test(tests, axis_case, 0, COUNT(cases));
    tcase_add_test(tests, axis_holds_all_values);
    return check_main(tests);
}
