# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""backfill_test.py CALENDAR FRESHETD: backfills beside live work, with an embedded scheduler and with a freshetd."""

import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, Luigid, poll  # noqa: E402

CALENDAR, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]
JANUARY = [f"2026-01-0{day}" for day in range(1, 6)]


class Backfill(ProgramTest):
    def setUp(self):
        super().setUp()
        self.state = ["--state", self.path("state.sqlite")]

    def start(self, *arguments):
        return self.popen_text(CALENDAR, *arguments, "--root", self.folder)

    def backfill(self, *options):
        return self.start("backfill", "Door", "--from", "2026-01-01", "--to", "2026-01-06", *options)

    def run_calendar(self, *arguments):
        process = self.start(*arguments)
        out, errors = process.communicate(timeout=60)
        return process.returncode, out, errors

    def ends_well(self, *processes):
        for process in processes:
            out, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, out + errors)

    def diary(self):
        return self.lines_of(self.path("diary"))

    def days(self, word):
        return [line.split()[1] for line in self.diary() if line.startswith(word)]

    def begun(self, count):
        return poll(lambda: len(self.days("begins")) >= count and self.days("begins"), f"{count} attempts")

    def go(self, day=None):
        with open(self.path(f"go-{day}" if day else "go"), "w"):
            pass

    def most_at_once(self):
        at_once = most = 0
        for line in self.diary():
            at_once += 1 if line.startswith("begins") else -1
            most = max(most, at_once)
        return most

    def freshetd(self, **options):
        scheduler = Freshetd(tempfile.mkdtemp(dir=self.folder), FRESHETD, **options)
        scheduler.start()
        self.addCleanup(scheduler.stop)
        return scheduler

    def test_after_kill_9_another_backfill_runs_what_is_missing(self):
        first = self.backfill("--workers", "2", *self.state)
        self.begun(2)
        for day in JANUARY[:2]:
            self.go(day)
        self.begun(4)
        first.kill()
        first.wait()
        self.go()
        second = self.backfill(*self.state)
        out, errors = second.communicate(timeout=60)
        self.assertEqual(second.returncode, 0, out + errors)
        self.assertIn("* 2 complete ones were encountered", out)
        self.assertIn("* 4 ran successfully", out)
        self.assertEqual(sorted(self.days("ends")), JANUARY)
        third = self.backfill(*self.state)
        self.assertIn("Did not run any tasks", third.communicate(timeout=60)[0])
        runs = self.popen_text(CALENDAR, "history", *self.state).communicate(timeout=60)[0]
        self.assertEqual(len(re.findall("calendar backfill Door", runs)), 2, runs)  # the last one had nothing to record

    def test_reverse_begins_with_the_newest(self):
        self.go()
        self.ends_well(self.backfill("--reverse", *self.state))
        self.assertEqual(self.days("begins"), JANUARY[::-1])

    def check_limit(self, why, *where):
        running = self.backfill("--workers", "4", "--max-running", "2", *where)
        self.begun(2)
        poll(lambda: "backfill.Door" in self.run_calendar("why", "Door", "--day", JANUARY[4], *why)[1], "a wait for the limit")
        self.go()
        self.ends_well(running)
        self.assertEqual(self.most_at_once(), 2)
        self.assertEqual(sorted(self.days("ends")), JANUARY)

    def test_no_more_than_max_running_are_run_at_once(self):
        self.check_limit(self.state, *self.state)

    def test_no_more_than_max_running_are_run_at_once_by_all_workers_of_a_freshetd(self):
        scheduler = self.freshetd()
        helper = self.popen_text(CALENDAR, "work", "--scheduler", scheduler.url, "--workers", "4", "--idle", "60",
                                 "--families", "Door")
        poll(lambda: scheduler.call("worker_list"), "a helper")
        self.check_limit(["--scheduler", scheduler.url], "--scheduler", scheduler.url)
        helper.terminate()

    def test_a_run_that_shares_the_state_keeps_the_limit_too(self):
        owner = self.start("run", "Door", "--day", "2025-01-01", *self.state)
        self.begun(1)
        running = self.backfill("--workers", "4", "--max-running", "1", *self.state)
        self.begun(2)
        poll(lambda: "backfill.Door" in self.run_calendar("why", "Door", "--day", JANUARY[4], *self.state)[1], "a wait")
        self.go()
        self.ends_well(owner, running)
        self.assertEqual(self.most_at_once(), 2)  # that of the other run, and one

    def check_priority(self, *where):
        running = self.backfill("--needs-db", *where)
        self.begun(1)
        live = self.start("run", "Door", "--day", "2026-08-21", "--needs-db", *where)
        why = ["why", "Door", "--day", "2026-08-21", *where]
        poll(lambda: "'db'" in self.run_calendar(*why)[1], "live work that waits")
        self.go()
        self.ends_well(running, live)
        self.assertEqual(self.days("begins"), [JANUARY[0], "2026-08-21", *JANUARY[1:]])

    def test_live_work_gets_what_both_need_before_the_backfill(self):
        self.check_priority(*self.state)

    def test_live_work_gets_what_both_need_at_a_freshetd_before_the_backfill(self):
        self.check_priority("--scheduler", self.freshetd().url)

    def test_a_luigid_keeps_the_limit(self):
        with Luigid(tempfile.mkdtemp(dir=self.folder)) as scheduler:
            running = self.backfill("--workers", "4", "--max-running", "2", "--scheduler", scheduler.url)
            self.begun(2)
            self.go()
            self.ends_well(running)
        self.assertEqual(self.most_at_once(), 2)

    def test_a_limit_needs_the_role_that_may_set_it(self):
        token, tokens = self.path("token"), self.path("tokens")
        for path, text in ((token, "0" * 32), (tokens, f"workers work {'0' * 32}\n")):
            with open(path, "w") as file:
                file.write(text)
            os.chmod(path, 0o600)
        self.go()
        where = ["--scheduler", self.freshetd(options=["--token-file", tokens]).url, "--token-file", token]
        status, _, errors = self.run_calendar("backfill", "Door", "--from", "2026-01-01", "--to", "2026-01-03",
                                              "--max-running", "2", *where)
        self.assertEqual(status, 69, errors)
        self.assertIn("operate", errors)
        self.ends_well(self.backfill(*where))


class Values(ProgramTest):
    def plan_of(self, *arguments):
        ran = self.popen_text(CALENDAR, "backfill", *arguments, "--root", self.folder)
        out, errors = ran.communicate(timeout=60)
        return ran.returncode, out + errors

    def test_each_kind_of_value_is_counted_through(self):
        for family, start, stop, options, made in (
                ("D", "2026-02-27", "2026-03-02", [], ["2026-02-27", "2026-02-28", "2026-03-01"]),
                ("H", "2026-01-01T00", "2026-01-01T18", ["--step", "6"], [f"2026-01-01T{hour}" for hour in ("00", "06", "12")]),
                ("M", "2026-01-01T2359", "2026-01-02T0001", [], ["2026-01-01T2359", "2026-01-02T0000"]),
                ("O", "2025-12", "2026-02", [], ["2025-12", "2026-01"]),
                ("Y", "1999", "2001", [], ["1999", "2000"]),
                ("N", "-1", "2", [], ["-1", "0", "1"])):
            with self.subTest(family=family):
                status, said = self.plan_of(family, "--from", start, "--to", stop, "--region", "us", *options)
                self.assertEqual(status, 0, said)
                self.assertEqual(sorted(name for name in os.listdir(self.folder) if name.startswith(family + "-")),
                                 sorted(f"{family}-{text}" for text in made))
        with open(self.path("D-2026-02-27")) as file:
            self.assertEqual(file.read(), "us\n")

    def test_what_is_no_range_is_a_usage_error(self):
        for arguments, reason in (
                (["D", "--from", "2026-01-01"], "--to VALUE is required"),
                (["D", "--from", "2026-01-01", "--to", "soon"], "'soon' is not a date"),
                (["D", "--from", "2026-01-02", "--to", "2026-01-01"], "from 2026-01-02 to 2026-01-01"),
                (["D", "--from", "2026-01-02", "--to", "2026-01-03", "--at", "2026-01-02"], "--at is what --from and --to"),
                (["D", "--from", "2026-01-02", "--to", "2026-01-03", "--param-name", "when"], "no parameter 'when'"),
                (["N", "--from", "0", "--to", "2000000000"], "longer than 1000000"),
                (["D", "--from", "2026-01-02", "--to", "2026-01-03", "--max-running", "0"], "between 1 and 1024"),
                (["D", "--from", "2026-01-02", "--to", "2026-01-03", "--step", "0"], "not above 0")):
            with self.subTest(arguments=arguments):
                status, said = self.plan_of(*arguments)
                self.assertEqual(status, 64, said)
                self.assertIn(reason, said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
