"""Random small stores, and stores as the lines that the C programs of the tests read."""
import datetime
from decimal import Decimal

import resolve

FIRST = 2024 * 12 + 6  # July 2024
MONTHS = 9
RANGES = [(FIRST, FIRST + n) for n in range(1, MONTHS)] + [
    (FIRST, FIRST + 11), (FIRST + 3, FIRST + 4), (FIRST + 3, FIRST + 5), (FIRST + 6, FIRST + 8),
    (FIRST + 1, FIRST + 3), (FIRST + 4, FIRST + 5)]


def span_text(span):
    first, last = map(resolve.month_text, span)
    return first if span[0] == span[1] else f"{first}/{last}"


def number(value):
    return format(value, "f")


def store_lines(series):
    """A series as lines of evidence, ended by a full stop."""
    reports, rulings = series
    lines = [f"{span_text(r.span)} {number(r.value)} {number(r.precision)} {r.date} {r.authority} "
             f"{r.source}@{'_'.join(r.publisher.split())}" for r in reports]
    lines += [f"{r.decision} {span_text(r.span)} {number(r.value)} {number(r.precision)} {r.date}"
              for r in rulings]
    return "\n".join(lines + [".\n"])


def printed(random, truth, precision):
    """A value as some paper prints it: rounded, at times wrong."""
    if random.random() < 0.03:
        return Decimal(0)
    value = truth
    if random.random() < 0.2:
        value += random.choice([-20, -10, -3, -1, 1, 2, 5, 11, 30])
    return (value / precision).to_integral_value() * precision


def random_sources(random):
    start = datetime.date(2025, 1, 10)
    days = sorted(random.sample(range(150), random.randint(1, 7)))
    days += [days[-1] + gap for gap in (119, 120, 121) if random.random() < 0.3]
    for i in range(random.randint(4, 14)):
        publisher = random.choice("abcDE")
        yield {"source_id": f"{random.choice('xyZ-')}{random.randrange(100)}.{i}",
               "publisher": publisher, "authority": random.choice("112222333"),
               "published": str(start + datetime.timedelta(random.choice(days)))}


def random_rulings(random, reports):
    """At most one ruling of each kind on a value and day."""
    known = set()
    for _ in range(random.choice([0, 0, 1, 2, 4])):
        report = random.choice(reports)
        decision = random.choice(["accept", "reject", "reject"])
        value = report.value + (random.choice([0, 0, 4]) if decision == "accept" else 0)
        date = random.choice(reports).date + datetime.timedelta(random.choice([-1, 0, 0, 1, 3]))
        if (report.span, value, date) in known:
            continue
        known.add((report.span, value, date))
        yield resolve.Ruling({"period": span_text(report.span), "decision": decision,
                              "value": value, "precision": report.precision,
                              "ruled_on": str(date)}, 7)


def random_store(random):
    """(reports, rulings) of a small series in which everything rare is common."""
    shift = random.choice([0, 0, 0, 200])  # at times negative values
    truth = [Decimal(random.randint(60, 160) - shift) for _ in range(12)]
    spans = [(FIRST + i, FIRST + i) for i in range(MONTHS)]
    spans = random.sample(spans, random.randint(2, MONTHS)) + random.sample(RANGES, random.randint(1, 5))
    step = [Decimal(text) for text in random.choice([("1",), ("1", "10"), ("0.1", "1", "10")])]
    reports = []
    for source in random_sources(random):
        for span in random.sample(spans, min(len(spans), random.randint(1, 5))):
            precision = random.choice(step)
            value = printed(random, sum(truth[span[0] - FIRST:span[1] - FIRST + 1]), precision)
            reports.append(resolve.Report({"period": span_text(span), "value": value,
                                           "precision": precision}, source, 7))
    return reports, list(random_rulings(random, reports))
