#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""logs_test.py TOYS FRESHETD: what attempts logged, while they run and afterwards."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, poll  # noqa: E402

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]


class Logs(ProgramTest):
    def run_toys(self, *arguments):
        process = self.popen_text(TOYS, *arguments)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def narrator(self, *options):
        return ["Narrator", "--root", self.folder, *options]

    def go(self):
        open(self.path("go"), "w", encoding="utf-8").close()

    def texts(self, log):
        """The lines without their times."""
        return [line.partition(" ")[2] for line in log.splitlines()]

    def test_logs_shows_the_last_attempt_or_the_one_that_is_asked_for(self):
        self.go()
        state = ["--state", self.path("state.sqlite")]
        self.assertEqual(self.run_toys("run", *self.narrator("--fails"), *state)[0], 30)
        self.assertEqual(self.run_toys("run", *self.narrator("--fails"), *state)[0], 30)
        status, out, err = self.run_toys("logs", *self.narrator("--fails"), *state)
        self.assertEqual(status, 0, err)
        told = self.texts(out)
        self.assertEqual(told[:2], ["once upon a time", "happily ever after"])
        self.assertRegex(told[2], r"^failed after .*: tell a story: nobody listens$")
        self.assertEqual(len(told), 3)
        self.assertEqual(self.texts(self.run_toys("logs", *self.narrator("--fails"), *state, "--attempt", "1")[1])[:2], told[:2])
        status, out, err = self.run_toys("logs", *self.narrator("--fails"), *state, "--attempt", "7")
        self.assertEqual((status, out), (0, ""))
        self.assertIn("no log of attempt 7", err)

    def test_logs_follows_an_attempt_until_it_ends(self):
        state = ["--state", self.path("state.sqlite")]
        run = self.popen_text(TOYS, "run", *self.narrator(), *state)
        poll(lambda: "narrator begins" in self.lines_of(self.path("diary")), "the task runs")
        followed = self.popen_text(TOYS, "logs", *self.narrator(), *state, "--follow")
        self.assertIn("once upon a time", followed.stdout.readline())
        self.go()
        out, _ = followed.communicate(timeout=60)
        self.assertEqual(self.texts(out)[0], "happily ever after")
        self.assertRegex(self.texts(out)[1], "^done in ")
        run.communicate(timeout=60)
        self.assertEqual((run.returncode, followed.returncode), (0, 0))

    def test_a_follower_of_a_run_that_is_killed_ends(self):
        state = ["--state", self.path("state.sqlite")]
        run = self.popen_text(TOYS, "run", *self.narrator(), *state)
        poll(lambda: "narrator begins" in self.lines_of(self.path("diary")), "the task runs")
        followed = self.popen_text(TOYS, "logs", *self.narrator(), *state, "--follow")
        self.assertIn("once upon a time", followed.stdout.readline())
        run.kill()
        followed.communicate(timeout=60)
        self.assertEqual(followed.returncode, 0)

    def test_a_worker_of_a_freshetd_keeps_the_logs_beside_its_own_state(self):
        self.go()
        with Freshetd(self.path("freshetd"), FRESHETD) as scheduler:
            state = ["--state", self.path("state.sqlite")]
            status, _, err = self.run_toys("run", *self.narrator(), *state, "--scheduler", scheduler.url)
            self.assertEqual(status, 0, err)
            _, out, err = self.run_toys("logs", *self.narrator(), *state)
        self.assertEqual(self.texts(out)[:2], ["once upon a time", "happily ever after"], err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
