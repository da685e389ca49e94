"""Series whose months do not add up: rates, and what there is at the end of each month."""

import unittest

from made import MadeTest, month, monthly, wobbly


class Stocks(MadeTest):
    SERIES = {
        # Of the second year a sum is reported that leaves a month; of a rate it leaves nothing.
        name: [*monthly(40, without=(15,)), ("2016-10/2016-12", 400, 1, "2017-02-01"), ("FY2018", 130, 1, "2018-08-01")]
        for name in ["flow", "rate", "stock"]
    }

    @staticmethod
    def aggregation(name):
        return {"flow": "sum", "rate": "average", "stock": "last"}[name]

    def test_the_catalogue_says_so(self):
        for series in self.SERIES:
            self.assertEqual(self.ask(f"/v1/series/{series}")["aggregation"], self.aggregation(series))

    def test_there_is_no_total_to_project(self):
        for series in ["rate", "stock", "flow,rate"]:
            for path in ["", "/backtest", "/history", ".csv"]:
                with self.subTest(series=series, path=path):
                    problem = self.ask(f"/v1/exports/projections{path}?series={series}", 422)
                    self.assertEqual(problem["type"], "/problems/no-total")
                    self.assertIn("a stock or a rate", problem["detail"])
        latest = self.ask("/v1/exports/latest?series=rate")
        self.assertEqual((latest["projection"], latest["projection_missing_reason"]), (None, "not_additive"))
        self.assertNotIn("projection_missing_reason", self.ask("/v1/exports/latest?series=flow"))

    def test_no_sums(self):
        for series in ["rate", "stock"]:
            with self.subTest(series=series):
                rows = {row["period"]: row for row in
                        self.ask(f"/v1/exports?series={series}&frequency=fiscal_year")["observations"]}
                self.assertEqual((rows["FY2016"]["value"], rows["FY2016"]["missing_reason"]),
                                 (None, "not_additive"))
                # What is reported of the year itself stands.
                self.assertEqual((rows["FY2018"]["value"], rows["FY2018"]["basis"]), (130, "reported"))
                latest = self.ask(f"/v1/exports/latest?series={series}")
                self.assertEqual((latest["trailing_12m"]["total"], latest["trailing_12m"]["missing_reason"]),
                                 (None, "not_additive"))
                self.assertEqual((latest["fiscal_year_to_date"]["value"],
                                  latest["fiscal_year_to_date"]["missing_reason"]), (None, "not_additive"))
        self.assertEqual(self.ask("/v1/exports?series=flow&frequency=fiscal_year")["observations"][0]["value"],
                         sum(wobbly(i) for i in range(12)))

    def test_no_month_is_left_by_a_sum(self):
        path = f"/v1/exports/{month((2015, 7), 15)}?series="
        self.assertEqual(self.ask(path + "flow")["status"], "derived")
        self.assertEqual(self.ask(path + "rate")["status"], "missing")

    def test_months_are_as_those_of_any_series(self):
        flow = self.ask("/v1/exports/growth?series=flow&from=2017-11")["growth"]
        self.assertEqual(self.ask("/v1/exports/growth?series=rate&from=2017-11")["growth"], flow)
        adjusted = self.ask("/v1/exports?series=rate&transform=indicative_sa&last=1")["observations"]
        self.assertIsNotNone(adjusted[0]["value"])


if __name__ == "__main__":
    unittest.main()
