# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Names, parameters and messages with a meaning in HTML, a shell, SQL, a path or a log."""

import html.parser
import json
import os
import pathlib
import re
import unittest
import urllib.parse

from peer import freshetd, post, request

NAMES = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "</title></style></script>",
         "javascript:alert(1)", "{{7*7}}${7*7}#{7*7}", "'; DROP TABLE tasks; --", "\" OR 1=1 --", "../../../etc/passwd",
         "/etc/passwd", "..%2f..%2fetc%2fpasswd", "$(touch pwned)", "`touch pwned`", "| touch pwned", "a\nb", "a\r\nSet-Cookie: x=1",
         "\x00", "a\x00b", "\x1b[2J\x1b]0;x\x07", "\u202egnp.exe", "\u00e9\u4e2d\U0001f600", "\ufeff", " ", "%s%s%n", "%00",
         "__proto__", "constructor", "-rf", "--help", "=cmd|' /C calc'!A0", "<b>" * 3_000, "x" * 50_000, "&lt;script&gt;", "<!--", "]]>",
         "\\", "\"", "a/b?c=d#e", ".", "..", "null", "NaN", "\u2028\u2029"]


class Elements(html.parser.HTMLParser):
    """The elements of a page, with the names of their attributes, and the addresses that it names."""

    def __init__(self, body):
        super().__init__()
        self.shapes, self.addresses = set(), set()
        self.feed(body.decode())
        self.close()

    def handle_starttag(self, tag, attributes):
        self.shapes |= {(tag, name) for name, _ in attributes} | {(tag, None)}
        self.addresses |= {value for name, value in attributes if name in ("href", "src", "action")}

    def handle_comment(self, data):
        self.shapes.add(("comment", None))

    def handle_pi(self, data):
        self.shapes.add(("instruction", None))

    def unknown_decl(self, data):
        self.shapes.add(("declaration", None))


def quoted(name):
    return urllib.parse.quote(name, safe="")


def arguments(name):
    """Returns arguments of add_task with the name in every place that takes one."""
    return {"worker": name, "task_id": name, "family": name, "module": name, "params": {name: name, "p": name},
            "owners": [name], "resources": {name: 1}, "tracking_url": name, "priority": 1}


class HostileNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        running = freshetd()
        cls.scheduler = running.__enter__()
        cls.addClassCleanup(running.__exit__, None, None, None)
        for number, name in enumerate(NAMES):
            cls(methodName="register").register(cls.scheduler.port, name, f"run-{number}")

    def setUp(self):
        self.port = self.scheduler.port

    def register(self, port, name, run):
        """Puts the name wherever a worker can put a text."""
        self.port = port
        about = {"run_id": run, "program": name, "command": name, "host": name, "pid": 1}
        self.call("add_worker", worker=name, info=[["host", name], ["first_task", name], ["run", about]])
        self.call("add_task", **arguments(name))
        self.call("set_task_status_message", task_id=name, status_message=name)
        self.call("report_task_statistics", task_id=name, statistics={name: name})
        self.call("add_task", **{**arguments(name), "status": "FAILED", "expl": name})
        if len(name) < 10_000:
            status, _, answer = request(self.port, "POST", f"/api/v1/task/{quoted(name)}/log?attempt=1&run={run}&position=0",
                                        {"Content-Type": "text/plain"}, b"2026-08-21T06:00:00Z " + name.encode() + b"\xff\n")
            self.assertEqual(status, 200, answer)

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
                body, own_scripts = re.subn(rb'<script src="[./]*script\.js" defer=""></script>', b"", body)
                self.assertEqual(own_scripts, 1)
                for part in (b"<script", b"<img", b"</title></style>", b"href=\"javascript:", b"href='javascript:", b"\x1b", b"\0"):
                    self.assertNotIn(part, body)

    def pages_of(self, name, run):
        """The pages that show the name, but the lists."""
        return [f"/task/{quoted(name)}", f"/task/{quoted(name)}/log", f"/run/{run}", f"/tasks?text={quoted(name)}&family={quoted(name)}",
                f"/tasks?worker={quoted(name)}&error={quoted(name)}"]

    def elements(self, path):
        status, headers, body = request(self.port, "GET", path)
        self.assertIn(status, (200, 404), path)
        self.assertEqual(headers["content-type"], "text/html; charset=utf-8")
        return Elements(body)

    def test_no_element_attribute_or_address_of_a_page_comes_from_a_text(self):
        lists = ["/", "/tasks", "/runs"]
        with freshetd() as benign:  # a page without such names
            for number in range(len(NAMES)):
                self.register(benign.port, f"benign{number}", f"run-{number}")
            paths = lists + ["/tasks?text=nothing", "/task/nothing", "/task/nothing/log"] + self.pages_of("benign0", "run-0")
            known = set().union(*(self.elements(path).shapes for path in paths))
        self.port = self.scheduler.port
        for number, name in enumerate(NAMES):
            if len(name) > 10_000:
                continue
            for path in (lists if number == 0 else []) + self.pages_of(name, f"run-{number}"):
                with self.subTest(path=path):
                    page = self.elements(path)
                    self.assertEqual(page.shapes - known, set())
                    for address in page.addresses:
                        self.assertRegex(address, r"^(data:image/svg\+xml,|https?://|(\./|\.\./)*[\w%.~?=&#/-]*$)")
                        self.assertFalse(address.lower().startswith(("javascript:", "//")), address)

    def test_json_has_the_names_as_they_are_and_closes_no_element(self):
        def get(path):
            _, headers, body = request(self.port, "GET", path)
            self.assertTrue(headers["content-type"].startswith("application/json"))
            self.assertTrue(body.isascii())
            self.assertNotIn(b"</", body)
            return json.loads(body)

        self.assertEqual({task["task_id"] for task in get("/api/v1/tasks")["tasks"]}, set(NAMES))
        self.assertEqual({run["command"] for run in get("/api/v1/runs")["runs"]} - set(NAMES), {"freshetd"})
        get("/api/v1/overview")
        for number, name in enumerate(NAMES):
            if len(name) > 300 or name == "null":  # which is Luigi's word for no error
                continue
            with self.subTest(name=name):
                task = get(f"/api/v1/task/{quoted(name)}")
                live = task["live"]
                self.assertEqual([task["task_id"], live["family"], live["parameters"]["p"], live["error"], live["status_message"],
                                  live["statistics"].get(name)], [name] * 6)
                self.assertEqual(get(f"/api/v1/run/run-{number}")["program"], name)
                text = get(f"/api/v1/task/{quoted(name)}/log")["text"]
                self.assertEqual(text, f"2026-08-21T06:00:00Z {name}\ufffd\n")

    def test_a_log_as_text_is_no_page_to_any_browser(self):
        _, headers, body = request(self.port, "GET", f"/api/v1/task/{quoted(NAMES[0])}/log?format=text")
        self.assertEqual(headers["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(body, b"2026-08-21T06:00:00Z " + NAMES[0].encode() + b"\xff\n")

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
        self.call("disable_worker", worker="a\nb")
        self.assertNotIn("\nb", self.scheduler.log_text())
        self.assertNotIn("\x1b", self.scheduler.log_text())


if __name__ == "__main__":
    unittest.main()
