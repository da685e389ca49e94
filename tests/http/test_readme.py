"""What README.md and the documents print is what the program answers.

Every `$ curl` and `$ exportstat show` line in them is run, against a service with the bundled data, and what it prints compared with
the lines below it; a line with only an ellipsis stands for what is left out.
"""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

from service import PROGRAM, ROOT, Service

DOCUMENTS = ["README.md", *sorted(str(path.relative_to(ROOT))
                                  for path in pathlib.Path(ROOT, "docs").glob("*.md"))]


def sessions(text):
    """(command, printed lines) of every indented session."""
    command, printed = None, []
    for line in [*text.split("\n"), ""]:
        if line.startswith("    $ ") or not line.startswith("    "):
            if command and (line.startswith("    $ ") or line == "" or not line.startswith(" ")):
                yield command, printed
                command, printed = None, []
            if line.startswith(("    $ curl ", "    $ build/dev/exportstat show ")):
                command = line[6:]
        elif command and line.startswith("        ") and not printed:
            command += "\n" + line.strip()
        elif command:
            printed.append(line[4:])


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.stop)

    def run_command(self, command):
        url = f"http://127.0.0.1:{self.service.port}"
        command = re.sub(r"(http://)?localhost:8080", url, command)
        command = command.replace("build/dev/exportstat.db", str(self.service.database))
        command = re.sub("^build/dev/exportstat", PROGRAM, command)
        done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True,
                              text=True, timeout=60, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.rstrip("\n").split("\n")

    @unittest.skipUnless(shutil.which("jq") and shutil.which("curl"), "wants curl and jq")
    def test_what_is_printed(self):
        seen = 0
        for name in DOCUMENTS:
            for command, printed in sessions((ROOT / name).read_text(encoding="utf-8")):
                with self.subTest(document=name, command=command):
                    seen += 1
                    real = self.run_command(command)
                    if not printed:
                        continue
                    if printed[:1] == ["…"]:
                        printed = printed[1:]
                        real = real[-len(printed):]
                    self.assertEqual(real, printed)
        self.assertGreater(seen, 8)

    def test_the_picture(self):
        self.assertEqual(self.service.get("/v1/exports/chart.svg").body,
                         (ROOT / "docs" / "chart.svg").read_bytes())


if __name__ == "__main__":
    unittest.main()
