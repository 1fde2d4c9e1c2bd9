#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""remote_test.py TOYS FRESHETD: the same graph of C++ tasks with an embedded scheduler, a freshetd and a luigid."""

import contextlib
import html
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from operator_requests import OperatorRequests  # noqa: E402
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, Line, Luigid, free_port, poll, task_id  # noqa: E402

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]

# Luigi's default pauses of minutes would make a test of minutes.
QUICK = {"retry_delay": 1, "prune_on_get_work": True}


class Remote(OperatorRequests, ProgramTest):
    def setUp(self):
        super().setUp()
        self.root = os.path.join(self.folder, "toys")
        os.mkdir(self.root)

    def freshetd(self, **options):
        return Freshetd(os.path.join(self.folder, "freshetd"), FRESHETD, **options)

    def luigid(self, **options):
        return Luigid(os.path.join(self.folder, "luigid"), settings=QUICK, **options)

    def start(self, *arguments, scheduler=None):
        """Starts toys; communicate() returns its output."""
        command = [TOYS, *arguments]
        if scheduler:
            command += ["--scheduler", getattr(scheduler, "url", scheduler)]
        return self.popen_text(*command)

    def end(self, process, seconds=60):
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.fail(f"{process.args} ran for more than {seconds} s:\n{out[-3000:]}\n{err[-3000:]}")
        self.said = err
        return process.returncode, out

    def run_toys(self, *arguments, **options):
        return self.end(self.start(*arguments, **options))

    def run_root(self, family, *arguments, **options):
        return self.run_toys("run", family, "--root", self.root, *arguments, **options)

    def diary(self):
        return self.lines_of(os.path.join(self.root, "diary"))

    def fresh_root(self):
        self.root = tempfile.mkdtemp(dir=self.folder)

    def assert_all_was_made(self):
        made = {name for name in os.listdir(self.root) if not name.startswith("tosses")} - {"diary", ".freshet"}
        self.assertEqual(made, {"flaky1", "flaky2", "chapter1", "chapter2", "book", "weight1", "weight2", "apart", "herald"})
        with open(os.path.join(self.root, "apart"), encoding="utf-8") as apart:
            self.assertEqual(apart.read(), "alone\n")
        weighed = [line for line in self.diary() if line.startswith("weigh")]
        self.assertEqual(weighed, ["weigh on", "weigh off"] * 2)

    # With any scheduler.

    def test_a_task_that_waits_for_finished_requirements_runs_without_a_failed_one(self):
        for scheduler in (contextlib.nullcontext(), self.freshetd(), self.luigid()):
            self.fresh_root()
            with scheduler:
                where = {} if isinstance(scheduler, contextlib.nullcontext) else {"scheduler": scheduler}
                status, out = self.run_root("Digest", **where)
                self.assertEqual(status, 30, out + self.said)
                with open(os.path.join(self.root, "digest"), encoding="utf-8") as digest:
                    self.assertEqual(digest.read(), "1 missing\n")
                self.assertIn("flaky2", os.listdir(self.root))
                if where:
                    self.assertEqual(scheduler.status_of_family("Digest"), "DONE")

    def test_a_run_without_workers_only_registers_its_tasks(self):
        for scheduler in (self.freshetd(), self.luigid()):
            self.fresh_root()
            with scheduler:
                status, out = self.run_root("All", "--workers", "0", scheduler=scheduler)
                self.assertEqual(status, 25, out + self.said)
                self.assertEqual(os.listdir(self.root), [])
                self.assertEqual(scheduler.status_of_family("Flaky"), "PENDING")
                if isinstance(scheduler, Freshetd):
                    status, out = self.run_toys("work", "--idle", "1", scheduler=scheduler)
                    self.assertEqual(status, 0, out + self.said)
                    self.assert_all_was_made()
                self.assertEqual(self.run_root("All", scheduler=scheduler)[0], 0, self.said)

    def test_tasks_that_differ_in_a_batched_parameter_run_as_one_and_are_done_each(self):
        for scheduler in (contextlib.nullcontext(), self.freshetd(), self.luigid()):
            self.fresh_root()
            with scheduler:
                where = {} if isinstance(scheduler, contextlib.nullcontext) else {"scheduler": scheduler}
                status, out = self.run_root("Shipment", **where)
                self.assertEqual(status, 0, out + self.said)
                self.assertEqual([sorted(line.split()) for line in self.diary()], [["a", "b", "c", "parcels"]])
                self.assertIn("    - 3 Parcel(", out)
                for name in "abc":
                    self.assertIn(f"parcel-{name}.json", os.listdir(os.path.join(self.root, ".freshet")))
                    if where:
                        id = task_id("Parcel", {"names": f'["{name}"]', "root": self.root})
                        self.assertEqual(scheduler.status_of(id), "DONE")
                status, out = self.run_toys("verify", "Shipment", "--root", self.root)
                self.assertEqual(status, 0, out + self.said)

    def test_a_running_task_gets_messages_and_says_where_it_can_be_watched(self):
        for scheduler in (self.freshetd(), self.luigid()):
            self.fresh_root()
            with scheduler:
                run = self.start("run", "Parrot", "--root", self.root, scheduler=scheduler)
                id = task_id("Parrot", {"root": self.root})
                shown = poll(lambda: scheduler.call("task_list", status="RUNNING", upstream_status="").get(id), "it runs")
                self.assertTrue(shown["accepts_messages"])
                poll(lambda: scheduler.call("get_task_status_message", task_id=id)["statusMessage"] == "listening",
                     "its status message")
                poll(lambda: scheduler.call("task_list", status="RUNNING", upstream_status="")[id]["tracking_url"]
                     == "https://jobs.example/7", "its tracking URL")
                for content in ("hello", "stop"):
                    sent = scheduler.call("send_scheduler_message", worker=shown["worker_running"], task=id, content=content)
                    heard = poll(lambda: scheduler.call("get_scheduler_message_response", task_id=id,
                                                        message_id=sent["message_id"])["response"], "a response")
                    self.assertEqual(heard, content + "!")
                status, out = self.end(run)
                self.assertEqual(status, 0, out + self.said)

    def test_log_api_page_and_why_give_one_explanation(self):
        never = "can never run: it needs 1 of 'scales', of which there are 0"
        with self.freshetd(resources={"scales": 0}) as scheduler:
            worker = self.start("run", "Weigh", "--root", self.root, scheduler=scheduler)
            for line in worker.stderr:
                if "waiting: " in line:
                    break
            self.assertIn(f"waiting: Weigh(root={self.root}) {never}\n", line)
            id = task_id("Weigh", {"number": "0", "root": self.root})
            self.assertEqual(scheduler.call("explain", task_id=id),
                             {"taskId": id, "status": "PENDING", "explanation": never})
            with urllib.request.urlopen(f"{scheduler.url}/task/{id}", timeout=30) as page:
                self.assertIn(never, html.unescape(page.read().decode()))
            for task in (["Weigh", "--root", self.root], [id]):
                status, out = self.run_toys("why", *task, scheduler=scheduler)
                self.assertEqual(status, 0, self.said)
                self.assertTrue(out.endswith(f" {never}\n"), out)
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=60)

    def test_why_asks_a_luigid_nothing_that_it_does_not_know(self):
        with self.luigid() as scheduler:
            status, out = self.run_toys("why", "Weigh", "--root", self.root, scheduler=scheduler)
            self.assertEqual(status, 0, self.said)
            self.assertIn("has never run, and nothing blocks it", out)

    def test_the_same_graph_gives_the_same_summary(self):
        """Retries, dynamic requirements, resources, a process of its own, a wrapper, an event."""
        summaries = []
        for scheduler in (None, self.freshetd(), self.luigid()):
            self.fresh_root()
            if scheduler:
                with scheduler:
                    status, out = self.run_root("All", "--workers", "3", scheduler=scheduler)
            else:
                status, out = self.run_root("All", "--workers", "3")
            self.assertEqual(status, 0, out + self.said)
            self.assert_all_was_made()
            self.assertEqual(sum(line.startswith("flaky") for line in self.diary()), 2 + 3)
            summaries.append(out.replace(self.root, "ROOT"))
        self.assertEqual(summaries[1], summaries[0])
        self.assertEqual(summaries[2], summaries[0])

    def test_failures_give_the_same_summary(self):
        summaries = []
        for scheduler in (None, self.freshetd(), self.luigid()):
            self.fresh_root()
            if scheduler:
                with scheduler:
                    status, out = self.run_root("Mixed", "--workers", "2", scheduler=scheduler)
            else:
                status, out = self.run_root("Mixed", "--workers", "2")
            self.assertEqual(status, 30, out + self.said)
            self.assertEqual(sum(line.startswith("flaky") for line in self.diary()), 4)
            summaries.append(out.replace(self.root, "ROOT"))
        self.assertEqual(summaries[1], summaries[0])
        self.assertEqual(summaries[2], summaries[0])

    def test_two_runs_share_a_graph(self):
        for scheduler in (self.freshetd(), self.luigid()):
            self.fresh_root()
            with scheduler:
                runs = [self.start("run", "All", "--root", self.root, scheduler=scheduler) for _ in range(2)]
                for run in runs:
                    status, out = self.end(run)
                    self.assertEqual(status, 0, scheduler.name + out + self.said)
            self.assert_all_was_made()

    def test_a_run_waits_for_the_task_of_another_worker(self):
        for scheduler in (self.freshetd(), self.luigid()):
            self.fresh_root()
            with scheduler:
                first = self.start("run", "Slow", "--root", self.root, scheduler=scheduler)
                poll(lambda: "slow begins" in self.diary(), "the first run begins")
                second = self.start("run", "AfterSlow", "--root", self.root, scheduler=scheduler)
                self.hear(second, "waiting for 1 task of other workers")
                open(os.path.join(self.root, "go"), "w", encoding="utf-8").close()
                self.assertEqual(self.end(first)[0], 0, self.said)
                status, out = self.end(second)
                self.assertEqual(status, 0, out + self.said)
            self.assertEqual(self.diary(), ["slow begins", "slow ends"])
            self.assertIn("1 complete one was encountered", out)

    def test_the_summary_of_a_stopped_run_says_that_another_worker_runs_the_task(self):
        with self.freshetd() as scheduler:
            first = self.start("run", "Slow", "--root", self.root, scheduler=scheduler)
            poll(lambda: "slow begins" in self.diary(), "the first run begins")
            second = self.start("run", "AfterSlow", "--root", self.root, scheduler=scheduler)
            self.hear(second, "waiting for 1 task of other workers")
            second.send_signal(signal.SIGTERM)
            status, out = self.end(second)
            first.kill()
        self.assertEqual(status, 25, out + self.said)
        self.assertIn("was being run by another worker", out)

    def hear(self, process, words):
        """Waits until the program has printed `words`."""
        patience = threading.Timer(60, process.kill)
        patience.start()
        self.addCleanup(patience.cancel)
        for line in process.stderr:
            if words in line:
                patience.cancel()
                return
        self.fail(f"the program ended without saying '{words}'")

    # A line that is cut for longer than the scheduler waits for a worker.

    def silent_run(self, scheduler, line):
        """A run of Slow that the scheduler has given up, because its line was cut."""
        run = self.start("run", "Slow", "--root", self.root, scheduler=line)
        poll(lambda: "slow begins" in self.diary(), "the run begins")
        line.cut()
        poll(lambda: scheduler.status_of_family("Slow") in ("FAILED", "PENDING"), "the worker is given up")
        return run

    def go(self):
        open(os.path.join(self.root, "go"), "w", encoding="utf-8").close()

    def test_what_was_finished_during_a_silence_is_kept(self):
        with self.freshetd(settings={"worker_disconnect_delay": 1}) as scheduler, Line(scheduler.port) as line:
            run = self.silent_run(scheduler, line)
            self.go()
            poll(lambda: "slow ends" in self.diary(), "the task ends")
            line.mend()
            status, out = self.end(run)
            self.assertEqual(status, 0, out + self.said)
            self.assertEqual(scheduler.status_of_family("Slow"), "DONE")
        self.assertEqual(self.diary(), ["slow begins", "slow ends"])
        self.assertNotIn("discarded", self.said)

    def test_an_attempt_goes_on_after_a_silence(self):
        with self.freshetd(settings={"worker_disconnect_delay": 1}) as scheduler, Line(scheduler.port) as line:
            run = self.silent_run(scheduler, line)
            line.mend()
            poll(lambda: scheduler.status_of_family("Slow") == "RUNNING", "the attempt counts again")
            self.go()
            self.assertEqual(self.end(run)[0], 0, self.said)
        self.assertEqual(self.diary(), ["slow begins", "slow ends"])

    def test_an_attempt_whose_lease_was_taken_during_a_silence_is_stopped(self):
        id = task_id("Slow", {"root": self.root})
        with self.freshetd() as scheduler, Line(scheduler.port) as line:
            first = self.start("run", "Slow", "--root", self.root, scheduler=line)
            poll(lambda: "slow begins" in self.diary(), "the first run begins")
            line.cut()
            scheduler.call("cancel_task", task_id=id)  # not by its patience, which would not be that of a busy machine
            second = self.start("run", "Slow", "--root", self.root, scheduler=scheduler)
            poll(lambda: self.diary().count("slow begins") == 2, "the second run begins")
            line.mend()
            self.hear(first, "stopping Slow")
            poll(lambda: "slow stops" in self.diary(), "the first attempt stops")
            self.go()
            self.assertEqual(self.end(second)[0], 0, self.said)
            self.assertEqual(self.end(first)[0], 0, self.said)
        self.assertEqual(self.diary(), ["slow begins", "slow begins", "slow stops", "slow ends"])

    # Scheduler outages.

    def test_results_survive_a_kill_of_freshetd(self):
        with self.freshetd() as scheduler:
            run = self.start("run", "AfterSlow", "--root", self.root, scheduler=scheduler)
            poll(lambda: "slow begins" in self.diary(), "the run begins")
            scheduler.kill()
            open(os.path.join(self.root, "go"), "w", encoding="utf-8").close()
            self.hear(run, "retrying for up to")
            scheduler.start()
            status, out = self.end(run)
            self.assertEqual(status, 0, out + self.said)
            self.assertIn("answers again", self.said)
        self.assertEqual(self.diary(), ["slow begins", "slow ends"])

    def test_tasks_are_registered_again_at_a_luigid_that_lost_its_state(self):
        with self.luigid() as scheduler:
            run = self.start("run", "AfterSlow", "--root", self.root, scheduler=scheduler)
            poll(lambda: "slow begins" in self.diary(), "the run begins")
            scheduler.kill()
            scheduler.start()
            open(os.path.join(self.root, "go"), "w", encoding="utf-8").close()
            status, out = self.end(run)
            self.assertEqual(status, 0, out + self.said)
        self.assertEqual(self.diary(), ["slow begins", "slow ends"])

    def test_a_signal_stops_a_run_during_an_outage_of_the_scheduler(self):
        with self.freshetd() as scheduler:
            run = self.start("run", "Slow", "--root", self.root, scheduler=scheduler)
            poll(lambda: "slow begins" in self.diary(), "the run begins")
            scheduler.kill()
            open(os.path.join(self.root, "go"), "w", encoding="utf-8").close()
            poll(lambda: "slow ends" in self.diary(), "the task ends")
            run.send_signal(signal.SIGTERM)
            run.send_signal(signal.SIGINT)
            status, _ = self.end(run, 15)
        self.assertEqual(status, 69, self.said)

    def test_a_run_gives_up_when_the_scheduler_is_never_reached(self):
        status, _ = self.run_root("Slow", "--scheduler-patience", "0", scheduler=f"http://127.0.0.1:{free_port()}")
        self.assertEqual(status, 69)
        self.assertRegex(self.said, "toys: post 'http://127.0.0.1:[0-9]+/api/hello': .*; gave up after")

    def test_a_complete_task_needs_no_scheduler(self):
        with open(os.path.join(self.root, "slow"), "w", encoding="utf-8") as slow:
            slow.write("done\n")
        status, out = self.run_root("Slow", scheduler=f"http://127.0.0.1:{free_port()}")
        self.assertEqual(status, 0, out + self.said)

    def test_a_token_with_the_role_work_suffices_and_is_not_printed(self):
        tokens = os.path.join(self.folder, "tokens")
        token = os.path.join(self.folder, "token")
        for path, text in ((tokens, "workers work 0123456789abcdef0123456789abcdef\n"),
                           (token, "0123456789abcdef0123456789abcdef\n")):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
        with self.freshetd(options=["--token-file", tokens]) as scheduler:
            status, _ = self.run_root("All", scheduler=scheduler)
            self.assertEqual(status, 69, self.said)
            status, out = self.run_root("All", "--token-file", token, scheduler=scheduler)
            self.assertEqual(status, 0, out + self.said)
            self.assert_all_was_made()
            self.fresh_root()
            url = scheduler.url.replace("//", "//workers:0123456789abcdef0123456789abcdef@")
            status, out = self.run_root("Mixed", scheduler=url)
            self.assertEqual(status, 30, out + self.said)
            self.assertNotIn("0123456789abcdef", out + self.said)

    def test_a_plan_may_be_larger_than_a_call(self):
        open(os.path.join(self.root, "crowd"), "w", encoding="utf-8").close()
        with self.freshetd() as scheduler:
            status, out = self.run_root("Census", scheduler=scheduler)
            self.assertEqual(status, 0, out + self.said)
            self.assertEqual(scheduler.status_of_family("Census"), "DONE")
        with open(os.path.join(self.root, "census"), encoding="utf-8") as census:
            self.assertEqual(census.read(), "20000\n")

    # Serving.

    def test_a_serving_worker_runs_the_tasks_of_others(self):
        with self.freshetd() as scheduler:
            for family, number in (("Chapter", 7), ("Chapter", 8), ("Weigh", 9)):
                params = {"root": self.root, "number": str(number)}
                scheduler.call("add_task", worker="planner", task_id=task_id(family, params), family=family,
                               params=params, deps=[])
            status, out = self.run_toys("work", "--idle", "1", "--families", "Chapter", scheduler=scheduler)
            self.assertEqual(status, 0, out + self.said)
            self.assertEqual(scheduler.status_of_family("Chapter"), "DONE")
            self.assertEqual(scheduler.status_of_family("Weigh"), "PENDING")
        self.assertEqual(set(os.listdir(self.root)) - {".freshet"}, {"chapter7", "chapter8"})

    def test_a_serving_worker_rejects_a_task_with_another_id(self):
        with self.freshetd() as scheduler:
            scheduler.call("add_task", worker="planner", task_id="Chapter_x", family="Chapter",
                           params={"root": self.root, "number": "7"}, deps=[])
            self.run_toys("work", "--idle", "1", scheduler=scheduler)
            self.assertEqual(scheduler.status_of("Chapter_x"), "FAILED")
        self.assertIn("cannot run 'Chapter_x': in this program these parameters of Chapter give the id", self.said)

    def test_an_external_task_cannot_be_served(self):
        status, _ = self.run_toys("work", "--families", "Given", scheduler="http://127.0.0.1:9")
        self.assertEqual(status, 64)
        self.assertIn("work: family 'Given' is external", self.said)

    def test_a_luigid_is_not_served(self):
        with self.luigid() as scheduler:
            status, _ = self.run_toys("work", scheduler=scheduler)
        self.assertEqual(status, 69)
        self.assertIn("a luigid cannot assign tasks by family", self.said)

    # Events.

    def test_a_luigid_takes_no_events_so_the_run_keeps_them(self):
        events = os.path.join(self.folder, "events")
        config = os.path.join(self.folder, "toys.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[[sink]]\ntype = "file"\npath = "{events}"\n')
        with self.luigid() as scheduler:
            status, out = self.run_root("Herald", "--config", config, scheduler=scheduler)
        self.assertEqual(status, 0, out + self.said)
        with open(events, encoding="utf-8") as file:
            self.assertEqual(len(re.findall('"herald-1"', file.read())), 1)

    def test_events_left_by_a_concurrent_run_are_delivered_by_the_next_run(self):
        events = os.path.join(self.folder, "events")
        os.mkdir(events)  # nothing can be added to it
        config = os.path.join(self.folder, "toys.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[[sink]]\ntype = "file"\npath = "{events}"\n')
        state = os.path.join(self.folder, "state")
        usual = ["--root", self.root, "--config", config, "--state", state + ".sqlite"]
        with self.luigid() as scheduler:
            first = self.start("run", "Slow", *usual, scheduler=scheduler)
            poll(lambda: "slow begins" in self.diary(), "the first run begins")
            second = self.start("run", "Herald", *usual, scheduler=scheduler)
            poll(lambda: self.failed_deliveries(state + ".queue2.sqlite"), "the event of the second run does not arrive")
            second.kill()
            second.wait()
            open(os.path.join(self.root, "go"), "w", encoding="utf-8").close()
            self.assertEqual(self.end(first)[0], 0, self.said)
            os.rmdir(events)
            status, out = self.run_toys("run", "Chapter", "--number", "1", *usual, scheduler=scheduler)
        self.assertEqual(status, 0, out + self.said)
        with open(events, encoding="utf-8") as file:
            self.assertEqual(len(re.findall('"herald-1"', file.read())), 1)
        self.assertEqual(self.failed_deliveries(state + ".queue2.sqlite"), 0)

    def failed_deliveries(self, queue):
        """Returns the number of undelivered events with a failed try."""
        try:
            with contextlib.closing(sqlite3.connect(f"file:{queue}?mode=ro", uri=True)) as database:
                query = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL AND tries > 0"
                return database.execute(query).fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # it is being created


if __name__ == "__main__":
    unittest.main(verbosity=2)
