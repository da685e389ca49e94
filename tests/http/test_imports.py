"""Writing over HTTP: /v1/imports, its tokens, and what holds when the program is killed."""

import contextlib
import http.client
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

from service import PROGRAM, Service

KILLS = int(os.environ.get("EXPORTSTAT_KILLS", "20"))
SOURCES = "source_id,publisher,title,url,published,date_basis,kind,authority\n"
REPORTS = "series_id,period,value,precision,source_id,note\n"
CSV = {"Content-Type": "text/csv"}
JSON = {"Content-Type": "application/json"}


def source(name, day="2026-05-02"):
    return {"source_id": name, "publisher": "Bank", "title": "Exports", "url": "https://bank.example/",
            "published": day, "date_basis": "page", "kind": "press", "authority": 3}


def report(name, period="2026-04", value=401, series="pk-it"):
    return {"series_id": series, "period": period, "value": value, "precision": 1, "source_id": name}


def run_token(database, *arguments):
    done = subprocess.run([PROGRAM, "token", "--database", str(database), *arguments], capture_output=True, text=True,
                          check=True, timeout=60)
    return next((line for line in done.stdout.split() if line.startswith("exps_")), None)


class WritingTest(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.service = Service(*self.arguments)
        self.addCleanup(self.service.stop)
        self.token = self.make_token("desk", "--scope", "import,revert")

    def make_token(self, name, *options, expires="2190-01"):
        return run_token(self.service.database, *options, "--expires", expires, "create", name)

    def ask(self, method, path, body=None, headers=None, token=None):
        token = self.token if token is None else token
        auth = {"Authorization": f"Bearer {token}"} if token else {}
        if isinstance(body, dict):
            body, headers = json.dumps(body), {**JSON, **(headers or {})}
        return self.service.request(method, path, {**auth, **(headers or {})}, body)

    def add(self, body, headers=None, query="", status=201):
        answer = self.ask("POST", "/v1/imports" + query, body, headers)
        self.assertEqual(answer.status, status, answer)
        return answer

    def generation(self):
        return self.service.get("/readyz").json()["generation"]

    def value(self, period="2026-04"):
        answer = self.service.get(f"/v1/exports/{period}")
        return answer.json()["value"] if answer.status == 200 else None


class ImportsTest(WritingTest):
    BATCH = {"sources": [source("bank-1")], "reports": [report("bank-1")]}

    def test_a_batch_is_there_at_once(self):
        added = self.add(self.BATCH)
        content = added.json()
        self.assertEqual(added.headers["Location"], "/v1/imports/2")
        self.assertEqual(added.headers["Cache-Control"], "no-store")
        self.assertEqual([content["id"], content["origin"], content["token"], content["generation"]],
                         [2, "http", "desk", 3])
        self.assertEqual(content["added"], {"series": 0, "sources": 1, "reports": 1, "claims": 0, "rulings": 0})
        self.assertEqual([self.value(), self.generation()], [401, 3])
        self.assertEqual(self.ask("GET", "/v1/imports/2").json(), content)

    def test_the_log_says_who_wrote_what(self):
        self.add(self.BATCH)
        self.ask("DELETE", "/v1/imports/2")
        end = time.monotonic() + 10
        while "method=DELETE" not in self.service.log() and time.monotonic() < end:
            time.sleep(0.05)
        lines = [line for line in self.service.log().splitlines() if "path=/v1/imports" in line]
        self.assertRegex(lines[0], "method=POST .* status=201 .* token=desk generation=3$")
        self.assertRegex(lines[1], "method=DELETE .* status=200 .* token=desk generation=4$")
        self.assertNotIn("exps_", self.service.log())

    def test_csv_is_as_good(self):
        self.add(SOURCES + "bank-1,Bank,Exports,https://bank.example/,2026-05-02,page,press,3\n", CSV)
        self.add("\ufeff".encode() + (REPORTS + "pk-it,2026-04,401.50,0.5,bank-1,\r\n").encode(), CSV)
        self.assertEqual(self.value(), 401.5)

    def test_numbers_stay_as_they_are_written(self):
        body = ('{"sources":[%s],"reports":[{"series_id":"pk-it","period":"2026-04","note":null,'
                '"value":999999999.123456,"precision":"0.000001","source_id":"bank-1"}]}')
        self.add(body % json.dumps(source("bank-1")), JSON)
        self.assertIn(b'"value":999999999.123456', self.service.get("/v1/exports/2026-04").body)

    def test_a_dry_run_stores_nothing(self):
        answer = self.add(self.BATCH, query="?dry_run=true", status=200).json()
        self.assertEqual([answer["id"], answer["dry_run"], answer["added"]["reports"]], [None, True, 1])
        self.assertEqual([self.value(), self.generation()], [None, 2])
        faulty = {"reports": [report("none")]}
        self.add(faulty, query="?dry_run=true", status=422)

    def test_the_same_bytes_are_the_same_import(self):
        first = self.add(self.BATCH).json()
        self.assertEqual(self.add(self.BATCH, status=200).json(), first)
        other = {"reports": [report("bank-1", value="401.0")]}
        answer = self.add(other, status=200).json()
        self.assertEqual([answer["id"], answer["dry_run"], answer["skipped"]], [None, False, 1])
        self.assertEqual(self.generation(), 3)

    def test_a_key_is_for_one_batch(self):
        key = {"Idempotency-Key": "april"}
        first = self.add(self.BATCH, key).json()
        self.assertEqual(first["idempotency_key"], "april")
        self.assertEqual(self.add(self.BATCH, key, status=200).json(), first)
        more = {"reports": [report("bank-1", "2026-05")]}
        answer = self.add(more, key, status=422).json()
        self.assertEqual(answer["type"], "/problems/key-taken")
        # The key is the token's own.
        other = self.make_token("other")
        self.assertEqual(self.ask("POST", "/v1/imports", more, key, other).status, 201)
        for wrong in ["", "x" * 256, "caf\u00e9"]:
            with self.subTest(wrong):
                answer = self.ask("POST", "/v1/imports", json.dumps(more),
                                  {**JSON, "Idempotency-Key": wrong.encode("utf-8")})
                self.assertEqual(answer.json()["invalid"][0]["name"], "Idempotency-Key")

    def test_a_key_holds_where_nothing_was_new(self):
        first = self.add(self.BATCH).json()["id"]
        repeated, known = {"Idempotency-Key": "repeated"}, {"Idempotency-Key": "known"}
        self.assertEqual(self.add(self.BATCH, repeated, status=200).json()["id"], first)
        other = {"reports": [report("bank-1", value="401.0")]}
        self.assertEqual(self.add(other, known, status=200).json()["id"], None)
        self.assertEqual(self.generation(), 3)
        more = {"reports": [report("bank-1", "2026-05")]}
        for key, words in [(repeated, f"import {first}"), (known, "nothing new")]:
            answer = self.add(more, key, status=422).json()
            self.assertEqual(answer["type"], "/problems/key-taken")
            self.assertIn(words, answer["detail"])
        # A retry does not bring back what was taken out since.
        self.ask("DELETE", f"/v1/imports/{first}")
        self.assertIsNotNone(self.add(self.BATCH, repeated, status=200).json()["reverted"])
        self.assertEqual(self.add(other, known, status=200).json()["id"], None)
        self.assertEqual(self.value(), None)
        self.assertEqual(self.add(self.BATCH).json()["reverted"], None)

    def test_a_reversal(self):
        before = self.service.get("/v1/exports").json()["observations"]
        self.add(self.BATCH)
        self.assertEqual(self.value(), 401)
        reverted = self.ask("DELETE", "/v1/imports/2")
        self.assertEqual(reverted.status, 200)
        self.assertEqual([reverted.json()["reverted"]["token"], reverted.json()["reverted"]["generation"]], ["desk", 4])
        self.assertEqual(self.value(), None)
        self.assertEqual(self.service.get("/v1/exports").json()["observations"], before)
        self.assertEqual(self.ask("DELETE", "/v1/imports/2").json(), reverted.json())
        self.assertEqual(self.generation(), 4)
        # The same batch again makes a new import; the record keeps both.
        self.assertEqual(self.add(self.BATCH).json()["id"], 3)
        record = self.ask("GET", "/v1/imports?order=desc&limit=2").json()
        self.assertEqual([[i["id"], i["reverted"] is None] for i in record["imports"]], [[3, True], [2, False]])
        self.assertEqual(record["total"], 3)
        rest = self.ask("GET", record["next"]).json()
        self.assertEqual([i["origin"] for i in rest["imports"]], ["bundle"])

    def test_what_can_not_be_reverted(self):
        self.add(self.BATCH)
        self.add({"reports": [report("bank-1", "2026-05")]})
        cases = {"1": (409, "bundled"), "2": (409, "Import 3 has reports of a source"), "9": (404, "no import 9")}
        for number, (status, words) in cases.items():
            with self.subTest(number):
                answer = self.ask("DELETE", f"/v1/imports/{number}")
                self.assertEqual(answer.status, status)
                self.assertIn(words, answer.json()["detail"])
        self.assertEqual(self.ask("GET", "/v1/imports/9").status, 404)
        self.assertEqual(self.ask("GET", "/v1/imports/x").status, 400)
        self.assertEqual(self.ask("GET", "/v1/imports?after=x").status, 400)

    def test_every_fault_has_its_place(self):
        batch = {"reports": [report("dunya-2025-12-18", "2026-13", "x"), report("dunya-2025-12-18"),
                             report("none", series="pk-its")]}
        answer = self.add(batch, status=422).json()
        self.assertEqual(answer["type"], "/problems/faulty-batch")
        self.assertEqual([entry["name"] for entry in answer["invalid"]],
                         ["reports[0].period", "reports[0].value", "reports[2].series_id", "reports[2].source_id"])
        text = REPORTS + "pk-it,2026-04,1,1,dunya-2025-12-18,\npk-it,2025-11,1,0,dunya-2025-12-18,\n"
        answer = self.add(text, CSV, status=422).json()
        self.assertEqual([entry["name"] for entry in answer["invalid"]], ["line 3, precision"])
        answer = self.add(REPORTS + "pk-it,2025-11,1,1,dunya-2025-12-18,\n", CSV, status=422).json()
        self.assertIn("the value 356 and precision 1 already", answer["invalid"][0]["reason"])
        self.assertEqual(self.add("a,b\n1,2\n", CSV, status=422).json()["detail"][:20], "body:1: the header i")
        # Also of rows that are none, and those after them.
        answer = self.add(REPORTS + "pk-it\npk-it,2025-13,1,1,dunya-2025-12-18,\n", CSV, status=422).json()
        self.assertEqual([(entry["name"], entry["reason"][:10]) for entry in answer["invalid"]],
                         [("line 2", "1 fields w"), ("line 3, period", "'2025-13':")])
        many = {"reports": [report("none") for _ in range(200)]}
        answer = self.add(many, status=422).json()
        self.assertEqual([answer["detail"][:24], len(answer["invalid"])], ["50 or more faulty rows: ", 50])
        self.assertEqual(self.generation(), 2)

    def test_what_is_no_batch(self):
        bodies = {"": "body", "[]": "body", "{": "body", '{"report":[]}': "report", '{"reports":{}}': "reports",
                  '{"reports":[1]}': "reports[0]", '{"reports":[{"colour":1}]}': "reports[0].colour",
                  '{"reports":[{"value":[1]}]}': "reports[0].value", '{"reports":[{"value":true}]}': "reports[0].value",
                  '{"reports":[],"reports":[]}': "body", '{"reports":[{"note":"\\u0000"}]}': "reports[0]",
                  "[" * 5000: "body"}
        for body, name in bodies.items():
            with self.subTest(body[:40]):
                answer = self.add(body, JSON, status=400)
                self.assertEqual([entry["name"] for entry in answer.json()["invalid"]], [name])
        self.add("{}", {"Content-Type": "application/xml"}, status=415)
        self.add("{}", {**JSON, "Content-Encoding": "gzip"}, status=415)
        self.add('{"reports":[{"note":"a\\nb"}]}', JSON, status=422)


class TokenTest(WritingTest):
    BODY = REPORTS + "pk-it,2026-04,401,1,dunya-2025-12-18,\n"

    def refused(self, status, words, method="POST", path="/v1/imports", headers=None, token=""):
        body = self.BODY if method == "POST" else None
        answer = self.ask(method, path, body, {**(CSV if body else {}), **(headers or {})}, token)
        self.assertEqual(answer.status, status, answer)
        self.assertIn(words, answer.json()["detail"])
        self.assertEqual("WWW-Authenticate" in answer.headers, status == 401)

    def test_who_may(self):
        reader = self.make_token("reader", "--scope", "revert")
        adder = self.make_token("adder", "--scope", "import")
        old = self.make_token("old")
        with contextlib.closing(sqlite3.connect(self.service.database)) as opened, opened:
            opened.execute("UPDATE token SET expires_day = 18292 WHERE name = 'old'")  # 2020-01-31
        gone = self.make_token("gone")
        run_token(self.service.database, "revoke", "gone")
        for method, path in [("POST", "/v1/imports"), ("GET", "/v1/imports"), ("GET", "/v1/imports/1"),
                             ("DELETE", "/v1/imports/1")]:
            with self.subTest(method + path):
                self.refused(401, "Send a token", method, path)
                self.refused(401, "no such token", method, path, token="exps_" + "0" * 64)
                self.refused(401, "until 2020-01-31", method, path, token=old)
                self.refused(401, "revoked", method, path, token=gone)
                self.refused(401, "Send a token", method, path, {"Authorization": "Basic " + self.token})
        self.refused(403, "may not import", token=reader)
        self.refused(403, "may not revert", "DELETE", "/v1/imports/1", token=adder)
        self.assertEqual(self.ask("GET", "/v1/imports", token=reader).status, 200)
        self.assertEqual(self.generation(), 2)
        self.assertEqual(self.ask("POST", "/v1/imports", self.BODY, CSV, adder).status, 201)
        self.assertEqual(self.service.request("OPTIONS", "/v1/imports").headers["Allow"], "GET, HEAD, POST, OPTIONS")
        self.assertNotIn(self.token, self.service.log())

    def test_a_strangers_body_is_not_read(self):
        head = (f"POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: {20 << 20}\r\n"
                "Authorization: Bearer exps_1\r\n\r\n")
        self.assertTrue(self.service.raw(head.encode()).startswith(b"HTTP/1.1 401 "))

    def test_too_large(self):
        head = (f"POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: {(32 << 20) + 1}\r\n"
                f"Authorization: Bearer {self.token}\r\n\r\n")
        self.assertTrue(self.service.raw(head.encode()).startswith(b"HTTP/1.1 413 "))


class SizeTest(WritingTest):
    arguments = ("--import-size", "1", "--connection-memory", "16")

    def test_the_sizes_are_the_operators(self):
        for more, status in ((0, b"HTTP/1.1 422 "), (1, b"HTTP/1.1 413 ")):
            # A header of its own size, which would not fit into the usual memory.
            head = (f"POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nX-Long: {'x' * 10000}\r\n"
                    f"Connection: close\r\nContent-Length: {(1 << 20) + more}\r\nAuthorization: Bearer {self.token}\r\n\r\n")
            # Too large a one is refused by its header: whoever still sends finds the connection closed.
            body = b"" if more else b"x" * (1 << 20)
            self.assertTrue(self.service.raw(head.encode() + body).startswith(status), more)
        self.assertEqual(self.service.get("/v1/exports").status, 200)


class ReadOnlyTest(WritingTest):
    arguments = ("--read-only",)

    def test_nothing_is_written(self):
        batch = {"sources": [source("bank-1")]}
        self.assertIn("read-only", self.add(batch, status=403).json()["detail"])
        self.assertEqual(self.ask("DELETE", "/v1/imports/1").status, 403)
        self.assertEqual(self.ask("GET", "/v1/imports").status, 200)
        self.assertEqual(self.generation(), 2)


class TogetherTest(WritingTest):
    """Readers and writers at the same time."""

    def test_no_reader_sees_half_an_import(self):
        self.add({"sources": [source("bank-1")]})
        wrong = []
        ending = threading.Event()

        def read():
            while not ending.is_set():
                rows = self.service.get("/v1/reports?source=bank-1&limit=1000", check=False).json()
                if len(rows["reports"]) % 40 != 0 or rows["total"] != len(rows["reports"]):
                    wrong.append(rows["total"])

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for year in range(5):
            rows = [report("bank-1", f"{1950 + 4 * year + month // 12}-{month % 12 + 1:02d}") for month in range(40)]
            self.add({"reports": rows})
        ending.set()
        for reader in readers:
            reader.join()
        self.assertEqual(wrong, [])

    def test_writers_take_turns(self):
        answers = []

        def write(number):
            answers.append(self.ask("POST", "/v1/imports", {"sources": [source(f"bank-{number}")]}).status)

        writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        self.assertEqual(answers, [201] * 8)
        self.assertEqual(self.generation(), 10)

    def test_a_locked_database_is_told(self):
        with contextlib.closing(sqlite3.connect(self.service.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = self.add({"sources": [source("bank-1")]}, status=503)
            self.assertEqual(answer.headers["Retry-After"], "1")
            other.execute("ROLLBACK")
        self.add({"sources": [source("bank-1")]})


class KillTest(unittest.TestCase):
    """Killed at random moments of importing: what was acknowledged is there, all else is there whole or not at all."""

    ROWS = 400

    def batch(self, number):
        name = f"kill-{number}"
        rows = [report(name, f"{1900 + month // 12}-{month % 12 + 1:02d}", number + 1) for month in range(self.ROWS)]
        return json.dumps({"sources": [source(name)], "reports": rows})

    def test_nothing_acknowledged_is_lost(self):
        chance = random.Random(1)
        acknowledged = set()
        number = 0
        with tempfile.TemporaryDirectory() as folder:
            database = pathlib.Path(folder) / "killed.db"
            subprocess.run([PROGRAM, "migrate", "--database", database], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=120)
            token = run_token(database, "--expires", "2190-01", "create", "desk")
            for _ in range(KILLS):
                service = Service(database=database)
                try:
                    self.check(service, acknowledged, number)
                    killer = threading.Timer(chance.uniform(0, 0.15), service.process.send_signal, [signal.SIGKILL])
                    killer.start()
                    with contextlib.suppress(OSError, http.client.HTTPException):
                        while True:
                            answer = service.request("POST", "/v1/imports",
                                                     {**JSON, "Authorization": f"Bearer {token}"}, self.batch(number))
                            self.assertEqual(answer.status, 201)
                            acknowledged.add(number)
                            number += 1
                    number += 1
                    killer.join()
                finally:
                    service.kill()
            with Service(database=database) as service:
                self.check(service, acknowledged, number)
                checked = subprocess.run([PROGRAM, "check", "--database", database], capture_output=True, text=True,
                                         check=False, timeout=120)
                self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertGreater(number, KILLS - 1)

    def check(self, service, acknowledged, number):
        for i in range(number):
            answer = service.get(f"/v1/reports?source=kill-{i}&limit=1", check=False)
            total = answer.json()["total"] if answer.status == 200 else 0
            self.assertIn(total, {self.ROWS} if i in acknowledged else {0, self.ROWS}, i)

