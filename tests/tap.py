#!/usr/bin/python3
"""Runs unittest files and prints TAP, one line per test method, for `meson test`.

    python3 tests/tap.py tests/http tests/proxy/test_nginx.py

A directory stands for its `test_*.py`. Failed subtests fold into the line of their method. Why a
test failed goes to stderr as `# ` comments, since that is the stream meson shows on failure.
"""

import os
import pathlib
import sys
import unittest


class TapResult(unittest.TestResult):
    """Writes one TAP line when a test method ends, whatever happened in it."""

    def __init__(self, out):
        super().__init__()
        self.out = out
        self.lines = 0
        self.running = None

    def line(self, ok, name, directive=""):
        self.lines += 1
        # A "#" in a name would start a directive.
        name = name.replace("#", "")
        print(f"{'ok' if ok else 'not ok'} {self.lines} - {name}{directive}", file=self.out, flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.running, self.ok, self.directive = test, True, ""

    def stopTest(self, test):
        self.line(self.ok, test.id(), self.directive if self.ok else "")
        self.running = None
        super().stopTest(test)

    def failed(self, test, text):
        for row in [test.id(), *text.rstrip().splitlines()]:
            print(f"# {row}", file=sys.stderr, flush=True)
        if self.running:
            self.ok = False
        else:  # setUpClass, setUpModule or their counterparts: a line of its own
            self.line(False, test.id())

    def addError(self, test, err):
        super().addError(test, err)
        self.failed(test, self.errors[-1][1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed(test, self.failures[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            broken = self.failures if issubclass(err[0], test.failureException) else self.errors
            self.failed(subtest, broken[-1][1])

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.failed(test, "expected to fail, and passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if self.running:
            self.directive = f" # SKIP {reason}"
        else:
            self.line(True, test.id(), f" # SKIP {reason}")


def load(argument):
    loader = unittest.defaultTestLoader
    path = pathlib.Path(argument).resolve()
    if path.is_dir():
        return loader.discover(str(path), "test_*.py", str(path))
    sys.path.insert(0, str(path.parent))
    return loader.loadTestsFromName(path.stem)


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    # Only TAP on the real stdout: what tests and their children print must not be taken for a line of it.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # Helpers that several directories of tests share stand beside this file.
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    result = TapResult(out)
    unittest.TestSuite(map(load, arguments)).run(result)
    # The plan comes last, because a class that cannot be set up prints one line for all its tests.
    print(f"1..{result.lines}", file=out, flush=True)
    return 0 if result.wasSuccessful() and result.lines else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
