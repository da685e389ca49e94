"""`exportstat serve` as an operator sees it: where it listens, how it begins and ends, what it
logs, and how it stands slow and many clients."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import selectors
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from service import PROGRAM, START_SECONDS, STOP_SECONDS, Service, ServiceTest

CUT_SECONDS = 30  # until a client that may take 1 s has been cut off, on the slowest machine
NOBODY = 65534


class Running:
    """The program where it does not listen on a port that it found itself."""

    def __init__(self, *arguments, environment=None, **options):
        clean = {name: value for name,
                 value in os.environ.items() if not name.startswith("EXPORTSTAT_")}
        self.process = subprocess.Popen([*arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE,
                                        env={**clean, **(environment or {})}, **options)
        self.line = self.process.stdout.readline().decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, number=signal.SIGTERM):
        """Its exit status, and what else it printed."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=STOP_SECONDS)
        return self.process.returncode, out.decode(), err.decode()


def ask(peer, path="/livez", close=True):
    """The body of the answer on a connected socket."""
    end = "Connection: close\r\n" if close else ""
    peer.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{end}\r\n".encode())
    response = http.client.HTTPResponse(peer)
    response.begin()
    return response.status, response.read()


class ServingTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "served.db"
        self.command = [PROGRAM, "serve", "--database", str(self.database), "--empty"]

    def assert_refused(self, *command, named, **options):
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS,
                              check=False, **options)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        for word in named:
            self.assertIn(word, done.stderr)


class Listening(ServingTest):
    def test_prints_one_line_with_the_real_address(self):
        with Running(*self.command, "--listen", "127.0.0.1:0") as running:
            address = re.fullmatch(r"exportstat listening on http://127\.0\.0\.1:(\d+)\n",
                                   running.line)
            self.assertIsNotNone(address, running.line)
            self.assertNotEqual(address[1], "0")
            with socket.create_connection(("127.0.0.1", int(address[1])), 30) as peer:
                self.assertEqual(ask(peer)[0], 200)
            status, more, _ = running.end()
            self.assertEqual((status, more), (0, ""))

    def test_a_port_in_use(self):
        with Service("--empty") as service:
            address = f"127.0.0.1:{service.port}"
            self.assert_refused(*self.command, "--listen", address, named=[address, "in use"])
            self.assertEqual(service.get("/livez").status, 200)

    def test_a_port_is_free_again_at_once(self):
        with Service("--empty") as service:
            port = service.port
            with socket.create_connection(("127.0.0.1", port), 30) as peer:
                self.assertEqual(ask(peer, close=False)[0], 200)
        with Running(*self.command, "--listen", f"127.0.0.1:{port}") as again:
            self.assertEqual(again.line, f"exportstat listening on http://127.0.0.1:{port}\n")

    def test_a_unix_socket(self):
        path = self.folder / "socket"
        for _ in range(2):  # the second time over the socket that is left
            with Running(*self.command, "--listen", f"unix:{path}") as running:
                self.assertEqual(running.line, f"exportstat listening on unix:{path}\n")
                for _ in range(3):
                    with socket.socket(socket.AF_UNIX) as peer:
                        peer.settimeout(30)
                        peer.connect(str(path))
                        self.assertEqual(ask(peer, "/v1/exports/foo")[0], 404)
                        self.assertEqual(running.process.poll(), None)
                running.process.kill()

    def test_a_unix_socket_in_use(self):
        path = self.folder / "socket"
        with Running(*self.command, "--listen", f"unix:{path}"):
            self.assert_refused(*self.command, "--listen", f"unix:{path}",
                                named=[str(path), "in use"])

    def test_a_path_that_is_no_socket(self):
        path = self.folder / "notes"
        path.write_text("keep me", encoding="utf-8")
        self.assert_refused(*self.command, "--listen", f"unix:{path}", named=[str(path)])
        self.assertEqual(path.read_text(encoding="utf-8"), "keep me")
        self.assert_refused(*self.command, "--listen", "unix:" + 200 * "x", named=["xxx"])

    def test_an_inherited_socket(self):
        """As systemd hands it over: descriptor 3, and variables that say so."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            for _ in range(2):  # it stays open for the next one
                with Running("sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *self.command,
                             environment={"LISTEN_FDS": "1"}, pass_fds=(3,),
                             preexec_fn=lambda: os.dup2(listener.fileno(), 3)) as running:
                    self.assertEqual(running.line,
                                     f"exportstat listening on http://127.0.0.1:{port}\n")
                    with socket.create_connection(("127.0.0.1", port), 30) as peer:
                        self.assertEqual(ask(peer)[0], 200)
                    self.assertEqual(running.end()[0], 0)

    def test_a_socket_that_is_meant_for_another(self):
        with Running(*self.command, "--listen", "127.0.0.1:0",
                     environment={"LISTEN_FDS": "1", "LISTEN_PID": "1"}) as running:
            self.assertRegex(running.line, r"^exportstat listening on http://127\.0\.0\.1:\d+\n$")


class Databases(ServingTest):
    def test_a_folder_that_is_missing(self):
        path = str(self.folder / "missing" / "x.db")
        self.assert_refused(PROGRAM, "serve", "--listen", "127.0.0.1:0", "--database", path,
                            named=[path])

    def test_a_folder_that_can_not_be_written(self):
        options = {}
        if os.geteuid() == 0:  # who may write everywhere
            if not os.stat(PROGRAM).st_mode & 0o001:
                self.skipTest("the program is for root only")
            options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.folder.chmod(0o555)
        self.addCleanup(self.folder.chmod, 0o755)
        self.assert_refused(*self.command, "--listen", "127.0.0.1:0", named=[str(self.database)],
                            **options)

    def test_two_services_on_one_database(self):
        with Service(database=self.database) as first, Service(database=self.database) as second:
            self.assertEqual(first.get("/v1/exports").body, second.get("/v1/exports").body)


LARGE = "/v1/exports/growth?basis=trailing_12m&explain=true"


def large_store(folder):
    """A database whose LARGE answer is more than the kernel takes for one who does not read."""
    files = {
        "series": ["series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags",
                   "long,Long,Two hundred years,unit,sum,7,,default"],
        "sources": ["source_id,publisher,title,url,published,date_basis,kind,authority",
                    "all,Alpha,All,https://example.org/,2020-01-01,page,press,2"],
        "reports": ["series_id,period,value,precision,source_id,note",
                    *[f"long,{year}-{month:02},{year},1,all," for year in range(1950, 2150)
                      for month in range(1, 13)]],
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    database = folder / "large.db"
    subprocess.run([PROGRAM, "import", "--empty", "--database", database,
                    *[folder / name for name in files]],
                   check=True, capture_output=True, timeout=60)
    return database


def narrow_client(service):
    """A client that leaves its answers with the kernel."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.settimeout(60)
    peer.connect((service.host, service.port))
    peer.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    return peer


class Ending(ServingTest):
    def test_signals(self):
        for number in [signal.SIGTERM, signal.SIGINT]:
            with self.subTest(number=number):
                with Running(*self.command, "--listen", "127.0.0.1:0") as running:
                    status, more, log = running.end(number)
                    self.assertEqual((status, more), (0, ""))
                    self.assertIn(f"signal={number.name}", log)

    def test_idle_connections_do_not_delay_it(self):
        with Service("--empty", "--drain-timeout",
                     "600") as service, contextlib.ExitStack() as stack:
            for _ in range(10):
                peer = stack.enter_context(socket.create_connection((service.host, service.port),
                                                                    30))
                self.assertEqual(ask(peer, close=False)[0], 200)
            service.stop()  # within STOP_SECONDS, and well

    def test_an_answer_under_way_is_completed(self):
        with Service("--empty", "--drain-timeout", "60",
                     database=large_store(self.folder)) as service:
            with narrow_client(service) as peer:
                received = peer.recv(1000)
                service.process.send_signal(signal.SIGTERM)
                self.wait_until_closed(service)
                self.assertIsNone(service.process.poll(), "it did not wait")
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
                while chunk := peer.recv(1 << 20):
                    received += chunk
            head, body = received.split(b"\r\n\r\n", 1)
            length = int(re.search(rb"Content-Length: (\d+)", head)[1])
            self.assertGreater(length, 8 << 20)
            self.assertEqual(len(body), length)
            self.assertEqual(len(json.loads(body)["growth"]), 2400)
            self.assertEqual(service.process.wait(STOP_SECONDS), 0)

    def wait_until_closed(self, service):
        """Until nobody new is let in."""
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end:
            try:
                socket.create_connection((service.host, service.port), 30).close()
            except OSError:
                return
            time.sleep(0.02)
        self.fail("it still takes connections")

    def test_a_client_that_never_reads_does_not_keep_it(self):
        with Service("--empty", "--drain-timeout", "1",
                     database=large_store(self.folder)) as service:
            with narrow_client(service) as peer:
                self.assertTrue(peer.recv(1))
                service.stop()


class Health(ServiceTest):
    def test_alive_and_ready(self):
        self.assertEqual(self.get("/livez").json(), {"status": "alive"})
        generation = self.get("/v1/exports?last=1").json()["generation"]
        self.assertEqual(self.get("/readyz").json(), {"status": "ready", "generation": generation})


class Log(ServingTest):
    FIELD = r'[a-z_]+=(?:"(?:[^"\\]|\\.)*"|[^\s"=]*)'

    def lines(self, text):
        """The log lines, each as a dictionary; other lines are messages of the program's start."""
        found = []
        for line in text.splitlines():
            if line.startswith("exportstat: "):
                continue
            self.assertRegex(line, rf"^{self.FIELD}(?: {self.FIELD})*$")
            fields = [field.split("=", 1) for field in re.findall(self.FIELD, line)]
            found.append({name: re.sub(r'\\(["\\])', r"\1",
                                       value[1:-1] if value[:1] == '"' else value)
                          for name, value in fields})
        return found

    def requests(self, targets, *arguments):
        # One loop, whose lines stand in the order of the requests.
        with Running(*self.command, "--listen", "127.0.0.1:0", "--threads", "1", *arguments) as running:
            port = int(running.line.rsplit(":", 1)[1])
            for target in targets:
                with socket.create_connection(("127.0.0.1", port), 30) as peer:
                    peer.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n"
                                 b"X-Request-Id: mine\r\nConnection: close\r\n\r\n")
                    while peer.recv(65536):
                        pass
            return self.lines(running.end()[2])

    def test_one_line_for_each_request(self):
        targets = [b"/livez", b"/v1/series", b"/v1/series", b"/v1/exports?last=0", b"/nope"]
        lines = [line for line in self.requests(targets) if line["msg"] == "request"]
        self.assertEqual([(line["path"], line["status"], line["cache"]) for line in lines],
                         [("/livez", "200", "none"), ("/v1/series", "200", "miss"),
                          ("/v1/series", "200", "hit"),
                          ("/v1/exports?last=0", "400", "none"), ("/nope", "404", "none")])
        for line in lines:
            self.assertLessEqual({"time", "level", "id", "method", "bytes", "us", "generation"},
                                 set(line))
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertEqual((line["id"], line["method"], line["level"]), ("mine", "GET", "info"))
            self.assertRegex(line["us"] + line["bytes"], r"^\d+$")

    def test_what_clients_send_can_not_forge_a_line(self):
        targets = [b'/"quoted"', b"/a=b", b"/back\\slash", b"/%0Alevel=error", b"/\xc3\xa4",
                   b"/\x01\x7f", b"/\xff"]
        lines = [line for line in self.requests(targets) if line["msg"] == "request"]
        self.assertEqual(len(lines), len(targets))
        self.assertEqual([line["path"] for line in lines[:4]],
                         ['/"quoted"', "/a=b", "/back\\slash", "/%0Alevel=error"])

    def test_none_where_none_is_wanted(self):
        lines = self.requests([b"/livez", b"/nope"], "--log-requests", "0")
        self.assertEqual([line["msg"] for line in lines if line["msg"] == "request"], [])


    def test_the_same_as_json(self):
        with Running(*self.command, "--listen", "127.0.0.1:0", "--log-format", "json") as running:
            port = int(running.line.rsplit(":", 1)[1])
            for target in (b'/"quoted"', b"/a=b", b"/\xff", b"/livez"):
                with socket.create_connection(("127.0.0.1", port), 30) as peer:
                    peer.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    while peer.recv(65536):
                        pass
            text = running.end()[2]
        lines = [json.loads(line) for line in text.splitlines() if not line.startswith("exportstat: ")]
        asked = [line for line in lines if line["msg"] == "request"]
        self.assertEqual({line["path"] for line in asked}, {'/"quoted"', "/a=b", "/\\xff", "/livez"})
        for line in asked:
            self.assertLessEqual({"time", "level", "id", "method", "bytes", "us", "generation"}, set(line))

    def test_levels(self):
        for level in ("error", "warning"):
            lines = self.requests([b"/livez", b"/nope"], "--log-level", level)
            self.assertEqual(lines, [])


class SlowClients(unittest.TestCase):
    def assert_cut_off(self, service, drip):
        """The connection ends while bytes still drip in; others are answered meanwhile."""
        with socket.create_connection((service.host, service.port), 30) as peer:
            end = time.monotonic() + CUT_SECONDS
            peer.setblocking(False)
            with selectors.DefaultSelector() as selector:
                selector.register(peer, selectors.EVENT_READ)
                while time.monotonic() < end:
                    try:
                        peer.sendall(next(drip))
                        if selector.select(0.1) and not peer.recv(65536):
                            break
                    except ConnectionError:
                        break
                    self.assertEqual(service.get("/livez").status, 200)
                else:
                    self.fail("it was not cut off")

    def test_a_header_that_drips_in(self):
        def drip():
            yield b"GET /livez HTTP/1.1\r\nHost: a\r\nX: "
            while True:
                yield b"x"
        with Service("--empty", "--request-timeout", "1", "--threads", "1") as service:
            self.assert_cut_off(service, drip())

    def test_a_connection_that_says_nothing(self):
        def silence():
            while True:
                yield b""
        with Service("--empty", "--request-timeout", "1", "--threads", "1") as service:
            self.assert_cut_off(service, silence())

    def test_an_answer_that_is_not_taken(self):
        with (tempfile.TemporaryDirectory() as folder,
              Service("--empty", "--answer-timeout", "1", "--threads", "1",
                      database=large_store(pathlib.Path(folder))) as service,
              narrow_client(service)):
            end = time.monotonic() + CUT_SECONDS
            while "cut_off=" not in service.log():
                self.assertLess(time.monotonic(), end, "it was not cut off")
                self.assertEqual(service.get("/livez").status, 200)
                time.sleep(0.1)


class ManyClients(unittest.TestCase):
    def assert_all_answered(self, service, count):
        with contextlib.ExitStack() as stack:
            peers = [stack.enter_context(socket.create_connection((service.host, service.port), 60))
                     for _ in range(count)]
            for _ in range(2):  # twice on the same connections
                for peer in peers:
                    peer.sendall(b"GET /v1/exports?last=1 HTTP/1.1\r\nHost: a\r\n\r\n")
                for peer in peers:
                    response = http.client.HTTPResponse(peer)
                    response.begin()
                    self.assertEqual((response.status, json.loads(response.read())["total"]),
                                     (200, 1))

    def test_connections_open_at_once(self):
        for threads in ["1", "2"]:
            with Service("--threads", threads) as service:
                for count in [128, 200, 256]:
                    with self.subTest(threads=threads, count=count):
                        self.assert_all_answered(service, count)

    def test_both_threads_answer_the_same(self):
        with Service("--threads", "2") as service:
            answers = {(answer.headers["ETag"], answer.body)
                       for answer in (service.get("/v1/exports") for _ in range(40))}
            self.assertEqual(len(answers), 1)


if __name__ == "__main__":
    unittest.main()
