/* Student's t distribution with whole degrees of freedom, and the normal one. */
#pragma once

/* P(|T| <= t) for t >= 0 and df >= 1: the finite sums of Abramowitz and Stegun, Handbook of Mathematical
 * Functions, 26.7.3 and 26.7.4. */
double student_within(double t, int df);

/* The t for which P(|T| <= t) = probability, 0 < probability < 1, by bisection. */
double student_bound(double probability, int df);

/* The z for which P(|Z| <= z) = probability of a normal Z, 0 < probability < 1, by bisection. */
double normal_bound(double probability);
