#include "exportstat/stats/student.h"

#include <math.h>

double student_within(double t, int df)
{
    double angle = atan2(t, sqrt(df));
    double cosine = cos(angle);
    double square = cosine * cosine;
    double sum = 0;
    double term = df % 2 == 1 ? cosine : 1;
    for (int i = df % 2 == 1 ? 1 : 0; i <= df - 2; i += 2) {
        sum += term;
        term *= square * (i + 1) / (i + 2);
    }
    if (df % 2 == 1)
        return 2 / M_PI * (angle + sin(angle) * sum);
    return sin(angle) * sum;
}

double student_bound(double probability, int df)
{
    double low = 0;
    double high = 1;
    while (student_within(high, df) < probability)
        high *= 2;
    for (int i = 0; i < 100; i++) {
        double middle = low + (high - low) / 2;
        if (student_within(middle, df) < probability)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

double normal_bound(double probability)
{
    double low = 0;
    double high = 40;
    for (int i = 0; i < 100; i++) {
        double middle = low + (high - low) / 2;
        if (erf(middle / M_SQRT2) < probability)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}
