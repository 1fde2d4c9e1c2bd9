// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gfs::mirror {

/// Throws Error with the system's reason.
std::string read_file(const std::filesystem::path& path);

/// Makes missing folders, writes beside and renames: readers see all or nothing. `modified` becomes the file's time.
/// Throws Error with the system's reason.
void write_file(const std::filesystem::path& path, std::string_view content,
                std::optional<freshet::Time> modified = std::nullopt);

}  // namespace gfs::mirror
