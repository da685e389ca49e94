"""The C modules for sums, growth, shares, records and streaks, against exact fractions.

EXPORTSTAT_FIGURES_DUMP is the program built from tests/stats/figures_dump.c.
"""
import datetime
import os
import random
import subprocess
import unittest
from decimal import Decimal
from pathlib import Path

import figures
import resolve
from stores import random_store, span_text, store_lines

DATA = Path(__file__).resolve().parents[2] / "data"
RANDOM_SERIES = 150


def random_series(random):
    """Two to four years of months with gaps, zeros and values below zero, and some longer periods."""
    first = 2020 * 12 + random.randrange(12)
    n = random.randint(2, 44)
    low = random.choice([1, 50, -20])
    values = [Decimal(random.randint(low * 1000, 200000)) / 1000 for _ in range(n)]
    if random.random() < 0.5:
        values = [value.quantize(1) // 40 for value in values]  # many ties
    rows = [((first + i, first + i), value) for i, value in enumerate(values) if random.random() < 0.9]
    for _ in range(random.randint(0, 6)):
        months = random.choice([3, 6, 12])
        start = first + random.randrange(n)
        start -= start % months - (6 if months == 12 and random.random() < 0.5 else 0)
        rows.append(((start, start + months - 1), Decimal(random.randint(1, 3000))))
    source = {"source_id": "s", "publisher": "p", "authority": "2"}
    reports = {}
    for span, value in rows:
        # Years apart, so that nothing is derived: that is tested elsewhere.
        source["published"] = str(datetime.date(2021, 1, 1) + datetime.timedelta(200 * len(reports)))
        reports[span] = resolve.Report({"period": span_text(span), "value": value, "precision": "1"},
                                       source, figures.FISCAL_YEAR_START)
    return list(reports.values()), []


class FiguresTest(unittest.TestCase):
    def compare(self, named):
        program = os.environ["EXPORTSTAT_FIGURES_DUMP"]
        said = subprocess.run([program], input="".join(store_lines(s) for _, s in named), text=True,
                              stdout=subprocess.PIPE, check=True).stdout.split("\n")
        views = [(name, figures.View(series)) for name, series in named]
        for name, view in views:
            right = figures.lines(view, [views[0][1], view]) + ["."]
            with self.subTest(series=name):
                self.assertEqual(said[:len(right)], right)
            del said[:said.index(".") + 1]
        self.assertEqual(said, [""])

    def test_bundled_data(self):
        data = resolve.load(DATA)
        self.compare([(name, series) for name, series in data.items() if series[0]])

    def test_random_series(self):
        self.compare([(f"seed {seed}", random_series(random.Random(seed)))
                      for seed in range(RANDOM_SERIES)])

    def test_random_stores(self):
        self.compare([(f"seed {seed}", random_store(random.Random(seed)))
                      for seed in range(1000, 1000 + RANDOM_SERIES)])


if __name__ == "__main__":
    unittest.main()
