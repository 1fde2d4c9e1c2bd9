#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""log_size_test.py HOUSEHOLD FRESHETD BYTES: a task that prints so much costs its worker and freshetd a few MB."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.schedulers import Freshetd  # noqa: E402

HOUSEHOLD, FRESHETD, BYTES = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), int(sys.argv[3])
del sys.argv[1:4]

LINE = 81
MAX_GROWTH = 40_000  # KiB
KEPT = 2 * (5 << 20) + 100_000


def peak_memory(process):
    """KiB."""
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as status:
        return int(next(line for line in status if line.startswith("VmHWM:")).split()[1])


class LogSize(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-log-size-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_task(self, scheduler, count):
        """The maximum of the worker's memory, in KiB."""
        command = [HOUSEHOLD, "run", "LoudApart", "--way", "print", "--count", str(count), "--scheduler", scheduler.url]
        environment = {"HOME": self.folder, "PATH": os.environ["PATH"]}
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 30)  # it has no output
        return usage.ru_maxrss

    def get(self, scheduler, path):
        with urllib.request.urlopen(scheduler.url + path, timeout=60) as answer:
            return answer.read()

    def test_memory_is_bounded_and_the_begin_and_the_end_are_kept(self):
        with Freshetd(os.path.join(self.folder, "freshetd"), FRESHETD) as scheduler:
            worker_before, freshetd_before = self.run_task(scheduler, 1), peak_memory(scheduler.process)
            worker_after = self.run_task(scheduler, BYTES // LINE)
            self.assertLess(worker_after - worker_before, MAX_GROWTH)
            self.assertLess(peak_memory(scheduler.process) - freshetd_before, MAX_GROWTH)
            tasks = json.loads(self.get(scheduler, "/api/v1/tasks?family=LoudApart&text=" + str(BYTES // LINE)))["tasks"]
            address = f"/api/v1/task/{tasks[0]['task_id']}/log"
            log = json.loads(self.get(scheduler, address))
            self.assertRegex(log["text"].splitlines()[-1], r"Z failed after ")
            self.assertGreater(log["end"], BYTES)
            self.assertLess(log["end"] - log["left_out"], KEPT)
            self.assertGreater(log["left_out"], 0)
            self.assertLess(len(self.get(scheduler, f"/task/{tasks[0]['task_id']}/log?offset=0")), 500_000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
