// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/product_layout.hpp"

#include "freshet/clock.hpp"

#include <filesystem>
#include <string_view>

namespace gfs::simulator {

using gfs::FileKey;

/// The approximate time at which NCEP would have published the file: the same for the same key, so that outputs made
/// from a simulator's files are reproducible.
freshet::Time publication_time(const FileKey& key);

/// Writes GRIB bytes and their inventory to their paths below `folder`.
void publish_file(const std::filesystem::path& folder, const FileKey& key, std::string_view grib);

/// Publishes a copy of a local file. Throws freshet::Error when it is not whole GRIB2 throughout.
void add_file(const std::filesystem::path& folder, const FileKey& key, const std::filesystem::path& file);

/// freshet::write_file_atomically(), with `modified` as the file's time.
void write_file(const std::filesystem::path& path, std::string_view content, freshet::Time modified);

}  // namespace gfs::simulator
