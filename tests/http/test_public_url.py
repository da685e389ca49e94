"""The public address: what stands before the paths in answers, and how it is checked at the start."""

import subprocess
import unittest
from xml.etree import ElementTree

from made import MadeTest, monthly
from service import PROGRAM, START_SECONDS, Service, ServiceTest

PUBLIC = "https://stats.example.org/exports"
ATOM = "{http://www.w3.org/2005/Atom}"

FAULTY = ["", "stats.example.org", "//stats.example.org", "/exports", "ftp://example.org", "https://",
          "https:///exports", "https://user@example.org", "https://user:word@example.org",
          "https://example.org?a=b", "https://example.org/#a", "https://example.org/a b",
          "https://example.org/{a}", "https://example.org/<a>", "https://example.org/\u00e9",
          "https://example.org:port/", "https://example.org:65536/", "https://example.org/" + 493 * "a", "javascript:alert(1)"]


class PublicUrl(ServiceTest):
    arguments = ("--public-url", PUBLIC + "/")

    def assert_leads_on(self, address):
        self.assertTrue(address.startswith(PUBLIC + "/v1/"), address)
        self.assertEqual(self.get(address.removeprefix(PUBLIC)).status, 200)

    def test_the_next_page(self):
        for path in ["/v1/exports?limit=1", "/v1/sources?limit=1", "/v1/reports?limit=1", "/v1/claims?limit=1",
                     "/v1/changes?limit=1", "/v1/series?limit=1"]:
            with self.subTest(path):
                answer = self.get(path)
                self.assert_leads_on(answer.json()["next"])
                self.assertEqual(answer.headers["Link"], f"<{answer.json()['next']}>; rel=\"next\"")

    def test_a_redirect(self):
        self.assertEqual(self.get("/v1/exports/?last=1").headers["Location"], PUBLIC + "/v1/exports?last=1")

    def test_the_feed(self):
        feed = ElementTree.fromstring(self.get("/v1/changes.atom?limit=2").body)
        links = [link.attrib["href"] for link in feed.iter(ATOM + "link")]
        self.assertEqual(len([link for link in links if "/v1/" in link]), 5)
        for link in links:
            if "/v1/" in link:
                self.assert_leads_on(link)
            else:
                self.assertRegex(link, f"^{PUBLIC}/(#series=pk-[a-z-]+)?$")
        self.assertNotIn("stats.example.org", feed.findtext(ATOM + "id"))

    def test_citations(self):
        item, = self.get("/v1/exports/2025-12?format=csl-json").json()
        self.assertEqual(item["URL"], PUBLIC + "/v1/exports/2025-12?series=pk-it")
        self.assertIn(f"  url = {{{item['URL']}}},\n", self.get("/v1/exports/2025-12?format=bibtex").text())


class BasePath(ServiceTest):
    """Requests are answered with the base path and without, and addresses in answers begin with it."""

    arguments = ("--base-path", "/stats/exports/")

    def test_both_ways_lead_to_the_same(self):
        for path in ("/v1/exports?last=2", "/livez", "/", "/openapi.yaml"):
            with self.subTest(path):
                plain = self.get(path)
                within = self.get("/stats/exports" + path, check=False)
                self.assertEqual((within.status, within.body), (plain.status, plain.body))
                self.assertEqual(within.headers["ETag"], plain.headers["ETag"])
        for path in ("/stats/exportsv1/exports", "/stats/v1/exports", "/stats/exports/stats/exports/v1/exports"):
            self.assertEqual(self.get(path, check=False).status, 404)

    def test_addresses_begin_with_it(self):
        answer = self.get("/v1/exports?limit=1").json()
        self.assertTrue(answer["next"].startswith("/stats/exports/v1/exports?"), answer["next"])
        self.assertEqual(self.get(answer["next"], check=False).status, 200)
        self.assertEqual(self.get("/stats/exports/v1/exports/", check=False).headers["Location"],
                         "/stats/exports/v1/exports")
        moved = self.get("/stats/exports", check=False)
        self.assertEqual((moved.status, moved.headers["Location"]), (308, "/stats/exports/"))

    def test_a_body_is_read_below_it_too(self):
        claim = b'{"claims": [{"metric": "level", "period": "2025-12", "value": 437}]}'
        answers = [self.request("POST", base + "/v1/claims/check", {"Content-Type": "application/json"}, claim,
                                check=False) for base in ("", "/stats/exports")]
        self.assertEqual([answer.status for answer in answers], [200, 200])
        self.assertEqual(answers[0].body, answers[1].body)

    def test_the_public_address_goes_before_it(self):
        with Service("--base-path", "/stats", "--public-url", PUBLIC) as service:
            answer = service.get("/stats/v1/exports?limit=1", check=False).json()
            self.assertTrue(answer["next"].startswith(PUBLIC + "/v1/exports?"))


class Limits(ServiceTest):
    """What an operator may make smaller."""

    arguments = ("--max-address", "300", "--max-series", "2", "--max-rows", "100")

    def test_an_address(self):
        self.assertEqual(self.get("/v1/series?q=" + "a" * 180).status, 200)
        answer = self.get("/v1/series?q=" + "a" * 290)
        self.assertEqual((answer.status, answer.json()["detail"]), (414, "The address is longer than 300 bytes"))

    def test_series(self):
        self.assertEqual(self.get("/v1/exports?series=pk-it,pk-goods&last=1").status, 200)
        answer = self.get("/v1/exports?series=pk-it,pk-goods,pk-services")
        self.assertEqual((answer.status, answer.json()["invalid"][0]["reason"]), (400, "at most 2 series"))

    def test_rows(self):
        for query in ("last=101", "limit=101", "limit=10000"):
            self.assertEqual(self.get("/v1/exports?" + query).json()["invalid"][0]["reason"],
                             "expected a whole number from 1 to 100")
        self.assertEqual(self.get("/v1/reports?limit=101").status, 400)
        self.assertEqual(len(self.get("/v1/reports?limit=100").json()["reports"]), 100)


class LongSeries(MadeTest):
    SERIES = {"long": monthly(250), "longer": monthly(330)}

    def test_who_asks_for_all_is_led_on(self):
        for path, key in [("/v1/exports?series=longer", None), ("/v1/exports?series=long,longer&order=desc", "long")]:
            def rows_of(answer):
                found = answer["results"] if key else [answer]
                return [row for one in found for row in one["observations"]]

            whole = rows_of(self.ask(path))
            rows = []
            with Service("--empty", "--max-rows", "100", database=self.database) as service:
                while path:
                    answer = service.get(path).json()
                    self.assertLessEqual(len(rows_of(answer)), 200)
                    rows += rows_of(answer)
                    path = answer.get("next")
            self.assertEqual(sorted(map(str, rows)), sorted(map(str, whole)))


class Settings(unittest.TestCase):
    def assert_refused(self, option, text):
        done = subprocess.run([PROGRAM, "serve", "--listen", "127.0.0.1:0", "--database", "/nonexistent/db", option, text],
                              capture_output=True, text=True, check=False, timeout=START_SECONDS)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn(option, done.stderr)

    def test_what_is_no_address_is_refused_at_the_start(self):
        for text in FAULTY:
            with self.subTest(text):
                self.assert_refused("--public-url", text)

    def test_what_is_no_base_path_is_refused_at_the_start(self):
        for text in ["", "stats", "//stats", "/a//b", "/a?b", "/a b", "/\u00e9", "/" + "a" * 512]:
            with self.subTest(text):
                self.assert_refused("--base-path", text)

    def test_an_empty_variable_is_none(self):
        with Service("--empty", environment={"EXPORTSTAT_PUBLIC_URL": ""}) as service:
            self.assertEqual(service.get("/livez/").headers["Location"], "../livez")

    def test_what_is_one(self):
        for text in ["http://localhost:8000", "https://[2001:db8::1]/a/b/", "https://example.org/" + 492 * "a",
                     "https://example.org:65535/~stats/%C3%A9//"]:
            with self.subTest(text):
                with Service("--empty", environment={"EXPORTSTAT_PUBLIC_URL": text}) as service:
                    answer = service.get("/livez/")
                    self.assertEqual(answer.headers["Location"], text.rstrip("/") + "/livez")

    def test_another_address_makes_other_validators(self):
        tags = set()
        with Service() as first:
            tags.add(first.get("/v1/changes.atom").headers["ETag"])
            database = first.database
            for text in [PUBLIC, "http://example.org"]:
                with Service("--public-url", text, database=database) as second:
                    answer = second.get("/v1/changes.atom")
                    tags.add(answer.headers["ETag"])
                    self.assertIn(text.encode(), answer.body)
        self.assertEqual(len(tags), 3)


if __name__ == "__main__":
    unittest.main()
