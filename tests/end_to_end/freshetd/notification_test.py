# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Notifications of freshetd: by mail through a real server, by webhook and by command, also across kills."""

import itertools
import json
import unittest
import urllib.request

from daemon import DaemonTest, lines_of, poll, run
from smtp_server import SmtpServer, make_certificate
from webhook import Webhook

KILLS = 20


class NotificationTest(DaemonTest):
    def rule(self, name, kind, **keys):
        lines = [f"{key} = {json.dumps(value)}" for key, value in {"window": 0, **keys}.items()]
        return "\n".join(["[[notification]]", f'name = "{name}"', f'type = "{kind}"', *lines]) + "\n"

    def smtp_section(self, mail, **keys):
        values = {"host": "127.0.0.1", "port": mail.port, **keys}
        return "[smtp]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())

    def start_with(self, *parts):
        return self.start("--config", self.file("notify.toml", "".join(parts)))

    def fail_task(self, daemon, task="A_1"):
        """Fails a task so that nobody retries it."""
        daemon.call("add_task", worker="W", task_id=task, family=task.split("_")[0],
                    params={"n": task.split("_")[1]})
        self.assertEqual(daemon.call("get_work", worker="W")["task_id"], task)
        daemon.call("add_task", worker="W", task_id=task, status="FAILED", failure={"class": "permanent"},
                    expl=json.dumps("disk on fire"))

    def finish_task(self, daemon, task="A_1"):
        daemon.call("add_task", worker="W", task_id=task, status="DONE")


class Once(NotificationTest):
    def test_a_failed_task_sends_one_mail_and_one_webhook_across_kills_and_one_recovery(self):
        with SmtpServer() as mail, Webhook(status=503) as hook:
            mail.answer = "451 try again later"
            daemon = self.start_with(self.smtp_section(mail), self.rule("mail", "email", to=["ops@example.org"]),
                                     self.rule("hook", "webhook", url=hook.url))
            self.fail_task(daemon)
            moments = itertools.cycle([lambda: True, lambda: hook.asked, lambda: mail.asked,
                                       lambda: mail.asked and hook.asked])
            for _, moment in zip(range(KILLS), moments):
                daemon.kill()
                hook.asked.clear()
                mail.asked = 0
                daemon.start()
                poll(moment, "the delivery is tried")
            daemon.kill()
            mail.answer, hook.status = "250 OK", 204
            daemon.start()
            poll(lambda: mail.accepted and hook.accepted, "both are delivered")
            self.finish_task(daemon)
            poll(lambda: len(mail.accepted) > 1 and len(hook.accepted) > 1, "the recovery is delivered")
            daemon.stop()
            daemon.start()
            self.fail_task(daemon, "B_1")
            poll(lambda: "B(n=1) failed" in mail.subjects[-1] and len(hook.bodies) > 2, "another problem is delivered")
        self.assertEqual(mail.subjects, ["[freshet] A(n=1) failed", "[freshet] A(n=1) recovered", "[freshet] B(n=1) failed"])
        self.assertEqual([body["data"]["subject"] for body in hook.bodies], ["A(n=1) failed", "A(n=1) recovered", "B(n=1) failed"])
        self.assertEqual(len(set(hook.accepted)), 3)

    def test_a_worker_whose_disk_is_full_is_told_once_and_the_overview_has_it_as_a_problem(self):
        with Webhook() as hook:
            daemon = self.start_with(self.rule("hook", "webhook", url=hook.url))
            daemon.call("add_task", worker="W", task_id="A_1", family="A", params={"n": "1"})
            daemon.call("get_work", worker="W")
            daemon.call("add_task", worker="W", task_id="A_1", status="FAILED", failure={"class": "throttled", "disk_full": True, "retry_after": 1},
                        expl=json.dumps("write '/data/x': No space left on device"))
            poll(lambda: hook.accepted, "it is delivered")
            with urllib.request.urlopen(daemon.url + "/api/v1/overview", timeout=30) as answer:
                overview = json.load(answer)
        problem = hook.bodies[0]["data"]["problems"][0]
        self.assertEqual((problem["id"], problem["state"]), ("A_1", "disk_full"))
        self.assertIn("the disk of worker W is full: write '/data/x': No space left on device", problem["why"])
        self.assertEqual(overview["health"]["text"], "1 problem needs attention")
        self.assertEqual([alert["label"] for alert in overview["alerts"]], ["DISK FULL"])

    def test_a_failure_before_a_restart_with_a_rule_is_told(self):
        daemon = self.start()
        self.fail_task(daemon)
        daemon.kill()
        with Webhook() as hook:
            daemon.options = ["--config", str(self.file("notify.toml", self.rule("hook", "webhook", url=hook.url)))]
            daemon.start()
            poll(lambda: hook.accepted, "it is delivered")
        self.assertEqual(hook.bodies[0]["data"]["problems"][0]["id"], "A_1")


class Mails(NotificationTest):
    def check_mail(self, mail, **keys):
        daemon = self.start_with(self.smtp_section(mail, **keys), '[email]\nsender = "freshet@example.org"\n',
                                 self.rule("mail", "email", to=["ada@example.org", "Bob <bob@example.org>"]))
        self.fail_task(daemon)
        poll(lambda: mail.accepted, "the mail is there")
        self.assertEqual(mail.recipients, [["ada@example.org", "bob@example.org"]])
        self.assertEqual(mail.accepted[0]["From"], "freshet@example.org")
        self.assertIn("disk on fire", mail.accepted[0].get_content())

    def test_a_mail_goes_through_a_server_with_starttls_and_login(self):
        certificate = make_certificate(self.folder)
        with SmtpServer(login=("freshet", "s3cret"), certificate=certificate) as mail:
            self.check_mail(mail, username="freshet", password_file=str(self.file("password", "s3cret\n")),
                            ca_file=str(certificate[0]))

    def test_a_mail_goes_through_a_server_with_tls_from_the_first_byte(self):
        certificate = make_certificate(self.folder)
        with SmtpServer(login=("freshet", "s3cret"), certificate=certificate, implicit=True) as mail:
            self.check_mail(mail, username="freshet", password="s3cret", ssl=True, ca_file=str(certificate[0]))

    def test_no_password_is_sent_to_a_server_with_an_unknown_certificate(self):
        with SmtpServer(login=("freshet", "s3cret"), certificate=make_certificate(self.folder)) as mail:
            daemon = self.start_with(self.smtp_section(mail, username="freshet", password="s3cret"),
                                     self.rule("mail", "email", to=["ada@example.org"]))
            self.fail_task(daemon)
            poll(lambda: "certificate" in daemon.log_text(), "it says why")
            self.assertEqual(mail.asked, 0)

    def test_a_wrong_password_is_tried_again(self):
        certificate = make_certificate(self.folder)
        with SmtpServer(login=("freshet", "s3cret"), certificate=certificate) as mail:
            password = self.file("password", "wrong\n")
            daemon = self.start_with(self.smtp_section(mail, username="freshet", password_file=str(password),
                                                       ca_file=str(certificate[0])),
                                     self.rule("mail", "email", to=["ada@example.org"]))
            self.fail_task(daemon)
            poll(lambda: "next try in" in daemon.log_text(), "it fails")
            password.write_text("s3cret\n")
            poll(lambda: mail.accepted, "the mail is there")

    def test_luigis_keys_of_a_luigi_cfg_are_used(self):
        with SmtpServer() as mail:
            luigi = self.file("luigi.cfg", "[email]\nreceiver=ops@example.org\nsender=luigi@example.org\nprefix=[prod]\n"
                                           f"[smtp]\nhost=127.0.0.1\nport={mail.port}\n")
            daemon = self.start("--luigi-config", luigi, "--config",
                                self.file("notify.toml", self.rule("mail", "email")))
            self.fail_task(daemon)
            poll(lambda: mail.accepted, "the mail is there")
            self.assertEqual((mail.subjects, mail.recipients), (["[prod] A(n=1) failed"], [["ops@example.org"]]))

    def test_a_password_is_not_shown(self):
        config = self.file("c.toml", '[smtp]\npassword = "s3cret"\n' + self.rule("mail", "email", to=["a@example.org"]))
        shown = run("freshetd", "--check-config", "--config", config)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn('  name = "mail"\n  to = ["a@example.org"]\n  type = "email"\n', shown.stdout)
        self.assertNotIn("s3cret", shown.stdout)


class Others(NotificationTest):
    def test_a_chat_gets_a_text_and_other_families_are_not_told(self):
        with Webhook() as hook:
            daemon = self.start_with(self.rule("chat", "webhook", url=hook.url, format="chat", families=["B*"]))
            self.fail_task(daemon, "A_1")
            self.fail_task(daemon, "B_1")
            poll(lambda: hook.bodies, "it is delivered")
        self.assertEqual(list(hook.bodies[0]), ["text"])
        self.assertTrue(hook.bodies[0]["text"].startswith("*B(n=1) failed*\nfailed: B(n=1) failed"), hook.bodies)

    def test_a_command_gets_the_event_and_sinks_get_none(self):
        told, events = self.folder / "told.jsonl", self.folder / "events.jsonl"
        daemon = self.start_with(self.rule("run", "command", command=["sh", "-c", f"cat >> {told}"]),
                                 f'[[sink]]\ntype = "file"\npath = "{events}"\n')
        self.fail_task(daemon)
        poll(lambda: lines_of(told), "it is told")
        self.assertEqual(lines_of(told)[0]["data"]["subject"], "A(n=1) failed")
        daemon.stop()
        self.assertEqual(lines_of(events), [])

    def test_problems_of_one_window_are_one_message(self):
        with Webhook() as hook:
            daemon = self.start_with(self.rule("hook", "webhook", url=hook.url, window=3))
            for number in range(5):
                self.fail_task(daemon, f"A_{number}")
            poll(lambda: hook.bodies, "it is delivered")
        self.assertEqual(hook.bodies[0]["data"]["subject"], "5 problems: 5 of A")

    def test_a_message_has_the_page_and_the_commands_for_each_problem(self):
        with Webhook() as hook:
            daemon = self.start_with('[server]\npublic_url = "https://freshet.example.org/"\n',
                                     self.rule("hook", "webhook", url=hook.url))
            self.fail_task(daemon)
            poll(lambda: hook.bodies, "it is delivered")
        data = hook.bodies[0]["data"]
        self.assertEqual(data["problems"][0]["url"], "https://freshet.example.org/task/A_1")
        self.assertIn("freshet retry A_1 --scheduler https://freshet.example.org\n", data["text"])

    def test_a_nearly_full_disk_is_a_message_and_an_alert_of_the_overview(self):
        with Webhook() as hook:
            daemon = self.start_with(self.rule("hook", "webhook", url=hook.url, min_free=10**9))
            poll(lambda: hook.bodies, "it is delivered")
            with urllib.request.urlopen(daemon.url + "/api/v1/overview") as answer:
                overview = json.load(answer)
        self.assertIn("is nearly full", hook.bodies[0]["data"]["subject"])
        self.assertEqual([alert["label"] for alert in overview["alerts"]], ["DISK FULL"])


if __name__ == "__main__":
    unittest.main()
