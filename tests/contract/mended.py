# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Luigi's Scheduler, changed in nothing but the rows of differences.md, so that all other answers can be compared.

As a program, mended.py ARGUMENT...: a luigid with this scheduler, whose clock each call sets by its header X-Debug-Now.
"""
import sys

import luigi.scheduler
from luigi.task_status import BATCH_RUNNING, DISABLED, DONE, FAILED, PENDING, RUNNING


class SettableClock:
    now = 0.0

    def time(self):
        return self.now


clock = luigi.scheduler.time = SettableClock()
STARTED = (RUNNING, BATCH_RUNNING)


class State(luigi.scheduler.SimpleTaskState):
    def fail_tasks_of(self, workers, config):
        """Row "batch with tasks of others": only the tasks of workers that are gone fail."""
        for status in STARTED:
            for task in [task for task in self.get_active_tasks_by_status(status) if task.worker_running in workers]:
                if task.status in STARTED:
                    self.set_status(task, FAILED, config)
                    task.worker_running = None

    def fail_dead_worker_task(self, task, config, assistants):
        pass

    def set_batch_running(self, task, batch_id, worker_id):
        """Row "resources of a batch": what is released early is needed again by the next attempt."""
        super().set_batch_running(task, batch_id, worker_id)
        task.resources_running = task.resources.copy()

    def inactivate_tasks(self, delete_tasks):
        """Row "removed tasks": they are counted no more."""
        for worker in self.get_active_workers():
            worker.tasks = {task for task in worker.tasks if task.id not in delete_tasks}
        super().inactivate_tasks(delete_tasks)


def may_change(task, status, new_deps, worker):
    """Rows "late yield" and "late failure"."""
    is_runner = task.worker_running == worker
    if task.status == DONE and (status == FAILED or new_deps) and not is_runner:
        return False
    if task.status not in STARTED:
        return True
    return is_runner and ((status == PENDING and bool(new_deps)) or status in (DONE, FAILED, RUNNING))


class Scheduler(luigi.scheduler.Scheduler):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        collector = self._state._metrics_collector
        self._state = State(self._config.state_path)
        self._state._metrics_collector = collector

    def _prune_workers(self):
        before = set(self._state.get_worker_ids())
        super()._prune_workers()
        self._state.fail_tasks_of(before - set(self._state.get_worker_ids()), self._config)

    def _upstream_status(self, task_id, known):
        """Row "unknown tasks": what they require counts for no dependant, as on Luigi's first visit."""
        if task_id not in known:
            task = self._state.get_task(task_id)
            known[task_id] = luigi.scheduler.STATUS_TO_UPSTREAM_MAP.get(task.status, "") if task else ""
            if task and task.status == PENDING and task.deps:
                known[task_id] = max((self._upstream_status(dep, known) for dep in task.deps),
                                     key=luigi.scheduler.UPSTREAM_SEVERITY_KEY)
        return known[task_id]

    def get_work(self, worker=None, **more):
        """Row "task handed out again": what it has released early stays released."""
        running = {task.id: task.resources_running for task in self._state.get_active_tasks_by_status(RUNNING)}
        work = super().get_work(worker=worker, **more)
        if work["task_id"] in running:
            self._state.get_task(work["task_id"]).resources_running = running[work["task_id"]]
        return work

    def add_task(self, task_id=None, status=PENDING, worker=None, deps=None, new_deps=None, **more):
        state = self._state
        task = state.get_task(task_id)
        known = set(state._tasks)
        if task is None:
            self.add_described(task, task_id, status, worker, deps, new_deps, more)
        else:
            self.add_known(task, status, worker, deps, new_deps, more)
        task = state.get_task(task_id)
        if task is not None:
            self.order_dependencies(task, deps, new_deps, known)

    def add_known(self, task, status, worker, deps, new_deps, more):
        now = clock.time()
        if task.status == DISABLED and task.scheduler_disable_time is not None \
                and now - task.scheduler_disable_time >= self._config.disable_persist \
                and not self._state.get_worker(worker).disabled:
            self._state.re_enable(task, self._config)  # row "timing"
        runnable = more.get("runnable", True)
        is_cooling = status == PENDING and task.status == DONE \
            and now - task.updated < self._config.stable_done_cooldown_secs
        is_reference = not runnable and status == PENDING and len(task.workers) > 0 and worker not in task.workers
        before = {name: getattr(task, name) for name in ("resources", "retry_policy", "accepts_messages")}
        if not is_cooling and not may_change(task, status, new_deps, worker):
            more = {**more, "runnable": runnable and status != FAILED}
            self.add_described(task, task.id, task.status, worker, deps, new_deps, more)
        else:
            self.add_described(task, task.id, status, worker, deps, new_deps, more)
        # Rows "resources after a URL", "policy after a URL" and "external elsewhere".
        if is_reference or more.get("resources") is None:
            task.resources = before["resources"]
        if is_reference or more.get("retry_policy_dict") is None:
            task.retry_policy = before["retry_policy"]
        if is_reference:
            task.accepts_messages = before["accepts_messages"]

    def add_described(self, task, task_id, status, worker, deps, new_deps, more):
        """Rows "combined task of another worker" and "start of a batch that has ended"."""
        held = task.resources if task else {}
        starts = status == RUNNING and (task is None or task.status not in STARTED)
        before = (task.worker_running, task.time_running) if task else (None, None)
        batch = more.get("batch_id")
        is_lone = starts and batch is not None and not self._state.get_batch_running_tasks(batch)
        if starts and task:
            task.worker_running = None
        arguments = {**more, "batch_id": None if is_lone else batch}
        super().add_task(task_id=task_id, status=status, worker=worker, deps=deps, new_deps=new_deps, **arguments)
        task = self._state.get_task(task_id)
        if not starts or task is None:
            return
        if task.status != RUNNING:
            task.worker_running, task.time_running = before
        elif batch is None or is_lone:
            task.resources_running = (held if more.get("resources") is None else task.resources).copy()
        if is_lone:
            task.batch_id = batch

    def order_dependencies(self, task, deps, new_deps, known):
        """Gives the placeholders of one call the order in which it names them: Luigi's sets have none."""
        order = getattr(task, "ordered_deps", []) if deps is None else list(deps)
        task.ordered_deps = list(dict.fromkeys(order + list(new_deps or [])))
        created = [name for name in task.ordered_deps if name in self._state._tasks and name not in known]
        for number, name in enumerate(created, 1):
            placeholder = self._state._tasks.pop(name)
            placeholder.time += number * 1e-6
            self._state._tasks[name] = placeholder
            self._state._status_tasks[placeholder.status][name] = self._state._status_tasks[placeholder.status].pop(name)
        task.set_params(task.params)  # row "late visibilities"

    def has_task_history(self):
        return True


def main():
    import luigi.cmdline
    import luigi.server
    luigi.server.Scheduler = Scheduler

    def prepare(handler):
        clock.now = float(handler.request.headers.get("X-Debug-Now", clock.now))
    luigi.server.RPCHandler.prepare = prepare
    luigi.cmdline.luigid(sys.argv[1:])


if __name__ == "__main__":
    main()
