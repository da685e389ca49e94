"""What one source said, a page of it at a time: the rest is where its addresses lead."""

import unittest

from service import ServiceTest


class OneSource(ServiceTest):
    SOURCE = "thenews-2023-11"  # as many claims as few others have

    def ask(self, path):
        answer = self.get(path)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def pages(self, address, name):
        """All rows from an address on, page by page."""
        rows = []
        while address:
            body = self.ask(address)
            rows += body[name]
            address = body.get("next")
        return rows

    def most_reports(self):
        sources = self.ask("/v1/sources?limit=10000")["sources"]
        return max(sources, key=lambda source: source["reports"])["id"]

    def test_all_of_it_is_on_one_page(self):
        for source in [self.SOURCE, self.most_reports()]:
            body = self.ask(f"/v1/sources/{source}")
            self.assertEqual([body["reports_total"], body["claims_total"]],
                             [len(body["reports"]), len(body["claims"])])
            self.assertEqual([body["reports_next"], body["claims_next"]], [None, None])

    def test_the_rest_follows(self):
        for source in [self.SOURCE, self.most_reports()]:
            for query in ["", "&as_of=2025-06-30&release=first&decimals=1"]:
                whole = self.ask(f"/v1/sources/{source}?limit=10000{query}")
                for limit in [1, 3]:
                    with self.subTest(source=source, query=query, limit=limit):
                        body = self.ask(f"/v1/sources/{source}?limit={limit}{query}")
                        for name in ["reports", "claims"]:
                            self.assertEqual(body[f"{name}_total"], whole[f"{name}_total"])
                            self.assertEqual(len(body[name]), min(limit, whole[f"{name}_total"]))
                            self.assertEqual(body[name] + self.pages(body[f"{name}_next"], name), whole[name])

    def test_csv(self):
        source = self.most_reports()
        whole = self.get(f"/v1/sources/{source}.csv")
        self.assertIsNone(whole.headers["Link"])
        first = self.get(f"/v1/sources/{source}.csv?limit=2")
        address = first.headers["Link"].split(">")[0].removeprefix("<")
        rest = self.get(address.replace("limit=2", "limit=100"))
        self.assertEqual(rest.media_type(), "text/csv")
        self.assertEqual(first.rows() + rest.rows()[1:], whole.rows())

    def test_mistakes(self):
        for query in ["limit=0", "limit=10001", "after=x", "order=desc"]:
            self.assertEqual(self.get(f"/v1/sources/{self.SOURCE}?{query}").status, 400)


if __name__ == "__main__":
    unittest.main()
