"""/metrics: what Prometheus reads, and that it says what has been."""

import re

from prometheus_client.parser import text_string_to_metric_families

from service import Service, ServiceTest

LINE = re.compile(r'exportstat_[a-z_]+(\{[a-z]+="[^"]*"\})? -?[0-9]+(\.[0-9]+)?')


def numbers(answer):
    """The values by name and label."""
    return {name: float(value) for name, value in
            (line.rsplit(" ", 1) for line in answer.text().splitlines() if not line.startswith("#"))}


class MetricsTest(ServiceTest):
    def metrics(self):
        return numbers(self.get("/metrics"))

    def test_the_form(self):
        answer = self.get("/metrics")
        self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        told = set()
        for line in answer.text().splitlines():
            if line.startswith("# TYPE "):
                told.add(line.split()[2])
            elif not line.startswith("# HELP "):
                self.assertRegex(line, f"^{LINE.pattern}$")
                name = re.split(r"[ {]", line)[0]
                self.assertTrue(name in told or re.sub("_(bucket|sum|count)$", "", name) in told, line)

    def test_prometheus_can_read_it(self):
        """By the parser of its own client library."""
        text = self.get("/metrics").text()
        families = {family.name: family for family in text_string_to_metric_families(text)}
        self.assertEqual(families["exportstat_answers"].type, "counter")
        self.assertEqual(families["exportstat_request_duration_seconds"].type, "histogram")
        self.assertTrue(all(family.documentation and family.samples for family in families.values()))
        self.assertEqual(sum(len(family.samples) for family in families.values()), len(numbers(self.get("/metrics"))))

    def test_counts_what_has_been(self):
        before = self.metrics()
        for _ in range(3):
            self.get("/v1/exports?last=2")
        self.get("/v1/exports?last=x")
        self.get("/v1/exports/2100-01")
        after = self.metrics()

        def more(name):
            return after[f"exportstat_{name}"] - before[f"exportstat_{name}"]

        self.assertEqual(more('answers_total{status="2xx"}'), 4)  # with the metrics before
        self.assertEqual(more('answers_total{status="4xx"}'), 2)
        self.assertEqual(more('answers_total{status="5xx"}'), 0)
        self.assertEqual(more('cache_total{state="miss"}') + more('cache_total{state="hit"}'), 4)
        self.assertEqual(more("request_duration_seconds_count"), 6)
        self.assertEqual(more('request_duration_seconds_bucket{le="+Inf"}'), 6)
        self.assertGreater(more("request_duration_seconds_sum"), 0)
        self.assertGreater(more("answer_bytes_total"), 1000)
        buckets = [value for name, value in after.items() if "_bucket" in name]
        self.assertEqual(buckets, sorted(buckets))

    def test_says_what_is(self):
        now = self.metrics()
        self.assertEqual(now["exportstat_store_up"], 1)
        self.assertEqual(now["exportstat_store_generation"], self.get("/readyz").json()["generation"])
        self.assertEqual(now["exportstat_imports"], 1)
        self.assertGreaterEqual(now["exportstat_connections"], 1)
        self.assertEqual([now["exportstat_slow_waiting"], now["exportstat_writing_waiting"]], [0, 0])
        freshness = self.get("/v1/exports/latest").json()["freshness"]
        self.assertEqual(now["exportstat_next_observation_late_seconds"] > 0, freshness["status"] != "on_time")
        self.assertGreater(now["exportstat_newest_observation_age_seconds"], 0)

    def test_an_empty_store(self):
        with Service("--empty") as service:
            now = numbers(service.get("/metrics"))
            self.assertEqual([now["exportstat_store_up"], now["exportstat_imports"]], [1, 0])
            self.assertNotIn("exportstat_newest_observation_age_seconds", now)
