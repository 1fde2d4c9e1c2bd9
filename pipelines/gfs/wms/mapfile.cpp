// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/mapfile.hpp"

#include "wms/mapfile_text.hpp"

#include <fmt/format.h>

namespace gfs {

std::string mapfile(const MapHeader& header) {
    return fmt::format(R"(MAP
  NAME {}
  SHAPEPATH {}
  EXTENT -180 -90 180 90
  SIZE 1024 512
  MAXSIZE 4096
  UNITS DD
  IMAGETYPE PNG
  PROJECTION "init=epsg:4326" END
  WEB
    METADATA
      "wms_title" {}
      "wms_enable_request" "*"
      "wms_srs" "EPSG:4326 EPSG:3857 CRS:84"
    END
  END
  OUTPUTFORMAT
    NAME "png"
    DRIVER "AGG/PNG"
    MIMETYPE "image/png"
    IMAGEMODE RGBA
    EXTENSION "png"
    TRANSPARENT ON
  END
  SYMBOL
    NAME "arrow"
    TYPE VECTOR
    FILLED TRUE
    POINTS 0 0.4 0.7 0.4 0.7 0 1 0.5 0.7 1 0.7 0.6 0 0.6 0 0.4 END
  END
  INCLUDE {}
END
)",
                       mapfile_quote(header.name), mapfile_quote(header.rasters), mapfile_quote(header.title),
                       mapfile_quote(fmt::format("{}/{}", header.rasters, map_layers_file)));
}

}  // namespace gfs
