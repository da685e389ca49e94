"""What explain=true adds: how every derived figure comes about, from which months, and who says so."""

import pathlib
import subprocess
import tempfile
import unittest

from service import PROGRAM, Service, ServiceTest


class Explained(ServiceTest):
    def ask(self, path):
        answer = self.get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def assert_explained(self, part, periods):
        """With a formula, and the months it names as inputs, each with its sources or terms."""
        self.assertTrue(part["formula"])
        self.assertEqual([each["period"] for each in part["inputs"]], periods)
        for each in part["inputs"]:
            self.assertTrue(each["sources"])
            self.assertEqual("terms" in each, each["status"] == "derived")

    def test_sums(self):
        for path, first, n in [("2025-Q4", 10, 3), ("FY2026-Q2", 10, 3), ("FY2026-H1", 7, 6),
                               ("2025-07--2025-12", 7, 6), ("2025", 1, 12)]:
            with self.subTest(path):
                body = self.ask(f"/v1/exports/{path}?explain=true")
                self.assertEqual(body["basis"], "sum_of_months")
                self.assertRegex(body["formula"], "^sum_of_months")
                self.assert_explained(body, [f"2025-{month:02d}" for month in range(first, first + n)])
                self.assertEqual(sum(each["value"] for each in body["inputs"]), body["value"])
                self.assertEqual(body["exact"]["numerator"] / body["exact"]["denominator"], body["value"])
                self.assertEqual((body["interval"]["low"], body["interval"]["high"]),
                                 (body["value"] - body["precision"] / 2, body["value"] + body["precision"] / 2))
                self.assertNotIn("inputs", self.ask(f"/v1/exports/{path}"))

    def test_a_derived_month_names_its_terms(self):
        for path in ["/v1/exports/2025-05?explain=true", "/v1/exports/latest?as_of=2025-08-20&explain=true"]:
            with self.subTest(path):
                body = self.ask(path)
                self.assertEqual("terms" in body, body["status"] == "derived")
        body = self.ask("/v1/exports/2025?explain=true")
        self.assertIn("2025-05", [each["period"] for each in body["inputs"] if "terms" in each])

    def test_where_a_month_stands(self):
        for path in ["latest", "2025-12", "2025-11"]:
            with self.subTest(path):
                body = self.ask(f"/v1/exports/{path}?explain=true&as_of=2026-02-28")
                explained = body["explanations"]
                self.assert_explained(explained["record"], [body["period"], body["previous_record"]["period"]])
                self.assertEqual(len(explained["rank"]["inputs"]) + 1, body["rank"])
                self.assertTrue(all(each["value"] > body["value"] for each in explained["rank"]["inputs"]))
                months = {each["period"] for each in explained["yoy_streak_months"]["inputs"]}
                self.assertGreaterEqual(len(months), body["yoy_streak_months"])
        self.assertNotIn("explanations", self.ask("/v1/exports/2018-01?explain=true"))

    def test_all_of_records(self):
        body = self.ask("/v1/exports/records?explain=true&threshold=400,100000&as_of=2026-02-28")
        before = []
        for row in body["ledger"]:
            self.assert_explained(row, [row["period"], *before])
            before = [row["period"]]
        reached, never = body["thresholds"]
        self.assert_explained(reached, ["2025-12"])
        self.assert_explained(never, [])
        for row in body["best_by_month"]:
            self.assert_explained(row, [row["period"]])
        longest = body["streaks"]["mom_growth"]["longest"]
        self.assert_explained(longest, ["2020-04", "2020-05", "2020-06", "2020-07"])
        longest = body["streaks"]["yoy_growth"]["longest"]
        self.assertEqual((longest["inputs"][0]["period"], len(longest["inputs"])), ("2019-10", 19 + 12))

    def test_only_json_explains(self):
        for path, headers in [("/v1/exports/growth.csv", {}), ("/v1/exports/records", {"Accept": "text/csv"}),
                              ("/v1/exports/latest?format=csv", {}), ("/v1/exports/2025-12?format=bibtex", {}),
                              ("/v1/exports/2025-12?format=csl-json", {})]:
            with self.subTest(path):
                answer = self.get(path + ("&" if "?" in path else "?") + "explain=true", headers)
                self.assertEqual(answer.status, 400, answer)
                fault, = answer.json()["invalid"]
                self.assertEqual(fault["name"], "explain")
                self.assertIn("only JSON explains", fault["reason"])
                answer = self.get(path + ("&" if "?" in path else "?") + "explain=false", headers)
                self.assertEqual(answer.status, 200)


SERIES = """series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags
all,All,,USD million,sum,7,,default
part,A part,,USD million,sum,7,all,
"""
SOURCES = """source_id,publisher,title,url,published,date_basis,kind,authority
early,Office,Early,https://example.org/1,2025-04-20,page,news,2
late,Paper,Late,https://example.org/2,2025-08-20,page,news,2
"""
REPORTS = """series_id,period,value,precision,source_id,note
all,2025-01,100,1,early,
all,2025-02,104,1,early,
all,2025-03,98,1,early,
part,2025-01,50,1,early,
part,2025-02,110,1,early,
part,2025-03,52,1,early,
all,2025-01/2025-03,320,1,late,
all,2025-02,10.4,0.1,late,
part,2025-01/2025-03,21,1,late,
"""


class Findings(unittest.TestCase):
    """Both numbers of a finding, their periods, and who published them when."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        database = str(pathlib.Path(folder.name, "db"))
        files = []
        for number, text in enumerate([SERIES, SOURCES, REPORTS]):
            files.append(pathlib.Path(folder.name, f"{number}.csv"))
            files[-1].write_text(text, encoding="utf-8")
        subprocess.run([PROGRAM, "import", "--empty", "--database", database, *map(str, files)], check=True,
                       capture_output=True)
        cls.service = Service("--empty", database=database)
        cls.addClassCleanup(cls.service.stop)

    def sides(self, kind):
        """Of each finding of a kind: the value and what it is of, then the same of what is expected."""
        found = []
        for row in self.service.get(f"/v1/quality?kind={kind}").json()["findings"]:
            of = [(each["source"], each["published_on"]) for each in row["evidence"]]
            of += [(each["series"], each["period"], *each["sources"]) for each in row["observed"]]
            found.append((row["value"], of, row["expected"],
                          [(each["series"], each["period"], *each["sources"]) for each in row["against"]]))
        return found

    def test_a_part_and_its_total(self):
        self.assertEqual(self.sides("part_above_total"),
                         [(110, [("part", "2025-02", "early")], 104, [("all", "2025-02", "early")])])

    def test_the_months_of_a_sum(self):
        self.assertEqual(self.sides("months_against_sum"),
                         [(320, [("late", "2025-08-20")], 302,
                           [("all", f"2025-0{month}", "early") for month in (1, 2, 3)]),
                          (21, [("late", "2025-08-20")], 212,
                           [("part", f"2025-0{month}", "early") for month in (1, 2, 3)])])

    def test_another_report_or_the_sum_tells_the_scale(self):
        self.assertEqual(self.sides("out_of_scale"),
                         [(10.4, [("late", "2025-08-20")], 104, [("all", "2025-02", "early")]),
                          (21, [("late", "2025-08-20")], 212,
                           [("part", f"2025-0{month}", "early") for month in (1, 2, 3)])])

    def test_of_the_bundled_data(self):
        with Service() as service:
            rows = service.get("/v1/quality?limit=10000").json()["findings"]
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(round(sum(each["value"] for each in row["against"]), 6), row["expected"] or 0)
            self.assertTrue(row["evidence"] or row["observed"])


if __name__ == "__main__":
    unittest.main()
