"""The programs that bench/run.py compares: started on a free port of the loopback, and measured from outside."""

import json
import math
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

BENCH = pathlib.Path(__file__).resolve().parent
START_SECONDS = 20


class Server:
    """One program. It prints its address, unless the port is given."""

    def __init__(self, name, arguments, cpu=None, port=None):
        self.name = name
        command = [str(argument) for argument in arguments]
        if cpu is not None:
            command = ["taskset", "-c", str(cpu), *command]
        began = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if port:
            self.port = port
            self.wait_for_port()
        else:
            line = self.process.stdout.readline()
            self.port = int(re.search(r":(\d+)/?$", line.strip()).group(1))
        self.url = f"http://127.0.0.1:{self.port}"
        self.first_answer("/v1/exports/2025-12" if name.startswith("exportstat") else "/")
        self.start_milliseconds = (time.monotonic() - began) * 1000

    def wait_for_port(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.001)
        raise TimeoutError(self.name)

    def first_answer(self, path):
        """By a bare socket: urllib would take longer than what is measured."""
        with socket.create_connection(("127.0.0.1", self.port), START_SECONDS) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("ascii"))
            if not client.recv(16).startswith(b"HTTP/1.1 2"):
                raise OSError(f"{self.name}: no answer to {path}")

    def pids(self):
        """The process and its children (nginx has a master and workers)."""
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [pid, *map(int, children.split())]

    def cpu_seconds(self):
        """Processor time so far: user and system, from the clocks of the processes (clock_getcpuclockid(3))."""
        return sum(time.clock_gettime(~pid << 3 | 2) for pid in self.pids())

    def status(self, field):
        """A field of /proc/PID/status in MiB, over all processes."""
        return sum(int(re.search(field + r":\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(
            encoding="ascii")).group(1)) for pid in self.pids()) / 1024

    def get(self, path, headers=None):
        request = urllib.request.Request(self.url + path, headers=headers or {})
        with urllib.request.urlopen(request) as answer:
            return answer.read(), dict(answer.headers)

    def stop(self):
        self.process.terminate()
        self.process.wait(START_SECONDS)
        self.process.stdout.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def load(server, path, connections, seconds, headers=(), cpu=None):
    """Runs wrk; returns what it says, with the server's processor time per request in microseconds. Where an answer
    may be a 304 it is h2load, since wrk waits for the bytes that the Content-Length of a 304 speaks of."""
    is_conditional = any(header.startswith("If-None-Match") for header in headers)
    if is_conditional:
        command = ["h2load", "--h1", "-t1", f"-c{connections}", f"-D{seconds}"]
    else:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s",
                   str(BENCH / "wrk.lua")]
    for header in headers:
        command += ["-H", header]
    if cpu is not None:
        command = ["taskset", "-c", str(cpu), *command]
    before = server.cpu_seconds()
    out = subprocess.run([*command, server.url + path], stdout=subprocess.PIPE, text=True, check=True,
                         timeout=seconds + 60).stdout
    spent = server.cpu_seconds() - before
    result = h2load_result(out, seconds) if is_conditional else json.loads(out.strip().splitlines()[-1])
    result["cpu"] = spent * 1e6 / max(result["requests"], 1)
    result["rate"] = result["requests"] * 1e6 / result["microseconds"]
    return result


def paced(server, path, per_second, seconds):
    """The latencies in microseconds of reads at a steady pace over four connections."""
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as log:
        subprocess.run(["h2load", "--h1", "-t1", "-c4", f"--rps={per_second // 4}", f"-D{seconds}",
                        f"--log-file={log.name}", server.url + path], stdout=subprocess.DEVNULL, check=True,
                       timeout=seconds + 60)
        return [int(line.split("\t")[2]) for line in log]


def h2load_result(out, seconds):
    counts = re.search(r"requests: \d+ total, \d+ started, (\d+) done, \d+ succeeded, (\d+) failed", out)
    return {"requests": int(counts.group(1)), "microseconds": seconds * 1000000, "errors": int(counts.group(2)),
            "statuses": 0, "p50": math.nan, "p99": math.nan, "p999": math.nan}


def raw_response(server, path, to):
    """Writes an answer, header and body, for bench/bare.c."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        to.write_bytes(b"".join(iter(lambda: connection.recv(65536), b"")))


def observations_database(body, to):
    """The observations of an answer as a table, for the naive services."""
    rows = json.loads(body)["observations"]
    columns = list(rows[0])
    database = sqlite3.connect(to)
    database.execute(f"CREATE TABLE observation ({', '.join(columns)}, PRIMARY KEY (period)) WITHOUT ROWID")
    database.executemany(f"INSERT INTO observation VALUES ({', '.join('?' * len(columns))})",
                         [[";".join(v) if isinstance(v, list) else v for v in row.values()] for row in rows])
    database.commit()
    database.close()


def nginx(folder, body, cpu):
    """nginx with one worker, serving the bytes as a file; its port stands in its configuration."""
    port = free_port()
    conf = folder / "nginx.conf"
    folder.chmod(0o755)  # its workers may be of another user
    (folder / "html").mkdir()
    (folder / "html" / "index.html").write_bytes(body)
    conf.write_text(f"""
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; keepalive_requests 1000000000; open_file_cache max=100;
    client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
    uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
    server {{ listen 127.0.0.1:{port}; root {folder}/html; }}
}}
""", encoding="ascii")
    return Server("nginx", ["nginx", "-c", conf, "-p", folder], cpu, port=port)


def node_ready():
    """Installs the Node service at its locked versions; False where that can not be."""
    folder = BENCH / "node"
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    if (folder / "node_modules" / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node").exists():
        return True
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    environment = {**os.environ}
    if pathlib.Path("/usr/include/node/node.h").exists():
        environment["npm_config_nodedir"] = "/usr"
    return all(subprocess.run(["npm", *command], env=environment, check=False, **quiet).returncode == 0
               for command in (["ci", "--no-audit", "--no-fund"],
                               ["rebuild", "better-sqlite3", "--build-from-source", "--ignore-scripts=false"]))


def table(head, rows):
    print("\n| " + " | ".join(head) + " |")
    print("|---|" + "---:|" * (len(head) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
