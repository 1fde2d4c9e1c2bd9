# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""NetCDF files that gfs makes of made-up data, for programs that read them."""
import os
import pathlib
import subprocess
import tempfile

from made_up import message, np

LAMBERT = {"gridDefinitionTemplateNumber": 30, "Nx": 9, "Ny": 7, "latitudeOfFirstGridPoint": 21138123,
           "longitudeOfFirstGridPoint": 237280472, "LaD": 38500000, "LoV": 262500000, "Dx": 600000000, "Dy": 500000000,
           "Latin1": 38500000, "Latin2": 38500000, "scanningMode": 64, "resolutionAndComponentFlags": 8}


def folder_for_files():
    return tempfile.TemporaryDirectory(prefix="freshet-")


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")


def a_lead_of_the_pipeline(binaries, folder):
    """Made up on a small grid, with what the pipeline derives from it and from the lead before."""
    return a_cycle_of_the_pipeline(binaries, folder, "6", made="5-6")


def a_cycle_of_the_pipeline(binaries, folder, leads, made=None, variables=None):
    """The files of these leads, made up on a small grid; beside them are those over all of them."""
    source, root = os.path.join(folder, "source"), os.path.join(folder, "root")
    cycle = ["--cycle", "2026-08-21T06"]
    run(binaries / "gfs-simulator", "make", source, *cycle, "--leads", made or leads, "--grid", "small",
        "--variables", "all" if variables else "portal")
    run(binaries / "gfs", "run", "IngestCycle", *cycle, "--leads", leads, "--source", source, "--root", root,
        *(["--variables", variables] if variables else []))
    return sorted(os.fspath(path) for path in pathlib.Path(root).rglob("*.f???.nc") if "latest" not in path.parts)


def a_map(binaries, folder):
    """Winds along the axes of a Lambert map."""
    grib = os.path.join(folder, "map.grib2")
    wind = [message({**LAMBERT, "parameterCategory": 2, "parameterNumber": number}, np.linspace(0, 9, 63))
            for number in (2, 3)]
    pathlib.Path(grib).write_bytes(b"".join(wind))
    return convert(binaries, folder, grib)


def convert(binaries, folder, *files):
    out = os.path.join(folder, "out")
    run(binaries / "gfs", "convert", *files, "--output", out)
    return sorted(map(os.fspath, pathlib.Path(out).glob("*.nc")))
