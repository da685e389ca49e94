"""Each allocation of each command gets no memory once: ours, SQLite's, jansson's, the C library's. The command then does
what it does with memory, or says what is wrong and fails, or ends; what is in the database is whole.

One in so many is tried here, EXPORTSTAT_ALLOCATION_STEP=1 tries all of them."""

import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import unittest

from service import PROGRAM

COUNTER = os.environ.get("EXPORTSTAT_ALLOCATIONS", "")
STEP = int(os.environ.get("EXPORTSTAT_ALLOCATION_STEP", "97"))

SERIES = "series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags\nmade,Made,,USD million,sum,7,,\n"
SOURCES = ("source_id,publisher,title,url,published,date_basis,kind,authority\n"
           + "".join(f"s-{n},Bank,All,https://bank.example/,2025-{n:02}-15,page,official,3\n" for n in range(1, 13)))
REPORTS = ("series_id,period,value,precision,source_id,note\n"
           + "".join(f"made,{2023 + n // 12}-{n % 12 + 1:02},{100 + n},1,s-{n % 12 + 1},\n" for n in range(26)))
MORE = "series_id,period,value,precision,source_id,note\n" + "".join(f"made,2026-{n:02},1{n},1,s-1,\n" for n in range(1, 10))
EASYDATA = ('{"columns": ["Series Key", "Observation Date", "Observation Value", "Unit"], "rows": '
            '[["K", "2025-08-31", "7.5", "Million USD"], ["K", "2025-07-31", "8", "Million USD"]]}')
REPORTS_MORE = 9
LOADER_FAILED = 127  # what the C library ends with where it has no memory to load a library


@unittest.skipIf(os.environ.get("EXPORTSTAT_SANITIZED") == "1", "sanitizers have an allocator of their own")
class MemoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        for name, text in [("series.csv", SERIES), ("sources.csv", SOURCES), ("reports.csv", REPORTS), ("more.csv", MORE),
                           ("easydata.json", EASYDATA)]:
            (cls.folder / name).write_text(text, encoding="utf-8")
        months = "".join(f"{2020 + n // 12}-{n % 12 + 1:02},{100 + n}\n" for n in range(60))
        (cls.folder / "months.csv").write_text("period,value\n" + months, encoding="utf-8")
        cls.whole = cls.folder / "whole.db"
        subprocess.run([PROGRAM, "import", "--empty", "--database", cls.whole, cls.folder / "series.csv",
                        cls.folder / "sources.csv", cls.folder / "reports.csv"], check=True, capture_output=True, timeout=60)

    def run_failing(self, number, command, database):
        environment = {**os.environ, "LD_PRELOAD": COUNTER, "ALLOCATION_FAILS": str(number),
                       "EXPORTSTAT_DATABASE": str(database)}
        return subprocess.run([PROGRAM, *command], env=environment, cwd=self.folder, capture_output=True, text=True,
                              timeout=60, check=False)

    def fresh(self):
        database = self.folder / "now.db"
        for name in self.folder.glob("now.db*"):
            name.unlink()
        shutil.copyfile(self.whole, database)
        return database

    def walk(self, command, look=None):
        """Runs a command again and again; `look` is asked what it left, and whether it said that it was done."""
        meant = self.run_failing(1 << 40, command, self.fresh())
        self.assertEqual(meant.returncode, 0, meant.stderr)
        total = int(re.search(r"allocations=(\d+)", meant.stderr)[1])
        self.assertGreater(total, 30)
        for number in range(1, total + 1, STEP):
            database = self.fresh()
            done = self.run_failing(number, command, database)
            with self.subTest(command=command[0], number=number, stderr=done.stderr[-300:]):
                if done.returncode == 0:
                    self.assertEqual(done.stdout, meant.stdout)
                elif done.returncode in (-signal.SIGABRT, LOADER_FAILED):
                    self.assertIn("out of memory", done.stderr)
                else:
                    self.assertIn(done.returncode, (1, 2))  # the second where an option could not be read
                    self.assertIn("exportstat: ", done.stderr)
                    self.assertNotIn("damage", done.stdout + done.stderr)
                if look:
                    look(database, done.returncode == 0)

    def ask(self, database, query):
        connection = sqlite3.connect(database)
        self.addCleanup(connection.close)
        with connection:
            self.assertEqual(connection.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            found = connection.execute(query).fetchone()[0]
        connection.close()
        return found

    def test_import(self):
        before = self.ask(self.whole, "SELECT count(*) FROM report")

        def look(database, is_done):
            added = self.ask(database, "SELECT count(*) FROM report") - before
            self.assertIn(added, (REPORTS_MORE,) if is_done else (0, REPORTS_MORE))

        self.walk(["import", "--empty", "more.csv"], look)

    def test_fetch(self):
        before = self.ask(self.whole, "SELECT count(*) FROM report")

        def look(database, is_done):
            added = self.ask(database, "SELECT count(*) FROM report") - before
            self.assertIn(added, (2,) if is_done else (0, 2))

        self.walk(["fetch", "--file", "easydata.json", "made"], look)

    def test_a_new_database(self):
        """What is begun is gone on with."""
        for number in range(1, 4000, 10 * STEP):
            database = self.folder / "new.db"
            for name in self.folder.glob("new.db*"):
                name.unlink()
            self.run_failing(number, ["migrate", "--empty"], database)
            again = self.run_failing(1 << 40, ["migrate", "--empty"], database)
            self.assertEqual(again.returncode, 0, (number, again.stderr))
            self.assertEqual(self.ask(database, "SELECT count(*) FROM report"), 0)

    def test_reading(self):
        for command in (["show", "--series", "made"], ["export", "--kind", "reports"], ["check"],
                        ["audit", "--format", "csv"], ["project", "--format", "csv", "months.csv"], ["token", "list"],
                        ["backup", "--force", "copy.db"]):
            self.walk(command)


if __name__ == "__main__":
    unittest.main()
