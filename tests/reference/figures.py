"""Growth, records, streaks, shares and sums once more, with exact fractions and no regard for speed.

Values are what tests/reference/resolve.py resolves. Everything is written as tests/stats/figures_dump.c
prints it.
"""
from fractions import Fraction

import resolve
from stores import span_text

FISCAL_YEAR_START = 7
MONTHS_OF = {"month": 1, "quarter": 3, "fiscal_quarter": 3, "half": 6, "fiscal_year": 12, "year": 12}


def decimal_text(value, places):
    """A fraction rounded half away from zero, without trailing zeros."""
    scaled = abs(value) * 10 ** places
    units = int(scaled)
    if scaled - units >= Fraction(1, 2):
        units += 1
    sign = "-" if value < 0 and units else ""
    whole, rest = divmod(units, 10 ** places)
    fraction = f"{rest:0{places}d}".rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def exact(value):
    return "-" if value is None else decimal_text(Fraction(value), 6)


class Figure:
    def __init__(self, value, precision, derived, word, present):
        self.value, self.precision, self.derived = value, precision, derived
        self.word, self.present = word, present  # the basis, or why it is missing


class View:
    """The newest observations of a series."""

    def __init__(self, series):
        spans = {r.span for r in series[0]} | {r.span for r in series[1]}
        months = range(min(s[0] for s in spans), max(s[1] for s in spans) + 1)
        date = resolve.event_dates(series)[-1]
        counted = resolve.unrejected(*series, date)
        self.at = {s: resolve.observation(series, s, date, counted)
                   for s in spans | {(m, m) for m in months}}
        self.known = {m: Fraction(self.at[m, m].value) for m in months if self.at[m, m]}
        if self.known:
            self.first, self.last = min(self.known), max(self.known)

    def figure(self, span):
        own = self.at.get(span)
        months = range(span[0], span[1] + 1)
        present = [m for m in months if m in self.known]
        if len(months) > 1 and len(present) == len(months):
            parts = [self.at[m, m] for m in months]
            return Figure(sum(self.known[m] for m in months), sum(p.precision for p in parts),
                          any(p.status == "derived" for p in parts), "sum", len(present))
        if own:
            return Figure(Fraction(own.value), own.precision, own.status == "derived",
                          "month" if len(months) == 1 else "reported", len(present))
        return Figure(None, None, False, "incomplete_period" if present else "not_reported",
                      len(present))

    def growth(self, span, basis):
        """(now, base, change, percent, why there is no percentage)"""
        back = 12
        if basis == "mom":
            back = span[1] - span[0] + 1
        elif basis == "fytd":
            span = (span[1] - (span[1] - FISCAL_YEAR_START + 1) % 12, span[1])
        elif basis == "trailing_12m":
            span = (span[1] - 11, span[1])
        now, base = self.figure(span), self.figure((span[0] - back, span[1] - back))
        change = percent = None
        if now.value is not None and base.value is not None:
            change = now.value - base.value
        if now.value is None:
            why = now.word
        elif base.value is None:
            why = "no_base"
        elif base.value == 0:
            why = "zero_base"
        elif base.value < 0:
            why = "negative_base"
        else:
            why, percent = None, 100 * change / base.value
        return now.value, base.value, change, percent, why

    def grew(self, month, basis):
        percent = self.growth((month, month), basis)[3]
        return percent is not None and percent > 0


def periods(view, frequency):
    n = MONTHS_OF[frequency]
    offset = 0 if frequency in ("quarter", "year") else FISCAL_YEAR_START - 1
    first = next(m for m in range(view.first - 12, view.first - 25, -1) if (m - offset) % n == 0)
    return [(m, m + n - 1) for m in range(first, view.last + 13, n)]


def period_lines(view, whole):
    for frequency in MONTHS_OF:
        for span in periods(view, frequency):
            name, figure = span_text(span), view.figure(span)
            text = "-"
            if figure.value is not None:
                text = ("~" if figure.derived else "") + f"{exact(figure.value)}/{exact(figure.precision)}"
            yield f"figure {frequency} {name} {text} {figure.word} {figure.present}"
            for basis in ("mom", "yoy", "fytd", "trailing_12m"):
                now, base, change, percent, why = view.growth(span, basis)
                rate = decimal_text(percent, 4) if percent is not None else why
                yield f"growth {basis} {name} {exact(now)} {exact(base)} {exact(change)} {rate}"
            yield f"share {name} {share_text(figure, [v.figure(span) for v in whole])}"


def share_text(part, others):
    total = None
    if all(other.value is not None for other in others):
        total = sum(other.value for other in others)
    if part.value is None:
        return f"{exact(total)} {part.word}"
    if total is None:
        return "- no_base"
    if total <= 0:
        return f"{exact(total)} {'zero_base' if total == 0 else 'negative_base'}"
    return f"{exact(total)} {decimal_text(100 * part.value / total, 4)}"


def streak_lines(view):
    for basis in ("mom", "yoy"):
        runs, run = [], []
        for month in range(view.first, view.last + 2):
            if month <= view.last and view.grew(month, basis):
                run.append(month)
            else:
                runs.append(run)
                run = []
        longest = max(runs, key=len)  # the first of equally long ones
        for name, run in (("current", runs[-1]), ("longest", longest)):
            ends = f" {resolve.month_text(run[0])} {resolve.month_text(run[-1])}" if run else ""
            yield f"streak {basis} {name} {len(run)}{ends}"


def threshold_step(record):
    """In steps of a millionth, the largest 1, 2 or 5 times a power of ten up to a quarter."""
    steps = [Fraction(lead) * Fraction(10) ** power for power in range(-6, 12) for lead in (1, 2, 5)]
    return max((step for step in steps if step * 4 <= record), default=None)


def record_lines(view):
    months = sorted(view.known)
    records = [m for i, m in enumerate(months)
               if all(view.known[m] > view.known[e] for e in months[:i])]
    for month, until in zip(records, records[1:] + [view.last]):
        yield f"record {resolve.month_text(month)} {exact(view.known[month])} {until - month}"
    gaps = [m for m in range(view.first, records[-1]) if m not in view.known]
    yield f"missing_before {len(gaps)}"
    step = threshold_step(view.known[records[-1]])
    for i in range(1, 7 if step else 0):
        crossed = [m for m in months if view.known[m] >= i * step]
        yield f"threshold {exact(i * step)} {resolve.month_text(crossed[0]) if crossed else ''}"
    for month in months:
        higher = sum(value > view.known[month] for value in view.known.values())
        yield f"rank {resolve.month_text(month)} {higher + 1}"
    for number in range(12):
        same = [m for m in months if m % 12 == number]
        best = max(same, key=lambda m: view.known[m], default=None)
        yield f"best {number + 1} {resolve.month_text(best) if best else ''}"


def lines(view, whole):
    """Everything about a view; shares are of the views in `whole` together."""
    if not view.known:
        return []
    return [*period_lines(view, whole), *streak_lines(view), *record_lines(view)]
