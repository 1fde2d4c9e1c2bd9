// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/skip.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace gfs::test {

/// Where a real file lies; nothing, and a line that says so, when it is not at hand. FRESHET_DATA names another folder.
inline std::optional<std::filesystem::path> real_file(const std::string& name, const char* collection = "gfs") {
    const char* const folder = std::getenv("FRESHET_DATA");
    const auto path = std::filesystem::path(folder == nullptr ? FRESHET_DATA_BESIDE : folder) / collection / name;
    if (std::filesystem::exists(path)) return path;
    freshet::test::skip("there is no real file '" + path.string() + "'");
    return std::nullopt;
}

/// The same for a file of another model of NCEP than the GFS.
inline std::optional<std::filesystem::path> ncep_file(const std::string& name) { return real_file(name, "ncep"); }

}  // namespace gfs::test
