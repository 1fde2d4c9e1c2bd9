// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/layout.hpp"
#include "source/words.hpp"
#include "tasks/cycle_tasks.hpp"
#include "wms/mapfile.hpp"
#include "wms/virtual_raster.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace gfs {

namespace {

void write_file(const std::filesystem::path& path, std::string_view text) {
    std::ofstream out(path, std::ios::binary);
    if (!(out << text) || !out.flush()) throw freshet::Error(fmt::format("write '{}': {}", path.string(), std::strerror(errno)));
}

std::vector<MapTime> map_times(const WriteMap& task) {
    std::vector<MapTime> times;
    for (const int lead : task.leads.of(find_product(task.product))) {
        const auto netcdf = task.store().netcdf(lead);
        times.push_back({.time = utc_text(task.cycle + std::chrono::hours(lead)),
                         .file = netcdf.filename().string(),
                         .content = read_plane_fields(netcdf)});
    }
    return times;
}

}  // namespace

MapHead map_head(const Store& store, const std::filesystem::path& rasters) {
    return {.name = store.dataset(),
            .title = fmt::format("{}, forecast of {}", store.dataset(), freshet::Codec<Cycle>::write(store.cycle())),
            .rasters = rasters.string()};
}

freshet::LocalTarget WriteMap::output() const { return freshet::LocalTarget(store().maps(requirements().canonical_leads())); }

void WriteMap::run() const {
    const auto times = map_times(*this);
    const auto layers = map_layers(times);
    output().create([&](const std::filesystem::path& folder) {
        std::filesystem::create_directory(folder);
        for (const MapTime& time : times) write_file(folder / raster_name(time), virtual_raster(time, layers));
        write_file(folder / map_layers_file, mapfile_layers(times, layers));
        write_file(folder / fmt::format("{}.map", store().dataset()), mapfile(map_head(store(), ".")));
    });
}

}  // namespace gfs
