"""As of a date, every resource answers as a store would that was only given what was known by then, in any order.

A handful of dates is tried here; EXPORTSTAT_EVERY_DATE=1 tries all on which anything was published or ruled.
"""

import calendar
import csv
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest
import urllib.parse

from service import PROGRAM, Service, document, routes

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"
KINDS = ("series", "sources", "reports", "claims", "rulings")
SAMPLE = 7
SEED = 20251218


def day(text):
    """A date known only to the month counts as the last day of that month."""
    if len(text) == 7:
        return f"{text}-{calendar.monthrange(int(text[:4]), int(text[5:]))[1]:02d}"
    return text


def read(kind):
    with open(DATA / f"{kind}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def known_by(tables, date):
    """The rows that were known on a date."""
    known = {row["source_id"] for row in tables["sources"] if day(row["published"]) <= date}
    return {
        "series": tables["series"],
        "sources": [row for row in tables["sources"] if row["source_id"] in known],
        "reports": [row for row in tables["reports"] if row["source_id"] in known],
        "claims": [row for row in tables["claims"] if row["source_id"] in known],
        "rulings": [row for row in tables["rulings"] if day(row["ruled_on"]) <= date],
    }


def write(folder, tables, originals):
    """The files of a batch, the rows of each in an order of their own: it must not tell."""
    shuffle = random.Random(SEED).sample
    paths = []
    for kind in KINDS:
        path = pathlib.Path(folder) / f"{kind}.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, originals[kind][0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(shuffle(tables[kind], len(tables[kind])))
        paths.append(str(path))
    return paths


def resources_of_series(series, of):
    """The addresses about one series."""
    for release in ("", "&release=first"):
        for path in ("", "/latest", "/records", "/projections", "/projections/backtest", "/projections/history",
                     "/chart.svg"):
            yield f"/v1/exports{path}?series={series}{release}"
        yield f"/v1/exports/growth?series={series}&explain=true{release}"
        yield f"/v1/exports/share?series={series}{of}{release}"
        yield f"/v1/exports?series={series}&frequency=fiscal_year{release}"
        yield f"/v1/exports/2024-11?series={series}{release}"
        yield f"/v1/series/{series}?{release}"
        yield f"/v1/quality?series={series}&limit=10000{release}"
    for path in ("/latest", "/records", "/projections"):
        yield f"/v1/exports{path}?series={series}&explain=true"
    yield f"/v1/exports/share?series={series}{of}&explain=true"
    yield f"/v1/exports/revisions?series={series}&limit=10000"
    for basis in ("mom", "fytd", "trailing_12m"):
        yield f"/v1/exports/growth?series={series}&basis={basis}&explain=true"
    for transform in ("yoy_percent", "log_percent"):
        yield f"/v1/exports?series={series}&transform={transform}&frequency=quarter"
    yield f"/v1/exports?series={series}&transform=indicative_sa"
    for period in ("2020-03", "2024-11", "2025-11", "FY2025", "2024-07--2024-12"):
        yield f"/v1/exports/{period}?series={series}&explain=true"
    yield f"/v1/exports/2024-11?series={series}&format=csl-json"
    yield f"/v1/changes?series={series}&limit=10000"
    yield f"/v1/claims?series={series}&limit=10000"


def resources(tables):
    """The addresses to compare, without as_of."""
    for row in tables["series"]:
        yield from resources_of_series(row["series_id"], "" if row["part_of"] else "&of=pk-exports")
    for release in ("", "&release=first"):
        yield f"/v1/claims?limit=10000{release}"
        yield f"/v1/claims/nation-2025-01-19.pk-it.mom_pct.2024-12?{release}"
        yield f"/v1/series?{release}"
        yield f"/v1/quality?limit=10000{release}"
        for source in ("dunya-2025-12-18", "brecorder-2025-08-20", "ary-2024-09"):
            yield f"/v1/sources/{source}?{release}"
    yield "/v1/claims?verdict=superseded&limit=3&order=desc"
    yield "/v1/changes?since=2024-06-30&limit=10000"
    yield "/v1/changes?limit=10000"
    yield "/v1/sources?limit=10000"
    yield "/v1/reports?limit=10000"


# What a client asks about by POST.
CLAIMS = {"claims": [{"metric": "mom_pct", "period": "2024-11", "value": 1},
                     {"metric": "level", "period": "2024-11", "value": 324, "published": "2024-12-20"},
                     {"metric": "record_high", "period": "2024-11", "value": 324}]}


def without_generation(body):
    """An answer but for the one number in it that tells stores apart, wherever it stands."""
    if isinstance(body, dict):
        return {name: without_generation(value) for name, value in body.items() if name != "generation"}
    if isinstance(body, list):
        return [without_generation(value) for value in body]
    return re.sub(r"([Gg]eneration |-g)\d+", r"\1", body) if isinstance(body, str) else body


class PointInTime(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = {kind: read(kind) for kind in KINDS}
        cls.full = Service()
        cls.addClassCleanup(cls.full.stop)

    def answer(self, service, path):
        answer = service.get(path, check=False)
        if answer.status != 200:
            return answer.status
        if answer.media_type() == "image/svg+xml":
            return answer.text()
        return without_generation(answer.json())

    def compare(self, date):
        with tempfile.TemporaryDirectory() as folder:
            database = pathlib.Path(folder) / "partial.db"
            files = write(folder, known_by(self.tables, date), self.tables)
            subprocess.run([PROGRAM, "import", "--empty", "--database", str(database), *files],
                           check=True, capture_output=True)
            with Service("--empty", database=database) as partial:
                self.compare_with(partial, date)

    def compare_with(self, partial, date):
        for path in resources(self.tables):
            asked = f"{path}&{urllib.parse.urlencode({'as_of': date})}"
            with self.subTest(path=asked):
                self.assertEqual(self.answer(partial, asked), self.answer(self.full, asked))

        asked = f"/v1/claims/check?as_of={date}"
        answers = [service.request("POST", asked, {"Content-Type": "application/json"}, json.dumps(CLAIMS),
                                   check=False)
                   for service in (partial, self.full)]
        self.assertEqual(answers[0].status, answers[1].status)
        self.assertEqual(*(without_generation(answer.json()) for answer in answers))

    def test_every_operation_is_compared(self):
        """And with every parameter that tells which numbers count."""
        asked = {document().path_of(path): set() for path in resources(self.tables)}
        for path in resources(self.tables):
            asked[document().path_of(path)] |= {name for name in ("release", "explain") if f"{name}=" in path}
        for route in routes():
            names = {parameter["name"] for parameter in route["parameters"]}
            if "as_of" in names and route.get("method", "GET") == "GET":
                with self.subTest(route["path"]):
                    self.assertEqual(asked.get(route["path"]), names & {"release", "explain"})

    def test_every_resource_knows_only_what_was_known(self):
        dates = sorted({day(row["published"]) for row in self.tables["sources"]} |
                       {day(row["ruled_on"]) for row in self.tables["rulings"]})
        if not os.environ.get("EXPORTSTAT_EVERY_DATE"):
            dates = sorted(random.Random(SEED).sample(dates, SAMPLE) + ["2024-12-31", "2025-01-31"])
        for date in dates:
            self.compare(date)


if __name__ == "__main__":
    unittest.main()
