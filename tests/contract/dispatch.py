# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Dispatch: the task that get_work assigns, and the rest of its answer."""
from talk import scenario


@scenario("a task is assigned once, to its worker, with its registered values")
def whole_answer(s):
    s.registers("W", "A", params={"x": "1"})
    assert s.work("W") == {"n_pending_tasks": 1, "n_unique_pending": 1, "n_pending_last_scheduled": 1,
                           "worker_state": "active", "running_tasks": [], "task_id": "A", "task_family": "F",
                           "task_module": "m", "task_params": {"x": "1"}}
    running = {"task_id": "A", "worker": "W"}
    assert s.work("W") == {"n_pending_tasks": 0, "n_unique_pending": 0, "n_pending_last_scheduled": 0,
                           "worker_state": "active", "running_tasks": [running], "task_id": None}
    assert s.gets("V") is None


@scenario("a task waits for all of its dependencies")
def dependencies(s):
    s.registers("W", "A", deps=["B", "C"])
    s.registers("W", "B")
    s.registers("W", "C", deps=["B"])
    assert s.gets("W") == "B"
    assert s.gets("W") is None
    s.reports("W", "B", "DONE")
    assert s.gets("W") == "C"
    s.reports("W", "C", "DONE")
    assert s.gets("W") == "A"


@scenario("a task waits for an unregistered dependency")
def unknown_dependency(s):
    s.registers("W", "A", deps=["Z"])
    assert s.gets("W") is None
    assert s.work("W")["n_pending_tasks"] == 1
    assert s.tasks() == {"A": "PENDING", "Z": "UNKNOWN"}


@scenario("the highest priority goes first, and dependencies inherit it")
def priorities(s):
    s.registers("W", "A")
    s.registers("W", "B", priority=5)
    s.registers("W", "C", priority=7.5, deps=["D"])
    s.registers("W", "D")
    assert [s.gets("W") for _ in range(3)] == ["D", "B", "A"]


@scenario("of tasks of equal priority the one registered first goes first")
def order(s):
    for task in "CAB":
        s.registers("W", task)
    assert [s.gets("W") for _ in range(3)] == ["C", "A", "B"]


@scenario("a chain of two thousand dependencies inherits a priority")
def deep_chain(s):
    s.registers("W", "T0")
    for number in range(1, 2000):
        s.registers("W", f"T{number}", deps=[f"T{number - 1}"])
    refused = s.refuses("add_task", worker="W", task_id="T1999", priority=3, deps=["T1998"])
    assert refused == s.differs("deep priority", luigi=True, freshet=False)


@scenario("a task that its worker cannot run is listed but never assigned")
def not_runnable(s):
    s.registers("W", "A", runnable=False)
    assert s.gets("W") is None
    assert s.gets("V", assistant=True) is None


@scenario("an assistant gets the tasks of other workers")
def assistant(s):
    s.registers("W", "A")
    assert s.gets("V") is None
    assert s.gets("V", assistant=True) == "A"
    assert s.work("V")["running_tasks"] == []
    assert s.work("W")["running_tasks"][0]["worker"] == "V"


@scenario("a worker's pending tasks are counted in all, unique and last scheduled")
def counts(s):
    s.registers("W", "A")
    s.registers("W", "B")
    s.registers("V", "B")
    assert s.count_pending(worker="W") == {"n_pending_tasks": 2, "n_unique_pending": 1, "n_pending_last_scheduled": 1,
                                           "worker_state": "active", "running_tasks": []}
    assert s.count_pending(worker="V")["n_pending_last_scheduled"] == 1


@scenario("dependants of a disabled task are not counted")
def counts_without_hopeless(s):
    s.registers("W", "A", deps=["B"])
    s.registers("W", "B", status="DISABLED")
    assert s.count_pending(worker="W")["n_pending_tasks"] == 0


@scenario("worker info comes with the running tasks, as pairs or as an object")
def worker_info(s):
    s.add_worker(worker="W", info=[["workers", 2], ["host", "x"]])
    s.add_worker(worker="W", info={"workers": 3})
    s.registers("W", "A")
    s.gets("W", host="y")
    assert s.work("W", host="z")["running_tasks"] == [{"task_id": "A", "worker": "W", "workers": 3, "host": "x"}]


@scenario("a task whose assignment was lost is assigned again to the same worker")
def lost_answer(s):
    s.registers("W", "A")
    s.registers("W", "B")
    assert s.gets("W", current_tasks=[]) == "A"
    assert s.gets("W", current_tasks=[]) == "A"
    assert s.gets("W", current_tasks=["A"]) == "B"
    assert s.gets("W", current_tasks=["A", "B"]) is None


@scenario("only the worker that runs a task can end it")
def foreign_report(s):
    s.registers("W", "A")
    s.registers("V", "A")
    s.gets("W")
    s.reports("V", "A", "DONE")
    assert s.status("A") == "RUNNING"
    s.registers("V", "A")
    assert s.status("A") == "RUNNING"
    s.reports("W", "A", "DONE")
    assert s.status("A") == "DONE"


@scenario("a running task that reports new dependencies waits for them")
def dynamic_dependencies(s):
    s.registers("W", "A")
    s.gets("W")
    s.registers("W", "B")
    s.reports("W", "A", "PENDING", new_deps=["B"])
    assert s.gets("W") == "B"
    s.reports("W", "B", "DONE")
    assert s.gets("W") == "A"


@scenario("new dependencies from a worker that lost the task do not take it from the one that runs it")
def late_dynamic_dependencies(s):
    s.registers("W", "A")
    s.registers("V", "A")
    s.registers("W", "B")
    assert s.gets("V") == "A"
    s.reports("W", "A", "PENDING", new_deps=["B"])
    assert s.status("A") == s.differs("late yield", luigi="PENDING", freshet="RUNNING")


@scenario("a paused scheduler assigns nothing but lost assignments")
def pause(s):
    s.registers("W", "A")
    s.registers("W", "B")
    s.gets("W")
    assert s.pause() is None
    assert s.is_paused() == {"paused": True}
    assert s.gets("W", current_tasks=["A"]) is None
    assert s.gets("W", current_tasks=[]) == "A"
    s.unpause()
    assert s.is_paused() == {"paused": False}
    assert s.gets("W", current_tasks=["A"]) == "B"


@scenario("pausing can be disabled", config={"pause_enabled": False})
def no_pause(s):
    s.pause()
    assert s.is_paused() == {"paused": False}
    assert s.is_pause_enabled() == {"enabled": False}


@scenario("a completed task stays DONE when it is registered again during the done cooldown")
def cooldown(s):
    s.registers("W", "A")
    s.gets("W")
    s.reports("W", "A", "DONE")
    s.passes(9)
    s.registers("V", "A")
    assert s.gets("V") is None
    s.passes(2)
    s.registers("V", "A")
    assert s.gets("V") == "A"
