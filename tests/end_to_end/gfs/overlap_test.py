# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Runs of one store may overlap: one that waits, a live one, a second start of it, a backfill that outlives them."""
import collections
import subprocess

from pipeline import BIN, Folder, Mirror, check, events, gfs, ingest_arguments, make_small_cycle

EARLIER, LIVE, NEXT = "2026-08-21T00", "2026-08-21T06", "2026-08-21T12"


def start(work, name, *arguments):
    """Starts a run, whose log is a file."""
    log = work / f"{name}.log"
    with open(log, "wb") as out:
        process = subprocess.Popen([BIN / "gfs", *map(str, arguments)], stdout=out, stderr=out)
    process.log = log
    return process


def waits_for_upstream(url, root):
    """A run that holds the state and waits for a cycle that is not published."""
    process = subprocess.Popen([BIN / "gfs", *map(str, ingest_arguments(url, root, "0-1", "--wait-until", "1h", cycle=NEXT))],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "not ready" in line:
            return process
    check(False, "a cycle that is not published is waited for")


def completed(root):
    return collections.Counter(event["data"]["cycle"] for event in events(root) if event["type"].endswith(".completed.v1"))


def main():
    with Folder() as work:
        for cycle in (EARLIER, LIVE):
            make_small_cycle(work / "source", "0-1", cycle=cycle)
        with Mirror(work / "source", work) as mirror:
            root, url = work / "data", mirror.url()
            waiting = waits_for_upstream(url, root)
            live = gfs(*ingest_arguments(url, root, "0-1", cycle=LIVE))
            check(live.returncode == 0, f"a cycle that waits holds up no other:\n{live.stdout}{live.stderr}")
            check(waiting.poll() is None, "the run that waits goes on")

            alone = mirror.statistics()["requests"]
            twice = [start(work, f"twice{number}", *ingest_arguments(url, root, "0-1", cycle=EARLIER)) for number in range(2)]
            for run in twice:
                check(run.wait(60) == 0, f"two runs of one cycle both see it complete:\n{run.log.read_text()}")
            once = mirror.statistics()["requests"] - alone

            waiting.kill()
            waiting.wait()
            make_small_cycle(work / "source", "0-1", cycle=NEXT)
            after = mirror.statistics()["requests"]
            last = gfs(*ingest_arguments(url, root, "0-1", cycle=NEXT))
            check(last.returncode == 0, f"the state of a killed run is taken over:\n{last.stdout}{last.stderr}")
            check(once == mirror.statistics()["requests"] - after,
                  f"two runs of one cycle send the requests of one: {once}, {mirror.statistics()['requests'] - after}")
            check(completed(root) == {EARLIER: 1, LIVE: 1, NEXT: 1}, f"each cycle is announced once: {completed(root)}")
            check(str((root / "gfs.0p25/latest").readlink()) == f"{NEXT}/r1", "latest points to the newest cycle")


main()
