# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The tasks of graphs.cpp, for Luigi."""
import os

import luigi


class Empty(luigi.Task):
    root = luigi.Parameter()

    def output(self):
        return luigi.LocalTarget(os.path.join(self.root, self.name()))

    def run(self):
        with self.output().open("w"):
            pass


class Leaf(Empty):
    number = luigi.IntParameter(default=0)

    def name(self):
        return f"leaf{self.number}"


class Independent(luigi.WrapperTask):
    count = luigi.IntParameter()
    root = luigi.Parameter()

    def requires(self):
        return [Leaf(number=number, root=self.root) for number in range(self.count)]


class FanIn(Empty):
    count = luigi.IntParameter()

    def requires(self):
        return [Leaf(number=number, root=self.root) for number in range(self.count)]

    def name(self):
        return f"fan{self.count}"


class Chain(Empty):
    length = luigi.IntParameter()

    def requires(self):
        return [Chain(length=self.length - 1, root=self.root)] if self.length > 1 else []

    def name(self):
        return f"link{self.length}"
