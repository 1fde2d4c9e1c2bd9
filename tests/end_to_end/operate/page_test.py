#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""page_test.py TOYS FRESHETD: the pages of a state, free or held by a run, that a pipeline or freshet serves."""

import json
import os
import re
import signal
import unittest
import urllib.error
import urllib.parse
import urllib.request

from operator_test import FRESHET, TOYS, OperatorTest, poll


class Pages(OperatorTest):
    def setUp(self):
        super().setUp()
        self.variables["PATH"] = f"{os.path.dirname(FRESHET)}:{os.environ['PATH']}"
        self.state = ["--state", self.path("state.sqlite")]

    def serve(self, program, *arguments):
        """The address that the program says."""
        self.server = self.popen_text(program, "page", *self.state, *arguments)
        said = self.server.stdout.readline()
        self.assertRegex(said, r"at http://127\.0\.0\.1:\d+/", said or self.server.stderr.read())
        return re.search(r"http://\S+/", said).group()

    def get(self, url):
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode()

    def start_run(self):
        run = self.popen_text(TOYS, "run", "Slow", "--root", self.folder, *self.state)
        poll(lambda: "slow begins" in self.lines_of(self.path("diary")), "the task runs")
        return run

    def check_read_only(self, address):
        form = urllib.parse.urlencode({"data": json.dumps({})}).encode()
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address + "api/pause", data=form, timeout=30)
        refused.exception.close()
        self.assertEqual(refused.exception.code, 403)

    def test_a_pipeline_shows_its_state_while_a_run_works_on_it_and_can_change_nothing(self):
        run = self.start_run()
        address = self.serve(TOYS)
        self.assertIn("Slow(", self.get(address + "tasks?status=RUNNING"))
        self.check_read_only(address)
        self.assertIn("events", self.get(address + "script.js"))
        with urllib.request.urlopen(address + "events", timeout=30) as events:
            self.assertRegex(events.readline().decode() + events.readline().decode(), "data: [0-9]+")
        open(self.path("go"), "w", encoding="utf-8").close()
        run.communicate(timeout=60)
        poll(lambda: "Slow(" in self.get(address + "tasks?status=DONE"), "the page shows that the task is done")
        self.assertIn("toys run Slow", self.get(address + "runs"))
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(30), 0)

    def test_freshet_shows_a_free_state_and_follows_the_next_run(self):
        self.run_program(TOYS, "run", "Broken", "--root", self.folder, *self.state)
        address = self.serve(FRESHET)
        task = urllib.parse.quote(self.json_of("tasks", "Broken", *self.state)["tasks"][0]["task_id"])
        page = self.get(address + "task/" + task)
        self.assertIn("beyond repair", page)
        self.assertNotIn("<form method=\"post\"", page)
        self.run_program(TOYS, "run", "Chapter", "--root", self.folder, *self.state)
        poll(lambda: "Chapter(" in self.get(address + "tasks"), "the page shows the next run")

    def test_a_state_that_is_not_there_a_port_that_is_taken_and_a_scheduler_are_refused(self):
        self.freshet("page", *self.state, status=35)
        self.run_program(TOYS, "run", "Chapter", "--root", self.folder, *self.state)
        port = urllib.parse.urlsplit(self.serve(TOYS)).port
        self.assertNotEqual(self.run_program(FRESHET, "page", *self.state, "--port", port)[0], 0)
        self.assertIn(str(port), self.said)
        self.freshet("page", status=64)
        self.assertIn("--state FILE is required", self.said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
