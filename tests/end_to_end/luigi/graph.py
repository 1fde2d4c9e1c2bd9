# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Luigi tasks for real workers. Each run begins and ends with a line in the diary of the folder $GRAPH_FOLDER."""
import datetime
import os
import pathlib
import time

import luigi

FOLDER = pathlib.Path(os.environ.get("GRAPH_FOLDER", "."))


def note(line):
    """Appends with O_APPEND, so that the lines of several processes do not mix."""
    file = os.open(FOLDER / "diary", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(file, (line + "\n").encode())
    os.close(file)


def wait_for(name):
    """Blocks until the test creates the file."""
    while not (FOLDER / name).exists():
        time.sleep(0.02)


class Noted(luigi.Task):
    def output(self):
        return luigi.LocalTarget(str(FOLDER / "out" / self.task_id))

    def work(self):
        pass

    def run(self):
        note(f"begin {self.task_id}")
        self.work()
        with self.output().open("w") as file:
            file.write("x")
        note(f"end {self.task_id}")


class Leaf(Noted):
    number = luigi.IntParameter()


class Pair(Noted):
    """A diamond: both pairs require the middle leaf."""
    number = luigi.IntParameter()

    def requires(self):
        return [Leaf(self.number), Leaf(self.number + 1)]


class Tree(Noted):
    def requires(self):
        return [Pair(number) for number in range(6)]


class Forest(luigi.WrapperTask):
    """Many tasks that take a moment."""
    count = luigi.IntParameter()

    def requires(self):
        return [Leaf(number) for number in range(self.count)]


class FailsTwice(Noted):
    def work(self):
        tries = FOLDER / "tries"
        tries.mkdir(exist_ok=True)
        (tries / str(len(list(tries.iterdir())))).touch()
        if len(list(tries.iterdir())) < 3:
            raise ValueError("not yet \u2603 </b>")


class AfterFailures(Noted):
    def requires(self):
        return FailsTwice()


class FailsAlways(Noted):
    retry_count = 2

    def work(self):
        raise ValueError("never: refused\n\tIs the server running?\n")


class Hopeless(Noted):
    def requires(self):
        return [FailsAlways(), Leaf(1)]


class Missing(luigi.ExternalTask):
    def output(self):
        return luigi.LocalTarget(str(FOLDER / "nowhere"))


class NeedsMissing(Noted):
    def requires(self):
        return [Missing(), Leaf(1)]


class Unplannable(Noted):
    def requires(self):
        raise ValueError("nobody knows what it requires")


class Yields(Noted):
    def run(self):
        first = yield Leaf(1)
        assert first.exists()
        yield [Leaf(2), Leaf(3)]
        super().run()


class Day(Noted):
    """A batch: one run for several days, which share its output."""
    date = luigi.DateParameter(batch_method=max)
    kind = luigi.Parameter()
    max_batch_size = 3

    @property
    def priority(self):
        return self.date.day

    def complete(self):
        made = [path.name.split("_") for path in (FOLDER / "out").glob("Day_*")]
        return any("_".join(name[1:4]) >= self.date.strftime("%Y_%m_%d") for name in made)


class Days(luigi.WrapperTask):
    def requires(self):
        return [Day(datetime.date(2026, 8, day), "a") for day in (1, 2, 3)]


class NeedsDatabase(Noted):
    number = luigi.IntParameter()
    resources = {"database": 1}

    def work(self):
        time.sleep(0.2)  # so that two would overlap, if two were let in


class Databases(luigi.WrapperTask):
    def requires(self):
        return [NeedsDatabase(number) for number in range(5)]


class Listens(Noted):
    accepts_messages = True

    def work(self):
        self.set_tracking_url("http://localhost/track")
        self.set_status_message("listening \u2603")
        self.set_progress_percentage(40)
        message = self.scheduler_messages.get(timeout=60)
        message.respond("heard " + message.content)
        note("heard " + message.content)


class Held(Noted):
    number = luigi.IntParameter()

    def work(self):
        wait_for("go")


class AllHeld(luigi.WrapperTask):
    def requires(self):
        return [Held(number) for number in range(4)]
