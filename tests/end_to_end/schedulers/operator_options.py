# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Part of every_option_test.py: the options of commands with which an operator looks at a state or a scheduler."""

import json

from support.schedulers import free_port


class OperatorOptions:
    def test_of_why_json(self):
        root = self.new_root()
        why = json.loads(self.run_toys("why", "Chapter", "--root", root, "--json")[1])
        self.assertIn("has never run", why["why"])

    def test_of_list_scheduler(self):
        scheduler = self.ready_freshetd()
        self.assertRegex(self.run_toys("list", "Chapter", "--scheduler", scheduler.url)[1], "PENDING .*Chapter")
        self.assertNotIn("PENDING", self.run_toys("list", "Chapter")[1])

    def test_of_list_token_file(self):
        self.assertEqual(self.with_tokens("list", role="view"), (69, 0))

    def test_of_page_state(self):
        self.run_toys("run", "Chapter", "--root", self.new_root(), "--state", self.path("page.sqlite"))
        self.assertIn("page.sqlite", self.start("page", "--state", self.path("page.sqlite")).stdout.readline())

    def test_of_page_port(self):
        self.run_toys("run", "Chapter", "--root", self.new_root())
        port = str(free_port())
        self.assertIn(f"127.0.0.1:{port}/", self.start("page", "--port", port).stdout.readline())

    def finished_freshetd(self):
        """A freshetd at which a run of this program has failed, and the task that failed."""
        scheduler = self.freshetd()
        scheduler.start()
        self.addCleanup(scheduler.stop)
        task = ["Broken", "--root", self.new_root()]
        self.assertEqual(self.run_toys("run", *task, "--scheduler", scheduler.url, "--state", self.path("worker.sqlite"))[0], 30)
        return scheduler, task

    def test_of_history_scheduler(self):
        scheduler, task = self.finished_freshetd()
        self.assertIn("beyond repair", self.run_toys("history", *task, "--scheduler", scheduler.url)[1])
        self.assertIn("toys run Broken", self.run_toys("history", "--scheduler", scheduler.url)[1])
        self.assertNotIn("toys run Broken", self.run_toys("history")[1])

    def test_of_history_token_file(self):
        self.assertEqual(self.with_tokens("history", role="view"), (69, 0))

    def test_of_logs_scheduler(self):
        scheduler, task = self.finished_freshetd()
        self.assertIn("beyond repair", self.run_toys("logs", *task, "--scheduler", scheduler.url)[1])
        self.assertEqual(self.run_toys("logs", *task)[1], "")

    def test_of_logs_token_file(self):
        self.assertEqual(self.with_tokens("logs", "Broken", "--root", self.folder, role="view"), (69, 0))

    def test_of_logs_json(self):
        task, state = self.logs_of_failures(1)
        log = json.loads(self.run_toys("logs", *task, *state, "--json")[1])
        self.assertEqual((log["attempt"], "beyond repair" in log["log"]), (1, True))
