#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""secrets_test.py TOYS FRESHETD: what others on the machine, and readers of its files, see of a secret parameter."""

import hashlib
import os
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, poll, task_id  # noqa: E402

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]

SECRET = "xyzzy-7c1e"


class Secrets(ProgramTest):
    def setUp(self):
        super().setUp()
        self.state = self.path("state.sqlite")

    def run_toys(self, *arguments):
        return subprocess.run([TOYS, *arguments], capture_output=True, text=True, timeout=60, env=self.environment(), check=False)

    def start_slow(self, *arguments):
        """A run of the task with the secret, which has begun and waits for the file "go"."""
        process = self.popen_text(TOYS, "run", "Slow", "--root", self.folder, *arguments)
        poll(lambda: os.path.exists(os.path.join(self.folder, "diary")), "a task that runs")
        return process

    def finish(self, process):
        with open(os.path.join(self.folder, "go"), "w"):
            pass
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, out + err)
        return out + err

    def assert_nowhere_in_files(self):
        looked = 0
        for folder, _, names in os.walk(self.folder):
            for path in (os.path.join(folder, name) for name in names):
                if not os.path.isfile(path):  # but the socket of the state
                    continue
                with open(path, "rb") as file:
                    self.assertNotIn(SECRET.encode(), file.read(), path)
                looked += 1
        self.assertGreater(looked, 3)

    def test_no_file_and_no_output_of_a_run_has_the_secret(self):
        for form in (["--password", SECRET], [f"--password={SECRET}"]):
            with self.subTest(form=form):
                process = self.start_slow("--state", self.state, *form)
                self.assert_nowhere_in_files()
                with open(f"/proc/{process.pid}/cmdline", "rb") as arguments:
                    title = arguments.read()
                self.assertNotIn(SECRET.encode(), title)
                self.assertIn(b"--password", title)
                locked = self.run_toys("run", "Chapter", "--root", self.folder, "--state", self.state)
                self.assertNotIn(SECRET, locked.stdout + locked.stderr)
                self.assertNotIn(SECRET, self.finish(process))
                self.assert_nowhere_in_files()
                history = self.run_toys("history", "--state", self.state).stdout
                self.assertIn("--password", history)
                self.assertIn("***", history)
                os.remove(os.path.join(self.folder, "slow"))
                os.remove(os.path.join(self.folder, "diary"))
                os.remove(os.path.join(self.folder, "go"))

    def test_the_json_log_has_no_secret(self):
        process = self.start_slow("--state", self.state, "--password", SECRET, "--log-format", "json")
        self.assertNotIn(SECRET, self.finish(process))

    def test_a_freshetd_never_sees_the_secret_and_ps_never_the_password_of_its_address(self):
        with Freshetd(os.path.join(self.folder, "freshetd"), FRESHETD) as scheduler:
            url = scheduler.url.replace("http://", f"http://me:{SECRET}@")
            process = self.start_slow("--scheduler", url, "--password", SECRET)
            with open(f"/proc/{process.pid}/cmdline", "rb") as arguments:
                self.assertNotIn(SECRET.encode(), arguments.read())
            self.finish(process)
        self.assert_nowhere_in_files()

    def test_a_serving_worker_gives_tasks_that_others_registered_the_secrets_of_its_configuration(self):
        with open(self.path("password"), "w") as file:
            file.write(SECRET + "\n")
        with open(self.path("go"), "w"):
            pass
        with Freshetd(os.path.join(self.folder, "freshetd"), FRESHETD) as scheduler:
            params = {"root": self.folder}
            scheduler.call("add_task", worker="planner", task_id=task_id("Slow", params), family="Slow", params=params,
                           deps=[])
            environment = self.environment() | {"FRESHET_SLOW__PASSWORD_FILE": self.path("password")}
            done = subprocess.run([TOYS, "work", "--idle", "1", "--scheduler", scheduler.url], capture_output=True,
                                  text=True, timeout=60, env=environment, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path("slow")) as file:
            self.assertEqual(file.read(), f"done {hashlib.sha256(SECRET.encode()).hexdigest()}\n")

    def test_state_and_lock_are_for_their_owner_alone_unless_the_owner_says_otherwise(self):
        def modes():
            return {name: stat.S_IMODE(os.stat(os.path.join(self.folder, name)).st_mode)
                    for name in os.listdir(self.folder) if name.startswith("state.sqlite")}

        process = self.start_slow("--state", self.state)
        self.assertGreaterEqual(set(modes()), {"state.sqlite", "state.sqlite-wal", "state.sqlite.lock"})
        self.assertEqual(set(modes().values()), {0o600})
        self.finish(process)
        os.chmod(self.state, 0o640)
        self.assertEqual(self.run_toys("run", "Chapter", "--root", self.folder, "--state", self.state).returncode, 0)
        self.assertEqual(modes()["state.sqlite"], 0o640)


if __name__ == "__main__":
    unittest.main(verbosity=2)
