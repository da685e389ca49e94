"""The same answers as JSON and as CSV: how a format is asked for, and that both say the same."""

import csv
import io
import json
import unittest

import yaml

from service import ServiceTest

OBSERVATIONS = ["series", "period", "value", "precision", "status", "first_released_on",
                "released_on",
                "publishers", "disputed", "sources", "missing_reason"]

# What has rows: the path, and where its rows stand in the JSON.
ROWS = [
    ("/v1/exports", "observations"),
    ("/v1/exports?transform=pc1", "observations"),
    ("/v1/exports?transform=log_percent&decimals=7", "observations"),
    ("/v1/exports?frequency=quarter", "observations"),
    ("/v1/exports?frequency=fiscal_year&transform=change", "observations"),
    ("/v1/exports?release=first&as_of=2025-08", "observations"),
    ("/v1/exports?series=pk-goods&order=desc&limit=7", "observations"),
    ("/v1/exports?as_of=2001-01-01", "observations"),
    ("/v1/exports/growth", "growth"),
    ("/v1/exports/growth?basis=mom&decimals=10", "growth"),
    ("/v1/exports/growth?basis=fytd", "growth"),
    ("/v1/exports/growth?basis=trailing_12m", "growth"),
    ("/v1/exports/growth?frequency=fiscal_year", "growth"),
    ("/v1/exports/records", "ledger"),
    ("/v1/exports/share", "share"),
    ("/v1/exports/share?frequency=half&decimals=0", "share"),
    ("/v1/exports/revisions", "revisions"),
    ("/v1/exports/revisions?series=pk-goods&limit=1000", "revisions"),
    ("/v1/exports/revisions?series=pk-it&order=desc&limit=3", "revisions"),
    ("/v1/sources?limit=10000", "sources"),
    ("/v1/sources/brecorder-2025-08-20", "reports"),
    ("/v1/reports?limit=10000", "reports"),
    ("/v1/reports?series=pk-it&period=FY2021", "reports"),
]

ALL = [path for path, _ in ROWS] + [
    "/v1/exports/latest", "/v1/exports/2025-12", "/v1/exports/FY2026-H1", "/v1/exports/2018-07",
    "/v1/exports/projections", "/v1/series", "/v1/series/pk-it"]


def as_csv(path):
    """The path with `.csv` where it belongs."""
    path, question, query = path.partition("?")
    return f"{path}.csv{question}{query}"


def cell(value):
    """A value of the JSON, as it stands in the CSV. Numbers come as they were printed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(value)
    return value


class FormatTest(ServiceTest):
    def ask(self, path, **headers):
        answer = self.get(path, headers)
        self.assertEqual(answer.status, 200, answer)
        return answer

    def printed(self, path):
        """The JSON with its numbers as the texts that they are."""
        return json.loads(self.ask(path).body, parse_float=str, parse_int=str)

    def assert_rows(self, path, rows, **more):
        """The CSV has these rows, each with the fields of `more` in front."""
        records = self.ask(as_csv(path)).records()
        self.assertEqual(len(records), len(rows))
        for record, row in zip(records, rows):
            row = {**more, **row}
            self.assertEqual({name: record.get(name) for name in row},
                             {name: cell(value) for name, value in row.items()})
            self.assertEqual({name: text for name,
                              text in record.items() if name not in row and text}, {})


class Rows(FormatTest):
    def test_csv_and_json_say_the_same(self):
        for path, key in ROWS:
            with self.subTest(path=path):
                body = self.printed(path)
                rows = body[key]
                if key == "observations":  # the columns are fixed; a sum's details are for JSON
                    rows = [{name: value for name, value in row.items() if name in OBSERVATIONS}
                            for row in rows]
                more = {"series": body["series"]["id"]} if "series" in body else {}
                self.assert_rows(path, rows, **more)

    def test_latest_and_one_period(self):
        for path in ["/v1/exports/latest", "/v1/exports/2025-12", "/v1/exports/2018-07",
                     "/v1/exports/2025-05", "/v1/exports/FY2026-H1", "/v1/exports/FY2010",
                     "/v1/exports/FY2026", "/v1/exports/2025-07--2025-11"]:
            with self.subTest(path=path):
                body = self.printed(path)
                row = {name: value for name, value in body.items() if name in OBSERVATIONS}
                self.assert_rows(path, [{**row, "series": "pk-it"}])

    def test_projected_months(self):
        body = self.printed("/v1/exports/projections?method=run_rate")
        rows = []
        for month in body["projection"]["months"]:
            row = {"fiscal_year": "FY2026", "method": "run_rate", "period": month["period"],
                   "value": month["value"]}
            for interval in month["intervals"]:
                row[f"low_{interval['level']}"] = interval["low"]
                row[f"high_{interval['level']}"] = interval["high"]
            rows.append(row)
        self.assertEqual(len(rows), 4)
        self.assert_rows("/v1/exports/projections?method=run_rate", rows, series="pk-it")

    def test_a_level_of_one_s_own_is_in_the_csv_or_refused(self):
        answer = self.get("/v1/exports/projections.csv?level=60")
        if answer.status == 200:
            self.assertLessEqual({"low_60", "high_60"}, set(answer.rows()[0]))
        else:
            self.assertEqual(answer.status, 400)

    def test_the_catalogue(self):
        for path in ["/v1/series", "/v1/series/pk-it"]:
            with self.subTest(path=path):
                body = self.printed(path)
                entries = body["series"] if isinstance(body["series"], list) else [body]
                names = ["id", "title", "description", "unit", "frequency", "aggregation",
                         "fiscal_year_start", "part_of", "default"]
                for record, entry in zip(self.ask(as_csv(path)).records(), entries, strict=True):
                    self.assertEqual({name: record[name] for name in names},
                                     {name: cell(entry[name]) for name in names})
                    coverage = entry["coverage"]
                    known = int(coverage["reported"]) + int(coverage["derived"])
                    self.assertEqual([record["first_period"], record["last_period"],
                                      record["months_known"], record["months_missing"]],
                                     [cell(coverage["from"]), cell(coverage["to"]), str(known),
                                      coverage["missing"]])

    def test_several_series_stand_below_one_another(self):
        for path, key in [("/v1/exports?series=pk-goods,pk-it&last=4", "observations"),
                          ("/v1/exports/growth?series=pk-it,pk-services&last=3", "growth"),
                          ("/v1/exports/share?series=pk-it,pk-it-computer&of=pk-services&last=3",
                           "share"),
                          ("/v1/exports/records?series=pk-it,pk-goods", "ledger")]:
            with self.subTest(path=path):
                rows = [{"series": result["series"]["id"], **row}
                        for result in self.printed(path)["results"] for row in result[key]]
                self.assert_rows(path, rows)


class Csv(FormatTest):
    def test_observations_have_exactly_these_columns(self):
        for path in ["/v1/exports.csv", "/v1/exports.csv?transform=pc1",
                     "/v1/exports.csv?frequency=year",
                     "/v1/exports.csv?series=pk-it,pk-goods", "/v1/exports/latest.csv",
                     "/v1/exports/2025-12.csv", "/v1/exports/FY2025.csv",
                     "/v1/exports.csv?as_of=2001-01-01"]:
            with self.subTest(path=path):
                self.assertEqual(self.ask(path).rows()[0], OBSERVATIONS)

    def test_the_published_columns_of_the_others(self):
        """Columns may be added, but none of these is ever renamed or dropped."""
        cases = {
            "/v1/exports/growth": "series,period,value,base_period,base,change,percent,"
                                  "missing_reason",
            "/v1/exports/records": "series,period,value,margin,margin_percent,set_on,stood_months",
            "/v1/exports/share": "series,period,value,of_value,percent,missing_reason",
            "/v1/exports/revisions": "series,id,period,revised_on,from,from_precision,from_status,"
                                     "to,to_precision,to_status,change,percent",
            "/v1/exports/projections": "series,fiscal_year,method,period,value,low_80,high_80,"
                                       "low_95,high_95",
            "/v1/sources": "id,publisher,title,url,published,date_basis,kind,authority,reports,"
                           "claims",
            "/v1/reports": "id,series,period,value,precision,source,publisher,published,authority,"
                           "note",
        }
        for path, columns in cases.items():
            with self.subTest(path=path):
                self.assertLessEqual(set(columns.split(",")), set(self.ask(as_csv(path)).rows()[0]))

    def test_lines_end_in_lf(self):
        for path in ALL:
            with self.subTest(path=path):
                body = self.ask(as_csv(path)).body
                self.assertNotIn(b"\r", body)
                self.assertTrue(body.endswith(b"\n"))

    def test_every_row_has_every_column(self):
        for path in ALL:
            with self.subTest(path=path):
                rows = self.ask(as_csv(path)).rows()
                self.assertEqual({len(row) for row in rows}, {len(rows[0])})

    def test_texts_that_need_quotes(self):
        titles = {row["id"]: row["title"]
                  for row in self.ask("/v1/sources?limit=10000").json()["sources"]}
        quoted = [source for source, title in titles.items() if "," in title or '"' in title]
        self.assertTrue(quoted)
        found = {row["id"]: row["title"]
                 for row in self.ask("/v1/sources.csv?limit=10000").records()}
        self.assertEqual(found, titles)

    def test_missing_is_empty_and_truth_is_a_word(self):
        row = self.ask("/v1/exports.csv?from=2018-07&to=2018-07").text().splitlines()[1]
        self.assertEqual(row, "pk-it,2018-07,,,missing,,,0,false,,not_reported")
        row = self.ask("/v1/exports.csv?from=2025-11&to=2025-11").records()[0]
        self.assertEqual(row["disputed"], "true")
        self.assertEqual(row["sources"], "dunya-2025-12-18;dunya-2025-12-22;express-2026-01-20;"
                                         "pakistandigitalpost-2026-01")

    def test_headers(self):
        for path in ALL:
            with self.subTest(path=path):
                answer = self.ask(as_csv(path))
                self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
                self.assertEqual(answer.headers["Exportstat-Generation"],
                                 str(self.ask(path).json()["generation"]))
                self.assertEqual(answer.headers["Exportstat-As-Of"], self.ask(path).json()["as_of"])

    def test_as_of_a_month_is_its_last_day(self):
        answer = self.ask("/v1/exports.csv?as_of=2024-02")
        self.assertEqual(answer.headers["Exportstat-As-Of"], "2024-02-29")

    def test_pages_stay_csv(self):
        """Who asked for CSV and follows `Link` gets CSV again."""
        for path, headers in [("/v1/reports.csv?limit=2", {}),
                              ("/v1/reports?format=csv&limit=2", {}),
                              ("/v1/exports.csv?limit=2", {}),
                              ("/v1/sources?limit=2", {"Accept": "text/csv"})]:
            with self.subTest(path=path):
                link = self.get(path, headers).headers["Link"]
                self.assertRegex(link, r'^<[^>]+>; rel="next"$')
                following = self.get(link[1:link.index(">")], headers)
                self.assertEqual(following.media_type(), "text/csv")


class Negotiation(FormatTest):
    def test_accept(self):
        cases = [
            (None, "json"), ("*/*", "json"), ("application/json", "json"),
            ("application/*", "json"),
            ("text/csv", "csv"), ("text/*", "csv"), ("TEXT/CSV", "csv"),
            ("text/csv; charset=utf-8", "csv"),
            ("text/csv, application/json", "json"),
            ("text/csv;q=0.9, application/json;q=0.8", "csv"),
            ("application/json;q=0.5, text/csv", "csv"), ("text/csv, */*;q=0.1", "csv"),
            ("text/csv;q=0.2, */*;q=0.1", "csv"), ("application/json;q=0, */*", "csv"),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
            ("", "json"),
        ]
        for accept, kind in cases:
            with self.subTest(accept=accept):
                answer = self.get("/v1/exports?last=1",
                                  {} if accept is None else {"Accept": accept})
                self.assertEqual(answer.media_type(),
                                 {"json": "application/json", "csv": "text/csv"}[kind])

    def test_nothing_acceptable(self):
        for path, accept in [("/v1/exports", "text/html"), ("/v1/exports", "image/*"),
                             ("/v1/exports", "text/csv;q=0"), ("/v1/exports", "*/*;q=0"),
                             ("/livez", "text/csv"), ("/openapi.yaml", "application/json"),
                             ("/openapi.json", "application/yaml")]:
            with self.subTest(path=path, accept=accept):
                answer = self.get(path, {"Accept": accept})
                self.assertEqual(answer.status, 406)
                self.assertIn("application/", answer.json()["detail"])

    def test_format_beats_the_path_beats_accept(self):
        json_type, csv_type = "application/json", "text/csv"
        cases = [("/v1/exports?format=csv", json_type, csv_type),
                 ("/v1/exports.csv", json_type, csv_type),
                 ("/v1/exports?format=json", csv_type, json_type),
                 ("/v1/exports?format=csv", "image/png", csv_type),
                 ("/v1/exports.csv", "image/png", csv_type),
                 ("/v1/exports.csv?format=csv", json_type, csv_type),
                 ("/v1/exports/2025-12.csv", json_type, csv_type),
                 ("/v1/series/pk-it.csv", None, csv_type),
                 ("/v1/exports/2025-07--2025-12.csv", None, csv_type)]
        for path, accept, expected in cases:
            with self.subTest(path=path, accept=accept):
                answer = self.get(path, {"Accept": accept} if accept else {})
                self.assertEqual((answer.status, answer.media_type()), (200, expected))

    def test_path_and_format_in_conflict(self):
        for path in ["/v1/exports.csv?format=json", "/v1/exports/2025-12.csv?format=json",
                     "/v1/series/pk-it.csv?format=json"]:
            with self.subTest(path=path):
                answer = self.get(path)
                self.assertEqual(answer.status, 400)
                self.assertEqual([entry["name"] for entry in answer.json()["invalid"]], ["format"])

    def test_the_documents(self):
        as_yaml, as_json = self.get("/openapi.yaml"), self.get("/openapi.json")
        self.assertEqual((as_yaml.media_type(), as_json.media_type()),
                         ("application/yaml", "application/json"))
        self.assertEqual(yaml.safe_load(as_yaml.text()), as_json.json())

    def test_transformed_values_are_alone(self):
        """What is said of a level is not said of a rate computed from it."""
        row = self.ask("/v1/exports?transform=pc1&last=1").json()["observations"][0]
        self.assertLessEqual({"period", "value", "status", "released_on"}, set(row))
        for name in ["precision", "publishers", "disputed", "sources"]:
            self.assertNotIn(name, row)
        text = self.ask("/v1/exports.csv?transform=pc1&last=1").text()
        record = next(csv.DictReader(io.StringIO(text)))
        self.assertEqual([record[name]
                          for name in ["precision", "publishers", "disputed", "sources"]],
                         4 * [""])
        self.assertEqual(record["value"], "19.6721")


if __name__ == "__main__":
    unittest.main()
