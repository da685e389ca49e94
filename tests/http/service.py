"""The running program, for tests that ask it over HTTP.

    class Something(ServiceTest):                 # one program for all tests of the class
        def test_it(self):
            answer = self.get("/v1/exports?last=1")
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.json()["total"], 1)

    with Service("--empty", environment={...}) as service:   # one of its own
        service.get("/v1/series", {"Accept": "text/csv"}).rows()

Every answer is held against openapi.yaml: there is such a path, method, status and media type, the
JSON fits its schema, the CSV has its columns, the headers are the ones described. `check=False`
leaves that out, for requests that openapi.yaml does not speak of.
"""

import csv
import functools
import http.client
import io
import json
import os
import pathlib
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("EXPORTSTAT_PROGRAM", str(ROOT / "build" / "dev" / "exportstat"))
ROUTES = os.environ.get("EXPORTSTAT_ROUTES", str(ROOT / "build" / "dev" / "tests" / "routes_dump"))
START_SECONDS = 60  # slow machines, sanitizers
STOP_SECONDS = 30
ANSWER_SECONDS = 60
LOG_LINES = 12  # shown of the log when a test fails

# What the end of a path asks for.
ENDINGS = {".csv": "text/csv", ".atom": "application/atom+xml"}

# Headers that say how the message is transported, not what it says.
TRANSPORT_HEADERS = {"date", "content-type", "content-length", "connection"}


class ContractError(AssertionError):
    """An answer that openapi.yaml does not describe so."""


class Document:
    """openapi.yaml, as something that answers can be held against."""

    def __init__(self, path=ROOT / "openapi.yaml"):
        self.path = path
        self.content = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.paths = self.content.get("paths") or {}
        self.validators = {}

    def resolve(self, value):
        """What a `{"$ref": "#/…"}` points at; anything else as it is."""
        while isinstance(value, dict) and "$ref" in value:
            target = self.content
            for name in value["$ref"].removeprefix("#/").split("/"):
                target = target[name.replace("~1", "/").replace("~0", "~")]
            value = target
        return value

    def path_of(self, path):
        """The path of the document that a request's path stands for; None where there is none."""
        path = path.split("?")[0]
        for candidate in [path, path.removesuffix("/")]:
            if candidate in self.paths:
                return candidate
        for ending, media_type in ENDINGS.items():
            candidate = path.removesuffix(ending)
            if candidate != path and candidate in self.paths and self.has(candidate, media_type):
                return candidate
        for pattern in self.paths:
            regex = "".join("[^/]+" if part.startswith("{") else re.escape(part)
                            for part in re.split(r"(\{[^}]+\})", pattern))
            if "{" in pattern and re.fullmatch(regex + "/?", path):
                return pattern
        return None

    def has(self, path, media_type):
        operation = self.paths[path].get("get")
        return bool(operation) and media_type in operation["responses"]["200"]["content"]

    def response_of(self, method, path, status):
        """The description of a response. HEAD is answered as GET is; what is the same everywhere,
        such as OPTIONS and methods that there are not, stands at the end of the document."""
        name = "GET" if method == "HEAD" else method
        described = self.paths.get(self.path_of(path), {}).get(name.lower())
        if described:
            responses = described["responses"]
        else:
            everywhere = self.content.get("x-everywhere") or {}
            responses = everywhere.get(name) or everywhere.get("others") or {}
        if str(status) not in responses:
            raise ContractError(f"openapi.yaml has no {status} for {method} {path}")
        return self.resolve(responses[str(status)])

    def validator(self, schema):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            root = {"$schema": "https://json-schema.org/draft/2020-12/schema",
                    "components": self.content["components"], "allOf": [schema]}
            self.validators[key] = jsonschema.Draft202012Validator(
                root, format_checker=jsonschema.FormatChecker())
        return self.validators[key]

    def errors(self, schema, value):
        """Where a value does not fit a schema, in words."""
        lines = [line for error in self.validator(schema).iter_errors(value)
                 for line in explain(error)]
        # What is wrong inside of a part makes all of its fields unevaluated too.
        return [line for line in lines if ": Unevaluated " not in line] or lines

    def check(self, method, path, answer):
        where = f"{method} {path} -> {answer.status}"
        response = self.response_of(method, path, answer.status)
        self.check_headers(where, response, answer)
        content = response.get("content", {})
        if not answer.body:
            if content and method != "HEAD":
                raise ContractError(f"{where}: no body, but openapi.yaml describes one")
            return
        media_type = answer.media_type()
        if media_type not in content:
            raise ContractError(f"{where}: openapi.yaml has no {media_type!r}, but {list(content)}")
        if answer.headers.get("Content-Encoding"):
            return
        if media_type.endswith("json"):
            errors = self.errors(content[media_type].get("schema", {}), answer.json())
            if errors:
                raise ContractError("\n  ".join([f"{where}: does not fit:", *errors[:12]]))
        if media_type == "text/csv":
            self.check_columns(where, content[media_type], answer.rows()[0])

    @staticmethod
    def check_columns(where, described, columns):
        expected = described["x-columns"]
        more = columns[len(expected):]
        if columns[:len(expected)] != expected or not all(
                re.fullmatch(described.get("x-more-columns", "(?!)"), name) for name in more):
            raise ContractError(f"{where}: columns {columns}, in openapi.yaml {expected}")

    def check_headers(self, where, response, answer):
        described = {name.lower(): self.resolve(header)
                     for name, header in response.get("headers", {}).items()}
        for name in answer.headers:
            if name.lower() not in described and name.lower() not in TRANSPORT_HEADERS:
                raise ContractError(f"{where}: openapi.yaml has no header {name!r} here")
        for name, header in described.items():
            value = answer.headers.get(name)
            if value is None:
                if header.get("required"):
                    raise ContractError(f"{where}: the header {name!r} is missing")
                continue
            schema = self.resolve(header["schema"])
            if schema.get("type") == "integer" and re.fullmatch("-?[0-9]+", value):
                value = int(value)
            errors = self.errors(schema, value)
            if errors:
                raise ContractError(f"{where}: header {name!r}: " + "; ".join(errors))


def explain(error):
    """An error in words; of alternatives, the one that came nearest."""
    if error.context:
        branches = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)

        # A missing or surplus field high up says that the wrong alternative was tried.
        def depth(branch):
            return (max(len(inner.absolute_path) for inner in branch), -len(branch))

        for inner in max(branches.values(), key=depth):
            yield from explain(inner)
        return
    place = "/".join(map(str, error.absolute_path)) or "the root"
    yield f"{place}: {error.message[:400]}"


@functools.lru_cache(maxsize=None)
def document():
    return Document()


def routes():
    """The program's table of routes."""
    return json.loads(subprocess.run([ROUTES], stdout=subprocess.PIPE, check=True).stdout)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def media_type(self):
        return (self.headers.get("Content-Type") or "").split(";")[0].strip()

    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)

    def rows(self):
        """The rows of a CSV, the header first."""
        return list(csv.reader(io.StringIO(self.text(), newline="")))

    def records(self):
        """The rows of a CSV as dictionaries."""
        return list(csv.DictReader(io.StringIO(self.text(), newline="")))

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Service:
    """The program, serving on a free port, with a database in a directory of its own unless one is
    given. Its log is in `home/log`."""

    def __init__(self, *arguments, database=None, environment=None):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="exportstat-test-"))
        self.database = pathlib.Path(database or self.home / "exportstat.db")
        self.log_path = self.home / "log"
        command = [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--database", str(self.database),
                   *arguments]
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith("EXPORTSTAT_")}
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                command, env={**clean, **(environment or {})}, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log)
        try:
            self.address = self._first_line()
        except BaseException:
            self.kill()
            raise
        self.host, port = self.address.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)

    def _first_line(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            line = b""
            while not line.endswith(b"\n"):
                if not selector.select(START_SECONDS):
                    raise AssertionError(f"no address within {START_SECONDS} s\n{self.log_tail()}")
                byte = os.read(self.process.stdout.fileno(), 1)
                if not byte:
                    status = self.process.wait(STOP_SECONDS)
                    raise AssertionError(f"ended with {status} at its start\n{self.log_tail()}")
                line += byte
        match = re.fullmatch(rb"exportstat listening on (http://\S+:[0-9]+)\n", line)
        if not match:
            raise AssertionError(f"its first line is {line!r}")
        return match[1].decode()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind:
            print(self.log_tail(), file=sys.stderr)
            self.kill()
        else:
            self.stop()

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def log_tail(self):
        lines = self.log().splitlines()[-LOG_LINES:]
        return "\n".join(["the end of the log:", *lines])

    def request(self, method, path, headers=None, body=None, check=True):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        if check:
            document().check(method, path, answer)
        return answer

    def get(self, path, headers=None, check=True):
        return self.request("GET", path, headers, check=check)

    def raw(self, data, seconds=10):
        """Sends bytes as they are; what comes back until the end of the connection."""
        with socket.create_connection((self.host, self.port), timeout=seconds) as peer:
            peer.sendall(data)
            received = b""
            try:
                while chunk := peer.recv(65536):
                    received += chunk
            except (TimeoutError, ConnectionError):
                pass
            return received

    def stop(self):
        """Ends it as an operator would; it has to end well."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
            if status != 0:
                raise AssertionError(f"ended with {status}\n{self.log_tail()}")
        finally:
            self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.home, ignore_errors=True)


class ServiceTest(unittest.TestCase):
    """Tests that share one program per class, and only read."""

    arguments = ()
    environment = None
    service = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = Service(*cls.arguments, environment=cls.environment)
        cls.addClassCleanup(cls.service.stop)

    def run(self, result=None):
        before = result and len(result.failures) + len(result.errors)
        super().run(result)
        if result and self.service and len(result.failures) + len(result.errors) > before:
            print(self.service.log_tail(), file=sys.stderr)

    def get(self, path, headers=None, check=True):
        return self.service.get(path, headers, check)

    def request(self, method, path, headers=None, body=None, check=True):
        return self.service.request(method, path, headers, body, check)
