// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/gdal_vrt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
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
        xml_escaped(time.file), xml_escaped(layer.field.variable), columns.source_column, columns.count,
        extent.row_count, columns.map_column, columns.count, extent.row_count);
}

bool has_field(const MapTime& time, const MapLayer& layer) {
    return std::ranges::find(time.content.fields, layer.field.variable, &MapField::variable) !=
           time.content.fields.end();
}

}  // namespace

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
