"""What explain=true adds: how every derived figure comes about, from which months, and who says so."""

import unittest

from service import ServiceTest


class Explained(ServiceTest):
    def ask(self, path):
        answer = self.get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def assert_explained(self, part, periods):
        """With a formula, and the months it names as inputs, each with its sources or terms."""
        self.assertTrue(part["formula"])
        self.assertEqual([each["period"] for each in part["inputs"]], periods)
        for each in part["inputs"]:
            self.assertTrue(each["sources"])
            self.assertEqual("terms" in each, each["status"] == "derived")

    def test_sums(self):
        for path, first, n in [("2025-Q4", 10, 3), ("FY2026-Q2", 10, 3), ("FY2026-H1", 7, 6),
                               ("2025-07--2025-12", 7, 6), ("2025", 1, 12)]:
            with self.subTest(path):
                body = self.ask(f"/v1/exports/{path}?explain=true")
                self.assertEqual(body["basis"], "sum_of_months")
                self.assertRegex(body["formula"], "^sum_of_months")
                self.assert_explained(body, [f"2025-{month:02d}" for month in range(first, first + n)])
                self.assertEqual(sum(each["value"] for each in body["inputs"]), body["value"])
                self.assertEqual(body["exact"]["numerator"] / body["exact"]["denominator"], body["value"])
                self.assertEqual((body["interval"]["low"], body["interval"]["high"]),
                                 (body["value"] - body["precision"] / 2, body["value"] + body["precision"] / 2))
                self.assertNotIn("inputs", self.ask(f"/v1/exports/{path}"))

    def test_a_derived_month_names_its_terms(self):
        for path in ["/v1/exports/2025-05?explain=true", "/v1/exports/latest?as_of=2025-08-20&explain=true"]:
            with self.subTest(path):
                body = self.ask(path)
                self.assertEqual("terms" in body, body["status"] == "derived")
        body = self.ask("/v1/exports/2025?explain=true")
        self.assertIn("2025-05", [each["period"] for each in body["inputs"] if "terms" in each])

    def test_where_a_month_stands(self):
        for path in ["latest", "2025-12", "2025-11"]:
            with self.subTest(path):
                body = self.ask(f"/v1/exports/{path}?explain=true&as_of=2026-02-28")
                explained = body["explanations"]
                self.assert_explained(explained["record"], [body["period"], body["previous_record"]["period"]])
                self.assertEqual(len(explained["rank"]["inputs"]) + 1, body["rank"])
                self.assertTrue(all(each["value"] > body["value"] for each in explained["rank"]["inputs"]))
                months = {each["period"] for each in explained["yoy_streak_months"]["inputs"]}
                self.assertGreaterEqual(len(months), body["yoy_streak_months"])
        self.assertNotIn("explanations", self.ask("/v1/exports/2018-01?explain=true"))

    def test_all_of_records(self):
        body = self.ask("/v1/exports/records?explain=true&threshold=400,100000&as_of=2026-02-28")
        before = []
        for row in body["ledger"]:
            self.assert_explained(row, [row["period"], *before])
            before = [row["period"]]
        reached, never = body["thresholds"]
        self.assert_explained(reached, ["2025-12"])
        self.assert_explained(never, [])
        for row in body["best_by_month"]:
            self.assert_explained(row, [row["period"]])
        longest = body["streaks"]["mom_growth"]["longest"]
        self.assert_explained(longest, ["2020-04", "2020-05", "2020-06", "2020-07"])
        longest = body["streaks"]["yoy_growth"]["longest"]
        self.assertEqual((longest["inputs"][0]["period"], len(longest["inputs"])), ("2019-10", 19 + 12))

    def test_only_json_explains(self):
        for path, headers in [("/v1/exports/growth.csv", {}), ("/v1/exports/records", {"Accept": "text/csv"}),
                              ("/v1/exports/latest?format=csv", {}), ("/v1/exports/2025-12?format=bibtex", {}),
                              ("/v1/exports/2025-12?format=csl-json", {})]:
            with self.subTest(path):
                answer = self.get(path + ("&" if "?" in path else "?") + "explain=true", headers)
                self.assertEqual(answer.status, 400, answer)
                fault, = answer.json()["invalid"]
                self.assertEqual(fault["name"], "explain")
                self.assertIn("only JSON explains", fault["reason"])
                answer = self.get(path + ("&" if "?" in path else "?") + "explain=false", headers)
                self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main()
