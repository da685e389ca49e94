"""Claims: the audit of the stored ones, and of those that a client sends; a period's figure as a citation; and
`exportstat audit`."""

import csv
import io
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time
import unittest

from service import PROGRAM, ROOT, Service, ServiceTest

JSON = {"Content-Type": "application/json"}
CHECK = "/v1/claims/check"
METRICS = ["level", "mom_pct", "yoy_pct", "fytd_level", "fytd_yoy_pct", "record_high", "previous_record",
           "threshold_first_crossed", "growth_streak_months", "trailing_12m_average",
           "share_of_total_exports_pct", "fy_projection_low", "fy_projection_high", "fy_target"]
VERDICTS = ["confirmed", "consistent", "truncated", "superseded", "mislabelled", "contradicted",
            "unverifiable"]


class ClaimsTest(ServiceTest):
    def ask(self, path):
        answer = self.get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def claims(self, query):
        return self.ask(f"/v1/claims?{query}")["claims"]

    def post(self, body, query="", headers=None, check=True):
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        return self.request("POST", CHECK + query, {**JSON, **(headers or {})}, body, check)

    def check(self, metric, period, value, query="", **more):
        answer = self.post({"metric": metric, "period": period, "value": value, **more}, query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()


class Stories(ClaimsTest):
    """Each is asked twice: as sources made the claim, and as a client would check it."""

    def stored(self, metric, period, value, verdict, **expected):
        found = [row for row in self.claims(f"series=pk-it&metric={metric}&period={period}&limit=1000")
                 if row["value"] == value]
        self.assertTrue(found, f"no stored claim of {metric} {period} {value}")
        for row in found:
            with self.subTest(row["id"]):
                self.assertEqual(row["verdict"], verdict)
                self.assertEqual({name: row[name] for name in expected}, expected)

    def both(self, metric, period, value, verdict, **expected):
        self.stored(metric, period.replace("/", "--"), value, verdict, **expected)
        row = self.check(metric, period, value)
        self.assertEqual(row["verdict"], verdict)
        self.assertEqual({name: row[name] for name in expected}, expected)

    def test_growth_on_the_month(self):
        self.both("mom_pct", "2025-12", 23, "confirmed", computed=22.7528)
        self.both("mom_pct", "2025-12", 22, "consistent", low=22.4403, high=23.0662)
        self.both("mom_pct", "2025-12", 27, "contradicted")

    def test_growth_on_the_year(self):
        self.both("yoy_pct", "2025-12", 26, "confirmed")
        self.both("yoy_pct", "2025-12", 25, "consistent", computed=25.5747)
        row = self.check("yoy_pct", "2025-12", 25, "?decimals=2")
        self.assertEqual([row["low"], row["high"]], [25.25, 25.9])

    def test_the_value_of_another_month(self):
        self.stored("level", "2025-11", 366, "mislabelled")
        row = self.check("level", "2025-11", 366)
        self.assertEqual(row["verdict"], "mislabelled")
        self.assertEqual([term["period"] for term in row["reading"].pop("inputs")], ["2025-09"])
        self.assertEqual(row["reading"], {"metric": "level", "series": "pk-it", "period": "2025-09",
                                          "computed": 366, "low": 365.5, "high": 366.5})

    def test_the_total_of_one_month_more(self):
        for period, value, meant in [("2025-07/2025-11", 2236, "2025-07/2025-12"),
                                     ("2024-07/2024-11", 1866, "2024-07/2024-12")]:
            self.stored("fytd_level", period.replace("/", "--"), value, "mislabelled")
            row = self.check("fytd_level", period, value)
            self.assertEqual([row["verdict"], row["reading"]["period"]], ["mislabelled", meant])

    def test_right_now_and_wrong_when_it_was_said(self):
        """The month before was revised on 2025-01-31."""
        said = {row["published"] for row in self.claims("series=pk-it&period=2024-12&limit=1000")}
        said |= {row["published"] for row in
                 self.ask("/v1/reports?series=pk-it&period=2024-12&limit=1000")["reports"]}
        early = {day for day in said if day < "2025-01-31" and len(day) == 10}
        self.assertGreaterEqual(len(early), 2)
        for day in sorted(early):
            with self.subTest(day):
                row = self.check("mom_pct", "2024-12", 12, published=day)
                self.assertEqual([row["verdict"], row["verdict_at_publication"]],
                                 ["confirmed", "contradicted"])
                self.assertEqual(self.check("mom_pct", "2024-12", 12, f"?as_of={day}")["verdict"],
                                 "contradicted")
        self.assertEqual(self.check("mom_pct", "2024-12", 12)["verdict"], "confirmed")

    def test_streak_average_threshold_and_record(self):
        self.both("growth_streak_months", "2024-12", 15, "confirmed", computed=15)
        self.both("trailing_12m_average", "2024-12", 299, "confirmed", computed=298.9167)
        self.both("threshold_first_crossed", "2025-12", 400, "confirmed", computed=437)
        self.both("record_high", "2025-07", 354, "confirmed")

    def test_the_record_before(self):
        self.stored("previous_record", "2024-10", 330, "contradicted", computed=332)
        row = self.check("previous_record", "2024-10", 330, published="2025-01-19")
        self.assertEqual([row["verdict"], row["at_publication"]["computed"],
                          row["at_publication"]["computed_period"]], ["contradicted", 332, "2024-05"])


class Stored(ClaimsTest):
    def test_every_claim_is_judged(self):
        with open(ROOT / "data" / "claims.csv", encoding="utf-8") as file:
            bundled = list(csv.DictReader(file))
        rows = self.get("/v1/claims.csv?limit=10000").records()
        self.assertEqual({row["id"] for row in rows}, {row["claim_id"] for row in bundled})
        self.assertLessEqual({row["verdict"] for row in rows}, set(VERDICTS))
        self.assertEqual({row["metric"] for row in rows}, set(METRICS))
        counts = self.ask("/v1/claims?limit=1")["verdicts"]
        self.assertEqual(list(counts), VERDICTS)
        for verdict in VERDICTS:
            with self.subTest(verdict):
                self.assertEqual(counts[verdict], sum(row["verdict"] == verdict for row in rows))
                one = self.ask(f"/v1/claims?verdict={verdict}&limit=1")
                self.assertEqual(one["total"], counts[verdict])

    def test_a_claim_by_itself_says_the_same(self):
        for row in self.claims("limit=40&order=desc"):
            with self.subTest(row["id"]):
                whole = self.ask(f"/v1/claims/{row['id']}")
                self.assertEqual({name: whole[name] for name in row}, row)
                self.assertEqual(whole["verdict_at_publication"], whole["at_publication"]["verdict"])

    def test_checking_a_stored_claim_gives_its_verdict(self):
        rows = [row for row in self.get("/v1/claims.csv?limit=10000").records()]
        rows = [row for row in rows if row["computed"]][::7]
        for start in range(0, len(rows), 100):
            part = rows[start:start + 100]
            fields = ["series", "metric", "period", "value", "precision", "unit", "published"]
            answer = self.post({"claims": [{name: row[name] for name in fields} for row in part]})
            self.assertEqual(answer.status, 200, answer)
            for row, checked in zip(part, answer.json()["claims"], strict=True):
                self.assertEqual([checked["verdict"], checked["verdict_at_publication"]],
                                 [row["verdict"], row["verdict_at_publication"]], row["id"])

    def test_a_source_shows_its_claims(self):
        source = self.ask("/v1/sources/arabnews-2026-01-20")
        self.assertEqual({row["id"]: row["verdict"] for row in source["claims"]},
                         {row["id"]: row["verdict"]
                          for row in self.claims("source=arabnews-2026-01-20")})
        self.assertGreater(len(source["claims"]), 3)

    def test_a_source_is_judged_as_of_the_date(self):
        def verdict(query):
            found = [row for row in self.ask(f"/v1/sources/dawn-2024-12-18{query}")["claims"]
                     if row["metric"] == "trailing_12m_average"]
            return found[0]["computed"]
        self.assertNotEqual(verdict("?as_of=2024-12-18"), None)
        self.assertEqual(self.get("/v1/sources/dawn-2024-12-18?as_of=2024-12-17").status, 404)


class Checks(ClaimsTest):
    def test_one_and_several_say_the_same(self):
        claim = {"metric": "mom_pct", "period": "2025-12", "value": 23}
        one = self.post(claim).json()
        several = self.post({"claims": [claim, {**claim, "value": 22}]}).json()
        self.assertEqual(several["claims"][0],
                         {name: one[name] for name in one if name not in ("as_of", "generation")})
        self.assertEqual(several["verdicts"]["confirmed"], 1)
        self.assertEqual(several["verdicts"]["consistent"], 1)

    def test_the_shape_is_that_of_a_stored_claim(self):
        stored = self.ask("/v1/claims/arabnews-2026-01-20.pk-it.mom_pct.2025-12")
        sent = self.check("mom_pct", "2025-12", 23, published="2026-01-20")
        self.assertEqual(sent, {name: value for name, value in stored.items()
                                if name not in ("id", "source", "statement")})

    def test_headers(self):
        answer = self.post({"metric": "level", "period": "2025-12", "value": 437}, "?as_of=2026-01-31")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("ETag", answer.headers)
        self.assertEqual(answer.headers["Exportstat-As-Of"], "2026-01-31")
        self.assertEqual(answer.json()["now"]["as_of"], "2026-01-31")

    def test_it_stores_nothing(self):
        before = self.ask("/v1/claims?limit=1")
        self.check("level", "2025-12", 1)
        self.assertEqual(self.ask("/v1/claims?limit=1"), before)

    def test_defaults(self):
        row = self.check("level", "2025-12", 437)
        self.assertEqual([row["series"], row["unit"], row["published"]], ["pk-it", "usd_million", None])
        self.assertEqual([row["verdict_at_publication"], row["at_publication"]], [None, None])
        self.assertEqual(row["verdict"], row["now"]["verdict"])

    def test_precision_is_the_last_decimal_given(self):
        for written, precision in [("437", 1), ("437.0", 0.1), ('"437.00"', 0.01), ("437.000001", 0.000001),
                                   ('"-12.5"', 0.1), ("0", 1)]:
            with self.subTest(written):
                answer = self.post('{"metric":"level","period":"2025-12","value":%s}' % written)
                self.assertEqual(answer.json()["precision"], precision)
        row = self.check("level", "2025-12", 440, precision=10)
        self.assertEqual([row["precision"], row["verdict"]], [10, "confirmed"])
        self.assertEqual(self.check("level", "2025-12", 440, precision="4")["verdict"], "contradicted")

    def test_numbers_are_exact(self):
        """Also where they stand among others, and behind texts that look like them."""
        body = ('{"claims":[{"period":"2025-12","unit":"usd_million","precision":0.000001,"metric":"level",'
                '"value":999999999.999999},{"value":123456789.123457,"metric":"level","period":"2025-11"}]}')
        rows = json.loads(self.post(body).body, parse_float=str)["claims"]
        self.assertEqual([row["value"] for row in rows], ["999999999.999999", "123456789.123457"])
        self.assertEqual(rows[1]["precision"], "0.000001")

    def test_every_metric(self):
        periods = {"fy_projection_low": "FY2025", "fy_projection_high": "FY2025", "fy_target": "FY2025",
                   "fytd_level": "2025-07/2025-12", "fytd_yoy_pct": "2025-07--2025-12"}
        for metric in METRICS:
            with self.subTest(metric):
                row = self.check(metric, periods.get(metric, "2025-12"), 100)
                self.assertIn(row["verdict"], VERDICTS)
                self.assertIsNotNone(row["computed"])

    def test_other_spellings_of_the_type(self):
        claim = '{"metric":"level","period":"2025-12","value":437}'
        for kind in ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json;x=y",
                     'application/json;charset="UTF-8"', "application/json ; x=y ; Charset=utf-8 ; z=a"]:
            with self.subTest(kind):
                self.assertEqual(self.post(claim, headers={"Content-Type": kind}).status, 200)

    def test_a_body_in_pieces(self):
        claim = json.dumps({"metric": "level", "period": "2025-12", "value": 437}).encode()
        body = b" " * 60000 + claim
        head = (f"POST {CHECK} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        received = self.service.raw(head + body)
        self.assertTrue(received.startswith(b"HTTP/1.1 200 "), received[:200])

    def test_a_connection_goes_on(self):
        claim = json.dumps({"metric": "level", "period": "2025-12", "value": 437}).encode()
        one = (f"POST {CHECK} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(claim)}\r\n\r\n").encode() + claim
        last = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        received = self.service.raw(one * 3 + last)
        self.assertEqual(received.count(b"HTTP/1.1 200 "), 4)

    def test_a_check_takes_less_than_a_millisecond(self):
        """Of processor time; measured generously, since tests also run under sanitizers."""
        claim = {"metric": "level", "period": "2025-11", "value": 366, "published": "2026-01-20"}

        def seconds():
            fields = pathlib.Path(f"/proc/{self.service.process.pid}/stat").read_text().split()
            return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

        self.post(claim)
        before = seconds()
        for _ in range(200):
            self.post(claim, check=False)
        self.assertLess((seconds() - before) / 200, 0.01)


def claim_with(**fields):
    return {"metric": "level", "period": "2025-12", "value": 437, **fields}


class Refusals(ClaimsTest):
    def refused(self, body, *names, query=""):
        answer = self.post(body, query)
        self.assertEqual(answer.status, 400, answer)
        self.assertEqual(answer.media_type(), "application/problem+json")
        invalid = {row["name"]: row for row in answer.json()["invalid"]}
        self.assertEqual(sorted(invalid), sorted(names), answer)
        return invalid

    def test_fields(self):
        cases = {
            "unknown field": (claim_with(serie="pk-it"), "serie"),
            "an id": (claim_with(id="x"), "id"),
            "unknown metric": (claim_with(metric="yoy_percent"), "metric"),
            "no metric": ({"period": "2025-12", "value": 437}, "metric"),
            "metric of another type": (claim_with(metric=1), "metric"),
            "unknown series": (claim_with(series="pk-its"), "series"),
            "series of another type": (claim_with(series=["pk-it"]), "series"),
            "no period": ({"metric": "level", "value": 437}, "period"),
            "no such period": (claim_with(period="2025-13"), "period"),
            "period of another type": (claim_with(period=2025), "period"),
            "period outside": (claim_with(period="2031-01"), "period"),
            "period before": (claim_with(period="2001-01"), "period"),
            "no value": ({"metric": "level", "period": "2025-12"}, "value"),
            "null": (claim_with(value=None), "value"),
            "true": (claim_with(value=True), "value"),
            "a list": (claim_with(value=[437]), "value"),
            "a word": (claim_with(value="many"), "value"),
            "not a number, as a text": (claim_with(value="NaN"), "value"),
            "with a unit": (claim_with(value="437 million"), "value"),
            "an exponent": ('{"metric":"level","period":"2025-12","value":4.37e2}', "value"),
            "a huge one, as a text": (claim_with(value="1e400"), "value"),
            "too large": (claim_with(value=1000000000), "value"),
            "too fine": (claim_with(value="0.0000001"), "value"),
            "precision of nothing": (claim_with(precision=0), "precision"),
            "precision below nothing": (claim_with(precision=-1), "precision"),
            "a precision that tells nothing": (claim_with(precision=438), "precision"),
            "the same of a small value": (claim_with(value="0.5", precision="1.000001"), "precision"),
            "precision of another type": (claim_with(precision={}), "precision"),
            "another unit": (claim_with(unit="percent"), "unit"),
            "a unit of another size": (claim_with(unit="USD billion"), "unit"),
            "published on no day": (claim_with(published="2025-02-30"), "published"),
            "published of another type": (claim_with(published=20250101), "published"),
        }
        for name, (body, field) in cases.items():
            with self.subTest(name):
                self.refused(body, field)

    def test_suggestions(self):
        self.assertEqual(self.refused(claim_with(metric="levle"), "metric")["metric"]["suggestion"], "level")
        self.assertEqual(self.refused(claim_with(metric="yoy_pc"), "metric")["metric"]["suggestion"],
                         "yoy_pct")
        self.assertEqual(self.refused(claim_with(series="pk-its"), "series")["series"]["suggestion"],
                         "pk-it")
        self.assertEqual(self.refused(claim_with(unit="percent"), "unit")["unit"]["suggestion"],
                         "usd_million")
        self.assertIn("'usd_million' or 'USD million'",
                      self.refused(claim_with(unit="percent"), "unit")["unit"]["reason"])
        self.assertEqual(self.refused(claim_with(valu=1), "valu")["valu"]["suggestion"], "value")
        for begun, whole in [("yoy", "yoy_pct"), ("mom", "mom_pct"), ("threshold", "threshold_first_crossed"),
                             ("fytd", None)]:
            self.assertEqual(self.refused(claim_with(metric=begun), "metric")["metric"]["suggestion"], whole)

    def test_a_unit_in_either_spelling(self):
        for unit in ["usd_million", "USD million", "USD Million", "usd million"]:
            row = self.post(claim_with(unit=unit)).json()
            self.assertEqual([row["unit"], row["verdict"]], ["usd_million", "confirmed"])

    def test_an_exponent_is_named(self):
        for value in ['4.37e2', '"4.37E2"', '437e0']:
            told = self.refused('{"metric":"level","period":"2025-12","value":%s}' % value, "value")
            self.assertIn("without an exponent", told["value"]["reason"])

    def test_all_faults_are_told_with_their_places(self):
        body = {"claims": [claim_with(), claim_with(period="2031-01", value="x"), [], claim_with(metric="m"),
                           {"unit": 1}]}
        self.refused(body, "claims[1].period", "claims[1].value", "claims[2]", "claims[3].metric",
                     "claims[4].unit", "claims[4].metric", "claims[4].period", "claims[4].value")

    def test_faults_stand_in_the_order_of_the_body(self):
        cases = [({"value": "x", "zzz": 1, "period": "y", "unit": "z", "metric": "level", "published": "p"},
                  ["value", "zzz", "period", "unit", "published"]),
                 ({"published": "p", "precision": [], "series": "no such"},
                  ["published", "precision", "series", "metric", "period", "value"])]
        for claim, names in cases:
            told = self.post(claim).json()["invalid"]
            self.assertEqual([row["name"] for row in told], names)
        told = self.post({"claims": [claim for claim, _ in cases]}).json()["invalid"]
        self.assertEqual([row["name"] for row in told],
                         [f"claims[{i}].{name}" for i, (_, names) in enumerate(cases) for name in names])

    def test_more_faults_than_are_told(self):
        answer = self.post({"claims": [{}] * 100})
        self.assertEqual([answer.status, len(answer.json()["invalid"])], [400, 65])
        self.assertIn("or more", answer.json()["detail"])

    def test_lists(self):
        self.refused({"claims": [claim_with()] * 101}, "claims")
        self.refused({"claims": []}, "claims")
        self.refused({"claims": claim_with()}, "claims")
        self.refused({"claims": [claim_with()], "series": "pk-it"}, "claims")
        self.assertEqual(self.post({"claims": [claim_with()] * 100}).status, 200)

    def test_what_is_not_json(self):
        good = json.dumps(claim_with())
        cases = ["", " ", "null", "437", '"level"', "[]", f"[{good}]", good + good, good[:-1], good + ",",
                 "{'metric': 'level'}", '{"metric":"level","metric":"level","period":"2025-12","value":1}',
                 '{"metric":"level","period":"2025-12","value":NaN}',
                 '{"metric":"level","period":"2025-12","value":Infinity}',
                 '{"metric":"level","period":"2025-12","value":1e400}',
                 '{"metric":"level","period":"2025-12","value":' + "9" * 400 + "}",
                 '{"metric":"level","period":"2025-12","value":01}',
                 '{"metric":"level","period":"2025-12\\u0000","value":1}',
                 "[" * 30000, '{"a":' * 10000,
                 b"\xff\xfe", b'{"metric":"\xff"}', b"\xef\xbb\xbf" + good.encode()]
        for body in cases:
            with self.subTest(body[:60]):
                reason = self.refused(body, "body")["body"]["reason"]
                self.assertRegex(reason, "^(ends|goes on|is |has |names |expected )")

    def test_an_empty_body(self):
        for body in ["", " ", "\n\t "]:
            self.assertEqual(self.refused(body, "body")["body"]["reason"], "is empty: expected JSON")

    def test_a_series_named_as_nothing_can_be(self):
        """Names of what the server keeps for itself are no series, whatever it keeps."""
        self.assertEqual(self.get("/v1/claims?limit=1").status, 200)
        kept = f"verdicts {2 ** 31 - 1} 0 * * * {1900 * 12} {2199 * 12 + 11} 0 0"
        for name in [kept, "", " ", "pk it", "pk-it ", "PK-IT", "pk\n-it", "pk\x7fit", "pk\u202eit",
                     "x" * 65, "x" * 4000]:
            with self.subTest(name[:80]):
                told = self.refused(claim_with(series=name), "series")
                self.assertEqual(told["series"]["reason"], "there is no such series")
        self.assertEqual(self.get("/livez").status, 200)

    def test_the_claim_that_is_not_json(self):
        good = json.dumps(claim_with(unit='a { [ \\ " b'))
        for bad, reason in [('{"value":1e400}', "has a number out of range"), ('{"value":01}', "is not JSON"),
                            ('{"value":1,"value":1}', "names a field twice"), ('{"value":{"a":[nul]}}', "is not JSON"),
                            ('{"value":"\\u0000"}', "has a NUL in a text"), ('{"value":', "is not JSON")]:
            for before in range(3):
                with self.subTest(bad, before=before):
                    claims = ",".join([good] * before + [bad, good])
                    place = f"claims[{before}]"
                    told = self.refused(' { "claims" :\n[' + claims + "]}", place)[place]["reason"]
                    self.assertTrue(told.startswith(reason + ", at line 2, column "), told)
        self.refused('{"claims":[1,"a, [",[2,{"b":3}],{"value":01}]}', "claims[3]")
        self.refused('{"claims":[1,2],"x":[{"value":01}]}', "body")
        deep = '{"claims":' + "[" * 5000 + "]" * 5000 + "}"
        self.assertIn("nested too deeply", self.refused(deep, "claims[0]")["claims[0]"]["reason"])
        self.refused('{"claims":[' + good + ",]}", "body")
        self.refused('{"claims":[' + good, "body")
        self.refused('{"other":[{"value":01}]}', "body")

    def test_the_place_is_told(self):
        body = '{"metric":"level",\n "period":"2025-12",\n "value":NaN}'
        self.assertIn("line 3, column 12", self.refused(body, "body")["body"]["reason"])

    def test_nested_rubbish(self):
        deep = "[" * 900 + '{"value": 1}' + "]" * 900
        self.refused('{"claims":[' + deep + "]}", "claims[0]")
        self.refused('{"metric":' + deep + ',"period":"2025-12","value":1}', "metric")
        self.refused('{"x":' + deep + ',"metric":"level","period":"2025-12","value":12.5}', "x")

    def test_published_after_the_date_asked_for(self):
        self.refused(claim_with(published="2026-02-01"), "published", query="?as_of=2026-01-31")
        self.refused(claim_with(period="2025-12"), "period", query="?as_of=2025-12-31")
        self.refused(claim_with(), "period", query="?as_of=2001-01")

    def test_parameters(self):
        for query, name in [("?decimals=11", "decimals"), ("?as_of=x", "as_of"), ("?release=second", "release"),
                            ("?format=csv", "format"), ("?series=pk-it", "series")]:
            with self.subTest(query):
                self.refused(claim_with(), name, query=query)

    def test_types(self):
        for kind in ["text/csv", "application/x-www-form-urlencoded", "application/jsonx", "application/json5",
                     "text/json", "multipart/form-data; boundary=x"]:
            with self.subTest(kind):
                answer = self.post(claim_with(), headers={"Content-Type": kind})
                self.assertEqual(answer.status, 415)
        self.assertEqual(self.request("POST", CHECK, {}, json.dumps(claim_with())).status, 415)
        for charset in ["utf-16", "latin1", '"utf-16"', "utf-8x", "", '"utf-8', "utf-8 utf-16"]:
            with self.subTest(charset):
                answer = self.post(claim_with(), headers={"Content-Type": f"application/json; charset={charset}"})
                self.assertEqual(answer.status, 415)
                self.assertIn("UTF-8", answer.json()["detail"])
        for coding, status in [("gzip", 415), ("br", 415), ("identity", 200), ("Identity", 200)]:
            with self.subTest(coding):
                answer = self.post(claim_with(), headers={"Content-Encoding": coding})
                self.assertEqual(answer.status, status)
        self.assertEqual(self.post(claim_with(), headers={"Accept": "text/csv"}).status, 406)

    def test_sizes(self):
        good = json.dumps(claim_with())
        self.assertEqual(self.post(good.rjust(65536)).status, 200)
        for size in [65537, 2 * 1024 * 1024]:
            head = (f"POST {CHECK} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {size}\r\n\r\n").encode()
            with self.subTest(size):
                received = self.service.raw(head)
                self.assertTrue(received.startswith(b"HTTP/1.1 413 "), received[:100])
                self.assertIn(b"Connection: close", received)
        for length in ["99999999999", "18446744073709551615"]:
            with self.subTest(length):
                received = self.service.raw(f"POST {CHECK} HTTP/1.1\r\nHost: a\r\nContent-Type: "
                                            f"application/json\r\nContent-Length: {length}\r\n\r\n".encode())
                self.assertIn(received[:13], [b"HTTP/1.1 413 ", b"HTTP/1.1 400 "])

    def test_two_megabytes(self):
        """They are refused with the header; a client that sends them nevertheless may see that or a reset."""
        try:
            answer = self.post(b"x" * 2 * 1024 * 1024)
        except (BrokenPipeError, ConnectionResetError):
            return
        self.assertEqual(answer.status, 413)

    def test_framing(self):
        chunked = (f"POST {CHECK} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n").encode()
        received = self.service.raw(chunked)
        self.assertTrue(received.startswith(b"HTTP/1.1 411 "), received[:100])
        self.assertEqual(received.count(b"HTTP/1.1"), 1)
        for head in ["Content-Type: application/json\r\n", ""]:
            received = self.service.raw(f"POST {CHECK} HTTP/1.1\r\nHost: a\r\n{head}Connection: close\r\n\r\n"
                                        .encode())
            self.assertTrue(received.startswith(b"HTTP/1.1 411 "), received[:100])
        received = self.service.raw(f"POST {CHECK} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                                    "Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        self.assertTrue(received.startswith(b"HTTP/1.1 400 "), received[:100])
        both = chunked.replace(b"Transfer", b"Content-Length: 2\r\nTransfer")
        self.assertTrue(self.service.raw(both).startswith(b"HTTP/1.1 400 "))

    def test_a_body_that_never_comes(self):
        head = (f"POST {CHECK} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Content-Length: 100\r\n\r\n{").encode()
        with Service("--request-timeout", "1") as service:
            began = time.monotonic()
            self.assertEqual(service.raw(head, seconds=20), b"")
            self.assertLess(time.monotonic() - began, 10)

    def test_methods(self):
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"]:
            with self.subTest(method):
                answer = self.request(method, CHECK)
                self.assertEqual([answer.status, answer.headers["Allow"]], [405, "POST, OPTIONS"])
        answer = self.request("OPTIONS", CHECK)
        self.assertEqual([answer.status, answer.headers["Allow"],
                          answer.headers["Access-Control-Allow-Methods"]],
                         [204, "POST, OPTIONS", "POST, OPTIONS"])
        self.assertIn("Content-Type", answer.headers["Access-Control-Allow-Headers"])
        self.assertEqual(self.request("POST", "/v1/claims", JSON, "{}").status, 405)
        self.assertEqual(self.request("POST", "/v1/claims").headers["Allow"], "GET, HEAD, OPTIONS")

    def test_bodies_elsewhere(self):
        self.assertEqual(self.request("GET", "/v1/claims", JSON, "{}").status, 413)


class Citations(ClaimsTest):
    def cite(self, path, kind):
        answer = self.get(path + ("&" if "?" in path else "?") + "format=" + kind)
        self.assertEqual(answer.status, 200, answer)
        return answer

    def csl(self, path):
        return self.cite(path, "csl-json").json()

    def bibtex(self, path):
        """The entries as dictionaries; a reader of its own, that knows no more than braces."""
        entries = []
        for key, body in re.findall(r"@misc\{([^,\s]+),\n(.*?)\n\}\n", self.cite(path, "bibtex").text(), re.S):
            fields = {}
            for line in body.split("\n"):
                name, value = re.fullmatch(r"  ([a-z]+) = (.*),", line).groups()
                depth = 0
                for c in value:
                    depth += (c == "{") - (c == "}")
                    self.assertGreaterEqual(depth, 0)
                self.assertEqual(depth, 0, line)
                self.assertNotIn(name, fields)
                fields[name] = value
            entries.append((key, fields))
        return entries

    def test_a_month(self):
        (key, fields), = self.bibtex("/v1/exports/2025-12")
        generation = self.ask("/v1/exports/2025-12")["generation"]
        self.assertEqual(key, f"exportstat-pk-it-2025-12-g{generation}")
        self.assertEqual(fields["title"], "{{IT exports of Pakistan, 2025-12: 437 USD million}}")
        self.assertEqual([fields["year"], fields["month"]], ["{2026}", "jan"])
        self.assertEqual(fields["url"], "{/v1/exports/2025-12?series=pk-it}")
        self.assertRegex(fields["version"], r"\{generation \d+\}")
        self.assertIn("Arab News Pakistan", fields["note"])
        self.assertIn("2026-01-20, https://www.arabnews.pk/node/2629942/pakistan", fields["annote"])
        self.assertIn(r"\$437 million", fields["annote"])

    def test_both_formats_say_the_same(self):
        for path in ["2025-12", "2019-10", "FY2025-H1?as_of=2025-12-31", "2018-01", "FY2016",
                     "2019-01--2019-02", "2024-11?release=first"]:
            with self.subTest(path):
                (key, fields), = self.bibtex("/v1/exports/" + path)
                item, = self.csl("/v1/exports/" + path)
                whole = self.ask("/v1/exports/" + path)
                self.assertEqual(item["id"], key)
                self.assertEqual(fields["url"], "{" + item["URL"] + "}")
                self.assertEqual(self.ask(item["URL"])["value"], whole["value"])
                self.assertEqual([item["custom"]["value"], item["custom"]["precision"]],
                                 [whole["value"], whole["precision"]])
                self.assertEqual([source["id"] for source in item["custom"]["sources"]], whole["sources"])
                self.assertEqual("issued" in item, whole["value"] is not None)
                self.assertEqual("year" in fields, whole["value"] is not None)

    def test_derived_missing_and_sum(self):
        self.assertIn("Derived from longer periods", self.csl("/v1/exports/2019-10")[0]["note"])
        missing, = self.csl("/v1/exports/2018-01")
        self.assertIn("not known", missing["title"])
        self.assertIn("not_reported", missing["note"])
        self.assertIn("Sum of 6 months", self.csl("/v1/exports/FY2026-H1")[0]["note"])
        self.assertEqual(self.csl("/v1/exports/2025-07--2025-12")[0]["URL"],
                         "/v1/exports/2025-07--2025-12?series=pk-it")

    def test_the_date_is_part_of_it(self):
        item, = self.csl("/v1/exports/2024-11?as_of=2024-12-31")
        self.assertEqual(item["id"], "exportstat-pk-it-2024-11-as-of-2024-12-31-g2")
        self.assertIn("324 USD million", item["title"])
        self.assertIn("As of 2024-12-31", item["note"])

    def test_status_and_dispute_and_the_date_of_the_newest_release(self):
        for path in ["2025-11", "2025-12", "2025-05", "FY2026-H1", "2018-01", "2024-11"]:
            with self.subTest(path):
                item, = self.csl("/v1/exports/" + path)
                whole = self.ask("/v1/exports/" + path)
                for name in ["status", "disputed"]:
                    self.assertEqual(item["custom"][name], whole[name])
                self.assertEqual(". Disputed." in item["note"], whole["disputed"])
                newest = max([source["published"] for source in item["custom"]["sources"]], default=None)
                self.assertEqual(item["custom"]["as_of"] is None, whole["value"] is None)
                if newest:
                    self.assertGreaterEqual(item["custom"]["as_of"], max(newest, whole["released_on"]))
                    self.assertIn(f". As of {item['custom']['as_of']}. ", item["note"])
                self.assertNotIn("as_of", item["URL"])

    def test_several_series(self):
        items = self.csl("/v1/exports/2025-12?series=pk-it,pk-goods")
        self.assertEqual([item["custom"]["series"] for item in items], ["pk-it", "pk-goods"])
        self.assertEqual(len(self.bibtex("/v1/exports/2025-12?series=pk-it,pk-goods")), 2)

    def test_accept(self):
        for kind, expected in [("application/x-bibtex", "application/x-bibtex"),
                               ("application/vnd.citationstyles.csl+json",
                                "application/vnd.citationstyles.csl+json"),
                               ("application/*", "application/json"), ("*/*", "application/json"),
                               ("text/csv", "text/csv"),
                               ("application/json;q=0.1, application/x-bibtex", "application/x-bibtex")]:
            with self.subTest(kind):
                answer = self.get("/v1/exports/2025-12", {"Accept": kind})
                self.assertEqual([answer.status, answer.media_type()], [200, expected])
        self.assertEqual(self.get("/v1/exports/2025-12", {"Accept": "image/png"}).status, 406)
        self.assertEqual(self.get("/v1/exports", {"Accept": "application/x-bibtex"}).status, 406)
        self.assertEqual(self.get("/v1/exports?format=bibtex").status, 400)
        self.assertEqual(self.get("/v1/exports/2025-12.csv?format=bibtex").status, 400)
        self.assertEqual(self.get("/v1/exports/2031-01?format=bibtex").status, 404)

    def test_each_format_has_its_validator(self):
        path = "/v1/exports/2025-12?format="
        tags = {self.get(path + kind).headers["ETag"] for kind in ["json", "csv", "bibtex", "csl-json"]}
        self.assertEqual(len(tags), 4)

    CSL = {"type": str, "id": str, "title": str, "publisher": str, "version": str, "URL": str, "note": str,
           "annote": str, "author": list, "issued": dict, "custom": dict}

    def test_csl_schema(self):
        """The rules of csl-data.json for what we write: known names, their types, `type` and `id`."""
        for path in ["2025-12", "2018-01", "FY2025", "2019-10"]:
            for item in self.csl("/v1/exports/" + path):
                self.assertLessEqual({"type", "id"}, set(item))
                for name, value in item.items():
                    self.assertIsInstance(value, self.CSL[name], name)
                self.assertEqual(item["type"], "dataset")
                self.assertEqual(item["author"], [{"literal": "exportstat"}])
                if "issued" in item:
                    self.assertEqual(list(item["issued"]), ["date-parts"])
                    self.assertEqual([len(part) for part in item["issued"]["date-parts"]], [3])


ODD = r'50% & more_of #1 {a} \b ^ ~ $ "q" <c> | Ünïcode @x'


class OddTexts(unittest.TestCase):
    """What BibTeX would read as a command stands in a title."""

    def test_escapes(self):
        rows = {
            "series.csv": [["series_id", "title", "description", "unit", "aggregation", "fiscal_year_start",
                            "part_of", "flags"],
                           ["s", ODD, "", "USD", "sum", "7", "", "default"]],
            "sources.csv": [["source_id", "publisher", "title", "url", "published", "date_basis", "kind",
                             "authority"],
                            ["src", ODD, ODD, "https://example.org/a_b?c=%20&d#e", "2025-02-01", "page", "press",
                             "2"]],
            "reports.csv": [["series_id", "period", "value", "precision", "source_id", "note"],
                            ["s", "2025-01", "1.5", "0.1", "src", ""]],
        }
        with tempfile.TemporaryDirectory() as folder:
            for name, lines in rows.items():
                with open(f"{folder}/{name}", "w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows(lines)
            subprocess.run([PROGRAM, "import", "--empty", "--database", f"{folder}/db",
                            *[f"{folder}/{name}" for name in rows]], check=True, stdout=subprocess.DEVNULL)
            with Service("--empty", database=f"{folder}/db") as service:
                text = service.get("/v1/exports/2025-01?format=bibtex").text()
                item, = service.get("/v1/exports/2025-01?format=csl-json").json()
        expected = (r"50\% \& more\_of \#1 \textbraceleft{}a\textbraceright{} \textbackslash{}b "
                    r'\textasciicircum{} \textasciitilde{} \$ {"}q{"} '
                    r"\textless{}c\textgreater{} \textbar{} Ünïcode @x")
        self.assertIn("  title = {{" + expected + ", 2025-01: 1.5 USD}},\n", text)
        self.assertIn(r"https://example.org/a\_b?c=\%20\&d\#e", text)
        self.assertEqual(text.count("{"), text.count("}"))
        self.assertEqual(item["title"], ODD + ", 2025-01: 1.5 USD")


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.database = f"{cls.folder.name}/db"
        subprocess.run([PROGRAM, "migrate", "--database", cls.database], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run_audit(self, *arguments, status=0):
        done = subprocess.run([PROGRAM, "audit", "--database", self.database, *arguments],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def file(self, *lines):
        path = f"{self.folder.name}/claims.csv"
        pathlib.Path(path).write_text(
            "".join(line + "\n" for line in
                    ["claim_id,source_id,series_id,metric,period,value,unit,precision,statement", *lines]),
            encoding="utf-8")
        return path

    def test_it_says_what_the_service_says(self):
        told = self.run_audit("--format", "json").stdout
        with Service(database=self.database) as service:
            asked = service.get("/v1/claims?limit=10000").json()
            table = service.get("/v1/claims.csv?limit=10000").text()
        self.assertEqual(self.run_audit().stdout, table)
        told = json.loads(told)
        self.assertIn("generation", told)
        self.assertEqual({name: asked[name] for name in told}, told)

    def test_the_file_of_the_database_says_the_same(self):
        rows = {tuple(row) for row in csv.reader(io.StringIO(self.run_audit().stdout))}
        self.assertEqual({tuple(row) for row in csv.reader(io.StringIO(
            self.run_audit(str(ROOT / "data" / "claims.csv")).stdout))}, rows)

    def test_a_table(self):
        lines = self.run_audit("--format", "table", "--verdict", "mislabelled").stdout.splitlines()
        counts = dict(line.split() for line in lines[-8:])
        self.assertEqual(list(counts), [*VERDICTS, "all"])
        self.assertEqual(len(lines), 10 + int(counts["mislabelled"]))
        self.assertEqual([counts["all"], lines[-9]], [counts["mislabelled"], ""])
        self.assertEqual(lines[0].split(), ["verdict", "then", "series", "metric", "period", "claimed", "step",
                                            "computed", "from", "rounding", "source"])
        for name in ["then", "series", "source"]:
            start = lines[0].index(name)
            for line in lines[1:-9]:
                self.assertEqual(line[start - 1], " ")
                self.assertNotEqual(line[start], " ")
        self.assertNotIn("\033", "".join(lines))

    def test_the_table_says_what_is_missing(self):
        lines = self.run_audit("--format", "table", "--verdict", "unverifiable").stdout.splitlines()
        rows = [line for line in lines if line.startswith("unverifiable ") and "  " in line[13:].strip()]
        self.assertGreater(len(rows), 50)
        for row in rows:
            self.assertRegex(row, r"  no pk-[a-z-]+ [0-9FY/-]+: (not_reported|incomplete_period)$")

    def test_colors_on_a_terminal_alone(self):
        main, other = os.openpty()
        environment = {**os.environ, "TERM": "xterm"}
        environment.pop("NO_COLOR", None)
        process = subprocess.Popen([PROGRAM, "audit", "--database", self.database, "--verdict", "truncated"],
                                   stdout=other, env=environment)
        os.close(other)
        seen = b""
        try:
            while chunk := os.read(main, 65536):
                seen += chunk
        except OSError:
            pass
        os.close(main)
        self.assertEqual(process.wait(), 0)
        self.assertIn(b"\033[33mtruncated", seen)

    def test_as_of(self):
        early = json.loads(self.run_audit("--format", "json", "--as-of", "2020-01").stdout)
        self.assertEqual(early["as_of"], "2020-01-31")
        self.assertLess(max(row["published"] for row in early["claims"]), "2020-02")

    def test_a_file_of_ones_own(self):
        path = self.file("a,dunya-2025-12-18,pk-it,level,2025-11,366,usd_million,1,",
                         "b,arabnews-2026-01-20,pk-it,mom_pct,2025-12,23,percent,1,")
        rows = list(csv.DictReader(io.StringIO(self.run_audit(path).stdout)))
        self.assertEqual([[row["id"], row["published"], row["verdict"]] for row in rows],
                         [["a", "2025-12-18", "mislabelled"], ["b", "2026-01-20", "confirmed"]])

    def test_faults_of_a_file(self):
        good = "a,dunya-2025-12-18,pk-it,level,2025-11,366,usd_million,1,"
        path = self.file(good, good.replace("dunya-2025-12-18", "nobody"), good.replace("366", "x"),
                         good.replace("level", "leve"), good.replace(",1,", ",0,"), good.replace("pk-it", "pk"))
        told = self.run_audit(path, status=1)
        self.assertEqual(told.stdout, "")
        lines = told.stderr.splitlines()
        for line, column in [(3, "source_id"), (4, "value"), (5, "metric"), (6, "precision"), (7, "series_id")]:
            self.assertTrue(any(told.startswith(f"{path}:{line}: {column} ") for told in lines), told)
        self.assertIn("nothing was audited", lines[-1])

    def test_what_is_no_file_of_claims(self):
        self.assertIn("not claims", self.run_audit(str(ROOT / "data" / "reports.csv"), status=1).stderr)
        self.assertIn("No such file", self.run_audit("/nonexistent.csv", status=1).stderr)
        self.assertIn("no such database", subprocess.run(
            [PROGRAM, "audit", "--database", "/nonexistent.db"], capture_output=True, text=True,
            check=False).stderr)

    def test_usage(self):
        for arguments in [["--verdict", "confirmd"], ["--format", "xml"], ["--as-of", "2025-02-30"],
                          ["a.csv", "b.csv"]]:
            with self.subTest(arguments):
                self.run_audit(*arguments, status=2)
        self.assertIn("did you mean 'confirmed'",
                      self.run_audit("--verdict", "confirmd", status=2).stderr)

    def test_an_empty_file_of_claims(self):
        lines = self.run_audit(self.file(), "--format", "table").stdout.splitlines()
        self.assertEqual([len(lines), lines[7].split()], [8, ["all", "0"]])

    def test_an_id_twice(self):
        good = "a,dunya-2025-12-18,pk-it,level,2025-11,366,usd_million,1,"
        path = self.file(good, good.replace("a,", "b,", 1), good)
        told = self.run_audit(path, status=1).stderr
        self.assertIn(f"{path}:4: claim_id 'a': line 2 has this id too\n", told)

    def test_too_many_claims(self):
        row = "%d,dunya-2025-12-18,pk-it,level,2025-11,366,usd_million,1,"
        path = self.file(*[row % i for i in range(100001)])
        self.assertIn(f"{path}:100002: more than 100000 claims", self.run_audit(path, status=1).stderr)

    def test_all_claims_take_less_than_fifty_milliseconds(self):
        """Of processor time; ten times that here, since tests also run under sanitizers."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.run_audit()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 0.5)


if __name__ == "__main__":
    unittest.main()
