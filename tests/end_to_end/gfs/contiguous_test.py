# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Contiguous makes every cycle since a time complete, newest first, also after lost triggers."""
import json
import subprocess

from pipeline import BIN, Folder, Mirror, check, events, gfs

LEADS = "0-1"


def make(source, cycle):
    subprocess.run([BIN / "gfs-simulator", "make", source, "--cycle", cycle, "--leads", LEADS, "--grid", "small"], check=True,
                   stdout=subprocess.DEVNULL)


def contiguous(url, root, newest, *more):
    return gfs("run", "Contiguous", "--since", "2026-08-20T18", "--cycle", newest, "--leads", LEADS, "--source", url, "--root", root,
               *more)


def kept(root):
    return sorted(path.name for path in (root / "gfs.0p25").glob("20*"))


def completed(root):
    return [event["data"]["cycle"] for event in events(root) if event["type"].endswith(".completed.v1")]


def main():
    with Folder() as work:
        for cycle in ("2026-08-20T18", "2026-08-21T00", "2026-08-21T06"):
            make(work / "source", cycle)
        with Mirror(work / "source", work) as mirror:
            root = work / "data"
            run = contiguous(mirror.url(), root, "2026-08-21T06", "--workers", "1")  # of two, an older cycle may end first
            check(run.returncode == 0, f"all published cycles are ingested:\n{run.stdout}{run.stderr}")
            check(completed(root) == ["2026-08-21T06", "2026-08-21T00", "2026-08-20T18"], f"newest first: {completed(root)}")

            asked = mirror.statistics()["requests"]
            again = contiguous(mirror.url(), root, "2026-08-21T06")
            check(again.returncode == 0 and mirror.statistics()["requests"] == asked,
                  f"complete cycles outside the watch window are not requested again:\n{again.stdout}{again.stderr}")

            later = contiguous(mirror.url(), root, "2026-08-21T18")
            check(later.returncode == 75, f"a cycle that is not published yet ends with 75: {later.returncode}\n{later.stdout}{later.stderr}")
            make(work / "source", "2026-08-21T18")
            behind = contiguous(mirror.url(), root, "2026-08-21T18")
            check(behind.returncode == 75, f"the cycle in between is still missing:\n{behind.stdout}{behind.stderr}")
            check(completed(root)[-1] == "2026-08-21T18", f"a later cycle does not wait for an earlier one: {completed(root)}")
            make(work / "source", "2026-08-21T12")
            last = contiguous(mirror.url(), root, "2026-08-21T18")
            check(last.returncode == 0, f"once it is published, all cycles are complete:\n{last.stdout}{last.stderr}")
            check(len(completed(root)) == len(set(completed(root))) == 5, f"five cycles, each announced once: {completed(root)}")
            check(str((root / "gfs.0p25/latest").readlink()) == "2026-08-21T18/r1", "latest points to the newest cycle, not the one made last")

            unreachable = work / "nobody.toml"
            unreachable.write_text('[[sink]]\ntype = "webhook"\nurl = "http://127.0.0.1:1/"\n')
            waiting = contiguous(mirror.url(), root, "2026-08-21T18", "--keep-cycles", "2", "--config", unreachable)
            check(len(kept(root)) == 5 and "kept 3 old cycles for undelivered events" in waiting.stderr,
                  f"no cycle is removed that an undelivered event names:\n{waiting.stdout}{waiting.stderr}")
            check(waiting.returncode == 36, f"the run tells the undelivered events: {waiting.returncode}")
            state = ("--state", root / ".freshet/state.sqlite")
            named = {event["event"]["data"]["cycle"]: event["id"] for event in json.loads(gfs("events", "list", "--json", *state).stdout)}
            del named["2026-08-20T18"]
            gfs("events", "skip", *named.values(), *state)
            other = contiguous(mirror.url(), root, "2026-08-21T18", "--keep-cycles", "2")
            check(kept(root) == ["2026-08-20T18", "2026-08-21T12", "2026-08-21T18"],
                  f"a cycle stays that an event for another configuration names: {kept(root)}\n{other.stdout}{other.stderr}")
            gfs("events", "skip", "--all", *state)
            short = contiguous(mirror.url(), root, "2026-08-21T18", "--keep-cycles", "2")
            check(kept(root) == ["2026-08-21T12", "2026-08-21T18"], f"two cycles are kept: {kept(root)}\n{short.stdout}{short.stderr}")
            removed = (root / "gfs.0p25/removed.jsonl").read_text().splitlines()
            check(len(removed) == 3, f"removed cycles are recorded: {removed}")
            asked = mirror.statistics()["requests"]
            same = contiguous(mirror.url(), root, "2026-08-21T18", "--keep-cycles", "2")
            check(same.returncode == 0 and mirror.statistics()["requests"] == asked and len(kept(root)) == 2,
                  f"removed cycles are not made again:\n{same.stdout}{same.stderr}")


main()
