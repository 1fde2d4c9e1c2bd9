# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""scheduler.py FRESHETD SCHEDULER_LOAD [--quick]: freshetd, durable, and a luigid beside it in the same run.

Prints what each did and the ratios: figures of two machines can be compared only as those. The state lies on this
machine's disk; --quick stops at 100,000 tasks. Only an optimised build (preset release) shows what users see.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.schedulers import Freshetd, Luigid  # noqa: E402


class Bench:
    def __init__(self, folder, freshetd, load, most):
        self.folder, self.freshetd, self.load, self.most = folder, freshetd, load, most

    def ours(self, name):
        return Freshetd(self.folder / name, self.freshetd)

    def theirs(self, name):
        return Luigid(self.folder / name)

    def ask(self, scheduler, what, *numbers):
        done = subprocess.run([self.load, what, str(scheduler.port), *map(str, numbers)], stdout=subprocess.PIPE,
                              text=True, check=True)
        return json.loads(done.stdout)

    def cycles(self, scheduler, count, least=3):
        """Tasks added, got and done in a second; the median of some runs."""
        rates = sorted(self.ask(scheduler, "cycle", count)["cycles_per_second"] for _ in range(least))
        return rates[len(rates) // 2]


def memory(process):
    """Resident bytes."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


def show(what, figure, unit="", wanted=""):
    print(f"{what:66} {figure:12,.1f} {unit:10} {wanted}", flush=True)


def one_connection(bench):
    """add_task + get_work + add_task(DONE) on one connection, by the number of pending tasks."""
    rates = {}
    with bench.theirs("luigid") as luigid:
        theirs = {0: bench.cycles(luigid, 300)}
        bench.ask(luigid, "fill", 10_000)
        theirs[10_000] = bench.cycles(luigid, 10)
    with bench.ours("freshetd") as freshetd:
        before = memory(freshetd.process)
        for pending in [count for count in (0, 10_000, 100_000, 1_000_000) if count <= bench.most]:
            if pending:
                bench.ask(freshetd, "register", pending)
            rates[pending] = bench.cycles(freshetd, 2000)
            show(f"freshetd, {pending:,} pending: cycles", rates[pending], "a second")
            if pending in theirs:
                show(f"luigid, {pending:,} pending: cycles", theirs[pending], "a second")
                show("  freshetd's rate to luigid's", rates[pending] / theirs[pending], "times",
                     "wanted: 10" if pending == 0 else "wanted: 100")
        show("freshetd: its greatest rate to its least", max(rates.values()) / min(rates.values()), "times", "wanted: at most 1.5")
        show("freshetd: memory for a task", (memory(freshetd.process) - before) / max(rates), "bytes", "wanted: at most 1024")
        restart(freshetd, max(rates))


def restart(freshetd, tasks):
    """From kill -9 to the first answer."""
    freshetd.kill()
    began = time.monotonic()
    freshetd.start()
    show(f"freshetd: restart after kill -9 with {tasks:,} tasks", time.monotonic() - began, "seconds", "wanted: under 5")


def crowd(bench):
    """200 workers, each of which asks again as soon as it is answered."""
    figures = {}
    for scheduler, count in ((bench.theirs("crowd-luigid"), 5), (bench.ours("crowd-freshetd"), 200)):
        with scheduler:
            figures[scheduler.name] = bench.ask(scheduler, "crowd", 200, count)
        show(f"{scheduler.name}, 200 workers at once: requests", figures[scheduler.name]["requests_per_second"], "a second",
             "wanted: 15,000" if scheduler.name == "freshetd" else "")
        show(f"{scheduler.name}, 200 workers at once: p99 of get_work", figures[scheduler.name]["get_work_p99_ms"], "ms",
             "wanted: under 20" if scheduler.name == "freshetd" else "")
    show("  freshetd's requests to luigid's",
         figures["freshetd"]["requests_per_second"] / figures["luigid"]["requests_per_second"], "times")


def main():
    most = 100_000 if "--quick" in sys.argv else 1_000_000
    with tempfile.TemporaryDirectory(prefix="freshet-benchmark-") as folder:
        bench = Bench(pathlib.Path(folder), sys.argv[1], sys.argv[2], most)
        crowd(bench)
        one_connection(bench)


main()
