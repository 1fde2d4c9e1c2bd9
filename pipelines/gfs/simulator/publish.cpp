// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/publish.hpp"

#include "grib/scan.hpp"
#include "inventory/inventory.hpp"
#include "inventory/product_layout.hpp"

#include "freshet/file.hpp"

namespace gfs::simulator {

void write_file(const std::filesystem::path& path, std::string_view content, freshet::Time modified) {
    freshet::create_folders(path.parent_path());
    freshet::PendingFile file(path);
    file.append(content);
    file.set_modification_time(modified);
    file.commit();
}

freshet::Time publication_time(const FileKey& key) {
    // Ten minutes after the earliest time; of GFS f384 an hour and three quarters later.
    return key.cycle + find_product(key.product).publication.front().earliest + std::chrono::minutes(10) +
           key.lead * std::chrono::seconds(16) + (key.revision - 1) * std::chrono::hours(1);
}

void publish_file(const std::filesystem::path& folder, const FileKey& key, std::string_view grib) {
    const auto path = grib_path(key);
    const auto inventory = inventory_of(scan(grib, path));
    write_file(folder / path, grib, publication_time(key));
    write_file(folder / index_path(key), inventory.text(), publication_time(key));
}

void add_file(const std::filesystem::path& folder, const FileKey& key, const std::filesystem::path& file) {
    const auto grib = freshet::read_file(file);
    scan(grib, file.string());  // errors name the given file, not the published one
    publish_file(folder, key, grib);
}

}  // namespace gfs::simulator
