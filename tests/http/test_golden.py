"""The bytes of answers, as they were when somebody looked at them last: tests/golden holds one file
for each request below, on a new store with the bundled data.

    python3 tests/http/test_golden.py --write

asks the program (build/dev/exportstat, or EXPORTSTAT_PROGRAM) and writes all the files anew. `git
diff tests/golden` then shows what a change means to those who read the answers: in /v1 fields and
columns may come, and never go or change their names; values change with the data only.
"""

import sys

from service import ROOT, Service, ServiceTest, document, routes

GOLDEN = ROOT / "tests" / "golden"
AS_OF = "as_of=2026-02-28"

# File: request.
REQUESTS = {
    "exports.json": f"/v1/exports?{AS_OF}",
    "exports.csv": f"/v1/exports.csv?{AS_OF}",
    "exports-first.csv": f"/v1/exports.csv?from=FY2025&release=first&{AS_OF}",
    "exports-fiscal-years.json": f"/v1/exports?frequency=fiscal_year&last=3&order=desc&{AS_OF}",
    "exports-transformed.json": f"/v1/exports?from=2025-07&transform=log_percent&{AS_OF}",
    "exports-adjusted.json": f"/v1/exports?from=2025-07&transform=indicative_sa&{AS_OF}",
    "exports-several.json":
        f"/v1/exports?series=pk-it,pk-goods&frequency=quarter&last=2&limit=1&{AS_OF}",
    "exports-several.csv":
        f"/v1/exports.csv?series=pk-it,pk-goods&frequency=quarter&last=2&{AS_OF}",
    "latest.json": f"/v1/exports/latest?explain=true&{AS_OF}",
    "latest.csv": f"/v1/exports/latest.csv?series=pk-it,pk-services&{AS_OF}",
    "growth.json": f"/v1/exports/growth?basis=fytd&from=FY2025&{AS_OF}",
    "growth.csv": f"/v1/exports/growth.csv?from=FY2025&{AS_OF}",
    "growth-explained.json":
        f"/v1/exports/growth?frequency=half&last=1&to=FY2026-H1&explain=true&{AS_OF}",
    "records.json": f"/v1/exports/records?{AS_OF}",
    "records.csv": f"/v1/exports/records.csv?{AS_OF}",
    "projections.json": f"/v1/exports/projections?level=50&{AS_OF}",
    "projections.csv": f"/v1/exports/projections.csv?{AS_OF}",
    "projections-complete.json": f"/v1/exports/projections?fy=FY2025&{AS_OF}",
    "backtest.json": f"/v1/exports/projections/backtest?decimals=2&{AS_OF}",
    "backtest.csv": f"/v1/exports/projections/backtest.csv?{AS_OF}",
    "projection-history.json": f"/v1/exports/projections/history?fy=FY2025&{AS_OF}",
    "projection-history.csv": f"/v1/exports/projections/history.csv?level=50&{AS_OF}",
    "share.json": f"/v1/exports/share?from=FY2025&{AS_OF}",
    "share.csv": f"/v1/exports/share.csv?from=FY2025&{AS_OF}",
    "revisions.json": f"/v1/exports/revisions?{AS_OF}",
    "revisions.csv": f"/v1/exports/revisions.csv?{AS_OF}",
    "period.json": f"/v1/exports/2025-11?explain=true&{AS_OF}",
    "period.csv": f"/v1/exports/2025-11.csv?{AS_OF}",
    "period-revised.json": f"/v1/exports/2024-11?{AS_OF}",
    "period-derived.json": f"/v1/exports/2019-10?{AS_OF}",
    "period-missing.json": f"/v1/exports/2018-09?{AS_OF}",
    "period-fiscal-year.json": f"/v1/exports/FY2025?{AS_OF}",
    "series-list.json": f"/v1/series?{AS_OF}",
    "series-list.csv": f"/v1/series.csv?{AS_OF}",
    "series.json": f"/v1/series/pk-it?{AS_OF}",
    "series.csv": f"/v1/series/pk-it.csv?{AS_OF}",
    "sources.json": f"/v1/sources?order=desc&limit=5&{AS_OF}",
    "sources.csv": f"/v1/sources.csv?authority=3&{AS_OF}",
    "source.json": f"/v1/sources/dunya-2025-12-18?{AS_OF}",
    "source.csv": f"/v1/sources/dunya-2025-12-18.csv?{AS_OF}",
    "reports.json": f"/v1/reports?series=pk-it&period=2025-11&{AS_OF}",
    "reports.csv": f"/v1/reports.csv?series=pk-it&from=FY2025&limit=20&{AS_OF}",
    "claims.json": f"/v1/claims?series=pk-it&period=2025-12&limit=5&{AS_OF}",
    "claims.csv": f"/v1/claims.csv?series=pk-it&period=2025-11&{AS_OF}",
    "claim.json": f"/v1/claims/dostii4ever-2026-01.pk-it.level.2025-11?{AS_OF}",
    "claim.csv": f"/v1/claims/dostii4ever-2026-01.pk-it.level.2025-11.csv?{AS_OF}",
    "quality.json": f"/v1/quality?series=pk-it&limit=3&{AS_OF}",
    "quality.csv": f"/v1/quality.csv?series=pk-it&{AS_OF}",
    "changes.json": f"/v1/changes?series=pk-it&since=2025-01-17&{AS_OF}",
    "changes.csv": f"/v1/changes.csv?series=pk-it&kind=record_set&{AS_OF}",
    "citation.bib": f"/v1/exports/2025-12?format=bibtex&{AS_OF}",
    "citation.csl.json": f"/v1/exports/2025-12?format=csl-json&{AS_OF}",
    "chart.svg": f"/v1/exports/chart.svg?{AS_OF}",
    "livez.json": "/livez",
    "readyz.json": "/readyz",
    "bad-request.json": "/v1/exports?fron=2025-07&last=0&frequency=months&last=1",
    "not-found.json": "/v1/exports/2026-06?as_of=2026-02-28",
}


class GoldenTest(ServiceTest):
    maxDiff = 2000

    def test_answers(self):
        for name, request in REQUESTS.items():
            with self.subTest(name):
                body = self.get(request).body
                if body != (GOLDEN / name).read_bytes():
                    self.assertEqual(body.decode().splitlines(),
                                     (GOLDEN / name).read_text(encoding="utf-8").splitlines())
                    self.fail("the bytes differ")

    def test_every_file_has_a_request(self):
        self.assertEqual({path.name for path in GOLDEN.iterdir()}, set(REQUESTS))

    def test_every_operation_is_there(self):
        asked = {self.operation(request) for request in REQUESTS.values()}
        # Their bytes are those of files; and the record of imports has times in it, as metrics have.
        documents = {route["operation"] for route in routes() if route["kind"] == "document"}
        self.assertEqual(asked | documents, {route["operation"] for route in routes()
                                             if route["method"] == "GET" and not route["needs_token"]
                                             and route["path"] != "/metrics"})

    def test_csv_of_every_operation_is_there(self):
        asked = {self.operation(request) for name, request in REQUESTS.items()
                 if name.endswith(".csv")}
        self.assertEqual(asked, {route["operation"] for route in routes() if route["csv"]})

    def operation(self, request):
        return document().paths[document().path_of(request)]["get"]["operationId"]


def write():
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.iterdir():
        path.unlink()
    with Service() as service:
        for name, request in REQUESTS.items():
            (GOLDEN / name).write_bytes(service.get(request).body)


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    write()
