#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""scheduler_test.py TOYS FRESHETD: the operator's commands against a freshetd."""

import json
import unittest

from operator_test import FIRST, LOUD, SECOND, TOYS, OperatorTest, poll


class AgainstFreshetd(OperatorTest):
    def setUp(self):
        super().setUp()
        self.scheduler = self.start_freshetd()
        self.add_tasks(self.scheduler)
        self.variables["FRESHET_SCHEDULER"] = self.scheduler.url

    def test_status_counts_the_tasks_and_says_why_one_failed(self):
        self.fail_first(self.scheduler)
        text = self.freshet("status")
        self.assertIn("1 FAILED, 2 PENDING", text)
        self.assertRegex(text, r"Report\(day=2026-08-21, region=eu\) failed at attempt 1 at .*Z: disk on fire")
        status = self.json_of("status")
        self.assertEqual(status["tasks"], {"FAILED": 1, "PENDING": 2})
        self.assertEqual([(alert["severity"], alert["label"]) for alert in status["alerts"]], [("warning", "FAILED")])
        self.assertEqual([problem["task_id"] for problem in status["problems"]], [FIRST])

    def test_tasks_are_listed_by_family_parameter_state_name_and_error(self):
        self.fail_first(self.scheduler)
        self.assertEqual(len(self.freshet("tasks").splitlines()), 3)
        for filters, found in ((["Report"], [FIRST, SECOND]), (["Report", "--day", "2026-08-22"], [SECOND]),
                               (["--status", "failed"], [FIRST]), (["--search", "red"], [LOUD]), (["--error", "FIRE"], [FIRST]),
                               (["--worker", "W"], [FIRST]), (["Report", "--day", "2026-08-2"], [])):
            tasks = self.json_of("tasks", *filters)["tasks"]
            self.assertEqual(sorted(task["task_id"] for task in tasks), sorted(found), filters)
        self.assertIn("--limit N shows more", self.freshet("tasks", "--limit", "2"))
        self.freshet("tasks", "--status", "failde", status=64)
        self.assertIn("did you mean 'FAILED'?", self.said)

    def test_a_task_is_named_by_its_id_its_beginning_or_its_parameters(self):
        for name in ([FIRST], ["Report_2026_08_21"], ["Report", "--day", "2026-08-21"], ["Report", "--day=2026-08-21", "--region=eu"],
                     ["Report(day=2026-08-21, region=eu)"]):
            self.assertTrue(self.freshet("why", *name).startswith("Report(day=2026-08-21, region=eu) "), name)
        for number in range(5):
            self.scheduler.call("add_task", worker="W", task_id=f"Report_{number}", family="Report", params={"day": str(number)})
        self.freshet("why", "Report", status=64)
        self.assertIn("'Report' may be any of 7 tasks: --day ", self.said)
        self.assertIn(" and 2 more", self.said)
        self.freshet("why", "Report", "--day", "1999-01-01", status=64)
        self.assertIn("no task 'Report' with these parameters", self.said)
        self.freshet("why", "Report(day=2026-08-21, region=eu)", "--day", "2026-08-22", status=64)
        self.freshet("why", "Report(day=2026-08-21)", status=64)
        self.assertIn("no task 'Report(day=2026-08-21)'", self.said)
        for command in (["why", "Report"], ["tasks", "Report"], ["retry", "Report", "--all"]):
            self.freshet(*command, "--dya", "2026-08-21", status=64)
            self.assertIn("Report has no parameter 'dya'; did you mean 'day'?", self.said)

    def test_a_list_without_tasks_says_of_what_there_is_none(self):
        self.assertEqual(self.freshet("tasks", "--status", "RUNNING"), "no task is RUNNING now\n")
        self.assertEqual(self.freshet("tasks", "Nothing"), "no task of Nothing is there\n")

    def test_no_name_speaks_to_the_terminal(self):
        for command in (["tasks"], ["why", LOUD]):
            text = self.freshet(*command)
            self.assertIn("\\x1b[31mred\\u202e", text)
            self.assertNotIn("\x1b", text)

    def report_failure(self, task, error):
        self.scheduler.call("add_task", worker="W", task_id=task, status="FAILED", expl=json.dumps(error))

    def test_all_failed_tasks_of_a_family_are_retried_at_once(self):
        for number in range(4):
            self.scheduler.call("add_task", worker="W", task_id=f"Fetch_{number}", family="Fetch", params={"lead": str(number % 2)})
        while (task := self.scheduler.call("get_work", worker="W")["task_id"]):
            self.report_failure(task, "403 Forbidden" if task == "Fetch_3" else "503")
        self.assertIn("1 task of Fetch would be retried\n  Fetch_3\n", self.freshet("retry", "--family", "Fetch", "--error", "forb", "--dry-run"))
        self.assertEqual(self.json_of("status")["tasks"], {"FAILED": 7})
        self.assertEqual(self.json_of("retry", "Fetch", "--lead", "0", "--all")["task_ids"], ["Fetch_0", "Fetch_2"])
        self.assertIn("0 tasks of Fetch are", self.freshet("retry", "--family", "Fetch", "--status", "DISABLED"))
        self.assertIn("2 tasks of Fetch are PENDING now", self.freshet("retry", "--family", "Fetch", "--status", "FAILED"))
        self.assertEqual(self.json_of("status")["tasks"], {"FAILED": 3, "PENDING": 4})
        self.freshet("retry", FIRST, "--status", "FAILED", status=64)
        self.freshet("retry", status=64)
        for misspelt in (["retry", "--family", "Fecth"], ["retry", "Fecth", "--all", "--dry-run"], ["acknowledge", "--family", "Fecth"]):
            self.freshet(*misspelt, status=64)
            self.assertIn("has no task of family 'Fecth'", self.said)
        self.freshet("retry", "--all", status=64)
        self.assertIn("retry --all: a FAMILY is required", self.said)
        self.freshet("retry", FIRST, "--all", status=64)

    def test_a_removed_task_is_explained_by_its_attempts(self):
        self.scheduler.stop()
        self.scheduler.settings = {"worker_disconnect_delay": 1, "remove_delay": 1}
        self.scheduler.start()
        self.fail_first(self.scheduler)
        alerts = self.json_of("status")["alerts"]
        self.assertEqual([alert["label"] for alert in alerts], ["FAILED"])
        self.assertIn("disk on fire", self.freshet("status"))
        self.freshet("acknowledge", FIRST)  # what has failed is kept before
        poll(lambda: self.removes(FIRST), "the task is removed")
        self.assertRegex(self.freshet("why", FIRST), FIRST + r" failed at attempt 1 at .*: disk on fire; the scheduler has removed")
        self.assertEqual([attempt["status"] for attempt in self.json_of("history", FIRST)["attempts"]], ["FAILED"])
        self.freshet("logs", FIRST)
        self.assertIn("no log of any attempt", self.said)
        self.freshet("why", "Nothing_0", status=64)

    def removes(self, task):
        self.scheduler.call("prune")
        return task not in self.scheduler.call("task_list", status="", upstream_status="")

    def test_a_failed_task_is_retried_or_marked_as_done(self):
        for command, status in (("retry", "PENDING"), ("done", "DONE")):
            self.fail_first(self.scheduler)
            self.assertIn(f"is {status} now", self.freshet(command, FIRST))
            self.assertEqual(self.status_of(FIRST), status)
            self.freshet(command, SECOND, status=30)
            self.assertIn("is PENDING: only ", self.said)
            self.assertEqual(self.status_of(SECOND), "PENDING")

    def test_a_done_task_runs_again_when_a_worker_can_be_asked(self):
        self.freshet("rerun", FIRST, status=30)
        self.assertIn("only a DONE task can run again", self.said)
        self.fail_first(self.scheduler)
        self.freshet("done", FIRST)
        self.freshet("rerun", FIRST, status=30)
        self.assertIn(f"`run TASK --rerun {FIRST}`", self.said)
        self.scheduler.call("add_worker", worker="W", info=[["run", {"run_id": "r-1"}]])
        self.assertIn("W is asked to run Report(", self.freshet("rerun", FIRST))
        self.assertEqual(self.json_of("rerun", FIRST, "--downstream")["worker"], "W")
        asked = self.scheduler.call("ping", worker="W")["rpc_messages"]
        self.assertEqual([message["kwargs"]["tasks"][0]["task_id"] for message in asked], [FIRST, FIRST])

    def test_a_disabled_task_is_retried(self):
        self.scheduler.call("add_task", worker="W", task_id=FIRST, family="Report", retry_policy_dict={"retry_count": 1})
        self.fail_first(self.scheduler)
        self.assertEqual(self.status_of(FIRST), "DISABLED")
        self.assertEqual(self.json_of("retry", FIRST)["status"], "PENDING")

    def test_an_acknowledged_failure_stays_a_failure(self):
        self.fail_first(self.scheduler)
        self.assertIn("1 failure needs no attention any more", self.freshet("acknowledge", FIRST))
        self.assertEqual(self.json_of("acknowledge", "--family", "Report")["acknowledged"], 0)
        self.assertEqual(self.json_of("acknowledge", FIRST)["acknowledged"], 0)
        self.assertEqual(self.status_of(FIRST), "FAILED")
        self.freshet("acknowledge", SECOND, status=30)
        self.assertIn("is PENDING: it has no failure", self.said)

    def test_a_running_attempt_is_cancelled_for_good(self):
        self.assertEqual(self.scheduler.call("get_work", worker="W")["task_id"], FIRST)
        self.assertEqual(self.json_of("cancel", FIRST)["status"], "FAILED")
        self.assertIn("cancelled", self.freshet("why", FIRST))

    def test_a_paused_scheduler_starts_nothing(self):
        self.freshet("pause")
        self.assertIsNone(self.scheduler.call("get_work", worker="W")["task_id"])
        self.assertTrue(self.json_of("status")["paused"])
        self.freshet("unpause")
        self.assertEqual(self.scheduler.call("get_work", worker="W")["task_id"], FIRST)

    def test_workers_are_listed_resized_and_drained(self):
        self.assertEqual([worker["name"] for worker in self.json_of("workers")["workers"]], ["W"])
        self.freshet("workers", "resize", "W", "4")
        self.assertEqual(self.scheduler.call("ping", worker="W")["rpc_messages"], [{"name": "set_worker_processes", "kwargs": {"n": 4}}])
        self.scheduler.call("get_work", worker="W")
        self.freshet("workers", "drain", "W")
        self.assertIn("draining", self.freshet("workers"))
        self.scheduler.call("add_task", worker="W", task_id=FIRST, family="Chapter", status="DONE")
        self.assertIn("drained", self.freshet("workers"))
        self.freshet("workers", "drain", "X", status=64)

    def test_a_limit_is_set(self):
        self.assertIn("the limit of 'db' is 3 now", self.freshet("resources", "set", "db", "3"))
        self.assertEqual(self.json_of("resources")["resources"], [{"name": "db", "limit": 3, "used": 0, "tasks": 0}])
        self.freshet("resources", "set", "db", "many", status=64)

    def test_runs_and_attempts_are_listed_and_logs_shown(self):
        self.run_program(TOYS, "run", "Broken", "--root", self.folder, "--scheduler", self.scheduler.url)
        self.assertIn("toys run Broken", self.freshet("runs"))
        self.assertEqual([attempt["status"] for attempt in self.json_of("history", "Broken")["attempts"]], ["FAILED"])
        self.assertIn("beyond repair", self.freshet("logs", "Broken", "--root", self.folder))
        self.assertEqual(self.json_of("logs", "Broken")["attempt"], 1)
        where = ["--scheduler", self.scheduler.url]
        self.assertEqual(self.run_program(TOYS, "verify", *where)[0], 64)
        self.assertIn("a TASK is required", self.said)
        self.assertIn("the task is not complete", self.run_program(TOYS, "verify", "Broken", "--root", self.folder, *where)[1])
        self.freshet("logs", "Report", "--day", "2026-08-21")
        self.assertIn("no log of any attempt", self.said)

    def test_a_scheduler_that_is_away_or_refuses_ends_the_command_with_69(self):
        self.scheduler.stop()
        self.freshet("status", status=69)
        tokens = self.path("tokens")
        viewer = self.freshet("token", "--add-to", tokens, "ada", "view").split()[1]
        self.scheduler.options = ["--token-file", tokens]
        self.scheduler.start()
        self.freshet("status", status=69)
        self.variables["FRESHET_TOKEN"] = viewer
        self.freshet("status")
        self.freshet("pause", status=69)
        self.assertIn("operate", self.said)
        self.freshet("status", "--state", "x", "--scheduler", self.scheduler.url, status=64)


if __name__ == "__main__":
    unittest.main(verbosity=2)
