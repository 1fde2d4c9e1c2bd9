// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/virtual_raster.hpp"

#include "wms/map_window.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '"') out += "&quot;";
        else out += c;
    }
    return out;
}

std::string source(const MapTime& time, const MapLayer& layer, const MapWindow& window, const Columns& columns) {
    return fmt::format(
        "    <SimpleSource>\n"
        "      <SourceFilename relativeToVRT=\"1\">NETCDF:&quot;../{}&quot;:{}</SourceFilename>\n"
        "      <SourceBand>1</SourceBand>\n"
        "      <SrcRect xOff=\"{}\" yOff=\"0\" xSize=\"{}\" ySize=\"{}\"/>\n"
        "      <DstRect xOff=\"{}\" yOff=\"0\" xSize=\"{}\" ySize=\"{}\"/>\n"
        "    </SimpleSource>\n",
        escaped(time.file), escaped(layer.field.variable), columns.from, columns.count, window.row_count, columns.to,
        columns.count, window.row_count);
}

bool has(const MapTime& time, const MapLayer& layer) {
    return std::ranges::find(time.content.fields, layer.field.variable, &PlaneField::variable) != time.content.fields.end();
}

}  // namespace

std::string virtual_raster(const MapTime& time, const std::vector<MapLayer>& layers) {
    const MapWindow window = map_window(time.content.latitude, time.content.longitude);
    std::string text = fmt::format(
        "<VRTDataset rasterXSize=\"{}\" rasterYSize=\"{}\">\n"
        "  <SRS>EPSG:4326</SRS>\n"
        "  <GeoTransform>{}, {}, 0, {}, 0, {}</GeoTransform>\n",
        window.column_count, window.row_count, window.west, window.column_width, window.north, -window.row_height);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        // What netCDF calls NC_FILL_FLOAT, as the file's _FillValue.
        text += fmt::format("  <VRTRasterBand dataType=\"Float32\" band=\"{}\">\n    <NoDataValue>9.969209968386869e+36</NoDataValue>\n", i + 1);
        if (has(time, layers[i]))
            for (const Columns& columns : window.columns) text += source(time, layers[i], window, columns);
        text += "  </VRTRasterBand>\n";
    }
    return text + "</VRTDataset>\n";
}

}  // namespace gfs
