"""Prometheus itself scrapes the service, and reads the rules of deploy/."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from service import ROOT, Service

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/bin"
PROMTOOL = shutil.which("promtool", path=PATH)
PROMETHEUS = shutil.which("prometheus", path=PATH)
START_SECONDS = 60

CONFIGURATION = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: exportstat
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""


class PrometheusTest(unittest.TestCase):
    def test_the_rules_are_right(self):
        done = subprocess.run([PROMTOOL, "check", "rules", ROOT / "deploy" / "alerts.yml"], capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_metrics_are_right(self):
        """Also by the conventions of names."""
        with Service() as service:
            text = service.get("/metrics").body
        done = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, timeout=60, check=False)
        self.assertEqual([done.returncode, done.stderr], [0, b""])

    def test_it_is_scraped(self):
        with tempfile.TemporaryDirectory() as folder, Service() as service:
            home = pathlib.Path(folder)
            (home / "prometheus.yml").write_text(CONFIGURATION.format(rules=ROOT / "deploy" / "alerts.yml",
                                                                      port=service.port))
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                address = f"127.0.0.1:{free.getsockname()[1]}"
            with open(home / "log", "wb") as log:
                process = subprocess.Popen(
                    [PROMETHEUS, f"--config.file={home}/prometheus.yml", f"--storage.tsdb.path={home}/data",
                     f"--web.listen-address={address}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                self.assertEqual(self.eventually(address, 'up{job="exportstat"}'), 1)
                self.assertEqual(self.eventually(address, "exportstat_store_up"), 1)
                self.assertEqual(self.eventually(address, "exportstat_store_generation"),
                                 service.get("/readyz").json()["generation"])
                self.assertGreater(self.eventually(address, 'sum(exportstat_answers_total{status="2xx"}) > 0'), 0)
                rules = self.ask(address, "rules")["groups"][0]["rules"]
                self.assertEqual({rule["health"] for rule in rules} - {"unknown"}, {"ok"}, rules)
            except BaseException:
                print((home / "log").read_text()[-2000:])
                raise
            finally:
                process.terminate()
                process.wait(START_SECONDS)

    def ask(self, address, what):
        with urllib.request.urlopen(f"http://{address}/api/v1/{what}", timeout=5) as answer:
            return json.load(answer)["data"]

    def eventually(self, address, expression):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                found = self.ask(address, "query?query=" + urllib.parse.quote(expression))["result"]
                if found:
                    return float(found[0]["value"][1])
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"no {expression}")


if __name__ == "__main__":
    unittest.main()
