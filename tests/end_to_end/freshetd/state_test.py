# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The state of freshetd across restarts, its backup, and the delivery of its events."""

import stat
import threading
import unittest

from daemon import DaemonTest, event, lines_of, poll, run


class Kept(DaemonTest):
    def registered(self, daemon):
        """Registers three tasks: done, running, waiting for another."""
        self.add_done(daemon, "A_1")
        daemon.call("add_task", worker="W", task_id="A_2", family="A")
        self.assertEqual(daemon.call("get_work", worker="W")["task_id"], "A_2")
        daemon.call("add_task", worker="W", task_id="A_3", family="A", deps=["A_2"])

    def check(self, daemon):
        self.assertEqual([daemon.status_of(f"A_{n}") for n in (1, 2, 3)], ["DONE", "RUNNING", "PENDING"])
        daemon.call("add_task", worker="W", task_id="A_2", status="DONE")
        self.assertEqual(daemon.call("get_work", worker="W")["task_id"], "A_3")

    def test_a_restart_keeps_tasks_and_leases(self):
        daemon = self.start()
        self.registered(daemon)
        daemon.stop()
        self.assertEqual(daemon.process.returncode, 0)
        daemon.start()
        self.check(daemon)

    def test_a_kill_keeps_tasks_and_leases(self):
        daemon = self.start()
        self.registered(daemon)
        daemon.kill()
        daemon.start()
        self.check(daemon)

    def test_a_backup_under_load_has_all_acknowledged_changes(self):
        daemon = self.start()
        copy = self.folder / "copy.sqlite"
        added, ended = [], threading.Event()

        def add():
            while not ended.is_set():
                daemon.call("add_task", worker="W", task_id=f"A_{len(added)}", family="A")
                added.append(len(added))

        load = threading.Thread(target=add)
        load.start()
        try:
            poll(lambda: len(added) > 50, "fifty tasks are there")
            before = len(added)
            made = run("freshet", "backup", "--state", self.folder / "freshetd.sqlite", copy)
        finally:
            ended.set()
            load.join()
        self.assertEqual(made.returncode, 0, made.stderr)
        again = run("freshet", "backup", "--state", self.folder / "freshetd.sqlite", copy)
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("is there already", again.stderr)
        self.assertEqual(run("freshet", "check-state", "--state", copy).returncode, 0)
        state = self.folder / "freshetd.sqlite"
        refused = run("freshet", "restore", "--state", state, copy)
        self.assertEqual(refused.returncode, 10, refused.stdout)  # Luigi's already_running
        self.assertIn("in use by 'freshetd", refused.stderr)
        daemon.kill()  # which leaves a log beside the state
        restored = run("freshet", "restore", "--state", state, copy)
        self.assertEqual(restored.returncode, 0, restored.stderr)
        daemon.start()
        counted = daemon.call("task_list", status="PENDING", upstream_status="")
        self.assertGreaterEqual(len(counted), before)
        self.assertLessEqual(len(counted), len(added))


class Damaged(DaemonTest):
    def setUp(self):
        super().setUp()
        self.state = self.folder / "freshetd.sqlite"
        self.log = self.folder / "freshetd.sqlite-wal"

    def killed_daemon(self):
        daemon = self.start()
        for number in range(20):
            self.add_done(daemon, f"A_{number}")
        daemon.kill()
        return daemon

    def refused(self):
        """What the next start says, which systemd does not repeat."""
        ended = run("freshetd", "--port", 0, "--state-path", self.state)
        self.assertEqual(ended.returncode, 78, ended.stderr)
        return ended.stderr

    def test_a_log_that_was_lost_after_a_kill_is_missed_and_a_backup_helps(self):
        copy = self.folder / "copy.sqlite"
        daemon = self.start()
        self.add_done(daemon, "B_1")
        self.assertEqual(run("freshet", "backup", "--state", self.state, copy).returncode, 0)
        self.add_done(daemon, "B_2")
        daemon.kill()
        self.log.unlink()
        self.assertRegex(self.refused(), "it holds [0-9]+ of [0-9]+ acknowledged changes: its log '.*-wal' was lost")
        self.assertNotEqual(run("freshet", "check-state", "--state", self.state).returncode, 0)
        self.assertEqual(run("freshet", "restore", "--state", self.state, copy).returncode, 0)
        daemon.start()
        self.assertEqual(daemon.status_of("B_1"), "DONE")

    def test_a_record_in_which_a_bit_has_flipped_is_named(self):
        daemon = self.killed_daemon()
        daemon.start()
        daemon.stop()  # now all is in the state itself
        content = bytearray(self.state.read_bytes())
        content[content.index(b"A_7A{}") + 3] ^= 1  # in its family
        self.state.write_bytes(content)
        self.assertIn("differs from its checksum", self.refused())
        checked = run("freshet", "check-state", "--state", self.state)
        self.assertNotEqual(checked.returncode, 0)
        self.assertIn("'A_7'", checked.stderr)

    def test_a_log_that_is_deleted_while_it_runs_loses_nothing(self):
        daemon = self.start()
        self.add_done(daemon, "A_1")
        self.log.unlink()
        self.assertEqual(daemon.process.wait(timeout=30), 69)  # which systemd starts again
        self.assertIn("all changes were saved in the state", daemon.log_text())
        daemon.start()
        self.assertEqual(daemon.status_of("A_1"), "DONE")

    def test_a_state_that_is_deleted_while_it_runs_is_saved_beside_it(self):
        daemon = self.start()
        self.add_done(daemon, "A_1")
        self.state.unlink()
        self.assertEqual(daemon.process.wait(timeout=30), 78)
        self.assertIn("freshetd.sqlite.rescued': restore it", daemon.log_text())
        self.assertIn("it holds 0 of ", self.refused())
        rescued = self.folder / "freshetd.sqlite.rescued"
        self.assertEqual(run("freshet", "restore", "--state", self.state, rescued).returncode, 0)
        daemon.start()
        self.assertEqual(daemon.status_of("A_1"), "DONE")

    def test_a_second_daemon_is_refused_although_the_lock_file_was_deleted(self):
        self.start()
        (self.folder / "freshetd.sqlite.lock").unlink()
        ended = run("freshetd", "--port", 0, "--state-path", self.state)
        self.assertEqual(ended.returncode, 10, ended.stderr)
        self.assertIn("lock file", ended.stderr)


class Delivered(DaemonTest):
    def configuration(self):
        self.events = self.folder / "events.jsonl"
        return self.file("sink.toml", f'[[sink]]\ntype = "file"\npath = "{self.events}"\n')

    def ids(self):
        return [line["id"] for line in lines_of(self.events)]

    def test_events_of_a_completion_are_delivered_once_and_in_order(self):
        daemon = self.start("--config", self.configuration())
        for number in range(20):
            self.add_done(daemon, f"A_{number}", events=[event(number)])
        poll(lambda: len(self.ids()) == 20, "all events are there")
        self.assertEqual(self.ids(), [f"event-{number}" for number in range(20)])
        daemon.stop()
        daemon.start()
        self.add_done(daemon, "A_20", events=[event(20)])
        poll(lambda: len(self.ids()) == 21, "the next one too")
        self.assertEqual(len(set(self.ids())), 21)

    def test_a_new_sink_gets_earlier_events_at_the_next_start(self):
        daemon = self.start()
        self.add_done(daemon, "A_1", events=[event(1)])
        daemon.kill()
        daemon.options = ["--config", str(self.configuration())]
        daemon.start()
        poll(lambda: self.ids() == ["event-1"], "the event is there")


class Tokens(DaemonTest):
    def test_a_token_file_is_private_and_its_token_is_accepted(self):
        secret, tokens = self.folder / "secret", self.folder / "tokens"
        made = run("freshet", "token", "--file", secret, "--add-to", tokens, "ada", "operate")
        self.assertEqual((made.returncode, made.stdout), (0, ""), made.stderr)
        for path in (secret, tokens):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertNotIn(secret.read_text().strip(), tokens.read_text())
        again = run("freshet", "token", "--file", secret, "--add-to", tokens, "bob", "view")
        self.assertNotEqual(again.returncode, 0)
        self.assertNotIn("bob", tokens.read_text())

    def test_a_usage_error_of_freshet_exits_with_64(self):
        for words in ([], ["bakcup"], ["backup"], ["token", "ada"], ["token", "ada", "admin"], ["check-state", "--file", "x"]):
            self.assertEqual(run("freshet", *words).returncode, 64, words)


if __name__ == "__main__":
    unittest.main()
