# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""viewers.py FRESHETD SCHEDULER_LOAD [TASKS]: what two viewers cost the workers of a freshetd with a million tasks.

For each of Luigi's read methods, called in a loop by two viewers: the p99 of get_work and the peak of the memory, beside
those without viewers. Exits with 1 if a ratio is not as wanted. Use an optimised build (preset release).
"""
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.schedulers import Freshetd  # noqa: E402

WORKERS, CYCLES, ROUNDS = 50, 60, 5
MAX_LATENCY, MAX_MEMORY = 1.5, 1.2

METHODS = [
    ("task_list", {"status": "", "upstream_status": ""}),
    ("task_list", {"status": "PENDING", "upstream_status": "UPSTREAM_FAILED", "limit": False}),
    ("task_list", {"status": "", "upstream_status": "", "search": "lead=77777"}),
    ("task_list", {"status": "", "upstream_status": "", "search": "netcdf"}),
    ("task_list", {"status": "RUNNING", "upstream_status": ""}),
    ("task_search", {"task_str": ""}),
    ("task_search", {"task_str": "_77777"}),
    ("graph", {}),
    ("dep_graph", {"task_id": "All_1"}),
    ("inverse_dep_graph", {"task_id": "ConvertToNetcdf_2026_08_21T06_0"}),
    ("worker_list", {}),
    ("resource_list", {}),
    ("fetch_error", {"task_id": "All_1"}),
    ("get_task_status_message", {"task_id": "All_1"}),
    ("get_task_progress_percentage", {"task_id": "All_1"}),
    ("get_running_task_resources", {"task_id": "All_1"}),
    ("is_paused", {}),
]


class Bench:
    def __init__(self, freshetd, load):
        self.freshetd, self.load = freshetd, load

    def ask(self, what, *arguments):
        done = subprocess.run([self.load, what, str(self.freshetd.port), *map(str, arguments)], stdout=subprocess.PIPE,
                              text=True, check=True)
        return json.loads(done.stdout)

    def latency(self):
        """Returns the p99 of get_work in milliseconds, the median of several rounds."""
        return statistics.median(self.ask("crowd", WORKERS, CYCLES)["get_work_p99_ms"] for _ in range(ROUNDS))

    def memory(self, key="VmRSS:"):
        """Returns the resident memory in bytes."""
        status = pathlib.Path(f"/proc/{self.freshetd.process.pid}/status").read_text()
        return 1024 * int(status.split(key)[1].split()[0])

    def peak(self):
        """Returns the greatest resident memory since forget_peak()."""
        return self.memory("VmHWM:")

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.freshetd.process.pid}/clear_refs").write_text("5")

    @contextlib.contextmanager
    def viewers(self, method, arguments):
        """Two viewers, each of which has had a response. They yield the processors: theirs are elsewhere."""
        command = [self.load, "view", str(self.freshetd.port), method, json.dumps(arguments)]
        with tempfile.TemporaryFile("w+") as output:
            viewers = [subprocess.Popen(["nice", "-n", "19", *command], stdout=subprocess.PIPE, text=True)
                       for _ in range(2)]
            firsts = [json.loads(viewer.stdout.readline()) for viewer in viewers]
            drains = [subprocess.Popen(["cat"], stdin=viewer.stdout, stdout=output) for viewer in viewers]
            try:
                yield firsts[0]
            finally:
                for process in viewers:
                    process.kill()
                for process in viewers + drains:
                    process.wait()


@contextlib.contextmanager
def heartbeats(freshetd):
    """Keeps the worker whose tasks wait from being taken for lost."""
    is_over = threading.Event()

    def ping():
        while not is_over.wait(10):
            freshetd.call("ping", worker="W")

    thread = threading.Thread(target=ping)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def fill(bench, tasks):
    bench.ask("register", tasks)
    deps = [f"ConvertToNetcdf_2026_08_21T06_{number}" for number in range(min(tasks, 1000))]
    bench.freshetd.call("add_task", worker="W", task_id="All_1", family="All", deps=deps, params={"cycle": "1"})


def measure(bench, tasks):
    are_as_wanted = True
    bench.latency()  # warms up
    latency = bench.latency()
    print(f"{tasks:,} tasks, no viewer: p99 of get_work {latency:.2f} ms, {bench.memory() / 1e6:,.0f} MB", flush=True)
    for method, arguments in METHODS:
        memory = bench.memory()
        bench.forget_peak()
        with bench.viewers(method, arguments) as first:
            slower = bench.latency() / latency
        larger = bench.peak() / memory
        are_as_wanted &= slower <= MAX_LATENCY and larger <= MAX_MEMORY
        print(f"{method:30} {json.dumps(arguments):75.75} {first['bytes'] / 1e6:8.1f} MB {first['seconds']:7.2f} s  "
              f"p99 x {slower:5.2f}  memory x {larger:5.2f}", flush=True)
    return are_as_wanted


def main():
    tasks = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    memory_disk = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="freshet-benchmark-", dir=memory_disk) as folder:
        with Freshetd(pathlib.Path(folder) / "freshetd", sys.argv[1]) as freshetd:
            bench = Bench(freshetd, sys.argv[2])
            fill(bench, tasks)
            with heartbeats(freshetd):
                are_as_wanted = measure(bench, tasks)
    print(f"wanted: p99 at most {MAX_LATENCY} times, memory at most {MAX_MEMORY} times")
    return 0 if are_as_wanted else 1


sys.exit(main())
