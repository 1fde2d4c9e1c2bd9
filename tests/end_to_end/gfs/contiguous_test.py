# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Contiguous makes every cycle since a time complete, newest first, also after lost triggers."""
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
            run = contiguous(mirror.url(), root, "2026-08-21T06")
            check(run.returncode == 0, f"all that there is is ingested:\n{run.stdout}{run.stderr}")
            check(completed(root) == ["2026-08-21T06", "2026-08-21T00", "2026-08-20T18"], f"newest first: {completed(root)}")

            asked = mirror.statistics()["requests"]
            again = contiguous(mirror.url(), root, "2026-08-21T06")
            check(again.returncode == 0 and mirror.statistics()["requests"] == asked,
                  f"what is complete, and too old to be watched, is not asked for again:\n{again.stdout}{again.stderr}")

            later = contiguous(mirror.url(), root, "2026-08-21T18")
            check(later.returncode == 75, f"what upstream has not published yet is no failure: {later.returncode}\n{later.stdout}{later.stderr}")
            make(work / "source", "2026-08-21T18")
            behind = contiguous(mirror.url(), root, "2026-08-21T18")
            check(behind.returncode == 75, f"the cycle between is still not there:\n{behind.stdout}{behind.stderr}")
            check(completed(root)[-1] == "2026-08-21T18", f"a later one does not wait for it: {completed(root)}")
            make(work / "source", "2026-08-21T12")
            last = contiguous(mirror.url(), root, "2026-08-21T18")
            check(last.returncode == 0, f"once it is there, nothing is missing:\n{last.stdout}{last.stderr}")
            check(len(completed(root)) == len(set(completed(root))) == 5, f"five cycles, each told once: {completed(root)}")
            check(str((root / "gfs.0p25/latest").readlink()) == "2026-08-21T18/r1", "latest is the newest, not the last made")

            silent = work / "nobody.toml"
            silent.write_text('[[sink]]\ntype = "webhook"\nurl = "http://127.0.0.1:1/"\n')
            waiting = contiguous(mirror.url(), root, "2026-08-21T18", "--keep-cycles", "2", "--config", silent)
            check(len(kept(root)) == 5 and "not delivered yet" in waiting.stderr,
                  f"while an event waits for its receiver nothing is removed:\n{waiting.stdout}{waiting.stderr}")
            short = contiguous(mirror.url(), root, "2026-08-21T18", "--keep-cycles", "2")
            check(kept(root) == ["2026-08-21T12", "2026-08-21T18"], f"two cycles are kept: {kept(root)}\n{short.stdout}{short.stderr}")
            removed = (root / "gfs.0p25/removed.jsonl").read_text().splitlines()
            check(len(removed) == 3, f"what went is noted: {removed}")
            asked = mirror.statistics()["requests"]
            same = contiguous(mirror.url(), root, "2026-08-21T18", "--keep-cycles", "2")
            check(same.returncode == 0 and mirror.statistics()["requests"] == asked and len(kept(root)) == 2,
                  f"what was removed is not made again:\n{same.stdout}{same.stderr}")


main()
