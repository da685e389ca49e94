"""An answer that is kept costs no allocation, neither ours nor a library's: counted, not timed."""

import http.client
import os
import re
import signal
import time
import unittest

from service import Service

COUNTER = os.environ.get("EXPORTSTAT_ALLOCATIONS", "")
REQUESTS = 500


@unittest.skipIf(os.environ.get("EXPORTSTAT_SANITIZED") == "1", "sanitizers have an allocator of their own")
class AllocationsTest(unittest.TestCase):
    def count(self, service):
        before = service.log().count("allocations=")
        os.kill(service.process.pid, signal.SIGUSR2)
        end = time.monotonic() + 30
        while service.log().count("allocations=") == before:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        return int(re.findall(r"allocations=(\d+)", service.log())[-1])

    def ask(self, connection, headers, times):
        for _ in range(times):
            connection.request("GET", "/v1/exports", headers=headers)
            answer = connection.getresponse()
            answer.read()
        return answer

    def test_kept_answers(self):
        with Service("--threads", "1", environment={"LD_PRELOAD": COUNTER}) as service:
            connection = http.client.HTTPConnection(service.host, service.port, timeout=30)
            tag = self.ask(connection, {}, 20).headers["ETag"]
            kinds = {"whole": {}, "304": {"If-None-Match": tag}, "gzip": {"Accept-Encoding": "gzip"}}
            for headers in kinds.values():
                self.ask(connection, headers, 200)
            # Until what is computed in advance has been.
            last = -1
            while (now := self.count(service)) != last:
                last = now
                time.sleep(0.5)
            self.assertGreater(last, 100)
            for name, headers in kinds.items():
                self.ask(connection, headers, REQUESTS)
                self.assertEqual(self.count(service), last, name)
            # And it does count: another answer is not kept yet.
            connection.request("GET", "/v1/exports?last=7")
            connection.getresponse().read()
            self.assertGreater(self.count(service), last)
            connection.close()


if __name__ == "__main__":
    unittest.main()
