"""Writes files into a C source as an array of struct embedded: embed.py SYMBOL OUTPUT FILE...

The word --digest among the files adds an entry `sha256`, the digest of those before it.
"""
import hashlib
import json
import sys
from pathlib import Path

import yaml


def contents(path):
    """The bytes of a file; NAME.yaml:json stands for the same document as JSON."""
    if path.endswith(":json"):
        document = yaml.safe_load(Path(path.removesuffix(":json")).read_text(encoding="utf-8"))
        return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
    return Path(path).read_bytes()


def entries(paths):
    """(name, bytes) of each file in turn."""
    digest = hashlib.sha256()
    for path in paths:
        if path == "--digest":
            yield "sha256", digest.hexdigest().encode()
            continue
        data = contents(path)
        digest.update(data + b"\0")
        yield Path(path).name, data


def main(symbol, output, *paths):
    lines = ['#include "exportstat/base/embedded.h"', "", f"const struct embedded {symbol}[] = {{"]
    for name, data in entries(paths):
        lines.append(f'    {{ "{name}", {len(data)}, (const char[]){{')
        for at in range(0, len(data), 24):
            lines.append("        " + "".join(f"'\\x{byte:02x}'," for byte in data[at:at + 24]))
        lines.append("        0 } },")
    lines += ["    { 0, 0, 0 },", "};", ""]
    Path(output).write_text("\n".join(lines), encoding="ascii")


main(*sys.argv[1:])
