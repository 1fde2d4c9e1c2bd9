# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Layers, missing values by bitmap and by packing, and constant fields equal those of an independent decoder."""
import pathlib
import subprocess

from faults import grib_path
from pipeline import CYCLE, Folder, check, gfs, ingest_arguments, make_small_cycle, skip

PYTHON = pathlib.Path("build/test-env/bin/python")
COMPARE = pathlib.Path("tests/gfs/convert/compare_with_eccodes.py")
FIELDS = "58"


def main():
    if not PYTHON.exists():
        skip("build/test-env, the Python that reads the result, is missing")
    with Folder() as work:
        make_small_cycle(work / "source", "1", "--variables", "odd")
        result = gfs(*ingest_arguments(work / "source", work / "data", "1", "--variables", "all"))
        check(result.returncode == 0, f"the lead is ingested:\n{result.stdout}{result.stderr}")
        [netcdf] = (work / "data").glob(f"*/{CYCLE}/r1/*.f???.nc")
        compared = subprocess.run([PYTHON, COMPARE, work / "source" / grib_path(), netcdf, FIELDS],
                                  capture_output=True, text=True, check=False)
        print(compared.stdout)
        check(compared.returncode == 0, f"every value equals that of eccodes: {compared.stderr}")


main()
