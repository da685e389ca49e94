"""What answers say about how long they stay true: ETag and If-None-Match, gzip, and the generation
that moves with every change of the store."""

import datetime
import email.utils
import gzip
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from service import PROGRAM, Service, ServiceTest

MOVE_SECONDS = 20  # until a change has shown, on the slowest machine

# Every kind of answer that may be kept.
PATHS = [
    "/v1/exports", "/v1/exports.csv", "/v1/exports?last=1", "/v1/exports?as_of=2025-08-31",
    "/v1/exports?series=pk-it,pk-goods", "/v1/exports?frequency=quarter&transform=pc1",
    "/v1/exports/latest", "/v1/exports/2025-12", "/v1/exports/FY2026-H1", "/v1/exports/growth",
    "/v1/exports/records", "/v1/exports/projections", "/v1/exports/share", "/v1/exports/revisions",
    "/v1/series", "/v1/series/pk-it", "/v1/sources", "/v1/sources/ppi-2026-02-18", "/v1/reports",
    "/v1/reports.csv", "/openapi.yaml", "/openapi.json",
]

SOURCE = """source_id,publisher,title,url,published,date_basis,kind,authority
caching-2026-04,The Cache,April,https://example.org/april,2026-04-20,page,press,2
"""
REPORT = """series_id,period,value,precision,source_id,note
pk-it,2026-03,{},1,caching-2026-04,
"""


def import_text(database, *texts):
    """Runs `exportstat import` with files of these contents; returns what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, text in enumerate(texts):
            files.append(pathlib.Path(folder, f"{number}.csv"))
            files[-1].write_text(text, encoding="utf-8")
        done = subprocess.run([PROGRAM, "import", "--database", str(database), *map(str, files)],
                              capture_output=True, text=True, timeout=120, check=True)
        return done.stdout


class CachingTest(ServiceTest):
    def tag(self, path, **headers):
        answer = self.get(path, {name.replace("_", "-"): value for name, value in headers.items()})
        self.assertEqual(answer.status, 200, answer)
        return answer.headers["ETag"]


class WithoutCache(unittest.TestCase):
    def test_answers_and_tags_are_the_same(self):
        with Service() as service, Service("--cache-size", "0", database=service.database) as without:
            for path in PATHS:
                for encoding in ("identity", "gzip"):
                    with self.subTest(path=path, encoding=encoding):
                        headers = {"Accept-Encoding": encoding}
                        kept = service.get(path, headers)
                        for _ in range(2):
                            made = without.get(path, headers)
                            self.assertEqual((made.body, made.headers["ETag"]), (kept.body, kept.headers["ETag"]))
                        again = without.get(path, {**headers, "If-None-Match": kept.headers["ETag"]})
                        self.assertEqual(again.status, 304)


class Tags(CachingTest):
    def test_strong_and_the_same_twice(self):
        for path in PATHS:
            with self.subTest(path=path):
                tag = self.tag(path)
                self.assertRegex(tag, r'^"[^"\s]+"$')
                self.assertEqual(self.tag(path), tag)

    def test_all_differ(self):
        tags = [self.tag(path) for path in PATHS]
        self.assertEqual(len(set(tags)), len(PATHS))

    def test_differ_by_what_is_asked_for(self):
        different = ["", "?last=2", "?last=3", "?from=2025-07", "?to=2025-07",
                     "?decimals=2&transform=pc1",
                     "?transform=pc1", "?transform=pch", "?order=desc", "?limit=2",
                     "?as_of=2025-08-31",
                     "?as_of=2025-09-30", "?release=first", "?series=pk-goods", "?format=csv",
                     "?series=pk-goods,pk-it", "?series=pk-it,pk-goods"]
        tags = [self.tag("/v1/exports" + query) for query in different]
        self.assertEqual(len(set(tags)), len(different))

    def test_differ_by_encoding(self):
        self.assertNotEqual(self.tag("/v1/exports", Accept_Encoding="gzip"),
                            self.tag("/v1/exports"))

    def test_the_same_however_it_is_spelled(self):
        groups = [
            ["/v1/exports", "/v1/exports?order=asc&decimals=4", "/v1/exports?transform=lin",
             "/v1/exports?release=latest&frequency=month&transform=level",
             "/v1/exports?format=json"],
            ["/v1/exports?from=2025&to=2026", "/v1/exports?to=2026&from=2025",
             "/v1/exports?%66rom=2025&to=%32026"],
            ["/v1/exports.csv", "/v1/exports?format=csv", "/v1/exports.csv?format=csv"],
            ["/v1/exports?as_of=2025-01", "/v1/exports?as_of=2025-01-31"],
            ["/v1/exports?transform=pc1", "/v1/exports?transform=yoy_percent"],
            ["/v1/exports/2025-07--2025-12", "/v1/exports/2025-07%2F2025-12"],
            ["/v1/sources", "/v1/sources?limit=100"],
            ["/v1/exports/growth", "/v1/exports/growth?basis=yoy&explain=false"],
            ["/v1/exports/records?threshold=400", "/v1/exports/records?threshold=400.0"],
        ]
        for paths in groups:
            with self.subTest(path=paths[0]):
                self.assertEqual({self.tag(path) for path in paths}, {self.tag(paths[0])})
                self.assertEqual({self.get(path).body for path in paths}, {self.get(paths[0]).body})
        self.assertEqual(self.tag("/v1/exports", Accept="text/csv"), self.tag("/v1/exports.csv"))

    def test_another_store_has_others(self):
        with Service() as other:
            self.assertEqual(other.get("/v1/exports").body, self.get("/v1/exports").body)
            self.assertNotEqual(other.get("/v1/exports").headers["ETag"], self.tag("/v1/exports"))


class NotModified(CachingTest):
    def test_the_answer_is_known(self):
        for path in PATHS:
            for encoding in ["identity", "gzip"]:
                with self.subTest(path=path, encoding=encoding):
                    full = self.get(path, {"Accept-Encoding": encoding})
                    answer = self.get(path, {"Accept-Encoding": encoding,
                                             "If-None-Match": full.headers["ETag"]})
                    self.assertEqual((answer.status, answer.body), (304, b""))
                    for name in ["ETag", "Cache-Control", "Vary"]:
                        self.assertEqual(answer.headers[name], full.headers[name])

    def test_forms_that_match(self):
        tag = self.tag("/v1/exports")
        for form in [tag, f"W/{tag}", f'"other", {tag}', f'"other",{tag},"more"',
                     f'W/"other" , W/{tag}',
                     "*"]:
            with self.subTest(form=form):
                self.assertEqual(self.get("/v1/exports", {"If-None-Match": form}).status, 304)

    def test_forms_that_do_not_match(self):
        tag = self.tag("/v1/exports")
        for form in ['"other"', tag.strip('"'), tag[:-1], f'"{tag}"', '"*"', "",
                     self.tag("/v1/exports.csv"), self.tag("/v1/exports", Accept_Encoding="gzip")]:
            with self.subTest(form=form):
                answer = self.get("/v1/exports", {"If-None-Match": form})
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.headers["ETag"], tag)

    def test_problems_are_never_not_modified(self):
        for path, status in [("/v1/exports?last=0", 400), ("/v1/exports/2031-01", 404),
                             ("/nope", 404)]:
            with self.subTest(path=path):
                self.assertEqual(self.get(path, {"If-None-Match": "*"}).status, status)

    def test_health_is_never_kept(self):
        for path in ["/livez", "/readyz"]:
            with self.subTest(path=path):
                answer = self.get(path, {"If-None-Match": "*"})
                self.assertEqual((answer.status, answer.headers["Cache-Control"]),
                                 (200, "no-store"))
                self.assertIsNone(answer.headers["ETag"])

    def test_what_may_be_kept_says_so(self):
        for path in PATHS:
            with self.subTest(path=path):
                headers = self.get(path).headers
                self.assertEqual(headers["Cache-Control"],
                                 "no-cache" if path.startswith("/openapi") else "public, max-age=60")
                self.assertEqual(sorted(re.split(", *", headers["Vary"])),
                                 ["Accept", "Accept-Encoding"])

    def test_last_modified_is_when_the_store_changed(self):
        answer = self.get("/v1/exports")
        changed = email.utils.parsedate_to_datetime(answer.headers["Last-Modified"])
        self.assertLessEqual(changed, email.utils.parsedate_to_datetime(answer.headers["Date"]))
        self.assertEqual({self.get(path).headers["Last-Modified"] for path in PATHS
                          if not path.startswith("/openapi")}, {answer.headers["Last-Modified"]})


class Gzip(CachingTest):
    def test_decodes_to_the_plain_answer(self):
        for path in PATHS:
            with self.subTest(path=path):
                plain = self.get(path)
                packed = self.get(path, {"Accept-Encoding": "gzip"})
                self.assertIsNone(plain.headers["Content-Encoding"])
                self.assertEqual(packed.headers["Content-Encoding"], "gzip")
                self.assertEqual(gzip.decompress(packed.body), plain.body)
                self.assertEqual(int(packed.headers["Content-Length"]), len(packed.body))
                # Again, now from memory.
                self.assertEqual(self.get(path, {"Accept-Encoding": "gzip"}).body, packed.body)

    def test_only_where_it_is_acceptable(self):
        cases = [("gzip", True), ("GZIP", True), ("gzip;q=1.0", True), ("gzip;q=0.001", True),
                 ("*", True),
                 ("br, gzip", True), ("deflate, gzip;q=0.5, br", True),
                 ("gzip;q=0, identity", False),
                 ("gzip;q=0", False), ("gzip;q=0.0", False), ("gzip; q=0.000", False),
                 ("*;q=0", False),
                 ("gzip;q=0, *", False), ("identity", False), ("br", False), ("", False)]
        for accepted, packed in cases:
            with self.subTest(accepted=accepted):
                answer = self.get("/v1/exports", {"Accept-Encoding": accepted})
                self.assertEqual(answer.headers["Content-Encoding"], "gzip" if packed else None)

    def test_problems_stay_plain(self):
        answer = self.get("/v1/exports?last=0", {"Accept-Encoding": "gzip"})
        self.assertEqual(answer.headers["Content-Encoding"], None)
        self.assertEqual(answer.json()["status"], 400)


class Generations(unittest.TestCase):
    def wait_for(self, service, generation):
        end = time.monotonic() + MOVE_SECONDS
        while time.monotonic() < end:
            if service.get("/v1/exports?last=1").json()["generation"] >= generation:
                return
            time.sleep(0.02)
        self.fail(f"generation {generation} did not show within {MOVE_SECONDS} s")

    def test_an_import_moves_everything(self):
        with Service() as service:
            before = {path: service.get(path) for path in PATHS}
            generation = before["/v1/exports"].json()["generation"]
            printed = import_text(service.database, SOURCE, REPORT.format(401))
            self.assertIn(f"generation {generation + 1}", printed)
            self.wait_for(service, generation + 1)
            for path, old in before.items():
                if path.startswith("/openapi"):
                    continue
                with self.subTest(path=path):
                    new = service.get(path, {"If-None-Match": old.headers["ETag"]})
                    self.assertEqual(new.status, 200)
                    self.assertNotEqual(new.headers["ETag"], old.headers["ETag"])
                    self.assertEqual(new.headers["Exportstat-Generation"], str(generation + 1))
            newest = service.get("/v1/exports?last=1").json()
            self.assertEqual(newest["generation"], generation + 1)
            self.assertEqual([(row["period"], row["value"]) for row in newest["observations"]],
                             [("2026-03", 401)])
            self.assertEqual(service.get("/v1/exports/latest").json()["value"], 401)
            # The documents have nothing to do with the data.
            tag = before["/openapi.yaml"].headers["ETag"]
            self.assertEqual(service.get("/openapi.yaml", {"If-None-Match": tag}).status, 304)

    def test_an_answer_as_of_an_earlier_date_stays_what_it_was(self):
        path = "/v1/exports?as_of=2025-08-31"
        with Service() as service:
            before = service.get(path).json()
            import_text(service.database, SOURCE, REPORT.format(401))
            self.wait_for(service, before["generation"] + 1)
            self.assertEqual(service.get(path).json()["observations"], before["observations"])

    def test_nothing_new_moves_nothing(self):
        with Service() as service:
            before = {path: service.get(path).headers["ETag"] for path in PATHS}
            sources = service.get("/v1/sources?limit=1").json()["sources"][0]
            self.assertIn("nothing new", import_text(
                service.database, SOURCE.split("\n", 1)[0] + "\n" + ",".join(
                    str(sources[name]) for name in ["id", "publisher", "title", "url", "published",
                                                    "date_basis", "kind", "authority"]) + "\n"))
            time.sleep(0.5)  # longer than the service looks away
            for path, tag in before.items():
                with self.subTest(path=path):
                    self.assertEqual(service.get(path, {"If-None-Match": tag}).status, 304)

    def test_a_restart_keeps_the_tags(self):
        with tempfile.TemporaryDirectory() as folder:
            database = pathlib.Path(folder, "kept.db")
            with Service(database=database) as first:
                before = {path: first.get(path).headers["ETag"] for path in PATHS}
            with Service(database=database) as second:
                after = {path: second.get(path).headers["ETag"] for path in PATHS}
        self.assertEqual(after, before)


class Freshness(CachingTest):
    def test_is_judged_at_the_date_asked_for(self):
        # In the middle, the twelve newest months came 20 days after their end, and all within 60.
        cases = [("2026-03-31", "on_time"), ("2026-04-20", "on_time"), ("2026-04-21", "due"),
                 ("2026-06-01", "late"), ("2030-01-01", "late")]
        for as_of, status in cases:
            with self.subTest(as_of=as_of):
                freshness = self.get(f"/v1/series/pk-it?as_of={as_of}").json()["freshness"]
                self.assertEqual(freshness["status"], status)
                self.assertEqual((freshness["last_period"], freshness["last_released_on"]),
                                 ("2026-02", "2026-03-31"))
                self.assertEqual((freshness["usual_days_after_period"],
                                  freshness["next_expected_on"]),
                                 (20, "2026-04-20"))
                latest = self.get(f"/v1/exports/latest?as_of={as_of}").json()["freshness"]
                self.assertEqual(latest, freshness)

    def test_is_unknown_where_all_was_reported_late(self):
        freshness = self.get("/v1/series/pk-it-ites").json()["freshness"]
        self.assertEqual((freshness["status"], freshness["missing_reason"]),
                         ("unknown", "insufficient_history"))

    def test_without_a_date_today_counts(self):
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        dated = self.get(f"/v1/series/pk-it?as_of={max(today, '2026-03-31')}").json()["freshness"]
        self.assertEqual(self.get("/v1/series/pk-it").json()["freshness"], dated)

    def test_answers_with_it_may_be_kept_as_well(self):
        for path in ["/v1/exports/latest", "/v1/series", "/v1/series/pk-it"]:
            with self.subTest(path=path):
                self.assertEqual(self.get(path, {"If-None-Match": self.tag(path)}).status, 304)


if __name__ == "__main__":
    unittest.main()
