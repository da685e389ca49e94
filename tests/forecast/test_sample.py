"""`exportstat project` at every origin of a sample of forecasts: equal within a thousandth."""

import math
import os
import statistics
import unittest

from sample import BOUNDS, Sample

FOLDER = os.environ.get("EXPORTSTAT_FORECAST_SAMPLE")
TOLERANCE = 1e-3
LEVELS = {"80": (0.90, 0.975, 1), "95": (0.975, 1.07, 1.07)}  # quantile, factors of bes-1 and bes-2


def student(p, freedom):
    """Cornish and Fisher's expansion of Student's quantile; close enough from twenty degrees of freedom on."""
    z = statistics.NormalDist().inv_cdf(p)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2) + \
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)


def settled(bound, point, known, freedom, level):
    """The bound of bes-2 that belongs to one of bes-1, which took the width of a series as it came."""
    p, before, now = LEVELS[level]
    t = student(p, freedom)
    s = math.log((bound - known) / (point - known)) / (before * t)
    half = math.copysign(now * t * abs(s)**0.9 * 0.11**0.1, s)
    return known + (point - known) * math.exp(half)


@unittest.skipUnless(FOLDER, "EXPORTSTAT_FORECAST_SAMPLE names no sample")
class SampleTest(unittest.TestCase):
    def setUp(self):
        self.sample = Sample(FOLDER)

    def assert_near(self, got, expected, what):
        off = abs(float(got) / float(expected) - 1)
        self.worst = max(self.worst, (off, what))
        self.assertLess(off, TOLERANCE, what)

    def test_totals_and_intervals(self):
        self.worst = (0, None)
        origins = 0
        for k in range(1, 12):
            for series, [row] in self.sample.project(k).items():
                expected = self.sample.forecasts[series, k]
                self.assertEqual((row["known_months"], row["method"]), (str(k), "bes"))
                self.assert_near(row["total"], expected["point"], (series, k, "total"))
                known = self.sample.known(series, k)
                freedom = int(self.sample.meta[series]["H"]) + k - 1
                for ours, theirs in zip(BOUNDS, ["lo80", "hi80", "lo95", "hi95"]):
                    bound = settled(float(expected[theirs]), float(expected["point"]), known,
                                    freedom, ours[-2:])
                    self.assert_near(row[ours], bound, (series, k, ours))
                origins += 1
        self.assertEqual(origins, len(self.sample.forecasts))
        print(f"# {origins} origins, farthest off: {self.worst}")

    def test_paths(self):
        """The months of the sample are not scaled to add up to the total, those of the program are. Rounded to
        three decimals, they say nothing about small series."""
        self.worst = (0, None)
        for k in range(1, 12):
            for series, path in self.sample.project(k, "--path").items():
                expected = self.sample.forecasts[series, k]
                months = [float(value) for value in expected["path"].split(";")]
                rest = float(expected["point"]) - self.sample.known(series, k)
                scale = rest / sum(months)
                self.assertEqual(len(path), len(months))
                for row, month in zip(path, months):
                    if month > 10:
                        self.assert_near(row["value"], month * scale, (series, k, row["period"]))
        print(f"# paths, farthest off: {self.worst}")


if __name__ == "__main__":
    unittest.main()
