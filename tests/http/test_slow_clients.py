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

    def test_connections_that_say_nothing(self):
        with Service("--connections", str(CONNECTIONS)) as service:
            peers = [socket.create_connection((service.host, service.port), timeout=10) for _ in range(4 * CONNECTIONS)]
            for _ in range(20):
                self.assertEqual(service.get("/v1/exports?last=1").status, 200)
            for peer in peers:
                peer.close()


if __name__ == "__main__":
    unittest.main()
