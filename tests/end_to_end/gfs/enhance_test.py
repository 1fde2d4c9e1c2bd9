# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Derived fields equal those computed here with another GRIB2 decoder; damaged fields are detected.

Leads 2 and 4 to 8 of a synthetic cycle: of leads 1 and 3, which are not selected, only the accumulations are fetched.
"""
import os
import pathlib
import subprocess
import sys

PYTHON = pathlib.Path("build/test-env/bin/python")
if PYTHON.exists() and pathlib.Path(sys.prefix).resolve() != pathlib.Path("build/test-env").resolve():
    os.execv(PYTHON, [PYTHON, *sys.argv])  # it has the readers

from pipeline import BIN, CYCLE, Folder, check, events, gfs, ingest_arguments, make_small_cycle, skip

try:
    import eccodes
    import netCDF4
    import numpy
except ImportError as missing:
    skip(f"build/test-env, the Python with the readers, is missing: {missing}")

LEADS = [2, 4, 5, 6, 7, 8]
NAMES = {"u": (0, 2, 2), "v": (0, 2, 3), "rain": (0, 1, 8)}


def source_file(source, lead):
    return source / f"gfs.20260821/06/atmos/gfs.t06z.pgrb2.0p25.f{lead:03}"


def field(source, lead, name, surface, level=0):
    """The first matching field of a lead's GRIB2 file in double precision, and the step of its packing."""
    with open(source_file(source, lead), "rb") as file:
        while (message := eccodes.codes_grib_new_from_file(file)) is not None:
            def read(key):
                return eccodes.codes_get_long(message, key)
            numbers = (read("discipline"), read("parameterCategory"), read("parameterNumber"))
            if numbers == NAMES[name] and (read("typeOfFirstFixedSurface"), read("level")) == (surface, level):
                step = 2.0 ** read("binaryScaleFactor") * 10.0 ** -read("decimalScaleFactor")
                return eccodes.codes_get_values(message), step
    raise LookupError(f"{name} at {surface}:{level} in lead {lead}")


def variable(root, lead, name):
    path, = pathlib.Path(root).glob(f"gfs.0p25*/{CYCLE}/r1/*.f{lead:03}.nc")
    with netCDF4.Dataset(path) as dataset:
        return numpy.ma.filled(dataset[name][0].astype(float), numpy.nan).ravel()


def differs(got, wanted):
    """The largest difference; infinite where only one of them is missing."""
    if (numpy.isnan(got) != numpy.isnan(wanted)).any():
        return numpy.inf
    return numpy.nanmax(numpy.abs(got - wanted))


def check_winds(source, root, lead):
    for height in (10, 100):
        u, _ = field(source, lead, "u", 103, height)
        v, _ = field(source, lead, "v", 103, height)
        speed = variable(root, lead, f"wind_speed_{height}m")
        check(differs(speed, (u * u + v * v) ** 0.5) < 1e-4, f"the wind speed at {height} m of lead {lead} follows from u and v")
        # The inverse: a wind from that direction with that speed has these components.
        angle = numpy.radians(variable(root, lead, f"wind_from_direction_{height}m"))
        check(((angle >= 0) & (angle < 2 * numpy.pi) | numpy.isnan(angle)).all(), "wind directions are in [0, 360) degrees")
        check((numpy.isnan(angle) == ((u == 0) & (v == 0))).all(), "a wind direction is missing only where it is calm")
        check(numpy.nanmax(numpy.abs(-speed * numpy.sin(angle) - u)) < 1e-3, f"the direction at {height} m agrees with u")
        check(numpy.nanmax(numpy.abs(-speed * numpy.cos(angle) - v)) < 1e-3, f"the direction at {height} m agrees with v")


def check_rain(source, root, lead):
    wanted, step = field(source, lead, "rain", 1)
    if lead % 6 != 1:
        before, step_before = field(source, lead - 1, "rain", 1)
        wanted = wanted - before
        check(wanted.min() >= -(step + step_before), "the synthetic sums increase")
    got = variable(root, lead, "precipitation_amount_surface_hour")
    check(differs(got, numpy.maximum(wanted, 0)) < 1e-4, f"lead {lead} has the precipitation of the last hour")
    check(got.max() > 0.1, f"there is precipitation in the hour before lead {lead}")


def damage(source, lead):
    """Makes the temperature of a lead ten times too large, and zero in the last column."""
    path = source_file(source, lead)
    damaged = path.with_name("damaged.grib2")
    with open(path, "rb") as file, open(damaged, "wb") as out:
        while (message := eccodes.codes_grib_new_from_file(file)) is not None:
            if eccodes.codes_get(message, "shortName") == "2t":
                values = eccodes.codes_get_values(message).reshape(eccodes.codes_get(message, "Nj"), -1) * 10
                values[:, -1] = 0
                eccodes.codes_set(message, "packingType", "grid_simple")
                eccodes.codes_set_values(message, values.ravel())
            eccodes.codes_write(message, out)
    subprocess.run([BIN / "gfs-simulator", "add", source, damaged, "--cycle", CYCLE, "--lead", str(lead), "--product",
                    "pgrb2.0p25"], check=True, stdout=subprocess.DEVNULL)
    damaged.unlink()


def check_damage(source, work):
    damage(source, 5)
    warned = gfs(*ingest_arguments(source, work / "warned", "4-5", "--accept-short"))
    check(warned.returncode == 0, f"damaged data is published with a warning:\n{warned.stdout}{warned.stderr}")
    checks = events(work / "warned")[0]["data"]["checks"]
    found = [(each["lead"], each["check"], each["field"]) for each in checks["warned"]]
    check(found == [(5, "range", "air_temperature_2m"), (5, "seam", "air_temperature_2m")], f"both findings are in the event: {found}")
    refused = gfs(*ingest_arguments(source, work / "refused", "4-5", "--accept-short", "--checks", "refuse"))
    check(refused.returncode == 30, f"damaged data is refused:\n{refused.stdout}{refused.stderr}")
    check("air_temperature_2m" in refused.stdout + refused.stderr, "the error names the field")
    check(not list((work / "refused").rglob("*.f005.nc")), "the rejected file is not published")


def main():
    with Folder() as work:
        source = work / "source"
        make_small_cycle(source, "0-8")
        run = gfs(*ingest_arguments(source, work / "data", ",".join(map(str, LEADS)), "--keep-grib"))
        check(run.returncode == 0, f"the cycle is ingested:\n{run.stdout}{run.stderr}")
        for lead in LEADS:
            check_winds(source, work / "data", lead)
            check_rain(source, work / "data", lead)
        alone = sorted(path.name.split(".")[-3] for path in (work / "data").rglob("*.sums.grib2"))
        check(alone == ["f001", "f003"], f"only accumulations of unselected leads are fetched separately: {alone}")
        checks = events(work / "data")[0]["data"]["checks"]
        check(checks["passed"] > 500 and not checks["warned"], f"undamaged data passes the checks: {checks}")
        check_damage(source, work)


main()
