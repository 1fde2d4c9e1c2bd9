# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""freshetd with closed standard streams, few descriptors and no room to write."""

import contextlib
import os
import signal
import socket
import subprocess
import unittest
import urllib.request

from daemon import BIN, DaemonTest, poll, run


class ClosedStreams(DaemonTest):
    """Closed standard streams, as after <&- >&- 2>&- in a shell and in some init scripts."""

    def ended(self, closed, *words):
        command = f'exec "$@" {closed}'
        return subprocess.run(["sh", "-c", command, "sh", BIN / "freshetd", *map(str, words)], timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    def words(self, pid_file):
        return ["--port", 0, "--state-path", self.folder / "state", "--logdir", self.folder / "logs", "--pidfile", pid_file]

    def test_in_the_background_it_starts_and_stops_with_closed_streams(self):
        for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
            with self.subTest(closed):
                pid_file = self.folder / "pid"
                self.assertEqual(self.ended(closed, "--background", *self.words(pid_file)), 0)
                pid = int(pid_file.read_text())
                try:
                    again = run("freshetd", "--port", 0, "--state-path", self.folder / "another", "--pidfile", pid_file)
                    self.assertEqual(again.returncode, 10, again.stderr)
                finally:
                    os.kill(pid, signal.SIGTERM)
                poll(lambda: not pid_file.exists(), "the pid file is gone")

    def test_log_output_is_not_written_into_its_files(self):
        pid_file = self.folder / "pid"
        command = ["sh", "-c", 'exec "$@" 2>&-', "sh", BIN / "freshetd", "--port", "0", "--pidfile", pid_file,
                   "--state-path", self.folder / "state", "--unix-socket", self.folder / "socket"]
        daemon = subprocess.Popen(command)
        try:
            poll((self.folder / "socket").exists, "it listens")
            self.assertEqual(pid_file.read_text(), f"{daemon.pid}\n")
        finally:
            daemon.terminate()
            self.assertEqual(daemon.wait(timeout=30), 0)

    def test_an_error_keeps_its_exit_code(self):
        self.assertEqual(self.ended("2>&-", "--nonsense"), 64)
        self.assertEqual(self.ended("2>&-", "--config", self.folder / "none"), 78)


class Limits(DaemonTest):
    def test_clients_that_use_all_descriptors_lock_nobody_out(self):
        daemon = self.start_limited("ulimit -n 256")
        with contextlib.ExitStack() as slow:
            for _ in range(400):
                client = slow.enter_context(socket.create_connection(("127.0.0.1", daemon.port)))
                client.sendall(b"GET / HTTP/1.1\r\nHo")
            for _ in range(10):
                self.assertTrue(daemon.is_up())

    def test_it_exits_with_69_when_its_files_may_not_grow(self):
        daemon = self.start_limited("ulimit -f 1000")

        def add_until_it_fails():
            for number in range(10_000):
                urllib.request.urlopen(daemon.url + "/api/add_task", data=self.large_task(number), timeout=30).close()

        self.assertRaises(OSError, add_until_it_fails)
        self.assertEqual(daemon.process.wait(timeout=30), 69)
        self.assertIn(f"freshetd: write to state '{self.folder}/freshetd.sqlite'", daemon.log_text())

    def large_task(self, number):
        return b'data={"worker":"W","task_id":"A_%d","params":{"text":"%s"}}' % (number, b"x" * 10_000)


if __name__ == "__main__":
    unittest.main()
