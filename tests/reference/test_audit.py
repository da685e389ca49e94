"""`exportstat audit`, against the slow reference of the same rules: the bundled claims, and random ones.

EXPORTSTAT_PROGRAM is the program.
"""
import csv
import io
import math
import os
import random
import subprocess
import tempfile
import unittest
from fractions import Fraction
from pathlib import Path

import audit
import resolve
from figures import decimal_text
from stores import span_text

DATA = Path(__file__).resolve().parents[2] / "data"
PROGRAM = os.environ.get("EXPORTSTAT_PROGRAM", "build/dev/exportstat")
COLUMNS = ["claim_id", "source_id", "series_id", "metric", "period", "value", "unit", "precision", "statement"]
RANDOM_CLAIMS = 3000
STEPS = ["0.01", "0.1", "0.5", "1", "1", "1", "10", "100"]


def rows_of(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def down(value, places):
    return decimal_text(Fraction(math.floor(value * 10 ** places), 10 ** places), places)


def up(value, places):
    return decimal_text(Fraction(math.ceil(value * 10 ** places), 10 ** places), places)


def numbers(claim, result):
    """computed, low and high as they are printed: rates to four decimals, the rest exactly."""
    if result is None:
        return ["", "", ""]
    places = 4 if claim.metric in audit.PERCENT or claim.metric == "trailing_12m_average" else 7
    return [decimal_text(result.value, places), "" if math.isinf(result.low) else down(result.low, places),
            "" if math.isinf(result.high) else up(result.high, places)]


class AuditTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.known = audit.Known(resolve.load(DATA))
        cls.published = {row["source_id"]: row["published"] for row in rows_of("sources.csv")}
        cls.start = {row["series_id"]: int(row["fiscal_year_start"]) for row in rows_of("series.csv")}
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        subprocess.run([PROGRAM, "migrate", "--database", f"{cls.folder}/db"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def said(self, rows):
        path = Path(self.folder) / "claims.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        done = subprocess.run([PROGRAM, "audit", "--database", f"{self.folder}/db", "--format", "csv", str(path)],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {row["id"]: row for row in csv.DictReader(io.StringIO(done.stdout))}

    def compare(self, rows):
        said = self.said(rows)
        counts = {}
        for row in rows:
            if row["metric"] == "previous_record":
                continue
            claim = audit.Claim(row, self.published[row["source_id"]], self.start[row["series_id"]])
            then, now, result = audit.audit(self.known, claim)
            of_program = said[claim.id]
            allowed = [now]
            if now == "wrong":
                allowed = ["contradicted", "mislabelled"]
            if now not in audit.RIGHT and then in audit.RIGHT:
                allowed = ["superseded"]
            with self.subTest(claim.id):
                self.assertIn(of_program["verdict"], allowed)
                self.assertIn(of_program["verdict_at_publication"],
                              ["contradicted", "mislabelled"] if then == "wrong" else [then])
                self.assertEqual([of_program[name] for name in ("computed", "low", "high")],
                                 numbers(claim, result))
            counts[of_program["verdict"]] = counts.get(of_program["verdict"], 0) + 1
        return counts

    def test_bundled_claims(self):
        self.compare(rows_of("claims.csv"))

    def test_random_claims(self):
        counts = self.compare(list(self.random_rows(random.Random(1), rows_of("claims.csv"))))
        for verdict in (*audit.RIGHT, "contradicted", "superseded", "unverifiable"):
            self.assertGreater(counts.get(verdict, 0), 5, counts)

    def random_rows(self, chance, bundled):
        """Claims of a bundled one's metric, series and source on another period, with a value that is near."""
        for number in range(RANDOM_CLAIMS):
            row = dict(chance.choice(bundled))
            start = self.start[row["series_id"]]
            first, last = resolve.span(row["period"], start)
            by = chance.choice([0, 0, 0, 1, -1, 2, -3]) if first == last else 12 * chance.choice([0, 0, 1, -1])
            row.update(claim_id=f"r{number}", precision=chance.choice(STEPS), statement="",
                       source_id=chance.choice(list(self.published)) if chance.random() < 0.3 else row["source_id"])
            row["period"] = span_text((first + by, last + by))
            if row["metric"] == "growth_streak_months":
                row.update(value=chance.randint(1, 30), precision=1)
            else:
                row["value"] = self.random_value(chance, row, start)
            if Fraction(row["precision"]) > max(1, abs(Fraction(row["value"]))):
                row["precision"] = 1  # a coarser one would be refused
            yield row

    def random_value(self, chance, row, start):
        """What would be right, rounded or cut, and at times a step beside it."""
        claim = audit.Claim({**row, "value": 0}, "2026-03-01", start)
        step = claim.precision
        results = [result for result in audit.computed(self.known, claim, resolve.day("2100-01")) if result]
        value = chance.choice(results).value if results else Fraction(row["value"])
        value = chance.choice([audit.rounded, audit.rounded, audit.cut])(value, step)
        value += chance.choice([0, 0, 0, 0, 1, -1, 3]) * step
        return decimal_text(value, 6)


class ReferenceTest(unittest.TestCase):
    """The reference itself."""

    def test_rounding(self):
        for value, step, right, short in [("12.5", 1, 13, 12), ("-12.5", 1, -13, -12), ("12.49", 1, 12, 12),
                                          ("445", 10, 450, 440), ("-0.4", 1, 0, 0)]:
            self.assertEqual([audit.rounded(Fraction(value), step), audit.cut(Fraction(value), step)],
                             [right, short], value)

    def test_quotients(self):
        result = audit.quotient((Fraction(437), Fraction(1)), (Fraction(348), Fraction(1)), 1)
        self.assertEqual([round(float(part), 2) for part in result[:3]], [25.57, 25.25, 25.90])
        self.assertEqual(audit.quotient((Fraction(5), Fraction(1)), (Fraction(1), Fraction(2)), 1)[:3],
                         (400, 125, math.inf))
        self.assertIsNone(audit.quotient((Fraction(5), Fraction(1)), (Fraction(0), Fraction(1)), 1))


if __name__ == "__main__":
    unittest.main()
