"""A sample of forecasts that are known to be right: a folder with

    series.csv       series_id,period,value
    series_meta.csv  series_id,source,H,fy_start,fy_end,fy_start_month: months before the year asked about
    forecasts.csv    series_id,k,point,lo80,hi80,lo95,hi95,actual,path: what bes-1 says with k months known

It is public benchmark data and no part of the project; EXPORTSTAT_FORECAST_SAMPLE names the folder.
"""

import collections
import csv
import io
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("EXPORTSTAT_PROGRAM", str(ROOT / "build" / "dev" / "exportstat"))
BOUNDS = ["low_80", "high_80", "low_95", "high_95"]


def rows(folder, name):
    with open(pathlib.Path(folder) / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Sample:
    def __init__(self, folder):
        self.values = collections.defaultdict(list)
        for row in rows(folder, "series.csv"):
            self.values[row["series_id"]].append((row["period"], row["value"]))
        self.meta = {row["series_id"]: row for row in rows(folder, "series_meta.csv")}
        self.forecasts = {(row["series_id"], int(row["k"])): row
                          for row in rows(folder, "forecasts.csv")}

    def known(self, series, k):
        """What the first k months of the year asked about add up to."""
        months = self.values[series][int(self.meta[series]["H"]):]
        return sum(float(value) for _, value in months[:k])

    def project(self, k, *arguments):
        """{series: [rows]}: what the program says of every series with k months of its year known."""
        answers = collections.defaultdict(list)
        by_start = collections.defaultdict(list)
        for series, meta in self.meta.items():
            if (series, k) in self.forecasts:
                by_start[meta["fy_start_month"]].append(series)
        for start, names in by_start.items():
            text = io.StringIO()
            text.write("series_id,period,value\n")
            for series in names:
                for period, value in self.values[series][:int(self.meta[series]["H"]) + k]:
                    text.write(f"{series},{period},{value}\n")
            done = subprocess.run([PROGRAM, "project", "--fy-start", start, "--format", "csv",
                                   *arguments], input=text.getvalue(), capture_output=True,
                                  text=True, check=False)
            if done.returncode != 0:
                raise AssertionError(done.stderr)
            for row in csv.DictReader(io.StringIO(done.stdout)):
                answers[row["series_id"]].append(row)
        return answers
