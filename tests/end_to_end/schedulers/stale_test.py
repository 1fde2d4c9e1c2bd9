#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""stale_test.py TOYS FRESHETD: files that are made again because an input has changed stay until others are in their
place, whoever schedules."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd  # noqa: E402

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]


class Stale(ProgramTest):
    def give(self, content):
        with open(self.path("given"), "w", encoding="utf-8") as file:
            file.write(content)

    def content(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def runs(self, count, *scheduler):
        """The exit statuses of so many runs at once."""
        runs = [self.popen_text(TOYS, "run", "AfterCopied", "--root", self.folder, *scheduler) for _ in range(count)]
        said = [run.communicate(timeout=60) for run in runs]
        return [run.returncode for run in runs], said

    def check_stale_files_stay(self, *scheduler):
        self.give("one")
        self.assertEqual(self.runs(1, *scheduler)[0], [0])
        self.give("another")
        with open(self.path("block"), "w", encoding="utf-8"):
            statuses, said = self.runs(1, *scheduler)
        self.assertEqual(statuses, [30], said)
        self.assertEqual([self.content("copied"), self.content("after-copied")], ["one", "one"])
        os.remove(self.path("block"))
        statuses, said = self.runs(2, *scheduler)
        self.assertEqual(statuses, [0, 0], said)
        self.assertEqual([self.content("copied"), self.content("after-copied")], ["another", "another"])
        self.assertEqual(self.content(".freshet/copied.stale"), "one")
        self.assertEqual(self.content("diary").splitlines(), ["copy", "copy again", "copy", "copy", "copy again"])

    def test_at_a_freshetd(self):
        settings = {"stable_done_cooldown_secs": 0}
        with Freshetd(os.path.join(self.folder, "freshetd"), FRESHETD, settings=settings) as scheduler:
            self.check_stale_files_stay("--scheduler", scheduler.url)

    def test_in_a_shared_state(self):
        self.check_stale_files_stay("--state", self.path("state.sqlite"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
