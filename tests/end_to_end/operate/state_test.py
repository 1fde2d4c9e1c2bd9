#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""state_test.py TOYS FRESHETD: the operator's commands against state files, free ones and those that a run holds."""

import signal
import unittest

from operator_test import FIRST, SECOND, TOYS, OperatorTest, poll


class AgainstAFreeState(OperatorTest):
    """The state that a freshetd has left."""

    def setUp(self):
        super().setUp()
        scheduler = self.start_freshetd()
        self.add_tasks(scheduler)
        self.fail_first(scheduler)
        scheduler.stop()
        self.state = ["--state", self.path("freshetd/freshetd.sqlite")]

    def test_it_is_read(self):
        self.assertEqual(self.json_of("status", *self.state)["tasks"], {"FAILED": 1, "PENDING": 2})
        self.assertEqual(len(self.json_of("tasks", "Report", *self.state)["tasks"]), 2)
        self.assertIn("disk on fire", self.freshet("why", "Report", "--day", "2026-08-21", *self.state))
        self.assertEqual([worker["name"] for worker in self.json_of("workers", *self.state)["workers"]], ["W"])

    def test_it_is_changed_and_the_change_is_there_at_the_next_start(self):
        for command, status in (("retry", "PENDING"), ("forgive", "PENDING"), ("done", "DONE")):
            scheduler = self.start_freshetd()
            if command != "retry":
                self.fail_first(scheduler)
            scheduler.stop()
            self.assertIn(f"is {status} now", self.freshet(command, "Report_2026_08_21", *self.state))
            scheduler.start()
            self.assertEqual(scheduler.status_of(FIRST), status)
            scheduler.stop()

    def test_it_is_paused_and_its_limits_are_set(self):
        self.freshet("pause", *self.state)
        self.freshet("resources", "set", "db", "3", *self.state)
        scheduler = self.start_freshetd()
        self.assertTrue(scheduler.call("is_paused")["paused"])
        self.assertEqual(scheduler.call("resource_list")[0]["num_total"], 3)
        scheduler.stop()
        self.freshet("unpause", *self.state)
        self.assertFalse(self.json_of("status", *self.state)["paused"])

    def test_a_failure_is_acknowledged(self):
        self.assertEqual(self.json_of("acknowledge", "--family", "Report", *self.state)["acknowledged"], 1)
        self.assertEqual(self.json_of("acknowledge", FIRST, *self.state)["acknowledged"], 0)

    def test_a_freshetd_that_holds_it_is_named(self):
        self.start_freshetd()
        self.assertEqual(self.status_of(SECOND, *self.state), "PENDING")
        self.freshet("retry", FIRST, *self.state, status=10)
        self.assertIn("--scheduler URL", self.said)

    def test_a_state_that_is_not_there_is_not_made(self):
        for command in (["status"], ["tasks"], ["pause"], ["resources", "set", "db", "1"]):
            self.freshet(*command, "--state", self.path("none.sqlite"), status=35)


class AgainstARun(OperatorTest):
    """The state of a pipeline whose run goes on meanwhile."""

    def setUp(self):
        super().setUp()
        self.state = ["--state", self.path("state.sqlite")]
        self.run_of_toys = self.popen_text(TOYS, "run", "Slow", "--root", self.folder, *self.state)
        poll(lambda: "slow begins" in self.lines_of(self.path("diary")), "the task runs")

    def test_it_is_read_and_an_attempt_is_cancelled_by_the_run_itself(self):
        self.assertEqual(self.json_of("status", *self.state)["tasks"], {"RUNNING": 1})
        self.assertIn("has been running since", self.freshet("why", "Slow", *self.state))
        self.assertEqual(self.json_of("cancel", "Slow", *self.state)["status"], "FAILED")
        out, _ = self.run_of_toys.communicate(timeout=60)
        self.assertEqual(self.run_of_toys.returncode, 30, out)
        self.assertIn("cancelled", self.freshet("why", "Slow", *self.state))

    def test_it_is_paused_while_the_run_holds_it(self):
        self.freshet("pause", *self.state)
        self.assertTrue(self.json_of("status", *self.state)["paused"])
        self.assertIsNone(self.run_of_toys.poll())

    def test_the_process_of_a_run_that_was_killed_is_not_taken_for_running(self):
        self.run_of_toys.send_signal(signal.SIGKILL)
        self.run_of_toys.wait()
        self.assertIn("its process died", self.freshet("why", "Slow", *self.state))


if __name__ == "__main__":
    unittest.main(verbosity=2)
