#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""compliance.py BIN made|real: does the IOOS compliance checker find no error of CF 1.8 and ACDD 1.3 in what gfs makes?

ACDD recommends a standard name for every variable. Where CF has none for a quantity of GFS, and only there, that is
not counted.
"""
import json
import os
import pathlib
import subprocess
import sys

from made_files import a_cycle_of_the_pipeline, a_map, convert, folder_for_files, products

CHECKER = pathlib.Path(sys.executable).with_name("compliance-checker")
REAL = ["gfs.20200804.t12z.0p25.eu49x33.f006", "gfs.20110110.t12z.2p50.f120"]
NAMELESS = ("crain", "cfrzr", "cicep", "csnow", "cpofp", "cwork", "pevpr", "vwsh", "ustm", "vstm", "fricv", "vrate", "rwmr",
            "snmr", "icaht", "u_gwd", "v_gwd", "landn", "iceg", "icsev", "hindex", "vgtyp", "sotyp", "soill", "wilt", "gpa",
            "layth", "ncep_5wav", "pvort", "ssrun", "srweq", "tsnowp", "probability_of", "percentile")


def report_on(netcdf, folder):
    report = os.path.join(folder, "report.json")
    done = subprocess.run([CHECKER, "-t", "cf:1.8", "-t", "acdd:1.3", "-f", "json", "-o", report, netcdf],
                          capture_output=True, text=True, check=False)
    if not os.path.exists(report):
        sys.exit(f"the checker failed: {done.stderr}")
    result = json.loads(pathlib.Path(report).read_text())
    os.remove(report)
    return result


def is_nameless(entry):
    variable = entry["name"].split('"')[1] if '"' in entry["name"] else ""
    return entry["msgs"] == ["standard_name"] and variable.startswith(NAMELESS)


def errors_in(netcdf, folder):
    report = report_on(netcdf, folder)
    for checker in ("cf:1.8", "acdd:1.3"):
        for entry in report[checker]["high_priorities"]:
            if entry["msgs"] and not is_nameless(entry):
                yield f"{netcdf}: {checker}: {entry['name']}: {'; '.join(entry['msgs'])}"


def real_files(binaries, folder):
    data = pathlib.Path(os.environ.get("FRESHET_DATA", os.environ.get("FRESHET_DATA_BESIDE", ""))) / "gfs"
    if not data.is_dir():
        print(f"skipped: no real GFS files in '{data}'")
        sys.exit(77)
    return convert(binaries, folder, *(data / f"{name}.grib2" for name in REAL))


def main():
    binaries, kind = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    with folder_for_files() as folder:
        if kind == "real":
            files = real_files(binaries, folder)
        else:
            first, last = a_cycle_of_the_pipeline(binaries, folder, "0,6", made="0-6")
            files = [last, first.replace(".f000.nc", ".nc"), *a_map(binaries, folder),
                     *products(binaries, folder)]
        errors = [error for file in files for error in errors_in(file, folder)]
    print("\n".join(errors) or f"no error in {len(files)} files")
    return 1 if errors or len(files) < 2 else 0


sys.exit(main())
