#!/usr/bin/python3
"""Compares the service with bare libmicrohttpd, nginx, a naive handler and a Node service, on the loopback.

    run.py BUILD [--rounds N] [--seconds S] [--size REPORTS ...] [--only PART ...]

Prints tables in Markdown. What counts is the server's processor time per request: servers take turns in rounds, a
ratio is of one round, and the median of the rounds is shown. The server is pinned to the first processor and wrk to
the second. All is bounded: with the defaults it ends within some five minutes and two hundred million requests.
"""

import argparse
import contextlib
import pathlib
import socket
import statistics
import subprocess
import tempfile

import large
import servers
from servers import Server, load, table

ANSWER = "/v1/exports?last=30"
LATEST = "/v1/exports/latest"
SERVER_CPU, LOAD_CPU = 0, 1
SWEEP = (1, 16, 64, 128, 256, 512, 1000)
IDLE = 1000
STARTS = 15


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.build = arguments.build.resolve()
        self.folder = folder
        self.running = contextlib.ExitStack()

    def start(self, *arguments, **options):
        server = Server(*arguments, **options)
        self.running.callback(server.stop)
        return server

    def service(self, database, *options, name="exportstat"):
        return self.start(name, [self.build / "exportstat", "serve", "--listen", "127.0.0.1:0", "--threads", "1",
                                 "--database", database, *options], cpu=SERVER_CPU)

    def bare(self, service, path=ANSWER):
        response = self.folder / "response"
        servers.raw_response(service, path, response)
        return self.start("bare", [self.build / "bench" / "bare", response], cpu=SERVER_CPU)

    def rounds(self, contests, connections=64):
        """Lets each (name, server, path, headers) run once a round; returns their results by name."""
        results = {name: [] for name, *_ in contests}
        for _ in range(self.arguments.rounds):
            for name, server, path, headers in contests:
                results[name].append(load(server, path, connections, self.arguments.seconds, headers, LOAD_CPU))
        return results


def median(results, key):
    return statistics.median(result[key] for result in results)


def ratio(results, base):
    return statistics.median(one["cpu"] / other["cpu"] for one, other in zip(results, base))


def compare(bench):
    """The answer of thirty months, by everybody."""
    database = bench.folder / "bundled.db"
    service = bench.service(database)
    quiet = bench.service(database, "--log-requests", "0")
    uncached = bench.service(database, "--cache-size", "0")
    body, headers = service.get(ANSWER)
    naive_database = bench.folder / "naive.db"
    servers.observations_database(body, naive_database)
    bare = bench.bare(service)
    nginx = servers.nginx(bench.folder, body, SERVER_CPU)
    bench.running.callback(nginx.stop)
    naive = bench.start("naive", [bench.build / "bench" / "naive", naive_database], cpu=SERVER_CPU)
    contests = [
        ("libmicrohttpd alone", bare, "/", ()),
        ("cache hit", service, ANSWER, ()),
        ("cache hit, no log of requests", quiet, ANSWER, ()),
        ("libmicrohttpd alone, asked by h2load", bare, "/", ('If-None-Match: "none"',)),
        ("304, asked by h2load", service, ANSWER, (f"If-None-Match: {headers['ETag']}",)),
        ("cache hit, gzip", service, ANSWER, ("Accept-Encoding: gzip",)),
        ("first answer", uncached, ANSWER, ()),
        ("latest, first answer", uncached, LATEST, ()),
        ("nginx, static file", nginx, "/", ()),
        ("naive: SQLite and jansson", naive, "/", ()),
    ]
    if servers.node_ready():
        node = bench.start("node", ["node", servers.BENCH / "node" / "server.js", naive_database], cpu=SERVER_CPU)
        contests.append(("fastify and better-sqlite3", node, "/", ()))
    results = bench.rounds(contests)
    by_wrk = results["libmicrohttpd alone"]
    by_h2load = results["libmicrohttpd alone, asked by h2load"]
    table(["", "µs/request", "× libmicrohttpd", "requests/s", "p50 ms", "p99 ms", "peak MiB", "start ms"], [
        [name, f"{median(results[name], 'cpu'):.1f}", 
         f"{ratio(results[name], by_h2load if 'h2load' in name else by_wrk):.2f}",
         f"{median(results[name], 'rate'):,.0f}", f"{median(results[name], 'p50'):.2f}",
         f"{median(results[name], 'p99'):.2f}", f"{server.status('VmHWM'):.1f}",
         f"{server.start_milliseconds:.0f}"] for name, server, *_ in contests])
    print(f"\nAgainst nginx: {ratio(results['cache hit'], results['nginx, static file']):.2f}")


def sweep(bench):
    """More and more connections."""
    service = bench.service(bench.folder / "bundled.db")
    bare = bench.bare(service)
    rows = []
    for connections in SWEEP:
        results = bench.rounds([("service", service, ANSWER, ()), ("bare", bare, "/", ())], connections)
        own = results["service"]
        rows.append([str(connections), f"{median(own, 'cpu'):.1f}", f"{ratio(own, results['bare']):.2f}",
                     f"{median(own, 'rate'):,.0f}", f"{min(r['rate'] for r in own):,.0f}",
                     f"{median(own, 'p50'):.2f}", f"{median(own, 'p99'):.2f}", f"{median(own, 'p999'):.2f}",
                     str(sum(r["errors"] + r["statuses"] for r in own))])
    table(["connections", "µs/request", "× libmicrohttpd", "requests/s", "the slowest round", "p50 ms", "p99 ms",
           "p99.9 ms", "errors"], rows)


def memory(bench):
    """Memory, and the time to the first answer."""
    database = bench.folder / "memory.db"
    first = bench.service(database)
    first.stop()  # it works in advance for a while, and all have the same processor
    starts = []
    for _ in range(STARTS):
        again = bench.service(database)
        starts.append(again.start_milliseconds)
        again.stop()
    again = bench.service(database)
    started = again.status("VmRSS")
    idle = []
    for _ in range(IDLE):
        connection = socket.create_connection(("127.0.0.1", again.port))
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(4096)
        idle.append(connection)
    held = again.status("VmRSS")
    for connection in idle:
        connection.close()
    table(["", "value"], [
        ["start with a new database, to the first answer, ms", f"{first.start_milliseconds:.0f}"],
        ["start with an existing one, ms", f"{statistics.median(starts):.0f}"],
        ["resident after start, MiB", f"{started:.1f}"],
        [f"resident with {IDLE:,} idle connections, MiB", f"{held:.1f}"]])


def sizes(bench):
    """The same answers with more and more data beside them."""
    small = bench.folder / "bundled.db"
    services = {"bundled": (bench.service(small), bench.service(small, "--cache-size", "0"))}
    for reports in bench.arguments.size:
        database = generated(bench, reports)
        services[f"{reports:,}"] = (bench.service(database), bench.service(database, "--cache-size", "0"))
    contests = []
    for name, (kept, uncached) in services.items():
        contests += [(f"{name}: hit", kept, ANSWER, ()), (f"{name}: first", uncached, ANSWER, ())]
    results = bench.rounds(contests)
    table(["reports", "hit µs", "× bundled", "first answer µs", "× bundled", "peak MiB"], [
        [name, f"{median(results[name + ': hit'], 'cpu'):.1f}",
         f"{ratio(results[name + ': hit'], results['bundled: hit']):.2f}",
         f"{median(results[name + ': first'], 'cpu'):.1f}",
         f"{ratio(results[name + ': first'], results['bundled: first']):.2f}",
         f"{services[name][0].status('VmHWM'):.1f}"] for name in services])


def generated(bench, reports):
    """A database with the bundled data and as many generated reports."""
    database = bench.folder / f"{reports}.db"
    subprocess.run([bench.build / "exportstat", "import", "--database", database, *large.files_of(bench, reports)],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return database


PARTS = {"compare": compare, "sweep": sweep, "memory": memory, "sizes": sizes, "imports": large.imports,
         "reads": large.reads_meanwhile, "roof": large.roof}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--size", type=int, nargs="*", default=[1000, 100000])
    parser.add_argument("--only", choices=PARTS, nargs="*", default=list(PARTS))
    arguments = parser.parse_args()
    for part in arguments.only:
        with tempfile.TemporaryDirectory(prefix="exportstat-bench-") as folder:
            bench = Bench(arguments, pathlib.Path(folder))
            with bench.running:
                print(f"\n## {PARTS[part].__doc__}")
                PARTS[part](bench)


if __name__ == "__main__":
    main()
