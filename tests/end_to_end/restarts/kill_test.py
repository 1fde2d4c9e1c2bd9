# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""kill_test.py FRESHETD PIECES KILLS [SEED]: kill -9 of freshetd at random moments, while 8 workers run 2,000 tasks.

Afterwards every task has one recorded completion, none was begun after its completion was recorded, and all workers
have finished by themselves.
"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))

from pieces import TASKS, begun, judge  # noqa: E402
from support.schedulers import Freshetd, poll  # noqa: E402

WORKERS = 8


def disturb(scheduler, folder, kills, chance, workers):
    """Kills the scheduler `kills` times, each time when the diary has reached a random length."""
    for length in sorted(chance.randrange(TASKS) for _ in range(kills)):
        poll(lambda: begun(folder) > length or all(worker.poll() is not None for worker in workers), "the work goes on", 300)
        # Anywhere from the middle of a call to the pause between two.
        threading.Event().wait(chance.random() * 0.02)
        scheduler.kill()
        scheduler.start()


def start(program, scheduler, folder, number):
    log = open(folder / f"worker{number}.log", "wb")
    return subprocess.Popen([program, "run", "AllPieces", "--root", folder, "--count", str(TASKS),
                             "--scheduler", scheduler.url, "--workers", "1"], stdout=log, stderr=log)


def main():
    kills, seed = int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(10**6)
    print(f"seed {seed}", flush=True)
    where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="freshet-kill-", dir=where) as name:
        folder = pathlib.Path(name)
        with Freshetd(folder / "scheduler", sys.argv[1]) as scheduler:
            began = time.monotonic()
            workers = [start(sys.argv[2], scheduler, folder, number) for number in range(WORKERS)]
            disturb(scheduler, folder, kills, random.Random(seed), workers)
            codes = [worker.wait(timeout=300) for worker in workers]
            scheduler.stop()
        wrong = judge(folder, folder / "scheduler" / "freshetd.sqlite")
        wrong += [f"worker {number} ended with {code}: {(folder / f'worker{number}.log').read_text()[-1000:]}"
                  for number, code in enumerate(codes) if code != 0]
        print(f"{kills} kills, {begun(folder)} runs of {TASKS} tasks in {time.monotonic() - began:.1f} s")
    print(*wrong[:20], sep="\n")
    sys.exit(1 if wrong else 0)


main()
