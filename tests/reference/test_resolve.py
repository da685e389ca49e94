"""The C module that resolves reports, against the slow reference of the same rules.

EXPORTSTAT_RESOLVE_DUMP is the program built from tests/stats/resolve_dump.c. It is asked about every
period on every date on which anything can change: of the bundled data, and of random small stores in
which ties, rulings, misprints and overlapping ranges are far more common than in life.
"""
import datetime
import os
import random
import subprocess
import unittest
from decimal import Decimal
from pathlib import Path

import resolve
from stores import random_store, span_text, store_lines

DATA = Path(__file__).resolve().parents[2] / "data"
RANDOM_STORES = 400


def number(value):
    return format(Decimal(value).normalize(), "f") if value else "0"


def value_text(now):
    if not now:
        return "-"
    mark = "~" if now.status == "derived" else ""
    return f"{mark}{number(now.value)}/{number(now.precision)}"


def observation_texts(series, period, states):
    """Everything that may be said of a period as of the last of the states."""
    date, now = states[-1]
    first, released = resolve.releases(states)
    text = value_text(now)
    if first:
        text += f" first {first} since {released}"
    for sources, publishers, disputed in resolve.backing(series, period, date, now, released):
        yield (f"{text} publishers {publishers}" + (" disputed" if disputed else "") +
               (" sources " + ",".join(sources) if sources else ""))


def expected(series):
    """{(period, date, "first" or "history"): the texts that are right}."""
    reports, rulings = series
    spans = {r.span for r in reports} | {r.span for r in rulings}
    if spans:
        months = range(min(s[0] for s in spans), max(s[1] for s in spans) + 1)
        spans |= {(m, m) for m in months}
    out = {}
    for period, states in resolve.histories(series, spans).items():
        name, changes, last = span_text(period), [], None
        for i, (date, now) in enumerate(states):
            out[name, str(date)] = list(observation_texts(series, period, states[:i + 1]))
            if now != last:
                changes.append((date, now))
                last = now
        out[name, "first"] = [value_text(changes[0][1] if changes else None)]
        out[name, "history"] = ["; ".join(f"{date} {value_text(now)}" for date, now in changes)]
    return out


def dump(stores):
    """What the program says of each of several series, as {(period, date): text}."""
    program = os.environ["EXPORTSTAT_RESOLVE_DUMP"]
    said = subprocess.run([program], input="".join(map(store_lines, stores)), text=True,
                          stdout=subprocess.PIPE, check=True).stdout
    out = []
    for block in said.split("\n.\n")[:-1]:
        rows = [line.split(" ", 2) for line in block.lstrip(".\n").split("\n") if line]
        out.append({(period, date): text for period, date, text in rows})
    return out


class ResolveTest(unittest.TestCase):
    def compare(self, series, said, name):
        right = expected(series)
        self.assertEqual(said.keys(), right.keys(), name)
        wrong = [(key, said[key], right[key]) for key in sorted(right) if said[key] not in right[key]]
        if wrong:
            (period, date), text, texts = wrong[0]
            self.fail(f"{name}, {period} {date}: {text!r}, not {' or '.join(map(repr, texts))} "
                      f"({len(wrong)} differ)\n{store_lines(series)}")

    def test_bundled_data(self):
        data = resolve.load(DATA)
        names = [name for name in data if data[name][0]]
        for name, said in zip(names, dump([data[name] for name in names]), strict=True):
            with self.subTest(series=name):
                self.compare(data[name], said, name)

    def test_random_stores(self):
        stores = [random_store(random.Random(seed)) for seed in range(RANDOM_STORES)]
        for seed, said in zip(range(RANDOM_STORES), dump(stores), strict=True):
            with self.subTest(seed=seed):
                self.compare(stores[seed], said, f"seed {seed}")

    def test_random_stores_are_worth_it(self):
        """The rare paths are taken many times."""
        derived = missing_again = revised = tied = 0
        for seed in range(RANDOM_STORES):
            series = random_store(random.Random(seed))
            spans = {r.span for r in series[0]}
            months = {(m, m) for s in spans for m in range(s[0], s[1] + 1)}
            for states in resolve.histories(series, spans | months).values():
                values = [now for _, now in states]
                derived += any(now and now.status == "derived" for now in values)
                tied += any(now and len(now.terms) > 1 for now in values)
                missing_again += any(a and not b for a, b in zip(values, values[1:]))
                revised += any(a and b and not resolve.compatible(a, b)
                               for a, b in zip(values, values[1:]))
        self.assertGreater(derived, 200)
        self.assertGreater(missing_again, 30)
        self.assertGreater(revised, 300)
        self.assertGreater(tied, 5)


class ReferenceTest(unittest.TestCase):
    """The reference itself, against what is known of the data."""

    def test_known_values(self):
        data = resolve.load(DATA)["pk-it"]
        never = datetime.date.max
        for period, value in (("2025-12", 437), ("2025-11", 356), ("2024-12", 348), ("2024-11", 310),
                              ("2024-07", 286), ("2023-07", 214)):
            now = resolve.observation(data, resolve.span(period), never)
            self.assertEqual(now and now.value.quantize(1), value, period)


if __name__ == "__main__":
    unittest.main()
