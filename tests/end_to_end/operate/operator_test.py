# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A test that runs the command `freshet` against a real freshetd and against states: python3 TEST TOYS FRESHETD."""

import contextlib
import json
import os
import pty
import re
import select
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, poll  # noqa: E402,F401

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
FRESHET = os.path.join(os.path.dirname(FRESHETD), "freshet")
del sys.argv[1:3]

# In the tests: two reports, of which the first fails, and a task whose name speaks to the terminal.
FIRST, SECOND, LOUD = "Report_2026_08_21_0123456789", "Report_2026_08_22_0123456780", "Load_1_0123456781"


class OperatorTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.variables = {}

    def environment(self):
        return {**super().environment(), **self.variables}

    def run_program(self, program, *arguments):
        process = self.popen_text(program, *map(str, arguments))
        out, self.said = process.communicate(timeout=60)
        return process.returncode, out

    def freshet(self, *arguments, status=0):
        """Standard output; standard error is in self.said."""
        returned, out = self.run_program(FRESHET, *arguments)
        self.assertEqual(returned, status, f"freshet {' '.join(map(str, arguments))}: {out}{self.said}")
        return out

    def json_of(self, *arguments):
        return json.loads(self.freshet(*arguments, "--json"))

    def status_of(self, task, *where):
        return {each["task_id"]: each["status"] for each in self.json_of("tasks", *where)["tasks"]}[task]

    def start_freshetd(self, **options):
        scheduler = Freshetd(self.path("freshetd"), FRESHETD, **options)
        self.addCleanup(scheduler.kill)
        scheduler.start()
        return scheduler

    @staticmethod
    def add_tasks(scheduler):
        for task, day in ((FIRST, "2026-08-21"), (SECOND, "2026-08-22")):
            scheduler.call("add_task", worker="W", task_id=task, family="Report", params={"day": day, "region": "eu"})
        scheduler.call("add_task", worker="W", task_id=LOUD, family="Load", params={"n": "\x1b[31mred\u202e"})

    @staticmethod
    def fail_first(scheduler):
        assert scheduler.call("get_work", worker="W")["task_id"] == FIRST
        scheduler.call("add_task", worker="W", task_id=FIRST, status="FAILED", expl=json.dumps("disk on fire"))


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, command, folder, kind="dumb"):
        self.shown = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, {"PATH": os.environ["PATH"], "HOME": folder, "TERM": kind, "LC_ALL": "C.UTF-8"})

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, text):
        """Waits until the text was shown since the last one was found."""
        deadline = time.monotonic() + 30
        while text not in self.shown:
            if not select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"'{text}' was not shown: {self.shown}")
            self.shown += re.sub("[\r\x07]", "", os.read(self.fd, 65536).decode(errors="replace"))
        self.shown = self.shown.partition(text)[2]

    def wait_for_end(self):
        """Reads what is left, until the program has closed the terminal."""
        with contextlib.suppress(OSError):
            while os.read(self.fd, 65536):
                pass

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)
