#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""autoscale_test.py TOYS FRESHETD TASKS: `freshet autoscale` starts and stops workers of toys at a real freshetd; its
burst is of so many tasks."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, poll, task_id  # noqa: E402

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
TASKS = int(sys.argv[3])
FRESHET = os.path.join(os.path.dirname(FRESHETD), "freshet")
SLURM_WORKER = os.path.abspath("src/daemon/deploy/slurm_worker")
del sys.argv[1:4]

SECONDS = 30 + TASKS / 20


class Autoscale(ProgramTest):
    def setUp(self):
        super().setUp()
        self.root = os.path.join(self.folder, "toys")
        os.mkdir(self.root)
        self.decisions = []

    def environment(self):
        slurm = {name: value for name, value in os.environ.items() if name.startswith("SLURM_")}
        return {**super().environment(), **slurm}

    @contextlib.contextmanager
    def freshetd(self):
        with Freshetd(os.path.join(self.folder, "freshetd"), FRESHETD) as self.scheduler:
            yield self.scheduler

    def autoscale(self, *arguments, worker=(TOYS,)):
        """Starts it; its decisions are collected as it makes them."""
        with open(self.path("errors"), "ab") as errors:  # and the workers' output
            process = self.popen(FRESHET, "autoscale", "--scheduler", self.scheduler.url, "--json", "--interval", "1",
                                 *arguments, *worker, stdout=subprocess.PIPE, stderr=errors, text=True)
        threading.Thread(target=self.collect, args=[process.stdout], daemon=True).start()
        return process

    def collect(self, output):
        for line in output:
            self.decisions.append(json.loads(line))

    def events(self, name):
        return [decision for decision in self.decisions if decision["event"] == f"autoscale.{name}"]

    def workers(self):
        """The processes of the workers that were started and have not been told to have ended."""
        started = {pid for decision in self.events("start") for pid in decision["pids"]}
        return started - {decision["pid"] for decision in self.events("ended")}

    def register(self, family, **params):
        return self.register_all(family, [params])[0]

    def register_all(self, family, all_params):
        """Registers tasks as a planner does that runs none."""
        ids = []
        tasks = []
        for params in all_params:
            params = {"root": self.root, **params}
            ids.append(task_id(family, params))
            tasks.append({"worker": "planner", "task_id": ids[-1], "family": family, "params": params})
        self.scheduler.call("register_tasks", tasks=tasks)
        return ids

    def made(self, prefix):
        return [name for name in os.listdir(self.root) if name.startswith(prefix)]

    def assert_ends_well(self, process, seconds=30):
        self.assertEqual(process.wait(timeout=seconds), 0, self.lines_of(self.path("errors"))[-20:])

    def test_a_burst_is_run_by_as_many_workers_as_may_be_and_none_is_left_when_all_is_quiet(self):
        with self.freshetd():
            process = self.autoscale("--max", "2", "--cooldown", "3")
            for begin in range(0, TASKS, 1000):
                numbers = range(begin, min(begin + 1000, TASKS))
                self.register_all("Chapter", [{"number": str(number)} for number in numbers])
            poll(lambda: len(self.made("chapter")) == TASKS, f"{TASKS} tasks are run", SECONDS)
            poll(lambda: self.events("drain") and not self.workers(), "the workers have ended")
            self.assertEqual([event["count"] for event in self.events("start")], [2])
            self.assertEqual([event["status"] for event in self.events("ended")], ["exit status 0"] * 2)
            self.register("Chapter", number=str(TASKS))
            poll(lambda: self.made(f"chapter{TASKS}"), "one more is run")
            process.terminate()
            self.assert_ends_well(process)

    def test_workers_go_on_while_freshetd_is_restarted(self):
        with self.freshetd() as scheduler:
            process = self.autoscale("--max", "1", "--cooldown", "6", "--families", "Chapter")
            self.register("Chapter", number="1")
            self.register("Herald", number="1")
            poll(lambda: self.made("chapter1"), "a task is run")
            scheduler.kill()
            poll(lambda: self.events("unreachable"), "the scheduler is missed")
            scheduler.start()
            poll(lambda: self.events("reachable"), "the scheduler is found again")
            self.register("Chapter", number="2")
            poll(lambda: self.made("chapter2"), "a later task is run")
            poll(lambda: self.events("drain") and not self.workers(), "the worker has ended")
            self.assertEqual(len(self.events("start")), 1)
            self.assertFalse(self.made("herald"), "it is of another family")
            process.terminate()
            self.assert_ends_well(process)

    def test_a_worker_that_is_drained_finishes_what_it_runs(self):
        with self.freshetd():
            process = self.autoscale("--max", "1")
            self.register("Slow")
            poll(lambda: self.lines_of(os.path.join(self.root, "diary")), "the task has begun")
            process.terminate()
            poll(lambda: self.events("stop"), "it stops")
            with open(os.path.join(self.root, "go"), "w", encoding="utf-8"):
                pass
            self.assert_ends_well(process)
            self.assertTrue(self.made("slow"))
            self.assertEqual(self.lines_of(os.path.join(self.root, "diary")), ["slow begins", "slow ends"])

    def test_workers_are_drained_when_the_autoscaler_is_killed(self):
        with self.freshetd():
            process = self.autoscale("--max", "1", "--min", "1")
            poll(self.workers, "the minimum is started")
            (worker,) = self.workers()
            poll(lambda: self.scheduler.call("worker_list"), "it works")
            process.kill()
            poll(lambda: not self.scheduler.call("worker_list") or not os.path.exists(f"/proc/{worker}"), "it has ended")

    def test_a_command_of_ones_own_is_a_worker_and_failing_ones_are_not_started_all_the_time(self):
        with self.freshetd():
            mark = self.path("started")
            fails = self.autoscale("--max", "1", worker=("--command", f"sh -c 'echo >> {mark}; exit 3'"))
            self.register("Chapter", number="1")
            poll(lambda: len(self.events("ended")) == 2, "it is tried again")
            self.assertIn("exit status 3; the next one is started in 2 s", self.events("ended")[1]["msg"])
            fails.terminate()
            self.assert_ends_well(fails)
            self.assertFalse(self.made("chapter"))
            serves = self.autoscale("--max", "1", worker=("--command", f"{TOYS} work --scheduler {self.scheduler.url}"))
            poll(lambda: self.made("chapter1"), "the task is run")
            (worker,) = self.workers()
            self.assertEqual(os.readlink(f"/proc/{worker}/exe"), TOYS, "no shell is in between")
            serves.send_signal(signal.SIGINT)
            self.assert_ends_well(serves)

    @unittest.skipUnless("SLURM_CONF" in os.environ, "needs a Slurm cluster")
    def test_a_worker_that_is_a_job_of_slurm_finishes_what_it_runs(self):
        with self.freshetd():
            process = self.autoscale("--max", "2", worker=(
                "--command", f"{SLURM_WORKER} {TOYS} work --scheduler {self.scheduler.url} --idle 600"))
            self.register("Slow")
            poll(lambda: self.lines_of(os.path.join(self.root, "diary")), "the task has begun", 60)
            process.terminate()
            poll(lambda: self.events("stop"), "it stops")
            with open(os.path.join(self.root, "go"), "w", encoding="utf-8"):
                pass
            self.assert_ends_well(process)
            self.assertEqual(self.lines_of(os.path.join(self.root, "diary")), ["slow begins", "slow ends"])
            jobs = subprocess.run(["squeue", "--noheader"], capture_output=True, text=True, check=True)
            self.assertEqual(jobs.stdout, "")


unittest.main(verbosity=2)
