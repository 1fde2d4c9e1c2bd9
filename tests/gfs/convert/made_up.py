# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""GRIB2 files made by python's own eccodes, their conversion, and what must come out of it."""
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import eccodes
    import netCDF4
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

MISSING = -7.25e30
FIELD = {"tablesVersion": 2, "centre": 7, "dataDate": 20220315, "dataTime": 1800, "forecastTime": 6, "shapeOfTheEarth": 6,
         "typeOfFirstFixedSurface": 103, "scaleFactorOfFirstFixedSurface": 0, "scaledValueOfFirstFixedSurface": 2,
         "typeOfSecondFixedSurface": 255}  # the temperature at 2 m, 6 h ahead

ROTATED = {"gridDefinitionTemplateNumber": 1, "Ni": 12, "Nj": 7, "latitudeOfFirstGridPoint": -12000000,
           "latitudeOfLastGridPoint": 12000000, "longitudeOfFirstGridPoint": 340000000,
           "longitudeOfLastGridPoint": 13000000, "iDirectionIncrement": 3000000, "jDirectionIncrement": 4000000,
           "scanningMode": 64, "latitudeOfSouthernPole": -36000000, "longitudeOfSouthernPole": 254000000,
           "angleOfRotation": 0}


def message(keys, values, missing=None):
    """A message of these values; where `missing` is True they are marked as missing in a bitmap."""
    handle = eccodes.codes_grib_new_from_samples("GRIB2")
    for key, value in {**FIELD, **keys}.items():
        if key != "packingType":
            eccodes.codes_set(handle, key, value)
    if missing is not None:
        eccodes.codes_set(handle, "missingValue", MISSING)
        eccodes.codes_set(handle, "bitmapPresent", 1)
        values = np.where(missing, MISSING, values)
    # A size of its own has to be packed simply before eccodes can pack it otherwise.
    eccodes.codes_set(handle, "bitsPerValue", 16)
    eccodes.codes_set_values(handle, values.reshape(-1))
    if "packingType" in keys:
        eccodes.codes_set(handle, "packingType", keys["packingType"])
        eccodes.codes_set_values(handle, values.reshape(-1))
    result = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    return result


def points(grib):
    """Latitudes and longitudes of the message in these bytes."""
    handle = eccodes.codes_new_from_message(grib)
    result = eccodes.codes_get_array(handle, "latitudes"), eccodes.codes_get_array(handle, "longitudes")
    eccodes.codes_release(handle)
    return result


def decoded(grib):
    """The values of the message in these bytes as floats; missing ones are netCDF's fill."""
    handle = eccodes.codes_new_from_message(grib)
    eccodes.codes_set(handle, "missingValue", MISSING)
    values = eccodes.codes_get_values(handle)
    floats = values.astype(np.float32)
    floats[values == MISSING] = netCDF4.default_fillvals["f4"]
    eccodes.codes_release(handle)
    return floats


class Converter:
    """The program under test, in a folder of its own."""

    def __init__(self, program):
        self.program = program
        self.folder = tempfile.TemporaryDirectory()
        self.grib, self.netcdf = (os.path.join(self.folder.name, name) for name in ("a.grib2", "a.nc"))

    def run(self, grib):
        pathlib.Path(self.grib).write_bytes(grib)
        return subprocess.run([self.program, self.grib, self.netcdf], capture_output=True, text=True, check=False)

    def converted(self, grib):
        """The NetCDF file of these bytes, and its only field."""
        done = self.run(grib)
        if done.returncode != 0:
            sys.exit(f"not converted: {done.stderr}")
        data = netCDF4.Dataset(self.netcdf)
        data.set_auto_mask(False)
        fields, = [variable for variable in data.variables.values() if "grib_parameter" in variable.ncattrs()]
        return data, fields
