#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""mixed_test.py MILL FRESHETD: one graph, half of it made by real Luigi workers and half by C++ workers.

Python's Bread requires C++'s Flour, which requires Python's Harvest; C++'s Meal requires Bread and Flour. Each half names
the other's tasks as external ones.
"""
import collections
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from support.schedulers import Freshetd, Luigid, poll  # noqa: E402

HERE = pathlib.Path(__file__).parent
MILL, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]
FIELDS = 3
DAY = "2026-08-01"
FOUND_MISSING = 20  # Luigi's word for a run of which something external was missing when it began, however it ended
LUIGI = """[core]
no_lock=true
autoload_range=false
[worker]
keep_alive=true
wait_interval=0.2
wait_jitter=0
ping_interval=0.3
[retcode]
missing_data=20
task_failed=30
scheduling_error=35
not_run=25
"""


class Mixed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-mixed-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.root = self.folder / "root"
        self.root.mkdir()
        (self.folder / "luigi.cfg").write_text(LUIGI)

    def freshetd(self):
        return Freshetd(self.folder / "freshetd", FRESHETD)

    def luigid(self):
        return Luigid(self.folder / "luigid", {"retry_delay": 0.2, "prune_on_get_work": True})

    def start(self, scheduler, name, *command):
        """Starts a worker that logs to `name`.log."""
        environment = {**os.environ, "HOME": str(self.folder), "LUIGI_CONFIG_PATH": str(self.folder / "luigi.cfg"),
                       "PYTHONPATH": str(HERE)}
        log = open(self.folder / f"{name}.log", "wb")
        self.addCleanup(log.close)
        worker = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder)
        worker.name = name
        self.addCleanup(self.put_away, worker)
        return worker

    def put_away(self, worker):
        if worker.poll() is None:
            worker.kill()
            worker.wait()

    def bake(self, scheduler, task="Bakery"):
        return self.start(scheduler, "bakery", sys.executable, "-m", "luigi", "--module", "bakery", task,
                          "--root", str(self.root), "--day", DAY, "--fields", str(FIELDS), "--scheduler-url", scheduler.url)

    def mill(self, scheduler, *command):
        return self.start(scheduler, "mill", MILL, *command, "--scheduler", scheduler.url, "--workers", "2")

    def eat(self, scheduler, *options):
        return self.mill(scheduler, "run", "Meal", "--root", str(self.root), "--day", DAY, "--fields", str(FIELDS), *options)

    def said(self, worker):
        return (self.folder / f"{worker.name}.log").read_text(errors="replace")

    def hear(self, worker, words):
        poll(lambda: words in self.said(worker) or worker.poll() is not None, f"{worker.name} says '{words}'", 60)
        self.assertIn(words, self.said(worker))

    def end(self, worker, expected=0):
        try:
            status = worker.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.fail(f"{worker.name} goes on:\n{self.said(worker)}")
        self.assertEqual(status, expected, f"{worker.name}:\n{self.said(worker)}")

    def wait_for_harvest(self, scheduler):
        poll(lambda: scheduler.call("task_list", status="RUNNING", upstream_status=""), "a harvest runs", 60)

    def ripen(self):
        (self.root / "ripe").touch()

    def diary(self):
        return (self.root / "diary").read_text().splitlines()

    def assert_each_ran_once(self, *others):
        lines = self.diary()
        ground = [line for line in lines if line.startswith("grind")]
        self.assertEqual(ground, ["grind on", "grind off"] * FIELDS)
        made = [line for line in lines if not line.startswith("grind")]
        fields = [f"{family} {field}" for family in ("Harvest", "Flour") for field in range(FIELDS)]
        self.assertCountEqual(made, [*fields, "Bread", *others])
        self.assertEqual((self.root / "bread").read_text(), "flour of wheat\n" * FIELDS)

    def graph(self, scheduler, root):
        """Returns the scheduler's graph below the task of the family `root`."""
        tasks = scheduler.call("task_list", status="", upstream_status="")
        [top] = [task for task, known in tasks.items() if known["name"] == root]
        return scheduler.call("dep_graph", task_id=top)

    def edges(self, scheduler, root):
        """Counts the edges between each two families."""
        graph = self.graph(scheduler, root)
        return collections.Counter((node["name"], graph[dep]["name"]) for node in graph.values() for dep in node["deps"])

    def assert_edges_across_languages(self, scheduler, root):
        edges = self.edges(scheduler, root)
        self.assertEqual(edges[("Bread", "Flour")], FIELDS, edges)
        self.assertEqual(edges[("Flour", "Harvest")], FIELDS, edges)
        self.assertEqual(edges[("Meal", "Bread")], 1 if root == "Meal" else 0)
        self.assertEqual({node["status"] for node in self.graph(scheduler, root).values()}, {"DONE"})

    def assert_history_knows_who_made_what(self, bakery, mill):
        """Checks that the history has one completion of each task, by a worker of its language."""
        with sqlite3.connect(self.folder / "freshetd" / "freshetd.sqlite") as state:
            rows = state.execute("SELECT t.family, a.worker FROM attempts a JOIN tasks t USING (task_id) "
                                 "WHERE a.status = 'DONE'").fetchall()
        done = collections.Counter((family, int(re.search(r"pid=(\d+)", worker)[1])) for family, worker in rows)
        made = {key: count for key, count in done.items() if key[0] in ("Harvest", "Flour", "Bread")}
        self.assertEqual(made, {("Harvest", bakery.pid): FIELDS, ("Flour", mill.pid): FIELDS, ("Bread", bakery.pid): 1})

    def cpp_joins(self, scheduler):
        with scheduler:
            bakery = self.bake(scheduler)
            self.wait_for_harvest(scheduler)
            mill = self.eat(scheduler)
            self.hear(mill, "waiting for")
            self.ripen()
            self.end(mill)
            self.end(bakery, FOUND_MISSING)
            self.assert_edges_across_languages(scheduler, "Meal")
        self.assert_each_ran_once("Meal")
        return bakery, mill

    def python_joins(self, scheduler):
        with scheduler:
            self.ripen()
            mill = self.eat(scheduler, "--wait-until", "5m")
            self.hear(mill, "waiting until")
            bakery = self.bake(scheduler)
            self.end(mill)
            self.end(bakery, FOUND_MISSING)
            self.assert_edges_across_languages(scheduler, "Meal")
        self.assert_each_ran_once("Meal")
        return bakery, mill

    def test_cpp_joins_what_python_has_begun(self):
        self.assert_history_knows_who_made_what(*self.cpp_joins(self.freshetd()))

    def test_cpp_joins_what_python_has_begun_at_a_luigid(self):
        self.cpp_joins(self.luigid())

    def test_python_joins_what_cpp_has_begun(self):
        self.assert_history_knows_who_made_what(*self.python_joins(self.freshetd()))

    def test_python_joins_what_cpp_has_begun_at_a_luigid(self):
        self.python_joins(self.luigid())

    def test_a_serving_worker_makes_the_external_tasks_of_python(self):
        """It also registers the requirements, which Python does not know."""
        with self.freshetd() as scheduler:
            bakery = self.bake(scheduler)
            self.wait_for_harvest(scheduler)
            mill = self.mill(scheduler, "work", "--families", "Flour", "--idle", "10")
            poll(lambda: self.edges(scheduler, "Bakery")[("Flour", "Harvest")] == FIELDS, "the mill has said what it needs")
            self.ripen()
            self.end(bakery, FOUND_MISSING)
            self.end(mill)
            self.assert_edges_across_languages(scheduler, "Bakery")
        self.assert_each_ran_once()
        self.assert_history_knows_who_made_what(bakery, mill)

    def test_a_serving_worker_respects_the_resources_of_the_external_tasks_of_python(self):
        with self.freshetd() as scheduler:
            self.ripen()
            bakery = self.bake(scheduler)
            poll(lambda: len(scheduler.call("task_list", status="DONE", upstream_status="")) == FIELDS, "all is harvested", 60)
            mill = self.mill(scheduler, "work", "--families", "Flour", "--idle", "2")
            self.end(bakery, FOUND_MISSING)
            self.end(mill)
        self.assert_each_ran_once()
        self.assert_history_knows_who_made_what(bakery, mill)


if __name__ == "__main__":
    unittest.main(verbosity=2)
