"""Requests made up from openapi.yaml, one after another on one service: reads of everything with parameters right and
wrong, batches, dry runs, reverts, claims to be checked, and now and then a kill. Of all of them holds:

- the answer is one that openapi.yaml describes, and never a 5xx;
- what is asked twice in one generation is answered twice with the same bytes;
- each source that was imported is there with its reports, and is not there before and after.

EXPORTSTAT_WALK="SEED REQUESTS" walks another or a longer way."""

import json
import os
import pathlib
import random
import string
import subprocess
import tempfile
import unittest
import urllib.parse

from service import PROGRAM, ContractError, Service, document
from test_imports import report, run_token, source

SEED, REQUESTS = map(int, os.environ.get("EXPORTSTAT_WALK", "1 1200").split())
CHECKED_BYTES = 60_000  # of an answer that is held against its schema whole: that takes longer than all else
METHODS = ["get", "get", "get", "get", "get", "head", "options", "put", "delete", "post"]
PERIODS = ["2025-12", "2025-Q4", "2025", "FY2026", "FY2026-Q2", "FY2026-H1", "2025-07/2025-12", "1900-01", "2199-12"]
DATES = ["2026-01-31", "2025-12", "2000-01-01", "2199-12-31"]
NOISE = string.printable + "\u00e9\u2028\U0001f600\x00\x7f"


class Walk:
    def __init__(self, seed, database):
        self.chance = random.Random(seed)
        self.database = database
        self.service = self.serve()
        self.token = run_token(database, "--scope", "import,revert", "--expires", "2190-01", "create", "walk")
        self.imports = {}  # those that stand: their id, and how many reports of which source
        self.gone = []
        self.ids = {"series": ["pk-it", "pk-goods"], "source": ["dawn-2019-10"], "claim": [], "import": ["1"],
                    "after": []}
        self.made = 0
        self.statuses = {}

    def serve(self):
        """Little is kept, so that most answers are made anew and much is driven out."""
        return Service("--library-size", "1", "--cache-size", "1", "--max-rows", "500", database=self.database)

    def some(self, of):
        return self.chance.choice(of)

    def rarely(self, part=0.1):
        return self.chance.random() < part

    def noise(self):
        return "".join(self.some(NOISE) for _ in range(self.some([0, 1, 3, 40, 400])))

    def number(self, schema):
        low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
        return str(self.some([low, high, low - 1, high + 1, self.chance.randint(low, min(high, low + 50))]))

    def value(self, name, schema):
        """A value of a parameter, right more often than not."""
        schema = document().resolve(schema)
        if self.rarely():
            return self.noise()
        if self.rarely(0.02):
            return self.some(["", "0", "-1", "null", "9" * 30, "../..", "%00", "2025-13", "*"])
        if "enum" in schema:
            return str(self.some(schema["enum"]))
        if schema.get("type") == "array":
            return ",".join(self.some(self.ids["series"]) for _ in range(self.some([1, 1, 2, 3, 21])))
        if schema.get("type") == "integer":
            return self.number(schema)
        if name in self.ids and self.ids[name]:
            return self.some(self.ids[name])
        if name in ("as_of", "since"):
            return self.some(DATES)
        if name in ("period", "from", "to", "after"):
            return self.some(PERIODS)
        return self.some(["FY2026", "3.5", "2,3.25", "exports", "Dawn", "1000000"])

    def path(self):
        """A path of openapi.yaml with its parameters."""
        pattern, described = self.some(sorted(document().paths.items()))
        operation = described.get("get") or described.get("post") or described["delete"]
        query = []
        for parameter in map(document().resolve, described.get("parameters", []) + operation.get("parameters", [])):
            name, place = parameter["name"], parameter["in"]
            if place == "path":
                pattern = pattern.replace(f"{{{name}}}", urllib.parse.quote(self.value(name, parameter["schema"]) or "x",
                                                                         safe=""))
            elif place == "query" and self.rarely(0.4):
                query.append((name, self.value(name, parameter["schema"])))
        if query and self.rarely(0.05):
            query.append(self.some(query))
        if self.rarely(0.03):
            query.append((self.noise(), self.noise()))
        return pattern + ("?" + urllib.parse.urlencode(query) if query else "")

    def headers(self):
        found = {}
        if self.rarely(0.3):
            found["Accept"] = self.some(["text/csv", "application/json", "application/atom+xml", "*/*", "text/html;q=0.5",
                                         "image/png", ",;q"])
        if self.rarely(0.2):
            found["Accept-Encoding"] = self.some(["gzip", "identity", "br;q=1, gzip;q=0"])
        if self.rarely(0.1):
            found["If-None-Match"] = self.some(["*", '"x"', "x"])
        return found

    def ask(self, method, path, headers=None, body=None):
        answer = self.service.request(method, path, headers, body, check=False)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        assert answer.status < 500, (method, path, headers, body, answer)
        # An address may be too long for openapi.yaml's path, or its path another one by chance.
        if len(answer.body) < CHECKED_BYTES and document().path_of(path):
            try:
                document().check(method, path, answer)
            except ContractError as error:
                raise AssertionError((method, path, headers, body, str(error))) from error
        return answer

    def read(self):
        path = self.path()
        method, headers = self.some(METHODS).upper(), self.headers()
        answer = self.ask(method, path, headers)
        if method != "GET" or answer.status != 200:
            return
        if answer.headers.get("ETag"):
            again = self.ask(method, path, headers)
            assert (again.body, again.headers["ETag"]) == (answer.body, answer.headers["ETag"]), path
            kept = self.ask(method, path, {**headers, "If-None-Match": answer.headers["ETag"]})
            assert (kept.status, kept.body) == (304, b""), path
        if answer.media_type() == "application/json" and not answer.headers.get("Content-Encoding"):
            self.learn(answer.json())

    def learn(self, content):
        """Ids that later requests ask for, and the next page, which there has to be."""
        for name, rows in [("series", "series"), ("source", "sources"), ("claim", "claims"), ("import", "imports")]:
            listed = content.get(rows)
            for row in listed if isinstance(listed, list) else []:
                identifier = row.get("id") or row.get("claim") if isinstance(row, dict) else None
                if identifier and len(self.ids[name]) < 200:
                    self.ids[name].append(str(identifier))
        if content.get("next"):
            assert self.ask("GET", content["next"]).status == 200, content["next"]

    def batch(self):
        self.made += 1
        name = f"walk-{self.made}"
        first = self.chance.randint(0, 40)
        reports = [report(name, f"{2030 + (first + i) // 12}-{(first + i) % 12 + 1:02}", self.chance.randint(1, 900),
                          self.some(["pk-it", "pk-goods"])) for i in range(self.chance.randint(1, 5))]
        return name, {"sources": [source(name, f"2045-0{self.chance.randint(1, 9)}-11")], "reports": reports}

    def authorized(self, more=None):
        return {"Authorization": "Bearer " + self.token, "Content-Type": "application/json", **(more or {})}

    def write(self):
        name, batch = self.batch()
        body = json.dumps(batch)
        if self.rarely(0.3):
            self.write_noise(body)
            return
        if self.rarely(0.3):
            assert self.ask("POST", "/v1/imports?dry_run=true", self.authorized(), body).status == 200
            assert self.ask("GET", f"/v1/sources/{name}").status == 404
            return
        answer = self.ask("POST", "/v1/imports", self.authorized(), body)
        assert answer.status == 201, answer
        self.imports[str(answer.json()["id"])] = (name, len(batch["reports"]))
        if self.rarely(0.2):
            again = self.ask("POST", "/v1/imports", self.authorized(), body)
            assert (again.status, again.json()["id"]) == (200, answer.json()["id"]), again
        self.look(name, len(batch["reports"]))

    def write_noise(self, body):
        """A batch that is broken somewhere; should it be right all the same, it is taken out again."""
        at = self.chance.randint(0, len(body))
        broken = body[:at] + self.some([self.noise(), "", '"', "{", "[" * 3000, "1e999", "\\ud800"]) + body[
            at + self.some([0, 1, 20]):]
        answer = self.ask("POST", "/v1/imports", self.authorized(), broken.encode("utf-8", "surrogatepass"))
        assert answer.status in (200, 201, 400, 422), answer
        if answer.status == 201:
            assert self.ask("DELETE", f"/v1/imports/{answer.json()['id']}", self.authorized()).status == 200

    def revert(self):
        if not self.imports:
            return
        number = self.some(sorted(self.imports))
        name, _ = self.imports.pop(number)
        assert self.ask("DELETE", f"/v1/imports/{number}", self.authorized()).status == 200
        self.gone.append(name)
        assert self.ask("GET", f"/v1/sources/{name}").status == 404

    def look(self, name, reports):
        answer = self.ask("GET", f"/v1/reports?source={name}")
        assert answer.json()["total"] == reports, (name, reports, answer)

    def check_claims(self):
        claims = [{"metric": self.value("metric", {"enum": ["level", "yoy", "mom", "share", "record", "cumulative"]}),
                   "period": self.value("period", {"type": "string"}),
                   "value": self.some([437, -1, 0.1, 1e9, "x", None, self.chance.random() * 1000])}
                  for _ in range(self.some([0, 1, 1, 3, 200]))]
        self.ask("POST", "/v1/claims/check", {"Content-Type": "application/json"},
                 json.dumps({"claims": claims} if not self.rarely() else claims))

    def kill(self):
        """What was acknowledged is there after it, and what was taken out is not."""
        self.service.kill()
        self.service = self.serve()
        for name, reports in self.imports.values():
            self.look(name, reports)
        for name in self.gone[-5:]:
            assert self.ask("GET", f"/v1/sources/{name}").status == 404

    def step(self):
        step = self.chance.choices([self.read, self.write, self.revert, self.check_claims, self.kill],
                                   [100, 12, 9, 8, 0.5])[0]
        step()


class StatefulTest(unittest.TestCase):
    def test_a_walk_over_everything(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        database = pathlib.Path(folder.name) / "walk.db"
        walk = Walk(SEED, database)
        try:
            for _ in range(REQUESTS):
                walk.step()
            self.assertNotIn("level=error", walk.service.log())
            walk.service.stop()  # which has to end well: a sanitizer says so if not
        finally:
            walk.service.kill()
        done = subprocess.run([PROGRAM, "check", "--database", str(database)], capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # It went everywhere: refusals as well as answers.
        for status in (200, 201, 304, 400, 404, 405):
            self.assertIn(status, walk.statuses)


if __name__ == "__main__":
    unittest.main()
