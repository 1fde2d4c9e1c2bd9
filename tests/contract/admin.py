# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Queries and changes by operators, and the leniency for arguments."""
from talk import scenario


@scenario("a message reaches a running task by its worker's ping, and its response is read once")
def message(s):
    s.registers("W", "A", accepts_messages=True)
    s.gets("W")
    number = s.send_scheduler_message(worker="W", task="A", content="go")["message_id"]
    said = {"name": "dispatch_scheduler_message", "kwargs": {"task_id": "A", "message_id": number, "content": "go"}}
    assert s.ping(worker="W") == {"rpc_messages": [said]}
    assert s.ping(worker="W") == {"rpc_messages": []}
    s.add_scheduler_message_response(task_id="A", message_id=number, response="gone")
    assert s.get_scheduler_message_response(task_id="A", message_id=number) == {"response": "gone"}
    assert s.get_scheduler_message_response(task_id="A", message_id=number) == {"response": None}


@scenario("messages can be disabled", config={"send_messages": False})
def no_messages(s):
    s.registers("W", "A", accepts_messages=True)
    s.gets("W")
    assert s.send_scheduler_message(worker="W", task="A", content="go") == {"message_id": None}


@scenario("set_worker_processes reaches the worker by its ping")
def processes(s):
    s.ping(worker="W")
    s.set_worker_processes(worker="W", n=3)
    assert s.ping(worker="W") == {"rpc_messages": [{"name": "set_worker_processes", "kwargs": {"n": 3}}]}


@scenario("progress, status and tracking URL of a task are kept")
def progress(s):
    s.registers("W", "A")
    s.gets("W")
    s.set_task_progress_percentage(task_id="A", progress_percentage=30)
    s.set_task_status_message(task_id="A", status_message="half \u2603")
    s.add_task(worker="W", task_id="A", status="RUNNING", tracking_url="http://x/")
    assert s.get_task_progress_percentage(task_id="A") == {"taskId": "A", "progressPercentage": 30}
    assert s.get_task_status_message(task_id="A") == {"taskId": "A", "statusMessage": "half \u2603"}
    assert s.task_list(status="RUNNING", upstream_status="")["A"]["tracking_url"] == "http://x/"
    assert s.get_task_progress_percentage(task_id="nobody") == {"taskId": "nobody", "progressPercentage": None}
    assert s.get_task_status_message(task_id="nobody") == {"taskId": "nobody", "statusMessage": ""}


@scenario("tasks are listed by status, upstream status and words in their name", config={"max_shown_tasks": 3})
def task_list(s):
    s.registers("W", "A", deps=["B"], family="Alpha", params={"x": "One"})
    s.registers("W", "B", family="Beta")
    assert list(s.task_list(status="PENDING", upstream_status="UPSTREAM_MISSING_INPUT")) in (["A", "B"], ["B", "A"])
    assert list(s.task_list(status="PENDING", upstream_status="UPSTREAM_FAILED")) == []
    s.gets("W")
    s.reports("W", "B", "FAILED")
    assert list(s.task_list(status="PENDING", upstream_status="UPSTREAM_FAILED")) == ["A"]
    assert list(s.task_list(status="", upstream_status="", search="alpha ONE")) == ["A"]
    s.registers("W", "C")
    s.registers("W", "D")
    assert s.task_list(status="", upstream_status="") == {"num_tasks": 4}
    shown = len(s.task_list(status="", upstream_status="", limit=False))
    assert shown == s.differs("long lists", luigi=4, freshet=3)
    assert {k: sorted(v) for k, v in s.task_search(task_str="A").items()} == {"PENDING": ["A"]}


@scenario("a listed task has all its fields, without hidden parameters")
def serialised(s):
    s.registers("W", "A", params={"a": "1", "b": "2"}, param_visibilities={"a": 0, "b": 1}, priority=2, resources={"db": 1})
    found = s.task_list(status="", upstream_status="")["A"]
    for instant in ("start_time", "last_updated"):
        assert found.pop(instant) > 0
    assert found == {"display_name": "F(a=1)", "status": "PENDING", "workers": ["W"], "worker_running": None,
                     "time_running": None, "params": {"a": "1"}, "name": "F", "priority": 2, "resources": {"db": 1},
                     "resources_running": None, "tracking_url": None, "status_message": None, "progress_percentage": None}


@scenario("the graph is walked along dependencies and along dependants")
def graphs(s):
    s.registers("W", "A", deps=["B", "Z_1"])
    s.registers("W", "B", deps=["C"])
    s.registers("W", "C", status="DONE", runnable=False)
    assert sorted(s.dep_graph(task_id="A")) == ["A", "B", "C", "Z_1"]
    assert sorted(s.dep_graph(task_id="A", include_done=False)) == ["A", "B", "Z_1"]
    assert s.dep_graph(task_id="A")["Z_1"]["name"] == "Z"
    assert sorted(s.inverse_dep_graph(task_id="C")) == ["A", "B", "C"]
    assert s.inverse_dep_graph(task_id="C")["C"]["deps"] == ["B"]
    assert s.dep_graph(task_id="nobody") == {}
    assert sorted(s.graph()) == ["A", "B", "C", "Z_1"]


@scenario("workers are listed with their running tasks")
def worker_list(s):
    s.add_worker(worker="W", info={"first_task": "A", "host": "x"})
    s.registers("W", "A")
    s.registers("W", "B")
    s.gets("W")
    [found] = s.worker_list()
    assert (found["name"], found["state"], found["host"]) == ("W", "active", "x")
    assert (found["num_running"], found["num_pending"], found["num_uniques"], list(found["running"])) == (1, 1, 1, ["A"])
    assert found["first_task_display_name"] == "F()"
    assert "num_running" not in s.worker_list(include_running=False)[0]


@scenario("announcements of scheduling failures are answered by null")
def announcements(s):
    assert s.announce_scheduling_failure(worker="W", task_name="A", family="F", params={}, expl="boo", owners=[]) is None
    assert s.report_task_statistics(task_id="A", statistics={"x": 1}) is None
    assert s.has_task_history() is s.differs("history", luigi=False, freshet=True)


@scenario("unknown arguments are ignored")
def unknown_arguments(s):
    assert s.ping(worker="W", mood="fine") == {"rpc_messages": []}
    assert s.refuses("pause", mood="fine") == s.differs("unknown arguments", luigi=True, freshet=False)


@scenario("a missing required argument and an unknown method are rejected")
def missing_arguments(s):
    assert s.refuses("add_task", task_id="A")
    assert s.refuses("ping")
    assert s.refuses("get_work", host="h")
    assert s.refuses("make_coffee")


@scenario("an explicit null means the default")
def nulls(s):
    assert s.add_task(worker="W", task_id="A", status="PENDING", deps=None, new_deps=None, expl=None, resources=None,
                      params=None, param_visibilities=None, accepts_messages=None, tracking_url=None, batchable=None,
                      batch_id=None, retry_policy_dict=None, owners=None, module=None) is None
    assert s.gets("W", host=None) == "A"


@scenario("a number may be infinite, and a priority a fraction")
def odd_numbers(s):
    s.add_task_batcher(worker="W", task_family="F", batched_args=["k"], max_batch_size=float("inf"))
    s.registers("W", "A", priority=float("inf"))
    assert s.tasks() == {"A": "PENDING"}
    assert s.task_list(status="", upstream_status="")["A"]["priority"] == float("inf")


@scenario("numbers are parsed as leniently as in Python", resources={"mem": 1})
def pythons_numbers(s):
    policy = {"retry_count": float("inf"), "disable_hard_timeout": None, "disable_window": None}
    s.registers("W", "A", resources={"mem": 0.5}, priority=True, accepts_messages="yes", retry_policy_dict=policy)
    s.registers("W", "B", resources={"mem": 0.5})
    assert s.gets("W") == "A"
    assert s.gets("W") == s.differs("fractions of resources", luigi="B", freshet=None)
    assert s.update_resource(resource="mem", amount=True) is True
    assert s.update_resource(resource="mem", amount=None) is False


@scenario("a status message that is not a text is kept")
def no_texts(s):
    s.registers("W", "A")
    s.set_task_status_message(task_id="A", status_message=[1, "x"])
    message = s.get_task_status_message(task_id="A")["statusMessage"]
    assert message == s.differs("messages that are no texts", luigi=[1, "x"], freshet='[1,"x"]'), message


@scenario("a search ignores case")
def search(s):
    s.registers("W", "A", family="T\u00e2che", params={"ville": "\u00c9T\u00c9"})
    for words in ("\u00e9t\u00e9", "T\u00c2CHE", " ville\t\u00c9t\u00e9 "):
        assert list(s.task_list(status="", upstream_status="", search=words)) == ["A"], words
    assert s.task_list(status="", upstream_status="", search="\u00e9t\u00e9 no") == {}
