# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""examples/reports.cpp for Luigi, with what its commands `backfill` and `verify` do.

  luigi --module luigi_reports RangeDaily --of DailyReport --start 2026-01-01 --workers 4
  luigi --module luigi_reports Backfill --start 2026-01-01 --stop 2026-04-01 --region us
  python luigi_reports.py 2026-01-01 2026-04-01
"""
import collections
import datetime
import hashlib
import itertools
import json
import os
import sys

import luigi
from luigi.tools.range import RangeDaily  # noqa: F401, for the command line

ARTICLES = 200
EPOCH = datetime.date(1970, 1, 1)


def random_numbers(seed):
    while True:
        seed = seed * 48271 % 2147483647
        yield seed


class Day(luigi.Task):
    """The common parameters of a day's tasks."""
    day = luigi.DateParameter(description="of the sales")
    region = luigi.Parameter(default="eu", description="of the shops")
    purchases = luigi.IntParameter(default=100, significant=False, description="size of the sample")
    folder = luigi.Parameter(default="reports", significant=False, description="of all files")
    is_backfill = luigi.BoolParameter(significant=False, description="runs behind other work")

    @property
    def priority(self):
        return -1000 if self.is_backfill else 0

    @property
    def resources(self):
        return {"backfill": 1} if self.is_backfill else {}  # its limit is in luigi.cfg

    def file(self, kind):
        return luigi.LocalTarget(os.path.join(self.folder, kind, self.region, self.day.isoformat()))

    def receipt(self):
        path, name = os.path.split(self.output().path)
        return luigi.LocalTarget(os.path.join(path, ".receipts", name + ".json"))

    def write(self, content):
        """Writes the output, and the receipt by which changes of it and of its inputs are found."""
        with self.output().open("w") as file:
            file.write(content)
        digests = {target.path: digest(target) for target in [self.output(), *luigi.task.flatten(self.input())]}
        with self.receipt().open("w") as file:
            json.dump(digests, file)


class DailySales(Day):
    """Stands for the export of a data base: the articles of each purchase."""
    def output(self):
        return self.file("sales")

    def run(self):
        articles = random_numbers((self.day - EPOCH).days)
        self.write("".join("".join(f"{next(articles) % ARTICLES} " for _ in range(20)) + "\n"
                           for _ in range(self.purchases)))


class DailyReport(Day):
    def requires(self):
        return self.clone(DailySales)

    def output(self):
        return self.file("report")

    def run(self):
        with self.input().open() as sales:
            together = collections.Counter()
            for purchase in sales:
                together.update(itertools.combinations(sorted(set(map(int, purchase.split()))), 2))
        (one, other), times = min(together.items(), key=lambda item: (-item[1], item[0]))
        self.write(f"{one} and {other}, {times} times\n")

    @classmethod
    def bulk_complete(cls, parameter_tuples):
        """One look at each folder instead of one at each file."""
        reports = {parameters: cls(**dict(zip(("day", "region", "folder"), parameters)))
                   if isinstance(parameters, tuple) else cls(day=parameters) for parameters in parameter_tuples}
        made = set()
        for folder in {os.path.dirname(report.output().path) for report in reports.values()}:
            if os.path.isdir(folder):
                made.update(entry.path for entry in os.scandir(folder))
        return [parameters for parameters, report in reports.items() if report.output().path in made]


@DailyReport.event_handler(luigi.Event.FAILURE)
def tell(report, exception):
    print(f"tell somebody: {exception}", file=sys.stderr)


class Backfill(luigi.WrapperTask):
    """The reports of all days from `start` to before `stop`, behind other work."""
    start = luigi.DateParameter()
    stop = luigi.DateParameter()
    region = luigi.Parameter(default="eu")
    folder = luigi.Parameter(default="reports", significant=False)

    def requires(self):
        return [DailyReport(day=self.start + datetime.timedelta(number), region=self.region, folder=self.folder,
                            is_backfill=True) for number in range((self.stop - self.start).days)]


def digest(target):
    with open(target.path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(reports):
    """Names the files that have changed since they were written or used; returns their number."""
    changed = 0
    for task in [task for report in reports for task in (report, report.requires())]:
        with task.receipt().open() as file:
            for path, expected in json.load(file).items():
                if digest(luigi.LocalTarget(path)) != expected:
                    print(f"{path}: changed")
                    changed += 1
    return changed


if __name__ == "__main__":
    first, end = (datetime.date.fromisoformat(day) for day in sys.argv[1:3])
    sys.exit(verify(Backfill(start=first, stop=end).requires()) > 0)
