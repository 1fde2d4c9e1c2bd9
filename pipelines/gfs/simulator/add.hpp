// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "inventory/product_layout.hpp"

#include "freshet/clock.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace gfs::simulator {

using gfs::FileKey;

/// When NCEP would have published it, as far as a rule of thumb can tell: the same for the same key, so that what is
/// made from a simulator's files is too.
freshet::Time publication_time(const FileKey& key);

/// Puts GRIB bytes and their inventory into the layout below `folder`.
void publish_file(const std::filesystem::path& folder, const FileKey& key, std::string_view grib);

/// The same with a file from elsewhere. Throws Error when it is not whole GRIB2 throughout.
void add_file(const std::filesystem::path& folder, const FileKey& key, const std::filesystem::path& file);

}  // namespace gfs::simulator
