# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""watch_test.py KILLS [SEED]: upstream replaces a file of a complete cycle.

The next watch makes a new revision. The old revision is unchanged, unchanged leads are not fetched again, `latest` moves
atomically and a superseded event is sent; also when the watch is killed at random moments. A comparison
that fails is told, and made by the next watch.
"""
import hashlib
import random
import subprocess
import sys
import threading
import time

from pipeline import BIN, Folder, Mirror, check, events, gfs, kill, newest_cycle

LEADS = "0-3"


def grib_file(source, cycle, lead):
    [file] = source.glob(f"gfs.{cycle[:10].replace('-', '')}/{cycle[11:]}/atmos/*.f{lead:03}")
    return file


def replace_at_upstream(file, chance):
    """Replaces the 2 m temperature in a file of the same length."""
    [line] = [line for line in file.with_name(file.name + ".idx").read_text().splitlines() if ":TMP:2 m above ground:" in line]
    number, offset = map(int, line.split(":")[:2])
    data = bytearray(file.read_bytes())
    length = int.from_bytes(data[offset + 8:offset + 16], "big")
    data[offset + length - 40] ^= chance.randrange(1, 256)
    fresh = file.with_name("fresh")
    fresh.write_bytes(data)
    fresh.rename(file)
    check(number > 0, "the temperature has a number")


def making(folder):
    return {path.name: (path.stat().st_ino, hashlib.sha256(path.read_bytes()).hexdigest()) for path in sorted(folder.glob("*.f???.nc"))}


class Reader:
    """Follows `latest` continuously: it must point to a complete revision (four leads, the file over them and the link
    to it) and never move back."""

    def __init__(self, dataset):
        self.dataset, self.broken, self.stop, self.looks = dataset, [], threading.Event(), 0
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        newest = ""
        while not self.stop.wait(0.002):
            pointed_at = str((self.dataset / "latest").readlink())
            files = list((self.dataset / pointed_at).glob("*.nc"))
            if len(files) != 6 or pointed_at < newest:
                self.broken.append((pointed_at, files))
            newest = pointed_at
            self.looks += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def arguments(task, source, root, *more):
    return ["run", task, "--leads", LEADS, "--source", source, "--root", root, "--workers", "2", *more]


def succeed(*command):
    run = gfs(*command)
    check(run.returncode == 0, f"the command succeeds: gfs {' '.join(map(str, command))}\n{run.stdout}{run.stderr}")
    return run


def gets(mirror, *leads):
    """The number of GET requests for files of these leads; of all leads without arguments."""
    return sum(answer["requests"] for answer in mirror.statistics()["answers"] if answer["method"] == "GET"
               and (not leads or any(f".f{lead:03}" in answer["path"] for lead in leads)))


def one_replacement(work, mirror, cycle, chance):
    root, source = work / "data", work / "source"
    dataset = root / "gfs.0p25"
    succeed(*arguments("IngestCycle", mirror.url(), root, "--cycle", cycle))
    first = making(dataset / cycle / "r1")
    fetched, unchanged = gets(mirror), gets(mirror, 0, 1)
    succeed("watch", *arguments("Watch", mirror.url(), root)[2:])  # the same as run Watch
    check(gets(mirror) == fetched, "a watch without replaced files downloads nothing")
    check(not (dataset / cycle / "r2").exists(), "a watch without replaced files makes no revision")

    replace_at_upstream(grib_file(source, cycle, 3), chance)
    with Reader(dataset) as reader:
        succeed(*arguments("Watch", mirror.url(), root))
    check(reader.looks > 10 and not reader.broken, f"latest always points to a complete revision: {reader.broken}")
    check(making(dataset / cycle / "r1") == first, "the old revision is unchanged")
    second = making(dataset / cycle / "r2")
    changed = [name for name in first if first[name][1] != second[name][1]]
    check(changed == [f"gfs.0p25.{cycle}.f003.nc"], f"only the replaced lead differs: {changed}")
    check(all(first[name] == second[name] for name in first if name not in changed), "the other leads are hard links")
    check(gets(mirror, 0, 1) == unchanged, "unchanged leads are not fetched again, except the accumulations of lead 2 for lead 3")
    check(str((dataset / "latest").readlink()) == f"{cycle}/r2", "latest points to the new revision")
    check(f"{cycle}/r2/" in (dataset / "latest.map").read_text(), "latest.map refers to the new revision")
    announced = [(event["type"].split(".")[-2], event["data"]["revision"]) for event in events(root)]
    check(announced == [("completed", 1), ("completed", 2), ("superseded", 2)], f"the events are in order: {announced}")
    superseded = events(root)[-1]["data"]
    check((superseded["superseded_revision"], superseded["superseded_by"], superseded["changed_leads"]) == (1, 2, "3"),
          f"the superseded event names revisions and leads: {superseded}")

    asked = mirror.statistics()["requests"]
    succeed(*arguments("IngestCycle", mirror.url(), root, "--cycle", cycle))
    check(mirror.statistics()["requests"] == asked, "a plain run of a complete cycle makes no request")
    succeed(*arguments("Watch", mirror.url(), root))
    check(not (dataset / cycle / "r3").exists(), "a replacement is detected only once")


def failing_comparisons(work, mirror, cycle, chance):
    """After one_replacement(): revision 2 is complete."""
    root = work / "data"
    replace_at_upstream(grib_file(work / "source", cycle, 1), chance)
    for status, reason in ((403, "no longer kept there, or this client is blocked"), (500, "server error")):
        mirror.set_faults({"kind": "status", "status": status, "path": "*.f001", "method": "HEAD", "times": 1})
        watch = succeed(*arguments("Watch", mirror.url(), root))
        check(f"1 file at '{mirror.url()}'" in watch.stderr and f"status {status}, {reason}" in watch.stderr,
              f"a file that was not compared is told:\n{watch.stderr}")
        check(not (root / "gfs.0p25" / cycle / "r3").exists(), "a file that was not compared makes no revision")
    mirror.set_faults({"kind": "status", "status": 500, "method": "HEAD"})
    asked = mirror.statistics()["requests"]
    watch = succeed(*arguments("Watch", mirror.url(), root))
    check("4 files at" in watch.stderr and mirror.statistics()["requests"] == asked + 3,
          f"a mirror that fails for each file is not asked for all of them:\n{watch.stderr}")
    mirror.set_faults()
    succeed(*arguments("Watch", mirror.url(), root))
    check((root / "gfs.0p25" / cycle / "r3").exists(), "the next watch finds the replaced file")


def killed_watch(work, mirror, cycle, chance, number, usual_duration):
    root = work / f"data{number}"
    dataset = root / "gfs.0p25"
    succeed(*arguments("IngestCycle", mirror.url(), root, "--cycle", cycle))
    first = making(dataset / cycle / "r1")
    replace_at_upstream(grib_file(work / "source", cycle, 2), chance)
    with Reader(dataset) as reader:
        run = subprocess.Popen([BIN / "gfs", *map(str, arguments("Watch", mirror.url(), root))], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        try:
            run.wait(timeout=chance.uniform(0, usual_duration))
        except subprocess.TimeoutExpired:
            kill(run.pid)
        run.wait()
        succeed(*arguments("Watch", mirror.url(), root))
    check(not reader.broken, f"latest always points to a complete revision: {reader.broken}")
    check(making(dataset / cycle / "r1") == first, "the old revision is unchanged")
    check(sorted(path.name for path in (dataset / cycle).glob("r*")) == ["r1", "r2"], "there is one new revision")
    second = making(dataset / cycle / "r2")
    anew = [name[-6:-3] for name in first if first[name][0] != second[name][0]]
    check(anew == ["002", "003"], f"the replaced lead and the next one, which depends on it, are made again: {anew}")
    announced = {(event["type"], event["id"]) for event in events(root)}
    check(len(announced) == 3, f"each event was delivered with one id only: {announced}")


def main():
    kills = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    cycle = newest_cycle()
    with Folder() as work:
        subprocess.run([BIN / "gfs-simulator", "make", work / "source", "--cycle", cycle, "--leads", LEADS, "--grid", "small"],
                       check=True, stdout=subprocess.DEVNULL)
        with Mirror(work / "source", work) as mirror:
            began = time.monotonic()
            one_replacement(work, mirror, cycle, chance)
            usual_duration = (time.monotonic() - began) / 3
            failing_comparisons(work, mirror, cycle, chance)
            for number in range(kills):
                killed_watch(work, mirror, cycle, chance, number, usual_duration)


main()
