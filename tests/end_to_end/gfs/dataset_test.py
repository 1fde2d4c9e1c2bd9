# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A dataset keeps the product, area and selection that it began with, also when two runs begin it at the same time."""
import json
import pathlib
import re
import shutil
import subprocess

from pipeline import BIN, CYCLE, Folder, check, events, gfs, ingest_arguments, make_small_cycle, published

ALPS, BALTIC = "0,20,40,50", "10,30,50,65"


def arguments(work, root, area, *more):
    return ingest_arguments(work / "source", root, "0", "--dataset", "mine", "--area", area, *more)


def is_refused(run, *reasons):
    check(run.returncode == 64 and all(reason in run.stderr for reason in reasons), f"it is refused: {run}")


def another_selection(work, root):
    made = gfs(*arguments(work, root, ALPS))
    check(made.returncode == 0, f"the dataset is made:\n{made.stdout}{made.stderr}")
    before = published(root)
    is_refused(gfs(*arguments(work, root, BALTIC)), f"area '{ALPS}'", f"area '{BALTIC}'", "choose another name")
    is_refused(gfs(*arguments(work, root, ALPS, "--product", "pgrb2.1p00")), "product 'pgrb2.0p25'")
    is_refused(gfs("run", "ConvertLead", "--lead", "0", "--cycle", "2026-08-21T12", "--dataset", "mine", "--root", root), "no area")
    check(published(root) == before, "nothing was made")


def at_the_same_time(work, root):
    runs = [subprocess.Popen([BIN / "gfs", *map(str, arguments(work, root, area))], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True) for area in (ALPS, BALTIC)]
    outputs = [run.communicate()[0] for run in runs]
    codes = [run.returncode for run in runs]
    check(codes.count(0) == 1, f"one of two runs makes the dataset: {codes}\n" + "\n".join(outputs))
    winner = (ALPS, BALTIC)[codes.index(0)]
    check("choose another name" in outputs[1 - codes.index(0)], f"the other one is told why: {outputs}")
    [event] = events(root)
    check(json.loads((root / "mine/selection.json").read_text())["area"] == winner, "the dataset has the winner's area")
    manifest = root / "mine" / event["data"]["cycle"] / "r1" / f"mine.{event['data']['cycle']}.0.manifest.json"
    check(json.loads(manifest.read_text())["area"] == winner, "so has the cycle")


def chunk_rows(netcdf):
    header = subprocess.run(["ncdump", "-hs", netcdf], capture_output=True, text=True, check=True).stdout
    return re.search(r"air_temperature_2m:_ChunkSizes = 1, (\d+), (\d+)", header).groups()


def storage(work, root):
    """The files of a dataset with `--chunks series` are stored in tiles, and those with `--precision packing` are rounded."""
    if not shutil.which("ncdump"):
        print("ncdump is not installed")
        return
    subprocess.run([BIN / "gfs-simulator", "make", work / "half", "--cycle", CYCLE, "--leads", "0", "--product", "pgrb2.0p50"],
                   check=True, stdout=subprocess.DEVNULL)
    for chunks, rows, precision in (("map", ("361", "720"), "exact"), ("series", ("181", "360"), "packing")):
        run = gfs(*ingest_arguments(work / "half", root, "0", "--product", "pgrb2.0p50", "--variables", "TMP:2 m above ground", "--chunks",
                                    chunks, "--precision", precision))
        check(run.returncode == 0, f"fields are stored by {chunks}:\n{run.stdout}{run.stderr}")
        data = events(root)[-1]["data"]
        manifest = pathlib.Path(data["manifest_url"].removeprefix("file://"))
        [lead] = manifest.parent.glob("*.f000.nc")
        check(chunk_rows(lead) == rows, f"the chunks for {chunks} are {chunk_rows(lead)}")
        stated = precision if precision != "exact" else None
        check(data.get("precision") == stated, f"the event tells the precision {precision}")
        check(json.loads(manifest.read_text()).get("precision") == stated, "so does the manifest")
        header = subprocess.run(["ncdump", "-h", lead], capture_output=True, text=True, check=True).stdout
        check(("rounding_step" in header) == (precision == "packing"), "so does the lead")


def main():
    with Folder() as work:
        storage(work, work / "storage")
        make_small_cycle(work / "source", "0")
        another_selection(work, work / "data")
        at_the_same_time(work, work / "other")


main()
