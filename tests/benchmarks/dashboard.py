# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""dashboard.py FRESHETD SCHEDULER_LOAD [TASKS]: the pages of a freshetd with a million tasks while 200 workers work, and
what twenty open pages cost these.

Prints the time of each page, then the p99 of get_work with and without the open pages, which take turns. Exits with 1 if
a figure is not as wanted. Use an optimised build (preset release).
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
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.machine import show_machine  # noqa: E402
from support.schedulers import Freshetd  # noqa: E402

WORKERS, CYCLES, ROUNDS, VIEWERS, LOADS = 200, 60, 9, 20, 7
MAX_SECONDS, MAX_LATENCY = 1.0, 1.1

PAGES = [
    "/",
    "/tasks",
    "/tasks?status=PENDING&family=ConvertToNetcdf&text=77777",
    "/tasks?error=none+has+this",
    "/task/All_1",
    "/task/ConvertToNetcdf_2026_08_21T06_77777",
    "/grid",
    "/graph",
    "/graph?family=ConvertToNetcdf",
    "/runs",
]


def load_page(freshetd, page):
    """(seconds, bytes) of one page."""
    began = time.monotonic()
    with urllib.request.urlopen(freshetd.url + page, timeout=60) as answer:
        size = len(answer.read())
    return time.monotonic() - began, size


class Crowd:
    """Workers that add, get and complete tasks, each of which sends the next request as soon as it has the response."""

    def __init__(self, freshetd, load):
        self.freshetd, self.load = freshetd, load

    def command(self, cycles):
        return [self.load, "crowd", str(self.freshetd.port), str(WORKERS), str(cycles)]

    def latency(self):
        """The p99 of get_work in milliseconds."""
        done = subprocess.run(self.command(CYCLES), stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)["get_work_p99_ms"]

    @contextlib.contextmanager
    def at_work(self):
        process = subprocess.Popen(self.command(10_000_000), stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.kill()
            process.wait()


def view(freshetd, page, loads, is_over):
    """An open page: loads itself when it is told of a change, and rests ten times as long, as the script does."""
    with urllib.request.urlopen(freshetd.url + "/events", timeout=60) as events:
        for line in events:
            if is_over.is_set():
                return
            if line.startswith(b"data:"):
                seconds, _ = load_page(freshetd, page)
                loads.append(page)
                is_over.wait(min(max(1, 10 * seconds), 10))


@contextlib.contextmanager
def open_pages(freshetd):
    """Yields the list of their loads. They give way to the workers: the processors of real viewers are elsewhere."""
    is_over = threading.Event()
    loads = []

    def yielding_view(page):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        view(freshetd, page, loads, is_over)

    threads = [threading.Thread(target=yielding_view, args=[PAGES[number % len(PAGES)]]) for number in range(VIEWERS)]
    for thread in threads:
        thread.start()
    try:
        yield loads
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


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


def fill(freshetd, load, tasks):
    subprocess.run([load, "register", str(freshetd.port), str(tasks)], stdout=subprocess.DEVNULL, check=True)
    deps = [f"ConvertToNetcdf_2026_08_21T06_{number}" for number in range(min(tasks, 1000))]
    freshetd.call("add_task", worker="W", task_id="All_1", family="All", deps=deps, params={"cycle": "1"})


def time_pages(freshetd, crowd):
    slowest = 0
    with crowd.at_work():
        for page in PAGES:
            loads = [load_page(freshetd, page) for _ in range(LOADS)]
            seconds = [each for each, _ in loads]
            slowest = max(slowest, *seconds)
            print(f"{page:60} median {statistics.median(seconds):6.3f} s, greatest {max(seconds):6.3f} s, "
                  f"{loads[0][1] / 1e3:8,.0f} KB", flush=True)
    return slowest


def compare_latency(freshetd, crowd):
    """The median of the ratios of rounds that follow each other."""
    crowd.latency()  # warms up
    pairs, count = [], 0
    for _ in range(ROUNDS):
        alone = crowd.latency()
        with open_pages(freshetd) as loads:
            pairs.append((alone, crowd.latency()))
            count += len(loads)
    alone, beside = (statistics.median(each) for each in zip(*pairs))
    ratio = statistics.median(with_pages / without for without, with_pages in pairs)
    print(f"p99 of get_work: {alone:.2f} ms, beside {VIEWERS} open pages, loaded {count} times, {beside:.2f} ms: x {ratio:.2f}")
    return ratio


def main():
    tasks = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    memory_disk = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    show_machine()
    with tempfile.TemporaryDirectory(prefix="freshet-benchmark-", dir=memory_disk) as folder:
        with Freshetd(pathlib.Path(folder) / "freshetd", sys.argv[1]) as freshetd:
            fill(freshetd, sys.argv[2], tasks)
            crowd = Crowd(freshetd, sys.argv[2])
            with heartbeats(freshetd):
                print(f"{tasks:,} tasks, {WORKERS} workers at work")
                slowest, ratio = time_pages(freshetd, crowd), compare_latency(freshetd, crowd)
    print(f"wanted: each page within {MAX_SECONDS} s, p99 at most {MAX_LATENCY} times")
    return 0 if slowest <= MAX_SECONDS and ratio <= MAX_LATENCY else 1


sys.exit(main())
