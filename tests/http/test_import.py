"""`exportstat import`: CSV files in, all of them or nothing, and every error with its place."""

import csv
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from service import PROGRAM, ROOT, Service

KINDS = ["series", "sources", "reports", "claims", "rulings"]
SHOWN_SECONDS = 20  # until a running service answers with new data, on the slowest machine

HEADERS = {
    "series": "series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags",
    "sources": "source_id,publisher,title,url,published,date_basis,kind,authority",
    "reports": "series_id,period,value,precision,source_id,note",
    "claims": "claim_id,source_id,series_id,metric,period,value,unit,precision,statement",
    "rulings": "series_id,period,decision,value,precision,ruled_on,reason",
}
GOOD = {
    "series": ["made,Made,Made up,unit,sum,7,,default"],
    "sources": ["alpha-1,Alpha,January,https://example.org/1,2025-02-01,page,press,2",
                "beta-2,Beta,\"February, at last\",https://example.org/2,2025-03,inferred,press,1"],
    "reports": ["made,2025-01,10.5,0.1,alpha-1,", "made,2025-02,-20,10,beta-2,\"a \"\"note\"\"\"",
                "made,FY2025,300,1,beta-2,"],
    "claims": ["alpha-1.made.level.2025-01,alpha-1,made,level,2025-01,10.5,unit,0.1,as printed"],
    "rulings": ["made,2025-02,reject,-20,10,2025-04-01,negative"],
}


def text_of(kind, rows):
    return "".join(line + "\n" for line in [HEADERS[kind], *rows])


class ImportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "made.db"

    def run_program(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                              timeout=120,
                              check=False, cwd=self.folder)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def import_files(self, *files, status=0, database=None):
        done = self.run_program("import", "--empty", "--database", database or self.database,
                                *files)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def import_good(self, order=KINDS, database=None):
        files = [self.write(f"{kind}.csv", text_of(kind, GOOD[kind])) for kind in order]
        return self.import_files(*files, database=database)

    def exported(self, database=None):
        """All rows of the store, as `export` writes them."""
        output = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        done = self.run_program("export", "--database", database or self.database, "--output",
                                output)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {path.name: path.read_text(encoding="utf-8") for path in output.iterdir()}

    def generation(self):
        with Service("--empty", database=self.database) as service:
            return service.get("/readyz").json()["generation"]


class GoodBatches(ImportTest):
    def test_counts_what_it_added(self):
        lines = self.import_good().stdout.splitlines()
        self.assertEqual(lines[:5],
                         [f"{kind}: {len(GOOD[kind])} added, 0 already there" for kind in KINDS])
        self.assertRegex(lines[5], r"^import 1, generation \d+$")

    def test_a_dry_run_stores_nothing(self):
        file = self.write("more.csv", text_of("reports", [*GOOD["reports"], "made,2025-03,30,1,alpha-1,"]))
        missing = self.run_program("import", "--dry-run", "--database", self.database, file)
        self.assertEqual(missing.returncode, 1)
        self.assertIn("there is no such database", missing.stderr)
        self.assertFalse(self.database.exists())
        self.import_good()
        before, generation = self.exported(), self.generation()
        done = self.run_program("import", "--dry-run", "--database", self.database, file)
        self.assertEqual((done.returncode, done.stdout), (0, "reports: 1 to be added, 3 already there\n"
                                                             "dry run: nothing was stored\n"))
        bad = self.write("bad.csv", text_of("reports", ["made,2025-13,30,1,alpha-1,"]))
        done = self.run_program("import", "--dry-run", "--database", self.database, bad)
        self.assertEqual(done.returncode, 1)
        self.assertIn("bad.csv:2: period '2025-13'", done.stderr)
        self.assertEqual((self.exported(), self.generation()), (before, generation))

    def test_files_in_any_order(self):
        exports = []
        for number in range(len(KINDS)):
            database = self.folder / f"{number}.db"
            self.import_good(KINDS[number:] + KINDS[:number], database)
            exports.append(self.exported(database))
        for other in exports[1:]:
            self.assertEqual(other, exports[0])
        for kind in KINDS:
            self.assertEqual(sorted(exports[0][f"{kind}.csv"].splitlines()),
                             sorted([HEADERS[kind], *GOOD[kind]]))

    def test_columns_in_any_order(self):
        self.import_good()
        file = self.write("turned.csv", "source_id,note,precision,value,period,series_id\n"
                                        "alpha-1,,1,30,2025-03,made\n")
        self.assertIn("reports: 1 added", self.import_files(file).stdout)
        self.assertIn("made,2025-03,30,1,alpha-1,\n", self.exported()["reports.csv"])

    def test_the_same_again_is_nothing_new(self):
        self.import_good()
        before, generation = self.exported(), self.generation()
        again = self.import_good().stdout
        self.assertIn("nothing new", again)
        for kind in KINDS:
            self.assertIn(f"{kind}: 0 added, {len(GOOD[kind])} already there", again)
        self.assertEqual(self.exported(), before)
        self.assertEqual(self.generation(), generation)

    def test_new_rows_beside_old_ones(self):
        self.import_good()
        generation = self.generation()
        file = self.write("more.csv",
                          text_of("reports", [*GOOD["reports"], "made,2025-03,30,1,alpha-1,"]))
        self.assertIn("reports: 1 added, 3 already there", self.import_files(file).stdout)
        self.assertEqual(self.generation(), generation + 1)

    def test_several_files_of_one_kind(self):
        self.import_good()
        files = [self.write(f"{month}.csv",
                            text_of("reports", [f"made,2025-0{month},1,1,alpha-1,"]))
                 for month in [3, 4, 5]]
        self.assertIn("reports: 3 added", self.import_files(*files).stdout)

    def test_as_spreadsheets_write_it(self):
        """With a byte order mark, and lines that end in CR LF."""
        for kind in KINDS:
            content = text_of(kind, GOOD[kind]).replace("\n", "\r\n").encode("utf-8-sig")
            self.import_files(self.write(f"{kind}.csv", content))
        other = self.folder / "plain.db"
        self.import_good(database=other)
        self.assertEqual(self.exported(), self.exported(other))

    def test_the_same_number_however_it_is_written(self):
        self.import_good()
        file = self.write("again.csv", text_of("reports", ["made,2025-01,10.50,0.100,alpha-1,"]))
        self.assertIn("reports: 0 added, 1 already there", self.import_files(file).stdout)

    def test_standard_input_is_left_alone(self):
        files = [self.write(f"{kind}.csv", text_of(kind, GOOD[kind])) for kind in KINDS]
        done = subprocess.run([PROGRAM, "import", "--empty", "--database", self.database, *files],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, 0)

    def test_a_new_database_gets_the_bundled_data_first(self):
        done = self.run_program("import", "--database", self.database,
                                ROOT / "data" / "reports.csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"reports: 0 added, \d{4} already there\nnothing new")


class Roundtrip(ImportTest):
    def test_what_export_writes_import_reads(self):
        self.assertEqual(self.run_program("migrate", "--database", self.database).returncode, 0)
        first = self.exported()
        files = [self.write(name, text) for name, text in first.items()]
        other = self.folder / "other.db"
        self.import_files(*files, database=other)
        self.assertEqual(self.exported(other), first)

    def test_the_bundled_rows_come_out_as_they_went_in(self):
        self.run_program("migrate", "--database", self.database)
        for name, text in self.exported().items():
            with self.subTest(name=name):
                with open(ROOT / "data" / name, encoding="utf-8", newline="") as file:
                    bundled = sorted(csv.reader(file))
                self.assertEqual(sorted(csv.reader(text.splitlines())), bundled)


class BadFiles(ImportTest):
    """Each case: the kind, its faulty rows, the line, and what the message has to name."""

    ROWS = [
        ("reports", ["made,2025-03,ten,1,alpha-1,"], 2, ["value", "ten"]),
        ("reports", ["made,2025-03,1e3,1,alpha-1,"], 2, ["value", "1e3"]),
        ("reports", ["made,2025-03,,1,alpha-1,"], 2, ["value"]),
        ("reports", ["made,2025-03, 10,1,alpha-1,"], 2, ["value"]),
        ("reports", ["made,2025-03,0.0000001,1,alpha-1,"], 2, ["value", "decimals"]),
        ("reports", ["made,2025-03,99999999999999999999,1,alpha-1,"], 2, ["value"]),
        ("reports", ["made,2025-03,10,0,alpha-1,"], 2, ["precision", "0"]),
        ("reports", ["made,2025-03,10,-1,alpha-1,"], 2, ["precision", "-1"]),
        ("reports", ["made,2025-13,10,1,alpha-1,"], 2, ["period", "2025-13"]),
        ("reports", ["made,2025-02-30,10,1,alpha-1,"], 2, ["period", "2025-02-30"]),
        ("reports", ["made,,10,1,alpha-1,"], 2, ["period"]),
        ("reports", ["nope,2025-03,10,1,alpha-1,"], 2, ["series_id", "nope"]),
        ("reports", ["made,2025-03,10,1,nope,"], 2, ["source_id", "nope"]),
        ("reports", ["made,2025-03,10,1,alpha-1,", "made,2025-04,x,1,alpha-1,"], 3, ["value", "x"]),
        # A fact that is there says something else: the stored one is named.
        ("reports", ["made,2025-01,11,0.1,alpha-1,"], 2, ["value", "11", "10.5"]),
        ("reports", ["made,2025-01,10.5,1,alpha-1,"], 2, ["1", "0.1"]),
        ("reports", ["made,2024-07/2025-06,301,1,beta-2,"], 2, ["301", "300"]),
        ("reports", ["made,2025-03,10,1,alpha-1,", "made,2025-03,11,1,alpha-1,"], 3, ["11", "10"]),
        ("sources", ["alpha-1,Gamma,January,https://example.org/1,2025-02-01,page,press,2"], 2,
         ["publisher", "Gamma", "Alpha"]),
        ("sources", ["new,Alpha,T,https://example.org/,2025-02-30,page,press,2"], 2,
         ["published", "2025-02-30"]),
        ("sources", ["new,Alpha,T,https://example.org/,soon,page,press,2"], 2,
         ["published", "soon"]),
        ("sources", ["new,Alpha,T,https://example.org/,2025-02-03,page,press,4"], 2,
         ["authority", "4"]),
        ("sources", ["new,Alpha,T,https://example.org/,2025-02-03,guess,press,2"], 2,
         ["date_basis", "guess"]),
        ("sources", ["new,Alpha,T,javascript:alert(1),2025-02-03,page,press,2"], 2,
         ["url", "javascript"]),
        ("sources", ["New One,Alpha,T,https://example.org/,2025-02-03,page,press,2"], 2,
         ["source_id"]),
        ("series", ["new,New,New,unit,mean,7,,"], 2, ["aggregation", "mean"]),
        ("series", ["new,New,New,unit,sum,13,,"], 2, ["fiscal_year_start", "13"]),
        ("series", ["new,New,New,unit,sum,7,,default"], 2, ["flags", "default"]),
        ("series", ["new,New,New,unit,sum,7,nope,"], 2, ["part_of", "nope"]),
        ("series", ["new,New,New,unit,sum,7,new,"], 2, ["part_of", "new"]),
        ("series", ["made,Other,Made up,unit,sum,7,,default"], 2, ["title", "Other", "Made"]),
        ("claims", ["c,alpha-1,made,guess,2025-01,1,unit,1,x"], 2, ["metric", "guess"]),
        ("rulings", ["made,2025-01,maybe,10,1,2025-04-01,why"], 2, ["decision", "maybe"]),
        ("rulings", ["made,2025-01,accept,10,1,2025-04-31,why"], 2, ["ruled_on", "2025-04-31"]),
        ("rulings", ["made,2025-01,accept,10,1,2025-04-01,"], 2, ["reason"]),
        # What makes no rows at all.
        ("reports", ["made,2025-03,10,1,alpha-1"], 2, ["5 fields", "6"]),
        ("reports", ["made,2025-03,10,1,alpha-1,,"], 2, ["7 fields", "6"]),
        ("reports", ["made,2025-03,10,1,alpha-1,\"open"], 2, ["quote"]),
        ("reports", ["made,2025-03,10,1,alpha-1,o\"pen"], 2, ["quote"]),
        ("reports", ["made,2025-03,10,1,alpha-1,\"a\"b"], 2, ["quote"]),
        ("reports", ["made,2025-03,10,1,alpha-1," + 100000 * "a"], 2, ["longer"]),
    ]
    FILES = [
        (b"", 1, ["empty"]),
        (b"series_id,perod,value,precision,source_id,note\n", 1, ["perod"]),
        (b"series_id,period,value,precision,source_id\n", 1, ["note"]),
        (b"series_id,period,value,precision,source_id,note,more\n", 1, ["more"]),
        (b"series_id,period,value,precision,source_id,note,note\n", 1, ["note"]),
        (b"a,b,c\n1,2,3\n", 1, ["a"]),
        (b"<html><body>Not Found</body></html>\n", 1, []),
        (text_of("reports", []).encode() + b"made,2025-03,10,1,alpha-1,\xe4\n", 2, ["UTF-8"]),
        (text_of("reports", []).encode() + b"made,2025-03,10,1,alpha-1,\xed\xa0\x80\n", 2,
         ["UTF-8"]),
        (text_of("reports", []).encode() + b"made,2025-03,10,1,alpha-1,a\0b\n", 2, []),
        (text_of("reports", []).encode("utf-16"), 1, []),
        (text_of("reports", []).encode() + b"made,2025-03,10,1,alpha-1,\nmade,2025-0", 3,
         ["cut off"]),
        (text_of("reports", []).encode() + b"made,2025-03,10,1,alpha-1,", 2, ["cut off"]),
    ]

    def assert_refused(self, before, content, line, named):
        file = self.write("bad.csv", content)
        done = self.import_files(file, status=1)
        self.assertEqual(done.stdout, "")
        message = next((text for text in done.stderr.splitlines() if f"bad.csv:{line}:" in text),
                       None)
        self.assertIsNotNone(message, done.stderr)
        for word in named:
            self.assertIn(word, message)
        self.assertEqual(self.exported(), before)

    def test_faulty_rows(self):
        self.import_good()
        before, generation = self.exported(), self.generation()
        for kind, rows, line, named in self.ROWS:
            with self.subTest(kind=kind, rows=[row[:60] for row in rows]):
                self.assert_refused(before, text_of(kind, rows), line, named)
        self.assertEqual(self.generation(), generation)

    def test_faulty_files(self):
        self.import_good()
        before = self.exported()
        for content, line, named in self.FILES:
            with self.subTest(content=content[-60:]):
                self.assert_refused(before, content, line, named)

    def test_files_that_can_not_be_read(self):
        self.import_good()
        before = self.exported()
        good = self.write("good.csv", text_of("reports", ["made,2025-03,10,1,alpha-1,"]))
        for name in ["missing.csv", "."]:
            with self.subTest(name=name):
                message = self.import_files(good, self.folder / name, status=1).stderr
                self.assertIn(str(self.folder / name), message)
        self.assertEqual(self.exported(), before)

    def test_one_faulty_file_stops_the_good_ones(self):
        self.import_good()
        before = self.exported()
        good = self.write("good.csv", text_of("reports", ["made,2025-03,10,1,alpha-1,"]))
        bad = self.write("bad.csv", text_of("reports", ["made,2025-04,10,1,alpha-1,",
                                                        "made,2025-05,x,1,alpha-1,"]))
        for files in [(good, bad), (bad, good)]:
            self.import_files(*files, status=1)
            self.assertEqual(self.exported(), before)

    def test_every_faulty_row_is_named_up_to_twenty(self):
        self.import_good()
        for faulty, named in [(3, 3), (20, 20), (21, 20), (300, 20)]:
            with self.subTest(faulty=faulty):
                rows = [f"made,2025-{month % 12 + 1:02},x,1,alpha-1," for month in range(faulty)]
                message = self.import_files(self.write("bad.csv", text_of("reports", rows)),
                                            status=1).stderr
                self.assertEqual(len(set(re.findall(r"bad\.csv:(\d+):", message))), named)
                self.assertIn("nothing was imported", message)

    def test_every_fault_of_a_row_is_named(self):
        self.import_good()
        file = self.write("bad.csv", text_of("reports", ["made,2025-13,x,0,nope,"]))
        message = self.import_files(file, status=1).stderr
        for column in ["period", "value", "precision", "source_id"]:
            self.assertIn(column, message)

    def test_a_damaged_database_is_no_reason_to_lose_it(self):
        content = b"this is no database, but somebody's notes\n" * 100
        self.database.write_bytes(content)
        done = self.import_files(self.write("series.csv", text_of("series", GOOD["series"])),
                                 status=1)
        self.assertIn(str(self.database), done.stderr)
        self.assertEqual(self.database.read_bytes(), content)


class AtOnce(ImportTest):
    def test_while_a_service_runs(self):
        self.import_good()
        with Service("--empty", database=self.database) as service:
            before = service.get("/v1/exports").json()
            self.assertEqual(before["observations"][-1]["period"], "2025-01")
            self.import_files(self.write("new.csv",
                                         text_of("reports", ["made,2025-03,30,1,alpha-1,"])))
            end = time.monotonic() + SHOWN_SECONDS
            while (now := service.get("/v1/exports").json())["generation"] == before["generation"]:
                self.assertLess(time.monotonic(), end, "the new data does not show")
                time.sleep(0.02)
            self.assertEqual([(row["period"], row["value"]) for row in now["observations"]],
                             [("2025-01", 10.5), ("2025-02", None), ("2025-03", 30)])

    def test_a_refused_batch_shows_nothing(self):
        self.import_good()
        with Service("--empty", database=self.database) as service:
            before = service.get("/v1/exports")
            self.import_files(self.write("bad.csv", text_of("reports", [
                "made,2025-03,30,1,alpha-1,", "made,2025-04,x,1,alpha-1,"])), status=1)
            time.sleep(0.5)  # longer than the service looks away
            after = service.get("/v1/exports")
            self.assertEqual((after.body, after.headers["ETag"]),
                             (before.body, before.headers["ETag"]))

    def test_several_imports_at_once(self):
        self.import_good()
        running = []
        for number in range(6):
            rows = [f"made,{year}-{month:02},{number},1,source-{number},"
                    for year in range(1950, 2050) for month in range(1, 13)]
            source = f"source-{number},P{number},T,https://example.org/,2025-02-01,page,press,2"
            files = [self.write(f"r{number}.csv", text_of("reports", rows)),
                     self.write(f"s{number}.csv", text_of("sources", [source]))]
            running.append(subprocess.Popen(
                [PROGRAM, "import", "--empty", "--database", self.database, *files],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        for process in running:
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, err)
            self.assertIn("reports: 1200 added", out)
        lines = self.exported()["reports.csv"].splitlines()
        self.assertEqual(len(lines), 1 + len(GOOD["reports"]) + 6 * 1200)
        self.assertEqual(self.run_program("check", "--database", self.database).returncode, 0)

    def test_killed_half_way_leaves_nothing_half(self):
        self.import_good()
        before = self.exported()
        rows = [f"made,{year}-{month:02},1,1,big-{number},"
                for number in range(20) for year in range(1950, 2050) for month in range(1, 13)]
        sources = [f"big-{number},P,T,https://example.org/,2025-02-01,page,press,2"
                   for number in range(20)]
        files = [self.write("r.csv", text_of("reports", rows)),
                 self.write("s.csv", text_of("sources", sources))]
        for seconds in [0.0, 0.01, 0.03]:
            copy = self.folder / f"copy-{seconds}.db"
            shutil.copy(self.database, copy)
            process = subprocess.Popen([PROGRAM, "import", "--empty", "--database", copy, *files],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(seconds)
            process.kill()
            process.wait()
            count = len(self.exported(copy)["reports.csv"].splitlines())
            whole = len(before["reports.csv"].splitlines()) + len(rows)
            self.assertIn(count, [len(before["reports.csv"].splitlines()), whole])


if __name__ == "__main__":
    unittest.main()
