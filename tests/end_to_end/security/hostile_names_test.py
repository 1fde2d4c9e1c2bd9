# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Names, parameters and messages with a meaning in HTML, a shell, SQL, a path or a log."""

import os
import pathlib
import unittest
import urllib.parse

from peer import freshetd, post, request

NAMES = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "</title></style></script>",
         "javascript:alert(1)", "{{7*7}}${7*7}#{7*7}", "'; DROP TABLE tasks; --", "\" OR 1=1 --", "../../../etc/passwd",
         "/etc/passwd", "..%2f..%2fetc%2fpasswd", "$(touch pwned)", "`touch pwned`", "| touch pwned", "a\nb", "a\r\nSet-Cookie: x=1",
         "\x00", "a\x00b", "\x1b[2J\x1b]0;x\x07", "\u202egnp.exe", "\u00e9\u4e2d\U0001f600", "\ufeff", " ", "%s%s%n", "%00",
         "__proto__", "constructor", "-rf", "--help", "=cmd|' /C calc'!A0", "x" * 50_000, "&lt;script&gt;", "<!--", "]]>",
         "\\", "\"", "a/b?c=d#e", ".", "..", "null", "NaN", "\u2028\u2029"]


def arguments(name):
    """Returns arguments of add_task with the name in every place that takes one."""
    return {"worker": name, "task_id": name, "family": name, "module": name, "params": {name: name, "p": name},
            "owners": [name], "resources": {name: 1}, "tracking_url": name, "priority": 1}


class HostileNames(unittest.TestCase):
    def setUp(self):
        self.running = freshetd()
        self.scheduler = self.running.__enter__()
        self.port = self.scheduler.port
        self.addCleanup(self.running.__exit__, None, None, None)
        for name in NAMES:
            self.call("add_worker", worker=name, info=[["host", name]])
            self.call("add_task", **arguments(name))
            self.call("set_task_status_message", task_id=name, status_message=name)
            self.call("add_task", **{**arguments(name), "status": "FAILED", "expl": name})

    def call(self, method, **given):
        status, answer = post(self.port, method, given)
        self.assertEqual(status, 200, answer)
        return answer["response"]

    def assert_all_there(self):
        tasks = self.call("task_list")
        self.assertEqual(set(tasks), set(NAMES))
        for name in NAMES:
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
        self.assertEqual({worker["name"] for worker in self.call("worker_list")}, set(NAMES))

    def test_responses_cannot_close_a_script_element_or_set_a_header(self):
        for method in ("task_list", "worker_list", "graph", "resource_list"):
            _, headers, body = request(self.port, "GET", f"/api/{method}")
            with self.subTest(method=method):
                self.assertNotIn(b"</", body)
                self.assertTrue(body.isascii())
                self.assertNotIn("set-cookie", headers)

    def test_pages_escape_names(self):
        for path in ["/"] + ["/task/" + urllib.parse.quote(name, safe="") for name in NAMES if len(name) < 1000]:
            with self.subTest(path=path):
                status, headers, body = request(self.port, "GET", path)
                self.assertLess(status, 500)
                self.assertNotIn("set-cookie", headers)
                for part in (b"<script", b"<img", b"</title></style>", b"href=\"javascript:", b"href='javascript:", b"\x1b", b"\0"):
                    self.assertNotIn(part, body)

    def test_metrics_are_plain_text_for_every_browser_and_one_line_a_sample(self):
        status, headers, body = request(self.port, "GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["content-type"].startswith("text/plain"))
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        for line in body.split(b"\n"):
            self.assertTrue(line == b"" or line.startswith((b"# ", b"freshet_")), line)

    def test_no_command_runs_and_no_file_is_created(self):
        names = {path.name for path in pathlib.Path(self.scheduler.folder).rglob("*")}
        self.assertNotIn("pwned", names)
        self.assertFalse(os.path.exists("pwned"))

    def test_a_name_in_a_log_stays_on_its_line(self):
        self.call("disable_worker", worker="a\nforged line")
        self.assertNotIn("\nforged line", self.scheduler.log_text())
        self.assertNotIn("\x1b", self.scheduler.log_text())


if __name__ == "__main__":
    unittest.main()
