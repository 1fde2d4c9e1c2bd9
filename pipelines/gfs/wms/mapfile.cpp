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

// Arrows keep their angle under MapServer 8.0 where north is not up: the layers of arrows are not offered there.
constexpr std::string_view systems_with_north_up = "EPSG:4326 CRS:84 EPSG:3857";
constexpr std::string_view all_systems = "EPSG:4326 CRS:84 EPSG:3857 EPSG:3338 EPSG:3413 EPSG:3995";

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

/// The part of a layer that depends on its times. For a TIME that a layer does not have, MapServer uses
/// wms_timedefault, unless the layer does not have that either: so it is the TIME asked for, if there is one.
std::string layer_times(const std::vector<std::string>& times, const std::string& default_time) {
    return fmt::format(R"(      "wms_timeextent" "{}"
      "wms_timeitem" "time"
      "wms_timedefault" "%time%"
      "wms_include_items" "all"
    END
    VALIDATION "time" "^[0-9TZ:.-]+$" "default_time" "{}" END
)",
                       fmt::join(times, ","), default_time);
}

/// Title, extent and coordinate systems of a layer.
std::string layer_metadata(std::string_view title, const std::string& extent, std::string_view systems) {
    return fmt::format(R"(    STATUS ON
    TILEINDEX "times"
    TILEITEM "location"
    PROJECTION "init=epsg:4326" END
    METADATA
      "wms_title" {}
      "wms_extent" "{}"
      "wms_srs" "{}"
)",
                       mapfile_quote(title), extent, systems);
}

std::string class_text(const std::vector<ColourStep>& palette, std::size_t step) {
    const ColourStep& at = palette[step];
    std::string condition;
    if (at.from) condition = fmt::format("[pixel] >= {}", *at.from);
    if (step + 1 < palette.size())
        condition += fmt::format("{}[pixel] < {}", at.from ? " AND " : "", *palette[step + 1].from);
    if (!condition.empty()) condition = fmt::format(" EXPRESSION ({})", condition);
    return fmt::format("    CLASS NAME {}{} STYLE COLOR \"{}\" END END\n", mapfile_quote(at.label), condition,
                       at.colour);
}

class LayerWriter {
public:
    LayerWriter(std::string extent, const std::vector<MapLayer>& layers)
        : extent_(std::move(extent)), layers_(layers), times_of_all_(common_times(layers)) {}

    std::string colours(std::size_t index) const {
        const MapLayer& layer = layers_[index];
        std::string text = fmt::format(
            "  LAYER\n    NAME {}\n    TYPE RASTER\n    TEMPLATE \"value\"\n    PROCESSING \"BANDS={}\"\n"
            // By default values are rounded to 256 steps and rasters are shifted by up to half a cell.
            "    PROCESSING \"SCALE_BUCKETS=65536\"\n    PROCESSING \"RESAMPLE=NEAREST\"\n",
            mapfile_quote(layer.field.variable), index + 1);
        text += layer_metadata(fmt::format("{} ({})", layer.field.long_name, layer.field.units), extent_, all_systems);
        text += layer_times(layer.times, default_time(layer.times));
        for (std::size_t step = 0; step < layer.palette.size(); ++step)
            if (!layer.palette[step].colour.empty()) text += class_text(layer.palette, step);
        return text + "  END\n";
    }

    std::string arrows(const WindArrows& pair) const {
        std::string text = fmt::format(R"(  LAYER
    NAME {}
    TYPE POINT
    CONNECTIONTYPE UVRASTER
    PROCESSING "BANDS={},{}"
    PROCESSING "UV_SPACING=24"
)",
                                       mapfile_quote(pair.name), pair.eastward + 1, pair.northward + 1);
        const auto times = common_times({layers_[pair.eastward], layers_[pair.northward]});
        text += layer_metadata(fmt::format("direction of {}", layers_[pair.eastward].field.long_name), extent_,
                               systems_with_north_up);
        return text + layer_times(times, default_time(times)) +
               "    CLASS NAME \"towards\" STYLE SYMBOL \"arrow\" ANGLE [uv_angle] SIZE 16 COLOR 40 40 40 END END\n"
               "  END\n";
    }

private:
    // The same for all layers where they have one in common, so that layers drawn together show the same time.
    const std::string& default_time(const std::vector<std::string>& times) const {
        return times_of_all_.empty() ? times.back() : times_of_all_.back();
    }

    std::string extent_;
    const std::vector<MapLayer>& layers_;
    std::vector<std::string> times_of_all_;
};

/// A pattern of TIME values of which MapServer would read the beginning and ignore the rest, as "+02:00", half a
/// second, or a second time. What matches is put into wms_timeformat, so that no time has that format and the request
/// gets an exception. It is put into the capabilities, too, unquoted: so it has no characters that mean something in
/// XML.
std::string inexact_time() {
    return fmt::format(
        "^{0}*([A-SU-Ya-z,/ +']|Z{0}|T{0}*-|[.]0*[1-9]|T[0-9:]*[0-9][0-9][0-9]|:[0-9]?([A-Z:.-]|$)){0}*$",
        "[0-9A-Za-z:.,/ +'-]");
}

}  // namespace

std::string mapfile(const MapHeader& header) {
    return fmt::format(R"(MAP
  NAME {}
  SHAPEPATH {}
  SIZE 1024 512
  MAXSIZE 4096
  UNITS DD
  IMAGETYPE PNG
  PROJECTION "init=epsg:4326" END
  WEB
    METADATA
      "wms_title" {}
      "wms_enable_request" "*"
      "wms_srs" "{}"
      "wms_timeformat" "YYYY-MM-DDTHH:MM:SS%time%,YYYY-MM-DDTHH:MM%time%,YYYY-MM-DDTHH%time%"
    END
    VALIDATION "time" "{}" "default_time" "" END
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
                       systems_with_north_up, inexact_time(),
                       mapfile_quote(fmt::format("{}/{}", header.rasters, map_layers_file)));
}

std::string raster_name(const MapTime& time) {
    return std::filesystem::path(time.file).replace_extension("vrt").string();
}

std::string mapfile_layers(const std::vector<MapTime>& times, const std::vector<MapLayer>& layers) {
    std::string extent = "-180 -90 180 90";
    if (!times.empty()) extent = map_extent(times.front().content.latitude, times.front().content.longitude).text();
    std::string text = fmt::format("  EXTENT {}\n", extent) + tile_index_layer(times);
    const LayerWriter writer(extent, layers);
    for (std::size_t i = 0; i < layers.size(); ++i) text += writer.colours(i);
    for (const WindArrows& pair : wind_arrows(layers)) text += writer.arrows(pair);
    return text;
}

}  // namespace gfs
