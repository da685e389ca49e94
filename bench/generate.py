#!/usr/bin/python3
"""Writes the files of an import of a given size: series.csv, sources.csv, reports.csv.

    generate.py REPORTS FOLDER

The same numbers at every run. Most series have 160 months, each month reported once, a quarter of them a second
time by another publisher, sometimes with another value.
One publication covers fifty series, as releases of statistics offices do. The first series has 1,200 months. 10
million reports are about 50,000 series and 320,000 publications.
"""

import argparse
import pathlib

MONTHS = 160
LAST = 2025 * 12 + 11  # December 2025
LONG_MONTHS = 1200
PER_SERIES = 200  # reports
PER_RELEASE = 50  # series

GOODS = """aluminium apparel barley bicycles books cables carpets cement ceramics chemicals cocoa coffee copper cotton
electronics fertiliser fish flour footwear fruit furniture glass gold honey jewellery leather lentils machinery meat
medicines milk nickel oil paper pepper plastics rice rubber salt seeds""".split()
KINDS = """raw processed woven knitted refined dried frozen fresh packed bulk organic recycled bleached coated cut
ground moulded painted pressed rolled smoked spun surgical tanned treated""".split()
PLACES = """Albania Algeria Argentina Austria Bahrain Bangladesh Belgium Brazil Canada Chile China Cuba Denmark Egypt
Estonia Finland France Germany Ghana Greece Hungary Iceland India Iran Ireland Israel Italy Japan Jordan Kenya
Kuwait Latvia Malta Mexico Morocco Nepal Norway Oman Peru Poland Portugal Qatar Romania Senegal Spain Sweden Turkey
Uganda Vietnam Zambia""".split()


def month_text(month):
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def mixed(number):
    """A pseudo-random 32-bit number of a number (a multiplicative hash, then its upper half folded in)."""
    number = (number * 2654435761 + 12345) & 0xFFFFFFFF
    number ^= number >> 15
    return (number * 2246822519) & 0xFFFFFFFF


def write_series(folder, n):
    with open(folder / "series.csv", "w", encoding="utf-8") as out:
        out.write("series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags\n")
        for i in range(n):
            good = GOODS[i % len(GOODS)]
            kind = KINDS[i // len(GOODS) % len(KINDS)]
            place = PLACES[i // (len(GOODS) * len(KINDS)) % len(PLACES)]
            out.write(f"g{i:05d},Exports of {kind} {good} to {place},Customs returns of {good} ({kind})"
                      f" by country of destination,USD million,sum,{1 if i % 3 else 7},,\n")


def write_sources(folder, groups, first):
    with open(folder / "sources.csv", "w", encoding="utf-8") as out:
        out.write("source_id,publisher,title,url,published,date_basis,kind,authority\n")
        for group in range(groups):
            start = first if group == 0 else LAST - MONTHS + 1
            for month in range(start, LAST + 1):
                text = month_text(month)
                for letter, name, day in (("o", "Office", 15), ("p", "Press", 25)):
                    out.write(f"{letter}{group:04d}-{text},{name} {group},Exports in {text},"
                              f"https://example.org/{letter}{group:04d}/{text},{month_text(month + 1)}-{day},"
                              f"page,{'statistics' if letter == 'o' else 'newspaper'},2\n")


def rows_of(series, first):
    """The reports of one series, month by month."""
    group = series // PER_RELEASE
    level = 50 + mixed(series) % 5000
    for month in range(first, LAST + 1):
        noise = mixed(series * 4099 + month)
        value = level * 10 * (80 + noise % 41 + (month - first) // 6) // 100
        text = month_text(month)
        yield f"g{series:05d},{text},{value // 10}.{value % 10},0.1,o{group:04d}-{text},\n"
        if noise >> 8 & 3 == 0:
            value += noise % 7 == 0
            yield f"g{series:05d},{text},{value // 10}.{value % 10},0.1,p{group:04d}-{text},\n"


def write_reports(folder, wanted):
    """Returns the number of series and the first month of all."""
    written = 0
    series = 0
    long_first = LAST - LONG_MONTHS + 1 if wanted >= 100 * PER_SERIES else LAST - MONTHS + 1
    with open(folder / "reports.csv", "w", encoding="utf-8") as out:
        out.write("series_id,period,value,precision,source_id,note\n")
        while written < wanted:
            rows = list(rows_of(series, long_first if series == 0 else LAST - MONTHS + 1))
            rows = rows[:wanted - written]
            out.write("".join(rows))
            written += len(rows)
            series += 1
    return series, long_first


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    series, first = write_reports(arguments.folder, arguments.reports)
    write_series(arguments.folder, series)
    write_sources(arguments.folder, (series - 1) // PER_RELEASE + 1, first)


if __name__ == "__main__":
    main()
