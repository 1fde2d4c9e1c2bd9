// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/add.hpp"

#include "mirror/files.hpp"
#include "source/idx_words.hpp"
#include "source/layout.hpp"
#include "source/scan.hpp"

namespace gfs::mirror {

freshet::Time publication_time(const Slot& slot) {
    // The first file comes three and a half hours after the analysis, f384 an hour and three quarters later.
    return slot.cycle + std::chrono::minutes(210) + slot.lead * std::chrono::seconds(16) +
           (slot.revision - 1) * std::chrono::hours(1);
}

void put(const std::filesystem::path& folder, const Slot& slot, std::string_view grib) {
    const auto path = grib_path(slot.cycle, slot.product, slot.lead);
    const auto inventory = idx::inventory_of(idx::scan(grib, path));
    write_file(folder / path, grib, publication_time(slot));
    write_file(folder / index_path(slot.cycle, slot.product, slot.lead), inventory.text(), publication_time(slot));
}

void add(const std::filesystem::path& folder, const Slot& slot, const std::filesystem::path& file) {
    const auto grib = read_file(file);
    idx::scan(grib, file.string());  // so that what is wrong is said of the file the user named
    put(folder, slot, grib);
}

}  // namespace gfs::mirror
