"""A small data set made for what the bundled one has not: official reports over newspapers,
rulings, ties, gaps everywhere, zero and negative values, other fiscal years, one month only, none.

Every expected value is worked out by hand from the reports below and design.md."""

import csv
import pathlib
import subprocess
import tempfile
import unittest

from service import PROGRAM, Service

AUTHORITY = {"office": 3, "alpha": 2, "beta": 2, "gamma": 2, "blog": 1}

# id, first month of the fiscal year, part of, default or not
SERIES = [("rules", 4, "", "default"), ("tied", 7, "", ""), ("below", 7, "", ""),
          ("sparse", 7, "", ""),
          ("single", 7, "", ""), ("empty", 7, "", ""), ("yearly", 7, "", ""), ("years", 1, "", ""),
          ("part", 7, "whole", ""), ("whole", 7, "", ""), ("other", 7, "", "")]

# series, period, value, precision, publisher, date
REPORTS = [
    # Official over newspapers, whatever they say later.
    ("rules", "2020-01", 100, 1, "alpha", "2020-02-10"),
    ("rules", "2020-01", 100, 1, "beta", "2020-02-11"),
    ("rules", "2020-01", 110, 1, "office", "2020-02-20"),
    ("rules", "2020-01", 120, 1, "alpha", "2020-02-25"),
    ("rules", "2020-01", 120, 1, "beta", "2020-02-26"),
    # Official, coarser and compatible: the finer value stays.
    ("rules", "2020-02", 201.5, 0.1, "alpha", "2020-03-10"),
    ("rules", "2020-02", 200, 10, "office", "2020-03-20"),
    # Official, finer and compatible: it refines, which is no revision.
    ("rules", "2020-03", 300, 10, "alpha", "2020-04-10"),
    ("rules", "2020-03", 303, 1, "office", "2020-04-20"),
    # A challenger needs another publisher.
    ("rules", "2020-04", 400, 1, "alpha", "2020-05-10"),
    ("rules", "2020-04", 420, 1, "beta", "2020-05-12"),
    ("rules", "2020-04", 420, 1, "beta", "2020-05-14"),
    ("rules", "2020-04", 420, 1, "gamma", "2020-05-16"),
    # A newspaper over a blog, at once; the blog insists.
    ("rules", "2020-05", 500, 1, "blog", "2020-06-05"),
    ("rules", "2020-05", 510, 1, "alpha", "2020-06-10"),
    ("rules", "2020-05", 500, 1, "blog", "2020-06-20"),
    # Its only report is rejected.
    ("rules", "2020-06", 600, 1, "alpha", "2020-07-10"),
    # An accepting ruling, and an official report after it.
    ("rules", "2020-07", 700, 1, "alpha", "2020-08-10"),
    ("rules", "2020-07", 705, 1, "office", "2020-08-20"),
    # Two on one day: the order of their source ids decides.
    ("rules", "2020-08", 800, 1, "alpha", "2020-09-10"),
    ("rules", "2020-08", 820, 1, "beta", "2020-09-10"),
    ("rules", "2020-09", 920, 1, "alpha", "2020-10-10"),
    ("rules", "2020-09", 900, 1, "beta", "2020-10-10"),
    # October is missing; then a zero and a negative value.
    ("rules", "2020-11", 0, 1, "alpha", "2020-12-10"),
    ("rules", "2020-12", -50, 1, "alpha", "2021-01-10"),
    ("rules", "2021-01", 55, 1, "alpha", "2021-02-10"),
    ("rules", "2021-02", 403, 1, "alpha", "2021-03-10"),

    *[("tied", f"2021-{month:02}", value, 1, "alpha", "2021-12-01") for month, value in
      [(1, 10), (2, 20), (3, 20), (4, 15), (5, 30), (7, 40), (8, 41), (9, 42)]],
    *[("below", f"2021-{month:02}", value, 1, "alpha", f"2021-{month + 1:02}-10") for month,
      value in
      [(1, -10), (2, -5), (3, 0), (4, 0), (5, 5)]],

    # 36 - 10 - 12 leaves 14 for February, until it has a report of its own.
    ("sparse", "2020-01", 10, 0.1, "alpha", "2020-02-10"),
    ("sparse", "2020-03", 12, 0.1, "beta", "2020-04-10"),
    ("sparse", "2020-Q1", 36, 0.1, "alpha", "2020-05-01"),
    ("sparse", "2020-02", 15, 0.1, "gamma", "2020-06-01"),
    # Two months are missing: nothing can be said of either.
    ("sparse", "2020-Q2", 50, 10, "alpha", "2020-07-10"),
    ("sparse", "2020-06", 20, 1, "alpha", "2020-07-10"),

    ("single", "2021-03", 5, 1, "alpha", "2021-04-01"),
    ("yearly", "FY2020", 1000, 10, "office", "2020-08-01"),

    # Calendar years: the first three months, then each of the other nine.
    *[("years", f"{year}-{month:02}", early if month <= 3 else late, 1, "office",
       f"{year + 1}-01-15")
      for year, early, late in [(2017, 10, 20), (2018, 10, 10), (2019, 20, 10)]
      for month in range(1, 13)],
    *[("years", f"2020-{month:02}", 30, 1, "office", "2020-04-15") for month in range(1, 4)],

    *[("part", f"2021-{month:02}", 5, 1, "alpha", "2021-12-01") for month in range(1, 5)],
    ("part", "2021-06", 5, 1, "alpha", "2021-12-01"),
    *[("whole", f"2021-{month:02}", value, 1, "alpha", "2021-12-01")
      for month, value in [(1, 20), (2, 0), (3, -20), (5, 20), (6, 15)]],
    ("other", "2021-01", 30, 1, "alpha", "2021-12-01"),
]

# series, period, decision, value, precision, date
RULINGS = [("rules", "2020-06", "reject", 600, 1, "2020-07-20"),
           ("rules", "2020-07", "accept", 715, 1, "2020-08-15")]


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header.split(","), *rows])
    return path


def write_data_set(folder):
    sources = {f"{publisher}-{day}": (publisher, day) for *_, publisher, day in REPORTS}
    return [
        write(folder / "1.csv", "series_id,period,value,precision,source_id,note",
              [(*fact, f"{publisher}-{day}", "") for *fact, publisher, day in REPORTS]),
        write(folder / "2.csv", "source_id,publisher,title,url,published,date_basis,kind,authority",
              [(source, publisher, "A page", f"https://example.org/{source}", day, "page", "press",
                AUTHORITY[publisher]) for source, (publisher, day) in sources.items()]),
        write(folder / "3.csv",
              "series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags",
              [(name, name, "Made up", "unit", "sum", start, part_of, flags)
               for name, start, part_of, flags in SERIES]),
        write(folder / "4.csv", "series_id,period,decision,value,precision,ruled_on,reason",
              [(*ruling, "for the test") for ruling in RULINGS]),
    ]


class SyntheticTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        path = pathlib.Path(folder.name)
        subprocess.run([PROGRAM, "import", "--empty", "--database", path / "made.db",
                        *write_data_set(path)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        cls.service = Service("--empty", database=path / "made.db")
        cls.addClassCleanup(cls.service.stop)

    def ask(self, path):
        answer = self.service.get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def assert_fields(self, row, **fields):
        self.assertEqual({name: row.get(name) for name in fields}, fields)

    def assert_as_of(self, period, cases, series="rules"):
        """The observation at dates, each a tuple of date, value, publishers and disputed."""
        for as_of, value, publishers, disputed in cases:
            with self.subTest(period=period, as_of=as_of):
                query = f"series={series}&from={period}&to={period}&as_of={as_of}"
                row = self.ask(f"/v1/exports?{query}")["observations"][0]
                self.assert_fields(row, value=value, publishers=publishers, disputed=disputed)


class Rules(SyntheticTest):
    def revisions(self, period, series="rules"):
        return [(row["revised_on"], row["from"], row["to"])
                for row in self.ask(f"/v1/exports/{period}?series={series}")["revisions"]]

    def test_official_over_newspapers(self):
        self.assert_as_of("2020-01", [
            ("2020-02-10", 100, 1, False), ("2020-02-11", 100, 2, False),
            ("2020-02-20", 110, 1, False),
            ("2020-02-25", 110, 1, True), ("2030-01-01", 110, 1, True)])
        self.assertEqual(self.revisions("2020-01"), [("2020-02-20", 100, 110)])
        january = self.ask("/v1/exports/2020-01")
        self.assert_fields(january, first_released_on="2020-02-10", released_on="2020-02-20",
                           sources=["office-2020-02-20"])
        self.assertEqual([report["stance"] for report in january["reports"]],
                         ["superseded", "superseded", "supports", "disputes", "disputes"])

    def test_a_coarser_official_report_leaves_the_finer_value(self):
        self.assert_as_of("2020-02",
                          [("2020-03-10", 201.5, 1, False), ("2020-03-20", 201.5, 2, False)])
        self.assert_fields(self.ask("/v1/exports/2020-02"), precision=0.1, revisions=[],
                           released_on="2020-03-10")

    def test_a_finer_report_refines_and_revises_nothing(self):
        self.assert_as_of("2020-03", [("2020-04-10", 300, 1, False), ("2020-04-20", 303, 2, False)])
        self.assert_fields(self.ask("/v1/exports/2020-03"), precision=1, revisions=[],
                           first_released_on="2020-04-10", released_on="2020-04-20")

    def test_a_challenger_needs_another_publisher(self):
        self.assert_as_of("2020-04", [
            ("2020-05-10", 400, 1, False), ("2020-05-12", 400, 1, True),
            ("2020-05-14", 400, 1, True),
            ("2020-05-16", 420, 2, False)])
        self.assertEqual(self.revisions("2020-04"), [("2020-05-16", 400, 420)])

    def test_a_newspaper_over_a_blog(self):
        self.assert_as_of("2020-05", [("2020-06-05", 500, 1, False), ("2020-06-10", 510, 1, False),
                                      ("2020-06-20", 510, 1, True)])
        self.assertEqual(self.revisions("2020-05"), [("2020-06-10", 500, 510)])

    def test_a_rejected_only_report_leaves_nothing(self):
        self.assertEqual(self.ask("/v1/exports/2020-06?as_of=2020-07-19")["value"], 600)
        june = self.ask("/v1/exports/2020-06")
        self.assert_fields(june, value=None, precision=None, status="missing", publishers=0,
                           sources=[],
                           disputed=True, missing_reason="not_reported", rank=None)
        self.assertEqual(self.revisions("2020-06"), [("2020-07-20", 600, None)])
        self.assertEqual([report["stance"] for report in june["reports"]], ["rejected"])
        self.assertIn("2020-06", self.ask("/v1/series/rules")["gaps"])

    def test_an_official_report_ends_a_ruling(self):
        self.assert_as_of("2020-07", [("2020-08-14", 700, 1, False), ("2020-08-15", 715, 0, False),
                                      ("2020-08-19", 715, 0, False), ("2020-08-20", 705, 1, False)])
        self.assertEqual(self.revisions("2020-07"),
                         [("2020-08-15", 700, 715), ("2020-08-20", 715, 705)])
        july = self.ask("/v1/exports/2020-07")
        self.assertEqual([(row["decision"], row["value"]) for row in july["rulings"]],
                         [("accept", 715)])
        self.assertEqual(july["revisions"][0]["reason"], "for the test")

    def test_reports_of_one_day_in_the_order_of_their_sources(self):
        self.assert_as_of("2020-08", [("2020-09-10", 800, 1, True)])
        self.assert_as_of("2020-09", [("2020-10-10", 920, 1, True)])

    def test_a_derived_month_gives_way_to_its_first_report(self):
        self.assert_as_of("2020-02", [("2020-04-30", None, 0, False), ("2020-05-01", 14, 2, False),
                                      ("2020-06-01", 15, 1, False)], "sparse")
        derived = self.ask("/v1/exports/2020-02?series=sparse&as_of=2020-05-31")
        self.assert_fields(derived, status="derived", precision=0.3, released_on="2020-05-01")
        revision = self.ask("/v1/exports/2020-02?series=sparse")["revisions"][0]
        self.assert_fields(revision, revised_on="2020-06-01", from_status="derived",
                           to_status="reported",
                           to=15, change=1, **{"from": 14})

    def test_all_revisions_in_order(self):
        rows = self.ask("/v1/exports/revisions")["revisions"]
        self.assertEqual([(row["revised_on"], row["period"]) for row in rows],
                         [("2020-02-20", "2020-01"), ("2020-05-16", "2020-04"),
                          ("2020-06-10", "2020-05"),
                          ("2020-07-20", "2020-06"), ("2020-08-15", "2020-07"),
                          ("2020-08-20", "2020-07")])


class Gaps(SyntheticTest):
    def test_why_there_is_no_growth(self):
        rows = {row["period"]: row for row in self.ask("/v1/exports/growth?basis=mom")["growth"]}
        cases = [("2020-01", None, "no_base"), ("2020-06", None, "not_reported"),
                 ("2020-07", None, "no_base"),
                 ("2020-10", None, "not_reported"), ("2020-11", None, "no_base"),
                 ("2020-12", -50, "zero_base"), ("2021-01", 105, "negative_base"),
                 ("2021-02", 348, None)]
        for period, change, reason in cases:
            with self.subTest(period=period):
                self.assert_fields(rows[period], change=change, missing_reason=reason)
                self.assertEqual(rows[period]["percent"] is None, reason is not None)
        # 55 on 110 of the year before, 403 on 201.5
        rows = self.ask("/v1/exports/growth?basis=yoy&from=2021-01")["growth"]
        self.assertEqual([row["percent"] for row in rows], [-50, 100])

    def test_zero_and_negative_values_have_no_logarithm(self):
        for transform in ["log", "log_percent", "annualised_percent", "annualised_log_percent",
                          "percent"]:
            with self.subTest(transform=transform):
                query = f"transform={transform}&from=2020-12&to=2021-01"
                rows = self.ask(f"/v1/exports?{query}")["observations"]
                self.assertEqual(rows[0]["value"], None)
                self.assertIn(rows[0]["missing_reason"], ["zero_base", "negative_base"])
                if transform != "log":
                    self.assert_fields(rows[1], value=None, missing_reason="negative_base")

    def test_a_sum_is_never_partial(self):
        rows = {row["period"]: row for row in
                self.ask("/v1/exports?series=sparse&frequency=quarter")["observations"]}
        # The months of the first quarter add up to 37, which it was not reported to be.
        self.assert_fields(rows["2020-Q1"], value=37, basis="sum_of_months", months_present=3,
                           reported_value=36, difference=-1)
        self.assert_fields(rows["2020-Q2"], value=50, precision=10, basis="reported",
                           months_present=1)
        year = self.ask("/v1/exports/2020?series=sparse")
        self.assert_fields(year, value=None, basis=None, months_present=4,
                           missing_reason="incomplete_period")
        self.assertEqual(self.ask("/v1/series/sparse")["gaps"], ["2020-04/2020-05"])

    def test_one_month_only(self):
        self.assert_fields(self.ask("/v1/exports?series=single"), total=1)
        latest = self.ask("/v1/exports/latest?series=single")
        self.assert_fields(latest, period="2021-03", value=5, record=True, previous_record=None,
                           rank=1,
                           yoy_streak_months=0)
        self.assertEqual((latest["mom"]["missing_reason"], latest["trailing_12m"]["total"]),
                         ("no_base", None))
        records = self.ask("/v1/exports/records?series=single")
        self.assertEqual([row["period"] for row in records["ledger"]], ["2021-03"])
        self.assertEqual(records["streaks"]["mom_growth"]["current"]["ended_by"],
                         {"period": "2021-03", "reason": "no_base"})
        projections = self.ask("/v1/exports/projections?series=single")
        # Twelve times its only month; without a past there are no intervals.
        self.assert_fields(projections["projection"], method="run_rate", total=60, intervals=[])

    def test_no_month(self):
        for series in ["empty", "yearly"]:
            with self.subTest(series=series):
                self.assertEqual(self.ask(f"/v1/exports?series={series}")["observations"], [])
                self.assertIsNone(self.ask(f"/v1/exports/latest?series={series}")["period"])
                self.assertIsNone(self.ask(f"/v1/exports/records?series={series}")["current"])
                projections = self.ask(f"/v1/exports/projections?series={series}")
                self.assertIsNone(projections["projection"])
                self.assertEqual(self.ask(f"/v1/exports/growth?series={series}")["growth"], [])
                self.assertEqual(self.ask(f"/v1/series/{series}")["coverage"]["months"], 0)
                answer = self.service.get(f"/v1/exports/2020-01?series={series}")
                self.assertEqual((answer.status, series in answer.json()["detail"]), (404, True))
        self.assert_fields(self.ask("/v1/exports/FY2020?series=yearly"), value=1000,
                           basis="reported",
                           months_present=0, precision=10)


class FiscalYears(SyntheticTest):
    def test_year_from_april_to_march(self):
        for period, first, last in [("FY2021", "2020-04", "2021-03"),
                                    ("FY2020-Q4", "2020-01", "2020-03"),
                                    ("FY2021-Q1", "2020-04", "2020-06"),
                                    ("FY2021-H2", "2020-10", "2021-03"),
                                    ("2020-Q1", "2020-01", "2020-03")]:
            with self.subTest(period=period):
                self.assert_fields(self.ask(f"/v1/exports/{period}"), **{"from": first, "to": last})
        # 110 + 201.5 + 303
        self.assert_fields(self.ask("/v1/exports/FY2020-Q4"), value=614.5, precision=2.1)
        rows = self.ask("/v1/exports?frequency=fiscal_quarter")["observations"]
        self.assertEqual([row["period"] for row in rows],
                         ["FY2020-Q4", "FY2021-Q1", "FY2021-Q2", "FY2021-Q3", "FY2021-Q4"])

    def test_to_date_counts_from_april(self):
        growth = self.ask("/v1/exports/2020-05")["growth"]["fytd"]
        self.assert_fields(growth, period="2020-04/2020-05", value=930, base=None,
                           missing_reason="no_base")
        self.assertEqual(self.ask("/v1/exports/2020-04")["growth"]["fytd"]["period"], "2020-04")

    def test_year_from_january_to_december(self):
        for period in ["FY2019", "2019", "2019-01--2019-12"]:
            with self.subTest(period=period):
                self.assert_fields(self.ask(f"/v1/exports/{period}?series=years"), value=150,
                                   **{"from": "2019-01", "to": "2019-12"})
        self.assert_fields(self.ask("/v1/exports/FY2018-H1?series=years"), value=60,
                           **{"from": "2018-01", "to": "2018-06"})


class Records(SyntheticTest):
    def test_equal_is_no_record(self):
        records = self.ask("/v1/exports/records?series=tied")
        ledger = [(row["period"], row["value"], row["stood_months"]) for row in records["ledger"]]
        self.assertEqual(ledger, [("2021-01", 10, 1), ("2021-02", 20, 3), ("2021-05", 30, 2),
                                  ("2021-07", 40, 1), ("2021-08", 41, 1), ("2021-09", 42, 0)])
        self.assertEqual(records["months_missing_before"], 1)
        # Both are below 30, 40, 41 and 42; the earlier of equals is the record.
        for period, record, previous in [("2021-02", True, "2021-01"),
                                         ("2021-03", False, "2021-02")]:
            with self.subTest(period=period):
                month = self.ask(f"/v1/exports/{period}?series=tied")
                self.assert_fields(month, rank=5, of=8, record=record)
                self.assertEqual(month["previous_record"]["period"], previous)

    def test_streaks_and_what_ended_them(self):
        streaks = self.ask("/v1/exports/records?series=tied")["streaks"]
        self.assert_fields(streaks["mom_growth"]["current"], months=2,
                           ended_by={"period": "2021-07", "reason": "no_base"},
                           **{"from": "2021-08", "to": "2021-09"})
        self.assertEqual(streaks["mom_growth"]["longest"], streaks["mom_growth"]["current"])
        self.assert_fields(streaks["yoy_growth"]["current"], months=0,
                           ended_by={"period": "2021-09", "reason": "no_base"})
        # As of any date on which 30 was the newest: 30 on 15, and 15 on 20 before it.
        below = self.ask("/v1/exports/records?series=below")["streaks"]["mom_growth"]["current"]
        self.assert_fields(below, months=0, ended_by={"period": "2021-05", "reason": "zero_base"})
        rules = self.ask("/v1/exports/records")["streaks"]
        self.assert_fields(rules["yoy_growth"]["current"], months=1,
                           ended_by={"period": "2021-01", "reason": "no_growth"},
                           **{"from": "2021-02", "to": "2021-02"})

    def test_margins_over_zero_and_negative_records(self):
        ledger = self.ask("/v1/exports/records?series=below")["ledger"]
        self.assertEqual([(row["value"], row["margin"], row["margin_percent"],
                           row["missing_reason"])
                          for row in ledger],
                         [(-10, None, None, "no_base"), (-5, 5, None, "negative_base"),
                          (0, 5, None, "negative_base"), (5, 5, None, "zero_base")])

    def test_default_thresholds(self):
        # A quarter of 42 is 10.5: steps of 10. A quarter of 5 is 1.25: steps of 1.
        for series, expected in [("tied",
                                  {10: "2021-01", 20: "2021-02", 30: "2021-05", 40: "2021-07"}),
                                 ("below", {step: "2021-05" for step in range(1, 6)})]:
            with self.subTest(series=series):
                rows = self.ask(f"/v1/exports/records?series={series}")["thresholds"]
                self.assertEqual({row["threshold"]: row["first_period"] for row in rows}, expected)
        # Nothing but negative months has none.
        rows = self.ask("/v1/exports/records?series=below&as_of=2021-03-31")["thresholds"]
        self.assertEqual(rows, [])

    def test_records_as_they_stood(self):
        for as_of, period, value in [("2020-02-11", "2020-01", 100), ("2020-07-15", "2020-06", 600),
                                     ("2020-07-20", "2020-05", 510),
                                     ("2020-08-16", "2020-07", 715)]:
            with self.subTest(as_of=as_of):
                self.assert_fields(self.ask(f"/v1/exports/records?as_of={as_of}")["current"],
                                   period=period, value=value)


class Shares(SyntheticTest):
    def test_of_what_it_is_part_of(self):
        answer = self.ask("/v1/exports/share?series=part")
        self.assertEqual(answer["of"], ["whole"])
        rows = [(row["period"], row["value"], row["of_value"], row["percent"],
                 row.get("missing_reason"))
                for row in answer["share"]]
        self.assertEqual(rows, [
            ("2021-01", 5, 20, 25, None), ("2021-02", 5, 0, None, "zero_base"),
            ("2021-03", 5, -20, None, "negative_base"), ("2021-04", 5, None, None, "no_base"),
            ("2021-05", None, 20, None, "not_reported"), ("2021-06", 5, 15, 33.3333, None)])

    def test_of_the_sum_of_several(self):
        rows = self.ask("/v1/exports/share?series=part&of=whole,other")["share"]
        self.assert_fields(rows[0], of_value=50, percent=10)
        self.assert_fields(rows[-1], of_value=None, percent=None, missing_reason="no_base")


class Projections(SyntheticTest):
    def test_run_rate_and_its_record(self):
        answer = self.ask("/v1/exports/projections?series=years")
        self.assertEqual(answer["fiscal_year"], "FY2020")
        self.assert_fields(answer["known"], months=3, total=90)
        method = {row["id"]: row for row in answer["methods"]}["run_rate"]
        self.assert_fields(method, total=360, intervals=[], intervals_missing_reason="no_interval")
        # Twelve times the average of three months missed 0 of 120 and -90 of 150; before FY2017 nothing is known.
        self.assert_fields(method["backtest"], origins=2, mape=30, bias=-30, hits_80=None, coverage_80=None,
                           missing_reason="no_interval")

    def test_the_other_methods(self):
        answer = self.ask("/v1/exports/projections?series=years")
        totals = {row["id"]: row["total"] for row in answer["methods"] if row["id"] != "bes"}
        # The first three months had 120 of 480 in three years; last year 60 of 150, and 90 in its other months.
        self.assertEqual(totals, {"run_rate": 360, "seasonal_share": 360, "prior_year": 225,
                                  "recent_pace": 360, "same_as_last_year": 180})
        self.assert_fields(answer["projection"], method="bes", method_version="bes-2")

    def test_what_a_target_requires(self):
        required = self.ask("/v1/exports/projections?series=years&target=189")["required"]
        # 99 in nine months that had 90; these grew by -50 and 0 percent before.
        self.assert_fields(required, target=189, target_source=None, average=11, yoy_percent=10)
        self.assert_fields(required["reached_before"], times=0, of=2)
        required = self.ask("/v1/exports/projections?series=years&target=180")["required"]
        self.assert_fields(required, average=10, yoy_percent=0)
        self.assert_fields(required["reached_before"], times=1, of=2)

    def test_a_complete_year_is_its_own(self):
        answer = self.ask("/v1/exports/projections?series=years&fy=FY2019")
        self.assert_fields(answer["known"], months=12, total=150)
        self.assertEqual(answer["projection"]["total"], 150)


if __name__ == "__main__":
    unittest.main()
