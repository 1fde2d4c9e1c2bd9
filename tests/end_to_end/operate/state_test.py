#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""state_test.py TOYS FRESHETD: the operator's commands against state files, free ones and those that a run holds."""

import json
import signal
import unittest

from operator_test import FIRST, FRESHET, SECOND, TOYS, OperatorTest, Terminal, poll


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
        for command, status in (("retry", "PENDING"), ("done", "DONE")):
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


class AgainstAnEndedRun(OperatorTest):
    """The state of a pipeline whose run has ended with a failure."""

    def test_the_program_knows_of_the_retry_and_of_the_pause(self):
        task, state = ["Broken", "--root", self.folder], ["--state", self.path("state.sqlite")]
        self.run_program(TOYS, "run", *task, *state)
        self.assertIn("is PENDING now", self.freshet("retry", *task, *state))
        _, explanation = self.run_program(TOYS, "why", *task, *state)
        self.assertRegex(explanation, "beyond repair.*; an operator had it tried again at .*; the next run tries it again")
        self.assertNotIn("paused", explanation)
        self.freshet("pause", *state)
        _, explanation = self.run_program(TOYS, "why", *task, *state)
        self.assertIn("the scheduler is paused", explanation)


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


class HistoryOfAState(OperatorTest):
    def setUp(self):
        super().setUp()
        self.state = ["--state", self.path("state.sqlite")]
        self.run_program(TOYS, "run", "Broken", "--root", self.folder, *self.state)
        open(self.path("go"), "w", encoding="utf-8").close()
        self.run_program(TOYS, "run", "Narrator", "--root", self.folder, *self.state)

    def test_runs_and_attempts_are_listed_and_logs_shown(self):
        self.assertEqual([run["exit_status"] for run in self.json_of("runs", *self.state)["runs"]], [0, 30])
        self.assertIn("toys run Narrator", self.freshet("runs", "--last", "1", *self.state))
        attempts = self.json_of("history", "Broken", *self.state)["attempts"]
        self.assertEqual([attempt["status"] for attempt in attempts], ["FAILED"])
        self.assertIn("beyond repair", self.freshet("history", "Broken", "--root", self.folder, *self.state))
        self.assertIn("happily ever after", self.freshet("logs", "Narrator", *self.state))

    def test_the_beginning_of_an_id_names_a_task_to_the_pipeline_itself(self):
        for command in ("why", "history", "list"):
            status, out = self.run_program(TOYS, command, "Broken_", *self.state)
            self.assertEqual(status, 0, self.said)
            self.assertIn("beyond repair" if command != "list" else "Broken(", out)
        self.assertEqual(self.run_program(TOYS, "why", "Brokne", *self.state)[0], 64)
        self.assertIn("did you mean 'Broken'?", self.said)


class Watching(OperatorTest):
    def test_a_state_and_a_freshetd_are_watched_until_sigint(self):
        scheduler = self.start_freshetd()
        self.add_tasks(scheduler)
        state = ["--state", self.path("freshetd/freshetd.sqlite")]
        for number, where in enumerate((["--scheduler", scheduler.url], state)):
            watcher = self.popen_text(FRESHET, "watch", "--json", "--interval", "1", *where)
            self.assertEqual(json.loads(watcher.stdout.readline())["tasks"]["PENDING"], 3 + number)
            scheduler.call("add_task", worker="W", task_id=f"New_{number}", family="New")
            poll(lambda: json.loads(watcher.stdout.readline())["tasks"]["PENDING"] == 4 + number, "the new task is seen")
            watcher.send_signal(signal.SIGINT)
            self.assertEqual(watcher.wait(30), 0)

    def test_on_a_terminal_each_look_takes_the_place_of_the_last_one(self):
        scheduler = self.start_freshetd()
        self.add_tasks(scheduler)
        terminal = Terminal([FRESHET, "watch", "--interval", "1", "--scheduler", scheduler.url], self.folder, "xterm")
        self.addCleanup(terminal.close)
        terminal.wait_for("\x1b[H\x1b[2Jscheduler 'http")
        terminal.wait_for("3 PENDING")
        self.assertEqual(scheduler.call("get_work", worker="W")["task_id"], FIRST)
        terminal.wait_for("Report(day=2026-08-21, region=eu)")
        terminal.send("\x03")  # Ctrl-C
        terminal.wait_for_end()

    def test_a_scheduler_that_comes_later_is_waited_for(self):
        scheduler = self.start_freshetd()
        scheduler.stop()
        watcher = self.popen_text(FRESHET, "watch", "--interval", "1", "--scheduler", scheduler.url)
        self.assertIn("Failed to connect", watcher.stdout.readline())
        scheduler.start()
        poll(lambda: watcher.stdout.readline().startswith("scheduler 'http"), "the scheduler is watched")


if __name__ == "__main__":
    unittest.main(verbosity=2)
