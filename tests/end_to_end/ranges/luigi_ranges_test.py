# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""luigi_ranges_test.py CALENDAR: ranges of the program and of the real Luigi, with the same tasks complete."""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import unittest

import luigi
from luigi.tools import range as ranges

CALENDAR = os.path.abspath(sys.argv.pop(1))


class Task(luigi.Task):
    root = luigi.Parameter()
    region = luigi.Parameter(default="eu")

    def output(self):
        at = dict(self.get_params())["at"].serialize(self.at)
        return luigi.LocalTarget(os.path.join(self.root, f"{self.task_family}-{at}"))


def dated(name, parameter):
    return type(name, (Task,), {"at": parameter, "__module__": __name__})


D, H = dated("D", luigi.DateParameter()), dated("H", luigi.DateHourParameter())
M, O = dated("M", luigi.DateMinuteParameter()), dated("O", luigi.MonthParameter())

NOW = 1_787_292_000  # 2026-08-21T06:00:00Z
DAY, HOUR = datetime.date, datetime.datetime


class Ranges(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def make(self, *names):
        for name in names:
            with open(os.path.join(self.folder, name), "w"):
                pass

    def check(self, luigi_class, of, **values):
        """The same range here and there; returns the number of tasks that it requires."""
        family = luigi_class.task_family.removesuffix("Base")
        values = {"of_params": {"root": self.folder}, "param_name": "at", **values}
        theirs = type(family, (luigi_class,), {"__module__": __name__})(of=of, **values)
        command = [CALENDAR, "plan", family, "--json", "--of", of.task_family]
        for name, text in theirs.to_str_params().items():
            if name != "of":
                command += [f"--{name.replace('_', '-')}", text]
        ran = subprocess.run(command, capture_output=True, text=True, env={"HOME": self.folder})
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        ours = json.loads(ran.stdout)["planned"]
        required = [task.task_id for task in theirs.requires()]
        self.assertEqual([task["task_id"] for task in ours if task["task"][1] == "("], required)
        # A range without incomplete tasks is complete, and not planned.
        self.assertEqual([task["task_id"] for task in ours if task["task"][1] != "("], [theirs.task_id] if required else [])
        return len(required)

    def test_days(self):
        self.make("D-2026-08-19", "D-2026-06-01")
        range_of = lambda **values: self.check(ranges.RangeDailyBase, D, now=NOW, **values)  # noqa: E731
        self.assertEqual(range_of(start=DAY(2026, 8, 10)), 11)
        self.assertEqual(range_of(start=DAY(2026, 8, 10), stop=DAY(2026, 8, 20)), 9)
        self.assertEqual(range_of(start=DAY(2020, 1, 1)), 50)
        self.assertEqual(range_of(start=DAY(2020, 1, 1), task_limit=1000), 98)
        self.assertEqual(range_of(start=DAY(2020, 1, 1), task_limit=1000, days_back=3, days_forward=2), 4)
        self.assertEqual(range_of(reverse=True, stop=DAY(2026, 8, 20), task_limit=3), 3)
        self.assertEqual(range_of(start=DAY(2026, 8, 19), stop=DAY(2026, 8, 20)), 0)
        self.assertEqual(range_of(start=DAY(2027, 8, 19)), 0)
        self.assertEqual(range_of(start=DAY(2026, 8, 10), of_params={"root": self.folder, "region": "\u00e9 us"}), 11)

    def test_now_that_is_not_said(self):
        self.check(ranges.RangeDailyBase, D, start=DAY(2026, 8, 10), stop=DAY(2026, 8, 20))

    def test_hours(self):
        self.make("H-2026-08-21T05", "H-2026-08-20T23")
        range_of = lambda **values: self.check(ranges.RangeHourlyBase, H, **values)  # noqa: E731
        self.assertEqual(range_of(now=NOW, start=HOUR(2026, 8, 20, 20)), 8)
        self.assertEqual(range_of(now=NOW + 1, start=HOUR(2026, 8, 20, 20)), 9)
        self.assertEqual(range_of(now=NOW - 1, start=HOUR(2026, 8, 20, 20), hours_back=5), 4)
        self.assertEqual(range_of(now=NOW, reverse=True, stop=HOUR(2026, 8, 21, 2), hours_forward=9, task_limit=4), 4)

    def test_minutes(self):
        self.make("M-2026-08-21T0555")
        range_of = lambda **values: self.check(ranges.RangeByMinutesBase, M, **values)  # noqa: E731
        self.assertEqual(range_of(now=NOW, start=HOUR(2026, 8, 21, 5, 50)), 9)
        self.assertEqual(range_of(now=NOW, start=HOUR(2026, 8, 21, 5, 2), minutes_interval=5), 10)
        self.assertEqual(range_of(now=NOW - 61, start=HOUR(2026, 8, 21, 5, 2), minutes_interval=20, minutes_back=30), 1)

    def test_months(self):
        self.make("O-2026-05")
        range_of = lambda **values: self.check(ranges.RangeMonthly, O, **values)  # noqa: E731
        self.assertEqual(range_of(now=NOW, start=DAY(2026, 2, 1)), 5)
        self.assertEqual(range_of(now=NOW, start=DAY(2020, 2, 1), months_forward=2), 14)
        self.assertEqual(range_of(now=NOW, reverse=True, stop=DAY(2026, 5, 1), task_limit=2), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
