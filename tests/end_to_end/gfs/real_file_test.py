# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""A real GFS file is ingested completely, and a second run makes no request."""
import os
import pathlib
import subprocess

from pipeline import BIN, Folder, Mirror, check, events, gfs, skip

FILE = pathlib.Path(os.environ.get("FRESHET_DATA", "../shared/data")) / "gfs" / "gfs.20220315.t18z.1p00.f006.tuv.grib2"
PYTHON = pathlib.Path("build/test-env/bin/python")
COMPARE = pathlib.Path("tests/gfs/convert/compare_with_eccodes.py")


def main():
    if not FILE.exists():
        skip(f"'{FILE}' is missing (FRESHET_DATA)")
    if not PYTHON.exists():
        skip("build/test-env, the Python that reads the result, is missing")
    with Folder() as work:
        subprocess.run([BIN / "gfs-simulator", "add", work / "source", FILE, "--cycle", "2022-03-15T18", "--lead", "6",
                        "--product", "pgrb2.1p00"], check=True, stdout=subprocess.DEVNULL)
        with Mirror(work / "source", work) as mirror:
            arguments = ["run", "IngestCycle", "--cycle", "2022-03-15T18", "--leads", "6", "--product", "pgrb2.1p00",
                         "--variables", "all", "--source", mirror.url(), "--root", work / "data"]
            first = gfs(*arguments)
            check(first.returncode == 0, f"the file is ingested:\n{first.stdout}{first.stderr}")
            asked = mirror.statistics()
            second = gfs(*arguments)
            check(second.returncode == 0, f"the second run succeeds:\n{second.stdout}{second.stderr}")
            check(mirror.statistics()["requests"] == asked["requests"], "the second run makes no request at all")
        netcdf = work / "data/gfs.1p00.all/2022-03-15T18/r1/gfs.1p00.all.2022-03-15T18.f006.nc"
        check(netcdf.exists(), f"'{netcdf}' is there")
        compared = subprocess.run([PYTHON, COMPARE, FILE, netcdf, "48"], capture_output=True, text=True, check=False)
        print(compared.stdout)
        check(compared.returncode == 0, f"48 fields are equal to what eccodes reads: {compared.stderr}")
        check(len(events(work / "data")) == 1, "the cycle was announced once")
        check((work / "data/gfs.1p00.all/latest").readlink() == pathlib.Path("2022-03-15T18/r1"), "latest points to it")


main()
