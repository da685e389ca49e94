"""What is projected, how sure that is, and what the record of past years says of it."""

import csv
import io
import statistics
import subprocess
import unittest

from made import MadeTest, month, monthly, wobbly
from service import PROGRAM, ROOT, Service, ServiceTest

METHODS = ["bes", "seasonal_share", "run_rate", "prior_year", "recent_pace", "same_as_last_year"]


class Bundled(ServiceTest):
    def test_the_program_says_the_same_of_the_exported_series(self):
        columns, *rows = self.get("/v1/exports.csv").rows()
        text = "period,value\n" + "".join(f"{row['period']},{row['value']}\n" for row in
                                          (dict(zip(columns, row)) for row in rows))
        for fiscal_year in ["FY2026", "FY2025", "FY2027"]:
            for method in METHODS:
                with self.subTest(fiscal_year=fiscal_year, method=method):
                    said = subprocess.run([PROGRAM, "project", "--fy", fiscal_year, "--method", method,
                                           "--level", "50", "-"],
                                          input=text, capture_output=True, text=True, check=True).stdout
                    [row] = csv.DictReader(io.StringIO(said))
                    projection = self.get(f"/v1/exports/projections?fy={fiscal_year}&method={method}"
                                          "&level=50&decimals=10").json()["projection"]
                    self.assertEqual(projection["method"], row["method"])
                    self.assertEqual(";".join(projection["flags"]), row["flags"])
                    self.assertEqual("" if projection["total"] is None else f"{projection['total']:.10g}",
                                     row["total"])
                    bounds = {f"{end}_{one['level']}": f"{one[end]:.10g}" for one in projection["intervals"]
                              for end in ("low", "high")}
                    self.assertEqual(bounds, {name: row[name] for name in row
                                              if name.startswith(("low", "high")) and row[name]})

    def test_pinned(self):
        projection = self.get("/v1/exports/projections?fy=FY2026&as_of=2026-03-31").json()["projection"]
        self.assertEqual((projection["method_version"], projection["total"], projection["intervals"]),
                         ("bes-2", 4616.4588, [{"level": 80, "low": 4445.4792, "high": 4807.319},
                                               {"level": 95, "low": 4344.4422, "high": 4942.5068}]))

    def test_latest_says_the_same(self):
        for date in ["2026-02-28", "2024-10-31"]:
            brief = self.get(f"/v1/exports/latest?as_of={date}").json()["projection"]
            whole = self.get(f"/v1/exports/projections?as_of={date}").json()
            self.assertEqual(brief.pop("fiscal_year"), whole["fiscal_year"])
            self.assertEqual(brief, {name: whole["projection"][name] for name in brief})

    def test_what_was_asked_before_changes_nothing(self):
        """The backtest is kept for all dates; what it gives does not depend on which was asked about first."""
        paths = [f"/v1/exports/projections?series=pk-services&as_of={date}" for date in
                 ["2024-03-31", "2025-01-31", "2026-02-28"]] + ["/v1/exports/projections?series=pk-services"]
        with Service() as other:
            again = {path: other.get(path).json() for path in reversed(paths)}
        for path in paths:
            with self.subTest(path=path):
                self.assertEqual(self.get(path).json(), again[path])

    def test_the_chosen_method_answers(self):
        for method in METHODS:
            answer = self.get(f"/v1/exports/projections?method={method}").json()
            [row] = [row for row in answer["methods"] if row["id"] == method]
            with self.subTest(method=method):
                self.assertEqual([one["id"] for one in answer["methods"]], METHODS)
                self.assertEqual(answer["projection"]["method"], method)
                self.assertEqual(answer["projection"]["total"], row["total"])
                self.assertEqual(answer["projection"]["intervals"], row["intervals"])
                self.assertEqual(row["intervals"] == [], method != "bes")
                self.assertEqual(answer["required"]["probability"] is None, method != "bes")

    def test_explained(self):
        known = {"bes": 60, "seasonal_share": 44, "run_rate": 8, "prior_year": 20, "recent_pace": 8,
                 "same_as_last_year": 20}
        for method in METHODS:
            projection = self.get(f"/v1/exports/projections?method={method}&explain=true").json()["projection"]
            with self.subTest(method=method):
                self.assertIn("total = ", projection["formula"])
                self.assertGreaterEqual(len(projection["inputs"]), known[method])
                self.assertTrue(all(row["sources"] for row in projection["inputs"]))


class Made(MadeTest):
    SERIES = {
        "whole": monthly(65),
        # October and November are missing in the last year; then five months together are reported.
        "gap": monthly(65, without=(62, 63)),
        "together": [*monthly(65, without=(62, 63)), ("2020-07/2020-11", 900, 1, "2021-01-10")],
        "coarse": [*monthly(65, without=(62, 63)), ("2020-07/2020-11", 900, 100, "2021-01-10")],
        "short": monthly(16),
        "few": monthly(4),
        "exact": monthly(24, lambda i: "100000000.000001"),
        "spike": monthly(65, lambda i: wobbly(i) * (5 if i == 40 else 1)),
        "zeros": monthly(48, lambda i: 0 if i % 2 else 7),
        "below": monthly(48, lambda i: wobbly(i) - 150),
    }

    def projection(self, series, more=""):
        return self.ask(f"/v1/exports/projections?series={series}{more}")

    def test_flags(self):
        flags = {"whole": [], "gap": ["estimated_months"], "together": ["cumulative_total"],
                 "coarse": ["estimated_months"], "short": ["short_history"], "few": ["insufficient_history"],
                 "spike": ["outliers"], "zeros": ["intermittent"], "below": ["identity_scale"]}
        for series, expected in flags.items():
            with self.subTest(series=series):
                got = self.projection(series)["projection"]["flags"]
                self.assertLessEqual(set(expected), set(got))
                self.assertEqual(bool(got), bool(expected))

    def test_too_little_for_the_default(self):
        answer = self.projection("few")
        self.assertEqual((answer["projection"]["method"], answer["projection"]["method_version"],
                          answer["projection"]["intervals"]), ("run_rate", None, []))
        self.assertEqual(answer["projection"]["total"], answer["known"]["total"] * 3)
        first = answer["methods"][0]
        self.assertEqual((first["id"], first["total"], first["missing_reason"]),
                         ("bes", None, "insufficient_history"))
        self.assertEqual(answer["methods"][0]["backtest"]["origins"], 0)

    def test_months_inside_the_year(self):
        answer = self.projection("gap")
        months = answer["projection"]["months"]
        self.assertEqual([row["period"] for row in months if row["estimated"]], ["2020-09", "2020-10"])
        self.assertEqual(len(months), 9)
        self.assertAlmostEqual(answer["known"]["total"] + sum(row["value"] for row in months),
                               answer["projection"]["total"], 2)
        self.assertIsNone(answer["known"]["reported"])

    def test_months_reported_together(self):
        answer = self.projection("together", "&target=2000&explain=true")
        self.assertEqual((answer["known"]["reported"]["period"], answer["known"]["reported"]["value"]),
                         ("2020-07/2020-11", 900))
        months = answer["projection"]["months"]
        inside = [row for row in months if row["estimated"]]
        self.assertAlmostEqual(sum(row["value"] for row in inside), 900 - answer["known"]["total"], 2)
        for row in inside:
            self.assertEqual((row["intervals"], row["intervals_missing_reason"]), ([], "no_interval"))
        self.assertEqual((answer["required"]["remaining_months"], answer["required"]["average"]),
                         (7, 157.1429))
        self.assertIn("2020-07/2020-11", [row["period"] for row in answer["projection"]["inputs"]])
        self.assertIsNone(self.projection("together", "&as_of=2021-01-09")["known"]["reported"])
        self.assertIsNone(self.projection("coarse")["known"]["reported"])

    def test_a_complete_year_is_its_exact_sum(self):
        answer = self.projection("exact", "&fy=FY2017&decimals=0&target=1")
        exact = 1200000000.000012
        self.assertEqual(answer["projection"]["total"], exact)
        self.assertEqual(answer["projection"]["intervals"], [{"level": 80, "low": exact, "high": exact},
                                                             {"level": 95, "low": exact, "high": exact}])
        self.assertEqual(answer["required"]["probability"], 1)

    def test_outliers_are_named(self):
        [outlier] = [row for row in self.projection("spike")["projection"]["outliers"]
                     if row["period"] == "2018-11"]
        self.assertEqual(outlier["value"], wobbly(40) * 5)
        self.assertLess(outlier["foretold"], outlier["fitted"])
        self.assertLess(outlier["fitted"], outlier["value"])

    def test_probability(self):
        total = self.projection("whole")["projection"]["total"]
        asked = [self.projection("whole", f"&target={target}")["required"]["probability"]
                 for target in [1, round(total * 0.98), round(total), round(total * 1.02), 10**6]]
        self.assertEqual(asked, sorted(asked, reverse=True))
        self.assertEqual((asked[0], asked[4]), (1, 0))
        self.assertAlmostEqual(asked[2], 0.5, 1)

    def test_levels(self):
        for series in self.SERIES:
            intervals = {one["level"]: one for one in
                         self.projection(series, "&level=50")["projection"]["intervals"]}
            with self.subTest(series=series):
                self.assertEqual(list(intervals), [] if series == "few" else [80, 95, 50])
                for inner, outer in [(50, 80), (80, 95)] if intervals else []:
                    self.assertLessEqual(intervals[outer]["low"], intervals[inner]["low"])
                    self.assertGreaterEqual(intervals[outer]["high"], intervals[inner]["high"])


class BundledBacktest(ServiceTest):
    """Of pk-it, whose releases are at hand from 2020 on."""

    def rows(self, path):
        columns, *rows = self.get(path).rows()
        return [dict(zip(columns, row)) for row in rows]

    def test_scores_are_those_of_the_rows(self):
        for method in METHODS:
            answer = self.get(f"/v1/exports/projections/backtest?method={method}&decimals=6").json()
            for score in answer["by_known_months"]:
                origins = [row for row in answer["origins"]
                           if row["known_months"] == score["known_months"] and row["forecast"] is not None]
                with self.subTest(method=method, known_months=score["known_months"]):
                    self.assertEqual(score["years"], len(origins))
                    errors = [100 * (row["actual"] - row["forecast"]) / row["actual"] for row in origins]
                    for row, error in zip(origins, errors):
                        self.assertAlmostEqual(row["error_percent"], error, 4)
                    if errors:
                        self.assertAlmostEqual(score["mape"], sum(map(abs, errors)) / len(errors), 4)
                        self.assertAlmostEqual(score["bias"], sum(errors) / len(errors), 4)
                        self.assertAlmostEqual(score["median_ape"], statistics.median(map(abs, errors)), 4)
                    for level in (80, 95):
                        hits = [row[f"within_{level}"] for row in origins]
                        self.assertEqual(score[f"hits_{level}"],
                                         sum(hits) if origins and method == "bes" else None)
                        self.assertIsNone(score[f"coverage_{level}"])  # five years are no evidence
                        for row in origins if method == "bes" else []:
                            self.assertEqual(row[f"within_{level}"],
                                             row[f"low_{level}"] <= row["actual"] <= row[f"high_{level}"])

    def test_methods_are_compared(self):
        own = self.get("/v1/exports/projections/backtest?decimals=6").json()["by_known_months"]
        for method in METHODS[1:]:
            other = self.get(f"/v1/exports/projections/backtest?decimals=6&method={method}").json()
            for ours, theirs in zip(own, other["by_known_months"]):
                [row] = [row for row in ours["others"] if row["id"] == method]
                with self.subTest(method=method, known_months=ours["known_months"]):
                    self.assertEqual((row["years"], row["mape"]), (theirs["years"], theirs["mape"]))
                    if ours["years"] == theirs["years"]:
                        self.assertAlmostEqual(row["relative_mape"], ours["mape"] / theirs["mape"], 4)

    def test_the_short_record_is_the_same(self):
        whole = self.get("/v1/exports/projections/backtest").json()["by_known_months"]
        methods = self.get("/v1/exports/projections").json()["methods"]
        for short, row in zip(methods[0]["backtest"]["by_known_months"], whole[1:]):
            self.assertEqual(short["origins"], row["years"])
            self.assertEqual([short[name] for name in ("known_months", "mape", "bias", "hits_80")],
                             [row[name] for name in ("known_months", "mape", "bias", "hits_80")])
        record = methods[0]["backtest"]
        self.assertEqual((record["mape"], record["hits_80"]), (whole[8]["mape"], whole[8]["hits_80"]))

    def test_an_origin_is_a_projection_of_its_day(self):
        rows = {(row["fiscal_year"], row["known_months"]): row for row in
                self.rows("/v1/exports/projections/backtest.csv")}
        released = {row["period"]: row["first_released_on"] for row in self.rows("/v1/exports.csv")}
        for fiscal_year, known, period in [("FY2025", "3", "2024-09"), ("FY2025", "6", "2024-12"),
                                           ("FY2024", "8", "2024-02"), ("FY2023", "8", "2023-02")]:
            row = rows[fiscal_year, known]
            then = self.get(f"/v1/exports/projections?fy={fiscal_year}&as_of={released[period]}").json()
            with self.subTest(period=period):
                self.assertEqual(row["data"], "as_of_origin")
                self.assertEqual(row["forecast"], str(then["projection"]["total"]))
                self.assertEqual(row["low_80"], str(then["projection"]["intervals"][0]["low"]))
        # April 2025 was known in May, and May 2025 only in August.
        self.assertEqual(rows["FY2025", "11"]["data"], "latest_vintage")

    def test_sample_is_that_of_the_documentation(self):
        text = (ROOT / "docs" / "projections.md").read_text(encoding="utf-8")
        tables = [[cell.strip(" `").replace(",", "") for cell in line.strip("|").split("|")]
                  for line in text.splitlines() if line.startswith("| ")]
        sample = self.get("/v1/exports/projections/backtest").json()["sample"]
        for row in sample["groups"]:
            name = row["group"].replace(" months known", "")
            self.assertIn([name, str(row["projections"]),
                           *(f"{row[field]:.2f}" for field in ("mape", "median_ape")),
                           *(f"{row[field]:.1f}" for field in ("coverage_80", "coverage_95"))], tables)
        for row in sample["methods"]:
            self.assertIn([row["id"], f"{row['mape']:.2f}", f"{row['median_ape']:.2f}"], tables)
        self.assertEqual((len(sample["groups"]), len(sample["methods"])), (16, len(METHODS)))

    def test_history_is_what_was_said_each_day(self):
        for asked in ["fy=FY2025", "fy=FY2026&level=66", "fy=FY2025&method=run_rate", "series=pk-goods"]:
            answer = self.get(f"/v1/exports/projections/history?{asked}").json()
            self.assertGreater(len(answer["history"]), 6)
            for row in answer["history"]:
                then = self.get(f"/v1/exports/projections?{asked}&fy={answer['fiscal_year']}"
                                f"&as_of={row['as_of']}" if "fy=" not in asked else
                                f"/v1/exports/projections?{asked}&as_of={row['as_of']}").json()
                with self.subTest(asked=asked, as_of=row["as_of"]):
                    self.assertEqual(row["known_months"], then["known"]["months"])
                    for name in ("method", "total", "intervals", "flags"):
                        self.assertEqual(row[name], then["projection"][name])
                    if answer["actual"] is not None:
                        self.assertAlmostEqual(row["error_percent"],
                                               100 * (answer["actual"] - row["total"]) / answer["actual"], 3)
                    else:
                        self.assertIsNone(row["error_percent"])

    def test_history_names_each_month_once(self):
        answer = self.get("/v1/exports/projections/history?fy=FY2025").json()
        self.assertEqual(answer["actual"], 3808)
        self.assertEqual(sorted(period for row in answer["history"] for period in row["released"]),
                         [month((2024, 7), i) for i in range(12)])
        last = answer["history"][-1]
        self.assertEqual((last["known_months"], last["total"], last["error_percent"]), (12, 3808, 0))
        self.assertEqual(self.get("/v1/exports/projections/history?fy=FY2040").json()["history"], [])


class MadeBacktest(MadeTest):
    SERIES = {
        "long": monthly(180),
        # All of it is found in one source, years later.
        "found": [(month((2015, 7), i), wobbly(i), 0.01, "2022-01-01") for i in range(65)],
        # What was known until the end of the series was twice as much.
        "revised": [*monthly(48, lambda i: 2 * wobbly(i)),
                    *[(month((2015, 7), i), wobbly(i), 0.01, "2022-01-01") for i in range(48)]],
        "few": monthly(4),
        "none": [],
    }

    def backtest(self, series):
        return self.ask(f"/v1/exports/projections/backtest?series={series}")

    def test_the_newest_ten_years(self):
        answer = self.backtest("long")
        self.assertEqual(len(answer["origins"]), 120)
        self.assertEqual((answer["origins"][0]["fiscal_year"], answer["origins"][-1]["fiscal_year"]),
                         ("FY2021", "FY2030"))
        for row in answer["by_known_months"]:
            self.assertEqual(row["coverage_80"], 10 * row["hits_80"])  # ten years are some evidence
        self.assertEqual({row["data"] for row in answer["origins"]}, {"as_of_origin"})

    def test_where_reports_do_not_allow_it(self):
        self.assertEqual({row["data"] for row in self.backtest("found")["origins"]}, {"latest_vintage"})

    def test_revisions_were_not_known(self):
        rows = self.backtest("revised")["origins"]
        self.assertEqual({row["data"] for row in rows}, {"as_of_origin"})
        for row in rows:
            self.assertGreater(row["forecast"], 1.5 * row["actual"])

    def test_too_little(self):
        for series in ["few", "none"]:
            answer = self.backtest(series)
            self.assertEqual((len(answer["by_known_months"]), answer["origins"]), (12, []))
            self.assertEqual(answer["by_known_months"][0]["missing_reason"], "insufficient_history")
        answer = self.ask("/v1/exports/projections/history?series=none")
        self.assertEqual((answer["fiscal_year"], answer["actual"], answer["history"],
                          answer["missing_reason"]), (None, None, [], "insufficient_history"))


if __name__ == "__main__":
    unittest.main()
