#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""remains_test.py HOUSEHOLD FRESHETD: tasks whose programs start daemons, which end with each attempt."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.schedulers import Freshetd, poll  # noqa: E402

HOUSEHOLD, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]


def runs(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        return stat[stat.rindex(")") + 2] != "Z"
    return False


class Remains(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-remains-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, family, end, *options):
        process = subprocess.Popen([HOUSEHOLD, "run", family, "--root", str(self.root), "--end", end, *options],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   env={"HOME": str(self.folder), "PATH": os.environ["PATH"]})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def pids(self):
        path = self.root / "pids"
        return path.read_text().split() if path.exists() else []

    def each_attempt(self):
        for family in ("Untidy", "UntidyApart"):
            for end, status, attempts in (("well", 0, {1}), ("badly", 30, {3}), ("late", 30, {1, 2, 3})):
                with self.subTest(family=family, end=end):
                    self.root = self.folder / f"{family}-{end}"
                    self.root.mkdir()
                    yield family, end, status, attempts

    def test_daemons_end_with_their_attempt_and_are_named(self):
        for family, end, status, attempts in self.each_attempt():
            written, _ = (process := self.start(family, end)).communicate(timeout=120)
            self.assertEqual(process.returncode, status, written)
            self.assertIn(len(self.pids()), attempts)  # a late one may be too slow to start a daemon
            for pid in self.pids():
                self.assertFalse(runs(pid))
                self.assertRegex(written, rf"killed what it left running: .*\(pid {pid}\)")

    def test_the_scheduler_is_told_the_names(self):
        self.root = self.folder
        with Freshetd(self.folder / "freshetd", FRESHETD) as scheduler:
            self.start("UntidyApart", "badly", "--scheduler", scheduler.url).communicate(timeout=120)
            found = scheduler.call("task_search", task_str="UntidyApart")
            task, = (task for tasks in found.values() for task in tasks)
            self.assertRegex(scheduler.call("fetch_error", task_id=task)["error"],
                             rf"a bad day; killed what it left running: .*\(pid {self.pids()[-1]}\)")

    def test_a_worker_that_is_killed_leaves_no_daemon_of_an_attempt_in_a_process(self):
        self.root = self.folder
        worker = self.start("UntidyApart", "late")
        pid, = poll(self.pids, "a daemon")
        worker.send_signal(signal.SIGKILL)
        poll(lambda: not runs(pid), "the end of the daemon")


if __name__ == "__main__":
    unittest.main()
