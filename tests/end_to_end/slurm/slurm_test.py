#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""slurm_test.py JOBS PUBLISHED [TEST...]: attempts as jobs of the Slurm cluster of with_slurm."""
import collections
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import poll  # noqa: E402

JOBS, PUBLISHED = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]


def cluster(action):
    subprocess.run([os.environ["SLURM_CLUSTER"], action, os.environ["SLURM_DIR"]], check=True)


def slurm(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class SlurmTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.logs = 0
        self.configure()

    def configure(self, *lines):
        """Writes the configuration; the lines follow those of the section [slurm]."""
        with open(self.path("config.toml"), "w", encoding="utf-8") as file:
            file.write("\n".join(["[slurm]", "folder-interval = 0.1", "queue-interval = 1", *lines, ""]))

    def environment(self):
        return super().environment() | {"SLURM_CONF": os.environ["SLURM_CONF"]}

    def start(self, program, *arguments):
        self.logs += 1
        log = self.path(f"log{self.logs}")
        with open(log, "wb") as out:
            process = self.popen(program, *arguments, "--state", self.path("state.sqlite"), "--config",
                                 self.path("config.toml"), stdout=out, stderr=out)
        process.log = log
        return process

    def said(self, process):
        with open(process.log, encoding="utf-8") as file:
            return file.read()

    def ends(self, process, status=0, seconds=120):
        self.assertEqual(process.wait(seconds), status, self.said(process))
        return self.said(process)

    @staticmethod
    def live_jobs():
        return slurm("squeue", "--me", "--noheader", "--format=%i").split()

    def check_nothing_is_left(self):
        poll(lambda: not self.live_jobs(), "no job is left")
        self.assertEqual(os.listdir(self.path("state.sqlite.slurm")), [])


class Jobs(SlurmTest):
    def act(self, what, *arguments):
        return self.start(JOBS, "run", "Act", "--root", self.folder, "--what", what, *arguments)

    def configure(self, *lines):
        super().configure(*lines, "[resources]", "cpus = 8", "memory = 4000")

    def diary(self):
        """Job and attempt of each line."""
        return [line.split() for line in self.lines_of(self.path("diary"))]

    def written(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read().split()

    def begun(self, attempts=1):
        """The id of the job of the last attempt, once there are so many."""
        poll(lambda: len(self.diary()) == attempts, f"attempt {attempts} begins")
        return self.diary()[-1][0]

    def test_twenty_tasks_run_as_jobs(self):
        self.configure("[[sink]]", 'type = "file"', f'path = "{self.path("events")}"')
        pieces = ["AllPieces", "--root", self.folder, "--backend", "local", "--count", "20"]
        said = self.ends(self.start(PUBLISHED, "run", *pieces, "--workers", "8", "--engine", "slurm"))
        self.assertEqual(len(re.findall(r"is Slurm job \d+", said)), 20)
        self.assertEqual(len(self.diary()), 20)
        self.assertEqual(len(self.lines_of(self.path("events"))), 20)
        self.assertEqual(json.loads(slurm(PUBLISHED, "verify", *pieces, "--json"))["intact"], 20)
        self.check_nothing_is_left()

    def test_a_job_has_the_resources_the_time_and_the_partition_that_are_wanted(self):
        self.configure('partition = "other"', 'arguments = ["--nice=7"]', "[DEFAULT]", 'text = "hello"')
        said = self.ends(self.act("write", "--seconds", "90", "--password", "sesame"))
        job, cpus, password = self.written("write.txt")
        self.assertEqual((cpus, password), ("2", "sesame"))
        self.assertIn(": hello\n", said)
        self.assertNotIn("sesame", said)
        shown = slurm("scontrol", "show", "job", job)
        for expected in ("Partition=other", "TimeLimit=00:03:00", "NumCPUs=2", "mem=100M", "Nice=7", "JobName=Act.",
                         "Comment=Act_"):
            self.assertIn(expected, shown)

    def test_a_crash_and_what_was_printed_before_are_known(self):
        said = self.ends(self.act("crash", "--text", "still here"), 30)
        self.assertIn("killed by signal 6", said)
        self.assertIn("still here", said)
        self.assertEqual([attempt for _, attempt in self.diary()], ["1", "2"])
        self.check_nothing_is_left()

    def test_an_error_is_what_the_task_has_thrown(self):
        self.assertIn("it is to fail", self.ends(self.act("fail"), 30))
        self.assertEqual(len(self.diary()), 1)

    def test_a_timeout_ends_the_attempt(self):
        self.assertIn("took longer than 1 s", self.ends(self.act("hang", "--seconds", "1")))
        self.assertEqual([attempt for _, attempt in self.diary()], ["1", "2"])

    def test_a_job_that_somebody_cancels_is_a_lost_attempt_and_tried_again(self):
        run = self.act("hang")
        slurm("scancel", self.begun())
        self.ends(run)
        self.assertEqual([attempt for _, attempt in self.diary()], ["1", "2"])

    def job_program(self):
        """The process that a job has begun with."""
        for process in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{process}/cmdline", "rb") as file:
                if file.read().startswith(f"{JOBS}\0run-attempt\0{self.folder}/".encode()):
                    return int(process)
        raise AssertionError("no job runs")

    def test_a_job_whose_program_is_killed_is_a_lost_attempt_and_tried_again(self):
        run = self.act("hang")
        job = self.begun()
        os.kill(self.job_program(), signal.SIGKILL)
        self.assertIn(f"lost: its Slurm job {job} has ended as FAILED", self.ends(run))
        self.assertEqual([attempt for _, attempt in self.diary()], ["1", "2"])

    def test_an_aborted_run_cancels_its_jobs(self):
        run = self.act("hang")
        self.begun()
        for expected in ("finishing 1 running", "aborting 1 running"):
            run.send_signal(signal.SIGTERM)
            poll(lambda: expected in self.said(run), expected)
        run.wait(60)
        self.check_nothing_is_left()

    def test_a_controller_that_is_away_is_waited_for(self):
        run = self.act("hang")
        job = self.begun()
        cluster("kill_controller")
        poll(lambda: "Slurm does not answer, and is waited for" in self.said(run), "the outage is noticed")
        cluster("start_controller")
        poll(lambda: "Slurm answers again" in self.said(run), "its end is noticed")
        slurm("scancel", job)
        self.ends(run)
        self.assertEqual([attempt for _, attempt in self.diary()], ["1", "2"])

    def test_the_job_of_a_killed_worker_is_cancelled_by_the_next_one(self):
        run = self.act("hang")
        job = self.begun()
        run.kill()
        run.wait()
        again = self.act("hang")
        self.begun(2)
        poll(lambda: job not in self.live_jobs(), "the job of the killed worker ends")
        slurm("scancel", self.diary()[-1][0])
        self.ends(again)
        self.check_nothing_is_left()

    def wrap_sbatch(self, after):
        """Puts a script before sbatch that submits, once, and does that."""
        os.mkdir(self.path("bin"))
        with open(self.path("bin/sbatch"), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nmkdir {self.path("once")} 2> /dev/null || exec {slurm("which", "sbatch").strip()} "$@"\n'
                       f'{slurm("which", "sbatch").strip()} "$@" > {self.path("submitted")}\n{after}\n')
        os.chmod(self.path("bin/sbatch"), 0o700)
        self.environment = lambda: SlurmTest.environment(self) | {"PATH": self.path("bin") + ":" + os.environ["PATH"]}

    def test_a_job_whose_submission_seems_to_have_failed_is_adopted(self):
        self.wrap_sbatch('echo "sbatch: error: Batch job submission failed: Socket timed out" >&2; exit 1')
        self.ends(self.act("write"))
        self.assertEqual([job for job, _ in self.diary()], self.written("submitted"))

    def test_the_job_of_a_worker_that_was_killed_before_it_knew_the_job_is_cancelled(self):
        # The shell's parent is the worker: env(1) has become the shell.
        self.wrap_sbatch("kill -9 $PPID; sleep 60")
        self.assertEqual(self.act("hang").wait(60), -signal.SIGKILL)
        job = self.begun()
        self.assertEqual([job], self.written("submitted"))
        run = self.act("write")
        self.ends(run)
        poll(lambda: job not in self.live_jobs(), "the job of the killed worker ends")
        self.check_nothing_is_left()

    def test_a_refusal_of_slurm_is_the_failure(self):
        self.configure('partition = "none"')
        self.assertIn("Batch job submission failed: Invalid partition name specified", self.ends(self.act("write"), 30))

    def test_on_this_machine_a_process_stands_in_for_a_job(self):
        self.ends(self.act("crash", "--engine", "local"), 30)
        self.assertEqual(self.diary(), [["1"], ["2"]])

    def test_build_runs_jobs_of_the_authors_program(self):
        process = self.popen_text(JOBS, "build", self.folder)
        said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, said)
        self.assertTrue(self.written("plain.txt")[0].isdigit())


class ManyKills(SlurmTest):
    count = int(os.environ.get("FRESHET_TASKS", "500"))

    def attempts(self):
        return self.lines_of(self.path("diary"))

    def operate(self):
        """What an operator does for a controller that has lost its last seconds: it drains nodes on which it finds jobs that
        it has forgotten, and takes jobs that have ended for running ones until it asks the nodes again."""
        while not self.is_over.wait(3):
            subprocess.run(["scontrol", "reconfigure"], capture_output=True, check=False)
            for node in subprocess.run(["sinfo", "--noheader", "--states=drain", "--format=%n"], capture_output=True,
                                       text=True, check=False).stdout.split():
                subprocess.run(["scontrol", "update", f"NodeName={node}", "State=RESUME"], capture_output=True, check=False)

    def setUp(self):
        super().setUp()
        self.is_over = threading.Event()
        operator = threading.Thread(target=self.operate)
        operator.start()
        self.addCleanup(operator.join)
        self.addCleanup(self.is_over.set)

    def start_run(self):
        return self.start(PUBLISHED, "run", "AllPieces", "--root", self.folder, "--backend", "local", "--count",
                          str(self.count), "--workers", "16", "--engine", "slurm")

    def test_each_task_has_one_recorded_completion(self):
        seed = random.randrange(10**6)
        print(f"seed {seed}", flush=True)
        chance = random.Random(seed)
        self.configure("[[sink]]", 'type = "file"', f'path = "{self.path("events")}"')
        run = self.start_run()
        kills = ["worker", "controller", "job"] * max(2, self.count // 50)
        moments = sorted(chance.randrange(self.count) for _ in kills)
        chance.shuffle(kills)
        for kill, moment in zip(kills, moments):
            poll(lambda: len(self.attempts()) > moment or run.poll() is not None, "the work goes on", 600)
            if kill == "worker":
                run.kill()
                run.wait()
                run = self.start_run()
            elif kill == "controller":
                cluster("kill_controller")
                cluster("start_controller")
            elif jobs := slurm("squeue", "--me", "--noheader", "--states=RUNNING", "--format=%i").split():
                subprocess.run(["scancel", "--quiet", chance.choice(jobs)], check=False)
        self.ends(run, seconds=1200)
        self.check_completions()
        self.check_nothing_is_left()

    def check_completions(self):
        """All is published by one attempt each, which was announced, and of which no other one knows to be done."""
        published = {}
        for number in range(1, self.count + 1):
            with open(self.path(f"store/piece{number}"), encoding="utf-8") as file:
                published[f"piece{number}"] = file.read().split()[2]
        ids = collections.defaultdict(set)
        for event in map(json.loads, self.lines_of(self.path("events"))):
            ids[event["subject"]].add(event["id"])
        self.assertEqual(ids, {name: {token} for name, token in published.items()})
        pieces = ["AllPieces", "--root", self.folder, "--backend", "local", "--count", str(self.count)]
        self.assertEqual(json.loads(slurm(PUBLISHED, "verify", *pieces, "--json"))["intact"], self.count)
        print(f"{len(self.attempts())} attempts at {self.count} tasks")


if __name__ == "__main__":
    unittest.main()
