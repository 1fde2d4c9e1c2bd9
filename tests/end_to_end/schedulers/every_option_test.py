#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""every_option_test.py TOYS FRESHETD: what each option of each command changes. A new option has no test of that name here
and fails: show what it changes."""

import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from event_options import EventOptions  # noqa: E402
from operator_options import OperatorOptions  # noqa: E402
from plan_options import PlanOptions  # noqa: E402
from selection_options import SelectionOptions  # noqa: E402
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, free_port, poll  # noqa: E402

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]

COMMANDS = ("run", "backfill", "work", "plan", "tree", "why", "invalidate", "verify", "list", "history", "logs", "page", "deliver", "events", "config",
            "completion", "help")
TOKEN = "0123456789abcdef0123456789abcdef"


def options_of(command):
    shown = subprocess.run([TOYS, "help", command], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^  --([a-z-]+)", shown, re.MULTILINE)


class EveryOption(PlanOptions, SelectionOptions, EventOptions, OperatorOptions, ProgramTest):
    def setUp(self):
        super().setUp()
        self.roots = 0

    def environment(self):
        """`page` starts the program freshet."""
        return {**super().environment(), "PATH": f"{os.path.dirname(FRESHETD)}:{os.environ['PATH']}"}

    def new_root(self):
        self.roots += 1
        root = os.path.join(self.folder, f"root{self.roots}")
        os.mkdir(root)
        return root

    def path(self, name, text=None):
        path = super().path(name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path

    def start(self, *arguments):
        return self.popen_text(TOYS, *arguments)

    def run_toys(self, *arguments):
        """Exit status, standard output, standard error."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def run_root(self, family, *arguments):
        return self.run_toys("run", family, "--root", self.new_root(), *arguments)

    def freshetd(self, **options):
        return Freshetd(tempfile.mkdtemp(dir=self.folder), FRESHETD, **options)

    def ready_freshetd(self):
        """A freshetd with two tasks that a program registered and nobody runs."""
        scheduler = self.freshetd()
        scheduler.start()
        self.addCleanup(scheduler.stop)
        self.root = self.new_root()
        for family in ("Chapter", "Weigh"):
            params = {"root": self.root, "number": "0"}
            scheduler.call("add_task", worker="planner", task_id=self.id_of(family), family=family, params=params, deps=[])
        return scheduler

    def id_of(self, family):
        listed = self.run_toys("tree", family, "--root", self.root, "--dot")[1]
        return re.search(rf'"({family}_[^"]*)" \[', listed).group(1)

    def test_no_option_is_without_a_test(self):
        tested = {name.removeprefix("test_of_") for name in dir(self) if name.startswith("test_of_")}
        for command in COMMANDS:
            for option in options_of(command):
                generic = option in ("config", "help") or command == "config"
                like = "run" if command == "backfill" and option in options_of("run") else command  # one function reads them
                self.assertIn("every_command" if generic else f"{like}_{option.replace('-', '_')}", tested)

    def test_of_every_command(self):
        """--config, --help, and that `config` shows each setting as the command line and as [run] give it."""
        for command in COMMANDS:
            with self.subTest(command=command):
                self.assertIn("usage: toys " + (command if command != "help" else ""), self.run_toys(command, "--help")[1])
                if command != "help":  # which reads no configuration, so that a broken one cannot stop it
                    words = [command, "bash"] if command == "completion" else [command]
                    self.assertEqual(self.run_toys(*words, "--config", "/nowhere.toml")[0], 78)
        values = {"workers": "7", "engine": "local", "state": "/x", "scheduler": "http://x:1", "token-file": "/x", "scheduler-patience": "7",
                  "families": "Chapter", "idle": "7", "log-format": "json", "wait-until": "2h", "longest-pause": "7",
                  "default-timeout": "7", "max-tasks": "7",
                  "exclusive": None, "fail-fast": None, "tempfail-ok": None, "undelivered-ok": None, "metrics-file": "/x.prom"}
        for option in options_of("config"):
            if option in ("config", "help"):
                continue
            with self.subTest(option=option):
                value = values[option]
                given = [f"--{option}"] + ([value] if value else [])
                line = rf"{option} +={' ' + re.escape(value) if value else ' True'} +"
                self.assertNotRegex(self.run_toys("config")[1], line + "command line")
                self.assertRegex(self.run_toys("config", *given)[1], line + "command line")
                file = self.path("toys.toml", f'[run]\n{option} = {"true" if value is None else repr(value)}\n')
                self.assertRegex(self.run_toys("config", "--config", file)[1], line.replace("True", "[Tt]rue") + re.escape(file))

    # run

    def workers_of(self, *arguments):
        root = self.new_root()
        self.start("run", "Slow", "--root", root, "--state", root + ".sqlite", *arguments)
        poll(lambda: os.path.exists(os.path.join(root, "diary")), "a task that runs")
        why = self.run_toys("why", "Slow", "--root", root, "--state", root + ".sqlite")[1]
        return re.search(r"workers=(\d+)", why).group(1)

    def test_of_run_workers(self):
        self.assertEqual([self.workers_of(), self.workers_of("--workers", "3")], ["1", "3"])

    def engine_of(self, *command):
        """Status and errors for Slurm, on a machine without it."""
        environment = self.environment() | {"PATH": self.folder}
        self.environment = lambda: environment
        self.assertEqual(self.run_toys(*command, "--engine", "elsewhere")[0], 64)
        return self.run_toys(*command, "--engine", "slurm")

    def test_of_run_engine(self):
        status, _, said = self.engine_of("run", "Chapter", "--root", self.new_root())
        self.assertEqual((status, "'sbatch' is not in PATH" in said), (78, True), said)
        self.assertEqual(self.run_root("Chapter", "--engine", "local")[0], 0)

    def test_of_run_state(self):
        state = self.path("state.sqlite")
        self.run_root("Chapter")
        self.assertFalse(os.path.exists(state))
        self.run_root("Chapter", "--state", state)
        self.assertTrue(os.path.exists(state))

    def test_of_run_scheduler(self):
        with self.freshetd() as scheduler:
            self.run_root("Chapter")
            self.assertIsNone(scheduler.status_of_family("Chapter"))
            self.run_root("Chapter", "--scheduler", scheduler.url)
            self.assertEqual(scheduler.status_of_family("Chapter"), "DONE")

    def with_tokens(self, *command, role="work"):
        token, tokens = self.path("token", TOKEN), self.path("tokens", f"somebody {role} {TOKEN}\n")
        for path in (token, tokens):
            os.chmod(path, 0o600)
        with self.freshetd(options=["--token-file", tokens]) as scheduler:
            command = [*command, "--scheduler", scheduler.url]
            return self.run_toys(*command)[0], self.run_toys(*command, "--token-file", token)[0]

    def test_of_run_token_file(self):
        self.assertEqual(self.with_tokens("run", "Chapter", "--root", self.new_root()), (69, 0))

    def patience_of(self, *command):
        """What it says first where no scheduler is, with its own patience and with none."""
        command = [*command, "--scheduler", f"http://127.0.0.1:{free_port()}"]
        patient = self.start(*command)
        status, _, said = self.run_toys(*command, "--scheduler-patience", "0")
        return patient.stderr.readline(), status, said

    def test_of_run_scheduler_patience(self):
        patient, status, said = self.patience_of("run", "Chapter", "--root", self.new_root())
        self.assertNotIn("gave up", patient)
        self.assertEqual(status, 69)
        self.assertIn("gave up", said)

    def test_of_run_log_format(self):
        self.assertFalse(self.run_root("Chapter")[2].startswith("{"))
        self.assertTrue(self.run_root("Chapter", "--log-format", "json")[2].startswith("{"))

    def test_of_run_wait_until(self):
        self.assertEqual(self.run_root("Early")[0], 75)
        root = self.new_root()
        waiting = self.start("run", "Early", "--root", root, "--wait-until", "1h", "--longest-pause", "0.01")
        for _ in range(3):
            self.assertIn("is not ready", waiting.stderr.readline())

    def pause_of(self, *arguments):
        said = self.run_root("Early", *arguments)[2]
        at, until = (datetime.datetime.strptime(text, "%H:%M:%S")
                     for text in re.match(r"(\S+) .*; retry at (\S+)", said).groups())
        return (until - at).seconds

    def test_of_run_longest_pause(self):
        self.assertGreater(self.pause_of(), 30)
        self.assertLess(self.pause_of("--longest-pause", "1"), 10)

    def test_of_run_default_timeout(self):
        slow = self.start("run", "Slow", "--root", self.new_root(), "--default-timeout", "0.1")
        self.assertIn("took longer than 100 ms", slow.stderr.readline())

    def test_of_run_max_tasks(self):
        root = self.new_root()
        self.assertEqual(self.run_toys("run", "Shipment", "--root", root, "--max-tasks", "2")[0], 25)
        self.assertEqual(sum(name.startswith("parcel") for name in os.listdir(root)), 2)

    def test_of_run_exclusive(self):
        root = self.new_root()
        self.start("run", "Slow", "--root", root, "--state", root + ".sqlite")
        poll(lambda: os.path.exists(os.path.join(root, "diary")), "a task that runs")
        chapter = ["run", "Chapter", "--root", root, "--state", root + ".sqlite"]
        self.assertEqual([self.run_toys(*chapter, "--exclusive")[0], self.run_toys(*chapter)[0]], [10, 0])

    def test_of_run_tempfail_ok(self):
        self.assertEqual([self.run_root("Early")[0], self.run_root("Early", "--tempfail-ok")[0]], [75, 0])

    # backfill

    def chapters_of(self, *options, start="1", stop="4"):
        """The numbers of the chapters that are written, in order."""
        said = self.run_toys("backfill", "Chapter", "--root", self.new_root(), "--from", start, "--to", stop, *options)[2]
        return re.findall(r"Chapter\(.*number=(\d+)\) done", said)

    def test_of_backfill_from(self):
        self.assertEqual(self.chapters_of(start="2"), ["2", "3"])

    def test_of_backfill_to(self):
        self.assertEqual(self.chapters_of(stop="6"), ["1", "2", "3", "4", "5"])

    def test_of_backfill_step(self):
        self.assertEqual(self.chapters_of("--step", "2"), ["1", "3"])

    def test_of_backfill_reverse(self):
        self.assertEqual(self.chapters_of("--reverse"), ["3", "2", "1"])

    def test_of_backfill_param_name(self):
        self.assertEqual(self.chapters_of("--param-name", "number"), ["1", "2", "3"])
        self.assertEqual(self.run_toys("backfill", "Chapter", "--root", self.new_root(), "--from", "1", "--to", "2",
                                       "--param-name", "root")[0], 64)

    def test_of_backfill_max_running(self):
        with self.freshetd() as scheduler:
            self.chapters_of("--max-running", "3", "--scheduler", scheduler.url)
            limits = {limit["name"]: limit["num_total"] for limit in scheduler.call("resource_list")}
        self.assertEqual(limits, {"backfill.Chapter": 3})

    # work

    def test_of_work_workers(self):
        scheduler = self.ready_freshetd()
        self.start("work", "--scheduler", scheduler.url, "--idle", "600", "--workers", "3")
        workers = poll(lambda: [worker for worker in scheduler.call("worker_list") if worker["name"] != "planner"], "a worker")
        self.assertEqual(workers[0]["workers"], 3)

    def test_of_work_scheduler(self):
        self.assertEqual(self.run_toys("work")[0], 64)
        scheduler = self.ready_freshetd()
        self.assertEqual(self.run_toys("work", "--scheduler", scheduler.url, "--idle", "0")[0], 0)
        self.assertEqual(scheduler.status_of_family("Chapter"), "DONE")

    def test_of_work_token_file(self):
        self.assertEqual(self.with_tokens("work", "--idle", "0"), (69, 0))

    def test_of_work_scheduler_patience(self):
        patient, status, said = self.patience_of("work")
        self.assertNotIn("gave up", patient)
        self.assertEqual(status, 69)
        self.assertIn("gave up", said)

    def test_of_work_families(self):
        for families, weighed in ((["--families", "Chapter"], "PENDING"), ([], "DONE")):
            scheduler = self.ready_freshetd()
            self.run_toys("work", "--scheduler", scheduler.url, "--idle", "0", *families)
            self.assertEqual(scheduler.status_of_family("Chapter"), "DONE")
            self.assertEqual(scheduler.status_of_family("Weigh"), weighed)

    def test_of_work_idle(self):
        scheduler = self.ready_freshetd()
        self.assertEqual(self.run_toys("work", "--scheduler", scheduler.url, "--idle", "0")[0], 0)
        idle = self.start("work", "--scheduler", scheduler.url, "--idle", "600")
        poll(lambda: any(worker["name"] != "planner" for worker in scheduler.call("worker_list")), "a worker that is idle")
        self.root = self.new_root()
        scheduler.call("add_task", worker="planner", task_id=self.id_of("Chapter"), family="Chapter",
                       params={"root": self.root, "number": "0"}, deps=[])
        poll(lambda: scheduler.status_of(self.id_of("Chapter")) == "DONE", "the idle worker runs what comes later")
        self.assertIsNone(idle.poll())

    def test_of_work_default_timeout(self):
        scheduler = self.ready_freshetd()
        scheduler.call("add_task", worker="planner", task_id=self.id_of("Slow"), family="Slow",
                       params={"root": self.root}, deps=[])
        slow = self.start("work", "--scheduler", scheduler.url, "--families", "Slow", "--default-timeout", "0.1")
        self.assertIn("took longer than 100 ms", slow.stderr.readline())

    def test_of_work_engine(self):
        status, _, said = self.engine_of("work", "--scheduler", self.ready_freshetd().url)
        self.assertEqual((status, "a folder is required" in said), (78, True), said)

    def test_of_work_log_format(self):
        scheduler = self.ready_freshetd()
        said = self.run_toys("work", "--scheduler", scheduler.url, "--idle", "0", "--log-format", "json")[2]
        self.assertTrue(said.startswith("{"))

    # Those that read.

    def test_of_tree_dot(self):
        command = ("tree", "AfterSlow", "--root", self.folder)
        self.assertFalse(self.run_toys(*command)[1].startswith("digraph"))
        self.assertTrue(self.run_toys(*command, "--dot")[1].startswith("digraph"))

    def check_state(self, *command):
        """Reads another state than the program's own, in which the task has failed."""
        root, state = self.new_root(), self.path(f"state{self.roots}.sqlite")
        self.run_toys("run", "Broken", "--root", root, "--state", state)
        with_task = [*command, "Broken", "--root", root] if command[0] == "why" else command
        self.assertNotEqual(self.run_toys(*with_task)[1], self.run_toys(*with_task, "--state", state)[1])

    def test_of_why_state(self):
        self.check_state("why")

    def test_of_why_scheduler(self):
        scheduler = self.ready_freshetd()
        of = ["why", "Chapter", "--root", self.root]
        self.assertIn("has never run, and nothing blocks it", self.run_toys(*of)[1])
        self.assertIn("waits for a free worker", self.run_toys(*of, "--scheduler", scheduler.url)[1])

    def test_of_why_token_file(self):
        self.assertEqual(self.with_tokens("why", "Chapter", "--root", self.new_root()), (69, 0))

    def test_of_verify_state(self):
        root, state = self.new_root(), self.path("verified.sqlite")
        self.run_toys("run", "Chapter", "--root", root, "--state", state)
        self.assertNotEqual(self.run_toys("verify")[1], self.run_toys("verify", "--state", state)[1])

    def test_of_verify_scheduler(self):
        root = self.new_root()
        with self.freshetd() as scheduler:
            shared = ["--scheduler", scheduler.url]
            self.run_toys("run", "Chapter", "--root", root, *shared)
            self.root = root
            self.assertEqual([self.run_toys("verify", self.id_of("Chapter"), *where)[0] for where in (shared, [])], [0, 64])
            self.assertEqual(self.run_toys("verify", *shared)[0], 64)  # whose tasks? it names one

    def test_of_verify_token_file(self):
        self.assertEqual(self.with_tokens("verify", "Chapter_unknown", role="view"), (69, 64))

    def test_of_list_state(self):
        self.check_state("list")

    def test_of_history_state(self):
        self.check_state("history")

    def logs_of_failures(self, count):
        """The options of a state with so many failed attempts at one task, and the task."""
        task = ["Broken", "--root", self.new_root()]
        state = ["--state", self.path("logs.sqlite")]
        for _ in range(count):
            self.run_toys("run", *task, *state)
        return task, state

    def test_of_logs_state(self):
        task, state = self.logs_of_failures(1)
        self.assertIn("beyond repair", self.run_toys("logs", *task, *state)[1])
        self.assertEqual(self.run_toys("logs", *task, "--state", self.path("none.sqlite"))[1], "")

    def test_of_logs_attempt(self):
        task, state = self.logs_of_failures(2)
        lines = [self.run_toys("logs", *task, *state, "--attempt", number)[1] for number in ("1", "2", "3")]
        self.assertEqual(lines[2], "")
        self.assertNotEqual(lines[0], lines[1])

    def test_of_logs_follow(self):
        root = self.new_root()
        task, state = ["Narrator", "--root", root], ["--state", self.path("logs.sqlite")]
        run = self.start("run", *task, *state)
        poll(lambda: os.path.exists(os.path.join(root, "diary")), "the task runs")
        self.assertEqual(self.run_toys("logs", *task, *state)[1].count("\n"), 1)
        followed = self.start("logs", *task, *state, "--follow")
        followed.stdout.readline()
        open(os.path.join(root, "go"), "w", encoding="utf-8").close()
        self.assertIn("happily ever after", followed.communicate(timeout=60)[0])
        run.communicate(timeout=60)

    def check_last(self, command):
        for _ in range(3):
            self.run_root("Chapter")
        listed = [self.run_toys(command, *last)[1].count(self.folder + "/root") for last in ([], ["--last", "1"])]
        self.assertEqual(listed, [3, 1])

    def test_of_list_last(self):
        self.check_last("list")

    def test_of_history_last(self):
        self.check_last("history")

    def check_json(self, member, command, *arguments):
        self.assertIn(member, json.loads(self.run_toys(command, *arguments, "--json")[1]))

    def state_of_a_run(self):
        state = os.path.join(self.new_root(), "state.sqlite")
        self.run_root("Chapter", "--state", state)
        return "--state", state

    def test_of_list_json(self):
        self.check_json("tasks", "list", *self.state_of_a_run())

    def test_of_history_json(self):
        self.check_json("runs", "history", *self.state_of_a_run())

    def test_of_verify_json(self):
        self.check_json("findings", "verify", *self.state_of_a_run())


if __name__ == "__main__":
    unittest.main(verbosity=2)
