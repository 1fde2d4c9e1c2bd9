#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""check_map.py NETCDF: are the latitudes and longitudes what pyproj makes of x, y and the grid mapping's attributes?

Up to 2**-17 degrees, less than a metre, to which they are rounded.
"""
import sys

import numpy as np
import pyproj
import netCDF4

data = netCDF4.Dataset(sys.argv[1])
plane = pyproj.CRS.from_cf({name: data["crs"].getncattr(name) for name in data["crs"].ncattrs()})
x, y = np.meshgrid(*((data["rlon"][:], data["rlat"][:]) if "rlat" in data.variables else (data["x"][:], data["y"][:])))
globe = plane.geodetic_crs if plane.is_projected else plane.source_crs  # a rotated globe is derived from another one
longitude, latitude = pyproj.Transformer.from_crs(plane, globe, always_xy=True).transform(x, y)
around = np.abs((longitude - data["longitude"][:] + 180) % 360 - 180)
worst = max(np.abs(latitude - data["latitude"][:]).max(), around.max())
print(f"pyproj finds the points elsewhere, by up to {worst} degrees")
sys.exit(1 if worst > 2**-17 + 1e-9 else 0)
