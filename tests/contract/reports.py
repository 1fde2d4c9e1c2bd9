# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Reports, what they leave as it is, and what is counted."""
from failing import fail
from talk import scenario


@scenario("a tracking URL does not change a task's retry policy")
def policy_and_url(s):
    s.registers("W", "A", retry_policy_dict={"retry_count": 1, "disable_hard_timeout": None, "disable_window": None})
    s.gets("W")
    s.add_task(worker="W", task_id="A", status="RUNNING", tracking_url="http://x/", retry_policy_dict=None)
    s.reports("W", "A", "FAILED", retry_policy_dict={"retry_count": 1})
    assert s.status("A") == s.differs("policy after a URL", luigi="FAILED", freshet="DISABLED")


@scenario("a tracking URL and a report without resources do not change a task's resources", config={"retry_delay": 5},
          resources={"db": 1})
def resources_and_url(s):
    for task in "AB":
        s.registers("W", task, resources={"db": 1})
    assert s.gets("W") == "A"
    s.add_task(worker="W", task_id="A", status="RUNNING", tracking_url="http://x/")
    s.reports("W", "A", "FAILED", resources=None)
    s.passes(6)
    s.prune()
    assert {s.gets("W"), s.gets("W")} == s.differs("resources after a URL", luigi={"A", "B"}, freshet={"A", None})


@scenario("an attempt that was not handed out holds the task's resources", resources={"db": 1})
def unasked(s):
    s.registers("W", "A", resources={"db": 1})
    s.add_task(worker="V", task_id="A", status="RUNNING")
    held = s.get_running_task_resources(task_id="A")["resources"]
    assert held == s.differs("attempt that was not handed out", luigi=None, freshet={"db": 1})


@scenario("tasks behind one that is UNKNOWN do not count as behind a DISABLED one")
def behind_unknown(s):
    s.registers("W", "D", retry_policy_dict={"retry_count": 1})
    fail(s, "W", "D")
    s.registers("W", "X", status="UNKNOWN", runnable=False, deps=["D"])
    for task, dep in (("C", "D"), ("A", "X"), ("B", "X")):
        s.registers("W", task, deps=[dep])
    assert s.count_pending(worker="W")["n_pending_tasks"] == s.differs("unknown tasks", luigi=1, freshet=2)
