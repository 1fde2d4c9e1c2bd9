# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""kill_test.py KILLS [SEED]: kills the worker, a child process or the simulator at random moments with SIGKILL.

After each kill one more run completes the cycle. No partial output is ever visible, complete files are not made again, no
process survives its worker, and the event is always delivered with the same id.
"""
import random
import subprocess
import sys
import threading
import time

from pipeline import (BIN, Folder, Mirror, agrees_with_its_receipt, check, descendants, events, gfs, ingest_arguments,
                      is_gone, kill, make_small_cycle, published)


class Watcher:
    """Reads a store continuously: every visible file must be complete."""

    def __init__(self, root):
        self.root, self.broken, self.stop = root, [], threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        seen = {}
        while not self.stop.wait(0.005):
            for path, making in published(self.root).items():
                if seen.get(path) == making:
                    continue
                seen[path] = making
                if not agrees_with_its_receipt(path):
                    self.broken.append(path)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def one_kill(chance, mirror, root, usual_duration):
    run = subprocess.Popen([BIN / "gfs", *map(str, ingest_arguments(mirror.url(), root, "0-3"))],
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    victim = chance.choice(["worker", "child", "mirror"])
    try:
        run.wait(timeout=chance.uniform(0, usual_duration))
    except subprocess.TimeoutExpired:
        pass
    below = descendants(run.pid)
    if victim == "mirror":
        mirror.kill()
        mirror.start()
    elif victim == "child" and below:
        kill(chance.choice(below)[0])
    else:
        victim = "worker"
        kill(run.pid)
    run.communicate()
    for pid, handle in below:
        check(is_gone(handle), f"process {pid} ended with its worker (killed: {victim})")
    return victim, run.returncode


def one_round(chance, mirror, root, usual_duration):
    with Watcher(root) as watcher:
        victim, status = one_kill(chance, mirror, root, usual_duration)
        before = published(root)
        again = gfs(*ingest_arguments(mirror.url(), root, "0-3"))
    check(again.returncode == 0, f"one more run completes the cycle (killed: {victim}, {status}):\n{again.stdout}{again.stderr}")
    check(not watcher.broken, f"no partial output was visible: {watcher.broken}")
    after = published(root)
    check(len([path for path in after if path.suffix == ".nc"]) == 5, "all four leads and the file over them are there")
    for path, making in before.items():
        check(after.get(path) == making, f"'{path}' was complete and not made again (killed: {victim})")
    ids = [event["id"] for event in events(root)]
    check(ids and len(set(ids)) == 1, f"the event was delivered with one id only: {ids}")
    return victim


def main():
    kills = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    with Folder() as work:
        make_small_cycle(work / "source")
        with Mirror(work / "source", work) as mirror:
            began = time.monotonic()
            first = gfs(*ingest_arguments(mirror.url(), work / "unkilled", "0-3"))
            usual_duration = time.monotonic() - began
            check(first.returncode == 0, f"a run without kills completes:\n{first.stdout}{first.stderr}")
            victims = [one_round(chance, mirror, work / f"data{i}", usual_duration) for i in range(kills)]
    print({victim: victims.count(victim) for victim in set(victims)})


main()
