#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""recipes.py BIN [whole]: do the manual's recipes for a cycle give every value of its leads, in bounded memory?

13 leads of some fields; or `whole`: the 209 leads of the portal's fields, of which some are read. The leads, read one by
one, are what is right. Prints the memory and the seconds of each recipe.
"""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import time
import traceback
import warnings
import xml.etree.ElementTree as xml

import cf_xarray  # noqa: F401: adds `.cf` to xarray's objects
import netCDF4
import numpy as np
import xarray

from made_files import a_cycle_of_the_pipeline, folder_for_files
from xarray_recipes import HOURLY, check, check_dataset, check_values, open_cycle, open_leads

MOST_MEGABYTES = 300
MOST_OF_WHOLE = 900  # HDF5 and NetCDF take about 1 MB for each lead whose file is open
SOME = ("TMP:2 m above ground;TMP:500..850 mb;TMAX:2 m above ground;UGRD:10 m above ground;"
        "APCP:surface;DSWRF:surface")
FIELDS_OF_WHOLE = ("air_temperature_2m", "air_temperature_2m_maximum", "eastward_wind_10m", HOURLY,
                   "precipitation_amount_surface_bucket", "precipitation_amount_surface_run")
ALIKE = slice(1, 49)  # leads that have the same fields
NCML = {"": "http://www.unidata.ucar.edu/namespaces/netcdf/ncml-2.2"}


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"{' '.join(map(str, command))[:200]} succeeds: {done.stdout}{done.stderr}")
    return done.stdout


def field_names(data):
    return {name for name, variable in data.variables.items() if variable.ndim >= 3}


def values_of_leads(leads, names):
    """Every field of the leads: name to its values at all times, NaN where the lead has none."""
    by_lead = []
    for lead in leads:
        with netCDF4.Dataset(lead) as data:
            by_lead.append({name: np.ma.filled(data[name][0], np.nan) for name in names or field_names(data)
                            if name in data.variables})
    shapes = {name: values.shape for fields in by_lead for name, values in fields.items()}
    return {name: np.stack([fields.get(name, np.full(shape, np.nan, "f4")) for fields in by_lead])
            for name, shape in shapes.items()}


class Cycle:
    """A published cycle, and what is right."""
    FEW = [0, 6, 7]  # without sums, and both sides of the end of a bucket; xarray needs long to open a lead

    def __init__(self, leads, names=None):
        self.leads, self.names = leads, names
        self.folder = pathlib.Path(leads[0]).parent
        self.file, = self.folder.glob("*T06.nc")
        self.references, = self.folder.glob("*T06.kerchunk.json")
        self.ncml, = self.folder.glob("*T06.ncml")
        self.wanted = values_of_leads(leads, names)

    def few_leads(self):
        """Some leads, and their values."""
        few = list(range(0, len(self.leads), 16)) if self.names else self.FEW
        return [self.leads[index] for index in few], {name: values[few] for name, values in self.wanted.items()}

    def check_file(self, what, netcdf, leads=slice(None)):
        with netCDF4.Dataset(netcdf) as data:
            check(self.names or field_names(data) == set(self.wanted), f"{what} keeps every field: {field_names(data)}")

        def read(name):  # opened for each field, since HDF5 keeps what it has open of every lead
            with netCDF4.Dataset(netcdf) as data:
                return np.ma.filled(data[name][:], np.nan)

        check_values(what, {name: values[leads] for name, values in self.wanted.items()}, read)


def opening(cycle, _):
    with xarray.open_dataset(cycle.file, decode_timedelta=False) as data:
        check(data.sizes["time"] == len(cycle.leads), "the cycle's file has all times")


def netcdf4(cycle, _):
    cycle.check_file("netCDF4", cycle.file)


def cf_coordinates(cycle, _):
    """Readers that look for one time and one height of a field by standard name find one."""
    for netcdf in (cycle.file, cycle.leads[8]):
        with xarray.open_dataset(netcdf, decode_timedelta=False) as data:
            check(data.cf["time"].name == data[HOURLY].cf["time"].name == "time", "cf_xarray finds one time")
            for name, height in (("air_temperature_2m", 2), ("eastward_wind_10m", 10)):
                found = data[name].cf["vertical"]
                check(float(found) == height, f"cf_xarray finds the height of {name}: {found}")


def xarray_of_cycle(cycle, _):
    open_cycle(cycle.file, cycle.wanted)


def xarray_of_leads(cycle, _):
    open_leads(*(cycle.few_leads() if cycle.names else (cycle.leads, cycle.wanted)))


def xarray_of_leads_with_coming_defaults(cycle, _):
    with xarray.set_options(use_new_combine_kwarg_defaults=True):
        open_leads(*cycle.few_leads(), "open_mfdataset with the coming defaults")


def xarray_of_debian(cycle, folder):
    if subprocess.run(["/usr/bin/python3", "-c", "import xarray, dask, netCDF4"], capture_output=True, check=False).returncode:
        print("Debian's xarray is not installed")
        return
    leads, values = cycle.few_leads()
    np.savez(folder / "wanted.npz", **cycle.wanted)
    np.savez(folder / "few.npz", **values)
    run("/usr/bin/python3", pathlib.Path(__file__).with_name("xarray_recipes.py"), folder / "wanted.npz", cycle.file,
        folder / "few.npz", *leads)


def kerchunk(cycle, _):
    with xarray.open_dataset(os.fspath(cycle.references), engine="kerchunk", decode_timedelta=False,
                             storage_options={"template_overrides": {"u": f"{cycle.folder}/"}}) as data:
        check(cycle.names or {name for name in data if data[name].ndim >= 3} == set(cycle.wanted), "kerchunk has every field")
        check_dataset("kerchunk", data, cycle.wanted)
        with xarray.open_dataset(cycle.file, decode_timedelta=False) as same:
            check(data.attrs == same.attrs and set(data.variables) == set(same.variables), "kerchunk has what the file has")
            for name, variable in same.variables.items():
                check(variable.ndim >= 3 or variable.identical(data[name].variable), f"kerchunk: {name} is the file's")


def ncml(cycle, _):
    """With what each lead declares it has every variable of the cycle."""
    with netCDF4.Dataset(cycle.file) as data:
        everything = set(data.variables)
    leads = xml.parse(cycle.ncml).getroot().findall("aggregation/netcdf", NCML)
    check([lead.get("location") for lead in leads] == [os.path.basename(lead) for lead in cycle.leads], "NcML joins the leads")
    for lead in leads:
        with netCDF4.Dataset(cycle.folder / lead.get("location")) as data:
            own = set(data.variables)
            check(float(lead.get("coordValue")) == data["time"][0], "NcML has the time of the lead")
        declared = {variable.get("name") for variable in lead.findall("variable", NCML)}
        check(own | declared == everything and not own & declared, f"{lead.get('location')} lacks nothing: {everything - own - declared}")


def cdo(cycle, folder):
    operator = f"selname,{','.join(cycle.names)}" if cycle.names else "copy"
    run("cdo", "-s", "-f", "nc4", operator, cycle.file, folder / "copy.nc")
    cycle.check_file("cdo copy", folder / "copy.nc")


def cdo_mergetime(cycle, folder):
    run("cdo", "-s", "-f", "nc4", "mergetime", *cycle.leads[ALIKE], folder / "merged.nc")
    cycle.check_file("cdo mergetime", folder / "merged.nc", ALIKE)


def ncks(cycle, folder):
    run("ncks", "--cnk_plc=uck", *(["-v", ",".join(cycle.names)] if cycle.names else []), cycle.file, folder / "kept.nc")
    cycle.check_file("ncks", folder / "kept.nc")


def ncrcat(cycle, folder):
    run("ncrcat", *cycle.leads[ALIKE], folder / "joined.nc")
    cycle.check_file("ncrcat", folder / "joined.nc", ALIKE)


def gdal(cycle, folder):
    run("gdal_translate", "-q", "-of", "ENVI", f"NETCDF:{cycle.file}:{HOURLY}", folder / "bands.img")
    wanted = cycle.wanted[HOURLY]
    bands = np.fromfile(folder / "bands.img", "<f4").reshape(wanted.shape)
    bands[bands == np.float32(netCDF4.default_fillvals["f4"])] = np.nan
    check(np.array_equal(bands, wanted, equal_nan=True), "GDAL has the values of the leads, one band for each time")


def iris(cycle, _):
    import iris as reader
    cubes = reader.load(os.fspath(cycle.file))
    cube, = [cube for cube in cubes if cube.var_name == HOURLY]
    check(np.array_equal(cube.data.filled(np.nan), cycle.wanted[HOURLY], equal_nan=True), "iris has the values of the leads")
    check(len(cube.coords("time")) == 1, "iris finds one time")


RECIPES = [(opening, None), (netcdf4, None), (cf_coordinates, None), (xarray_of_cycle, None), (xarray_of_leads, None),
           (xarray_of_leads_with_coming_defaults, None), (xarray_of_debian, None), (kerchunk, None), (ncml, None),
           (cdo, "cdo"), (cdo_mergetime, "cdo"), (ncks, "ncks"), (ncrcat, "ncrcat"), (gdal, "gdal_translate"), (iris, "iris")]


def is_there(program):
    return program is None or shutil.which(program) or importlib.util.find_spec(program)


def try_recipe(recipe, program, cycle, folder):
    """In a process of its own, so that its memory is its own."""
    if not is_there(program):
        print(f"{program} is not installed")
        return
    most = MOST_OF_WHOLE if cycle.names and recipe is not opening else MOST_MEGABYTES
    sys.stdout.flush()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            recipe(cycle, folder)
            status = 0
        except SystemExit as exit_:
            print(exit_)
        except Exception:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    _, status, used = os.wait4(child, 0)
    megabytes, name = used.ru_maxrss / 1024, recipe.__name__.replace("_", " ")
    print(f"{name:38} {megabytes:4.0f} MB, {used.ru_utime + used.ru_stime:5.1f} s of the processor, {time.monotonic() - began:5.1f} s")
    check(status == 0, f"the recipe '{name}' gives the values")
    check(megabytes < most, f"the recipe '{name}' takes less than {most} MB")


def main():
    warnings.simplefilter("ignore")
    binaries, is_whole = pathlib.Path(sys.argv[1]).resolve(), "whole" in sys.argv[2:]
    with folder_for_files() as folder:
        if is_whole:
            cycle = Cycle(a_cycle_of_the_pipeline(binaries, folder, "all"), FIELDS_OF_WHOLE)
        else:
            cycle = Cycle(a_cycle_of_the_pipeline(binaries, folder, "0-12", variables=SOME))
        check(len(cycle.leads) == (209 if is_whole else 13), f"the cycle has its leads: {len(cycle.leads)}")
        check(np.isnan(cycle.wanted[HOURLY][0]).all() and not np.isnan(cycle.wanted[HOURLY][8]).any(), "lead 0 lacks the hourly sum")
        for recipe, program in RECIPES:
            try_recipe(recipe, program, cycle, pathlib.Path(folder))
    print("every recipe gives the values of the leads")


main()
