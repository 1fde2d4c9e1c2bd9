# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Resources and batches."""
import hashlib

from talk import scenario


@scenario("no more of a resource is used than there is", resources={"db": 2})
def limits(s):
    for task in "ABC":
        s.registers("W", task, resources={"db": 1})
    assert [s.gets("W") for _ in range(3)] == ["A", "B", None]
    s.reports("W", "A", "DONE", resources={"db": 1})
    assert s.gets("W") == "C"


@scenario("a resource without a configured limit has the limit 1")
def unknown_resource(s):
    s.registers("W", "A", resources={"x": 1})
    s.registers("W", "B", resources={"x": 1})
    s.registers("W", "C", resources={"x": 2})
    assert [s.gets("W") for _ in range(2)] == ["A", None]


@scenario("limits are changed while the scheduler runs", resources={"db": 1})
def change_limits(s):
    for task in "ABC":
        s.registers("W", task, resources={"db": 1})
    assert [s.gets("W") for _ in range(2)] == ["A", None]
    assert s.update_resource(resource="db", amount=2) is True
    assert s.update_resource(resource="db", amount=-1) is False
    assert s.update_resource(resource="db", amount="3") is False
    assert s.gets("W") == "B"
    assert s.update_resources(db=3) is None
    assert s.gets("W") == "C"


@scenario("a running task can release part of its resources", resources={"db": 3})
def give_back(s):
    s.registers("W", "A", resources={"db": 3})
    s.registers("W", "B", resources={"db": 1})
    s.gets("W")
    assert s.gets("W") is None
    assert s.decrease_running_task_resources(task_id="A", decrease_resources={"db": 2}) is None
    assert s.get_running_task_resources(task_id="A") == {"taskId": "A", "resources": {"db": 1}}
    assert s.get_running_task_resources(task_id="nobody") == {"taskId": "nobody", "resources": None}
    assert s.gets("W") == "B"


@scenario("a worker for which a task is external does not change its resources", resources={"db": 1})
def external_elsewhere(s):
    s.registers("W", "A", resources={"db": 1})
    s.registers("W", "B", resources={"db": 1})
    s.registers("V", "B", runnable=False, deps=None)
    assert s.gets("W") == "A"
    assert s.gets("W") == s.differs("external elsewhere", luigi="B", freshet=None)


@scenario("resources are reserved for a task of higher priority that its worker takes next", resources={"db": 1})
def reservation(s):
    s.registers("V", "great", priority=9, resources={"db": 1})
    s.registers("W", "small", resources={"db": 1})
    assert s.gets("V", current_tasks=["x"]) == "great"
    s.reports("V", "great", "FAILED", resources={"db": 1})
    s.forgive_failures(task_id="great")
    assert s.gets("W") is None
    s.passes(61)
    assert s.gets("W") == "small"


@scenario("resources are listed with the tasks that use them", resources={"db": 2, "net": 1})
def resource_list(s):
    s.registers("W", "A", resources={"db": 2})
    s.gets("W")
    found = {one["name"]: one for one in s.resource_list()}
    assert sorted(found) == ["db", "net"]
    db = found["db"]
    assert (db["num_total"], db["num_used"], db["num_consumer"], list(db["running"])) == (2, 2, 1, ["A"])


def batch_of(s, worker, *tasks, family="F", **more):
    s.add_task_batcher(worker=worker, task_family=family, batched_args=["k"], max_batch_size=float("inf"))
    for task in tasks:
        s.registers(worker, task, batchable=True, params={"k": task.lower(), "x": "1"}, **more)


def starts(s, worker, work, combined):
    s.add_task(worker=worker, task_id=combined, task_module="m", family="F", params={"k": "all"}, status="RUNNING",
               batch_id=work["batch_id"])


@scenario("batchable tasks are assigned as one")
def batch(s):
    batch_of(s, "W", "A", "B")
    s.registers("W", "C", batchable=True, params={"k": "c", "x": "2"})
    work = s.work("W")
    assert work["task_id"] is None
    assert work["batch_task_ids"] == ["A", "B"]
    assert work["batch_id"] == hashlib.md5(b"A|B").hexdigest()
    assert work["task_params"] == {"k": ["a", "b"], "x": "1"}
    assert s.status("A") == "BATCH_RUNNING"
    starts(s, "W", work, "AB")
    s.reports("W", "AB", "DONE")
    assert s.tasks() == {"A": "DONE", "B": "DONE", "AB": "DONE", "C": "PENDING"}
    assert "batch_id" not in s.work("W")


@scenario("a batch is no larger than its batcher's limit")
def batch_size(s):
    s.add_task_batcher(worker="W", task_family="F", batched_args=["k"], max_batch_size=2)
    for task in "ABC":
        s.registers("W", task, batchable=True, params={"k": task})
    assert s.batch("W") == ["A", "B"]


@scenario("a failed batch fails for all its tasks, and they are retried together", config={"retry_delay": 5})
def batch_fails(s):
    batch_of(s, "W", "A", "B")
    starts(s, "W", s.work("W"), "AB")
    s.reports("W", "AB", "FAILED")
    assert s.status("A") == s.status("B") == "FAILED"
    s.passes(6)
    s.prune()
    assert "AB" not in s.tasks()
    assert s.batch("W") == ["A", "B"]


@scenario("a batch whose start was lost is assigned again")
def batch_lost(s):
    batch_of(s, "W", "A", "B")
    s.work("W", current_tasks=[])
    assert s.status("A") == "BATCH_RUNNING"
    assert s.batch("W", current_tasks=[]) == ["A", "B"]


@scenario("a combined task that ran before on another worker is ended by the one that runs it now", config={"retry_delay": 1})
def combined_again(s):
    batch_of(s, "W", "A", "B")
    starts(s, "W", s.work("W"), "AB")
    s.reports("W", "AB", "DONE")
    s.passes(11)
    batch_of(s, "V", "A", "B")
    starts(s, "V", s.work("V"), "AB")
    s.reports("V", "AB", "DONE")
    assert s.status("A") == s.differs("combined task of another worker", luigi="BATCH_RUNNING", freshet="DONE")


@scenario("a batch keeps the tasks of others while its worker lives")
def batch_of_others(s):
    batch_of(s, "W", "A", resources={"db": 1})  # without, Luigi looks at the worker's own tasks only
    s.registers("V", "B", batchable=True, params={"k": "b", "x": "1"}, resources={"db": 1})
    starts(s, "W", s.work("W"), "AB")
    s.prune()
    assert s.status("B") == s.differs("batch with tasks of others", luigi="FAILED", freshet="BATCH_RUNNING")


@scenario("a task that is handed out again keeps what it has released", resources={"db": 3})
def again(s):
    s.registers("W", "A", resources={"db": 3})
    assert s.gets("W") == "A"
    s.decrease_running_task_resources(task_id="A", decrease_resources={"db": 2})
    assert s.gets("W", current_tasks=[]) == "A"
    held = s.get_running_task_resources(task_id="A")["resources"]
    assert held == s.differs("task handed out again", luigi={"db": 3}, freshet={"db": 1})


@scenario("the tasks of a batch need all their resources again after it has released some", resources={"db": 3})
def released_by_batch(s):
    batch_of(s, "W", "A", "B", resources={"db": 3})
    starts(s, "W", s.work("W"), "AB")
    s.decrease_running_task_resources(task_id="AB", decrease_resources={"db": 2})
    needed = s.task_list(status="", upstream_status="")["A"]["resources"]
    assert needed == s.differs("resources of a batch", luigi={"db": 1}, freshet={"db": 3})


@scenario("a failed combined task that was removed is not counted", config={"retry_delay": 5})
def removed_combined(s):
    batch_of(s, "W", "A", "B")
    for task in "CDEF":
        s.registers("V", task)
    starts(s, "W", s.work("W"), "AB")
    s.reports("W", "AB", "FAILED")
    s.prune()
    assert s.count_pending(worker="W")["n_pending_tasks"] == s.differs("removed tasks", luigi=3, freshet=2)


@scenario("a batch may start after its tasks were released")
def released_batch(s):
    batch_of(s, "W", "A", "B")
    work = s.work("W")
    s.pause()
    assert s.gets("W", current_tasks=[]) is None
    is_refused = s.refuses("add_task", worker="W", task_id="AB", task_module="m", family="F", params={"k": "all"},
                           status="RUNNING", batch_id=work["batch_id"])
    assert is_refused is s.differs("start of a batch that has ended", luigi=True, freshet=False)


@scenario("a parameter of a combined task is hidden as soon as a worker says so")
def late_visibilities(s):
    batch_of(s, "W", "A", "B")
    starts(s, "W", s.work("W"), "AB")
    s.reports("W", "AB", "DONE", params={"k": "all"}, param_visibilities={"k": 1})
    shown = s.task_list(status="", upstream_status="")["AB"]["params"]
    assert shown == s.differs("late visibilities", luigi={"k": "all"}, freshet={})


@scenario("the batchers of a worker survive its removal")
def batches_after_silence(s):
    s.add_task_batcher(worker="W", task_family="F", batched_args=["k"])
    s.ping(worker="W")
    s.passes(61)
    s.prune()
    assert s.worker_list() == []
    for key in ("1", "2"):
        s.registers("W", "A" + key, batchable=True, params={"k": key})
    assert sorted(s.get_work(worker="W", host="h", assistant=False, current_tasks=[])["batch_task_ids"]) == ["A1", "A2"]
