// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"
#include "tasks/cycle_tasks.hpp"
#include "wms/mapfile.hpp"

#include "freshet/file.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>

namespace gfs {

namespace {

std::vector<MapTime> map_times(const WriteMap& task) {
    std::vector<MapTime> times;
    auto fields = read_map_fields(std::get<0>(task.requirements().output()).path());
    for (const int lead : task.leads.hours(find_product(task.product))) {
        const std::string file = task.paths().netcdf(lead).filename().string();
        const auto found = fields.find(file);
        if (found == fields.end()) continue;
        times.push_back({.time = freshet::format_utc(task.cycle + std::chrono::hours(lead)),
                         .file = file,
                         .content = std::move(found->second)});
    }
    return times;
}

/// Reads the user's palettes. One that is not valid stops no cycle: it is a warning.
Styles read_styles(const std::filesystem::path& path, const std::vector<MapTime>& times, freshet::Context& context) {
    if (!std::filesystem::exists(path)) return {};
    Styles styles = parse_styles(freshet::read_file(path));
    for (const std::string& error : styles.errors)
        context.warn(fmt::format("'{}', {}; these colours are not used", path.string(), error));
    for (const std::string& unused : unused_styles(styles, times))
        context.warn(fmt::format("'{}': {}", path.string(), unused));
    return styles;
}

/// Writes a file into a folder that is synced as a whole.
void write_map_file(const std::filesystem::path& path, std::string_view content) {
    std::ofstream out(path, std::ios::binary);
    if (!out.write(content.data(), static_cast<std::streamsize>(content.size())).flush())
        freshet::throw_system_error("write", path, errno);
}

}  // namespace

MapHeader map_header(const CyclePaths& paths, const std::filesystem::path& rasters) {
    return {.name = paths.dataset(),
            .title = fmt::format("{}, forecast of {}", paths.dataset(), freshet::Codec<Cycle>::write(paths.cycle())),
            .rasters = rasters.string()};
}

freshet::LocalTarget WriteMap::output() const {
    return freshet::LocalTarget(paths().maps(WriteManifest{*this, leads}.canonical_leads()));
}

void WriteMap::run(freshet::Context& context) const {
    const auto times = map_times(*this);
    const auto layers = map_layers(times, read_styles(paths().styles(), times, context));
    output().create([&](const std::filesystem::path& folder) {
        std::filesystem::create_directory(folder);
        for (const MapTime& time : times) write_map_file(folder / raster_name(time), gdal_vrt(time, layers));
        write_map_file(folder / map_layers_file, mapfile_layers(times, layers));
        write_map_file(folder / fmt::format("{}.map", paths().dataset()), mapfile(map_header(paths(), ".")));
    });
}

}  // namespace gfs
