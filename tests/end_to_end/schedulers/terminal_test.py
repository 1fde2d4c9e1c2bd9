#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""terminal_test.py TOYS: runs whose terminal, reader or supervisor goes away, and a log that only a program reads."""

import fcntl
import json
import os
import pwd
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import poll  # noqa: E402

TOYS = os.path.abspath(sys.argv.pop(1))


class Terminal(ProgramTest):
    def setUp(self):
        super().setUp()
        self.state = self.path("state.sqlite")

    def start(self, family, *arguments, **options):
        return self.popen(TOYS, "run", family, "--root", self.folder, "--state", self.state, *arguments,
                          **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options})

    def wait_for_slow(self):
        poll(lambda: os.path.exists(self.path("diary")), "a task that runs")

    def stop(self, process, number):
        """Sends the signal; returns when the run has noticed it."""
        process.send_signal(number)
        for line in process.stderr:
            if b"finishing" in line:
                return

    def go(self):
        with open(self.path("go"), "w"):
            pass

    def last_run(self):
        listed = subprocess.run([TOYS, "history", "--state", self.state], capture_output=True, text=True, check=True)
        return listed.stdout.splitlines()[0]

    def test_a_run_whose_reader_has_gone_goes_on_to_its_end(self):
        """run ... 2>&1 | head -1"""
        process = self.start("AfterSlow", stderr=subprocess.STDOUT)
        self.wait_for_slow()
        process.stdout.close()
        self.go()
        self.assertEqual(process.wait(60), 0)
        self.assertTrue(os.path.exists(self.path("after-slow")))
        self.assertIn("exit 0", self.last_run())

    def test_programs_that_a_task_starts_are_ended_by_a_broken_pipe_as_ever(self):
        process = self.start("Chatty")
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"a child's SIGPIPE is 0\n", out)

    def test_a_hang_up_drains_the_run_and_history_knows_its_end(self):
        process = self.start("AfterSlow")
        self.wait_for_slow()
        self.stop(process, signal.SIGHUP)
        self.go()
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 25)
        self.assertIn(b"it was stopped by a signal", out)
        self.assertTrue(os.path.exists(self.path("slow")))
        self.assertFalse(os.path.exists(self.path("after-slow")))
        self.assertIn("exit 25", self.last_run())

    def test_SIGUSR1_starts_no_more_and_any_number_of_it_lets_what_runs_finish(self):
        process = self.start("AfterSlow")
        self.wait_for_slow()
        self.stop(process, signal.SIGUSR1)
        for number in (signal.SIGUSR1, signal.SIGTERM):
            process.send_signal(number)
        self.go()
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 25)
        self.assertNotIn(b"aborting", err)
        self.assertTrue(os.path.exists(self.path("slow")))
        self.assertFalse(os.path.exists(self.path("after-slow")))

    def test_nohup_still_means_that_a_hang_up_is_ignored(self):
        process = self.start("AfterSlow", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.wait_for_slow()
        process.send_signal(signal.SIGHUP)
        self.go()
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertTrue(os.path.exists(self.path("after-slow")))

    def test_a_drained_run_that_left_nothing_undone_ends_with_0(self):
        process = self.start("Slow")
        self.wait_for_slow()
        self.stop(process, signal.SIGTERM)
        self.go()
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertNotIn(b"it was stopped by a signal", out)

    def test_a_run_waits_for_a_state_in_use_as_long_as_for_data(self):
        with open(self.state + ".lock", "w+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.start("Chapter", "--wait-until", "1h", stderr=subprocess.PIPE)
            self.assertRegex(process.stderr.readline(), rb"in use by .*; waiting until ")
            at_once = self.start("Chapter")
            at_once.communicate(timeout=60)
            self.assertEqual(at_once.returncode, 10)
            late = self.start("Chapter", "--wait-until", "2020-01-01T00:00Z")
            late.communicate(timeout=60)
            self.assertEqual(late.returncode, 10)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertTrue(os.path.exists(self.path("chapter0")))

    def test_a_worker_without_USER_has_the_name_of_the_password_database(self):
        self.start("Slow")
        self.wait_for_slow()
        why = subprocess.run([TOYS, "why", "Slow", "--root", self.folder, "--state", self.state], capture_output=True,
                             text=True, check=True, env={"HOME": self.folder})
        self.assertIn(f"username={pwd.getpwuid(os.getuid()).pw_name},", why.stdout)

    def test_whatever_a_thread_task_prints_is_a_record_in_the_json_log(self):
        out, err = self.start("Chatty", "--log-format", "json").communicate(timeout=60)
        self.assertEqual(out, b"")
        records = [json.loads(line) for line in err.decode("ascii").splitlines()]
        printed = [record["msg"] for record in records if record["event"] == "output"]
        self.assertEqual(sorted(printed), sorted(["said on cout", "said by printf", "said on cerr, \ufffd",
                                                  "said by a child", "a child's SIGPIPE is 0"]))
        self.assertIn("logged \ufffd", [record["msg"] for record in records])
        self.assertEqual([record["seq"] for record in records], list(range(1, len(records) + 1)))
        self.assertEqual(records[-1]["event"], "run.done")

    def test_what_is_printed_before_a_run_that_cannot_begin_is_a_record_too(self):
        with open(self.state + ".lock", "w+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.start("Thoughtful", "--log-format", "json")
            out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 10)
        self.assertEqual(out, b"")
        records = [json.loads(line) for line in err.decode("ascii").splitlines()]
        self.assertIn(("output", "a \x1b[31mred thought"), [(record["event"], record["msg"]) for record in records])
        self.assertEqual(records[-1]["event"], "run.failed")

    def test_the_last_words_of_a_failed_assertion_are_not_lost_with_the_log(self):
        process = self.start("Chatty", "--aborts", "True", "--log-format", "json")
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGABRT)
        self.assertIn(b"last words", err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
