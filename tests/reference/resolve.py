"""Resolution of reports into observations, slow and obvious.

The rules are those of docs/resolution.md, written down once more without any regard for speed: the
observation as of a date is computed from nothing for each date asked for. The C module is checked
against this one, over the bundled data and over random stores.
"""
import calendar
import csv
import datetime
import itertools
from decimal import Decimal
from pathlib import Path

DERIVED_WINDOW_DAYS = 120
OTHER_MONTHS_MAX = 3


def day(text):
    """A date known only to the month counts as the last day of that month."""
    if len(text) == 7:
        year, month = int(text[:4]), int(text[5:])
        return datetime.date(year, month, calendar.monthrange(year, month)[1])
    return datetime.date.fromisoformat(text)


def month_index(text):
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def month_text(index):
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def span(text, fiscal_year_start=7):
    """First and last month of a period."""
    if text.startswith("FY"):
        year = int(text[2:6])
        last = year * 12 + (fiscal_year_start - 2) % 12 if fiscal_year_start > 1 else year * 12 + 11
        first = last - 11
        if "-Q" in text:
            first += 3 * (int(text[-1]) - 1)
            return first, first + 2
        if "-H" in text:
            first += 6 * (int(text[-1]) - 1)
            return first, first + 5
        return first, last
    if "/" in text:
        first, last = text.split("/")
        return month_index(first), month_index(last)
    if "-Q" in text:
        first = int(text[:4]) * 12 + 3 * (int(text[-1]) - 1)
        return first, first + 2
    if len(text) == 4:
        return int(text) * 12, int(text) * 12 + 11
    return month_index(text), month_index(text)


class Report:
    def __init__(self, row, source, start):
        self.span = span(row["period"], start)
        self.value, self.precision = Decimal(row["value"]), Decimal(row["precision"])
        self.source, self.publisher = source["source_id"], source["publisher"]
        self.date, self.authority = day(source["published"]), int(source["authority"])


class Ruling:
    def __init__(self, row, start):
        self.span = span(row["period"], start)
        self.decision, self.value = row["decision"], Decimal(row["value"])
        self.precision, self.date = Decimal(row["precision"]), day(row["ruled_on"])


def load(directory):
    """{series: (reports, rulings)} of the five CSV files of a directory."""
    def read(name):
        with open(Path(directory) / name, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    start = {row["series_id"]: int(row["fiscal_year_start"]) for row in read("series.csv")}
    source = {row["source_id"]: row for row in read("sources.csv")}
    out = {series: ([], []) for series in start}
    for row in read("reports.csv"):
        out[row["series_id"]][0].append(
            Report(row, source[row["source_id"]], start[row["series_id"]]))
    for row in read("rulings.csv"):
        out[row["series_id"]][1].append(Ruling(row, start[row["series_id"]]))
    return out


def compatible(a, b):
    return abs(a.value - b.value) * 2 <= a.precision + b.precision


def unrejected(reports, rulings, as_of):
    """The reports that count on a date: published by then, of a value that no ruling has rejected."""
    taken_out = {(r.span, r.value) for r in rulings if r.decision == "reject" and r.date <= as_of}
    return [r for r in reports if r.date <= as_of and (r.span, r.value) not in taken_out]


def by_reports(reports):
    """Rules 1 to 4: one pass over the reports of one period in order of publication."""
    now, deciding, challengers = None, 0, []
    for report in sorted(reports, key=lambda r: (r.date, r.source.encode())):
        if now is None:
            now, deciding = report, report.authority
        elif report.authority > deciding:
            if not compatible(report, now) or report.precision < now.precision:
                now = report
            deciding, challengers = report.authority, []
        elif report.authority < deciding:
            pass
        elif compatible(report, now):
            if report.precision < now.precision:
                now = report
        elif report.authority == 3 or any(
                compatible(report, c) and c.publisher != report.publisher for c in challengers):
            now = report
            challengers = [c for c in challengers if not compatible(report, c)]
        else:
            challengers.append(report)
    return now


def derive(month, counted):
    """Rule 6: (value, precision, [terms, …]) by trying every combination, or None.

    Where several choices of terms tie in everything that the rule prefers by, all are told.
    """
    terms_of = {}
    for report in counted:
        key = (report.date, report.value, report.precision)
        known = terms_of.setdefault(report.span, {})
        if key not in known or report.source.encode() < known[key].source.encode():
            known[key] = report
    best, choices = None, []
    for whole in terms_of:
        if not (whole[0] <= month <= whole[1]) or whole[0] == whole[1]:
            continue
        shorter = [s for s in terms_of if s[0] == whole[0] and s[0] < s[1] < month]
        for part in [None] + shorter:
            first = whole[0] if part is None else part[1] + 1
            others = [m for m in range(first, whole[1] + 1) if m != month]
            if len(others) > OTHER_MONTHS_MAX or any((m, m) not in terms_of for m in others):
                continue
            spans = [whole] + ([part] if part else []) + [(m, m) for m in others]
            for terms in itertools.product(*(terms_of[s].values() for s in spans)):
                dates = [t.date for t in terms]
                days = (max(dates) - min(dates)).days
                value = terms[0].value - sum(t.value for t in terms[1:])
                precision = sum(t.precision for t in terms)
                if days > DERIVED_WINDOW_DAYS or precision * 10 > value:
                    continue
                rank = (precision, days, len(terms), -max(dates).toordinal(), value)
                if best is None or rank < best:
                    best, choices = rank, []
                if rank == best:
                    choices.append(terms)
    return best and (best[4], best[0], choices)


class Observation:
    """What the service stands by for a period as of a date."""

    def __init__(self, value, precision, status, terms=()):
        self.value, self.precision, self.status = value, precision, status
        self.terms = terms  # of a derived one, every choice of them that ties

    def __eq__(self, other):
        return isinstance(other, Observation) and self.key() == other.key()

    def key(self):
        return self.value, self.precision, self.status


def observation(series, period, as_of, counted=None):
    """The Observation of a (first, last) span as of a date, or None: rules 1 to 7.

    `counted` is unrejected(…) as of that date, where the caller has it already.
    """
    reports, rulings = series
    if counted is None:
        counted = unrejected(reports, rulings, as_of)
    accepted = [r for r in rulings
                if r.span == period and r.decision == "accept" and r.date <= as_of]
    if accepted:
        ruling = max(accepted, key=lambda r: (r.date, r.value))
        if not any(r.span == period and r.authority == 3 and r.date > ruling.date for r in counted):
            return Observation(ruling.value, ruling.precision, "reported")
    own = [r for r in counted if r.span == period]
    if own:
        now = by_reports(own)
        return Observation(now.value, now.precision, "reported")
    if period[0] == period[1]:
        derived = derive(period[0], counted)
        if derived:
            return Observation(derived[0], derived[1], "derived", derived[2])
    return None


def event_dates(series):
    """The dates on which anything can change."""
    return sorted({r.date for r in series[0]} | {r.date for r in series[1]})


def histories(series, periods):
    """{period: [(date, Observation or None), …]} with every date on which anything can change."""
    out = {period: [] for period in periods}
    for date in event_dates(series):
        counted = unrejected(*series, date)
        for period in periods:
            out[period].append((date, observation(series, period, date, counted)))
    return out


def releases(states):
    """(first_released_on, released_on) as of the last of [(date, Observation or None), …]."""
    first = next((date for date, now in states if now), None)
    released, value = None, (states[-1][1] and states[-1][1].value)
    for date, now in reversed(states):
        if (now and now.value) != value:
            break
        released = date
    return first, released


def backing(series, period, as_of, now, released):
    """[(sources, publishers, disputed), …]: who stands behind an observation; several where choices
    of terms tie."""
    if now and now.status == "derived":
        return [([t.source for t in terms], len({t.publisher for t in terms}), False)
                for terms in now.terms]
    reports, rulings = series
    own = sorted((r for r in reports if r.span == period and r.date <= as_of),
                 key=lambda r: (r.date, r.source.encode()))
    counted = unrejected(own, rulings, as_of)
    behind = [r for r in counted if now and compatible(r, now)]
    against = [r for r in counted if now and not compatible(r, now) and r.date >= released]
    disputed = len(counted) < len(own) or bool(against)
    return [([r.source for r in behind], len({r.publisher for r in behind}), disputed)]
