"""`exportstat project`: series from a file, projected without any database.

The golden files in tests/forecast hold what it says of the bundled series, as it was once, to the last digit:
every compiler has to come to the same. `python3 tests/http/test_project.py --write` writes them anew.
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
import unittest

from service import PROGRAM, ROOT

GOLDEN = ROOT / "tests" / "forecast"
BUNDLED = (GOLDEN / "pk-it.csv").read_text(encoding="utf-8")
COLUMNS = ["series_id", "fiscal_year", "known_months", "method", "total", "low_80", "high_80",
           "low_95", "high_95", "flags"]
METHODS = ["bes", "seasonal_share", "run_rate", "prior_year", "recent_pace", "same_as_last_year"]


GOLDENS = {
    "pk-it-total.csv": ["--origin", "2025-12"],
    "pk-it-path.csv": ["--path", "--level", "50"],
    "pk-it.json": ["--format", "json", "--origin", "2024-10", "--path"],
}


def run(text, *arguments, status=0, name="-"):
    done = subprocess.run([PROGRAM, "project", *arguments, name], input=text, capture_output=True,
                          text=True, timeout=120, check=False)
    if done.returncode != status:
        raise AssertionError((done.returncode, done.stdout, done.stderr))
    return done.stdout if status == 0 else done.stderr


def rows(text, *arguments):
    return list(csv.DictReader(io.StringIO(run(text, *arguments))))


def months(n, value=lambda i: 100 + i, first=(2020, 7)):
    """n rows `2020-07,100` and so on."""
    lines = []
    for i in range(n):
        year, month = divmod(first[0] * 12 + first[1] - 1 + i, 12)
        lines.append(f"{year:04}-{month + 1:02},{value(i)}")
    return lines


def wobbly(i):
    return 100 + i + i * 7 % 5


def one(*lines):
    return "period,value\n" + "".join(f"{line}\n" for line in lines)


class Answers(unittest.TestCase):
    def test_golden(self):
        for name, arguments in GOLDENS.items():
            with self.subTest(name=name):
                self.assertEqual(run(BUNDLED, *arguments),
                                 (GOLDEN / name).read_text(encoding="utf-8"))

    def test_columns(self):
        text = one(*months(40))
        self.assertEqual(list(rows(text)[0]), COLUMNS)
        self.assertEqual(list(rows(text, "--level", "90")[0]), [*COLUMNS, "low_90", "high_90"])
        self.assertEqual(list(rows(text, "--level", "95")[0]), COLUMNS)
        path = [name if name != "total" else "value" for name in COLUMNS]
        path.insert(4, "period")
        self.assertEqual(list(rows(text, "--path")[0]), path)

    def test_one_series_and_several(self):
        lines = months(40)
        [alone] = rows(one(*lines))
        both = rows("value,series_id,period\n" + "".join(
            f"{value},{name},{period}\n" for name in ["b", "\"a, \"\"quoted\"\"\""]
            for period, value in (line.split(",") for line in lines)))
        self.assertEqual([row["series_id"] for row in both], ["b", "a, \"quoted\""])
        for row in both:
            self.assertEqual({**row, "series_id": ""}, alone)

    def test_from_a_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write(one(*months(40)))
            file.flush()
            self.assertEqual(run("", name=file.name), run(one(*months(40))))
        self.assertIn("/nowhere.csv", run("", status=1, name="/nowhere.csv"))

    def test_the_origin_hides_what_is_later(self):
        for known in [24, 30, 35, 36]:
            period = months(known)[-1].split(",")[0]
            with self.subTest(period=period):
                self.assertEqual(run(one(*months(40)), "--origin", period),
                                 run(one(*months(known))))

    def test_twelve_known_months_are_their_sum(self):
        for method in METHODS:
            with self.subTest(method=method):
                [row] = rows(one(*months(36, lambda i: f"{i}.1")), "--method", method)
                expected = f"{sum(range(24, 36)) + 1.2:.1f}"
                for name in ["total", "low_80", "high_80", "low_95", "high_95"]:
                    self.assertEqual(row[name], expected)
                self.assertEqual((row["fiscal_year"], row["known_months"]), ("FY2023", "12"))

    def test_another_year_and_start(self):
        [row] = rows(one(*months(36)), "--fy", "FY2024")
        self.assertEqual((row["fiscal_year"], row["known_months"]), ("FY2024", "0"))
        self.assertLess(float(row["low_80"]), float(row["total"]))
        [row] = rows(one(*months(36)), "--fy-start", "1")
        self.assertEqual((row["fiscal_year"], row["known_months"]), ("FY2023", "6"))
        [row] = rows(one(*months(36)), "--fy", "FY2090")
        self.assertEqual((row["total"], row["flags"]), ("", "insufficient_history"))

    def test_the_path_adds_up(self):
        text = one(*months(40))
        [year] = rows(text)
        path = rows(text, "--path")
        self.assertEqual([row["period"] for row in path],
                         [line.split(",")[0] for line in months(48)[40:]])
        known = sum(100 + i for i in range(36, 40))
        self.assertAlmostEqual(known + sum(float(row["value"]) for row in path),
                               float(year["total"]), places=4)

    def test_scenarios(self):
        for method, total in [("run_rate", 12 * 137.5), ("recent_pace", 4 * 137.5 + 8 * 138),
                              ("same_as_last_year", 4 * 137.5 + sum(range(128, 136)))]:
            with self.subTest(method=method):
                [row] = rows(one(*months(40)), "--method", method)
                self.assertEqual((row["method"], float(row["total"])), (method, total))
                self.assertEqual(row["low_80"], "")

    def test_json(self):
        answer = json.loads(run(one(*months(40, lambda i: 900 if i == 39 else wobbly(i))), "--format",
                                "json", "--path"))
        [row] = answer["projections"]
        self.assertEqual(answer["method_version"], "bes-2")
        self.assertEqual(len(row["months"]), 8)
        self.assertEqual(row["outliers"][-1]["period"], "2023-10")
        self.assertIn("latest_outlier", row["flags"])

    def test_table(self):
        text = run(one(*months(40)), "--format", "table", "--level", "50", "--path")
        self.assertRegex(text.splitlines()[0], r"^period +known +method +total +80 % +50 %$")
        self.assertRegex(text.splitlines()[1], r"^FY2024 +4  bes +1,\d\d\d\.\d+ +1,\S+ to 1,\S+ ")
        self.assertEqual(len(text.splitlines()), 10)


class OddSeries(unittest.TestCase):
    """What is not as it should be is answered, and flagged."""

    def assert_flags(self, flags, *lines, method="bes"):
        [row] = rows(one(*lines))
        self.assertEqual((row["flags"], row["method"]), (flags, method))
        return row

    def test_short(self):
        row = self.assert_flags("insufficient_history", "2025-07,10", method="run_rate")
        self.assertEqual((row["total"], row["low_80"]), ("120", ""))
        self.assert_flags("indicative", *months(10))
        self.assert_flags("short_history", *months(30)[2:])

    def test_nothing_known(self):
        row = self.assert_flags("insufficient_history", "2025-07,", method="run_rate")
        self.assertEqual(row["total"], "")

    def test_gaps(self):
        lines = months(54, wobbly)
        self.assert_flags("missing_months", *lines[:10], *lines[13:])
        self.assert_flags("missing_months", *lines[:10], "2021-05,", "2021-06,", *lines[12:])
        self.assert_flags("history_cut", *lines[:10], *lines[20:])
        self.assert_flags("estimated_months;missing_months", *lines[:50], *lines[52:])

    def test_a_gap_of_years(self):
        row = self.assert_flags("history_cut", *months(36, wobbly, first=(1950, 7)), *months(54, wobbly))
        [alone] = rows(one(*months(54, wobbly)))
        self.assertEqual(row["total"], alone["total"])

    def test_zeros_and_negatives(self):
        for flags, value in [("zeros_as_missing", lambda i: 0 if i == 20 else 100 + i),
                             ("identity_scale", lambda i: i % 8 * 100 + i % 3),
                             ("identity_scale", lambda i: (-1) ** i * 100 - i % 5),
                             ("intermittent", lambda i: i % 2 * 100),
                             ("intermittent", lambda i: 0)]:
            row = self.assert_flags(flags, *months(54, value))
            self.assertLessEqual(float(row["low_95"]), float(row["low_80"]))
            self.assertLessEqual(float(row["low_80"]), float(row["total"]))
            self.assertLessEqual(float(row["total"]), float(row["high_80"]))

    def test_small_and_large(self):
        plain = rows(one(*months(40)))[0]
        for scale in ["e-9", "e9", "e+9", "E2"]:
            with self.subTest(scale=scale):
                [row] = rows(one(*months(40, lambda i: f"{100 + i}{scale}")))
                self.assertAlmostEqual(float(row["total"]) / float("1" + scale),
                                       float(plain["total"]), places=-1 if scale == "e-9" else 3)


class Refusals(unittest.TestCase):
    def assert_refused(self, text, line, *words):
        message = run(text, status=1)
        self.assertIn(f"standard input:{line}: ", message)
        for word in words:
            self.assertIn(word, message)

    def test_files_without_rows(self):
        self.assert_refused("", 1, "empty")
        self.assert_refused("period,value\n", 2, "no row")
        self.assert_refused("2025-07,10\n", 1, "2025-07", "period")

    def test_headers(self):
        self.assert_refused("period\n2025-07\n", 1, "value")
        self.assert_refused("period,value,value\n2025-07,1,1\n", 1, "twice")
        self.assert_refused("month,value\n2025-07,1\n", 1, "month")

    def test_values(self):
        for value in ["x", "NA", "1,5", "1.", ".5", "+1", "1e", "0x10", "nan", "inf", " 1", "--1",
                      "1" * 41]:
            with self.subTest(value=value):
                self.assert_refused(one("2025-06,1", f"2025-07,\"{value}\""), 3, "number")
        self.assert_refused(one("2025-06,1e13"), 2, "unit")

    def test_months(self):
        for period in ["2025-13", "2025-7", "2025", "FY2025", "2025-07-01", "", "0000-01"]:
            with self.subTest(period=period):
                self.assert_refused(one("2025-06,1", f"{period},1"), 3, "month")

    def test_order(self):
        self.assert_refused(one("2025-06,1", "2025-07,1", "2025-07,1"), 4, "2025-07", "twice")
        self.assert_refused(one("2025-06,1", "2025-05,1"), 3, "2025-05", "order")

    def test_series(self):
        text = "series_id,period,value\na,2025-06,1\nb,2025-06,1\na,2025-07,1\n"
        self.assert_refused(text, 4, "'a'", "together")
        self.assert_refused("series_id,period,value\n,2025-06,1\n", 2, "series_id")
        self.assert_refused("series_id,period,value\n" + "a" * 201 + ",2025-06,1\n", 2, "200")

    def test_a_cut_off_file(self):
        self.assert_refused("period,value\n2025-06,1\n2025-07,1", 3, "cut off")

    def test_too_many_rows(self):
        block = "".join(f"S,{line}\n" for line in months(1200, lambda i: 1, (1901, 1)))
        text = "series_id,period,value\n" + "".join(
            block.replace("S,", f"{number},") for number in range(834))
        self.assert_refused(text, 1000002, "1000000 rows")

    def test_options(self):
        for arguments, word in [(["--fy-start", "13"], "12"), (["--origin", "2025"], "YYYY-MM"),
                                (["--fy", "2025"], "FY2026"), (["--method", "bess"], "'bes'"),
                                (["--level", "49"], "50"), (["--format", "xml"], "csv")]:
            with self.subTest(arguments=arguments):
                self.assertIn(word, run("", *arguments, status=2))


def write():
    for name, arguments in GOLDENS.items():
        (GOLDEN / name).write_text(run(BUNDLED, *arguments), encoding="utf-8")


if __name__ == "__main__":
    write() if "--write" in sys.argv else unittest.main()
