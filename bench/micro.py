#!/usr/bin/python3
"""Counts the instructions of the service's parts with callgrind: they repeat exactly, whatever else the machine does.

    micro.py BUILD          prints a table in Markdown
"""

import pathlib
import re
import subprocess
import sys
import tempfile

ROUNDS = 100  # of micro.c


def count(micro, database, part):
    with tempfile.TemporaryDirectory() as folder:
        log = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=measured",
             f"--callgrind-out-file={folder}/out", micro, database, part],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True).stderr
    return int(re.search(r"Collected : (\d+)", log).group(1)) // ROUNDS


def main():
    build = pathlib.Path(sys.argv[1])
    micro = build / "bench" / "micro"
    with tempfile.TemporaryDirectory() as folder:
        database = f"{folder}/bench.db"
        subprocess.run([build / "exportstat", "migrate", "--database", database], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print("| part | instructions |\n|---|---:|")
        for part in subprocess.run([micro], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
            print(f"| {part} | {count(micro, database, part):,} |", flush=True)


if __name__ == "__main__":
    main()
