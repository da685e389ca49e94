"""Answers that take long are computed on a thread of their own: nobody else waits for them, and who asks
for them gets one, or is told that there is no time."""

import contextlib
import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from service import PROGRAM, STOP_SECONDS, Service

WAITING_MAX = 32  # src/http/slow.c
SERIES = [f"long-{i}" for i in range(3)]
FILES = {
    "series": ["series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags",
               *[f"{series},Long,Decades,unit,sum,7,," for series in SERIES]],
    "sources": ["source_id,publisher,title,url,published,date_basis,kind,authority",
                "all,Alpha,All,https://example.org/,2020-01-01,page,press,2"],
    "reports": ["series_id,period,value,precision,source_id,note",
                *[f"{series},{year}-{month:02},{year},1,all," for series in SERIES
                  for year in range(2130, 2150) for month in range(1, 13)]],
}
# The longest work that one request can ask for; `level` makes another answer of it.
LONG = "/v1/exports/projections?series=" + ",".join(SERIES) + "&level="


def send(service, path, method="GET", close=False):
    peer = socket.create_connection((service.host, service.port), timeout=120)
    peer.sendall(f"{method} {path} HTTP/1.1\r\nHost: a\r\n"
                 f"{'Connection: close' if close else 'X-A: b'}\r\n\r\n".encode())
    return peer


def receive(peer, has_body=True):
    """(status, headers, body) of one answer; None where the connection has ended."""
    with peer.makefile("rb") as stream:
        status = stream.readline()
        if not status:
            return None
        headers = {}
        while line := stream.readline().strip():
            name, value = line.decode().split(": ", 1)
            headers[name] = value
        body = stream.read(int(headers["Content-Length"])) if has_body else b""
        return int(status.split()[1]), headers, body


class SlowWork(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.database = pathlib.Path(folder.name) / "slow.db"
        paths = []
        for name, lines in FILES.items():
            paths.append(pathlib.Path(folder.name) / f"{name}.csv")
            paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
        subprocess.run([PROGRAM, "import", "--empty", "--database", cls.database, *paths],
                       check=True, capture_output=True, timeout=60)

    def serve(self, *arguments):
        return Service("--empty", *arguments, database=self.database)

    def wait_for_log(self, service, text):
        end = time.monotonic() + STOP_SECONDS
        while text not in service.log() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertIn(text, service.log())

    def test_each_gets_its_own_answer(self):
        paths = [f"/v1/exports/projections?series={series}&level={level}"
                 for series in SERIES for level in range(70, 80)]
        with self.serve() as service, contextlib.ExitStack() as stack:
            peers = [stack.enter_context(send(service, path)) for path in paths]
            answers = [receive(peer) for peer in peers]
            for path, (status, headers, body) in zip(paths, answers):
                with self.subTest(path=path):
                    self.assertEqual(status, 200)
                    again = service.get(path)  # from the cache
                    self.assertEqual((again.headers["ETag"], again.body), (headers["ETag"], body))
            # The connections have slept and go on as any other.
            for peer in peers:
                peer.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertEqual(receive(peer)[0], 200)

    def test_one_key_is_computed_once(self):
        with self.serve("--threads", "1") as service, contextlib.ExitStack() as stack:
            peers = [stack.enter_context(send(service, LONG + "60")) for _ in range(6)]
            bodies = {receive(peer)[2] for peer in peers}
            self.assertEqual(len(bodies), 1)
            end = time.monotonic() + STOP_SECONDS
            while service.log().count("level=60") < len(peers) and time.monotonic() < end:
                time.sleep(0.02)
            lines = [line for line in service.log().splitlines() if "level=60" in line]
        self.assertEqual(sum("cache=miss" in line for line in lines), 1, lines)

    def test_head_and_other_forms(self):
        path = "/v1/exports/projections?series=long-1&level="
        with self.serve() as service:
            with send(service, path + "61", "HEAD", close=True) as peer:
                status, headers, _ = receive(peer, has_body=False)
                self.assertEqual((status, peer.recv(100)), (200, b""))
            answer = service.get(path + "61")
            self.assertEqual(headers["ETag"], answer.headers["ETag"])
            self.assertEqual(int(headers["Content-Length"]), len(answer.body))
            etag = {"If-None-Match": answer.headers["ETag"]}
            self.assertEqual(service.get(path + "61", etag).status, 304)
            self.assertEqual(service.get("/v1/exports/projections.csv?series=long-2").status, 200)
            self.assertEqual(service.get(path + "1000").status, 400)
            self.assertEqual(service.get("/v1/exports/projections?series=short").status, 404)

    def test_a_full_queue_says_so_and_nobody_else_waits(self):
        n = WAITING_MAX + 8
        with self.serve() as service, contextlib.ExitStack() as stack:
            peers = [stack.enter_context(send(service, f"{LONG}{50 + i}")) for i in range(n)]
            self.assertEqual(service.get("/livez").status, 200)
            self.assertEqual(service.get("/v1/exports?series=long-0&last=1").status, 200)
            answers = [receive(peer) for peer in peers]
            refused = [answer for answer in answers if answer[0] != 200]
            self.assertGreater(len(refused), 0)
            self.assertGreaterEqual(n - len(refused), WAITING_MAX)
            for status, headers, body in refused:
                self.assertEqual(status, 503)
                self.assertEqual(headers["Retry-After"], "1")
                self.assertEqual(headers["Cache-Control"], "no-store")
                self.assertEqual(json.loads(body)["type"], "/problems/unavailable")
            retried = service.get(f"{LONG}{50 + n}")  # held against openapi.yaml
            self.assertEqual(retried.status, 200)

    def test_who_waits_is_not_too_slow(self):
        with self.serve("--request-timeout", "1", "--answer-timeout", "1") as service, \
                contextlib.ExitStack() as stack:
            peers = [stack.enter_context(send(service, f"{LONG}{50 + i}")) for i in range(8)]
            for peer in peers:
                self.assertEqual(receive(peer)[0], 200)

    def test_clients_that_have_gone(self):
        with self.serve("--threads", "1") as service:
            for i in range(6):
                send(service, f"{LONG}{80 + i}").close()
            peer = send(service, f"{LONG}90")
            service.get("/livez")  # it has come before, as there is one loop
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            peer.close()  # with a reset
            with send(service, f"{LONG}91") as peer:
                self.assertEqual(receive(peer)[0], 200)
            self.wait_for_log(service, "level=90")

    def test_the_end_answers_all_who_wait(self):
        with self.serve("--threads", "1", "--drain-timeout", "60") as service, contextlib.ExitStack() as stack:
            peers = [stack.enter_context(send(service, f"{LONG}{50 + i}")) for i in range(5)]
            service.get("/livez")  # they have come before
            service.process.send_signal(signal.SIGTERM)
            for peer in peers:
                status, headers, body = receive(peer)
                self.assertEqual((status, headers["Connection"]), (200, "close"))
                self.assertEqual(len(json.loads(body)["results"]), len(SERIES))
            self.assertEqual(service.process.wait(STOP_SECONDS), 0)

    def test_the_end_without_patience(self):
        with self.serve("--threads", "1", "--drain-timeout", "0") as service, contextlib.ExitStack() as stack:
            peers = [stack.enter_context(send(service, f"{LONG}{50 + i}")) for i in range(20)]
            service.get("/livez")
            service.process.send_signal(signal.SIGTERM)
            self.assertEqual(service.process.wait(STOP_SECONDS), 0)
            answers = []
            for peer in peers:
                with contextlib.suppress(ConnectionError):
                    answers.append(receive(peer))
            # Each is whole, and says that there was no time, or the connection has just ended.
            self.assertLessEqual({answer and answer[0] for answer in answers}, {200, 503, None})

    def test_a_generation_that_comes_meanwhile(self):
        with self.serve() as service, contextlib.ExitStack() as stack:
            peers = [stack.enter_context(send(service, f"{LONG}{50 + i}")) for i in range(5)]
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "more.csv"
                path.write_text(FILES["series"][0] + "\nmore-" + str(time.time_ns()) +
                                ",More,More,unit,sum,7,,\n", encoding="utf-8")
                subprocess.run([PROGRAM, "import", "--empty", "--database", self.database, path],
                               check=True, capture_output=True, timeout=60)
            generations = []
            for peer in peers:
                status, headers, body = receive(peer)
                self.assertEqual(status, 200)
                self.assertEqual(int(headers["Exportstat-Generation"]),
                                 json.loads(body)["generation"])
                generations.append(json.loads(body)["generation"])
            end = time.monotonic() + STOP_SECONDS
            while time.monotonic() < end and generations[-1] == generations[0]:
                generations.append(service.get("/readyz").json()["generation"])
            self.assertEqual(service.get(LONG + "50").json()["generation"], max(generations))


if __name__ == "__main__":
    unittest.main()
