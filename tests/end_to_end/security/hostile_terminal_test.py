# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Each command of `freshet` that shows texts of others: none of them speaks to the terminal, and JSON has them unchanged."""

import json
import os
import re
import signal
import subprocess
import unittest

from hostile import NAMES, TOKENS, UNPAIRED, UNPRINTABLE, filled_freshetd

FRESHET = os.path.abspath(os.path.join(os.environ["FRESHET_BIN"], "freshet"))
LISTS = ["status", "tasks", "runs", "workers", "resources"]
OF_A_TASK = ["why", "history", "logs", "retry", "done", "cancel", "rerun", "acknowledge"]
# watch has a test of its own; the others show no text of a worker.
OTHERS = set("pause unpause watch page backup restore check-state token autoscale completion man-page help".split())
SPEAKING = [name for name in NAMES if UNPRINTABLE.search(name) or "\n" in name]
ARGUMENTS = [NAMES[0], *(name for name in SPEAKING if "\0" not in name)]


class HostileTerminal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        running = filled_freshetd([NAMES[0], *SPEAKING, *UNPAIRED])
        cls.scheduler = running.__enter__()
        cls.addClassCleanup(running.__exit__, None, None, None)
        cls.environment = {**os.environ, "FRESHET_SCHEDULER": cls.scheduler.url, "FRESHET_TOKEN": TOKENS["operate"]}

    def freshet(self, *words):
        return subprocess.run([FRESHET, *words], capture_output=True, timeout=120, env=self.environment, cwd=self.scheduler.folder)

    def assert_printable(self, output):
        self.assertIsNone(UNPRINTABLE.search(output.decode()))

    def check(self, *words):
        for each in (words, (*words, "--json")):
            with self.subTest(words=each):
                ended = self.freshet(*each)
                self.assert_printable(ended.stdout)
                self.assert_printable(ended.stderr)
                if "--json" in each and ended.stdout:
                    json.loads(ended.stdout)

    def test_no_command_is_forgotten(self):
        listed = re.findall(r"^  ([a-z-]+)  ", self.freshet("--help").stdout.decode().split("\n\n")[2], re.M)
        self.assertEqual(set(listed) - OTHERS, set(LISTS + OF_A_TASK))

    def test_lists(self):
        for command in LISTS:
            self.check(command, *(["--limit", "1000"] if command == "tasks" else ["--last", "1000"] if command == "runs" else []))

    def test_commands_about_a_task(self):
        for command in OF_A_TASK:
            for name in ARGUMENTS:
                self.check(command, name)
                self.check(command, name + "~RUNNING")

    def test_JSON_has_the_names_as_they_are(self):
        tasks = json.loads(self.freshet("tasks", "--limit", "1000", "--json").stdout)["tasks"]
        self.assertEqual(set(SPEAKING) - {task["task_id"] for task in tasks}, set())
        workers = json.loads(self.freshet("workers", "--json").stdout)["workers"]
        self.assertEqual(set(SPEAKING) - {worker["name"] for worker in workers}, set())

    def test_a_name_that_may_be_meant_stays_on_its_line(self):
        said = self.freshet("why", "a\r").stderr.decode()
        self.assertRegex(said, r"may be any of \d+ tasks")
        self.assertEqual(said.count("\n"), 2)  # the second one tells of --help

    def test_watch(self):
        with subprocess.Popen([FRESHET, "watch"], stdout=subprocess.PIPE, env=self.environment) as watch:
            shown = []
            for line in watch.stdout:
                shown.append(line)
                if line.startswith(b"running"):
                    shown.append(watch.stdout.readline())
                    break
            watch.send_signal(signal.SIGINT)
        self.assert_printable(b"".join(shown))


if __name__ == "__main__":
    unittest.main()
