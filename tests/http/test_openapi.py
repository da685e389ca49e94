"""openapi.yaml, the table of routes and the answers of the program are one and the same.

    python3 tests/http/test_openapi.py --write-examples

asks the program (build/dev/exportstat, or EXPORTSTAT_PROGRAM) for every example that has an
`x-request`, and writes its answer into openapi.yaml. Look at what has changed before you keep it.
"""

import json
import os
import re
import subprocess
import sys
import urllib.parse

import yaml

from service import PROGRAM, ROOT, ContractError, Document, Service, ServiceTest, document, routes

OPENAPI = ROOT / "openapi.yaml"
LONG = "x" * 2100

# A value of each parameter that may be written in more than one way, or that needs the data.
VALUES = {
    "period": "2025-12", "series": "pk-it", "source": "dunya-2025-12-18", "of": "pk-services",
    "publisher": "Dawn", "authority": "2", "basis": "yoy", "fy": "FY2026", "target": "5000",
    "level": "90", "method": "run_rate", "threshold": "400", "from": "2025-01", "to": "2025-12",
    "last": "3", "frequency": "month", "transform": "level", "as_of": "2026-02-28",
    "release": "first", "order": "desc", "limit": "2", "decimals": "2", "explain": "true",
    "format": "json", "size": "small", "theme": "dark", "since": "2025-01-17", "verdict": "confirmed", "metric": "yoy_pct",
    "import": "1", "dry_run": "true", "claim": "arabnews-2026-01-20.pk-it.yoy_pct.2025-12", "q": "goods exp",
}
# Where one name means another thing.
KINDS = {"listFindings": "months_against_sum", "listChanges": "revised"}
# The ids of rows, which `after` takes where it is no period.
AFTER = {"getRevisions": "2024-11.2025-01-31", "listSeries": "pk-goods",
         "listSources": "dunya-2025-12-18", "listReports": "dunya-2025-12-18.pk-it.2025-11",
         "listChanges": "pk-it.2024-11.revised.2025-01-31",
         "listClaims": "arabnews-2026-01-20.pk-it.yoy_pct.2025-12",
         "listFindings": "pk-it.months_against_sum.2020-07/2021-03.businesstribune-2021-04"}

MALFORMED = {
    "period": ["", "2025-13", "2025-1", "FY26", "2025-12-01", "2025-Q5", "FY2025-H3", "1899-12",
               "2025-12/2025-07", " 2025-12", "2025-12x", "today"],
    "fiscal_year": ["", "2026", "FY26", "FY2026-Q1", "FY1899", "2025-12", "fy2026"],
    "date": ["", "2025", "2025-02-30", "2025-13", "31-12-2025", "yesterday",
             "2025-12-31T00:00:00Z"],
    "number": ["", "x", "1.5", "+1", "1e1", " 1", "99999999999999999999", "-1"],
    "amount": ["", "x", "1,2", "1e3", "+1", "1.", ".5", "1.0000001", "1000000000", "--1"],
    "amounts": ["", "x", "1,,2", "1,", "1e3", "1.0000001", "1000000000",
                ",".join(map(str, range(1, 22)))],
    "id": ["", "PK-IT", "pk it", "-pk", "pk_it", "a" * 65, "a,b"],
    "ids": ["", "PK-IT", "pk-it,", ",pk-it", "pk-it,pk-it", "a" * 65,
            ",".join(f"s{i}" for i in range(21))],
    "since": ["", "0", "2025-13", "yesterday", "99999999999", "2025-12-31T00:00:00Z"],
    "text": ["", "x" * 201],
    "choice": ["", "no-such-choice", "LEVEL", "1"],
}


def is_built(item):
    """Whether it is in this program, which may have been built without its pages."""
    return "Pages" not in item["get"]["tags"] or os.environ.get("EXPORTSTAT_PAGES", "1") == "1"


def readable():
    """The paths that GET asks of everybody. Others have tests of their own: test_claims.py, test_imports.py."""
    return {path: item for path, item in document().paths.items()
            if "get" in item and is_built(item) and "security" not in item["get"]}


def readable_routes():
    return [route for route in routes() if route["path"] in readable() and route["method"] == "GET"]


def quoted(text):
    return urllib.parse.quote(text, safe="")


def examples(node, place=()):
    """Every example that has a request, wherever it stands in the document."""
    if isinstance(node, dict):
        if "x-request" in node:
            yield place, node
        for key, value in node.items():
            yield from examples(value, (*place, key))


def ask_example(service, example, check=True):
    return service.request(example.get("x-method", "GET"), example["x-request"],
                           example.get("x-headers"), example.get("x-body"), check)


def example_value(answer):
    return answer.json() if answer.media_type().endswith("json") else answer.text()


class TableTest(ServiceTest):
    """The document and the table of routes: the same, in both directions."""

    def setUp(self):
        self.document = document()
        self.routes = {(route["path"], route["method"].lower()): route for route in routes()}

    def operation(self, key):
        path, method = key
        return self.document.paths[path][method]

    def parameters(self, key, where):
        found = [self.document.resolve(parameter)
                 for parameter in self.operation(key).get("parameters", [])]
        return {parameter["name"]: parameter for parameter in found if parameter["in"] == where}

    def test_paths_and_methods(self):
        self.assertEqual([(path, method) for path, item in self.document.paths.items() for method in item],
                         list(self.routes))

    def test_operations(self):
        for key, route in self.routes.items():
            with self.subTest(key):
                self.assertEqual(self.operation(key)["operationId"], route["operation"])

    def test_bodies(self):
        for key, route in self.routes.items():
            with self.subTest(key):
                content = self.operation(key).get("requestBody", {}).get("content", {})
                self.assertEqual(list(content), [t for t in (route["body_type"], route["body_other"]) if t])

    def test_tokens(self):
        for key, route in self.routes.items():
            with self.subTest(key):
                self.assertEqual("security" in self.operation(key), route["needs_token"])

    def test_parameter_names(self):
        for path, route in self.routes.items():
            for where in ["path", "query"]:
                with self.subTest(path, where=where):
                    expected = [p["name"] for p in route["parameters"] if p["in"] == where]
                    self.assertEqual(list(self.parameters(path, where)), expected)

    def test_parameters(self):
        for path, route in self.routes.items():
            for expected in route["parameters"]:
                with self.subTest(path, parameter=expected["name"]):
                    found = self.parameters(path, expected["in"])[expected["name"]]
                    self.assertEqual(found.get("required", False), expected["in"] == "path")
                    self.assertTrue(found["description"])
                    self.check_schema(expected, found)

    def check_schema(self, expected, found):
        schema = self.document.resolve(found["schema"])
        kind = expected["type"]
        of_items = self.document.resolve(schema.get("items", {}))
        default = expected["default"]
        if kind == "number":
            self.assertEqual(schema["type"], "integer")
            self.assertEqual([schema["minimum"], schema["maximum"]],
                             [expected["min"], expected["max"]])
            default = default and int(default)
        elif kind == "choice" and expected["choices"] == ["false", "true"]:
            self.assertEqual(schema["type"], "boolean")
            default = default and default == "true"
        elif kind == "choice":
            self.assertEqual(schema["type"], "string")
            self.assertEqual(set(schema["enum"]),
                             set(expected["choices"]) | set(expected["synonyms"]))
            self.assertEqual([name for name in schema["enum"] if name in expected["choices"]],
                             expected["choices"])
        elif kind in ("ids", "amounts"):
            self.assertEqual([schema["type"], schema["minItems"], schema["maxItems"]],
                             ["array", 1, expected["max"]])
            self.assertEqual([found["style"], found["explode"]], ["form", False])
            self.assertEqual(of_items["type"], "string" if kind == "ids" else "number")
        elif kind == "amount":
            self.assertEqual(schema["type"], "number")
        elif kind == "text":
            self.assertEqual([schema["type"], schema["minLength"], schema["maxLength"]],
                             ["string", 1, expected["max"]])
        elif kind == "id":
            self.assertEqual(schema["type"], "string")
            self.assertIn(str(expected["max"] - 1), schema["pattern"])
        else:
            self.assertIn(kind, ("period", "fiscal_year", "date", "since"))
            self.assertEqual(schema["type"], "string")
            self.assertIn("pattern", schema)
        self.assertEqual(schema.get("default"), default)

    def test_patterns_are_what_the_program_takes(self):
        """What the program refuses (see MistakeTest), the schema of the parameter refuses too."""
        seen = set()
        for path, route in self.routes.items():
            for parameter in route["parameters"]:
                kind = parameter["type"]
                found = self.parameters(path, parameter["in"])[parameter["name"]]
                schema = self.document.resolve(found["schema"])
                if kind in ("number", "choice", "ids", "amounts", "amount") or str(schema) in seen:
                    continue
                seen.add(str(schema))
                for value in MALFORMED[kind]:
                    # That a day exists, and a range is in order, is beyond a pattern.
                    if value in ("2025-02-30", "2025-12/2025-07"):
                        continue
                    if kind == "text" and len(value) <= parameter["max"] and value:
                        continue
                    with self.subTest(path, parameter=parameter["name"], value=value):
                        self.assertTrue(self.document.errors(schema, value))

    def test_csv(self):
        for path, route in self.routes.items():
            with self.subTest(path):
                content = self.operation(path)["responses"]["200"]["content"]
                self.assertEqual("text/csv" in content, route["csv"])

    def test_version(self):
        told = subprocess.run([PROGRAM, "version"], stdout=subprocess.PIPE, check=True, text=True)
        self.assertIn(self.document.content["info"]["version"], told.stdout.split())

    def test_served_as_yaml(self):
        answer = self.get("/openapi.yaml")
        self.assertEqual(answer.body, OPENAPI.read_bytes())
        self.assertEqual(answer.headers["Content-Type"], "application/yaml")

    def test_served_as_json(self):
        self.assertEqual(self.get("/openapi.json").json(), self.document.content)


class ExampleTest(ServiceTest):
    """Every example is what the program answers, on a new store with the bundled data."""

    def test_examples(self):
        found = list(examples(document().content))
        self.assertGreater(len(found), 30)
        for place, example in found:
            with self.subTest("/".join(place)):
                answer = ask_example(self.service, example)
                self.assertEqual(example_value(answer), example["value"])
                if "responses" in place and place[0] == "paths":
                    self.assertEqual(str(answer.status), place[place.index("responses") + 1])

    def test_every_operation_has_one(self):
        documents = [route["path"] for route in routes() if route["kind"] == "document"]
        for path, item in document().paths.items():
            if path not in documents:
                with self.subTest(path):
                    for operation in item.values():
                        # What takes a token writes, or tells when something was written.
                        # Metrics are others each time.
                        self.assertTrue("security" in operation or path == "/metrics" or
                                        list(examples(operation["responses"]["200"])))

    def test_examples_fit_their_schemas(self):
        def visit(node):
            if not isinstance(node, dict):
                return
            if "schema" in node and "examples" in node:
                for name, example in node["examples"].items():
                    with self.subTest(name, request=example.get("x-request")):
                        self.assertEqual(document().errors(node["schema"], example["value"]), [])
            if "schema" in node and "example" in node:
                with self.subTest(node.get("name"), example=node["example"]):
                    self.assertEqual(document().errors(node["schema"], node["example"]), [])
            for value in node.values():
                visit(value)
        visit(document().content)


class ContractTest(ServiceTest):
    """What this comparison would notice."""

    def broken(self, change, path="/v1/exports?from=2025-11&to=2025-12"):
        answer = self.get(path)
        content = answer.json()
        change(answer, content)
        answer.body = json.dumps(content).encode()
        with self.assertRaises(ContractError):
            document().check("GET", path, answer)

    def test_fields(self):
        changes = {
            "a new one": lambda content: content.update(new=1),
            "one less": lambda content: content.pop("as_of"),
            "another type": lambda content: content.update(generation="2"),
            "no date": lambda content: content.update(as_of="2025-02-30"),
            "of a row, a new one": lambda content: content["observations"][1].update(new=1),
            "of a row, one less": lambda content: content["observations"][1].pop("disputed"),
            "null without a reason": lambda content: content["observations"][1].update(value=None),
            "a reason without null":
                lambda content: content["observations"][1].update(missing_reason="no_base"),
            "an unknown reason":
                lambda content: content["observations"][1].update(value=None, missing_reason="new"),
            "several as if one": lambda content: content.update(results=[]),
        }
        for name, change in changes.items():
            with self.subTest(name):
                self.broken(lambda _, content, change=change: change(content))

    def test_answers(self):
        def header(answer, _):
            answer.headers["X-New"] = "1"

        def header_less(answer, _):
            del answer.headers["ETag"]

        def header_malformed(answer, _):
            answer.headers.replace_header("ETag", "W/\"1\"")

        def media_type(answer, _):
            answer.headers.replace_header("Content-Type", "text/plain")

        def status(answer, _):
            answer.status = 201

        for change in [header, header_less, header_malformed, media_type, status]:
            with self.subTest(change.__name__):
                self.broken(change)

    def test_columns(self):
        path = "/v1/exports.csv?last=1"
        answer = self.get(path)
        answer.body = answer.body.replace(b"precision", b"accuracy")
        with self.assertRaises(ContractError):
            document().check("GET", path, answer)


class StatusTest(ServiceTest):
    """Every status that an operation describes does happen, and fits its description. What does not
    happen on demand (503) is left to the tests of the store, and what takes other series (422) to theirs."""

    UNTESTED = {"422", "503"}

    def address(self, path):
        return re.sub(r"\{(\w+)\}", lambda match: VALUES[match[1]], path)

    def cause(self, path, status):
        """Makes a status happen; None where there is no way known."""
        address = self.address(path)
        if status == "200":
            return self.get(address)
        if status == "304":
            etag = self.get(address).headers["ETag"]
            return self.get(address, {"If-None-Match": etag})
        if status == "308":
            return self.get(address + "/")
        if status == "400":
            return self.get(address + "?no-such-parameter=1")
        if status == "404":
            return self.not_found(path)
        if status == "405":
            return self.request("DELETE", address, check=False)
        if status == "406":
            return self.get(address, {"Accept": "image/png"})
        if status == "413":
            return self.request("GET", address, body=b"{}")
        if status == "414":
            return self.get(f"{address}?x={LONG}")
        if status == "429":
            answers = (self.limited.get(address) for _ in range(20))
            return next(answer for answer in answers if answer.status == 429)
        return None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limited = Service("--rate-limit", "1")
        cls.addClassCleanup(cls.limited.kill)

    def not_found(self, path):
        if path == "/v1/exports/{period}":
            return self.get("/v1/exports/2100-01")
        if "{" in path:
            return self.get(re.sub(r"\{\w+\}", "no-such-thing", path))
        return self.get(path + "?series=no-such-thing")

    def test_statuses(self):
        for path, item in readable().items():
            for status, response in item["get"]["responses"].items():
                if status in self.UNTESTED or (status == "404" and "Pages" in item["get"]["tags"]):
                    continue
                with self.subTest(path, status=status):
                    answer = self.cause(path, status)
                    self.assertEqual(str(answer.status), status)
                    # Also those that were asked for in another way than GET.
                    document().check("GET", self.address(path), answer)
                    if int(status) >= 400:
                        self.assertEqual(answer.media_type(), "application/problem+json")
                        self.assertEqual(answer.json()["status"], int(status))

    def test_csv_in_three_ways(self):
        for path, item in readable().items():
            if "text/csv" not in item["get"]["responses"]["200"]["content"]:
                continue
            address = self.address(path) + "{}?as_of=2026-02-28"
            with self.subTest(path):
                bodies = [self.get(address.format("") + "&format=csv"),
                          self.get(address.format(".csv")),
                          self.get(address.format(""), {"Accept": "text/csv"})]
                for answer in bodies:
                    self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
                    self.assertEqual(answer.body, bodies[0].body)
                    self.assertEqual(answer.headers["Exportstat-As-Of"], "2026-02-28")
                self.assertEqual(self.get(address.format(".csv") + "&format=json").status, 400)

    def test_head(self):
        for path in set(readable()) - {"/metrics"}:  # which are others each time
            with self.subTest(path):
                head = self.request("HEAD", self.address(path))
                get = self.get(self.address(path))
                self.assertEqual([head.status, head.body], [200, b""])
                for name in set(get.headers) | set(head.headers) - {"Date"}:
                    if name not in ("Date", "Cache-Control"):
                        self.assertEqual(head.headers[name], get.headers[name], name)

    def test_options(self):
        for path in readable():
            with self.subTest(path):
                answer = self.request("OPTIONS", self.address(path))
                self.assertEqual(answer.status, 204)
                self.assertEqual(answer.headers["Allow"], "GET, HEAD, OPTIONS")

    def test_methods(self):
        for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get"]:
            with self.subTest(method):
                answer = self.request(method, "/v1/exports")
                self.assertEqual(answer.status, 405)
                self.assertEqual(answer.headers["Allow"], "GET, HEAD, OPTIONS")

    def test_unknown_paths(self):
        for path in ["/v1", "/v2/exports", "/v1/export", "/v1/exports/2025-12/x", "/v1/exports//",
                     "/livez.csv", "/openapi.csv", "/V1/exports", "/v1/exports/latest/x"]:
            for method in ["GET", "HEAD", "OPTIONS", "PUT"]:
                with self.subTest(path, method=method):
                    self.assertEqual(self.request(method, path).status, 404)

    def test_redirects_keep_the_query(self):
        answer = self.get("/v1/exports/?series=pk-it,pk-services&last=1")
        self.assertEqual(answer.status, 308)
        self.assertEqual(answer.headers["Location"], "../exports?series=pk-it,pk-services&last=1")

    def test_request_id_is_echoed(self):
        for path in ["/v1/exports?last=1", "/livez", "/v1/exports?last=0", "/no-such-path"]:
            with self.subTest(path):
                answer = self.get(path, {"X-Request-Id": "abc-123"})
                self.assertEqual(answer.headers["X-Request-Id"], "abc-123")


class MistakeTest(ServiceTest):
    """Every parameter of every route, in every way that it can be wrong."""

    def address(self, route, pairs):
        path = re.sub(r"\{(\w+)\}", lambda match: VALUES[match[1]], route["path"])
        return path + ("?" + "&".join(pairs) if pairs else "")

    def value(self, route, parameter):
        if parameter["name"] == "after":
            return AFTER.get(route["operation"], "2025-06")
        if parameter["name"] == "kind":
            return KINDS[route["operation"]]
        return VALUES[parameter["name"]]

    def each(self, where="query"):
        for route in readable_routes():
            for parameter in route["parameters"]:
                if parameter["in"] == where:
                    yield route, parameter, parameter["name"]

    def refused(self, address, name):
        """The entry about a parameter, in the problem that a request gives."""
        answer = self.get(address)
        self.assertEqual(answer.status, 400, f"{address}: {answer}")
        entries = [entry for entry in answer.json().get("invalid", []) if entry["name"] == name]
        self.assertEqual(len(entries), 1, f"{address}: {answer}")
        return entries[0]

    def test_right_values(self):
        for route, parameter, name in self.each():
            with self.subTest(route["path"], parameter=name):
                pair = f"{name}={quoted(self.value(route, parameter))}"
                answer = self.get(self.address(route, [pair]))
                self.assertEqual(answer.status, 200, answer)

    def test_choices(self):
        for route, parameter, name in self.each():
            for choice in parameter["choices"] + parameter["synonyms"]:
                pairs = [f"{name}={choice}"]
                with self.subTest(route["path"], pairs=pairs):
                    self.assertEqual(self.get(self.address(route, pairs)).status, 200)

    def test_limits(self):
        for route, parameter, name in self.each():
            if parameter["type"] == "number":
                for value in [parameter["min"], parameter["max"]]:
                    with self.subTest(route["path"], parameter=name, value=value):
                        answer = self.get(self.address(route, [f"{name}={value}"]))
                        self.assertEqual(answer.status, 200)
                for value in [parameter["min"] - 1, parameter["max"] + 1]:
                    with self.subTest(route["path"], parameter=name, value=value):
                        entry = self.refused(self.address(route, [f"{name}={value}"]), name)
                        self.assertIn(str(parameter["min"]), entry["reason"])
                        self.assertIn(str(parameter["max"]), entry["reason"])

    def test_defaults(self):
        """A default may as well be said: the answer is the same, to its ETag."""
        for route, parameter, name in self.each():
            if parameter["default"] is not None:
                with self.subTest(route["path"], parameter=name):
                    said = self.get(self.address(route, [f"{name}={parameter['default']}"]))
                    unsaid = self.get(self.address(route, []))
                    self.assertEqual(said.body, unsaid.body)
                    self.assertEqual(said.headers["ETag"], unsaid.headers["ETag"])

    def test_without_value(self):
        for route, parameter, name in self.each():
            for pair in [name, f"{name}="]:
                with self.subTest(route["path"], pair=pair):
                    self.refused(self.address(route, [pair]), name)

    def test_repeated(self):
        for route, parameter, name in self.each():
            pair = f"{name}={quoted(self.value(route, parameter))}"
            with self.subTest(route["path"], parameter=name):
                entry = self.refused(self.address(route, [pair, pair]), name)
                self.assertIn("more than once", entry["reason"])

    def test_neighbours_of_names(self):
        for route, parameter, name in self.each():
            neighbour = name[:-1] + ("x" if len(name) > 2 else "")
            pair = f"{neighbour}={quoted(self.value(route, parameter))}"
            with self.subTest(route["path"], name=neighbour):
                entry = self.refused(self.address(route, [pair]), neighbour)
                self.assertIn(name, entry["reason"])
                if len(name) > 2:
                    self.assertIn(entry["suggestion"], [p["name"] for p in route["parameters"]])
                self.refused(self.address(route, [f"{name.upper()}=1"]), name.upper())

    def test_neighbours_of_choices(self):
        for route, parameter, name in self.each():
            for choice in parameter["choices"]:
                if len(choice) < 5:
                    continue
                with self.subTest(route["path"], choice=choice):
                    entry = self.refused(self.address(route, [f"{name}={choice}x"]), name)
                    self.assertEqual(entry["suggestion"], choice)
                    for other in parameter["choices"]:
                        self.assertIn(other, entry["reason"])

    def test_malformed(self):
        for route, parameter, name in self.each():
            for value in MALFORMED[parameter["type"]]:
                if parameter["type"] == "number" and value.lstrip("-").isdigit():
                    if parameter["min"] <= int(value) <= parameter["max"]:
                        continue
                with self.subTest(route["path"], parameter=name, value=value):
                    self.refused(self.address(route, [f"{name}={quoted(value)}"]), name)

    def test_percent_encoding(self):
        for route, parameter, name in self.each():
            for value in ["%", "%2", "%zz", "%00", "%FF", "%C3", "%C3%28", "%ED%A0%80", "a%FFb"]:
                with self.subTest(route["path"], parameter=name, value=value):
                    self.refused(self.address(route, [f"{name}={value}"]), name)

    def test_names_that_can_not_be_read(self):
        for route in readable_routes():
            for name in ["%", "%zz", "%FF", "a%C3"]:
                with self.subTest(route["path"], name=name):
                    self.refused(self.address(route, [f"{name}=1"]), "?")

    def test_all_mistakes_are_told_at_once(self):
        for route in readable_routes():
            names = [p["name"] for p in route["parameters"] if p["in"] == "query"][:15]
            pairs = [f"{name}=" for name in names] + ["nonsense=1"]
            with self.subTest(route["path"]):
                answer = self.get(self.address(route, pairs))
                self.assertEqual([entry["name"] for entry in answer.json()["invalid"]],
                                 [*names, "nonsense"])

    def test_path_variables(self):
        for route, parameter, name in self.each("path"):
            start = route["path"].split("{")[0]
            for value in MALFORMED[parameter["type"]]:
                # A word that can not be a period, or nothing, names no period, but a path that
                # does not exist.
                if not value or parameter["type"] == "period" and not re.match("[0-9]|FY", value):
                    continue
                with self.subTest(route["path"], value=value):
                    self.refused(start + quoted(value), name)

    def test_path_encoding(self):
        for start in ["/v1/series/", "/v1/sources/", "/v1/exports/2025"]:
            for value in ["%", "%zz", "%FF", "%C3"]:
                with self.subTest(start + value):
                    self.assertEqual(self.get(start + value).status, 400)

    def test_from_after_to(self):
        for route in readable_routes():
            if {"from", "to"} <= {p["name"] for p in route["parameters"]}:
                with self.subTest(route["path"]):
                    self.refused(self.address(route, ["from=2025-12", "to=2025-11"]), "from")


def as_yaml(value, depth):
    """The lines of `value: …`, indented."""
    if isinstance(value, str):
        rows = ["value: |", *("  " + row for row in value.splitlines())]
    else:
        text = yaml.safe_dump({"value": value}, sort_keys=False, allow_unicode=True,
                              default_flow_style=None, width=92 - depth)
        rows = text.splitlines()
    return [" " * depth + row for row in rows]


def write_examples():
    """Puts the program's answers under every `x-request` of openapi.yaml."""
    with Service() as service:
        values = [example_value(ask_example(service, example, check=False))
                  for _, example in examples(Document().content)]
    lines = []
    awaited = False  # a `value:` after its `x-request:`
    replaced = None  # how deep the `value:` stood whose old lines are being left out
    for line in OPENAPI.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        depth = len(line) - len(line.lstrip())
        # A list may stand as deep as its key.
        inside = replaced is not None and (depth > replaced or
                                           (depth == replaced and text.startswith("- ")))
        if inside and text:
            continue
        replaced = None
        awaited |= text.startswith("x-request:")
        if awaited and text.startswith("value:"):
            lines += as_yaml(values.pop(0), depth)
            awaited, replaced = False, depth
        else:
            lines.append(line)
    OPENAPI.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write-examples"]:
        sys.exit(__doc__)
    write_examples()
