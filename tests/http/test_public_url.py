"""The public address: what stands before the paths in answers, and how it is checked at the start."""

import subprocess
import unittest
from xml.etree import ElementTree

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


class Settings(unittest.TestCase):
    def test_what_is_no_address_is_refused_at_the_start(self):
        for text in FAULTY:
            with self.subTest(text):
                done = subprocess.run([PROGRAM, "serve", "--listen", "127.0.0.1:0", "--database", "/nonexistent/db",
                                       "--public-url", text], capture_output=True, text=True, check=False,
                                      timeout=START_SECONDS)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertIn("--public-url", done.stderr)

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
