#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""events_test.py TOYS FRESHETD: what becomes of events that a sink does not take: deliver, events, exit status 36."""

import json
import os
import ssl
import subprocess
import sys
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from support.programs import ProgramTest  # noqa: E402
from support.schedulers import Freshetd, poll  # noqa: E402
from support.webhook import Webhook  # noqa: E402

TOYS, FRESHETD = (os.path.abspath(argument) for argument in sys.argv[1:3])
del sys.argv[1:3]


class Events(ProgramTest):
    def toys(self, *arguments, config=None):
        """Exit status and standard output; standard error is in self.said."""
        config = ["--config", config] if config else []
        process = self.popen_text(TOYS, *arguments, *config)
        out, self.said = process.communicate(timeout=60)
        return process.returncode, out

    def herald(self, number, config, *arguments):
        return self.toys("run", "Herald", "--root", self.folder, "--number", str(number), *self.state(), *arguments, config=config)

    def state(self):
        return ["--state", self.path("state.sqlite")]

    def deliver(self, config, *arguments):
        return self.toys("deliver", *self.state(), *arguments, config=config)

    def undelivered(self):
        """The undelivered events as {id: state}."""
        status, out = self.toys("events", "list", "--json", *self.state())
        self.assertEqual(status, 0, self.said)
        return {event["id"]: event["state"] for event in json.loads(out)}

    def test_a_refused_event_holds_up_no_other_and_is_dead_after_five_rejections(self):
        with Webhook(answers={"herald-1": 413}) as webhook:
            config = webhook.config(self.path("toys.toml"))
            shown = webhook.name.replace("/hook", "/…")  # a path may be a password
            status, out = self.herald(1, config)
            self.assertEqual(status, 36, out + self.said)
            self.assertIn(f"1 event not delivered yet to {webhook.name}: deliver event 'herald-1' to {shown}: answered 413", out)
            status, out = self.herald(2, config)
            self.assertEqual(status, 36, out + self.said)
            self.assertEqual(webhook.accepted, ["herald-2"])
            self.assertIn("exit 36", self.toys("history", *self.state())[1])
            for _ in range(3):
                self.assertEqual(self.undelivered(), {"herald-1": "pending"})
                self.assertEqual(self.deliver(config)[0], 36)
            self.assertEqual(self.undelivered(), {"herald-1": "dead"})
            self.assertEqual(webhook.asked.count("herald-1"), 5)
            status, out = self.deliver(config)
            self.assertEqual(status, 36)
            self.assertRegex(out, "1 event not delivered to .*, which refused it too often: .* answered 413")
            self.assertEqual(webhook.asked.count("herald-1"), 5)
            self.assertEqual(self.herald(2, config, "--undelivered-ok")[0], 0)

            webhook.answers = {}
            self.assertEqual(self.toys("events", "resend", "herald-1", *self.state())[0], 0, self.said)
            self.assertEqual(self.deliver(config), (0, ""))
            self.assertEqual(webhook.accepted, ["herald-2", "herald-1"])
            self.assertEqual(self.undelivered(), {})

    def test_an_event_is_not_dead_because_the_receiver_does_not_know_the_sender(self):
        with Webhook(status=413) as webhook:  # for which the end of the run does not wait
            config = webhook.config(self.path("toys.toml"))
            self.assertEqual(self.herald(1, config)[0], 36, self.said)
            webhook.status = 401
            for _ in range(6):
                self.assertEqual(self.deliver(config)[0], 36)
            self.assertEqual(self.undelivered(), {"herald-1": "pending"})
            webhook.status = 204
            self.assertEqual(self.deliver(config)[0], 0)
            self.assertEqual(webhook.accepted, ["herald-1"])

    def test_an_event_whose_run_is_killed_while_it_is_delivered_is_delivered_again_with_its_id(self):
        with Webhook() as webhook:
            config = webhook.config(self.path("toys.toml"))
            webhook.held = "herald-1"
            run = self.popen_text(TOYS, "run", "Herald", "--root", self.folder, *self.state(), "--config", config)
            self.assertTrue(webhook.arrived.wait(30))
            run.kill()
            run.wait()
            webhook.arrived.clear()
            killed = self.popen_text(TOYS, "deliver", *self.state(), "--config", config)
            self.assertTrue(webhook.arrived.wait(30))
            killed.kill()
            killed.wait()
            webhook.held = None
            webhook.release.set()
            self.assertEqual(self.deliver(config), (0, ""))
            self.assertEqual(webhook.asked, ["herald-1"] * 3)
            self.assertEqual(self.deliver(config), (0, ""))
            self.assertEqual(len(webhook.asked), 3)

    def test_deliver_waits_for_a_sink_that_is_away_and_lets_runs_start_meanwhile(self):
        with Webhook(status=503) as webhook:
            config = webhook.config(self.path("toys.toml"))
            run = self.popen_text(TOYS, "run", "Herald", "--root", self.folder, *self.state(), "--config", config)
            poll(lambda: webhook.asked, "the run tries to deliver")
            run.kill()
            run.wait()
            waiting = self.popen_text(TOYS, "deliver", "--wait", "5m", *self.state(), "--config", config)
            asked = len(webhook.asked)
            poll(lambda: len(webhook.asked) > asked, "it is tried again")
            status, out = self.toys("run", "Chapter", "--root", self.folder, *self.state())
            self.assertEqual(status, 0, out + self.said)
            webhook.status = 204
            self.assertEqual(waiting.wait(60), 0)
            self.assertEqual(webhook.accepted, ["herald-1"])

    def test_a_run_waits_for_deliver_which_holds_the_state_for_a_moment(self):
        with Webhook(status=503) as webhook:
            config = webhook.config(self.path("toys.toml"))
            self.assertEqual(self.herald(1, config)[0], 36)
            webhook.status, webhook.held = 204, "herald-1"
            delivering = self.popen_text(TOYS, "deliver", *self.state(), "--config", config)
            self.assertTrue(webhook.arrived.wait(30))
            runs = [self.popen_text(TOYS, "run", "Herald", "--root", self.folder, "--number", "1", *self.state(), "--config", config, *more)
                    for more in ([], ["--exclusive"])]
            webhook.release.set()
            self.assertEqual(delivering.wait(60), 0)
            for run in runs:
                out, said = run.communicate(timeout=60)
                self.assertIn(run.returncode, (0, 10), out + said)
                self.assertNotIn("deliver", said)

    def test_an_event_that_is_given_up_is_not_missed(self):
        with Webhook(answers={"herald-1": 413}) as webhook:
            config = webhook.config(self.path("toys.toml"))
            self.assertEqual(self.herald(1, config)[0], 36)
            self.assertEqual(self.toys("events", "skip", "herald-0", *self.state())[0], 30)
            self.assertIn("events skip: event 'herald-0': it is not in the outbox", self.said)
            status, out = self.toys("events", "skip", "herald-1", *self.state())
            self.assertEqual((status, out), (0, f"gives up event 'herald-1' for {webhook.name}\n"), self.said)
            self.assertEqual(self.herald(1, config)[0], 0, self.said)
            self.assertEqual(self.deliver(config), (0, ""))
            self.assertEqual(self.toys("events", "list", *self.state())[1], "every event is delivered\n")

    def test_events_for_a_sink_that_is_not_configured_any_more_are_told_until_they_are_given_up_and_the_sink_with_them(self):
        with Webhook(status=413) as old, Webhook() as webhook:
            self.assertEqual(self.herald(1, old.config(self.path("old.toml")))[0], 36, self.said)
            config = webhook.config(self.path("toys.toml"))
            status, out = self.herald(2, config)
            told = f"2 events for {old.name}, which is not in the configuration any more; 'events skip --all --sink \"{old.name}\"' gives them up\n"
            self.assertEqual(status, 0, out + self.said)
            self.assertIn(told, out)
            self.assertEqual(self.deliver(config), (0, told))
            listed = self.toys("events", "list", *self.state(), config=config)[1]
            self.assertIn(f"{old.name}  pending, tried 1 times, but the sink is not in the configuration any more", listed)
            self.assertEqual(self.toys("events", "skip", "--all", *self.state(), "--sink", old.name, config=config)[1],
                             "".join(f"gives up event 'herald-{number}' for {old.name}\n" for number in (1, 2)) +
                             f"removes {old.name}, which is not in the configuration: no more events wait for it\n")
            status, out = self.herald(3, config)
            self.assertEqual(status, 0, out + self.said)
            self.assertNotIn(old.name, out)
            self.assertEqual(self.deliver(config), (0, ""))
            self.assertEqual(sorted(webhook.accepted), ["herald-1", "herald-2", "herald-3"])

    def test_a_run_of_a_freshetd_delivers_to_its_own_sinks_and_the_freshetd_to_its_own(self):
        folder = self.path("daemon")
        os.mkdir(folder)
        away = "http://127.0.0.1:9/hook"  # nobody listens
        sinks = ["--config", os.path.join(folder, "sinks.toml")]
        with open(sinks[1], "w", encoding="utf-8") as file:
            file.write(f'[[sink]]\ntype = "webhook"\nurl = "{away}"\n')
        with Webhook(answers={"herald-2": 413}) as webhook, Freshetd(folder, FRESHETD, options=sinks) as scheduler:
            config = webhook.config(self.path("toys.toml"))
            at_freshetd = ["--scheduler", scheduler.url]
            self.assertEqual(self.herald(1, config, *at_freshetd)[0], 0, self.said)
            self.assertEqual(webhook.accepted, ["herald-1"])
            self.assertEqual(self.herald(1, config, *at_freshetd)[0], 0, self.said)
            self.assertEqual(self.herald(1, config)[0], 0, "an embedded scheduler does not announce it again")
            self.assertEqual(webhook.asked, ["herald-1"])
            status, out = self.herald(2, config, *at_freshetd)
            self.assertEqual(status, 36, out + self.said)
            self.assertEqual(self.undelivered(), {"herald-2": "pending"})
            webhook.answers = {}
            self.assertEqual(self.deliver(config), (0, ""))
            self.assertEqual(webhook.accepted, ["herald-1", "herald-2"])
            self.check_events_of_freshetd(scheduler, f"webhook {away}")
            with urllib.request.urlopen(f"{scheduler.url}/undelivered", timeout=30) as answer:
                waiting = json.load(answer)
            self.assertEqual([(event["id"], event["sink"], event["event"]["source"]) for event in waiting],
                             [(f"herald-{number}", f"webhook {away}", "/toys") for number in (1, 2)])
            with urllib.request.urlopen(f"{scheduler.url}/metrics", timeout=30) as answer:
                metrics = answer.read().decode()
            self.assertIn(f'freshet_outbox_pending{{sink="webhook {away}"}} 2\n', metrics)
            self.assertIn(f'freshet_outbox_dead{{sink="webhook {away}"}} 0\n', metrics)
            queue = self.path("state.queue1.sqlite")
            self.assertTrue(os.path.exists(queue), "it records what the webhook has")
            with Webhook() as other:
                self.assertEqual(self.deliver(other.config(self.path("toys.toml"))), (0, ""))
                self.assertEqual(other.asked, [])
            self.assertEqual([name for name in os.listdir(self.folder) if "queue" in name],
                         ["state.queue1.sqlite.lock"], "nobody needs it any more")

    def check_events_of_freshetd(self, scheduler, sink):
        """They are changed by itself, since it holds its state."""
        at_freshetd = ["--scheduler", scheduler.url]
        listed = self.toys("events", "list", *at_freshetd)[1].splitlines()
        self.assertEqual([line.split()[0] for line in listed], ["herald-1", "herald-2"], listed)
        self.assertEqual(self.toys("events", "skip", "herald-1", "herald-2", *at_freshetd),
                         (0, "".join(f"gives up event 'herald-{number}' for {sink}\n" for number in (1, 2))))
        self.assertEqual(self.toys("events", "skip", "herald-1", *at_freshetd)[0], 30)
        self.assertIn("events skip: event 'herald-1': no sink lacks it", self.said)
        self.assertEqual(self.toys("events", "list", *at_freshetd)[1], "every event is delivered\n")
        for number in (1, 2):
            self.assertEqual(self.toys("events", "resend", f"herald-{number}", "--sink", sink, *at_freshetd),
                             (0, f"resends event 'herald-{number}' to {sink}\n"), self.said)
        status, _ = self.toys("events", "skip", "--all", "--state", os.path.join(scheduler.folder, "freshetd.sqlite"))
        self.assertEqual(status, 10)
        self.assertIn("a freshetd changes its events itself: --scheduler URL", self.said)

    def test_a_webhook_with_its_own_authority_that_asks_for_a_certificate_gets_the_event(self):
        self.make_certificates()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.path("server.pem"), self.path("server.key"))
        tls.load_verify_locations(self.path("ca.pem"))
        tls.verify_mode = ssl.CERT_REQUIRED
        with open(self.path("headers"), "w", encoding="utf-8") as file:
            file.write("# of the hook\nX-Api-Key: s3cret\n")
        authority = f'ca_file = "{self.path("ca.pem")}"'
        whole = [authority, f'client_certificate = "{self.path("client.pem")}"', f'client_key = "{self.path("client.key")}"',
                 f'headers_file = "{self.path("headers")}"']
        with Webhook(status=413, tls=tls) as webhook:
            status, out = self.herald(1, webhook.config(self.path("toys.toml"), *whole))
            self.assertEqual((status, len(webhook.asked)), (36, 1), out + self.said)
            webhook.status = 204
            for lines in ([], [authority]):
                status, out = self.deliver(webhook.config(self.path("toys.toml"), *lines))
                self.assertEqual((status, len(webhook.asked)), (36, 1), out)
            self.assertEqual(self.deliver(webhook.config(self.path("toys.toml"), *whole)), (0, ""), self.said)
            self.assertEqual(webhook.accepted, ["herald-1"])
            self.assertEqual([headers["X-Api-Key"] for headers in webhook.headers], ["s3cret"] * 2)

    def make_certificates(self):
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2")
        for name in ("server", "client"):
            openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
            with open(self.path("names"), "w", encoding="utf-8") as file:
                file.write("subjectAltName = IP:127.0.0.1\n")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                    "-out", f"{name}.pem", "-days", "2", "-extfile", "names")


if __name__ == "__main__":
    unittest.main(verbosity=2)
