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

    def test_of_logs_json(self):
        task, state = self.logs_of_failures(1)
        log = json.loads(self.run_toys("logs", *task, *state, "--json")[1])
        self.assertEqual((log["attempt"], "beyond repair" in log["log"]), (1, True))
