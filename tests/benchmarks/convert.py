# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""convert.py GFS GFS_SIMULATOR MESSAGES IDX [--quick]: conversion of GRIB2 to NetCDF beside its peers, exec to exit.

The 100 isobaric messages, and all that the inventory IDX lists, are cloned from the real messages below the folder
MESSAGES on the 0.25 degree grid, on a memory filesystem. Programs take turns in one run. Prints medians of wall time and of
processor time, of the ratios of both to those of `gfs convert` in the same turn, the greatest resident memory, and the
size of the output with its ratio to cdo's.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from support.machine import run_measured, show_machine  # noqa: E402

LEAD = "7"
ISOBARIC = 100
OURS = "gfs convert"
CDO = "cdo -f nc4 -z zip_1 copy"


def measured(command, output):
    """(seconds, seconds of the processors, bytes of memory, bytes of output) of one run."""
    for path in output.parent.glob(output.name + "*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    seconds, processors, memory = run_measured(command)
    written = [path for path in [output, *output.glob("*.nc")] if path.is_file()]
    return seconds, processors, memory, sum(path.stat().st_size for path in written)


def programs(gfs, grib, folder):
    """Name to command and output. A peer that is not installed is left out by name."""
    output = folder / "output"
    peers = {
        CDO: ["cdo", "-s", "-f", "nc4", "-z", "zip_1", "copy", grib, output],
        "grib_to_netcdf -k 4 -d 1": ["grib_to_netcdf", "-k", "4", "-d", "1", "-o", output, grib],
    }
    found = {OURS: [gfs, "convert", grib, "--output", output]}
    found[OURS + " --precision packing"] = [*found[OURS], "--precision", "packing"]
    for name, command in peers.items():
        if shutil.which(command[0]):
            found[name] = command
        else:
            print(f"skipped: {command[0]} is not installed")
    return found, output


def compare(title, commands, output, runs):
    results = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            results[name].append(measured(command, output))
    print(f"\n{title}, {runs} runs each in turn; seconds (least .. greatest), seconds of the processors, ratios of both:")

    def ratio(name, figure):
        return statistics.median(one[figure] / ours[figure] for one, ours in zip(results[name], results[OURS]))

    for name, measurements in results.items():
        times, processors, memory, size = zip(*measurements)
        beside = f" = {size[0] / results[CDO][0][3]:.3f} of cdo's" if CDO in results else ""
        print(f"{name:31} {statistics.median(times):6.2f} ({min(times):.2f} .. {max(times):.2f}) {statistics.median(processors):6.2f}   "
              f"x {ratio(name, 0):5.2f} {ratio(name, 1):5.2f}   {max(memory) / 1e6:4.0f} MB   output {size[0] / 1e6:6.1f} MB{beside}",
              flush=True)
    return statistics.median(one[0] for one in results[OURS])


def clone(simulator, messages, folder, idx):
    subprocess.run([simulator, "clone", messages, folder, "--cycle", "2026-11-21T00", "--leads", LEAD, "--like", idx],
                   check=True, stdout=subprocess.DEVNULL)
    return next(folder.rglob(f"*f00{LEAD}"))


def main():
    gfs, simulator, messages, idx = (pathlib.Path(word).resolve() for word in sys.argv[1:5])
    if not messages.is_dir():
        print(f"skipped: no real messages in '{messages}'")
        sys.exit(77)
    runs = 1 if "--quick" in sys.argv else 5
    show_machine()
    with tempfile.TemporaryDirectory(prefix="freshet-", dir="/dev/shm") as name:
        folder = pathlib.Path(name)
        isobaric = folder / "isobaric.idx"
        isobaric.write_text("".join([line for line in open(idx) if " mb:" in line][:ISOBARIC]))
        few = clone(simulator, messages, folder / "few", isobaric)
        time_of_few = compare(f"{ISOBARIC} isobaric messages", *programs(gfs, few, folder), runs)
        shutil.rmtree(folder / "few")
        many = clone(simulator, messages, folder / "many", idx)
        commands, output = programs(gfs, many, folder)
        ours = {name: command for name, command in commands.items() if name.startswith(OURS)}
        time_of_many = compare("all messages", ours, output, runs)
        print(f"all messages take {time_of_many / time_of_few:.2f} times as long as the {ISOBARIC}")
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        shutil.rmtree(folder / "many")
        few = clone(simulator, messages, folder / "few", isobaric)
        compare(f"{ISOBARIC} isobaric messages on one core", *programs(gfs, few, folder), runs)


main()
