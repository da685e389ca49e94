"""Which rows an answer has, and what is computed in them: windows, pages, frequencies, transforms,
growth and shares, each against a slow computation from the monthly rows."""

import decimal
import fractions
import json
import math
import unittest

from service import ServiceTest

FIRST, LAST = 2017 * 12 + 5, 2026 * 12 + 1  # the months of pk-it: June 2017 to February 2026
LENGTHS = {"month": 1, "quarter": 3, "fiscal_quarter": 3, "half": 6, "fiscal_year": 12, "year": 12}
FRED = {"level": "lin", "change": "chg", "yoy_change": "ch1", "percent": "pch",
        "yoy_percent": "pc1",
        "annualised_percent": "pca", "log_percent": "cch", "annualised_log_percent": "cca",
        "log": "log"}
NOTHING_KNOWN = {"not_reported", "incomplete_period"}


def month_text(month):
    return f"{month // 12:04}-{month % 12 + 1:02}"


def month_number(text):
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def period_text(frequency, first):
    """The name of the period of a frequency that begins with a month, fiscal years with July."""
    year, in_year = divmod(first, 12)
    fiscal_year, in_fiscal_year = divmod(first + 6, 12)
    return {"month": month_text(first), "quarter": f"{year}-Q{in_year // 3 + 1}", "year": f"{year}",
            "fiscal_quarter": f"FY{fiscal_year}-Q{in_fiscal_year // 3 + 1}",
            "half": f"FY{fiscal_year}-H{in_fiscal_year // 6 + 1}",
            "fiscal_year": f"FY{fiscal_year}"}[frequency]


def first_of(frequency, month):
    """The first month of the period of a frequency that a month lies in."""
    offset = 0 if frequency in ("month", "quarter", "year") else 6
    return (month + offset) // LENGTHS[frequency] * LENGTHS[frequency] - offset


def rounded(exact, decimals=4):
    """Half away from zero."""
    scaled = abs(exact) * 10 ** decimals
    whole = math.floor(scaled + fractions.Fraction(1, 2))
    return fractions.Fraction(whole if exact >= 0 else -whole, 10 ** decimals)


def logarithm(exact):
    with decimal.localcontext(decimal.Context(prec=50)) as context:
        quotient = context.divide(decimal.Decimal(exact.numerator),
                                  decimal.Decimal(exact.denominator))
        return fractions.Fraction(quotient.ln(context))


class WindowTest(ServiceTest):
    def ask(self, path):
        """The JSON, its numbers exact."""
        answer = self.get(path)
        self.assertEqual(answer.status, 200, answer)
        return json.loads(answer.body, parse_float=fractions.Fraction)

    def periods(self, query):
        return [row["period"] for row in self.ask(f"/v1/exports?{query}")["observations"]]


class Windows(WindowTest):
    def test_from_and_to_are_inclusive_and_may_be_longer_periods(self):
        cases = [
            ("from=2025-11&to=2026-01", "2025-11", "2026-01"),
            ("from=2025-12&to=2025-12", "2025-12", "2025-12"),
            ("from=2025-Q4&to=2025-Q4", "2025-10", "2025-12"),
            ("from=FY2025&to=FY2025", "2024-07", "2025-06"),
            ("from=2025&to=2025", "2025-01", "2025-12"), ("from=FY2026-H1", "2025-07", "2026-02"),
            ("from=FY2026-Q2&to=FY2026-Q2", "2025-10", "2025-12"),
            ("to=2018", "2017-06", "2018-12"),
            ("from=2024-03/2024-05&to=2024-03/2024-05", "2024-03", "2024-05"),
            ("", "2017-06", "2026-02"), ("from=1900-01&to=2199-12", "2017-06", "2026-02"),
            ("from=FY2026&to=2025", "2025-07", "2025-12"),
        ]
        for query, first, last in cases:
            with self.subTest(query=query):
                expected = [month_text(m)
                            for m in range(month_number(first), month_number(last) + 1)]
                self.assertEqual(self.periods(query), expected)
                self.assertEqual(self.ask(f"/v1/exports?{query}")["total"], len(expected))

    def test_outside_there_are_none(self):
        for query in ["from=2030", "to=2016", "from=2026-03", "from=2030&to=2031&frequency=year",
                      "to=2017-05"]:
            with self.subTest(query=query):
                self.assertEqual(self.ask(f"/v1/exports?{query}")["total"], 0)
                self.assertEqual(self.periods(query), [])

    def test_a_larger_frequency_has_every_period_that_overlaps(self):
        cases = [("quarter", "from=2025-12&to=2026-01", ["2025-Q4", "2026-Q1"]),
                 ("fiscal_quarter", "from=2025-12&to=2026-01", ["FY2026-Q2", "FY2026-Q3"]),
                 ("half", "from=2025-06&to=2025-07", ["FY2025-H2", "FY2026-H1"]),
                 ("fiscal_year", "from=2025-02&to=2025-02", ["FY2025"]),
                 ("year", "from=FY2025&to=FY2025", ["2024", "2025"])]
        for frequency, window, expected in cases:
            with self.subTest(frequency=frequency, window=window):
                self.assertEqual(self.periods(f"frequency={frequency}&{window}"), expected)
        # Each from all of its months, not only from those in the window.
        query = "frequency=fiscal_year&from=2025-02&to=2025-02"
        row = self.ask(f"/v1/exports?{query}")["observations"][0]
        self.assertEqual((row["value"], row["months_present"]), (3808, 12))

    def test_last_counts_rows_after_frequency_and_to_and_before_limit(self):
        cases = [("last=2", ["2026-01", "2026-02"]), ("last=2&to=2025-12", ["2025-11", "2025-12"]),
                 ("last=2&from=2025-10", ["2026-01", "2026-02"]),
                 ("last=9&from=2026-01", ["2026-01", "2026-02"]),
                 ("last=2&frequency=fiscal_year", ["FY2025", "FY2026"]),
                 ("last=2&frequency=quarter&to=2025-12", ["2025-Q3", "2025-Q4"]),
                 ("last=3&order=desc", ["2026-02", "2026-01", "2025-12"]),
                 ("last=3&limit=2", ["2025-12", "2026-01"]),
                 ("last=3&limit=2&order=desc", ["2026-02", "2026-01"]),
                 # missing months count as well
                 ("last=2&to=2018-07", ["2018-06", "2018-07"])]
        for query, expected in cases:
            with self.subTest(query=query):
                self.assertEqual(self.periods(query), expected)
        self.assertEqual(self.ask("/v1/exports?last=3&limit=2")["total"], 3)

    def test_order_turns_all_round(self):
        for query in ["", "frequency=quarter", "from=2018&to=2020&transform=pc1"]:
            with self.subTest(query=query):
                self.assertEqual(self.ask(f"/v1/exports?order=desc&{query}")["observations"],
                                 self.ask(f"/v1/exports?{query}")["observations"][::-1])

    def test_several_series(self):
        answer = self.ask("/v1/exports?series=pk-it,pk-goods&from=2025-07")
        self.assertEqual([result["series"]["id"] for result in answer["results"]],
                         ["pk-it", "pk-goods"])
        for result in answer["results"]:
            alone = self.ask(f"/v1/exports?series={result['series']['id']}&from=2025-07")
            self.assertEqual(result,
                             {name: alone[name] for name in ["series", "total", "observations"]})

    def test_before_the_first_report_all_is_empty(self):
        for path, name in [("exports", "observations"), ("exports/growth", "growth"),
                           ("exports/share", "share"),
                           ("exports/revisions", "revisions"), ("sources", "sources"),
                           ("reports", "reports")]:
            with self.subTest(path=path):
                answer = self.ask(f"/v1/{path}?as_of=2001-01-01")
                self.assertEqual((answer[name], answer["total"], answer["as_of"]),
                                 ([], 0, "2001-01-01"))
        records = self.ask("/v1/exports/records?as_of=2001-01-01")
        self.assertEqual((records["current"], records["ledger"], records["thresholds"]),
                         (None, [], []))
        latest = self.ask("/v1/exports/latest?as_of=2001-01-01")
        for name in ["period", "value", "mom", "yoy", "record", "projection"]:
            self.assertIsNone(latest[name])
        projections = self.ask("/v1/exports/projections?as_of=2001-01-01")
        self.assertEqual((projections["projection"], projections["published"]), (None, []))
        self.assertIsNone(self.ask("/v1/series/pk-it?as_of=2001-01-01")["coverage"]["from"])
        self.assertEqual(self.get("/v1/exports/2025-12?as_of=2001-01-01").status, 404)
        self.assertEqual(self.get("/v1/sources/ppi-2026-02-18?as_of=2001-01-01").status, 404)


class Pages(WindowTest):
    def walk(self, path, name, limit):
        """All rows of all pages, by series, following `next`."""
        rows, pages = {}, 0
        address = f"{path}{'&' if '?' in path else '?'}limit={limit}"
        while address:
            pages += 1
            self.assertLess(pages, 3000)
            answer = self.get(address)
            body = answer.json()
            for result in body.get("results", [body]):
                series = result["series"]["id"] if isinstance(result.get("series"), dict) else ""
                self.assertLessEqual(len(result[name]), limit)
                rows.setdefault(series, []).extend(result[name])
            address = body.get("next")
            self.assertEqual(answer.headers["Link"],
                             f'<{address}>; rel="next"' if address else None)
        return rows, pages

    def test_all_pages_together_are_the_whole(self):
        cases = [
            ("/v1/exports", "observations", 10),
            ("/v1/exports?from=2018&to=2020&last=30", "observations", 7),
            ("/v1/exports?frequency=quarter", "observations", 4),
            ("/v1/exports?transform=pc1", "observations", 105),
            ("/v1/exports?series=pk-it,pk-goods,pk-exports", "observations", 9),
            ("/v1/exports?series=pk-it,pk-services&frequency=fiscal_year", "observations", 1),
            ("/v1/exports?last=3", "observations", 1),
            ("/v1/exports?as_of=2025-08", "observations", 25),
            ("/v1/exports/growth?basis=mom", "growth", 40), ("/v1/exports/share", "share", 40),
            ("/v1/exports/growth?series=pk-goods,pk-it", "growth", 33),
            ("/v1/exports/revisions", "revisions", 1),
            ("/v1/exports/revisions?series=pk-goods", "revisions", 3),
            ("/v1/series", "series", 3), ("/v1/sources", "sources", 97),
            ("/v1/reports?series=pk-it", "reports", 100),
            ("/v1/sources?authority=2", "sources", 100), ("/v1/reports", "reports", 500),
            ("/v1/reports?source=brecorder-2025-08-20", "reports", 1),
            ("/v1/reports?from=FY2025&to=FY2025", "reports", 50),
        ]
        for path, name, limit in cases:
            for order in ["asc", "desc"]:
                with self.subTest(path=path, order=order):
                    ordered = f"{path}{'&' if '?' in path else '?'}order={order}"
                    whole, one = self.walk(ordered, name, 10000)
                    parts, pages = self.walk(ordered, name, limit)
                    self.assertEqual(one, 1)
                    self.assertEqual(parts, whole)
                    if limit < max(map(len, whole.values())):
                        self.assertGreater(pages, 1)

    def test_desc_is_asc_turned_round(self):
        for path, name in [("/v1/sources", "sources"), ("/v1/reports", "reports"),
                           ("/v1/series", "series"),
                           ("/v1/exports/revisions?series=pk-services", "revisions")]:
            with self.subTest(path=path):
                up, _ = self.walk(path, name, 10000)
                down, _ = self.walk(f"{path}{'&' if '?' in path else '?'}order=desc", name, 10000)
                self.assertEqual({series: rows[::-1] for series, rows in down.items()}, up)

    def test_a_page_that_holds_the_rest_has_no_next(self):
        for limit, more in [(104, True), (105, False), (106, False)]:
            with self.subTest(limit=limit):
                self.assertEqual("next" in self.ask(f"/v1/exports?limit={limit}"), more)

    def test_unlimited_unless_asked(self):
        self.assertEqual(len(self.periods("")), 105)
        self.assertEqual(len(self.ask("/v1/exports/growth")["growth"]), 105)
        self.assertEqual(len(self.ask("/v1/reports")["reports"]), 100)
        self.assertEqual(len(self.ask("/v1/sources")["sources"]), 100)


class Figures(WindowTest):
    """Larger periods, transforms, growth and shares from the monthly rows alone."""

    def setUp(self):
        self.months, self.own = {}, {}
        for series in ["pk-it", "pk-services"]:
            rows = self.ask(f"/v1/exports?series={series}")["observations"]
            self.months[series] = {month_number(row["period"]): row for row in rows}

    def reported(self, series, first, length):
        """What was reported of a longer period itself; this alone is taken from the service."""
        key = (series, first, length)
        if key not in self.own:
            period = f"{month_text(first)}--{month_text(first + length - 1)}"
            answer = self.get(f"/v1/exports/{period}?series={series}")
            body = json.loads(answer.body, parse_float=fractions.Fraction)
            self.own[key] = body.get("reported_value") if answer.status == 200 else None
        return self.own[key]

    def figure(self, first, length, series="pk-it"):
        """The sum of the months where all are known, else its own report, else nothing."""
        rows = [self.months[series].get(month, {"value": None})
                for month in range(first, first + length)]
        if all(row["value"] is not None for row in rows):
            return fractions.Fraction(sum(row["value"] for row in rows))
        own = self.reported(series, first, length) if length > 1 else None
        return None if own is None else fractions.Fraction(own)

    def firsts(self, frequency):
        return range(first_of(frequency, FIRST), LAST + 1, LENGTHS[frequency])

    def test_every_frequency_adds_up(self):
        for frequency, length in LENGTHS.items():
            rows = self.ask(f"/v1/exports?frequency={frequency}")["observations"]
            self.assertEqual([row["period"] for row in rows],
                             [period_text(frequency, first) for first in self.firsts(frequency)])
            for row, first in zip(rows, self.firsts(frequency)):
                with self.subTest(period=row["period"]):
                    months = [self.months["pk-it"].get(m, {"value": None})
                              for m in range(first, first + length)]
                    known = [month for month in months if month["value"] is not None]
                    self.assertEqual(row["value"], self.figure(first, length))
                    if row["value"] is None:
                        self.assertIn(row["missing_reason"], NOTHING_KNOWN)
                    if length == 1:
                        continue
                    self.assertEqual((row["months"], row["months_present"]), (length, len(known)))
                    if len(known) == length:
                        self.assertEqual(row["basis"], "sum_of_months")
                        self.assertEqual(row["precision"],
                                         sum(month["precision"] for month in months))
                        # Its own report may have come before the last of its months.
                        complete = max(month["first_released_on"] for month in months)
                        self.assertLessEqual(row["first_released_on"], complete)
                        if "reported_value" not in row:
                            self.assertEqual(row["first_released_on"], complete)
                        self.assertEqual(row["released_on"],
                                         max(month["released_on"] for month in months))
                        derived = any(month["status"] == "derived" for month in months)
                        self.assertEqual(row["status"], "derived" if derived else "reported")
                        self.assertEqual(row["disputed"],
                                         any(month["disputed"] for month in months))
                        self.assertEqual(set(row["sources"]),
                                         {s for month in months for s in month["sources"]})
                    else:
                        self.assertEqual(row["basis"], None if row["value"] is None else "reported")

    def expected_transform(self, transform, frequency, first):
        length = LENGTHS[frequency]
        back = 12 if transform.startswith("yoy") else length
        now, base = self.figure(first, length), self.figure(first - back, length)
        if transform in ("level", "log"):
            return now if transform == "level" or now is None else logarithm(now)
        if now is None or base is None:
            return None
        a_year = 12 // length
        return {"change": lambda: now - base, "yoy_change": lambda: now - base,
                "percent": lambda: 100 * (now - base) / base,
                "yoy_percent": lambda: 100 * (now - base) / base,
                "annualised_percent": lambda: 100 * ((now / base) ** a_year - 1),
                "log_percent": lambda: 100 * logarithm(now / base),
                "annualised_log_percent": lambda: 100 * a_year * logarithm(now / base)}[transform]()

    def test_every_transform_at_every_frequency(self):
        for transform in FRED:
            for frequency in LENGTHS:
                query = f"transform={transform}&frequency={frequency}"
                rows = self.ask(f"/v1/exports?{query}")["observations"]
                for row, first in zip(rows, self.firsts(frequency), strict=True):
                    with self.subTest(transform=transform, period=row["period"]):
                        exact = self.expected_transform(transform, frequency, first)
                        if exact is None:
                            self.assertIsNone(row["value"])
                            self.assertIn(row["missing_reason"], NOTHING_KNOWN | {"no_base"})
                            known = self.figure(first, LENGTHS[frequency]) is not None
                            self.assertEqual(row["missing_reason"] == "no_base", known)
                        elif transform in ("level", "change", "yoy_change"):
                            self.assertEqual(row["value"], exact)
                        elif transform in ("percent", "yoy_percent"):
                            self.assertEqual(row["value"], rounded(exact))
                        else:  # in floating point, rounded once
                            tolerance = fractions.Fraction(1, 20000) + abs(exact) / 10 ** 12
                            self.assertLessEqual(abs(row["value"] - exact), tolerance)

    def test_codes_of_fred_are_synonyms(self):
        for transform, code in FRED.items():
            for more in ["", "&frequency=quarter&last=9"]:
                with self.subTest(code=code, more=more):
                    self.assertEqual(self.get(f"/v1/exports?transform={code}{more}").body,
                                     self.get(f"/v1/exports?transform={transform}{more}").body)

    def test_decimals(self):
        exact = {"pc1": self.expected_transform("yoy_percent", "month", month_number("2025-12")),
                 "pch": self.expected_transform("percent", "month", month_number("2025-12")),
                 "log": self.expected_transform("log", "month", month_number("2025-12"))}
        for decimals in range(11):
            for code, value in exact.items():
                with self.subTest(decimals=decimals, code=code):
                    query = f"from=2025-12&to=2025-12&transform={code}&decimals={decimals}"
                    shown = self.ask(f"/v1/exports?{query}")["observations"][0]["value"]
                    self.assertEqual(shown, rounded(value, decimals))
            # What was reported is not rounded.
            query = f"from=2017-06&to=2017-06&decimals={decimals}"
            row = self.ask(f"/v1/exports?{query}")["observations"][0]
            self.assertEqual((row["value"], row["precision"]),
                             (fractions.Fraction("86.36"), fractions.Fraction("1.01")))

    def test_history_before_the_window_is_used(self):
        for transform in ["pc1", "chg", "cca"]:
            whole = self.ask(f"/v1/exports?transform={transform}")["observations"]
            some = self.ask(f"/v1/exports?transform={transform}&from=2025-07")["observations"]
            self.assertEqual(some, whole[-8:])

    def expected_growth(self, basis, month):
        """The figures that growth compares, now and then."""
        length = {"mom": 1, "yoy": 1, "fytd": (month + 6) % 12 + 1, "trailing_12m": 12}[basis]
        first = month - length + 1
        return self.figure(first,
                           length), self.figure(first - (1 if basis == "mom" else 12), length)

    def test_growth_on_every_basis(self):
        for basis in ["mom", "yoy", "fytd", "trailing_12m"]:
            rows = self.ask(f"/v1/exports/growth?basis={basis}")["growth"]
            for row, month in zip(rows, range(FIRST, LAST + 1), strict=True):
                with self.subTest(basis=basis, period=row["period"]):
                    now, base = self.expected_growth(basis, month)
                    self.assertEqual((row["period"], row["value"], row["base"]),
                                     (month_text(month), now, base))
                    if now is None or base is None:
                        self.assertEqual((row["change"], row["percent"]), (None, None))
                        self.assertEqual(row["missing_reason"] == "no_base", now is not None)
                    else:
                        self.assertEqual(row["change"], now - base)
                        self.assertEqual(row["percent"], rounded(100 * (now - base) / base))
                        self.assertNotIn("missing_reason", row)

    def test_growth_of_larger_periods(self):
        for frequency, length in LENGTHS.items():
            rows = self.ask(f"/v1/exports/growth?frequency={frequency}&decimals=7")["growth"]
            for row, first in zip(rows, self.firsts(frequency), strict=True):
                with self.subTest(period=row["period"]):
                    now, base = self.figure(first, length), self.figure(first - 12, length)
                    known = now is not None and base is not None
                    self.assertEqual(row["percent"],
                                     rounded(100 * (now - base) / base, 7) if known else None)

    def test_share(self):
        for frequency, length in LENGTHS.items():
            rows = self.ask(f"/v1/exports/share?frequency={frequency}")["share"]
            for row, first in zip(rows, self.firsts(frequency), strict=True):
                with self.subTest(period=row["period"]):
                    part, whole = self.figure(first,
                                              length), self.figure(first, length, "pk-services")
                    known = part is not None and whole is not None
                    self.assertEqual((row["value"], row["of_value"]), (part, whole))
                    self.assertEqual(row["percent"], rounded(100 * part / whole) if known else None)

    def test_first_releases(self):
        rows = self.ask("/v1/exports?release=first")["observations"]
        changed = []
        for row in rows:
            if row["value"] is None:
                continue
            with self.subTest(period=row["period"]):
                then = self.ask(f"/v1/exports/{row['period']}?as_of={row['first_released_on']}")
                self.assertEqual((row["value"], row["precision"]),
                                 (then["value"], then["precision"]))
                self.assertEqual(row["released_on"], row["first_released_on"])
            if row["value"] != self.months["pk-it"][month_number(row["period"])]["value"]:
                changed.append(row["period"])
        self.assertLessEqual({"2021-03", "2023-06", "2024-11"}, set(changed))

    def test_growth_between_first_releases(self):
        row = self.ask("/v1/exports/growth?release=first&from=2024-11&to=2024-11")["growth"][0]
        self.assertEqual((row["value"], row["base"]), (324, 259))


class OnePeriod(WindowTest):
    def test_every_kind(self):
        cases = [("2025-12", "2025-12", "2025-12", 437), ("2025-Q4", "2025-10", "2025-12", 1179),
                 ("FY2026-Q2", "2025-10", "2025-12", 1179),
                 ("FY2026-H1", "2025-07", "2025-12", 2236),
                 ("FY2025", "2024-07", "2025-06", 3808), ("2025", "2025-01", "2025-12", 4180),
                 ("2025-07--2025-12", "2025-07", "2025-12", 2236),
                 ("2024-07--2025-06", "2024-07", "2025-06", 3808),
                 ("2025-11--2025-12", "2025-11", "2025-12", 793)]
        for path, first, last, value in cases:
            with self.subTest(path=path):
                answer = self.ask(f"/v1/exports/{path}")
                self.assertEqual((answer["from"], answer["to"], answer["value"]),
                                 (first, last, value))
                self.assertEqual(answer["period"], path.replace("--", "/"))

    def test_a_gap_inside_is_null_with_a_reason(self):
        for period in ["2018-07", "2018-Q3", "FY2019-Q1", "FY2026", "2026-Q1"]:
            with self.subTest(period=period):
                answer = self.ask(f"/v1/exports/{period}")
                self.assertEqual((answer["value"], answer["status"]), (None, "missing"))
                self.assertIn(answer["missing_reason"], NOTHING_KNOWN)

    def test_outside_is_404(self):
        for period in ["2017-05", "2026-03", "2016", "FY2027", "2026-Q2", "2026-03--2026-04",
                       "2016-01--2016-12"]:
            with self.subTest(period=period):
                self.assertEqual(self.get(f"/v1/exports/{period}").status, 404)
        self.assertEqual(self.get("/v1/exports/2025-08?as_of=2025-08-31").status, 404)
        self.assertEqual(self.get("/v1/exports/2025-07?as_of=2025-08-31").status, 200)


class Written(ServiceTest):
    """The months of a series are written once for all answers; as of a day they are written for one. Both are the same."""

    def test_rows_are_the_same_however_they_are_come_by(self):
        for series in [row["id"] for row in self.get("/v1/series").json()["series"]]:
            for query in ("", "&last=3", "&order=desc&limit=7", "&from=2001-01&to=2001-03", "&from=2019-11&to=2031-02"):
                with self.subTest(series + query):
                    path = f"/v1/exports?series={series}{query}"
                    rows, again, dated = (self.get(path + more) for more in ("", "&decimals=3", "&as_of=2199-12-31"))
                    expected = dated.json()["observations"]
                    self.assertEqual(rows.json()["observations"], expected)
                    self.assertEqual(again.json()["observations"], expected)
                    # Byte by byte.
                    self.assertEqual(rows.body.split(b'"observations":')[1], dated.body.split(b'"observations":')[1])

if __name__ == "__main__":
    unittest.main()
