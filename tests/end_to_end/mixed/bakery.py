# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The Python half of a graph: it makes Harvest and Bread; mill.cpp makes Flour."""
import os
import pathlib
import time

import luigi


def note(root, line):
    """Appends with O_APPEND, so that the lines of several processes do not mix."""
    file = os.open(pathlib.Path(root) / "diary", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(file, (line + "\n").encode())
    os.close(file)


class Harvest(luigi.Task):
    """Waits for the file "ripe"."""
    root = luigi.Parameter()
    day = luigi.DateParameter()
    field = luigi.IntParameter()

    def output(self):
        return luigi.LocalTarget(f"{self.root}/harvest{self.field}")

    def run(self):
        while not pathlib.Path(self.root, "ripe").exists():
            time.sleep(0.02)
        note(self.root, f"Harvest {self.field}")
        with self.output().open("w") as file:
            file.write("wheat\n")


class Flour(luigi.ExternalTask):
    """External: made by the mill, which requires a Harvest for it."""
    root = luigi.Parameter()
    day = luigi.DateParameter()
    field = luigi.IntParameter()

    def output(self):
        return luigi.LocalTarget(f"{self.root}/flour{self.field}")


class Bread(luigi.Task):
    root = luigi.Parameter()
    day = luigi.DateParameter()
    fields = luigi.IntParameter()

    def requires(self):
        return [Flour(self.root, self.day, field) for field in range(self.fields)]

    def output(self):
        return luigi.LocalTarget(f"{self.root}/bread")

    def run(self):
        note(self.root, "Bread")
        with self.output().open("w") as file:
            for flour in self.input():
                with flour.open() as flour_file:
                    file.write(flour_file.read())


class Bakery(luigi.WrapperTask):
    """Requires Bread, which requires the mill's Flour, which requires the bakery's Harvest."""
    root = luigi.Parameter()
    day = luigi.DateParameter()
    fields = luigi.IntParameter()

    def requires(self):
        return [Bread(self.root, self.day, self.fields),
                *(Harvest(self.root, self.day, field) for field in range(self.fields))]
