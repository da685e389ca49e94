"""The stories that the bundled data set began with, each figure as a test.

Every number here was worked out by hand from data/reports.csv and data/rulings.csv, and is what the
service has to answer."""

import unittest

from service import ServiceTest

LEVELS = {  # the fiscal year 2026, in USD million
    "2025-07": 354, "2025-08": 337, "2025-09": 366, "2025-10": 386,
    "2025-11": 356, "2025-12": 437, "2026-01": 374, "2026-02": 365,
}

DERIVED = ["2017-06", "2018-06", "2018-11", "2019-01", "2019-06", "2019-10", "2020-05", "2020-06",
           "2021-10", "2025-05"]


class StoryTest(ServiceTest):
    def ask(self, path):
        answer = self.get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def observations(self, query):
        return {row["period"]: row for row in self.ask(f"/v1/exports?{query}")["observations"]}

    def value(self, period, **parameters):
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return self.ask(f"/v1/exports/{period}?{query}")["value"]

    def assert_fields(self, row, **fields):
        self.assertEqual({name: row.get(name) for name in fields}, fields)


class FiscalYear2026(StoryTest):
    def test_the_eight_months(self):
        rows = self.observations("from=2025-07")
        self.assertEqual({period: row["value"] for period, row in rows.items()}, LEVELS)
        self.assertEqual({row["precision"] for row in rows.values()}, {1})
        self.assertEqual({row["status"] for row in rows.values()}, {"reported"})

    def test_only_november_is_disputed(self):
        rows = self.observations("from=2025-07")
        self.assertEqual([period for period, row in rows.items() if row["disputed"]], ["2025-11"])

    def test_first_half_against_the_one_before(self):
        half = self.ask("/v1/exports/FY2026-H1")
        self.assert_fields(half, value=2236, basis="sum_of_months", reported_value=2236,
                           difference=0)
        self.assert_fields(half["growth"]["yoy"], base=1864, change=372, percent=19.9571)

    def test_first_half_as_growth_to_date(self):
        growth = self.ask("/v1/exports/growth?basis=fytd&from=2025-12&to=2025-12")["growth"]
        self.assert_fields(growth[0], period="2025-12", value=2236, base=1864, percent=19.9571)

    def test_first_half_reports_that_round_or_contradict(self):
        half = self.ask("/v1/exports/2025-07--2025-12")
        values = {(report["value"], report["precision"]): report["stance"]
                  for report in half["reports"]}
        self.assertEqual(values, {(2236, 1): "supports", (2240, 10): "supports",
                                  (2200, 100): "supports", (2230, 10): "disputes"})

    def test_eight_months_to_date(self):
        latest = self.ask("/v1/exports/latest")
        self.assert_fields(latest, period="2026-02", value=365)
        self.assert_fields(latest["fiscal_year_to_date"], value=2975, base=2482, percent=19.863)

    def test_published_projections_and_target(self):
        answer = self.ask("/v1/exports/projections?fy=FY2026")
        self.assertEqual(answer["fiscal_year"], "FY2026")
        self.assert_fields(answer["known"], months=8, total=2975,
                           **{"from": "2025-07", "to": "2026-02"})
        self.assertIn((4200, 4500), [(row["low"], row["high"]) for row in answer["published"]])
        self.assertEqual(answer["required"]["target"], 5000)
        # (5000 - 2975) / 4 months
        self.assertEqual(answer["required"]["average"], 506.25)


class December2025(StoryTest):
    def test_level(self):
        december = self.ask("/v1/exports/2025-12")
        self.assert_fields(december, value=437, status="reported", precision=1, disputed=False,
                           revisions=[], publishers=7)

    def test_growth_on_the_year(self):
        growth = self.ask("/v1/exports/growth?basis=yoy&from=2025-12&to=2025-12")["growth"][0]
        self.assert_fields(growth, value=437, base_period="2024-12", base=348, change=89,
                           percent=25.5747)

    def test_growth_on_the_month(self):
        growth = self.ask("/v1/exports/growth?basis=mom&from=2025-12&to=2025-12")["growth"][0]
        self.assert_fields(growth, value=437, base_period="2025-11", base=356, change=81,
                           percent=22.7528)

    def test_record_and_the_one_before(self):
        december = self.ask("/v1/exports/2025-12")
        self.assert_fields(december, record=True, rank=1,
                           previous_record={"period": "2025-10", "value": 386})
        current = self.ask("/v1/exports/records")["current"]
        self.assert_fields(current, period="2025-12", value=437, margin=51, margin_percent=13.2124,
                           previous={"period": "2025-10", "value": 386}, set_on="2026-01-20")

    def test_first_above_400(self):
        thresholds = self.ask("/v1/exports/records")["thresholds"]
        crossed = {row["threshold"]: row["first_period"] for row in thresholds}
        self.assertEqual(crossed, {100: "2018-06", 200: "2021-03", 300: "2023-12", 400: "2025-12"})

    def test_contradicting_growth_rates_are_kept_as_claims(self):
        claims = []
        for source in ["arabnews-2026-01-20", "dostii4ever-2026-01", "dunya-2026-01-20",
                       "pakistandigitalpost-2026-01"]:
            claims += self.ask(f"/v1/sources/{source}")["claims"]
        stated = {(claim["metric"], claim["value"]) for claim in claims
                  if claim["series"] == "pk-it" and claim["period"] == "2025-12"}
        self.assertLessEqual({("yoy_pct", 25), ("yoy_pct", 26), ("mom_pct", 22), ("mom_pct", 23),
                              ("mom_pct", 27)}, stated)


class EarlierRecords(StoryTest):
    def test_july_2025(self):
        july = self.ask("/v1/exports/2025-07")
        self.assert_fields(july, value=354, record=True,
                           previous_record={"period": "2024-12", "value": 348})
        self.assert_fields(july["growth"]["yoy"], base=286, change=68, percent=23.7762)

    def test_december_2024(self):
        self.assert_fields(self.ask("/v1/exports/2024-12"), value=348, record=True)

    def test_before_december_2024_may_and_not_october(self):
        december = self.ask("/v1/exports/2024-12")
        self.assertEqual(december["previous_record"], {"period": "2024-05", "value": 332})
        october = self.ask("/v1/exports/2024-10")
        self.assert_fields(october, value=330, record=False)
        for source in ["nation-2025-01-19", "outsourceaccelerator-2025-01"]:
            with self.subTest(source=source):
                claims = self.ask(f"/v1/sources/{source}")["claims"]
                self.assertIn(("previous_record", "2024-10", 330),
                              [(claim["metric"], claim["period"], claim["value"])
                               for claim in claims])

    def test_fifteen_months_of_growth_since_october_2023(self):
        self.assertEqual(self.ask("/v1/exports/2024-12")["yoy_streak_months"], 15)
        streaks = self.ask("/v1/exports/records?as_of=2025-01-31")["streaks"]
        self.assert_fields(streaks["yoy_growth"]["current"], months=15,
                           **{"from": "2023-10", "to": "2024-12"})

    def test_average_of_the_twelve_months_before(self):
        self.assertEqual(self.ask("/v1/exports/2024-12")["twelve_months_before"]["average"], 298.9167)


class AsOf(StoryTest):
    def test_end_of_august_2025(self):
        rows = self.observations("as_of=2025-08-31")
        self.assertEqual(max(rows), "2025-07")
        self.assert_fields(self.ask("/v1/exports/records?as_of=2025-08-31")["current"],
                           period="2025-07", value=354, stood_months=0)
        self.assert_fields(self.ask("/v1/exports/latest?as_of=2025-08-31"),
                           period="2025-07", value=354, as_of="2025-08-31")

    def test_nothing_later_exists_in_august_2025(self):
        for period in ["2025-08", "2025-12", "FY2027"]:
            with self.subTest(period=period):
                answer = self.get(f"/v1/exports/{period}?as_of=2025-08-31")
                self.assertEqual(answer.status, 404)
        sources = self.ask("/v1/sources?as_of=2025-08-31&order=desc&limit=1")["sources"]
        self.assertLessEqual(sources[0]["published"], "2025-08-31")

    def test_november_2024_before_and_after_the_ruling(self):
        for as_of, value in [("2024-12-31", 324), ("2025-01-30", 324), ("2025-01-31", 310),
                             ("2025-12-31", 310)]:
            with self.subTest(as_of=as_of):
                self.assertEqual(self.value("2024-11", as_of=as_of), value)

    def test_a_month_means_its_last_day(self):
        by_month = self.ask("/v1/exports?as_of=2024-12&last=3")
        by_day = self.ask("/v1/exports?as_of=2024-12-31&last=3")
        self.assertEqual(by_month, by_day)
        self.assertEqual(by_month["as_of"], "2024-12-31")

    def test_after_the_newest_report_it_is_as_now(self):
        self.assertEqual(self.ask("/v1/exports?as_of=2199-12-31")["observations"],
                         self.ask("/v1/exports")["observations"])


class DerivedMonths(StoryTest):
    def test_exactly_these_ten(self):
        rows = self.observations("")
        self.assertEqual([period for period, row in rows.items() if row["status"] == "derived"],
                         DERIVED)

    def test_may_2025(self):
        may = self.ask("/v1/exports/2025-05")
        self.assert_fields(may, value=329, precision=3, status="derived", reports=[],
                           disputed=False)
        # FY2025, less July to April, less June: 3810 - 3142 - 339
        self.assertEqual([(term["period"], term["value"]) for term in may["terms"]],
                         [("FY2025", 3810), ("2024-07/2025-04", 3142), ("2025-06", 339)])

    def test_a_derived_month_names_each_source_once(self):
        for period in DERIVED:
            with self.subTest(period=period):
                sources = self.ask(f"/v1/exports/{period}")["sources"]
                self.assertEqual(len(sources), len(set(sources)), sources)

    def test_no_month_is_missing_since_october_2019(self):
        rows = self.observations("from=2019-10")
        self.assertEqual(len(rows), 77)
        self.assertEqual(list(rows)[-1], "2026-02")
        self.assertEqual([row["period"] for row in rows.values() if row["value"] is None], [])

    def test_coverage_and_gaps(self):
        series = self.ask("/v1/series/pk-it")
        self.assert_fields(series["coverage"], months=105, reported=77, derived=10, missing=18,
                           **{"from": "2017-06", "to": "2026-02"})
        # Of 2017-06 to 2019-09, ten months are known and 18 missing.
        early = self.observations("to=2019-09")
        self.assertEqual((len(early), sum(row["value"] is None for row in early.values())),
                         (28, 18))
        services = self.observations("series=pk-services&from=2019-04")
        self.assertEqual(max(services), "2026-01")
        self.assertNotIn(None, [row["value"] for row in services.values()])


class KnownContradictions(StoryTest):
    def test_november_2025_three_values(self):
        november = self.ask("/v1/exports/2025-11")
        self.assert_fields(november, value=356, disputed=True)
        stances = sorted((report["value"], report["stance"]) for report in november["reports"])
        self.assertEqual(stances,
                         [(348, "rejected")] + 4 * [(356, "supports")] + 2 * [(366, "rejected")])
        self.assertEqual(sorted(row["value"] for row in november["disputes"]), [348, 366, 366])
        self.assertEqual(sorted((row["decision"], row["value"]) for row in november["rulings"]),
                         [("reject", 348), ("reject", 366)])

    def test_july_to_november_printed_with_the_half_year(self):
        five = self.ask("/v1/exports/2025-07--2025-11")
        self.assert_fields(five, value=1799, reported_value=1799)
        before = self.ask("/v1/exports/2024-07--2024-11")
        self.assertIn(1518, [report["value"] for report in before["reports"]])
        for source in ["dostii4ever-2026-01", "techjuice-2026-01"]:
            with self.subTest(source=source):
                claims = self.ask(f"/v1/sources/{source}")["claims"]
                self.assertIn(("fytd_level", "2025-07/2025-11", 2236),
                              [(claim["metric"], claim["period"], claim["value"])
                               for claim in claims])

    def test_revised_months(self):
        for period, first, now in [("2024-11", 324, 310), ("2023-06", 236, 225),
                                   ("2021-03", 213, 209)]:
            with self.subTest(period=period):
                answer = self.ask(f"/v1/exports/{period}")
                self.assertEqual(answer["value"], now)
                self.assertEqual([(row["from"], row["to"]) for row in answer["revisions"]],
                                 [(first, now)])
                self.assertEqual(self.value(period, release="first"), first)
                self.assertIn(period, [row["period"] for row in
                                       self.ask("/v1/exports/revisions?limit=1000")["revisions"]])

    def test_revised_fiscal_years(self):
        cases = [("FY2021", 2123, 2108, 2108), ("FY2019", 1090, 1190, 1191.864),
                 ("FY2023", 2605.34, 2597, 2597)]
        for period, first, then, now in cases:
            with self.subTest(period=period):
                answer = self.ask(f"/v1/exports/{period}")
                self.assertEqual(answer["reported_value"], now)
                self.assertEqual([(row["from"], row["to"]) for row in answer["revisions"]],
                                 [(first, then)])

    def test_july_2024_from_the_statistics_bureau(self):
        july = self.ask("/v1/exports/2024-07")
        self.assert_fields(july, value=286, disputed=True)
        self.assertEqual([(row["value"], row["stance"]) for row in july["disputes"]],
                         2 * [(297, "rejected")])

    def test_sums_of_months_beside_published_years(self):
        cases = [("FY2021", 2110.02, 2108, -2.02), ("FY2022", 2613.88, 2619.1, 5.22),
                 ("FY2023", 2594.05, 2597, 2.95), ("FY2024", 3223, 3223, 0),
                 ("FY2025", 3808, 3810, 2)]
        for period, total, reported, difference in cases:
            with self.subTest(period=period):
                self.assert_fields(self.ask(f"/v1/exports/{period}"), value=total,
                                   basis="sum_of_months", reported_value=reported,
                                   difference=difference)

    def test_fiscal_year_totals_of_years_without_months(self):
        for period, value in [("FY2010", 433), ("FY2016", 788.64), ("FY2017", 938.64),
                              ("FY2018", 1065), ("FY2020", 1438.827)]:
            with self.subTest(period=period):
                self.assert_fields(self.ask(f"/v1/exports/{period}"), value=value, basis="reported")

    def test_growth_of_fiscal_year_2022_is_not_that_of_2021(self):
        growth = {row["period"]: row["percent"] for row in
                  self.ask("/v1/exports/growth?frequency=fiscal_year")["growth"]}
        # Of the months, 2613.88 on 2110.02; of the published years it would be 24.2.
        self.assertEqual(growth["FY2022"], 23.8794)
        claims = self.ask("/v1/sources/bol-2023-07-18")["claims"]
        self.assertIn(("yoy_pct", "FY2022", 47.43),
                      [(claim["metric"], claim["period"], claim["value"]) for claim in claims])

    def test_unlike_bases_are_said_to_be(self):
        growth = {row["period"]: row.get("unlike_bases", False) for row in
                  self.ask("/v1/exports/growth?frequency=fiscal_year&to=FY2025")["growth"]}
        # The months of FY2020 are not all known, so that FY2021's sum stands against a report.
        self.assertEqual([period for period, unlike in growth.items() if unlike], ["FY2021"])

    def test_the_narrower_series_is_not_mixed_in(self):
        self.assertEqual(self.value("FY2019", series="pk-it-ites"), 994.848)
        self.assertEqual(self.value("FY2019", series="pk-it"), 1191.864)


if __name__ == "__main__":
    unittest.main()
