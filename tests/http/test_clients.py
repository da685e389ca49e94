"""Who a client is, directly and behind proxies, and how often one may ask."""

import re
import socket
import time
import unittest

from service import Service

PROXY = "127.0.0.1"


class ClientTest(unittest.TestCase):
    def clients(self, requests, *arguments):
        """The clients in the log, of requests that are lists of header lines."""
        with Service("--threads", "1", *arguments) as service:
            for lines in requests:
                head = "".join(f"{line}\r\n" for line in lines)
                service.raw(f"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{head}\r\n".encode())
            while service.log().count("path=/livez") < len(requests):
                time.sleep(0.02)
            return re.findall(r" client=(\S+) method=GET path=/livez ", service.log())

    def test_a_client_is_who_is_connected(self):
        asked = [[], ["X-Forwarded-For: 192.0.2.1"], ["Forwarded: for=192.0.2.1"]]
        self.assertEqual(self.clients(asked), [PROXY] * 3)
        self.assertEqual(self.clients(asked, "--trusted-proxy", "192.0.2.0/24,::1,unix"), [PROXY] * 3)

    def test_a_trusted_proxy_tells(self):
        cases = [
            ([], PROXY),
            (["X-Forwarded-For: 192.0.2.1"], "192.0.2.1"),
            (["X-Forwarded-For: 2001:db8::1"], "2001:db8::1"),
            (["X-Forwarded-For: [2001:db8::1]:4711"], "2001:db8::1"),
            (["X-Forwarded-For: 192.0.2.1:4711"], "192.0.2.1"),
            # What stands further left is what the client said.
            (["X-Forwarded-For: 198.51.100.7, 192.0.2.1"], "192.0.2.1"),
            (["X-Forwarded-For: 198.51.100.7", "X-Forwarded-For: 192.0.2.1"], "192.0.2.1"),
            (["X-Forwarded-For: nonsense, 192.0.2.1"], "192.0.2.1"),
            # Other trusted proxies on the way are passed over.
            (["X-Forwarded-For: 192.0.2.1, 10.1.2.3, 127.0.0.1"], "192.0.2.1"),
            (["X-Forwarded-For: 192.0.2.1, 11.1.2.3"], "11.1.2.3"),
            (["X-Forwarded-For: 10.9.9.9"], "10.9.9.9"),
            (["Forwarded: for=192.0.2.1"], "192.0.2.1"),
            (["Forwarded: proto=https;For=\"[2001:db8::1]:4711\";by=203.0.113.43"], "2001:db8::1"),
            (["Forwarded: for=198.51.100.7, for=192.0.2.1;proto=http, for=10.0.0.1"], "192.0.2.1"),
            (["Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1"], "192.0.2.1"),
            # Nothing that can be believed.
            (["Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.2"], PROXY),
            (["X-Forwarded-For: unknown"], PROXY), (["X-Forwarded-For: "], PROXY),
            (["X-Forwarded-For: 192.0.2.1,"], PROXY), (["X-Forwarded-For: 192.0.2.999"], PROXY),
            (["Forwarded: for=_hidden"], PROXY), (["Forwarded: proto=https"], PROXY),
            (["Forwarded: for=unknown", "X-Forwarded-For: 192.0.2.1"], PROXY),
            (["X-Forwarded-For: " + "192.0.2.1, " * 200 + "192.0.2.1"], PROXY),
            (["X-Forwarded-For: " + "1" * 500], PROXY),
            (["X-Forwarded-For: ::"], PROXY),
            # What a client can put into a quoted name of a host.
            (['Forwarded: proto=http;host="a,for=198.51.100.7";for=192.0.2.1'], PROXY),
            (['Forwarded: proto=http;host="a;for=198.51.100.7";for=192.0.2.1'], PROXY),
            (['Forwarded: host="a\\";for=192.0.2.1'], PROXY),
            (['Forwarded: for=198.51.100.7;for=192.0.2.1'], PROXY),
            (['Forwarded: host="a";for=192.0.2.1'], "192.0.2.1"),
        ]
        found = self.clients([lines for lines, _ in cases], "--trusted-proxy", "127.0.0.1,10.0.0.0/8")
        for (lines, client), real in zip(cases, found, strict=True):
            with self.subTest(lines=[line[:80] for line in lines]):
                self.assertEqual(real, client)

    def test_lists_that_are_none_are_refused(self):
        for text in ("localhost", "127.0.0.1/33", "::1/129", "10.0.0.0/", "127.0.0.1:80", "[::1]", "10.0.0", " ::1", "10.0.0.1/8", "2001:db8::1/64",
                     ",".join(["10.0.0.1"] * 33)):
            with self.subTest(text), self.assertRaisesRegex(AssertionError, "ended with 1"):
                Service("--trusted-proxy", text)

    def test_one_that_asks_too_often_waits(self):
        with Service("--rate-limit", "5", "--trusted-proxy", "127.0.0.1") as service:
            def ask(client, path="/v1/exports?last=1"):
                return service.get(path, {"X-Forwarded-For": client})

            answers = [ask("192.0.2.1") for _ in range(40)]
            statuses = [answer.status for answer in answers]
            self.assertEqual(statuses[:10], [200] * 10)
            self.assertIn(429, statuses)
            refused = next(answer for answer in answers if answer.status == 429)
            self.assertEqual(refused.json()["type"], "/problems/too-many-requests")
            self.assertEqual(refused.headers["Retry-After"], "1")
            self.assertIsNone(refused.headers["ETag"])
            # Others do not wait for it, and who watches never does.
            self.assertEqual(ask("192.0.2.2").status, 200)
            for _ in range(30):
                self.assertEqual(ask("192.0.2.1", "/livez").status, 200)
                self.assertEqual(ask("192.0.2.1", "/readyz").status, 200)
            time.sleep(int(refused.headers["Retry-After"]))
            self.assertEqual(ask("192.0.2.1").status, 200)

    def test_a_network_of_ipv6_is_one_client(self):
        with Service("--rate-limit", "1", "--trusted-proxy", "127.0.0.1") as service:
            statuses = [service.get("/v1/series", {"X-Forwarded-For": f"2001:db8::{i:x}"}).status for i in range(20)]
            self.assertIn(429, statuses)
            self.assertEqual(service.get("/v1/series", {"X-Forwarded-For": "2001:db8:0:1::1"}).status, 200)

    def test_many_clients_are_counted_within_bounds(self):
        with Service("--rate-limit", "1", "--trusted-proxy", "127.0.0.1", "--threads", "1") as service:
            with socket.create_connection((service.host, service.port), timeout=30) as peer, \
                    peer.makefile("rb") as answers:
                for i in range(3000):
                    peer.sendall(f"GET /v1/nowhere HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.{i // 256}.{i % 256}.1\r\n\r\n"
                                 .encode())
                    length = 0
                    while (line := answers.readline()) not in (b"\r\n", b""):
                        if line.lower().startswith(b"content-length:"):
                            length = int(line.split(b":")[1])
                    answers.read(length)
            self.assertEqual(service.get("/v1/series").status, 200)


if __name__ == "__main__":
    unittest.main()
