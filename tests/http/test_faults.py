"""What breaks around the service, made to happen: what was acknowledged stays, what was not is not half there, what can
not be answered is 503, and all is well when the fault has ended. docs/reliability.md tells what comes of each."""

import contextlib
import http.client
import json
import os
import pathlib
import resource
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest

from service import PROGRAM, Service

FAULTS = os.environ.get("EXPORTSTAT_FAULTS", "")
ROUNDS = int(os.environ.get("EXPORTSTAT_ROUNDS", "5"))
DEADLINE = 20  # seconds for what happens within a tenth of one on a quiet machine
YEAR = 366 * 24 * 3600


def batch(number, months=2):
    name = f"bank-{number}"
    return json.dumps({
        "sources": [{"source_id": name, "publisher": "Bank", "title": "T", "url": "https://bank.example/",
                     "published": "2035-01-02", "date_basis": "page", "kind": "press", "authority": 3}],
        "reports": [{"series_id": "pk-it", "period": f"{2027 + i // 12}-{i % 12 + 1:02d}", "value": number + 1,
                     "precision": 1, "source_id": name} for i in range(months)]})


def eventually(what):
    end = time.monotonic() + DEADLINE
    while not what():
        if time.monotonic() > end:
            raise AssertionError("it does not come about")
        time.sleep(0.02)


def opened(pid):
    """The descriptors of a process, once they stay the same for a while."""
    found, last = None, -1
    while found != last:
        last = found
        time.sleep(0.5)
        found = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    return found


class FaultTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "one.db"
        self.fault_file = self.folder / "fault"
        self.fault("none")
        self.run_program("migrate")
        token = self.run_program("token", "--expires", "2190-01", "create", "desk").stdout
        self.headers = {"Content-Type": "application/json",
                        "Authorization": "Bearer " + next(w for w in token.split() if w.startswith("exps_"))}
        self.acknowledged = []

    def environment(self):
        return {"LD_PRELOAD": FAULTS, "EXPORTSTAT_FAULT": str(self.fault_file),
                "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}

    def fault(self, what):
        """Puts the whole text there at once."""
        part = self.folder / "fault.part"
        part.write_text(what)
        part.replace(self.fault_file)

    def run_program(self, command, *arguments, status=0, database=None, faulty=False):
        done = subprocess.run([PROGRAM, command, "--database", str(database or self.database), *map(str, arguments)],
                              capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, **(self.environment() if faulty else {})})
        if status is not None:
            self.assertEqual(done.returncode, status, done.stderr)
        return done

    def service(self, *arguments):
        return Service(*arguments, database=self.database, environment=self.environment())

    def add(self, service, number, status=201):
        answer = service.request("POST", "/v1/imports", self.headers, batch(number))
        self.assertEqual(answer.status, status, answer)
        if status == 201:
            self.acknowledged.append(number)
        elif status == 503:
            self.assertEqual(answer.headers["Retry-After"], "1")

    def all_is_there(self, tried):
        """What was acknowledged, whole, and nothing else."""
        checked = self.run_program("check")
        self.assertIn("0 faults of the database", checked.stdout)
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            found = dict(db.execute("SELECT source_id, count(*) FROM report JOIN source USING (source) "
                                    "WHERE source_id LIKE 'bank-%' GROUP BY source_id"))
        self.assertEqual(found, {f"bank-{number}": 2 for number in self.acknowledged})
        self.assertLessEqual(len(self.acknowledged), tried)

    def disk_fails(self, fault):
        with self.service() as service:
            for number in range(ROUNDS):
                self.add(service, 2 * number)
                self.fault(fault)
                self.add(service, 2 * number + 1, status=503)
                self.assertEqual(service.get(f"/v1/reports?source=bank-{2 * number}").json()["total"], 2)
                self.assertEqual(service.get("/readyz").status, 200)
                self.fault("none")
                self.add(service, 2 * number + 1)
        self.all_is_there(2 * ROUNDS)

    def test_a_full_disk(self):
        self.disk_fails("full")

    def test_a_disk_that_can_only_be_read(self):
        self.disk_fails("readonly")

    def test_a_disk_that_does_not_take_what_it_is_given(self):
        """Where bringing to the disk fails nothing was acknowledged; what the disk has of it is not read either."""
        self.disk_fails("unsynced")

    def test_a_start_on_a_full_disk(self):
        self.fault("full")
        empty = self.folder / "new.db"
        done = self.run_program("migrate", database=empty, status=1, faulty=True)
        self.assertIn("new.db", done.stderr)
        self.fault("none")
        self.run_program("migrate", database=empty, faulty=True)
        self.run_program("check", database=empty)

    def test_a_process_killed_at_any_time_that_something_goes_to_the_disk(self):
        """Making a database: every migration, then the bundled data."""
        path = self.folder / "new.db"
        whole = self.run_program("export", "--kind", "reports").stdout
        kills = 0
        while True:
            for leftover in self.folder.glob("new.db*"):
                leftover.unlink()
            self.fault(f"die {kills + 1}")
            status = self.run_program("migrate", database=path, status=None, faulty=True).returncode
            self.fault("none")
            if status == 0:
                break
            self.assertEqual(status, -9)
            kills += 1
            self.run_program("migrate", database=path)
            self.run_program("check", database=path)
            self.assertEqual(self.run_program("export", "--kind", "reports", database=path).stdout, whole)
        self.assertGreater(kills, 5)

    def test_a_database_that_is_taken_away_and_put_back(self):
        with self.service() as service:
            self.add(service, 0)
            away = self.folder / "away"
            away.mkdir()
            for name in ("one.db", "one.db-wal", "one.db-shm"):
                if (self.folder / name).exists():
                    (self.folder / name).rename(away / name)
            eventually(lambda: service.get("/readyz").status == 503)
            answer = service.get("/v1/exports?last=11")
            self.assertEqual([answer.status, answer.headers["Retry-After"]], [503, "1"])
            self.assertIn("exportstat_store_up 0", service.get("/metrics").text())
            self.assertEqual(service.get("/livez").status, 200)
            self.add(service, 1, status=503)
            self.assertEqual(list(self.folder.glob("one.db*")), [])
            for path in away.iterdir():
                path.rename(self.folder / path.name)
            eventually(lambda: service.get("/readyz").status == 200)
            self.assertEqual(service.get("/v1/exports?last=11").status, 200)
            self.add(service, 1)
            eventually(lambda: "level=warning msg=\"another database, or another copy" in service.log())
            self.assertEqual(service.log().count("the database is not there"), 1)
        self.all_is_there(2)

    def test_a_database_that_is_replaced(self):
        other = self.folder / "other.db"
        self.run_program("backup", other)
        with self.service() as service:
            self.add(service, 0)
            before = service.get("/v1/exports?from=2027")
            self.assertEqual(before.json()["total"], 2)
            for name in ("one.db-wal", "one.db-shm"):
                (self.folder / name).unlink(missing_ok=True)
            other.replace(self.database)
            eventually(lambda: service.get("/v1/exports?from=2027").json().get("total") != 2)
            self.assertEqual(service.get("/readyz").status, 200)
            self.assertNotEqual(service.get("/v1/exports").headers["ETag"], before.headers["ETag"])
            self.acknowledged = []
            self.add(service, 1)
            self.assertEqual(service.get("/v1/reports?source=bank-0").status, 404)
            self.assertEqual(service.get("/v1/reports?source=bank-1").json()["total"], 2)
        self.all_is_there(1)

    def test_damaged_pages(self):
        """Wherever it is damaged: an answer is what it was, or 503; and a backup in its place is found."""
        copy = self.folder / "copy.db"
        self.run_program("backup", copy)
        asked = ["/v1/exports", "/v1/series", "/v1/claims?limit=50", "/v1/sources?limit=500", "/v1/reports?limit=500",
                 "/v1/exports/latest?series=pk-goods", "/readyz"]
        with self.service() as service:
            right = {path: service.get(path).body for path in asked}
        size = self.database.stat().st_size
        seen = set()
        for round_ in range(ROUNDS):
            shutil.copyfile(copy, self.folder / "fresh.db")
            (self.folder / "fresh.db").replace(self.database)
            for name in ("one.db-wal", "one.db-shm"):
                (self.folder / name).unlink(missing_ok=True)
            with self.service("--cache-size", "0", "--library-size", "1") as service:
                with open(self.database, "r+b") as file:
                    file.seek(4096 * (1 + round_ * (size // 4096 - 8) // ROUNDS))
                    file.write(os.urandom(4096 * 6))
                for path in asked:
                    answer = service.get(path)
                    seen.add(answer.status)
                    self.assertIn(answer.status, (200, 503), path)
                    if answer.status == 200:
                        self.assertEqual(answer.body, right[path], path)
                self.assertEqual(service.get("/livez").status, 200)
                shutil.copyfile(copy, self.folder / "fresh.db")
                (self.folder / "fresh.db").replace(self.database)
                eventually(lambda: all(service.get(path).status == 200 for path in asked))
        self.assertIn(200, seen)

    def test_no_more_files_can_be_opened(self):
        with self.service() as service:
            pid = service.process.pid
            self.add(service, 0)
            limit = len(opened(pid)) + 8
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, 4096))
            peers = []
            for _ in range(40):
                peer = socket.create_connection((service.host, service.port), timeout=5)
                peer.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                peers.append(peer)
            answered = [peer for peer in peers[:4] if peer.recv(12)]
            self.assertEqual(len(answered), 4)
            for peer in peers:
                peer.close()
            opened(pid)
            self.assertEqual(service.get("/v1/exports").status, 200)
            # A connection that is there already, and no room for the database that a batch wants.
            connection = http.client.HTTPConnection(service.host, service.port, timeout=DEADLINE)
            connection.connect()
            free = min(set(range(4096)) - opened(pid))
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, 4096))
            for path, body, status in (("/v1/imports", batch(1), 503), ("/v1/exports?last=3", None, 200)):
                connection.request("POST" if body else "GET", path, body, self.headers)
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, status, path)
            connection.close()
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (4096, 4096))
            self.add(service, 1)
        self.all_is_there(2)

    def test_no_more_memory_is_given(self):
        """The process may end, which whoever watches it starts again: half a batch is never there."""
        if os.environ.get("EXPORTSTAT_SANITIZED") == "1":
            self.skipTest("the sanitizer wants memory that it never uses")
        for number in range(ROUNDS):
            service = self.service()
            self.addCleanup(service.kill)
            with open(f"/proc/{service.process.pid}/statm", encoding="ascii") as statm:
                used = int(statm.read().split()[0]) * 4096
            resource.prlimit(service.process.pid, resource.RLIMIT_AS, (used + number * 2**18, resource.RLIM_INFINITY))
            status = None
            with contextlib.suppress(OSError, http.client.HTTPException):
                status = service.request("POST", "/v1/imports", self.headers, batch(number), check=False).status
            if status == 201:
                self.acknowledged.append(number)
            service.kill()
            # What was done and could not be told any more is whole.
            with contextlib.closing(sqlite3.connect(self.database)) as db:
                done = {row[0] for row in db.execute("SELECT source_id FROM source WHERE source_id LIKE 'bank-%'")}
            self.acknowledged = sorted({*self.acknowledged, *(int(name[5:]) for name in done)})
            self.all_is_there(number + 1)

    def test_a_clock_that_jumps(self):
        with self.service("--request-timeout", "30") as service:
            connection = http.client.HTTPConnection(service.host, service.port, timeout=DEADLINE)

            def ask(path):
                connection.request("GET", path)
                response = connection.getresponse()
                return response.status, response.read()

            self.assertEqual(ask("/v1/exports?last=1")[0], 200)
            kept = connection.sock
            for number, seconds in enumerate((YEAR, -YEAR, 0)):
                self.fault(f"clock {seconds}")
                self.assertEqual(ask("/v1/exports?last=2")[0], 200)
                self.add(service, number)
            self.assertIs(connection.sock, kept)
            self.fault(f"clock {10 * YEAR}")
            later = json.loads(ask("/v1/exports/latest")[1])
            self.assertEqual(later["freshness"]["status"], "late")
            # A token ends by the clock of the day.
            self.fault(f"clock {180 * YEAR}")
            self.add(service, 9, status=401)
            self.fault("none")
            connection.close()
        self.all_is_there(3)


if __name__ == "__main__":
    unittest.main()
