# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of freshetd as a process."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TESTS / "support"))

from schedulers import Freshetd, poll  # noqa: E402,F401

BIN = pathlib.Path(os.environ["FRESHET_BIN"])


def run(program, *words, environment=None, seconds=60):
    """Runs a program that ends by itself."""
    return subprocess.run([BIN / program, *map(str, words)], capture_output=True, text=True, timeout=seconds,
                          env=dict(os.environ, **(environment or {})))


class DaemonTest(unittest.TestCase):
    """A test with a folder of its own and, if started, a freshetd in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, *options, settings=None, resources=None):
        daemon = Freshetd(self.folder, BIN / "freshetd", settings, resources, map(str, options))
        self.addCleanup(daemon.kill)
        daemon.start()
        return daemon

    def start_limited(self, limit):
        """Starts freshetd under a limit of the shell, like "ulimit -n 256"."""
        daemon = Freshetd(self.folder, BIN / "freshetd")
        command = daemon.command()
        daemon.command = lambda: ["sh", "-c", f'{limit} && exec "$@"', "sh", *command]
        self.addCleanup(daemon.kill)
        daemon.start()
        return daemon

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def add_done(self, daemon, task, **arguments):
        daemon.call("add_task", worker="W", task_id=task, family="A")
        daemon.call("get_work", worker="W")
        daemon.call("add_task", worker="W", task_id=task, status="DONE", **arguments)


def event(number):
    return {"specversion": "1.0", "id": f"event-{number}", "source": "/test", "type": "dev.freshet.test.v1",
            "subject": "s", "time": "2026-08-21T06:00:00.000Z", "partitionkey": "k", "data": {"n": number},
            "datacontenttype": "application/json"}


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
