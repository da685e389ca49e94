"""Every #include obeys the order of the layers: app, http, api, then stats and store, then base. And every file of
tests is one that runs."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BELOW = {
    "base": set(),
    "stats": {"base"},
    "store": {"base"},
    "api": {"base", "stats", "store"},
    "http": {"base", "api"},
    "fetch": {"base", "store"},
    "app": {"base", "stats", "store", "api", "http", "fetch"},
}
# Values that both stats and store speak of: what the world said. They have no functions.
SHARED = {"exportstat/stats/report.h"}
# A library's header, and the layers that may know it: one, but for what reads JSON that comes in.
OWNERS = {"sqlite3.h": {"store"}, "microhttpd.h": {"http"}, "zlib.h": {"api"},
          "jansson.h": {"api", "fetch"}, "nettle/sha2.h": {"store"}, "nettle/memops.h": {"store"},
          "nettle/base16.h": {"store"}, "curl/curl.h": {"fetch"}}


def includes():
    for folder in ("src", "include/exportstat"):
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            layer = path.relative_to(ROOT / folder).parts[0]
            for name in re.findall(r'^#include [<"]([^>"]+)[>"]', path.read_text(), re.M):
                yield path.relative_to(ROOT), layer, name


class Layers(unittest.TestCase):
    def test_every_include_points_down(self):
        seen = 0
        for path, layer, name in includes():
            if name.startswith("exportstat/") and name not in SHARED:
                below = name.split("/")[1]
                seen += 1
                self.assertIn(below, BELOW[layer] | {layer}, f"{path} includes {name}")
        self.assertGreater(seen, 50)

    def test_each_library_has_one_layer(self):
        for path, layer, name in includes():
            if name in OWNERS:
                self.assertIn(layer, OWNERS[name], f"{path} includes {name}")

    def test_files_fit_a_sitting(self):
        for folder in ("src", "include"):
            for path in (ROOT / folder).rglob("*.[ch]"):
                lines = len(path.read_text().splitlines())
                self.assertLess(lines, 420, f"{path.relative_to(ROOT)} has {lines} lines")

    def test_every_test_runs(self):
        builds = {path.parent: path.read_text() for path in (ROOT / "tests").rglob("meson.build")}
        named = "".join(builds.values())
        for path in [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "tests").rglob("test_*.c")]:
            if path.parent.name == "container":  # whose one file is a command of ./dev
                continue
            subject = f"'{path.stem.removeprefix('test_')}'"
            # The references are called by the tests of what they are references for.
            near = named if path.parent.name == "reference" else builds.get(path.parent, builds[ROOT / "tests"])
            self.assertTrue(f"{path.name}'" in named or subject in near,
                            f"{path.relative_to(ROOT)} is in no meson.build")


if __name__ == "__main__":
    unittest.main()
