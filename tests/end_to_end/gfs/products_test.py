# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Surface fluxes, waves, GDAS, and a member, the mean and the spread of GEFS are ingested from their real paths.

Every value is compared with python's own eccodes, reading with netCDF4. So is a real file of WAVEWATCH III, if it is
at hand (FRESHET_DATA).
"""
import json
import os
import pathlib
import subprocess
import sys

import eccodes
import netCDF4
import numpy as np

from pipeline import BIN, CYCLE, Folder, Mirror, check, events, gfs, ingest_arguments, make_small_cycle

sys.path.append("tests/gfs/convert")
from compare_with_eccodes import compare  # noqa: E402

REAL_WAVES = pathlib.Path(os.environ.get("FRESHET_DATA", "../shared/data")) / "ncep" / "multi_1.at_10m.t12z.f147.grib2"
FLUXES = "gfs.20260821/06/atmos/gfs.t06z.sfluxgrbf001.grib2"
WAVES = "gfs.20260821/06/wave/gridded/gfswave.t06z.global.0p25.f003.grib2"
GDAS = "gdas.20260821/06/atmos/gdas.t06z.pgrb2.0p25.f001"
GEFS = "gefs.20260821/06/atmos/pgrb2ap5/ge{}.t06z.pgrb2a.0p50.f003"

# product, member, leads, the path of the last of them, dataset
PRODUCTS = [
    ("sfluxgrb", None, "1", FLUXES, "gfs.sfluxgrb.all"),
    ("gfswave.global.0p25", None, "3", WAVES, "gfswave.global.0p25.all"),
    ("gdas.pgrb2.0p25", None, "0-1", GDAS, "gdas.0p25.all"),
    ("gefs.pgrb2a.0p50", "p05", "3", GEFS.format("p05"), "gefs.pgrb2a.0p50.p05.all"),
    ("gefs.pgrb2a.0p50", "avg", "3", GEFS.format("avg"), "gefs.pgrb2a.0p50.avg.all"),
    ("gefs.pgrb2a.0p50", "spr", "3", GEFS.format("spr"), "gefs.pgrb2a.0p50.spr.all"),
]

MEMBERS = {  # the end of the file's title, the end of a variable's name, and the end of its cell methods
    "p05": ("0.50 degree, member p05", "_2m", "time: point"),
    "avg": ("0.50 degree, mean of all members", "_2m_ensemble_mean", "realization: mean"),
    "spr": ("0.50 degree, spread of all members", "_2m_ensemble_spread", "realization: standard_deviation"),
}


def check_member(member, netcdf, event):
    title, name, cell_methods = MEMBERS[member]
    with netCDF4.Dataset(netcdf) as data:
        check(data.ensemble_member == member, f"the file says what it is of {member}: {data.ensemble_member}")
        check(data.title.endswith(title), f"so does its title: {data.title}")
        found = getattr(data.variables.get(f"air_temperature{name}"), "cell_methods", None)
        check(found and found.endswith(cell_methods), f"so do its fields: {found}, {sorted(data.variables)}")
        # A member alone is a realization: not the mean, and not the spread.
        numbers = [int(data["realization"][...])] if "realization" in data.variables else []
        check(numbers == ([5] if member == "p05" else []), f"only a member is a realization: {member}, {numbers}")
    check(event["member"] == member, f"and the event: {event}")


def check_rows(grib, netcdf):
    with open(grib, "rb") as stream:
        message = eccodes.codes_grib_new_from_file(stream)
    check(eccodes.codes_get(message, "gridType") == "regular_gg", "fluxes are published on a Gaussian grid")
    rows = eccodes.codes_get_array(message, "distinctLatitudes")
    with netCDF4.Dataset(netcdf) as data:
        check(np.allclose(data["latitude"][:], rows, rtol=0, atol=1e-6), "its rows lie where eccodes puts them")


def check_real_waves(work):
    product, cycle, lead = "gfswave.atlocn.0p16", "2023-07-04T12", "76"
    subprocess.run([BIN / "gfs-simulator", "add", work / "waves", REAL_WAVES, "--cycle", cycle, "--lead", lead,
                    "--product", product], check=True, stdout=subprocess.DEVNULL)
    result = gfs(*ingest_arguments(work / "waves", work / "data", lead, "--product", product, "--variables", "all",
                                   "--unknown", "keep", cycle=cycle))
    check(result.returncode == 0, f"a real file of waves is ingested:\n{result.stdout}{result.stderr}")
    [netcdf] = (work / f"data/{product}.all/{cycle}/r1").glob("*.f076.nc")
    fields, missing, problems = compare(REAL_WAVES, netcdf)
    check(fields == 19 and missing > 0 and not problems, f"its {fields} fields are equal to eccodes': {problems[:5]}")


def main():
    with Folder() as work:
        for product, member, leads, path, _ in PRODUCTS:
            options = ["--member", member] if member else []
            make_small_cycle(work / "source", leads, "--product", product, *options)
            for name in (path, f"{path}.idx"):
                check((work / "source" / name).exists(), f"'{name}' is published")
        with Mirror(work / "source", work) as mirror:
            for product, member, leads, path, dataset in PRODUCTS:
                options = ["--member", member] if member else []
                options += ["--product", product, "--variables", "all", "--unknown", "keep"]
                result = gfs(*ingest_arguments(mirror.url(), work / "data", leads, *options))
                check(result.returncode == 0, f"{dataset} is ingested:\n{result.stdout}{result.stderr}")
                event = events(work / "data")[-1]["data"]
                check(event["dataset"] == dataset, f"the event names the dataset: {event}")
                netcdf = work / f"data/{dataset}/{CYCLE}/r1/{dataset}.{CYCLE}.f{path.removesuffix('.grib2')[-3:]}.nc"
                fields, _, problems = compare(work / "source" / path, netcdf)
                check(fields > 10 and not problems, f"{fields} fields of {dataset} are eccodes': {problems[:5]}")
                if member:
                    check_member(member, netcdf, event)
                    [manifest] = netcdf.parent.glob("*.manifest.json")
                    check(json.loads(manifest.read_text())["member"] == member, "the manifest names the member")
                elif product == "sfluxgrb":
                    check_rows(work / "source" / path, netcdf)
            nobody = gfs(*ingest_arguments(mirror.url(), work / "data", "3", "--product", "gefs.pgrb2a.0p50"))
            check(nobody.returncode == 64 and "choose c00, p01 to p30, avg or spr" in nobody.stderr,
                  f"an ensemble without a member is refused: {nobody.stderr}")
        if REAL_WAVES.exists():
            check_real_waves(work)


main()
