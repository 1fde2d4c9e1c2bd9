#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""run_notification_test.py TOYS: the problems of runs without a freshetd, told by the rules of the program's own configuration."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
from programs import ProgramTest  # noqa: E402
from smtp_server import SmtpServer  # noqa: E402
from webhook import Webhook  # noqa: E402

TOYS = os.path.abspath(sys.argv[1])
del sys.argv[1]

RULES = """
[[notification]]
name = "hook"
type = "webhook"
url = "{hook}"

[[notification]]
name = "mail"
type = "email"
to = ["ops@example.org"]
families = ["Flaky"]

[smtp]
host = "127.0.0.1"
port = {port}
"""


class RunNotification(ProgramTest):
    def run_toys(self, *arguments):
        process = self.popen_text(TOYS, *arguments)
        out, err = process.communicate(timeout=60)
        return process.returncode, out + err

    def configure(self, mail, hook, more="", rules=RULES):
        with open(self.path("config.toml"), "w", encoding="utf-8") as file:
            file.write(rules.format(hook=hook.url, port=mail.port) + more)

    def toys(self, command, *arguments):
        return [command, *arguments, "--state", self.path("state.sqlite"), "--config", self.path("config.toml")]

    def flaky(self, failures):
        return self.toys("run", "Flaky", "--root", self.folder, "--failures", str(failures))

    def subjects(self, hook):
        return [body["data"]["subject"].split("(")[0] + body["data"]["subject"].rpartition(")")[2]
                for body in hook.bodies]

    def test_a_failed_run_sends_one_mail_and_one_webhook_and_the_run_that_succeeds_says_so(self):
        with SmtpServer() as mail, Webhook() as hook:
            self.configure(mail, hook)
            self.assertEqual(self.run_toys(*self.flaky(9))[0], 30)
            self.assertEqual(self.subjects(hook), ["Flaky failed"])
            self.assertEqual(self.run_toys(*self.flaky(9))[0], 30)
            while self.run_toys(*self.flaky(9))[0] != 0:
                pass
            self.assertEqual(self.subjects(hook)[-1], "Flaky recovered")
            self.assertEqual(self.subjects(hook).count("Flaky recovered"), 1)
            self.assertEqual(len(mail.subjects), len(hook.bodies))
            told = len(hook.bodies)
            self.assertEqual(self.run_toys(*self.flaky(9))[0], 0)
            self.assertEqual(len(hook.bodies), told)

    def test_what_others_have_done_is_recovered_at_the_next_run(self):
        with SmtpServer() as mail, Webhook() as hook:
            self.configure(mail, hook)
            self.assertEqual(self.run_toys(*self.flaky(50))[0], 30)
            open(self.path("flaky50"), "w", encoding="utf-8").close()
            self.assertEqual(self.run_toys(*self.flaky(50))[0], 0)
            self.assertEqual(self.subjects(hook), ["Flaky failed", "Flaky recovered"])

    def test_a_message_that_is_not_taken_waits_for_deliver(self):
        with SmtpServer() as mail, Webhook(status=503) as hook:
            self.configure(mail, hook)
            status, out = self.run_toys(*self.flaky(50))
            self.assertEqual(status, 30, out)
            self.assertIn("notification hook", out)
            hook.status = 204
            self.assertEqual(self.run_toys(*self.toys("deliver"))[0], 0)
            self.assertEqual(len(hook.accepted), 1)
            self.assertEqual(len(mail.subjects), 1)

    def test_a_disk_with_too_little_room_is_told_once(self):
        with SmtpServer() as mail, Webhook() as hook:
            self.configure(mail, hook)
            self.configure(mail, hook, rules=RULES.replace("url =", "min_free = 1e9\nurl ="))
            self.assertEqual(self.run_toys(*self.flaky(0))[0], 0)
            self.assertEqual(len(hook.bodies), 1)
            self.assertRegex(hook.bodies[0]["data"]["subject"], "^the disk of .* is nearly full$")
            self.assertEqual(mail.subjects, [])

    def test_rules_are_checked_before_anything_runs(self):
        with SmtpServer() as mail, Webhook() as hook:
            self.configure(mail, hook, '\n[[notification]]\nname = "x"\ntype = "mail"\n')
            for command in (self.flaky(0), self.toys("config")):
                status, out = self.run_toys(*command)
                self.assertEqual(status, 78, out)
                self.assertIn("did you mean 'email'?", out)
            self.assertFalse(os.path.exists(self.path("flaky0")))

    def test_config_shows_the_rules_and_no_password(self):
        with SmtpServer() as mail, Webhook() as hook:
            self.configure(mail, hook, 'password = "s3cret"\n')
            status, out = self.run_toys(*self.toys("config"))
            self.assertEqual(status, 0, out)
            self.assertRegex(out, r'\[\[notification\]\]  .*\n(  .*\n)*  type = "email"\n')
            self.assertIn("***", out)
            self.assertNotIn("s3cret", out)


if __name__ == "__main__":
    unittest.main()
