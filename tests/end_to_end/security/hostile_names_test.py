# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Names, parameters and messages with a meaning in HTML, a shell, SQL, a path or a log."""

import json
import os
import pathlib
import unittest

from hostile import NAMES, OPERATOR, STATES, TOKENS, UNPAIRED, filled_freshetd, quoted
from peer import bearer, post, request


class HostileNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        running = filled_freshetd(NAMES + UNPAIRED)
        cls.scheduler = running.__enter__()
        cls.port = cls.scheduler.port
        cls.addClassCleanup(running.__exit__, None, None, None)

    def call(self, method, role="view", **given):
        status, answer = post(self.port, method, given, bearer(TOKENS[role]))
        self.assertEqual(status, 200, answer)
        return answer["response"]

    def get(self, path):
        status, headers, body = request(self.port, "GET", path, bearer(TOKENS["view"]))
        self.assertEqual(status, 200, path)
        return headers, body

    def assert_all_there(self):
        tasks = self.call("task_list", limit=False)
        self.assertEqual({name + suffix for name in NAMES + UNPAIRED for suffix in ("", *(f"~{state}" for state in STATES))} - tasks.keys(), set())
        for name in NAMES + UNPAIRED:
            with self.subTest(name=name[:50]):
                self.assertEqual(tasks[name]["name"], name)
                self.assertEqual(tasks[name]["params"]["p"], name)
                self.assertEqual(self.call("fetch_error", task_id=name)["error"], name)
                self.assertEqual(self.call("get_task_status_message", task_id=name)["statusMessage"], name)

    def test_names_are_returned_unchanged_and_survive_a_kill(self):
        self.assert_all_there()
        self.scheduler.kill()
        self.scheduler.start()
        self.assert_all_there()
        workers = {worker["name"] for worker in self.call("worker_list")}
        self.assertEqual(workers, {before + name for name in NAMES + UNPAIRED for before in ("", "of ")})

    def test_responses_cannot_close_a_script_element_or_set_a_header(self):
        for method in ("task_list", "worker_list", "graph", "resource_list"):
            headers, body = self.get(f"/api/{method}")
            with self.subTest(method=method):
                self.assertNotIn(b"</", body)
                self.assertTrue(body.isascii())
                self.assertNotIn("set-cookie", headers)

    def test_JSON_has_the_names_as_they_are(self):
        self.assertEqual(set(NAMES) - {dataset["dataset"] for dataset in self.view("overview")["datasets"]}, set())
        for number, name in enumerate(NAMES):
            if len(name) > 300 or name == "null":  # which is Luigi's word for no error
                continue
            with self.subTest(name=name):
                task = self.view(f"task/{quoted(name)}")
                live = task["live"]
                self.assertEqual([task["task_id"], live["family"], live["parameters"]["p"], live["error"], live["status_message"],
                                  live["statistics"].get(name)], [name] * 6)
                for run in (f"run-{number}", name):
                    self.assertEqual(self.view(f"run/{quoted(run)}")["program"], name)
                self.assertEqual(self.view(f"task/{quoted(name)}/log")["text"], f"2026-08-21T06:00:00Z {name}\ufffd\n")

    def view(self, path):
        return json.loads(self.get("/api/v1/" + path)[1])

    def test_a_log_as_text_is_no_page_to_any_browser(self):
        headers, body = self.get(f"/api/v1/task/{quoted(NAMES[0])}/log?format=text")
        self.assertEqual(headers["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(body, b"2026-08-21T06:00:00Z " + NAMES[0].encode() + b"\xff\n")

    def test_metrics_are_plain_text_for_every_browser_and_one_line_a_sample(self):
        headers, body = self.get("/metrics")
        self.assertTrue(headers["content-type"].startswith("text/plain"))
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        for line in body.split(b"\n"):
            self.assertTrue(line == b"" or line.startswith((b"# ", b"freshet_")), line)

    def test_no_command_runs_and_no_file_is_created(self):
        names = {path.name for path in pathlib.Path(self.scheduler.folder).rglob("*")}
        self.assertNotIn("pwned", names)
        self.assertFalse(os.path.exists("pwned"))

    def test_a_name_in_a_log_stays_on_its_line(self):
        self.call("disable_worker", "operate", worker="a\nb")
        self.assertNotIn("\nb", self.scheduler.log_text())
        self.assertNotIn("\x1b", self.scheduler.log_text())

    def test_each_line_of_the_audit_log_is_one_JSON_object(self):
        audit = pathlib.Path(self.scheduler.folder, "audit.log").read_bytes()
        self.assertTrue(audit.isascii())
        lines = [json.loads(line) for line in audit.splitlines()]
        self.assertEqual({line["actor"] for line in lines}, {"work", OPERATOR})
        changed = {line["arguments"]["resource"] for line in lines if line["action"] == "api.update_resource"}
        self.assertEqual({name for name in NAMES + UNPAIRED if len(name) < 200} - changed, set())


if __name__ == "__main__":
    unittest.main()
