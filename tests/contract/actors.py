# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Random workers and operators. A step is a name and numbers; what it calls follows from them and from the answers so
far, so that a sequence can be shortened and played again."""
from universe import TASKS

STATUSES = ("PENDING", "DONE", "FAILED", "RUNNING", "DISABLED", "UNKNOWN", "SUSPENDED")
WORKERS = 4


class Memory:
    """What one worker knows: the tasks that it runs, and batches that it has not started."""

    def __init__(self):
        self.running, self.batches = [], []


class World:
    """Plays steps; `call(method, **arguments)` returns the answer of both schedulers."""

    def __init__(self, universe, call):
        self.universe, self.call, self.now = universe, call, 1_787_292_000.0
        self.memory = {f"W{number}": Memory() for number in range(WORKERS)}
        self.messages = []

    def play(self, step):
        name, *numbers = step
        getattr(self, name)(*numbers)

    # The parts of a step, from its numbers.

    def task(self, number):
        return self.universe.names[number % TASKS]

    def worker(self, number):
        return f"W{number % WORKERS}"

    def own(self, worker, number):
        """One of the worker's running tasks, or None."""
        running = self.memory[worker].running
        return running[number % len(running)] if running else None

    def described(self, task):
        known = self.universe.tasks.get(task)
        if known:
            return dict(known)
        return {"family": task.split("_")[0], "module": "m", "params": {}, "resources": {}, "priority": 0}

    # Workers.

    def starts(self, w, n):
        worker = self.worker(w)
        self.call("add_worker", worker=worker, info=[["salt", "1"], ["workers", n % 3 + 1], ["host", "h"],
                                                    ["first_task", self.task(n)]])
        if n % 4:
            self.call("add_task_batcher", worker=worker, task_family="Batch", batched_args=["k"],
                      max_batch_size=float("inf") if n % 3 else n % 4)

    def plans(self, w, t, mask):
        """Registers a task and what it requires, as Luigi's worker does: complete ones without requirements."""
        stack, seen = [self.task(t)], set()
        while stack:
            task = stack.pop()
            if task in seen:
                continue
            seen.add(task)
            number = self.universe.names.index(task)
            state = (mask >> (2 * number)) % 16
            known = self.described(task)
            deps = known.pop("deps")
            arguments = {"worker": self.worker(w), "task_id": task, "status": "PENDING", "runnable": True, "deps": deps,
                         "assistant": False, **known}
            if state == 1:
                arguments.update(status="DONE", deps=None)
            elif state == 2 and not deps:
                arguments.update(runnable=False, deps=None)
            elif state == 3:
                arguments.update(status="UNKNOWN", runnable=False, deps=None)
            else:
                stack += deps
            self.call("add_task", **arguments)

    def registers(self, w, t, odd, status):
        """A registration as no worker sends it."""
        known = self.described(self.task(t))
        deps = known.pop("deps", [])
        arguments = {"worker": self.worker(w), "task_id": self.task(t), "status": STATUSES[status % len(STATUSES)],
                     "runnable": odd % 3 != 0, "deps": deps if odd % 2 else None, "assistant": odd % 5 == 0, **known}
        for bit, name in enumerate(("resources", "priority", "batchable", "retry_policy_dict", "params", "module",
                                    "accepts_messages")):
            if odd >> (bit + 3) & 1:
                arguments.pop(name)
        if arguments["status"] == "FAILED":
            arguments["expl"] = '"odd"'
        self.call("add_task", **arguments)

    def works(self, w, lost):
        worker = self.worker(w)
        memory = self.memory[worker]
        self.takes(memory, lost, worker=worker, current_tasks=list(memory.running), assistant=w % 16 == 3)

    def runs(self, w, n, mask):
        """Registers two tasks with what they require, asks for work and reports it, some times."""
        self.starts(w, n)
        self.plans(w, n // 4, mask)
        self.plans(w, n // 64, mask // 5)
        for number in range(1, n % 6 + 3):
            self.works(w, number)
            self.starts_batch(w, n // 8)
            self.now += 0.25
            if (n >> number) % 4:
                self.reports(w, n, n >> (2 * number))

    def works_oddly(self, w, odd):
        worker = self.worker(w)
        memory = self.memory[worker]
        current = (None, [], memory.running[1:], ["nobody_1"])[odd % 4]
        self.takes(memory, odd // 4, worker=worker, current_tasks=current, assistant=odd % 5 == 0)

    def takes(self, memory, lost, **arguments):
        work = self.call("get_work", host="h", **arguments)
        if not work or lost % 8 == 0:
            return
        if work.get("batch_id"):
            memory.batches.append(work)
        elif work["task_id"] and work["task_id"] not in memory.running:
            memory.running.append(work["task_id"])

    def starts_batch(self, w, odd):
        worker = self.worker(w)
        memory = self.memory[worker]
        if not memory.batches:
            return
        work = memory.batches.pop()
        combined = work["batch_task_ids"][-1] if odd % 3 == 0 else "Batch_of_" + "_".join(
            name.split("_")[1] for name in work["batch_task_ids"])
        self.call("add_task", worker=worker, task_id=combined, task_module="m", family="Batch", status="RUNNING",
                  params={"k": "all", "x": "0"}, batch_id=work["batch_id"])
        memory.running.append(combined)

    def reports(self, w, pick, status):
        worker = self.worker(w)
        task = self.own(worker, pick)
        if not task:
            return
        self.memory[worker].running.remove(task)
        self.says(worker, task, ("DONE", "DONE", "DONE", "FAILED", "FAILED", "PENDING")[status % 6], status)

    def reports_late(self, w, t, status):
        """A result of a task that another worker may run, or nobody."""
        self.says(self.worker(w), self.task(t), ("DONE", "FAILED", "PENDING", "RUNNING")[status % 4], status)

    def says(self, worker, task, status, number):
        known = self.described(task)
        for name in ("deps", "priority", "batchable", "accepts_messages"):
            known.pop(name, None)
        new_deps = [self.task(number // 8)] if status == "PENDING" else []
        if task in self.universe.tasks:  # no cycles
            new_deps = [dep for dep in new_deps if self.universe.names.index(dep) < self.universe.names.index(task)]
        expl = {"FAILED": '"no \\u2603"', "PENDING": '""'}.get(status, "null")
        self.call("add_task", worker=worker, task_id=task, status=status, expl=expl, runnable=None, new_deps=new_deps,
                  assistant=number % 16 == 1, **known)

    def fails_to_load(self, w, pick):
        worker = self.worker(w)
        task = self.own(worker, pick)
        if task:
            self.memory[worker].running.remove(task)
            self.call("add_task", worker=worker, task_id=task, status="FAILED", runnable=False, expl='"cannot load"')

    def sets_url(self, w, pick):
        task = self.own(self.worker(w), pick)
        if task:
            self.call("add_task", worker=self.worker(w), task_id=task, status="RUNNING", tracking_url=f"http://x/{pick}")

    def sets_message(self, w, t):
        self.call("set_task_status_message", task_id=self.own(self.worker(w), t) or self.task(t), status_message=f"m{t}")
        self.call("get_task_status_message", task_id=self.task(t))

    def sets_progress(self, w, t):
        task = self.own(self.worker(w), t) or self.task(t)
        self.call("set_task_progress_percentage", task_id=task, progress_percentage=t % 101)
        self.call("get_task_progress_percentage", task_id=self.task(t))

    def decreases(self, w, t):
        task = self.own(self.worker(w), t) or self.task(t)
        self.call("decrease_running_task_resources", task_id=task, decrease_resources={"db": t % 3, "net": t % 2})
        self.call("get_running_task_resources", task_id=task)

    def pings(self, w):
        for message in (self.call("ping", worker=self.worker(w)) or {"rpc_messages": []})["rpc_messages"]:
            if message["name"] == "dispatch_scheduler_message":
                self.call("add_scheduler_message_response", task_id=message["kwargs"]["task_id"],
                          message_id=message["kwargs"]["message_id"], response="yes")

    def counts(self, w):
        self.call("count_pending", worker=self.worker(w))

    def restarts(self, w):
        self.memory[self.worker(w)] = Memory()

    def tells(self, t):
        self.call("report_task_statistics", task_id=self.task(t), statistics={"rows": t})
        self.call("announce_scheduling_failure", worker="W0", task_name=self.task(t), family="F", params={}, expl="boo",
                  owners=[])

    # Operators.

    def disables(self, w):
        self.call("disable_worker", worker=self.worker(w))

    def resizes(self, w, n):
        self.call("set_worker_processes", worker=self.worker(w), n=n % 4)

    def limits(self, n):
        self.call("update_resource", resource=("db", "net", "new")[n % 3], amount=(0, 1, 2, -1, "3", True)[n // 3 % 6])
        if n % 4 == 0:
            self.call("update_resources", db=n // 4 % 3)

    def pauses(self, n):
        self.call("pause" if n % 5 == 0 else "unpause")
        self.call("is_paused")
        self.call("is_pause_enabled")

    def forgives(self, t):
        self.call("forgive_failures", task_id=self.task(t))

    def marks(self, t):
        self.call("mark_as_done", task_id=self.task(t))

    def re_enables(self, t):
        self.call("re_enable_task", task_id=self.task(t))

    def prunes(self):
        self.call("prune")

    def sends(self, w, t):
        sent = self.call("send_scheduler_message", worker=self.worker(w), task=self.task(t), content=f"c{t}")
        if sent and sent["message_id"]:
            self.messages.append((self.task(t), sent["message_id"]))

    def asks(self, n):
        if self.messages:
            task, message = self.messages[n % len(self.messages)]
            self.call("get_scheduler_message_response", task_id=task, message_id=message)

    def looks(self, n, t):
        task = self.task(t)
        self.call(*((("task_list", {"status": "", "upstream_status": ""}),
                     ("task_list", {"status": ("PENDING", "FAILED", "RUNNING")[t % 3],
                                    "upstream_status": ("", "UPSTREAM_FAILED", "UPSTREAM_RUNNING", "UPSTREAM_DISABLED",
                                                        "UPSTREAM_MISSING_INPUT")[t % 5]}),
                     ("task_list", {"status": "", "upstream_status": "", "search": f"f{t % 3} n={t % 12}"}),
                     ("task_search", {"task_str": f"_{t % 12}"}), ("worker_list", {"include_running": t % 4 != 0}),
                     ("resource_list", {}), ("graph", {}), ("dep_graph", {"task_id": task, "include_done": t % 3 != 0}),
                     ("inverse_dep_graph", {"task_id": task, "include_done": t % 3 != 0}),
                     ("fetch_error", {"task_id": task}))[n % 10]))

    def looks_at_all(self):
        for n in (0, 4, 5, 6):
            self.looks(n, 1)

    def passes(self, n):
        long = (21, 31, 47, 61, 61, 300, 700)[n // 16 % 7]
        self.now += (0.5, 1, 2, 2, 6, 11, long)[n % 7] + 0.0137


STEPS = {"starts": 4, "plans": 14, "registers": 5, "works": 20, "runs": 8, "works_oddly": 4, "starts_batch": 8, "reports": 22,
         "reports_late": 4, "fails_to_load": 2, "sets_url": 5, "sets_message": 1, "sets_progress": 1, "decreases": 3,
         "pings": 10, "counts": 4, "restarts": 2, "tells": 1, "disables": 1, "resizes": 1, "limits": 3, "pauses": 1,
         "forgives": 3, "marks": 2, "re_enables": 2, "prunes": 5, "sends": 2, "asks": 1, "looks": 10, "looks_at_all": 4,
         "passes": 14}


def sequence_of(chance, length):
    """Returns random steps; the numbers are taken modulo what there is."""
    steps = [("starts", chance.randrange(64), chance.randrange(64)) for _ in range(2)]
    names = chance.choices(list(STEPS), list(STEPS.values()), k=length)
    for name in names:
        count = getattr(World, name).__code__.co_argcount - 1
        steps.append((name, *(chance.randrange(1 << 24) for _ in range(count))))
    return steps + [("looks_at_all",)]
