# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""/api/v1 of a real freshetd, checked against the document that it serves at /api/openapi.json."""

import hashlib
import json
import re
import unittest
import urllib.error
import urllib.parse
import urllib.request

import jsonschema
import openapi_spec_validator

from daemon import DaemonTest

TOKENS = {role: hashlib.sha256(role.encode()).hexdigest() for role in ("view", "work", "operate")}
ACTIONS = {"retry": "FAILED", "re_enable": "DISABLED", "cancel": "RUNNING", "mark_as_done": "RUNNING_2", "acknowledge": "FAILED_2",
           "set_priority": "PENDING", "send_message": "RUNNING_3", "rerun": "DONE"}
METHODS = {"retry": "retry_tasks", "re_enable": "re_enable_task", "cancel": "cancel_task", "mark_as_done": "mark_as_done",
           "acknowledge": "acknowledge_failures", "set_priority": "set_task_priority", "send_message": "send_scheduler_message",
           "rerun": "rerun_task"}
BODIES = {"set_priority": {"priority": 7}, "send_message": {"content": "hello"}, "rerun": {"downstream": False}}


class Api(DaemonTest):
    """A freshetd with tokens and a task in every state, named after it."""

    def setUp(self):
        super().setUp()
        tokens = self.file("tokens", "".join(f"{role}er {role} {token}\n" for role, token in TOKENS.items()))
        tokens.chmod(0o600)
        self.daemon = self.start("--token-file", tokens, "--logdir", self.folder / "logs", settings={"retry_count": 3, "send_messages": True})
        self.work("add_worker", worker="W", info=[["host", "here"], ["first_task", "DONE"], ["run", {"run_id": "r-1"}]])
        for task in ("RUNNING", "RUNNING_2", "RUNNING_3", "DONE", "FAILED", "FAILED_2", "DISABLED"):
            self.attempt(task)
        self.work("add_task", worker="W", task_id="DONE", status="DONE")
        for task, failures in (("FAILED", 1), ("FAILED_2", 1), ("DISABLED", 3)):
            for failure in range(failures):
                if failure:
                    self.ask("POST", f"/api/v1/task/{task}/retry", {})
                    self.attempt(task)
                self.work("add_task", worker="W", task_id=task, status="FAILED", expl=json.dumps("it broke"))
        self.work("add_task", worker="W", task_id="PENDING", family="Pending", deps=["UNKNOWN"], params={"day": "1"},
                  resources={"disk": 2}, priority=3, tracking_url="javascript:alert(1)")
        for task in ("RUNNING", "FAILED"):
            self.ask("POST", f"/api/v1/task/{task}/log?attempt=1&run=r-1&position=0", "a line\n", "work")
        self.document = self.ask("GET", "/api/openapi.json")[1]

    def attempt(self, task):
        self.work("add_task", worker="W", task_id=task, family=task.title(), accepts_messages=True, params={"day": "1"})
        self.assertEqual(self.work("get_work", worker="W")["task_id"], task)

    def work(self, method, **arguments):
        status, answer = self.ask("POST", f"/api/{method}", arguments, "work")
        self.assertEqual(status, 200, answer)
        return answer["response"]

    def ask(self, method, path, body=None, role="operate"):
        request = urllib.request.Request(self.daemon.url + path, method=method)
        if role:
            request.add_header("Authorization", "Bearer " + TOKENS[role])
        if body is not None:
            is_text = isinstance(body, str)
            request.data = body.encode() if is_text else body if isinstance(body, bytes) else json.dumps(body).encode()
            request.add_header("Content-Type", "text/plain" if is_text else "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def operation(self, method, path):
        return self.document["paths"][path][method.lower()]

    def check(self, method, path, status, answer):
        """Validates an answer against the document."""
        response = self.operation(method, path)["responses"][str(status)]
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        schema = response["content"]["application/json"]["schema"]
        validator = jsonschema.Draft202012Validator({**schema, "components": self.document["components"]})
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer)]
        self.assertEqual(errors, [], f"{method} {path}: {answer}")

    def asked(self, expected, method, path, *, query="", body=None, role="operate", **places):
        """Asks, checks status and schema, and returns the answer."""
        names = {name: urllib.parse.quote(value, safe="") for name, value in places.items()}
        status, answer = self.ask(method, path.format(**names) + query, body, role)
        self.assertEqual(status, expected, f"{method} {path} {query}: {answer}")
        self.check(method, path, status, answer)
        return answer

    def run_id(self):
        return self.ask("GET", "/api/v1/runs")[1]["runs"][0]["run_id"]

    def operations(self):
        return {(method.upper(), path) for path, item in self.document["paths"].items() for method in item}


class Document(Api):
    def test_it_is_valid_openapi(self):
        openapi_spec_validator.validate(self.document)

    def test_it_has_the_routes_of_the_server_and_no_others(self):
        served = self.ask("GET", "/api/v1")[1]["routes"]
        self.assertEqual({(route["method"], route["path"]) for route in served if route["method"] != "HEAD"},
                         self.operations())

    def test_each_view_is_as_its_schema_has_it(self):
        places = {"run_id": self.run_id()}
        for method, path in sorted(self.operations()):
            if method != "GET":
                continue
            tasks = ("PENDING", "RUNNING", "DONE", "FAILED", "DISABLED") if path.endswith("{task_id}") else ("FAILED",)
            for task in tasks:
                with self.subTest(path=path, task=task):
                    answer = self.asked(200, method, path, role="view", **places, task_id=task)
                    if path.endswith("{task_id}"):
                        self.assertEqual(answer["live"]["status"], task)
                        self.assertEqual(len(answer["attempts"]), {"PENDING": 0, "DISABLED": 3}.get(task, 1))

    def test_each_parameter_is_read_and_a_wrong_one_named(self):
        good = {"status": "FAILED", "family": "Failed", "worker": "W", "text": "day", "error": "broke", "after": "9999", "refresh": "15",
                "run": "r-1", "format": "json", "root": "Failed", "task": "FAILED",
                **{name: "2026-08-21T06:00:00Z" for name in ("before", "since", "until")}}
        for method, path in sorted(self.operations()):
            places = {"task_id": "FAILED", "run_id": self.run_id()}
            if method != "GET" or "400" not in self.operation(method, path)["responses"]:
                continue
            query = [each for each in self.operation(method, path).get("parameters", []) if each.get("in") == "query"]
            for name, is_any_text in [(each["name"], each["schema"] == {"type": "string"}) for each in query]:
                with self.subTest(path=path, name=name):
                    self.asked(200, method, path, query=f"?{name}={good.get(name, '1')}", **places)
                    if not is_any_text:
                        answer = self.asked(400, method, path, query=f"?{name}=%3Cb%3E", **places)
                        self.assertTrue(answer["error"].startswith(f"{name}: "), answer)
            self.assertTrue(self.asked(400, method, path, query="?nonsense=1", **places)["error"].startswith("nonsense: "))

    def test_what_there_is_not_is_404(self):
        for method, path in sorted(self.operations()):
            if "{" in path and "404" in self.operation(method, path)["responses"]:
                with self.subTest(method=method, path=path):
                    body = BODIES.get(path.rsplit("/", 1)[1], {})
                    self.asked(404, method, path, body=body if method == "POST" else None, run_id="none", task_id="none")
        self.assertEqual(self.ask("GET", "/api/v1/nonsense")[0], 404)


class Tasks(Api):
    def listed(self, **query):
        answer = self.asked(200, "GET", "/api/v1/tasks", query="?" + urllib.parse.urlencode(query))
        return {task["task_id"] for task in answer["tasks"]}

    def test_the_list_is_filtered_as_the_page_is(self):
        self.assertEqual(self.listed(status="RUNNING"), {"RUNNING", "RUNNING_2", "RUNNING_3"})
        self.assertEqual(self.listed(family="Pending"), {"PENDING"})
        self.assertEqual(self.listed(error="broke"), {"FAILED", "FAILED_2", "DISABLED"})
        with urllib.request.urlopen(self.page("/tasks?error=broke"), timeout=30) as page:
            self.assertEqual(set(re.findall(r'href="task/(\w+)"', page.read().decode())), {"FAILED", "FAILED_2", "DISABLED"})

    def page(self, path):
        return urllib.request.Request(self.daemon.url + path, headers={"Authorization": "Bearer " + TOKENS["view"]})

    def test_a_long_list_has_pages_each_task_on_one(self):
        for number in range(250):
            self.work("add_task", worker="W", task_id=f"Many_{number}", family="Many")
        seen, query = [], {"family": "Many"}
        while True:
            answer = self.asked(200, "GET", "/api/v1/tasks", query="?" + urllib.parse.urlencode(query))
            seen += [task["task_id"] for task in answer["tasks"]]
            if answer["next_after"] is None:
                break
            query["after"] = answer["next_after"]
        self.assertEqual((len(seen), len(set(seen))), (250, 250))


class Logs(Api):
    def append(self, expected, query, text="x\n", role="work"):
        status, answer = self.ask("POST", f"/api/v1/task/FAILED/log?{query}", text, role)
        self.assertEqual(status, expected, answer)
        self.check("POST", "/api/v1/task/{task_id}/log", status, answer)
        return answer

    def test_a_part_is_for_workers_and_has_its_place(self):
        self.append(401, "attempt=1&run=r-1&position=7", role=None)
        self.append(403, "attempt=1&run=r-1&position=7", role="view")
        self.assertEqual(self.append(200, "attempt=1&run=r-1&position=7")["end"], 9)
        for wrong in ("attempt=0&run=r-1&position=7", "run=r-1&position=7", "attempt=1&run=..%2F..&position=7", "attempt=1&run=r-1",
                      "attempt=1&run=r-1&position=-1"):
            self.append(400, wrong)
        self.append(413, "attempt=1&run=r-1&position=9", "x" * 2_000_000)
        log = self.asked(200, "GET", "/api/v1/task/{task_id}/log", task_id="FAILED", query="?attempt=1&run=r-1&offset=0")
        self.assertEqual((log["text"], log["next_offset"], log["end"]), ("a line\nx\n", 9, 9))


class Actions(Api):
    def act(self, expected, action, task, role="operate", body=None):
        return self.asked(expected, "POST", f"/api/v1/task/{{task_id}}/{action}", role=role, task_id=task,
                          body=BODIES.get(action, {}) if body is None else body)

    def test_each_is_for_operators_and_audited(self):
        documented = {path.rsplit("/", 1)[1] for method, path in self.operations() if method == "POST"} - {"log"}
        self.assertEqual(documented, set(ACTIONS))
        for action, task in ACTIONS.items():
            with self.subTest(action=action):
                self.act(401, action, task, role=None)
                self.act(403, action, task, role="view")
                self.act(403, action, task, role="work")
                self.act_from_elsewhere(action, task)
                self.assertIn(action, self.asked(200, "GET", "/api/v1/task/{task_id}", task_id=task)["actions"])
                self.assertEqual(self.asked(200, "GET", "/api/v1/task/{task_id}", task_id=task, role="view")["actions"], [])
                answer = self.act(200, action, task)
                self.assertEqual((answer["task_id"], answer["action"]), (task, action))
                audit = [json.loads(line) for line in (self.folder / "logs/audit.log").read_text().splitlines()]
                made = [line["actor"] for line in audit if line["action"] == f"api.{METHODS[action]}" and line["status"] == 200
                        and (line["arguments"] or {}).get("task_id") == task]
                self.assertEqual(made, ["operateer"])

    def test_what_they_change(self):
        def state(task):
            return self.asked(200, "GET", "/api/v1/task/{task_id}", task_id=task)["live"]

        for action, task in ACTIONS.items():
            self.act(200, action, task)
        self.assertEqual([state(task)["status"] for task in ("FAILED", "DISABLED", "RUNNING", "RUNNING_2")],
                         ["PENDING", "FAILED", "FAILED", "DONE"])
        self.assertEqual(state("PENDING")["priority"], 7)
        self.assertIn("operateer", state("RUNNING")["error"])
        self.assertNotIn("re_enable", self.asked(200, "GET", "/api/v1/task/{task_id}", task_id="DISABLED")["actions"])
        history = self.asked(200, "GET", "/api/v1/task/{task_id}", task_id="FAILED")["history"]
        self.assertEqual(history[0]["by"], "operator operateer")

    def test_a_wrong_one_is_refused_with_its_reason(self):
        self.assertIn("PENDING", self.act(409, "retry", "PENDING")["error"])
        self.assertTrue(self.act(400, "set_priority", "PENDING", body={})["error"].startswith("priority: "))
        self.act(400, "set_priority", "PENDING", body={"priority": "high"})
        self.assertTrue(self.act(400, "retry", "FAILED", body={"nonsense": 1})["error"].startswith("nonsense: "))
        self.act(400, "retry", "FAILED", body=b"{")
        self.assertEqual(self.ask("GET", "/api/v1/task/FAILED/retry")[0], 405)

    def act_from_elsewhere(self, action, task):
        """As a page of another site would, in the browser of an operator."""
        body = json.dumps(BODIES.get(action, {})).encode()
        request = urllib.request.Request(f"{self.daemon.url}/api/v1/task/{task}/{action}", data=body, method="POST", headers={
            "Authorization": "Bearer " + TOKENS["operate"], "Origin": "http://elsewhere.example"})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        with refused.exception as error:
            self.assertEqual(error.code, 403)


if __name__ == "__main__":
    unittest.main()
