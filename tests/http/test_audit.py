"""What the audit of claims promises beside its verdicts: intervals, exactness, inputs, reasons, refusals."""

import csv
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.parse
from fractions import Fraction

from service import PROGRAM, ROOT, Service, ServiceTest

JSON = {"Content-Type": "application/json"}
CHECK = "/v1/claims/check"
HEADS = {
    "series.csv": "series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags",
    "sources.csv": "source_id,publisher,title,url,published,date_basis,kind,authority",
    "reports.csv": "series_id,period,value,precision,source_id,note",
    "claims.csv": "claim_id,source_id,series_id,metric,period,value,unit,precision,statement",
}
RATES = {"mom_pct", "yoy_pct", "fytd_yoy_pct", "trailing_12m_average", "share_of_total_exports_pct"}


class AuditTest(ServiceTest):
    def ask(self, path):
        answer = self.get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def check(self, metric, period, value, query="", **more):
        body = json.dumps({"metric": metric, "period": period, "value": value, **more})
        answer = self.request("POST", CHECK + query, JSON, body)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()


class Numbers(AuditTest):
    def test_levels_are_exact(self):
        """Those of 2019 and 2021 are known to a tenth of a thousandth, and no decimals are cut off."""
        for decimals in ["", "?decimals=0", "?decimals=2", "?decimals=10"]:
            for period in ["FY2019", "2019-10", "FY2020", "2025-12", "FY2022"]:
                with self.subTest(period + decimals):
                    known = self.ask(f"/v1/exports/{period}")
                    body = json.dumps({"metric": "level", "period": period, "value": str(known["value"])})
                    row = json.loads(self.request("POST", CHECK + decimals, JSON, body).body,
                                     parse_float=Fraction, parse_int=Fraction)
                    value, step = Fraction(str(known["value"])), Fraction(str(known["precision"]))
                    self.assertEqual([row["computed"], row["low"], row["high"]],
                                     [value, value - step / 2, value + step / 2])

    def test_printed_intervals_contain_the_exact_ones(self):
        """Fewer decimals never make an interval narrower, and what is computed never leaves it."""
        finest = {row["id"]: row for row in self.ask("/v1/claims?limit=10000&decimals=10")["claims"]}
        for decimals in [0, 4]:
            for row in self.ask(f"/v1/claims?limit=10000&decimals={decimals}")["claims"]:
                if row["low"] is None or row["high"] is None:
                    continue
                fine = finest[row["id"]]
                self.assertLessEqual(row["low"], fine["low"], row["id"])
                self.assertGreaterEqual(row["high"], fine["high"], row["id"])
                self.assertLessEqual(row["low"], row["computed"], row["id"])
                self.assertLessEqual(row["computed"], row["high"], row["id"])
                if row["metric"] not in RATES:
                    self.assertEqual([row["low"], row["high"]], [fine["low"], fine["high"]], row["id"])

    def test_explained_intervals_contain_the_exact_ones(self):
        growth, = self.ask("/v1/exports/growth?basis=yoy&from=2025-12&to=2025-12&explain=true")["growth"]
        low, high = growth["interval"]["low"], growth["interval"]["high"]
        self.assertEqual([low, high], [25.251, 25.8993])
        self.assertLess(Fraction(str(low)), 100 * (Fraction(4365, 3485) - 1))
        self.assertGreater(Fraction(str(high)), 100 * (Fraction(4375, 3475) - 1))


class Inputs(AuditTest):
    def test_a_sum_names_the_sources_of_its_months(self):
        for query, published in [("", None), ("?as_of=2026-01-25", "2026-01-25")]:
            row = self.check("fytd_yoy_pct", "2025-07/2025-12", 20, query, published=published or "2026-02-28")
            for judgement in [row["now"], row["at_publication"]]:
                for term in judgement["inputs"]:
                    with self.subTest(f"{query} {term['period']}"):
                        first, last = term["period"].split("/")
                        as_of = f"&as_of={judgement['as_of']}" if judgement["as_of"] else ""
                        months = self.ask(f"/v1/exports?from={first}&to={last}{as_of}")["observations"]
                        of_months = {source for month in months for source in month["sources"]}
                        self.assertEqual(term["basis"], "sum_of_months")
                        self.assertEqual(set(term["sources"]), of_months)
                        self.assertEqual(len(term["sources"]), len(of_months))
                        self.assertEqual([[month[key] for key in ("period", "value", "precision", "sources")]
                                          for month in term["months"]],
                                         [[month[key] for key in ("period", "value", "precision", "sources")]
                                          for month in months])

    def test_a_derived_month_names_its_terms(self):
        known = self.ask("/v1/exports/2019-10")
        own, = self.check("level", "2019-10", 100)["now"]["inputs"]
        self.assertEqual(own["terms"], known["terms"])
        self.assertEqual(own["sources"], known["sources"])
        months = self.check("level", "2019-10/2019-11", 200)["now"]["inputs"][0]["months"]
        self.assertEqual(months[0]["terms"], known["terms"])

    def test_a_streak_names_all_months_it_ran_through(self):
        """And on to the one that was not above the year before even within rounding; the newest first."""
        judged = self.check("growth_streak_months", "2024-12", "15", published="2025-01-31")["now"]
        self.assertEqual([judged["verdict"], judged["computed"]], ["confirmed", 15])
        months = [term["period"] for term in judged["inputs"]]
        self.assertEqual([months[0], months[15], months[-1], len(months)],
                         ["2024-12", "2023-09", "2022-06", 31])
        value = {term["period"]: term["value"] for term in judged["inputs"]}
        grew = [value[month] > value[f"{int(month[:4]) - 1}{month[4:]}"] for month in months[:16]]
        self.assertEqual(grew, [True] * 15 + [False])
        self.assertTrue(all(term["sources"] for term in judged["inputs"]))

    def test_another_reading_names_its_inputs(self):
        row = self.check("level", "2025-11", 366, published="2026-01-20")
        read, = row["reading"]["inputs"]
        self.assertEqual([read["period"], read["value"]], ["2025-09", 366])
        self.assertLessEqual(set(read["sources"]),
                             set(self.ask("/v1/exports/2025-09")["sources"]))

    def test_every_input_of_every_claim_has_its_sources(self):
        for row in self.ask("/v1/claims?series=pk-it&limit=1000")["claims"][::29]:
            whole = self.ask(f"/v1/claims/{row['id']}")
            for judgement in [whole["at_publication"], whole["now"]]:
                for term in judgement["inputs"]:
                    with self.subTest(row["id"]):
                        self.assertGreater(len(term["sources"]), 0)


class Reasons(AuditTest):
    def test_a_year_that_goes_on_is_incomplete(self):
        now = self.check("fy_target", "FY2026", 5000)["now"]
        self.assertEqual([now["verdict"], now["missing_reason"], now["missing_period"]],
                         ["unverifiable", "incomplete_period", "FY2026"])

    def test_a_year_that_has_not_come_is_not_reported(self):
        for metric in ["fy_target", "fy_projection_low", "fy_projection_high"]:
            for series, year in [("pk-it", "FY2030"), ("pk-it", "FY2199"), ("pk-it", "FY2001"),
                                 ("pk-exports", "FY2030")]:
                with self.subTest(f"{metric} {series} {year}"):
                    row = self.check(metric, year, 60000, series=series)
                    self.assertEqual([row["verdict"], row["missing_reason"], row["missing_series"],
                                      row["missing_period"]], ["unverifiable", "not_reported", series, year])

    def test_an_unknown_month_is_not_reported(self):
        now = self.check("level", "2018-01", 5)["now"]
        self.assertEqual([now["missing_reason"], now["missing_period"]], ["not_reported", "2018-01"])

    def test_a_streak_names_the_month_it_would_need(self):
        """It ran through the gaps before October 2019, or it did not; a short one is wrong in any case."""
        streak = self.ask("/v1/exports/records?as_of=2021-04-30")["streaks"]["yoy_growth"]["current"]
        long = self.check("growth_streak_months", "2021-03", 90, published="2021-04-30")
        short = self.check("growth_streak_months", "2021-03", 1, published="2021-04-30")
        self.assertGreater(streak["months"], 1)
        self.assertEqual(short["at_publication"]["verdict"], "contradicted")
        self.assertEqual(short["at_publication"]["computed"], streak["months"])
        self.assertIn(long["verdict"], ["contradicted", "unverifiable"])
        self.assertEqual("missing_period" in long["now"], long["verdict"] == "unverifiable")


    def test_every_unverifiable_one_says_what_is_missing(self):
        rows = self.ask("/v1/claims?verdict=unverifiable&limit=1000")["claims"]
        table = self.get("/v1/claims.csv?verdict=unverifiable&limit=1000").records()
        self.assertGreater(len(rows), 50)
        for row, cells in zip(rows, table, strict=True):
            with self.subTest(row["id"]):
                told = [row[name] for name in ("missing_reason", "missing_series", "missing_period")]
                self.assertNotIn(None, told)
                self.assertEqual([cells[name] for name in ("missing_reason", "missing_series", "missing_period")],
                                 told)
                known = self.get(f"/v1/exports/{told[2].replace('/', '--')}?series={told[1]}")
                self.assertTrue(known.status == 404 or known.json()["value"] is None, known)

    def test_the_base_of_a_share_is_named(self):
        row = self.check("share_of_total_exports_pct", "2026-02", 12)
        self.assertEqual([row["verdict"], row["missing_series"], row["missing_period"]],
                         ["unverifiable", "pk-goods-bop", "2026-02"])

    def test_the_period_of_a_record_before_stands_in_its_row(self):
        rows = self.ask("/v1/claims?metric=previous_record&limit=1000")["claims"]
        cells = self.get("/v1/claims.csv?metric=previous_record&limit=1000").records()
        self.assertTrue(any(row.get("computed_period", row["period"]) != row["period"] for row in rows))
        for row, cell in zip(rows, cells, strict=True):
            self.assertEqual(row.get("computed_period", ""), cell["computed_period"])
            if row["verdict"] == "contradicted" and row["computed"] is not None:
                of_row = self.ask(f"/v1/exports/{row['computed_period']}")
                self.assertEqual(row["computed"], of_row["value"])


class Readings(AuditTest):
    """An oracle of the search for other readings: levels of months, by the observations and in fractions."""

    def observations(self):
        """The series in the order that they are looked at in, with the months that are known of them."""
        found = {}
        for row in self.ask("/v1/series")["series"]:
            rows = self.ask(f"/v1/exports?series={row['id']}")["observations"]
            found[row["id"]] = {month["period"]: (Fraction(str(month["value"])), Fraction(str(month["precision"])))
                                for month in rows if month["value"] is not None}
        return found

    def meets(self, known, claimed):
        value, step = known
        return abs(value - claimed) <= (step + 1) / 2

    def expected(self, found, period, claimed):
        """The reading, None where there is none, or "right" where none is looked for."""
        own = found["pk-it"][period]
        if self.meets(own, claimed) or own[0] // 1 == claimed:
            return "right"
        for series, months in found.items():
            if series != "pk-it" and period in months and self.meets(months[period], claimed) and \
                    (months[period][0] + Fraction(1, 2)) // 1 == claimed >= 100:
                return [series, period]
        earlier = [month for month in found["pk-it"] if month < period and
                   self.meets(found["pk-it"][month], claimed)]
        return ["pk-it", max(earlier)] if earlier else None

    def test_the_level_of_another_month_or_series(self):
        found = self.observations()
        periods = sorted(found["pk-it"])[::4]
        values = sorted({int(value) + more for months in found.values() for value, _ in list(months.values())[::5]
                         for more in (0, 3) if 100 <= value < 900})
        claims = [{"metric": "level", "period": period, "value": value}
                  for i, period in enumerate(periods) for value in values[i % 3::3]]
        kinds = set()
        for start in range(0, len(claims), 100):
            part = claims[start:start + 100]
            answer = self.request("POST", CHECK, JSON, json.dumps({"claims": part})).json()
            for claim, row in zip(part, answer["claims"], strict=True):
                with self.subTest(claim):
                    expected = self.expected(found, claim["period"], claim["value"])
                    if expected == "right":
                        self.assertIn(row["verdict"], ["confirmed", "consistent", "truncated"])
                        continue
                    reading = row["reading"] and [row["reading"]["series"], row["reading"]["period"]]
                    self.assertEqual([row["verdict"], reading],
                                     ["mislabelled" if expected else "contradicted", expected])
                    kinds.add(expected and expected[0] == "pk-it")
        self.assertEqual(kinds, {None, True, False})


class Replaced(AuditTest):
    """Records that were replaced, then and now."""

    def claims(self, period):
        rows = self.ask(f"/v1/claims?metric=previous_record&period={period}")["claims"]
        return {row["source"]: row for row in rows}

    def test_before_the_observations_knew_the_new_one(self):
        """March 2024 was published on 2024-04-22 and known by then, or it was not."""
        for source, row in self.claims("2023-12").items():
            with self.subTest(source):
                then = self.ask(f"/v1/exports/records?as_of={row['published']}")["current"]["period"]
                expected = "confirmed" if then == "2024-03" else "unverifiable"
                self.assertEqual([row["verdict"], row["verdict_at_publication"]], ["confirmed", expected])

    def test_nothing_later_enters_the_verdict_of_the_time(self):
        """It is what an audit as of that day says, for every claim."""
        rows = self.ask("/v1/claims?metric=previous_record&limit=1000")["claims"]
        self.assertGreater(len(rows), 7)
        for row in rows:
            with self.subTest(row["id"]):
                then = self.ask(f"/v1/claims/{row['id']}?as_of={row['published']}")
                self.assertEqual(row["verdict_at_publication"], then["verdict"])


class ThenAsOfThen(AuditTest):
    def test_the_verdict_at_publication_is_that_of_an_audit_of_the_day(self):
        """`superseded` aside, which needs two dates."""
        rows = self.ask("/v1/claims?series=pk-it&limit=1000")["claims"]
        days = sorted({row["published"] for row in rows if len(row["published"]) == 10})
        for day in days[::10]:
            rows_of_day = self.ask(f"/v1/claims?series=pk-it&limit=1000&as_of={day}")["claims"]
            of_day = {row["id"]: row for row in rows_of_day}
            for row in rows:
                if row["published"] == day:
                    with self.subTest(row["id"]):
                        self.assertEqual(row["verdict_at_publication"], of_day[row["id"]]["verdict"])

    def test_mislabelled_then_as_now(self):
        row = self.check("level", "2025-11", 366, published="2026-01-20")
        self.assertEqual([row["verdict_at_publication"], row["at_publication"]["verdict"],
                          row["now"]["verdict"]], ["mislabelled"] * 3)
        row = self.check("fytd_level", "2025-07/2025-11", 2236, published="2025-12-20")
        self.assertEqual(row["verdict_at_publication"], "contradicted")


SENSELESS = [
    ("fy_target", "2025-12", 5000, "period"),
    ("fy_target", "FY2026-H1", 5000, "period"),
    ("fy_projection_low", "2025", 5000, "period"),
    ("fy_projection_high", "2025-07/2026-01", 5000, "period"),
    ("fytd_level", "2025-08/2025-12", 1800, "period"),
    ("fytd_yoy_pct", "2025-08/2025-12", 18, "period"),
    ("fytd_yoy_pct", "2024-07/2025-12", 18, "period"),
    ("growth_streak_months", "2025-07/2025-12", 6, "period"),
    ("growth_streak_months", "2025-12", 1.5, "value"),
    ("growth_streak_months", "2025-12", 0, "value"),
    ("growth_streak_months", "2025-12", -3, "value"),
]


class Documented(AuditTest):
    def test_the_counts_of_the_data_set_are_told(self):
        """data/README.md has a table of them."""
        text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
        told = {name: [int(whole), int(part)] for name, whole, part in
                re.findall(r"^\| ([a-z]+) \| (\d+) \| (\d+) \|$", text, re.M)}
        whole = self.ask("/v1/claims?limit=1")["verdicts"]
        part = self.ask("/v1/claims?series=pk-it&limit=1")["verdicts"]
        self.assertEqual(told, {name: [whole[name], part[name]] for name in whole})


class Senseless(AuditTest):
    def test_checks_are_refused(self):
        for metric, period, value, field in SENSELESS:
            with self.subTest(f"{metric} {period} {value}"):
                claims = [{"metric": metric, "period": period, "value": value}]
                answer = self.request("POST", CHECK, JSON, json.dumps({"claims": claims}))
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual([row["name"] for row in answer.json()["invalid"]], [f"claims[0].{field}"])

    def test_what_makes_sense_is_judged(self):
        for metric, period in [("fy_target", "FY2025"), ("fy_target", "2024-07/2025-06"),
                               ("fytd_level", "2025-07"), ("fytd_level", "FY2026-H1"), ("fytd_yoy_pct", "FY2025")]:
            with self.subTest(f"{metric} {period}"):
                self.assertNotEqual(self.check(metric, period, 1)["verdict"], "unverifiable")
        self.assertEqual(self.check("growth_streak_months", "2024-12", "15.0", precision=1)["verdict"],
                         "confirmed")

    def test_files_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "claims.csv"
            subprocess.run([PROGRAM, "migrate", "--database", f"{folder}/db"], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for metric, period, value, field in SENSELESS:
                unit = {"fytd_yoy_pct": "percent", "growth_streak_months": "months"}.get(metric, "usd_million")
                path.write_text(f"{HEADS['claims.csv']}\nc,arabnews-2026-01-20,pk-it,{metric},{period},{value},"
                                f"{unit},1,x\n", encoding="utf-8")
                done = subprocess.run([PROGRAM, "import", "--database", f"{folder}/db", str(path)],
                                      capture_output=True, text=True, check=False)
                with self.subTest(f"{metric} {period} {value}"):
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(f"claims.csv:2: {field} '{value if field == 'value' else period}': ",
                                  done.stderr)

    def test_bundled_claims_all_make_sense(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAM, "import", "--empty", "--database", f"{folder}/db",
                                   *[str(ROOT / "data" / name) for name in
                                     ("series.csv", "sources.csv", "reports.csv", "claims.csv", "rulings.csv")]],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)


class Addresses(unittest.TestCase):
    """Every claim that is imported can be asked for by its id."""

    GOOD = ["...", "a/b", "checks", "Check", "csv", "a.csv.b", "%2E", "%", "a?b#c&d=e+f;g", "a:b@c!$()*~", "<x>",
            "a\\b", "|{}^`"]
    BAD = [".", "..", "check", "a.csv", "a.json", "a.atom", "a.bibtex", "a.csl-json", ".csv", "x.svg"]

    def run_import(self, folder, ids):
        path = pathlib.Path(folder) / "claims.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [HEADS["claims.csv"].split(","),
                 *[[name, "arabnews-2026-01-20", "pk-it", "level", "2025-12", "437", "usd_million", "1", ""]
                   for name in ids]])
        return subprocess.run([PROGRAM, "import", "--database", f"{folder}/db", str(path)], capture_output=True,
                              text=True, check=False)

    def test_ids(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in self.BAD:
                done = self.run_import(folder, [name])
                self.assertEqual(done.returncode, 1, name)
                self.assertIn(f"claims.csv:2: claim_id '{name}': a claim of this id has no address", done.stderr)
            self.assertEqual(self.run_import(folder, self.GOOD).returncode, 0)
            with Service(database=f"{folder}/db") as service:
                for name in self.GOOD:
                    with self.subTest(name):
                        path = "/v1/claims/" + urllib.parse.quote(name, safe="")
                        self.assertEqual(service.get(path).json()["id"], name)
                        self.assertEqual(service.get(path + ".csv").records()[0]["id"], name)


class Beginnings(unittest.TestCase):
    """A store without the series of total exports, and months at the beginning of the calendar."""

    ROWS = {
        "series.csv": [["s", "S", "", "USD", "sum", "7", "", "default"],
                       ["pk-services", "P", "", "USD", "sum", "4", "", ""]],
        "sources.csv": [["a", "A", "A", "https://example.org/", "2025-03-01", "page", "press", "2"]],
        "reports.csv": [["s", "1900-01", "5", "1", "a", ""], ["s", "1900-02", "6", "1", "a", ""]],
        "claims.csv": [["old", "a", "s", "yoy_pct", "1900-01", "3", "percent", "1", ""],
                       ["average", "a", "s", "trailing_12m_average", "1900-06", "3", "USD", "1", ""],
                       ["streak", "a", "s", "growth_streak_months", "1900-02", "3", "months", "1", ""],
                       ["year", "a", "s", "level", "FY1901", "3", "USD", "1", ""],
                       ["share", "a", "s", "share_of_total_exports_pct", "1900-01", "3", "percent", "1", ""]],
    }
    MISSING = {"old": ["s", None], "average": ["s", None], "streak": ["s", None], "year": ["s", "FY1901"],
               "share": ["pk-goods-bop", "1900-01"]}

    def test_what_is_missing(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, rows in self.ROWS.items():
                with open(f"{folder}/{name}", "w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows([HEADS[name].split(","), *rows])
            subprocess.run([PROGRAM, "import", "--empty", "--database", f"{folder}/db",
                            *[f"{folder}/{name}" for name in self.ROWS]], check=True, stdout=subprocess.DEVNULL)
            told = json.loads(subprocess.run([PROGRAM, "audit", "--database", f"{folder}/db", "--format", "json"],
                                             check=True, capture_output=True).stdout)["claims"]
            with Service("--empty", database=f"{folder}/db") as service:
                rows = service.get("/v1/claims").json()["claims"]
                self.assertEqual(rows, told)
                for row in rows:
                    with self.subTest(row["id"]):
                        whole = service.get(f"/v1/claims/{row['id']}").json()
                        missing = [[part["missing_series"], part["missing_period"]] for part in (row, whole["now"])]
                        self.assertEqual(missing, [self.MISSING[row["id"]]] * 2)


class NearZero(unittest.TestCase):
    """A base that rounding may make zero, and two series in different units."""

    ROWS = {
        "series.csv": [["s", "S", "", "USD", "sum", "7", "", "default"], ["e", "E", "", "EUR", "sum", "7", "", ""],
                       ["d", "D", "", "USD", "sum", "7", "", ""]],
        "sources.csv": [["a", "A", "A", "https://example.org/", "2025-03-01", "page", "press", "2"]],
        "reports.csv": [["s", "2024-01", "1", "2", "a", ""], ["s", "2025-01", "5", "1", "a", ""],
                        ["s", "2025-02", "777", "1", "a", ""], ["e", "2025-01", "444", "1", "a", ""],
                        ["d", "2025-01", "555", "1", "a", ""]],
    }

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        for name, rows in cls.ROWS.items():
            with open(f"{folder.name}/{name}", "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([HEADS[name].split(","), *rows])
        subprocess.run([PROGRAM, "import", "--empty", "--database", f"{folder.name}/db",
                        *[f"{folder.name}/{name}" for name in cls.ROWS]], check=True, stdout=subprocess.DEVNULL)
        cls.service = cls.enterClassContext(Service("--empty", database=f"{folder.name}/db"))

    def check(self, metric, period, value):
        body = json.dumps({"metric": metric, "period": period, "value": value})
        return self.service.request("POST", CHECK, JSON, body).json()

    def test_the_interval_is_open_to_a_side(self):
        for value, verdict in [(400, "confirmed"), (10000, "consistent"), (100, "contradicted")]:
            row = self.check("yoy_pct", "2025-01", value)
            self.assertEqual([row["verdict"], row["computed"], row["low"], row["high"]],
                             [verdict, 400, 125, None])
            self.assertEqual([row["now"]["missing_reason"], row["now"]["missing_period"]],
                             ["zero_base", "2024-01"])

    def test_explained(self):
        growth, = self.service.get("/v1/exports/growth?basis=yoy&from=2025-01&to=2025-01&explain=true") \
            .json()["growth"]
        self.assertEqual(growth["percent"], 400)
        self.assertEqual(growth["exact"], {"numerator": 400, "denominator": 1})
        self.assertEqual(growth["interval"], {"low": 125, "high": None, "missing_reason": "zero_base"})

    def test_only_a_series_in_the_same_unit_can_have_been_meant(self):
        self.assertEqual(self.check("level", "2025-01", 444)["verdict"], "contradicted")
        row = self.check("level", "2025-01", 555)
        self.assertEqual([row["verdict"], row["reading"]["series"]], ["mislabelled", "d"])


if __name__ == "__main__":
    unittest.main()
