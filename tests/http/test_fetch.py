"""`exportstat fetch` against a stand-in for EasyData, which also misbehaves."""

import contextlib
import csv
import datetime
import http.server
import io
import json
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from service import PROGRAM, Service

KEY = "TS_GP_BOP_XMGS_M.P00120"
COLUMNS = ["Dataset Name", "Series Key", "Series Name", "Observation Date", "Observation Value", "Unit",
           "Observation Status", "Status Comments"]
END = {"2026-08": "2026-08-31", "2026-09": "2026-09-30", "2026-10": "2026-10-31"}


def row(month, value, status="Normal", comment="", key=KEY, unit="Million USD"):
    return ["Balance of Payments", key, "Exports of telecommunications, computer and information services",
            END.get(month, month), value, unit, status, comment]


def answer(*rows, columns=COLUMNS):
    return json.dumps({"columns": columns, "rows": list(rows)}).encode()


# A row without a value, beside which one month shows that they are monthly.
BEFORE = row("2026-09", "")
ROWS = [row("2026-10", "401.25"), row("2026-09", ".5", "P"), row("2026-08", "")]


class StandIn:
    """Answers with what it is given, one after the other, the last again and again; and remembers what was asked."""

    def __init__(self, *answers, tls=None):
        self.answers = list(answers)
        self.asked = []
        stand_in = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                stand_in.asked.append(self)
                given = stand_in.answers.pop(0) if len(stand_in.answers) > 1 else stand_in.answers[0]
                if callable(given):
                    given(self)
                    return
                status, headers, body = given if isinstance(given, tuple) else (200, {}, given)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", len(body))
                self.end_headers()
                self.wfile.write(body)

            def do_CONNECT(self):
                stand_in.asked.append(self)
                self.send_error(502)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        self.server.daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"{self.scheme}://127.0.0.1:{self.server.server_port}/api/v1"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def cut_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(answer(*ROWS)[:100])
    handler.close_connection = True


def hang(handler):
    handler.connection.settimeout(20)
    with contextlib.suppress(OSError):
        handler.connection.recv(1)


def without(column):
    at = COLUMNS.index(column)
    return answer(*[r[:at] + r[at + 1:] for r in ROWS], columns=COLUMNS[:at] + COLUMNS[at + 1:])


class FetchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "one.db"
        self.run_program("migrate")

    def run_program(self, command, *arguments, status=0, **environment):
        environment = {"EXPORTSTAT_API_KEY": "s3cr&t", **environment}
        done = subprocess.run([PROGRAM, command, "--database", str(self.database), *map(str, arguments)],
                              capture_output=True, text=True, timeout=60, check=False, cwd=self.folder,
                              env={**{k: v for k, v in os.environ.items() if "proxy" not in k.lower()}, **environment})
        self.assertEqual(done.returncode, status, (done.stdout, done.stderr))
        self.assertNotIn("s3cr", done.stdout + done.stderr)
        return done

    def fetch(self, stand_in, *arguments, series=f"pk-it={KEY}", **more):
        return self.run_program("fetch", "--api", stand_in.address, "--attempts", "2", *arguments, series, **more)

    def reports(self):
        text = self.run_program("export", "--kind", "reports").stdout
        return [r for r in csv.DictReader(io.StringIO(text)) if r["source_id"].startswith("easydata-")]

    def test_new_months_become_official_reports(self):
        with StandIn(answer(*ROWS)) as stand_in:
            done = self.fetch(stand_in, "--from", "2026-08")
        self.assertIn("3 months, 2 new, 0 revised, 1 without a value", done.stderr)
        asked = urllib.parse.urlsplit(stand_in.asked[0].path)
        query = dict(urllib.parse.parse_qsl(asked.query))
        self.assertEqual(asked.path, f"/api/v1/series/{KEY}/data")
        self.assertEqual([query["start_date"], query["format"], query["api_key"]], ["2026-08-01", "json", "s3cr&t"])
        self.assertEqual([(r["period"], r["value"], r["precision"], r["note"]) for r in self.reports()],
                         [("2026-09", "0.5", "0.1", "provisional"), ("2026-10", "401.25", "0.01", "")])
        source = self.reports()[0]["source_id"]
        with Service(database=self.database) as service:
            page = service.get(f"/v1/sources/{source}").json()
            observation = service.get("/v1/exports/2026-10").json()
        self.assertEqual([page["authority"], page["kind"], page["publisher"]],
                         [3, "official", "State Bank of Pakistan EasyData"])
        self.assertEqual(page["url"], f"{stand_in.address}/series/{KEY}/data")
        self.assertEqual(observation["value"], 401.25)

    def test_what_is_known_is_not_told_again_and_what_was_revised_is(self):
        later = answer(row("2026-10", "402.1", "R", "late returns"), *ROWS[1:])
        with StandIn(answer(*ROWS), answer(*ROWS), later, later) as stand_in:
            self.fetch(stand_in)
            self.assertIn("nothing new", self.fetch(stand_in).stderr)
            self.assertIn("0 new, 1 revised", self.fetch(stand_in).stderr)
            self.assertIn("nothing new", self.fetch(stand_in).stderr)
        rows = self.reports()
        self.assertEqual([(r["period"], r["value"], r["note"]) for r in rows],
                         [("2026-09", "0.5", "provisional"), ("2026-10", "401.25", ""),
                          ("2026-10", "402.1", "revised: late returns")])
        self.assertEqual(rows[2]["source_id"], rows[1]["source_id"] + "-02")

    def test_what_was_said_last_of_a_day_holds(self):
        answers = [answer(row("2026-10", str(400 + 3 * n)), BEFORE) for n in range(1, 13)]
        with StandIn(*answers) as stand_in:
            for n, _ in enumerate(answers):
                self.assertIn("0 new, 1 revised" if n else "1 new", self.fetch(stand_in).stderr)
            self.assertIn("nothing new", self.fetch(stand_in).stderr)
        with Service(database=self.database) as service:
            self.assertEqual(service.get("/v1/exports/2026-10").json()["value"], 436)

    def test_zeros_at_the_end_are_no_revision(self):
        numbers = [answer(row("2026-10", 100.1), BEFORE), answer(row("2026-10", "100.10"), BEFORE)]
        with StandIn(*numbers) as stand_in:
            self.fetch(stand_in)
            self.assertIn("nothing new", self.fetch(stand_in).stderr)

    def test_several_series_are_one_batch(self):
        other = answer(row("2026-10", "900", key="B.2"), row("2026-09", "", key="B.2"))
        with StandIn(answer(*ROWS), other) as stand_in:
            self.run_program("fetch", "--api", stand_in.address, f"pk-it={KEY}", "pk-services=B.2")
        self.assertEqual(len(self.reports()), 3)
        with StandIn(answer(row("2026-08", "7"), BEFORE), b"<html>") as stand_in:
            self.run_program("fetch", "--api", stand_in.address, f"pk-it={KEY}", "pk-services=B.2", status=1)
        self.assertEqual(len(self.reports()), 3)

    def test_a_dry_run_stores_nothing(self):
        with StandIn(answer(*ROWS)) as stand_in:
            done = self.fetch(stand_in, "--dry-run")
        self.assertEqual([r["period"] for r in csv.DictReader(io.StringIO(done.stdout))], ["2026-09", "2026-10"])
        self.assertEqual(self.reports(), [])

    def test_saved_files_are_read_too(self):
        text = io.StringIO()
        csv.writer(text).writerows([COLUMNS, *ROWS])
        for name, content in {"one.json": answer(*ROWS), "two.csv": text.getvalue().encode()}.items():
            (self.folder / name).write_bytes(content)
            done = self.run_program("fetch", "--file", name, "--dry-run", "pk-it")
            self.assertEqual(len(done.stdout.splitlines()), 3, name)
        self.run_program("fetch", "--file", "two.csv", "pk-it")
        self.assertEqual(len(self.reports()), 2)

    def test_a_saved_file_is_of_the_day_it_was_saved(self):
        for name, told, rows, day in [
            ("old", None, [row("2026-10", "401"), BEFORE], "2026-11-05"),
            ("older", "2026-11-02", [row("2026-10", "399"), BEFORE], "2026-11-02"),
        ]:
            (self.folder / name).write_bytes(answer(*rows))
            when = datetime.datetime(2026, 11, 5, 12, tzinfo=datetime.timezone.utc).timestamp()
            os.utime(self.folder / name, (when, when))
            self.run_program("fetch", "--file", name, *(["--answered", told] if told else []), "pk-it")
            self.assertIn(f"easydata-pk-it-{day}", [r["source_id"] for r in self.reports()])
        # Nothing can be known of a month before it has ended.
        self.assertIn("still to come", self.run_program("fetch", "--file", "old", "--answered", "2026-10-30", "pk-it",
                                                        status=1).stderr)
        for wrong in (["--file", "old", "--answered", "2199-01-01", "pk-it"], ["--answered", "2026-11-01", f"pk-it={KEY}"],
                      ["--file", "none", "pk-it"]):
            self.assertIn("exportstat: ", self.run_program("fetch", *wrong, status=1).stderr)
        with Service(database=self.database) as service:
            self.assertEqual(service.get("/v1/exports/2026-10").json()["value"], 401)
            self.assertEqual(service.get("/v1/exports/2026-10?as_of=2026-11-03").json()["value"], 399)

    def test_texts_with_control_characters_are_read(self):
        body = answer(row("2026-10", "401", "Normal", "one MARK two"), BEFORE).replace(b"MARK", b"\x01\n\t")
        with StandIn(body) as stand_in:
            self.fetch(stand_in)
        self.assertEqual(self.reports()[0]["note"], "one     two")

    def test_columns_are_found_by_name(self):
        names = ["Unit", "Status", "Observation Date", "New Column", "Observation Value", "Series Key"]
        with StandIn(answer(["USD Million", "P", "2026-10-31", "x", 401.5, KEY],
                            ["USD Million", "P", "2026-09-30", "x", None, KEY], columns=names)) as stand_in:
            self.fetch(stand_in)
        self.assertEqual([(r["value"], r["note"]) for r in self.reports()], [("401.5", "provisional")])

    def test_a_server_that_recovers_is_asked_again(self):
        for name, fault in {
            "busy": (429, {"Retry-After": "1"}, b"slow down"), "broken": (500, {}, b"oops"),
            "away": (503, {}, b""), "cut off": cut_off,
        }.items():
            with self.subTest(name), StandIn(fault, answer(row("2026-10", "400"), BEFORE)) as stand_in:
                self.assertIn("asking again in 1 s", self.fetch(stand_in, "--dry-run").stderr)
                self.assertEqual(len(stand_in.asked), 2)

    def test_what_can_not_be_had_is_told(self):
        for name, (fault, told, times) in {
            "broken for good": ((500, {}, b"oops"), "the server answers 500, at the last attempt", 2),
            "busy for long": ((429, {"Retry-After": "3600"}, b""), "wants to be asked again in 3600 seconds", 1),
            "busy for ages": ((429, {"Retry-After": "4294967297"}, b""), "to be asked again in 4294967297 seconds", 1),
            "refused": ((403, {}, b"invalid key"), "the server answers 403 (is the API key right", 1),
            "moved": ((302, {"Location": "http://127.0.0.1:1/"}, b""), "the server answers 302", 1),
            "cut off twice": (cut_off, "at the last attempt", 2),
            "too large": (b" " * (16 * 1024 * 1024 + 1), "larger than 16 MiB", 1),
        }.items():
            with self.subTest(name), StandIn(fault) as stand_in:
                self.assertIn(told, self.fetch(stand_in, status=1).stderr)
                self.assertEqual(len(stand_in.asked), times)
        with StandIn(hang) as stand_in:
            done = self.fetch(stand_in, "--timeout", "1", "--attempts", "1", status=1)
        self.assertIn("Timeout", done.stderr)
        self.assertEqual(self.reports(), [])

    def test_answers_that_can_not_be_right_are_refused_whole(self):
        good = row("2026-10", "401")
        beside = row("2026-09", "")
        for name, (body, told) in {
            "a page": (b"<!DOCTYPE html><html></html>", "a web page"),
            "nothing": (b"  ", "is empty"),
            "cut JSON": (answer(*ROWS)[:-2], "no JSON"),
            "an error": (b'{"error": "invalid key"}', "no columns and rows"),
            "a list": (b"[]", "no columns and rows"),
            "no value column": (without("Observation Value"), "no column 'Observation Value'"),
            "no unit column": (without("Unit"), "no column 'Unit'"),
            "two columns": (answer(good + ["x"], columns=COLUMNS + ["Status"]), "'Observation Status' twice"),
            "a short row": (answer(good[:-1]), "row 1 of the answer has no 8 cells"),
            "another series": (answer(good, row("2026-09", "4", key="X.1")), "row 2 of the answer: 'X.1'"),
            "another unit": (answer(row("2026-10", "401", unit="Thousand USD"), row("2026-09", "", unit="Thousand USD")), "--unit"),
            "a change of unit": (answer(good, row("2026-09", "4", unit="Million PKR")), "another unit than"),
            "a month twice": (answer(good, good, beside), "2026-10 twice"),
            "not a month's end": (answer(row("2026-10-30", "4")), "no last day of a month"),
            "one month": (answer(good), "one date"),
            "a month to come": (answer(good, row("2199-10-31", "4")), "still to come"),
            "quarters": (answer(row("2026-06-30", "4"), row("2026-03-31", "3")), "not monthly"),
            "a word": (answer(row("2026-10", "n.a.")), "'n.a.' is no number"),
            "with commas": (answer(row("2026-10", "1,401")), "is no number"),
            "an exponent": (answer(row("2026-10", "4e2")), "is no number"),
            "too large": (answer(row("2026-10", "1000000000")), "is no number below"),
            "not UTF-8": (answer(good, beside).replace(b"Normal", b"\xff\xfe"), "no JSON"),
        }.items():
            with self.subTest(name), StandIn(body) as stand_in:
                self.assertIn(told, self.fetch(stand_in, status=1).stderr)
        self.assertEqual(self.reports(), [])

    def test_a_unit_can_be_said_to_be_the_same(self):
        with StandIn(answer(row("2026-10", "401", unit="Mio. Dollars US"),
                            row("2026-09", "", unit="Mio. Dollars US"))) as stand_in:
            self.fetch(stand_in, status=1)
            self.fetch(stand_in, "--unit", "Mio. Dollars US")
        self.assertEqual(len(self.reports()), 1)

    def test_the_key_is_read_from_a_file(self):
        (self.folder / "key").write_text("from&file\n")
        with StandIn(answer(*ROWS)) as stand_in:
            self.fetch(stand_in, "--api-key-file", "key")
            self.assertIn("api_key=from%26file", stand_in.asked[0].path)
            self.assertIn("no such file", self.fetch(stand_in, "--api-key-file", "none", status=1).stderr.lower())
            self.assertIn("no API key", self.fetch(stand_in, status=1, EXPORTSTAT_API_KEY="").stderr)

    def test_wrong_use_is_told_before_anything_is_asked(self):
        with StandIn(answer(*ROWS)) as stand_in:
            for series in ("pk-it", "pk-it=a/b", "=X", "PK=X", "a" * 42 + "=X"):
                self.fetch(stand_in, series=series, status=1)
            for others in ([f"pk-it={KEY}", "pk-it=X.1"], [f"pk-it={KEY}", f"pk-services={KEY}"]):
                self.run_program("fetch", "--api", stand_in.address, *others, status=1)
            self.run_program("fetch", "--api", "ftp://127.0.0.1/", f"pk-it={KEY}", status=2)
            self.assertEqual(stand_in.asked, [])
            self.assertIn("nowhere", self.fetch(stand_in, series=f"nowhere={KEY}", status=1).stderr)
        done = self.run_program("fetch", "--api", "http://192.0.2.1/api", "--attempts", "1", f"pk-it={KEY}", status=1)
        self.assertIn("rotocol", done.stderr)

    def test_a_proxy_is_used(self):
        """It is asked for a tunnel, and sees no key; to this machine, where the key is in clear, there is none."""
        with StandIn(answer(*ROWS)) as proxy, StandIn(answer(*ROWS)) as stand_in:
            environment = {name: proxy.address.removesuffix("/api/v1") for name in
                           ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY")}
            self.run_program("fetch", "--api", "https://easydata.test/api/v1", "--attempts", "1", f"pk-it={KEY}",
                             status=1, **environment)
            self.assertEqual([(asked.command, asked.path) for asked in proxy.asked], [("CONNECT", "easydata.test:443")])
            self.fetch(stand_in, **environment)
            self.assertEqual(len(proxy.asked), 1)
        self.assertEqual(len(self.reports()), 2)

    def test_what_a_server_says_of_the_key_is_not_told(self):
        """run_program looks for the key in all that is said."""
        def echo(handler):
            handler.send_error(403, handler.path, handler.path)

        with StandIn(echo) as stand_in:
            self.assertIn("answers 403", self.fetch(stand_in, status=1).stderr)
        for body in (answer(row("2026-10", "7", "R", "by s3cr&t"), BEFORE), answer(row("s3cr%26t", "7")), b'["s3cr&t",'):
            with StandIn(body) as stand_in:
                self.assertIn("has the API key in it", self.fetch(stand_in, status=1).stderr)
        self.assertEqual(self.reports(), [])

    def test_a_terminal_is_not_told_what_to_do(self):
        for wrong in (row("2026-10", "4\x1b[2J"), row("\x1b[31m", "4"), row("2026-10", "4", key="\x1b[31m")):
            with StandIn(answer(wrong, BEFORE)) as stand_in:
                self.assertNotIn("\x1b", self.fetch(stand_in, status=1).stderr)

    def test_a_dry_run_leaves_the_database_as_it_is(self):
        before = self.database.read_bytes()
        with StandIn(answer(*ROWS)) as stand_in:
            self.fetch(stand_in, "--dry-run")
        self.assertEqual(self.database.read_bytes(), before)

    def test_a_server_that_can_not_prove_who_it_is_is_refused(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2"],
                       cwd=self.folder, check=True, capture_output=True, timeout=60)
        with StandIn(answer(*ROWS), tls=(self.folder / "cert.pem", self.folder / "key.pem")) as stand_in:
            done = self.fetch(stand_in, status=1)
            self.assertEqual(stand_in.asked, [])
        self.assertIn("certificate", done.stderr)

    def test_a_server_that_is_not_there_is_told(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{free.getsockname()[1]}/api"
        done = self.run_program("fetch", "--api", address, "--attempts", "2", f"pk-it={KEY}", status=1)
        self.assertIn("at the last attempt", done.stderr)
