# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""The vocabulary of scenarios: calls to one scheduler, and the list of all scenarios."""
import functools

from sides import Refused

SCENARIOS = []

# Arguments that real workers send with every registration.
NATURE = {"family": "F", "module": "m", "params": {}, "deps": [], "retry_policy_dict": {"retry_count": None,
          "disable_hard_timeout": None, "disable_window": None}}


def scenario(sentence, config=None, resources=None, needs_timer=False):
    """Registers a function as a scenario: the sentence holds for a scheduler with this configuration, or only for one
    that acts without being called, by its own clock."""
    def add(function):
        function.sentence, function.config, function.resources = sentence, config or {}, resources or {}
        function.needs_clock, function.needs_timer = False, needs_timer
        SCENARIOS.append(function)
        return function
    return add


class Talk:
    """Calls with all arguments that a worker sends; `differs` marks known differences of luigid."""

    def __init__(self, side, differences, seen, play):
        self.side, self.differences, self.seen, self.play = side, differences, seen, play
        self.now = 1_787_292_000.0

    def __getattr__(self, method):
        return functools.partial(self.call, method)

    def call(self, method, **arguments):
        return self.side.call(method, arguments, self.now)

    def passes(self, seconds):
        self.play.needs_clock = True
        self.now += seconds

    def differs(self, name, luigi, freshet):
        """Returns the answer expected of this side; differences.md has a row of that name with the reason."""
        assert name in self.differences, f"'{name}' is not in the table of differences"
        self.seen.add(name)
        return luigi if self.side.is_luigi else freshet

    def refuses(self, method, **arguments):
        try:
            self.call(method, **arguments)
        except Refused:
            return True
        return False

    def registers(self, worker, task, **more):
        assert self.add_task(**{"worker": worker, "task_id": task, "status": "PENDING", "runnable": True, **NATURE, **more}) is None

    def reports(self, worker, task, status, **more):
        self.add_task(**{"worker": worker, "task_id": task, "status": status, "runnable": None, "new_deps": [],
                         "expl": '"why"' if status == "FAILED" else "null", **NATURE, "deps": None, **more})

    def work(self, worker, **more):
        return self.get_work(**{"worker": worker, "host": "h", "assistant": False, "current_tasks": None, **more})

    def gets(self, worker, **more):
        return self.work(worker, **more)["task_id"]

    def batch(self, worker, **more):
        return self.work(worker, **more).get("batch_task_ids")

    def tasks(self, **more):
        """Returns the status of every known task by id."""
        found = self.task_list(**{"status": "", "upstream_status": "", **more})
        return {task: known["status"] for task, known in found.items()}

    def status(self, task):
        return self.tasks().get(task)
