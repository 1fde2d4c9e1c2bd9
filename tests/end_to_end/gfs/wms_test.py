# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""Debian's MapServer draws the published files, each value at its position and in its colour, and at the time asked for.

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
TIMES = [f"2026-08-21T0{hour}:00:00Z" for hour in (6, 7, 8, 9)]
AT = TIMES[-1]  # lead 3
UNKNOWN = ["2026-08-21T05:00:00Z", "2026-08-21T07:30:00Z", "2026-08-21", "current", "2026-08-21T09:00:00+02:00",
           "2026-08-21T09:00:00.5Z", "2026-08-21T0930Z", ",".join(TIMES[:2]), "/".join(TIMES[:2]), TIMES[0] + "'"]


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


def picture(server, layer, box, size, **parameters):
    from PIL import Image  # of build/test-env, as netCDF4 is
    return Image.open(io.BytesIO(server.picture(layer, box, size, **parameters))).convert("RGBA")


def pixels(netcdf, layer, box, size, crs):
    """The cells of a file whose centres lie on a map: latitude, longitude, value, x and y of the pixel."""
    import netCDF4
    import pyproj
    west, south, east, north = box
    is_degrees = crs in ("CRS:84", "EPSG:4326")
    project = None if is_degrees else pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    with netCDF4.Dataset(netcdf) as data:
        field = data[layer][:].squeeze()
        for row, latitude in enumerate(data["latitude"][:]):
            for column, longitude in enumerate(data["longitude"][:]):
                x, y = (west + (longitude - west) % 360, latitude) if is_degrees else project(longitude, latitude)
                x, y = (x - west) / (east - west) * size[0], (north - y) / (north - south) * size[1]
                if 0 < x < size[0] and 0 < y < size[1] and abs(latitude) < 90:
                    yield latitude, longitude, float(field[row, column]), int(x), int(y)


def compare(server, layers_file, netcdf, layer, box, crs="CRS:84", time=AT):
    """Checks the colour at the centre of every cell of the file on the map."""
    west, south, east, north = box
    size = ((east - west) * 4, (north - south) * 4) if crs == "CRS:84" else (400, 400)
    image = picture(server, layer, box, size, TIME=time, CRS=crs)
    check(len(image.getcolors(1 << 20)) > 1, f"the map of {layer} in {box} of {crs} is not blank")
    steps = colours_of(layers_file, layer)
    looked = 0
    for latitude, longitude, value, x, y in pixels(netcdf, layer, box, size, crs):
        if any(abs(value - low) < 0.02 for low, _ in steps):
            continue  # on a bound, subject to the server's rounding
        wanted = [colour for low, colour in steps if value >= low]
        got = image.getpixel((x, y))
        shown = "#%02x%02x%02x" % got[:3] if got[3] else None
        check(shown == (wanted[-1] if wanted else None),
              f"{layer} at {latitude} N {longitude} E is {value}: {wanted[-1:]}, but the map in {crs} shows {shown}")
        looked += 1
    check(looked > 30, f"enough cells of the map of {layer} in {box} of {crs} were compared: {looked}")


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
    image = picture(server, "air_temperature_2m", WORLD, (720, 360), TIME=AT)
    check(image.getextrema()[3][0] == 255, "the map of the world has no gap, neither at Greenwich nor at the dateline")


POLE, ALASKA, MERCATOR = (-4000000, -4000000, 4000000, 4000000), (-2200000, 400000, 1600000, 2400000), (
    -20000000, -20000000, 20000000, 20000000)
SYSTEMS = {"EPSG:4326": WORLD, "EPSG:3857": MERCATOR, "EPSG:3338": ALASKA, "EPSG:3413": POLE, "EPSG:3995": POLE}


def check_coordinate_systems(server, layers_file, netcdf, time):
    capabilities = server.ask("GetCapabilities").decode()
    for crs, box in SYSTEMS.items():
        check(f"<CRS>{crs}</CRS>" in capabilities, f"{crs} is offered:\n{capabilities}")
        compare(server, layers_file, netcdf, "air_temperature_2m", box, crs, time)
    # MapServer 8.0 does not turn arrows, which would point elsewhere in the last of these systems.
    for crs, wanted in (("EPSG:3857", None), ("EPSG:3413", "InvalidSRS")):
        refused = server.refusal("wind_10m", SYSTEMS[crs], CRS=crs, TIME=time)
        check(refused == wanted, f"arrows in {crs} are answered with {wanted}: {refused}")


def check_times(server, known, unknown):
    """A time that is known gets a map, however it is written; no time gets the newest; any other is refused."""
    def at(layer, **parameters):
        return server.picture(layer, WORLD, (360, 180), **parameters)
    newest = known[-1]
    maps = [at("air_temperature_2m", TIME=time) for time in known]
    check(len(set(maps)) == len(maps), f"each hour of {known} has its own map")
    check(at("air_temperature_2m") == at("air_temperature_2m", TIME="") == maps[-1], f"a request without TIME gets {newest}")
    arrows = at("wind_10m", TIME=newest)
    check(at("wind_10m", TIME=known[0]) != arrows == at("wind_10m"), f"a request of arrows without TIME gets {newest}")
    for written in (known[0][:-7] + "Z", known[0][:-1] + ".000Z"):
        check(at("air_temperature_2m", TIME=written) == maps[0], f"'{written}' is {known[0]}")
    for time in unknown:
        refused = server.refusal("air_temperature_2m", TIME=time)
        check(refused == "InvalidDimensionValue", f"TIME={time} is answered with InvalidDimensionValue: {refused}")
    capabilities = server.ask("GetCapabilities", TIME='"/><x').decode()
    check(f'default="{newest}"' in capabilities and "<x" not in capabilities,
          f"the newest time is told, and nothing of the request:\n{capabilities[:9000]}")


def geographic_box(server):
    """The bounds in the capabilities, which are the same for the map and all its layers."""
    capabilities = server.ask("GetCapabilities").decode()
    found = {part.partition("</EX_Geo")[0] for part in capabilities.split("<EX_GeographicBoundingBox>")[1:]}
    numbers = {tuple(float(number.partition("<")[0]) for number in part.split("Longitude>")[1::2] + part.split("Latitude>")[1::2])
               for part in found}
    check(len(numbers) == 1, f"all layers have the same bounds: {numbers}")
    return numbers.pop()


def check_areas(work):
    for area, bounds in (("-10,30,35,70", (-12.5, 32.5, 32.5, 72.5)), ("150,-130,50,75", (-180, 180, 47.5, 77.5))):
        root = work / f"area{area[:3]}"
        made = gfs(*ingest_arguments(work / "source", root, "0", "--area", area))
        check(made.returncode == 0, f"an area is ingested:\n{made.stdout}{made.stderr}")
        [mapfile] = root.glob("*/latest.map")
        server = MapServer(mapfile, work)
        box = geographic_box(server)
        check(box == bounds, f"the map of the area {area} has its bounds {bounds}: {box}")
    # The last area lies across the date line: in the middle of an Alaskan map, and on both sides of a map of the world.
    [layers_file], [netcdf] = mapfile.parent.glob("latest/*.wms/layers.map"), mapfile.parent.glob("latest/*.f000.nc")
    for crs, place in (("CRS:84", WORLD), ("EPSG:3338", ALASKA), ("EPSG:3995", POLE)):
        compare(server, layers_file, netcdf, "air_temperature_2m", place, crs, "2026-08-21T06:00:00Z")


def check_next_cycle(work, dataset):
    """A newer cycle: who asks for an hour of the former one is told, and the user's colours are still there."""
    own = ("# our own\nair_temperature_2m,,#0000ff,frost\nair_temperature_2m,273.15,#ff0000,no frost\n"
           "soil_typ,1,#000000,a name that is not there\nwind_speed,5,red,not a colour\n")
    (dataset / "styles.csv").write_text(own)
    make_small_cycle(work / "source", "0-1", cycle="2026-08-21T12")
    made = gfs(*ingest_arguments(work / "source", work / "data", "0-1", cycle="2026-08-21T12"))
    check(made.returncode == 0, f"the next cycle is ingested:\n{made.stdout}{made.stderr}")
    for told in ("styles.csv': 'soil_typ' is no variable", "styles.csv', line 5, 'wind_speed': 'red' is not a colour"):
        check(told in made.stdout + made.stderr, f"the run says {told}:\n{made.stdout}{made.stderr}")
    server = MapServer(dataset / "latest.map", work)
    known = ["2026-08-21T12:00:00Z", "2026-08-21T13:00:00Z"]
    check_times(server, known, [AT])
    check((dataset / "styles.csv").read_text() == own, "the user's colours are as they were")
    [layers_file] = dataset.glob("latest/*.wms/layers.map")
    colours = colours_of(layers_file, "air_temperature_2m")
    check(colours == [(float("-inf"), "#0000ff"), (273.15, "#ff0000")], f"the map has the user's colours: {colours}")
    check(len(colours_of(layers_file, "wind_speed_10m")) > 2, "colours that are not valid are replaced by the built-in ones")
    compare(server, layers_file, dataset / "latest/gfs.0p25.2026-08-21T12.f001.nc", "air_temperature_2m", WORLD, time=known[1])
    [former] = dataset.glob(f"{CYCLE}/r1/*.wms/gfs.0p25.map")
    check(MapServer(former, work).refusal("air_temperature_2m", TIME=AT) is None, "the former cycle has its own map still")


def main(work):
    make_small_cycle(work / "source")
    made = gfs(*ingest_arguments(work / "source", work / "data"))
    check(made.returncode == 0, f"the cycle is ingested:\n{made.stdout}{made.stderr}")
    dataset = work / "data" / "gfs.0p25"
    server = MapServer(dataset / "latest.map", work)
    capabilities = server.ask("GetCapabilities").decode()
    for layer in ("air_temperature_2m", "eastward_wind_10m", "wind_10m", "precipitation_amount_surface_bucket"):
        check(f"<Name>{layer}</Name>" in capabilities, f"the server offers {layer}:\n{capabilities}")
    check(",".join(TIMES) in capabilities, "the server knows the times")
    check_times(server, [TIMES[0], AT], UNKNOWN)
    [layers_file] = dataset.glob("latest/*.wms/layers.map")
    netcdf = dataset / "latest" / f"gfs.0p25.{CYCLE}.f003.nc"
    for box in (EUROPE, AMERICA, DATELINE, WORLD):
        compare(server, layers_file, netcdf, "air_temperature_2m", box)
    for layer in ("eastward_wind_10m", "precipitation_amount_surface_bucket"):
        for box in (EUROPE, AMERICA):
            compare(server, layers_file, netcdf, layer, box)
    check_that_there_is_no_gap(server)
    check_coordinate_systems(server, layers_file, netcdf, AT)
    compare_cycle(dataset, work)
    arrows = server.picture("wind_10m", WORLD, (720, 360), TIME=AT)
    check(arrows.startswith(b"\x89PNG") and len(arrows) > 2000, f"there is a map of arrows: {arrows[:400]}")
    check_areas(work)
    check_next_cycle(work, dataset)
    elsewhere = work / "moved"
    (work / "data").rename(elsewhere)
    moved = MapServer(elsewhere / "gfs.0p25" / "latest.map", work).picture("air_temperature_2m", WORLD, (72, 36))
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
