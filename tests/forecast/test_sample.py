"""`exportstat project` at every origin of a sample of forecasts: equal within a thousandth."""

import os
import unittest

from sample import BOUNDS, Sample

FOLDER = os.environ.get("EXPORTSTAT_FORECAST_SAMPLE")
TOLERANCE = 1e-3


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
                for ours, theirs in zip(BOUNDS, ["lo80", "hi80", "lo95", "hi95"]):
                    self.assert_near(row[ours], expected[theirs], (series, k, ours))
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
                known = sum(float(value) for _, value in
                            self.sample.values[series][int(self.sample.meta[series]["H"]):][:k])
                scale = (float(expected["point"]) - known) / sum(months)
                self.assertEqual(len(path), len(months))
                for row, month in zip(path, months):
                    if month > 10:
                        self.assert_near(row["value"], month * scale, (series, k, row["period"]))
        print(f"# paths, farthest off: {self.worst}")


if __name__ == "__main__":
    unittest.main()
