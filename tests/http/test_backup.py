"""`exportstat backup` and `restore`: a copy taken while the service reads and writes, and the service that comes of it."""

import contextlib
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

from service import PROGRAM, Service
from test_golden import REQUESTS

JSON = {"Content-Type": "application/json"}
BATCHES = 40
KILLS = int(os.environ.get("EXPORTSTAT_KILLS", "20"))


def batch(number):
    """A publication and what it says of two months that were not known before."""
    name = f"bank-{number}"
    months = [f"{2027 + (2 * number + i) // 12}-{(2 * number + i) % 12 + 1:02d}" for i in range(2)]
    return json.dumps({
        "sources": [{"source_id": name, "publisher": "Bank", "title": "T", "url": "https://bank.example/",
                     "published": f"2035-01-{number % 28 + 1:02d}", "date_basis": "page", "kind": "press", "authority": 3}],
        "reports": [{"series_id": "pk-it", "period": month, "value": 400 + number, "precision": 1, "source_id": name}
                    for month in months]})


class BackupTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_program(self, *arguments, status=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False,
                              cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def made(self, name):
        path = self.folder / name
        self.run_program("migrate", "--database", path)
        return path

    def token(self, database):
        done = self.run_program("token", "--database", database, "--expires", "2190-01", "create", "desk")
        return {**JSON, "Authorization": "Bearer " + next(w for w in done.stdout.split() if w.startswith("exps_"))}

    def add(self, service, headers, number):
        answer = service.request("POST", "/v1/imports", headers, batch(number))
        self.assertEqual(answer.status, 201, answer)

    def test_a_backup_under_load_is_of_one_moment(self):
        """Whatever was asked and imported meanwhile: the copy answers as a store does that was given the first so many
        batches and nothing else, byte by byte."""
        database = self.made("busy.db")
        headers = self.token(database)
        ending = threading.Event()
        with Service(database=database) as service:
            def read():
                while not ending.is_set():
                    service.get("/v1/exports?last=5", check=False)

            def write():
                for number in range(BATCHES):
                    self.add(service, headers, number)

            threads = [threading.Thread(target=read), threading.Thread(target=write)]
            for thread in threads:
                thread.start()
            copies = []
            while threads[1].is_alive() and len(copies) < 8:
                copies.append(self.folder / f"copy-{len(copies)}.db")
                self.run_program("backup", "--database", database, copies[-1])
            threads[1].join()
            ending.set()
            threads[0].join()
        self.assertTrue(copies)
        for copy in (copies[0], copies[len(copies) // 2], copies[-1]):
            self.run_program("check", "--database", copy)
            with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as opened:
                generation = opened.execute("SELECT generation FROM store").fetchone()[0]
            restored = self.folder / "restored.db"
            self.run_program("restore", "--force", "--database", restored, copy)
            plain = self.folder / f"plain-{copy.stem}.db"
            self.run_program("migrate", "--database", plain)
            own = self.token(plain)
            with Service(database=plain) as expected, Service(database=restored) as real:
                for number in range(generation - 2):
                    self.add(expected, own, number)
                for request in [*REQUESTS.values(), "/v1/reports?source=bank-0", "/v1/exports?from=2027"]:
                    with self.subTest(request, copy=copy.name):
                        self.assertEqual(real.get(request, check=False).body, expected.get(request, check=False).body)

    def test_a_copy_that_is_there_stays_unless_forced(self):
        database = self.made("one.db")
        copy = self.folder / "copy.db"
        copy.write_text("mine")
        self.assertIn("there already", self.run_program("backup", "--database", database, copy, status=1).stderr)
        self.assertEqual(copy.read_text(), "mine")
        self.run_program("backup", "--force", "--database", database, copy)
        self.assertIn("there already", self.run_program("restore", "--database", database, copy, status=1).stderr)
        self.assertEqual(list(self.folder.glob("*.part")), [])

    def test_a_store_in_use_is_not_replaced(self):
        database = self.made("one.db")
        copy = self.folder / "copy.db"
        self.run_program("backup", "--database", database, copy)
        with Service(database=database) as service:
            done = self.run_program("restore", "--force", "--database", database, copy, status=1)
            self.assertIn("in use", done.stderr)
            self.assertEqual(service.get("/readyz").status, 200)
            self.assertEqual(service.get("/v1/exports?last=1").status, 200)
        self.run_program("restore", "--force", "--database", database, copy)

    def test_a_damaged_store_in_use_is_not_replaced(self):
        """SQLite would not open it, but the service does not know that yet."""
        database = self.made("one.db")
        copy = self.folder / "copy.db"
        self.run_program("backup", "--database", database, copy)
        service = Service(database=database)
        self.addCleanup(service.kill)
        with open(database, "r+b") as file:
            file.write(bytes(100))
        self.assertIn("in use", self.run_program("restore", "--force", "--database", database, copy, status=1).stderr)
        service.kill()
        self.run_program("restore", "--force", "--database", database, copy)
        self.run_program("check", "--database", database)

    def test_a_service_keeps_its_database(self):
        database = self.made("one.db")
        headers = self.token(database)
        other = self.made("other.db")
        with Service(database=database) as service:
            self.run_program("backup", "--force", "--database", database, database, status=1)
            self.run_program("backup", "--force", "--database", other, database, status=1)
            self.add(service, headers, 1)
        with Service(database=database) as service:
            self.assertEqual(service.get("/v1/reports?source=bank-1").json()["total"], 2)

    def killed(self, *arguments):
        """Runs the program so often, and kills it at random moments."""
        chance = random.Random(1)
        for _ in range(KILLS):
            with subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as process:
                try:
                    process.wait(chance.uniform(0, 0.04))
                except subprocess.TimeoutExpired:
                    process.kill()
            yield

    def test_a_killed_backup_is_whole_or_not_there(self):
        database = self.made("one.db")
        copy = self.folder / "copy.db"
        reports = self.run_program("export", "--database", database, "--kind", "reports").stdout
        for _ in self.killed("backup", "--database", database, copy):
            if copy.exists():
                self.run_program("check", "--database", copy)
                self.assertEqual(self.run_program("export", "--database", copy, "--kind", "reports").stdout, reports)
                copy.unlink()

    def test_a_killed_restore_leaves_the_one_or_the_other(self):
        database = self.made("one.db")
        old = self.folder / "old.db"
        new = self.folder / "new.db"
        self.run_program("backup", "--database", database, old)
        headers = self.token(database)
        with Service(database=database) as service:
            self.add(service, headers, 1)
        self.run_program("backup", "--database", database, new)
        said = {self.run_program("export", "--database", path, "--kind", "reports").stdout for path in (old, new)}
        self.assertEqual(len(said), 2)
        for copy in (old, new):
            for _ in self.killed("restore", "--force", "--database", database, copy):
                self.run_program("check", "--database", database)
                self.assertIn(self.run_program("export", "--database", database, "--kind", "reports").stdout, said)

    def test_what_was_half_written_is_taken_back(self):
        """A process that is killed while it changes how the file is kept leaves a journal beside it, which commands that
        only read must follow too."""
        database = self.made("one.db")
        said = self.run_program("export", "--database", database, "--kind", "reports").stdout
        half = ("import os, sqlite3; db = sqlite3.connect('one.db', isolation_level=None);"
                "db.execute('PRAGMA journal_mode = DELETE'); db.execute('PRAGMA cache_size = 1');"
                "db.execute('BEGIN'); db.execute('UPDATE report SET note = hex(randomblob(99))'); os._exit(0)")
        for command in (["export", "--kind", "reports"], ["check"], ["show"], ["backup", "--force", "copy.db"]):
            with self.subTest(command[0]):
                subprocess.run([sys.executable, "-c", half], check=True, cwd=self.folder)
                self.assertTrue((self.folder / "one.db-journal").exists())
                self.run_program(command[0], "--database", database, *command[1:])
                self.assertEqual(self.run_program("export", "--database", database, "--kind", "reports").stdout, said)

    def test_a_restored_store_is_another_one(self):
        """Its tags are others, though its generation may come again: a client is never told that what it has is right."""
        database = self.made("one.db")
        copy = self.folder / "copy.db"
        self.run_program("backup", "--database", database, copy)
        with Service(database=database) as service:
            before = service.get("/v1/exports?last=1")
        self.run_program("restore", "--force", "--database", database, copy)
        with Service(database=database) as service:
            after = service.get("/v1/exports?last=1", {"If-None-Match": before.headers["ETag"]})
            self.assertEqual([after.status, after.body], [200, before.body])

    def test_what_is_no_copy_is_refused(self):
        database = self.made("one.db")
        copy = self.folder / "copy.db"
        self.run_program("backup", "--database", database, copy)
        whole = copy.read_bytes()
        other = self.folder / "other.db"
        with contextlib.closing(sqlite3.connect(other, isolation_level=None)) as opened:
            opened.execute("CREATE TABLE t (x)")
        damaged = bytearray(whole)
        damaged[4096 * 20:4096 * 24] = b"\xff" * 4096 * 4
        files = {"nothing": b"", "text": b"hello\n" * 1000, "cut off": whole[:len(whole) // 2], "damaged": bytes(damaged),
                 "another program's": other.read_bytes()}
        for name, content in files.items():
            with self.subTest(name):
                wrong = self.folder / "wrong.db"
                wrong.write_bytes(content)
                self.run_program("restore", "--force", "--database", database, wrong, status=1)
                self.run_program("check", "--database", database)
        self.run_program("restore", "--force", "--database", database, self.folder / "absent.db", status=1)
        self.run_program("check", "--database", database)

    def test_an_older_copy_is_brought_up(self):
        """A copy from before a migration is restored as it is, and brought to this version when it is next opened."""
        database = self.made("one.db")
        copy = self.folder / "copy.db"
        self.run_program("backup", "--database", database, copy)
        with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as opened:
            opened.execute("ALTER TABLE series DROP COLUMN changed")
            opened.execute("DROP TABLE request")
            opened.execute("PRAGMA user_version = 4")
        self.run_program("restore", "--force", "--database", database, copy)
        self.run_program("migrate", "--database", database)
        self.run_program("check", "--database", database)

