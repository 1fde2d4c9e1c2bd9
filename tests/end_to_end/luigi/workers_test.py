# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""workers_test.py FRESHETD [PLAY]: real Luigi workers with freshetd, and the same with a luigid beside it.

Each scenario returns facts: the number of runs, the status of each task, and with one worker also the exit code and the
execution summary (with several, chance decides which runs a task). They must be equal for both schedulers.
"""
import concurrent.futures
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from support.schedulers import Freshetd, Luigid, poll  # noqa: E402

HERE = pathlib.Path(__file__).parent
SETTINGS = {"retry_delay": 0.5, "prune_on_get_work": True, "worker_disconnect_delay": 4}
WORKER = """[core]
no_lock=true
autoload_range=false
[worker]
wait_interval=0.2
wait_jitter=0
ping_interval=0.3
keep_alive={keep_alive}
cache_task_completion=false
[retcode]
missing_data=20
task_failed=30
already_running=10
scheduling_error=35
not_run=25
"""


class Stage:
    """A scheduler, its folder and its workers."""

    def __init__(self, folder, scheduler):
        self.folder, self.scheduler, self.workers = folder, scheduler, []
        (folder / "out").mkdir()

    def start(self, task, *options, keep_alive=False):
        config = self.folder / f"worker{len(self.workers)}.cfg"
        config.write_text(WORKER.format(keep_alive=str(keep_alive).lower()))
        environment = {**os.environ, "LUIGI_CONFIG_PATH": str(config), "GRAPH_FOLDER": str(self.folder),
                       "PYTHONPATH": str(HERE)}
        log = open(self.folder / f"worker{len(self.workers)}.log", "w+", encoding="utf-8")
        luigi = [sys.executable, "-m", "luigi", "--module", "graph", *task.split(), "--scheduler-url", self.scheduler.url]
        worker = subprocess.Popen([*luigi, *options], env=environment, stdout=log, stderr=log, cwd=self.folder)
        worker.log = log
        self.workers.append(worker)
        return worker

    def run(self, task, *options, **how):
        return self.finish(self.start(task, *options, **how))

    def finish(self, worker):
        """Waits for a worker and returns its exit code and execution summary."""
        code = worker.wait(timeout=120)
        worker.log.seek(0)
        text = worker.log.read()
        found = re.search(r"===== Luigi Execution Summary =====\n(.*?)\n===== Luigi Execution Summary", text, re.S)
        return [code, sorted(found.group(1).split("\n")) if found else text[-2000:]]

    def diary(self, word="end"):
        file = self.folder / "diary"
        lines = file.read_text().splitlines() if file.exists() else []
        return sorted(line.split(" ", 1)[1] for line in lines if line.startswith(word))

    def lines(self):
        return [line.split(" ")[0] for line in (self.folder / "diary").read_text().splitlines()]

    def statuses(self):
        return {task: known["status"] for task, known in self.call("task_list", status="", upstream_status="").items()}

    def call(self, method, **arguments):
        return self.scheduler.call(method, **arguments)

    def page_says(self, *words):
        """Checks that freshetd's page contains `words`; luigid's page is rendered by scripts."""
        if not isinstance(self.scheduler, Freshetd):
            return
        with urllib.request.urlopen(self.scheduler.url, timeout=30) as answer:
            markup = answer.read().decode().split("</head>")[1]
        text = html.unescape(re.sub("<[^>]*>", "", markup))
        for part in words:
            assert part in text, f"{part!r} is not in {text}"

    def running(self, count=1):
        """Waits for so many running tasks and returns their ids."""
        return poll(lambda: len(found := self.call("task_list", status="RUNNING", upstream_status="")) >= count and sorted(found),
                    f"{count} tasks run")

    def go(self):
        (self.folder / "go").touch()

    def end(self):
        self.go()  # for children of killed workers
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
            worker.log.close()


def two_processes(stage):
    """A tree of 14 tasks by a worker with two processes: each runs once."""
    result = stage.run("Tree", "--workers", "2")
    assert len(stage.diary()) == 14 and len(set(stage.diary())) == 14 and result[0] == 0
    return [result, stage.diary(), stage.statuses(), stage.run("Tree")]


def retries(stage):
    """A task that fails twice is tried three times, and its dependant runs."""
    result = stage.run("AfterFailures", keep_alive=True)
    assert stage.diary("begin").count(stage.diary("begin")[-1]) == 3 and result[0] == 0
    return [result, stage.diary("begin"), stage.statuses()]


def disabled(stage):
    """A task that fails too often is disabled, and its dependant does not run."""
    result = stage.run("Hopeless", keep_alive=True)
    failed = [task for task in stage.statuses() if task.startswith("FailsAlways")][0]
    assert stage.statuses()[failed] == "DISABLED" and "never" in stage.call("fetch_error", task_id=failed)["error"]
    stage.page_says("ValueError: never: refused; disabled after too many failures")
    assert stage.call("re_enable_task", task_id=failed)["status"] == "FAILED"
    return [result, stage.diary("begin"), stage.statuses()]


def missing(stage):
    """A missing external task is in the summary."""
    result = stage.run("NeedsMissing")
    stage.page_says("NOT READY Missing() is external", "waits for Missing(), which is external")
    return [result, stage.statuses()]


def unplanned(stage):
    """A task whose requires() throws does not run, and freshetd's page says why."""
    result = stage.run("Unplannable")
    stage.page_says("1 problem needs attention", "UNKNOWN Unplannable() could not be planned by Worker(",
                    ": ValueError: nobody knows what it requires")
    return [result, stage.statuses()]


def dynamic(stage):
    """A task with dynamic dependencies runs after them."""
    result = stage.run("Yields", "--workers", "2")
    assert result[0] == 0 and len(stage.diary()) == 4
    return [result, stage.diary(), stage.statuses()]


def batches(stage):
    """A batch of three days is one run."""
    result = stage.run("Days")
    assert result[0] == 0 and len(stage.diary()) == 1
    return [result, stage.diary(), stage.statuses()]


def resources(stage):
    """Five tasks that share a resource never overlap, with two workers of two processes each."""
    workers = [stage.start("Databases", "--workers", "2", keep_alive=True) for _ in range(2)]
    for worker in workers:
        stage.finish(worker)
    assert stage.lines() == ["begin", "end"] * 5, stage.lines()
    return [stage.diary(), stage.statuses()]


def shared(stage):
    """Two workers share one graph: each task runs once."""
    first = stage.start("AllHeld", "--workers", "2", keep_alive=True)
    stage.running(2)
    second = stage.start("AllHeld", "--workers", "2", keep_alive=True)
    stage.running(4)
    stage.go()
    for worker in (first, second):
        stage.finish(worker)
    assert len(stage.diary("begin")) == 4
    return [stage.diary("begin"), stage.statuses()]


def assistant(stage):
    """An assistant runs what another worker registered and cannot run at once."""
    first = stage.start("AllHeld", "--workers", "1", keep_alive=True)
    stage.running(1)
    helper = stage.start("Leaf --number 9", "--workers", "3", "--assistant", keep_alive=True)
    stage.running(4)
    stage.go()
    stage.finish(first)
    poll(lambda: set(stage.statuses().values()) == {"DONE"}, "everything is done")
    runners = {known["worker_running"] for known in stage.call("task_list", status="DONE", upstream_status="").values()
               if known["name"] == "Held"}
    assert len(runners) == 2 and len(stage.diary("begin")) == 5
    helper.kill()
    return [stage.diary("begin"), stage.statuses()]


def message(stage):
    """A message reaches the running task, and its response the operator."""
    worker = stage.start("Listens")
    [task] = stage.running()
    poll(lambda: stage.call("get_task_progress_percentage", task_id=task)["progressPercentage"] == 40, "progress is told")
    known = stage.call("task_list", status="RUNNING", upstream_status="")[task]
    sent = stage.call("send_scheduler_message", worker=known["worker_running"], task=task, content="go on")
    answer = poll(lambda: stage.call("get_scheduler_message_response", task_id=task, **sent)["response"], "it answers")
    result = stage.finish(worker)
    assert answer == "heard go on" and result[0] == 0
    return [known["tracking_url"], known["status_message"], known["accepts_messages"], result, stage.statuses()]


def dead_worker(stage):
    """Another worker runs the task of a killed one."""
    first = stage.start("AllHeld", "--workers", "2", keep_alive=True)
    stage.running(2)
    second = stage.start("AllHeld", "--workers", "2", keep_alive=True)
    stage.running(4)
    first.kill()
    stage.go()
    stage.finish(second)
    assert set(stage.statuses().values()) == {"DONE"}
    return [sorted(set(stage.diary("end"))), stage.statuses()]


PLAYS = [two_processes, retries, disabled, missing, unplanned, dynamic, batches, resources, shared, assistant, message, dead_worker]


def played(play, scheduler, root):
    folder = root / scheduler.name
    folder.mkdir()
    stage = Stage(folder, scheduler)
    with scheduler:
        try:
            return play(stage)
        finally:
            stage.end()


def side_by_side(play, freshetd):
    """Runs a scenario with both schedulers and returns True if the facts are equal."""
    with tempfile.TemporaryDirectory(prefix="freshet-luigi-") as name, concurrent.futures.ThreadPoolExecutor() as pool:
        root = pathlib.Path(name)
        limits = {"database": 1}
        theirs = pool.submit(played, play, Luigid(root / "theirs", SETTINGS, limits), root)
        ours = pool.submit(played, play, Freshetd(root / "ours", freshetd, SETTINGS, limits), root)
        try:
            facts = [json.dumps(one.result(), indent=1, ensure_ascii=False, sort_keys=True) for one in (theirs, ours)]
        except Exception as error:  # reported, and the other scenarios go on
            print(f"failed: {play.__doc__} {error!r}", flush=True)
            for log in sorted(root.glob("*/worker*.log")):
                print(f"--- {log}\n{log.read_text()[-1500:]}")
            return False
    same = facts[0] == facts[1]
    print(f"{'passed' if same else 'failed'}: {play.__doc__}", flush=True)
    if not same:
        print(f"luigid: {facts[0]}\nfreshetd: {facts[1]}")
    return same


def main():
    plays = [play for play in PLAYS if play.__name__ in sys.argv[2:] or len(sys.argv) == 2]
    sys.exit(0 if all([side_by_side(play, sys.argv[1]) for play in plays]) else 1)


main()
