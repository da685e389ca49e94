"""deploy/nginx.conf, as it is, in Debian's nginx: before the real program, and before an upstream
that shows what it was sent. Only addresses and the cache directory are replaced."""

import contextlib
import gzip
import http.client
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

PROGRAM = os.environ.get("EXPORTSTAT_PROGRAM")
SITE = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
START_SECONDS = 30  # slow machines, sanitizers

MAIN = """
daemon off;
{user}
worker_processes 1;
pid {home}/nginx.pid;
error_log stderr warn;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/site.conf;
}}
"""


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


def ask(port, target, method="GET", headers=None, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    with contextlib.closing(connection):
        connection.request(method, target, body=body, headers=headers or {})
        return Answer(connection.getresponse())


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(condition, seconds=START_SECONDS):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        time.sleep(0.05)


class Nginx:
    """nginx with the site before the upstream's port, in a directory of its own."""

    def __init__(self, upstream_port):
        self.home = tempfile.mkdtemp(prefix="exportstat-nginx-")
        # Another program may take the free port before nginx does.
        for attempts_left in reversed(range(5)):
            self.port = free_port()
            self.configure(upstream_port)
            self.process = subprocess.Popen(
                [NGINX, "-p", self.home, "-c", f"{self.home}/nginx.conf", "-e", "stderr"],
                stdin=subprocess.DEVNULL,
            )
            wait_until(lambda: self.process.poll() is not None or self.listens())
            if self.process.poll() is None:
                return
            if not attempts_left:
                raise RuntimeError("nginx does not start")

    def configure(self, upstream_port):
        site = SITE.read_text()
        for old, new in (
            ("listen 80;", f"listen 127.0.0.1:{self.port};"),
            ("server 127.0.0.1:8080;", f"server 127.0.0.1:{upstream_port};"),
            ("/var/lib/nginx/exportstat ", f"{self.home}/cache "),
        ):
            if site.count(old) != 1:
                raise ValueError(f"{SITE} does not have {old!r} exactly once")
            site = site.replace(old, new)
        # As root, its workers would not be allowed into the directory.
        user = "user root;" if os.geteuid() == 0 else ""
        home = pathlib.Path(self.home)
        (home / "site.conf").write_text(site)
        (home / "nginx.conf").write_text(MAIN.format(home=home, user=user))

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def ask(self, target, *args, **kwargs):
        return ask(self.port, target, *args, **kwargs)

    def close(self):
        self.process.terminate()
        self.process.wait(START_SECONDS)
        shutil.rmtree(self.home)


class Program:
    """The real program, on a port and a database of its own."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="exportstat-proxied-")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--database", f"{self.home}/test.db"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        announcement = self.process.stdout.readline()
        try:
            self.port = int(announcement.rpartition(":")[2])
        except ValueError:
            self.close()
            raise RuntimeError(f"it announced {announcement!r}") from None

    def stop(self):
        self.process.terminate()
        return self.process.wait(START_SECONDS)

    def close(self):
        self.stop()
        self.process.stdout.close()
        shutil.rmtree(self.home)


class Upstream(http.server.ThreadingHTTPServer):
    """Answers /echo with the request it got, and /short with what is fresh for one second."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), UpstreamHandler)
        self.port = self.server_address[1]
        self.seen = []
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self):
        if self.thread.is_alive():
            self.shutdown()
            self.thread.join()
            self.server_close()

    def handle_error(self, request, client_address):
        """A connection that nginx resets is no news."""

    close = stop


class UpstreamHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append(dict(self.headers))
        if self.path != "/short":
            request = {"target": self.path, "peer": self.client_address[1], "headers": dict(self.headers)}
            self.answer(200, json.dumps(request).encode(), "no-store")
        elif self.headers["If-None-Match"] == '"one"':
            self.answer(304, b"", "public, max-age=1")
        else:
            self.answer(200, b"short", "public, max-age=1")

    def answer(self, status, body, cache_control):
        self.send_response(status)
        self.send_header("Cache-Control", cache_control)
        self.send_header("ETag", '"one"')
        self.send_header("X-Request-Id", self.headers.get("X-Request-Id", ""))
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@unittest.skipUnless(NGINX, "nginx is not installed")
class Forwarding(unittest.TestCase):
    """What nginx tells the service, seen by an upstream that repeats it."""

    @classmethod
    def setUpClass(cls):
        cls.upstream = Upstream()
        cls.addClassCleanup(cls.upstream.close)
        cls.nginx = Nginx(cls.upstream.port)
        cls.addClassCleanup(cls.nginx.close)

    def sent(self, target="/echo", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.nginx.ask(target, headers=named)
        self.assertEqual(answer.status, 200)
        request = answer.json()
        request["headers"] = {name.lower(): value for name, value in request["headers"].items()}
        return request, answer

    def test_the_address_of_the_client_is_what_nginx_saw(self):
        request, _ = self.sent(X_Forwarded_For="203.0.113.9", X_Real_IP="203.0.113.9")
        self.assertEqual(request["headers"]["x-forwarded-for"], "127.0.0.1")

    def test_forwarded_from_outside_is_dropped(self):
        request, _ = self.sent(Forwarded='for=203.0.113.9;proto=https;host="evil.example"')
        self.assertNotIn("forwarded", request["headers"])

    def test_host_and_scheme_are_overwritten(self):
        request, _ = self.sent(
            Host="stats.example", X_Forwarded_Host="evil.example", X_Forwarded_Proto="https"
        )
        self.assertEqual(request["headers"]["host"], "stats.example")
        self.assertEqual(request["headers"]["x-forwarded-host"], "stats.example")
        self.assertEqual(request["headers"]["x-forwarded-proto"], "http")

    def test_a_request_id_passes_through_and_comes_back_once(self):
        request, answer = self.sent(X_Request_Id="desk-7")
        self.assertEqual(request["headers"]["x-request-id"], "desk-7")
        self.assertEqual(answer.headers.get_all("X-Request-Id"), ["desk-7"])

    def test_a_missing_or_odd_request_id_is_replaced(self):
        for odd in (None, 'a"b', "a b", "x" * 65):
            with self.subTest(odd=odd):
                request, answer = self.sent(**({"X_Request_Id": odd} if odd else {}))
                self.assertRegex(request["headers"]["x-request-id"], "^[0-9a-f]{32}$")
                self.assertEqual(
                    answer.headers.get_all("X-Request-Id"), [request["headers"]["x-request-id"]]
                )

    def test_what_the_client_accepts_is_passed_on(self):
        request, _ = self.sent(Accept="text/csv", Accept_Encoding="gzip, br;q=0.5")
        self.assertEqual(request["headers"]["accept"], "text/csv")
        self.assertEqual(request["headers"]["accept-encoding"], "gzip, br;q=0.5")

    def test_the_target_is_passed_on_byte_for_byte(self):
        for target in ("/v1/exports/2025-07--2025-12?a=%2F&b=%zz&b", "/v1//exports%2Flatest/../x"):
            with self.subTest(target=target):
                request, _ = self.sent(target)
                self.assertEqual(request["target"], target)

    def test_connections_to_the_service_are_kept(self):
        peers = {self.sent()[0]["peer"] for _ in range(5)}
        self.assertEqual(len(peers), 1)


@unittest.skipUnless(NGINX, "nginx is not installed")
class Expiry(unittest.TestCase):
    """What happens when an answer grows old, and when nobody is there to renew it."""

    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.nginx = Nginx(self.upstream.port)
        self.addCleanup(self.nginx.close)

    def status(self):
        answer = self.nginx.ask("/short")
        self.assertEqual((answer.status, answer.body), (200, b"short"))
        return answer.headers["X-Cache-Status"]

    def test_an_expired_answer_is_renewed_with_its_etag(self):
        self.assertEqual(self.status(), "MISS")
        self.assertEqual(self.status(), "HIT")
        # The one who comes after it expired gets it at once, and a request behind the scenes renews it.
        wait_until(lambda: self.status() == "STALE")
        wait_until(lambda: len(self.upstream.seen) == 2)
        self.assertEqual(self.upstream.seen[1].get("If-None-Match"), '"one"')
        wait_until(lambda: self.status() == "HIT")

    def test_the_old_answer_is_served_while_the_service_is_down(self):
        self.assertEqual(self.status(), "MISS")
        self.upstream.stop()
        wait_until(lambda: self.status() in ("STALE", "UPDATING"))


@unittest.skipUnless(NGINX and PROGRAM, "needs nginx, and EXPORTSTAT_PROGRAM")
class Service(unittest.TestCase):
    """The real program behind nginx answers as it does without."""

    @classmethod
    def setUpClass(cls):
        cls.program = Program()
        cls.addClassCleanup(cls.program.close)
        cls.nginx = Nginx(cls.program.port)
        cls.addClassCleanup(cls.nginx.close)

    def both(self, target, **kwargs):
        """The answers with nginx and without, which have the same status, type and body."""
        kwargs["headers"] = {"X-Request-Id": "both", **kwargs.get("headers", {})}
        direct, proxied = ask(self.program.port, target, **kwargs), self.nginx.ask(target, **kwargs)
        self.assertEqual(proxied.status, direct.status)
        self.assertEqual(proxied.body, direct.body)
        for name in ("Content-Type", "ETag", "Vary", "Cache-Control", "Content-Encoding", "Location"):
            self.assertEqual(proxied.headers[name], direct.headers[name], name)
        return proxied

    def test_the_redirect_of_a_trailing_slash_stays_right(self):
        answer = self.both("/v1/exports/")
        self.assertEqual(answer.status, 308)
        self.assertEqual(answer.headers["Location"], "../exports")

    def test_an_answer_comes_from_the_service_once(self):
        first, second = self.nginx.ask("/v1/exports?last=1"), self.nginx.ask("/v1/exports?last=1")
        self.assertEqual(first.headers["X-Cache-Status"], "MISS")
        self.assertEqual(second.headers["X-Cache-Status"], "HIT")
        self.assertEqual(first.body, second.body)
        self.assertEqual(first.headers["ETag"], second.headers["ETag"])

    def test_a_kept_answer_has_the_id_of_this_request(self):
        for name in ("one", "two"):
            answer = self.nginx.ask("/v1/exports?last=2", headers={"X-Request-Id": name})
            self.assertEqual(answer.headers.get_all("X-Request-Id"), [name])

    def test_not_modified(self):
        etag = self.both("/v1/exports?last=3").headers["ETag"]
        self.assertTrue(etag.startswith('"'), etag)
        for state in ("kept", "new"):
            with self.subTest(state=state):
                target = "/v1/exports?last=3" if state == "kept" else "/v1/exports/latest"
                tag = etag if state == "kept" else ask(self.program.port, target).headers["ETag"]
                answer = self.nginx.ask(target, headers={"If-None-Match": tag})
                self.assertEqual((answer.status, answer.body), (304, b""))
                self.assertEqual(answer.headers["ETag"], tag)

    def test_gzip_is_the_services_own(self):
        plain = self.both("/v1/exports")
        packed = self.both("/v1/exports", headers={"Accept-Encoding": "gzip"})
        self.assertIsNone(plain.headers["Content-Encoding"])
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        self.assertNotEqual(packed.headers["ETag"], plain.headers["ETag"])

    def test_formats_are_kept_apart(self):
        for _ in range(2):
            table = self.both("/v1/exports?last=4", headers={"Accept": "text/csv"})
            self.assertTrue(table.headers["Content-Type"].startswith("text/csv"))
            document = self.both("/v1/exports?last=4", headers={"Accept": "application/json"})
            self.assertEqual(document.headers["Content-Type"], "application/json")

    def test_head_is_get_without_its_body(self):
        head, get = self.both("/v1/exports", method="HEAD"), self.nginx.ask("/v1/exports")
        self.assertEqual((head.status, head.body), (200, b""))
        for name in ("Content-Length", "Content-Type", "ETag"):
            self.assertEqual(head.headers[name], get.headers[name], name)

    def test_problem_documents_pass_unchanged(self):
        for target, status in (
            ("/v1/exports?lst=3", 400),
            ("/v1/exports?from=yesterday&to=%zz", 400),
            ("/v1/exports/1950-10", 404),
            ("/v1/series/nobody", 404),
            ("/nothing", 404),
        ):
            with self.subTest(target=target):
                answer = self.both(target)
                self.assertEqual(answer.status, status)
                self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
                self.assertEqual(answer.json()["status"], status)

    def test_a_wrong_method_is_refused_by_the_service(self):
        answer = self.both("/v1/exports", method="DELETE")
        self.assertEqual(answer.status, 405)
        self.assertIn("GET", answer.headers["Allow"])

    def test_what_is_asked_for_with_a_token_is_not_kept(self):
        for _ in range(2):
            answer = self.nginx.ask("/v1/exports?last=5", headers={"Authorization": "Bearer x"})
            self.assertEqual(answer.headers["X-Cache-Status"], "BYPASS")

    def test_health_is_never_kept_and_metrics_stay_inside(self):
        for _ in range(2):
            self.assertNotEqual(self.both("/readyz").headers["X-Cache-Status"], "HIT")
        self.assertEqual(self.nginx.ask("/metrics").status, 404)


@unittest.skipUnless(NGINX and PROGRAM, "needs nginx, and EXPORTSTAT_PROGRAM")
class Outage(unittest.TestCase):
    def test_a_stopped_service_is_a_problem_document(self):
        program = Program()
        self.addCleanup(program.close)
        nginx = Nginx(program.port)
        self.addCleanup(nginx.close)
        self.assertEqual(nginx.ask("/v1/exports?last=1").status, 200)
        self.assertEqual(program.stop(), 0)

        kept = nginx.ask("/v1/exports?last=1")
        self.assertEqual((kept.status, kept.headers["X-Cache-Status"]), (200, "HIT"))

        answer = nginx.ask("/v1/exports?last=2", headers={"X-Request-Id": "late"})
        self.assertEqual(answer.status, 503)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.headers["X-Request-Id"], "late")
        self.assertEqual(answer.headers["Retry-After"], "5")
        self.assertEqual(answer.json()["status"], 503)


@unittest.skipUnless(NGINX, "nginx is not installed")
class Limits(unittest.TestCase):
    def test_a_flood_is_refused_with_a_problem_document(self):
        upstream = Upstream()
        self.addCleanup(upstream.close)
        nginx = Nginx(upstream.port)
        self.addCleanup(nginx.close)
        connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=START_SECONDS)
        with contextlib.closing(connection):
            for _ in range(1000):
                connection.request("GET", "/short")
                answer = Answer(connection.getresponse())
                if answer.status != 200:
                    break
        self.assertEqual(answer.status, 429)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.headers["Retry-After"], "1")
        self.assertEqual(answer.json()["status"], 429)


if __name__ == "__main__":
    unittest.main()
