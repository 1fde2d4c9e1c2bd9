# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""draw_map.py FILE.nc VARIABLE MAP.png: one field of a published file as a picture, by readers that are not ours."""
import sys

import matplotlib
import netCDF4

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (after the choice of a backend without a screen)

path, name, picture = sys.argv[1:]
with netCDF4.Dataset(path) as dataset:
    variable = dataset[name]
    field = variable[:].squeeze()
    longitude, latitude = dataset["longitude"][:], dataset["latitude"][:]
    time = netCDF4.num2date(dataset["time"][0], dataset["time"].units)
    label, units = getattr(variable, "long_name", name), variable.units

figure, axes = pyplot.subplots(figsize=(10, 5.2), layout="constrained")
mesh = axes.pcolormesh(longitude[::2], latitude[::2], field[::2, ::2], shading="nearest", cmap="turbo")
axes.set(title=f"{label}, {time:%Y-%m-%d %H:%M} UTC", xlabel="longitude", ylabel="latitude")
figure.colorbar(mesh, label=units, shrink=0.85)
figure.savefig(picture, dpi=100)
