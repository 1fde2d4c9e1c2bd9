# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A test that starts programs in a folder of its own."""
import os
import subprocess
import tempfile
import unittest


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix=f"freshet-{type(self).__name__}-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def lines_of(path):
        """The lines of a file; none where there is no file."""
        try:
            with open(path, encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def environment(self):
        return {"HOME": self.folder, "PATH": os.environ["PATH"]}

    def popen(self, *command, **options):
        """Starts a program, which the end of the test kills."""
        process = subprocess.Popen(command, env=self.environment(), **options)
        self.addCleanup(self.put_away, process)
        return process

    def popen_text(self, *command):
        """The same; communicate() returns its output and its errors."""
        return self.popen(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def put_away(process):
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
