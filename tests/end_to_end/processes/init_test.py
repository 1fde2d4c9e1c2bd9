#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""init_test.py HOUSEHOLD: the program as the first process of a PID namespace, like that of a container."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

HOUSEHOLD = os.path.abspath(sys.argv.pop(1))
NAMESPACE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"]


class Init(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="freshet-init-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, family, *options):
        command = [*NAMESPACE, HOUSEHOLD, "run", family, "--root", str(self.folder), *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   env={"HOME": str(self.folder), "PATH": os.environ["PATH"]})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def start_patient(self, family, *options):
        """Returns the process and the id of PID 1, once its task waits."""
        for name in ("ready", "go"):
            os.mkfifo(self.folder / name)
        process = self.start(family, *options)
        (self.folder / "ready").read_text()
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        return process, int(children.split()[0])

    def test_orphans_do_not_stay_zombies(self):
        process = self.start("Orphans")
        written, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, written)

    def test_signals_reach_the_program_and_its_exit_status_is_that_of_the_container(self):
        process, init = self.start_patient("Next")
        os.kill(init, signal.SIGTERM)
        for line in process.stdout:
            if "finishing 1 running" in line:
                break
        (self.folder / "go").write_text("")
        written, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 25, written)
        self.assertTrue((self.folder / "output").exists())
        self.assertFalse((self.folder / "next").exists())

    def test_its_title_shows_no_secret(self):
        process, init = self.start_patient("Patient", "--password", "open sesame")
        self.assertNotIn("open sesame", pathlib.Path(f"/proc/{init}/cmdline").read_text())
        (self.folder / "go").write_text("")
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    if subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode != 0:
        print("skipped: this user cannot make a PID namespace")
        sys.exit()
    unittest.main()
