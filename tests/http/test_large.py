"""An import of more than is kept in memory: into a database that nobody else has open it is written in place, beside a
service it goes by the log. Killed, refused or done, nothing of it is half there."""

import os
import pathlib
import subprocess
import tempfile
import threading
import time
import unittest

from service import PROGRAM, Service
from test_import import GOOD, ImportTest, text_of

ROUNDS = int(os.environ.get("EXPORTSTAT_ROUNDS", "3"))
SOURCES = 22
NOTE = "n" * 900
ROWS = [f"made,{year}-{month:02},1,1,big-{number},{NOTE}"
        for number in range(SOURCES) for year in range(1900, 2200) for month in range(1, 13)]  # 74 MB
at_full_speed = unittest.skipIf(os.environ.get("EXPORTSTAT_SANITIZED") == "1", "minutes with sanitizers, and the same code")
WAL = b"\x02\x02"  # bytes 18 and 19 of a database that is kept with a log


class LargeTest(ImportTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.files = [pathlib.Path(folder.name) / "s.csv", pathlib.Path(folder.name) / "r.csv"]
        cls.files[0].write_text(text_of("sources", [
            f"big-{number},P,T,https://example.org/,2025-02-01,page,press,2" for number in range(SOURCES)]), encoding="utf-8")
        cls.files[1].write_text(text_of("reports", ROWS), encoding="utf-8")

    def setUp(self):
        super().setUp()
        self.import_good()

    def importing(self, *files):
        return subprocess.Popen([PROGRAM, "import", "--empty", "--database", self.database, *files],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def reports(self):
        done = self.run_program("export", "--database", self.database, "--kind", "reports")
        self.assertEqual(done.returncode, 0, done.stderr)
        return len(done.stdout.splitlines()) - 1

    def assert_whole(self, reports):
        self.assertIn(self.reports(), reports)
        self.assertEqual(self.run_program("check", "--database", self.database).returncode, 0)

    def journal(self):
        return self.database.with_name(self.database.name + "-journal")

    def test_is_all_there(self):
        done = self.import_files(*self.files)
        self.assertIn(f"reports: {len(ROWS)} added", done.stdout)
        self.assertEqual(self.database.read_bytes()[18:20], WAL)
        self.assertFalse(self.journal().exists())
        self.assert_whole([len(GOOD["reports"]) + len(ROWS)])

    @at_full_speed
    def test_the_same_again_is_nothing_new(self):
        self.import_files(*self.files)
        again = self.import_files(*self.files)
        self.assertIn(f"reports: 0 added, {len(ROWS)} already there", again.stdout)
        self.assertEqual(self.database.read_bytes()[18:20], WAL)

    @at_full_speed
    def test_a_fault_in_its_last_row_leaves_nothing(self):
        bad = self.write("bad.csv", text_of("reports", [*ROWS, "made,2025-13,1,1,big-1,"]))
        done = self.import_files(self.files[0], bad, status=1)
        self.assertIn(f"bad.csv:{len(ROWS) + 2}: period '2025-13'", done.stderr)
        self.assertEqual(self.database.read_bytes()[18:20], WAL)
        self.assert_whole([len(GOOD["reports"])])

    @at_full_speed
    def test_a_file_that_is_cut_off_leaves_nothing(self):
        cut = self.write("cut.csv", text_of("reports", ROWS)[:-5])
        done = self.import_files(self.files[0], cut, status=1)
        self.assertIn(f"cut.csv:{len(ROWS) + 1}: the last line has no end", done.stderr)
        self.assert_whole([len(GOOD["reports"])])

    def kill_after(self, is_enough):
        """Kills an import once that is so; whether it was still at work."""
        self.database.unlink()
        self.import_good()
        process = self.importing(*self.files)
        end = time.monotonic() + 60
        while not is_enough() and process.poll() is None:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.001)
        process.kill()
        process.communicate()
        return process.returncode < 0

    def is_in_the_file(self):
        """Whether pages went to the file while the journal stood beside it."""
        return self.database.stat().st_size > 20000000 and self.journal().exists() and self.journal().stat().st_size > 0

    @at_full_speed
    def test_killed_at_any_moment(self):
        began = time.monotonic()
        self.import_files(*self.files)
        seconds = time.monotonic() - began
        for number in range(1, ROUNDS + 1):
            until = time.monotonic() + seconds * number / (ROUNDS + 1)
            self.kill_after(lambda end=until: time.monotonic() > end)
            with self.subTest(number=number):
                self.assert_whole([len(GOOD["reports"]), len(GOOD["reports"]) + len(ROWS)])
                with Service("--empty", database=self.database) as service:
                    self.assertEqual(service.get("/readyz").status, 200)
                    self.assertEqual(self.database.read_bytes()[18:20], WAL)

    @at_full_speed
    def test_what_a_killed_one_left_is_taken_back_by_who_only_reads(self):
        """Also by one that comes by a link: the journal stands beside the file itself."""
        self.assertTrue(self.kill_after(self.is_in_the_file))
        self.assertTrue(self.journal().exists())
        link = self.folder / "link.db"
        link.symlink_to(self.database)
        done = self.run_program("export", "--database", link, "--kind", "reports")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_whole([len(GOOD["reports"])])

    @at_full_speed
    def test_beside_a_service_that_reads_on(self):
        with Service("--empty", database=self.database) as service:
            before = service.get("/v1/exports").json()["generation"]
            process = self.importing(*self.files)
            waiting = threading.Thread(target=process.wait)
            waiting.start()
            answers = 0
            while waiting.is_alive():
                self.assertEqual(service.get("/v1/exports?last=2").status, 200)
                self.assertFalse(self.journal().exists())
                answers += 1
            waiting.join()
            self.assertEqual(process.communicate()[1], "")
            self.assertGreater(answers, 1)
            end = time.monotonic() + 20
            while service.get("/v1/exports").json()["generation"] == before:
                self.assertLess(time.monotonic(), end, "the new data does not show")
                time.sleep(0.02)
        self.assert_whole([len(GOOD["reports"]) + len(ROWS)])

    @at_full_speed
    def test_who_comes_meanwhile_is_told_or_waits(self):
        process = self.importing(*self.files)
        end = time.monotonic() + 60
        while not (self.journal().exists() and self.journal().stat().st_size > 0) and process.poll() is None:
            self.assertLess(time.monotonic(), end)
        self.assertTrue(self.journal().exists())
        done = self.run_program("export", "--database", self.database, "--kind", "reports")
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err)
        self.assertIn(f"reports: {len(ROWS)} added", out)
        if done.returncode == 0:
            self.assertIn(len(done.stdout.splitlines()) - 1, [len(GOOD["reports"]), len(GOOD["reports"]) + len(ROWS)])
        else:
            self.assertIn("in use by another process", done.stderr)


if __name__ == "__main__":
    unittest.main()
