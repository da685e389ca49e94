"""What changed since a date or a generation: as rows, and as a feed."""

import datetime
import decimal
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest
import urllib.parse
from xml.etree import ElementTree

import feedparser

from service import PROGRAM, Service, ServiceTest

KINDS = ["appeared", "revised", "disputed", "settled", "record_set", "record_lost"]
COLUMNS = ["id", "series", "period", "kind", "date", "from", "to", "status", "missing_reason"]
ATOM = "{http://www.w3.org/2005/Atom}"
ALTERNATES = [("alternate", "application/json")]
if os.environ.get("EXPORTSTAT_PAGES", "1") == "1":
    ALTERNATES.insert(0, ("alternate", "text/html"))
MOVE_SECONDS = 20  # until a change has shown, on the slowest machine

SERIES = """series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags
one,"One <&> ""two"" ]]> \ufffd",Things,USD million,sum,7,,default
"""
SOURCES = """source_id,publisher,title,url,published,date_basis,kind,authority
office-{0},Office,Report {0},https://example.org/{0},{1},page,official,3
"""
REPORTS = "series_id,period,value,precision,source_id,note\n"


def exact(text):
    return json.loads(text, parse_float=decimal.Decimal, parse_int=decimal.Decimal)


def day_before(day):
    return str(datetime.date.fromisoformat(day) - datetime.timedelta(days=1))


class ChangesTest(ServiceTest):
    def ask(self, query="", headers=None):
        answer = self.get("/v1/changes" + query, headers)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def changes(self, query=""):
        return self.ask(query + ("&" if query else "?") + "limit=10000")["changes"]

    def refused(self, query):
        answer = self.get("/v1/changes" + query)
        self.assertEqual(answer.status, 400, answer)
        return {entry["name"] for entry in answer.json()["invalid"]}


class Rows(ChangesTest):
    def test_a_revision_and_a_record(self):
        rows = self.changes("?series=pk-it&since=2025-01-17&as_of=2025-01-31")
        revised = next(row for row in rows if row["kind"] == "revised")
        self.assertEqual(revised, {
            "id": "pk-it.2024-11.revised.2025-01-31", "series": "pk-it", "period": "2024-11",
            "kind": "revised", "date": "2025-01-31", "from": 324, "to": 310, "status": "reported"})
        rows = self.changes("?series=pk-it&kind=record_set&since=2025-12&as_of=2026-01")
        self.assertEqual([row["id"] for row in rows], ["pk-it.2025-12.record_set.2026-01-20"])

    def test_their_order_and_ids(self):
        rows = self.changes()
        keys = [(row["date"], row["series"], row["period"], KINDS.index(row["kind"])) for row in rows]
        self.assertEqual(keys, sorted(set(keys)))
        for row in rows:
            self.assertEqual(row["id"],
                             f"{row['series']}.{row['period']}.{row['kind']}.{row['date']}")

    def test_none_of_a_series_without_reports_by_then(self):
        self.assertEqual(self.ask("?as_of=2001-01-01")["changes"], [])

    def test_all_series_are_those_there_are(self):
        there = [row["id"] for row in self.get("/v1/series").json()["series"]]
        self.assertEqual(self.ask()["series"], there)
        self.assertLessEqual({row["series"] for row in self.changes()}, set(there))

    def test_a_list_of_series(self):
        rows = [row for row in self.changes() if row["series"] in ("pk-it", "pk-goods")]
        self.assertEqual(self.changes("?series=pk-it,pk-goods"), rows)
        self.assertEqual(self.changes("?series=pk-goods,pk-it"), rows)

    def test_kinds(self):
        rows = self.changes()
        for kind in KINDS:
            with self.subTest(kind=kind):
                mine = [row for row in rows if row["kind"] == kind]
                self.assertTrue(mine)
                self.assertEqual(self.changes(f"?kind={kind}"), mine)

    def test_windows(self):
        rows = self.changes("?series=pk-it")
        for since in ["2018-08-30", "2018-08-31", "2020-12", "2024-05-17", "2026-03-31", "2199-12"]:
            with self.subTest(since=since):
                day = self.ask(f"?series=pk-it&since={since}")["since"]
                self.assertEqual(self.changes(f"?series=pk-it&since={since}"),
                                 [row for row in rows if row["date"] > day])
                self.assertEqual(self.changes(f"?series=pk-it&as_of={since}"),
                                 [row for row in rows if row["date"] <= day])

    def test_a_month_means_its_last_day(self):
        self.assertEqual(self.ask("?since=2024-02")["since"], "2024-02-29")

    def test_csv(self):
        for query in ["?series=pk-it&limit=10000", "?since=1&kind=appeared", "?as_of=2001-01"]:
            with self.subTest(query=query):
                rows = self.get("/v1/changes.csv" + query).rows()
                self.assertEqual(rows[0], COLUMNS)
                body = json.loads(self.get("/v1/changes" + query).body, parse_float=str, parse_int=str)
                self.assertEqual(rows[1:], [[row.get(name) or "" for name in COLUMNS]
                                            for row in body["changes"]])

    def test_mistakes(self):
        for query, name in [
                ("?since=2025-13", "since"), ("?since=yesterday", "since"), ("?since=0", "since"),
                ("?since=-1", "since"), ("?since=", "since"), ("?since=2025", "since"),
                ("?since=99999999999999999999", "since"), ("?since=2025-12-31T00:00", "since"),
                ("?since=2025-02&as_of=2025-01", "since"), ("?kind=vanished", "kind"),
                ("?after=nothing", "after"), ("?order=newest", "order"), ("?limit=0", "limit"),
                ("?format=rss", "format"), ("?series=pk-it,pk-it", "series")]:
            with self.subTest(query=query):
                self.assertEqual(self.refused(query), {name})
        self.assertEqual(self.get("/v1/changes?series=pk-itt").status, 404)

    def test_a_year_may_mean_its_first_month(self):
        for since, suggestion in [("2025", "2025-01"), ("1899", None), ("2200", None)]:
            fault, = self.get(f"/v1/changes?since={since}").json()["invalid"]
            self.assertEqual(fault["suggestion"], suggestion)

    def test_since_the_day_of_as_of_there_is_nothing(self):
        self.assertEqual(self.ask("?since=2025-12-31&as_of=2025-12")["changes"], [])


class AgainstObservations(ChangesTest):
    """The rows are the differences between what the other resources say on one day and on the next. (Whether
    these answers fit openapi.yaml, others test.)"""

    def rows(self, resource, key, as_of=""):
        path = f"/v1/exports{resource}?series=pk-it{as_of and '&as_of='}{as_of}"
        return exact(self.get(path, check=False).text())[key]

    def known(self, as_of):
        return {row["period"]: row for row in self.rows("", "observations", as_of)}

    def records(self, as_of):
        return {row["period"] for row in self.rows("/records", "ledger", as_of)}

    def expected(self, day, ever):
        was, now = self.known(day_before(day)), self.known(day)
        was_records, records = self.records(day_before(day)), self.records(day)
        ever.update(period for period, row in was.items() if row["value"] is not None)
        for period in sorted(was.keys() | now.keys()):
            nothing = {"value": None, "precision": None, "disputed": False, "status": "missing"}
            a, b = was.get(period, nothing), now.get(period, nothing)
            both = a["value"] is not None and b["value"] is not None
            rounding = both and (2 * abs(a["value"] - b["value"]) <= a["precision"] + b["precision"])
            alike = rounding or (a["value"] is None and b["value"] is None)
            happened = {
                "appeared": period not in ever and b["value"] is not None,
                "revised": period in ever and not alike,
                "disputed": b["disputed"] and not a["disputed"],
                "settled": a["disputed"] and not b["disputed"],
                "record_set": period in records - was_records,
                "record_lost": period in was_records - records,
            }
            for kind in KINDS:
                if happened[kind] and (period in ever or b["value"] is not None):
                    yield (day, period, kind, a["value"], b["value"], b["status"])

    def test_every_day_on_which_anything_was_published(self):
        reports = self.get("/v1/sources?limit=10000").json()["sources"]
        rulings = ["2025-01-31", "2026-01-01"]
        days = {row["published"] for row in reports if len(row["published"]) == 10} | set(rulings)
        body = exact(self.get("/v1/changes?series=pk-it&limit=10000").text())
        days |= {row["date"] for row in body["changes"]}
        ever = set()
        right = [row for day in sorted(days) for row in self.expected(day, ever)]
        found = [tuple(row[name] for name in ["date", "period", "kind", "from", "to", "status"])
                 for row in body["changes"]]
        self.assertEqual(found, right)
        self.assertGreater(len(days), 100)

    def test_revisions_are_those_of_the_history(self):
        for series in ["pk-it", "pk-goods"]:
            answer = self.get(f"/v1/exports/revisions?series={series}&limit=10000", check=False)
            self.assertEqual(
                [(row["date"], row["period"], row["from"], row["to"])
                 for row in self.changes(f"?series={series}&kind=revised")],
                [(row["revised_on"], row["period"], row["from"], row["to"]) for row in answer.json()["revisions"]])

    def test_what_has_appeared_was_first_released_then(self):
        rows = self.rows("", "observations")
        self.assertEqual({row["period"]: row["date"]
                          for row in self.changes("?series=pk-it&kind=appeared")},
                         {row["period"]: row["first_released_on"] for row in rows if row["value"]})


class Pages(ChangesTest):
    def pages(self, path, headers=None):
        while path:
            answer = self.get(path, headers)
            self.assertEqual(answer.status, 200, answer)
            yield answer
            link = answer.headers["Link"]
            path = link and link[1:link.index(">")]

    def test_pages_make_the_whole(self):
        for query in ["?series=pk-it", "?series=pk-it&order=desc", "?kind=record_lost",
                      "?since=1&series=pk-goods", "?since=2024-06&series=pk-it"]:
            with self.subTest(query=query):
                whole = self.changes(query)
                pages = [answer.json() for answer in self.pages(f"/v1/changes{query}&limit=7")]
                self.assertEqual([row for page in pages for row in page["changes"]], whole)
                self.assertEqual({page["total"] for page in pages}, {len(whole)})

    def test_descending_is_the_reverse(self):
        self.assertEqual(self.changes("?order=desc"), self.changes()[::-1])

    def test_pages_stay_in_their_format(self):
        for path, headers, kind in [
                ("/v1/changes.csv?series=pk-it&limit=50", {}, "text/csv"),
                ("/v1/changes?series=pk-it&limit=50", {"Accept": "text/csv"}, "text/csv"),
                ("/v1/changes?series=pk-it&limit=50&format=atom", {}, "application/atom+xml")]:
            with self.subTest(path=path):
                first = next(iter(self.pages(path, headers)))
                link = first.headers["Link"]
                following = self.service.get(link[1:link.index(">")], check=False)
                self.assertEqual((first.media_type(), following.media_type()), (kind, kind))

    def test_a_hundred_by_default(self):
        self.assertEqual(len(self.ask()["changes"]), 100)


def change_of(entry):
    """The id of the change that an entry of a feed tells of."""
    return re.fullmatch(r"tag:.*/changes/(.*)\.[0-9a-f]{16}", entry.id)[1]


class Feed(ChangesTest):
    def feed(self, query=""):
        answer = self.get(f"/v1/changes?format=atom{query}")
        self.assertEqual((answer.status, answer.media_type()), (200, "application/atom+xml"), answer)
        return answer

    def assert_valid(self, answer):
        """By a parser that knows Atom, and by the rules of RFC 4287, section 4."""
        parsed = feedparser.parse(answer.body, response_headers={"content-type": "application/atom+xml"})
        self.assertFalse(parsed.bozo, parsed.get("bozo_exception"))
        self.assertEqual(parsed.version, "atom10")
        root = ElementTree.fromstring(answer.body)
        self.assertEqual(root.tag, ATOM + "feed")
        self.one_each(root, ["id", "title", "updated", "author"])
        self.assertEqual([name.text for name in root.findall(f"{ATOM}author/{ATOM}name")], ["exportstat"])
        links = [link.attrib for link in root.findall(ATOM + "link")]
        self.assertEqual([(link["rel"], link["type"]) for link in links if link["rel"] != "next"],
                         [("self", "application/atom+xml"), *ALTERNATES])
        ids = [root.findtext(ATOM + "id")]
        for entry in root.findall(ATOM + "entry"):
            self.one_each(entry, ["id", "title", "summary", "updated"])
            alternates = [link.attrib for link in entry.findall(ATOM + "link")]
            self.assertEqual([(link["rel"], link["type"]) for link in alternates], ALTERNATES)
            links += alternates
            ids.append(entry.findtext(ATOM + "id"))
            self.assertIn(entry.find(ATOM + "category").attrib["term"], KINDS)
        self.assertEqual(len(ids), len(set(ids)))
        for name in ids:
            self.assertRegex(name, r"^tag:exportstat\.invalid,2026:[0-9a-f]{32}/[!-~]+$")
        for link in links:
            self.assertEqual(set(link), {"rel", "type", "href"})
            self.assertRegex(link["href"], "^/[!-~]*$")
        for when in root.iter(ATOM + "updated"):
            datetime.datetime.strptime(when.text, "%Y-%m-%dT%H:%M:%SZ")
        return parsed, root

    def one_each(self, element, names):
        for name in names:
            self.assertEqual(len(element.findall(ATOM + name)), 1, name)
        for child in element:
            self.assertTrue(child.tag.startswith(ATOM))

    def test_valid(self):
        for query in ["", "&series=pk-it", "&kind=record_set&limit=10000", "&since=1", "&since=2025-12",
                      "&as_of=2001-01-01", "&order=asc&limit=3", "&limit=10000"]:
            with self.subTest(query=query):
                self.assert_valid(self.feed(query))

    def test_the_newest_first_one_entry_a_change(self):
        rows = self.ask("?order=desc")["changes"]
        parsed, _ = self.assert_valid(self.feed())
        self.assertEqual([change_of(entry) for entry in parsed.entries], [row["id"] for row in rows])
        self.assertEqual([entry.updated for entry in parsed.entries],
                         [row["date"] + "T00:00:00Z" for row in rows])
        self.assertEqual(self.feed("&order=desc").body.count(b"<entry>"), 100)
        oldest, _ = self.assert_valid(self.feed("&order=asc&limit=1"))
        self.assertEqual(change_of(oldest.entries[0]), self.ask("?limit=1")["changes"][0]["id"])

    def test_titles(self):
        parsed, _ = self.assert_valid(self.feed("&series=pk-it&since=2025-01-17&as_of=2025-01-31"))
        titles = {change_of(entry): entry.title for entry in parsed.entries}
        self.assertEqual(titles["pk-it.2024-11.revised.2025-01-31"],
                         "IT exports of Pakistan, November 2024: revised from 324 USD million to 310 USD million")
        for kind in KINDS:
            with self.subTest(kind=kind):
                for entry in self.assert_valid(self.feed(f"&kind={kind}"))[0].entries:
                    self.assertRegex(entry.title, r", [A-Z][a-z]+ \d{4}: [a-z ]+:? \S+")

    def test_summaries(self):
        parsed, _ = self.assert_valid(self.feed("&series=pk-it&since=2025-01-17&as_of=2025-01-31"))
        summaries = {change_of(entry): entry.summary for entry in parsed.entries}
        self.assertEqual(summaries["pk-it.2024-11.revised.2025-01-31"],
                         "From 2025-01-31 on: 310 USD million (precision 1, reported). "
                         "Before: 324 USD million (precision 1, reported). Ruling: "
                         "The five-month total was cut from 1530 to 1518 after the first print of 324; "
                         "December growth of 12 percent on 348 gives the same month.")

    def test_its_links_lead_on(self):
        _, root = self.assert_valid(self.feed("&series=pk-it&limit=2"))
        links = {link.attrib["rel"]: link.attrib for link in root.findall(ATOM + "link")}
        self.assertEqual(links["self"]["href"], "/v1/changes?series=pk-it&limit=2&format=atom")
        for link in [*links.values(), *(each.attrib for each in root.iter(ATOM + "link"))]:
            answer = self.service.get(link["href"].partition("#")[0], check=False)
            self.assertEqual((answer.status, answer.media_type()), (200, link["type"]))

    def test_a_feed_and_its_entries_keep_their_ids(self):
        first, _ = self.assert_valid(self.feed("&series=pk-it&limit=2"))
        root = ElementTree.fromstring(self.feed("&series=pk-it&limit=2").body)
        following = next(link.attrib["href"] for link in root.findall(ATOM + "link")
                         if link.attrib["rel"] == "next")
        second, _ = self.assert_valid(self.service.get(following, check=False))
        self.assertEqual(first.feed.id, second.feed.id)
        self.assertNotEqual(first.feed.id, self.assert_valid(self.feed("&series=pk-goods&limit=2"))[0].feed.id)
        everything = {entry.id for entry in self.assert_valid(self.feed("&limit=10000"))[0].entries}
        self.assertLessEqual({entry.id for entry in first.entries + second.entries}, everything)

    def test_how_it_is_asked_for(self):
        atom, rows, table = "application/atom+xml", "application/json", "text/csv"
        for path, accept, expected in [
                ("/v1/changes.atom", None, atom), ("/v1/changes?format=atom", rows, atom),
                ("/v1/changes.atom?format=atom", "image/png", atom), ("/v1/changes", atom, atom),
                ("/v1/changes", "application/atom+xml;q=0.9, text/csv;q=0.8", atom),
                ("/v1/changes", "application/*", rows), ("/v1/changes", None, rows),
                ("/v1/changes.csv", atom, table), ("/v1/changes?format=json", atom, rows)]:
            with self.subTest(path=path, accept=accept):
                answer = self.service.get(path, {"Accept": accept} if accept else {}, check=False)
                self.assertEqual((answer.status, answer.media_type()), (200, expected))

    def test_what_is_no_feed(self):
        for path, status in [("/v1/exports.atom", 404), ("/v1/exports/2025-12.atom", 404),
                             ("/v1/exports?format=atom", 400), ("/v1/changes.atom?format=json", 400),
                             ("/v1/changes.csv?format=atom", 400), ("/v1/changes.rss", 404),
                             ("/.atom", 404), ("/livez.atom", 404)]:
            with self.subTest(path=path):
                self.assertEqual(self.service.get(path, check=False).status, status)
        answer = self.get("/v1/changes", {"Accept": "image/png"})
        self.assertEqual(answer.status, 406)
        self.assertIn("application/atom+xml", answer.json()["detail"])
        self.assertEqual(self.get("/v1/exports", {"Accept": "application/atom+xml"}).status, 406)

    def test_conditional(self):
        tags = {self.service.get(path, check=False).headers["ETag"]
                for path in ["/v1/changes", "/v1/changes.csv", "/v1/changes.atom"]}
        self.assertEqual(len(tags), 3)
        tag = self.feed().headers["ETag"]
        answer = self.service.get("/v1/changes.atom", {"If-None-Match": tag}, check=False)
        self.assertEqual((answer.status, answer.body), (304, b""))


class Generations(unittest.TestCase):
    """A store that grows while it serves."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service("--empty")
        cls.addClassCleanup(cls.service.stop)
        cls.feeds = {}
        cls.grow(2, SERIES, SOURCES.format(1, "2025-03-10"), REPORTS + "one,2025-01,100,1,office-1,\n")
        cls.grow(3, SOURCES.format(2, "2025-04-10"),
                 REPORTS + "one,2025-02,120,1,office-2,\none,2025-01,110,1,office-2,\n")
        cls.grow(4, SOURCES.format(3, "2025-02-20"), REPORTS + "one,2024-12,130,1,office-3,\n")
        # About what is known already: nothing changes.
        cls.grow(5, SOURCES.format(4, "2025-05-10"), REPORTS + "one,2025-02,120,1,office-4,\n")
        # A lower authority contradicts it, long after its release.
        cls.grow(6, SOURCES.format(5, "2025-06-10").replace("official,3", "news,2"),
                 REPORTS + "one,2025-02,150,1,office-5,\n")

    @classmethod
    def grow(cls, generation, *texts):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for number, text in enumerate(texts):
                files.append(pathlib.Path(folder, f"{number}.csv"))
                files[-1].write_text(text, encoding="utf-8")
            done = subprocess.run([PROGRAM, "import", "--empty", "--database", str(cls.service.database),
                                   *map(str, files)], capture_output=True, timeout=120, check=False)
            if done.returncode != 0:
                raise AssertionError(done.stderr)
        end = time.monotonic() + MOVE_SECONDS
        while True:
            feed = cls.service.get("/v1/changes.atom?order=asc")
            if int(feed.headers["Exportstat-Generation"]) >= generation:
                break
            if time.monotonic() > end:
                raise AssertionError(f"generation {generation} has not shown")
            time.sleep(0.02)
        cls.feeds[generation] = feedparser.parse(feed.body).entries

    def test_an_identifier_never_says_two_things(self):
        said = {}
        for generation, entries in self.feeds.items():
            for entry in entries:
                content = (entry.title, entry.summary, entry.updated, entry.tags[0].term)
                self.assertEqual(said.setdefault(entry.id, content), content, generation)
        # 2025-01 was a record; since an older month is known to have been higher by then, it never was one.
        ids = {generation: {entry.id for entry in entries} for generation, entries in self.feeds.items()}
        self.assertLess(ids[2], ids[3])
        self.assertTrue(ids[3] - ids[4])
        self.assertEqual(ids[4], ids[5])
        self.assertEqual(len(ids[6] - ids[5]), 1)

    def told(self, query):
        body = self.service.get("/v1/changes" + query).json()
        return [f"{row['date']} {row['period']} {row['kind']} {row['from']} {row['to']}"
                for row in body["changes"]]

    def test_since_a_generation(self):
        one = ["2025-02-20 2024-12 appeared None 130", "2025-02-20 2024-12 record_set None 130"]
        two = ["2025-04-10 2025-01 revised 100 110", "2025-04-10 2025-02 appeared None 120"]
        disputed = "2025-06-10 2025-02 disputed 120 120"
        new = disputed.replace("120 120", "None 120")
        self.assertEqual(self.told("?since=6"), [])
        self.assertEqual(self.told("?since=5"), [disputed])
        self.assertEqual(self.told("?since=2025-05-10"), [disputed])
        self.assertEqual(self.told("?since=4"), [disputed])
        self.assertEqual(self.told("?since=3"),
                         [*one, "2025-04-10 2025-01 record_lost 110 110",
                          "2025-04-10 2025-02 record_lost 120 120", disputed])
        self.assertEqual(self.told("?since=2"),
                         [*one, two[0], "2025-04-10 2025-01 record_lost 100 110", two[1], new])
        self.assertEqual(self.told("?since=1"),
                         [*one, "2025-04-10 2025-01 appeared None 110", two[1], new])

    def test_as_of_holds_for_both_sides(self):
        self.assertEqual(self.told("?since=2&as_of=2025-03-31"),
                         ["2025-02-20 2024-12 appeared None 130",
                          "2025-02-20 2024-12 record_set None 130",
                          "2025-03-10 2025-01 record_lost 100 100"])
        self.assertEqual(self.told("?since=2&as_of=2025-02-19"), [])

    def test_what_is_said_of_the_request(self):
        body = self.service.get("/v1/changes?since=3").json()
        self.assertEqual([body["since"], body["generation"], body["as_of"], body["series"]],
                         [3, 6, None, ["one"]])

    def test_a_generation_to_come(self):
        answer = self.service.get("/v1/changes?since=7")
        self.assertEqual(answer.status, 400)
        self.assertIn("the store is at 6", answer.json()["invalid"][0]["reason"])

    def test_titles_are_escaped(self):
        answer = self.service.get("/v1/changes?format=atom&since=3&kind=appeared")
        root = ElementTree.fromstring(answer.body)
        title = root.findtext(f"{ATOM}entry/{ATOM}title")
        self.assertEqual(title, 'One <&> "two" ]]> \ufffd, December 2024: known now: 130 USD million')

    def test_an_address_is_escaped(self):
        query = urllib.parse.quote("one.2024-12.appeared.2025-02-20")
        answer = self.service.get(f"/v1/changes?format=atom&order=asc&after={query}")
        link = ElementTree.fromstring(answer.body).find(ATOM + "link")
        self.assertEqual(link.attrib["href"],
                         "/v1/changes?order=asc&after=one.2024-12.appeared.2025-02-20&format=atom")


if __name__ == "__main__":
    unittest.main()
