# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Every route by role and without a token, on a real freshetd."""

import base64
import json
import pathlib
import re
import socket
import struct
import unittest

from peer import TOKENS, bearer, form, freshetd, freshetd_with_tokens, poll, post, request

WORK = """add_task register_tasks add_task_batcher add_worker get_work ping renew_lease holds_lease
    announce_scheduling_failure set_task_status_message set_task_progress_percentage decrease_running_task_resources
    add_scheduler_message_response report_task_statistics""".split()
OPERATE = """disable_worker set_worker_processes send_scheduler_message get_scheduler_message_response update_resources
    update_resource prune pause unpause forgive_failures retry_tasks mark_as_done re_enable_task
    acknowledge_failures cancel_task set_task_priority rerun_task""".split()
VIEW = """graph resource_list get_task_status_message get_task_progress_percentage fetch_error
    task_list task_search dep_graph inverse_dep_graph worker_list""".split()
EVERYBODY = """hello count_pending get_running_task_resources explain queue_status is_paused is_pause_enabled
    has_task_history""".split()

ROLES = {**{method: {"work"} for method in WORK}, **{method: {"operate"} for method in OPERATE},
         **{method: {"view", "operate"} for method in VIEW}, **{method: {"view", "work", "operate"} for method in EVERYBODY}}
NOWHERE = ["/nothing", "/api/nothing", "/api/", "/api", "/debug/new", "/i/1/api/ping", "/.", "/healthz/", "/Healthz",
           "//healthz", "/healthz;a", "/%68ealthz", "/api/task_list/healthz", "/healthz/../api/task_list",
           "/static/visualiser/"]
OTHER_FORMS = ["/api/task_list?x=/healthz", "//api/task_list", "/api//task_list", "/api/task%5Flist", "/API/task_list",
               "/api/task_list/", "/api/./task_list", "/api/task_list;a=b", "/api/task_list%00", "/api/task_list%2f"]

SHUT = (401, 429)  # the latter for the eleventh wrong token within a minute


class Roles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.running = freshetd_with_tokens("--logdir", "logs")
        cls.scheduler = cls.running.__enter__()
        cls.port = cls.scheduler.port

    @classmethod
    def tearDownClass(cls):
        cls.running.__exit__(None, None, None)

    def test_a_method_is_allowed_for_its_roles_only(self):
        for method, roles in ROLES.items():
            with self.subTest(method=method):
                self.assertEqual(post(self.port, method)[0], 401)
                self.assertIn(post(self.port, method, headers=bearer("x" * 64))[0], SHUT)
                for role, token in TOKENS.items():
                    status = post(self.port, method, headers=bearer(token))[0]
                    self.assertEqual(status in (200, 500), role in roles, f"{role}: {status}")
                    self.assertTrue(role in roles or status == 403, f"{role}: {status}")

    def test_no_method_is_forgotten(self):
        declared = re.findall(r'method(?:<\w+>)?\(\s*"(\w+)"', pathlib.Path("src/rpc/methods.hpp").read_text())
        self.assertIn("add_task", declared)
        self.assertEqual(set(declared) - ROLES.keys(), set())

    def test_a_failure_stays_on_the_page_until_an_operator_acknowledges_it_who_is_named_in_its_history(self):
        task = {"worker": "w", "task_id": "Daily_1", "family": "Daily"}
        for report in (task, {**task, "status": "FAILED"}):
            self.assertEqual(post(self.port, "add_task", report, bearer(TOKENS["work"]))[0], 200)

        def page(path):
            return request(self.port, "GET", path, bearer(TOKENS["operate"]))[2].decode()

        poll(lambda: "api/acknowledge_failures" in page("/"), "the button")
        button = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html",
                  "Origin": f"http://127.0.0.1:{self.port}", **bearer(TOKENS["operate"])}
        status, headers, _ = request(self.port, "POST", "/api/acknowledge_failures", button,
                                     form({"task_id": "Daily_1"}))
        self.assertEqual((status, headers["location"]), (303, "../"))
        poll(lambda: "operator operateer" in page("/task/Daily_1"), "the operator in the history")
        poll(lambda: "api/acknowledge_failures" not in page("/"), "no more failure on the page")

    def test_without_a_token_unknown_and_known_paths_look_alike(self):
        answers = {request(self.port, "GET", path)[::2] for path in ["/", "/metrics"] + NOWHERE + OTHER_FORMS}
        self.assertEqual(len(answers), 1, answers)
        for path in NOWHERE + OTHER_FORMS[1:]:
            with self.subTest(path=path):
                self.assertEqual(request(self.port, "GET", path, bearer(TOKENS["view"]))[0], 404)

    def test_only_health_checks_are_public(self):
        status, headers, body = request(self.port, "GET", "/healthz", {"Host": "10.0.0.1"})
        self.assertEqual((status, body), (200, b'{"status": "ok"}'))
        self.assertNotIn("server", headers)
        self.assertEqual(request(self.port, "HEAD", "/", {"Host": "10.0.0.1"})[0], 204)
        self.assertEqual(request(self.port, "OPTIONS", "/api/task_list")[0], 204)

    def test_a_token_is_accepted_as_the_password_in_luigis_url(self):
        basic = base64.b64encode(f"luigi:{TOKENS['work']}".encode()).decode()
        self.assertEqual(post(self.port, "ping", {"worker": "w"}, {"Authorization": f"Basic {basic}"})[0], 200)
        self.assertIn(post(self.port, "ping", {"worker": "w"}, {"Authorization": f"Basic {basic[:-4]}"})[0], SHUT)

    def test_a_token_must_match_exactly(self):
        right = TOKENS["view"]
        for wrong in (right, f"Bearer {right}x", f"Bearer {right[:-1]}", f"Bearer\t{right}", "Bearer nothing", "Bearer",
                      f"Bearer {right.upper()}", f"Token {right}", f"Bearer {right} {right}", f"Bearer {right},{right}",
                      "Basic " + base64.b64encode(right.encode()).decode()):
            with self.subTest(wrong=wrong):
                self.assertIn(post(self.port, "task_list", headers={"Authorization": wrong})[0], SHUT)
        self.assertEqual(request(self.port, "GET", f"/api/task_list?token={right}&authorization=Bearer%20{right}")[0], 401)
        self.assertEqual(request(self.port, "GET", "/api/task_list", {"Cookie": f"Authorization=Bearer {right}"})[0], 401)

    def test_failed_authentications_throttle_their_client_only(self):
        answers = [request(self.port, "GET", "/api/task_list", bearer(f"{number:064}"))[:2] for number in range(20)]
        self.assertLessEqual({status for status, _ in answers}, set(SHUT))
        status, headers = answers[-1]
        self.assertEqual(status, 429)
        self.assertIn(int(headers["retry-after"]), range(1, 7))
        self.assertEqual(post(self.port, "task_list", headers=bearer(TOKENS["view"]))[0], 200)
        self.assertEqual(post(self.port, "task_list")[0], 401)

    def test_forwarding_headers_grant_nothing(self):
        for name, value in {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-User": "operateer", "X-Original-URL": "/healthz",
                            "X-Rewrite-URL": "/healthz", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1",
                            "X-HTTP-Method-Override": "HEAD"}.items():
            with self.subTest(name=name):
                self.assertEqual(request(self.port, "GET", "/api/task_list", {name: value})[0], 401)

    def test_no_token_is_written_to_any_file(self):
        for token in TOKENS.values():
            post(self.port, "update_resource", {"resource": "db", "amount": 1}, bearer(token))
            post(self.port, "pause", headers=bearer(token + "x"))
        written = b"".join(path.read_bytes() for path in self.files())
        self.assertIn(b"update_resource", written)
        for token in TOKENS.values():
            self.assertNotIn(token.encode(), written)

    def test_a_change_is_in_the_audit_log_with_its_principal(self):
        post(self.port, "disable_worker", {"worker": "W-17"}, bearer(TOKENS["operate"]))
        audit = b"".join(path.read_bytes() for path in self.files() if "audit" in path.name).decode()
        line = next(line for line in audit.splitlines() if "W-17" in line)
        for part in ('"actor": "operateer"', '"peer": "127.0.0.1"', '"api.disable_worker"', '"status": 200'):
            self.assertIn(part, line)

    def test_a_change_is_in_the_audit_log_when_its_client_disconnects_early(self):
        for number in range(50):
            self.send_and_reset(form({"resource": f"flood-{number}", "amount": 1}))
        poll(lambda: self.in_force() and self.in_force() == self.in_audit(), "the audit holds what is in force")

    def send_and_reset(self, body):
        head = (f"POST /api/update_resource HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKENS['operate']}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(head.encode() + body)

    def in_force(self):
        _, answer = post(self.port, "resource_list", headers=bearer(TOKENS["view"]))
        return {resource["name"] for resource in answer["response"] if resource["name"].startswith("flood")}

    def in_audit(self):
        lines = [json.loads(line) for path in self.files() if path.name == "audit.log" for line in path.open()]
        names = [line["arguments"].get("resource", "") for line in lines if line["action"] == "api.update_resource"]
        names = [name for name in names if name.startswith("flood")]
        self.assertEqual(len(names), len(set(names)), "one has two lines")
        return set(names)

    def files(self):
        return [path for path in pathlib.Path(self.scheduler.folder).rglob("*") if path.is_file()]


class WithoutTokens(unittest.TestCase):
    def test_addresses_other_than_loopback_require_tokens(self):
        with self.assertRaisesRegex(AssertionError, "token"):
            with freshetd("--address", "0.0.0.0"):
                pass

    def test_test_instances_are_off_by_default(self):
        with freshetd() as scheduler:
            self.assertEqual(request(scheduler.port, "POST", "/debug/new", body=b"data=%7B%7D")[0], 404)

    def test_test_instances_are_allowed_on_loopback_only(self):
        with self.assertRaises(AssertionError):
            with freshetd("--test-instances", "--address", "0.0.0.0", "--allow-unauthenticated"):
                pass


if __name__ == "__main__":
    unittest.main()
