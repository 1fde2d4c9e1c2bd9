# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Part of every_option_test.py: the options of run with events, of deliver and of events."""

import os

from support.webhook import Webhook


class EventOptions:
    def refused(self, *arguments):
        """A webhook that refuses an event, and the options of a command for the state in which that waits."""
        webhook = Webhook(status=413)
        webhook.__enter__()
        self.addCleanup(webhook.__exit__)
        root = self.new_root()
        self.waiting = ["--state", root + ".sqlite"]
        self.with_sink = [*self.waiting, "--config", webhook.config(root + ".toml")]
        self.status = self.run_toys("run", "Herald", "--root", root, *self.with_sink, *arguments)[0]
        return webhook

    def test_of_run_undelivered_ok(self):
        self.assertEqual([self.refused() and self.status, self.refused("--undelivered-ok") and self.status], [36, 0])

    def test_of_run_metrics_file(self):
        file = os.path.join(self.new_root(), "toys.prom")
        self.run_root("Chapter", "--metrics-file", file)
        with open(file) as metrics:
            self.assertIn('job_exit_status{pipeline="toys",task="Chapter"} 0', metrics.read())

    def test_of_deliver_state(self):
        webhook = self.refused()
        self.assertEqual(self.run_toys("deliver", *self.with_sink)[0], 36)
        self.assertEqual(self.run_toys("deliver", "--state", self.path("none.sqlite"), *self.with_sink[2:])[0], 35)
        self.assertEqual(webhook.asked, ["herald-1"] * 2)

    def test_of_deliver_wait(self):
        webhook = self.refused()
        webhook.status, webhook.answers = 204, {"herald-1": [503]}
        self.assertEqual(self.run_toys("deliver", *self.with_sink)[0], 36)
        webhook.answers = {"herald-1": [503]}
        self.assertEqual(self.run_toys("deliver", "--wait", "10m", *self.with_sink)[0], 0)
        self.assertEqual(self.run_toys("deliver", "--wait", "soon", *self.with_sink)[0], 64)

    def test_of_deliver_log_format(self):
        self.refused()
        self.assertIn('"event": "event.failed"', self.run_toys("deliver", *self.with_sink, "--log-format", "json")[2])

    def test_of_deliver_undelivered_ok(self):
        self.refused()
        self.assertEqual(self.run_toys("deliver", *self.with_sink, "--undelivered-ok")[0], 0)

    def test_of_deliver_metrics_file(self):
        webhook, own, of_run = self.refused(), self.path("deliver.prom"), self.path("run.prom")
        self.run_root("Chapter", "--metrics-file", of_run)
        webhook.status = 204
        self.assertEqual(self.run_toys("deliver", *self.with_sink, "--metrics-file", of_run)[0], 64)
        self.assertEqual(webhook.accepted, [])
        for _ in range(2):
            self.assertEqual(self.run_toys("deliver", *self.with_sink, "--metrics-file", own)[0], 0)
        with open(own) as metrics:
            text = metrics.read()
        for sample in ('job_exit_status{pipeline="toys",task="deliver"} 0',
                       f'freshet_outbox_pending{{pipeline="toys",task="deliver",sink="{webhook.name}",outbox="{self.waiting[1]}"}} 0'):
            self.assertIn(sample + "\n", text)

    def test_of_events_state(self):
        self.refused()
        self.assertIn("herald-1", self.run_toys("events", "list", *self.waiting)[1])
        status, _, errors = self.run_toys("events", "list", "--state", self.path("none.sqlite"))
        self.assertEqual(status, 35)
        self.assertIn("none.sqlite': it does not exist", errors)

    def test_of_events_json(self):
        self.refused()
        self.assertIn('"state":"pending"', self.run_toys("events", "list", *self.waiting, "--json")[1])

    def test_of_events_sink(self):
        webhook = self.refused()
        self.assertNotIn("herald-1", self.run_toys("events", "list", *self.waiting, "--sink", "another")[1])
        self.assertIn("herald-1", self.run_toys("events", "list", *self.waiting, "--sink", webhook.name)[1])

    def test_of_events_all(self):
        self.refused()
        self.assertEqual(self.run_toys("events", "skip", *self.waiting)[0], 64)
        self.assertEqual(self.run_toys("events", "skip", *self.waiting, "--all")[0], 0)
        self.assertNotIn("herald-1", self.run_toys("events", "list", *self.waiting)[1])

    def test_of_events_scheduler(self):
        self.refused()
        scheduler = self.ready_freshetd()
        self.assertEqual(self.run_toys("events", "list", "--scheduler", scheduler.url)[1], "every event is delivered\n")
        self.assertEqual(self.run_toys("events", "list", "--scheduler", scheduler.url, *self.waiting)[0], 64)

    def test_of_events_token_file(self):
        self.assertEqual(self.with_tokens("events", "list"), (69, 0))
