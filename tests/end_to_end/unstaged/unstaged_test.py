#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""unstaged_test.py SCRIBBLER FRESHETD: programs that write an output in place are killed in the middle of it."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.schedulers import Freshetd  # noqa: E402

SCRIBBLER, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]


# The defaults are made for days.
QUICK = {"worker_disconnect_delay": 1, "retry_delay": 1, "prune_on_get_work": True}


class Unstaged(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-unstaged-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, command, family, scheduler=None):
        arguments = [SCRIBBLER, command, family, "--root", str(self.root)]
        if scheduler:
            arguments += ["--scheduler", scheduler.url]
        return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                env={"HOME": str(self.folder), "PATH": os.environ["PATH"]})

    def call(self, *arguments, **options):
        process = self.start(*arguments, **options)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said

    def kill_in_the_middle(self, family, scheduler):
        """Kills the program while its task waits for the gate: half of the text is there."""
        for name in ("ready", "gate"):
            os.mkfifo(self.root / name)
        program = self.start("run", family, scheduler)
        reader = os.open(self.root / "ready", os.O_RDONLY)  # waits for the task
        self.assertEqual((self.root / "text").read_text(), "half")
        program.send_signal(signal.SIGKILL)
        program.communicate()
        os.close(reader)
        for name in ("ready", "gate"):
            os.remove(self.root / name)

    def test_the_half_of_a_killed_program_is_made_anew(self):
        for shared in (False, True):
            for family in ("Scribble", "Apart"):
                with self.subTest(family=family, shared=shared), contextlib.ExitStack() as stack:
                    self.root = self.folder / f"{family}{shared}"
                    self.root.mkdir()
                    scheduler = None
                    if shared:
                        scheduler = stack.enter_context(
                            Freshetd(str(self.root / "freshetd"), FRESHETD, settings=QUICK))
                    self.check_recovery(family, scheduler)

    def check_recovery(self, family, scheduler):
        self.kill_in_the_middle(family, scheduler)
        text, aside = self.root / "text", self.root / ".freshet" / "text.unfinished"
        half = text.read_text()
        _, said = self.call("why", family)
        self.assertIn(f"'{text}' is unfinished: the attempt that began at ", said)
        self.assertNotIn("is complete", said)
        status, said = self.call("run", family, scheduler=scheduler)
        self.assertEqual(status, 0, said)
        self.assertIn(f"'{text}' was left unfinished by an attempt that did not end, and was moved to '{aside}'", said)
        self.assertIn(f"{family} wrote '{text}' in place", said)
        self.assertEqual(text.read_text(), "half and half")
        self.assertEqual(aside.read_text(), half)
        _, said = self.call("why", family)
        self.assertIn("is complete: attempt ", said)
        self.assertEqual(os.listdir(self.root / ".freshet" / "staged"), [])


if __name__ == "__main__":
    unittest.main()
