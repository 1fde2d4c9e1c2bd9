// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/mapfile.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gfs {

namespace {

constexpr double full_circle = 360;
constexpr double dateline = 180;
constexpr double slack = 0.01;  // of a column, for steps that are rounded

/// Returns the number of columns around the Earth; 0 where the step does not divide the circle.
std::size_t columns_around(const RegularAxis& longitude) {
    const double count = std::round(full_circle / longitude.step);
    return std::abs(count * longitude.step - full_circle) < slack * longitude.step ? static_cast<std::size_t>(count)
                                                                                   : 0;
}

/// Returns the column across the dateline, which the grid need not have. It is both the first and the last of the map:
/// one half lies east of -180 degrees, the other west of 180.
std::size_t dateline_column(const RegularAxis& longitude, std::size_t around) {
    const double degrees_to_dateline = std::fmod(dateline - longitude.first + 2 * full_circle, full_circle);
    return static_cast<std::size_t>(std::ceil(degrees_to_dateline / longitude.step - 0.5)) % around;
}

void center_on_greenwich(MapExtent& extent, const RegularAxis& longitude, std::size_t around) {
    const std::size_t first = dateline_column(longitude, around);
    const double centre = longitude.first + longitude.step * static_cast<double>(first);
    extent.west = std::remainder(centre - dateline, full_circle) - dateline - longitude.step / 2;
    extent.column_count = around + 1;
    extent.columns = {{first, around - first, 0}, {0, first, around - first}, {first, 1, around}};
    for (ColumnRange& columns : extent.columns)
        columns.count = std::min(columns.count, longitude.count - std::min(longitude.count, columns.source_column));
    std::erase_if(extent.columns, [](const ColumnRange& columns) { return columns.count == 0; });
}

std::string source_element(const MapTime& time, const MapLayer& layer, const MapExtent& extent,
                           const ColumnRange& columns) {
    return fmt::format(
        "    <SimpleSource>\n"
        "      <SourceFilename relativeToVRT=\"1\">NETCDF:&quot;../{}&quot;:{}</SourceFilename>\n"
        "      <SourceBand>1</SourceBand>\n"
        "      <SrcRect xOff=\"{}\" yOff=\"0\" xSize=\"{}\" ySize=\"{}\"/>\n"
        "      <DstRect xOff=\"{}\" yOff=\"0\" xSize=\"{}\" ySize=\"{}\"/>\n"
        "    </SimpleSource>\n",
        freshet::xml_escaped(time.file), freshet::xml_escaped(layer.field.variable), columns.source_column,
        columns.count, extent.row_count, columns.map_column, columns.count, extent.row_count);
}

bool has_field(const MapTime& time, const MapLayer& layer) {
    return std::ranges::find(time.content.fields, layer.field.variable, &MapField::variable) !=
           time.content.fields.end();
}

}  // namespace

std::string MapExtent::text() const {
    constexpr double pole = 90;
    return fmt::format("{} {} {} {}", std::max(west, -dateline), std::max(south(), -pole), std::min(east(), dateline),
                       std::min(north, pole));
}

MapExtent map_extent(const RegularAxis& latitude, const RegularAxis& longitude) {
    const double last = latitude.first + latitude.step * static_cast<double>(latitude.count - 1);
    const double first = longitude.first >= dateline ? longitude.first - full_circle : longitude.first;
    MapExtent extent{.west = first - longitude.step / 2,
                     .north = std::max(latitude.first, last) + std::abs(latitude.step) / 2,
                     .column_width = longitude.step,
                     .row_height = std::abs(latitude.step),
                     .column_count = longitude.count,
                     .row_count = latitude.count,
                     .columns = {{0, longitude.count, 0}}};
    const double margin = dateline + slack * longitude.step;
    const bool crosses_dateline = extent.west < -margin || extent.east() > margin;
    const std::size_t around = columns_around(longitude);
    if (around >= longitude.count && (crosses_dateline || around == longitude.count))
        center_on_greenwich(extent, longitude, around);
    return extent;
}

std::string gdal_vrt(const MapTime& time, const std::vector<MapLayer>& layers) {
    const MapExtent extent = map_extent(time.content.latitude, time.content.longitude);
    std::string text = fmt::format(
        "<VRTDataset rasterXSize=\"{}\" rasterYSize=\"{}\">\n"
        "  <SRS>EPSG:4326</SRS>\n"
        "  <GeoTransform>{}, {}, 0, {}, 0, {}</GeoTransform>\n",
        extent.column_count, extent.row_count, extent.west, extent.column_width, extent.north, -extent.row_height);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        // NC_FILL_FLOAT, the file's _FillValue.
        text += fmt::format(
            "  <VRTRasterBand dataType=\"Float32\" band=\"{}\">\n    "
            "<NoDataValue>9.969209968386869e+36</NoDataValue>\n",
            i + 1);
        if (has_field(time, layers[i]))
            for (const ColumnRange& columns : extent.columns) text += source_element(time, layers[i], extent, columns);
        text += "  </VRTRasterBand>\n";
    }
    return text + "</VRTDataset>\n";
}

}  // namespace gfs
