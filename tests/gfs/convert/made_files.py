# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""NetCDF files that gfs makes of made-up data, for programs that read them."""
import os
import pathlib
import subprocess
import tempfile

from made_up import ROTATED, message, np

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


def products(binaries, folder):
    """Members of an ensemble on a rotated grid, and probabilities, a percentile and a mean on another."""
    members = [message({**ROTATED, "productDefinitionTemplateNumber": 1, "typeOfEnsembleForecast": 3,
                        "perturbationNumber": number, "typeOfFirstFixedSurface": 100,
                        "scaledValueOfFirstFixedSurface": pressure}, np.linspace(200, 300, 84))
               for number in (1, 2) for pressure in (50000, 85000)]
    warm = [message({"productDefinitionTemplateNumber": 5, "probabilityType": 1, "scaleFactorOfUpperLimit": 0,
                     "scaledValueOfUpperLimit": kelvins}, np.linspace(0, 100, 496)) for kelvins in (273, 283)]
    others = [message({"productDefinitionTemplateNumber": template, key: value}, np.linspace(200, 300, 496))
              for template, key, value in ((6, "percentileValue", 10), (2, "derivedForecast", 0))]
    grib = os.path.join(folder, "products.grib2")
    pathlib.Path(grib).write_bytes(b"".join(members + warm + others))
    return convert(binaries, os.path.join(folder, "products"), grib)


def convert(binaries, folder, *files):
    out = os.path.join(folder, "out")
    run(binaries / "gfs", "convert", *files, "--output", out)
    return sorted(map(os.fspath, pathlib.Path(out).glob("*.nc")))
