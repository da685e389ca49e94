#!/usr/bin/python3
"""A day in minutes: many requests under a mix of reads, imports and reverts. Tells what failed, and what memory and open
files came to; exit status 1 where an answer was none that is meant, memory was more than a twentieth larger in the last
tenth than in the second, or a descriptor was left."""

import argparse
import http.client
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import servers

CONNECTIONS = 16  # fewer than may wait for what takes long: 503 is then never meant
SEGMENT_SECONDS = 5
GROWTH_MAX = 1.05
FILES_MAX = 32  # that an idle service has open, on few cores
SERIES = ["pk-it", "pk-it-computer", "pk-it-telecom", "pk-services", "pk-goods"]


def paths():
    """Reads of every kind; more of them than are kept at once."""
    found = []
    for series in SERIES:
        for last in range(1, 40):
            found.append(f"/v1/exports?series={series}&last={last}")
            found.append(f"/v1/exports.csv?series={series}&last={last}&as_of=20{10 + last % 16:02d}-06-30")
            found.append(f"/v1/exports/growth?series={series}&last={last}&explain=true")
        found += [f"/v1/exports/{what}?series={series}" for what in ("latest", "records", "revisions", "projections")]
        found.append(f"/v1/series/{series}")
    found += [f"/v1/{what}?limit=50" for what in ("series", "sources", "claims", "reports")]
    return found + ["/v1/changes?since=2026-01-01", "/v1/exports/chart.svg", "/", "/openapi.json", "/livez", "/readyz",
                    "/metrics", "/v1/exports/2025-12", "/v1/exports/FY2025"]


def batch(number):
    name = f"endurance-{number}"
    return json.dumps({
        "sources": [{"source_id": name, "publisher": "Bank", "title": "T", "url": "https://bank.example/",
                     "published": f"2035-01-{number % 28 + 1:02d}", "date_basis": "page", "kind": "press", "authority": 3}],
        "reports": [{"series_id": SERIES[number % 5], "period": f"{2027 + i}-{number % 12 + 1:02d}", "value": 400 + i,
                     "precision": 1, "source_id": name} for i in range(4)]})


class Writer(threading.Thread):
    """Adds batches, and takes each out again, until it is told to end."""

    def __init__(self, port, token):
        super().__init__()
        self.port, self.ending, self.done, self.wrong = port, threading.Event(), 0, []
        self.headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, self.headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def run(self):
        while not self.ending.is_set():
            status, text = self.ask("POST", "/v1/imports", batch(self.done))
            if status == 201:
                status, text = self.ask("DELETE", f"/v1/imports/{json.loads(text)['id']}")
            if status != 200:
                self.wrong.append((status, text[:200]))
                return
            self.done += 1
            time.sleep(0.2)


def state(pid):
    """Resident memory in KiB, and open files."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(os.listdir(f"/proc/{pid}/fd"))


def load(port, lists):
    """One segment: how many answers there were, how many were none that is meant, and errors of connections."""
    out = subprocess.run(["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", str(SEGMENT_SECONDS), "--timeout", "10s",
                          "-s",
                          str(servers.BENCH / "endurance.lua"), f"http://127.0.0.1:{port}"],
                         env={**os.environ, "EXPORTSTAT_PATHS": str(lists)}, capture_output=True, text=True, check=True,
                         timeout=SEGMENT_SECONDS + 60).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    return (int(re.search(r"(\d+) requests in", out)[1]), int(failed[1]) if failed else 0,
            sum(map(int, errors.groups())) if errors else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--requests", type=int, default=10000000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exportstat-endurance-") as folder:
        database = pathlib.Path(folder) / "one.db"
        lists = pathlib.Path(folder) / "paths"
        lists.write_text("".join(f"{path}\n" for path in paths()), encoding="ascii")
        subprocess.run([arguments.program, "migrate", "--database", database], check=True, capture_output=True)
        run = [arguments.program, "token", "--database", database, "--expires", "2190-01", "--scope", "import,revert",
               "create", "desk"]
        token = subprocess.run(run, check=True, capture_output=True, text=True).stdout.split()[-1]
        with open(pathlib.Path(folder) / "log", "wb") as log:
            service = subprocess.Popen([arguments.program, "serve", "--database", database, "--listen", "127.0.0.1:0",
                                        "--cache-size", "4", "--log-level", "warning"], stdout=subprocess.PIPE, stderr=log)
        port = int(service.stdout.readline().decode().rsplit(":", 1)[1])
        writer = Writer(port, token)
        writer.start()
        answers = failed = errors = 0
        samples = []
        try:
            while answers < arguments.requests and not writer.wrong:
                counts = load(port, lists)
                time.sleep(0.5)  # until what was asked for at the end, and is not waited for any more, is done
                answers, failed, errors = (a + b for a, b in zip((answers, failed, errors), counts))
                now = state(service.pid)
                samples.append(now[0])
                print(f"{answers:>12,} answers, {writer.done:,} imports and reverts, {now[0] / 1024:.1f} MiB, {now[1]} files",
                      file=sys.stderr)
        finally:
            writer.ending.set()
            writer.join()
        time.sleep(1)
        left = state(service.pid)[1]
        tenth = max(len(samples) // 10, 1)
        early, late = (statistics.mean(part) for part in (samples[tenth:2 * tenth] or samples, samples[-tenth:]))
        service.terminate()
        status = service.wait(60)
        said = (pathlib.Path(folder) / "log").read_text(encoding="utf-8").count("level=")
        check = subprocess.run([arguments.program, "check", "--database", database], capture_output=True, text=True,
                               check=False)
    servers.table(["answers", "imports and reverts", "answers not meant", "errors of connections", "warnings and errors logged",
                   "MiB in the second tenth", "MiB in the last tenth", "files at the end", "faults of the database"],
                  [[f"{answers:,}", f"{writer.done:,}", str(failed + len(writer.wrong)), str(errors), str(said),
                    f"{early / 1024:.1f}", f"{late / 1024:.1f}", str(left),
                    "0" if check.returncode == 0 else check.stdout.splitlines()[-1]]])
    return int(bool(failed or errors or writer.wrong or status or said or check.returncode or left > FILES_MAX
                    or late > early * GROWTH_MAX))


if __name__ == "__main__":
    sys.exit(main())
