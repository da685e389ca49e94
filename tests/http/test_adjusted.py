"""The seasonal adjustment that the models of the projections give: indicative, and said to be so."""

import unittest

from made import MadeTest, monthly

SEASON = [1.2, 0.9, 1.0, 1.1, 0.8, 1.0, 1.3, 0.7, 1.0, 0.95, 1.05, 1.0]


def trend(i):
    return 100 * 1.01 ** i


def seasonal(i):
    return round(trend(i) * SEASON[i % 12], 2)


class Adjusted(MadeTest):
    SERIES = {
        "seasonal": monthly(60, seasonal, without=(20,)),
        "other": monthly(48),
        "short": monthly(35),
        "enough": monthly(36),
        "cut": monthly(60, seasonal, without=range(10, 20)),
    }

    def rows(self, series, more=""):
        return self.ask(f"/v1/exports?series={series}&transform=indicative_sa{more}")["observations"]

    def test_the_season_is_taken_away(self):
        for i, row in enumerate(self.rows("seasonal")):
            with self.subTest(period=row["period"]):
                if i == 20:
                    self.assertEqual((row["value"], row["missing_reason"]), (None, "not_reported"))
                else:
                    self.assertAlmostEqual(row["value"] / trend(i), 1, delta=0.05)

    def test_it_is_said_not_to_be_official(self):
        self.assertIs(self.ask("/v1/exports?series=seasonal&transform=indicative_sa")["official"], False)
        self.assertNotIn("official", self.ask("/v1/exports?series=seasonal&transform=percent"))
        for part in self.ask("/v1/exports?series=seasonal,other&transform=indicative_sa")["results"]:
            self.assertIs(part["official"], False)
        chart = self.service.get("/v1/exports/chart.svg?series=seasonal&transform=indicative_sa")
        self.assertIn("not official", chart.text())

    def test_from_36_months_on(self):
        self.assertTrue(all(row["value"] for row in self.rows("enough")))
        for row in self.rows("short"):
            self.assertEqual((row["value"], row["missing_reason"]), (None, "insufficient_history"))

    def test_months_before_a_long_gap(self):
        rows = self.rows("cut")
        reasons = [row.get("missing_reason") for row in rows]
        self.assertEqual(reasons, ["insufficient_history"] * 10 + ["not_reported"] * 10 + [None] * 40)

    def test_windows_and_dates(self):
        rows = self.rows("other")
        self.assertEqual(self.rows("other", "&last=3"), rows[-3:])
        earlier = self.rows("other", f"&as_of={monthly(48)[35][3]}")
        self.assertEqual(len(earlier), 36)
        self.assertEqual([row["value"] for row in earlier],
                         [row["value"] for row in self.rows("enough")])

    def test_csv(self):
        columns, *rows = self.service.get("/v1/exports.csv?series=other&transform=indicative_sa").rows()
        self.assertEqual([float(dict(zip(columns, row))["value"]) for row in rows],
                         [row["value"] for row in self.rows("other")])

    def test_of_months_only(self):
        for frequency in ["quarter", "fiscal_year"]:
            answer = self.ask(f"/v1/exports?series=other&transform=indicative_sa&frequency={frequency}", 400)
            self.assertEqual([fault["name"] for fault in answer["invalid"]], ["transform"])


if __name__ == "__main__":
    unittest.main()
