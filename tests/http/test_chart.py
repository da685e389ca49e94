"""/v1/exports/chart.svg: the picture says what /v1/exports says, and nothing in it runs or is fetched."""

import contextlib
import itertools
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from service import PROGRAM, Service, ServiceTest

SVG = "{http://www.w3.org/2000/svg}"
KINDS = {"disputed": "q", "derived": "d", "missing": "n"}


class Picture:
    def __init__(self, answer):
        self.root = ET.fromstring(answer.body)
        self.texts = ["".join(text.itertext()) for text in self.root.iter(SVG + "text")]

    def marked(self, kind):
        """How many marks of a kind there are, but for the one in the legend."""
        found = [node for node in self.root if node.get("class") == KINDS[kind]]
        return len(found) - (kind in self.texts)

    def points(self):
        """The lines, each a list of points."""
        (path,) = [node for node in self.root if node.get("class") == "l"]
        return [[tuple(map(float, point.split())) for point in line.split("L")]
                for line in path.get("d").split("M")[1:]]


class ChartTest(ServiceTest):
    def chart(self, query=""):
        return Picture(self.get("/v1/exports/chart.svg?" + query))

    def rows(self, query=""):
        return self.get("/v1/exports?" + query).json()["observations"]

    def test_draws_what_the_observations_say(self):
        for query in ["series=pk-it", "series=pk-goods", "series=pk-it&last=24",
                      "series=pk-it&as_of=2021-03-31", "series=pk-it&frequency=fiscal_year",
                      "series=pk-it&frequency=quarter&from=2020", "series=pk-it&release=first"]:
            with self.subTest(query):
                chart, rows = self.chart(query), self.rows(query)
                known = [row for row in rows if row["value"] is not None]
                runs = [key for key, _ in itertools.groupby(rows, lambda row: row["value"] is None)]
                self.assertEqual(len(chart.points()), runs.count(False))
                self.assertEqual(chart.marked("missing"), runs.count(True))
                self.assertEqual(chart.marked("disputed"), sum(row["disputed"] for row in known))
                self.assertEqual(chart.marked("derived"),
                                 sum(row["status"] == "derived" and not row["disputed"] for row in known))
                self.check_places(sum(chart.points(), []), known)

    def check_places(self, points, known):
        """Later is farther right, and heights are in proportion: y = a - b value."""
        self.assertEqual(len(points), len(known))
        self.assertEqual(sorted(points), points)
        low = min(range(len(known)), key=lambda i: known[i]["value"])
        high = max(range(len(known)), key=lambda i: known[i]["value"])
        span = known[high]["value"] - known[low]["value"]
        for (_, y), row in zip(points, known):
            share = (row["value"] - known[low]["value"]) / span
            expected = points[low][1] + share * (points[high][1] - points[low][1])
            self.assertAlmostEqual(y, expected, delta=0.2)

    def test_transforms(self):
        for transform in ["change", "yoy_percent", "log", "annualised_percent", "chg", "pc1"]:
            with self.subTest(transform):
                query = f"series=pk-it&from=2023&transform={transform}"
                known = [row for row in self.rows(query) if row["value"] is not None]
                self.check_places(sum(self.chart(query).points(), []), known)

    def test_transformed_values_have_units_and_no_marks(self):
        self.assertGreater(self.chart("last=24").marked("disputed"), 0)
        for transform, label in [("log_percent", "-2.44 %"), ("yoy_percent", "19.7 %"), ("log", "5.9")]:
            with self.subTest(transform):
                chart = self.chart(f"last=24&transform={transform}")
                self.assertEqual([chart.marked("disputed"), chart.marked("derived")], [0, 0])
                self.assertEqual([text for text in chart.texts if text.startswith(label)][:1], [label])

    def test_says_what_it_shows(self):
        texts = self.chart("series=pk-it&as_of=2026-01-31").texts
        for text in ["IT exports of Pakistan", "USD million, by month", "437", "2025-12",
                     "As of 2026-01-31"]:
            self.assertIn(text, texts)
        self.assertTrue(any(re.fullmatch(r"Sources: .+ and \d+ more", text) for text in texts), texts)
        texts = self.chart("series=pk-it&transform=yoy_percent&last=13").texts
        self.assertIn("change on the year before, %, by month", texts)
        self.assertIn("19.7 %", texts)
        self.assertIn("As of 2026-03-31", texts)

    def test_of_nothing(self):
        for query in ["series=pk-it&as_of=1990", "series=pk-exports", "from=2150", "to=1950"]:
            with self.subTest(query):
                query = query.replace("as_of=1990", "as_of=1990-01-01")
                self.assertIn("Nothing is known here.", self.chart(query).texts)

    def test_of_a_single_month(self):
        (line,) = self.chart("series=pk-it&last=1").points()
        self.assertEqual(len(line), 1)

    def test_sizes_and_themes(self):
        for size, width in [("small", "400"), ("medium", "720"), ("large", "1200")]:
            self.assertEqual(self.chart("size=" + size).root.get("width"), width)
        styles = {theme: self.chart("theme=" + theme).root.find(SVG + "style").text
                  for theme in ["auto", "light", "dark"]}
        self.assertEqual(len(set(styles.values())), 3)
        self.assertEqual([theme for theme, style in styles.items() if "@media" in style], ["auto"])

    def test_nothing_runs_and_nothing_is_fetched(self):
        answer = self.get("/v1/exports/chart.svg")
        self.assertIn("sandbox", answer.headers["Content-Security-Policy"])
        for node in ET.fromstring(answer.body).iter():
            self.assertIn(node.tag.removeprefix(SVG),
                          ["svg", "title", "desc", "style", "rect", "text", "path", "circle"])
            for name in node.keys():
                self.assertFalse(name.startswith("on") or "href" in name, name)
        self.assertNotIn("url(", answer.text())

    def test_everything_lies_inside(self):
        for size in ["small", "medium", "large"]:
            chart = self.chart(f"size={size}&series=pk-goods")
            width, height = (float(chart.root.get(name)) for name in ["width", "height"])
            for x, y in sum(chart.points(), []):
                self.assertTrue(0 < x < width and 0 < y < height)

    def test_not_modified(self):
        answer = self.get("/v1/exports/chart.svg?last=5")
        again = self.get("/v1/exports/chart.svg?last=5", {"If-None-Match": answer.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))

    def test_only_as_a_picture(self):
        for accept in ["image/svg+xml", "image/*", "image/avif,image/webp,*/*;q=0.8"]:
            answer = self.get("/v1/exports/chart.svg", {"Accept": accept})
            self.assertEqual((answer.status, answer.media_type()), (200, "image/svg+xml"))
        for accept in ["application/json", "image/png"]:
            self.assertEqual(self.get("/v1/exports/chart.svg", {"Accept": accept}).status, 406)


class StrangeTest(unittest.TestCase):
    """A title of its own kind."""

    def test_titles_are_text(self):
        title = "</text><script>x</script> & \"quotes\" NONE " + "\u0935" * 60
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            quoted = '"' + title.replace('"', '""') + '"'
            (path / "series.csv").write_text(
                "series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags\n"
                f"made,{quoted},,<unit>,sum,7,,default\n", encoding="utf-8")
            subprocess.run([PROGRAM, "import", "--empty", "--database", path / "made.db",
                            path / "series.csv"], check=True, capture_output=True)
            # Imports refuse it; it may stand in a database of an earlier version.
            with contextlib.closing(sqlite3.connect(path / "made.db")) as made, made:
                made.execute("UPDATE series SET title = replace(title, 'NONE', ?)", ["\uffff"])
            with Service("--empty", database=path / "made.db") as service:
                chart = Picture(service.get("/v1/exports/chart.svg"))
                self.assertTrue(chart.texts[0].startswith("</text><script>x</script> & \"quotes\" \ufffd"))
                self.assertTrue(chart.texts[0].endswith("\u2026"))
                self.assertIn("<unit>, by month", chart.texts)


if __name__ == "__main__":
    unittest.main()
