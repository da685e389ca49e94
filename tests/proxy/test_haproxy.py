"""deploy/haproxy.cfg, as it is, in Debian's HAProxy before the real program. Only addresses are replaced."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "http"))
from service import Service  # noqa: E402

SITE = ROOT / "deploy" / "haproxy.cfg"
HAPROXY = shutil.which("haproxy", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
START_SECONDS = 30


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class HaproxyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service("--trusted-proxy", "127.0.0.1", "--threads", "1")
        cls.addClassCleanup(cls.service.kill)
        cls.home = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.home.cleanup)
        # Another program may take the free port before it does.
        for _ in range(5):
            cls.port = free_port()
            site = SITE.read_text()
            for old, new in (("bind *:80", f"bind 127.0.0.1:{cls.port}"),
                             ("server one 127.0.0.1:8080", f"server one 127.0.0.1:{cls.service.port}")):
                if site.count(old) != 1:
                    raise ValueError(f"{SITE} does not have {old!r} exactly once")
                site = site.replace(old, new)
            path = pathlib.Path(cls.home.name) / "haproxy.cfg"
            path.write_text(site)
            cls.process = subprocess.Popen([HAPROXY, "-db", "-f", path], stdin=subprocess.DEVNULL)
            end = time.monotonic() + START_SECONDS
            while cls.process.poll() is None and time.monotonic() < end:
                if cls.answers():
                    cls.addClassCleanup(cls.end)
                    return
                time.sleep(0.05)
            cls.end()
        raise RuntimeError("HAProxy does not start")

    @classmethod
    def answers(cls):
        try:
            return cls.ask("/livez")[0] == 200
        except OSError:
            return False

    @classmethod
    def end(cls):
        cls.process.kill()
        cls.process.wait()

    @classmethod
    def ask(cls, path, headers=None, method="GET", body=None, seconds=START_SECONDS):
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=seconds)
        with contextlib.closing(connection):
            connection.request(method, path, headers=headers or {}, body=body)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def test_answers_are_those_of_the_service(self):
        for path in ("/v1/exports", "/v1/exports.csv", "/v1/growth?x=1", "/v1/exports/latest", "/", "/openapi.yaml"):
            direct = self.service.get(path, check=False)
            status, headers, body = self.ask(path)
            self.assertEqual([status, body], [direct.status, direct.body], path)
            self.assertEqual(headers["ETag"], direct.headers["ETag"])

    def test_a_client_that_has_the_answer_is_told(self):
        _, headers, _ = self.ask("/v1/exports?last=3")
        self.assertEqual(self.ask("/v1/exports?last=3", {"If-None-Match": headers["ETag"]})[0], 304)

    def test_what_varies_is_kept_apart(self):
        for _ in range(2):
            plain = self.ask("/v1/exports?last=4")
            table = self.ask("/v1/exports?last=4", {"Accept": "text/csv"})
            packed = self.ask("/v1/exports?last=4", {"Accept-Encoding": "gzip"})
            self.assertEqual([plain[1]["Content-Type"], table[1]["Content-Type"], packed[1]["Content-Encoding"]],
                             ["application/json", "text/csv; charset=utf-8", "gzip"])

    def test_the_client_is_who_is_connected_whatever_it_says(self):
        self.ask("/v1/exports?last=9", {"X-Forwarded-For": "192.0.2.66", "Forwarded": "for=192.0.2.66"})
        end = time.monotonic() + START_SECONDS
        while "last=9" not in self.service.log() and time.monotonic() < end:
            time.sleep(0.02)
        line = next(line for line in self.service.log().splitlines() if "last=9" in line)
        self.assertIn(" client=127.0.0.1 ", line)

    def test_a_body_goes_through(self):
        claim = {"source": "a", "series": "pk-it", "metric": "level", "period": "2025-12", "value": 437,
                 "unit": "USD million", "published": "2026-01-19"}
        status, headers, _ = self.ask("/v1/claims/check", {"Content-Type": "application/json"}, "POST",
                                      json.dumps(claim))
        direct = self.service.request("POST", "/v1/claims/check", {"Content-Type": "application/json"},
                                      json.dumps(claim), check=False)
        self.assertEqual([status, headers["Content-Type"]], [direct.status, direct.headers["Content-Type"]])

    def test_metrics_are_not_for_strangers(self):
        self.assertEqual(self.ask("/metrics")[0], 404)

    def test_a_service_that_is_away_is_told(self):
        def status():
            try:
                return self.ask("/readyz", seconds=3)[0]
            except TimeoutError:
                return 0

        def wait_for(wanted):
            end = time.monotonic() + START_SECONDS
            while status() != wanted:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.1)

        self.service.process.send_signal(signal.SIGSTOP)
        try:
            wait_for(503)
        finally:
            self.service.process.send_signal(signal.SIGCONT)
        wait_for(200)


if __name__ == "__main__":
    unittest.main()
