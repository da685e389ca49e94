"""Many connections that are all ready at once: each is answered, whatever their number. libmicrohttpd's own loop
would sleep at some multiples of 128."""

import contextlib
import re
import resource
import socket
import threading
import unittest

from service import Service

ANSWER_SECONDS = 60  # on the slowest machine
ROUNDS = 3
SPARE_DESCRIPTORS = 100
REQUEST = b"GET /v1/exports?last=3 HTTP/1.1\r\nHost: a\r\n\r\n"


def receive(peer, rest):
    """One answer: its status line and body, and what came after it."""
    while b"\r\n\r\n" not in rest:
        rest += peer.recv(65536)
    head, rest = rest.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?im)^content-length: (\d+)", head).group(1))
    while len(rest) < length:
        rest += peer.recv(65536)
    return head.split(b"\r\n")[0], rest[:length], rest[length:]


class Connections(unittest.TestCase):
    def all_at_once(self, service, number):
        with contextlib.ExitStack() as stack:
            peers = [stack.enter_context(socket.create_connection((service.host, service.port), ANSWER_SECONDS))
                     for _ in range(number)]
            expected = service.get("/v1/exports?last=3").body
            for _ in range(ROUNDS):
                for peer in peers:
                    peer.sendall(REQUEST)
                for peer in peers:
                    status, body, rest = receive(peer, b"")
                    self.assertEqual((status, body, rest), (b"HTTP/1.1 200 OK", expected, b""))

    def test_each_is_answered(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 1000 + SPARE_DESCRIPTORS
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
        for threads in ("1", "2"):
            with Service("--threads", threads) as service:
                for number in (64, 127, 128, 129, 256, 512, 1000):
                    with self.subTest(threads=threads, connections=number):
                        self.all_at_once(service, number)

    def test_they_share_answers_with_those_that_come_and_go(self):
        """Replies that are sent while their answers leave the cache: a small one holds few."""
        paths = [f"/v1/exports?last={last}" for last in range(1, 90)]
        with Service("--cache-size", "1", "--threads", "2") as service:
            expected = {path: service.get(path).body for path in paths}
            wrong = []

            def ask(start):
                for i in range(300):
                    path = paths[(start + i * 7) % len(paths)]
                    if service.get(path, {"Accept-Encoding": "identity"}, check=False).body != expected[path]:
                        wrong.append(path)

            threads = [threading.Thread(target=ask, args=(start,)) for start in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
