"""Clients that hold connections open and send or take next to nothing, as slowhttptest makes them: nobody else is kept
out, though they are more than the service has connections for."""

import os
import shutil
import socket
import subprocess
import time
import unittest

from service import Service

SLOWHTTPTEST = shutil.which("slowhttptest", path=os.environ.get("PATH", "") + ":/usr/local/bin")
CONNECTIONS = 64
SLOW = 200
SECONDS = 6


class SlowClientsTest(unittest.TestCase):
    def attack(self, *arguments, path="/v1/exports"):
        with Service("--connections", str(CONNECTIONS), "--request-timeout", "30", "--answer-timeout", "30") as service:
            process = subprocess.Popen(
                [SLOWHTTPTEST, "-c", str(SLOW), "-r", "100", "-l", str(SECONDS), "-i", "1", "-p", "5", *arguments,
                 "-u", service.address + path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            try:
                time.sleep(2)
                served = 0
                while process.poll() is None:
                    # A connection of its own each time; one that is given up before it was asked is made again.
                    for _ in range(5):
                        try:
                            self.assertEqual(service.get("/v1/exports?last=1").status, 200)
                            served += 1
                            break
                        except (ConnectionError, socket.timeout):
                            pass
                    else:
                        self.fail("kept out")
                    time.sleep(0.02)
                self.assertGreater(served, 10)
            finally:
                process.kill()
                process.wait()
            self.assertEqual(service.get("/readyz").status, 200)

    def test_slow_headers(self):
        self.attack("-H", "-x", "24")

    def test_slow_bodies(self):
        self.attack("-B", "-s", "8192", "-x", "10", path="/v1/claims/check")

    def test_slow_reading(self):
        self.attack("-X", "-w", "10", "-y", "20", "-n", "2", "-z", "8", "-k", "3")

    def test_who_reads_nothing_goes_before_who_has_just_come(self):
        """Those that read nothing have longer than a newcomer, and are given up for it all the same."""
        with Service("--connections", str(CONNECTIONS), "--threads", "1", "--request-timeout", "30",
                     "--answer-timeout", "600") as service:
            head = b"GET /v1/exports/projections/backtest HTTP/1.1\r\nHost: a\r\n\r\n"
            service.get("/v1/exports/projections/backtest")
            stuck = []
            for _ in range(2 * CONNECTIONS):
                peer = socket.socket()
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                peer.connect((service.host, service.port))
                peer.setblocking(False)
                try:
                    peer.send(head * 60)
                except (BlockingIOError, ConnectionError):
                    pass
                stuck.append(peer)
            time.sleep(1)
            for _ in range(4):
                with socket.create_connection((service.host, service.port), timeout=10) as newcomer:
                    time.sleep(1.2)
                    newcomer.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    self.assertIn(b"200 OK", newcomer.recv(100))
            for peer in stuck:
                peer.close()

    def test_connections_that_say_nothing(self):
        with Service("--connections", str(CONNECTIONS)) as service:
            peers = [socket.create_connection((service.host, service.port), timeout=10) for _ in range(4 * CONNECTIONS)]
            for _ in range(20):
                self.assertEqual(service.get("/v1/exports?last=1").status, 200)
            for peer in peers:
                peer.close()


if __name__ == "__main__":
    unittest.main()
