"""The audit of claims once more, with exact fractions and no regard for speed.

Levels, growth, averages, shares, records, thresholds, streaks, projections and targets, and the verdicts that
follow from a value and its interval; other readings of a claim, and records that were replaced, are not here.
"""
import bisect
import datetime
import math
from collections import namedtuple
from fractions import Fraction

import resolve

HALF = Fraction(1, 2)
PERCENT = {"mom_pct", "yoy_pct", "fytd_yoy_pct", "share_of_total_exports_pct"}
OUTCOMES = {"fy_projection_low", "fy_projection_high", "fy_target"}
TOTAL = ("pk-goods-bop", "pk-services")
RIGHT = ("confirmed", "consistent", "truncated")

# What a claim is told by: the value with the least and the largest that rounding allows for, infinite where there is
# no bound. `holds` and `may_hold` are of statements; a threshold's own number is not compared.
Computed = namedtuple("Computed", "value low high holds may_hold compared", defaults=(True, True, True))


def as_fractions(state):
    date, now = state
    return date, now and (Fraction(now.value), Fraction(now.precision))


class Known:
    """Every observation of every series, as of any date."""

    def __init__(self, data):
        self.states = {}
        for series, (reports, rulings) in data.items():
            spans = {r.span for r in reports} | {r.span for r in rulings}
            if spans:
                spans |= {(m, m) for m in range(min(s[0] for s in spans), max(s[1] for s in spans) + 1)}
            self.states[series] = {span: list(map(as_fractions, states)) for span, states in
                                   resolve.histories((reports, rulings), spans).items()}

    def own(self, series, span, date):
        """(value, precision) of a period by itself, or None."""
        states = self.states[series].get(span, [])
        after = bisect.bisect(states, date, key=lambda state: state[0])
        return states[after - 1][1] if after else None

    def figures(self, series, span, date):
        """Every figure of a period: the sum of its months first, then its own report; [] where there is none."""
        own = self.own(series, span, date)
        if span[0] == span[1]:
            return [own] if own else []
        months = [self.own(series, (m, m), date) for m in range(span[0], span[1] + 1)]
        sums = [(sum(v for v, _ in months), sum(p for _, p in months))] if all(months) else []
        return sums + ([own] if own else [])

    def earlier(self, series, span, date):
        """The figures of all earlier periods of the kind, sums before own reports."""
        months = span[1] - span[0] + 1
        is_quarter = months == 3 and span[0] % 3 == 0  # fiscal years begin with a quarter here
        step = months if months == 1 or is_quarter else 12
        first = min((s[0] for s in self.states[series]), default=span[0])
        while span[1] - step >= first:
            span = (span[0] - step, span[1] - step)
            yield from self.figures(series, span, date)[:1]


def ends(figure):
    value, precision = figure
    return value - precision / 2, value + precision / 2


def quotient(part, whole, less):
    """100 (part / whole - less) over all values above zero that the whole may have; None where it is itself not."""
    if whole[0] <= 0:
        return None
    (low, high), (least, most) = ends(part), ends(whole)
    corners = []
    for value in (low, high):
        corners.append(value / most)
        if least > 0:
            corners.append(value / least)
        elif value:
            corners.append(math.copysign(math.inf, value))
    return Computed(100 * (part[0] / whole[0] - less), 100 * (min(corners) - less), 100 * (max(corners) - less))


def growth(known, claim, date, back):
    base = (claim.span[0] - back, claim.span[1] - back)
    for now in known.figures(claim.series, claim.span, date):
        for then in known.figures(claim.series, base, date):
            yield quotient(now, then, 1)


def share(known, claim, date):
    totals = [known.figures(series, claim.span, date)[:1] for series in TOTAL]
    if all(totals):
        whole = tuple(a + b for a, b in zip(totals[0][0], totals[1][0]))
        for part in known.figures(claim.series, claim.span, date):
            yield quotient(part, whole, 0)


def average(known, claim, date):
    before = (claim.span[0] - 12, claim.span[0] - 1)
    for value, precision in known.figures(claim.series, before, date)[:1]:
        yield Computed(value / 12, *(end / 12 for end in ends((value, precision))))


def statements(known, claim, date):
    """Records and thresholds, projections and targets."""
    before = list(known.earlier(claim.series, claim.span, date))
    step = claim.precision / 2
    for figure in known.figures(claim.series, claim.span, date):
        value, (low, high) = figure[0], ends(figure)
        if claim.metric == "record_high":
            holds = all(value > other for other, _ in before)
            may_hold = all(high > ends(other)[0] for other in before)
        elif claim.metric == "threshold_first_crossed":
            holds = value >= claim.value and all(other < claim.value for other, _ in before)
            may_hold = high >= claim.value and all(ends(other)[0] < claim.value for other in before)
        elif claim.metric == "fy_projection_high":
            holds, may_hold = value <= claim.value, low <= claim.value + step
        else:
            holds, may_hold = value >= claim.value, high >= claim.value - step
        yield Computed(value, low, high, holds, may_hold, claim.metric == "record_high")


def streak(known, claim, date):
    """The months in a row above those of the year before: at the values, at least, and at most."""
    lengths = []
    for slack in (0, -1, 1):
        month, length = claim.span[1], 0
        while True:
            now = known.own(claim.series, (month, month), date)
            base = known.own(claim.series, (month - 12, month - 12), date)
            if not now or not base:
                lengths.append((length, True))
                break
            if base[0] <= 0 or now[0] - base[0] + slack * (now[1] + base[1]) / 2 <= 0:
                lengths.append((length, False))
                break
            month, length = month - 1, length + 1
    (value, value_cut), (low, _), (high, high_cut) = lengths
    shortest = min([n for n, cut in ((value, value_cut), (high, high_cut)) if cut], default=math.inf)
    if known.own(claim.series, claim.span, date) and claim.value + claim.precision / 2 < shortest:
        yield Computed(Fraction(value), Fraction(low), math.inf if high_cut else Fraction(high))


def computed(known, claim, date):
    """Everything that the observations may say in the claim's place; nothing where an input is missing."""
    if claim.metric in ("level", "fytd_level"):
        return [Computed(f[0], *ends(f)) for f in known.figures(claim.series, claim.span, date)]
    if claim.metric == "mom_pct":
        return growth(known, claim, date, claim.span[1] - claim.span[0] + 1)
    if claim.metric in ("yoy_pct", "fytd_yoy_pct"):
        return growth(known, claim, date, 12)
    if claim.metric == "share_of_total_exports_pct":
        return share(known, claim, date)
    if claim.metric == "trailing_12m_average":
        return average(known, claim, date)
    if claim.metric == "growth_streak_months":
        return streak(known, claim, date)
    return statements(known, claim, date)


def rounded(value, step):
    """Half away from zero, to a multiple of the step."""
    units = math.floor(abs(value) / step + HALF)
    return (units if value >= 0 else -units) * step


def cut(value, step):
    units = math.floor(abs(value) / step)
    return (units if value >= 0 else -units) * step


def rounds_to(value, claim):
    """Whether the claim is the value rounded; where it is no multiple of its step, by what lies around it."""
    if claim.value == rounded(claim.value, claim.precision):
        return rounded(value, claim.precision) == claim.value
    low, high = claim.value - claim.precision / 2, claim.value + claim.precision / 2
    return low <= value < high if value >= 0 else low < value <= high


def cuts_to(value, claim):
    if claim.value == cut(claim.value, claim.precision):
        return cut(value, claim.precision) == claim.value
    if value >= 0:
        return claim.value <= value < claim.value + claim.precision
    return claim.value - claim.precision < value <= claim.value


def judge(result, claim):
    exact = not result.compared or rounds_to(result.value, claim)
    near = not result.compared or (result.low <= claim.value + claim.precision / 2 and
                                   result.high >= claim.value - claim.precision / 2)
    if result.holds and exact:
        return "confirmed"
    if result.may_hold and near:
        return "consistent"
    if result.holds and result.compared and cuts_to(result.value, claim):
        return "truncated"
    return "wrong"


def verdict(known, claim, date):
    """(verdict, Computed) of the best of all figures; "unverifiable" and None without any."""
    order = [*RIGHT, "wrong"]
    best = "unverifiable", None
    for result in computed(known, claim, date):
        said = judge(result, claim) if result else "unverifiable"
        if said in order and (best[0] not in order or order.index(said) < order.index(best[0])):
            best = said, result
    return best


class Claim:
    def __init__(self, row, published, fiscal_year_start):
        self.id, self.series, self.metric = row["claim_id"], row["series_id"], row["metric"]
        self.span = resolve.span(row["period"], fiscal_year_start)
        self.value, self.precision = Fraction(row["value"]), Fraction(row["precision"])
        self.published = resolve.day(published)


def audit(known, claim):
    """(the verdict then, the verdict now, what was computed now)."""
    then, _ = verdict(known, claim, claim.published)
    now, result = verdict(known, claim, datetime.date.max)
    return then, now, result
