# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Signals and the service manager: stop, reload, log rotation."""

import http.server
import json
import os
import signal
import socket
import stat
import subprocess
import threading
import unittest
import unittest.mock
import urllib.error
import urllib.request

from daemon import BIN, DaemonTest, event, lines_of, poll, run


class Stopped(DaemonTest):
    def test_a_stop_answers_long_polls_and_keeps_the_state(self):
        daemon = self.start()
        daemon.call("add_task", worker="V", task_id="A_1", family="A")
        answers = []
        asker = threading.Thread(target=lambda: answers.append(
            daemon.call("get_work", worker="W", families=["B"], wait=25)))
        asker.start()
        poll(lambda: any(worker["name"] == "W" for worker in daemon.call("worker_list")), "W asks for work")
        daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.process.wait(timeout=4), 0)
        asker.join()
        self.assertIsNone(answers[0]["task_id"])
        daemon.start()
        self.assertEqual(daemon.status_of("A_1"), "PENDING")

    def test_a_second_signal_ends_it_at_once(self):
        asked = threading.Event()
        released = threading.Event()
        self.addCleanup(released.set)

        class Deaf(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked.set()
                released.wait()

        sink = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Deaf)
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        self.addCleanup(sink.server_close)
        self.addCleanup(sink.shutdown)
        daemon = self.start("--config", self.file(
            "sink.toml", f'[[sink]]\ntype = "webhook"\nurl = "http://127.0.0.1:{sink.server_port}/"\n'))
        self.add_done(daemon, "A_1", events=[event(1)])
        self.assertTrue(asked.wait(10))
        daemon.process.send_signal(signal.SIGTERM)
        poll(lambda: "stopping" in daemon.log_text(), "it stops")
        daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.process.wait(timeout=1.5), 128 + signal.SIGTERM)
        daemon.start()
        self.assertEqual(daemon.status_of("A_1"), "DONE")


class Reloaded(DaemonTest):
    def reload(self, daemon, text="reloaded the resource limits"):
        before = daemon.log_text().count(text)
        daemon.process.send_signal(signal.SIGHUP)
        poll(lambda: daemon.log_text().count(text) > before, f"the log says '{text}'")

    def limits(self, daemon):
        return {resource["name"]: resource["num_total"] for resource in daemon.call("resource_list")}

    def test_a_reload_replaces_the_resource_limits(self):
        path = self.file("some.toml", "[resources]\ndb = 2\nnet = 3\n")
        daemon = self.start("--config", path)
        self.assertEqual(self.limits(daemon), {"db": 2, "net": 3})
        path.write_text("[resources]\ndb = 5\n")
        self.reload(daemon)
        poll(lambda: self.limits(daemon) == {"db": 5}, "the new limits hold")

    def test_a_reload_keeps_an_operators_limit_unless_the_file_changed_it(self):
        path = self.file("some.toml", "[resources]\ndb = 2\nnet = 3\n")
        daemon = self.start("--config", path)
        daemon.call("update_resource", resource="db", amount=7)
        daemon.call("update_resource", resource="net", amount=7)
        path.write_text("[resources]\ndb = 2\nnet = 4\n")
        self.reload(daemon)
        poll(lambda: self.limits(daemon) == {"db": 7, "net": 4}, "the new limits hold")
        daemon.stop()
        daemon.start()
        self.assertEqual(self.limits(daemon), {"db": 7, "net": 4})

    def test_a_reload_can_turn_a_limit_into_a_rate_and_back(self):
        path = self.file("some.toml", "[resources]\nr = 9\n")
        daemon = self.start("--config", path)
        for number in range(6):
            daemon.call("add_task", worker="W", task_id=f"A_{number}", family="A", resources={"r": 1})
        for limit, total, done in (('"2/minute"', 2, 2), ("1", 1, 4)):
            path.write_text(f"[resources]\nr = {limit}\n")
            self.reload(daemon)
            poll(lambda: self.limits(daemon) == {"r": total}, "the new limit holds")
            self.assertEqual(self.run_all(daemon), done)

    def run_all(self, daemon):
        """Runs tasks one after the other until none is assigned, and returns their number."""
        count = 0
        while task := daemon.call("get_work", worker="W")["task_id"]:
            daemon.call("add_task", worker="W", task_id=task, status="DONE")
            count += 1
        return count

    def test_a_raised_limit_wakes_a_long_poll(self):
        path = self.file("some.toml", "[resources]\ndb = 1\n")
        daemon = self.start("--config", path)
        for task in ("A_1", "A_2"):
            daemon.call("add_task", worker="V", task_id=task, family="A", resources={"db": 1})
        daemon.call("get_work", worker="V")
        answers = []
        asker = threading.Thread(target=lambda: answers.append(
            daemon.call("get_work", worker="W", families=["A"], wait=25)["task_id"]))
        asker.start()
        poll(lambda: any(worker["name"] == "W" for worker in daemon.call("worker_list")), "W asks for work")
        path.write_text("[resources]\ndb = 2\n")
        daemon.process.send_signal(signal.SIGHUP)
        asker.join(10)
        self.assertEqual(answers, ["A_2"])

    def test_a_reload_replaces_the_tokens(self):
        tokens = self.folder / "tokens"
        secret = {name: run("freshet", "token", "--add-to", tokens, name, "work").stdout.split()[1]
                  for name in ("ada", "bob")}
        lines = tokens.read_text().splitlines(True)
        tokens.write_text(lines[0])
        daemon = self.start("--token-file", tokens)
        self.assertEqual([self.status(daemon, secret[name]) for name in ("ada", "bob")], [200, 401])
        self.assertEqual(self.status(daemon, ""), 401)
        tokens.write_text(lines[1])
        self.reload(daemon)
        self.assertEqual([self.status(daemon, secret[name]) for name in ("ada", "bob")], [401, 200])

    def test_no_reload_disables_authentication(self):
        run("freshet", "token", "--add-to", self.folder / "tokens", "ada", "operate")
        closed = f'[server]\ntoken_file = "{self.folder}/tokens"\n'
        path = self.file("some.toml", closed)
        daemon = self.start("--config", path, "--address", "0.0.0.0")
        for opened in ("", "[server]\nallow_unauthenticated = true\n"):
            path.write_text(opened)
            self.reload(daemon, "nothing was changed")
            self.assertEqual(self.status(daemon, "", "pause"), 401)
        path.write_text(closed + "allow_unauthenticated = true\n")
        self.reload(daemon, "allow_unauthenticated has changed: it takes effect after a restart")
        self.assertEqual(self.status(daemon, "", "pause"), 401)

    def status(self, daemon, token, method="ping"):
        request = urllib.request.Request(f"{daemon.url}/api/{method}", b"data=%7B%22worker%22%3A%22W%22%7D",
                                         {"Authorization": f"Bearer {token}"})
        try:
            return urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code

    def test_a_reload_of_an_invalid_configuration_changes_nothing(self):
        path = self.file("some.toml", "[resources]\ndb = 2\n")
        daemon = self.start("--config", path)
        path.write_text("[resources]\ndb = many\n")
        self.reload(daemon, "nothing was changed")
        self.assertEqual(self.limits(daemon), {"db": 2})

    def test_a_reload_of_an_unreadable_configuration_changes_nothing(self):
        home = self.folder / "home"
        home.mkdir()
        with unittest.mock.patch.dict(os.environ, XDG_CONFIG_HOME=str(home)):
            daemon = self.start(resources={"db": 2})
        (home / "freshetd").symlink_to("freshetd")
        self.reload(daemon, "nothing was changed")
        self.assertEqual(self.limits(daemon), {"db": 2})

    def test_log_and_audit_log_are_reopened_after_rotation(self):
        log, audit = self.folder / "logs/freshetd.log", self.folder / "logs/audit.log"
        daemon = self.start("--logdir", log.parent)
        daemon.call("pause")
        log.rename(log.parent / "old.log")
        audit.rename(audit.parent / "old-audit.log")
        daemon.process.send_signal(signal.SIGHUP)
        poll(lambda: log.exists() and "reloaded" in log.read_text(), "the new file says so")
        self.assertNotIn("reloaded", (log.parent / "old.log").read_text())
        daemon.call("unpause")
        self.assertEqual([line["action"] for line in lines_of(audit)], ["api.unpause"])
        for file in (log, audit):
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, file)


class ServiceManager(DaemonTest):
    def test_the_service_manager_is_notified_of_readiness_watchdog_and_stop(self):
        path = self.folder / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(path))
            manager.settimeout(20)
            process = subprocess.Popen(
                [BIN / "freshetd", "--port", "0", "--state-path", self.folder / "state"], stderr=subprocess.DEVNULL,
                env=dict(os.environ, NOTIFY_SOCKET=str(path), WATCHDOG_USEC="200000"))
            self.addCleanup(process.kill)
            ready = manager.recv(1000).decode()
            self.assertTrue(ready.startswith("READY=1\nSTATUS=listens on http://127.0.0.1:"), ready)
            self.assertEqual(manager.recv(1000), b"WATCHDOG=1")
            process.terminate()
            words = b"WATCHDOG=1"
            while words == b"WATCHDOG=1":
                words = manager.recv(1000)
            self.assertTrue(words.startswith(b"STOPPING=1"))
            self.assertEqual(process.wait(timeout=10), 0)


if __name__ == "__main__":
    unittest.main()
