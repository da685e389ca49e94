"""A store of many series and claims: nothing is left out, and a verdict does not depend on what was asked for."""

import csv
import io
import subprocess
import tempfile
import unittest

from service import PROGRAM, Service

SERIES = [f"a-{i:02}" for i in range(70)] + ["pk-goods-bop", "pk-services", "z"]
MONTHS = ["2025-01", "2025-02", "2025-03"]
# Nobody else's value is 777, which series in and beyond the first 64 have in March.
VALUES = {"a-05": 777, "a-69": 888, "z": 999}
# Each is above what it is part of, in every month.
PART_OF = {"a-02": "a-00", "a-40": "a-30", "z": "a-67"}
FINDINGS = {("part_above_total", id) for id in PART_OF} | {("out_of_scale", id) for id in VALUES}
CLAIMS = [("z", "level", "2025-03", 777, "usd_million"),  # a-05, among the first 64
          ("z", "level", "2025-03", 888, "usd_million"),  # a-69, beyond them
          ("a-00", "level", "2025-03", 999, "usd_million"),  # z, the last
          ("a-69", "level", "2025-03", 888, "usd_million"),
          ("z", "share_of_total_exports_pct", "2025-03", 50, "percent"),
          ("a-69", "level", "2025-03", 777, "usd_million")]
VERDICTS = ["mislabelled", "contradicted", "contradicted", "confirmed", "confirmed", "mislabelled"]


def value(series, month):
    if month == MONTHS[2] and series in VALUES:
        return VALUES[series]
    return 100 + SERIES.index(series) + 100 * MONTHS.index(month) if not series.startswith("pk-") else 999


def tables():
    yield "series", [["series_id", "title", "description", "unit", "aggregation", "fiscal_year_start", "part_of",
                      "flags"]] + [[id, id, "", "USD million", "sum", 7, PART_OF.get(id, ""),
                                    "default" if id == "a-00" else ""]
                                   for id in SERIES]
    yield "sources", [["source_id", "publisher", "title", "url", "published", "date_basis", "kind", "authority"],
                      ["bank", "Bank", "All", "https://example.org/all", "2025-04-20", "page", "office", 3],
                      ["paper", "Paper", "Some", "https://example.org/some", "2025-04-21", "page", "press", 2]]
    yield "reports", [["series_id", "period", "value", "precision", "source_id", "note"]] + [
        [id, month, value(id, month), 1, "bank", ""] for id in SERIES for month in MONTHS]
    yield "claims", [["claim_id", "source_id", "series_id", "metric", "period", "value", "unit", "precision",
                      "statement"]] + [
        [f"c{i}", "paper", series, metric, period, number, unit, 1, "It is so"]
        for i, (series, metric, period, number, unit) in enumerate(CLAIMS)]


class Many(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.database = f"{folder.name}/db"
        files = []
        for name, rows in tables():
            files.append(f"{folder.name}/{name}.csv")
            with open(files[-1], "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows)
        subprocess.run([PROGRAM, "import", "--empty", "--database", cls.database, *files], check=True,
                       capture_output=True)
        cls.service = Service("--empty", database=cls.database)
        cls.addClassCleanup(cls.service.stop)

    def ask(self, path):
        answer = self.service.get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def test_a_verdict_does_not_depend_on_the_request(self):
        whole = self.ask("/v1/claims")["claims"]
        self.assertEqual([row["verdict"] for row in whole], VERDICTS)
        self.assertEqual(self.ask("/v1/sources/paper")["claims"], whole)
        for row in whole:
            one = self.ask(f"/v1/claims/{row['id']}")
            if one["reading"]:  # whose inputs stand there alone
                self.assertTrue(one["reading"].pop("inputs"))
            self.assertEqual({name: one[name] for name in row}, row)
            self.assertIn(row, self.ask(f"/v1/claims?series={row['series']}")["claims"])
            self.assertIn(row, self.ask(f"/v1/claims?verdict={row['verdict']}")["claims"])
        done = subprocess.run([PROGRAM, "audit", "--database", self.database, "--format", "csv"],
                              capture_output=True, text=True, check=True)
        self.assertEqual([row["verdict"] for row in csv.DictReader(io.StringIO(done.stdout))], VERDICTS)

    def test_pages_count_what_the_whole_does(self):
        whole = self.ask("/v1/claims")
        for order in ["asc", "desc"]:
            rows = []
            address = f"/v1/claims?limit=1&order={order}"
            while address:
                body = self.ask(address)
                self.assertEqual([body["total"], body["verdicts"]], [whole["total"], whole["verdicts"]])
                rows += body["claims"]
                address = body.get("next")
            self.assertEqual(rows, whole["claims"] if order == "asc" else whole["claims"][::-1])

    def test_after_has_to_be_among_the_rows(self):
        for path, status in [("/v1/claims?after=c0", 200), ("/v1/claims?after=c9", 400),
                             ("/v1/claims?after=c0&verdict=confirmed", 400),
                             ("/v1/claims?after=c0&series=a-69", 400)]:
            with self.subTest(path):
                self.assertEqual(self.service.get(path).status, status)

    def test_words_find_series_page_by_page(self):
        self.assertEqual([row["id"] for row in self.ask("/v1/series?q=pk+serv")["series"]], ["pk-services"])
        self.assertEqual(self.ask("/v1/series?q=nothing")["series"], [])
        for order in ["asc", "desc"]:
            found = []
            address = f"/v1/series?q=A-&limit=7&order={order}"
            while address:
                body = self.ask(address)
                self.assertEqual(body["total"], 70)
                found += [row["id"] for row in body["series"]]
                address = body.get("next")
            self.assertEqual(found, sorted(SERIES[:70], reverse=order == "desc"))

    def test_changes_and_findings_of_all_series(self):
        body = self.ask("/v1/changes?limit=10000&kind=appeared")
        self.assertEqual(body["series"], SERIES)
        self.assertEqual({row["series"] for row in body["changes"]}, set(SERIES))

    def test_findings_of_all_series(self):
        """Those of the series by themselves, in the order of the series, whatever pages they come in."""
        each = [row for series in SERIES for row in self.ask(f"/v1/quality?series={series}")["findings"]]
        whole = self.ask("/v1/quality?limit=1000")
        self.assertEqual([whole["total"], whole["findings"]], [len(each), each])
        self.assertEqual({(row["kind"], row["series"]) for row in each}, FINDINGS)
        rows = []
        address = "/v1/quality?limit=1"
        while address:
            body = self.ask(address)
            rows += body["findings"]
            address = body.get("next")
        self.assertEqual(rows, each)


if __name__ == "__main__":
    unittest.main()
