// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/mapfile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

namespace gfs {
namespace {

/// Quotes a string for a mapfile.
std::string mapfile_quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

/// The tile index: the raster of each time, shared by all layers.
std::string tile_index_layer(const std::vector<MapTime>& times) {
    std::string text = R"(  LAYER
    NAME "times"
    TYPE POLYGON
    STATUS OFF
    METADATA "wms_enable_request" "!*" END
    PROCESSING "ITEMS=location,time"
)";
    for (const MapTime& time : times) {
        const MapExtent at = map_extent(time.content.latitude, time.content.longitude);
        text += fmt::format("    FEATURE POINTS {0} {1} {2} {1} {2} {3} {0} {3} {0} {1} END ITEMS {4} END\n", at.west,
                            at.south(), at.east(), at.north,
                            mapfile_quote(fmt::format("{};{}", raster_name(time), time.time)));
    }
    return text + "  END\n";
}

std::string layer_metadata(std::string_view title, const std::vector<std::string>& times) {
    return fmt::format(R"(    STATUS ON
    TILEINDEX "times"
    TILEITEM "location"
    PROJECTION "init=epsg:4326" END
    METADATA
      "wms_title" {}
      "wms_extent" "-180 -90 180 90"
      "wms_timeextent" "{}"
      "wms_timeitem" "time"
      "wms_timedefault" "{}"
      "wms_include_items" "all"
    END
)",
                       mapfile_quote(title), fmt::join(times, ","), times.front());
}

std::string class_text(const std::vector<ColourStep>& palette, std::size_t step) {
    const ColourStep& at = palette[step];
    std::string condition;
    if (at.from) condition = fmt::format("[pixel] >= {}", *at.from);
    if (step + 1 < palette.size())
        condition += fmt::format("{}[pixel] < {}", at.from ? " AND " : "", *palette[step + 1].from);
    return fmt::format("    CLASS NAME {} EXPRESSION ({}) STYLE COLOR \"{}\" END END\n", mapfile_quote(at.label),
                       condition, at.colour);
}

std::string layer_text(const MapLayer& layer, std::size_t band) {
    std::string text = fmt::format(
        "  LAYER\n    NAME {}\n    TYPE RASTER\n    TEMPLATE \"value\"\n    PROCESSING \"BANDS={}\"\n"
        // By default values are rounded to 256 steps and rasters are shifted by up to half a cell.
        "    PROCESSING \"SCALE_BUCKETS=65536\"\n    PROCESSING \"RESAMPLE=NEAREST\"\n",
        mapfile_quote(layer.field.variable), band);
    text += layer_metadata(fmt::format("{} ({})", layer.field.long_name, layer.field.units), layer.times);
    for (std::size_t step = 0; step < layer.palette.size(); ++step)
        if (!layer.palette[step].colour.empty()) text += class_text(layer.palette, step);
    return text + "  END\n";
}

std::string arrow_layer(const WindArrows& arrows, const std::vector<MapLayer>& layers) {
    std::string text = fmt::format(R"(  LAYER
    NAME {}
    TYPE POINT
    CONNECTIONTYPE UVRASTER
    PROCESSING "BANDS={},{}"
    PROCESSING "UV_SPACING=24"
)",
                                   mapfile_quote(arrows.name), arrows.eastward + 1, arrows.northward + 1);
    text += layer_metadata(fmt::format("direction of {}", layers[arrows.eastward].field.long_name),
                           layers[arrows.eastward].times);
    return text +
           "    CLASS NAME \"towards\" STYLE SYMBOL \"arrow\" ANGLE [uv_angle] SIZE 16 COLOR 40 40 40 END END\n  END\n";
}

}  // namespace

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

std::string raster_name(const MapTime& time) {
    return std::filesystem::path(time.file).replace_extension("vrt").string();
}

std::string mapfile_layers(const std::vector<MapTime>& times, const std::vector<MapLayer>& layers) {
    std::string text = tile_index_layer(times);
    for (std::size_t i = 0; i < layers.size(); ++i) text += layer_text(layers[i], i + 1);
    for (const WindArrows& arrows : wind_arrows(layers)) text += arrow_layer(arrows, layers);
    return text;
}

}  // namespace gfs
