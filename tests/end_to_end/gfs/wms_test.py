# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Debian's MapServer draws the published files, each value at its position and in its colour.

Uses the map files of the store unchanged, through `latest.map`. The one file over the cycle is drawn, too, as GDAL reads it.
"""
import io
import os
import pathlib
import subprocess
import sys

from pipeline import CYCLE, Folder, check, gfs, ingest_arguments, make_small_cycle, skip
from mapserver import MAPSERV, MapServer

PYTHON = pathlib.Path("build/test-env/bin/python").absolute()

EUROPE, AMERICA, DATELINE, WORLD = (-25, 30, 45, 70), (-130, -40, -30, 55), (150, -60, 180, 60), (-180, -90, 180, 90)
AT = "2026-08-21T09:00:00Z"  # lead 3


def colours_of(mapfile, layer):
    """The bounds and colours of a layer's classes, parsed from the mapfile."""
    steps, inside = [], False
    for line in mapfile.read_text().splitlines():
        if line.startswith("    NAME "):
            inside = line == f'    NAME "{layer}"'
        elif inside and line.startswith("    CLASS"):
            low = line.partition(">= ")[2].partition(")")[0].partition(" ")[0]
            steps.append((float(low) if low else float("-inf"), line.partition('COLOR "')[2][:7]))
    return steps


def picture(server, layer, box, size):
    from PIL import Image  # of build/test-env, as netCDF4 is
    return Image.open(io.BytesIO(server.picture(layer, box, size, TIME=AT))).convert("RGBA")


def compare(server, layers_file, netcdf, layer, box):
    """Checks the colour at the centre of every cell of the file on the map."""
    import netCDF4
    west, south, east, north = box
    size = ((east - west) * 4, (north - south) * 4)
    image = picture(server, layer, box, size)
    check(len(image.getcolors(1 << 20)) > 2, f"the map of {layer} in {box} is not blank")
    steps = colours_of(layers_file, layer)
    looked = 0
    with netCDF4.Dataset(netcdf) as data:
        field = data[layer][:].squeeze()
        for row, latitude in enumerate(data["latitude"][:]):
            for column, longitude in enumerate(data["longitude"][:]):
                x, y = ((longitude - west) % 360) * 4, (north - latitude) * 4
                if not (0 < x < size[0] and 0 < y < size[1]):
                    continue
                value = float(field[row, column])
                if any(abs(value - low) < 0.02 for low, _ in steps):
                    continue  # on a bound, subject to the server's rounding
                wanted = [colour for low, colour in steps if value >= low]
                got = image.getpixel((int(x), int(y)))
                shown = "#%02x%02x%02x" % got[:3] if got[3] else None
                check(shown == (wanted[-1] if wanted else None),
                      f"{layer} at {latitude} N {longitude} E is {value}: {wanted[-1:]}, but the map shows {shown}")
                looked += 1
    check(looked > 30, f"enough cells of the map of {layer} in {box} were compared: {looked}")


CYCLE_MAP = """MAP NAME "cycle" EXTENT 0 -90 360 90 SIZE 72 37 UNITS DD PROJECTION "init=epsg:4326" END
  WEB METADATA "wms_title" "cycle" "wms_enable_request" "*" "wms_srs" "CRS:84 EPSG:4326" END END
  LAYER NAME "cycle" TYPE RASTER STATUS ON DATA 'NETCDF:"{file}":{variable}' PROCESSING "BANDS={band}"
    PROJECTION "init=epsg:4326" END METADATA "wms_title" "cycle" "wms_include_items" "all" END TEMPLATE "value"
  END
END"""


def value_in_cycle(dataset, work, variable, band, column, row):
    """What Debian's GDAL finds in the one file over the cycle."""
    mapfile = work / "cycle.map"
    mapfile.write_text(CYCLE_MAP.format(file=dataset / f"latest/gfs.0p25.{CYCLE}.nc", variable=variable, band=band))
    told = MapServer(mapfile, work).ask(
        "GetFeatureInfo", LAYERS="cycle", QUERY_LAYERS="cycle", STYLES="", CRS="CRS:84", BBOX="-2.5,-92.5,357.5,92.5", WIDTH=72,
        HEIGHT=37, I=column, J=row, FORMAT="image/png", INFO_FORMAT="text/plain").decode()
    return float(told.partition("value_0 = '")[2].partition("'")[0])


def compare_cycle(dataset, work):
    import netCDF4
    for lead in range(4):
        with netCDF4.Dataset(dataset / "latest" / f"gfs.0p25.{CYCLE}.f{lead:03}.nc") as data:
            value = float(data["air_temperature_2m"][0, 9, 10])
        found = value_in_cycle(dataset, work, "air_temperature_2m", lead + 1, 10, 9)
        check(abs(found - value) < 1e-4, f"GDAL finds {value} of lead {lead} in the file over the cycle: {found}")


def check_that_there_is_no_gap(server):
    image = picture(server, "air_temperature_2m", WORLD, (720, 360))
    check(image.getextrema()[3][0] == 255, "the map of the world has no gap, neither at Greenwich nor at the dateline")


def main(work):
    make_small_cycle(work / "source")
    made = gfs(*ingest_arguments(work / "source", work / "data"))
    check(made.returncode == 0, f"the cycle is ingested:\n{made.stdout}{made.stderr}")
    dataset = work / "data" / "gfs.0p25"
    server = MapServer(dataset / "latest.map", work)
    capabilities = server.ask("GetCapabilities").decode()
    for layer in ("air_temperature_2m", "eastward_wind_10m", "wind_10m", "precipitation_amount_surface_bucket"):
        check(f"<Name>{layer}</Name>" in capabilities, f"the server offers {layer}:\n{capabilities}")
    check("2026-08-21T06:00:00Z,2026-08-21T07:00:00Z,2026-08-21T08:00:00Z,2026-08-21T09:00:00Z" in capabilities,
          "the server knows the times")
    [layers_file] = dataset.glob("latest/*.wms/layers.map")
    netcdf = dataset / "latest" / f"gfs.0p25.{CYCLE}.f003.nc"
    for box in (EUROPE, AMERICA, DATELINE, WORLD):
        compare(server, layers_file, netcdf, "air_temperature_2m", box)
    for layer in ("eastward_wind_10m", "precipitation_amount_surface_bucket"):
        for box in (EUROPE, AMERICA):
            compare(server, layers_file, netcdf, layer, box)
    check_that_there_is_no_gap(server)
    compare_cycle(dataset, work)
    arrows = server.picture("wind_10m", WORLD, (720, 360), TIME=AT)
    check(arrows.startswith(b"\x89PNG") and len(arrows) > 2000, f"there is a map of arrows: {arrows[:400]}")
    elsewhere = work / "moved"
    (work / "data").rename(elsewhere)
    moved = MapServer(elsewhere / "gfs.0p25" / "latest.map", work).picture("air_temperature_2m", WORLD, (72, 36), TIME=AT)
    check(moved.startswith(b"\x89PNG"), f"a moved store is still drawn: {moved[:400]}")


if __name__ == "__main__":
    if not os.access(MAPSERV, os.X_OK):
        skip(f"'{MAPSERV}' is missing (Debian: cgi-mapserver)")
    if sys.executable != str(PYTHON):
        if not PYTHON.exists():
            skip("build/test-env, the Python that reads the result, is missing")
        sys.exit(subprocess.run([PYTHON, *sys.argv], check=False).returncode)
    with Folder() as folder:
        main(folder)
