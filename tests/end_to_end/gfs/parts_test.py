# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A named part of a cycle is announced as soon as its leads are complete, with the other leads as missing."""
import hashlib
import json
import shutil

from pipeline import CYCLE, Folder, check, events, gfs, ingest_arguments, make_small_cycle


def event_summaries(root):
    return [(event["type"].split(".")[-2], event["data"].get("part"), event["data"]["leads"], event["data"]["missing"])
            for event in events(root)]


def main():
    with Folder() as work:
        make_small_cycle(work / "all")
        shutil.copytree(work / "all", work / "source")
        for late in (work / "source").rglob("*.f003*"):
            late.unlink()
        root = work / "data"
        arguments = ingest_arguments(work / "source", root, "0-3", "--parts", "surface:0-1/start:0")
        early = gfs(*arguments)
        check(early.returncode == 75, f"the cycle is incomplete:\n{early.stdout}{early.stderr}")
        partial = {("partial", "surface", "0-1", (2, 3)), ("partial", "start", "0", (1, 2, 3))}
        check({(*event[:3], tuple(event[3])) for event in event_summaries(root)} == partial,
              f"its parts are announced: {event_summaries(root)}")
        check(not (root / "gfs.0p25/latest").exists(), "latest does not point to a part")
        folder, name = root / f"gfs.0p25/{CYCLE}/r1", f"gfs.0p25.{CYCLE}"
        over_parts = sorted(path.name for path in folder.glob("*.nc") if not path.match("*.f???.nc"))
        check(over_parts == [f"{name}.0-1.nc", f"{name}.0.nc"], f"each part has a file over its leads: {over_parts}")

        shutil.copytree(work / "all", work / "source", dirs_exist_ok=True)
        rest = gfs(*arguments)
        check(rest.returncode == 0, f"the rest completes later:\n{rest.stdout}{rest.stderr}")
        check(event_summaries(root)[2:] == [("completed", None, "0-3", [])],
              f"completion is announced at the end: {event_summaries(root)}")
        manifest = json.loads((folder / f"{name}.0-3.manifest.json").read_text())
        for member, ending in (("cycle_file", "nc"), ("kerchunk", "kerchunk.json"), ("ncml", "ncml")):
            check((folder / f"{name}.{ending}").readlink().name == f"{name}.0-3.{ending}", "the cycle's link leads to the file over all leads")
            check((folder / f"{name}.0-1.{ending}").exists(), "each part has such a file over its leads")
            listed = manifest[member]
            digest = hashlib.sha256((folder / listed["name"]).read_bytes()).hexdigest()
            check((listed["name"], listed["sha256"]) == (f"{name}.0-3.{ending}", digest), f"the manifest lists that file: {listed}")
        ids = [event["id"] for event in events(root)]
        check(len(ids) == len(set(ids)) == 3, f"each event has its own id: {ids}")
        data = events(root)[-1]["data"]
        check(data["source_mirrors"] == [str(work / "source")], f"the event names the mirrors that were read: {data['source_mirrors']}")
        check(data["timings"]["seconds_since_upstream"] >= 0, f"the event has the timings: {data['timings']}")

        outside = gfs(*ingest_arguments(work / "source", work / "other", "0-1", "--parts", "surface:0-3"))
        check(outside.returncode != 0 and "part 'surface'" in outside.stdout + outside.stderr,
              f"a part beyond the cycle's leads is rejected:\n{outside.stdout}{outside.stderr}")
        check((root / f"gfs.0p25/{CYCLE}/r1/gfs.0p25.{CYCLE}.surface.0-1.partial.json").exists(), "the event of the part is kept")


main()
