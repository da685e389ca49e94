"""The parts of bench/run.py that look at importing, and at the largest answers."""

import statistics
import subprocess

import servers

ROWS_OF_ROOF = 1000000
READS_PER_SECOND = 500
ANSWER = "/v1/exports?last=30"


def files_of(bench, reports):
    """The generated files of an import of so many reports."""
    folder = bench.folder / f"files-{reports}"
    if not folder.exists():
        subprocess.run([servers.BENCH / "generate.py", str(reports), folder], check=True)
    return [folder / name for name in ("series.csv", "sources.csv", "reports.csv")]


def run_measured(command):
    """Its seconds on the wall and of the processor, and its peak memory in MiB, as GNU time tells them."""
    out = subprocess.run(["/usr/bin/time", "-f", "%e %U %S %M", *map(str, command)], check=True, text=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).stderr
    wall, user, system, kilobytes = map(float, out.splitlines()[-1].split())
    return wall, user + system, kilobytes / 1024


def imports(bench):
    """An import against `sqlite3 .import` of the same reports into a bare table, taking turns."""
    rows = []
    for reports in bench.arguments.size:
        files = files_of(bench, reports)
        ours, theirs = [], []
        for _ in range(bench.arguments.rounds):
            database, bare = bench.folder / "import.db", bench.folder / "bare.db"
            for old in bench.folder.glob("*.db*"):
                old.unlink()
            ours.append(run_measured([bench.build / "exportstat", "import", "--database", database, *files]))
            theirs.append(run_measured(["sqlite3", bare, "CREATE TABLE report (series_id, period, value, precision, "
                                        "source_id, note)", f".import --csv --skip 1 {files[-1]} report"]))
        wall, cpu, peak = (statistics.median(run[i] for run in ours) for i in range(3))
        of_wall, of_cpu = (statistics.median(a[i] / b[i] for a, b in zip(ours, theirs)) for i in range(2))
        rows.append([f"{reports:,}", f"{wall:.1f}", f"{of_wall:.2f}", f"{cpu:.1f}", f"{of_cpu:.2f}", f"{peak:.0f}"])
    servers.table(["reports", "s", "× sqlite3", "processor s", "× sqlite3", "peak MiB"], rows)


def reads_meanwhile(bench):
    """Reads at a steady pace, without and with an import into the same database."""
    reports = max(bench.arguments.size)
    files = files_of(bench, reports)
    service = bench.service(bench.folder / "meanwhile.db")
    uncached = bench.service(bench.folder / "meanwhile.db", "--cache-size", "0")
    rows = []
    for name, server in (("kept answers", service), ("first answers", uncached)):
        quiet = servers.paced(server, ANSWER, READS_PER_SECOND, bench.arguments.seconds)
        importing = subprocess.Popen([bench.build / "exportstat", "import", "--database",
                                      bench.folder / "meanwhile.db", *files], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
        busy = []
        while importing.poll() is None:
            busy += servers.paced(server, ANSWER, READS_PER_SECOND, 1)
        for what, latencies in (("", quiet), (" while importing", busy)):
            p50, p99 = (statistics.quantiles(latencies, n=100)[i] / 1000 for i in (49, 98))
            rows.append([name + what, f"{len(latencies):,}", f"{p50:.2f}", f"{p99:.2f}", f"{max(latencies) / 1000:.1f}"])
    servers.table(["reads", "answers", "p50 ms", "p99 ms", "slowest ms"], rows)


def roof(bench):
    """The largest answers, from a store of a million reports: nothing kept, and kept."""
    files = files_of(bench, ROWS_OF_ROOF)
    database = bench.folder / "roof.db"
    subprocess.run([bench.build / "exportstat", "import", "--database", database, *files], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    twenty = ",".join(f"g{i:05d}" for i in range(1, 21))
    asked = [
        ("one month", "/v1/exports/2025-12?series=g00001"),
        ("160 months", "/v1/exports?series=g00001"),
        ("1,200 months", "/v1/exports?series=g00000"),
        ("20 series of 160 months", f"/v1/exports?series={twenty}"),
        ("a page of 100 series", "/v1/series"),
        ("a search among all series", "/v1/series?q=aluminium+raw"),
        ("a page of 100 reports of all", "/v1/reports"),
    ]
    asked += [(f"{name}, as of 2020", path + ("&" if "?" in path else "?") + "as_of=2020-06")
              for name, path in asked if "months" in name]
    kept, uncached = bench.service(database), bench.service(database, "--cache-size", "0")
    contests = [(name + suffix, server, path, ()) for name, path in asked
                for suffix, server in (("", uncached), (" kept", kept))]
    results = bench.rounds(contests, connections=4)
    servers.table(["answer", "kB", "nothing kept, µs", "kept, µs"], [
        [name, f"{len(kept.get(path)[0]) / 1000:,.0f}",
         f"{statistics.median(r['cpu'] for r in results[name]):,.1f}",
         f"{statistics.median(r['cpu'] for r in results[name + ' kept']):,.1f}"] for name, path in asked])

