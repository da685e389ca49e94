"""The commands beside `serve` and `import`: help, usage errors, configuration, and files that are
no database of ours."""

import fcntl
import os
import pathlib
import pty
import random
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import termios
import unittest

from service import PROGRAM, ROOT, Service

COMMANDS = ["serve", "import", "export", "migrate", "project", "check", "show", "token", "backup", "restore",
            "version"]
STORE_COMMANDS = ["serve", "import", "export", "migrate", "check", "show"]
KINDS = ["series", "sources", "reports", "claims", "rulings"]
LISTEN = ["--listen", "127.0.0.1:0"]


class CommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "exportstat.db"

    def run_program(self, *arguments, status=0, environment=None, text=True):
        """Runs it in an empty folder of its own, without any variables of its but those given."""
        clean = {name: value for name,
                 value in os.environ.items() if not name.startswith("EXPORTSTAT_")}
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=text,
                              timeout=30,
                              check=False, cwd=self.folder, env={**clean, **(environment or {})})
        self.assertEqual(done.returncode, status, (arguments, done.stdout, done.stderr))
        return done

    def assert_usage_error(self, *arguments, named=(), environment=None):
        done = self.run_program(*arguments, status=2, environment=environment)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("exportstat: "), done.stderr)
        for word in named:
            self.assertIn(word, done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [], "something was made all the same")
        return done.stderr


class Token(CommandTest):
    """Tokens are made, told once, listed and taken back."""

    def token(self, *arguments, status=0):
        return self.run_program("token", "--database", self.database, *arguments, status=status)

    def test_made_listed_revoked(self):
        self.assertIn("no such database", self.token("create", "press-desk", "--expires", "2199-12-31", status=1).stderr)
        self.run_program("migrate", "--empty", "--database", self.database)
        made = self.token("create", "press-desk", "--expires", "2199-12-31")
        self.assertRegex(made.stdout, r"\Aexps_[0-9a-f]{64}\n\Z")
        self.assertIn("is over", self.token("create", "editor", "--expires", "2020-01", status=2).stderr)
        self.token("create", "editor", "--scope", "import,revert", "--expires", "2198-01")
        self.assertEqual(self.token("list").stdout,
                         "editor\timport,revert\t2198-01-31\tvalid\n"
                         "press-desk\timport\t2199-12-31\tvalid\n")
        self.token("revoke", "press-desk")
        self.assertIn("press-desk\timport\t2199-12-31\trevoked\n", self.token("list").stdout)
        again = self.token("create", "press-desk", "--expires", "2199-12-31", status=1)
        self.assertIn("a name is given once", again.stderr)
        self.assertIn("no token 'nobody'", self.token("revoke", "nobody", status=1).stderr)
        for path in self.folder.iterdir():
            self.assertNotIn(made.stdout[5:].strip().encode(), path.read_bytes())

    def test_usage(self):
        for arguments in [("create", "a"), ("create",), ("revoke",), ("list", "a"), ("make", "a"),
                          ("create", "a", "--expires", "2199"),
                          ("create", "a", "--expires", "2199-12", "--scope", "all")]:
            with self.subTest(arguments):
                self.assert_usage_error("token", "--database", self.database, *arguments)


class Show(CommandTest):
    """The headline in text, and a bar for each month."""

    def setUp(self):
        super().setUp()
        self.run_program("migrate", "--database", self.database)

    def show(self, *arguments, status=0, **environment):
        return self.run_program("show", "--database", self.database, *arguments, status=status,
                                environment=environment)

    def test_says_what_the_service_says(self):
        text = self.show(LC_ALL="C.UTF-8").stdout
        with Service(database=self.database) as service:
            latest = service.get("/v1/exports/latest").json()
            rows = service.get("/v1/exports?last=24").json()["observations"]
        lines = text.splitlines()
        self.assertEqual(lines[0], latest["series"]["title"])
        self.assertEqual(lines[1], f"{latest['period']}: {latest['value']} USD million")
        for basis in ["mom", "yoy", "fiscal_year_to_date"]:
            percent = f"{latest[basis]['percent']:+.1f} %"
            self.assertIn(percent, text)
        self.assertIn(f"Rank {latest['rank']} of ", text)
        self.assertIn(f"{latest['yoy_streak_months']} months in a row", text)
        bars = lines[lines.index("") + 1:]
        self.assertEqual([line.split()[:2] for line in bars],
                         [[row["period"], str(row["value"])] for row in rows])
        for line, row in zip(bars, rows):
            self.assertEqual("disputed" in line, row["disputed"], line)
            self.assertEqual("derived" in line, row["status"] == "derived", line)
        longest = max(bars, key=lambda line: line.count("\u2588"))
        self.assertIn("437", longest)
        self.assertNotIn("\033", text)

    def test_as_of_a_day(self):
        text = self.show("--as-of", "2024-12-31", "--last", "2").stdout
        self.assertIn("2024-11: 324 USD million", text)
        self.assertIn("2024-10  330", text)
        self.assertIn("\nAs of 2024-12-31\n", text)
        self.assertIn("\nKnown up to 2026-", self.show().stdout)
        self.assertIn("2025-01: 313 USD million derived\n", self.show("--as-of", "2025-03-06").stdout)

    def test_without_unicode(self):
        self.assertTrue(self.show(LC_ALL="C").stdout.isascii())

    def test_missing_months(self):
        text = self.show("--series", "pk-goods", "--last", "4").stdout
        self.assertRegex(text, r"(?m)^2026-03 +- +missing$")

    def test_nothing_to_show(self):
        self.assertIn("Nothing is known.", self.show("--series", "pk-exports").stdout)
        done = self.show("--series", "nobody", status=1)
        self.assertIn("nobody", done.stderr)

    def on_a_terminal(self, **environment):
        """What it writes where its output is a terminal of 60 columns."""
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith("EXPORTSTAT_") and name not in ("NO_COLOR", "LANG")}
        try:
            subprocess.run([PROGRAM, "show", "--database", self.database, "--last", "4"], stdout=its,
                           env={**clean, "LC_ALL": "C", "TERM": "xterm", **environment}, check=True, timeout=30)
            return os.read(ours, 65536).decode()
        finally:
            os.close(ours)
            os.close(its)

    def test_colours_on_a_terminal_alone(self):
        colored, plain = self.on_a_terminal(), self.on_a_terminal(NO_COLOR="1")
        self.assertIn("\033[", colored)
        self.assertNotIn("\033", plain)
        self.assertEqual(self.on_a_terminal(TERM="dumb"), plain)
        self.assertEqual(re.sub("\033\\[[0-9]*m", "", colored), plain)
        for line in plain.splitlines()[-4:]:
            self.assertLessEqual(len(line), 60)


class Help(CommandTest):
    def test_lists_all_commands(self):
        for arguments in [["--help"], ["-h"], ["help"]]:
            with self.subTest(arguments=arguments):
                text = self.run_program(*arguments).stdout
                for command in COMMANDS:
                    self.assertRegex(text, rf"(?m)^  exportstat {command}\b")

    def test_of_each_command(self):
        for command in COMMANDS:
            for flag in ["--help", "-h"]:
                with self.subTest(command=command, flag=flag):
                    done = self.run_program(command, flag)
                    self.assertTrue(done.stdout.startswith(f"Usage: exportstat {command}"))
                    self.assertEqual(done.stderr, "")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_names_every_option_with_variable_and_default(self):
        text = self.run_program("serve", "--help").stdout
        for option, standard in [("listen", "127.0.0.1:8080"), ("database", "exportstat.db"),
                                 ("threads", "0"),
                                 ("connections", ""), ("request-timeout", ""),
                                 ("drain-timeout", "")]:
            with self.subTest(option=option):
                variable = "EXPORTSTAT_" + option.upper().replace("-", "_")
                self.assertRegex(text, rf"--{option} [A-Z]+ ")
                self.assertIn(f"environment: {variable}; default: {standard}", text)

    def test_is_there_whatever_the_environment_says(self):
        done = self.run_program("serve", "--help", environment={"EXPORTSTAT_THREADS": "many"})
        self.assertIn("--threads", done.stdout)

    def test_version(self):
        for arguments in [["version"], ["--version"]]:
            lines = self.run_program(*arguments).stdout.splitlines()
            self.assertRegex(lines[0], r"^exportstat \d+\.\d+\.\d+$")
            self.assertRegex(lines[1], r"^schema \d+$")
            self.assertEqual(lines[2],
                             "bundled data " + (ROOT / "data" / "VERSION").read_text().strip())


class Usage(CommandTest):
    def test_unknown_commands(self):
        for name, nearest in [("srve", "serve"), ("improt", "import"), ("exports", "export"),
                              ("xyzzy", None)]:
            with self.subTest(name=name):
                message = self.assert_usage_error(name, named=[f"'{name}'"])
                self.assertEqual(f"did you mean '{nearest}'" in message, nearest is not None)

    def test_no_command(self):
        done = self.run_program(status=2)
        self.assertIn("exportstat serve", done.stdout + done.stderr)

    def test_unknown_and_incomplete_options(self):
        for arguments, named in [
                (["check", "--bogus"], "--bogus"), (["check", "--databse", "x"], "--databse"),
                (["check", "--listen", "127.0.0.1:0"], "--listen"),
                (["version", "--database", "x"], "--database"),
                (["check", "--database"], "--database"), (["serve", "-x"], "-x"),
                (["check", "more"], "more"), (["version", "more"], "more"),
                (["serve", "more"], "more"),
                (["import"], "FILE"), (["export", "--kind"], "--kind")]:
            with self.subTest(arguments=arguments):
                self.assert_usage_error(*arguments, named=[named, f"exportstat {arguments[0]}"])

    def test_malformed_values(self):
        for option, value in [("threads", "x"), ("threads", "-1"), ("threads", "17"),
                              ("threads", "1.5"),
                              ("threads", ""), ("threads", "99999999999999999999"),
                              ("connections", "1"),
                              ("request-timeout", "0"), ("request-timeout", "3601"),
                              ("answer-timeout", "1s"),
                              ("drain-timeout", "-1"), ("cache-size", "-1"), ("library-size", "0"), ("log-requests", "yes"),
                              ("import-size", "0"), ("max-rows", "99"), ("max-series", "21"), ("max-address", "2049"), ("connection-memory", "3"), ("rate-limit", "10001"),
                              ("log-format", "xml"), ("log-level", "debug"),
                              ("database", ""), ("listen", "")]:
            with self.subTest(option=option, value=value):
                self.assert_usage_error("serve", *LISTEN, f"--{option}", value,
                                        named=[f"--{option}"])
                variable = "EXPORTSTAT_" + option.upper().replace("-", "_")
                self.assert_usage_error("serve", named=[variable], environment={variable: value})

    def test_addresses_that_are_none(self):
        for address in ["nowhere", "127.0.0.1", "127.0.0.1:", ":8080", "127.0.0.1:http",
                        "127.0.0.1:65536",
                        "127.0.0.1:-1", "127.0.0.1:0x50"]:
            with self.subTest(address=address):
                done = self.run_program("serve", "--empty", "--listen", address, status=1)
                self.assertEqual(done.stdout, "")
                self.assertIn(address, done.stderr)

    def test_output_that_can_not_be_written(self):
        self.run_program("migrate")
        for arguments in [["version"], ["--help"], ["serve", "--help"],
                          ["export", "--kind", "series"],
                          # More than one buffer: what fails then is not what is left at the end.
                          ["export", "--kind", "reports"], ["audit", "--format", "csv"],
                          ["audit", "--format", "json"], ["audit", "--format", "table"]]:
            with self.subTest(arguments=arguments), open("/dev/full", "w",
                                                         encoding="utf-8") as full:
                done = subprocess.run([PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE,
                                      text=True,
                                      timeout=60, check=False, cwd=self.folder)
                self.assertEqual(done.returncode, 1)
                self.assertIn("can not be written", done.stderr)


class Configuration(CommandTest):
    def test_flag_before_environment_before_default(self):
        for name in ["by-flag", "by-environment", "exportstat"]:
            self.run_program("migrate", "--empty", "--database", f"{name}.db")
        for name in ["by-flag", "by-environment"]:
            with sqlite3.connect(self.folder / f"{name}.db") as connection:
                connection.execute("UPDATE store SET generation = ?", [len(name) * 1000])
            connection.close()
        cases = [([], {}, 1), ([], {"EXPORTSTAT_DATABASE": "by-environment.db"}, 14000),
                 (["--database", "by-flag.db"], {"EXPORTSTAT_DATABASE": "by-environment.db"}, 7000)]
        for arguments, environment, generation in cases:
            with self.subTest(arguments=arguments, environment=environment):
                # What is imported shows which database it went to.
                name = f"{len(environment)}{len(arguments)}.csv"
                (self.folder / name).write_text(
                    "series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags\n"
                    "made,Made,Made up,unit,sum,7,,\n", encoding="utf-8")
                done = self.run_program("import", "--empty", *arguments, name,
                                        environment=environment)
                self.assertIn(f"generation {generation + 1}\n", done.stdout)

    def test_empty_by_flag_and_environment(self):
        for arguments, environment, empty in [([], {}, False), (["--empty"], {}, True),
                                              ([], {"EXPORTSTAT_EMPTY": "1"}, True),
                                              ([], {"EXPORTSTAT_EMPTY": "0"}, False)]:
            with self.subTest(arguments=arguments, environment=environment):
                database = self.folder / f"{len(arguments)}{environment.get('EXPORTSTAT_EMPTY')}.db"
                self.run_program("migrate", "--database", database, *arguments,
                                 environment=environment)
                rows = self.run_program("export", "--database", database, "--kind", "series").stdout
                self.assertEqual(len(rows.splitlines()), 1 if empty else 11)

    def test_variables_of_the_service(self):
        environment = {"EXPORTSTAT_THREADS": "1", "EXPORTSTAT_EMPTY": "1",
                       "EXPORTSTAT_LOG_REQUESTS": "0"}
        with Service(environment=environment) as service:
            self.assertEqual(service.get("/v1/series").json()["total"], 0)
            self.assertNotIn("msg=request", service.log())


class Data(CommandTest):
    def test_migrate_makes_and_keeps_a_database(self):
        self.assertRegex(self.run_program("migrate").stdout, r"schema version \d+$")
        first = self.database.read_bytes()
        self.assertRegex(self.run_program("migrate").stdout, r"schema version \d+$")
        self.assertEqual(self.database.read_bytes(), first)

    def test_a_clean_store_has_no_findings(self):
        for arguments in [[], ["--empty"]]:
            with self.subTest(arguments=arguments):
                database = self.folder / f"{len(arguments)}.db"
                self.run_program("migrate", "--database", database, *arguments)
                lines = self.run_program("check", "--database", database).stdout.splitlines()
                self.assertEqual(lines[-1], "0 faults of the database")
                self.assertEqual(lines[-2], f"{len(lines) - 2} findings on the quality of the data")

    def test_check_finds_what_no_import_would_let_in(self):
        breakages = ["UPDATE report SET period = 'FY1999' WHERE period = 'FY2021'",
                     "DELETE FROM source WHERE source_id = 'brecorder-2025-08-20'",
                     "DELETE FROM series WHERE series_id = 'pk-it'",
                     "UPDATE source SET published_day = 1 WHERE source_id = 'brecorder-2025-08-20'"]
        self.run_program("migrate")
        for number, statement in enumerate(breakages):
            with self.subTest(statement=statement):
                broken = self.folder / f"{number}.db"
                shutil.copy(self.database, broken)
                with sqlite3.connect(broken) as connection:
                    connection.execute(statement)
                connection.close()
                done = self.run_program("check", "--database", broken, status=1)
                self.assertRegex(done.stdout, r"(?m)^[1-9]\d* faults? of the database$")
                self.assertGreater(len(done.stdout.splitlines()), 1)

    def test_export_of_one_kind(self):
        self.run_program("migrate")
        for kind in KINDS:
            with self.subTest(kind=kind):
                exported = self.run_program("export", "--kind", kind).stdout.splitlines()
                bundled = (ROOT / "data" / f"{kind}.csv").read_text(encoding="utf-8").splitlines()
                self.assertEqual((exported[0], len(exported)), (bundled[0], len(bundled)))

    def test_export_of_all_kinds(self):
        self.run_program("migrate")
        self.run_program("export", "--output", "out")  # makes the folder
        self.run_program("export", "--output", "out")
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         sorted(f"{kind}.csv" for kind in KINDS))
        for kind in KINDS:
            self.assertEqual((self.folder / "out" / f"{kind}.csv").read_text(encoding="utf-8"),
                             self.run_program("export", "--kind", kind).stdout)

    def test_export_that_can_not_be_done(self):
        self.run_program("migrate")
        for arguments in [[], ["--kind", "nope"], ["--kind", "series", "--output", "."]]:
            with self.subTest(arguments=arguments):
                self.assertIn("--kind", self.run_program("export", *arguments, status=2).stderr)
        done = self.run_program("export", "--output", "nowhere/else", status=1)
        self.assertIn("the folder nowhere/else can not be made: No such file", done.stderr)


class OtherFiles(CommandTest):
    """What is no database of ours is refused by every command, by name, and stays as it was."""

    def assert_refused(self, path, *named, commands=tuple(STORE_COMMANDS)):
        good = self.folder / "good.csv"
        shutil.copy(ROOT / "data" / "series.csv", good)
        more = {"serve": LISTEN, "import": [good], "export": ["--kind", "series"]}
        before = path.read_bytes() if path.is_file() else None
        for command in commands:
            with self.subTest(command=command):
                done = self.run_program(command, "--database", path, *more.get(command, []),
                                        status=1)
                self.assertNotIn("listening", done.stdout)
                for word in [*named, str(path)]:
                    self.assertIn(word, done.stderr)
                self.assertEqual(path.read_bytes() if path.is_file() else None, before)

    def test_a_text_file(self):
        path = self.folder / "notes.txt"
        path.write_text("these are somebody's notes\n" * 200, encoding="utf-8")
        self.assert_refused(path, "not a database")

    def test_a_database_of_another_program(self):
        for version in [0, 1, 99]:
            path = self.folder / f"foreign-{version}.db"
            with sqlite3.connect(path) as connection:
                connection.execute("CREATE TABLE report (a)")
                connection.execute(f"PRAGMA user_version = {version}")
            connection.close()
            self.assert_refused(path, "another program")

    def test_a_newer_schema(self):
        self.run_program("migrate")
        with sqlite3.connect(self.database) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        self.assert_refused(self.database, "99", "newer")

    def test_a_file_that_was_cut_off(self):
        self.run_program("migrate")
        with open(self.database, "r+b") as file:
            file.truncate(30000)
        self.assert_refused(self.database, "damaged")

    def test_a_file_with_a_damaged_beginning(self):
        self.run_program("migrate")
        with open(self.database, "r+b") as file:
            file.write(bytes(100))
        self.assert_refused(self.database, "database")

    def test_a_file_with_damaged_pages(self):
        self.run_program("migrate")
        noise = random.Random(1).randbytes(10 * 4096)
        with open(self.database, "r+b") as file:
            file.seek(5 * 4096)
            file.write(noise)
        self.assert_refused(self.database, "damaged", commands=["serve", "import", "migrate"])
        done = self.run_program("check", status=1)
        self.assertIn("damage", done.stdout + done.stderr)

    def test_a_folder_and_nothing(self):
        folder = self.folder / "folder.db"
        folder.mkdir()
        self.assert_refused(folder)
        for command in [["check"], ["export", "--kind", "series"]]:
            with self.subTest(command=command):
                done = self.run_program(*command, "--database", "missing.db", status=1)
                self.assertIn("missing.db", done.stderr)
                self.assertFalse((self.folder / "missing.db").exists())

    def test_an_empty_file_becomes_a_database(self):
        self.database.touch()
        self.run_program("migrate", "--empty")
        self.assertEqual(self.run_program("check").stdout,
                         "0 findings on the quality of the data\n0 faults of the database\n")


if __name__ == "__main__":
    unittest.main()
