#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""memory_test.py HOUSEHOLD FRESHETD: the memory of a worker whose task prints 8 MB, in every way, to every reader."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.schedulers import Freshetd  # noqa: E402

HOUSEHOLD, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]

LINES = 100_000  # of 80 letters
MAX_GROWTH = 24_000  # KiB


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="freshet-memory-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name

    def run_task(self, family, way, count, *options):
        """Returns the maximum of the worker's memory, in KiB, and what it wrote."""
        command = [HOUSEHOLD, "run", family, "--way", way, "--count", str(count), "--state",
                   os.path.join(self.folder, "state.sqlite"), *options]
        # AddressSanitizer keeps freed memory.
        environment = {"HOME": self.folder, "PATH": os.environ["PATH"], "ASAN_OPTIONS": "quarantine_size_mb=1"}
        with tempfile.TemporaryFile(dir=self.folder) as written:
            process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            written.seek(0)
            return usage.ru_maxrss, written.read()

    def check(self, family, way, *options):
        least, _ = self.run_task(family, way, 1, *options)
        most, written = self.run_task(family, way, LINES, *options)
        self.assertLess(most - least, MAX_GROWTH, f"{family} {way} {options}: {least} KiB for one line")
        return written.decode()

    def check_lines(self, written):
        self.assertEqual(written.count("x" * 80), LINES)

    def test_lines_that_a_thread_logs(self):
        self.check_lines(self.check("Loud", "log"))

    def test_lines_that_a_thread_prints_and_a_json_log_captures(self):
        records = [json.loads(line) for line in self.check("Loud", "print", "--log-format", "json").splitlines()]
        self.assertEqual(sum(record["msg"] == "x" * 80 for record in records), LINES)

    def test_lines_of_a_program_that_a_thread_runs(self):
        self.check_lines(self.check("Loud", "program"))

    def test_lines_that_a_process_logs(self):
        self.check_lines(self.check("LoudApart", "log", "--log-format", "json"))

    def test_lines_that_a_process_prints(self):
        self.check_lines(self.check("LoudApart", "print"))

    def test_lines_of_a_program_that_a_process_runs(self):
        self.check_lines(self.check("LoudApart", "program"))

    def test_status_messages(self):
        for family in ("Loud", "LoudApart"):
            self.check(family, "status")

    def test_lines_and_status_messages_for_a_scheduler(self):
        with Freshetd(os.path.join(self.folder, "freshetd"), FRESHETD) as scheduler:
            for family, way in (("Loud", "log"), ("Loud", "status"), ("LoudApart", "print")):
                written = self.check(family, way, "--scheduler", scheduler.url)
                if way != "status":
                    self.check_lines(written)


if __name__ == "__main__":
    unittest.main()
