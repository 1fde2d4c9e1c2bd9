# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Texts with a meaning in HTML, a shell, SQL, a path, a log or on a terminal, and a freshetd that has one in every place
where a worker or an operator can put one."""

import contextlib
import hashlib
import json
import os
import re
import tempfile
import urllib.parse

from peer import Freshetd, bearer, post, request

NAMES = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "</title></style></script>",
         "javascript:alert(1)", "{{7*7}}${7*7}#{7*7}", "'; DROP TABLE tasks; --", "\" OR 1=1 --", "../../../etc/passwd",
         "/etc/passwd", "..%2f..%2fetc%2fpasswd", "$(touch pwned)", "`touch pwned`", "| touch pwned", "a\nb", "a\r\nSet-Cookie: x=1",
         "\x00", "a\x00b", "\x1b[2J\x1b]0;x\x07", "\u202egnp.exe", "\u00e9\u4e2d\U0001f600", "\ufeff", " ", "%s%s%n", "%00",
         "__proto__", "constructor", "-rf", "--help", "=cmd|' /C calc'!A0", "<b>" * 3_000, "x" * 50_000, "&lt;script&gt;", "<!--", "]]>",
         "\\", "\"", "a/b?c=d#e", ".", "..", "null", "NaN", "\u2028\u2029", "\x7f\x80\x9b31m\u2066", "\n\ndata: 1\n\nevent: forged",
         "a\tb", "https://evil.example/\"onclick=alert(1)", "HTTP/1.1 200 OK\r\n\r\n"]
# Second halves of surrogate pairs, as escapes of JSON, which have no UTF-8; a first half without its second is refused.
UNPAIRED = ["a\udfffb", "\udcff\udc80"]
# Control characters but for line feed and tab, and what reorders text.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
OPERATOR = "\"><img/src=x/onerror=alert(1)>\u202e\x1b[2J"

TOKENS = {role: hashlib.sha256(f"hostile {role}".encode()).hexdigest() for role in ("view", "work", "operate")}
STATES = ("DONE", "FAILED", "DISABLED", "RUNNING", "PENDING")


def quoted(name):
    return urllib.parse.quote(name, safe="", errors="surrogatepass")


@contextlib.contextmanager
def filled_freshetd(names):
    """A freshetd with the names as those of tasks, parameters, workers, runs, resources, datasets and errors."""
    with tempfile.TemporaryDirectory(prefix="freshet-hostile-") as folder:
        tokens = os.path.join(folder, "tokens")
        with open(tokens, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            for role, token in TOKENS.items():
                file.write(f"{OPERATOR if role == 'operate' else role} {role} {token}\n")
        settings = {"retry_delay": 3600, "worker_disconnect_delay": 3600, "send_messages": True, "pause_enabled": True}
        with Freshetd(folder, os.environ["FRESHET_BIN"] + "/freshetd", settings,
                      options=["--token-file", tokens, "--logdir", "."]) as scheduler:
            for number, name in enumerate(names):
                Filler(scheduler.port, name, number).fill()
            yield scheduler


class Filler:
    """Puts one name wherever a worker or an operator can put a text."""

    def __init__(self, port, name, number):
        self.port, self.name, self.run = port, name, f"run-{number}"

    def fill(self):
        name = self.name
        for worker, run in ((name, self.run), ("of " + name, name)):
            about = {"run_id": run, "program": name, "command": name, "host": name, "pid": 1}
            self.call("add_worker", worker=worker, info=[["host", name], ["first_task", name], ["run", about]])
        self.call("update_resource", "operate", resource=name, amount=3)
        self.attempt(name)
        self.call("set_task_status_message", task_id=name, status_message=name)
        self.call("report_task_statistics", task_id=name, statistics={name: name})
        self.send_log(name)
        self.call("add_task", worker=name, task_id=name, status="FAILED", expl=name)  # most workers send JSON
        for state in STATES:
            self.add_in(state)
        self.call("announce_scheduling_failure", task_name=name + "~", family=name, params={name: name}, expl=name,
                  owners=[name], worker=name)
        self.call("set_task_priority", "operate", task_id=name + "~PENDING", priority=7)

    def call(self, method, role="work", **given):
        status, answer = post(self.port, method, given, bearer(TOKENS[role]))
        assert status == 200, f"{method} {given}: {status} {answer}"
        return answer["response"]

    def register(self, task, **more):
        name = self.name
        self.call("add_task", **{"worker": name, "task_id": task, "family": name, "module": name, "params": {name: name, "p": name},
                                 "owners": [name], "resources": {name: 1}, "tracking_url": name, "accepts_messages": True, **more})

    def attempt(self, task, **more):
        self.register(task, **more)
        given = self.call("get_work", worker=self.name, host=self.name)["task_id"]
        assert given == task, f"{given} instead of {task}"

    def report(self, task, status, **more):
        self.call("add_task", worker=self.name, task_id=task, status=status, expl=json.dumps(self.name), **more)

    def send_log(self, task):
        path = f"/api/v1/task/{quoted(task)}/log?attempt=1&run={self.run}&position=0"
        if len(path) < 10_000:
            text = b"2026-08-21T06:00:00Z " + self.name.encode(errors="surrogatepass") + b"\xff\n"
            status, _, answer = request(self.port, "POST", path, {"Content-Type": "text/plain", **bearer(TOKENS["work"])}, text)
            assert status == 200, answer

    def add_in(self, state):
        task = f"{self.name}~{state}"
        if state == "PENDING":
            return self.register(task, deps=[self.name, self.name + "~DONE", self.name + "~UNKNOWN"])
        self.attempt(task, retry_policy_dict={"retry_count": 1} if state == "DISABLED" else None)
        self.send_log(task)
        if state == "RUNNING":
            self.call("set_task_status_message", task_id=task, status_message=self.name)
        elif state == "DONE":
            self.report(task, state, events=[self.completed_cycle()])
        else:
            self.report(task, "FAILED")

    def completed_cycle(self):
        return {"specversion": "1.0", "id": self.run, "source": "/" + self.name, "type": "dev.freshet.dataset.cycle.completed.v1",
                "subject": self.name, "time": "2026-08-21T06:00:00.000Z", "partitionkey": self.name, "datacontenttype": "application/json",
                "data": {"dataset": self.name, "cycle": "2026-08-21T00", "bytes": 1, "next_due": "2026-08-21T12:00:00Z"}}
