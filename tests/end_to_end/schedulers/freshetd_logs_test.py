#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""freshetd_logs_test.py TOYS FRESHETD: what attempts log, at a freshetd that is far from them."""

import html
import json
import os
import re
import sys
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, poll  # noqa: E402

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]

SETTINGS = {"worker_disconnect_delay": 6}


class Logs(ProgramTest):
    def setUp(self):
        super().setUp()
        self.freshetd = Freshetd(self.path("freshetd"), FRESHETD, SETTINGS)
        self.addCleanup(self.freshetd.kill)
        self.freshetd.start()

    def start(self, family, *options):
        with open(self.path("out"), "ab") as out:
            return self.popen(TOYS, "run", family, "--root", self.folder, *options, "--scheduler", self.freshetd.url,
                              stdout=out, stderr=out)

    def go(self):
        open(self.path("go"), "w", encoding="utf-8").close()

    def get(self, path):
        """Status and body."""
        try:
            with urllib.request.urlopen(self.freshetd.url + path, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def task(self, family):
        tasks = json.loads(self.get(f"/api/v1/tasks?family={family}")[1])["tasks"]
        return tasks[0]["task_id"] if tasks else None

    def log(self, family, query=""):
        """The JSON of a log; None while there is none."""
        status, body = self.get(f"/api/v1/task/{self.task(family)}/log?{query}")
        return json.loads(body) if status == 200 else None

    def texts(self, log):
        """The lines without their times."""
        return [line.partition(" ")[2] for line in log["text"].splitlines()]

    def begun(self, *options):
        run = self.start("Narrator", *options)
        poll(lambda: self.task("Narrator") and self.log("Narrator"), "its first line is at freshetd")
        return run

    def test_a_log_is_there_while_the_attempt_runs_and_whole_afterwards(self):
        run = self.begun()
        log = self.log("Narrator")
        self.assertEqual((self.texts(log), log["status"], log["note"]),
                         (["once upon a time"], "RUNNING", "the attempt is running"))
        self.go()
        self.assertEqual(run.wait(timeout=60), 0)
        rest = self.log("Narrator", f"offset={log['next_offset']}")
        self.assertEqual((self.texts(rest)[0], rest["note"], rest["status"]), ("happily ever after", None, "DONE"))
        self.assertRegex(self.texts(rest)[1], "^done in ")
        whole = self.log("Narrator", "offset=0")
        self.assertEqual(whole["text"], log["text"] + rest["text"])
        status, text = self.get(f"/api/v1/task/{self.task('Narrator')}/log?offset=0&format=text")
        self.assertEqual((status, text), (200, whole["text"]))

    def test_the_log_of_a_worker_that_was_killed_ends_with_what_was_sent(self):
        run = self.begun()
        run.kill()
        poll(lambda: self.log("Narrator")["status"] == "LOST", "freshetd notices it")
        log = self.log("Narrator")
        self.assertEqual((self.texts(log), log["note"]),
                         (["once upon a time"], "the worker was lost; the log ends here"))
        _, page = self.get(f"/task/{self.task('Narrator')}/log")
        self.assertIn("the worker was lost; the log ends here", page)
        _, text = self.get(f"/api/v1/task/{self.task('Narrator')}/log?offset=0&format=text")
        self.assertTrue(text.endswith("once upon a time\n[the worker was lost; the log ends here]\n"), text)

    def test_what_is_logged_while_freshetd_is_away_comes_later(self):
        run = self.begun()
        self.freshetd.kill()
        self.go()
        poll(lambda: any("happily ever after" in line for line in self.lines_of(self.path("out"))), "the task ends")
        self.freshetd.start()
        self.assertEqual(run.wait(timeout=60), 0)
        self.assertEqual(self.texts(self.log("Narrator"))[:2], ["once upon a time", "happily ever after"])

    def test_each_attempt_has_its_log_linked_from_the_page_of_the_task(self):
        self.go()
        for _ in range(2):
            self.assertEqual(self.start("Narrator", "--fails").wait(timeout=60), 30)
            self.freshetd.call("forgive_failures", task_id=self.task("Narrator"))
        task = json.loads(self.get(f"/api/v1/task/{self.task('Narrator')}")[1])
        self.assertEqual([attempt["number"] for attempt in task["attempts"]], [2, 1])
        _, page = self.get(f"/task/{self.task('Narrator')}")
        links = [html.unescape(link) for link in re.findall(r'href="([^"]*/log\?[^"]*)"', page)]
        self.assertEqual(len(links), 2)
        for attempt, link in zip(task["attempts"], links):
            status, body = self.get(attempt["log"])
            log = json.loads(body)
            self.assertEqual((status, log["attempt"], log["run_id"]), (200, attempt["number"], attempt["run_id"]))
            self.assertRegex(self.texts(log)[2], "^failed after .*: tell a story: nobody listens$")
            status, page = self.get("/task/" + link)
            self.assertEqual(status, 200)
            self.assertIn("nobody listens", page)

    def test_a_log_that_there_is_not_is_told(self):
        self.go()
        self.assertEqual(self.start("Narrator").wait(timeout=60), 0)
        for path in ("/task/{}/log?attempt=7", "/api/v1/task/{}/log?attempt=7", "/api/v1/task/{}/log?run=none"):
            status, body = self.get(path.format(self.task("Narrator")))
            self.assertEqual(status, 404)
            self.assertIn("there is no such log", body)

    def test_what_the_process_prints_is_logged_too_whatever_its_bytes(self):
        self.assertEqual(self.start("Chatty").wait(timeout=60), 0)
        self.assertTrue(any(line.startswith("logged ") for line in self.texts(self.log("Chatty"))))


if __name__ == "__main__":
    unittest.main(verbosity=2)
