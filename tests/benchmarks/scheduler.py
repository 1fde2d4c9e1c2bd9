# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""scheduler.py FRESHETD SCHEDULER_LOAD [--quick]: throughput and latency of freshetd and of a luigid beside it.

Prints the figures of both and their ratios; only ratios can be compared between machines. freshetd syncs its state as
in production, but to memory (/dev/shm) if possible, which excludes the disk's time; separate rows show it. --quick
stops at 100,000 tasks. Use an optimised build (preset release).
"""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.schedulers import Freshetd, Luigid  # noqa: E402


@contextlib.contextmanager
def one_processor():
    """Runs client and server, which take turns, on one processor. On two, each turn would wake the other one, which
    takes longer on a virtual machine than the scheduler's work."""
    all_there_are = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(all_there_are)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_there_are)


class Bench:
    def __init__(self, folder, freshetd, load, most):
        self.folder, self.freshetd, self.load, self.most = pathlib.Path(folder), freshetd, load, most

    def ours(self, name):
        return Freshetd(self.folder / name, self.freshetd)

    def theirs(self, name):
        return Luigid(self.folder / name)

    def ask(self, scheduler, what, *numbers):
        done = subprocess.run([self.load, what, str(scheduler.port), *map(str, numbers)], stdout=subprocess.PIPE,
                              text=True, check=True)
        return json.loads(done.stdout)

    def cycles(self, scheduler, count, least=3):
        """Returns tasks added, assigned and completed a second; the median of several runs."""
        rates = sorted(self.ask(scheduler, "cycle", count)["cycles_per_second"] for _ in range(least))
        return rates[len(rates) // 2]


def memory(process):
    """Returns the resident memory in bytes."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


def show(what, figure, unit="", wanted=""):
    print(f"{what:66} {figure:12,.1f} {unit:10} {wanted}", flush=True)


def compare(what, ours, theirs, unit, wanted=""):
    show(f"freshetd, {what}", ours, unit)
    show(f"luigid, {what}", theirs, unit)
    show("  freshetd's to luigid's", ours / theirs, "times", wanted)


def one_connection(bench):
    """add_task + get_work + add_task(DONE) on one connection, by the number of pending tasks."""
    with one_processor():
        theirs = luigids_cycles(bench)
        with bench.ours("freshetd") as freshetd:
            before = memory(freshetd.process)
            rates = {}
            for pending in [count for count in (0, 10_000, 100_000, 1_000_000) if count <= bench.most]:
                if pending:
                    bench.ask(freshetd, "register", pending)
                rates[pending] = bench.cycles(freshetd, 2000)
                if pending in theirs:
                    compare(f"{pending:,} pending: cycles", rates[pending], theirs[pending], "a second",
                            "wanted: 10" if pending == 0 else "wanted: 100")
                else:
                    show(f"freshetd, {pending:,} pending: cycles", rates[pending], "a second")
            show("freshetd: its greatest rate to its least", max(rates.values()) / min(rates.values()), "times",
                 "wanted: at most 1.5")
            show("freshetd: memory for a task", (memory(freshetd.process) - before) / max(rates), "bytes",
                 "wanted: at most 1024")
            restart(freshetd, max(rates))


def luigids_cycles(bench):
    with bench.theirs("luigid") as luigid:
        rates = {0: bench.cycles(luigid, 300)}
        bench.ask(luigid, "fill", 10_000)
        rates[10_000] = bench.cycles(luigid, 10)
    return rates


def all_processors(bench):
    """One connection on all processors: client and server wake each other's processor at each turn."""
    with bench.theirs("luigid-apart") as luigid:
        theirs = bench.cycles(luigid, 300)
    with bench.ours("freshetd-apart") as freshetd:
        compare("on all processors: cycles", bench.cycles(freshetd, 2000), theirs, "a second")


def restart(freshetd, tasks):
    """The time from kill -9 to the first response."""
    freshetd.kill()
    began = time.monotonic()
    freshetd.start()
    show(f"freshetd: restart after kill -9 with {tasks:,} tasks", time.monotonic() - began, "seconds", "wanted: under 5")


def crowd(bench):
    """200 workers, each of which sends the next request as soon as it has the response."""
    with bench.theirs("crowd-luigid") as luigid:
        theirs = bench.ask(luigid, "crowd", 200, 5)
    with bench.ours("crowd-freshetd") as freshetd:
        ours = bench.ask(freshetd, "crowd", 200, 200)
    compare("200 workers at once: requests", ours["requests_per_second"], theirs["requests_per_second"], "a second",
            "wanted of freshetd: 15,000 a second")
    show("luigid, 200 workers at once: p99 of get_work", theirs["get_work_p99_ms"], "ms")
    show("freshetd, 200 workers at once: p99 of get_work", ours["get_work_p99_ms"], "ms", "wanted: under 20")


def on_disk(bench):
    """The cost of this machine's disk: each completion waits for a sync, alone or in a batch with others."""
    with one_processor(), bench.ours("freshetd-disk") as freshetd:
        show("freshetd, state on this disk: cycles", bench.cycles(freshetd, 2000), "a second")
    with bench.ours("crowd-disk") as freshetd:
        figures = bench.ask(freshetd, "crowd", 200, 200)
    show("freshetd, state on this disk, 200 workers at once: requests", figures["requests_per_second"], "a second")
    show("freshetd, state on this disk, 200 workers: p99 of get_work", figures["get_work_p99_ms"], "ms")


def main():
    most = 100_000 if "--quick" in sys.argv else 1_000_000
    memory_disk = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="freshet-benchmark-", dir=memory_disk) as folder:
        bench = Bench(folder, sys.argv[1], sys.argv[2], most)
        crowd(bench)
        one_connection(bench)
        all_processors(bench)
    with tempfile.TemporaryDirectory(prefix="freshet-benchmark-") as folder:
        on_disk(Bench(folder, sys.argv[1], sys.argv[2], most))


main()
