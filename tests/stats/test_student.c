/* Against the printed tables of critical values, which have three decimals. */
#include "exportstat/stats/student.h"

#include <math.h>

#include "check_main.h"
#include "exportstat/base/text.h"

static const struct {
    double probability;
    int df;
    double t;
} table[] = {
    {0.80, 1, 3.078},  {0.90, 1, 6.314},  {0.95, 1, 12.706}, {0.99, 1, 63.657}, {0.998, 1, 318.309},
    {0.80, 2, 1.886},  {0.90, 2, 2.920},  {0.95, 2, 4.303},  {0.99, 2, 9.925},  {0.998, 2, 22.327},
    {0.80, 3, 1.638},  {0.95, 3, 3.182},  {0.99, 3, 5.841},  {0.80, 4, 1.533},  {0.95, 4, 2.776},
    {0.80, 5, 1.476},  {0.95, 5, 2.571},  {0.99, 5, 4.032},  {0.80, 6, 1.440},  {0.95, 6, 2.447},
    {0.80, 7, 1.415},  {0.95, 7, 2.365},  {0.80, 8, 1.397},  {0.95, 8, 2.306},  {0.80, 9, 1.383},
    {0.95, 9, 2.262},  {0.80, 10, 1.372}, {0.95, 10, 2.228}, {0.99, 10, 3.169}, {0.80, 20, 1.325},
    {0.95, 20, 2.086}, {0.80, 30, 1.310}, {0.95, 30, 2.042}, {0.99, 30, 2.750}, {0.95, 120, 1.980},
    {0.50, 1, 1.000},  {0.50, 2, 0.816},  {0.50, 30, 0.683},
};

START_TEST(bounds)
{
    double t = student_bound(table[_i].probability, table[_i].df);
    ck_assert_msg(fabs(t - table[_i].t) <= 0.00051, "%g at %d: %.6f", table[_i].probability,
                  table[_i].df, t);
}
END_TEST

START_TEST(probabilities_are_the_inverse)
{
    double within =
        student_within(student_bound(table[_i].probability, table[_i].df), table[_i].df);
    ck_assert_double_eq_tol(within, table[_i].probability, 1e-12);
}
END_TEST

/* One and two degrees of freedom have closed forms. */
START_TEST(closed_forms)
{
    for (double t = 0; t < 50; t += 0.37) {
        ck_assert_double_eq_tol(student_within(t, 1), 2 / M_PI * atan(t), 1e-14);
        ck_assert_double_eq_tol(student_within(t, 2), t / sqrt(2 + t * t), 1e-14);
    }
}
END_TEST

START_TEST(many_degrees_are_the_normal_distribution)
{
    ck_assert_double_eq_tol(student_within(1.959964, 100000), 0.95, 1e-5);
}
END_TEST

START_TEST(normal_bounds)
{
    ck_assert_double_eq_tol(normal_bound(0.80), 1.2815515655, 1e-9);
    ck_assert_double_eq_tol(normal_bound(0.95), 1.9599639845, 1e-9);
    ck_assert_double_eq_tol(normal_bound(0.50), 0.6744897502, 1e-9);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("student");
    tcase_add_loop_test(tests, bounds, 0, COUNT(table));
    tcase_add_loop_test(tests, probabilities_are_the_inverse, 0, COUNT(table));
    tcase_add_test(tests, closed_forms);
    tcase_add_test(tests, many_degrees_are_the_normal_distribution);
    tcase_add_test(tests, normal_bounds);
    return check_main(tests);
}
