#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""shared_state_test.py TOYS: runs that use one state at the same time, and die while they do."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import poll  # noqa: E402

TOYS = os.path.abspath(sys.argv.pop(1))


class SharedState(ProgramTest):
    def setUp(self):
        super().setUp()
        self.state = self.path("state.sqlite")
        self.runs = 0

    def start(self, family, *arguments):
        self.runs += 1
        log = self.path(f"log{self.runs}")
        with open(log, "wb") as out:
            process = self.popen(TOYS, "run", family, "--root", self.folder, "--state", self.state, *arguments,
                                 stdout=out, stderr=out)
        process.log = log
        return process

    def kill(self, process):
        process.kill()
        process.wait()

    def text(self, process):
        with open(process.log, encoding="utf-8") as file:
            return file.read()

    def says(self, process, text):
        poll(lambda: text in self.text(process), f"'{text}'")

    def ends(self, process, status=0):
        self.assertEqual(process.wait(60), status, self.text(process))

    def diary(self):
        return self.lines_of(self.path("diary"))

    def has_begun(self, times=1):
        poll(lambda: self.diary().count("slow begins") == times, f"an attempt at Slow, number {times}")

    def go(self):
        with open(self.path("go"), "w"):
            pass

    def waiting_owner(self):
        """A run that holds the state and has nothing to do for an hour."""
        owner = self.start("Early", "--wait-until", "1h")
        self.says(owner, "not available yet")
        return owner

    def slow_guest(self):
        guest = self.start("Slow")
        self.has_begun()
        return guest

    def waiting_run(self):
        """A run that waits for the task that another one runs."""
        run = self.start("AfterSlow")
        self.says(run, "waiting for 1 task of other workers")
        return run

    def all_end_after_one_attempt(self, *runs):
        self.go()
        for run in runs:
            self.ends(run)
        self.assertEqual(self.diary(), ["slow begins", "slow ends"])

    def history(self):
        return subprocess.run([TOYS, "history", "--state", self.state], capture_output=True, text=True, check=True).stdout

    def test_a_run_that_waits_holds_up_no_other(self):
        owner = self.waiting_owner()
        other = self.start("Chapter")
        self.ends(other)
        self.assertRegex(self.text(other), r"in use by 'toys run Early .*; both runs share it")
        self.assertIsNone(owner.poll())

    def test_one_task_of_two_runs_runs_once_and_both_wait_for_it(self):
        first = self.start("AfterSlow")
        self.has_begun()
        second = self.waiting_run()
        self.all_end_after_one_attempt(first, second)

    def test_a_run_waits_for_the_task_of_one_that_came_later(self):
        owner = self.waiting_owner()
        guest = self.slow_guest()
        third = self.waiting_run()
        self.all_end_after_one_attempt(guest, third)
        self.assertIsNone(owner.poll())

    def test_a_limit_holds_for_all_runs_together(self):
        owner = self.waiting_owner()
        weighers = [self.start("Weigh", "--number", str(number)) for number in range(3)]
        for weigher in weighers:
            self.ends(weigher)
        self.assertEqual(self.diary(), ["weigh on", "weigh off"] * 3)
        self.assertIsNone(owner.poll())

    def test_the_others_go_on_when_the_run_that_holds_the_state_is_killed(self):
        owner = self.waiting_owner()
        guest = self.slow_guest()
        self.kill(owner)
        self.says(guest, "the run that held the state has ended: this one holds it now")
        third = self.waiting_run()
        self.all_end_after_one_attempt(guest, third)

    def test_the_others_go_on_when_the_run_that_holds_the_state_ends(self):
        owner = self.waiting_owner()
        guest = self.slow_guest()
        owner.terminate()
        self.ends(owner, 25)
        self.says(guest, "this one holds it now")
        self.all_end_after_one_attempt(guest)

    def test_a_new_run_that_holds_the_state_waits_for_the_tasks_of_older_ones(self):
        owner = self.waiting_owner()
        guest = self.slow_guest()
        guest.send_signal(signal.SIGSTOP)  # else it would take the state over
        self.kill(owner)
        third = self.waiting_run()
        guest.send_signal(signal.SIGCONT)
        self.all_end_after_one_attempt(guest, third)

    def test_a_run_says_that_the_one_which_holds_the_state_does_not_answer(self):
        owner = self.waiting_owner()
        owner.send_signal(signal.SIGSTOP)
        guest = self.start("Chapter")
        self.says(guest, "retrying for up to")
        owner.send_signal(signal.SIGCONT)
        self.ends(guest)

    def test_a_killed_owner_s_task_is_run_by_who_waits_for_it(self):
        owner = self.slow_guest()
        guest = self.waiting_run()
        self.kill(owner)
        self.has_begun(2)
        self.go()
        self.ends(guest)
        self.assertTrue(os.path.exists(self.path("after-slow")))

    def test_a_killed_guest_s_task_is_run_at_once_by_who_waits_for_it(self):
        self.waiting_owner()
        guest = self.slow_guest()
        third = self.waiting_run()
        self.kill(guest)
        self.has_begun(2)
        self.go()
        self.ends(third)
        self.assertIn("the process died", self.history())

    def test_the_history_has_every_run_with_its_own_attempts(self):
        owner = self.waiting_owner()
        self.ends(self.start("Broken"), 30)
        self.ends(self.start("Chapter"))
        owner.terminate()
        self.ends(owner, 25)
        lines = self.history().splitlines()
        for family, status in (("Broken", 30), ("Chapter", 0), ("Early", 25)):
            self.assertEqual(len([line for line in lines if f"run {family}" in line and f"exit {status}" in line]), 1, lines)
        with contextlib.closing(sqlite3.connect(self.state)) as database:
            attempts = database.execute("SELECT task_id, command FROM attempts JOIN runs USING (run_id)").fetchall()
        for family in ("Broken", "Chapter", "Early"):
            commands = {command for task_id, command in attempts if task_id.startswith(family)}
            self.assertEqual([f"run {family} " in command for command in commands], [True], attempts)

    def test_the_owner_delivers_the_events_of_all(self):
        with open(self.path("toys.toml"), "w", encoding="utf-8") as config:
            config.write(f'[[sink]]\ntype = "file"\npath = "{self.path("events.jsonl")}"\n')
        owner = self.start("Early", "--wait-until", "1h", "--config", self.path("toys.toml"))
        self.says(owner, "not available yet")
        self.ends(self.start("Herald", "--config", self.path("toys.toml")))
        events = self.path("events.jsonl")
        poll(lambda: os.path.exists(events) and os.path.getsize(events) > 0, "an event")
        with open(events, encoding="utf-8") as file:
            self.assertEqual(len(re.findall("herald-1", file.read())), 1)

    def test_an_exclusive_run_shares_the_state_with_nobody(self):
        owner = self.slow_guest()
        refused = self.start("Chapter", "--exclusive")
        self.ends(refused, 10)
        self.assertIn("in use by 'toys run Slow", self.text(refused))
        patient = self.start("Chapter", "--exclusive", "--wait-until", "1h")
        self.says(patient, "waiting until")
        self.go()
        self.ends(owner)
        self.ends(patient)

    def test_nobody_shares_the_state_of_an_exclusive_run(self):
        owner = self.start("Slow", "--exclusive")
        self.has_begun()
        self.ends(self.start("Chapter"), 10)
        patient = self.start("Chapter", "--wait-until", "1h")
        self.says(patient, "waiting until")
        self.go()
        self.ends(owner)
        self.ends(patient)

    def test_a_state_may_lie_deeper_than_the_name_of_a_socket_is_long(self):
        deep = self.path("deep/" + "x" * 200)
        os.makedirs(deep)
        self.state = os.path.join(deep, "state.sqlite")
        owner = self.waiting_owner()
        self.ends(self.start("Chapter"))
        self.assertIsNone(owner.poll())
        guest = self.slow_guest()
        self.kill(owner)
        self.says(guest, "this one holds it now")
        self.go()
        self.ends(guest)

    def test_nothing_is_left_beside_the_state(self):
        owner = self.waiting_owner()
        self.ends(self.start("Chapter"))
        owner.terminate()
        self.ends(owner, 25)
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".socket")], [])


if __name__ == "__main__":
    unittest.main()
