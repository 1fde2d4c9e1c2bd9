# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Failures, retries, disabling, and workers that are gone."""
from support.schedulers import poll
from talk import scenario


def fail(s, worker, task):
    assert s.gets(worker) == task
    s.reports(worker, task, "FAILED")


@scenario("a failed task is pending again after the retry delay", config={"retry_delay": 100})
def retry(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    s.passes(50)
    s.prune()
    assert s.gets("W") is None
    assert s.work("W")["n_pending_tasks"] == 1
    s.passes(51)
    s.prune()
    assert s.gets("W") == "A"


@scenario("a failed task is pending again without anybody looking", config={"retry_delay": 0}, needs_timer=True)
def retry_at_once(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    expected = s.differs("timing", luigi=None, freshet="A")
    found = poll(lambda: s.gets("W"), "A is pending again") if expected else s.gets("W")
    assert found == expected


@scenario("get_work can be configured to prune", config={"retry_delay": 10, "prune_on_get_work": True})
def prune_on_get_work(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    s.passes(11)
    assert s.gets("W") == "A"


@scenario("a negative retry delay disables retries", config={"retry_delay": -1})
def no_retry(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    for _ in range(9):
        s.passes(50)
        s.work("W")
    s.prune()
    assert s.gets("W") is None


@scenario("a task that failed too often is disabled and accepts only a completion", config={"retry_count": 2, "retry_delay": 1})
def disabled(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    s.passes(2)
    s.prune()
    fail(s, "W", "A")
    assert s.status("A") == "DISABLED"
    s.registers("W", "A")
    assert s.gets("W") is None
    s.reports("W", "A", "DONE")
    assert s.status("A") == "DONE"


@scenario("failures before the window do not count", config={"retry_count": 2, "retry_delay": 1, "disable_window": 30})
def window(s):
    s.registers("W", "A")
    for _ in range(3):
        fail(s, "W", "A")
        s.passes(31)
        s.prune()
    assert s.status("A") == "PENDING"


@scenario("a failure later than the hard timeout after the first one disables the task", config={"retry_delay": 1, "disable_hard_timeout": 20})
def hard_timeout(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    s.passes(21)
    s.prune()
    fail(s, "W", "A")
    assert s.status("A") == "DISABLED"


@scenario("a disabled task is re-enabled after disable_persist", config={"retry_count": 1, "retry_delay": 5, "disable_persist": 40})
def persist(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    s.passes(39)
    s.work("W")
    s.prune()
    assert s.status("A") == "DISABLED"
    s.passes(2)
    s.prune()
    assert s.status("A") == "FAILED"
    s.passes(6)
    s.prune()
    assert s.gets("W") == "A"


@scenario("a task's retry policy overrides the scheduler's", config={"retry_delay": 1})
def own_policy(s):
    s.registers("W", "A", retry_policy_dict={"retry_count": 1, "disable_hard_timeout": None, "disable_window": None})
    fail(s, "W", "A")
    assert s.status("A") == "DISABLED"


@scenario("a disabled task that is registered after disable_persist can run", config={"retry_count": 1, "disable_persist": 40})
def registered_after_persist(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    s.passes(41)
    s.registers("W", "A")
    assert s.gets("W") == s.differs("timing", luigi=None, freshet="A")


@scenario("a task disabled by a worker accepts any status")
def disabled_by_worker(s):
    s.registers("W", "A", status="DISABLED")
    assert s.gets("W") is None
    s.registers("W", "A")
    assert s.gets("W") == "A"


@scenario("a running task cannot be disabled")
def disable_running(s):
    s.registers("W", "A")
    s.gets("W")
    s.registers("V", "A", status="DISABLED")
    assert s.status("A") == "RUNNING"


@scenario("an operator can re-enable a disabled task", config={"retry_count": 1, "retry_delay": 5})
def re_enable(s):
    s.registers("W", "A")
    assert s.re_enable_task(task_id="A") == {}
    fail(s, "W", "A")
    answer = s.re_enable_task(task_id="A")
    assert (answer["status"], answer["deps"], answer["name"]) == ("FAILED", [], "F")
    assert s.re_enable_task(task_id="nobody") == {}
    s.passes(6)
    s.prune()
    assert s.gets("W") == "A"


@scenario("an operator can forgive failures and mark tasks as done")
def by_hand(s):
    s.registers("W", "A")
    fail(s, "W", "A")
    assert s.forgive_failures(task_id="A") == {"task_id": "A", "status": "PENDING"}
    fail(s, "W", "A")
    assert s.mark_as_done(task_id="A") == {"task_id": "A", "status": "DONE"}
    assert s.forgive_failures(task_id="nobody") == {"task_id": "nobody", "status": None}
    assert s.mark_as_done(task_id="nobody") == {"task_id": "nobody", "status": None}
    assert s.forgive_failures() == {"task_id": None, "status": None}


@scenario("the task of a worker that was silent for too long fails", config={"retry_delay": 5})
def silent_worker(s):
    s.registers("W", "A")
    s.registers("V", "A")
    s.gets("W")
    s.passes(40)
    s.ping(worker="V")
    s.passes(30)
    s.prune()
    assert s.status("A") == "FAILED"
    s.passes(6)
    s.prune()
    assert s.gets("V") == "A"
    s.reports("W", "A", "DONE")
    assert s.status("A") == "RUNNING"


@scenario("a late failure from a worker that lost the task does not undo its completion", config={"retry_delay": 5})
def late_failure(s):
    s.registers("W", "A")
    s.registers("V", "A")
    s.gets("W")
    s.passes(40)
    s.ping(worker="V")
    s.passes(30)
    s.prune()
    s.passes(6)
    s.prune()
    assert s.gets("V") == "A"
    s.reports("V", "A", "DONE")
    s.reports("W", "A", "FAILED")
    assert s.status("A") == s.differs("late failure", luigi="FAILED", freshet="DONE")


@scenario("a worker that pings keeps its task")
def living_worker(s):
    s.registers("W", "A")
    s.gets("W")
    for _ in range(5):
        s.passes(50)
        assert s.ping(worker="W") == {"rpc_messages": []}
        s.prune()
    assert s.status("A") == "RUNNING"


@scenario("a worker that was removed gets no work when it returns")
def forgotten_worker(s):
    s.registers("W", "A")
    s.passes(61)
    s.prune()
    assert s.gets("W") is None
    assert s.work("W")["n_pending_tasks"] == 0
    assert s.tasks() == {"A": "PENDING"}


@scenario("a task without stakeholders is removed after remove_delay", config={"remove_delay": 100})
def removal(s):
    s.registers("W", "A")
    s.passes(61)
    s.prune()
    s.passes(99)
    s.prune()
    assert s.tasks() == {"A": "PENDING"}
    s.passes(2)
    s.prune()
    assert s.tasks() == {}


@scenario("an assistant that pings keeps its tasks")
def assistant_keeps(s):
    s.registers("W", "A")
    s.gets("V", assistant=True)
    for _ in range(3):
        s.passes(50)
        s.ping(worker="V")
        s.prune()
    assert s.status("A") == "RUNNING"


@scenario("a disabled worker gets no work but can report its running tasks")
def disable_worker(s):
    s.registers("W", "A")
    s.registers("W", "B")
    s.gets("W")
    assert s.disable_worker(worker="W") is None
    assert s.work("W") == {"n_pending_tasks": 0, "running_tasks": [], "task_id": None, "n_unique_pending": 0,
                           "worker_state": "disabled"}
    s.registers("W", "C")
    s.reports("W", "A", "DONE")
    assert s.tasks() == {"A": "DONE", "B": "PENDING"}


@scenario("fetch_error returns the explanation and the parameters of a failed task")
def why(s):
    s.registers("W", "A", params={"x": "1"})
    s.gets("W")
    s.reports("W", "A", "FAILED", expl='"line </script> \\u2603"')
    assert s.fetch_error(task_id="A") == {"taskId": "A", "error": '"line </script> \\u2603"', "displayName": "F(x=1)",
                                          "taskParams": {"x": "1"}, "taskModule": "m", "taskFamily": "F"}
    assert s.fetch_error(task_id="nobody") == {"taskId": "nobody", "error": ""}
