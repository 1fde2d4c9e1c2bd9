# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Start-up of freshetd, and states, options and environments that it rejects."""

import configparser
import contextlib
import json
import os
import pickle
import signal
import socket
import sqlite3
import stat
import subprocess
import unittest

from daemon import BIN, TESTS, DaemonTest, Freshetd, poll, run


class RefusedStates(DaemonTest):
    def refused(self, path):
        before = (path.read_bytes(), path.stat().st_mtime_ns)
        ended = run("freshetd", "--port", 0, "--state-path", path)
        self.assertEqual(ended.returncode, 78, ended.stderr)
        self.assertIn(f"'{path}'", ended.stderr)
        self.assertIn("--state-path", ended.stderr)
        self.assertEqual((path.read_bytes(), path.stat().st_mtime_ns), before)

    def test_a_pickle_of_luigid_is_rejected_and_left_unchanged(self):
        path = self.folder / "state.pickle"
        path.write_bytes(pickle.dumps(({"A_1": "task"}, {"W": "worker"}, {})))
        self.refused(path)

    def test_the_database_of_another_program_is_rejected_and_left_unchanged(self):
        path = self.folder / "other.sqlite"
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE songs(title TEXT)")
        database.close()
        self.refused(path)

    def test_a_text_file_is_rejected_and_left_unchanged(self):
        self.refused(self.file("short.txt", "x"))
        self.refused(self.file("long.txt", "not a state\n" * 1000))


class RefusedStarts(DaemonTest):
    def ended(self, *words, environment=None):
        return run("freshetd", "--state-path", self.folder / "state", *words, environment=environment)

    def test_an_error_on_the_command_line_exits_with_64(self):
        for words in (["--prot", "1"], ["--port", "many"], ["now"], ["--port"]):
            self.assertEqual(self.ended(*words).returncode, 64, words)

    def test_an_error_in_the_configuration_exits_with_78(self):
        path = self.file("wrong.toml", "[scheduler]\nretry_dealy = 1\n")
        ended = self.ended("--config", path)
        self.assertEqual(ended.returncode, 78)
        self.assertIn("wrong.toml:2", ended.stderr)
        self.assertEqual(run("freshetd", "--check-config", "--config", path).returncode, 78)

    def test_an_exposed_address_requires_tokens_or_allow_unauthenticated(self):
        ended = self.ended("--address", "0.0.0.0")
        self.assertEqual(ended.returncode, 78)
        self.assertIn("--token-file", ended.stderr)
        self.assertIn("--allow-unauthenticated", ended.stderr)
        self.assertFalse((self.folder / "state").exists())
        self.assertEqual(self.ended("--address", "0.0.0.0", "--check-config").returncode, 78)

    def test_a_pid_file_that_cannot_be_created_exits_with_69(self):
        ended = self.ended("--pidfile", self.folder / "nowhere" / "pid")
        self.assertEqual(ended.returncode, 69)
        self.assertIn(f"write pid file '{self.folder}/nowhere/pid': ", ended.stderr)

    def test_a_port_in_use_exits_with_69(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            ended = self.ended("--port", other.getsockname()[1])
        self.assertEqual(ended.returncode, 69, ended.stderr)
        self.assertEqual(self.runs(self.folder / "state"), [(69, ended.stderr.removeprefix("freshetd: ").strip())])

    def runs(self, state):
        """Returns exit code and summary of each run that has ended."""
        with contextlib.closing(sqlite3.connect(state)) as database:
            return database.execute("SELECT exit_code, summary FROM runs WHERE ended NOT NULL").fetchall()

    def test_a_second_daemon_on_one_state_exits_with_10_and_names_the_first(self):
        first = self.start()
        ended = run("freshetd", "--port", 0, "--state-path", self.folder / "freshetd.sqlite")
        self.assertEqual(ended.returncode, 10)
        self.assertIn(f"pid {first.process.pid}", ended.stderr)


class Unit(unittest.TestCase):
    def test_systemd_restarts_it_without_a_limit(self):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str
        unit.read(TESTS.parent / "src/daemon/deploy/freshetd.service.in")
        self.assertEqual(unit["Service"]["Restart"], "on-failure")
        self.assertEqual(unit["Unit"].get("StartLimitIntervalSec"), "0")


class Starts(DaemonTest):
    def test_check_config_shows_the_origin_of_each_setting_and_creates_nothing(self):
        path = self.file("some.toml", "[scheduler]\nretry_delay = 1\n")
        ended = run("freshetd", "--check-config", "--config", path, "--port", 9,
                    environment={"STATE_DIRECTORY": str(self.folder / "state"), "FRESHET_RESOURCES__DB": "4"})
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn(f"retry_delay = 1  ({path}:2)", ended.stdout)
        self.assertIn("DB = 4  (environment FRESHET_RESOURCES__DB)", ended.stdout)
        self.assertIn("port = 9  (command line)", ended.stdout)
        self.assertIn(f"state: {self.folder}/state/freshetd.sqlite", ended.stdout)
        self.assertFalse((self.folder / "state").exists())

    def test_a_luigi_cfg_is_read_and_ignored_keys_are_named(self):
        path = self.file("luigi.cfg", "[scheduler]\nstate_path=/x.pickle\nretry_count=1\n[resources]\nDb=3\n")
        daemon = self.start("--luigi-config", path)
        self.assertEqual(daemon.call("resource_list")[0]["name"], "Db")
        self.assertEqual(daemon.call("resource_list")[0]["num_total"], 3)
        self.assertIn("luigi.cfg:2: [scheduler] state_path is ignored", daemon.log_text())

    def test_a_unix_socket_is_accessible_to_its_owner_only(self):
        path = self.folder / "socket"
        self.start_on_socket(path)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0)
        self.assertIn(b" 200 ", self.asked(path, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))

    def start_on_socket(self, path):
        process = subprocess.Popen([BIN / "freshetd", "--unix-socket", path, "--state-path", self.folder / "state"],
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        poll(path.exists, "the socket is there")

    def asked(self, path, request):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(request)
            return b"".join(iter(lambda: client.recv(4096), b""))

    def test_in_the_background_it_is_ready_when_the_parent_ends(self):
        pid_file, logs = self.folder / "pid", self.folder / "logs"
        words = ["--port", 0, "--state-path", self.folder / "state", "--pidfile", pid_file, "--logdir", logs]
        ended = run("freshetd", *words, "--background")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        pid = int(pid_file.read_text())
        try:
            self.assertIn("listens on http://127.0.0.1:", (logs / "freshetd.log").read_text())
            again = run("freshetd", *words, "--background")
            self.assertEqual(again.returncode, 10, again.stderr)
            self.assertIn(f"process {pid}", again.stderr)
        finally:
            os.kill(pid, signal.SIGTERM)
        poll(lambda: not pid_file.exists(), "the pid file is gone")

    def test_it_continues_when_the_reader_of_its_log_is_gone(self):
        daemon = self.start_with_pipe()
        daemon.process.stderr.close()
        daemon.call("update_resource", resource="db", amount=1)  # the log hears of it
        daemon.call("update_resource", resource="db", amount=2)
        self.assertEqual(daemon.call("resource_list")[0]["num_total"], 2)

    def start_with_pipe(self):
        daemon = Freshetd(self.folder, BIN / "freshetd")
        daemon.process = subprocess.Popen(daemon.command(), stderr=subprocess.PIPE)
        self.addCleanup(daemon.kill)
        daemon.process.stderr.readline()
        return daemon

    def test_in_the_background_it_continues_when_the_parent_is_killed_before_it_is_ready(self):
        pid_file, log = self.folder / "pid", self.folder / "logs/freshetd.log"
        log.parent.mkdir()
        os.mkfifo(log)  # the child waits until somebody reads it
        parent = subprocess.Popen([BIN / "freshetd", "--background", "--port", "0", "--pidfile", pid_file,
                                   "--state-path", self.folder / "state", "--logdir", log.parent])
        pid = int(poll(lambda: pid_file.exists() and pid_file.read_text(), "the child has begun"))
        parent.kill()
        parent.wait()
        with log.open() as lines:
            self.assertIn("listens on", lines.readline())
            os.kill(pid, signal.SIGTERM)  # it ends in good order, and so was there
            self.assertIn("stopping", lines.readline())
            poll(lambda: not pid_file.exists(), "the pid file is gone")

    def test_in_the_background_start_up_errors_are_reported_by_the_parent(self):
        ended = run("freshetd", "--background", "--port", 0, "--logdir", self.folder,
                    "--state-path", self.file("text", "no state"))
        self.assertEqual(ended.returncode, 78)
        self.assertIn("is not a state of Freshet", ended.stderr)

    def test_a_json_log_is_valid(self):
        daemon = self.start("--logdir", self.folder / "logs", "--log-format", "json")
        daemon.stop()
        records = [json.loads(line) for line in (self.folder / "logs/freshetd.log").read_text().splitlines()]
        self.assertEqual([record["event"] for record in records],
                         ["freshetd.ready", "freshetd.stopping", "freshetd.stopped"])


if __name__ == "__main__":
    unittest.main()
