"""The scores of docs/projections.md: how `exportstat project` does on a sample (sample.py), by source and by
known months.

    EXPORTSTAT_FORECAST_SAMPLE=FOLDER python3 tests/forecast/scores.py
"""

import os
import statistics
import sys

from sample import Sample

METHODS = ["bes", "seasonal_share", "run_rate", "prior_year", "recent_pace", "same_as_last_year"]


def origins(sample, method):
    """(source, k, actual, row) of every origin that the method answers."""
    for k in range(1, 12):
        for series, [row] in sample.project(k, "--method", method).items():
            if row["total"]:
                yield (sample.meta[series]["source"], k,
                       float(sample.forecasts[series, k]["actual"]), row)


def score(found):
    """One line: origins, MAPE, median APE, bias, coverage of both intervals, their mean scores."""
    errors = [100 * (actual - float(row["total"])) / actual for _, _, actual, row in found]
    sizes = [abs(error) for error in errors]
    line = [len(found), statistics.mean(sizes), statistics.median(sizes), statistics.mean(errors)]
    for level, alpha in [("80", 0.2), ("95", 0.05)]:
        if not found[0][3][f"low_{level}"]:
            continue
        inside, points = 0, 0
        for _, _, actual, row in found:
            low, high = float(row[f"low_{level}"]), float(row[f"high_{level}"])
            inside += low <= actual <= high
            points += 100 / actual * (high - low + 2 / alpha * (max(0, low - actual) +
                                                                max(0, actual - high)))
        line += [100 * inside / len(found), points / len(found)]
    return "".join(f" | {value:.2f}" if isinstance(value, float) else f"| {value}"
                   for value in line) + " |"


def main(folder):
    sample = Sample(folder)
    print("| | origins | MAPE | median APE | bias | cov 80 | score 80 | cov 95 | score 95 |")
    for method in METHODS:
        found = list(origins(sample, method))
        print(f"| {method} all", score(found))
        if method != METHODS[0]:
            continue
        for source in sorted({one[0] for one in found}):
            print(f"| {source}", score([one for one in found if one[0] == source]))
        for k in range(1, 12):
            print(f"| k = {k}", score([one for one in found if one[1] == k]))


if __name__ == "__main__":
    main(os.environ.get("EXPORTSTAT_FORECAST_SAMPLE") or sys.exit(__doc__))
