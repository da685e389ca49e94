"""What the service says to requests that it can not, or will not, answer with data: each gets a
problem that names the place, or a refusal that HTTP defines."""

import http.client
import io
import json
import socket
import time
import unittest

from service import Answer, ServiceTest

METHODS = "GET, HEAD, OPTIONS"
LOG_SECONDS = 10


class Bytes(io.BytesIO):
    """A connection that has received all that it will, for http.client to read an answer from."""

    def makefile(self, _mode):
        return self

    def close(self):
        """Several answers stand one behind the other."""


def answers_in(received, methods):
    """The answers to requests with those methods, from one connection's bytes, and what is left."""
    stream, answers = Bytes(received), []
    for method in methods:
        response = http.client.HTTPResponse(stream, method=method)
        response.begin()
        answers.append(Answer(response.status, response.headers, response.read()))
    return answers, stream.read()


class RequestTest(ServiceTest):
    def raw(self, target, method="GET", headers=("Host: a", "Connection: close"), body=b""):
        """Sends a request as it is written here."""
        if isinstance(target, str):
            target = target.encode()
        lines = [b" ".join([method.encode(), target, b"HTTP/1.1"]),
                 *[line.encode() for line in headers]]
        answers, rest = answers_in(self.service.raw(b"\r\n".join(lines) + b"\r\n\r\n" + body),
                                   [method])
        self.assertEqual(rest, b"")
        return answers[0]

    def assert_problem(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.media_type(), "application/problem+json")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIsNone(answer.headers["ETag"])
        self.assertTrue(answer.headers["X-Request-Id"])
        problem = answer.json()
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["title"] and problem["detail"] and problem["type"])
        return problem

    def invalid(self, path):
        """The names of the faulty parameters, with reason and suggestion."""
        problem = self.assert_problem(self.get(path), 400)
        return {entry["name"]: (entry["reason"], entry["suggestion"])
                for entry in problem["invalid"]}


class Parameters(RequestTest):
    def test_faulty_values_are_named(self):
        cases = [
            ("/v1/exports?last=0", "last"), ("/v1/exports?last=10001", "last"),
            ("/v1/exports?last=", "last"), ("/v1/exports?last", "last"),
            ("/v1/exports?last=5.0", "last"), ("/v1/exports?last=-1", "last"),
            ("/v1/exports?last=+5", "last"), ("/v1/exports?last=99999999999999999999", "last"),
            ("/v1/exports?limit=0", "limit"), ("/v1/reports?limit=10001", "limit"),
            ("/v1/exports?decimals=11", "decimals"), ("/v1/exports?decimals=-1", "decimals"),
            ("/v1/exports?order=up", "order"), ("/v1/exports?release=second", "release"),
            ("/v1/exports?frequency=week", "frequency"),
            ("/v1/exports?transform=double", "transform"),
            ("/v1/exports?series=PK-IT", "series"), ("/v1/exports?series=", "series"),
            ("/v1/exports?series=pk-it,", "series"), ("/v1/exports?series=pk-it,pk-it", "series"),
            ("/v1/exports?series=" + ",".join(f"s{i}" for i in range(21)), "series"),
            ("/v1/exports?after=x", "after"), ("/v1/exports?format=xml", "format"),
            ("/v1/exports/growth?basis=qoq", "basis"),
            ("/v1/exports/growth?explain=yes", "explain"),
            ("/v1/exports/growth?frequency=year&basis=mom", "basis"),
            ("/v1/exports/records?threshold=1,x", "threshold"),
            ("/v1/exports/projections?fy=2025", "fy"),
            ("/v1/exports/projections?level=49", "level"),
            ("/v1/exports/projections?level=100", "level"),
            ("/v1/exports/projections?target=x", "target"),
            ("/v1/exports/projections?method=guess", "method"),
            ("/v1/exports/share?series=pk-services", "of"),
            ("/v1/exports/revisions?after=zz", "after"), ("/v1/sources?after=zz", "after"),
            ("/v1/series?after=zz", "after"), ("/v1/reports?after=a.b.c", "after"),
            ("/v1/sources?authority=4", "authority"), ("/v1/sources?publisher=", "publisher"),
            ("/v1/reports?period=x", "period"), ("/livez?x=1", "x"), ("/openapi.yaml?x=1", "x"),
        ]
        for path, name in cases:
            with self.subTest(path=path):
                invalid = self.invalid(path)
                self.assertEqual(list(invalid), [name])
                self.assertTrue(invalid[name][0])

    def test_impossible_dates_and_periods(self):
        for name, value in [("as_of", "2025-02-30"), ("as_of", "2025-02-29"), ("as_of", "2025-13"),
                            ("as_of", "2025-00-01"), ("as_of", "2025-1-1"), ("as_of", "20250101"),
                            ("as_of", "2025-12-31T00:00"), ("as_of", "yesterday"),
                            ("as_of", "1899-12-31"),
                            ("from", "2025-13"), ("from", "2025-00"), ("to", "2025-Q5"),
                            ("to", "2025-Q0"),
                            ("from", "FY2025-H3"), ("from", "FY25"), ("to", "fy2025"),
                            ("to", "0000-01"),
                            ("from", "2025-12/2025-07"), ("from", "%202025"), ("from", "2025-7")]:
            with self.subTest(name=name, value=value):
                self.assertEqual(list(self.invalid(f"/v1/exports?{name}={value}")), [name])

    def test_from_after_to(self):
        for path in ["/v1/exports?from=2026-01&to=2025-12", "/v1/exports?from=FY2026&to=2025-06",
                     "/v1/exports/growth?from=2026&to=2025", "/v1/exports/share?from=2026&to=2025",
                     "/v1/exports/revisions?from=2026&to=2025", "/v1/reports?from=2026&to=2025"]:
            with self.subTest(path=path):
                self.assertIn("from", self.invalid(path))
        # Overlapping is not after: the fiscal year began before the end of 2025.
        self.assertEqual(self.get("/v1/exports?from=FY2026&to=2025").status, 200)

    def test_a_parameter_stands_once(self):
        for query in ["last=5&last=5", "last=5&last=6", "series=pk-it&%73eries=pk-it",
                      "last=x&last=5"]:
            with self.subTest(query=query):
                name = query.split("=")[0]
                self.assertIn(name, self.invalid(f"/v1/exports?{query}"))

    def test_all_faulty_ones_are_named_at_once(self):
        invalid = self.invalid("/v1/exports?bogus=1&from=x&last=0&as_of=2025-02-30&to=2025-12")
        self.assertEqual(sorted(invalid), ["as_of", "bogus", "from", "last"])

    def test_nearest_names_are_suggested(self):
        cases = [("form=2025", "form", "from"), ("serie=pk-it", "serie", "series"),
                 ("as-of=2025-01-01", "as-of", "as_of"), ("Series=pk-it", "Series", "series"),
                 ("transform=percnt", "transform", "percent"),
                 ("frequency=quarterly", "frequency", "quarter"), ("xyzzy=1", "xyzzy", None)]
        for query, name, suggestion in cases:
            with self.subTest(query=query):
                self.assertEqual(self.invalid(f"/v1/exports?{query}")[name][1], suggestion)

    def test_unknown_ones_say_what_there_is(self):
        reason, _ = self.invalid("/v1/exports/records?from=2025")["from"]
        for name in ["series", "threshold", "release", "decimals", "explain", "as_of", "format"]:
            self.assertIn(name, reason)
        reason, _ = self.invalid("/v1/exports/growth?basis=qoq")["basis"]
        self.assertIn("mom, yoy, fytd, trailing_12m", reason)

    def test_text_that_is_not_percent_encoded_utf8(self):
        for target in [b"/v1/exports?last=%zz", b"/v1/exports?last=%", b"/v1/exports?last=%0",
                       b"/v1/exports?last=%00", b"/v1/exports?last=%ff", b"/v1/exports?last=\xff"]:
            with self.subTest(target=target):
                problem = self.assert_problem(self.raw(target), 400)
                self.assertEqual([entry["name"] for entry in problem["invalid"]], ["last"])
        for target in [b"/v1/exports?la%00st=1", b"/v1/exports?%ff=1", b"/v1/exports/2025%00",
                       b"/v1/exports/2025%zz", b"/\xff\xfe", b"/v1/sources/%ff"]:
            with self.subTest(target=target):
                self.assert_problem(self.raw(target), 400)

    def test_too_much(self):
        self.assert_problem(self.raw("/v1/exports?series=" + 3000 * "a"), 414)
        self.assert_problem(self.raw("/" + 3000 * "a"), 414)
        hundred = "&".join(f"p{i}=1" for i in range(100))
        self.assertIn("64", self.assert_problem(self.raw(f"/v1/exports?{hundred}"), 400)["detail"])


class NotFound(RequestTest):
    def test_unknown_series_say_what_exists(self):
        for path in ["/v1/exports?series=nope", "/v1/exports?series=pk-it,nope", "/v1/series/nope",
                     "/v1/exports/share?of=nope", "/v1/exports/2025-12?series=nope",
                     "/v1/reports?series=nope", "/v1/exports/revisions?series=nope"]:
            with self.subTest(path=path):
                detail = self.assert_problem(self.get(path), 404)["detail"]
                self.assertIn("nope", detail)
                self.assertIn("pk-it", detail)
        detail = self.get("/v1/exports?series=pk-itt").json()["detail"]
        self.assertIn("did you mean 'pk-it'", detail)

    def test_unknown_periods_say_what_exists(self):
        for period in ["2017-05", "2026-03", "2031-01", "FY2027", "2009", "2026-Q2",
                       "2026-03--2026-04"]:
            with self.subTest(period=period):
                detail = self.assert_problem(self.get(f"/v1/exports/{period}"), 404)["detail"]
                self.assertIn("2017-06 to 2026-02", detail)
                self.assertIn("nearest is " + ("2017-06" if period < "2018" else "2026-02"), detail)

    def test_unknown_sources(self):
        for path in ["/v1/sources/nope", "/v1/reports?source=nope"]:
            with self.subTest(path=path):
                detail = self.assert_problem(self.get(path), 404)["detail"]
                self.assertIn("nope", detail)
                self.assertIn("/v1/sources lists all 544", detail)
        detail = self.get("/v1/sources/arabnews-2026-01-21").json()["detail"]
        self.assertIn("did you mean 'arabnews-2026-01-20'?", detail)

    def test_releases_where_all_of_them_stand(self):
        for path in ["/v1/reports", "/v1/exports/revisions", "/v1/sources", "/v1/changes"]:
            with self.subTest(path=path):
                fault, = self.assert_problem(self.get(path + "?release=first"), 400)["invalid"]
                self.assertEqual(fault["name"], "release")
                self.assertIn("all that was said", fault["reason"])

    def test_unknown_paths(self):
        for path in ["/nope", "/v1", "/v2/exports", "/v1/exports/foo",
                     "/v1/exports/2025-07/2025-12",
                     "//v1/exports", "/v1/exports//", "/V1/exports", "/v1/exports.xml",
                     "/livez.csv"]:
            with self.subTest(path=path):
                self.assert_problem(self.raw(path), 404)
        self.assertIn("'/v1/exports/records'", self.get("/v1/exports/recrods").json()["detail"])

    def test_malformed_periods_in_the_path(self):
        for period in ["2025-13", "2025-Q5", "FY2025-H3", "2025-12--2025-07", "FY", "2025-",
                       "20251"]:
            with self.subTest(period=period):
                problem = self.assert_problem(self.raw(f"/v1/exports/{period}"), 400)
                self.assertEqual([entry["name"] for entry in problem["invalid"]], ["period"])


class Methods(RequestTest):
    def test_wrong_methods(self):
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "FROB", "get", "Get"]:
            for path in ["/v1/exports", "/livez", "/v1/exports/2025-12"]:
                with self.subTest(method=method, path=path):
                    answer = self.raw(path, method)
                    self.assert_problem(answer, 405)
                    self.assertEqual(answer.headers["Allow"], METHODS)

    def test_unknown_paths_come_first(self):
        self.assert_problem(self.raw("/nope", "DELETE"), 404)

    def test_bodies_are_refused(self):
        closed = ("Host: a", "Connection: close")
        cases = [("GET", (*closed, "Content-Length: 5"), b"hello"),
                 ("GET", ("Host: a", "Content-Length: 5"), b"hello"),
                 ("GET", ("Host: a", "Transfer-Encoding: chunked"), b"5\r\nhello\r\n0\r\n\r\n"),
                 ("HEAD", ("Host: a", "Content-Length: 5"), b"hello")]
        for method, headers, body in cases:
            with self.subTest(headers=headers):
                answer = self.raw("/v1/exports?last=1", method, headers, body)
                self.assertEqual(answer.status, 413)
                self.assertEqual(answer.headers["Connection"], "close")
        answer = self.raw("/v1/exports", "POST", ("Host: a", "Content-Length: 5"), b"hello")
        self.assert_problem(answer, 405)

    def test_an_empty_body_is_none(self):
        answer = self.raw("/v1/exports?last=1",
                          headers=("Host: a", "Content-Length: 0", "Connection: close"))
        self.assertEqual(answer.status, 200)

    def test_a_refused_body_is_no_second_request(self):
        """What stands behind a request with a doubtful length must never be answered."""
        hidden = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        for lines in [b"Content-Length: 0\r\nContent-Length: 33", b"Transfer-Encoding: chunked",
                      b"Content-Length: 0\r\nTransfer-Encoding: chunked", b"Content-Length: 33"]:
            with self.subTest(lines=lines):
                received = self.service.raw(b"GET /v1/exports?last=1 HTTP/1.1\r\nHost: a\r\n" +
                                            lines + b"\r\n\r\n" + hidden)
                self.assertIn(received[:12], [b"HTTP/1.1 400", b"HTTP/1.1 413"])
                self.assertNotIn(b"alive", received)

    def test_headers_that_must_stand_once(self):
        for headers in [("Host: a", "Host: b"),
                        ("Host: a", "Content-Length: 0", "Content-Length: 0")]:
            with self.subTest(headers=headers):
                problem = self.assert_problem(self.raw("/livez", headers=headers), 400)
                self.assertIn(headers[1].split(":")[0], problem["detail"])

    def test_what_is_refused_before_any_of_our_code_has_a_status(self):
        cases = [(b"GET /livez HTTP/1.1\r\n\r\n", 400),
                 (b"GET /livez HTTP/2.0\r\nHost: a\r\n\r\n", 505),
                 (b"GET /livez HTTP/1.1\r\nHost: a\r\nX: " + 9000 * b"a" + b"\r\n\r\n", 431),
                 (b"GET /?" + 9000 * b"a" + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414)]
        for data, status in cases:
            with self.subTest(data=data[:60]):
                self.assertTrue(self.service.raw(data).startswith(f"HTTP/1.1 {status}".encode()))

    def test_targets_that_are_no_path(self):
        for target in ("*", "v1/exports"):
            with self.subTest(target=target):
                self.assert_problem(self.raw(target, "GET"), 400)

    def test_targets_in_absolute_form(self):
        for target in ("http://a/v1/exports?last=1", "HTTPS://a:8080/v1/exports?last=1"):
            with self.subTest(target=target):
                self.assertEqual(self.raw(target).body, self.raw("/v1/exports?last=1").body)
        self.assertEqual(self.raw("http://a").body, self.get("/", check=False).body)

    def test_options_of_the_server_itself(self):
        answer = self.raw("*", "OPTIONS")
        self.assertEqual((answer.status, answer.headers["Allow"]), (204, "GET, HEAD, OPTIONS"))

    def test_a_trailing_slash_redirects_and_keeps_the_query(self):
        cases = [("/v1/exports/", "../exports"), ("/v1/series/pk-it/", "../pk-it"), ("/docs/", "../docs"),
                 ("/v1/exports/?from=2025-07%2F2025-12&last=1",
                  "../exports?from=2025-07%2F2025-12&last=1"),
                 ("/v1/sources/?publisher=Roznama+Dunya", "../sources?publisher=Roznama+Dunya"),
                 ("/v1/sources/?publisher=Roznama%20Dunya&x",
                  "../sources?publisher=Roznama%20Dunya&x")]
        for target, location in cases:
            with self.subTest(target=target):
                answer = self.raw(target)
                self.assertEqual((answer.status, answer.headers["Location"], answer.body),
                                 (308, location, b""))


class EveryAnswer(RequestTest):
    PATHS = ["/v1/exports?last=2", "/v1/exports/latest", "/v1/exports/records", "/v1/series",
             "/v1/exports.csv", "/openapi.yaml", "/livez", "/readyz", "/v1/exports?bogus=1",
             "/nope",
             "/v1/exports/2031-01", "/v1/exports/"]

    def test_head_is_get_without_its_body(self):
        for path in self.PATHS:
            with self.subTest(path=path):
                get, head = self.raw(path), self.raw(path, "HEAD")
                for answer in [get, head]:
                    for name in ["Date", "X-Request-Id"]:
                        del answer.headers[name]
                self.assertEqual((head.status, sorted(head.headers.items())),
                                 (get.status, sorted(get.headers.items())))
                self.assertEqual(head.body, b"")
                self.assertEqual(int(head.headers["Content-Length"]), len(get.body))

    def test_options(self):
        for path in ["/v1/exports", "/v1/exports/2025-12", "/v1/series/pk-it", "/livez",
                     "/openapi.json"]:
            with self.subTest(path=path):
                answer = self.request("OPTIONS", path, {"Origin": "https://example.org",
                                                        "Access-Control-Request-Method": "GET"})
                self.assertEqual((answer.status, answer.body), (204, b""))
                self.assertEqual(answer.headers["Allow"], METHODS)
                self.assertEqual(answer.headers["Access-Control-Allow-Methods"], METHODS)
                self.assertIn("If-None-Match", answer.headers["Access-Control-Allow-Headers"])
                self.assertTrue(answer.headers["Access-Control-Max-Age"])
        self.assert_problem(self.raw("/nope", "OPTIONS"), 404)

    def test_any_origin_may_read(self):
        for path in self.PATHS:
            with self.subTest(path=path):
                answer = self.raw(path, headers=("Host: a", "Origin: https://example.org",
                                                 "Connection: close"))
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
                exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
                self.assertLessEqual({"ETag", "Link", "X-Request-Id"}, set(exposed))

    def test_request_id_is_echoed(self):
        for given in ["abc-123", "a", 128 * "x", "0af7651916cd43dd8448eb211c80319c/b7ad:1=@._~+"]:
            for path in ["/livez", "/v1/exports?last=1", "/nope"]:
                with self.subTest(given=given, path=path):
                    self.assertEqual(self.get(path,
                                              {"X-Request-Id": given}).headers["X-Request-Id"],
                                     given)

    def test_request_id_is_made_for_problems_only(self):
        self.assertIsNone(self.get("/livez").headers["X-Request-Id"])
        made = [self.get("/nope").headers["X-Request-Id"] for _ in range(20)]
        self.assertEqual(len(set(made)), 20)
        end = time.monotonic() + LOG_SECONDS
        # Each of the program's threads writes its lines in its own time.
        while not all(f"id={each}" in self.service.log() for each in made) and time.monotonic() < end:
            time.sleep(0.01)
        for request_id in made:
            self.assertIn(f"id={request_id}", self.service.log())

    def test_request_id_that_is_none_is_ignored(self):
        for given in ["a b", "<script>", 'a"b', 129 * "x", "\u00e4".encode().decode("latin-1"),
                      "a,b", "a\tb"]:
            with self.subTest(given=given):
                self.assertIsNone(self.get("/livez",
                                           {"X-Request-Id": given}).headers["X-Request-Id"])
                made = self.get("/nope", {"X-Request-Id": given}).headers["X-Request-Id"]
                self.assertTrue(made and made != given)

    def test_problems_are_json_whatever_is_acceptable(self):
        for accept in ["text/csv", "text/html", "application/json", "image/png"]:
            with self.subTest(accept=accept):
                self.assert_problem(self.get("/v1/exports?last=0", {"Accept": accept}), 400)


class Connections(RequestTest):
    def test_pipelined_requests_are_answered_in_order(self):
        paths = ["/livez", "/v1/exports?last=1", "/nope", "/v1/exports?last=0", "/readyz"]
        request = "".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n" for path in paths)
        request += "GET /v1/series HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        answers, rest = answers_in(self.service.raw(request.encode()), (len(paths) + 1) * ["GET"])
        self.assertEqual([answer.status for answer in answers], [200, 200, 404, 400, 200, 200])
        self.assertEqual(rest, b"")
        self.assertEqual(answers[1].json()["total"], 1)
        self.assertEqual(answers[5].json()["total"], 10)

    def test_a_connection_is_kept(self):
        connection = http.client.HTTPConnection(self.service.host, self.service.port, timeout=30)
        self.addCleanup(connection.close)
        peers = set()
        for path in ["/livez", "/nope", "/v1/exports?last=1", "/v1/exports?last=0", "/v1/exports/"]:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            self.assertNotEqual((response.getheader("Connection") or "").lower(), "close", path)
            peers.add(connection.sock.getsockname())
        self.assertEqual(len(peers), 1)

    def test_http_1_0_closes(self):
        received = self.service.raw(b"GET /livez HTTP/1.0\r\n\r\n")
        head, body = received.split(b"\r\n\r\n", 1)
        self.assertTrue(head.startswith(b"HTTP/1.1 200"))
        self.assertEqual(json.loads(body), {"status": "alive"})

    def test_a_client_that_goes_away_harms_nobody(self):
        for data in [b"", b"GET /v1/exp", b"GET /v1/exports HTTP/1.1\r\nHost: a\r\n\r\n",
                     b"\x16\x03\x01\x00"]:
            for _ in range(20):
                with socket.create_connection((self.service.host, self.service.port), 10) as peer:
                    peer.sendall(data)
        self.assertEqual(self.get("/livez").status, 200)


if __name__ == "__main__":
    unittest.main()
