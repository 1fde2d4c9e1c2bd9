# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""MapServer as a CGI program."""
import os
import subprocess
import urllib.parse

MAPSERV = "/usr/bin/mapserv"


class MapServer:
    def __init__(self, mapfile, work):
        self.mapfile = mapfile
        self.config = work / "mapserver.conf"
        self.config.write_text('CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n')

    def ask(self, request, **parameters):
        """The body of the response as bytes."""
        query = {"map": self.mapfile, "SERVICE": "WMS", "VERSION": "1.3.0", "REQUEST": request, **parameters}
        environment = {**os.environ, "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SCRIPT_NAME": "/mapserv",
                       "REQUEST_METHOD": "GET", "MAPSERVER_CONFIG_FILE": str(self.config),
                       "QUERY_STRING": urllib.parse.urlencode(query)}
        answer = subprocess.run([MAPSERV], env=environment, cwd="/", capture_output=True, check=True, timeout=60).stdout
        return answer.split(b"\r\n\r\n", 1)[1]

    def picture(self, layers, box, size, **parameters):
        """A map as PNG of a box in the units of CRS: west, south, east, north, which are degrees by default."""
        west, south, east, north = box
        bounds = (south, west, north, east) if parameters.get("CRS") == "EPSG:4326" else box
        return self.ask("GetMap", **{"LAYERS": layers, "STYLES": "", "CRS": "CRS:84", "BBOX": ",".join(map(str, bounds)),
                                     "WIDTH": size[0], "HEIGHT": size[1], "FORMAT": "image/png", "TRANSPARENT": "TRUE", **parameters})

    def refusal(self, layers, box=(-180, -90, 180, 90), **parameters):
        """The code of the exception that a map's request is answered with; None for a map."""
        answer = self.picture(layers, box, (72, 72), **parameters)
        return None if answer.startswith(b"\x89PNG") else answer.partition(b'code="')[2].partition(b'"')[0].decode()
