# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Each form of each page: operators of this site change by it what it says, nobody else does, and the audit log has it."""

import json
import os
import re
import unittest
import urllib.parse

from crawl import Site
from hostile import NAMES, OPERATOR, TOKENS, filled_freshetd
from page import resolved
from peer import bearer, request

ACTIONS = {f"/api/{method}" for method in """retry_tasks re_enable_task cancel_task mark_as_done acknowledge_failures
    set_task_priority send_scheduler_message rerun_task disable_worker set_worker_processes update_resource pause unpause""".split()}
FILLED_IN = {"content": NAMES[0], "resource": NAMES[0], "amount": "3", "n": "2"}
FOREIGN = [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]


class Forms(unittest.TestCase):
    def setUp(self):
        running = filled_freshetd(NAMES[:4])
        self.scheduler = running.__enter__()
        self.addCleanup(running.__exit__, None, None, None)
        self.used = set()

    def posts(self):
        """Each RPC that a form calls, with the address of the page and the form."""
        site = Site(self.scheduler.port, re.compile("/(|workers|resources|tasks|task/[^/]*)").fullmatch)
        return {resolved(address, form.action): (address, form) for address, page in site.pages.items() for form in page.forms
                if form.method == "post" and self.is_unused(form)}

    def is_unused(self, form):
        return not any(subject in self.used for subject in self.subjects(form))

    @staticmethod
    def subjects(form):
        arguments = json.loads((form.data or ["{}"])[0])
        return [arguments[key] for key in ("task_id", "task", "worker") if key in arguments]

    def submit(self, path, page, form, headers):
        fields = [("data", value) for value in form.data[:1]] + [(name, FILLED_IN[name]) for name in form.fields]
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html",
                   "Referer": f"http://127.0.0.1:{self.scheduler.port}{page}", **headers}
        status, answered, body = request(self.scheduler.port, "POST", path, headers, urllib.parse.urlencode(fields).encode())
        return status, answered.get("location", body)

    def audit(self, path):
        """The principals of changes by an RPC."""
        with open(os.path.join(self.scheduler.folder, "audit.log"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        return [line["actor"] for line in lines if line["action"] == path[1:].replace("/", ".") and line["status"] < 400]

    def check(self, path, page, form):
        own = {"Origin": f"http://127.0.0.1:{self.scheduler.port}", "Sec-Fetch-Site": "same-origin"}
        before = self.audit(path)
        self.assertEqual(self.submit(path, page, form, own)[0], 401)
        for role in ("view", "work"):
            self.assertEqual(self.submit(path, page, form, {**own, **bearer(TOKENS[role])})[0], 403)
        for foreign in FOREIGN:
            self.assertEqual(self.submit(path, page, form, {**foreign, **bearer(TOKENS["operate"])})[0], 403)
        self.assertEqual(self.audit(path), before)
        status, location = self.submit(path, page, form, {**own, **bearer(TOKENS["operate"])})
        self.assertEqual((status, resolved(path, str(location))), (303, page))
        self.assertEqual(self.audit(path), before + [OPERATOR])
        self.used.update(self.subjects(form))

    def test_each_is_for_operators_of_this_site_and_has_one_line_in_the_audit_log(self):
        checked = set()
        while new := {path: form for path, form in self.posts().items() if path not in checked}:
            path = min(new)
            with self.subTest(path=path):
                checked.add(path)
                self.check(path, *new[path])
        self.assertEqual(checked, ACTIONS)


if __name__ == "__main__":
    unittest.main()
