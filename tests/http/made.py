"""Series made up for tests: a service whose store holds nothing else."""

import pathlib
import subprocess
import tempfile
import unittest

from service import PROGRAM, Service


def month(first, i):
    year, place = divmod(first[0] * 12 + first[1] - 1 + i, 12)
    return f"{year:04}-{place + 1:02}"


def wobbly(i):
    """Grows, with a season and some noise."""
    return 100 + i + [0, 4, -3, 8, 1, -6, 12, -9, 2, 5, -4, 20][i % 12] + i * 7 % 5


class MadeTest(unittest.TestCase):
    """Series of the class, each a list of (period, value, precision, published)."""
    SERIES = {}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        days = sorted({day for rows in cls.SERIES.values() for *_, day in rows})
        tables = {
            "series": ["series_id,title,description,unit,aggregation,fiscal_year_start,part_of,flags",
                       *[f"{name},Made,,unit,{cls.aggregation(name)},7,," for name in cls.SERIES]],
            "sources": ["source_id,publisher,title,url,published,date_basis,kind,authority",
                        *[f"s-{day},Alpha,All,https://example.org/{day},{day},page,official,3" for day in days]],
            "reports": ["series_id,period,value,precision,source_id,note",
                        *[f"{name},{period},{value},{precision},s-{day}," for name, rows in cls.SERIES.items()
                          for period, value, precision, day in rows]],
        }
        paths = []
        for name, lines in tables.items():
            paths.append(pathlib.Path(folder.name) / f"{name}.csv")
            paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
        cls.database = pathlib.Path(folder.name) / "made.db"
        subprocess.run([PROGRAM, "import", "--empty", "--database", cls.database, *paths],
                       check=True, capture_output=True, timeout=60)
        cls.service = Service("--empty", database=cls.database)
        cls.addClassCleanup(cls.service.stop)

    @staticmethod
    def aggregation(name):
        return "sum"

    def ask(self, path, status=200):
        answer = self.service.get(path)
        self.assertEqual(answer.status, status, answer)
        return answer.json()


def monthly(n, value=wobbly, first=(2015, 7), precision=0.01, without=()):
    """n months, each released on the 15th of the next but one."""
    return [(month(first, i), value(i), precision, f"{month(first, i + 2)}-15")
            for i in range(n) if i not in without]
